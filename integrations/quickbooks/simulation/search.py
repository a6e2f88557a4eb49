"""Carries a statement out on the books: which fields may be asked for, comparing, sorting, paging."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.quickbooks.simulation.amounts import amount
from integrations.quickbooks.simulation.answers import ApiFault, Json
from integrations.quickbooks.simulation.clock import read_time
from integrations.quickbooks.simulation.query import Condition, Order, Statement
from integrations.quickbooks.simulation.table import Table, id_key

COMMON = {"Id": "id", "MetaData.CreateTime": "created", "MetaData.LastUpdatedTime": "changed"}
TRANSACTION = {**COMMON, "TxnDate": "date", "CustomerRef": "text", "TotalAmt": "number", "DocNumber": "text"}
FIELDS: dict[str, dict[str, str]] = {
    "Invoice": {**TRANSACTION, "DueDate": "date", "Balance": "number", "SalesTermRef": "text", "EmailStatus": "text"},
    "CreditMemo": {**TRANSACTION, "Balance": "number", "RemainingCredit": "number"},
    "Payment": {
        **TRANSACTION,
        "UnappliedAmt": "number",
        "PaymentRefNum": "text",
        "PaymentMethodRef": "text",
        "DepositToAccountRef": "text",
    },
    "Customer": {
        **COMMON,
        **dict.fromkeys(("DisplayName", "FullyQualifiedName", "CompanyName", "GivenName", "FamilyName"), "text"),
        **dict.fromkeys(("PrintOnCheckName", "PrimaryEmailAddr", "PrimaryPhone", "ParentRef"), "text"),
        **dict.fromkeys(("Balance", "BalanceWithJobs"), "number"),
        **dict.fromkeys(("Active", "Job"), "flag"),
    },
    "Item": {**COMMON, "Name": "text", "Type": "text", "UnitPrice": "number", "Active": "flag"},
    "Term": {**COMMON, "Name": "text", "Active": "flag"},
    "CompanyInfo": dict(COMMON),
    "Preferences": dict(COMMON),
}
ENTITIES = {name.lower(): name for name in FIELDS}
HIDDEN_WHEN_INACTIVE = ("Customer", "Item", "Term")

type Test = Callable[[str, Json], bool]


def entity_named(name: str) -> str:
    """The entity as the vendor writes it. Raises 4001 where there is none."""
    entity = ENTITIES.get(name.lower())
    if entity is None:
        raise ApiFault("4001", "Invalid query", f"QueryValidationError: Invalid context declaration: {name}")
    return entity


def field_named(entity: str, name: str) -> tuple[str, str]:
    """The field and its kind, however it was capitalized. Raises 4001 where it cannot be asked for."""
    for field, kind in FIELDS[entity].items():
        if field.lower() == name.lower():
            return field, kind
    raise ApiFault("4001", "Invalid query", f"QueryValidationError: Property {name} not found for Entity {entity}")


def find(table: Table, entity: str, statement: Statement) -> list[str]:
    """The ids of everything that matches, in the order asked for; without one, the newest first."""
    search = (statement.where, statement.order)
    found = table.remembered(search)
    if found is None:
        found = _sorted(table, entity, _matching(table, entity, statement.where), statement.order)
        table.remember(search, found)
    return found


def select(table: Table, entity: str, statement: Statement) -> Json:
    """The inside of a QueryResponse. An empty page has no entity key; totalCount counts the page, not the books."""
    found = find(table, entity, statement)
    if statement.count:
        return {"totalCount": len(found)}
    first = statement.start - 1
    columns = [field_named(entity, name)[0] for name in statement.columns]
    page = [item for one in found[first : first + statement.limit] if (item := table.get(one)) is not None]
    if not page:
        return {}
    if columns:
        page = [_only(item, columns) for item in page]
    return {entity: page, "startPosition": statement.start, "maxResults": len(page), "totalCount": len(page)}


def _matching(table: Table, entity: str, where: tuple[Condition, ...]) -> list[str]:
    tests = [_test(table, entity, condition) for condition in where]
    asked = {field_named(entity, condition.field)[0] for condition in where}
    if entity in HIDDEN_WHEN_INACTIVE and "Active" not in asked:
        tests.append(lambda identity, item: item.get("Active") is not False)
    candidates = _candidates(table, entity, where)
    if not tests:
        return candidates
    return [
        one for one in candidates if (item := table.get(one)) is not None and all(test(one, item) for test in tests)
    ]


def _candidates(table: Table, entity: str, where: tuple[Condition, ...]) -> list[str]:
    """Not more ids than an index leaves: one by id, or those changed since."""
    for condition in where:
        _, kind = field_named(entity, condition.field)
        if kind == "id" and condition.operator == "=":
            return [condition.values[0]]
        if kind == "changed" and condition.operator in (">", ">=", "="):
            return table.ids_changed_since(_moment(condition.values[0]))
    return table.ids()


def _test(table: Table, entity: str, condition: Condition) -> Test:
    field, kind = field_named(entity, condition.field)
    read = _reader(table, field, kind)
    if condition.operator == "LIKE":
        return _like(read, field, kind, condition.values[0])
    wanted = [_wanted(kind, field, value) for value in condition.values]
    if condition.operator == "IN":
        return lambda identity, item: read(identity, item) in wanted
    return _comparison(read, condition.operator, wanted[0])


def _comparison(read: Callable[[str, Json], Any], operator: str, wanted: Any) -> Test:
    match operator:
        case "=":
            return lambda identity, item: bool(read(identity, item) == wanted)
        case "<":
            return lambda identity, item: (seen := read(identity, item)) is not None and seen < wanted
        case ">":
            return lambda identity, item: (seen := read(identity, item)) is not None and seen > wanted
        case "<=":
            return lambda identity, item: (seen := read(identity, item)) is not None and seen <= wanted
        case _:
            return lambda identity, item: (seen := read(identity, item)) is not None and seen >= wanted


def _like(read: Callable[[str, Json], Any], field: str, kind: str, pattern: str) -> Test:
    if kind not in ("text", "id"):
        raise ApiFault("4001", "Invalid query", f"QueryValidationError: LIKE cannot be used on {field}")
    shape = re.compile(".*".join(re.escape(part) for part in pattern.split("%")), re.DOTALL)
    if kind == "id":
        return lambda identity, item: shape.fullmatch(identity) is not None
    return lambda identity, item: isinstance(seen := read(identity, item), str) and shape.fullmatch(seen) is not None


def _reader(table: Table, field: str, kind: str) -> Callable[[str, Json], Any]:
    match kind:
        case "id":
            return lambda identity, item: id_key(identity)
        case "changed":
            return lambda identity, item: table.changed(identity)
        case "created":
            return lambda identity, item: _created(item)
        case "number":
            return lambda identity, item: _number(item.get(field))
        case "flag":
            return lambda identity, item: bool(item.get(field))
        case _:
            return lambda identity, item: _plain_text(item.get(field))


def _wanted(kind: str, field: str, value: str) -> Any:
    try:
        match kind:
            case "id":
                return id_key(value)
            case "changed" | "created":
                return read_time(value).timestamp()
            case "number":
                return amount(value)
            case "date":
                return date.fromisoformat(value).isoformat()
            case "flag":
                return {"true": True, "false": False}[value.lower()]
    except (ValueError, KeyError):
        raise ApiFault("4001", "Invalid query", f"QueryValidationError: Invalid value {value!r} for {field}") from None
    return value


def _moment(text: str) -> float:
    return float(_wanted("changed", "MetaData.LastUpdatedTime", text))


def _created(item: Json) -> float | None:
    meta = item.get("MetaData")
    try:
        return read_time(meta["CreateTime"]).timestamp() if isinstance(meta, dict) else None
    except (KeyError, TypeError, ValueError):
        return None


def _number(value: Any) -> Decimal | None:
    try:
        return amount(value)
    except ValueError:
        return None


def _plain_text(value: Any) -> str | None:
    """Text of a field, of a reference, of a phone, of an address of mail."""
    if isinstance(value, dict):
        value = value.get("value") or value.get("Address") or value.get("FreeFormNumber")
    return value if isinstance(value, str) else None


def _sorted(table: Table, entity: str, ids: list[str], order: tuple[Order, ...]) -> list[str]:
    if not order:
        return sorted(ids, key=lambda one: (table.changed(one), id_key(one)), reverse=True)
    for one in reversed(order):
        field, kind = field_named(entity, one.field)
        read = _reader(table, field, kind)
        keys = {identity: read(identity, item) for identity in ids if (item := table.get(identity)) is not None}
        ids = sorted(ids, key=lambda identity: _missing_first(keys[identity]), reverse=one.descending)
    return ids


def _missing_first(value: Any) -> tuple[bool, Any]:
    return (value is not None, value)


def _only(item: Json, columns: list[str]) -> Json:
    """The columns asked for; the vendor adds what it always sends."""
    tops = {column.partition(".")[0] for column in columns} | {"domain", "sparse", "Id"}
    return {name: value for name, value in item.items() if name in tops}
