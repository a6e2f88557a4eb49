"""Which numbers reach a customer, in which order to try them, and why there is none. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.ledger import LedgerCustomer

FROM_PARENT = "parent"
OURS = 100
"""Billing contacts below this rank are the books'; a member's own stand above it and are left alone."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One contact as it is stored: ``phone`` is filled only where it may be dialed."""

    name: str
    email: str
    phone: str = ""
    raw: str = ""
    kind: str = ""  # mobile, primary, alternate, or parent
    problem: str = ""  # missing, unreadable or foreign


def own(customer: LedgerCustomer) -> list[Reach]:
    """His own numbers, mobile first; one contact without a number where he has none."""
    email = next((address for address in customer.emails if len(address) <= 254), "")
    name = customer.contact_name
    found = [
        Reach(name, email, "" if phone.problem else phone.number, phone.raw, phone.place, phone.problem)
        for phone in customer.phones
    ]
    return found or [Reach(name, email, problem="missing")]


def with_parents(mine: Sequence[Reach], parents: Reach | None) -> list[Reach]:
    """A job or branch without a usable number of its own is reached at its parent's, after its own reasons why."""
    own_ones = [reach for reach in mine if reach.kind != FROM_PARENT] or [Reach("", "", problem="missing")]
    if usable(own_ones) is not None or parents is None:
        return own_ones
    name, email = own_ones[0].name or parents.name, own_ones[0].email or parents.email
    return [*own_ones, Reach(name, email, parents.phone, parents.raw, FROM_PARENT)]


def usable(reaches: Sequence[Reach]) -> Reach | None:
    """The first that may be dialed."""
    return next((reach for reach in reaches if reach.phone), None)


def problem(reaches: Sequence[Reach]) -> tuple[str, str] | None:
    """Why nobody can be called, as a code of ``integrations.problems`` and what stands there; None when somebody can."""
    if usable(reaches) is not None:
        return None
    first = next((reach for reach in reaches if reach.problem != "missing"), None)
    return (f"phone_{first.problem}", first.raw) if first is not None else ("phone_missing", "")
