"""Database and broker of one stack: embedded, unless the environment names servers."""

import os
from collections.abc import Callable
from pathlib import Path

from _stack.ports import HOST, Ports
from _stack.postgres import APP, OWNER, Postgres
from _stack.processes import Child, Family
from _stack.setup.progress import Step, StepFailed
from _stack.valkey import Valkey


class Engines:
    """Started once; then `variables` says where they are and `children` what must keep running."""

    def __init__(self, family: Family, ports: Ports, folder: Path, logs: Path, *, fixed_ports: bool) -> None:
        self.family = family
        self.ports = ports
        self.folder = folder
        self.logs = logs
        self.fixed_ports = fixed_ports
        self.variables: dict[str, str] = {}
        self.children: list[Child] = []
        self.postgres: Postgres | None = None

    def start(self, *, quick: bool = False, copied_by: Callable[[Postgres], object] | None = None) -> None:
        """Both answering. `copied_by` fills the data folder; without it the folder of earlier runs is used."""
        self._start_database(quick, copied_by or Postgres.prepare)
        self._start_broker()

    @property
    def migrated(self) -> Path | None:
        """Where it is noted which migrations the data folder has seen; None for somebody else's server."""
        return self.postgres.folder / "migrated" if self.postgres else None

    def _start_database(self, quick: bool, filled_by: Callable[[Postgres], object]) -> None:
        given = given_database()
        if given:
            self.variables |= given
            return
        with Step("PostgreSQL") as step:
            server = Postgres(self.folder / "postgres", self.logs / "postgres.log", quick=quick)
            filled_by(server)
            self.children.append(server.start(self.family, self.ports, 54320 if self.fixed_ports else None))
            step.detail = f"{server.major} at {HOST}:{server.port}" + (", fsync off" if quick else "")
        self.postgres = server
        self.variables |= {"DATABASE_URL": server.url(APP), "DATABASE_OWNER_URL": server.url(OWNER)}

    def _start_broker(self) -> None:
        if os.environ.get("REDIS_URL"):
            self.variables["REDIS_URL"] = os.environ["REDIS_URL"]
            return
        with Step("Valkey") as step:
            server = Valkey(self.folder / "valkey", self.logs / "valkey.log")
            self.children.append(server.start(self.family, self.ports, 63790 if self.fixed_ports else None))
            step.detail = f"{HOST}:{server.port}"
        self.variables["REDIS_URL"] = server.url


def given_database() -> dict[str, str]:
    """The caller's own server, in both roles; empty when none is named."""
    app, owner = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
    if bool(app) != bool(owner):
        raise StepFailed(
            "only one of DATABASE_URL and DATABASE_OWNER_URL is set",
            "set both (the app's plain role, and the role that owns the schema), or neither",
        )
    return {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner} if app else {}
