"""One case of ``read_books_payload``: what a vendor answers, and what must come out. The vendors' modules hold the tables."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integrations.ledger import Home

type Json = dict[str, Any]
type Body = bytes | str | Json | list[Any]

SHORT = {
    "invoice": (
        *("provider", "external_id", "number", "customer_external_id", "status", "vendor_status", "currency", "total"),
        *("balance", "issued_on", "due_on", "lines", "payments", "disputed_at_vendor", "updated_at"),
    ),
    "customer": ("external_id", "name", "company", "contact_name", "phones", "emails", "address", "active"),
    "payment": ("external_id", "amount", "currency", "paid_on", "allocations", "reversed"),
    "credit_memo": ("external_id", "number", "total", "balance", "currency", "applied"),
    "webhook": ("events",),
    "error": ("class", "vendor_code", "message", "retry_after"),
    "token": ("account", "expires_at", "refresh_expires_at", "rotated"),
}
"""The fields of each kind, in their order: the same for every vendor and every object."""


class _Words:
    """Equal to any text that says something."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and bool(other.strip())

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "<words>"


WORDS: Any = _Words()
HERE = Home()


@dataclass(frozen=True, slots=True)
class Case:
    """``files`` are what the vendor sent; ``lines`` what is printed. ``left_out``: words that stderr must hold.

    ``fails``: the command ends with a named error that holds these words, after the ``lines``.
    """

    name: str
    kind: str
    files: Sequence[bytes | str]
    lines: Sequence[Json] = ()
    left_out: Sequence[str] = ()
    fails: str = ""
    home: Home = HERE


def case(
    kind: str,
    name: str,
    *bodies: Body,
    gives: Sequence[Json] | Json = (),
    left_out: Sequence[str] | str = (),
    fails: str = "",
    home: Home | None = None,
) -> Case:
    return Case(
        name=f"{kind}: {name}",
        kind=kind,
        files=[text(body) for body in bodies],
        lines=[gives] if isinstance(gives, dict) else list(gives),
        left_out=[left_out] if isinstance(left_out, str) else list(left_out),
        fails=fails,
        home=home or Home(),
    )


def text(body: Body) -> bytes | str:
    return body if isinstance(body, bytes | str) else json.dumps(body, ensure_ascii=False)


def head(status: int, body: Body = "", **headers: str) -> str:
    """An answer as it was kept whole: status line, headers, empty line, body."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    said = text(body)
    return f"HTTP/1.1 {status} Whatever\r\n{named}\r\n{said if isinstance(said, str) else said.decode()}"


def error(kind: str, code: str | None = None, retry_after: float | None = None) -> Json:
    return {"class": kind, "vendor_code": code, "message": WORDS, "retry_after": retry_after}


def event(account: str | None, of: str, external_id: str | None, action: str, at: str | None) -> Json:
    return {"account": account, "object": of, "external_id": external_id, "action": action, "occurred_at": at}


def phone(e164: str | None, raw: str, kind: str = "primary", problem: str | None = None) -> Json:
    return {"e164": e164, "raw": raw, "kind": kind, "problem": problem}


def line(item: str, description: str, quantity: str | None, amount: str) -> Json:
    return {"item": item, "description": description, "quantity": quantity, "amount": amount}


def paid(external_id: str, amount: str, on: str | None) -> Json:
    return {"external_id": external_id, "amount": amount, "paid_on": on}


def to(invoice: str, amount: str) -> Json:
    return {"invoice_external_id": invoice, "amount": amount}


def gone(kind: str, external_id: str, *, provider: str = "", updated_at: str | None = None) -> Json:
    """What is left of an object the vendor deleted: its id, and that it is gone."""
    blank: Json = dict.fromkeys(SHORT[kind])
    known: dict[str, Json] = {
        "invoice": {
            "provider": provider,
            "status": "deleted",
            "vendor_status": "deleted",
            "lines": [],
            "payments": [],
            "disputed_at_vendor": False,
            "updated_at": updated_at,
        },
        "customer": {"phones": [], "emails": [], "active": False},
        "payment": {"allocations": [], "reversed": True},
        "credit_memo": {"balance": "0.00", "applied": []},
    }
    return blank | {"external_id": external_id} | known[kind]
