"""Values from a control request checked against the fields of a dataclass, so that a wrong one is named at once."""

from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints


def fitting(kind: type, values: dict[str, Any]) -> dict[str, Any]:
    """The values as the fields want them. Raises ValueError for an unknown name or a value that cannot be."""
    hints = get_type_hints(kind)
    if unknown := sorted(set(values) - set(hints)):
        raise ValueError(f"unknown: {', '.join(unknown)}; there are {', '.join(hints)}")
    return {name: _fitting(name, value, hints[name]) for name, value in values.items()}


def _fitting(name: str, value: Any, hint: Any) -> Any:
    if hint == tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        raise ValueError(f"{name} must be a list of texts")
    if get_origin(hint) is dict:
        if isinstance(value, dict):
            return value
        raise ValueError(f"{name} must be an object")
    if isinstance(value, Decimal):
        value = float(value)
    choices = get_args(hint) or (hint,)
    if not any(_is_one(value, choice) for choice in choices):
        raise ValueError(f"{name} must be {' or '.join(_named(choice) for choice in choices)}")
    return value


def _is_one(value: Any, choice: Any) -> bool:
    if choice is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(choice, type):
        return isinstance(value, choice) and (choice is bool or not isinstance(value, bool))
    return bool(value == choice)


def _named(choice: Any) -> str:
    return "null" if choice is type(None) else choice.__name__ if isinstance(choice, type) else str(choice)
