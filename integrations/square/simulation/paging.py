"""Opaque cursors: good for the query they came from, and for no other."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any

from integrations.square.simulation.errors import bad
from integrations.square.simulation.values import Json

KEY = b"cursors of the sandbox"


def page[T](
    things: Sequence[T],
    *,
    key: Callable[[T], list[Any]],
    query: Json,
    cursor: str,
    limit: int,
    descending: bool = False,
    empty_pages: bool = False,
) -> tuple[list[T], str]:
    """A page of things in the order of their keys, with the cursor of the next one, "" on the last.

    `query` is all that must stay the same between pages; the limit may change. Raises INVALID_CURSOR.
    """
    ordered = sorted(things, key=key, reverse=descending)
    after, empty = _read(cursor, query) if cursor else (None, False)
    if after is not None:
        ordered = [one for one in ordered if (key(one) < after if descending else key(one) > after)]
    if empty:
        return [], _write(query, after, empty=False)
    shown, more = ordered[:limit], len(ordered) > limit
    return shown, _write(query, key(shown[-1]), empty=empty_pages) if more else ""


def _write(query: Json, after: list[Any] | None, *, empty: bool) -> str:
    inside = json.dumps([after, empty, _digest(query)], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(inside) + inside).decode().rstrip("=")


def _read(cursor: str, query: Json) -> tuple[list[Any], bool]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        seal, inside = raw[:8], raw[8:]
        if not hmac.compare_digest(seal, _seal(inside)):
            raise ValueError("not ours")
        after, empty, digest = json.loads(inside)
    except ValueError:
        raise bad("INVALID_CURSOR", "The pagination cursor is invalid.", field="cursor") from None
    if digest != _digest(query):
        raise bad("INVALID_CURSOR", "The cursor does not belong to this query.", field="cursor")
    return after, empty


def _seal(inside: bytes) -> bytes:
    return hmac.new(KEY, inside, hashlib.sha256).digest()[:8]


def _digest(query: Json) -> str:
    return hashlib.sha256(json.dumps(query, sort_keys=True, default=str).encode()).hexdigest()[:12]
