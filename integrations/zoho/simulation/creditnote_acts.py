"""What an app may do with credit notes: make them, open, void, apply and take back. Nothing here is safe to call twice."""

from decimal import Decimal
from typing import Any

from integrations.simulation.call import Answer, Json
from integrations.simulation.entities import ZERO, Credit, Invoice
from integrations.zoho.simulation import forms
from integrations.zoho.simulation import render_money as render
from integrations.zoho.simulation.answers import invalid_value, missing, not_possible, refusal, success
from integrations.zoho.simulation.creditnotes import comment, one_of
from integrations.zoho.simulation.invoice_acts import check_applicable
from integrations.zoho.simulation.view import View
from integrations.zoho.simulation.visit import Form, Visit, checked

CREDIT_NOTE: dict[str, Form] = {
    "customer_id": "id",
    "date": "day",
    "is_draft": "boolean",
    "line_items": "objects",
    "creditnote_number": "text",
    "ignore_auto_number_generation": "boolean",
    "reference_number": "text",
    "notes": "text",
    "terms": "text",
    "currency_id": "id",
    "exchange_rate": "anything",
    "custom_fields": "anything",
    "contact_persons_associated": "anything",
    "is_inclusive_tax": "boolean",
    "template_id": "id",
    "tax_id": "id",
    "location_id": "id",
    **dict.fromkeys(
        (
            *("gst_treatment", "tax_treatment", "is_reverse_charge_applied", "gst_no", "cfdi_usage"),
            *("cfdi_reference_type", "place_of_supply", "tax_authority_id", "tax_exemption_id", "avatax_use_code"),
            *("avatax_exempt_no", "vat_treatment", "avatax_tax_code"),
        ),
        "anything",
    ),
}
LINE: dict[str, Form] = {
    "item_id": "id",
    "name": "text",
    "description": "text",
    "rate": "number",
    "quantity": "number",
    "discount": "number",
    "item_order": "number",
    "unit": "text",
    "account_id": "id",
    "account_name": "text",
    "code": "text",
    "type": "anything",
    "invoice_id": "id",
    "invoice_item_id": "id",
    "tax_id": "anything",
    "product_type": "text",
    "project_id": "id",
    "location_id": "id",
    "serial_numbers": "anything",
}


def create(visit: Visit) -> Answer:
    """POST /creditnotes[?invoice_id=]: numbered by the vendor unless told not to; with an invoice it is applied at once."""
    view = visit.view
    given = visit.body(CREDIT_NOTE, required=("customer_id", "date", "line_items"))
    customer = view.books.customers.get(given["customer_id"])
    if customer is None or customer.deleted:
        raise invalid_value("customer_id")
    lines = [_line(one) for one in given["line_items"]]
    total = forms.money(sum((line["quantity"] * line["rate"] for line in lines), ZERO), customer.currency)
    if total <= 0:
        raise invalid_value("line_items")
    invoice = view.invoice(visit.call.param("invoice_id")) if visit.call.param("invoice_id") else None
    part = ZERO
    if invoice is not None:
        part = min(total, view.books.balance(invoice))
        _check_invoice(view, invoice, customer.id, part)
    facts: dict[str, Any] = {
        "status": "draft" if given.get("is_draft") and invoice is None else "open",
        "issued_on": given["date"],
        "reference": given.get("reference_number", ""),
        "reason": lines[0]["description"] or lines[0]["name"],
        "extra": {"line_items": lines, "notes": given.get("notes", ""), "terms": given.get("terms", "")},
    }
    if number := _number(visit, given):
        facts["number"] = number
    credit = view.books.add_credit(customer.id, total, **facts)
    if invoice is not None:
        view.books.apply_credit(credit.id, invoice.id, part)
    return success("Credit note has been created.", 201, creditnote=render.credit_whole(view, credit))


def open_it(visit: Visit) -> Answer:
    """POST /creditnotes/{creditnote_id}/status/open: a draft or void one counts from now on."""
    credit = one_of(visit)
    if credit.status == "open":
        raise not_possible("The credit note is open already.")
    credit.status = "open"
    visit.books.touch("credit", credit.id)
    return success("The status of the credit note has been changed to open.")


def draft_it(visit: Visit) -> Answer:
    """POST /creditnotes/{creditnote_id}/status/draft: only a void one."""
    credit = one_of(visit)
    if credit.status != "void":
        raise not_possible("Only void credit notes can be converted to draft.")
    credit.status = "draft"
    visit.books.touch("credit", credit.id)
    return success("The credit note has been converted to draft.")


def void(visit: Visit) -> Answer:
    """POST /creditnotes/{creditnote_id}/status/void: not while it is applied to an invoice."""
    credit = _unused(visit)
    visit.books.void_credit(credit.id)
    return success("Credit note has been marked as void.")


def delete(visit: Visit) -> Answer:
    """DELETE /creditnotes/{creditnote_id}"""
    credit = _unused(visit)
    visit.books.void_credit(credit.id, delete=True)
    return success("The credit note has been deleted.")


def apply(visit: Visit) -> Answer:
    """POST /creditnotes/{creditnote_id}/invoices: to all invoices named or to none."""
    credit, view = one_of(visit), visit.view
    given = visit.body({"invoices": "objects"}, required=("invoices",))
    parts: dict[str, Decimal] = {}
    for one in given["invoices"]:
        part = checked(one, {"invoice_id": "id", "amount_applied": "number"}, required=("invoice_id", "amount_applied"))
        parts[part["invoice_id"]] = parts.get(part["invoice_id"], ZERO) + part["amount_applied"]
    if view.credit_status(credit) != "open":
        raise not_possible("Only open credit notes can be applied to invoices.")
    for id, amount in parts.items():
        _check_invoice(view, view.invoice(id), credit.customer, amount)
    if sum(parts.values(), ZERO) > credit.left:
        raise not_possible("The amount applied is more than the balance of the credit note.")
    for id, amount in parts.items():
        view.books.apply_credit(credit.id, id, amount)
    applied = [{"invoice_id": id, "amount_applied": forms.money(part, credit.currency)} for id, part in parts.items()]
    return success("Credits have been applied to the invoice(s).", apply_to_invoices={"invoices": applied})


def take_back(visit: Visit) -> Answer:
    """DELETE /creditnotes/{creditnote_id}/invoices/{creditnote_invoice_id}"""
    credit, view = one_of(visit), visit.view
    for invoice in list(credit.applied):
        if view.id("creditnote_invoice", credit.id, invoice) == visit.ids["creditnote_invoice_id"]:
            view.books.unapply_credit(credit.id, invoice)
            return success("Credits applied to an invoice have been deleted.")
    raise missing("Credit")


def add_comment(visit: Visit) -> Answer:
    """POST /creditnotes/{creditnote_id}/comments"""
    credit = one_of(visit)
    given = visit.body({"description": "text"}, required=("description",))
    found = credit.extra.setdefault("comments", [])
    found.append({"description": given["description"], "at": visit.view.stamp(visit.books.clock.now())})
    visit.books.touch("credit", credit.id)
    return success("Comments added.", 201, comment=comment(visit.view, credit, len(found) - 1))


def _unused(visit: Visit) -> Credit:
    credit = one_of(visit)
    if credit.applied:
        raise not_possible("The credit note has been applied to invoices. Delete the applied credits first.")
    if credit.status == "void":
        raise not_possible("The credit note is void already.")
    return credit


def _check_invoice(view: View, invoice: Invoice, customer: str, amount: Decimal) -> None:
    if invoice.customer != customer:
        raise not_possible("The invoice belongs to another customer.")
    check_applicable(view, invoice, amount)


def _number(visit: Visit, given: Json) -> str:
    """The number asked for; only where the vendor is told not to count by itself."""
    own = visit.flag("ignore_auto_number_generation") or given.get("ignore_auto_number_generation", False)
    number = str(given.get("creditnote_number", ""))
    if own and not number:
        raise invalid_value("creditnote_number")
    if number and not own:
        raise refusal(4097, "Auto number generation is enabled. Pass ignore_auto_number_generation to set a number.")
    if number and any(one.number == number and one.status != "deleted" for one in visit.books.credits.values()):
        raise refusal(1001, f"Credit note number {number} exists already.")
    return number


def _line(given: Json) -> Json:
    line = checked(given, LINE, required=("rate",))
    if line["rate"] < 0 or line.get("quantity", 1) <= 0:
        raise invalid_value("line_items")
    kept = {name: line[name] for name in ("item_id",) if name in line}
    return {
        **kept,
        "name": line.get("name", ""),
        "description": line.get("description", ""),
        "quantity": line.get("quantity", Decimal(1)),
        "rate": line["rate"],
    }
