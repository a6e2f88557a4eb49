"""A call's lines as a conversation: what was really heard, what was not played, and where collecting stopped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from calls.models import Call, TranscriptLine
from disputes.models import Claim
from syntharra.templatetags.syntharra import seconds


@dataclass(frozen=True)
class Turn:
    """``stops``: collecting stopped with this sentence, and why; empty everywhere else."""

    by_customer: bool
    who: str
    at: str
    played: str
    unplayed: str = ""
    stops: str = ""


def turns(call: Call, lines: Sequence[TranscriptLine], *, customer: str) -> list[Turn]:
    """Finals in order; a partial only where it is the sentence that stopped the call and no final followed."""
    stopped = _stopping(call, lines)
    shown = [line for line in lines if not line.partial or line is stopped]
    said = [_turn(call, line, customer, stops=line is stopped) for line in shown]
    together: list[Turn] = []
    for turn in said:
        if together and _goes_on(together[-1], turn):
            turn = replace(turn, played=f"{together.pop().played} {turn.played}")
        together.append(turn)
    return together


def _goes_on(before: Turn, after: Turn) -> bool:
    """Two lines of one breath: the same voice in the same second, both heard to the end, nothing stopped between."""
    return (before.by_customer, before.at, before.unplayed, before.stops) == (after.by_customer, after.at, "", "")


def _stopping(call: Call, lines: Sequence[TranscriptLine]) -> TranscriptLine | None:
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


def _turn(call: Call, line: TranscriptLine, customer: str, *, stops: bool) -> Turn:
    at = seconds(float(line.second))
    if line.speaker == TranscriptLine.Speaker.CUSTOMER:
        return Turn(True, customer, at, line.text, stops=_why(call) if stops else "")
    played, unplayed = heard(line)
    return Turn(False, _("Syntharra"), at, played, unplayed)


def heard(line: TranscriptLine) -> tuple[str, str]:
    """What was heard of an agent's line and what was not. While nobody knows, all of it counts as heard."""
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
