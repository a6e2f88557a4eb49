"""Connections: a page of rows with cursors that count rows, as Jobber's do, so that rows moving under a reader shift its pages."""

import base64
import binascii
from collections.abc import Callable, Sequence

from graphql import GraphQLError

from integrations.simulation.call import Json


def connection[T](
    rows: Sequence[T],
    render: Callable[[T], Json],
    *,
    most: int,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Json:
    """A page: exactly `first` rows while there are as many, never more than `most`."""
    start, end = (_place(after) if after else 0), len(rows)
    if before:
        end = min(end, max(start, _place(before) - 1))
    for name, wanted in (("first", first), ("last", last)):
        if wanted is not None and wanted < 0:
            raise GraphQLError(f"{name} must not be below zero")
    start = min(start, end)
    if first is not None or last is None:
        end = min(end, start + min(most if first is None else first, most))
    if last is not None:
        start = max(start, end - min(last, most))

    def shown() -> list[Json]:
        return [render(row) for row in rows[start:end]]

    return {
        "nodes": lambda _info: shown(),
        "edges": lambda _info: [
            {"node": row, "cursor": _cursor(start + number)} for number, row in enumerate(shown(), 1)
        ],
        "pageInfo": {
            "hasNextPage": end < len(rows),
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(start + 1) if end > start else None,
            "endCursor": _cursor(end) if end > start else None,
        },
        "totalCount": len(rows),
    }


def _cursor(place: int) -> str:
    """Base64 of the row's number, without its padding."""
    return base64.b64encode(str(place).encode()).decode().rstrip("=")


def _place(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor + "=" * (-len(cursor) % 4), validate=True))
    except (binascii.Error, ValueError):
        raise GraphQLError(f"Invalid input: {cursor!r}") from None
