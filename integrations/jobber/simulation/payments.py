"""Payments, refunds, returns and bad debts of the books as Jobber's payment records: one an invoice, and one for whatever took money back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from integrations.jobber.simulation import clients, invoices, paging, times
from integrations.jobber.simulation.asking import Asking, money
from integrations.jobber.simulation.ids import RECORDS, encoded, number_of, record_id
from integrations.simulation.books import Books
from integrations.simulation.call import Json
from integrations.simulation.entities import ZERO, Customer, Invoice, Payment
from integrations.simulation.odd import laid_over

TYPES = {
    "check": ("CheckPaymentRecord", "CHEQUE"),
    "cash": ("CashPaymentRecord", "CASH"),
    "card": ("OtherPaymentRecord", "JOBBER_PAYMENTS"),
    "ach": ("OtherPaymentRecord", "ACH_BANK_PAYMENT"),
    "transfer": ("OtherPaymentRecord", "BANK_TRANSFER"),
}
THROUGH_JOBBER = {"card": "CREDIT_CARD", "ach": "BANK_ACCOUNT"}
RETURNED, REFUNDED = 40, 60
"""Where the records of what was taken back begin, among the ids of one payment."""
BAD_DEBTS, OPENINGS = 10**9, 2 * 10**9
GIVES = ("PAYMENT", "DEPOSIT", "BAD_DEBT")
"""What lowers a balance; the other kinds raise it."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One line of the billing history."""

    id: str
    kind: str
    amount: Decimal
    customer: str
    invoice: str | None
    on: date
    created_at: datetime
    updated_at: datetime
    payment: Payment | None = None
    details: str = ""


def is_deposit(payment: Payment) -> bool:
    """Whether it came in for a job or a quote, before the invoice."""
    return payment.extra.get("adjustment") == "DEPOSIT"


def tip(payment: Payment) -> Decimal:
    """On top of what pays the invoice."""
    return Decimal(str(payment.extra.get("tip", 0)))


def everything(books: Books) -> list[Record]:
    """The whole billing history of an account."""
    found = [record for one in books.payments.values() for record in of_payment(books, one)]
    found += [record for one in books.invoices.values() for record in _bad_debt(books, one)]
    return found + [record for one in books.customers.values() for record in _opening(one)]


def of_invoice(books: Books, invoice: Invoice) -> list[Record]:
    """The records on one invoice."""
    found = [
        record
        for one in books.payments.values()
        if invoice.id in one.applied
        for record in of_payment(books, one)
        if record.invoice == invoice.id
    ]
    return found + list(_bad_debt(books, invoice))


def find(books: Books, id: str) -> Record | None:
    """The record with this id."""
    number = number_of(id, "PaymentRecord")
    if number is None:
        return None
    if number >= BAD_DEBTS:
        return next((one for one in everything(books) if one.id == id), None)
    payment = books.payments.get(encoded("PaymentRecord", number - number % RECORDS))
    return next((one for one in of_payment(books, payment) if one.id == id), None) if payment else None


def of_payment(books: Books, payment: Payment) -> list[Record]:
    """What it shows as: a record an invoice it paid, one for the rest, then refunds and returns. Deleted: nothing."""
    if payment.status == "deleted":
        return []
    kind = "DEPOSIT" if is_deposit(payment) else "PAYMENT"
    parts = list(_parts(payment))
    found = [
        _record(payment, place, kind, amount, invoice, payment.paid_on) for place, (invoice, amount) in enumerate(parts)
    ]
    if payment.status == "reversed" and payment.method != "card":  # a charge back shows on the payment itself
        taken = "FAILED_ACH_PAYMENT" if payment.method == "ach" else "CORRECTION"
        on = payment.updated_at.astimezone(books.zone).date()
        found += [
            _record(payment, RETURNED + place, taken, amount, invoice, on)
            for place, (invoice, amount) in enumerate(parts)
        ]
    place = REFUNDED
    for refund in payment.refunds:
        on = refund.refunded_at.astimezone(books.zone).date()
        rest = refund.amount - sum(refund.owed_again.values(), ZERO)
        for invoice, amount in [*refund.owed_again.items(), (None, rest)]:
            if amount:
                found.append(_record(payment, place, "REFUND", amount, invoice, on))
                place += 1
    return found


def _parts(payment: Payment) -> Iterator[tuple[str | None, Decimal]]:
    """What each invoice got of it at first, before anything was refunded."""
    rest = payment.amount
    for invoice, applied in payment.applied.items():
        amount = applied + sum((one.owed_again.get(invoice, ZERO) for one in payment.refunds), ZERO)
        rest -= amount
        yield invoice, amount
    if rest:
        yield None, rest


def _record(payment: Payment, place: int, kind: str, amount: Decimal, invoice: str | None, on: date) -> Record:
    return Record(
        id=record_id(payment.id, place),
        kind=kind,
        amount=amount,
        customer=payment.customer,
        invoice=invoice,
        on=on,
        created_at=payment.created_at,
        updated_at=payment.updated_at,
        payment=payment,
        details=str(payment.extra.get("details", "")),
    )


def _bad_debt(books: Books, invoice: Invoice) -> Iterator[Record]:
    if not invoice.written_off or invoice.status in ("void", "deleted"):
        return
    number = number_of(invoice.id, "Invoice") or 0
    yield Record(
        id=encoded("PaymentRecord", BAD_DEBTS + number),
        kind="BAD_DEBT",
        amount=invoice.written_off,
        customer=invoice.customer,
        invoice=invoice.id,
        on=invoice.updated_at.astimezone(books.zone).date(),
        created_at=invoice.updated_at,
        updated_at=invoice.updated_at,
        details="Bad debt",
    )


def _opening(customer: Customer) -> Iterator[Record]:
    """What a client owed when the firm came to Jobber; on no invoice."""
    if amount := Decimal(str(customer.extra.get("initial_balance", 0))):
        yield Record(
            id=encoded("PaymentRecord", OPENINGS + (number_of(customer.id, "Client") or 0)),
            kind="INITIAL_BALANCE",
            amount=amount,
            customer=customer.id,
            invoice=None,
            on=customer.created_at.date(),
            created_at=customer.created_at,
            updated_at=customer.created_at,
            details="Initial balance",
        )


def transaction_status(record: Record) -> str | None:
    """How the money moves, for what goes through Jobber Payments; None for all else."""
    payment = record.payment
    if payment is None or payment.method not in THROUGH_JOBBER:
        return None
    if record.kind == "REFUND":
        return "SUCCEEDED"
    match payment.status:
        case "pending":
            return "PENDING"
        case "failed":
            return "FAILED"
        case "reversed":
            if payment.method == "card":
                return "DISPUTED"
            return "FAILED" if record.kind == "FAILED_ACH_PAYMENT" else "SUCCEEDED"
    if payment.extra.get("in_dispute"):
        return "IN_DISPUTE"
    if payment.refunded:
        return "REFUNDED" if payment.refunded >= payment.amount else "PARTIALLY_REFUNDED"
    return "SUCCEEDED"


def short(asking: Asking, record: Record) -> Json:
    """The record as an invoice lists it."""
    payment = record.payment
    method = THROUGH_JOBBER.get(payment.method) if payment else None
    shown: Json = {
        "id": record.id,
        "adjustmentType": record.kind,
        "amount": money(record.amount),
        "entryDate": _day(asking, record.on),
        "tipAmount": _tip(record),
        "jobberPaymentLast4": str(payment.extra.get("last4", "4242")) if payment and method else None,
        "jobberPaymentPaymentMethod": method,
        "jobberPaymentTransactionStatus": transaction_status(record),
        "refunds": lambda _info, **page: _refunds(asking, record, **page),
    }
    return laid_over(shown, payment.odd if payment else {})


def full(asking: Asking, record: Record) -> Json:
    """The record as the account's billing history has it, in the type that fits how it was paid."""
    payment = record.payment
    kind, paid_by = TYPES.get(payment.method if payment else "", ("OtherPaymentRecord", "OTHER"))
    shown: Json = {
        "__typename": kind,
        "id": record.id,
        "adjustmentType": record.kind,
        "amount": money(record.amount),
        "rawAmount": money(record.amount) * _sign(asking, record),
        "canEdit": payment is not None and payment.method not in THROUGH_JOBBER,
        "client": lambda _info: clients.of(asking, record.customer),
        "invoice": lambda _info: invoices.of(asking, record.invoice),
        "details": record.details or None,
        "entryDate": _day(asking, record.on),
        "sentAt": None,
        "paymentOrigin": "CLIENT_ONLINE_ORIGIN" if _is_online(payment) else "EMPLOYEE_ONLINE_ORIGIN",
        "paymentType": paid_by if payment else None,
        "refunds": lambda _info, **page: _refunds(asking, record, **page),
        "checkNumber": payment.reference or None if payment else None,
        "confirmationNumber": payment.reference or None if payment else None,
    }
    if payment is not None and record.kind == "REFUND" and _is_online(payment):
        shown |= {
            "__typename": "JobberPaymentsRefundPaymentRecord",
            "transactionId": f"re_{number_of(record.id, 'PaymentRecord')}",
            "transactionStatus": transaction_status(record),
            "refundedAt": _day(asking, record.on),
            "refundedPaymentRecord": lambda _info: full(asking, of_payment(asking.books, payment)[0]),
        }
    return laid_over(shown, payment.odd if payment else {})


def _sign(asking: Asking, record: Record) -> int:
    return -1 if (record.kind in GIVES) == asking.settings.payments_raw_negative else 1


def _is_online(payment: Payment | None) -> bool:
    return payment is not None and payment.method in THROUGH_JOBBER


def _tip(record: Record) -> float | None:
    payment = record.payment
    if payment is None or record.id != payment.id or not _is_online(payment):
        return None
    return money(tip(payment))


def _refunds(asking: Asking, record: Record, **page: Any) -> Json:
    """Of a payment, what was paid back of it."""
    rows: list[Record] = []
    if record.payment is not None and record.kind in ("PAYMENT", "DEPOSIT"):
        every = of_payment(asking.books, record.payment)
        rows = [one for one in every if one.kind == "REFUND" and one.invoice == record.invoice]
    return paging.connection(rows, lambda one: _refund(asking, one), most=asking.settings.most_rows, **page)


def _refund(asking: Asking, record: Record) -> Json:
    return {
        "id": record.id,
        "amount": money(record.amount),
        "entryDate": _day(asking, record.on),
        "tipAmount": None,
        "jobberPaymentTransactionStatus": transaction_status(record),
    }


def _day(asking: Asking, on: date) -> str:
    return times.instant(times.of_day(on, asking.zone, asking.settings.hour_of_days))
