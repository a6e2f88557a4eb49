"""The second way, plain pip, installs the very versions of the lock."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINE = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", re.MULTILINE)


def exported(name: str) -> dict[str, str]:
    """Package and version of each line."""
    return dict(LINE.findall((ROOT / name).read_text()))


@pytest.fixture(scope="module")
def lock() -> dict[str, Any]:
    return {entry["name"]: entry for entry in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}


def test_the_exports_name_every_package_of_the_lock_in_its_version(lock: dict[str, Any]) -> None:
    """Of everything that is installed: what only an extra brings (a language model's own library) is nobody's by default."""
    locked = {name: lock[name]["version"] for name in needed(lock)}

    assert exported("requirements.txt") | exported("requirements-dev.txt") == locked, "run bin/lock"


def needed(lock: dict[str, Any]) -> set[str]:
    """What we and our groups need, and what those need, without extras of ours."""
    ours = lock["syntharra"]
    waiting = [*ours["dependencies"], *(one for group in ours["dev-dependencies"].values() for one in group)]
    found: set[str] = set()
    done: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        wanted = waiting.pop()
        name, extras = wanted["name"], tuple(wanted.get("extra", ()))
        if (name, extras) in done:
            continue
        done.add((name, extras))
        found.add(name)
        waiting += lock[name].get("dependencies", [])
        waiting += [one for extra in extras for one in lock[name].get("optional-dependencies", {}).get(extra, [])]
    return found


def test_what_the_demo_needs_has_no_development_tools() -> None:
    assert {"pytest", "mypy", "ruff", "playwright", "hypothesis"} & set(exported("requirements.txt")) == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_exported_package_carries_its_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())

    without = [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]

    assert without == []
