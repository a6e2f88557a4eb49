"""Queries of the ORM that are written once and run many times: compiled once a process, prepared once a connection.

A sweep asks the same thirty questions about batch after batch; putting each into SQL anew, and having the server take
it apart and plan it anew, costs more than the answer.
``Given`` stands for a value to come, ``__among`` for a list of them, which goes over as one array whatever its length::

    PROMISES = Reading(lambda: Promise.objects.filter(invoice_id__among=Given("invoices"), status="running"))
    for promise in PROMISES(invoices=invoices): ...

Row level security holds as ever, and without a business a tenant table raises ``NoBusiness``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import Expression, Field, ForeignObject, Lookup, QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, get_related_populators
from psycopg import ClientCursor

from syntharra.postgres.kept import forget, kept_cursor, name_of
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
    """One of these values, as ``in`` is, but with one array for all of them."""

    lookup_name = "among"

    def get_prep_lookup(self) -> Any:
        return self.rhs if isinstance(self.rhs, Given) else list(self.rhs)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s)", [*params, self.rhs]


class Reading[T]:
    """A question to the database with its values left open. Asking takes them by name and gives the rows in a list.

    Rows are what the queryset gives: instances, or tuples of ``values_list``. No prefetching and no annotations beside
    instances. Raises KeyError for a value that was not given.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, T]]) -> None:
        self._build = build

    def __call__(self, **given: Any) -> list[T]:
        if self._of_tenant:
            current_business()
        cursor = kept_cursor()
        values = [_array(given[name]) for name in self._statement[1]]
        try:
            name = name_of(self, self._statement[0], about=self._queryset.model._meta.db_table)
            cursor.execute(f"EXECUTE {name}{self._places}", values)
        except DatabaseError:
            forget()
            raise
        return list(self._shaped(cursor.fetchall()))

    @cached_property
    def _queryset(self) -> QuerySet[Any, T]:
        return self._build()

    @cached_property
    def _of_tenant(self) -> bool:
        return isinstance(self._queryset.query, TenantQuery)

    @cached_property
    def _compiler(self) -> SQLCompiler:
        made: SQLCompiler = self._queryset.query.get_compiler(using=self._queryset.db)
        return made

    @cached_property
    def _statement(self) -> tuple[str, list[str]]:
        """As the server prepares it, and the names of the values it takes. What is given by us is part of it: the
        planner knows by it which index serves."""
        made: Any = self._compiler
        sql, params = made.as_sql()
        names = list(dict.fromkeys(one.name for one in params if isinstance(one, Given)))
        written = ClientCursor(connection.connection)
        places = [
            f"${names.index(one.name) + 1}" if isinstance(one, Given) else written.mogrify("%s", [one])
            for one in params
        ]
        return sql % tuple(places), names

    @cached_property
    def _places(self) -> str:
        names = self._statement[1]
        return f"({', '.join(['%s'] * len(names))})" if names else ""

    def _shaped(self, rows: list[tuple[Any, ...]]) -> Iterable[Any]:
        if not rows:
            return []
        whole = self._queryset._iterable_class is ModelIterable
        made: Any = self._compiler
        found = made.results_iter([rows], tuple_expected=not whole)
        return map(self._instance, found) if whole else self._flat(found)

    def _flat(self, rows: Iterable[Any]) -> Iterable[Any]:
        return (row[0] for row in rows) if self._queryset._iterable_class is FlatValuesListIterable else rows

    def _instance(self, row: Any) -> Any:
        model, names, first, last, populators = self._recipe
        one = model.from_db(self._queryset.db, names, row[first:last])
        for populator in populators:
            populator.populate(row, one)
        return one

    @cached_property
    def _recipe(self) -> tuple[Any, list[str], int, int, list[Any]]:
        made: Any = self._compiler
        asked: Any = self._queryset
        columns = made.klass_info["select_fields"]
        first, last = columns[0], columns[-1] + 1
        names = [column[0].target.attname for column in made.select[first:last]]
        populators = get_related_populators(made.klass_info, made.select, asked.db, asked._fetch_mode)
        return made.klass_info["model"], names, first, last, populators


def _array(value: Any) -> Any:
    """As one parameter. Keys are written as the server reads them: the driver looks at each for what needs quoting."""
    if not isinstance(value, Collection) or isinstance(value, str | bytes):
        return value
    listed = list(value)
    if listed and all(isinstance(one, UUID) for one in listed):
        return "{" + ",".join([one.hex for one in listed]) + "}"
    return listed
