"""A Python is found by running candidates, and what is missing is said in words that help."""

import ast
import sys
from pathlib import Path

import pytest
from _stack.setup import interpreters
from _stack.setup.progress import StepFailed

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _no_python_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "FOLDERS", ("~/.pyenv/versions/*/bin",))
    monkeypatch.setattr(interpreters, "_homes", lambda environment: [environment.get("HOME", "/nonexistent")])


def fake_python(folder: Path, name: str, version: str) -> Path:
    """A program that answers as a Python of that version would."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' {version} /nowhere {program}\n")
    program.chmod(0o755)
    return program


def shim(folder: Path, name: str) -> Path:
    """What pyenv leaves on PATH for a version that is not chosen."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text("#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
    program.chmod(0o755)
    return program


def test_a_shim_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    shim(tmp_path / "shims", "python3.13")
    real = fake_python(tmp_path / "real", "python3.13", "3.13.9")
    surroundings = {"PATH": f"{tmp_path / 'shims'}:{tmp_path / 'real'}", "HOME": str(tmp_path)}

    found = interpreters.find(surroundings, running="")

    assert found == interpreters.Interpreter(str(real), (3, 13, 9))


def test_a_python_of_pyenv_is_found_where_it_lies(tmp_path: Path) -> None:
    fake_python(tmp_path / ".pyenv/versions/3.11.7/bin", "python3", "3.11.7")
    real = fake_python(tmp_path / ".pyenv/versions/3.12.1/bin", "python3.12", "3.12.1")

    found = interpreters.find({"PATH": "", "HOME": str(tmp_path)}, running="")

    assert found == interpreters.Interpreter(str(real), (3, 12, 1))


def test_a_shim_says_where_the_pythons_behind_it_are(tmp_path: Path) -> None:
    shim(tmp_path / "pyenv/shims", "python3.13")
    real = fake_python(tmp_path / "pyenv/versions/3.13.0/bin", "python3.13", "3.13.0")

    found = interpreters.find({"PATH": str(tmp_path / "pyenv/shims"), "HOME": "/nonexistent"}, running="")

    assert found == interpreters.Interpreter(str(real), (3, 13, 0))


def test_the_newer_of_two_fitting_pythons_is_taken(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3.12", "3.12.4")
    newer = fake_python(tmp_path, "python3", "3.13.1")

    found = interpreters.find({"PATH": str(tmp_path), "HOME": str(tmp_path)}, running="")

    assert found == interpreters.Interpreter(str(newer), (3, 13, 1))


def test_a_chosen_python_that_is_too_old_is_named_with_its_version(tmp_path: Path) -> None:
    old = fake_python(tmp_path, "python3", "3.11.7")

    with pytest.raises(StepFailed) as refused:
        interpreters.find({"SYNTHARRA_PYTHON": str(old)})

    assert str(refused.value) == f"SYNTHARRA_PYTHON={old} is Python 3.11.7"
    assert refused.value.advice == "name a Python 3.12 or 3.13"


def test_without_any_python_the_advice_says_what_to_install(tmp_path: Path) -> None:
    shim(tmp_path, "python3")

    with pytest.raises(StepFailed, match=r"no Python 3.12 or 3.13 found") as refused:
        interpreters.find({"PATH": str(tmp_path), "HOME": str(tmp_path)}, running="")

    assert "apt-get install python3 python3-venv" in refused.value.advice


def test_an_environment_answers_with_the_python_it_was_made_from() -> None:
    found = interpreters.ask(sys.executable)

    assert found is not None
    assert Path(found.path).parent.parent == Path(sys.base_prefix)


@pytest.mark.parametrize(
    "file",
    sorted(
        p
        for folder in ("bin", "bin/_stack/setup")
        for p in (ROOT / folder).iterdir()
        if p.is_file() and p.suffix in ("", ".py")
    ),
    ids=lambda file: file.name,
)
def test_what_any_python_starts_keeps_to_the_syntax_of_python_3_6(file: Path) -> None:
    tree = ast.parse(file.read_text(), feature_version=(3, 6))

    futures = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert futures == []
