"""Processes to kill, and a wire to cut: our worker and relay as children, and a proxy that holds what passes."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent


def environment(**changes: str) -> dict[str, str]:
    """That of this test's database, vendors and addresses, with leases short enough to wait for."""
    database = settings.DATABASES["default"]
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "TWILIO_ACCOUNT_SID": settings.TWILIO_ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": settings.TWILIO_AUTH_TOKEN,
        "SIMULATORS_URL": settings.SIMULATORS_URL,
        "PUBLIC_URL": settings.PUBLIC_URL,
        "RELAY_URL": settings.RELAY_URL,
        "CALL_JOURNAL": str(settings.CALL_JOURNAL),
        "WORK_LEASE_SECONDS": "2",
        "SANDBOX": "true",
        **changes,
    }


class Child:
    """A process of ours. ``kill`` is -9 and gives it no moment to tidy up."""

    def __init__(self, *command: str, **changes: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment(**changes), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def worker(business_id: Any, **changes: str) -> Iterator[Child]:
    child = Child("tests/calls/worker.py", str(business_id), **changes)
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
    child = Child("-m", "uvicorn", "syntharra.asgi:application", "--port", str(port), "--log-level", "critical")
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
            request = client.recv(65536)
            if self.holds == "requests" and request.startswith(b"POST"):
                self._hold()
                return  # whoever asked has died meanwhile; the carrier never hears of it
            with socket.create_connection(self._to) as carrier:
                carrier.sendall(request)
                carrier.settimeout(10)
                answer = b""
                while not _is_whole(answer):
                    piece = carrier.recv(65536)
                    if not piece:
                        break
                    answer += piece
            if self.holds == "answers" and request.startswith(b"POST"):
                self._hold()
            try:
                client.sendall(answer)
            except OSError:
                return

    def _hold(self) -> None:
        self.held += 1
        self._go.wait(60)


def _is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return bool(found) and bool(lengths) and len(body) >= int(lengths[0])
