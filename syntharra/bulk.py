"""Many new rows in one statement, for sweeps: the rows go over as one JSON document and PostgreSQL takes it apart.

As ``bulk_create`` does, without a model instance a row and without a parameter a field: what a sweep over a million
invoices writes is measured by it (``bench plan``). Row level security, checks and triggers are the table's as ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import JSONField

from syntharra.acting import current_business

type Row = Mapping[str, Any]
"""Values by column name; what is left out has the field's default."""


def insert(
    model: type[models.Model], rows: Sequence[Row], *, on_conflict: str = "", returning: str = ""
) -> list[tuple[Any, ...]]:
    """Insert these rows of the current business. ``on_conflict`` is our own SQL, such as ``DO NOTHING`` with its target.

    Gives the columns named in ``returning`` (our own SQL too) of every row that was written; nothing without it. Raises
    KeyError for a column the model has not, and what the database says.
    """
    if not rows:
        return []
    statement, defaults = _prepared(model, on_conflict, returning)
    business = str(current_business())
    made = []
    for row in rows:
        unknown = row.keys() - defaults.keys()
        if unknown:
            raise KeyError(f"{model.__name__} has no column {sorted(unknown)[0]}")
        whole = {name: row[name] if name in row else default() for name, default in defaults.items()}
        if "business_id" in whole:
            whole["business_id"] = business
        made.append(whole)
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(made, default=_plain)])
        return cursor.fetchall() if returning else []


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


@cache
def _prepared(model: type[models.Model], on_conflict: str, returning: str) -> tuple[str, Mapping[str, Any]]:
    fields = [field for field in model._meta.concrete_fields if not _is_numbered(field)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    typed = ", ".join(f"{quote(str(field.column))} {_type(field)}" for field in fields)
    conflict = f" ON CONFLICT {on_conflict}" if on_conflict else ""
    conflict += f" RETURNING {returning}" if returning else ""
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) "  # noqa: S608  (names of our own models)
        f"SELECT {columns} FROM jsonb_to_recordset(%s::jsonb) AS given({typed}){conflict}"
    )
    return statement, {str(field.column): _default(field) for field in fields}


def _is_numbered(field: models.Field[Any, Any]) -> bool:
    """The database itself counts this one up."""
    return isinstance(field, models.AutoField | models.BigAutoField)


def _type(field: models.Field[Any, Any]) -> str:
    return "jsonb" if isinstance(field, JSONField) else str(field.cast_db_type(connection) or field.db_type(connection))


def _default(field: models.Field[Any, Any]) -> Any:
    return (lambda: None) if field.column == "business_id" else field.get_default
