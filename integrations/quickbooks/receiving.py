"""A payment that came in elsewhere, entered in a QuickBooks company's books: once for its key, found again by its mark."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Refused, Unanswered
from integrations.fields import Json
from integrations.ledger import Written
from integrations.quickbooks import refs, writing
from integrations.quickbooks.writing import Books, mark_of

NAME = "payment"


def payment(books: Books, invoice: str, amount: Decimal, *, on: date, key: str) -> Written:
    """Enter it and set all of it against this invoice. Raises Refused, with nothing written, where less is owed."""
    mark, before = mark_of(key), writing.alive(books, invoice)
    found = _marked(books, before.customer, mark)
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
        again = _marked(books, before.customer, mark)
        if again is None:
            raise
        made = again
    return Written(writing.id_of(made), mark, writing.alive(books, invoice))


def _marked(books: Books, customer: str, mark: str) -> Json | None:
    """The payment entered under this mark; all of this customer's are looked through."""
    last = ""
    while True:
        beyond = f" AND Id > '{last}'" if last else ""
        where = f"CustomerRef = '{writing.quoted(customer)}'{beyond}"
        statement = f"SELECT * FROM Payment WHERE {where} ORDERBY Id STARTPOSITION 1 MAXRESULTS {writing.PAGE}"  # noqa: S608
        found = fields.items(fields.inner(books.client.query(statement), "QueryResponse"), "Payment")
        for one in found:
            if fields.text(one, "PrivateNote") == mark:
                return one
        if len(found) < writing.PAGE or writing.id_of(found[-1]) == last:
            return None
        last = writing.id_of(found[-1])
