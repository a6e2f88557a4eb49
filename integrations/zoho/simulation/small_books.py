"""Two small organizations abroad: a studio that bills rupees to the paisa, a trader that bills whole yen."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from integrations.simulation.books import Books
from integrations.simulation.entities import Customer, Line, Person

INDIA: list[dict[str, Any]] = [
    {
        "name": "Meenakshi Textiles",
        "company": "Meenakshi Textiles Pvt Ltd",
        "given": "Lakshmi",
        "family": "Narayanan",
        "email": "lakshmi@meenakshitextiles.example",
        "phones": {"work": "+91 452 555 0117", "mobile": "+91 98400 00117"},
        "street": "14 West Masi Street",
        "city": "Madurai",
        "state": "TN",
        "zip": "625001",
    },
    {
        "name": "Vaigai Foods",
        "company": "Vaigai Foods",
        "given": "Arjun",
        "family": "Pandian",
        "email": "accounts@vaigaifoods.example",
        "phones": {"work": "+91 452 555 0142"},
        "city": "Madurai",
        "state": "TN",
        "zip": "625020",
    },
    {
        "name": "Houston Dental Supply",
        "company": "Houston Dental Supply Inc",
        "given": "Dana",
        "family": "Ruiz",
        "email": "dana@houstondental.example",
        "phones": {"work": "(713) 555-0124"},
        "city": "Houston",
        "state": "TX",
        "zip": "77002",
        "country": "US",
        "currency": "USD",
    },
    {"name": "Selvi Murugan", "given": "Selvi", "family": "Murugan", "email": "selvi@example.in"},
]
JAPAN: list[dict[str, Any]] = [
    {
        "name": "Sakura Kogyo",
        "company": "Sakura Kogyo KK",
        "given": "Yuki",
        "family": "Tanaka",
        "email": "tanaka@sakurakogyo.example",
        "phones": {"work": "+81 3 5550 0101"},
        "street": "2-8-1 Nishi-Shinjuku",
        "city": "Shinjuku",
        "state": "13",
        "zip": "160-0023",
    },
    {
        "name": "Minato Lighting",
        "company": "Minato Lighting KK",
        "given": "Kenji",
        "family": "Mori",
        "email": "mori@minatolighting.example",
        "phones": {"mobile": "+81 90 5550 0102"},
        "city": "Minato",
        "state": "13",
        "zip": "105-0001",
    },
]
# Customer, days since it was issued, price, and the part of it that was paid.
RUPEES = (
    (0, 75, "42500.50", "0"),
    (0, 40, "18250.00", "1"),
    (0, 12, "9800.75", "0"),
    (1, 95, "61200.00", "0.5"),
    (1, 50, "7350.25", "1"),
    (1, 20, "15000.00", "0"),
    (2, 60, "1840.00", "0"),
    (2, 33, "920.40", "1"),
    (3, 44, "3200.00", "0"),
    (3, 5, "1100.00", "0"),
)
YEN = (
    (0, 70, "185000", "0"),
    (0, 45, "98500", "1"),
    (0, 38, "240000", "0.5"),
    (0, 9, "76300", "0"),
    (1, 88, "54321", "0"),
    (1, 31, "120000", "1"),
    (1, 3, "33000", "0"),
)


def plant(books: Books) -> None:
    """Customers and history of the organization, by its currency; nobody is told."""
    people, rows = (INDIA, RUPEES) if books.currency == "INR" else (JAPAN, YEN)
    was, books.quiet = books.quiet, True
    try:
        customers = [books.add_customer(**one) for one in people]
        customers[0].people.append(Person("Ravi Kumar", "accounts payable", "ap@example.in", "+91 452 555 0118"))
        for number, (whose, days, price, paid) in enumerate(rows, start=1):
            _bill(books, customers[whose], number, days, Decimal(price), Decimal(paid))
        first = books.today() - timedelta(days=120)
        for customer in customers:
            customer.created_at = customer.updated_at = _morning(books, first)
    finally:
        books.quiet = was


def _bill(books: Books, customer: Customer, number: int, days: int, price: Decimal, paid: Decimal) -> None:
    issued_on = books.today() - timedelta(days=days)
    invoice = books.add_invoice(
        customer.id, [Line("Work as agreed", Decimal(1), price, "Services")], issued_on=issued_on
    )
    invoice.created_at = invoice.updated_at = _morning(books, issued_on)
    if paid:
        paid_on = issued_on + timedelta(days=25)
        amount = price * paid
        payment = books.pay(
            customer.id, amount, {invoice.id: amount}, paid_on=paid_on, method="transfer", reference=f"UTR{number:06d}"
        )
        payment.created_at = payment.updated_at = invoice.updated_at = _morning(books, paid_on)


def _morning(books: Books, on: Any) -> datetime:
    return datetime.combine(on, time(9, 12, 44), books.zone)
