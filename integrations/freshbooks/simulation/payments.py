"""Payments as the vendor shows them: one row an invoice. Applied credit is such a row too, and so is a write-off.

Rows keep their id for good: what was taken back stays visible with vis_state 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from integrations.freshbooks.simulation.credit_notes import left_over, overpayment_id
from integrations.freshbooks.simulation.money import money
from integrations.freshbooks.simulation.times import eastern
from integrations.freshbooks.simulation.view import ACTIVE, DELETED, View
from integrations.simulation.books import NotThere
from integrations.simulation.entities import ZERO, Credit, Invoice, Payment
from integrations.simulation.odd import laid_over

type Json = dict[str, Any]

TYPES = (
    "Check",
    "Credit",
    "Cash",
    "Bank Transfer",
    "Credit Card",
    "Debit",
    "PayPal",
    "2Checkout",
    "VISA",
    "MASTERCARD",
    "DISCOVER",
    "AMEX",
    "DINERS",
    "JCB",
    "ACH",
    "Other",
)
METHODS = {"check": "Check", "card": "Credit Card", "ach": "ACH", "cash": "Cash", "transfer": "Bank Transfer"}
CREDIT_ROWS, PAYMENT_ROWS, WRITE_OFF_ROWS = 100_000_000, 700_000_000, 1_300_000_000
"""Rows without an object of their own are numbered from here: a hundred for each credit and each payment."""
MOST_ROWS = 100


@dataclass
class Row:
    """One line of the vendor's payment list."""

    id: str
    source: Payment | Credit | Invoice
    invoice: str
    client: str
    amount: Decimal
    currency: str
    paid_on: date
    type: str
    updated_at: datetime
    gone: bool = False
    note: str = ""
    credit: str | None = None
    overpayment: str | None = None
    gateway: str | None = None
    transaction: int | None = None
    odd: Json = field(default_factory=dict)


def rows(view: View) -> Iterator[Row]:
    """All of them, deleted ones included."""
    for payment in view.books.payments.values():
        yield from rows_of_payment(payment)
    for credit in view.books.credits.values():
        yield from rows_of_credit(credit)
    for invoice in view.books.invoices.values():
        if invoice.written_off:
            yield _written_off(invoice)


def find(view: View, id: str) -> Row:
    """The row with this id. Raises NotThere."""
    number = int(id)
    books = view.books
    if number >= WRITE_OFF_ROWS:
        invoice = books.invoice(str(number - WRITE_OFF_ROWS))
        found: list[Row] = [_written_off(invoice)] if invoice.written_off else []
    elif number >= PAYMENT_ROWS:
        found = list(rows_of_payment(books.payment(str((number - PAYMENT_ROWS) // MOST_ROWS))))
    elif number >= CREDIT_ROWS:
        found = list(rows_of_credit(books.credit(str((number - CREDIT_ROWS) // MOST_ROWS))))
    else:
        found = list(rows_of_payment(books.payment(id)))
    for row in found:
        if row.id == id:
            return row
    raise NotThere(id)


def render(view: View, row: Row, _include: set[str]) -> Json:
    """`type` Credit with a `creditid` is no money: it is a credit note put to use."""
    found = {
        "id": int(row.id),
        "logid": int(row.id),
        "accounting_systemid": view.books.account,
        "invoiceid": int(row.invoice),
        "clientid": int(row.client),
        "amount": money(row.amount, row.currency),
        "date": row.paid_on.isoformat(),
        "type": row.type,
        "from_credit": row.credit is not None,
        "creditid": int(row.credit) if row.credit else None,
        "overpaymentid": int(row.overpayment) if row.overpayment else None,
        "bulk_paymentid": None,
        "orderid": None,
        "gateway": row.gateway,
        "transactionid": row.transaction,
        "note": row.note,
        "send_client_notification": None,
        "updated": eastern(row.updated_at),
        "vis_state": DELETED if row.gone else ACTIVE,
    }
    return laid_over(found, row.odd)


def rows_of_payment(payment: Payment) -> Iterator[Row]:
    """A row an invoice it paid; none while it is pending or after it failed."""
    counting = payment.applied if payment.counts else {}
    over = bool(payment.extra.get("overpays"))
    for number, invoice, amount, gone in _remembered(payment, counting):
        first, reused = number == 0, _reused(payment, invoice, number)
        yield Row(
            id=payment.id if first else str(PAYMENT_ROWS + int(payment.id) * MOST_ROWS + number),
            source=payment,
            invoice=invoice,
            client=payment.customer,
            amount=amount + (payment.unapplied if first and over else ZERO),
            currency=payment.currency,
            paid_on=payment.paid_on,
            type="Credit" if reused else payment.extra.get("type") or METHODS.get(payment.method, "Other"),
            updated_at=payment.updated_at,
            gone=gone,
            note=payment.extra.get("note", payment.reference),
            credit=overpayment_id(payment) if reused else None,
            overpayment=overpayment_id(payment) if first and left_over(payment) else None,
            gateway=payment.extra.get("gateway", "Stripe" if payment.method == "card" else None),
            transaction=int(payment.id) * 7 if payment.method == "card" else None,
            odd=payment.odd if first else {},
        )


def _reused(payment: Payment, invoice: str, number: int) -> bool:
    """Whether this row spends what the payment had left the client as a credit."""
    spent = invoice in payment.extra.get("reused_for", ())
    return spent and (number > 0 or payment.extra.get("left_over_kind") == "prepayment")


def rows_of_credit(credit: Credit) -> Iterator[Row]:
    """A row an invoice it was applied to."""
    counting = credit.applied if credit.status == "open" else {}
    for number, invoice, amount, gone in _remembered(credit, counting):
        yield Row(
            id=str(CREDIT_ROWS + int(credit.id) * MOST_ROWS + number),
            source=credit,
            invoice=invoice,
            client=credit.customer,
            amount=amount,
            currency=credit.currency,
            paid_on=date.fromisoformat(credit.extra.get("applied_on", {}).get(invoice, credit.issued_on.isoformat())),
            type="Credit",
            updated_at=credit.updated_at,
            gone=gone,
            note=credit.extra.get("applied_note", {}).get(invoice, ""),
            credit=credit.id,
        )


def _remembered(one: Payment | Credit, counting: dict[str, Decimal]) -> list[tuple[int, str, Decimal, bool]]:
    """Number, invoice, amount and whether it is gone, for every invoice this ever was applied to."""
    known: Json = one.extra.setdefault("rows", {})
    for invoice, amount in counting.items():
        number = known[invoice][0] if invoice in known else len(known)
        if amount > 0 or invoice in known:
            known[invoice] = [number, str(amount) if amount > 0 else known[invoice][1]]
    return [
        (number, invoice, Decimal(amount), counting.get(invoice, ZERO) <= 0)
        for invoice, (number, amount) in known.items()
    ]


def _written_off(invoice: Invoice) -> Row:
    """There is no write-off here: owners record a payment that never came."""
    return Row(
        id=str(WRITE_OFF_ROWS + int(invoice.id)),
        source=invoice,
        invoice=invoice.id,
        client=invoice.customer,
        amount=invoice.written_off,
        currency=invoice.currency,
        paid_on=invoice.updated_at.date(),
        type="Other",
        updated_at=invoice.updated_at,
        note="Written off",
    )
