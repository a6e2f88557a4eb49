"""Invoices as Square shows them."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from integrations.simulation.books import NotThere
from integrations.simulation.entities import Invoice
from integrations.simulation.odd import laid_over
from integrations.square.simulation.people_shape import phone, recipient_shape
from integrations.square.simulation.schedule import Request, next_due, schedule
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.values import Json, moment, money, present, uid, whole_stamp

METHODS = {
    "card": True,
    "square_gift_card": False,
    "bank_account": True,
    "buy_now_pay_later": False,
    "cash_app_pay": False,
}
REMINDER_DAYS = (-1, 3, 10)


def invoice_shape(books: SquareBooks, invoice: Invoice, pay_pages: str) -> Json:
    """An invoice; `pay_pages` is where its public link leads."""
    status, extra, currency = books.status_of(invoice), invoice.extra, invoice.currency
    requests, place = schedule(books, invoice), books.location_of(invoice)
    due = next_due(requests, books.today_at(place))
    published = status != "DRAFT"
    return laid_over(
        present(
            {
                "id": invoice.id,
                "version": invoice.version - 1,
                "location_id": place.id,
                "order_id": books.order_of(invoice),
                "primary_recipient": _recipient(books, invoice),
                "payment_requests": [_request_shape(books, invoice, one, status) for one in requests],
                "delivery_method": delivery(books, invoice),
                "invoice_number": invoice.number,
                "title": extra.get("title", invoice.lines[0].description[:255] if invoice.lines else ""),
                "description": invoice.memo,
                "scheduled_at": whole_stamp(moment(extra["scheduled_at"])) if extra.get("scheduled_at") else None,
                "public_url": f"{pay_pages}/{quote(invoice.id, safe=':')}" if published else None,
                "next_payment_amount_money": money(due, currency) if status in OPEN and due else None,
                "status": status,
                "timezone": place.zone,
                "created_at": whole_stamp(invoice.created_at),
                "updated_at": whole_stamp(invoice.updated_at),
                "accepted_payment_methods": extra.get("methods", METHODS),
                "custom_fields": extra.get("custom_fields", _reference(invoice)),
                "sale_or_service_date": extra.get("sale_date", invoice.issued_on.isoformat()),
                "store_payment_method_enabled": extra.get("store_method", False),
            }
        ),
        {name: value for name, value in invoice.odd.items() if name != "__order__"},
    )


OPEN = ("UNPAID", "PARTIALLY_PAID", "SCHEDULED", "DRAFT")


def delivery(books: SquareBooks, invoice: Invoice) -> str:
    """How it goes out."""
    if known := invoice.extra.get("delivery"):
        return str(known)
    customer = books.customers.get(invoice.customer)
    if customer is not None and customer.email:
        return "EMAIL"
    return "SMS" if customer is not None and phone(customer) else "SHARE_MANUALLY"


def _recipient(books: SquareBooks, invoice: Invoice) -> Json | None:
    try:
        return recipient_shape(books.customer(invoice.customer))
    except NotThere:
        return None


def _reference(invoice: Invoice) -> list[Json]:
    if not invoice.reference:
        return []
    return [{"label": "Reference", "value": invoice.reference, "placement": "ABOVE_LINE_ITEMS"}]


def _request_shape(books: SquareBooks, invoice: Invoice, request: Request, status: str) -> Json:
    plan, currency = request.plan, invoice.currency
    fixed = plan.get("fixed")
    return present(
        {
            "uid": request.uid,
            "request_type": request.type,
            "due_date": request.due_on.isoformat(),
            "fixed_amount_requested_money": money(request.computed, currency) if fixed is not None else None,
            "percentage_requested": plan.get("percentage"),
            "tipping_enabled": plan.get("tipping", False),
            "automatic_payment_source": plan.get("auto", "NONE"),
            "card_id": plan.get("card_id"),
            "reminders": [_reminder(books, invoice, request, one, status) for one in reminders(invoice, plan)],
            "computed_amount_money": money(request.computed, currency),
            "total_completed_amount_money": money(request.completed, currency),
        }
    )


def reminders(invoice: Invoice, plan: dict[str, Any]) -> list[dict[str, Any]]:
    """What Square itself will send to the customer."""
    if "reminders" in plan:
        return list(plan["reminders"]) if invoice.reminders_on else []
    if not invoice.reminders_on or plan["type"] != "BALANCE":
        return []
    return [{"uid": uid("reminder", days, invoice.id), "days": days} for days in REMINDER_DAYS]


def _reminder(books: SquareBooks, invoice: Invoice, request: Request, one: dict[str, Any], status: str) -> Json:
    on = request.due_on + timedelta(days=one["days"])
    published = invoice.extra.get("published_at")
    state, sent_at = "PENDING", None
    if status in ("CANCELED", "FAILED") or (published and on < moment(published).date()):
        state = "NOT_APPLICABLE"
    elif status != "DRAFT" and on <= books.today_at(books.location_of(invoice)):
        state, sent_at = "SENT", f"{on.isoformat()}T16:00:00Z"
    elif not request.open:
        state = "NOT_APPLICABLE"
    return present(
        {
            "uid": one["uid"],
            "relative_scheduled_days": one["days"],
            "message": one.get("message"),
            "status": state,
            "sent_at": sent_at,
        }
    )
