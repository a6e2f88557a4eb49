"""Several questions of Django's, asked in one message: what waits for the answers waits once for all of them."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from syntharra.postgres.kept import kept_cursor

type Statement = tuple[str, Sequence[Any]]


def ask(*statements: Statement) -> list[list[tuple[Any, ...]]]:
    """The rows of each of these statements, which go to the server in one message and are done there in their order.

    Each sees what was committed before it began, as when sent alone. The first that fails ends the message, and raises.
    """
    cursor = kept_cursor()
    cursor.execute(";\n".join(sql for sql, _ in statements), [value for _, values in statements for value in values])
    answers = [_rows(cursor)]
    while cursor.nextset():
        answers.append(_rows(cursor))
    return answers


def found_together(*questions: QuerySet[Any, Any]) -> tuple[list[Any], ...]:
    """What each of these query sets finds, as ``list`` of each would give it, without what it prefetches."""
    waiting: list[tuple[int, Any, Any]] = []
    statements: list[Statement] = []
    for place, question in enumerate(questions):
        copy = question.all()
        compiler = copy.query.get_compiler(connection=connection)
        try:
            statements.append(compiler.as_sql())
        except EmptyResultSet:  # it can find nothing, and Django would not ask either
            continue
        waiting.append((place, copy, compiler))
    found: list[list[Any]] = [[] for _ in questions]
    answers = ask(*statements) if statements else []
    for (place, copy, compiler), rows in zip(waiting, answers, strict=True):
        found[place] = _made(copy, compiler, rows)
    return tuple(found)


def _made(question: Any, compiler: Any, rows: list[tuple[Any, ...]]) -> list[Any]:
    """What Django makes of these rows: its own reader of them, whose statement has been executed already."""
    compiler.execute_sql = lambda *_, **__: [rows]
    question.query.get_compiler = lambda *_, **__: compiler
    return list(question.iterator(chunk_size=len(rows) + 1))


def _rows(cursor: Any) -> list[tuple[Any, ...]]:
    return cursor.fetchall() if cursor.description else []
