"""One invoice of every status, so that each can be seen at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from integrations.simulation.entities import Invoice, Line
from integrations.square.simulation.config import MAIN_LOCATION
from integrations.square.simulation.schedule import deposit_plan, installment_plan
from integrations.square.simulation.selling import SquareBooks


@dataclass(frozen=True)
class Patient:
    """Somebody of the cast."""

    name: str
    email: str = ""
    mobile: str = ""


ANA = Patient("Ana Reyes", "ana.reyes@example.com", "(312) 555-0148")


def _sold(
    books: SquareBooks, amount: str, due_in: int, *, issued: int = -20, who: Patient = ANA, **facts: object
) -> Invoice:
    whose = next((one for one in books.customers.values() if one.name == who.name and one.email == who.email), None)
    if whose is None:
        given, _, family = who.name.partition(" ")
        phones = {"mobile": who.mobile} if who.mobile else {}
        since = books.clock.now() - timedelta(days=430)
        whose = books.add_customer(
            who.name,
            given=given,
            family=family,
            email=who.email,
            phones=phones,
            created_at=since,
            extra={"source": "DIRECTORY", "version": 1},
        )
    today = books.today()
    at = books.clock.now() + timedelta(days=issued)
    extra = {"location": MAIN_LOCATION, "published_at": at.isoformat()}
    return books.add_invoice(
        whose.id,
        [Line("Crown, porcelain", Decimal(1), Decimal(amount))],
        issued_on=today + timedelta(days=issued),
        due_on=today + timedelta(days=due_in),
        extra=extra,
        created_at=at,
        **facts,
    )


def _paid(books: SquareBooks, invoice: Invoice, amount: Decimal, method: str = "card", **facts: object) -> str:
    at = min(invoice.created_at + timedelta(days=2, milliseconds=248), books.clock.now())
    found = books.pay(invoice.customer, amount, {invoice.id: amount}, method=method, created_at=at, **facts)
    found.updated_at = invoice.updated_at = found.created_at + timedelta(milliseconds=1720)
    return found.id


def _unpaid(books: SquareBooks, today: date) -> Invoice:
    return _sold(books, "1240.00", -12, issued=-42)


def _partially_paid(books: SquareBooks, today: date) -> Invoice:
    found = _sold(books, "1296.00", -9, issued=-40)
    found.extra["requests"] = deposit_plan(found, "25", today - timedelta(days=32))
    _paid(books, found, Decimal("324.00"))
    _paid(books, found, Decimal("176.00"), "cash")
    return found


def _installments(books: SquareBooks, today: date) -> Invoice:
    found = _sold(books, "1600.00", 20, issued=-70)
    found.extra["requests"] = installment_plan(found, 3, today - timedelta(days=40))
    _paid(books, found, Decimal("528.00"), "check", reference="1043")
    return found


def _paid_in_full(books: SquareBooks, today: date) -> Invoice:
    found = _sold(books, "95.00", -1)
    _paid(books, found, found.total)
    return found


def _bank_payment_on_its_way(books: SquareBooks, today: date) -> Invoice:
    found = _sold(books, "640.00", -5)
    _paid(books, found, found.total, "ach", status="pending")
    return found


def _scheduled(books: SquareBooks, today: date) -> Invoice:
    found = _sold(books, "185.00", 21, issued=0)
    found.extra["scheduled_at"] = (books.clock.now() + timedelta(days=7)).isoformat()
    return found


def _draft(books: SquareBooks, today: date) -> Invoice:
    found = _sold(books, "210.00", 14, issued=0, status="draft", sent=False)
    found.extra.pop("published_at")
    return found


def _canceled(books: SquareBooks, today: date) -> Invoice:
    return books.void_invoice(_sold(books, "75.00", -3).id)


def _failed(books: SquareBooks, today: date) -> Invoice:
    return books.fail_invoice(_sold(books, "4999.00", -2).id)


def _partially_refunded(books: SquareBooks, today: date) -> Invoice:
    found = _sold(books, "300.00", -8)
    books.refund(_paid(books, found, found.total), Decimal("50.00"), reason="Dispute 31")
    return found


def _refunded(books: SquareBooks, today: date) -> Invoice:
    found = _sold(books, "120.00", -8)
    books.refund(_paid(books, found, found.total, "cash"), found.total)
    return found


def _unreachable(books: SquareBooks, today: date) -> Invoice:
    """The recipient on the invoice has neither phone nor e-mail; the customer's profile has."""
    found = _sold(
        books, "410.00", -15, issued=-30, who=Patient("Theo Brandt", "theo.brandt@example.com", "312-555-0192")
    )
    books.customers[found.customer].extra["instant_profile"] = True
    return found


def _refund_declined(books: SquareBooks, today: date) -> Invoice:
    found = _sold(books, "88.00", -6)
    books.decline_refund(_paid(books, found, found.total), Decimal("88.00"), "REJECTED", "Card closed")
    return found


CAST: dict[str, Callable[[SquareBooks, date], Invoice]] = {
    "UNPAID": _unpaid,
    "PARTIALLY_PAID": _partially_paid,
    "INSTALLMENTS": _installments,
    "PAID": _paid_in_full,
    "PAYMENT_PENDING": _bank_payment_on_its_way,
    "SCHEDULED": _scheduled,
    "DRAFT": _draft,
    "CANCELED": _canceled,
    "FAILED": _failed,
    "PARTIALLY_REFUNDED": _partially_refunded,
    "REFUNDED": _refunded,
    "UNREACHABLE": _unreachable,
    "REFUND_DECLINED": _refund_declined,
}
"""By what they show; their invoice ids are in the books' extra facts under `cast`."""
