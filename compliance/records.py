"""Frozen dataclasses to JSON and back, so that a stored decision can be recomputed word for word."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


class RecordError(ValueError):
    """A stored record that is not what it should be; the text names the field."""


def utc_text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def dump(record: object) -> dict[str, Json]:
    """The record without the fields that hold their default."""
    found: dict[str, Json] = {}
    kind: Any = type(record)
    for name, default in _defaults(kind):
        value = getattr(record, name)
        if value is not default and value != default:
            plain = _PLAIN.get(type(value))
            found[name] = plain(value) if plain else _plain(value)
    return found


def dump_field(record: object, name: str) -> Json:
    return _plain(getattr(record, name))


def load[T](kind: type[T], data: object) -> T:
    """The record again; raises RecordError for an unknown, missing or unreadable field."""
    if not isinstance(data, Mapping):
        raise RecordError(f"{kind.__name__}: names with values belong here, not {type(data).__name__}")
    described: Any = kind
    readers = _readers(described)
    unknown = sorted(set(data) - set(readers))
    if unknown:
        raise RecordError(f"{kind.__name__}: unknown field {unknown[0]!r}")
    values = {}
    for name, value in data.items():
        try:
            values[name] = readers[name](value)
        except (TypeError, ValueError, AttributeError) as problem:
            raise RecordError(f"{kind.__name__}.{name}: {problem}") from problem
    try:
        return kind(**values)
    except TypeError as problem:
        raise RecordError(f"{kind.__name__}: {problem}") from problem


# What most fields hold, by its very type; whatever else there is goes the long way.
_PLAIN: dict[type, Callable[[Any], Json]] = {
    bool: bool,
    int: int,
    str: str,
    datetime: utc_text,
    date: date.isoformat,
    time: time.isoformat,
    tuple: lambda items: [_plain(item) for item in items],
}


def _plain(value: object) -> Json:
    match value:
        case None | bool() | int() | float():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case datetime():
            return utc_text(value)
        case date() | time():
            return value.isoformat()
        case frozenset():
            return sorted((_plain(item) for item in value), key=str)
        case tuple():
            return [_plain(item) for item in value]
        case _ if is_dataclass(value):
            return dump(value)
    raise RecordError(f"{type(value).__name__} cannot be stored")


@cache
def _defaults(kind: Any) -> tuple[tuple[str, object], ...]:
    found = []
    for field in fields(kind):
        if field.default_factory is not MISSING:
            found.append((field.name, field.default_factory()))
        else:
            found.append((field.name, field.default))
    return tuple(found)


@cache
def _readers(kind: Any) -> dict[str, Callable[[Any], object]]:
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> Callable[[Any], object]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        return _optional(next(_reader(each) for each in inner if each is not NoneType))
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        each = _reader(inner[0])
        return lambda value: tuple(each(item) for item in _list(value))
    if origin is tuple:
        readers = [_reader(part) for part in inner]
        return lambda value: tuple(read(item) for read, item in zip(readers, _list(value), strict=True))
    if origin is frozenset:
        each = _reader(inner[0])
        return lambda value: frozenset(each(item) for item in _list(value))
    if is_dataclass(hint):
        kind = hint if isinstance(hint, type) else type(hint)
        return lambda value: load(kind, value)
    return _scalar(hint)


def _scalar(hint: Any) -> Callable[[Any], object]:
    if hint in (datetime, date, time):
        parse: Callable[[str], object] = hint.fromisoformat
        return lambda value: parse(_exactly(str, value))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        kind = hint
        return lambda value: kind(_exactly(str, value))
    return lambda value: _exactly(hint, value)


def _optional(read: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda value: None if value is None else read(value)


def _list(value: object) -> list[Any]:
    return _exactly(list, value)


def _exactly[T](kind: type[T], value: object) -> T:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
    return value
