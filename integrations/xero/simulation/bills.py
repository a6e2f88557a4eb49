"""The other side of an organisation: its suppliers and their bills, which come along wherever nobody filters them out."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from integrations.simulation.books import Kind
from integrations.simulation.entities import Line
from integrations.xero.simulation.company import XeroBooks
from integrations.xero.simulation.forms import guid, midnight

SUPPLIERS = (
    ("Metro Office Supply", "Paper and toner"),
    ("Bluebird Courier", "Same-day delivery"),
    ("Hartwell Court Reporting", "Deposition transcript"),
    ("Civic Records Search", "Record search"),
    ("Northside Cleaning", "Office cleaning"),
    ("Pinnacle Phone & Data", "Telephone and internet"),
)
BILLS = 36


def supplier_books(sales: XeroBooks, seed: int) -> XeroBooks:
    """The same bills for the same organisation, dated by the day they were first asked for."""

    def ids(kind: Kind, number: int) -> str:
        return guid(sales.account, "payable", kind, number)

    books = XeroBooks(
        sales.account,
        sales.name,
        clock=sales.clock,
        ids=ids,
        zone=sales.zone.key,
        currency=sales.currency,
        country=sales.country,
        number="BILL-{:04d}",
        credit_number="SCN-{:04d}",
    )
    books.payable = True
    chance = random.Random(f"bills {sales.account} {seed}")  # noqa: S311 - the same bills for the same seed
    today = date.fromisoformat(sales.extra.setdefault("bills_of", sales.today().isoformat()))
    suppliers = [(books.add_customer(name, terms_days=20).id, what) for name, what in SUPPLIERS]
    when: dict[str, Any] = {}
    for number in range(BILLS):
        supplier, what = suppliers[number % len(suppliers)]
        issued = today - timedelta(days=chance.randrange(3, 300))
        born = midnight(issued) + timedelta(hours=15)
        price = Decimal(chance.randrange(2500, 90000)) / 100
        when = {"created_at": born, "updated_at": born}
        bill = books.add_invoice(supplier, [Line(what, Decimal(1), price)], issued_on=issued, sent=False, **when)
        if number % 3 == 0:
            books.pay(supplier, price, {bill.id: price}, paid_on=issued + timedelta(days=2), **when)
    credit = books.add_credit(suppliers[0][0], Decimal("40.00"), reason="Returned toner", **when)
    books.credits[credit.id].reference = "RMA 118"
    books.pay(suppliers[1][0], Decimal("75.00"), {}, reference="Paid twice", **when)
    for document in (*books.invoices.values(), *books.payments.values(), *books.credits.values()):
        document.updated_at = document.created_at  # type: ignore[attr-defined]
    return books
