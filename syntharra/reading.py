"""Queries of the ORM that are written once and run many times: compiled once a process, prepared once a connection.

A sweep asks the same thirty questions about batch after batch; putting each into SQL anew, and having the server take
it apart and plan it anew, costs more than the answer.
``Given`` stands for a value to come, ``__among`` for a list of them, which goes over as one array whatever its length::

    PROMISES = Reading(lambda: Promise.objects.filter(invoice_id__among=Given("invoices"), status="running"))
    for promise in PROMISES(invoices=invoices): ...

Several go to the server in one message, and are answered there in their order::

    promises, holds = found_together(PROMISES.of(invoices=invoices), HOLDS.of(invoices=invoices))

Row level security holds as ever, and without a business a tenant table raises ``NoBusiness``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Expression, Field, ForeignObject, Lookup, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg import ClientCursor

from syntharra.postgres.kept import name_of
from syntharra.postgres.questions import Statement, ask
from syntharra.tenancy import TenantQuery, current_business

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler


class Given(Expression):
    """A value that is named when the question is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup):
    """One of these values, as ``in`` is, but with one array for all of them.

    Of an ``ArraySubquery``: what it finds is found first, and looked up then. The server is not asked to join, where it may go
    through all rows of a table it has not counted.
    """

    lookup_name = "among"

    def get_prep_lookup(self) -> Any:
        return self.rhs if isinstance(self.rhs, Expression | ArraySubquery) else list(self.rhs)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        lhs, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, ArraySubquery):
            sql, more = compiler.compile(self.rhs)
            return f"{lhs} = ANY({sql})", [*params, *more]
        return f"{lhs} = ANY(%s)", [*params, self.rhs]


class Reading[T]:
    """A question to the database with its values left open. Asking takes them by name and gives the rows in a list.

    Rows are what the queryset gives: instances, or tuples of ``values_list``. No prefetching and no annotations beside
    instances. Raises KeyError for a value that was not given, and TransactionManagementError where it locks outside a transaction.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, T]]) -> None:
        self._build = build

    def __call__(self, **given: Any) -> list[T]:
        return found_together(self.of(**given))[0]

    def of(self, **given: Any) -> Asked[T]:
        """The question with these values, for :func:`found_together`."""
        return Asked(self, given)

    def statement(self, given: Mapping[str, Any]) -> Statement:
        """What is sent for it, prepared on the connection at hand; that may be sent now, or the error says why not."""
        asked = self._compiled
        if asked.is_of_tenant:
            current_business()
        if asked.locks and connection.get_autocommit():
            raise TransactionManagementError("what is locked outside a transaction is let go at once")
        values = [_array(given[name]) for name in asked.names]
        places = f"({', '.join(['%s'] * len(values))})" if values else ""
        return f"EXECUTE {name_of(self, asked.sql, about=asked.table)}{places}", values

    def shaped(self, rows: list[tuple[Any, ...]]) -> list[T]:
        """What the queryset makes of the server's rows."""
        return list(self._compiled.shaped(rows)) if rows else []

    @cached_property
    def _compiled(self) -> _Compiled:
        """Made whole before anybody sees it: several threads may be the first to ask."""
        return _Compiled.of(self._build())


@dataclass(frozen=True)
class Asked[T]:
    """A question whose values are named."""

    reading: Reading[T]
    given: Mapping[str, Any]


def found_together(*asked: Asked[Any]) -> tuple[list[Any], ...]:
    """What each of these finds, all asked in one message: each sees what was committed before the server came to it."""
    if not asked:
        return ()
    answers = ask(*(one.reading.statement(one.given) for one in asked))
    return tuple(one.reading.shaped(rows) for one, rows in zip(asked, answers, strict=True))


@dataclass(frozen=True)
class _Compiled:
    """A query set as the server prepares it, and how its answer is read."""

    queryset: Any
    compiler: SQLCompiler
    sql: str
    names: list[str]  # of the values it takes, in order

    @classmethod
    def of(cls, queryset: QuerySet[Any, Any]) -> _Compiled:
        """What is given by us is part of the statement: the planner knows by it which index serves."""
        compiler: Any = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        names = list(dict.fromkeys(one.name for one in params if isinstance(one, Given)))
        connection.ensure_connection()
        written = ClientCursor(connection.connection)
        places = [
            f"${names.index(one.name) + 1}" if isinstance(one, Given) else written.mogrify("%s", [one])
            for one in params
        ]
        return cls(queryset, compiler, sql % tuple(places), names)

    @property
    def table(self) -> str:
        return str(self.queryset.model._meta.db_table)

    @property
    def locks(self) -> bool:
        return bool(self.queryset.query.select_for_update)

    @property
    def is_of_tenant(self) -> bool:
        return isinstance(self.queryset.query, TenantQuery)

    def shaped(self, rows: list[tuple[Any, ...]]) -> Iterable[Any]:
        """Instances, tuples or single values, as the query set gives them."""
        whole = self.queryset._iterable_class is ModelIterable
        found = self.compiler.results_iter([rows], tuple_expected=not whole)  # type: ignore[list-item]
        if whole:
            return map(self._instance, found)
        return (row[0] for row in found) if self.queryset._iterable_class is FlatValuesListIterable else found

    def _instance(self, row: Any) -> Any:
        model, names, first, last, populators = self._recipe
        one = model.from_db(self.queryset.db, names, row[first:last])
        for populator in populators:
            populator.populate(row, one)
        return one

    @cached_property
    def _recipe(self) -> tuple[Any, list[str], int, int, list[Any]]:
        made: Any = self.compiler
        columns = made.klass_info["select_fields"]
        first, last = columns[0], columns[-1] + 1
        names = [column[0].target.attname for column in made.select[first:last]]
        populators = get_related_populators(made.klass_info, made.select, self.queryset.db, self.queryset._fetch_mode)
        return made.klass_info["model"], names, first, last, populators


def _array(value: Any) -> Any:
    """As one parameter. Keys are written as the server reads them: the driver looks at each for what needs quoting."""
    if not isinstance(value, Collection) or isinstance(value, str | bytes):
        return value
    listed = list(value)
    if listed and all(isinstance(one, UUID) for one in listed):
        return "{" + ",".join([one.hex for one in listed]) + "}"
    return listed
