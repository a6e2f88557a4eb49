"""When to ring: another weekday and another time of day than last time, where the gate has room for it. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from compliance.facts import Facts
from compliance.gate import first_allowed, is_allowed
from compliance.rulebook import RuleBook

NOON = time(13)
DAYS_AHEAD = 5
_TIMES = (time(9, 30), time(14), time(11), time(15, 30))


def moment_for(facts: Facts, rules: RuleBook, *, last: datetime | None, zone: str) -> datetime | None:
    """The first moment from ``facts.at`` on at which the gate lets this through; None when time alone cures nothing.

    After an earlier attempt another weekday and the other half of the day are preferred, within a few days; where the
    gate has no room for both, another weekday. A time the person asked for is kept as it is; where the gate is closed then,
    the first moment after it: never one before.
    """
    asked = facts.flags.callback_requested_utc
    if asked is not None and facts.at <= asked:
        return first_allowed(replace(facts, at=asked), rules)
    first = first_allowed(facts, rules)
    if first is None or last is None:
        return first
    another_day: datetime | None = None
    for moment in _candidates(first, zone):
        if not _on_another_weekday(moment, last, zone) or not is_allowed(replace(facts, at=moment), rules):
            continue
        if _at_another_time(moment, last, zone):
            return moment
        another_day = another_day or moment
    return another_day or first


def _candidates(first: datetime, zone: str) -> Iterator[datetime]:
    yield first
    local = first.astimezone(ZoneInfo(zone))
    for days in range(DAYS_AHEAD + 1):
        for at in _TIMES:
            moment = datetime.combine(local.date() + timedelta(days=days), at, ZoneInfo(zone)).astimezone(UTC)
            if moment > first:
                yield moment


def _on_another_weekday(moment: datetime, last: datetime, zone: str) -> bool:
    return moment.astimezone(ZoneInfo(zone)).weekday() != last.astimezone(ZoneInfo(zone)).weekday()


def _at_another_time(moment: datetime, last: datetime, zone: str) -> bool:
    return (moment.astimezone(ZoneInfo(zone)).time() < NOON) != (last.astimezone(ZoneInfo(zone)).time() < NOON)
