"""What we write into a QuickBooks company's books: a credit memo, and the payment of nothing that sets it against an invoice.

Both carry a mark of the key in their private note, so that they are found again before others are made; the requests carry
an id besides, for the moment between two workers. The mark means nothing to a customer. A memo that cannot be set against
the invoice for exactly its amount is taken out of the books again.
"""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from integrations import fields
from integrations.asking import Question
from integrations.errors import Refused, Unanswered, Unavailable
from integrations.fields import Bad, Json
from integrations.ledger import Gone, Home, LedgerInvoice, Unusable, Written
from integrations.quickbooks import refs
from integrations.quickbooks.client import MINOR_VERSION, Client

PAGE, LONGEST_REQUEST = 1000, 50
_ATTEMPTS = 5
_STALE = "5010"
_UNTAXED = "NON"


class Books(Protocol):
    """The ledger, as far as writing needs it."""

    @property
    def client(self) -> Client: ...

    @property
    def home(self) -> Home: ...

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable: ...


def mark_of(key: str) -> str:
    """What a write of ours is known by in the books: short, and without a meaning to anybody."""
    return "SYN-" + hashlib.sha256(key.encode()).hexdigest()[:16].upper()


def credit(books: Books, invoice: str, amount: Decimal | None, *, key: str, words: str) -> Written:
    """Owe ``amount`` less (None: nothing more at all), each step taken only if it is not there yet. Raises Refused."""
    mark, before = mark_of(key), alive(books, invoice)
    memo, owed = marked(books, "CreditMemo", before.customer, mark), before.balance
    if memo is not None:
        made_over = _amount(memo, "TotalAmt", before)
        if amount not in (None, made_over):
            _take_out(books, memo)
            raise _taxed()
        amount, applied = made_over, _applied(books, memo, before)
        if applied == amount:
            return _written(memo, before, repeated=True)
        owed += applied
    wanted = owed if amount is None else amount
    if not 0 < wanted <= owed:
        if memo is not None:
            _take_out(books, memo)
        raise Refused(_("Less is owed on this invoice in QuickBooks than was to be taken off."))
    if memo is None:
        memo = _make(books, before, wanted, mark, words)
    try:
        _apply(books, memo, before, wanted, mark)
        return _written(read(books, "creditmemo", id_of(memo)), _confirmed(books, before, memo, wanted, owed=owed))
    except Refused:
        _take_out(books, memo)
        raise


def _make(books: Books, invoice: LedgerInvoice, amount: Decimal, mark: str, words: str) -> Json:
    """A credit memo over exactly this amount. Raises Refused, with nothing left behind, where it comes out otherwise."""
    body = _memo(books, invoice, amount, mark, words)
    for attempt in range(_ATTEMPTS):
        try:
            made = post(books, "creditmemo", body, f"{mark}-memo-{attempt}")
        except Unanswered:
            found = marked(books, "CreditMemo", invoice.customer, mark)
            if found is None:
                raise
            made = found
        memo = _still(books, "creditmemo", id_of(made))
        if memo is None:
            continue  # this request was made before and taken back since: they give the answer of then
        if _amount(memo, "TotalAmt", invoice) != amount:
            _take_out(books, memo)
            raise _taxed()
        return memo
    raise Unanswered(_("QuickBooks did not say what became of a credit memo."))


def _taxed() -> Refused:
    return Refused(_("QuickBooks made the credit memo over another sum, as with tax on it, so it was taken back."))


def _memo(books: Books, invoice: LedgerInvoice, amount: Decimal, mark: str, words: str) -> Json:
    """For the item that was sold, without tax: what the two agreed on is the sum that is owed less."""
    raw = read(books, "invoice", invoice.external_id)
    sold = next(_sold(raw), {})
    detail: Json = {name: sold[name] for name in ("ItemRef", "ClassRef") if isinstance(sold.get(name), dict)}
    detail |= {"UnitPrice": float(amount), "Qty": 1}
    body: Json = {"CustomerRef": {"value": invoice.customer}, "PrivateNote": mark}
    if books.home.country == "US":
        detail["TaxCodeRef"] = {"value": _UNTAXED}
    else:
        body["GlobalTaxCalculation"] = "NotApplicable"
    line = {"Amount": float(amount), "Description": words[:4000], "DetailType": "SalesItemLineDetail"}
    body["Line"] = [line | {"SalesItemLineDetail": detail}]
    if refs.reference(raw, "CurrencyRef"):
        body["CurrencyRef"] = {"value": refs.reference(raw, "CurrencyRef")}
    return body  # without a number: they count themselves, and where the company does so by hand, ours would not fit


def _sold(raw: Json) -> Iterator[Json]:
    """The details of the lines that sold something, those of bundles too."""
    for line in fields.items(raw, "Line"):
        if fields.text(line, "DetailType") == "GroupLineDetail":
            yield from _sold(fields.inner(line, "GroupLineDetail"))
        detail = fields.inner(line, "SalesItemLineDetail")
        if refs.reference(detail, "ItemRef"):
            yield detail


def _apply(books: Books, memo: Json, invoice: LedgerInvoice, amount: Decimal, mark: str) -> None:
    """Set all of it against this invoice. Where QuickBooks spread it by itself over others, that is undone first."""
    for payment in list(_spread(books, memo)):
        if _on(payment, "Invoice", invoice.external_id) == amount:
            return
        if fields.amount(payment, "TotalAmt", invoice.currency) != 0:
            raise Refused(_("The credit memo was used in QuickBooks together with a payment, so it is left as it is."))
        _delete(books, "payment", payment)
    now = read(books, "creditmemo", id_of(memo))
    body: Json = {
        "CustomerRef": {"value": invoice.customer},
        "TotalAmt": 0,
        "PrivateNote": mark,
        "Line": [link(amount, "CreditMemo", id_of(memo)), link(amount, "Invoice", invoice.external_id)],
    }
    if refs.reference(now, "CurrencyRef"):
        body["CurrencyRef"] = {"value": refs.reference(now, "CurrencyRef")}
    try:
        # What was applied and taken back before answers to its own id for good; the memo's version tells them apart.
        post(books, "payment", body, f"{mark}-{id_of(memo)}-{fields.text(now, 'SyncToken')}"[:LONGEST_REQUEST])
    except Unanswered:
        if _applied(books, read(books, "creditmemo", id_of(memo)), invoice) != amount:
            raise


def _confirmed(books: Books, before: LedgerInvoice, memo: Json, amount: Decimal, *, owed: Decimal) -> LedgerInvoice:
    """The invoice as it is now. Raises Refused when not exactly this amount was taken off it."""
    after = alive(books, before.external_id)
    applied = _applied(books, read(books, "creditmemo", id_of(memo)), after)
    paid_meanwhile = len(after.payments or ()) > len(before.payments or ()) + 1
    if applied != amount or (after.balance != owed - amount and not paid_meanwhile):
        raise Refused(_("QuickBooks did not lower the invoice by exactly that amount, so it was taken back."))
    return after


def _written(memo: Json, invoice: LedgerInvoice, *, repeated: bool = False) -> Written:
    number = fields.text(memo, "DocNumber", most=60)
    return Written(id_of(memo), number or id_of(memo), invoice, repeated)


def _applied(books: Books, memo: Json, invoice: LedgerInvoice) -> Decimal:
    """How much of a memo stands against this invoice."""
    parts = (_on(payment, "Invoice", invoice.external_id) for payment in _spread(books, memo))
    return min(sum(parts, Decimal(0)), _amount(memo, "TotalAmt", invoice) - _amount(memo, "RemainingCredit", invoice))


def _spread(books: Books, memo: Json) -> Iterator[Json]:
    """The payments that use a memo, as they are now."""
    for link in fields.items(read(books, "creditmemo", id_of(memo)), "LinkedTxn"):
        if fields.text(link, "TxnType") == "Payment":
            yield read(books, "payment", fields.identifier(link.get("TxnId"), "TxnId"))


def _on(payment: Json, kind: str, external_id: str) -> Decimal:
    """What a payment puts on one object."""
    found = Decimal(0)
    for line in fields.items(payment, "Line"):
        links = fields.items(line, "LinkedTxn")
        if any((fields.text(one, "TxnType"), fields.text(one, "TxnId")) == (kind, external_id) for one in links):
            found += fields.amount(line, "Amount", "USD")
    return found


def link(amount: Decimal, kind: str, external_id: str) -> Json:
    return {"Amount": float(amount), "LinkedTxn": [{"TxnId": external_id, "TxnType": kind}]}


def marked(books: Books, entity: str, customer: str, mark: str) -> Json | None:
    """The CreditMemo or Payment made under this mark. All of this customer's are looked through: a note cannot be asked for."""
    last = ""
    while True:
        beyond = f" AND Id > '{last}'" if last else ""
        where = f"CustomerRef = '{quoted(customer)}'{beyond}"
        statement = f"SELECT * FROM {entity} WHERE {where} ORDERBY Id STARTPOSITION 1 MAXRESULTS {PAGE}"  # noqa: S608
        found = fields.items(fields.inner(books.client.query(statement), "QueryResponse"), entity)
        for one in found:
            if fields.text(one, "PrivateNote") == mark:
                return one
        if len(found) < PAGE or id_of(found[-1]) == last:
            return None
        last = id_of(found[-1])


def _take_out(books: Books, memo: Json) -> None:
    """No credit of ours is left lying about: the memo and what applies it are deleted."""
    for payment in list(_spread(books, memo)):
        if fields.amount(payment, "TotalAmt", "USD") == 0:
            _delete(books, "payment", payment)
    _delete(books, "creditmemo", memo)


def _delete(books: Books, entity: str, raw: Json) -> None:
    """Gone afterwards. Somebody may have saved it since we read it: then once more with its new version."""
    for _turn in range(2):
        now = _still(books, entity, id_of(raw))
        if now is None:
            return
        try:
            body = {"Id": id_of(now), "SyncToken": fields.text(now, "SyncToken")}
            post(books, entity, body, "", operation="delete")
        except Refused as error:
            if error.vendor_code not in (_STALE, "610"):
                raise
        except Unanswered:
            continue
        else:
            return
    if _still(books, entity, id_of(raw)) is not None:
        raise Unavailable(_("QuickBooks does not show what we wrote yet."), problem="write_unanswered")


def alive(books: Books, invoice: str) -> LedgerInvoice:
    match books.one_invoice(invoice):
        case LedgerInvoice() as found:
            return found
        case Gone():
            raise Refused(_("QuickBooks does not have this invoice."), problem="not_in_books")
        case Unusable(reason=reason):
            raise Refused(_("This invoice cannot be read from QuickBooks."), problem=reason)


def _still(books: Books, entity: str, external_id: str) -> Json | None:
    """This object as it is now, None where it was deleted."""
    try:
        return read(books, entity, external_id)
    except Refused as error:
        if error.problem != "not_in_books":
            raise
        return None


_NAMES = {"creditmemo": "CreditMemo", "payment": "Payment", "invoice": "Invoice"}


def read(books: Books, entity: str, external_id: str) -> Json:
    return _inside(books.client.read(f"/{entity}/{external_id}"), entity)


def post(books: Books, entity: str, body: Json, request: str, *, operation: str = "") -> Json:
    parameters = [("minorversion", MINOR_VERSION)]
    parameters += [("requestid", request)] if request else []
    parameters += [("operation", operation)] if operation else []
    content = json.dumps(body).encode()
    return _inside(books.client.ask(Question("POST", f"/{entity}", tuple(parameters), content, once=True)), entity)


def _inside(answer: Json, entity: str) -> Json:
    try:
        found = fields.inner(answer, _NAMES[entity])
        if not id_of(found):
            raise Bad("no_id", entity)
    except Bad as bad:
        raise Unavailable(
            _("QuickBooks sent something we cannot read."), said=str(bad), problem="answer_garbled"
        ) from None
    return found


def id_of(raw: Json) -> str:
    return fields.identifier(raw.get("Id"), "Id")


def _amount(raw: Json, name: str, invoice: LedgerInvoice) -> Decimal:
    return fields.amount(raw, name, invoice.currency)


def quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
