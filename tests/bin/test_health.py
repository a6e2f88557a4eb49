"""A container asks its own process under the installation's name, and believes only a 200."""

import http.server
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "deploy" / "healthcheck.py"


class Named(http.server.BaseHTTPRequestHandler):
    """Answers 200 under its name, 400 under another, 503 when it is not ready."""

    def do_GET(self) -> None:
        fitting = 503 if self.path == "/readyz" else 200
        self.send_response(fitting if self.headers["Host"] == "firm.example" else 400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Named)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def ask(*words: str, url: str = "https://firm.example") -> int:
    surroundings = os.environ | {"PUBLIC_URL": url}
    return subprocess.run(
        [sys.executable, SCRIPT, *words], env=surroundings, capture_output=True, check=False
    ).returncode


def test_a_process_that_answers_is_well(port: int) -> None:
    assert ask("http", str(port), "/healthz") == 0


def test_a_process_that_is_not_ready_or_refuses_or_is_not_there_is_not_well(port: int) -> None:
    assert ask("http", str(port), "/readyz") == 1
    assert ask("http", str(port), "/healthz", url="https://other.example") == 1
    assert ask("http", "9", "/healthz") == 1


def test_the_scheduler_is_well_while_its_file_is_young(tmp_path: Path) -> None:
    file = tmp_path / "beat.db"
    assert ask("file", str(tmp_path / "beat"), "600") == 1

    file.write_text("")
    assert ask("file", str(tmp_path / "beat"), "600") == 0

    os.utime(file, (time.time() - 700, time.time() - 700))
    assert ask("file", str(tmp_path / "beat"), "600") == 1
