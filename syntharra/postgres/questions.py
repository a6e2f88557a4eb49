"""Several statements in one message: what waits for the answers waits once for all of them."""

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError

from syntharra.postgres.kept import kept_cursor, refuse_stale

type Statement = tuple[str, Sequence[Any]]


def ask(*statements: Statement) -> list[list[tuple[Any, ...]]]:
    """The rows of each of these statements, which go to the server in one message and are done there in their order.

    Each sees what was committed before it began, as when sent alone. The first that fails ends the message, and raises.
    """
    cursor = kept_cursor()
    try:
        cursor.execute(
            ";\n".join(sql for sql, _ in statements), [value for _, values in statements for value in values]
        )
        answers = [_rows(cursor)]
        while cursor.nextset():
            answers.append(_rows(cursor))
    except DatabaseError as error:
        refuse_stale(error)
        raise
    return answers


def _rows(cursor: Any) -> list[tuple[Any, ...]]:
    return cursor.fetchall() if cursor.description else []
