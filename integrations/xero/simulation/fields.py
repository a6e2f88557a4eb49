"""Which fields of a resource can be filtered and ordered by, and how each is found in a record."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from integrations.simulation.entities import Credit, Customer, Invoice
from integrations.xero.simulation import contacts, documents
from integrations.xero.simulation.company import Surplus, XeroBooks, remaining_credit
from integrations.xero.simulation.forms import midnight
from integrations.xero.simulation.lines import sums
from integrations.xero.simulation.money_in import Paid
from integrations.xero.simulation.where import Fields


@dataclass(frozen=True)
class Record:
    """One object of a list with the books it is in."""

    books: XeroBooks
    one: Any
    id: str
    updated_at: datetime

    @property
    def whose(self) -> Customer:
        owner = self.one
        if isinstance(owner, Paid):
            return self.books.customer(owner.receipt.source.customer)
        return self.books.customer(owner.payment.customer if isinstance(owner, Surplus) else owner.customer)


def _moment(day: date | None) -> datetime | None:
    return None if day is None else midnight(day)


def _contact(prefix: str = "Contact") -> Fields:
    return {
        f"{prefix}.ContactID": ("Guid", lambda record: record.whose.id),
        f"{prefix}.Name": ("String", lambda record: record.whose.name),
        f"{prefix}.ContactStatus": ("String", lambda record: contacts.status(record.whose)),
        f"{prefix}.EmailAddress": ("String", lambda record: record.whose.email),
    }


def _paid_invoice(record: Record) -> Invoice | None:
    id = record.one.receipt.invoice
    return record.books.invoice(id) if id else None


INVOICE: Fields = {
    "Type": ("String", lambda record: documents.kind_of(record.books)),
    "Status": ("String", lambda record: documents.invoice_status(record.books, record.one)),
    "InvoiceID": ("Guid", lambda record: record.id),
    "InvoiceNumber": ("String", lambda record: record.one.number),
    "Reference": ("String", lambda record: record.one.reference or record.one.estimate),
    "Date": ("DateTime", lambda record: _moment(record.one.issued_on)),
    "DueDate": ("DateTime", lambda record: _moment(record.one.due_on)),
    "UpdatedDateUTC": ("DateTime", lambda record: record.updated_at),
    "AmountDue": ("Decimal", lambda record: documents.standing(record.books, record.one).due),
    "AmountPaid": ("Decimal", lambda record: documents.standing(record.books, record.one).paid),
    "AmountCredited": ("Decimal", lambda record: documents.standing(record.books, record.one).credited),
    "SubTotal": ("Decimal", lambda record: sums(record.one).subtotal),
    "TotalTax": ("Decimal", lambda record: sums(record.one).tax),
    "Total": ("Decimal", lambda record: sums(record.one).total),
    "CurrencyCode": ("String", lambda record: record.one.currency),
    "SentToContact": ("Boolean", lambda record: record.one.sent),
    **_contact(),
}


def _credit(record: Record) -> Credit:
    found: Credit = record.one
    return found


CREDIT_NOTE: Fields = {
    "CreditNoteID": ("Guid", lambda record: record.id),
    "CreditNoteNumber": ("String", lambda record: record.one.number),
    "Type": ("String", lambda record: "ACCPAYCREDIT" if record.books.payable else "ACCRECCREDIT"),
    "Status": ("String", lambda record: documents.credit_status(_credit(record))),
    "Reference": ("String", lambda record: record.one.reference or record.one.reason),
    "Date": ("DateTime", lambda record: _moment(record.one.issued_on)),
    "UpdatedDateUTC": ("DateTime", lambda record: record.updated_at),
    "Total": ("Decimal", lambda record: sums(record.one).total),
    "RemainingCredit": ("Decimal", lambda record: remaining_credit(_credit(record))),
    "CurrencyCode": ("String", lambda record: record.one.currency),
    **_contact(),
}
CONTACT: Fields = {
    "ContactID": ("Guid", lambda record: record.id),
    "ContactStatus": ("String", lambda record: contacts.status(record.one)),
    "ContactNumber": ("String", lambda record: record.one.extra.get("ContactNumber")),
    "Name": ("String", lambda record: record.one.name),
    "FirstName": ("String", lambda record: record.one.given or None),
    "LastName": ("String", lambda record: record.one.family or None),
    "EmailAddress": ("String", lambda record: record.one.email or None),
    "IsCustomer": ("Boolean", lambda record: not record.books.payable),
    "IsSupplier": ("Boolean", lambda record: record.books.payable),
    "UpdatedDateUTC": ("DateTime", lambda record: record.updated_at),
}
PAYMENT: Fields = {
    "PaymentID": ("Guid", lambda record: record.id),
    "PaymentType": ("String", lambda record: record.one.kind),
    "Status": ("String", lambda record: record.one.status),
    "Date": ("DateTime", lambda record: _moment(record.one.receipt.on)),
    "Amount": ("Decimal", lambda record: record.one.receipt.amount),
    "Reference": ("String", lambda record: record.one.receipt.source.reference),
    "UpdatedDateUTC": ("DateTime", lambda record: record.updated_at),
    "IsReconciled": ("Boolean", lambda record: bool(record.one.receipt.source.extra.get("reconciled"))),
    "Invoice.InvoiceID": ("Guid", lambda record: record.one.receipt.invoice or None),
    "Invoice.InvoiceNumber": ("String", lambda record: getattr(_paid_invoice(record), "number", None)),
    **_contact("Invoice.Contact"),
}


def _surplus(kind: str) -> Fields:
    return {
        f"{kind}ID": ("Guid", lambda record: record.id),
        "Type": ("String", lambda record: f"{'SPEND' if record.books.payable else 'RECEIVE'}-{kind.upper()}"),
        "Status": ("String", lambda record: record.one.status),
        "Reference": ("String", lambda record: record.one.payment.reference),
        "Date": ("DateTime", lambda record: _moment(record.one.payment.paid_on)),
        "UpdatedDateUTC": ("DateTime", lambda record: record.updated_at),
        "Total": ("Decimal", lambda record: record.one.total),
        "RemainingCredit": ("Decimal", lambda record: record.one.remaining),
        "CurrencyCode": ("String", lambda record: record.one.payment.currency),
        **_contact(),
    }


OVERPAYMENT = _surplus("Overpayment")
PREPAYMENT = _surplus("Prepayment")
