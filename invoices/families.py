"""Who belongs together in the books: a customer, those above him, his jobs and branches."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from invoices.models import Customer
from syntharra.reading import Given, Reading

LEVELS = 5
"""How far up and down; the deepest nesting of any vendor we read."""

type Name = tuple[UUID, str]
"""The connection, and the id in its books."""

_KIN = ("connection", "external_id", "parent_external_id", "open_credit")
_KNOWN_AS = Reading(
    lambda: Customer.objects.filter(connection_id__among=Given("books"), external_id__among=Given("ids")).only(*_KIN)
)
_BENEATH = Reading(
    lambda: Customer.objects.filter(connection_id__among=Given("books"), parent_external_id__among=Given("ids")).only(
        *_KIN
    )
)


def families(customers: Iterable[Customer]) -> list[list[Customer]]:
    """Each family that one of these belongs to, everybody in it once.

    One query where nobody has a parent or a branch, else one a level, however many customers. Of those that were not asked for only what joins them
    and their open credit is read. A parent whom we never read still joins his branches.
    """
    found = {_name(customer): customer for customer in customers}
    _climb(found)
    _descend(found)
    joined: dict[Name, Name] = {}
    for name, customer in found.items():
        if customer.parent_external_id:
            joined[_top(joined, name)] = _top(joined, _parent(customer))
    together: dict[Name, list[Customer]] = defaultdict(list)
    for name, customer in found.items():
        together[_top(joined, name)].append(customer)
    return list(together.values())


def kin_of(related: Iterable[Iterable[Customer]]) -> dict[UUID, frozenset[UUID]]:
    """By customer, everybody of his family (from ``families``), himself among them."""
    together = [frozenset(one.pk for one in family) for family in related]
    return {pk: family for family in together for pk in family}


def kin_among(customer_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The same for customers known by their ids."""
    return kin_of(families(Customer.objects.filter(pk__in=customer_ids).only(*_KIN)))


def _climb(found: dict[Name, Customer]) -> None:
    """Adds the parents, and theirs."""
    for _level in range(LEVELS):
        missing = _parents(found) - found.keys()
        above = _read(_KNOWN_AS, missing) if missing else []
        if not above:
            return
        found |= {_name(one): one for one in above if _name(one) in missing}


def _descend(found: dict[Name, Customer]) -> None:
    """Adds the jobs and branches of all of these, and theirs."""
    last = found.keys() | _parents(found)
    for _level in range(LEVELS):
        if not last:
            return
        below = _read(_BENEATH, last)
        fresh = {_name(one): one for one in below if _parent(one) in last and _name(one) not in found}
        found |= fresh
        last = set(fresh)


def _read(asked: Reading[Customer], names: Iterable[Name]) -> list[Customer]:
    """Those with one of these ids; also of other books that use the same ids."""
    named = list(names)
    return asked(books={books for books, _id in named}, ids={external_id for _books, external_id in named})


def _name(customer: Customer) -> Name:
    return customer.connection_id, customer.external_id


def _parent(customer: Customer) -> Name:
    return customer.connection_id, customer.parent_external_id


def _parents(found: dict[Name, Customer]) -> set[Name]:
    return {_parent(customer) for customer in found.values() if customer.parent_external_id}


def _top(joined: dict[Name, Name], name: Name) -> Name:
    """Whom this one stands with. Books that make somebody his own grandfather end here too."""
    while (above := joined.get(name, name)) != name:
        name = above
    return name
