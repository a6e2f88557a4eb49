"""What is QuickBooks' own about single fields: references, the currency of an object, its times. Pure."""

from datetime import datetime
from typing import Any

from integrations.fields import Json, currency_code, identifier, inner, moment


def reference(raw: Json, name: str) -> str:
    """The id a reference points at, "" where it is missing."""
    return identifier(inner(raw, name).get("value"), name)


def currency(raw: Json, home: str) -> str:
    """The object's currency; the company's own where it does not say."""
    return currency_code(reference(raw, "CurrencyRef"), home)


def changed_at(raw: Json) -> datetime | None:
    return _time(raw, "LastUpdatedTime")


def created_at(raw: Json) -> datetime | None:
    return _time(raw, "CreateTime")


def _time(raw: Json, name: str) -> datetime | None:
    meta: Any = raw.get("MetaData")
    return moment(meta.get(name)) if isinstance(meta, dict) else None
