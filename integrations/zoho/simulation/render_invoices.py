"""Invoices in the vendor's fields: rows of a list, the whole of one, what was paid and credited on it."""

from decimal import Decimal

from integrations.simulation.call import Json
from integrations.simulation.entities import ZERO, Credit, Invoice, Payment
from integrations.simulation.odd import laid_over
from integrations.zoho.simulation import forms
from integrations.zoho.simulation.render_contacts import address, contact_persons
from integrations.zoho.simulation.view import CUSTOM_FIELDS, View

MODES = {"check": "check", "card": "creditcard", "ach": "banktransfer", "transfer": "bankremittance", "cash": "cash"}


def row(view: View, invoice: Invoice) -> Json:
    """An invoice in a list."""
    return laid_over(_row(view, invoice), invoice.odd)


def _row(view: View, invoice: Invoice) -> Json:
    books, currency = view.books, invoice.currency
    customer = books.customers[invoice.customer]
    status = view.status(invoice)
    payments = list(books.payments_on(invoice))
    last_paid = max((one.paid_on for one in payments), default=None)
    values = custom_values(invoice)
    return {
        "invoice_id": invoice.id,
        "customer_id": invoice.customer,
        "customer_name": customer.name,
        "company_name": customer.company,
        "status": status,
        "current_sub_status": invoice.extra.get("sub_status") or status,
        "current_sub_status_id": "",
        "invoice_number": invoice.number,
        "reference_number": invoice.reference,
        "date": forms.day(invoice.issued_on),
        "due_date": forms.day(invoice.due_on),
        "due_days": _due_days(view, invoice, status),
        "currency_id": view.id("currency", currency),
        "currency_code": currency,
        "currency_symbol": forms.SYMBOLS.get(currency, currency),
        "exchange_rate": forms.exchange_rate(books, currency),
        "total": forms.money(invoice.total, currency),
        "balance": forms.money(books.balance(invoice), currency),
        "write_off_amount": forms.money(invoice.written_off, currency),
        "is_emailed": invoice.sent and invoice.status != "draft",
        "is_viewed_by_client": invoice.viewed,
        "reminders_sent": int(invoice.extra.get("reminders_sent", 0)),
        "last_reminder_sent_date": "",
        "payment_expected_date": invoice.extra.get("payment_expected_date", ""),
        "last_payment_date": forms.day(last_paid),
        "email": customer.email,
        "phone": customer.phones.get("work", ""),
        "salesperson_id": "",
        "salesperson_name": "",
        "created_time": view.stamp(invoice.created_at),
        "last_modified_time": view.stamp(invoice.updated_at),
        "custom_fields": [
            _custom_field(view, label, name, values[name]) for label, name in CUSTOM_FIELDS if values[name]
        ],
        "custom_field_hash": {name: value for name, value in values.items() if value},
    }


def whole(view: View, invoice: Invoice) -> Json:
    """An invoice read by itself."""
    books, currency = view.books, invoice.currency
    customer = books.customers[invoice.customer]
    persons = contact_persons(view, customer)
    reported = persons[:1]
    added = {
        "line_items": [_line(view, invoice, number) for number in range(len(invoice.lines))],
        "sub_total": forms.money(invoice.subtotal, currency),
        "tax_total": forms.money(invoice.tax, currency),
        "taxes": _taxes(view, invoice),
        "discount": forms.money(invoice.discount, currency),
        "discount_type": "entity_level",
        "is_discount_before_tax": False,
        "is_inclusive_tax": False,
        "shipping_charge": forms.money(ZERO, currency),
        "adjustment": forms.money(ZERO, currency),
        "adjustment_description": "",
        "payment_made": forms.money(books.paid(invoice), currency),
        "credits_applied": forms.money(books.credited(invoice), currency),
        "tax_amount_withheld": forms.money(ZERO, currency),
        "price_precision": forms.precision(currency),
        "payment_terms": customer.terms_days,
        "payment_terms_label": f"Net {customer.terms_days}" if customer.terms_days else "Due on Receipt",
        "payment_reminder_enabled": invoice.reminders_on,
        "allow_partial_payments": True,
        "contact_persons": [one["contact_person_id"] for one in reported],
        "contact_persons_details": reported,
        "billing_address": address(customer),
        "shipping_address": address(customer),
        "estimate_id": "",
        "salesorder_number": invoice.estimate,
        "notes": invoice.memo,
        "terms": "",
        "template_name": "Standard Template",
        "attachment_name": "",
        "invoice_url": f"https://zohosecurepay.example/books/{books.account}/secure?CInvoiceID={invoice.id}",
    }
    return laid_over({**_row(view, invoice), **added}, invoice.odd)


def payment_on(view: View, invoice: Invoice, payment: Payment) -> Json:
    """A payment as the invoice's own list shows it: the amount is what went to this invoice."""
    return {
        "payment_id": payment.id,
        "payment_number": payment_number(payment),
        "invoice_id": invoice.id,
        "invoice_payment_id": view.id("invoice_payment", payment.id, invoice.id),
        "payment_mode": mode(payment),
        "description": payment.extra.get("description", ""),
        "date": forms.day(payment.paid_on),
        "reference_number": payment.reference,
        "exchange_rate": forms.exchange_rate(view.books, payment.currency),
        "amount": forms.money(payment.applied[invoice.id], payment.currency),
        "tax_amount_withheld": forms.money(ZERO, payment.currency),
        "online_transaction_id": "",
        "is_single_invoice_payment": len(payment.applied) == 1,
    }


def credit_on(view: View, invoice: Invoice, credit: Credit) -> Json:
    """A credit note as the invoice it was applied to shows it."""
    return {
        "creditnotes_invoice_id": view.id("creditnote_invoice", credit.id, invoice.id),
        "creditnote_id": credit.id,
        "creditnotes_number": credit.number,
        "credited_date": forms.day(credit.issued_on),
        "amount_applied": forms.money(credit.applied[invoice.id], credit.currency),
    }


def mode(payment: Payment) -> str:
    """The vendor's word for how it was paid."""
    return MODES.get(payment.method, "others")


def payment_number(payment: Payment) -> str:
    """Counted by organization."""
    return str(int(payment.id[-7:])) if payment.id[-7:].isdecimal() else payment.id


def custom_values(invoice: Invoice) -> dict[str, str]:
    """Every custom field of the organization with this invoice's value."""
    given: dict[str, str] = invoice.extra.get("custom_fields", {})
    return {name: given.get(name, "") for _, name in CUSTOM_FIELDS}


def custom_field_id(view: View, name: str) -> str:
    """Organizations define their fields themselves, so each has its own ids."""
    return view.id("customfield", name)


def _custom_field(view: View, label: str, name: str, value: str) -> Json:
    return {
        "customfield_id": custom_field_id(view, name),
        "label": label,
        "api_name": name,
        "placeholder": name,
        "data_type": "string",
        "is_active": True,
        "show_on_pdf": False,
        "value": value,
        "value_formatted": value,
    }


def _due_days(view: View, invoice: Invoice, status: str) -> str:
    if invoice.due_on is None or invoice.status != "open" or status == "paid":
        return ""
    days = (invoice.due_on - view.today).days
    if days == 0:
        return "Due Today"
    words = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f"Due in {words}" if days > 0 else f"Overdue by {words}"


def _line(view: View, invoice: Invoice, number: int) -> Json:
    line = invoice.lines[number]
    return {
        "line_item_id": view.id("line_item", invoice.id, number),
        "item_id": view.id("item", line.item) if line.item else "",
        "item_order": number + 1,
        "name": line.item,
        "description": line.description,
        "quantity": line.quantity.quantize(Decimal("0.01")),
        "unit": "",
        "rate": forms.money(line.price, invoice.currency),
        "discount": forms.money(ZERO, invoice.currency),
        "tax_id": view.id("tax", "sales") if invoice.tax else "",
        "tax_name": "Sales Tax" if invoice.tax else "",
        "tax_type": "tax" if invoice.tax else "",
        "tax_percentage": _percentage(invoice),
        "item_total": forms.money(line.amount, invoice.currency),
    }


def _taxes(view: View, invoice: Invoice) -> list[Json]:
    if not invoice.tax:
        return []
    name = f"Sales Tax ({_percentage(invoice)}%)"
    return [
        {"tax_id": view.id("tax", "sales"), "tax_name": name, "tax_amount": forms.money(invoice.tax, invoice.currency)}
    ]


def _percentage(invoice: Invoice) -> Decimal:
    if not invoice.tax or not invoice.subtotal:
        return Decimal(0)
    return (invoice.tax * 100 / invoice.subtotal).quantize(Decimal("0.001"))
