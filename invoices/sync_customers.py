"""Customers of the books and the numbers that reach them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q

from integrations.ledger import Gone, LedgerCustomer
from invoices import phones, sync_aside, sync_people
from invoices.models import Contact, Customer
from invoices.phones import OURS, Reach
from invoices.sync_aside import Note
from invoices.sync_reading import Reading, Work, carry_out, digest_of, is_older
from invoices.sync_rows import find, put

LEVELS = 5
_FIELDS = [
    "name",
    "company",
    "kind",
    "parent_external_id",
    "street",
    "city",
    "state",
    "zip",
    "active",
    "open_credit",
    "chased_by_vendor",
    "books_updated_at",
    "digest",
]


def apply(reading: Reading, items: Sequence[LedgerCustomer | Gone]) -> None:
    """Customers as the books have them now. Unchanged ones cost one look and no write."""
    if not items:
        return
    known = _known(reading, [item.external_id for item in items])
    works = [
        Work(item, frozenset({row.pk}) if (row := known.get(item.external_id)) else frozenset())
        for item in items
        if _differs(item, known.get(item.external_id))
    ]
    carry_out(reading, works, lambda batch: _write(reading, batch))
    _follow_parents(reading, {item.external_id for item in items})


def _known(reading: Reading, external_ids: Iterable[str]) -> dict[str, Customer]:
    return find(Customer, reading.connection.pk, external_ids, "digest", "books_updated_at", "active")


def _differs(item: LedgerCustomer | Gone, row: Customer | None) -> bool:
    if isinstance(item, Gone):
        return row is not None and row.active and not is_older(item.updated_at, row.books_updated_at)
    return row is None or (row.digest != _digest(item) and not is_older(item.updated_at, row.books_updated_at))


def _digest(item: LedgerCustomer) -> str:
    # Written out, so that no change of a field's name passes for a change of the customer.
    reached = [(phone.raw, phone.place, phone.number, phone.problem) for phone in item.phones]
    where = item.address
    address = (where.street, where.city, where.state, where.zip)
    who = (item.name, item.company, item.contact_name, item.is_business, item.parent, item.active)
    people = [
        (one.name, one.title, one.email, one.is_billing, [(phone.raw, phone.number) for phone in one.phones])
        for one in item.contacts
    ]
    told = (item.open_credit, item.chased_by_vendor)
    return digest_of(who, reached, item.emails, address, people, told)  # not when: every payment touches its customer


def _write(reading: Reading, batch: Sequence[LedgerCustomer | Gone]) -> None:
    """Under the locks: read again, for somebody may have been faster, then write customers, contacts and notes."""
    known = _known(reading, [item.external_id for item in batch])
    items = [item for item in batch if _differs(item, known.get(item.external_id))]
    gone = [known[item.external_id].pk for item in items if isinstance(item, Gone)]
    if gone:
        reading.written += Customer.objects.filter(pk__in=gone).update(active=False, digest="")
    rows = [_row(reading, item, known.get(item.external_id)) for item in items if isinstance(item, LedgerCustomer)]
    if not rows:
        return
    put(rows, once=["business", "connection", "external_id"], changing=_FIELDS)
    reading.written += len(rows)
    alive = {row.pk: item for row, item in zip(rows, (i for i in items if isinstance(i, LedgerCustomer)), strict=True)}
    decided = sync_people.decided(known[item.external_id].pk for item in alive.values() if item.external_id in known)
    reaches = {pk: phones.own(item, decided[pk]) for pk, item in alive.items()}
    sync_people.write_others(reading, {pk: phones.others(item, decided[pk]) for pk, item in alive.items()})
    before = _contacts(reaches)
    for pk, mine in reaches.items():
        # What came from the parent is kept until the parent is looked at: no moment without a number.
        inherited = next((reach for reach in before[pk] if reach.kind == phones.FROM_PARENT), None)
        reaches[pk] = phones.with_parents(mine, inherited)
    _write_contacts(reading, {row.pk: row for row in rows}, before, reaches)


def _row(reading: Reading, item: LedgerCustomer, known: Customer | None) -> Customer:
    row = Customer(
        connection=reading.connection,
        external_id=item.external_id,
        name=item.name,
        company=item.company,
        # Not known to be a company means person: the stricter law (compliance/RULES.md, "Unknown type?").
        kind=Customer.Kind.BUSINESS if item.is_business else Customer.Kind.CONSUMER,
        parent_external_id=item.parent,
        street=item.address.street,
        city=item.address.city,
        state=item.address.state,
        zip=item.address.zip,
        active=item.active,
        open_credit=item.open_credit,
        chased_by_vendor=item.chased_by_vendor,
        books_updated_at=item.updated_at,
        digest=_digest(item),
    )
    row.pk = known.pk if known else row.pk
    return row


def _contacts(customers: Iterable[UUID]) -> dict[UUID, list[Reach]]:
    """What we have of the books' own contacts, in order."""
    found: dict[UUID, list[Reach]] = defaultdict(list)
    rows = Contact.objects.filter(customer__in=list(customers), role=Contact.Role.BILLING, rank__lt=OURS)
    for row in rows.order_by("customer", "rank"):
        found[row.customer_id].append(sync_people.reach_of(row))
    return found


def _write_contacts(
    reading: Reading,
    customers: Mapping[UUID, Customer],
    before: Mapping[UUID, list[Reach]],
    after: Mapping[UUID, list[Reach]],
) -> None:
    """Exactly these contacts; unchanged ones are not touched. The note says who cannot be called, and why."""
    rows = [
        Contact(
            customer_id=pk,
            role=Contact.Role.BILLING,
            rank=rank,
            name=reach.name[:200],
            title=reach.title,
            email=reach.email,
            phone=reach.phone,
            phone_raw=reach.raw[:60],
            phone_kind=reach.kind,
            phone_problem=reach.problem,
        )
        for pk, reaches in after.items()
        for rank, reach in enumerate(reaches)
        if before[pk][rank : rank + 1] != [reach]
    ]
    changing = ["name", "title", "email", "phone", "phone_raw", "phone_kind", "phone_problem"]
    put(rows, once=["business", "customer", "role", "rank"], changing=changing)
    surplus = Q(pk=None)
    for pk, reaches in after.items():
        if len(before[pk]) > len(reaches):
            surplus |= Q(customer=pk, rank__gte=len(reaches))
    reading.written += len(rows)
    if surplus != Q(pk=None):
        mine = Contact.objects.filter(role=Contact.Role.BILLING, rank__lt=OURS)
        reading.written += mine.filter(surplus).delete()[0]
    _note_unreachable(reading, customers, after)


def _note_unreachable(
    reading: Reading, customers: Mapping[UUID, Customer], contacts: Mapping[UUID, list[Reach]]
) -> None:
    seen = {("customer", customers[pk].external_id) for pk in contacts}
    notes = [
        Note("customer", customers[pk].external_id, customers[pk].name, *said)
        for pk, reaches in contacts.items()
        if (said := phones.problem(reaches)) is not None
    ]
    sync_aside.settle(reading, seen, notes, sync_aside.PHONES)


def _follow_parents(reading: Reading, external_ids: set[str]) -> None:
    """Jobs and branches among these, and those of these, are reached at their parents' numbers where they have none.

    Looked at for all of a page, changed or not, so that a kill between parent and child heals with the next reading.
    """
    mine = Customer.objects.filter(connection=reading.connection)
    children = list(
        mine.filter(Q(external_id__in=external_ids) | Q(parent_external_id__in=external_ids)).exclude(
            parent_external_id=""
        )
    )
    for _level in range(LEVELS):
        if not children:
            return
        works = [Work(child, frozenset({child.pk})) for child in _astray(reading, children)]
        carry_out(reading, works, lambda batch: _reach_through_parents(reading, batch))
        moved = {work.item.external_id for work in works}
        children = list(mine.filter(parent_external_id__in=moved))


def _astray(reading: Reading, children: Sequence[Customer]) -> list[Customer]:
    before, after = _families(reading, children)
    return [child for child in children if before[child.pk] != after[child.pk]]


def _reach_through_parents(reading: Reading, children: Sequence[Customer]) -> None:
    before, after = _families(reading, children)
    changed = {child.pk: child for child in children if before[child.pk] != after[child.pk]}
    if changed:
        _write_contacts(reading, changed, before, {pk: after[pk] for pk in changed})


def _families(
    reading: Reading, children: Sequence[Customer]
) -> tuple[dict[UUID, list[Reach]], dict[UUID, list[Reach]]]:
    """The contacts of these children as they are, and as they should be with their parents' numbers."""
    parents = _known(reading, {child.parent_external_id for child in children})
    contacts = _contacts([*(parent.pk for parent in parents.values()), *(child.pk for child in children)])
    should: dict[UUID, list[Reach]] = {}
    for child in children:
        parent = parents.get(child.parent_external_id)
        should[child.pk] = phones.with_parents(
            contacts[child.pk], phones.usable(contacts[parent.pk]) if parent else None
        )
    return contacts, _without_refused(should)


def _without_refused(reaches: dict[UUID, list[Reach]]) -> dict[UUID, list[Reach]]:
    """Without a parent's number of which a member said that it is not for bills."""
    heirs = [pk for pk, mine in reaches.items() if any(reach.kind == phones.FROM_PARENT for reach in mine)]
    decided = sync_people.decided(heirs) if heirs else {}
    for pk, said in decided.items():
        reaches[pk] = [r for r in reaches[pk] if r.kind != phones.FROM_PARENT or phones.is_called(r, said)]
    return reaches
