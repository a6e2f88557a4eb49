"""Invoices read: the list with its filters, one invoice, its payments and credits."""

from integrations.simulation.call import Answer
from integrations.simulation.entities import Invoice
from integrations.zoho.simulation import render_invoices as render
from integrations.zoho.simulation.answers import success
from integrations.zoho.simulation.lists import Facts, Keep, Listing, listed
from integrations.zoho.simulation.view import View
from integrations.zoho.simulation.visit import Visit


def _has(*statuses: str) -> Keep:
    return lambda facts: facts["status"] in statuses


def _unpaid(facts: Facts) -> bool:
    return bool(facts["balance"] > 0) and facts["status"] in ("sent", "viewed", "overdue", "unpaid", "partially_paid")


LISTING = Listing(
    key="invoices",
    report="Invoices",
    texts={
        "invoice_number": "invoice_number",
        "reference_number": "reference_number",
        "customer_name": "customer_name",
        "email": "email",
        "item_name": "item_name",
        "item_description": "item_description",
        "custom_field": "custom_field",
    },
    exact={"customer_id": "customer_id"},
    dates={"date": "date", "due_date": "due_date", "created_date": "created_date"},
    amounts={"total": "total", "balance": "balance"},
    moments={"last_modified_time": "last_modified_time"},
    ignored=("item_id", "recurring_invoice_id", "zcrm_potential_id"),
    statuses={
        **{one: _has(one) for one in ("sent", "draft", "overdue", "paid", "void", "partially_paid", "viewed")},
        "unpaid": _unpaid,
    },
    filters={
        "Status.All": lambda facts: True,
        "Status.Sent": _has("sent"),
        "Status.Draft": _has("draft"),
        "Status.OverDue": _has("overdue"),
        "Status.Paid": _has("paid"),
        "Status.Void": _has("void"),
        "Status.Unpaid": _unpaid,
        "Status.PartiallyPaid": _has("partially_paid"),
        "Status.Viewed": _has("viewed"),
        "Status.PendingApproval": _has("pending_approval"),
        "Status.Approved": _has("approved"),
        "Status.Rejected": _has("rejected"),
        "Date.PaymentExpectedDate": lambda facts: facts["payment_expected_date"] != "",
    },
    searched=("invoice_number", "reference_number", "customer_name"),
    sorts=("created_time", "customer_name", "invoice_number", "date", "due_date", "total", "balance"),
    counted=True,
)


def facts(view: View, invoice: Invoice) -> Facts:
    """What the list filters and sorts by."""
    customer = view.books.customers[invoice.customer]
    return {
        "customer_id": invoice.customer,
        "customer_name": customer.name,
        "email": customer.email,
        "invoice_number": invoice.number,
        "reference_number": invoice.reference,
        "item_name": " ".join(line.item for line in invoice.lines),
        "item_description": " ".join(line.description for line in invoice.lines),
        "custom_field": " ".join(render.custom_values(invoice).values()).strip(),
        "status": view.status(invoice),
        "date": invoice.issued_on,
        "due_date": invoice.due_on,
        "created_date": invoice.created_at.astimezone(view.books.zone).date(),
        "total": invoice.total,
        "balance": view.books.balance(invoice),
        "payment_expected_date": invoice.extra.get("payment_expected_date", ""),
        "created_time": invoice.created_at,
        "last_modified_time": invoice.updated_at,
    }


def index(visit: Visit) -> Answer:
    """GET /invoices"""
    view = visit.view
    every = ((facts(view, one), one) for one in view.invoices())
    return listed(LISTING, every, lambda one: render.row(view, one), visit.call)


def read(visit: Visit) -> Answer:
    """GET /invoices/{invoice_id}"""
    return success(invoice=render.whole(visit.view, visit.view.invoice(visit.ids["invoice_id"])))


def payments(visit: Visit) -> Answer:
    """GET /invoices/{invoice_id}/payments"""
    view = visit.view
    invoice = view.invoice(visit.ids["invoice_id"])
    paid = [one for one in view.books.payments_on(invoice) if one.applied[invoice.id] > 0]
    return success(payments=[render.payment_on(view, invoice, one) for one in paid])


def credits_applied(visit: Visit) -> Answer:
    """GET /invoices/{invoice_id}/creditsapplied"""
    view = visit.view
    invoice = view.invoice(visit.ids["invoice_id"])
    return success(credits=[render.credit_on(view, invoice, one) for one in view.books.credits_on(invoice)])
