"""Who is there for what at a customer, which numbers reach whom in which order, and why there is none. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from integrations.ledger import LedgerContact, LedgerCustomer, LedgerPhone

FROM_PARENT = "parent"
OURS = 100
"""Billing contacts below this rank are the books'; a member's own stand above it and are left alone."""


BILLING, SITE, TENANT, APPROVER, OTHER = "billing", "site", "tenant", "approver", "other"
# By the words the books use. Who is at the site or lives there is never called about money, whatever else he is called.
_ROLES = (
    (TENANT, r"tenant|occupant|resident|renter|lessee|roommate"),
    (SITE, r"site|super|superintendent|foreman|janitor|caretaker|custodian|crew|job\s?contact|service contact"),
    (APPROVER, r"approv\w*|purchas\w*|procurement|buyer"),
    (
        BILLING,
        r"billing|bills?|accounts?\s+payable|a/?p|payables?|invoic\w*|book-?keep\w*|account(ing|ant)|payer|finance",
    ),
)


@dataclass(frozen=True, slots=True)
class Reach:
    """One contact as it is stored: ``phone`` is filled only where it may be dialed."""

    name: str
    email: str
    phone: str = ""
    raw: str = ""
    kind: str = ""  # mobile, primary, alternate, or parent
    problem: str = ""  # missing, unreadable or foreign
    role: str = BILLING
    title: str = ""  # as the books have it


def role_of(contact: LedgerContact, decided: Mapping[str, str]) -> str:
    """What somebody is there for: a member's word first, then the books'. Nobody is called for want of a word."""
    said = decided.get(person(contact.name, contact.phones))
    if said:
        return said
    named = next((role for role, words in _ROLES if re.search(rf"\b({words})\b", contact.title, re.IGNORECASE)), "")
    if named in (TENANT, SITE):
        return named
    return BILLING if contact.is_billing else named or OTHER


def person(name: str, phones: Sequence[LedgerPhone]) -> str:
    """By what a member's word about somebody is remembered: his name, or his number where he has none."""
    plain = " ".join(name.casefold().split())
    return (plain or next((phone.number or phone.raw for phone in phones), ""))[:200]


def own(customer: LedgerCustomer, decided: Mapping[str, str] | None = None) -> list[Reach]:
    """The numbers to try about a bill, mobile first: those who pay the bills, then the main contact.

    One contact without a number where there is none at all.
    """
    people = [reach for reach in _people(customer, decided or {}) if reach.role == BILLING]
    with_number = [reach for reach in people if reach.problem != "missing"]
    return with_number or people[:1] or [Reach(customer.contact_name, _email(customer), problem="missing")]


def others(customer: LedgerCustomer, decided: Mapping[str, str] | None = None) -> list[Reach]:
    """Everybody who is not called about money: kept, so that nobody takes him for somebody who is."""
    return [reach for reach in _people(customer, decided or {}) if reach.role != BILLING]


def _people(customer: LedgerCustomer, decided: Mapping[str, str]) -> Iterator[Reach]:
    for contact in customer.contacts:
        for some in _each(contact.name, contact.phones):
            role = role_of(replace(contact, phones=some), decided)
            yield from _reaches(contact.name, contact.email, some, role, contact.title[:100])
    for some in _each(customer.contact_name, customer.phones):
        main = decided.get(person(customer.contact_name, some), BILLING)
        yield from _reaches(customer.contact_name, _email(customer), some, main, "")


def _each(name: str, phones: tuple[LedgerPhone, ...]) -> Sequence[tuple[LedgerPhone, ...]]:
    """All numbers of a person together; without a name each number may be somebody else's."""
    return [phones] if name.strip() or not phones else [(one,) for one in phones]


def _reaches(name: str, email: str, phones: Sequence[LedgerPhone], role: str, title: str) -> list[Reach]:
    found = [
        Reach(name[:200], email, "" if one.problem else one.number, one.raw[:60], one.place, one.problem, role, title)
        for one in phones
    ]
    return found or [Reach(name, email, problem="missing", role=role, title=title)]


def _email(customer: LedgerCustomer) -> str:
    return next((address for address in customer.emails if len(address) <= 254), "")


def with_parents(mine: Sequence[Reach], parents: Reach | None) -> list[Reach]:
    """A job or branch without a usable number of its own is reached at its parent's, after its own reasons why."""
    own_ones = [reach for reach in mine if reach.kind != FROM_PARENT] or [Reach("", "", problem="missing")]
    if usable(own_ones) is not None or parents is None:
        return own_ones
    name, email = own_ones[0].name or parents.name, own_ones[0].email or parents.email
    return [*own_ones, Reach(name, email, parents.phone, parents.raw, FROM_PARENT)]


def is_called(reach: Reach, decided: Mapping[str, str]) -> bool:
    """Whether no member said that whoever is reached there has nothing to do with bills."""
    names = (" ".join(reach.name.casefold().split())[:200], reach.phone)
    return all(decided.get(name, BILLING) == BILLING for name in names)


def usable(reaches: Sequence[Reach]) -> Reach | None:
    """The first that may be dialed."""
    return next((reach for reach in reaches if reach.phone), None)


def problem(reaches: Sequence[Reach]) -> tuple[str, str] | None:
    """Why nobody can be called, as a code of ``integrations.problems`` and what stands there; None when somebody can."""
    if usable(reaches) is not None:
        return None
    first = next((reach for reach in reaches if reach.problem != "missing"), None)
    return (f"phone_{first.problem}", first.raw) if first is not None else ("phone_missing", "")
