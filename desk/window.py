"""How long somebody may be called on the next day that is open: a window of an hour deserves a warning."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.facts import Facts
from compliance.rulebook import RuleBook
from compliance.rules import hours
from compliance.rules.case import Case
from compliance.windows import Clock, instant_of, local_day, minute_of, open_minutes

SHORT = timedelta(hours=2)
_DAY = 24 * 60


@dataclass(frozen=True)
class Window:
    """From when to when the hours of all rules are open, in one piece."""

    start: datetime
    end: datetime

    @property
    def is_short(self) -> bool:
        return self.end - self.start < SHORT


def window_of(facts: Facts, rules: RuleBook) -> Window | None:
    """The next opening by hours and days alone; None where they never meet. Pure."""
    timetable = hours.timetable(Case.of(facts, rules))
    now = minute_of(facts.at)
    start = timetable.first_open(now, now + 30 * _DAY)
    if start is None or not timetable.clocks:
        return None
    return Window(instant_of(start), instant_of(min(_closes(clock, start) for clock in timetable.clocks)))


def _closes(clock: Clock, minute: int) -> int:
    """When the opening of this clock that holds the minute ends."""
    ordinal = local_day(instant_of(minute), clock.zone)
    spans = open_minutes(clock.zone, ordinal, clock.week[(ordinal + 6) % 7])
    return next((end for start, end in spans if start <= minute < end), minute)
