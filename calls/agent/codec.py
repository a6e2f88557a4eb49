"""Frozen dataclasses to JSON and back, by their type annotations. An unknown field, or one missing that has no default, is an error."""

import dataclasses
import json
import types
import typing
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

from syntharra.money import Money, currency_code, of


class CodecError(ValueError):
    """The text is not a stored state of this version; the message says where."""


def pack(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def unpack[T](kind: type[T], text: str) -> T:
    """Raises :class:`CodecError` for anything that :func:`pack` did not write for this very type."""
    try:
        return typing.cast("T", _typed(kind, json.loads(text), kind.__name__))
    except CodecError:
        raise
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise CodecError(f"this is not a stored {kind.__name__}: {error}") from error


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Money):
        return [str(value.amount), currency_code(value)]
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def _typed(kind: Any, value: Any, where: str) -> Any:
    origin = typing.get_origin(kind)
    if origin is types.UnionType or origin is typing.Union:
        if value is None:
            return None
        return _typed(next(part for part in typing.get_args(kind) if part is not type(None)), value, where)
    if origin is tuple:
        part = typing.get_args(kind)[0]
        return tuple(_typed(part, item, f"{where}[{index}]") for index, item in enumerate(value))
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, value, where)
    if kind is Money:
        return of(Decimal(value[0]), value[1])
    if isinstance(kind, type) and issubclass(kind, (date, time)):
        return kind.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if not isinstance(value, kind):
        raise CodecError(f"{where} should be {kind.__name__}, not {value!r}")
    return value


def _dataclass(kind: Any, value: Any, where: str) -> Any:
    """A field that came with a later version, and has a default, may be missing: a call goes on while the product is renewed."""
    fields = {field.name: field for field in dataclasses.fields(kind)}
    needed = {name for name, field in fields.items() if _is_needed(field)}
    if not isinstance(value, dict) or not needed <= set(value) <= set(fields):
        raise CodecError(f"{where} does not have the fields of a {kind.__name__}")
    hints = typing.get_type_hints(kind)
    return kind(**{name: _typed(hints[name], value[name], f"{where}.{name}") for name in fields if name in value})


def _is_needed(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
