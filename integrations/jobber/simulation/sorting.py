"""The orders lists can be asked for in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from integrations.jobber.simulation import invoices
from integrations.jobber.simulation.asking import Asking
from integrations.jobber.simulation.payments import Record
from integrations.simulation.call import Json
from integrations.simulation.entities import Customer, Invoice

type Key[T] = Callable[[T], Any]

CLIENT_KEYS: dict[str, Key[Customer]] = {
    "PRIMARY_NAME": lambda one: one.name.casefold(),
    "FIRST_NAME": lambda one: one.given.casefold(),
    "LAST_NAME": lambda one: one.family.casefold(),
    "UPDATED_AT": lambda one: one.updated_at,
}


def invoice_keys(asking: Asking) -> dict[str, Key[Invoice]]:
    """By what invoices can be ordered; without a due date comes first."""
    return {
        "INVOICE_NUMBER": lambda one: (len(one.number), one.number),
        "INVOICE_STATUS": lambda one: invoices.status(asking, one),
        "INVOICE_TOTAL": lambda one: one.total,
        "INVOICE_BALANCE": asking.books.balance,
        "ISSUED_DATE": lambda one: one.issued_on,
        "DUE_DATE": lambda one: str(one.due_on or ""),
        "CREATED_AT": lambda one: one.created_at,
        "UPDATED_AT": lambda one: one.updated_at,
    }


def record_keys(asking: Asking) -> dict[str, Key[Record]]:
    """By what payment records can be ordered."""

    def entered(one: Record) -> datetime | None:
        return asking.day(one.on)

    return {"ENTRY_DATE": entered, "CREATED_AT": lambda one: one.created_at, "UPDATED_AT": lambda one: one.updated_at}


def ordered[T](
    rows: Sequence[T], keys: Mapping[str, Key[T]], wanted: Sequence[Json] | None, number: Callable[[T], int]
) -> list[T]:
    """The rows by the wanted keys, the first counting most; equal ones, and all without a wish, by age."""
    found = sorted(rows, key=number)
    for one in reversed(wanted or ()):
        found.sort(key=keys[one["key"]], reverse=one["direction"] == "DESCENDING")
    return found
