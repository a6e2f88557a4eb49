"""What a firm that works with Jobber has beside plain books: deposits, tips, fax numbers, days instead of due dates, no credit notes."""

from decimal import Decimal

from integrations.jobber.simulation import corner
from integrations.jobber.simulation.ids import RECORDS, number_of
from integrations.simulation.books import Books
from integrations.simulation.entities import ZERO, Customer, Invoice, Payment

SEASONED = "seasoned"


def season(books: Books) -> None:
    """Every object once, by its number: the same for the same books. Nothing counts as changed by it."""
    _credits_to_discounts(books)
    for customer in list(books.customers.values()):
        if _first_time(customer):
            _season_customer(customer, number_of(customer.id, "Client") or 0)
    for invoice in list(books.invoices.values()):
        if _first_time(invoice):
            _season_invoice(invoice, number_of(invoice.id, "Invoice") or 0)
    for payment in list(books.payments.values()):
        if _first_time(payment):
            _season_payment(payment, (number_of(payment.id, "PaymentRecord") or 0) // RECORDS)
    corner.add(books)


def _first_time(one: Customer | Invoice | Payment) -> bool:
    fresh = not one.extra.get(SEASONED)
    one.extra[SEASONED] = True
    return fresh


def _credits_to_discounts(books: Books) -> None:
    """Jobber has no credit notes: what was credited on an invoice becomes its discount."""
    for credit in list(books.credits.values()):
        for id, amount in list(credit.applied.items()):
            invoice = books.invoices[id]
            as_it_was = invoice.updated_at, invoice.version
            books.unapply_credit(credit.id, id)
            if invoice.status == "open":
                books.change_invoice(id, discount=invoice.discount + amount)
            invoice.updated_at, invoice.version = as_it_was
        del books.credits[credit.id]


def _season_customer(customer: Customer, number: int) -> None:
    if number % 13 == 0 and "fax" not in customer.phones and customer.phones:
        customer.phones["fax"] = "(512) 555-0199"
    if number % 9 == 0:
        customer.extra["no_sms"] = True
    if number % 17 == 0 and customer.email:
        customer.extra["emails"] = [{"address": f"office.{customer.email}", "description": "Work"}]


def _season_invoice(invoice: Invoice, number: int) -> None:
    if invoice.estimate:
        invoice.extra["subject"] = f"Work as quoted in {invoice.estimate}"
    if number % 23 == 0 and invoice.due_on is not None:
        invoice.extra["net_only"] = True


def _season_payment(payment: Payment, number: int) -> None:
    if number % 11 == 0 and payment.counts and len(payment.applied) == 1:
        payment.extra["adjustment"] = "DEPOSIT"
    if number % 7 == 0 and payment.method == "card" and payment.amount > ZERO:
        payment.extra["tip"] = str(round(payment.amount * Decimal("0.05"), 2))
    if payment.method in ("card", "ach"):
        payment.extra.setdefault("last4", f"{number * 7919 % 10_000:04d}")
