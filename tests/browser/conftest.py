"""A real browser against a real server. Without a Chromium these tests are skipped, and say how to get one."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from accounts.models import Business, User
from accounts.timeline import seal
from syntharra.tenancy import acting_for
from tests.cast import make_business
from tests.desk.scene import Scene, a_day

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TUESDAY = datetime(2026, 11, 24, 15, 40, tzinfo=UTC)  # 10:40 am in Columbus, Ohio
COOKIE = "sessionid"

# The browser's driver runs an event loop in this thread; the tests touch the database from it only before and after.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def _chromium() -> str | None:
    named = os.environ.get("CHROMIUM", "")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = _chromium()
    if path is None:
        pytest.skip("no Chromium was found: `python3 bin/test --install-browser` fetches one by apt")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def scene(transactional_db: None) -> Iterator[Scene]:
    """Ava's day, committed, so that the server's threads see it."""
    with time_machine.travel(TUESDAY, tick=True):
        firm = make_business()
        EmailAddress.objects.create(user=firm.owner, email=firm.owner.email, verified=True, primary=True)
        with acting_for(firm.business.pk):
            made = a_day(firm)
            seal()
        yield made


def signed_in(user: User, business: Business, url: str) -> list[Any]:
    """The cookie of a session that has passed sign-in."""
    client = Client()
    client.force_login(user)
    return [{"name": COOKIE, "value": client.cookies[COOKIE].value, "url": url}]
