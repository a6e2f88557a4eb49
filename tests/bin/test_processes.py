"""Nothing outlives the command that started it: not after Ctrl-C, not after kill -9, not the children's children."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PARENT = """
import os, sys, time
from pathlib import Path
from _stack.processes import Family

family = Family()
family.remove_at_end(Path(sys.argv[2]))
child = family.start("child", ["sh", "-c", sys.argv[1]], environment=dict(os.environ), log=None)
print(os.getpid(), child.process.pid, flush=True)
time.sleep(60)
"""


def start_parent(script: str, folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A parent in a process of its own, and the group its child leads."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, script, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "bin")},
        start_new_session=True,
    )
    assert parent.stdout
    return parent, int(parent.stdout.readline().split()[1])


def members(group: int) -> list[int]:
    """The living processes of a group."""
    found = []
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(place.name))
    return found


def wait_until_empty(group: int, seconds: float) -> float:
    """How long it took until nobody of the group was left."""
    began = time.monotonic()
    while members(group):
        assert time.monotonic() - began < seconds, f"still there: {members(group)}"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted in /proc, which is not here")
@pytest.mark.parametrize(
    "script",
    [
        pytest.param("sleep 300", id="a plain child"),
        pytest.param("sleep 300 & sleep 300 & wait", id="a child with children"),
        pytest.param("sleep 300 & exit 0", id="a grandchild whose parent has gone"),
        pytest.param("trap '' TERM; sleep 300 & wait; sleep 300", id="a child that does not want to end"),
    ],
)
def test_after_kill_9_of_the_parent_no_process_is_left(script: str, tmp_path: Path) -> None:
    parent, group = start_parent(script, tmp_path / "none")
    time.sleep(0.3)
    assert members(group)

    parent.kill()
    parent.wait()

    wait_until_empty(group, seconds=10)


def test_after_kill_9_of_the_parent_its_temporary_folder_goes_too(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "data").write_text("x")
    parent, group = start_parent("sleep 300", folder)

    parent.kill()
    parent.wait()
    wait_until_empty(group, seconds=10)

    limit = time.monotonic() + 5
    while folder.exists() and time.monotonic() < limit:
        time.sleep(0.02)
    assert not folder.exists()


def test_closing_ends_children_and_their_children_and_the_guard(tmp_path: Path) -> None:
    from _stack.processes import Family

    family = Family()
    child = family.start("child", ["sh", "-c", "sleep 300 & sleep 300"], environment=dict(os.environ), log=None)
    group = child.process.pid

    family.close()

    assert child.process.returncode == -signal.SIGTERM
    wait_until_empty(group, seconds=2)
    assert family._guard.returncode == 0


def test_a_child_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    from _stack.processes import Family, wait_until
    from _stack.setup.progress import StepFailed

    family = Family()
    command = ["sh", "-c", "echo no such table; exit 3"]
    child = family.start("web", command, environment=dict(os.environ), log=tmp_path / "web.log")

    with pytest.raises(StepFailed, match="web ended with 3") as failed:
        wait_until(lambda: False, child, seconds=5, what="starting web")

    assert failed.value.log == ["no such table"]
    family.close()
