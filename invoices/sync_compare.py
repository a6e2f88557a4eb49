"""What no list of changes tells: looked up by id before a reading of the books ends."""

from collections.abc import Iterator
from decimal import Decimal

from integrations.ledger import Item, Ledger
from invoices import sync_aside
from invoices.models import CreditMemo, Invoice, Payment
from invoices.sync_reading import Reading


def waiting(reading: Reading, ledger: Ledger) -> Iterator[list[Item]]:
    """What was set aside for the lack of something else, read again."""
    for kind in ("invoice", "credit_memo", "payment"):
        external_ids = sync_aside.waiting(reading, kind)
        if external_ids:
            yield ledger.some(kind, external_ids)


def deleted(reading: Reading, ledger: Ledger) -> Iterator[list[Item]]:
    """Everything open with us that the books no longer list as open, read by id: paid, changed, or gone.

    After a reading of the whole, which does not tell of deletions.
    """
    mine = Invoice.objects.filter(connection=reading.connection).open()
    missing = set(mine.values_list("external_id", flat=True))
    for page in ledger.open_invoices():
        missing -= {item.external_id for item in page}
    if missing:
        yield ledger.some("invoice", sorted(missing))
    payments = Payment.objects.filter(connection=reading.connection, reversed_at=None, unapplied__gt=Decimal(0))
    memos = CreditMemo.objects.filter(connection=reading.connection, deleted_at=None, balance__gt=Decimal(0))
    for kind, external_ids in (
        ("payment", list(payments.values_list("external_id", flat=True))),
        ("credit_memo", list(memos.values_list("external_id", flat=True))),
    ):
        if external_ids:
            yield ledger.some(kind, external_ids)
