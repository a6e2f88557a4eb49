"""Where each clock of a dispute stands. Pure: facts and a moment in, clocks out, those that are late first.

A clock that ran out stays late, also when it is met afterwards; one that law or a missing address keeps from running says
which. Limits come from ``deadlines``; the words for people are in ``desk.clocks``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from disputes import deadlines

HANG_UP_WITHIN = timedelta(minutes=1)  # a line to them that was live elsewhere when they spoke


class Of(StrEnum):
    """What must have happened."""

    STOPPED = "stopped"
    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"
    ASKED = "asked"
    FIRST_WORD = "first_word"
    DECISION = "decision"
    LEGAL = "legal"


class State(StrEnum):
    RUNNING = "running"
    MET = "met"
    LATE = "late"
    NOT_PERMITTED = "not_permitted"
    NOT_POSSIBLE = "not_possible"
    OVER = "over"  # the dispute ended before it ran out


#: A clock is about to run out when less than this is left of it.
SOON = {
    Of.TOLD: timedelta(minutes=5),
    Of.ACKNOWLEDGED: timedelta(hours=6),
    Of.ASKED: timedelta(hours=6),
    Of.FIRST_WORD: timedelta(days=1),
    Of.DECISION: timedelta(days=1),
    Of.LEGAL: timedelta(days=14),
}
_ORDER = {State.LATE: 0, State.NOT_POSSIBLE: 1, State.RUNNING: 1, State.NOT_PERMITTED: 2, State.MET: 3, State.OVER: 4}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The acknowledgement as it stands: ``paper`` once it can only go by post; ``refused`` names the rule."""

    due_at: datetime | None = None
    paper: bool = False
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class Legal:
    """A date set by law or a card network; ``kind`` is one of ``LegalDate.Kind``. ``key`` is empty where nobody entered it."""

    kind: str
    on: date
    note: str = ""
    done_at: datetime | None = None
    entered_at: datetime | None = None
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Track:
    """What happened in a dispute, as far as a clock looks at it. ``zone``: the firm's own."""

    opened_at: datetime
    zone: str
    stopped_at: datetime | None = None  # None: a line to them is still to be ended
    told_at: datetime | None = None
    acknowledged_at: datetime | None = None
    letter: Letter | None = None
    specified_at: datetime | None = None
    asked_again: int = 0
    first_word_at: datetime | None = None
    decide_by: datetime | None = None
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    legal: Sequence[Legal] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Clock:
    of: Of
    state: State
    start: datetime
    limit: datetime
    met_at: datetime | None = None
    why: str = ""  # the rule that forbids it
    asked_again: int = 0
    legal: Legal | None = None

    @property
    def is_open(self) -> bool:
        """It still waits for somebody."""
        return self.met_at is None and self.state in (State.RUNNING, State.LATE, State.NOT_POSSIBLE)

    def is_soon(self, now: datetime) -> bool:
        """About to run out, or run out and still not met."""
        return self.is_open and self.limit - now <= SOON.get(self.of, timedelta(0))


def clocks(track: Track, now: datetime) -> list[Clock]:
    """All of them: those that are late and wait first, then what runs out next, then what is over."""
    found = [
        _stopped(track, now),
        _run(Of.TOLD, track, deadlines.told_by(track.opened_at, track.zone), track.told_at, now),
        _acknowledged(track, now),
        _asked(track, now),
        _run(Of.FIRST_WORD, track, deadlines.first_word_by(track.opened_at, track.zone), track.first_word_at, now),
    ]
    if track.decide_by is not None:
        found.append(_run(Of.DECISION, track, track.decide_by, track.decided_at or track.closed_at, now))
    found += [_legal(one, now, track.zone) for one in track.legal]
    return _in_order(found)


def legal_clocks(dates: Sequence[Legal], now: datetime, zone: str) -> list[Clock]:
    """Those of the legal dates alone, for an invoice that nobody disputes."""
    return _in_order([_legal(one, now, zone) for one in dates])


def next_of(track: Track, now: datetime) -> Clock | None:
    """The one a person can still do something about and that runs out next, late ones first; None when nothing waits.

    Ending other lines and telling the firm are ours: they show only when they are late and nothing else is.
    """
    waiting = [one for one in clocks(track, now) if one.is_open]
    theirs = [one for one in waiting if one.of not in (Of.STOPPED, Of.TOLD)]
    late = [one for one in (*theirs, *waiting) if one.state == State.LATE]
    return next(iter([*late, *theirs]), None)


def late_before(now: datetime, zone: str) -> datetime:
    """Disputes opened before this moment have had their two business days for a first word."""
    least, most = now - timedelta(days=14), now
    while most - least > timedelta(seconds=1):
        middle = least + (most - least) / 2
        if deadlines.first_word_by(middle, zone) < now:
            least = middle
        else:
            most = middle
    return most


def _in_order(found: Sequence[Clock]) -> list[Clock]:
    return sorted(found, key=lambda one: (_ORDER[one.state] if one.met_at is None else 3, one.limit))


def _stopped(track: Track, now: datetime) -> Clock:
    """The freeze binds in the turn it was said in; another line to them has a minute to be ended."""
    limit = track.opened_at + HANG_UP_WITHIN
    state = State.MET
    if track.stopped_at is None:
        state = State.RUNNING if now <= limit else State.LATE
    elif track.stopped_at > limit:
        state = State.LATE
    return Clock(of=Of.STOPPED, state=state, start=track.opened_at, limit=limit, met_at=track.stopped_at)


def _acknowledged(track: Track, now: datetime) -> Clock:
    limit = deadlines.acknowledged_by(track.opened_at)
    plain = _run(Of.ACKNOWLEDGED, track, limit, track.acknowledged_at, now)
    letter = track.letter
    if not plain.is_open or letter is None:
        return plain
    if letter.refused:
        return Clock(
            of=Of.ACKNOWLEDGED, state=State.NOT_PERMITTED, start=track.opened_at, limit=limit, why=letter.refused
        )
    if letter.paper and plain.state == State.RUNNING:
        return Clock(of=Of.ACKNOWLEDGED, state=State.NOT_POSSIBLE, start=track.opened_at, limit=limit)
    return plain


def _asked(track: Track, now: datetime) -> Clock:
    """Asked what is wrong: in the acknowledgement, or he said it before anybody asked."""
    met = min((at for at in (track.acknowledged_at, track.specified_at) if at is not None), default=None)
    if met is None and track.letter is not None and track.letter.refused and track.closed_at is None:
        return Clock(
            of=Of.ASKED, state=State.NOT_PERMITTED, start=track.opened_at,
            limit=deadlines.acknowledged_by(track.opened_at), why=track.letter.refused,
        )  # fmt: skip
    return _run(Of.ASKED, track, deadlines.acknowledged_by(track.opened_at), met, now, asked_again=track.asked_again)


def _legal(one: Legal, now: datetime, zone: str) -> Clock:
    """Until the end of that day where the firm is. Neither a freeze nor the end of the dispute stops it."""
    limit = datetime.combine(one.on + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(now.tzinfo)
    start = min(one.entered_at or now, limit - timedelta(days=1))
    if one.done_at is not None:
        state = State.MET if one.done_at <= limit else State.LATE
    elif one.kind == "validation":  # a period that ends; nothing has to be done by then
        state = State.RUNNING if now < limit else State.OVER
    else:
        state = State.RUNNING if now < limit else State.LATE
    return Clock(of=Of.LEGAL, state=state, start=start, limit=limit, met_at=one.done_at, legal=one)


def _run(
    of: Of, track: Track, limit: datetime, met_at: datetime | None, now: datetime, *, asked_again: int = 0
) -> Clock:
    if met_at is not None:
        state = State.MET if met_at <= limit else State.LATE
    elif track.closed_at is not None:
        state = State.OVER if track.closed_at <= limit else State.LATE
        met_at = track.closed_at if state == State.LATE else None
    else:
        state = State.RUNNING if now <= limit else State.LATE
    return Clock(of=of, state=state, start=track.opened_at, limit=limit, met_at=met_at, asked_again=asked_again)
