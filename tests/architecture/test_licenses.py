"""What we stand on is licensed in ways we agreed to, and the documents that say so are current."""

import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bin"))

from _stack import licenses  # noqa: E402


def test_every_package_of_the_lock_has_a_license_on_the_allow_list() -> None:
    refused = licenses.refused(licenses.packages())

    assert [(package.name, package.license) for package in refused] == []


def test_every_package_of_the_lock_is_listed() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())

    listed = {package.name for package in licenses.packages()}

    assert listed == {entry["name"] for entry in lock["package"]} - {"syntharra"}


def test_notice_and_list_are_written_from_the_lock_as_it_is() -> None:
    outdated = [
        str(path.relative_to(ROOT)) for path, content in licenses.documents().items() if path.read_text() != content
    ]

    assert outdated == [], "run bin/licenses"


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("(MIT AND BSD-3-Clause)", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_a_license_outside_the_allow_list_is_refused(expression: str, allowed: bool) -> None:
    assert licenses.is_allowed(expression) is allowed


def test_every_shipped_work_of_others_has_its_license_beside_it() -> None:
    for name, (pattern, _, _) in licenses.shipped().items():
        folder = next(iter(ROOT.glob(pattern))).parent
        texts = [file.name for file in folder.iterdir() if "LICENSE" in file.name.upper()]
        assert any(name.upper() in text.upper() for text in texts), f"no license text of {name} in {folder}"
