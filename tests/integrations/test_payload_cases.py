"""``read_books_payload`` by the vendors' contract sheets: every shape they answer in, and what must come out of it."""

import json
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from integrations import payloads
from integrations.errors import VendorError
from tests.integrations.payloads.case import SHORT, Case

CASES: list[tuple[str, Case]] = [
    (provider, each)
    for provider in payloads.PROVIDERS
    for each in import_module(f"tests.integrations.payloads.{provider}").CASES
]
NAMES = [f"{provider} {each.name}" for provider, each in CASES]


@dataclass
class Came:
    lines: list[Any] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    failed: str = ""


def read(provider: str, each: Case, folder: Path) -> Came:
    """As the command reads, without it: only the named errors may end the reading."""
    came = Came()
    try:
        for found in payloads.lines(provider, each.kind, _files(each, folder), home=each.home):
            match found:
                case str():
                    came.lines.append(json.loads(found))
                case payloads.Broken():
                    came.broken.append(found.words)
                case payloads.Note():
                    came.left_out.append(found.words)
    except payloads.Unreadable as error:
        came.failed = str(error)
    except VendorError as error:
        came.failed = f"{error.kind}: {error.words}"
    if came.broken and not came.failed:
        came.failed = f"{len(came.broken)} of the objects cannot be read: {came.broken}"
    return came


def _files(each: Case, folder: Path) -> list[Path]:
    files = [folder / f"{number}.txt" for number in range(len(each.files))]
    for file, body in zip(files, each.files, strict=True):
        file.write_bytes(body if isinstance(body, bytes) else body.encode())
    return files


@pytest.mark.parametrize(("provider", "each"), CASES, ids=NAMES)
def test_every_answer_comes_out_as_the_sheet_says(provider: str, each: Case, tmp_path: Path) -> None:
    came = read(provider, each, tmp_path)

    assert came.lines == list(each.lines)
    assert [list(one) for one in came.lines] == [list(SHORT[each.kind])] * len(came.lines)
    assert each.fails in came.failed
    assert bool(came.failed) == bool(each.fails), came.failed
    said = "\n".join([*came.left_out, *came.broken])
    assert all(words in said for words in each.left_out), said
    assert bool(each.left_out) or not came.left_out, came.left_out
    assert "SECRET" not in json.dumps(came.lines) + said + came.failed


def test_no_two_cases_have_one_name() -> None:
    assert len(set(NAMES)) == len(NAMES)
