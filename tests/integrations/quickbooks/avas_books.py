"""Ava's Plumbing with its books at a simulated QuickBooks, asked over HTTP like the real one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations import connections
from integrations.models import Connection
from integrations.pace import Pace
from integrations.quickbooks.simulator import AVAS_PLUMBING, RIVAL_ROOTER, QuickBooksSimConfig, create_app
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business
from tests.integrations.quickbooks.simulator_server import Vendor, wait_until

CALLBACK = "http://127.0.0.1:8000/connections/quickbooks/callback"
VERIFIER = "3f1c2a90-7b1e-4c55-9d21-0a6f5d2b8e11"


@contextmanager
def simulators(**config: Any) -> Iterator[str]:
    """An address like SIMULATORS_URL, with QuickBooks mounted below it as in an installation."""
    told = {"redirect_uris": (CALLBACK,), "verifier_token": VERIFIER, **config}
    app = create_app(QuickBooksSimConfig(**told))
    with _served(Starlette(routes=[Mount("/quickbooks", app=app)])) as address:
        vendor_at(address).control("settings", public_url=f"{address}/quickbooks")
        yield address


@contextmanager
def _served(app: Starlette) -> Iterator[str]:
    """On a free port, without the 40 ms a small answer otherwise waits for company (Nagle's algorithm)."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def use(address: str, pytest_settings: Any) -> None:
    """Point this installation's settings at the simulators."""
    pytest_settings.SIMULATORS_URL = address
    pytest_settings.PUBLIC_URL = "http://127.0.0.1:8000"
    pytest_settings.QUICKBOOKS_CLIENT_ID = "sandbox-client"
    pytest_settings.QUICKBOOKS_CLIENT_SECRET = "sandbox-secret"
    pytest_settings.QUICKBOOKS_WEBHOOK_VERIFIER = VERIFIER


def unconnected(name: str = "Ava's Plumbing", **fields: Any) -> Firm:
    """A business whose books nobody has connected yet."""
    firm = make_business(name, **fields)
    with acting_for(firm.business.pk):
        Connection.objects.filter(pk=firm.connection.pk).delete()
    return firm


def came_back(address: str, *, realm: str = AVAS_PLUMBING, decision: str = "connect") -> dict[str, str]:
    """What the vendor puts into the address when the owner has pressed a button on its consent page."""
    answer = httpx2.post(address, data={"realm": realm, "decision": decision}, trust_env=False)
    assert answer.is_redirect, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def connect(firm: Firm, *, realm: str = AVAS_PLUMBING) -> Connection:
    """The whole way there and back, without a browser."""
    session: dict[str, Any] = {}
    who: dict[str, Any] = {"session": session, "business": firm.business, "user": firm.owner, "provider": "quickbooks"}
    found = connections.finish(**who, said=came_back(connections.begin(**who), realm=realm))
    assert isinstance(found, Connection)
    return found


@dataclass
class Books:
    """A connected business, and the vendor's side of it."""

    firm: Firm
    connection: Connection
    vendor: Vendor

    def again(self) -> Connection:
        """The connection as it is now."""
        self.connection = Connection.objects.get(pk=self.connection.pk)
        return self.connection

    def strike(self, kind: str, *, times: int | None = 1, **more: Any) -> None:
        """The vendor's next calls go wrong in this way."""
        self.vendor.control("faults", kind=kind, times=times, **more)

    def plant(self, entity: str, *, drop: tuple[str, ...] = (), quiet: bool = False, **fields: Any) -> Any:
        """Lay these fields over an object of the books (named by Id), or put in a new one."""
        there = {one["Id"] for one in self.objects(entity)}
        asked = {"realm": AVAS_PLUMBING, "entity": entity, "object": fields, "quiet": quiet}
        found = self.vendor.control("objects", **asked, merge=fields.get("Id") in there, drop=list(drop))
        return found[entity]

    def objects(self, entity: str) -> list[Any]:
        """Everything of one kind in the simulated books."""
        found: list[Any] = self.vendor.look(f"books/{AVAS_PLUMBING}")["objects"][entity]
        return found

    def invoice(self, number: str) -> Any:
        """The vendor's own invoice of this number."""
        return next(one for one in self.objects("Invoice") if one.get("DocNumber") == number)

    def control(self, path: str, **asked: Any) -> Any:
        """Change these books as their owner would."""
        return self.vendor.control(path, realm=AVAS_PLUMBING, **asked)

    def asked(self, part: str = "") -> list[Any]:
        """The calls the vendor saw, oldest first."""
        return [one for one in self.vendor.look("requests")["requests"] if part in one["path"]]


@pytest.fixture(scope="session")
def simulators_url() -> Iterator[str]:
    """One simulator for all tests of a worker; ``vendor`` puts it back to its beginning."""
    with simulators() as address:
        yield address


@pytest.fixture
def vendor(simulators_url: str, settings: Any) -> Vendor:
    """The vendor's side, as it begins, with this installation pointed at it."""
    use(simulators_url, settings)
    vendor = vendor_at(simulators_url)
    begin_again(vendor)
    return vendor


def begin_again(vendor: Vendor) -> None:
    """The vendor as it begins, and nobody has asked it anything this minute."""
    vendor.control("reset")
    vendor.control("settings", public_url=vendor.base_url)
    waited_out(vendor)


def waited_out(vendor: Vendor) -> None:
    """The time for which the vendor wanted to be left alone is over."""
    for realm in (AVAS_PLUMBING, RIVAL_ROOTER):
        Pace(f"quickbooks:{vendor.base_url}/v3:{realm}", per_minute=1, at_once=1).forget()


@pytest.fixture
def books(db: None, vendor: Vendor) -> Iterator[Books]:
    """Ava's Plumbing, connected and not yet read; the test acts for it."""
    firm = unconnected()
    with acting_for(firm.business.pk):
        connection = connect(firm)
        yield Books(firm, connection, vendor)


def vendor_at(address: str) -> Vendor:
    return Vendor(f"{address}/quickbooks")
