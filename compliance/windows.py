"""Hours on wall clocks: is it open now, and when does it open next. Minutes since 1970 in UTC are the common coin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

type Spans = tuple[tuple[int, int], ...]  # half-open, in minutes after local midnight
type Week = tuple[Spans, ...]  # Monday first

DAY = 24 * 60
ALL_DAY: Spans = ((0, DAY),)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# Summer time and holidays repeat within a year: what opens at all opens within this.
HORIZON = 400 * DAY
LAST_DAY = date(2099, 12, 1).toordinal()
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def minute_of(instant: datetime) -> int:
    """The whole minute the instant lies in."""
    return (instant - EPOCH) // MINUTE


def minute_from(instant: datetime) -> int:
    """The first whole minute that is not before the instant."""
    return -((EPOCH - instant) // MINUTE)


def instant_of(minute: int) -> datetime:
    return EPOCH + minute * MINUTE


class Reading(NamedTuple):
    """What the wall clock of a zone shows."""

    zone: str
    ordinal: int
    weekday: int
    minute: int

    def __str__(self) -> str:
        hour, minute = divmod(self.minute, 60)
        return f"{_day_words(self.ordinal)} {hour:02}:{minute:02}"


@lru_cache(maxsize=4096)
def _day_words(ordinal: int) -> str:
    return f"{DAY_NAMES[(ordinal + 6) % 7]} {date.fromordinal(ordinal)}"


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=4096)
def reading(instant: datetime, zone: str) -> Reading:
    """What the wall clock shows then: a sweep asks about many people at one moment."""
    local = instant.astimezone(_zone(zone))
    ordinal = local.toordinal()
    return Reading(zone, ordinal, (ordinal + 6) % 7, local.hour * 60 + local.minute)


def local_day(instant: datetime, zone: str) -> int:
    return instant.astimezone(_zone(zone)).toordinal()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Closed dates: the public holidays of the country or of one state, fixed days of each year, single spans."""

    state: str | None = None
    fixed: tuple[tuple[int, int], ...] = ()
    spans: tuple[tuple[date, date], ...] = ()
    holidays: bool = True

    def closes(self, ordinal: int) -> bool:
        day = date.fromordinal(ordinal)
        if (day.month, day.day) in self.fixed or any(first <= day <= last for first, last in self.spans):
            return True
        return self.holidays and ordinal in public_holidays(self.state, day.year)


@lru_cache(maxsize=1024)
def public_holidays(state: str | None, year: int) -> frozenset[int]:
    """Public holidays of the United States or of one state with their observed days."""
    from holidays import country_holidays  # takes a second to load: only who asks for a holiday pays

    # New Year's Day may be observed on the last day of the year before, hence the neighbors.
    found = country_holidays("US", subdiv=state, years=(year - 1, year, year + 1))
    return frozenset(day.toordinal() for day in found if day.year == year)


@dataclass(frozen=True, slots=True)
class Clock:
    """The hours of one rule on the wall clock of one zone."""

    zone: str
    week: Week
    closed: tuple[Calendar, ...] = ()

    def is_open(self, now: Reading) -> bool:
        for start, end in self.week[now.weekday]:
            if start <= now.minute < end:
                return not any(calendar.closes(now.ordinal) for calendar in self.closed)
        return False

    def opens(self, minute: int, limit: int) -> int:
        """The first minute from here on at which it is open; `limit` when that is not before the limit."""
        ordinal = local_day(instant_of(minute), self.zone)
        while first_minute(self.zone, ordinal) < limit:
            spans = self.week[(ordinal + 6) % 7]
            if spans and not any(calendar.closes(ordinal) for calendar in self.closed):
                for start, end in open_minutes(self.zone, ordinal, spans):
                    if end > minute:
                        return min(max(minute, start), limit)
            ordinal += 1
        return limit


def merged(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """One clock a zone that is open when all the clocks of that zone are."""
    found: dict[str, Clock] = {}
    for clock in clocks:
        if other := found.get(clock.zone):
            week = tuple(common(a, b) for a, b in zip(other.week, clock.week, strict=True))
            closed = tuple(dict.fromkeys((*other.closed, *clock.closed)))
            found[clock.zone] = Clock(clock.zone, week, closed)
        else:
            found[clock.zone] = clock
    return tuple(found.values())


def common(one: Spans, other: Spans) -> Spans:
    """What lies in both."""
    overlaps = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(sorted(span for span in overlaps if span[0] < span[1]))


def first_open(clocks: Sequence[Clock], minute: int, limit: int) -> int | None:
    """The first minute from here on at which all clocks are open; None when there is none before the limit."""
    while minute < limit:
        found = minute
        for clock in clocks:
            found = clock.opens(found, limit)
        if found == minute:
            return minute
        minute = found
    return None


@lru_cache(maxsize=65536)
def first_minute(zone: str, ordinal: int) -> int:
    """The minute at which a local date begins."""
    return minute_of(datetime.fromordinal(ordinal).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))


@lru_cache(maxsize=65536)
def open_minutes(zone: str, ordinal: int, spans: Spans) -> Spans:
    """The spans of one local date as minutes since 1970; exact on the days when clocks are changed too."""
    begin, end = first_minute(zone, ordinal), first_minute(zone, ordinal + 1)
    if end - begin == DAY:
        return tuple((begin + start, begin + stop) for start, stop in spans)
    found: list[tuple[int, int]] = []
    for minute in range(begin, end):
        shown = reading(instant_of(minute), zone).minute
        if any(start <= shown < stop for start, stop in spans):
            if found and found[-1][1] == minute:
                found[-1] = (found[-1][0], minute + 1)
            else:
                found.append((minute, minute + 1))
    return tuple(found)


def every_day(spans: Spans) -> Week:
    return (spans,) * 7


def on_weekdays(days: Iterable[int]) -> Week:
    """Open all day on these weekdays, closed on the others."""
    chosen = set(days)
    return tuple(ALL_DAY if day in chosen else () for day in range(7))


def outside(start: int, end: int) -> Spans:
    """What is left of a day without [start, end); past midnight when the end comes first, nothing when they meet."""
    if start < end:
        return tuple(span for span in ((0, start), (end, DAY)) if span[0] < span[1])
    return ((end, start),) if end < start else ()


def span_text(spans: Spans) -> str:
    """'09:00-20:00', or 'closed'."""
    return ", ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans) or "closed"
