"""What only this vendor has, given to freshly planted books: retainers, overpayments, refunds, foreign currency."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from integrations.simulation.entities import Credit, Invoice, Payment
from integrations.xero.simulation.company import XeroBooks, remaining_credit
from integrations.xero.simulation.forms import midnight

RETAINER_EACH = 15
"""Of so many payments one was made in advance."""
FOREIGN = {"NZ": ("USD", "AUD")}


def finish(books: XeroBooks) -> None:
    """Once for the same books."""
    customers = list(books.customers.values())
    if not customers or customers[0].extra.get("finished"):
        return
    customers[0].extra["finished"] = True
    _retainers(books)
    _overpaid(books)
    _paid_back(books)
    _documents(books)
    _foreign(books)


def _retainers(books: XeroBooks) -> None:
    """Money taken in advance, later allocated: in the books the same payment, here a prepayment."""
    for number, payment in enumerate(books.payments.values()):
        payment.extra["reconciled"] = number % 3 == 0
        if number % RETAINER_EACH == 4 and payment.counts:
            payment.extra.pop("direct", None)
            payment.extra["prepayment"] = True
            payment.reference = payment.reference or "Retainer"
    day = books.today() - timedelta(days=40)
    for customer in islice(books.customers.values(), 3, 6):
        facts = {"paid_on": day, "reference": "Retainer", "method": "transfer", **_written(day)}
        books.pay(customer.id, Decimal("1500.00"), extra={"prepayment": True}, **facts)


def _written(day: date) -> dict[str, Any]:
    """Put down in the afternoon of that day."""
    moment = midnight(day) + timedelta(hours=18)
    return {"created_at": moment, "updated_at": moment}


def _overpaid(books: XeroBooks) -> None:
    """One customer paid without an invoice; one got what was too much back."""
    customers = list(books.customers.values())
    day = books.today() - timedelta(days=25)
    books.pay(customers[1].id, Decimal("120.00"), paid_on=day, reference="Paid twice", **_written(day))
    back = books.pay(customers[2].id, Decimal("80.00"), paid_on=day, reference="Typed wrong")
    books.refund(back.id, Decimal("80.00"))


def _paid_back(books: XeroBooks) -> None:
    """A credit note of which a part was paid out in cash."""
    customer = list(books.customers.values())[2]
    on = books.today() - timedelta(days=12)
    credit = books.add_credit(customer.id, Decimal("90.00"), issued_on=on, reason="Filing fee returned", **_written(on))
    if remaining_credit(credit) >= Decimal("60.00"):
        credit.extra["refund"] = {"amount": "60.00", "on": on.isoformat()}


def _documents(books: XeroBooks) -> None:
    """Some drafts wait for approval, some invoices are promised, some have their tax within the lines."""
    for number, draft in enumerate(one for one in books.invoices.values() if one.status == "draft"):
        if number % 2:
            draft.extra["submitted"] = True
    open_ones = (one for one in books.invoices.values() if one.status == "open" and books.balance(one) > 0)
    for number, invoice in enumerate(islice(open_ones, 200)):
        if number % 10 == 3:
            invoice.extra["ExpectedPaymentDate"] = (books.today() + timedelta(days=7 + number % 9)).isoformat()
        if number % 7 == 5 and invoice.tax:
            invoice.extra["LineAmountTypes"] = "Inclusive"


def _foreign(books: XeroBooks) -> None:
    """Some customers of an organisation abroad are billed in their own currency."""
    for currency, customer in zip(FOREIGN.get(books.country, ()), books.customers.values(), strict=False):
        customer.currency = currency
        for document in _documents_of(books, customer.id):
            document.currency = currency


def _documents_of(books: XeroBooks, customer: str) -> list[Invoice | Payment | Credit]:
    every: list[Invoice | Payment | Credit] = [*books.invoices.values(), *books.payments.values()]
    every += books.credits.values()
    return [one for one in every if one.customer == customer]
