"""Orders as Square shows them: an invoice's, a bare one's, a payment's own, and a return's."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.simulation.entities import ZERO, Invoice, Line, Payment
from integrations.simulation.odd import laid_over
from integrations.square.simulation.payment_shape import payment_location, payment_status, refund_order, source_type
from integrations.square.simulation.selling import SquareBooks, order_of_payment
from integrations.square.simulation.things import Returned
from integrations.square.simulation.values import Json, decimal_text, made, money, present, rounded, stamp, uid

TENDERS = {"CARD": "CARD", "BANK_ACCOUNT": "BANK_ACCOUNT", "CASH": "CASH", "EXTERNAL": "OTHER"}


def order_shape(
    order: str,
    *,
    location: str,
    customer: str,
    lines: list[Line],
    tax: Decimal,
    discount: Decimal,
    currency: str,
    facts: dict[str, Any],
    created_at: datetime,
    updated_at: datetime,
    state: str,
    version: int | None,
    paid: Decimal = ZERO,
) -> Json:
    """What every order of goods has: lines whose amounts add up to its totals, to the smallest unit."""
    taxes, discounts = _shares(lines, tax, currency), _shares(lines, discount, currency)
    total = sum((line.amount for line in lines), ZERO) + tax - discount

    def amounts() -> Json:
        return {
            "total_money": money(total, currency),
            "tax_money": money(tax, currency),
            "discount_money": money(discount, currency),
            "tip_money": money(ZERO, currency),
            "service_charge_money": money(ZERO, currency),
        }

    return present(
        {
            "id": order,
            "location_id": location,
            "reference_id": facts.get("reference_id"),
            "source": {"name": facts.get("source", "Invoices")},
            "customer_id": customer,
            "line_items": [
                _line(order, at, line, taxes[at], discounts[at], currency, facts) for at, line in enumerate(lines)
            ],
            "taxes": [_tax(order, tax, currency, facts)] if tax else None,
            "discounts": [_discount(order, discount, currency, facts)] if discount else None,
            "net_amounts": amounts(),
            "created_at": stamp(created_at),
            "updated_at": stamp(updated_at),
            "closed_at": stamp(updated_at) if state in ("COMPLETED", "CANCELED") else None,
            "state": state,
            "version": version,
            "total_money": money(total, currency),
            "total_tax_money": money(tax, currency),
            "total_discount_money": money(discount, currency),
            "total_tip_money": money(ZERO, currency),
            "total_service_charge_money": money(ZERO, currency),
            "net_amount_due_money": money(ZERO if state == "CANCELED" else max(ZERO, total - paid), currency),
        }
    )


def invoice_order(books: SquareBooks, invoice: Invoice) -> Json:
    """The order behind an invoice, with its tenders and refunds."""
    paid = books.ever_paid_on(invoice)
    refunds = [one for payment in paid for one in books.returned_of(payment) if invoice.id in one.refund.owed_again]
    shown = order_shape(
        books.order_of(invoice),
        location=books.location_of(invoice).id,
        customer=invoice.customer,
        lines=invoice.lines,
        tax=invoice.tax,
        discount=invoice.discount,
        currency=invoice.currency,
        facts={"reference_id": invoice.reference[:40], **invoice.extra.get("order_facts", {})},
        created_at=invoice.created_at,
        updated_at=invoice.updated_at,
        state=order_state(books, invoice),
        version=invoice.version,
        paid=books.completed_on(invoice),
    )
    shown |= present(
        {
            "tenders": [tender(books, one, books.order_of(invoice)) for one in paid],
            "refunds": [_old_refund(books, one) for one in refunds],
        }
    )
    return laid_over(shown, invoice.odd.get("__order__", {}))


def order_state(books: SquareBooks, invoice: Invoice) -> str:
    """OPEN until it is paid for or given up."""
    status = books.status_of(invoice)
    if status in ("CANCELED", "FAILED"):
        return "CANCELED"
    return "COMPLETED" if status in ("PAID", "REFUNDED", "PARTIALLY_REFUNDED") else "OPEN"


def payment_order(books: SquareBooks, payment: Payment) -> Json:
    """The order of money that came for no invoice: one custom amount."""
    shown = order_shape(
        order_of_payment(books, payment),
        location=payment_location(books, payment),
        customer=payment.customer,
        lines=[Line("Custom amount", Decimal(1), payment.amount)],
        tax=ZERO,
        discount=ZERO,
        currency=payment.currency,
        facts={"source": "Square Point of Sale"},
        created_at=payment.created_at,
        updated_at=payment.updated_at,
        state="COMPLETED" if payment_status(payment) == "COMPLETED" else "OPEN",
        version=None,
        paid=payment.amount if payment.counts else ZERO,
    )
    return {**shown, "tenders": [tender(books, payment, order_of_payment(books, payment))]} if payment.counts else shown


def return_order(books: SquareBooks, returned: Returned) -> Json:
    """The order a refund makes, pointing back at the sale."""
    amount = money(returned.refund.amount, returned.payment.currency)
    nothing = money(ZERO, returned.payment.currency)
    rest = {"tax_money": nothing, "discount_money": nothing, "tip_money": nothing, "service_charge_money": nothing}
    at = stamp(returned.refund.refunded_at)
    id = refund_order(books, returned)
    return {
        "id": id,
        "location_id": payment_location(books, returned.payment),
        "source": {"name": "Invoices"},
        "customer_id": returned.payment.customer,
        "returns": [
            {
                "uid": made(22, "return", returned.id),
                "source_order_id": order_of_payment(books, returned.payment),
                "return_amounts": {"total_money": amount, **rest},
            }
        ],
        "return_amounts": {"total_money": amount, **rest},
        "net_amounts": {"total_money": {**amount, "amount": -amount["amount"]}, **rest},
        "refunds": [_old_refund(books, returned)],
        "created_at": at,
        "updated_at": at,
        "closed_at": at,
        "state": "COMPLETED",
        "total_money": nothing,
        "total_tax_money": nothing,
        "total_discount_money": nothing,
    }


def tender(books: SquareBooks, payment: Payment, order: str) -> Json:
    """How an order was paid."""
    kind = TENDERS[source_type(payment)]
    shown: Json = {
        "id": payment.id,
        "location_id": payment_location(books, payment),
        "transaction_id": order,
        "created_at": stamp(payment.created_at),
        "amount_money": money(payment.amount, payment.currency),
        "customer_id": payment.customer,
        "type": kind,
        "payment_id": payment.id,
    }
    if kind == "CARD":
        shown["card_details"] = {"status": "CAPTURED", "entry_method": "KEYED"}
    return shown


def _line(order: str, at: int, line: Line, tax: Decimal, discount: Decimal, currency: str, facts: Json) -> Json:
    gross = line.amount
    return present(
        {
            "uid": uid("line", at, order),
            "name": line.item or line.description[:512],
            "note": line.description[:2000] if line.item else None,
            "quantity": decimal_text(line.quantity),
            "item_type": "ITEM",
            "applied_taxes": [_applied("tax", order, at, tax, currency)] if tax else None,
            "applied_discounts": [_applied("discount", order, at, discount, currency)] if discount else None,
            "base_price_money": money(line.price, currency),
            "variation_total_price_money": money(gross, currency),
            "gross_sales_money": money(gross, currency),
            "total_tax_money": money(tax, currency),
            "total_discount_money": money(discount, currency),
            "total_money": money(gross + tax - discount, currency),
        }
    )


def _applied(what: str, order: str, at: int, share: Decimal, currency: str) -> Json:
    named = {"uid": uid("applied", what, at, order), f"{what}_uid": uid(what, order)}
    return {**named, "applied_money": money(share, currency)}


def _tax(order: str, tax: Decimal, currency: str, facts: Json) -> Json:
    named = {"uid": uid("tax", order), "name": facts.get("tax_name", "Sales tax"), "type": "ADDITIVE", "scope": "ORDER"}
    return present({**named, "percentage": facts.get("tax_percentage"), "applied_money": money(tax, currency)})


def _discount(order: str, discount: Decimal, currency: str, facts: Json) -> Json:
    percentage = facts.get("discount_percentage")
    return present(
        {
            "uid": uid("discount", order),
            "name": facts.get("discount_name", "Discount"),
            "type": "FIXED_PERCENTAGE" if percentage else "FIXED_AMOUNT",
            "percentage": percentage,
            "amount_money": None if percentage else money(discount, currency),
            "applied_money": money(discount, currency),
            "scope": "ORDER",
        }
    )


def _shares(lines: list[Line], whole: Decimal, currency: str) -> list[Decimal]:
    """A sum laid on the lines by their weight, the last one taking what is left."""
    weight = sum((line.amount for line in lines), ZERO)
    shares, left = [], whole
    for at, line in enumerate(lines):
        last = at == len(lines) - 1
        share = left if last else rounded(whole * line.amount / weight, currency) if weight else ZERO
        shares.append(share)
        left -= share
    return shares


def _old_refund(books: SquareBooks, returned: Returned) -> Json:
    return {
        "id": returned.id,
        "location_id": payment_location(books, returned.payment),
        "transaction_id": order_of_payment(books, returned.payment),
        "tender_id": returned.payment.id,
        "created_at": stamp(returned.refund.refunded_at),
        "reason": returned.facts.get("reason", ""),
        "amount_money": money(returned.refund.amount, returned.payment.currency),
        "status": "APPROVED",
    }
