"""What an app may do to an invoice: comment, stop reminders, write off, void, use credits, fill custom fields."""

from collections.abc import Callable
from decimal import Decimal

from integrations.simulation.books import NotThere
from integrations.simulation.call import Answer, Json
from integrations.simulation.entities import ZERO, Credit, Invoice, Payment
from integrations.zoho.simulation import forms
from integrations.zoho.simulation.answers import invalid_value, missing, not_possible, success
from integrations.zoho.simulation.render_invoices import custom_field_id, custom_values
from integrations.zoho.simulation.view import CUSTOM_FIELDS, View
from integrations.zoho.simulation.visit import Visit, Work, checked


def _invoice(visit: Visit) -> Invoice:
    return visit.view.invoice(visit.ids["invoice_id"])


def comments(visit: Visit) -> Answer:
    """GET /invoices/{invoice_id}/comments"""
    invoice = _invoice(visit)
    return success(comments=[comment(visit.view, invoice, number) for number in range(len(invoice.comments))])


def add_comment(visit: Visit) -> Answer:
    """POST /invoices/{invoice_id}/comments: the customer sees it only where show_comment_to_clients is true."""
    invoice = _invoice(visit)
    fields = {"description": "text", "payment_expected_date": "day", "show_comment_to_clients": "boolean"}
    given = visit.body(fields, required=("description",))  # type: ignore[arg-type]
    details = invoice.extra.setdefault("comments", {})
    details[str(len(invoice.comments))] = {
        "shown": given.get("show_comment_to_clients", False),
        "at": visit.view.stamp(visit.books.clock.now()),
    }
    if expected := given.get("payment_expected_date"):
        invoice.extra["payment_expected_date"] = expected.isoformat()
    visit.books.comment(invoice.id, given["description"])
    return success("Comments added.", 201, comment=comment(visit.view, invoice, len(invoice.comments) - 1))


def comment(view: View, invoice: Invoice, number: int) -> Json:
    """One comment; those the staff wrote by themselves are dated like the invoice's last change."""
    details = invoice.extra.get("comments", {}).get(str(number), {})
    at = details.get("at") or view.stamp(invoice.updated_at)
    return {
        "comment_id": view.id("comment", invoice.id, number),
        "invoice_id": invoice.id,
        "description": invoice.comments[number],
        "commented_by_id": view.id("user", view.organization.user),
        "commented_by": view.organization.contact,
        "comment_type": "client" if details.get("shown") else "internal",
        "show_comment_to_clients": bool(details.get("shown")),
        "date": at[:10],
        "time": at[11:16],
        "operation_type": "Added",
        "transaction_id": "",
        "transaction_type": "invoice",
    }


def reminders(*, on: bool) -> Work:
    """POST /invoices/{invoice_id}/paymentreminder/enable and /disable"""

    def work(visit: Visit) -> Answer:
        invoice = _invoice(visit)
        if invoice.status in ("draft", "void"):
            raise not_possible("Reminders can be changed only for invoices that have been sent.")
        visit.books.change_invoice(invoice.id, reminders_on=on)
        return success("Reminders enabled." if on else "Reminders stopped.")

    return work


def write_off(visit: Visit) -> Answer:
    """POST /invoices/{invoice_id}/writeoff: the whole balance, whatever it is."""
    invoice = _invoice(visit)
    visit.books.write_off(invoice.id)
    return success("Invoice has been written off.")


def cancel_write_off(visit: Visit) -> Answer:
    """POST /invoices/{invoice_id}/writeoff/cancel"""
    invoice = _invoice(visit)
    if not invoice.written_off:
        raise not_possible("This invoice has not been written off.")
    visit.books.cancel_write_off(invoice.id)
    return success("The writeoff done for this invoice has been cancelled.")


def void(visit: Visit) -> Answer:
    """POST /invoices/{invoice_id}/status/void: not while money or credit is applied to it."""
    invoice = _invoice(visit)
    visit.books.void_invoice(invoice.id)
    return success("Invoice status has been changed to Void.")


def sent(visit: Visit) -> Answer:
    """POST /invoices/{invoice_id}/status/sent: a draft goes out; one that waits for approval does not."""
    invoice = _invoice(visit)
    if invoice.status != "draft" or invoice.extra.get("approval", "approved") != "approved":
        raise not_possible("Only draft or approved invoices can be marked as sent.")
    invoice.extra.pop("approval", None)
    visit.books.change_invoice(invoice.id, status="open", sent=True)
    return success("Invoice status has been changed to Sent.")


def approval(*, before: str, after: str, message: str) -> Work:
    """One step of the approval workflow; approving does not send."""

    def work(visit: Visit) -> Answer:
        invoice = _invoice(visit)
        if visit.view.status(invoice) != before:
            raise not_possible(f"Only invoices in the status {before} can be changed this way.")
        invoice.extra["approval"] = after
        visit.books.touch("invoice", invoice.id)
        return success(message)

    return work


submit = approval(before="draft", after="pending_approval", message="Invoice has been submitted for approval.")
"""POST /invoices/{invoice_id}/submit"""
approve = approval(before="pending_approval", after="approved", message="Invoice has been approved.")
"""POST /invoices/{invoice_id}/approve"""


def use_credits(visit: Visit) -> Answer:
    """POST /invoices/{invoice_id}/credits: credit notes and unused payments of the customer, all of them or none."""
    invoice, view = _invoice(visit), visit.view
    given = visit.body({"invoice_payments": "objects", "apply_creditnotes": "objects"})
    payments = _parts(given.get("invoice_payments", []), "payment_id", view.payment)
    credits = _parts(given.get("apply_creditnotes", []), "creditnote_id", view.credit)
    if not payments and not credits:
        raise invalid_value("apply_creditnotes")
    check_applicable(view, invoice, sum((amount for _, amount in (*payments, *credits)), ZERO))
    sources: list[tuple[Payment | Credit, Decimal]] = [*payments, *credits]
    for source, amount in sources:
        left = source.left if isinstance(source, Credit) else source.unapplied
        if source.customer != invoice.customer:
            raise not_possible("The credits belong to another customer.")
        if amount > left:
            raise not_possible("The amount applied is more than the credits available.")
    for payment, amount in payments:
        visit.books.apply_payment(payment.id, invoice.id, amount)
    for credit, amount in credits:
        visit.books.apply_credit(credit.id, invoice.id, amount)
    used = {
        "invoice_payments": [
            {
                "invoice_payment_id": view.id("invoice_payment", one.id, invoice.id),
                "payment_id": one.id,
                "amount_applied": part,
            }
            for one, part in payments
        ],
        "apply_creditnotes": [
            {
                "creditnotes_invoice_id": view.id("creditnote_invoice", one.id, invoice.id),
                "creditnote_id": one.id,
                "amount_applied": part,
            }
            for one, part in credits
        ],
    }
    return success("Credits have been applied to the invoice.", use_credits=used)


def check_applicable(view: View, invoice: Invoice, amount: Decimal) -> None:
    """Whether so much can be set against this invoice now."""
    if invoice.status != "open":
        raise not_possible("Credits can be applied only to invoices that have been sent.")
    if amount <= 0 or amount > view.books.balance(invoice):
        raise not_possible("The amount applied is more than the balance of the invoice.")
    if amount != forms.money(amount, invoice.currency):
        raise invalid_value("amount_applied")


def remove_credit(visit: Visit) -> Answer:
    """DELETE /invoices/{invoice_id}/creditsapplied/{creditnotes_invoice_id}"""
    invoice, view = _invoice(visit), visit.view
    for credit in list(view.books.credits_on(invoice)):
        if view.id("creditnote_invoice", credit.id, invoice.id) == visit.ids["creditnotes_invoice_id"]:
            visit.books.unapply_credit(credit.id, invoice.id)
            return success("Credits applied to an invoice have been deleted.")
    raise missing("Credit")


def set_custom_fields(visit: Visit) -> Answer:
    """PUT /invoice/{invoice_id}/customfields: a bare list; fields not named keep their values."""
    invoice, view = _invoice(visit), visit.view
    given = visit.json()
    if not isinstance(given, list) or not given:
        raise invalid_value("customfields")
    names = {custom_field_id(view, name): name for _, name in CUSTOM_FIELDS}
    values = dict(custom_values(invoice))
    for one in given:
        found = checked(one, {"customfield_id": "id", "value": "text"}, required=("customfield_id",))
        if found["customfield_id"] not in names:
            raise invalid_value("customfield_id")
        values[names[found["customfield_id"]]] = found.get("value", "")
    invoice.extra["custom_fields"] = values
    visit.books.touch("invoice", invoice.id)
    return success("Custom Fields Updated Successfully")


def _parts[T: (Payment, Credit)](given: list[Json], key: str, find: Callable[[str], T]) -> list[tuple[T, Decimal]]:
    found = []
    for one in given:
        part = checked(one, {key: "id", "amount_applied": "number"}, required=(key, "amount_applied"))
        try:
            found.append((find(part[key]), part["amount_applied"]))
        except NotThere:
            raise invalid_value(key) from None
    return found
