"""Jobber's ids: a global id in Base64, opaque to whoever gets one."""

import base64
import binascii
from functools import lru_cache

from integrations.simulation.books import Kind

FIRST = {"customer": 7000, "invoice": 1000, "payment": 5000, "credit": 9000}
TYPES = {"customer": "Client", "invoice": "Invoice", "payment": "PaymentRecord", "credit": "Credit"}
RECORDS = 100
"""Each payment of the books has this many record ids: one an invoice it paid, then its refunds and returns."""


def encoded(kind: str, number: int) -> str:
    """The id Jobber shows for the object of a kind with this number."""
    return base64.b64encode(f"gid://Jobber/{kind}/{number}".encode()).decode()


@lru_cache(maxsize=250_000)
def number_of(id: str, kind: str) -> int | None:
    """The number in an id of this kind; None where the id is of another kind or no id at all."""
    found = _decoded(id)
    if found is None:
        return None
    start, _, number = found.rpartition("/")
    wanted = f"gid://Jobber/{kind}"
    return int(number) if number.isascii() and number.isdigit() and start in ("", wanted) else None


def is_encoded(id: str) -> bool:
    """Whether somebody could have got this id from Jobber: a global id, or a bare number as the old ones were."""
    found = _decoded(id)
    return found is not None and (found.startswith("gid://Jobber/") or found.isdigit())


def books_id(kind: Kind, count: int) -> str:
    """The id of the n-th object of the books; payments leave room for the records made of them."""
    step = RECORDS if kind == "payment" else 1
    return encoded(TYPES[kind], (FIRST[kind] + count) * step)


def record_id(payment: str, place: int) -> str:
    """The id of one of the records a payment shows as: the first has the payment's own."""
    if place == 0:
        return payment
    number = number_of(payment, "PaymentRecord")
    return encoded("PaymentRecord", (number or 0) + place)


def _decoded(id: str) -> str | None:
    try:
        return base64.b64decode(id, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
