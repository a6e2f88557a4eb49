"""Refunds: listed over all locations, and the one way an application can give money back."""

from integrations.simulation.call import Answer, Call, json_answer
from integrations.square.simulation import bodies
from integrations.square.simulation.errors import REFUND, bad, not_found, refusal
from integrations.square.simulation.gate import once
from integrations.square.simulation.payment_shape import (
    payment_location,
    payment_status,
    refund_shape,
    refund_status,
    refund_updated,
    source_type,
    version_token,
)
from integrations.square.simulation.payments import Times, list_limit, paged
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.things import Returned
from integrations.square.simulation.values import Json, soon
from integrations.square.simulation.world import SquareWorld

LISTED_BY = (
    *("begin_time", "end_time", "sort_order", "cursor", "location_id", "status", "source_type", "limit"),
    *("updated_at_begin_time", "updated_at_end_time", "sort_field"),
)
WRITTEN = (
    *("idempotency_key", "amount_money", "payment_id", "reason", "payment_version_token", "team_member_id"),
    *("unlinked", "destination_id", "location_id", "customer_id", "app_fee_money", "cash_details", "external_details"),
)
LONGEST_KEY = 45


def listed(world: SquareWorld, call: Call) -> Answer:
    """GET /v2/refunds."""
    found = bodies.query(call, LISTED_BY)
    books = world.seller(call)
    place = world.location(books, found["location_id"]).id if "location_id" in found else ""
    sort = bodies.choice(found, "sort_field", "", ("CREATED_AT", "UPDATED_AT"), "CREATED_AT")
    times = Times(world, found)
    shown = [
        one
        for one in books.returned()
        if place in ("", payment_location(books, one.payment))
        and times.hold(one.refund.refunded_at, refund_updated(books, one))
        and found.get("status") in (None, refund_status(books, one))
        and found.get("source_type") in (None, source_type(one.payment))
    ]
    return paged(
        world,
        call,
        found,
        shown,
        name="refunds",
        limit=list_limit(found),
        show=lambda one: refund_shape(books, one),
        at=lambda one: refund_updated(books, one) if sort == "UPDATED_AT" else one.refund.refunded_at,
        id=lambda one: one.id,
    )


def one(world: SquareWorld, call: Call) -> Answer:
    """GET /v2/refunds/{id}."""
    books = world.seller(call)
    for found in books.returned():
        if found.id == call.path_params["id"]:
            return json_answer({"refund": refund_shape(books, found)})
    raise not_found(f"Refund {call.path_params['id']}")


def create(world: SquareWorld, call: Call) -> Answer:
    """POST /v2/refunds."""
    body = bodies.body(call, WRITTEN, required=("idempotency_key", "amount_money"))
    if not body["idempotency_key"]:
        raise bad("VALUE_EMPTY", "Field must not be blank.", field="idempotency_key")

    def work() -> Json:
        books = world.seller(call)
        return {"refund": refund_shape(books, _refunded(world, books, body))}

    return once(world, call, body, work, longest=LONGEST_KEY)


def _refunded(world: SquareWorld, books: SquareBooks, body: Json) -> Returned:
    if bodies.boolean(body, "unlinked"):
        raise bad("INVALID_VALUE", "The sandbox makes no unlinked refunds.", field="unlinked")
    id = bodies.text(body, "payment_id", longest=192)
    if not id:
        raise bad("MISSING_REQUIRED_PARAMETER", "Field must be set.", field="payment_id")
    payment = books.payments.get(id)
    if payment is None:
        raise not_found(f"Payment {id}")
    amount = bodies.amount(body, "amount_money", "", payment.currency)
    reason = bodies.text(body, "reason", longest=192)
    if amount is None or amount <= 0:
        raise bad("VALUE_TOO_LOW", "The amount must be more than zero.", field="amount_money.amount")
    token = bodies.text(body, "payment_version_token")
    if token and token != version_token(payment):
        raise bad("VERSION_MISMATCH", "The payment was changed meanwhile.", field="payment_version_token")
    status = payment_status(payment)
    if status == "PENDING":
        words = "The payment must be completed before it can be refunded."
        raise refusal(400, REFUND, "REFUND_ERROR_PAYMENT_NEEDS_COMPLETION", words)
    if status != "COMPLETED":
        raise refusal(400, REFUND, "PAYMENT_NOT_REFUNDABLE", f"A payment that is {status} cannot be refunded.")
    if any(refund_status(books, one) == "PENDING" for one in books.returned_of(payment)):
        raise refusal(400, REFUND, "REFUND_ALREADY_PENDING", "A refund of this payment is pending.")
    if amount > payment.amount - payment.refunded:
        words = "The requested refund amount exceeds the amount available to refund."
        raise refusal(400, REFUND, "REFUND_AMOUNT_INVALID", words, field="amount_money.amount")
    facts: Json = {"reason": reason}
    if world.settings.refund_pending_seconds and source_type(payment) in ("CARD", "BANK_ACCOUNT"):
        facts["completes_at"] = soon(world.now(), world.settings.refund_pending_seconds).isoformat()
    number = len(books.refund(payment.id, amount, **facts).refunds)
    return next(one for one in books.returned_of(payment) if one.id == f"{payment.id}_r{number}")
