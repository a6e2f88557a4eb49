"""Invoices of the books with their lines. Only the books' own columns are written: what is ours stays untouched."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from integrations.ledger import Gone, LedgerInvoice
from integrations.models import Connection
from invoices import checking, replacements, sync_record
from invoices.models import Invoice, InvoiceLine
from invoices.sync_aside import Note
from invoices.sync_reading import Reading, Work, carry_out, digest_of, is_older
from invoices.sync_record import BalanceChange
from invoices.sync_rows import find, put

_FIELDS = [
    "customer",
    "number",
    "books_status",
    "vendor_status",
    "currency",
    "total",
    "balance",
    "issued_on",
    "served_on",
    "due_on",
    "memo",
    "sent",
    "terms_assumed",
    "in_flight",
    "disputed_in_books",
    "estimate",
    "reminders_on",
    "balance_changed_at",
    "turned_up_at",
    "books_updated_at",
    "read_at",
    "digest",
]


def apply(reading: Reading, items: Sequence[LedgerInvoice | Gone], customers: Mapping[str, UUID]) -> list[Note]:
    """Invoices as the books have them now; notes of those whose customer is not known. Unchanged: one look, no write."""
    if not items:
        return []
    known = _known(reading, [item.external_id for item in items])
    works: list[Work[LedgerInvoice | Gone]] = []
    notes: list[Note] = []
    for item in items:
        row = known.get(item.external_id)
        if isinstance(item, LedgerInvoice) and item.customer not in customers:
            notes.append(Note("invoice", item.external_id, item.number, "customer_unknown", item.customer))
        elif _differs(reading, item, row):
            holders = {row.customer_id} if row else set()
            if isinstance(item, LedgerInvoice):
                holders.add(customers[item.customer])
            works.append(Work(item, frozenset(holders)))
    carry_out(reading, works, lambda batch: _write(reading, batch, customers))
    return notes


def _known(reading: Reading, external_ids: Iterable[str]) -> dict[str, Invoice]:
    wanted = (
        "customer_id",
        "digest",
        "books_updated_at",
        "read_at",
        "balance",
        "books_status",
        "number",
        "balance_changed_at",
        "turned_up_at",
        "due_on",
        "sent",
        "currency",
    )
    return find(Invoice, reading.connection.pk, external_ids, *wanted)


def _differs(reading: Reading, item: LedgerInvoice | Gone, row: Invoice | None) -> bool:
    if row is None:
        return isinstance(item, LedgerInvoice)
    if row.read_at > reading.at or is_older(item.updated_at, row.books_updated_at):
        return False  # somebody read it after this page was asked for
    if isinstance(item, Gone):
        return row.books_status != Invoice.Books.DELETED
    return row.digest != _digest(item)


def _digest(item: LedgerInvoice) -> str:
    """Of the head and of the lines, so that a payment does not write the lines anew."""
    head = (item.number, item.customer, item.status, item.vendor_status, item.currency, item.total, item.balance)
    rest = (item.issued_on, item.due_on, item.memo, item.sent, item.updated_at)
    marks = (item.in_flight, item.disputed, item.estimate, item.reminders_on)
    lines = [(line.item, line.description, line.quantity, line.amount) for line in item.lines]
    day = () if item.served_on is None else (item.served_on,)  # rows read before this was kept keep their digest
    return digest_of(head, rest, marks, *day) + digest_of(lines)


def _write(reading: Reading, batch: Sequence[LedgerInvoice | Gone], customers: Mapping[str, UUID]) -> None:
    """Under the locks: read again, for somebody may have been faster, then write invoices, lines and the timeline."""
    known = _known(reading, [item.external_id for item in batch])
    items = [item for item in batch if _differs(reading, item, known.get(item.external_id))]
    rows: list[Invoice] = []
    first_load = _is_first_load(reading) if any(item.external_id not in known for item in items) else False
    changed_lines: list[tuple[Invoice, LedgerInvoice]] = []
    for item in items:
        if not isinstance(item, LedgerInvoice):
            continue
        before = known.get(item.external_id)
        row = _row(reading, item, before, customers[item.customer])
        if (before is None and not first_load) or (before is not None and _is_news(before, row)):
            row.turned_up_at = reading.at
        rows.append(row)
        if before is None or before.digest[32:] != row.digest[32:]:
            changed_lines.append((row, item))
    put(rows, once=["business", "connection", "external_id"], changing=_FIELDS)
    gone = [known[item.external_id] for item in items if isinstance(item, Gone)]
    _mark_gone(reading, gone)
    reading.written += len(rows) + len(gone)
    if reading.connection.synced_at is not None:  # a first load tells nothing new: it only fills empty rows
        new = [row.pk for row in rows if row.external_id not in known and row.balance > 0]
        voided = [row.pk for row in rows if _is_voided(row, known.get(row.external_id))]
        replacements.remember([*new, *voided, *(row.pk for row in gone)])
    _write_lines(reading, changed_lines, {row.external_id for row in known.values()})
    changes = [_change(known[row.external_id], row) for row in rows if row.external_id in known]
    changes += [_change(row, None) for row in gone]
    by = reading.connection.get_provider_display()
    sync_record.record([change for change in changes if change.was != change.now], by=by)


def _row(reading: Reading, item: LedgerInvoice, before: Invoice | None, customer: UUID) -> Invoice:
    due_on, terms_assumed = checking.due_on(item.due_on, item.issued_on, reading.terms_days)
    changed_at = before.balance_changed_at if before else None
    if before is not None and before.balance != item.balance:
        changed_at = reading.at
    row = Invoice(
        connection=reading.connection,
        customer_id=customer,
        external_id=item.external_id,
        number=item.number,
        books_status=item.status,
        vendor_status=item.vendor_status,
        currency=item.currency,
        total=item.total,
        balance=item.balance,
        issued_on=item.issued_on,
        served_on=item.served_on,
        due_on=due_on,
        terms_assumed=terms_assumed,
        memo=item.memo,
        sent=item.sent,
        in_flight=item.in_flight,
        disputed_in_books=item.disputed,
        estimate=item.estimate[:60],
        reminders_on=item.reminders_on,
        balance_changed_at=changed_at,
        turned_up_at=before.turned_up_at if before else None,
        books_updated_at=item.updated_at,
        read_at=reading.at,
        digest=_digest(item),
    )
    row.pk = before.pk if before else row.pk
    return row


def _is_first_load(reading: Reading) -> bool:
    """What was there when the firm's first books were connected: nothing of it turned up since."""
    if reading.connection.synced_at is not None:
        return False
    return not Connection.objects.exclude(pk=reading.connection.pk).exclude(synced_at=None).exists()


def _is_news(before: Invoice, row: Invoice) -> bool:
    """By what the books say now it may be called about, or sooner than before."""
    opened = row.books_status == Invoice.Books.OPEN != before.books_status
    sooner = row.due_on is not None and (before.due_on is None or row.due_on < before.due_on)
    return opened or sooner or (before.sent is False and row.sent is not False)


def _is_voided(row: Invoice, before: Invoice | None) -> bool:
    return before is not None and row.books_status == Invoice.Books.VOID != before.books_status


def _mark_gone(reading: Reading, rows: Sequence[Invoice]) -> None:
    """Deleted in the books: nothing is owed on it any more. The row stays, with everything that happened to it."""
    if rows:
        Invoice.objects.filter(pk__in=[row.pk for row in rows]).update(
            books_status=Invoice.Books.DELETED,
            vendor_status="deleted",
            balance=Decimal(0),
            balance_changed_at=reading.at,
            read_at=reading.at,
            digest="",
        )


def _change(before: Invoice, after: Invoice | None) -> BalanceChange:
    return BalanceChange(
        invoice=before.pk,
        customer=before.customer_id,
        number=before.number,
        currency=before.currency,
        was=before.balance,
        now=after.balance if after else Decimal(0),
        status_was=before.books_status,
        status=after.books_status if after else Invoice.Books.DELETED,
    )


def _write_lines(reading: Reading, changed: Sequence[tuple[Invoice, LedgerInvoice]], known: set[str]) -> None:
    rows = [
        InvoiceLine(
            invoice=invoice,
            position=position,
            item=line.item,
            description=line.description,
            quantity=line.quantity,
            amount=line.amount,
            currency=item.currency,
        )
        for invoice, item in changed
        for position, line in enumerate(item.lines, start=1)
    ]
    changing = ["item", "description", "quantity", "amount", "currency"]
    put(rows, once=["business", "invoice", "position"], changing=changing)
    surplus = Q(pk=None)
    for invoice, item in changed:
        if invoice.external_id in known:
            surplus |= Q(invoice=invoice.pk, position__gt=len(item.lines))
    if surplus != Q(pk=None):
        reading.written += InvoiceLine.objects.filter(surplus).delete()[0]
    reading.written += len(rows)
