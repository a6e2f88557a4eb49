"""Credit memos of the books: what is left on one is open credit of its customer."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from integrations.ledger import Gone, LedgerCreditMemo
from invoices.models import CreditMemo
from invoices.sync_aside import Note
from invoices.sync_reading import Reading, Work, carry_out, digest_of, is_older
from invoices.sync_rows import find


def apply(reading: Reading, items: Sequence[LedgerCreditMemo | Gone], customers: Mapping[str, UUID]) -> list[Note]:
    """Credit memos as the books have them now; what is left on one is open credit."""
    if not items:
        return []
    known = _known(reading, [item.external_id for item in items])
    works: list[Work[LedgerCreditMemo | Gone]] = []
    notes: list[Note] = []
    for item in items:
        row = known.get(item.external_id)
        if isinstance(item, LedgerCreditMemo) and item.customer not in customers:
            notes.append(Note("credit_memo", item.external_id, item.number, "customer_unknown", item.customer))
        elif _differs(item, row):
            holders = {row.customer_id} if row else set()
            if isinstance(item, LedgerCreditMemo):
                holders.add(customers[item.customer])
            works.append(Work(item, frozenset(holders)))
    carry_out(reading, works, lambda batch: _write(reading, batch, customers))
    return notes


def _known(reading: Reading, external_ids: Iterable[str]) -> dict[str, CreditMemo]:
    return find(CreditMemo, reading.connection.pk, external_ids)


def _differs(item: LedgerCreditMemo | Gone, row: CreditMemo | None) -> bool:
    if isinstance(item, Gone):
        return row is not None and row.deleted_at is None and not is_older(item.updated_at, row.books_updated_at)
    return row is None or (row.digest != _digest(item) and not is_older(item.updated_at, row.books_updated_at))


def _digest(item: LedgerCreditMemo) -> str:
    what = (item.number, item.customer, item.total, item.balance, item.currency, item.issued_on)
    return digest_of(what, _applied(item), item.void, item.updated_at)


def _applied(item: LedgerCreditMemo) -> list[dict[str, str]]:
    return [{"invoice": entry.invoice, "amount": str(entry.amount)} for entry in item.applied]


def _write(reading: Reading, batch: Sequence[LedgerCreditMemo | Gone], customers: Mapping[str, UUID]) -> None:
    known = _known(reading, [item.external_id for item in batch])
    items = [item for item in batch if _differs(item, known.get(item.external_id))]
    rows = [
        CreditMemo(
            connection=reading.connection,
            customer_id=customers[item.customer],
            external_id=item.external_id,
            number=item.number,
            total=item.total,
            balance=item.balance,
            currency=item.currency,
            issued_on=item.issued_on,
            applied=_applied(item),
            books_updated_at=item.updated_at,
            digest=_digest(item),
        )
        for item in items
        if isinstance(item, LedgerCreditMemo)
    ]
    CreditMemo.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["business", "connection", "external_id"],
        update_fields=[
            *("customer", "number", "total", "balance", "currency", "issued_on"),
            *("applied", "books_updated_at", "deleted_at", "digest"),
        ],
    )
    gone = [known[item.external_id].pk for item in items if isinstance(item, Gone)]
    CreditMemo.objects.filter(pk__in=gone).update(deleted_at=reading.at, balance=Decimal(0), digest="")
    reading.written += len(rows) + len(gone)
