"""Free ports on this machine, reserved so that two stacks started at once do not take the same one."""

import contextlib
import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import IO

from _stack.setup.progress import StepFailed, say

HOST = "127.0.0.1"


class NoFreePort(StepFailed):
    """Nothing free near the wanted port."""


class Ports:
    """The ports of one stack. A reservation ends with the process that made it."""

    def __init__(self) -> None:
        self._folder = _common_folder()
        self._held: list[IO[str]] = []

    def take(self, wanted: int, whose: str = "") -> int:
        """The wanted port, or, said aloud, the next free one after it."""
        for port in range(wanted, min(wanted + 200, 65536)):
            if self._reserve(port):
                if port != wanted and whose:
                    say(f"     port {wanted} is taken; {whose} listens on {port}")
                return port
        raise NoFreePort(f"no free port from {wanted} on", "end some of the servers on this machine")

    def take_any(self) -> int:
        """Some free port, away from those that people and the kernel usually take."""
        for _ in range(200):
            port = random.randrange(20000, 32000)
            if self._reserve(port):
                return port
        raise NoFreePort("no free port between 20000 and 32000", "end some of the servers on this machine")

    def _reserve(self, port: int) -> bool:
        file = (self._folder / str(port)).open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        if not is_free(port):
            file.close()
            return False
        self._held.append(file)
        return True


def _common_folder() -> Path:
    """One for all stacks of this person. Where somebody else took its name, our stacks may meet, but nothing breaks."""
    folder = Path(tempfile.gettempdir()) / f"syntharra-ports-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
        return Path(tempfile.mkdtemp(prefix="syntharra-ports-"))
    return folder


def is_free(port: int) -> bool:
    """True when nothing listens on the port and we may."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) != 0


def answers(port: int) -> bool:
    """True when something accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
