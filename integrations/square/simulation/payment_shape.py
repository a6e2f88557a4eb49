"""Payments and refunds as Square shows them."""

from datetime import datetime, timedelta
from decimal import Decimal

from integrations.simulation.entities import ZERO, Payment
from integrations.simulation.odd import laid_over
from integrations.square.simulation.selling import SquareBooks, order_of_payment
from integrations.square.simulation.things import Returned
from integrations.square.simulation.values import Json, made, moment, money, present, soon, stamp, whole_stamp

STATUSES = {"received": "COMPLETED", "pending": "PENDING", "failed": "FAILED", "deleted": "CANCELED"}
EXTERNAL = {"check": ("CHECK", "Check"), "transfer": ("BANK_TRANSFER", "Bank transfer")}
CARD_STATUSES = {"COMPLETED": "CAPTURED", "PENDING": "AUTHORIZED", "FAILED": "FAILED", "CANCELED": "VOIDED"}
BRANDS = ("VISA", "MASTERCARD", "AMERICAN_EXPRESS", "DISCOVER")


def source_type(payment: Payment) -> str:
    """How it was paid: by hand means CASH or EXTERNAL."""
    return {"card": "CARD", "ach": "BANK_ACCOUNT", "cash": "CASH"}.get(payment.method, "EXTERNAL")


def payment_status(payment: Payment) -> str:
    """One of Square's words; money a bank took back counts as failed, money the staff took back as canceled."""
    if payment.status == "reversed":
        return "FAILED" if payment.method in ("card", "ach") else "CANCELED"
    return STATUSES[payment.status]


def payment_shape(books: SquareBooks, payment: Payment) -> Json:
    """A payment."""
    status, currency = payment_status(payment), payment.currency
    refunds = [one.id for one in books.returned_of(payment)]
    total = money(payment.amount, currency)
    kind = source_type(payment)
    return laid_over(
        present(
            {
                "id": payment.id,
                "created_at": stamp(payment.created_at),
                "updated_at": stamp(payment.updated_at),
                "amount_money": total,
                "total_money": total,
                "approved_money": total if status in ("COMPLETED", "PENDING") else None,
                "refunded_money": money(payment.refunded, currency) if status == "COMPLETED" else None,
                "processing_fee": _fees(payment) if status == "COMPLETED" and kind == "CARD" else None,
                "status": status,
                "source_type": kind,
                **_details(payment, kind, status),
                "location_id": payment_location(books, payment),
                "order_id": order_of_payment(books, payment),
                "reference_id": payment.reference[:40],
                "customer_id": payment.customer,
                "refund_ids": refunds,
                "receipt_number": payment.id[:4] if status != "CANCELED" else None,
                "version_token": version_token(payment),
            }
        ),
        {name: value for name, value in payment.odd.items() if name != "__refund__"},
    )


def payment_location(books: SquareBooks, payment: Payment) -> str:
    """Where it was taken."""
    return str(payment.extra.get("location") or books.main.id)


def version_token(payment: Payment) -> str:
    """Names this version of the payment, for optimistic concurrency."""
    return made(27, "version", payment.id, payment.updated_at, payment.status, payment.refunded)


def refund_shape(books: SquareBooks, returned: Returned) -> Json:
    """A refund."""
    payment, currency = returned.payment, returned.payment.currency
    at, kind = returned.refund.refunded_at, source_type(returned.payment)
    amount = money(returned.refund.amount, currency)
    details: Json = {}
    if kind == "CASH":
        details = {"cash_details": {"seller_supplied_money": amount}}
    if kind == "EXTERNAL":
        name, words = EXTERNAL.get(payment.method, ("OTHER", "Recorded by hand"))
        details = {"external_details": {"type": name, "source": words}}
    return laid_over(
        present(
            {
                "id": returned.id,
                "status": refund_status(books, returned),
                "amount_money": amount,
                "payment_id": payment.id,
                "order_id": refund_order(books, returned),
                "created_at": stamp(at),
                "updated_at": stamp(refund_updated(books, returned)),
                "location_id": payment_location(books, payment),
                "destination_type": kind,
                "destination_details": details or None,
                "reason": returned.facts.get("reason"),
            }
        ),
        payment.odd.get("__refund__", {}),
    )


def refund_order(books: SquareBooks, returned: Returned) -> str:
    """The return's own order."""
    return made(27, "order", books.account, returned.id)


def refund_status(books: SquareBooks, returned: Returned) -> str:
    """PENDING for as long as it was made to be."""
    if "status" in returned.facts:
        return str(returned.facts["status"])
    done = _completes(returned)
    return "PENDING" if done is not None and books.clock.now() < done else "COMPLETED"


def refund_updated(books: SquareBooks, returned: Returned) -> datetime:
    """When it last changed: made, or completed."""
    at, done = returned.refund.refunded_at, _completes(returned)
    if done is not None:
        return done if books.clock.now() >= done else at
    return min(soon(at, 2.848), max(books.clock.now(), at))


def _completes(returned: Returned) -> datetime | None:
    known = returned.facts.get("completes_at")
    return moment(known) if known else None


def _details(payment: Payment, kind: str, status: str) -> Json:
    if kind == "CARD":
        brand = BRANDS[sum(map(ord, payment.id)) % len(BRANDS)]
        card = {"card_brand": brand, "last_4": f"{sum(map(ord, payment.id)) % 10_000:04d}"}
        return {"card_details": {"status": CARD_STATUSES[status], "card": card, "entry_method": "KEYED"}}
    if kind == "BANK_ACCOUNT":
        ach = {"account_number_suffix": "901", "account_type": "CHECKING"}
        return {
            "bank_account_details": {"transfer_type": "ACH", "account_ownership_type": "COMPANY", "ach_details": ach}
        }
    total = money(payment.amount, payment.currency)
    if kind == "CASH":
        return {"cash_details": {"buyer_supplied_money": total, "change_back_money": money(ZERO, payment.currency)}}
    name, words = EXTERNAL.get(payment.method, ("OTHER", "Recorded by hand"))
    return {"external_details": present({"type": name, "source": words, "source_id": payment.reference})}


def _fees(payment: Payment) -> list[Json]:
    fee = payment.amount * Decimal("0.029") + Decimal("0.30")
    at = whole_stamp(payment.created_at + timedelta(hours=2)).replace("Z", ".000Z")
    return [{"effective_at": at, "type": "INITIAL", "amount_money": money(fee, payment.currency)}]
