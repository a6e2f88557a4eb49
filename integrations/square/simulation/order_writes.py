"""POST /v2/orders: goods and prices that wait for an invoice."""

import secrets
from decimal import Decimal
from typing import Any

from integrations.simulation.call import Answer, Call
from integrations.simulation.entities import ZERO, Line
from integrations.square.simulation import bodies
from integrations.square.simulation.errors import bad, not_found
from integrations.square.simulation.gate import once
from integrations.square.simulation.orders import bare_order, total_of
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.values import Json, decimal_text, made, present, rounded
from integrations.square.simulation.world import SquareWorld

ORDER_FIELDS = ("location_id", "reference_id", "customer_id", "line_items", "taxes", "discounts", "source", "state")
LINE_FIELDS = ("uid", "name", "quantity", "note", "item_type", "base_price_money", "variation_name")
TAX_FIELDS = ("uid", "name", "type", "percentage", "scope")
DISCOUNT_FIELDS = ("uid", "name", "type", "percentage", "amount_money", "scope")


def create(world: SquareWorld, call: Call) -> Answer:
    """An OPEN order. Lines with name, quantity and price; taxes and discounts over the whole order."""
    body = bodies.body(call, ("order", "idempotency_key"), required=("order",))
    return once(world, call, body, lambda: {"order": _created(world, call, body["order"])}, longest=192)


def _created(world: SquareWorld, call: Call, value: Any) -> Json:
    found = bodies.fields(value, "order", ORDER_FIELDS, required=("location_id",))
    books = world.seller(call)
    place = world.location(books, bodies.text(found, "location_id", "order"))
    if not place.active:
        raise bad("INVALID_LOCATION", "The location is not active.", field="order.location_id")
    bodies.choice(found, "state", "order", ("OPEN",))
    customer = bodies.text(found, "customer_id", "order", longest=191)
    if customer and (customer not in books.customers or books.customers[customer].deleted):
        raise not_found(f"Customer {customer}")
    lines = [
        _line(books, one, f"order.line_items[{at}]")
        for at, one in enumerate(bodies.array(found, "line_items", "order", most=500))
    ]
    facts: Json = {"reference_id": bodies.text(found, "reference_id", "order", longest=40)}
    source = bodies.sub(found, "source", "order", ("name",))
    facts["source"] = bodies.text(source, "name", "order.source") or "Sandbox application"
    discount = _discount(books, found, total_of(lines), facts)
    tax = _tax(books, found, total_of(lines) - discount, facts)
    order: dict[str, Any] = {
        "id": made(27, "order", secrets.token_hex(16)),
        "location": place.id,
        "customer": customer,
        "lines": [[line.description, line.quantity, line.price, line.item, line.places] for line in lines],
        "tax": tax,
        "discount": discount,
        "facts": present(facts),
        "created_at": world.now(),
    }
    world.orders(call.account)[order["id"]] = order
    return bare_order(books, order)


def _line(books: SquareBooks, value: Any, path: str) -> Line:
    found = bodies.fields(value, path, LINE_FIELDS, required=("quantity",))
    quantity = bodies.decimal(found, "quantity", path) or ZERO
    if quantity <= 0 or quantity != rounded(quantity, "USD").quantize(Decimal("0.00001")):
        raise bad("INVALID_VALUE", "The quantity must be more than zero.", field=f"{path}.quantity")
    price = bodies.amount(found, "base_price_money", path, books.currency)
    if price is None:
        raise bad("MISSING_REQUIRED_PARAMETER", "Field must be set.", field=f"{path}.base_price_money")
    if price < 0:
        raise bad("VALUE_TOO_LOW", "A price must not be negative.", field=f"{path}.base_price_money.amount")
    name, note = bodies.text(found, "name", path, longest=512), bodies.text(found, "note", path, longest=2000)
    return books.line(note or name, quantity, price, name if note else "")


def _discount(books: SquareBooks, found: Json, subtotal: Decimal, facts: Json) -> Decimal:
    whole = ZERO
    for at, one in enumerate(bodies.array(found, "discounts", "order")):
        path = f"order.discounts[{at}]"
        given = bodies.fields(one, path, DISCOUNT_FIELDS)
        _order_scope(given, path)
        bodies.choice(given, "type", path, ("FIXED_AMOUNT", "FIXED_PERCENTAGE"))
        fixed, share = (
            bodies.amount(given, "amount_money", path, books.currency),
            bodies.decimal(given, "percentage", path),
        )
        if (fixed is None) == (share is None):
            raise bad("CONFLICTING_PARAMETERS", "Exactly one of amount_money and percentage is required.", field=path)
        whole += fixed if fixed is not None else rounded(subtotal * (share or ZERO) / 100, books.currency)
        facts["discount_name"] = bodies.text(given, "name", path)
        facts["discount_percentage"] = decimal_text(share) if share is not None else None
    return min(whole, subtotal)


def _tax(books: SquareBooks, found: Json, taxed: Decimal, facts: Json) -> Decimal:
    whole = ZERO
    for at, one in enumerate(bodies.array(found, "taxes", "order")):
        path = f"order.taxes[{at}]"
        given = bodies.fields(one, path, TAX_FIELDS, required=("percentage",))
        _order_scope(given, path)
        bodies.choice(given, "type", path, ("ADDITIVE",))
        share = bodies.decimal(given, "percentage", path) or ZERO
        whole += rounded(taxed * share / 100, books.currency)
        facts["tax_name"] = bodies.text(given, "name", path)
        facts["tax_percentage"] = decimal_text(share)
    return whole


def _order_scope(given: Json, path: str) -> None:
    if bodies.choice(given, "scope", path, ("ORDER", "LINE_ITEM"), "ORDER") != "ORDER":
        raise bad("INVALID_VALUE", "The sandbox takes taxes and discounts of the whole order.", field=f"{path}.scope")
