"""One organization as somebody reads it: its books and the way its ids, money and moments are written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from integrations.simulation.books import Books
from integrations.simulation.entities import ZERO, Credit, Customer, Invoice, Payment
from integrations.zoho.simulation import answers, forms
from integrations.zoho.simulation.config import ZohoSimConfig
from integrations.zoho.simulation.organizations import Organization

CUSTOM_FIELDS = (("Dispute Reference", "cf_dispute_reference"), ("Collection Notes", "cf_collection_notes"))
"""What every organization here has defined for its invoices: label and name."""


@dataclass
class View:
    """Lives for one request: what it computes once it keeps."""

    books: Books
    organization: Organization
    settings: ZohoSimConfig
    vendors: list[Customer] = field(default_factory=list)
    """Contacts that are not customers; no books are kept on them."""

    def id(self, kind: str, *parts: object) -> str:
        """The id of something the books keep none for."""
        return forms.derived_id(self.organization.data_center, kind, self.books.account, *parts)

    def stamp(self, value: datetime) -> str:
        return forms.stamp(value, self.books.zone)

    @cached_property
    def today(self) -> date:
        return self.books.today()

    # What is shown: what was deleted, and money that never came or went back, vanishes.

    def customers(self) -> Iterator[Customer]:
        return (one for one in self.books.customers.values() if not one.deleted)

    def invoices(self) -> Iterator[Invoice]:
        return (one for one in self.books.invoices.values() if one.status != "deleted")

    def payments(self) -> Iterator[Payment]:
        return (one for one in self.books.payments.values() if one.counts)

    def credits(self) -> Iterator[Credit]:
        return (one for one in self.books.credits.values() if one.status != "deleted")

    def customer(self, id: str) -> Customer:
        """A contact of either type. Raises the vendor's 1002."""
        found = self.books.customers.get(id) or next((one for one in self.vendors if one.id == id), None)
        if found is None or found.deleted:
            raise answers.missing("Contact")
        return found

    def invoice(self, id: str) -> Invoice:
        found = self.books.invoices.get(id)
        if found is None or found.status == "deleted":
            raise answers.missing("Invoice")
        return found

    def payment(self, id: str) -> Payment:
        found = self.books.payments.get(id)
        if found is None or not found.counts:
            raise answers.missing("Payment")
        return found

    def credit(self, id: str) -> Credit:
        found = self.books.credits.get(id)
        if found is None or found.status == "deleted":
            raise answers.missing("Credit Note")
        return found

    # What is computed

    @cached_property
    def receivable(self) -> dict[str, Decimal]:
        """What each customer owes on invoices that went out."""
        owed: dict[str, Decimal] = {}
        for invoice in self.books.invoices.values():
            if invoice.status == "open":
                owed[invoice.customer] = owed.get(invoice.customer, ZERO) + self.books.balance(invoice)
        return owed

    @cached_property
    def unused(self) -> dict[str, Decimal]:
        """Credit and money each customer has left."""
        left: dict[str, Decimal] = {}
        for payment in self.books.payments.values():
            left[payment.customer] = left.get(payment.customer, ZERO) + payment.unapplied
        for credit in self.books.credits.values():
            left[credit.customer] = left.get(credit.customer, ZERO) + credit.left
        return left

    def status(self, invoice: Invoice) -> str:
        """The vendor's word for where an invoice stands."""
        if invoice.status == "draft":
            return str(invoice.extra.get("approval", "draft"))
        if invoice.status != "open":
            return invoice.status
        balance = self.books.balance(invoice)
        if balance <= 0:
            return "paid"
        partly = balance < invoice.total - invoice.written_off
        late = invoice.due_on is not None and invoice.due_on < self.today
        if partly and (self.settings.partly_paid_hides_lateness or not late):
            return "partially_paid"
        if late:
            return "overdue"
        if invoice.viewed:
            return "viewed"
        return "sent" if invoice.sent else "unpaid"

    def credit_status(self, credit: Credit) -> str:
        if credit.status == "open" and credit.left <= 0:
            return "closed"
        return credit.status
