"""What these tests stand on: the stack's own modules, and folders the database's user can reach."""

import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bin"))


@pytest.fixture
def engine_folder() -> Iterator[Path]:
    """A folder outside every closed home, gone after the test."""
    from _stack import places

    folder = places.runs_home() / "runs" / f"test-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    with places.lock(folder / "alive", wait=True):
        yield folder
    places.remove(folder)


@pytest.fixture
def family() -> Iterator[object]:
    """Whatever a test starts ends with it."""
    from _stack.processes import Family

    started = Family()
    yield started
    started.close()
