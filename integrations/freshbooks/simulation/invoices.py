"""An invoice as the vendor shows it, with most of the fields nobody asks for."""

from decimal import Decimal
from typing import Any

from integrations.freshbooks.simulation.money import long_money, money, plain
from integrations.freshbooks.simulation.statuses import settled, statuses
from integrations.freshbooks.simulation.times import eastern
from integrations.freshbooks.simulation.view import View, country, state_of
from integrations.simulation.entities import ZERO, Customer, Invoice, Line
from integrations.simulation.odd import laid_over

type Json = dict[str, Any]

HUNDRED = Decimal(100)
THOUSANDTH = Decimal("0.001")
CARD_SHARE, CARD_FEE = Decimal("0.029"), Decimal("0.30")
UNUSED = ("address", "generation_date", "last_order_status", "fulfillment_date", "return_uri", "payment_details")


def render(view: View, invoice: Invoice, include: set[str]) -> Json:
    """Lines only where they were asked for: lists leave them out."""
    found = {
        **_identity(view, invoice),
        **_dates(view, invoice),
        **_amounts(view, invoice),
        **_states(view, invoice),
        **_addressed(view.customer_of(invoice)),
        "notes": invoice.memo,
        "terms": invoice.extra.get("terms"),
        "po_number": invoice.reference or None,
        "description": invoice.lines[0].description if invoice.lines else "",
        "language": "en",
        "template": "clean-grouped",
        "ownerid": 1,
        "sentid": 1,
        "estimateid": 0,
        "parent": 0,
        "basecampid": 0,
        "gmail": False,
        "show_attachments": False,
        "ext_archive": 0,
        "version": eastern(invoice.updated_at),
        **dict.fromkeys(UNUSED),
    }
    if "lines" in include:
        found["lines"] = lines(invoice)
    return laid_over(found, invoice.odd)


def lines(invoice: Invoice) -> list[Json]:
    """Quantities and tax percentages are texts."""
    percent = tax_percent(invoice)
    return [_line(invoice, number, line, percent) for number, line in enumerate(invoice.lines, 1)]


def tax_percent(invoice: Invoice) -> Decimal:
    """What the tax is of the subtotal; remembered where lines were written with it, else worked out."""
    if "tax_percent" in invoice.extra:
        return Decimal(invoice.extra["tax_percent"])
    taxed = invoice.subtotal - invoice.discount
    return (invoice.tax / taxed * HUNDRED).quantize(THOUSANDTH) if invoice.tax and taxed else ZERO


def _line(invoice: Invoice, number: int, line: Line, percent: Decimal) -> Json:
    return {
        "lineid": number,
        "type": 0,
        "name": line.item or line.description,
        "description": line.description if line.item else "",
        "qty": plain(line.quantity),
        "unit_cost": money(line.price, invoice.currency),
        "amount": money(line.amount, invoice.currency),
        "taxName1": "Sales tax" if percent else "",
        "taxAmount1": plain(percent) if percent else "0",
        "taxName2": None,
        "taxAmount2": "0",
        "expenseid": None,
        "updated": eastern(invoice.updated_at),
    }


def _identity(view: View, invoice: Invoice) -> Json:
    return {
        "id": int(invoice.id),
        "invoiceid": int(invoice.id),
        "accounting_systemid": view.books.account,
        "accountid": view.books.account,
        "customerid": int(invoice.customer),
        "invoice_number": invoice.number,
    }


def _dates(view: View, invoice: Invoice) -> Json:
    """Old invoices have no due date of their own: only so many days from the date of issue."""
    offset = invoice.extra.get("due_offset_days")
    if offset is None and invoice.due_on is not None:
        offset = (invoice.due_on - invoice.issued_on).days
    shown = invoice.due_on if not invoice.extra.get("no_due_date") else None
    paid = [one.paid_on for one in view.books.payments_on(invoice)]
    paid += [one.issued_on for one in view.books.credits_on(invoice)]
    return {
        "create_date": invoice.issued_on.isoformat(),
        "due_date": shown.isoformat() if shown else None,
        "due_offset_days": offset,
        "date_paid": max(paid).isoformat() if paid and settled(view, invoice) else None,
        "created_at": eastern(invoice.created_at),
        "updated": eastern(invoice.updated_at),
    }


def _amounts(view: View, invoice: Invoice) -> Json:
    code, owed = invoice.currency, view.owed(invoice)
    paid = invoice.total - owed
    percent = invoice.discount / invoice.subtotal * HUNDRED if invoice.subtotal else ZERO
    return {
        "currency_code": code,
        "amount": money(invoice.total, code),
        "paid": money(paid, code),
        "outstanding": money(owed, code),
        "discount_total": money(-invoice.discount if invoice.discount else ZERO, code),
        "discount_value": plain(percent.quantize(THOUSANDTH)) if percent else "0",
        "discount_description": invoice.extra.get("discount_description"),
        "net_paid_amount": long_money(_net(view, invoice), code) if paid else None,
    }


def _net(view: View, invoice: Invoice) -> Decimal:
    """What is left of card payments after the fee, to a precision nobody needs."""
    net = ZERO
    for one in view.books.payments_on(invoice):
        part = one.applied[invoice.id]
        net += part - part * CARD_SHARE - CARD_FEE if one.method == "card" else part
    return net


def _states(view: View, invoice: Invoice) -> Json:
    found, extra = statuses(view, invoice), invoice.extra
    deposit = extra.get("deposit") or {}
    required = deposit.get("amount")
    return {
        "status": found.status,
        "v3_status": found.v3_status,
        "display_status": found.display_status,
        "payment_status": found.payment_status,
        "dispute_status": extra.get("dispute"),
        "autobill_status": extra.get("autobill"),
        "auto_bill": "autobill" in extra,
        "deposit_status": deposit.get("status", "none"),
        "deposit_amount": money(Decimal(required), invoice.currency) if required else None,
        "deposit_percentage": deposit.get("percentage"),
        "vis_state": state_of(invoice),
    }


def _addressed(customer: Customer) -> Json:
    return {
        "fname": customer.given,
        "lname": customer.family,
        "organization": customer.company,
        "current_organization": customer.company,
        "street": customer.street,
        "street2": "",
        "city": customer.city,
        "province": customer.state,
        "code": customer.zip,
        "country": country(customer.country),
        "vat_name": None,
        "vat_number": "",
    }
