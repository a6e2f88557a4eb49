"""Where the stack keeps things: results and secrets in the checkout, engines outside it."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from _stack.setup.progress import StepFailed

ROOT = Path(__file__).resolve().parent.parent.parent
STATE = Path(os.environ.get("SYNTHARRA_STATE") or ROOT / ".stack").resolve()
VENV = ROOT / ".venv"
ENOUGH_MEMORY = 2_000_000_000


@dataclass(frozen=True)
class EngineUser:
    """Who the database server runs as: PostgreSQL refuses root, so under root it is `nobody`."""

    uid: int | None = None
    gid: int | None = None

    @staticmethod
    def current() -> "EngineUser":
        """Nobody for root, ourselves for everybody else."""
        if os.getuid() != 0:
            return EngineUser()
        import pwd

        entry = pwd.getpwnam("nobody")
        return EngineUser(uid=entry.pw_uid, gid=entry.pw_gid)

    def own(self, path: Path) -> Path:
        """The folder exists, is this user's alone, and nobody else can look inside."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
        return path


def engines_home() -> Path:
    """This checkout's and this person's folder for database servers and their data, outside any closed home."""
    name = _name()
    for parent in ("/var/tmp", tempfile.gettempdir()):
        place = Path(parent) / name
        if _is_ours(place):
            return place
    raise StepFailed(
        f"no usable folder for the database ({name} in /var/tmp or {tempfile.gettempdir()})",
        "make /var/tmp writable and free of folders of that name that belong to others, or set DATABASE_URL",
    )


def runs_home() -> Path:
    """Where runs that keep nothing have their data: in memory where there is enough of it, else beside the rest."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > ENOUGH_MEMORY:
        place = memory / _name()
        if _is_ours(place):
            return place
    return engines_home()


def _name() -> str:
    return f"syntharra-{hashlib.sha256(str(STATE).encode()).hexdigest()[:10]}-{os.getuid()}"


def _is_ours(place: Path) -> bool:
    """Made by us, and writable by nobody else: /var/tmp is open to every user of the machine."""
    try:
        place.mkdir(mode=0o755, exist_ok=True)
        seen = place.lstat()
    except OSError:
        return False
    if place.is_symlink() or seen.st_uid != os.getuid() or seen.st_mode & 0o022:
        return False
    return os.access(place, os.W_OK)


def state(*parts: str) -> Path:
    """A folder under `.stack`, made if need be, closed to other users."""
    STATE.mkdir(mode=0o700, exist_ok=True)
    STATE.chmod(0o700)
    place = STATE.joinpath(*parts)
    place.mkdir(parents=True, exist_ok=True)
    return place


class Locked(Exception):
    """Another process holds this lock."""


@contextmanager
def lock(path: Path, *, wait: bool) -> Iterator[None]:
    """Held until the block ends or the process dies, however it dies. Raises `Locked` instead of waiting if told so."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Locked(path) from None
        yield


def is_locked(path: Path) -> bool:
    """True while a living process holds the lock on this file."""
    if not path.exists():
        return False
    try:
        with lock(path, wait=False):
            return False
    except Locked:
        return True


def remove(path: Path) -> None:
    """Gone, whether it was there or not."""
    shutil.rmtree(path, ignore_errors=True)
