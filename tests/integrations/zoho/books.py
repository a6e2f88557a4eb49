"""A simulated Zoho below SIMULATORS_URL, and the books of its organizations as our ledger reads them."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations import pace
from integrations.ledger import Cursor, Home, Item
from integrations.zoho.client import Client
from integrations.zoho.ledger import ZohoLedger
from integrations.zoho.simulator import ZohoSimConfig, create_app
from tests.integrations.simulation.server import SimControl, running

CALLBACK = "https://app.example/connections/zoho/callback"


@pytest.fixture(scope="module")
def simulators() -> Iterator[str]:
    """An address like SIMULATORS_URL."""
    app = create_app(ZohoSimConfig(redirect_uris=(CALLBACK,), invoices=60, calls_per_minute=10_000))
    with running(Starlette(routes=[Mount("/zoho", app=app)])) as address:
        yield address


@pytest.fixture
def vendor(simulators: str, settings: Any) -> SimControl:
    """The vendor as new, and this installation pointed at it."""
    settings.SIMULATORS_URL = simulators
    settings.ZOHO_CLIENT_ID, settings.ZOHO_CLIENT_SECRET = "1000.SANDBOXCLIENT", "sandbox-secret"
    control = SimControl(simulators, "/zoho")
    control.reset()
    return control


def opened(
    vendor: SimControl, account: str, *, dc: str = "us", zone: str = "America/New_York", **more: Any
) -> ZohoLedger:
    """The books of an organization, with a token of its own and all of the minute before it."""
    token = vendor.connect(account, **more)["access_token"]
    client = Client(
        api=f"{vendor.base_url}/zoho/{dc}/api",
        account=account,
        zone=zone,
        access=lambda *, stale=None: token,
        sandbox=True,
        patience=5.0,
    )
    forget(client)
    return ZohoLedger(client, account, Home(zone=zone))


def forget(client: Client) -> None:
    """What was asked in this minute, and what somebody was told to wait."""
    pace._redis().delete(*(f"pace:{client._pace.name}:{name}" for name in ("paused", "asked-60")))


def all_of(pages: Any, client: Client | None = None) -> tuple[list[Item], Cursor]:
    """Everything these pages hold, and the cursor to go on from."""
    items: list[Item] = []
    cursor: Cursor = {}
    for page in pages:
        items += page.items
        cursor = page.cursor
        if client is not None:
            forget(client)
    return items, cursor
