"""A Square seller's books at the simulator, asked over HTTP like the real ones; mounted as in an installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from integrations.ledger import Cursor, Home, Item
from integrations.pace import Pace
from integrations.square import client
from integrations.square.client import Client
from integrations.square.ledger import SquareLedger
from integrations.square.simulator import DENTAL_PRACTICE, LANDSCAPER, SquareSimConfig, create_app
from tests.integrations.simulation.server import SimControl, running

CALLBACK = "http://localhost:8000/connections/square/callback"
FIRST, SECOND = DENTAL_PRACTICE, LANDSCAPER


@dataclass
class Square:
    """The simulator's address and its control."""

    address: str
    control: SimControl

    def ledger(self, account: str = FIRST, *, patience: float = 5.0, scopes: list[str] | None = None) -> SquareLedger:
        """The books of a seller, with a token from the vendor's back door."""
        token = self.control.connect(account, scopes=scopes)["access_token"]
        asked = Client(account=account, access=lambda *, stale=None: token, sandbox=True, patience=patience)
        return SquareLedger(asked, account, Home("USD", "US", "America/Los_Angeles"))


@contextmanager
def square(**config: Any) -> Iterator[Square]:
    told = {"redirect_uris": (CALLBACK,), "invoices": 60, "requests_per_second": 10_000, **config}
    app = Starlette(routes=[Mount("/square", app=create_app(SquareSimConfig(**told)))])
    with running(app) as address:
        yield Square(address, SimControl(address, prefix="/square"))


def begin_again(vendor: Square, settings: Any, monkeypatch: Any) -> None:
    """The vendor as it begins, nobody has asked it anything this minute, and this installation is pointed at it."""
    vendor.control.reset()
    vendor.control.clear_faults()
    vendor.control.forget_requests()
    settings.SIMULATORS_URL = vendor.address
    settings.SQUARE_CLIENT_ID, settings.SQUARE_CLIENT_SECRET = "sandbox-sq0idb-client", "sandbox-sq0csb-secret"
    settings.SANDBOX = False  # business time is the machine's here, so no database is asked for it
    # This vendor admits more than we ask for: tests need not wait as we do for the real one.
    monkeypatch.setattr(client, "PER_SECOND", 10_000.0)
    monkeypatch.setattr(client, "BURST", 10_000)
    for account in (FIRST, SECOND):
        Pace(f"square:{vendor.address}/square:{account}", per_minute=1, at_once=1).forget()


def whole(ledger: SquareLedger, cursor: Cursor | None = None) -> tuple[list[Item], Cursor]:
    """Everything, and the cursor the next sync starts from."""
    pages = list(ledger.whole(cursor or {}))
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]
    return [item for page in pages for item in page.items], pages[-1].cursor


def changes(ledger: SquareLedger, cursor: Cursor) -> tuple[list[Item], Cursor]:
    """What changed, and the cursor the next sync starts from."""
    pages = list(ledger.changes(cursor))
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]
    return [item for page in pages for item in page.items], pages[-1].cursor
