"""Customer payments read; there is no filter by time of change."""

from integrations.simulation.call import Answer
from integrations.simulation.entities import Payment
from integrations.zoho.simulation import render_money as render
from integrations.zoho.simulation.answers import success
from integrations.zoho.simulation.lists import Facts, Keep, Listing, listed
from integrations.zoho.simulation.render_invoices import mode
from integrations.zoho.simulation.view import View
from integrations.zoho.simulation.visit import Visit


def _by(mode: str) -> Keep:
    return lambda facts: facts["payment_mode"] == mode


LISTING = Listing(
    key="customerpayments",
    report="Payments Received",
    texts={
        "customer_name": "customer_name",
        "reference_number": "reference_number",
        "notes": "description",
        "payment_mode": "payment_mode",
    },
    exact={"customer_id": "customer_id"},
    dates={"date": "date"},
    amounts={"amount": "amount"},
    filters={
        "PaymentMode.All": lambda facts: True,
        "PaymentMode.Check": _by("check"),
        "PaymentMode.Cash": _by("cash"),
        "PaymentMode.BankTransfer": _by("banktransfer"),
        "PaymentMode.CreditCard": _by("creditcard"),
        "PaymentMode.BankRemittance": _by("bankremittance"),
    },
    searched=("customer_name", "reference_number", "payment_number"),
    sorts=("created_time", "date", "customer_name", "amount", "reference_number", "payment_mode"),
)


def facts(view: View, payment: Payment) -> Facts:
    """What the list filters and sorts by."""
    return {
        "customer_id": payment.customer,
        "customer_name": view.books.customers[payment.customer].name,
        "reference_number": payment.reference,
        "description": payment.extra.get("description", ""),
        "payment_mode": mode(payment),
        "payment_number": payment.id,
        "date": payment.paid_on,
        "amount": payment.amount,
        "created_time": payment.created_at,
    }


def index(visit: Visit) -> Answer:
    """GET /customerpayments"""
    view = visit.view
    every = ((facts(view, one), one) for one in view.payments())
    return listed(LISTING, every, lambda one: render.payment_row(view, one), visit.call)


def read(visit: Visit) -> Answer:
    """GET /customerpayments/{payment_id}"""
    return success(payment=render.payment_whole(visit.view, visit.view.payment(visit.ids["payment_id"])))


def refunds(visit: Visit) -> Answer:
    """GET /customerpayments/{customer_payment_id}/refunds"""
    payment = visit.view.payment(visit.ids["customer_payment_id"])
    context = {"page": 1, "per_page": 200, "has_more_page": False}
    return success(payment_refunds=render.refunds(visit.view, payment), page_context=context)
