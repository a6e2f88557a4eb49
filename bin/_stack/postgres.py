"""An own PostgreSQL: two roles with passwords, one database, one folder. Never root, never `trust`."""

import json
import os
import re
import secrets
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from _stack import binaries, places
from _stack.places import EngineUser
from _stack.ports import HOST, Ports
from _stack.processes import Child, Family, run, wait_until
from _stack.setup.progress import StepFailed, say

OWNER, APP, DATABASE = "syntharra_owner", "syntharra_app", "syntharra"
LAYOUT = 1
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
SAFE = {"shared_buffers": "128MB", "max_connections": "150", "jit": "off", "timezone": "UTC", "log_timezone": "UTC"}
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "wal_level": "minimal"}
QUICK_ALONE = {"max_wal_senders": "0", "autovacuum_naptime": "10min", "dynamic_shared_memory_type": "mmap"}
ATTEMPTS = 20
# A port just taken by another, or processes of a killed server that have not all gone yet.
PASSES = r"Address already in use|pre-existing shared memory block|lock file .* already exists"
DAMAGED = r"PANIC: |could not find the database system|could not open (file|directory) \"(global|base|pg_)"
ACCESS = f"""\
# Two roles, passwords only. The superuser cannot connect at all: what it has to do is done while the server is down.
local all {OWNER},{APP} scram-sha-256
host all {OWNER},{APP} {HOST}/32 scram-sha-256
"""


@dataclass(frozen=True)
class Passwords:
    """Of the two roles, random for each data folder."""

    owner: str
    app: str


class Postgres:
    """A server on its own folder: `data` and `socket` (0700, the server's), `made.json` (0600, how it was made)."""

    def __init__(self, folder: Path, log: Path, *, quick: bool = False) -> None:
        self.folder = folder
        self.log = log
        self.quick = quick
        self.user = EngineUser.current()
        self.data = folder / "data"
        self.programs = binaries.find(places.engines_home(), self.user)
        self.major = binaries.version(self.programs, self.user)
        self.port = 0
        self.passwords = Passwords("", "")
        self.is_migrated_copy = False
        self.migrations = ""

    def prepare(self) -> str:
        """The data folder is whole, ours and of this version; what is not is moved aside. Says what was done."""
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        trouble = self._trouble()
        if trouble is None:
            self.passwords = self._kept_passwords()
            self._clear_stale_pid()
            return f"data folder {self.data}"
        if self.data.exists():
            self.move_aside(trouble)
        self.make()
        return f"new data folder {self.data}"

    def make(self) -> None:
        """A new cluster with the two roles and the database."""
        self.user.own(self.data)
        command = [str(self.programs / "initdb"), "-D", str(self.data), "-U", "postgres", "--no-locale"]
        command += ["--encoding=UTF8", "--auth=reject", "--no-instructions", *(["--no-sync"] if self.quick else [])]
        self._as_engine(command, what="making the database folder")
        self.passwords = Passwords(owner=secrets.token_hex(20), app=secrets.token_hex(20))
        (self.data / "pg_hba.conf").write_text(ACCESS)
        command = [str(self.programs / "postgres"), "--single", "-j", "-D", str(self.data), "postgres"]
        self._as_engine(command, what="making roles and database", given=self._first_statements())
        self._record()

    def start(self, family: Family, ports: Ports, wanted: int | None) -> Child:
        """Answering on a port of 127.0.0.1. What passes is waited for; a damaged folder is moved aside."""
        for _ in range(ATTEMPTS):
            try:
                return self._start(family, ports, wanted)
            except StepFailed as failed:
                said = "\n".join(failed.log)
                if re.search(DAMAGED, said):
                    self.move_aside("the server does not start on it")
                    self.make()
                elif re.search(PASSES, said):
                    time.sleep(0.3)
                else:
                    raise
        return self._start(family, ports, wanted)

    def url(self, role: str) -> str:
        """Where the role connects."""
        password = self.passwords.owner if role == OWNER else self.passwords.app
        return f"postgres://{role}:{password}@{HOST}:{self.port}/{DATABASE}"

    def move_aside(self, why: str) -> None:
        """Kept beside, for whoever wants to look; only the latest one."""
        for older in self.folder.glob("data.aside-*"):
            places.remove(older)
        aside = self.folder / f"data.aside-{int(time.time())}"
        self.data.rename(aside)
        for record in ("made.json", "migrated"):
            (self.folder / record).unlink(missing_ok=True)
        say(f"     database: {why}; moved to {aside}, starting with a new one")

    def copy_from(self, template: Path) -> None:
        """Becomes a copy of a cluster that is not running."""
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.user.own(self.data)
        self._as_engine(["cp", "-a", f"{template / 'data'}/.", f"{self.data}/"], what="copying the database folder")
        shutil.copy2(template / "made.json", self.folder / "made.json")
        self.passwords = self._kept_passwords()

    def _start(self, family: Family, ports: Ports, wanted: int | None) -> Child:
        self.port = ports.take_any() if wanted is None else ports.take(wanted, "PostgreSQL")
        socket = self.user.own(self.folder / "socket")
        settings = SAFE | (QUICK | QUICK_ALONE if self.quick else {})
        settings |= {"port": str(self.port), "listen_addresses": HOST, "unix_socket_directories": str(socket)}
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        child = family.start(
            "PostgreSQL",
            command,
            environment=ENVIRONMENT,
            log=self.log,
            farewell=signal.SIGINT,
            user=self.user,
            folder=Path("/"),
        )
        wait_until(self._is_ready, child, seconds=60, what="starting PostgreSQL", advice=f"see {self.log}")
        return child

    def _is_ready(self) -> bool:
        """The server writes its state into the eighth line of this file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _trouble(self) -> str | None:
        """Why this folder cannot be used as it is; None when it can."""
        if not (self.data / "PG_VERSION").exists():
            return "it is not whole" if self.data.exists() else "there is none"
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(self.major):
            return f"it is of PostgreSQL {found}, the server is {self.major}"
        try:
            made = json.loads((self.folder / "made.json").read_text())
        except (OSError, ValueError):
            return "making it was interrupted"
        if made.get("layout") != LAYOUT:
            return "it is from an older layout of this stack"
        return None

    def _kept_passwords(self) -> Passwords:
        made = json.loads((self.folder / "made.json").read_text())
        return Passwords(owner=made["owner"], app=made["app"])

    def _record(self) -> None:
        """Written last: without it the folder counts as unfinished."""
        record = self.folder / "made.json"
        record.touch(mode=0o600)
        content = {"layout": LAYOUT, "major": self.major, "owner": self.passwords.owner, "app": self.passwords.app}
        record.write_text(json.dumps(content))

    def _first_statements(self) -> str:
        plain = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        return "\n\n".join(
            (
                f"CREATE ROLE {OWNER} {plain} CREATEDB PASSWORD '{self.passwords.owner}';",
                f"CREATE ROLE {APP} {plain} NOCREATEDB PASSWORD '{self.passwords.app}';",
                f"CREATE DATABASE {DATABASE} OWNER {OWNER};",
                f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;",
                f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP};",
                "",
            )
        )

    def _clear_stale_pid(self) -> None:
        """After kill -9 or a crash: end the server that still runs on our folder, forget one that does not."""
        record = self.data / "postmaster.pid"
        try:
            pid = int(record.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            record.unlink(missing_ok=True)
            return
        if not self._runs_here(pid):
            say("     database: the last run ended without goodbye; recovering")
            record.unlink(missing_ok=True)
            return
        say(f"     database: a server of an earlier run (process {pid}) still holds the folder; ending it")
        os.kill(pid, signal.SIGINT)
        for _ in range(200):
            if not self._runs_here(pid):
                return
            time.sleep(0.05)
        os.kill(pid, signal.SIGQUIT)
        time.sleep(1)

    def _runs_here(self, pid: int) -> bool:
        """Not just any process of that number: one that works in our data folder."""
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd")) == self.data.resolve()
        except OSError:
            return False

    def _as_engine(self, command: list[str], *, what: str, given: str | None = None) -> None:
        said = run(
            command,
            environment=ENVIRONMENT,
            what=what,
            user=self.user,
            given=given,
            folder=Path("/"),
            advice=f"free some space in {self.folder}, or set DATABASE_URL and DATABASE_OWNER_URL to a server of yours",
        )
        if given is not None and re.search(r"\b(ERROR|FATAL|PANIC):", said):
            raise StepFailed(f"{what}: the server refused a statement", "", said.splitlines())
