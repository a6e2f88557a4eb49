"""The environment is made from the lock, once: a warm start runs nothing and needs no network."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from _stack.setup import downloads, environment
from _stack.setup.progress import StepFailed

ROOT = Path(__file__).resolve().parent.parent.parent
ALL = ("sandbox", "dev")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with an environment that was made from its lock for the demo."""
    (tmp_path / "uv.lock").write_text("version = 1\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for name, value in {
        "ROOT": tmp_path,
        "STATE": tmp_path / ".stack",
        "VENV_PYTHON": tmp_path / ".venv/bin/python",
        "STAMP": tmp_path / ".venv/syntharra.json",
        "LOG": tmp_path / ".stack/logs/setup.log",
    }.items():
        monkeypatch.setattr(environment, name, str(value))
    monkeypatch.delenv("SYNTHARRA_PYTHON", raising=False)
    stamp = {"lock": environment.lock_hash(), "groups": ["sandbox"], "root": str(tmp_path)}
    (tmp_path / ".venv/syntharra.json").write_text(json.dumps(stamp))
    return tmp_path


def test_an_environment_made_from_this_lock_is_complete(checkout: Path) -> None:
    assert environment.is_complete(["sandbox"])


def test_an_environment_of_the_demo_is_not_enough_for_the_tests(checkout: Path) -> None:
    assert not environment.is_complete(ALL)


def test_an_environment_of_the_tests_is_enough_for_the_demo(checkout: Path) -> None:
    stamp = json.loads((checkout / ".venv/syntharra.json").read_text())
    (checkout / ".venv/syntharra.json").write_text(json.dumps(stamp | {"groups": list(ALL)}))

    assert environment.is_complete(["sandbox"])


def test_a_changed_lock_asks_for_a_new_environment(checkout: Path) -> None:
    (checkout / "uv.lock").write_text("version = 2\n")

    assert not environment.is_complete(["sandbox"])


def test_a_checkout_that_was_moved_asks_for_a_new_environment(checkout: Path) -> None:
    stamp = json.loads((checkout / ".venv/syntharra.json").read_text())
    (checkout / ".venv/syntharra.json").write_text(json.dumps(stamp | {"root": "/elsewhere"}))

    assert not environment.is_complete(["sandbox"])


def test_an_environment_whose_python_is_gone_is_not_complete(checkout: Path) -> None:
    (checkout / ".venv/bin/python").unlink()
    (checkout / ".venv/bin/python").symlink_to(checkout / "gone")

    assert not environment.is_complete(["sandbox"])


@pytest.mark.parametrize("content", ["", "[]", "{", '{"groups": 3}'])
def test_a_stamp_that_cannot_be_read_counts_for_nothing(checkout: Path, content: str) -> None:
    (checkout / ".venv/syntharra.json").write_text(content)

    assert not environment.is_complete(["sandbox"])


def test_another_python_that_is_asked_for_makes_a_new_environment(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNTHARRA_PYTHON", "/bin/sh")

    assert not environment.is_complete(["sandbox"])


def test_a_step_that_fails_says_its_last_words_and_what_to_do(checkout: Path) -> None:
    (checkout / ".stack/logs").mkdir(parents=True)

    with pytest.raises(StepFailed) as failed:
        environment._run(["sh", "-c", "echo no route to host; exit 2"], dict(os.environ), environment.OFFLINE)

    assert failed.value.log == ["no route to host"]
    assert failed.value.advice.startswith("packages come from PyPI: check the network")


def test_the_size_of_what_is_installed_is_read_from_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_text(
        'sdist = { url = "https://x/only_source-1.0.tar.gz", hash = "sha256:a", size = 500 }\n'
        '{ url = "https://x/Fast-2.0-cp313-cp313-macosx_11_0_arm64.whl", hash = "sha256:b", size = 10 },\n'
        '{ url = "https://x/Fast-2.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", size = 3000 },\n'
    )
    for name, tag in {"only_source-1.0": "py3-none-any", "fast-2.0": "cp313-cp313-manylinux2014_x86_64"}.items():
        folder = tmp_path / "venv/lib/python3.13/site-packages" / f"{name}.dist-info"
        folder.mkdir(parents=True)
        (folder / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n")

    assert downloads.installed(str(tmp_path / "venv"), str(lock)) == (3500, 2)


def can_leave_the_network() -> bool:
    """Whether this machine lets us start a process without any network."""
    return bool(shutil.which("unshare")) and subprocess.run(["unshare", "-n", "true"], check=False).returncode == 0


@pytest.mark.skipif(
    not can_leave_the_network(), reason="this user may not start a process without network (unshare -n)"
)
def test_a_warm_start_needs_no_network_at_all() -> None:
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "REDIS_", "PYTHON"))}

    done = subprocess.run(
        ["unshare", "-n", sys.executable, "bin/test", "--setup"],
        cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Packages" not in done.stderr
