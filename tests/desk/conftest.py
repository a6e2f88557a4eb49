"""A browser for the desk: signed in as Ava, or as somebody who must see nothing of hers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from syntharra.identifiers import uuid7
from syntharra.tenancy import acting_for

TUESDAY = datetime(2026, 11, 24, 15, 40, tzinfo=UTC)  # 10:40 am in Columbus, Ohio


@pytest.fixture
def tuesday() -> Iterator[None]:
    """Tuesday, November 24, 2026, 10:40 am where Ava is."""
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def live(settings: Any) -> None:
    """An installation that is no sandbox: business time is the machine's, and asking for it asks no database."""
    settings.SANDBOX = False


@pytest.fixture
def some_business() -> Iterator[None]:
    """Rows can be made in memory, without a database."""
    with acting_for(uuid7()):
        yield


@pytest.fixture
def ava(tuesday: None, plumber: Any) -> Client:
    """Ava's browser, signed in."""
    browser = Client()
    browser.force_login(plumber.owner)
    return browser


@pytest.fixture
def rex(rival: Any) -> Client:
    """The rival's browser, signed in."""
    browser = Client()
    browser.force_login(rival.owner)
    return browser
