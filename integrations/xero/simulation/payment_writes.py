"""Payments recorded and removed by an app, and notes written into a history."""

from collections.abc import Callable

from integrations.simulation.books import NotThere
from integrations.simulation.call import Answer, Call, Json
from integrations.simulation.entities import Credit, Payment
from integrations.xero.simulation import documents, money_in, reads
from integrations.xero.simulation.answers import answer, envelope, invalid
from integrations.xero.simulation.bodies import (
    HISTORY_ELEMENTS,
    PAYMENT_ELEMENTS,
    Wrong,
    day_in,
    decimal_in,
    echo,
    id_in,
    objects,
    text_in,
)
from integrations.xero.simulation.company import receipts
from integrations.xero.simulation.forms import money
from integrations.xero.simulation.listing import check_params
from integrations.xero.simulation.money_in import BANK_CODE
from integrations.xero.simulation.world import XeroWorld
from integrations.xero.simulation.writing import carry_out

NOTE_LENGTH = 450


def create(world: XeroWorld, call: Call) -> Answer:
    """Money received on an invoice, written down by an app."""
    check_params(call, frozenset(("summarizeErrors",)))
    sent = objects(call, "Payments", "Payment", PAYMENT_ELEMENTS)
    return carry_out(world, call, "Payments", sent, lambda one: _creation(world, call, one))


def _creation(world: XeroWorld, call: Call, sent: Json) -> Callable[[], Json]:
    key = id_in(sent, "Invoice", "InvoiceID") or str((sent.get("Invoice") or {}).get("InvoiceNumber") or "")
    amount, on = decimal_in(sent, "Amount"), day_in(sent, "Date")
    account = sent.get("Account") or {}
    try:
        books, invoice = reads.find_invoice(world, call, key or text_in(sent, "InvoiceNumber"))
    except NotThere:
        raise Wrong("Invoice could not be found") from None
    if not isinstance(account, dict) or not (account.get("AccountID") or account.get("Code") == BANK_CODE):
        raise Wrong("Account could not be found")
    if documents.invoice_status(books, invoice) != "AUTHORISED":
        raise Wrong("Payments can only be made against Authorised documents")
    if amount is None or amount <= 0 or money(amount) != amount:
        raise Wrong("The payment amount must be greater than zero, with two decimals at most")
    if amount > documents.standing(books, invoice).due:
        raise Wrong("Payment amount exceeds the amount outstanding on this document")
    reference = text_in(sent, "Reference", longest=255)

    def work() -> Json:
        made = books.pay(
            invoice.customer,
            money(amount),
            {invoice.id: money(amount)},
            paid_on=on or books.today(),
            reference=reference,
            currency=invoice.currency,
        )
        return money_in.payment(money_in.Paid(books, receipts(made)[0]))

    return work


def remove(world: XeroWorld, call: Call, key: str) -> Answer:
    """POST {"Status": "DELETED"}: what it paid is owed again."""
    check_params(call, frozenset())
    paid = reads.find_payment(world, call, key)
    sent = objects(call, "Payments", "Payment", PAYMENT_ELEMENTS)[0]
    source, stub = paid.receipt.source, {"PaymentID": paid.receipt.id}
    if sent.get("Status") != "DELETED" or set(sent) - {"Status", "PaymentID"}:
        raise invalid(call, "Payments can only be deleted: Status must be DELETED", stub)
    if not paid.receipt.alive:
        raise invalid(call, "Payment not of valid status for modification", stub)
    if source.extra.get("reconciled"):
        raise invalid(call, "This payment has been reconciled and cannot be deleted", stub)
    if isinstance(source, Credit):
        del source.extra["refund"]
        paid.books.touch("credit", source.id)
        return answer(call, envelope(world.clock, "Payments", [money_in.payment(paid) | {"Status": "DELETED"}]))
    return _remove(world, call, paid, source)


def _remove(world: XeroWorld, call: Call, paid: money_in.Paid, source: Payment) -> Answer:
    alive = [one for one in receipts(source) if one.alive]
    if len(alive) > 1 or not paid.receipt.invoice or len(source.applied) > 1:
        stub = {"PaymentID": paid.receipt.id}
        raise invalid(call, "This payment is part of a batch and cannot be deleted alone", stub)
    paid.books.reverse_payment(source.id, delete=True)
    return answer(
        call, envelope(world.clock, "Payments", [money_in.payment(reads.find_payment(world, call, paid.receipt.id))])
    )


def note(world: XeroWorld, call: Call, kind: str, key: str) -> Answer:
    """PUT …/History: a note that only staff see."""
    check_params(call, frozenset())
    books, one = reads.document(world, call, kind, key)
    made = []
    sent = objects(call, "HistoryRecords", "HistoryRecord", HISTORY_ELEMENTS)
    for record in sent:
        details = record.get("Details")
        if not isinstance(details, str) or not details.strip():
            raise invalid(call, "Details must be specified", echo(record))
        if len(details) > NOTE_LENGTH:
            raise invalid(call, f"Details must be at most {NOTE_LENGTH} characters long", echo(record))
    for record in sent:
        if kind == "Invoices":
            books.comment(one.id, record["Details"])
            kept = one.extra["history"][-1]
        else:
            kept = books.note(one, "Note", record["Details"])
        shown = reads.history_record(kept)
        made.append({name: shown[name] for name in ("DateUTCString", "DateUTC", "Details")} | {"ValidationErrors": []})
    return answer(call, envelope(world.clock, "HistoryRecords", made))
