"""A database of a benchmark's own on the installation's server: migrated, measured in, dropped."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from psycopg import sql

from desk.bench.children import ROOT
from desk.bench.report import say

SHOWN = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_level",
    "shared_buffers",
    "max_wal_size",
    "checkpoint_timeout",
    "jit",
)


@dataclass(frozen=True)
class Database:
    """Where it is: ``variables`` for processes of the product, ``connect`` for whoever measures, as its owner."""

    name: str

    @property
    def variables(self) -> dict[str, str]:
        return {"DATABASE_URL": _url("default", self.name), "DATABASE_OWNER_URL": _url("owner", self.name)}

    def connect(self) -> "psycopg.Connection[Any]":
        return _connect(self.name)

    def settings(self) -> dict[str, str]:
        """The server's settings that decide how durable and how fast it writes."""
        with self.connect() as line:
            rows = line.execute("SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [[*SHOWN]])
            found = dict(rows.fetchall())
        return {name: found[name] for name in SHOWN if name in found}


@contextmanager
def own_database(template: str | None) -> Iterator[Database]:
    """New and migrated, or a copy of ``template``; gone when the block ends."""
    database = Database(f"bench_{secrets.token_hex(4)}")
    with _connect("postgres") as line:
        line.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(database.name), sql.Identifier(template or "template1")
            )
        )
    try:
        if template is None:
            say("migrating a database of its own")
            command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
            surroundings = {**os.environ, **database.variables}
            subprocess.run(command, cwd=ROOT, env=surroundings, check=True, stdout=sys.stderr)  # noqa: S603  (our own)
        yield database
    finally:
        with _connect("postgres") as line:
            line.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database.name)))


def _connect(name: str) -> "psycopg.Connection[Any]":
    owner = settings.DATABASES["owner"]
    return psycopg.connect(
        host=owner["HOST"] or None,
        port=owner["PORT"] or None,
        user=owner["USER"] or None,
        password=owner["PASSWORD"] or None,
        dbname=name,
        autocommit=True,
    )


def _url(alias: str, name: str) -> str:
    where = settings.DATABASES[alias]
    who = quote(where["USER"], safe="")
    who += f":{quote(where['PASSWORD'], safe='')}" if where["PASSWORD"] else ""
    port = f":{where['PORT']}" if where["PORT"] else ""
    return f"postgres://{who}@{where['HOST']}{port}/{name}"
