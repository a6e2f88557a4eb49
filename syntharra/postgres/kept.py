"""What a connection keeps from one question to the next: its cursor, and statements the server has read and planned."""

from collections.abc import Hashable
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection

_NAMES = count(1)
_GONE = ("26000", "0A000")  # no such prepared statement; "cached plan must not change result type"
_PREPARED: WeakKeyDictionary[Any, dict[Hashable, str]] = WeakKeyDictionary()
"""What each statement is called, by connection: prepared statements are the session's."""


class PreparedAnew(DatabaseError):
    """A statement is not there any more or gives other columns now: the session was discarded, or a table changed.

    All is prepared anew when used again, so the same transaction may be tried once more.
    """


def kept_cursor() -> Any:
    """The cursor of the connection at hand, for what is fetched at once; see ``DatabaseWrapper.kept_cursor``."""
    return connection.kept_cursor()  # type: ignore[attr-defined]  # our own backend


def name_of(key: Hashable, statement: str, *, about: str = "") -> str:
    """What this statement is called on the connection at hand; prepared there first where it is new."""
    connection.ensure_connection()
    mine = _PREPARED.setdefault(connection.connection, {})
    if key not in mine:
        name = f"{about or 'statement'}_{next(_NAMES)}"
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(f"PREPARE {name} AS {statement}")
        mine[key] = name
    return mine[key]


def refuse_stale(error: DatabaseError) -> None:
    """After an error in what was prepared: raises PreparedAnew from one that says so. Any other leaves the statements as they are."""
    if getattr(error.__cause__, "sqlstate", None) in _GONE:
        _PREPARED.pop(connection.connection, None)
        raise PreparedAnew(str(error)) from error
