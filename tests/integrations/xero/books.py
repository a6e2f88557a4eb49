"""A Xero organisation's books at the simulator, asked over HTTP like the real ones; mounted as in an installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount

from integrations.ledger import Cursor, Home, Item
from integrations.pace import Pace
from integrations.xero.client import Client
from integrations.xero.ledger import XeroLedger
from integrations.xero.simulator import AGENCY, LAW_FIRM, XeroSimConfig, create_app
from tests.integrations.simulation.server import SimControl, running

CALLBACK = "http://127.0.0.1:8000/connections/xero/callback"
SECOND = AGENCY
FIRST = LAW_FIRM


@dataclass
class Xero:
    """The simulator's address and its control."""

    address: str
    control: SimControl

    def ledger(self, account: str = FIRST, *, patience: float = 5.0, scopes: list[str] | None = None) -> XeroLedger:
        """The books of an organisation, with a token from the vendor's back door."""
        token = self.control.connect(account, scopes=scopes)["access_token"]
        client = Client(account=account, access=lambda *, stale=None: token, sandbox=True, patience=patience)
        return XeroLedger(client, account, Home("USD", "US", "America/New_York"))


@contextmanager
def xero(**config: Any) -> Iterator[Xero]:
    told = {"redirect_uris": (CALLBACK,), "invoices": 120, "minute_limit": 100_000, **config}
    app = Starlette(routes=[Mount("/xero", app=create_app(XeroSimConfig(**told)))])
    with running(app) as address:
        control = SimControl(address, prefix="/xero")
        yield Xero(address, control)


def begin_again(vendor: Xero, settings: Any) -> None:
    """The vendor as it begins, nobody has asked it anything this minute, and this installation is pointed at it."""
    vendor.control.reset()
    vendor.control.clear_faults()
    vendor.control.forget_requests()
    settings.SIMULATORS_URL = vendor.address
    settings.SANDBOX = False  # business time is the machine's here, so no database is asked for it
    for account in (FIRST, SECOND):
        Pace(f"xero:{vendor.address}/xero:{account}", per_minute=1, at_once=1).forget()


def whole(ledger: XeroLedger, cursor: Cursor | None = None) -> tuple[list[Item], Cursor]:
    """Everything, and the cursor the next sync starts from."""
    pages = list(ledger.whole(cursor or {}))
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]
    return [item for page in pages for item in page.items], pages[-1].cursor


def changes(ledger: XeroLedger, cursor: Cursor) -> tuple[list[Item], Cursor]:
    """What changed, and the cursor the next sync starts from."""
    pages = list(ledger.changes(cursor))
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]
    return [item for page in pages for item in page.items], pages[-1].cursor
