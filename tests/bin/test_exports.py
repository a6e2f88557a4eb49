"""The second way, plain pip, installs the very versions of the lock."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINE = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", re.MULTILINE)


def exported(name: str) -> dict[str, str]:
    """Package and version of each line."""
    return dict(LINE.findall((ROOT / name).read_text()))


@pytest.fixture(scope="module")
def locked() -> dict[str, str]:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    return {entry["name"]: entry["version"] for entry in lock["package"] if entry["name"] != "syntharra"}


def test_the_exports_name_every_package_of_the_lock_in_its_version(locked: dict[str, str]) -> None:
    assert exported("requirements.txt") | exported("requirements-dev.txt") == locked, "run bin/lock"


def test_what_the_demo_needs_has_no_development_tools() -> None:
    assert {"pytest", "mypy", "ruff", "playwright", "hypothesis"} & set(exported("requirements.txt")) == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_exported_package_carries_its_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())

    without = [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]

    assert without == []
