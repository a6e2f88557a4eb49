"""Payments, overpayments and prepayments as the vendor shows them."""

from dataclasses import dataclass

from integrations.simulation.call import Json
from integrations.simulation.entities import Payment
from integrations.simulation.odd import laid_over
from integrations.xero.simulation import contacts, documents
from integrations.xero.simulation.company import (
    Receipt,
    Surplus,
    XeroBooks,
    credit_receipts,
    receipts,
    surplus,
)
from integrations.xero.simulation.forms import date_form, guid, instant_form, money, rate

BANK_CODE = "090"
METHODS = {"check": "Check", "card": "Card", "ach": "ACH", "cash": "Cash", "transfer": "Bank transfer"}


@dataclass(frozen=True)
class Paid:
    """One Payment with the books it is in."""

    books: XeroBooks
    receipt: Receipt

    @property
    def kind(self) -> str:
        side = "ACCPAY" if self.books.payable else "ACCREC"
        if self.receipt.invoice:
            return f"{side}PAYMENT"
        short = "AP" if self.books.payable else "AR"
        if not isinstance(self.receipt.source, Payment):
            return f"{short}CREDITPAYMENT"
        return f"{short}{self.surplus_kind}PAYMENT"

    @property
    def surplus_kind(self) -> str:
        prepaid = self.receipt.source.extra.get("prepayment")
        return "PREPAYMENT" if prepaid else "OVERPAYMENT"

    @property
    def status(self) -> str:
        return "AUTHORISED" if self.receipt.alive else "DELETED"


def payments_in(books: XeroBooks) -> list[Paid]:
    """Every Payment there is or was."""
    found = [Paid(books, receipt) for payment in books.payments.values() for receipt in receipts(payment)]
    return found + [Paid(books, receipt) for credit in books.credits.values() for receipt in credit_receipts(credit)]


def surpluses_in(books: XeroBooks, kind: str) -> list[Surplus]:
    found = (surplus(payment) for payment in books.payments.values())
    return [one for one in found if one and one.kind == kind]


def payment(paid: Paid) -> Json:
    """A Payment with the invoice it was for in short."""
    books, receipt = paid.books, paid.receipt
    source = receipt.source
    found: Json = {
        "PaymentID": receipt.id,
        "Date": date_form(receipt.on),
        "BankAmount": money(receipt.amount),
        "Amount": money(receipt.amount),
        "Reference": source.reference,
        "CurrencyRate": rate(books.rate(source.currency)),
        "PaymentType": paid.kind,
        "Status": paid.status,
        "UpdatedDateUTC": instant_form(source.updated_at),
        "HasAccount": True,
        "IsReconciled": bool(source.extra.get("reconciled")),
        "Account": {"AccountID": guid(books.account, "account", BANK_CODE), "Code": BANK_CODE},
        "Invoice": _paid_document(paid),
        "HasValidationErrors": False,
    }
    return laid_over(found, source.odd if isinstance(source, Payment) else {})


def _paid_document(paid: Paid) -> Json:
    """The invoice; for money paid back, the credit in the shape of one."""
    books, receipt = paid.books, paid.receipt
    source = receipt.source
    found: Json
    if receipt.invoice:
        invoice = books.invoice(receipt.invoice)
        found = {"Type": documents.kind_of(books), "InvoiceID": invoice.id, "InvoiceNumber": invoice.number}
    elif isinstance(source, Payment):
        rest = surplus(source)
        found = {"Type": f"AR{paid.surplus_kind}", "InvoiceID": rest.id if rest else source.id}
    else:
        found = {"Type": "ACCRECCREDIT", "InvoiceID": source.id, "InvoiceNumber": source.number}
    return found | {
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "IsDiscounted": False,
        "HasErrors": False,
        "Contact": contacts.stub(books, source.customer, bare=True),
        "LineItems": [],
        "CurrencyCode": source.currency,
    }


def surplus_document(books: XeroBooks, one: Surplus, *, detail: documents.Detail = "full") -> Json:
    """An overpayment or a prepayment with what was allocated of it."""
    source, direction = one.payment, "SPEND" if books.payable else "RECEIVE"
    found: Json = {
        f"{one.kind}ID": one.id,
        "ID": one.id,
        "Type": f"{direction}-{one.kind.upper()}",
        "Reference": source.reference,
        "RemainingCredit": money(one.remaining),
        "Allocations": documents.allocations(books, one.id, source, one.allocated) if detail == "full" else [],
        "Payments": [
            {"PaymentID": back.id, "Date": date_form(back.on), "Amount": money(back.amount)}
            for back in receipts(source)
            if detail == "full" and back.alive and not back.invoice
        ],
        "HasAttachments": False,
        "Contact": contacts.stub(books, source.customer),
        **documents.dated("Date", source.paid_on),
        "Status": one.status,
        "LineAmountTypes": "NoTax",
        "LineItems": [],
        "SubTotal": money(one.total),
        "TotalTax": money(one.total * 0),
        "Total": money(one.total),
        "UpdatedDateUTC": instant_form(source.updated_at),
        "CurrencyCode": source.currency,
        "CurrencyRate": rate(books.rate(source.currency)),
    }
    return found
