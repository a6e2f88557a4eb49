"""What people said about when and where they may be reached, put on record and told to the gate."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from django.db import transaction

from accounts import timeline
from compliance.facts import is_zone
from compliance.models import Statement
from syntharra import clock
from syntharra.reading import Given, Reading

Kind = Statement.Kind
type Statements = dict[UUID, list[Statement]]
_BINDING = Reading(
    lambda: Statement.objects.filter(customer_id__among=Given("customers"), ended_at=None).order_by("at", "pk")
)


class CannotState(ValueError):
    """What was to be put on record says nothing or contradicts itself; the text says what belongs there."""


@dataclass(frozen=True)
class Said:
    """What the statements about one person come to for one number."""

    not_between: tuple[tuple[time, time], ...] = ()
    not_on: tuple[int, ...] = ()
    workplace_refused: bool = False
    extra_zones: tuple[str, ...] = ()
    at_work: bool | None = None


@transaction.atomic
def state(
    customer_id: UUID,
    kind: Statement.Kind,
    *,
    words: str,
    source: str,
    by: str,
    number: str = "",
    between: tuple[time, time] | None = None,
    weekday: int | None = None,
    zone: str = "",
) -> Statement:
    """Put on record what the person said; it binds from this commit. For a held customer. Safe to call twice.

    ``between``: from when to when not, on the person's own wall clock, in whole minutes, past midnight when the end comes
    first (12 CFR 1006.6(b)(1)). ``weekday``: Monday is 0. ``number`` "": of the person, whatever number rings. Raises CannotState.
    """
    _check(kind, number=number, between=between, weekday=weekday, zone=zone)
    start, end = between or (None, None)
    told, made = Statement.objects.get_or_create(
        customer_id=customer_id,
        kind=kind,
        number=number,
        start=start,
        end=end,
        weekday=weekday,
        zone=zone,
        ended_at=None,
        defaults={"words": words, "source": source, "by": by, "at": clock.now()},
    )
    if made and kind in (Kind.WORKPLACE, Kind.NOT_WORKPLACE):
        _end_the_opposite(told, by)
    if made:
        timeline.record(told, "stated", by=by, customer=customer_id, kind=str(kind), words=words, source=source)
    return told


@transaction.atomic
def end_statement(statement_id: UUID, *, by: str, reason: str) -> Statement:
    """The person said something else since: kept, and bound by no more. Ending twice is once. For a held customer."""
    ended = {"ended_at": clock.now(), "ended_by": by, "ended_reason": reason}
    if Statement.objects.filter(pk=statement_id, ended_at=None).update(**ended):
        told = Statement.objects.get(pk=statement_id)
        timeline.record(told, "statement_ended", by=by, customer=told.customer_id, kind=told.kind, reason=reason)
    return Statement.objects.get(pk=statement_id)


def statements_of(customer_ids: Collection[UUID]) -> Statements:
    """What binds for these customers, oldest first. One query for all."""
    found: Statements = {pk: [] for pk in customer_ids}
    for told in _BINDING(customers=customer_ids):
        found[told.customer_id].append(told)
    return found


def said_of(statements: Collection[Statement], *, number: str) -> Said:
    """What the gate is told for this number of this person."""
    mine = [told for told in statements if told.number in ("", number)]
    places = {told.kind for told in mine if told.number} if number else set()
    return Said(
        not_between=tuple((told.start, told.end) for told in mine if told.start is not None and told.end is not None),
        not_on=tuple(sorted({told.weekday for told in mine if told.weekday is not None})),
        # Refused on whatever number he was called: he does not want to be called at his work at all.
        workplace_refused=any(told.kind == Kind.NOT_AT_WORK for told in statements),
        extra_zones=tuple(dict.fromkeys(told.zone for told in statements if told.kind == Kind.ZONE)),
        at_work=_at_work(places),
    )


def _at_work(places: Collection[str]) -> bool | None:
    """A number somebody once refused at work is at work; of any other nobody knows until it was said."""
    if Kind.WORKPLACE in places or Kind.NOT_AT_WORK in places:
        return True
    return False if Kind.NOT_WORKPLACE in places else None


def _check(
    kind: Statement.Kind, *, number: str, between: tuple[time, time] | None, weekday: int | None, zone: str
) -> None:
    if kind == Kind.NOT_BETWEEN:
        if between is None or between[0] == between[1]:
            raise CannotState("two different times belong here: from when to when they are not to be called")
        if any(each.second or each.microsecond or each.tzinfo for each in between):
            raise CannotState("times are in whole minutes, without a zone")
    elif between is not None:
        raise CannotState("times belong only to a time of day")
    if kind == Kind.NOT_ON and weekday not in range(7):
        raise CannotState("which day? 0 (Monday) to 6 (Sunday) belong here")
    if kind != Kind.NOT_ON and weekday is not None:
        raise CannotState("a weekday belongs only to days that are not wanted")
    if kind == Kind.ZONE and not is_zone(zone):
        raise CannotState(f"{zone!r} is no time zone; America/Denver would be one")
    if kind != Kind.ZONE and zone:
        raise CannotState("a zone belongs only to where somebody is")
    if kind in (Kind.WORKPLACE, Kind.NOT_WORKPLACE) and not number:
        raise CannotState("which number is it? A workplace is said of one number")


def _end_the_opposite(told: Statement, by: str) -> None:
    opposite = Kind.NOT_WORKPLACE if told.kind == Kind.WORKPLACE else Kind.WORKPLACE
    others = Statement.objects.filter(customer_id=told.customer_id, number=told.number, kind=opposite, ended_at=None)
    others.update(ended_at=clock.now(), ended_by=by, ended_reason=f"they said: {told.get_kind_display()}"[:300])
