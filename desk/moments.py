"""The points of a call one wants to hear, told as far as they were really heard. Pure.

A page that may be shown to a court says no more than was played: half a sentence is told as a half, and one of which nobody
knows whether it sounded is not told at all.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.agent.facts import Language
from calls.agent.speech import template
from calls.agent.steps import Asks, LineAct
from calls.models import TranscriptLine
from desk.wording.transcript import Turn, begins
from disputes.hearing.labels import Intent
from syntharra.templatetags.syntharra import seconds

type Words = str | Promise

_WHOLE_OPENING = gettext_lazy("Said who calls, that it is a machine, and that it is recorded")
_STOP_ASKING = gettext_lazy("Said that we stop asking")
_IN_WRITING = gettext_lazy("Said that they get an answer in writing")
_FOR_WHOM = gettext_lazy("Said for whom it calls")
# What each sentence says when it is heard to its end. Sentences of one act differ: the opening to a stranger names nobody.
_SAYS: dict[str, Words] = {
    "opening": _WHOLE_OPENING,
    "opening_operator": _WHOLE_OPENING,
    "opening_inbound": _WHOLE_OPENING,
    "opening_unnamed": gettext_lazy("Said that it is a machine, and that it is recorded"),
    "calling_for": _FOR_WHOM,
    "calling_for_operator": _FOR_WHOM,
    "dispute_heard": _STOP_ASKING,
    "dispute_earlier": _STOP_ASKING,
    "dispute_heard_stranger": gettext_lazy("Said that it will leave it there"),
    "dispute_noted": _IN_WRITING,
    "dispute_noted_stranger": _IN_WRITING,
}
# Sentences of another version of the script, of which only the act is on record.
_DOES: dict[str, Words] = {
    LineAct.DISCLOSE.value: gettext_lazy("Introduced itself"),
    LineAct.STATE_DEBT.value: gettext_lazy("Named what is open"),
    LineAct.ACKNOWLEDGE_DISPUTE.value: gettext_lazy("Answered that something is wrong"),
}


@dataclass(frozen=True)
class Moment:
    """One point of the call worth hearing. ``second``: where to begin, in whole seconds of the recording."""

    second: int
    at: str
    words: str
    tone: str = ""


def moments(lines: Sequence[TranscriptLine], said: Sequence[Turn]) -> list[Moment]:
    """In order: each kind once, when it was first heard whole, else as a part; and the sentence that stopped the call."""
    whole: dict[str, float] = {}
    parts: dict[str, float] = {}
    for line in lines:
        if words := _says(line):
            (whole if line.played == line.text else parts).setdefault(words, begins(line))
    found = [_moment(second, words) for words, second in whole.items()]
    found += [
        _moment(second, _("%(what)s, in part") % {"what": words})
        for words, second in parts.items()
        if words not in whole
    ]
    found += [_moment(begins(line), _("They said who they are")) for line in _identified(lines)]
    at = {line.position: line for line in lines}
    found += [_moment(begins(at[turn.line]), turn.stops, "frozen") for turn in said if turn.stops and turn.line in at]
    return sorted(found, key=lambda one: one.second)


def _says(line: TranscriptLine) -> str:
    """What an agent's line says, where it is one of those and something of it was heard for certain."""
    if line.speaker != TranscriptLine.Speaker.AGENT or line.act not in _DOES or not line.played:
        return ""
    for key, words in _SAYS.items():
        if _sentence(key).fullmatch(line.text):
            return str(words)
    return str(_DOES[line.act])


@cache
def _sentence(key: str) -> re.Pattern[str]:
    """The sentence of that key in either language, whatever facts it was filled with."""
    both = (re.sub(r"\\{\w+\\}", ".+", re.escape(template(key, language))) for language in Language)
    return re.compile("|".join(both))


def _identified(lines: Sequence[TranscriptLine]) -> Iterator[TranscriptLine]:
    """The first whole sentence that says so in answer to the question who they are. A yes to anything else says it of nobody."""
    asked = ""
    for line in lines:
        if line.speaker == TranscriptLine.Speaker.AGENT:
            asked = line.asks if line.asks and line.played else asked
        elif line.intent == Intent.CONFIRM_IDENTITY_YES and asked == Asks.IDENTITY and not line.partial:
            yield line
            return


def _moment(second: float, words: str, tone: str = "") -> Moment:
    start = int(max(0.0, second))
    return Moment(start, seconds(start), words, tone)
