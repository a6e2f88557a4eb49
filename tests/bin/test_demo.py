"""The demo as a newcomer meets it: one command, a signed-in page, and nothing left behind however it ends."""

import contextlib
import http.cookiejar
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from _stack.processes import Family

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_OURS = ("DATABASE_", "REDIS_", "PYTEST_", "DJANGO_", "PYTHON", "SECRET_KEY", "FIELD_KEYS", "SANDBOX", "QUICKBOOKS_")


class Run:
    """One `bin/demo` in a process of its own, which ends with the test however that ends; and what it has printed."""

    def __init__(self, family: Family, state: Path, *arguments: str) -> None:
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OURS)}
        self.log = state.parent / f"demo-{secrets.token_hex(3)}.log"
        command = [sys.executable, "bin/demo", "--port", "18000", *arguments]
        environment = surroundings | {"SYNTHARRA_STATE": str(state)}
        self.process = family.start("demo", command, environment=environment, log=self.log).process

    @property
    def said(self) -> str:
        """So far."""
        return self.log.read_text()

    def until(self, words: str) -> str:
        """All it has said when it says these words."""
        while words not in self.said:
            if self.process.poll() is not None and words not in self.said:
                pytest.fail(f"ended without saying {words!r}:\n{self.said}")
            time.sleep(0.05)
        return self.said

    def to_the_end(self) -> str:
        """All it says, and then it has ended."""
        self.process.wait(timeout=240)
        return self.said


def engines_of(state: Path) -> Path:
    """Where the database of this state is."""
    done = subprocess.run(
        [sys.executable, "-c", "from _stack import places; print(places.engines_home())"],
        env={"PYTHONPATH": str(ROOT / "bin"), "SYNTHARRA_STATE": str(state)},
        capture_output=True,
        text=True,
        check=True,
    )
    return Path(done.stdout.strip())


def processes_of(state: Path) -> list[str]:
    """What runs for this state: its children carry the folder in their surroundings, the database's in its command."""
    place = str(engines_of(state))
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes() + b" " + (folder / "environ").read_bytes()
            if folder.name.isdigit() and (place.encode() in words or f"SYNTHARRA_STATE={state}\0".encode() in words):
                found.append((folder / "cmdline").read_bytes().decode(errors="replace"))
    return found


def wait_until_none(state: Path) -> None:
    """Nobody is left, within the patience of the guard."""
    limit = time.monotonic() + 20
    while processes_of(state) and time.monotonic() < limit:
        time.sleep(0.1)
    assert processes_of(state) == []


@pytest.fixture
def state(tmp_path: Path, family: Family) -> Iterator[Path]:
    folder = tmp_path / "state"
    folder.mkdir()
    yield folder
    family.close()
    wait_until_none(folder)
    shutil.rmtree(engines_of(folder))


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are counted in /proc, which is not here")
@pytest.mark.timeout(700)
def test_a_demo_signs_in_refuses_a_second_one_and_survives_kill_9(state: Path, family: Family) -> None:
    first = Run(family, state)
    said = first.until("Ctrl-C stops everything")
    link = re.search(r"http://localhost:\d+/\S*sign\S*", said)
    assert link, said
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    with browser.open(link.group()) as answer:
        page = answer.read().decode()

    assert answer.status == 200
    assert "Ava" in page

    second = Run(family, state)
    refused = second.to_the_end()
    assert second.process.returncode == 1
    assert "a demo of this checkout is already running" in refused
    assert f"http://localhost:{re.search(r'localhost:(\d+)', said).group(1)}" in refused  # type: ignore[union-attr]

    surroundings = os.environ | {"SYNTHARRA_STATE": str(state)}
    asked = subprocess.run(
        [sys.executable, "bin/manage", "showmigrations", "--plan", "--database", "owner"],
        cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr
    assert "[X]  accounts.0001_initial" in asked.stdout

    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    wait_until_none(state)

    again = Run(family, state)
    said = again.until("Ctrl-C stops everything")
    assert "Migrations" not in said
    again.process.send_signal(signal.SIGINT)
    assert "Stopping" in again.to_the_end()
    assert again.process.returncode == 0
    wait_until_none(state)


HOLDER = """
import os, time
from _stack import demo, places
with places.lock(places.state("demo") / "lock", wait=False):
    demo.note(**({"pid": os.getpid(), "url": "http://localhost:1"} if os.environ["KNOWN"] else {}))
    print("held", flush=True)
    time.sleep(60)
"""


def ended_by_down(state: Path, *, known: bool) -> tuple[subprocess.Popen[str], subprocess.CompletedProcess[str]]:
    """Somebody who holds the demo's lock, and what `bin/demo --down` made of it."""
    surroundings = os.environ | {"SYNTHARRA_STATE": str(state), "PYTHONPATH": str(ROOT / "bin")}
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings | {"KNOWN": "yes" if known else ""},
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    down = subprocess.run(
        [sys.executable, "bin/demo", "--down"], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
    )
    return holder, down


def test_down_ends_the_demo_from_another_terminal(state: Path) -> None:
    holder, down = ended_by_down(state, known=True)

    assert down.returncode == 0, down.stderr
    assert holder.wait(timeout=5) == -signal.SIGTERM


def test_down_kills_nobody_while_it_does_not_know_whom(state: Path) -> None:
    holder, down = ended_by_down(state, known=False)

    assert down.returncode == 1
    assert "has only just been started" in down.stderr
    assert holder.poll() is None
    holder.kill()
    holder.wait()


def test_down_without_a_demo_says_so(state: Path) -> None:
    surroundings = os.environ | {"SYNTHARRA_STATE": str(state)}

    down = subprocess.run(
        [sys.executable, "bin/demo", "--down"], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
    )

    assert (down.returncode, down.stderr.strip()) == (0, "no demo is running in this checkout")
