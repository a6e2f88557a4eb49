"""A simulated FreshBooks below SIMULATORS_URL, and the books of its companies as our ledger reads them."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations import pace
from integrations.freshbooks.client import Client
from integrations.freshbooks.ledger import FreshBooksLedger
from integrations.freshbooks.simulator import FreshBooksSimConfig, create_app
from integrations.ledger import Cursor, Home, Item
from tests.integrations.simulation.server import SimControl, running

CALLBACK = "https://app.example/connections/freshbooks/callback"


@pytest.fixture(scope="module")
def simulators() -> Iterator[str]:
    """An address like SIMULATORS_URL."""
    app = create_app(FreshBooksSimConfig(redirect_uris=(CALLBACK,), invoices=130))
    with running(Starlette(routes=[Mount("/freshbooks", app=app)])) as address:
        yield address


@pytest.fixture
def vendor(simulators: str, settings: Any) -> SimControl:
    """The vendor as new, and this installation pointed at it."""
    settings.SIMULATORS_URL = simulators
    settings.FRESHBOOKS_CLIENT_ID, settings.FRESHBOOKS_CLIENT_SECRET = "sandbox-client", "sandbox-secret"
    control = SimControl(simulators, "/freshbooks")
    control.reset()
    return control


def opened(vendor: SimControl, account: str, **more: Any) -> FreshBooksLedger:
    """The books of a company, with a token of its own."""
    token = vendor.connect(account, **more)["access_token"]
    client = Client(
        api=f"{vendor.base_url}/freshbooks",
        account=account,
        access=lambda *, stale=None: token,
        sandbox=True,
        patience=5.0,
    )
    pace._redis().delete(f"pace:{client._pace.name}:paused")  # a throttled test before this one
    return FreshBooksLedger(client, account, Home())


def all_of(pages: Any) -> tuple[list[Item], Cursor]:
    """Everything these pages hold, and the cursor to go on from."""
    items: list[Item] = []
    cursor: Cursor = {}
    for page in pages:
        items += page.items
        cursor = page.cursor
    return items, cursor
