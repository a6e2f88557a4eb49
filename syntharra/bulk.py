"""Many new rows in one statement, for sweeps: the rows go over as one JSON document and PostgreSQL takes it apart.

As ``bulk_create`` does, without a model instance a row and without a parameter a field: what a sweep over a million
invoices writes is measured by it (``bench plan``). Row level security, checks and triggers are the table's as ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import DatabaseError, connection, models
from django.db.models import JSONField

from syntharra.acting import current_business
from syntharra.postgres.kept import kept_cursor, name_of, refuse_stale

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
    statement, values = inserting(model, rows, on_conflict=on_conflict, returning=returning)
    waiting = _together.get()
    if waiting is not None and not returning:
        waiting.append((statement, values))
        return []
    cursor = kept_cursor()
    cursor.execute(statement, values)
    return cursor.fetchall() if returning else []


def inserting(
    model: type[models.Model],
    rows: Sequence[Row],
    *,
    on_conflict: str = "",
    returning: str = "",
    prepared: bool = False,
) -> tuple[str, tuple[str]]:
    """The statement that inserts them, and its value: for who sends it with others. ``prepared``: see :func:`together`."""
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
    return planned(statement) if prepared else statement, (json.dumps(made, default=_plain),)


def as_made[M: models.Model](model: type[M], row: Row) -> M:
    """The model instance of a row that was just inserted, without reading it again. For rows that say their own key."""
    made = model(**{"business_id": current_business(), **row})
    made._state.adding, made._state.db = False, connection.alias
    return made


_together: ContextVar[list[tuple[str, tuple[Any, ...]]] | None] = ContextVar("together", default=None)


def execute(statement: str, *values: Any) -> None:
    """A statement of our own that gives nothing back; within :func:`together` it takes its place among the inserts."""
    waiting = _together.get()
    if waiting is not None:
        waiting.append((statement, values))
        return
    kept_cursor().execute(statement, values)


@contextmanager
def together(*, prepared: bool = False, commits: bool = False) -> Iterator[None]:
    """What is inserted inside without ``returning`` goes to the server in one message at the outermost block's end, in its order.

    For rows nobody inside reads again. Outside a transaction the message is one: PostgreSQL does all of it or nothing. An insert that is
    refused raises there; where the block raises, none is made. ``prepared``: for what is done again and again, whose inserts the server reads and plans once
    a connection; in a session that was discarded behind our back it raises PreparedAnew once. ``commits``: nothing comes after it in the outermost
    transaction, which ends with the same message; within another one it does not.
    """
    if _together.get() is not None:
        yield
        return
    waiting: list[tuple[str, tuple[Any, ...]]] = []
    mine = _together.set(waiting)
    try:
        yield
    finally:
        _together.reset(mine)
    if waiting:
        cursor = kept_cursor()
        values = [value for _, given in waiting for value in given]
        statements = [planned(statement) if prepared else statement for statement, _ in waiting]
        if commits and connection.in_atomic_block and not connection.savepoint_ids:
            # Leaving the block, Django finds nothing left to commit, and goes on as after any.
            statements.append("COMMIT")
        try:
            cursor.execute(";\n".join(statements), values)
        except DatabaseError as error:
            refuse_stale(error)
            raise


def prepare(model: type[models.Model], *, on_conflict: str = "", returning: str = "") -> None:
    """Have the server read and plan such inserts on the connection at hand, before the first that is ``prepared``."""
    planned(_prepared(model, on_conflict, returning)[0])


def planned(statement: str) -> str:
    """What stands for a statement of ours once the server has planned it on the connection at hand; its values are the same.

    What cannot be planned (``SET``) stands for itself.
    """
    if not statement.lstrip().startswith(("INSERT", "UPDATE")):
        return statement
    parts = statement.split("%s")
    numbered = "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], start=1)) + parts[-1]
    return f"EXECUTE {name_of(statement, numbered)}({', '.join(['%s'] * (len(parts) - 1))})"


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
