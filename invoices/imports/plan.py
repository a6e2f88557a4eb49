"""What confirming a file would do, from the file and from what we have: created, changed, missing, and every row left out.

Worked out anew each time it is looked at; ``digest`` tells whether it is still what the owner saw.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Business
from integrations.file import kept
from integrations.file.choices import Choices
from integrations.file.lines import Entry, Note, Records, identity, number_key
from integrations.file.records import records
from integrations.ledger import Home, LedgerCustomer
from integrations.models import Connection, Provider
from invoices.import_models import ImportBatch
from invoices.imports.uploads import table_of
from invoices.models import Customer, Invoice


@dataclass(frozen=True, slots=True, repr=False)
class Before:
    """An invoice of an earlier file, as it is with us."""

    external_id: str
    number: str
    customer: str
    customer_name: str
    status: str
    currency: str
    total: Decimal
    balance: Decimal
    issued_on: date | None
    due_on: date | None
    frozen: bool

    @property
    def said(self) -> tuple[Any, ...]:
        """What a file says of an invoice."""
        return (
            *(self.number, self.customer, self.status, self.currency),
            *(self.total, self.balance, self.issued_on, self.due_on),
        )


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """An invoice we have, with what the file says of it now."""

    entry: Entry
    before: Before


@dataclass(repr=False)
class Plan:
    """Everything the preview shows and the confirmation does."""

    records: Records
    new: list[Entry] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)  # what we show of it changed: balance, dates, status, customer
    same: list[Entry] = field(default_factory=list)
    missing: list[Before] = field(default_factory=list)  # open with us, not in the file
    left_out: list[Note] = field(default_factory=list)
    new_customers: list[LedgerCustomer] = field(default_factory=list)
    known_customers: int = 0
    digest: str = ""

    @property
    def taken(self) -> list[Entry]:
        """The invoices that confirming brings in, in the order of the file."""
        return sorted([*self.new, *(one.entry for one in self.changed), *self.same], key=lambda entry: entry.row)

    @property
    def customers(self) -> list[LedgerCustomer]:
        """Those of the invoices that are taken."""
        named = {entry.invoice.customer for entry in self.taken}
        return [one for one in self.records.customers if one.external_id in named]

    def totals(self) -> dict[str, Decimal]:
        """What is open by the file, by currency."""
        return summed((entry.invoice.currency, entry.invoice.balance) for entry in self.taken)


def plan_of(batch: ImportBatch, business: Business) -> Plan:
    """What confirming this import would do now."""
    connection = connection_of(business)
    chosen = Choices.of(batch.choices)
    found = records(table_of(batch), chosen, Home(business.currency, business.country, business.time_zone))
    before = _before(connection)
    entries = told_apart(found.entries, before.values())
    elsewhere = _open_elsewhere(connection)
    plan = Plan(found, left_out=list(found.left_out))
    for entry in entries:
        _sort_in(plan, entry, before.get(entry.invoice.external_id), elsewhere)
    named = {entry.invoice.external_id for entry in entries}
    # A row that could not be read still names its invoice: it is not missing, it is to be put right.
    unread = _numbers_of(batch, chosen, found.errors)
    plan.missing = [
        one
        for key, one in before.items()
        if key not in named and one.status == "open" and one.balance > 0 and number_key(one.number) not in unread
    ]
    plan.left_out.sort(key=lambda note: note.row)
    known = _known_customers(connection)
    plan.new_customers = [one for one in plan.customers if one.external_id not in known]
    plan.known_customers = len(plan.customers) - len(plan.new_customers)
    plan.digest = _digest(plan, connection)
    return plan


def _sort_in(plan: Plan, entry: Entry, before: Before | None, elsewhere: Mapping[tuple[str, Decimal], str]) -> None:
    invoice = entry.invoice
    other = elsewhere.get((number_key(invoice.number), invoice.total))
    if other and invoice.balance > 0:
        plan.left_out.append(Note(entry.row, "number", "also_elsewhere", other))
    elif before is None and (invoice.balance == 0 or invoice.status not in ("open", "draft")):
        plan.left_out.append(Note(entry.row, "balance", "nothing_owed", invoice.number))
    elif before is None:
        plan.new.append(entry)
    elif _said(entry) == before.said:
        plan.same.append(entry)
    else:
        plan.changed.append(Change(entry, before))


def _said(entry: Entry) -> tuple[Any, ...]:
    one = entry.invoice
    return one.number, one.customer, one.status, one.currency, one.total, one.balance, one.issued_on, one.due_on


def told_apart(entries: Sequence[Entry], before: Iterable[Before]) -> list[Entry]:
    """Each invoice with the id it has or gets. A number is an invoice, whoever it is billed to now.

    So one that is frozen stays frozen when its customer is renamed. Only where several customers share a number does
    the customer belong to the id.
    """
    ours: dict[str, list[Before]] = defaultdict(list)
    theirs: dict[str, list[Entry]] = defaultdict(list)
    for one in before:
        ours[number_key(one.number)].append(one)
    for entry in entries:
        theirs[number_key(entry.invoice.number)].append(entry)
    named = {entry.row: found for key, group in theirs.items() for entry, found in _ids(key, group, ours.get(key, []))}
    return [replace(entry, invoice=replace(entry.invoice, external_id=named[entry.row])) for entry in entries]


def _ids(key: str, entries: Sequence[Entry], ours: Sequence[Before]) -> list[tuple[Entry, str]]:
    """The ids of all that share a number: first by the same customer; then a single one left over on both sides."""
    by_customer = {one.customer: one.external_id for one in ours}
    found = [(entry, by_customer[entry.invoice.customer]) for entry in entries if entry.invoice.customer in by_customer]
    taken = {external_id for _entry, external_id in found}
    rest = [entry for entry in entries if entry.invoice.customer not in by_customer]
    free = [one.external_id for one in ours if one.external_id not in taken]
    if len(rest) == 1 and len(free) == 1:
        return [*found, (rest[0], free[0])]
    alone = len(entries) == 1 and not ours
    return found + [(entry, identity("invoice", key, *([] if alone else [entry.invoice.customer]))) for entry in rest]


def connection_of(business: Business) -> Connection | None:
    """The connection of files this business has or had."""
    return business.connections.filter(provider=Provider.FILE, account=str(business.pk)).order_by("connected_at").last()


def summed(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """By currency: they never mix."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for currency, amount in amounts:
        found[currency] += amount
    return dict(sorted(found.items()))


def _before(connection: Connection | None) -> dict[str, Before]:
    if connection is None:
        return {}
    rows = Invoice.objects.filter(connection=connection).exclude(books_status=Invoice.Books.DELETED)
    rows = rows.select_related("customer").order_by("due_on", "number")
    return {
        row.external_id: Before(
            external_id=row.external_id,
            number=row.number,
            customer=row.customer.external_id,
            customer_name=row.customer.name,
            status=row.books_status,
            currency=row.currency,
            total=row.total,
            balance=row.balance,
            issued_on=row.issued_on,
            due_on=None if row.terms_assumed else row.due_on,
            frozen=row.frozen_at is not None,
        )
        for row in rows
    }


def _known_customers(connection: Connection | None) -> set[str]:
    if connection is None:
        return set()
    return set(Customer.objects.filter(connection=connection).values_list("external_id", flat=True))


def _open_elsewhere(connection: Connection | None) -> dict[tuple[str, Decimal], str]:
    """What is open in other connected books, by number and total: nobody is asked twice for the same invoice."""
    rows = Invoice.objects.open().exclude(connection__provider=Provider.FILE)
    rows = rows.exclude(connection__state=Connection.State.DISCONNECTED).select_related("connection")
    return {(number_key(row.number), row.total): row.connection.get_provider_display() for row in rows if row.number}


def _numbers_of(batch: ImportBatch, chosen: Choices, errors: Sequence[Note]) -> set[str]:
    rows = {note.row for note in errors}
    at = chosen.columns["number"]
    return {number_key(cells[at]) for number, cells in batch.rows if number in rows and cells[at]}


def _digest(plan: Plan, connection: Connection | None) -> str:
    """Of everything confirming would do, and of the file confirmed before: another one in between makes it new."""
    mine = ImportBatch.objects.filter(connection=connection) if connection is not None else ImportBatch.objects.none()
    last = mine.confirmed().values_list("pk", flat=True).first()
    said = [kept.of_invoice(entry.invoice) for entry in plan.taken]
    what = (
        str(last),
        said,
        [entry.row for entry in plan.new],
        [change.before.said for change in plan.changed],
        [one.said for one in plan.missing],
        [kept.of_customer(one) for one in plan.customers],
    )
    return hashlib.sha256(repr(what).encode()).hexdigest()[:32]
