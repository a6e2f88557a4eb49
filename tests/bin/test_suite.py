"""`bin/test` for several people in one checkout at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from _stack.processes import dies_with

ROOT = Path(__file__).resolve().parent.parent.parent
NESTED = """
import os, time
import psycopg, redis

def test_it(tmp_path):
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as line:
        line.execute("CREATE TABLE only_mine (id int)")
    redis.Redis.from_url(os.environ["REDIS_URL"]).set("mine", os.getpid())
    print("AT", os.environ["DATABASE_URL"].split("@")[1], os.environ["REDIS_URL"].split("@")[1], flush=True)
    time.sleep(float(os.environ.get("LINGER", "0")))
"""
OURS = ("DATABASE_", "REDIS_", "PYTEST_", "DJANGO_", "PYTHON")


@pytest.fixture
def nested(tmp_path: Path) -> Path:
    file = tmp_path / "test_nested.py"
    file.write_text(NESTED)
    return file


def start(file: Path, **more: str) -> subprocess.Popen[str]:
    """A run of its own, as a colleague in the next terminal would start it."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.Popen(
        [sys.executable, "bin/test", "-q", "-s", "-p", "no:django", "-p", "no:cacheprovider", "-n", "0", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=surroundings | more,
        start_new_session=True,
        preexec_fn=dies_with(os.getpid(), signal.SIGTERM),
    )


def places_of(output: str) -> list[str]:
    """Where database and broker of a run were."""
    return next(line.split()[1:] for line in output.splitlines() if "AT " in line)


def test_two_runs_at_once_have_servers_of_their_own(nested: Path) -> None:
    runs = [start(nested, LINGER="1"), start(nested, LINGER="1")]

    ends = [run.communicate(timeout=90) for run in runs]

    assert [run.returncode for run in runs] == [0, 0], ends
    first, second = (places_of(output) for output, _ in ends)
    assert set(first) & set(second) == set()


def test_a_run_that_is_killed_leaves_no_server_and_no_folder(nested: Path) -> None:
    from _stack import places

    run = start(nested, LINGER="60")
    assert run.stdout
    for line in run.stdout:
        if "AT " in line:
            break
    folders = [p for p in (places.runs_home() / "runs").iterdir() if p.name.startswith(f"{run.pid}-")]
    assert len(folders) == 1

    os.kill(run.pid, signal.SIGKILL)
    run.wait()

    limit = time.monotonic() + 15
    while folders[0].exists() and time.monotonic() < limit:
        time.sleep(0.05)
    assert not folders[0].exists()
    assert _processes_naming(str(folders[0])) == []


def _processes_naming(word: str) -> list[str]:
    found = []
    for place in Path("/proc").iterdir():
        try:
            line = (place / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if place.name.isdigit() and word in line:
            found.append(line)
    return found


def test_a_failing_test_fails_the_command(tmp_path: Path) -> None:
    file = tmp_path / "test_failing.py"
    file.write_text("def test_it():\n    assert False\n")

    run = start(file)
    output, _ = run.communicate(timeout=90)

    assert run.returncode == 1
    assert "1 failed" in output


def test_only_the_set_up_leaves_nothing_running() -> None:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}

    done = subprocess.run(
        [sys.executable, "bin/test", "--setup"], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "Database template" in done.stderr
