"""Form bodies with nested names: ``line_items[0][price_data][currency]=usd``; and which names an operation knows."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from integrations.stripe.simulation.errors import unknown_parameter, wrong

type Shape = Mapping[str, Any]
"""A name -> ``str``, ``int``, ``dict`` (free text pairs), another shape, a list with one shape in it, or a
pair of a plain one and a shape."""
_PART = re.compile(r"\[([^\]]*)\]")
MOST_METADATA, MOST_WORDS = 50, 500


def read(body: bytes, shape: Shape) -> dict[str, Any]:
    """The parameters of a request as the shape has them. Refuses names and types it does not know."""
    nested: dict[str, Any] = {}
    for name, value in parse_qsl(body.decode("utf-8", errors="strict"), keep_blank_values=True):
        path = [name.partition("[")[0], *_PART.findall(name)]
        _put(nested, path, value, name)
    return _fitting(nested, shape, "")


def _put(into: dict[str, Any], path: list[str], value: str, name: str) -> None:
    here = into
    for part in path[:-1]:
        here = here.setdefault(part, {})
        if not isinstance(here, dict):
            raise wrong(f"Invalid {name}", name)
    here[path[-1]] = value


def _fitting(given: dict[str, Any], shape: Shape, inside: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        full = f"{inside}[{name}]" if inside else name
        if name not in shape:
            raise unknown_parameter(full)
        found[name] = _value(value, shape[name], full)
    return found


def _value(value: Any, kind: Any, full: str) -> Any:
    if isinstance(kind, list):
        if not isinstance(value, dict) or sorted(value) != sorted(str(index) for index in range(len(value))):
            raise wrong("Invalid array", full)
        return [_value(value[str(index)], kind[0], f"{full}[{index}]") for index in range(len(value))]
    if isinstance(kind, tuple):  # one word, or a shape: created=5, created[gte]=5
        return _value(value, kind[1] if isinstance(value, dict) else kind[0], full)
    if kind is dict:
        if not isinstance(value, dict) or len(value) > MOST_METADATA:
            raise wrong(f"Invalid object: {full}", full)
        for name, words in value.items():
            if not isinstance(words, str) or len(words) > MOST_WORDS or len(name) > 40:
                raise wrong("Metadata keys have 40 characters and values 500 at most", f"{full}[{name}]")
        return value
    if isinstance(kind, Mapping):
        if not isinstance(value, dict):
            raise wrong(f"Invalid object: {full}", full)
        return _fitting(value, kind, full)
    if not isinstance(value, str):
        raise wrong(f"Invalid string: {full}", full)
    if kind is int:
        if not re.fullmatch(r"-?\d{1,12}", value):
            raise wrong(f"Invalid integer: {value}", full)
        return int(value)
    return value
