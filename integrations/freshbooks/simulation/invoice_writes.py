"""PUT of an invoice. Only the first of three kinds is done at a time: vis_state, then actions, then fields.

Whatever belongs to a later kind is thrown away without a word, as the vendor does.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from integrations.freshbooks.simulation import bodies
from integrations.freshbooks.simulation.bodies import Priced, read_fields
from integrations.freshbooks.simulation.errors import invalid, missing
from integrations.freshbooks.simulation.money import CENT, Json
from integrations.freshbooks.simulation.view import ARCHIVED, DELETED, View, state_of
from integrations.simulation.entities import ZERO, Invoice

OBJECT = "invoice"
FIELDS: dict[str, bodies.Check] = {
    "notes": bodies.text,
    "terms": bodies.text,
    "po_number": bodies.text,
    "invoice_number": bodies.text,
    "create_date": bodies.day,
    "due_offset_days": bodies.whole,
    "discount_value": bodies.percent,
    "discount_description": bodies.text,
    "lines": bodies.priced,
}
ONLY_AT_CREATION = ("status", "v3_status", "display_status", "payment_status", "dispute_status", "customerid")
CALCULATED = ("id", "invoiceid", "amount", "paid", "outstanding", "due_date", "date_paid", "discount_total", "updated")
MAIL_FIELDS: dict[str, bodies.Check] = {
    "action_email": bodies.flag,
    "action_mark_as_sent": bodies.flag,
    "email_recipients": bodies.addresses,
    "email_subject": bodies.text,
    "email_body": bodies.text,
    "email_include_pdf": bodies.flag,
}


def update(view: View, invoice: Invoice, given: Json) -> Invoice:
    """The invoice as it is afterwards. Raises Refused or NotPossible, and then nothing changed."""
    if "vis_state" in given:
        return _move(view, invoice, bodies.whole(OBJECT, "vis_state", given["vis_state"]))
    if any(name.startswith("action_") for name in given):
        return _act(
            view,
            invoice,
            {name: value for name, value in given.items() if name in MAIL_FIELDS or name.startswith("action_")},
        )
    for name in (*ONLY_AT_CREATION, *CALCULATED):
        if name in given:
            why = "Value can be set only at creation." if name in ONLY_AT_CREATION else "Value is calculated."
            raise invalid(OBJECT, name, given[name], why)
    changes = _changes(invoice, read_fields(OBJECT, given, FIELDS))
    return view.books.change_invoice(invoice.id, **changes)


def _move(view: View, invoice: Invoice, state: int) -> Invoice:
    """Delete, archive or bring back."""
    if state not in (0, DELETED, ARCHIVED):
        raise invalid(OBJECT, "vis_state", state, "Value must be 0, 1 or 2.")
    books = view.books
    if state == DELETED:
        return invoice if state_of(invoice) == DELETED else books.delete_invoice(invoice.id)
    if state_of(invoice) == DELETED:
        invoice.status = "open"
    extra = {name: value for name, value in invoice.extra.items() if name != "archived"}
    return books.change_invoice(invoice.id, extra={**extra, "archived": True} if state == ARCHIVED else extra)


def _act(view: View, invoice: Invoice, given: Json) -> Invoice:
    wanted = read_fields(OBJECT, given, MAIL_FIELDS)
    if not (wanted.get("action_email") or wanted.get("action_mark_as_sent")):
        raise invalid(OBJECT, next(iter(given)), False, "Value must be true.")
    changes: Json = {"sent": True, "status": "open"}
    if wanted.get("action_email"):
        if not wanted.get("email_recipients"):
            raise missing(OBJECT, "email_recipients")
        mail = {"to": wanted["email_recipients"], "subject": wanted.get("email_subject") or ""}
        changes["extra"] = {**invoice.extra, "emails": [*invoice.extra.get("emails", []), mail]}
    changed = view.books.change_invoice(invoice.id, **changes)
    if wanted.get("action_email"):
        view.announce("invoice", invoice.id, "sendByEmail")
    return changed


def _changes(invoice: Invoice, wanted: Json) -> Json:
    """The changes in the words of the books; all of them follow from the fields given."""
    changes: Json = {}
    extra = dict(invoice.extra)
    for ours, theirs in (("memo", "notes"), ("reference", "po_number")):
        if theirs in wanted:
            changes[ours] = wanted[theirs] or ""
    for name in ("terms", "discount_description"):
        if name in wanted:
            extra[name] = wanted[name]
    if wanted.get("invoice_number"):
        changes["number"] = wanted["invoice_number"]
    if wanted.get("create_date"):
        changes["issued_on"] = wanted["create_date"]
    if wanted.get("due_offset_days") is not None:
        issued = changes.get("issued_on", invoice.issued_on)
        changes["due_on"] = issued + timedelta(days=wanted["due_offset_days"])
        extra.pop("due_offset_days", None)
        extra.pop("no_due_date", None)
    if "lines" in wanted or "discount_value" in wanted:
        changes |= _sums(invoice, wanted.get("lines"), wanted.get("discount_value"), extra)
    return {**changes, "extra": extra}


def _sums(invoice: Invoice, lines: Priced | None, percent: Decimal | None, extra: Json) -> Json:
    """New lines carry their own tax; a discount is a share of them, and stays the same share."""
    before = invoice.subtotal
    share = percent / 100 if percent is not None else (invoice.discount / before if before else ZERO)
    if lines is None:
        return {"discount": (before * share).quantize(CENT)}
    extra.pop("tax_percent", None)
    if lines.percent is not None:
        extra["tax_percent"] = str(lines.percent)
    subtotal = replace(invoice, lines=lines.lines).subtotal
    discount = (subtotal * share).quantize(CENT)
    tax = lines.tax * (1 - share) if share else lines.tax
    return {"lines": lines.lines, "tax": Decimal(tax).quantize(CENT), "discount": discount}
