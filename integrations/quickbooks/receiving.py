"""A payment that came in elsewhere, entered in a QuickBooks company's books: once for its key, found again by its mark."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from integrations.errors import Refused, Unanswered
from integrations.fields import Json
from integrations.ledger import Written
from integrations.quickbooks import refs, writing
from integrations.quickbooks.writing import Books, mark_of

NAME = "payment"


def payment(books: Books, invoice: str, amount: Decimal, *, on: date, key: str) -> Written:
    """Enter it and set all of it against this invoice. Raises Refused, with nothing written, where less is owed."""
    mark, before = mark_of(key), writing.alive(books, invoice)
    found = writing.marked(books, "Payment", before.customer, mark)
    if found is not None:
        return Written(writing.id_of(found), mark, writing.alive(books, invoice), repeated=True)
    if not 0 < amount <= before.balance:
        raise Refused(_("Less is owed on this invoice in QuickBooks than was paid."))
    raw = writing.read(books, "invoice", invoice)
    body: Json = {
        "CustomerRef": {"value": before.customer},
        "TotalAmt": float(amount),
        "TxnDate": on.isoformat(),
        "PaymentRefNum": mark,
        "PrivateNote": mark,
        "Line": [writing.link(amount, "Invoice", invoice)],
    }
    if refs.reference(raw, "CurrencyRef"):
        body["CurrencyRef"] = {"value": refs.reference(raw, "CurrencyRef")}
    try:
        made = writing.post(books, NAME, body, f"{mark}-received")
    except Unanswered:
        again = writing.marked(books, "Payment", before.customer, mark)
        if again is None:
            raise
        made = again
    return Written(writing.id_of(made), mark, writing.alive(books, invoice))
