"""Credit notes read: the list with its filters, one of them, where it was applied, its comments."""

from integrations.simulation.call import Answer, Json
from integrations.simulation.entities import ZERO, Credit
from integrations.zoho.simulation import render_money as render
from integrations.zoho.simulation.answers import success
from integrations.zoho.simulation.lists import Facts, Keep, Listing, listed
from integrations.zoho.simulation.view import View
from integrations.zoho.simulation.visit import Visit


def _is(status: str) -> Keep:
    return lambda facts: facts["status"] == status


LISTING = Listing(
    key="creditnotes",
    report="Credit Notes",
    texts={
        "creditnote_number": "creditnote_number",
        "reference_number": "reference_number",
        "customer_name": "customer_name",
        "item_name": "item_name",
        "item_description": "item_description",
    },
    exact={"customer_id": "customer_id"},
    dates={"date": "date"},
    amounts={"total": "total"},
    ignored=("item_id", "line_item_id", "tax_id"),
    statuses={one: _is(one) for one in ("open", "closed", "draft", "void")},
    filters={
        "Status.All": lambda facts: True,
        "Status.Open": _is("open"),
        "Status.Draft": _is("draft"),
        "Status.Closed": _is("closed"),
        "Status.Void": _is("void"),
    },
    searched=("creditnote_number", "reference_number", "customer_name"),
    sorts=("created_time", "customer_name", "creditnote_number", "date", "total", "balance", "reference_number"),
)


def facts(view: View, credit: Credit) -> Facts:
    """What the list filters and sorts by."""
    lines = credit.extra.get("line_items", [])
    return {
        "customer_id": credit.customer,
        "customer_name": view.books.customers[credit.customer].name,
        "creditnote_number": credit.number,
        "reference_number": credit.reference,
        "item_name": " ".join(line.get("name", "") for line in lines),
        "item_description": " ".join(line.get("description", "") for line in lines) or credit.reason,
        "status": view.credit_status(credit),
        "date": credit.issued_on,
        "total": credit.total,
        "balance": credit.left if credit.status != "void" else ZERO,
        "created_time": credit.created_at,
    }


def index(visit: Visit) -> Answer:
    """GET /creditnotes"""
    view = visit.view
    every = ((facts(view, one), one) for one in view.credits())
    return listed(LISTING, every, lambda one: render.credit_row(view, one), visit.call)


def one_of(visit: Visit) -> Credit:
    """The credit note of the path. Raises the vendor's 1002."""
    return visit.view.credit(visit.ids["creditnote_id"])


def read(visit: Visit) -> Answer:
    """GET /creditnotes/{creditnote_id}"""
    return success(creditnote=render.credit_whole(visit.view, one_of(visit)))


def invoices(visit: Visit) -> Answer:
    """GET /creditnotes/{creditnote_id}/invoices"""
    return success(invoices_credited=render.invoices_credited(visit.view, one_of(visit)))


def comments(visit: Visit) -> Answer:
    """GET /creditnotes/{creditnote_id}/comments"""
    credit = one_of(visit)
    found = credit.extra.get("comments", [])
    return success(comments=[comment(visit.view, credit, number) for number in range(len(found))])


def comment(view: View, credit: Credit, number: int) -> Json:
    """One comment on a credit note."""
    details = credit.extra["comments"][number]
    return {
        "comment_id": view.id("comment", credit.id, number),
        "creditnote_id": credit.id,
        "description": details["description"],
        "commented_by_id": view.id("user", view.organization.user),
        "commented_by": view.organization.contact,
        "comment_type": "internal",
        "date": details["at"][:10],
        "time": details["at"][11:16],
        "operation_type": "Added",
    }
