"""The floor under a load: the very same rows by bare ``COPY`` into tables with the same columns and indexes."""

import tempfile
import time
from typing import IO, Any
from uuid import UUID

import psycopg
from psycopg import sql

CHUNK = 1 << 20


def seconds_to_copy(line: "psycopg.Connection[Any]", business: UUID, tables: list[str]) -> float:
    """How long PostgreSQL takes for these tables' rows of one business, as their owner, in one transaction.

    The same server, settings, columns, checks and indexes; no row level security, no foreign keys, no reading, no
    locks, no commit in between: nobody can be as fast who has to know what he writes.
    """
    with tempfile.TemporaryFile() as file:
        places = [_write_out(line, table, business, file) for table in tables]
        for table in tables:
            line.execute(
                sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(_floor(table), sql.Identifier(table))
            )
        began = time.monotonic()
        with line.transaction():
            for table, (start, end) in zip(tables, places, strict=True):
                _read_in(line, table, file, start, end)
        took = time.monotonic() - began
        for table in tables:
            line.execute(sql.SQL("DROP TABLE {}").format(_floor(table)))
    return took


def _floor(table: str) -> sql.Identifier:
    return sql.Identifier(f"floor_{table}")


def _write_out(line: "psycopg.Connection[Any]", table: str, business: UUID, file: "IO[bytes]") -> tuple[int, int]:
    """Where in the file this table's rows stand."""
    start = file.tell()
    asked = sql.SQL("COPY (SELECT * FROM {} WHERE business_id = {}) TO STDOUT").format(
        sql.Identifier(table), sql.Literal(str(business))
    )
    with line.cursor() as cursor, cursor.copy(asked) as copy:
        for part in copy:
            file.write(part)
    return start, file.tell()


def _read_in(line: "psycopg.Connection[Any]", table: str, file: "IO[bytes]", start: int, end: int) -> None:
    file.seek(start)
    with line.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(_floor(table))) as copy:
        while start < end:
            part = file.read(min(CHUNK, end - start))
            copy.write(part)
            start += len(part)
