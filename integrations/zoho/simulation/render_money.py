"""Customer payments and credit notes in the vendor's fields."""

from decimal import Decimal

from integrations.simulation.call import Json
from integrations.simulation.entities import ZERO, Credit, Payment
from integrations.simulation.odd import laid_over
from integrations.zoho.simulation import forms
from integrations.zoho.simulation.render_contacts import address
from integrations.zoho.simulation.render_invoices import mode, payment_number
from integrations.zoho.simulation.view import View


def payment_row(view: View, payment: Payment) -> Json:
    """A payment in the list: which invoices it paid, by number only."""
    return laid_over(_payment(view, payment), payment.odd)


def payment_whole(view: View, payment: Payment) -> Json:
    """A payment read by itself, with its invoices."""
    books, currency = view.books, payment.currency
    customer = books.customers[payment.customer]
    invoices = []
    for id, part in payment.applied.items():
        if part <= 0:
            continue
        invoice = books.invoices[id]
        invoices.append(
            {
                "invoice_id": id,
                "invoice_payment_id": view.id("invoice_payment", payment.id, id),
                "invoice_number": invoice.number,
                "date": forms.day(invoice.issued_on),
                "invoice_amount": forms.money(invoice.total, currency),
                "amount_applied": forms.money(part, currency),
                "balance_amount": forms.money(books.balance(invoice), currency),
                "tax_amount_withheld": forms.money(ZERO, currency),
            }
        )
    added = {
        "customer_email": customer.email,
        "bank_charges": forms.money(ZERO, currency),
        "amount_refunded": forms.money(payment.refunded, currency),
        "payment_refunds": refunds(view, payment),
        "invoices": invoices,
        "custom_fields": [],
    }
    return laid_over({**_payment(view, payment), **added}, payment.odd)


def refunds(view: View, payment: Payment) -> list[Json]:
    """What went back to the customer, each time it did."""
    currency = payment.currency
    return [
        {
            "payment_refund_id": view.id("refund", payment.id, number),
            "payment_id": payment.id,
            "date": forms.day(refund.refunded_at.astimezone(view.books.zone).date()),
            "refund_mode": mode(payment),
            "reference_number": "",
            "payment_number": payment_number(payment),
            "customer_name": view.books.customers[payment.customer].name,
            "description": "",
            "amount_bcy": _base(view, refund.amount, currency),
            "amount_fcy": forms.money(refund.amount, currency),
            "amount": forms.money(refund.amount, currency),
        }
        for number, refund in enumerate(payment.refunds)
    ]


def credit_row(view: View, credit: Credit) -> Json:
    """A credit note in the list."""
    return laid_over(_credit(view, credit), credit.odd)


def credit_whole(view: View, credit: Credit) -> Json:
    """A credit note read by itself."""
    currency = credit.currency
    customer = view.books.customers[credit.customer]
    added = {
        "customer_email": customer.email,
        "price_precision": forms.precision(currency),
        "line_items": _credit_lines(view, credit),
        "sub_total": forms.money(credit.total, currency),
        "total_credits_used": forms.money(sum(credit.applied.values(), ZERO), currency),
        "total_refunded_amount": forms.money(ZERO, currency),
        "invoices_credited": invoices_credited(view, credit),
        "creditnote_refunds": [],
        "billing_address": address(customer),
        "notes": credit.extra.get("notes", "") or credit.reason,
        "terms": credit.extra.get("terms", ""),
        "custom_fields": [],
    }
    return laid_over({**_credit(view, credit), **added}, credit.odd)


def invoices_credited(view: View, credit: Credit) -> list[Json]:
    """Where a credit note went."""
    return [
        {
            "creditnote_id": credit.id,
            "creditnote_invoice_id": view.id("creditnote_invoice", credit.id, id),
            "invoice_id": id,
            "invoice_number": view.books.invoices[id].number,
            "amount_applied": forms.money(part, credit.currency),
            "date": forms.day(view.books.invoices[id].issued_on),
        }
        for id, part in credit.applied.items()
    ]


def _payment(view: View, payment: Payment) -> Json:
    customer = view.books.customers[payment.customer]
    numbers = [view.books.invoices[id].number for id, part in payment.applied.items() if part > 0]
    return {
        "payment_id": payment.id,
        "payment_number": payment_number(payment),
        "invoice_numbers": ", ".join(numbers),
        "customer_id": payment.customer,
        "customer_name": customer.name,
        "date": forms.day(payment.paid_on),
        "payment_mode": mode(payment),
        "amount": forms.money(payment.amount, payment.currency),
        "bcy_amount": _base(view, payment.amount, payment.currency),
        "unused_amount": forms.money(payment.unapplied, payment.currency),
        "bcy_unused_amount": _base(view, payment.unapplied, payment.currency),
        "currency_id": view.id("currency", payment.currency),
        "currency_code": payment.currency,
        "exchange_rate": forms.exchange_rate(view.books, payment.currency),
        "account_id": view.id("account", "undeposited"),
        "account_name": "Undeposited Funds",
        "reference_number": payment.reference,
        "description": payment.extra.get("description", ""),
        "created_time": view.stamp(payment.created_at),
        "last_modified_time": view.stamp(payment.updated_at),
    }


def _credit(view: View, credit: Credit) -> Json:
    customer = view.books.customers[credit.customer]
    left = credit.left if credit.status == "open" else (credit.total if credit.status == "draft" else ZERO)
    return {
        "creditnote_id": credit.id,
        "creditnote_number": credit.number,
        "customer_id": credit.customer,
        "customer_name": customer.name,
        "status": view.credit_status(credit),
        "reference_number": credit.reference,
        "date": forms.day(credit.issued_on),
        "total": forms.money(credit.total, credit.currency),
        "balance": forms.money(left, credit.currency),
        "currency_id": view.id("currency", credit.currency),
        "currency_code": credit.currency,
        "exchange_rate": forms.exchange_rate(view.books, credit.currency),
        "is_emailed": False,
        "created_time": view.stamp(credit.created_at),
        "last_modified_time": view.stamp(credit.updated_at),
    }


def _credit_lines(view: View, credit: Credit) -> list[Json]:
    lines = credit.extra.get("line_items") or [
        {"name": "", "description": credit.reason, "quantity": Decimal(1), "rate": credit.total}
    ]
    return [
        {
            "line_item_id": view.id("line_item", credit.id, number),
            "item_id": str(line.get("item_id", "")),
            "name": line.get("name", ""),
            "description": line.get("description", ""),
            "quantity": Decimal(line["quantity"]).quantize(Decimal("0.01")),
            "rate": forms.money(Decimal(line["rate"]), credit.currency),
            "discount": forms.money(ZERO, credit.currency),
            "tax_id": "",
            "tax_name": "",
            "tax_percentage": Decimal(0),
            "item_total": forms.money(Decimal(line["quantity"]) * Decimal(line["rate"]), credit.currency),
        }
        for number, line in enumerate(lines)
    ]


def _base(view: View, amount: Decimal, currency: str) -> Decimal:
    return forms.money(amount * forms.exchange_rate(view.books, currency), view.books.currency)
