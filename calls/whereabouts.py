"""On whose clock a time is meant that somebody names on the telephone: his own, never the firm's."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calls.models import Call
from compliance.places import NORTH_AMERICA
from compliance.rulebook import RuleBook
from compliance.statements import Kind, statements_of


def zones_of(call: Call) -> tuple[str, ...]:
    """The IANA zones the person on this call may speak from, best known first to last resort, one source at a time.

    What he said on this very call; else his address together with what he said before; else the number; else the firm's.
    """
    customer = call.customer
    if customer is not None:
        told = [one for one in statements_of([customer.pk])[customer.pk] if one.kind == Kind.ZONE]
        here = [one.zone for one in told if one.source == f"call:{call.pk}"]
        if here:
            return tuple(dict.fromkeys(here))
        state = RuleBook.load().state(customer.state) if customer.state else None
        found = dict.fromkeys([*(state.zones if state else ()), *(one.zone for one in told)])
        if found:
            return tuple(found)
    return _of_number(call.number) or (call.business.time_zone,)


def instant_of(on: date | None, at: time, zones: Sequence[str], *, now: datetime) -> tuple[datetime, str]:
    """The instant (UTC) of that hour, and on whose clock it was read. Of several zones the one in which it comes last.

    Nobody is rung before the time he named, wherever of these places he is. Without a day: the next such hour to come.
    """
    return max((_on_clock(on, at, zone, now), zone) for zone in zones)


def _on_clock(on: date | None, at: time, zone: str, now: datetime) -> datetime:
    here = now.astimezone(ZoneInfo(zone))
    moment = datetime.combine(on or here.date(), at, here.tzinfo)
    if on is None and moment <= here:
        moment += timedelta(days=1)
    return moment.astimezone(UTC)


def _of_number(number: str) -> tuple[str, ...]:
    match = NORTH_AMERICA.fullmatch(number)
    area = RuleBook.load().area_code(match[1]) if match else None
    return tuple(area.zones) if area else ()
