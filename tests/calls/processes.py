"""Processes to kill, and a wire to cut: our worker and relay as children, and a proxy that holds what passes."""

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from tests.calls import worker as children

NAMES = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "SIMULATORS_URL",
    "PUBLIC_URL",
    "RELAY_URL",
    "CALL_JOURNAL",
    "CALLS_PER_SECOND",
)
# One process reads Django; what is to be killed is forked from it, so that starting one again costs nothing.
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.calls.worker"])


def surroundings() -> dict[str, Any]:
    """This test's database, vendors and addresses."""
    return {name: getattr(settings, name) for name in NAMES} | {"DATABASE": settings.DATABASES["default"]["NAME"]}


class Child:
    """A process of ours. ``kill`` is -9 and gives it no moment to tidy up."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        self.process = _forks.Process(target=target, args=(*arguments, surroundings()), daemon=True)
        self.process.start()

    def kill(self) -> None:
        self.process.kill()
        self.process.join(10)


@contextmanager
def worker(business_id: Any) -> Iterator[Child]:
    child = Child(children.work, business_id)
    try:
        yield child
    finally:
        child.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def relay(port: int) -> Iterator[Child]:
    """The relay on a port of its own, answering."""
    child = Child(children.relay, port)
    try:
        wait_for(lambda: _answers(port), 30)
        yield child
    finally:
        child.kill()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(happened: Callable[[], Any], seconds: float = 30.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
    return found


class Wire:
    """A TCP proxy to the carrier. ``holds``: nothing, every request, or every answer, until it is told to pass."""

    def __init__(self, to: str) -> None:
        host, port = to.removeprefix("http://").split(":")
        self._to = (host, int(port))
        self.holds = ""
        self.held = 0
        self._go = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def passes(self) -> None:
        """Let go what is held, and hold nothing more."""
        self.holds = ""
        self._go.set()

    def close(self) -> None:
        self._listener.close()
        self._go.set()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client:
            request = _read_whole(client)
            if self.holds == "requests" and request.startswith(b"POST"):
                self._hold()
                return  # whoever asked has died meanwhile; the carrier never hears of it
            with socket.create_connection(self._to) as carrier:
                carrier.sendall(request)
                answer = _read_whole(carrier)
            if self.holds == "answers" and request.startswith(b"POST"):
                self._hold()
            try:
                client.sendall(answer)
            except OSError:
                return

    def _hold(self) -> None:
        self.held += 1
        self._go.wait(60)


def _read_whole(end: socket.socket) -> bytes:
    """One request or answer, head and body, which may come in pieces."""
    end.settimeout(20)
    read = b""
    while not _is_whole(read) and (piece := end.recv(65536)):
        read += piece
    return read


def _is_whole(read: bytes) -> bool:
    head, found, body = read.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return bool(found) and (not lengths or len(body) >= int(lengths[0]))
