"""Several small lists of a page in one question to the database, each still written as the queryset it is.

    found = together.load(files=dispute.files.filter(removed_at=None), packs=dispute.packs.order_by("-made_at"))
    found["files"]  # a list of DisputeFile, in the order asked for

For lists of some dozens of rows: each comes as JSON inside one row. A queryset gives model instances, one of ``values``
dictionaries. ``select_related`` and ``prefetch_related`` are not for here: join in Python, or ask apart.
"""

import json
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models

type Rows = list[Any]


def load(**wanted: "models.QuerySet[Any, Any]") -> dict[str, Rows]:
    """The rows of each, by its name; one query for all of them, none where nothing can be found."""
    parts, arguments, asked = [], [], {}
    found: dict[str, Rows] = {name: [] for name in wanted}
    for name, queryset in wanted.items():
        if queryset.query.select_related:
            raise ValueError(f"{name}: select_related does not go together with others")
        try:
            sql, given = queryset.query.get_compiler(queryset.db).as_sql()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT json_agg(row_to_json(rows_of)) FROM ({sql}) AS rows_of)::text")  # noqa: S608
        arguments += given
        asked[name] = queryset
    if not asked:
        return found
    with connections[next(iter(asked.values())).db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", arguments)
        answers = cursor.fetchone()
    for (name, queryset), answer in zip(asked.items(), answers, strict=True):
        rows = json.loads(answer, parse_float=Decimal) if answer else []
        found[name] = _values(queryset, rows) if queryset.query.values_select else _instances(queryset, rows)
    return found


def _instances(queryset: "models.QuerySet[Any, Any]", rows: list[dict[str, Any]]) -> Rows:
    model = queryset.model
    by_column = {field.column: field for field in model._meta.concrete_fields}
    made = []
    for row in rows:
        known = {by_column[column]: value for column, value in row.items() if column in by_column}
        fields = [field for field in model._meta.concrete_fields if field in known]
        names, values = [field.attname for field in fields], [_python(field, known[field]) for field in fields]
        instance = model.from_db(queryset.db, names, values)
        for name, value in row.items():
            if name not in by_column:
                setattr(instance, name, value)
        made.append(instance)
    return made


def _values(queryset: "models.QuerySet[Any, Any]", rows: list[dict[str, Any]]) -> Rows:
    fields = {name: _field(queryset, name) for name in queryset.query.values_select}
    return [{name: _python(fields.get(name), value) for name, value in row.items()} for row in rows]


def _field(queryset: "models.QuerySet[Any, Any]", path: str) -> "models.Field[Any, Any]":
    field: models.Field[Any, Any] = queryset.query.names_to_path(path.split("__"), queryset.model._meta)[1]
    return field


def _python(field: "models.Field[Any, Any] | None", value: Any) -> Any:
    """As the database's own driver would have given it."""
    if value is None or field is None:
        return value
    if isinstance(field, models.JSONField):
        return json.loads(json.dumps(value, default=float))
    if isinstance(field, models.BinaryField):
        return bytes.fromhex(value.removeprefix("\\x"))
    return field.to_python(value)
