"""Database folders made once and copied for each run: a copy takes a tenth of the time of making or migrating one."""

import os
from pathlib import Path

from _stack import places, services
from _stack.postgres import OWNER, Postgres
from _stack.processes import run
from _stack.setup.progress import StepFailed

KEPT = 2


def for_tests(server: Postgres) -> None:
    """The server's folder becomes a copy: of one that tests have migrated if there is one, else of a new one."""
    with places.lock(_home() / "lock", wait=True):
        server.migrations = services.migrations_hash()
        migrated = _home() / server.migrations
        found = (migrated / "made.json").exists()
        server.copy_from(migrated if found else _plain())
        server.is_migrated_copy = found


def plain(server: Postgres) -> None:
    """The server's folder becomes a copy of one with roles and an empty database."""
    with places.lock(_home() / "lock", wait=True):
        server.copy_from(_plain())


def prepare() -> Path:
    """The folder all others are copied from exists."""
    with places.lock(_home() / "lock", wait=True):
        return _plain()


def keep(server: Postgres) -> None:
    """A stopped server's folder, in which the tests have migrated their template, is kept for the next runs."""
    with places.lock(_home() / "lock", wait=True):
        place = _home() / server.migrations
        if place.exists():
            return
        unfinished = _home() / "unfinished"
        places.remove(unfinished)
        Postgres(unfinished, unfinished, quick=True).copy_from(server.folder)
        unfinished.rename(place)
        migrated = sorted((p for p in _home().iterdir() if len(p.name) == 64), key=os.path.getmtime, reverse=True)
        for older in migrated[KEPT:]:
            places.remove(older)


def has_migrated(server: Postgres) -> bool:
    """True when the tests left a finished template in this running server."""
    command = [str(server.programs / "psql"), "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(server.port), "-U", OWNER]
    command += ["-d", "postgres", "-c", "SELECT datname FROM pg_database WHERE datname LIKE 'test%'"]
    environment = {"PGPASSWORD": server.passwords.owner, "PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    try:
        found = run(command, environment=environment, what="looking for the tests' template").split()
    except StepFailed:
        return False
    return bool(found) and all(name.startswith("test_template") and "building" not in name for name in found)


def _home() -> Path:
    home = places.engines_home() / "templates"
    home.mkdir(exist_ok=True)
    return home


def _plain() -> Path:
    server = Postgres(_home() / "plain", _home() / "plain.log", quick=True)
    server.prepare()
    return server.folder
