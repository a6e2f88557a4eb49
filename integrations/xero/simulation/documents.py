"""Invoices, bills and credit notes as the vendor shows them, alone, on a page or in a bare list."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from integrations.simulation.call import Json
from integrations.simulation.entities import ZERO, Credit, Invoice, Payment
from integrations.simulation.odd import laid_over
from integrations.xero.simulation import contacts
from integrations.xero.simulation.company import (
    XeroBooks,
    credit_receipts,
    direct_part,
    receipts,
    remaining_credit,
    surplus,
)
from integrations.xero.simulation.forms import date_form, guid, instant_form, money, plain_date, rate
from integrations.xero.simulation.lines import amount_types, line_items, sums

type Detail = Literal["full", "list", "summary"]
"""A bare list lacks lines and payments; the summary lacks all that is computed."""
THEME = "9f4d6c1e-3a7b-4d7e-8f1c-1b0c5f3a2e77"


@dataclass(frozen=True)
class Standing:
    """What was done about an invoice, in the vendor's three sums."""

    due: Decimal
    paid: Decimal
    credited: Decimal
    last_on: date | None  # the day of the last payment or credit


def kind_of(books: XeroBooks) -> str:
    return "ACCPAY" if books.payable else "ACCREC"


def standing(books: XeroBooks, invoice: Invoice) -> Standing:
    """A void or deleted one owes nothing, although its total stays."""
    if invoice.status in ("void", "deleted"):
        return Standing(money(ZERO), money(ZERO), money(ZERO), None)
    paid = credited = ZERO
    days = []
    for payment in books.payments_on(invoice):
        direct, whole = direct_part(payment, invoice.id), payment.applied[invoice.id]
        paid += direct
        credited += whole - direct
        days.append(payment.paid_on if direct else allocated_on(payment, invoice.id))
    for credit in books.credits_on(invoice):
        credited += credit.applied[invoice.id]
        days.append(allocated_on(credit, invoice.id))
    due = invoice.total - paid - credited - invoice.written_off
    return Standing(money(due), money(paid), money(credited + invoice.written_off), max(days, default=None))


def invoice_status(books: XeroBooks, invoice: Invoice) -> str:
    match invoice.status:
        case "draft":
            return "SUBMITTED" if invoice.extra.get("submitted") else "DRAFT"
        case "void":
            return "VOIDED"
        case "deleted":
            return "DELETED"
    return "AUTHORISED" if books.balance(invoice) > 0 else "PAID"


def credit_status(credit: Credit) -> str:
    match credit.status:
        case "draft":
            return "SUBMITTED" if credit.extra.get("submitted") else "DRAFT"
        case "void":
            return "VOIDED"
        case "deleted":
            return "DELETED"
    return "AUTHORISED" if remaining_credit(credit) > 0 else "PAID"


def allocated_on(one: Payment | Credit, invoice: str) -> date:
    """The day an allocation was made: unless it is written down, the day of what was allocated."""
    if written := one.extra.get("applied_on", {}).get(invoice):
        return date.fromisoformat(written)
    return one.issued_on if isinstance(one, Credit) else one.paid_on


def invoice(books: XeroBooks, one: Invoice, *, detail: Detail = "full", places: int = 2) -> Json:
    """An invoice or a bill, with what a test laid over it."""
    now, amounts = standing(books, one), sums(one)
    status = invoice_status(books, one)
    found: Json = {"Type": kind_of(books), "InvoiceID": one.id, "InvoiceNumber": one.number}
    found["Reference"] = one.reference or one.estimate
    if detail == "full":
        found |= _settled_by(books, one)
    found |= {"AmountDue": now.due, "AmountPaid": now.paid, "AmountCredited": now.credited}
    if not books.payable:
        found["SentToContact"] = one.sent
    found |= {
        "CurrencyRate": rate(books.rate(one.currency)),
        "IsDiscounted": bool(one.discount),
        "HasAttachments": False,
        "HasErrors": False,
        "Contact": contacts.stub(books, one.customer),
        **dated("Date", one.issued_on),
        **(dated("DueDate", one.due_on) if one.due_on else {}),
    }
    if expected := one.extra.get("ExpectedPaymentDate"):
        found |= dated("ExpectedPaymentDate", date.fromisoformat(expected))
    found |= {"BrandingThemeID": THEME, "Status": status, "LineAmountTypes": amount_types(one)}
    if detail != "summary":
        found["LineItems"] = line_items(books, one, places) if detail == "full" else []
    found |= {"SubTotal": amounts.subtotal, "TotalTax": amounts.tax, "Total": amounts.total}
    if one.discount:
        found["TotalDiscount"] = amounts.discount
    found |= {"UpdatedDateUTC": instant_form(one.updated_at), "CurrencyCode": one.currency}
    if status == "PAID" and now.last_on:
        found["FullyPaidOnDate"] = date_form(now.last_on)
    return laid_over(found, one.odd)


def dated(name: str, day: date) -> Json:
    """A date twice: as text without a zone, and as milliseconds of its midnight in UTC."""
    return {f"{name}String": plain_date(day), name: date_form(day)}


def _settled_by(books: XeroBooks, one: Invoice) -> Json:
    """Payments, credit notes, pre- and overpayments on an invoice, each in short."""
    found: dict[str, list[Json]] = {"Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": []}
    for payment in books.payments_on(one):
        found["Payments"] += [
            {
                "PaymentID": receipt.id,
                "Date": date_form(receipt.on),
                "Amount": money(receipt.amount),
                "Reference": payment.reference,
                "CurrencyRate": rate(books.rate(payment.currency)),
                "HasAccount": False,
                "HasValidationErrors": False,
            }
            for receipt in receipts(payment)
            if receipt.alive and receipt.invoice == one.id
        ]
        rest = surplus(payment)
        if rest and one.id in rest.allocated:
            found[f"{rest.kind}s"].append(
                {
                    f"{rest.kind}ID": rest.id,
                    "Date": date_form(allocated_on(payment, one.id)),
                    "AppliedAmount": money(rest.allocated[one.id]),
                    "Total": money(rest.total),
                    "CurrencyRate": rate(books.rate(payment.currency)),
                }
            )
    for credit in books.credits_on(one):
        found["CreditNotes"].append(
            {
                "CreditNoteID": credit.id,
                "CreditNoteNumber": credit.number,
                "ID": credit.id,
                "Date": date_form(allocated_on(credit, one.id)),
                "AppliedAmount": money(credit.applied[one.id]),
                "Total": money(credit.total),
                "CurrencyRate": rate(books.rate(credit.currency)),
                "LineItems": [],
                "HasErrors": False,
            }
        )
    return dict(found)


def credit_note(books: XeroBooks, one: Credit, *, detail: Detail = "full", places: int = 2) -> Json:
    """A credit note to a customer, or one from a supplier."""
    amounts = sums(one)
    status = credit_status(one)
    found: Json = {
        "CreditNoteID": one.id,
        "CreditNoteNumber": one.number,
        "ID": one.id,
        "Type": "ACCPAYCREDIT" if books.payable else "ACCRECCREDIT",
        "Status": status,
        "Reference": one.reference or one.reason,
        "Contact": contacts.stub(books, one.customer),
        **dated("Date", one.issued_on),
        "LineAmountTypes": amount_types(one),
        "LineItems": line_items(books, one, places) if detail == "full" else [],
        "SubTotal": amounts.subtotal,
        "TotalTax": amounts.tax,
        "Total": amounts.total,
        "RemainingCredit": money(remaining_credit(one)),
    }
    if detail == "full":
        found["Allocations"] = allocations(books, one.id, one, one.applied)
        found["Payments"] = [
            {"PaymentID": paid.id, "Date": date_form(paid.on), "Amount": money(paid.amount)}
            for paid in credit_receipts(one)
            if paid.alive
        ]
    found |= {
        "CurrencyCode": one.currency,
        "CurrencyRate": rate(books.rate(one.currency)),
        "UpdatedDateUTC": instant_form(one.updated_at),
        "SentToContact": bool(one.extra.get("sent")),
        "HasAttachments": False,
        "HasErrors": False,
    }
    if status == "PAID":
        days = [allocated_on(one, id) for id in one.applied] + [paid.on for paid in credit_receipts(one)]
        found["FullyPaidOnDate"] = date_form(max(days))
    return laid_over(found, one.odd)


def allocations(books: XeroBooks, source: str, one: Payment | Credit, parts: dict[str, Decimal]) -> list[Json]:
    """What of a credit, an overpayment or a prepayment went on which invoice."""
    return [
        {
            "AllocationID": guid(source, "on", id),
            "Amount": money(part),
            "Date": date_form(allocated_on(one, id)),
            "Invoice": {
                "InvoiceID": id,
                "InvoiceNumber": books.invoice(id).number,
                "Payments": [],
                "CreditNotes": [],
                "Prepayments": [],
                "Overpayments": [],
                "HasErrors": False,
                "IsDiscounted": False,
                "LineItems": [],
            },
            "IsDeleted": False,
        }
        for id, part in parts.items()
    ]
