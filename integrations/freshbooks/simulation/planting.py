"""What a plain firm's history lacks: every status, currency, date and amount this vendor has ever been seen to answer.

Each invoice is found by its number, `FB-…`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from integrations.simulation.books import Books
from integrations.simulation.entities import Customer, Invoice, Line, Person

type Json = dict[str, Any]

D = Decimal


@dataclass(frozen=True)
class Case:
    """One invoice: its price, when it was issued and is due, what was paid on it, and what only this vendor keeps."""

    name: str
    price: str = "1200.00"
    issued: int = 20
    """Days ago."""
    due: int = 10
    """Days from today; below zero it is past."""
    paid: str = ""
    method: str = "check"
    extra: Json = field(default_factory=dict)
    facts: Json = field(default_factory=dict)


OPEN = (
    Case("DRAFT", facts={"status": "draft", "sent": False}),
    Case("CREATED", extra={"draft": "created"}, facts={"status": "draft", "sent": False}),
    Case("SENT"),
    Case("VIEWED", facts={"viewed": True}),
    Case("PARTIAL", paid="450.00"),
    Case("OVERDUE", "1840.00", 60, -30, facts={"viewed": True}),
    Case("OVERDUE-PARTIAL", "1840.00", 60, -30, "500.00", facts={"viewed": True}),
    Case("RETRY", issued=31, due=-1, extra={"autobill": "retry"}),
    Case("FAILED", issued=33, due=-3, extra={"autobill": "failed"}),
    Case("PENDING", issued=40, due=-10, extra={"attempt": "pending"}),
    Case("DECLINED", issued=40, due=-10, extra={"attempt": "declined"}),
    Case("DISPUTED", issued=70, due=-40, extra={"dispute": "disputed"}),
    Case("CLASSIC", issued=300, due=-270, extra={"dispute": "disputed", "classic": True}),
    Case("RESOLVED", extra={"dispute": "resolved"}),
    Case(
        "DEPOSIT-UNPAID",
        extra={"deposit": {"status": "unpaid", "amount": "300.00", "percentage": "25", "v3_status": "sent"}},
    ),
    Case(
        "DEPOSIT-PARTIAL",
        paid="100.00",
        extra={"deposit": {"status": "partial", "amount": "300.00", "percentage": "25"}},
    ),
    Case(
        "DEPOSIT-PAID",
        paid="300.00",
        extra={"deposit": {"status": "paid", "amount": "300.00", "percentage": "25", "v3_status": "deposit_paid"}},
    ),
    Case("ARCHIVED", issued=90, due=-60, extra={"archived": True}),
    Case("OLD", issued=200, due=-170, extra={"no_due_date": True, "due_offset_days": 30}),
    Case("OLDEST", issued=900, due=-900, extra={"no_due_date": True, "due_offset_days": None}, facts={"due_on": None}),
    Case("TAXED", "1000.00", extra={"tax_percent": "8.25", "terms": "Net 30"}, facts={"tax": D("82.50")}),
    Case("DISCOUNTED", "1000.00", extra={"discount_description": "Loyalty"}, facts={"discount": D("100.00")}),
    Case("NOTES", facts={"memo": "Thank you! 🌵 Grüße & best <wishes>", "reference": "PO-20240115"}),
)
SETTLED = (
    Case("PAID", issued=50, due=-20, paid="1200.00", method="card"),
    Case("AUTOPAID", issued=50, due=-20, paid="1200.00", method="card", extra={"autobill": "success"}),
    Case("SUCCESS", issued=50, due=-20, paid="1200.00", method="card", extra={"v3_status": "success"}),
    Case("OVERPAID", issued=50, due=-20, paid="1250.00", extra={}),
    Case("ZERO", "0.00"),
)
PLANTED = len(OPEN) + len(SETTLED) + 6


def plant(books: Books) -> None:
    """Add them, told to nobody, dated when they were written."""
    known = set(books.payments) | set(books.credits)
    dana = _dana(books)
    planted = [_write(books, dana, case) for case in (*OPEN, *SETTLED)]
    planted += [
        _canadian(books),
        *_credited(books, dana),
        _left_over(books, dana),
        _phoneless(books),
        _deleted(books, dana),
    ]
    _hidden_clients(books)
    for invoice in planted:
        invoice.updated_at = invoice.created_at
        for payment in books.payments_on(invoice):
            payment.created_at = payment.updated_at = invoice.created_at
    for credit in books.credits.values():
        if credit.id not in known:
            credit.updated_at = credit.created_at = _moment(credit.issued_on)


def _dana(books: Books) -> Customer:
    return books.add_customer(
        "Ruiz Dental",
        company="Ruiz Dental",
        given="Dana",
        family="Ruiz",
        email="dana@ruizdental.example",
        phones={"mobile": "(512) 555-0142", "work": "512.555.0100 ext 7", "home": "5125550199"},
        street="1 Elm",
        city="Austin",
        state="TX",
        zip="78701",
        note="Pays after the second reminder.",
        people=[Person("Lee Ruiz", "accounts payable", "ap@ruizdental.example", "512-555-0101")],
    )


def _write(books: Books, customer: Customer, case: Case) -> Invoice:
    issued = books.today() - timedelta(days=case.issued)
    facts = {"due_on": books.today() + timedelta(days=case.due), "created_at": _moment(issued), **case.facts}
    if facts["due_on"] is None:
        facts["no_due_date"] = True
    lines = [Line("Campaign work", D(1), D(case.price), item="Design")]
    invoice = books.add_invoice(
        customer.id, lines, issued_on=issued, number=f"FB-{case.name}", extra=dict(case.extra), **facts
    )
    if case.paid:
        amount = D(case.paid)
        books.pay(
            customer.id,
            amount,
            {invoice.id: min(amount, invoice.total)},
            currency=invoice.currency,
            paid_on=issued + timedelta(days=10),
            method=case.method,
            extra={"overpays": True} if amount > invoice.total else {},
        )
    return invoice


def _canadian(books: Books) -> Invoice:
    """In the client's currency, under a business that counts in another."""
    client = books.add_customer(
        "Northern Lights Film Co.",
        company="Northern Lights Film Co.",
        given="Amélie",
        family="Tremblay",
        email="amelie@northern.example",
        phones={"mobile": "+1 416 555 0123"},
        street="1655 Dupont St. W.",
        city="Toronto",
        state="ON",
        zip="M6P 3T1",
        country="CA",
        currency="CAD",
        extra={"language": "fr"},
    )
    return _write(books, client, Case("CAD", "2500.00", 60, -30))


def _credited(books: Books, customer: Customer) -> list[Invoice]:
    """A goodwill credit used in part, a prepayment nobody used, and one that was disputed."""
    invoice = _write(books, customer, Case("CREDITED", "900.00", 60, -30))
    issued = invoice.issued_on + timedelta(days=5)
    goodwill = books.add_credit(customer.id, D("200.00"), issued_on=issued, reason="Late delivery")
    books.apply_credit(goodwill.id, invoice.id, D("150.00"))
    books.add_credit(customer.id, D("75.00"), issued_on=issued, reason="Retainer", extra={"credit_type": "prepayment"})
    books.add_credit(customer.id, D("40.00"), issued_on=issued, reason="Misprint", extra={"dispute": "disputed"})
    negative = _write(books, customer, Case("NEGATIVE-LINE", "900.00", 60, -30))
    negative.lines.append(Line("Returned posters", D(1), D("-125.50")))
    return [invoice, negative]


def _left_over(books: Books, customer: Customer) -> Invoice:
    """Paid with more than it asked for: the rest is a credit of the client."""
    invoice = _write(books, customer, Case("LEFT-OVER", "300.00", 50, -20))
    books.pay(customer.id, D("350.00"), {invoice.id: D("300.00")}, paid_on=invoice.issued_on + timedelta(days=10))
    return invoice


def _phoneless(books: Books) -> Invoice:
    """A client of one name, no phone, no e-mail, and a number that looks like a date."""
    client = books.add_customer("Cher")
    return _write(books, client, Case("20240115", "15.75", 60, -30))


def _deleted(books: Books, customer: Customer) -> Invoice:
    invoice = _write(books, customer, Case("DELETED", issued=80, due=-50))
    return books.delete_invoice(invoice.id)


def _hidden_clients(books: Books) -> None:
    """Never billed: one archived, one deleted."""
    books.add_customer("Old Mill Theater", company="Old Mill Theater", email="box@oldmill.example", active=False)
    gone = books.add_customer("Gone Fishing Charters", company="Gone Fishing Charters", email="gone@fishing.example")
    books.delete_customer(gone.id)


def _moment(day: Any) -> datetime:
    """Half past three in the night of UTC: in the vendor's zone that is still the day before."""
    return datetime.combine(day, time(3, 30), UTC)
