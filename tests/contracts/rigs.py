"""Six vendors behind one set of handles, so that one suite can hold them all to the same contract.

A rig is one vendor's simulator, mounted below SIMULATORS_URL as in an installation, and the acts of the people in its
books in neutral words. What a vendor cannot show at all is declared here as data, never skipped by its name in a test.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations import connections, pace
from integrations.connections import Choice
from integrations.freshbooks import simulator as freshbooks
from integrations.jobber import simulator as jobber
from integrations.models import Connection
from integrations.quickbooks import simulator as quickbooks
from integrations.square import simulator as square
from integrations.stripe import simulator as stripe
from integrations.xero import simulator as xero
from integrations.zoho import simulator as zoho
from tests.cast import Firm
from tests.contracts.quickbooks_control import QuickBooksControl
from tests.integrations.simulation.server import SimControl, running

WEB = "http://127.0.0.1:8000"
INVOICES = 60


@dataclass(frozen=True)
class Manners:
    """What is one vendor's own: how it is set up, what it is called to account for, and what it cannot show."""

    app: Callable[..., Starlette]
    account: str
    other: str  # a second company nobody here may see
    keys: dict[str, str]  # settings of this installation
    throttled: dict[str, Any]
    outage: dict[str, Any]
    signature: str = ""  # the header that signs a webhook; "" where the address has a token instead
    webhook_key: str = ""
    voids: bool = True  # a void is told from a deletion
    shows_credits: bool = True  # credits lower the balance and leave the total
    write_off_status: str = "written_off"
    unapplied: bool = True  # money beyond what is owed can lie in the books
    deletes: bool = True  # an invoice once sent can be deleted
    not_ours: tuple[str, ...] = ()  # customers of the vendor's own making, whom nobody may call
    not_yet: str = ""  # a vendor's status of what it has not sent yet: in its books, not to be collected
    amount_field: str = ""  # where an invoice's balance stands in its raw form, for being odd
    status_field: str = ""


@dataclass
class Rig:
    """A running vendor."""

    provider: str
    manners: Manners
    address: str
    sim: Any
    firm: Firm | None = None
    connection: Connection | None = None
    session: dict[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> str:
        return self.manners.account

    def act(self, verb: str, **facts: Any) -> Any:
        """What somebody does in the books."""
        return self.sim.act(self.account, verb, **facts)

    def truth(self) -> dict[str, Any]:
        """Every invoice by id: status, total, balance, paid, credited. Without what is not ours to collect."""
        found: dict[str, Any] = self.sim.truth(self.account)
        return {id: one for id, one in found.items() if one.get("customer_name") not in self.manners.not_ours}

    def strike(self, kind: dict[str, Any], **more: Any) -> None:
        """The vendor's next answers go wrong in this way."""
        self.sim.fault(**kind, **more)

    def begin(self, firm: Firm) -> str:
        return connections.begin(session=self.session, business=firm.business, user=firm.owner, provider=self.provider)

    def consented(self, address: str, *, account: str = "", decision: str = "connect") -> dict[str, str]:
        """What the vendor puts into the address after its owner pressed a button on its page."""
        answer = httpx2.post(
            address, data={"account": account or self.account, "realm": account or self.account, "decision": decision},
            trust_env=False, timeout=30,
        )  # fmt: skip
        assert answer.is_redirect, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query, keep_blank_values=True))

    def finish(self, firm: Firm, said: dict[str, str], *, account: str = "") -> Connection:
        """Back with what the vendor said; of several companies this one is chosen."""
        who: dict[str, Any] = {"business": firm.business, "user": firm.owner}
        found = connections.finish(session=self.session, provider=self.provider, said=said, **who)
        if isinstance(found, Choice):
            found = connections.choose(found.pending, account or self.account, **who)
        return found

    def connect(self, firm: Firm, *, account: str = "") -> Connection:
        """The whole way there and back, without a browser."""
        return self.finish(firm, self.consented(self.begin(firm), account=account), account=account)

    def again(self) -> Connection:
        """The connection as it is now."""
        assert self.connection is not None
        self.connection = Connection.objects.get(pk=self.connection.pk)
        return self.connection

    def a_customer(self, **facts: Any) -> str:
        plain = {"name": "Harbor Cafe", "company": "Harbor Cafe", "email": "ap@harborcafe.example"}
        phones = {"phones": {"work": "(614) 555-0103", "mobile": "614-555-0163"}}
        return str(self.act("add_customer", **{**plain, **phones, **facts})["id"])

    def an_invoice(self, customer: str, amount: str = "796.00", **facts: Any) -> str:
        line = {"description": "Water heater replacement", "quantity": "1", "price": amount, "item": ""}
        return str(self.act("add_invoice", customer=customer, lines=[line], **facts)["id"])


@contextmanager
def rig(provider: str) -> Iterator[Rig]:
    """This vendor, running."""
    manners = MANNERS[provider]
    told = {
        "client_id": manners.keys.get(f"{provider.upper()}_CLIENT_ID", "sandbox-client"),
        "client_secret": manners.keys.get(f"{provider.upper()}_CLIENT_SECRET", "sandbox-secret"),
        "redirect_uris": (f"{WEB}/connections/{provider}/callback",),
    }
    app = manners.app(**told)
    cards = Mount("/stripe", app=stripe.create_app(stripe.StripeSimConfig()))  # beside any books
    with running(Starlette(routes=[Mount(f"/{provider}", app=app), cards])) as address:
        if provider == "quickbooks":
            sim: Any = QuickBooksControl(f"{address}/quickbooks")
        else:
            sim = SimControl(address, prefix=f"/{provider}")
        yield Rig(provider, manners, address, sim)


def start_anew(found: Rig, settings: Any) -> None:
    """The vendor as it begins, asked nothing yet, and this installation pointed at it."""
    settings.SIMULATORS_URL, settings.PUBLIC_URL = found.address, WEB
    settings.BOOKS_PACE = 1000.0  # the published limits are what the tests of each client are about
    for name, value in found.manners.keys.items():
        setattr(settings, name, value)
    found.sim.reset()
    found.sim.clear_faults()
    if found.provider == "quickbooks":
        found.sim.settings(public_url=f"{found.address}/quickbooks")
    found.session.clear()
    redis = pace._redis()
    for key in (*redis.scan_iter(f"pace:{found.provider}:*"), *redis.scan_iter(f"points:{found.provider}:*")):
        redis.delete(key)


def _quickbooks(**told: Any) -> Starlette:
    return quickbooks.create_app(quickbooks.QuickBooksSimConfig(**told, verifier_token="qb-key"))


def _xero(**told: Any) -> Starlette:
    more: dict[str, Any] = {
        "webhook_key": "xero-key",
        "minute_limit": 100_000,
        "invoices": INVOICES,
        "second_invoices": 30,
    }
    return xero.create_app(xero.XeroSimConfig(**told, **more))


def _freshbooks(**told: Any) -> Starlette:
    return freshbooks.create_app(freshbooks.FreshBooksSimConfig(**told, calls_per_window=None, invoices=INVOICES))


def _square(**told: Any) -> Starlette:
    more: dict[str, Any] = {
        "webhook_key": "square-key",
        "requests_per_second": 100_000,
        "invoices": INVOICES,
        "second_invoices": 30,
    }
    return square.create_app(square.SquareSimConfig(**told, **more))


def _zoho(**told: Any) -> Starlette:
    more: dict[str, Any] = {"calls_per_minute": 100_000, "calls_per_day": 10_000_000, "invoices": INVOICES}
    more |= {"refresh_tokens_per_user": 10_000, "codes_per_window": 10_000, "refreshes_per_window": 10_000}
    return zoho.create_app(zoho.ZohoSimConfig(**told, **more))


def _jobber(**told: Any) -> Starlette:
    more: dict[str, Any] = {"points_per_second": 1_000_000, "calls_per_window": 1_000_000, "invoices": INVOICES}
    return jobber.create_app(jobber.JobberSimConfig(**told, **more))


def _keys(provider: str, **more: str) -> dict[str, str]:
    name = provider.upper()
    return {f"{name}_CLIENT_ID": f"{provider}-client", f"{name}_CLIENT_SECRET": f"{provider}-secret", **more}


MANNERS: dict[str, Manners] = {
    "quickbooks": Manners(
        app=_quickbooks,
        account=quickbooks.AVAS_PLUMBING,
        other=quickbooks.RIVAL_ROOTER,
        keys=_keys("quickbooks", QUICKBOOKS_WEBHOOK_VERIFIER="qb-key"),
        throttled={"kind": "429-json"},
        outage={"kind": "503-html"},
        signature="intuit-signature",
        webhook_key="qb-key",
        write_off_status="paid",  # by a credit memo
        amount_field="Balance",
        status_field="EmailStatus",
    ),
    "xero": Manners(
        app=_xero,
        account=xero.LAW_FIRM,
        other=xero.AGENCY,
        keys=_keys("xero", XERO_WEBHOOK_KEY="xero-key"),
        throttled={"kind": "429-minute"},
        outage={"kind": "html-503"},
        signature="x-xero-signature",
        webhook_key="xero-key",
        write_off_status="paid",  # by a credit note
        amount_field="AmountDue",
        status_field="Status",
    ),
    "freshbooks": Manners(
        app=_freshbooks,
        account=freshbooks.AGENCY,
        other=freshbooks.PLUMBER,
        keys=_keys("freshbooks"),
        throttled={"kind": "throttled"},
        outage={"kind": "html-503"},
        voids=False,
        write_off_status="paid",  # by a credit note
        amount_field="outstanding",
        status_field="v3_status",
    ),
    "square": Manners(
        app=_square,
        account=square.DENTAL_PRACTICE,
        other=square.LANDSCAPER,
        keys=_keys("square", SQUARE_WEBHOOK_KEY="square-key"),
        throttled={"kind": "throttled"},
        outage={"kind": "html-503"},
        write_off_status="void",  # canceled
        not_yet="SCHEDULED",
        signature="x-square-hmacsha256-signature",
        webhook_key="square-key",
        shows_credits=False,
        unapplied=False,
        deletes=False,
        status_field="status",
    ),
    "zoho": Manners(
        app=_zoho,
        account=zoho.CLOUDKEEP,
        other=zoho.AVAS_PLUMBING,
        keys=_keys("zoho"),
        throttled={"kind": "44"},
        outage={"kind": "html-503"},
        amount_field="balance",
        status_field="status",
    ),
    "jobber": Manners(
        app=_jobber,
        account=jobber.LANDSCAPER,
        other=jobber.PLUMBER,
        keys=_keys("jobber"),
        throttled={"kind": "throttled"},
        outage={"kind": "html-503"},
        not_ours=("Sample Client",),
        signature="x-jobber-hmac-sha256",
        webhook_key="jobber-secret",
        voids=False,
        shows_credits=False,
        unapplied=False,
        status_field="invoiceStatus",
    ),
}


def money(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
