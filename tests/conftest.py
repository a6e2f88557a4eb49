"""What every test stands on: a database of its own made by the owner's role, used by the app's; and the cast."""

import hashlib
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent

hypothesis.settings.register_profile("quick", max_examples=40, deadline=None)
hypothesis.settings.register_profile(
    "full", max_examples=300, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("full" if os.environ.get("PROOF") == "full" else "quick")


def pytest_configure() -> None:
    # Real hashing costs half a second a person; no test is about its strength.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A database for this worker, copied from a template that the owner's role migrated once for all workers."""
    owner = settings.DATABASES["owner"]
    template = f"test_template_{_fingerprint()}"
    mine = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with _maintenance(owner) as server:
        server.execute("SELECT pg_advisory_lock(7341)")  # one worker migrates, the others wait and copy
        try:
            if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone() is None:
                _make_template(server, template, django_db_blocker)
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(mine), sql.Identifier(template))
            )
        finally:
            server.execute("SELECT pg_advisory_unlock(7341)")
    _use(mine)
    yield
    with django_db_blocker.unblock():
        for connection in connections.all(initialized_only=True):
            connection.close()
    _end_what_still_runs(mine)
    with _maintenance(owner) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(mine)))


def _fingerprint() -> str:
    """Of all migrations: a template is used only while none has changed."""
    files = [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "uv.lock"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _maintenance(owner: dict[str, Any], database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=database,
        autocommit=True,
    )


def _end_what_still_runs(database: str) -> None:
    """Threads of a relay or worker under test may hold connections a moment longer; only their own role may end them."""
    with _maintenance(settings.DATABASES["default"]) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
            [database],
        )


def _make_template(server: psycopg.Connection, name: str, blocker: Any) -> None:
    building = f"{name}_building"
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(building)))
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
    _use(building)
    with blocker.unblock():
        call_command("migrate", verbosity=0)
        for connection in connections.all(initialized_only=True):
            connection.close()
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name)))


def _use(name: str) -> None:
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


@pytest.fixture(autouse=True)
def _no_shift() -> None:
    """Business time is the machine's unless a test moves it with time-machine."""
    from syntharra import clock

    clock._Shift.by, clock._Shift.read_at = timedelta(0), float("-inf")


@pytest.fixture
def plumber(db: None) -> Iterator[Any]:
    """Ava's Plumbing: the business every story is about; the test acts for it."""
    from syntharra.tenancy import acting_for
    from tests.cast import make_business

    firm = make_business()
    with acting_for(firm.business.pk):
        yield firm


@pytest.fixture
def rival(db: None) -> Any:
    """Rival Rooter: must never see a row of the plumber's. Not acted for."""
    from tests.cast import make_business

    return make_business("Rival Rooter", email="rex@rivalrooter.example")


KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission")


@pytest.fixture(autouse=True, scope="session")
def _owner_empties_tables() -> Iterator[None]:
    """After a test with real commits the owner's role empties the tables: the app's role may not."""
    from django.test import TransactionTestCase

    def empty(self: TransactionTestCase) -> None:
        owner = settings.DATABASES["owner"]
        with _maintenance(owner, owner["NAME"]) as database:
            names = database.execute(
                "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables "
                "WHERE schemaname = 'public' AND NOT tablename = ANY(%s)",
                [list(KEPT_TABLES)],
            ).fetchone()
            truncate = sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(names[0] if names else ""))
            for patience in (0.2, 0.5, 1.0, 2.0):
                try:
                    database.execute(truncate)
                    return
                except psycopg.errors.DeadlockDetected:  # a thread of the test was still reading
                    time.sleep(patience)
            database.execute(truncate)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield
