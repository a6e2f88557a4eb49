"""A call's lines as a conversation: what was really heard, what was not played, and where collecting stopped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from calls.models import Call, TranscriptLine
from desk.wording.hearing import Evidence, evidence_of, matters
from disputes.models import Claim
from syntharra.templatetags.syntharra import seconds

CHARACTERS_A_SECOND = 15.0
SHORTEST = 0.6


@dataclass(frozen=True)
class Turn:
    """``stops``: collecting stopped with this sentence, and why; empty everywhere else.

    ``begins`` is the second of the recording to listen from, ``line`` its position in the transcript. ``cut_off``: the last words of a
    sentence nobody finished. ``evidence``: how it was understood, for the sentences that something followed from.
    ``in_doubt``: the line broke, or nobody answered: whether this sounded is on no record.
    """

    by_customer: bool
    who: str
    at: str
    played: str
    unplayed: str = ""
    stops: str = ""
    begins: int = 0
    line: int = 0
    cut_off: bool = False
    evidence: tuple[Evidence, ...] = ()
    in_doubt: bool = False


def turns(call: Call, lines: Sequence[TranscriptLine], *, customer: str) -> list[Turn]:
    """Finals in order, each with the half sentences before it; a half sentence alone where none followed."""
    stopped = stopping(call, lines)
    together: list[Turn] = []
    for line, before in _finished(lines):
        turn = _turn(call, line, before, customer, stops=line is stopped)
        if together and _goes_on(together[-1], turn):
            begun = together.pop()
            turn = replace(turn, played=f"{begun.played} {turn.played}", begins=begun.begins, line=begun.line)
        together.append(turn)
    return together


def _finished(lines: Sequence[TranscriptLine]) -> Iterator[tuple[TranscriptLine, list[TranscriptLine]]]:
    """Each line that is shown, with the half sentences that grew into it. A half sentence nobody finished is shown itself."""
    partials: list[TranscriptLine] = []
    for line in lines:
        if line.speaker == TranscriptLine.Speaker.CUSTOMER and line.partial:
            partials.append(line)
        elif line.speaker == TranscriptLine.Speaker.CUSTOMER:
            yield line, partials
            partials = []
        else:
            yield line, []
    if partials:
        yield partials[-1], partials[:-1]


def _goes_on(before: Turn, after: Turn) -> bool:
    """Two lines of one breath: the same voice in the same second, both heard to the end, nothing stopped between."""
    if before.evidence or after.evidence or before.in_doubt is not after.in_doubt:
        return False
    return (before.by_customer, before.at, before.unplayed, before.stops) == (after.by_customer, after.at, "", "")


def stopping(call: Call, lines: Sequence[TranscriptLine]) -> TranscriptLine | None:
    """The customer's line that stopped it: the one recorded, or the final that the recorded partial grew into."""
    if call.stopped_line is None:
        return None
    spoken = [line for line in lines if line.speaker == TranscriptLine.Speaker.CUSTOMER]
    before = [line for line in spoken if line.position <= call.stopped_line]
    at = before[-1] if before else None
    if at is not None and at.partial:
        finals = [line for line in spoken if line.position > at.position and not line.partial]
        return finals[0] if finals else at
    return at


def _turn(call: Call, line: TranscriptLine, before: Sequence[TranscriptLine], customer: str, *, stops: bool) -> Turn:
    at, start = seconds(float(line.second)), int(begins(line))
    if line.speaker == TranscriptLine.Speaker.CUSTOMER:
        shown = tuple(evidence_of(one) for one in (*before, line)) if stops or before or matters(line) else ()
        return Turn(
            by_customer=True,
            who=customer,
            at=at,
            played=_("pressed %(key)s") % {"key": line.text} if line.act == "key" else line.text,
            stops=_why(call) if stops else "",
            begins=start,
            line=line.position,
            cut_off=line.partial,
            evidence=tuple(one for one in shown if one.facts or one.partial),
        )
    played, unplayed = heard(line)
    return Turn(
        False, _("Syntharra"), at, played, unplayed, begins=start, line=line.position, in_doubt=line.played is None
    )


def begins(line: TranscriptLine) -> float:
    """The second of the recording in which this line begins, worked out from its length."""
    if line.speaker == TranscriptLine.Speaker.CUSTOMER:  # on record when it was understood: at its end
        return max(0.0, float(line.second) - takes(line.text))
    return float(line.second)


def takes(text: str) -> float:
    """How many seconds it takes to say this, as people and voices do on the telephone."""
    return max(SHORTEST, len(text) / CHARACTERS_A_SECOND)


def heard(line: TranscriptLine) -> tuple[str, str]:
    """What was heard of an agent's line and what was not. Where nobody knows, all of it is shown, and told as in doubt."""
    if line.played is None or line.played == line.text:
        return line.text, ""
    if line.text.startswith(line.played):
        return line.played.rstrip(), line.text[len(line.played) :].strip()
    return line.played, line.text if not line.played else ""


def _why(call: Call) -> str:
    match call.disposition:
        case "dispute":
            reasons = dict(Claim.Reason.choices)
            kind = reasons.get(call.reason, _("not said yet"))
            return _("Collecting stopped here: they disagree (%(kind)s)") % {"kind": kind}
        case "paused_unsure":
            return _("We fell silent about money here: they may disagree")
        case "already_paid":
            return _("We stopped asking here: they say it is paid")
        case "opt_out" | "written_only":
            return _("We stopped here: they asked for no more calls")
        case "attorney_represented" | "bankruptcy" | "deceased":
            return _("We stopped here: the law protects them")
    return _("Nothing more about money was said after this")
