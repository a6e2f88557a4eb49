"""Values from a control request checked against the fields of a dataclass, so that a wrong one is named at once."""

from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


def fitting(kind: type, values: dict[str, Any]) -> dict[str, Any]:
    """The values as the fields want them. Raises ValueError for an unknown name or a value that cannot be."""
    hints = get_type_hints(kind)
    if unknown := sorted(set(values) - set(hints)):
        raise ValueError(f"unknown: {', '.join(unknown)}; there are {', '.join(hints)}")
    return {name: _fitting(name, value, hints[name]) for name, value in values.items()}


def _fitting(name: str, value: Any, hint: Any) -> Any:
    if get_origin(hint) is tuple:
        if isinstance(value, (list, tuple)):
            return tuple(value)
        raise ValueError(f"{name} must be a list")
    if get_origin(hint) in (dict, list, set):
        return value
    choices = get_args(hint) if get_origin(hint) in (Literal, Union, UnionType) else (hint,)
    if isinstance(value, Decimal) and Decimal not in choices:
        value = float(value)
    if not any(_is_one(value, choice) for choice in choices):
        raise ValueError(f"{name} must be {' or '.join(_named(choice) for choice in choices)}")
    return value


def _is_one(value: Any, choice: Any) -> bool:
    if choice is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(choice, type):
        return isinstance(value, choice) and (choice is bool or not isinstance(value, bool))
    if get_origin(choice) is not None:
        return value in get_args(choice) if get_origin(choice) is Literal else True
    return bool(value == choice)


def _named(choice: Any) -> str:
    return "null" if choice is NoneType else choice.__name__ if isinstance(choice, type) else str(choice)
