"""The simulated Xero: its organisations, tokens, limits, faults and webhooks."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from integrations.simulation.books import Books, Kind, NotPossible, NotThere
from integrations.simulation.call import Answer, Call, Json
from integrations.simulation.hooks import Delivery, Event
from integrations.simulation.limits import Concurrent, Window
from integrations.simulation.tokens import Grant, TokenRules
from integrations.simulation.trouble import Rule
from integrations.simulation.world import Company, World
from integrations.xero.simulation import answers, webhooks
from integrations.xero.simulation.bills import supplier_books
from integrations.xero.simulation.company import XeroBooks
from integrations.xero.simulation.config import SCOPES, XeroSimConfig
from integrations.xero.simulation.forms import guid
from integrations.xero.simulation.planting import finish

LAW_FIRM = guid("organisation", "law firm")
AGENCY = guid("organisation", "agency")

KINDS = {
    "429-minute": "The organisation's calls of this minute are used up; retry_after says for how long (default 17).",
    "429-day": "The organisation's calls of this day are used up: hours to wait (default 20000).",
    "429-appminute": "The app's calls of this minute over all organisations are used up.",
    "429-concurrent": "Too many calls of this organisation are under way.",
    "401-expired": "The access token ran out, whatever its age.",
    "401-unsuccessful": "The access token is not good.",
    "403": "The organisation is not connected any more.",
    "404": "The resource is not there.",
    "400-validation": "What was sent is not valid.",
    "400-query": "The filter cannot be read.",
    "409": "Somebody else changed it.",
    "412": "Somebody else changed it since it was read.",
    "500": "An error of the vendor, as text.",
    "503": "Not available, as text.",
    "503-offline": "The organisation is offline.",
    "304": "Nothing changed, said without a list.",
    "invalid-grant": "The refresh token is refused (give the path /connect/token).",
}
DAY_SECONDS = 86400


class Limits:
    """How much is left to whom; the numbers are read anew, so that a test may change them."""

    def __init__(self, world: "XeroWorld") -> None:
        self.minute = Window(lambda: world.settings.minute_limit, 60)
        self.day = Window(lambda: world.settings.day_limit, DAY_SECONDS)
        self.app_minute = Window(lambda: world.settings.app_minute_limit, 60)
        self.concurrent = Concurrent(lambda: world.settings.concurrent_limit)

    def take(self, tenant: str) -> tuple[str, float] | None:
        """None when admitted, else which limit stands in the way and for how many seconds."""
        for problem, window, key in (
            ("day", self.day, tenant),
            ("appminute", self.app_minute, ""),
            ("minute", self.minute, tenant),
        ):
            if (seconds := window.take(key)) is not None:
                return problem, seconds
        return None


class XeroWorld(World[XeroSimConfig]):
    """A law firm's organisation, and a small agency's in New Zealand."""

    vendor = "Xero"
    KINDS: ClassVar[Mapping[str, str]] = KINDS
    SCOPES: ClassVar[frozenset[str]] = SCOPES
    RETRY_SECONDS: ClassVar[tuple[float, ...]] = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600, 36000)
    """With falling frequency for a day, then the webhook is disabled."""
    WEBHOOK_ANSWER_SECONDS: ClassVar[float] = 5

    def begin(self) -> None:
        self.limits = Limits(self)
        self._bills: dict[str, XeroBooks] = {}

    # Organisations

    def seeded(self) -> list[Company]:
        settings = self.settings
        return [
            Company(
                account=LAW_FIRM,
                name="Whitfield & Lowe LLP",
                firm="law_firm",
                invoices=settings.invoices,
                seed=settings.seed,
                books={"zone": "America/New_York"},
            ),
            Company(
                account=AGENCY,
                name="Kowhai Studio",
                firm="agency",
                invoices=settings.second_invoices,
                seed=settings.seed + 1,
                books={"zone": "Pacific/Auckland", "currency": "NZD", "country": "NZ"},
            ),
        ]

    def empty_books(self, company: Company) -> Books:
        def ids(kind: Kind, number: int) -> str:
            return self.new_id(company.account, kind, number)

        return XeroBooks(
            company.account, company.name, clock=self.clock, ids=ids, tell=self.hooks.happened, **company.books
        )

    def finish(self, books: Books) -> None:
        if isinstance(books, XeroBooks):
            finish(books)

    def organisation(self, tenant: str) -> XeroBooks:
        """An organisation's sales books."""
        found = self.books(tenant)
        if not isinstance(found, XeroBooks):
            raise NotThere(tenant)
        return found

    def bills(self, tenant: str) -> XeroBooks:
        """What the organisation owes its suppliers."""
        if tenant not in self._bills:
            self._bills[tenant] = supplier_books(self.organisation(tenant), self.settings.seed)
        return self._bills[tenant]

    def new_id(self, account: str, kind: Kind, number: int) -> str:
        return guid(account, kind, number)

    # Tokens and connections

    def token_rules(self, grant: Grant | None) -> TokenRules:
        settings = self.settings
        return TokenRules(
            code_seconds=settings.code_seconds,
            access_seconds=settings.access_seconds,
            refresh_seconds=settings.refresh_seconds,
            rotate=True,
            grace_seconds=settings.grace_seconds,
        )

    def born(self, grant: Grant) -> None:
        """Connections are made, or made anew, for the organisations chosen in this consent."""
        event = grant.extra.setdefault("auth_event", str(uuid4()))
        for tenant in grant.extra.get("chosen") or grant.accounts:
            self.connect(tenant, event)

    def connection(self, tenant: str, grant: Grant) -> dict[str, str]:
        """What is known of a connection; one that was forgotten in a reset is made anew."""
        if tenant not in self.own.get("connections", {}):
            self.connect(tenant, grant.extra["auth_event"])
        found: dict[str, str] = self.own["connections"][tenant]
        return found

    def connect(self, tenant: str, event: str) -> None:
        now = datetime.fromtimestamp(time.time(), UTC).isoformat()
        known = self.own.setdefault("connections", {})
        first = known.get(tenant, {"id": str(uuid4()), "created": now})
        known[tenant] = first | {"event": event, "updated": now}

    def disconnect(self, tenant: str) -> None:
        """The organisation is taken from every grant; tokens live on for the others, or for none."""
        for grant in self.tokens.grants:
            if tenant in grant.accounts:
                grant.accounts.remove(tenant)
        self.own.get("connections", {}).pop(tenant, None)

    def disconnected(self, account: str) -> None:
        """The owner's disconnecting does not end the tokens: they reach nothing any more."""
        for grant in self.tokens.grants:
            if grant.ended and account in grant.accounts:
                grant.ended = False
        self.disconnect(account)

    def access_token(self, grant: Grant) -> str:
        """A JWT, as the vendor's are; nobody but the vendor needs to verify it."""
        now = int(time.time())
        claims = {
            "nbf": now,
            "exp": now + int(self.settings.access_seconds),
            "iss": "https://identity.xero.com",
            "aud": "https://identity.xero.com/resources",
            "client_id": self.settings.client_id,
            "sub": guid("user", grant.user),
            "auth_time": int(grant.issued_at),
            "xero_userid": guid("user", grant.user),
            "jti": secrets.token_hex(16),
            "authentication_event_id": grant.extra.get("auth_event", ""),
            "scope": sorted(grant.scopes),
        }
        return signed_token(claims, self.settings.client_secret)

    def refresh_token(self, grant: Grant) -> str:
        return secrets.token_urlsafe(32)

    # Troubles, webhooks, answers

    def fault(self, kind: str, rule: Rule) -> Answer:
        return fault(kind, rule)

    def deliveries(self, events: list[Event]) -> list[Delivery]:
        return webhooks.deliveries(self, events)

    def accepts(self, status: int) -> bool:
        """Nothing but 200."""
        return status == 200

    def given_up(self, delivery: Delivery) -> None:
        """Failing for a day disables the webhook until somebody enables it again by hand."""
        self.own["webhook"] = {"state": "disabled", "failed": delivery.number}

    def refusal(self, call: Call, problem: Exception) -> Answer | None:
        if isinstance(problem, NotThere):
            return answers.not_found()
        if isinstance(problem, NotPossible):
            return answers.invalid(call, str(problem)).answer
        return None

    def last_touch(self, call: Call, answer: Answer) -> Answer:
        if call.path.startswith("/api.xro/"):
            answer.headers["Xero-Correlation-Id"] = str(uuid4())
            if answer.status < 400 and call.account:
                limits = self.limits
                answer.headers["X-MinLimit-Remaining"] = str(limits.minute.left(call.account))
                answer.headers["X-DayLimit-Remaining"] = str(limits.day.left(call.account))
                answer.headers["X-AppMinLimit-Remaining"] = str(limits.app_minute.left())
        return answer


def signed_token(claims: Json, key: str) -> str:
    """A JWT over these claims."""
    parts = [_unpadded(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signature = hmac.new(key.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _unpadded(signature)])


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def fault(kind: str, rule: Rule) -> Answer:
    """One of KINDS, as the vendor answers it."""
    if kind.startswith("429-"):
        problem = kind.removeprefix("429-")
        usual = {"day": 20000, "concurrent": 1}.get(problem, 17)
        return answers.too_many(problem, rule.retry_after if rule.retry_after is not None else usual)
    plain = "text/plain; charset=utf-8"
    texts = {
        "500": (500, b"An unexpected error has occurred. Please try again later."),
        "503": (503, b"The Xero API is currently unavailable."),
        "503-offline": (503, b"The organisation is offline"),
    }
    if kind in texts:
        status, text = texts[kind]
        return Answer(status, text, plain, dict(rule.headers))
    now = datetime.fromtimestamp(time.time(), UTC)
    made: dict[str, Any] = {
        "401-expired": lambda: answers.token_expired(now - timedelta(seconds=1)),
        "401-unsuccessful": lambda: answers.unauthorized("AuthenticationUnsuccessful"),
        "403": answers.forbidden,
        "404": answers.not_found,
        "400-validation": lambda: answers.as_json(_validation("Invoice not of valid status for modification"), 400),
        "400-query": lambda: answers.as_json(
            {"ErrorNumber": 16, "Type": "QueryParseException", "Message": "Expression expected"}, 400
        ),
        "409": lambda: answers.conflict(409),
        "412": lambda: answers.conflict(412),
        "304": lambda: Answer(304),
        "invalid-grant": lambda: answers.as_json({"error": "invalid_grant"}, 400),
    }
    found: Answer = made[kind]()
    found.headers.update(rule.headers)
    return found


def _validation(message: str) -> Json:
    return {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": [{"ValidationErrors": [{"Message": message}]}],
    }
