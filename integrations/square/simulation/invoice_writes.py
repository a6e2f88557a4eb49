"""Writing invoices: a draft from an order, published, updated, canceled; drafts deleted. Never paid."""

from datetime import date
from typing import Any

from integrations.simulation.call import Answer, Call, json_answer
from integrations.simulation.entities import Invoice, Line
from integrations.square.simulation import bodies, invoice_bodies
from integrations.square.simulation.errors import bad, not_found
from integrations.square.simulation.gate import check_object_version, once
from integrations.square.simulation.invoice_shape import invoice_shape
from integrations.square.simulation.invoices import answer, found_invoice
from integrations.square.simulation.schedule import plans, schedule, with_uids
from integrations.square.simulation.selling import CLOSED, SquareBooks
from integrations.square.simulation.values import Json, day, moment
from integrations.square.simulation.world import SquareWorld

UPDATABLE = ("DRAFT", "SCHEDULED", "UNPAID", "PARTIALLY_PAID")
KEPT_AS = {
    "title": "title",
    "scheduled_at": "scheduled_at",
    "custom_fields": "custom_fields",
    "sale_or_service_date": "sale_date",
    "delivery_method": "delivery",
}
"""What can be cleared, by the name it is kept under."""


def create(world: SquareWorld, call: Call) -> Answer:
    """POST /v2/invoices: a draft for an order that is OPEN and has no invoice yet."""
    body = bodies.body(call, ("invoice", "idempotency_key"), required=("invoice",))
    return once(world, call, body, lambda: _shown(world, world.seller(call), _created(world, call, body["invoice"])))


def publish(world: SquareWorld, call: Call) -> Answer:
    """POST /v2/invoices/{id}/publish."""
    body = bodies.body(call, ("version", "idempotency_key"), required=("version",))

    def work() -> Json:
        books, invoice = world.seller(call), found_invoice(world, call)
        check_object_version(world, bodies.integer(body, "version"), invoice.version - 1)
        if invoice.status != "draft":
            raise bad("BAD_REQUEST", f"Invoice in status {books.status_of(invoice)} cannot be published.")
        if invoice.total <= 0:
            raise bad("BAD_REQUEST", "An invoice without an amount cannot be published.")
        if any(one.due_on < books.today_at(books.location_of(invoice)) for one in schedule(books, invoice)):
            raise bad("INVALID_VALUE", "The due date must not be in the past.", field="payment_requests.due_date")
        if invoice.extra.get("delivery") == "EMAIL" and not books.customer(invoice.customer).email:
            raise bad("CUSTOMER_MISSING_EMAIL", "The recipient has no e-mail address.", field="primary_recipient")
        return _shown(world, books, books.publish_invoice(invoice.id))

    return once(world, call, body, work)


def update(world: SquareWorld, call: Call) -> Answer:
    """PUT /v2/invoices/{id}: sparse, with the version; order, location and recipient stay."""
    body = bodies.body(call, ("invoice", "idempotency_key", "fields_to_clear"), required=("invoice",))

    def work() -> Json:
        books, invoice = world.seller(call), found_invoice(world, call)
        return _shown(world, books, _updated(world, books, invoice, body))

    return once(world, call, body, work)


def cancel(world: SquareWorld, call: Call) -> Answer:
    """POST /v2/invoices/{id}/cancel."""
    body = bodies.body(call, ("version",), required=("version",))
    books, invoice = world.seller(call), found_invoice(world, call)
    check_object_version(world, bodies.integer(body, "version"), invoice.version - 1)
    status = books.status_of(invoice)
    if status == "DRAFT" or status in CLOSED:
        raise bad("BAD_REQUEST", f"Invoice in status {status} cannot be canceled.")
    books.void_invoice(invoice.id)
    return answer(world, books, invoice)


def delete(world: SquareWorld, call: Call) -> Answer:
    """DELETE /v2/invoices/{id}: drafts alone; the order is canceled with it."""
    found = bodies.query(call, ("version",))
    books, invoice = world.seller(call), found_invoice(world, call)
    if "version" in found:
        if not found["version"].isdigit():
            raise bad("EXPECTED_INTEGER", "Expected an integer value.", field="version")
        check_object_version(world, int(found["version"]), invoice.version - 1)
    if invoice.status != "draft":
        raise bad("BAD_REQUEST", f"Invoice in status {books.status_of(invoice)} cannot be deleted.")
    books.delete_invoice(invoice.id)
    return json_answer({})


def _shown(world: SquareWorld, books: SquareBooks, invoice: Invoice) -> Json:
    return {"invoice": invoice_shape(books, invoice, world.pay_pages())}


def _created(world: SquareWorld, call: Call, value: Any) -> Invoice:
    required = ("order_id", "payment_requests", "accepted_payment_methods", "delivery_method", "primary_recipient")
    found = bodies.fields(value, "invoice", invoice_bodies.INVOICE_FIELDS, required=required)
    books, orders = world.seller(call), world.orders(call.account)
    order = orders.get(bodies.text(found, "order_id", "invoice"))
    if order is None:
        if any(books.order_of(one) == found["order_id"] for one in books.invoices.values()):
            raise bad("INVALID_VALUE", "The order already has an invoice.", field="invoice.order_id")
        raise bad("INVALID_VALUE", "The order was not found or is not OPEN.", field="invoice.order_id")
    if found.get("location_id", order["location"]) != order["location"]:
        raise bad("LOCATION_MISMATCH", "The location is not the order's.", field="invoice.location_id")
    customer = invoice_bodies.recipient(found)
    if customer not in books.customers or books.customers[customer].deleted:
        raise not_found(f"Customer {customer}")
    lines = [Line(*one) for one in order["lines"]]
    total = sum((line.amount for line in lines), order["tax"]) - order["discount"]
    plan = invoice_bodies.payment_requests(bodies.array(found, "payment_requests", "invoice"), total, books.currency)
    facts: dict[str, Any] = {
        "tax": order["tax"],
        "discount": order["discount"],
        "status": "draft",
        "sent": False,
        "due_on": day(plan[-1]["due_on"]),
        "memo": bodies.text(found, "description", "invoice", longest=65_536),
    }
    if "invoice_number" in found:
        facts["number"] = _number(
            books, order["location"], bodies.text(found, "invoice_number", "invoice", longest=191)
        )
    facts["extra"] = {
        **invoice_bodies.texts(found),
        "order": order["id"],
        "location": order["location"],
        "order_facts": order["facts"],
        "requests": with_uids(plan, order["id"]),
    }
    made = books.add_invoice(customer, lines, **facts)
    del orders[order["id"]]
    return made


def _updated(world: SquareWorld, books: SquareBooks, invoice: Invoice, body: Json) -> Invoice:
    raw = body["invoice"]
    found = bodies.fields(raw, "invoice", invoice_bodies.INVOICE_FIELDS)
    check_object_version(
        world, bodies.integer(found, "version", "invoice"), invoice.version - 1, field="invoice.version"
    )
    status = books.status_of(invoice)
    if status not in UPDATABLE:
        raise bad("BAD_REQUEST", f"Invoice in status {status} cannot be updated.")
    _check_fixed(books, invoice, found)
    cleared = [*bodies.texts(body, "fields_to_clear"), *(name for name, one in raw.items() if one is None)]
    if not cleared and not set(found) - {"version"}:
        raise bad("NO_FIELDS_SET", "Nothing to update.", field="invoice")
    facts, extra = _changes(books, invoice, found)
    for name in cleared:
        _clear(invoice, name, facts, extra)
    invoice.extra = extra
    return books.change_invoice(invoice.id, **facts)


def _check_fixed(books: SquareBooks, invoice: Invoice, found: Json) -> None:
    fixed = {"order_id": books.order_of(invoice), "location_id": books.location_of(invoice).id}
    for name, value in fixed.items():
        if found.get(name, value) != value:
            raise bad("INVALID_VALUE", f"{name} cannot be changed.", field=f"invoice.{name}")
    if "primary_recipient" in found and invoice_bodies.recipient(found) != invoice.customer:
        raise bad("INVALID_VALUE", "The recipient cannot be changed.", field="invoice.primary_recipient")


def _changes(books: SquareBooks, invoice: Invoice, found: Json) -> tuple[dict[str, Any], dict[str, Any]]:
    facts: dict[str, Any] = {}
    extra = {**invoice.extra, **invoice_bodies.texts(found)}
    if "description" in found:
        facts["memo"] = bodies.text(found, "description", "invoice", longest=65_536)
    if "invoice_number" in found:
        number = bodies.text(found, "invoice_number", "invoice", longest=191)
        facts["number"] = _number(books, books.location_of(invoice).id, number, but=invoice)
    if "payment_requests" in found:
        plan = _merged(books, invoice, bodies.array(found, "payment_requests", "invoice"))
        extra["requests"] = with_uids(plan, invoice.id, invoice.version)
        facts["due_on"] = date.fromisoformat(plan[-1]["due_on"])
    scheduled = extra.get("scheduled_at")
    if "scheduled_at" in found and moment(scheduled) < books.clock.now():
        raise bad("INVALID_VALUE", "scheduled_at must be in the future.", field="invoice.scheduled_at")
    return facts, extra


def _merged(books: SquareBooks, invoice: Invoice, given: list[Any]) -> list[dict[str, Any]]:
    """Requests named by uid are changed in the fields given, others stay as they are, new ones follow."""
    now = {one.uid: {**one.plan, "due_on": one.due_on.isoformat()} for one in schedule(books, invoice)}
    fresh = []
    for at, value in enumerate(given):
        path = f"invoice.payment_requests[{at}]"
        found = bodies.fields(value, path, invoice_bodies.REQUEST_FIELDS)
        uid = found.get("uid")
        if uid is None:
            fresh.append(invoice_bodies.payment_request(value, path, invoice.currency))
            continue
        if uid not in now:
            raise bad("INVALID_VALUE", "There is no payment request with this uid.", field=f"{path}.uid")
        before = now[uid]
        whole = {"request_type": before["type"], "due_date": before["due_on"], **found}
        if before.get("percentage") and "fixed_amount_requested_money" not in found:
            whole.setdefault("percentage_requested", before["percentage"])
        changed = invoice_bodies.payment_request(whole, path, invoice.currency)
        if before.get("fixed") and "percentage" not in changed:
            changed.setdefault("fixed", before["fixed"])
        now[uid] = {**before, **changed}
    plan = sorted([*now.values(), *fresh], key=lambda one: (one["type"] != "DEPOSIT", one["due_on"]))
    invoice_bodies.check_plan(plan, invoice.total, invoice.currency)
    return plan


def _clear(invoice: Invoice, name: str, facts: dict[str, Any], extra: dict[str, Any]) -> None:
    if name == "description":
        facts["memo"] = ""
    elif name == "reminders" or name.endswith(".reminders"):
        due = (invoice.due_on or invoice.issued_on).isoformat()
        extra["requests"] = [{"due_on": due, **one, "reminders": []} for one in extra.get("requests", plans(invoice))]
    elif name in KEPT_AS:
        extra.pop(KEPT_AS[name], None)
        if name == "title":
            extra["title"] = ""
    else:
        raise bad("INVALID_VALUE", f"`{name}` cannot be cleared.", field="fields_to_clear")


def _number(books: SquareBooks, location: str, number: str, *, but: Invoice | None = None) -> str:
    for one in books.invoices.values():
        if (
            one is not but
            and one.number == number
            and one.status != "deleted"
            and books.location_of(one).id == location
        ):
            raise bad("INVALID_VALUE", "The invoice number is already in use.", field="invoice.invoice_number")
    return number
