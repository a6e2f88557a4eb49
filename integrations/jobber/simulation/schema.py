"""The executable schema: the documents of `schema.graphql` with Jobber's scalars, its permissions, and raw odd values let through."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    StringValueNode,
    ValueNode,
    build_schema,
    default_field_resolver,
    get_named_type,
)

from integrations.jobber.simulation import times
from integrations.jobber.simulation.asking import Info
from integrations.jobber.simulation.ids import is_encoded

SDL = Path(__file__).with_name("schema.graphql")
READS = {
    "Client": "read_clients",
    "ClientConnection": "read_clients",
    "ContactModelConnection": "read_clients",
    "Invoice": "read_invoices",
    "InvoiceConnection": "read_invoices",
    "PaymentRecordConnection": "payments",
    "PaymentRecordInterface": "payments",
    "PaymentRecordInterfaceConnection": "payments",
}
"""The scope a field needs by what it shows; `payments` stands for the scope the app was set up with."""
WRITES = {
    "invoiceEdit": "write_invoices",
    "invoiceClose": "write_invoices",
    "invoiceUnmarkBadDebt": "write_invoices",
    "invoiceCreateNote": "write_invoices",
    "invoiceEditNote": "write_invoices",
    "clientCreateNote": "write_clients",
}


@cache
def schema() -> GraphQLSchema:
    """Built once a process."""
    built = build_schema(SDL.read_text(encoding="utf-8"))
    for name, kind in built.type_map.items():
        if name.startswith("__"):
            continue
        match kind:
            case GraphQLEnumType():
                kind.coerce_output_value = _as_it_is  # type: ignore[method-assign, assignment]
            case GraphQLObjectType():
                for field_name, field in kind.fields.items():
                    _guard(field, WRITES.get(field_name) if name == "Mutation" else READS.get(_shown(field)))
    _scalar(built, "EncodedId", _encoded_id)
    _scalar(built, "ISO8601DateTime", _date_time)
    return built


def _shown(field: GraphQLField) -> str:
    return get_named_type(field.type).name


def _guard(field: GraphQLField, scope: str | None) -> None:
    if scope is None:
        return
    shown = _shown(field).removesuffix("Connection").removesuffix("Payload").removesuffix("Interface")

    def resolve(source: Any, info: Info, **arguments: Any) -> Any:
        if not info.context.may(scope):
            raise GraphQLError(f"An object of type {shown} was hidden due to permissions")
        return default_field_resolver(source, info, **arguments)

    field.resolve = resolve


def _scalar(built: GraphQLSchema, name: str, read: Callable[[Any], Any]) -> None:
    kind = built.type_map[name]
    assert isinstance(kind, GraphQLScalarType)
    kind.coerce_output_value = _as_it_is
    kind.coerce_input_value = read
    kind.coerce_input_literal = lambda node: _of_literal(node, read)


def _of_literal(node: ValueNode, read: Callable[[Any], Any]) -> Any:
    try:
        return read(node.value if isinstance(node, StringValueNode) else None)
    except GraphQLError as error:
        raise GraphQLError(error.message, node) from None


def _as_it_is(value: Any) -> Any:
    return value


def _encoded_id(value: Any) -> str:
    if isinstance(value, str) and is_encoded(value):
        return value
    raise GraphQLError(f"{value!r} is not a valid EncodedId")


def _date_time(value: Any) -> datetime:
    try:
        return times.parsed(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"{value!r} is not a valid ISO8601DateTime") from None
