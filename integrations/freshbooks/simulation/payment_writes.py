"""POST and PUT of a payment: money recorded by hand, or a credit put to use on an invoice."""

from decimal import Decimal

from integrations.freshbooks.simulation import bodies, credit_notes, payments
from integrations.freshbooks.simulation.bodies import read_fields, require
from integrations.freshbooks.simulation.errors import invalid, missing, not_found
from integrations.freshbooks.simulation.money import Json
from integrations.freshbooks.simulation.payments import METHODS, TYPES, Row
from integrations.freshbooks.simulation.view import ACTIVE, DELETED, View
from integrations.simulation.books import NotThere
from integrations.simulation.entities import Credit, Invoice, Payment

OBJECT = "payment"
FIELDS: dict[str, bodies.Check] = {
    "invoiceid": bodies.whole,
    "amount": bodies.amount,
    "date": bodies.day,
    "type": bodies.one_of(*TYPES),
    "creditid": bodies.whole,
    "from_credit": bodies.flag,
    "clientid": bodies.whole,
    "note": bodies.text,
    "gateway": bodies.text,
    "send_client_notification": bodies.flag,
}
CHANGEABLE: dict[str, bodies.Check] = {"note": bodies.text, "date": bodies.day, "type": bodies.one_of(*TYPES)}
CARDS = ("VISA", "MASTERCARD", "DISCOVER", "AMEX", "DINERS", "JCB", "Debit", "PayPal", "2Checkout")


def create(view: View, given: Json) -> Row:
    """The new row. Raises Refused or NotPossible, and then nothing changed."""
    wanted = read_fields(OBJECT, given, FIELDS)
    require(OBJECT, wanted, "invoiceid", "amount", "date", "type")
    invoice = _invoice(view, wanted["invoiceid"])
    amount, code = wanted["amount"]
    if code and code != invoice.currency:
        raise invalid(OBJECT, "amount.code", code, f"Invoice is in {invoice.currency}.")
    if wanted.get("clientid") not in (None, int(invoice.customer)):
        raise invalid(OBJECT, "clientid", wanted["clientid"], "Client does not match the invoice.")
    credited = wanted.get("creditid") is not None
    if credited != (wanted["type"] == "Credit"):
        if credited:
            raise invalid(OBJECT, "type", wanted["type"], "Type must be Credit where a creditid is given.")
        raise missing(OBJECT, "creditid")
    return _apply(view, wanted, invoice, amount) if credited else _pay(view, wanted, invoice, amount)


def update(view: View, row: Row, given: Json) -> Row:
    """The row as it is afterwards. With a vis_state in it nothing else is done. Raises Refused."""
    if "vis_state" in given:
        return _move(view, row, bodies.whole(OBJECT, "vis_state", given["vis_state"]))
    wanted = read_fields(OBJECT, given, CHANGEABLE)
    if not isinstance(row.source, Payment):
        raise invalid(OBJECT, next(iter(given), "payment"), "", "Applied credit can only be taken back.")
    payment = row.source
    if "note" in wanted:
        payment.extra["note"] = wanted["note"] or ""
    if wanted.get("type"):
        payment.extra["type"] = wanted["type"]
    payment.paid_on = wanted.get("date") or payment.paid_on
    view.books.touch("payment", payment.id)
    return payments.find(view, row.id)


def _pay(view: View, wanted: Json, invoice: Invoice, amount: Decimal) -> Row:
    """More than is owed stays with the client as an overpayment."""
    kind, owed = wanted["type"], max(Decimal(0), view.owed(invoice))
    if not owed:
        raise invalid(OBJECT, "amount", amount, "Invoice is already paid.")
    methods = {words: method for method, words in METHODS.items()}
    paid = view.books.pay(
        invoice.customer,
        amount,
        {invoice.id: min(amount, owed)},
        currency=invoice.currency,
        paid_on=wanted["date"],
        method=methods.get(kind, "card" if kind in CARDS else "other"),
        reference=wanted.get("note") or "",
        extra={"gateway": wanted.get("gateway"), **({} if kind in methods else {"type": kind})},
    )
    return payments.find(view, paid.id)


def _apply(view: View, wanted: Json, invoice: Invoice, amount: Decimal) -> Row:
    id = str(wanted["creditid"])
    try:
        note = credit_notes.find(view, id)
    except NotThere:
        raise not_found("credit_note", "creditid", id) from None
    source = note.payment if isinstance(note, credit_notes.Overpaid) else note
    if source.customer != invoice.customer:
        raise invalid(OBJECT, "creditid", id, "Credit belongs to another client.")
    if source.currency != invoice.currency:
        raise invalid(OBJECT, "creditid", id, f"Credit is in {source.currency}, invoice in {invoice.currency}.")
    if isinstance(source, Payment):
        view.books.apply_payment(source.id, invoice.id, amount)
        source.extra.setdefault("reused_for", []).append(invoice.id)
        return next(row for row in payments.rows_of_payment(source) if row.invoice == invoice.id)
    view.books.apply_credit(source.id, invoice.id, amount)
    source.extra.setdefault("applied_on", {})[invoice.id] = wanted["date"].isoformat()
    source.extra.setdefault("applied_note", {})[invoice.id] = wanted.get("note") or ""
    return next(row for row in payments.rows_of_credit(source) if row.invoice == invoice.id)


def _invoice(view: View, number: int) -> Invoice:
    try:
        return view.books.invoice(str(number))
    except NotThere:
        raise not_found("invoice", "invoiceid", number) from None


def _move(view: View, row: Row, state: int) -> Row:
    """Only deletion: what was paid or credited is owed again."""
    if state not in (ACTIVE, DELETED):
        raise invalid(OBJECT, "vis_state", state, "Value must be 0 or 1.")
    if row.gone != (state == DELETED):
        if state == ACTIVE:
            raise invalid(OBJECT, "vis_state", state, "A deleted payment cannot be brought back here.")
        match row.source:
            case Payment():
                view.books.reverse_payment(row.source.id, delete=True)
            case Credit():
                view.books.unapply_credit(row.source.id, row.invoice)
            case Invoice():
                view.books.cancel_write_off(row.source.id)
                row.gone = True
                return row
    return payments.find(view, row.id)
