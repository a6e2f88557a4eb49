"""Payments of the books and what they paid."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from integrations.ledger import Gone, LedgerPayment
from invoices.models import Allocation, Invoice, Payment
from invoices.sync_aside import Note
from invoices.sync_reading import Reading, Work, carry_out, digest_of, is_older
from invoices.sync_rows import find, put

_FIELDS = [
    "customer",
    "amount",
    "unapplied",
    "currency",
    "paid_on",
    "method",
    "reference",
    "created_in_books_at",
    "books_updated_at",
    "reversed_at",
    "pending",
    "digest",
]


class _Paid(NamedTuple):
    """An invoice of ours that a payment names."""

    invoice: UUID
    customer: UUID


class _Planned(NamedTuple):
    item: LedgerPayment | Gone
    customer: UUID | None
    paid: Mapping[str, _Paid]  # by external id, of the invoices this payment names and we have


def apply(reading: Reading, items: Sequence[LedgerPayment | Gone], customers: Mapping[str, UUID]) -> list[Note]:
    """Payments as the books have them now; notes of what they name and we do not have."""
    if not items:
        return []
    known = _known(reading, [item.external_id for item in items])
    alive = [item for item in items if isinstance(item, LedgerPayment)]
    invoices = _invoices(reading, {entry.invoice for item in alive for entry in item.allocations})
    holders = _holders(known.values())
    works: list[Work[_Planned]] = []
    notes: list[Note] = []
    for item in items:
        row = known.get(item.external_id)
        holds = {row.customer_id, *holders.get(row.pk, ())} if row else set()
        if isinstance(item, Gone):
            planned = _Planned(item, None, {})
        elif item.customer in customers:
            planned = _planned(item, customers[item.customer], invoices)
            holds |= {customers[item.customer], *(paid.customer for paid in planned.paid.values())}
            notes += _notes(item, planned)
        else:
            notes.append(Note("payment", item.external_id, _label(item), "customer_unknown", item.customer))
            continue
        if _differs(planned, row):
            works.append(Work(planned, frozenset(holds)))
    carry_out(reading, works, lambda batch: _write(reading, batch))
    return notes


def _planned(item: LedgerPayment, customer: UUID, invoices: Mapping[str, _Paid]) -> _Planned:
    named = {entry.invoice for entry in item.allocations}
    return _Planned(item, customer, {name: invoices[name] for name in named & invoices.keys()})


def _notes(item: LedgerPayment, planned: _Planned) -> list[Note]:
    missing = sorted({entry.invoice for entry in item.allocations} - planned.paid.keys())
    return [Note("payment", item.external_id, _label(item), "invoice_unknown", ", ".join(missing))] if missing else []


def _label(item: LedgerPayment) -> str:
    return f"{item.amount} {item.currency}, {item.paid_on}"


def _known(reading: Reading, external_ids: Iterable[str]) -> dict[str, Payment]:
    return find(Payment, reading.connection.pk, external_ids)


def _invoices(reading: Reading, external_ids: Iterable[str]) -> dict[str, _Paid]:
    rows = find(Invoice, reading.connection.pk, external_ids, "customer_id")
    return {name: _Paid(row.pk, row.customer_id) for name, row in rows.items()}


def _holders(payments: Iterable[Payment]) -> dict[UUID, set[UUID]]:
    """The customers whose invoices these payments have paid so far: a parent may pay for its jobs."""
    found: dict[UUID, set[UUID]] = {}
    rows = Allocation.objects.filter(payment__in=[payment.pk for payment in payments])
    for payment, customer in rows.values_list("payment_id", "invoice__customer_id"):
        found.setdefault(payment, set()).add(customer)
    return found


def _differs(planned: _Planned, row: Payment | None) -> bool:
    item = planned.item
    if isinstance(item, Gone):
        return row is not None and row.reversed_at is None and not is_older(item.updated_at, row.books_updated_at)
    return row is None or (row.digest != _digest(planned) and not is_older(item.updated_at, row.books_updated_at))


def _digest(planned: _Planned) -> str:
    """Of the payment and of the invoices it could be tied to: one that turns up later makes it different."""
    item = planned.item
    if isinstance(item, Gone):
        return ""
    what = (item.customer, item.amount, item.unapplied, item.currency, item.paid_on, item.method, item.reference)
    paid = [(entry.invoice, entry.type, entry.amount, entry.invoice in planned.paid) for entry in item.allocations]
    return digest_of(what, paid, item.reversed, item.pending, item.created_at, item.updated_at)


def _write(reading: Reading, batch: Sequence[_Planned]) -> None:
    """Under the locks: read again, for somebody may have been faster, then write payments and what they paid."""
    known = _known(reading, [planned.item.external_id for planned in batch])
    todo = [planned for planned in batch if _differs(planned, known.get(planned.item.external_id))]
    rows = [
        _row(reading, planned, known.get(planned.item.external_id))
        for planned in todo
        if isinstance(planned.item, LedgerPayment)
    ]
    put(rows, once=["business", "connection", "external_id"], changing=_FIELDS)
    gone = [known[planned.item.external_id].pk for planned in todo if isinstance(planned.item, Gone)]
    Payment.objects.filter(pk__in=gone).update(reversed_at=reading.at, unapplied=Decimal(0), digest="")
    reading.written += len(rows) + len(gone)
    should: dict[UUID, dict[tuple[UUID, str], tuple[Decimal, str]]] = {pk: {} for pk in gone}
    pks = {row.external_id: row.pk for row in rows}
    for planned in todo:
        if isinstance(planned.item, LedgerPayment):
            should[pks[planned.item.external_id]] = _allocated(planned.item, planned.paid)
    _allocate(reading, should)


def _row(reading: Reading, planned: _Planned, before: Payment | None) -> Payment:
    item = planned.item
    assert isinstance(item, LedgerPayment)
    assert planned.customer is not None
    since = before.reversed_at if before and before.reversed_at else reading.at
    row = Payment(
        connection=reading.connection,
        customer_id=planned.customer,
        external_id=item.external_id,
        # A void leaves zeros; what had come in is worth knowing beside "taken back".
        amount=before.amount if before and item.reversed else item.amount,
        unapplied=item.unapplied,
        currency=item.currency,
        paid_on=item.paid_on,
        method=item.method,
        reference=item.reference,
        created_in_books_at=item.created_at,
        books_updated_at=item.updated_at,
        reversed_at=since if item.reversed else None,
        pending=item.pending,
        digest=_digest(planned),
    )
    row.pk = before.pk if before else row.pk
    return row


def _allocated(item: LedgerPayment, paid: Mapping[str, _Paid]) -> dict[tuple[UUID, str], tuple[Decimal, str]]:
    """What went where. What is still on its way is kept as that: it is no cash until it has arrived."""
    if item.reversed:
        return {}
    return {
        (paid[entry.invoice].invoice, "coming" if item.pending else entry.type): (entry.amount, item.currency)
        for entry in item.allocations
        if entry.invoice in paid
    }


def _allocate(reading: Reading, should: Mapping[UUID, Mapping[tuple[UUID, str], tuple[Decimal, str]]]) -> None:
    """Exactly these allocations. One the books took back stays as a row of zero: what was booked on it is reversed."""
    now = {
        (row.payment_id, row.invoice_id, row.kind): row for row in Allocation.objects.filter(payment__in=list(should))
    }
    rows = [
        Allocation(
            payment_id=payment,
            invoice_id=invoice,
            kind=kind,
            amount=amount,
            currency=currency,
            seen_at=reading.at,
            changed_at=reading.at,
        )
        for payment, wanted in should.items()
        for (invoice, kind), (amount, currency) in wanted.items()
        if (row := now.get((payment, invoice, kind))) is None or row.amount != amount
    ]
    put(rows, once=["business", "payment", "invoice", "kind"], changing=["amount", "currency", "changed_at"])
    over = [row.pk for key, row in now.items() if row.amount and (key[1], key[2]) not in should[key[0]]]
    if over:
        Allocation.objects.filter(pk__in=over).update(amount=Decimal(0), changed_at=reading.at)
    reading.written += len(rows) + len(over)
