"""A simulated Jobber below SIMULATORS_URL, and the books of its accounts as our ledger reads them."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations import pace
from integrations.jobber.client import Client
from integrations.jobber.ledger import JobberLedger
from integrations.jobber.simulator import JobberSimConfig, create_app
from integrations.ledger import Cursor, Home, Item
from tests.integrations.simulation.server import SimControl, running

CALLBACK = "https://app.example/connections/jobber/callback"
ZONE = "America/New_York"
MANY = 10_000_000  # points enough that no test waits for them; one asks with those of an installation


@pytest.fixture(scope="module")
def simulators() -> Iterator[str]:
    """An address like SIMULATORS_URL."""
    app = create_app(JobberSimConfig(redirect_uris=(CALLBACK,), invoices=130, most_points=MANY))
    with running(Starlette(routes=[Mount("/jobber", app=app)])) as address:
        yield address


@pytest.fixture
def vendor(simulators: str, settings: Any) -> SimControl:
    """The vendor as new, and this installation pointed at it."""
    settings.SIMULATORS_URL = simulators
    settings.JOBBER_CLIENT_ID, settings.JOBBER_CLIENT_SECRET = "sandbox-client", "sandbox-secret"
    settings.SANDBOX = False  # business time is the machine's here, so no database is asked for it
    control = SimControl(simulators, "/jobber")
    control.reset()
    return control


def opened(
    vendor: SimControl, account: str, *, patience: float = 12.0, most_points: int = MANY, **more: Any
) -> JobberLedger:
    """The books of an account, with a token of its own."""
    token = vendor.connect(account, **more)["access_token"]
    client = Client(
        account=account,
        access=lambda *, stale=None: token,
        sandbox=True,
        patience=patience,
        most_points=most_points,
    )
    client._pace.forget()  # a limited test before this one
    pace._redis().delete(f"points:{client._bucket.name}")
    return JobberLedger(client, account, Home("USD", "US", ZONE))


def all_of(pages: Any) -> tuple[list[Item], Cursor]:
    """Everything these pages hold, and the cursor to go on from."""
    items: list[Item] = []
    cursor: Cursor = {}
    for page in pages:
        items += page.items
        cursor = page.cursor
    return items, cursor
