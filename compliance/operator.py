"""What the operator put on record for the whole installation: who he is, licenses and opinions, days a state is closed.

Rows are added and ended, never changed: what a call stood on can be read years later.
"""

from datetime import date, timedelta

from django.conf import settings

from compliance.facts import Blackout
from compliance.models import Declaration, License, StateBlackout
from compliance.rulebook import RuleBook
from syntharra import clock
from syntharra.reading import Given, Reading

_CLOSED = Reading(
    lambda: (
        StateBlackout.objects.filter(ended_at=None, last__gte=Given("since"))
        .order_by("state", "first", "last")
        .values_list("state", "first", "last")
        .distinct()
    )
)


class CannotRegister(ValueError):
    """What the operator wanted to put on record cannot stand; the text says why and what to do."""


def declare(role: str, *, name: str, address: str, by: str) -> Declaration:
    """Own books or for others, on record. Raises CannotRegister when the installation is set up as the other."""
    if role not in ("own_books", "for_others"):
        raise CannotRegister(f"{role!r} is no way to run an installation; own_books or for_others")
    if role != settings.ROLE:
        raise CannotRegister(f"the setting ROLE says {settings.ROLE}; change it first, then declare")
    if not name.strip() or not address.strip():
        raise CannotRegister("the registered name and the postal address belong to it: notices name both")
    return Declaration.objects.create(role=role, name=name.strip(), address=address.strip(), at=clock.now(), by=by)


def declaration() -> Declaration | None:
    """The one in force; None while none fits how the installation is set up."""
    latest = Declaration.objects.order_by("-at", "-pk").first()
    return latest if latest is not None and latest.role == settings.ROLE else None


def add_license(
    state: str, kind: License.Kind, *, reference: str, valid_from: date, valid_until: date | None, by: str
) -> License:
    """A license, or counsel's opinion that none is needed. Raises CannotRegister."""
    _known(state)
    if not reference.strip():
        raise CannotRegister("which license, or whose opinion and of when? A reference belongs to it")
    if valid_until is not None and valid_until < valid_from:
        raise CannotRegister(f"it cannot end on {valid_until} before it begins on {valid_from}")
    return License.objects.create(
        state=state,
        kind=kind,
        reference=reference.strip(),
        valid_from=valid_from,
        valid_until=valid_until,
        at=clock.now(),
        by=by,
    )


def licensed_states(on: date) -> frozenset[str]:
    """The states with a license or an opinion that holds on this day."""
    return frozenset(found.state for found in licenses(on))


def licenses(on: date) -> list[License]:
    """Those that hold on this day, by state."""
    holding = License.objects.filter(ended_at=None, valid_from__lte=on).exclude(valid_until__lt=on)
    return list(holding.order_by("state", "pk"))


def end_license(pk: int, *, by: str) -> License:
    """It was given up or withdrawn: no call stands on it any more. Ending twice is once. Raises CannotRegister."""
    License.objects.filter(pk=pk, ended_at=None).update(ended_at=clock.now(), ended_by=by)
    found = License.objects.filter(pk=pk).first()
    if found is None:
        raise CannotRegister(f"no license or opinion has the number {pk}; the list shows them")
    return found


def close_state(state: str, *, first: date, last: date, why: str, by: str) -> StateBlackout:
    """Nobody in this state is called from the first to the last of these days, both included. Raises CannotRegister."""
    _known(state)
    if last < first:
        raise CannotRegister(f"the last day {last} comes before the first, {first}")
    return StateBlackout.objects.create(state=state, first=first, last=last, why=why, at=clock.now(), by=by)


def open_state(pk: int, *, by: str) -> StateBlackout:
    """The closed days end now. Ending twice is once. Raises CannotRegister."""
    StateBlackout.objects.filter(pk=pk, ended_at=None).update(ended_at=clock.now(), ended_by=by)
    found = StateBlackout.objects.filter(pk=pk).first()
    if found is None:
        raise CannotRegister(f"no closed days have the number {pk}; the list shows them")
    return found


def blackouts(on: date) -> tuple[Blackout, ...]:
    """The days that are closed from this day (in UTC) on, in order: somewhere it may still be the day before."""
    return tuple(Blackout(*row) for row in _CLOSED(since=on - timedelta(days=1)))


def _known(state: str) -> None:
    if RuleBook.load().state(state) is None:
        raise CannotRegister(f"{state!r} is no state of ours; write it like US-OH")
