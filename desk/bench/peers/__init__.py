"""Other people's servers for the same protocol, where ``bin/bench-peers`` has made them, each in its own environment."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from desk.bench.children import ROOT
from desk.bench.report import say


@dataclass(frozen=True, slots=True)
class Server:
    """A process that listens for relay sockets."""

    port: int
    pid: int


SERVERS = ("tac", "pipecat")
_HERE = Path(__file__).resolve().parent


def python(name: str) -> Path:
    """The peer's own Python, whether it was made or not."""
    chosen = os.environ.get("PEERS")
    home = Path(chosen).expanduser() if chosen else ROOT / ".stack" / "peers"
    return home / name / "bin" / "python"


@contextmanager
def served(name: str, *, account: str, token: str) -> Iterator[Server | None]:
    """This peer, listening; None, said aloud, where it was not made."""
    if not python(name).exists():
        say(f"{name} is not here, so there is nothing to hold ours against: bin/bench-peers {name} makes it")
        yield None
        return
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    surroundings |= {"TWILIO_ACCOUNT_SID": account, "TWILIO_AUTH_TOKEN": token, "TAC_ANALYTICS_DISABLED": "true"}
    command = [str(python(name)), str(_HERE / f"{name}_server.py"), str(port)]
    child = subprocess.Popen(  # noqa: S603  (our own file)
        command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield Server(port, child.pid) if _listens(port, child) else None
    finally:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _listens(port: int, child: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return True
    say("a peer was started and does not listen")
    return False
