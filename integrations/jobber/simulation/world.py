"""The whole simulated Jobber: two accounts, the app that may be connected to them, its limits and its webhook endpoints."""

from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from integrations.jobber.simulation import errors, jwt, planting, times, webhooks
from integrations.jobber.simulation.config import (
    LANDSCAPER,
    LANDSCAPER_NUMBER,
    PLUMBER,
    PLUMBER_NUMBER,
    SCOPES,
    JobberSimConfig,
)
from integrations.jobber.simulation.ids import books_id, encoded
from integrations.simulation.books import Books, Kind
from integrations.simulation.call import Answer, Call, Json, json_answer
from integrations.simulation.hooks import Delivery, Event
from integrations.simulation.limits import Bucket, Window
from integrations.simulation.tokens import Grant, TokenRules
from integrations.simulation.trouble import Rule
from integrations.simulation.world import Company, World

SMALL = 40
"""Invoices of the second account."""


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """What Jobber knows of an account beside its books."""

    number: int
    name: str
    firm: str
    zone: str
    phone: str
    industry: str
    owner: tuple[str, str]
    created_at: str


class JobberWorld(World[JobberSimConfig]):
    """Companies, tokens, points and endpoints of one registered app."""

    vendor = "Jobber"
    SCOPES = frozenset(SCOPES)
    RETRY_SECONDS = (10, 60, 300)
    WEBHOOK_ANSWER_SECONDS = 1
    KINDS: ClassVar[dict[str, str]] = {
        "throttled": "200 with the error THROTTLED and no cost figures.",
        "too-many-requests": "429, plain text: the guard of 2,500 calls in five minutes.",
        "unavailable": "503 Service temporarily unavailable.",
        "unavailable-error": "200 with Service temporarily unavailable among the errors.",
        "unauthenticated": "200 with the error UNAUTHENTICATED.",
        "expired": "401 Access token expired.",
        "disconnected": "401: the user has disconnected this app.",
        "disconnected-error": "200 with the same words among the errors.",
        "null-data": "200 with data null and no word why.",
        "hidden": "200 with data null: hidden due to permissions.",
    }
    accounts: ClassVar[dict[str, AccountFacts]] = {
        LANDSCAPER: AccountFacts(
            number=LANDSCAPER_NUMBER,
            name="Juniper & Sage Landscaping",
            firm="landscaper",
            zone="America/Chicago",
            phone="(512) 555-0148",
            industry="LANDSCAPING_CONTRACTOR",
            owner=("Rosa", "Delgado"),
            created_at="2021-03-08T15:20:11Z",
        ),
        PLUMBER: AccountFacts(
            number=PLUMBER_NUMBER,
            name="Copper Creek Plumbing",
            firm="plumber",
            zone="America/Los_Angeles",
            phone="(503) 555-0119",
            industry="PLUMBING",
            owner=("Marcus", "Bell"),
            created_at="2023-09-18T17:02:40Z",
        ),
    }

    def begin(self) -> None:
        """Limits are counted by app and account."""
        self.points = Bucket(lambda: self.settings.most_points, lambda: self.settings.points_per_second)
        self.window = Window(lambda: self.settings.calls_per_window, self.settings.window_seconds)

    def seeded(self) -> list[Company]:
        """A landscaper with years of work, and a plumber who has just begun."""
        sizes = {LANDSCAPER: self.settings.invoices, PLUMBER: min(SMALL, self.settings.invoices)}
        return [
            Company(
                account=account,
                name=facts.name,
                firm=facts.firm,
                invoices=sizes[account],
                seed=self.settings.seed,
                books={"zone": facts.zone, "number": "{:d}"},
            )
            for account, facts in self.accounts.items()
        ]

    def new_id(self, account: str, kind: Kind, number: int) -> str:
        """Numbers are Jobber's, not the account's: those of the second account lie elsewhere."""
        return books_id(kind, number if account == LANDSCAPER else 4_000_000 + number)

    def finish(self, books: Books) -> None:
        """What only a user of Jobber has: deposits, tips, leads, sample data."""
        planting.season(books)

    # Tokens

    def token_rules(self, grant: Grant | None) -> TokenRules:
        """A refresh token lives until it is used, or the app is disconnected."""
        return TokenRules(
            code_seconds=self.settings.code_seconds,
            access_seconds=self.settings.access_token_seconds,
            refresh_seconds=None,
            rotate=self.settings.refresh_token_rotation,
        )

    def born(self, grant: Grant) -> None:
        """A connection of one account by one of its users."""
        number = self.accounts[grant.accounts[0]].number * 10 + sum(grant.user.encode()) % 10
        grant.extra |= {"user_number": number, "user": encoded("User", number)}
        self.own.get("silent", {}).clear()
        self.hooks.happened(grant.accounts[0], "app", grant.accounts[0], "connected")

    def access_token(self, grant: Grant) -> str:
        """A JWT."""
        return jwt.signed(self.settings, grant, self.accounts[grant.accounts[0]].number)

    def disconnect(self, account: str) -> None:
        """The app leaves by its own wish."""
        self.tokens.revoke_account(account)
        self.disconnected(account)

    def disconnected(self, account: str) -> None:
        """Told by webhook too, where it is wanted."""
        self.hooks.happened(account, "app", account, "disconnected")

    def is_connected(self, account: str) -> bool:
        """Whether the app has a living connection to it."""
        return any(account in one.accounts and not one.ended for one in self.tokens.grants)

    # Faults

    def fault(self, kind: str, rule: Rule) -> Answer:
        """One of KINDS."""
        match kind:
            case "throttled":
                return json_answer({"errors": [errors.THROTTLED]})
            case "too-many-requests":
                return errors.too_many()
            case "unavailable":
                answer = errors.unavailable()
                return Answer(answer.status, answer.body, answer.content_type, rule.headers)
            case "unauthenticated":
                return json_answer({"errors": [errors.AUTH_REQUIRED]})
            case "expired":
                return errors.expired()
            case "disconnected":
                return errors.disconnected(as_errors=False)
            case "disconnected-error":
                return errors.disconnected(as_errors=True)
            case "unavailable-error":
                return json_answer({"errors": [{"message": errors.UNAVAILABLE}]})
            case "hidden":
                hidden = {"message": "An object of type Invoice was hidden due to permissions", "path": ["invoices"]}
                return json_answer({"errors": [hidden], "data": None})
        return json_answer({"data": None})

    def refusal(self, call: Call, problem: Exception) -> Answer | None:
        """What nobody foresaw is Jobber's own trouble."""
        return json_answer({"errors": [{"message": "Internal server error"}]}, 500)

    # Webhooks

    def change_settings(self, **changes: Any) -> None:
        """Whoever configures webhooks anew in the Developer Center is told again."""
        super().change_settings(**changes)
        if any(name.startswith("webhook_") for name in changes):
            self.own.get("silent", {}).clear()

    def deliveries(self, events: list[Event]) -> list[Delivery]:
        """To the app's own address for its topics, and to the endpoints of the account; connected accounts only."""
        found: dict[tuple[str, bytes], Delivery] = {}
        for event in events:
            topic = webhooks.topic_of(event)
            if topic is None or not (self.is_connected(event.account) or topic == "APP_DISCONNECT"):
                continue
            zone = ZoneInfo(self.accounts[event.account].zone)
            body = webhooks.body(self.settings, topic, event.account, event.id, event.at, zone)
            for url in self._addresses(event.account, topic):
                found.setdefault((url, body), webhooks.delivery(self.settings, url, topic, body))
            if topic == "APP_DISCONNECT" and not self.is_connected(event.account):
                self.own["endpoints"] = [one for one in self._endpoints if one["account"] != event.account]
        return list(found.values())

    def delivered(self, delivery: Delivery) -> None:
        """A receiver that answers in time is well again."""
        self._failures.pop(delivery.url, None)

    def given_up(self, delivery: Delivery) -> None:
        """A receiver that fails too often is told nothing any more, without notice."""
        self._failures[delivery.url] = self._failures.get(delivery.url, 0) + 1

    def endpoint_of(self, account: str, topic: str) -> Json | None:
        """The one endpoint an account can have for a topic."""
        return next((one for one in self._endpoints if (one["account"], one["topic"]) == (account, topic)), None)

    def add_endpoint(self, account: str, topic: str, url: str) -> Json:
        """A new one, with the id that is needed to delete it."""
        self.own["endpoint_count"] = int(self.own.get("endpoint_count", 0)) + 1
        id = encoded("WebhookEndpoint", 600 + self.own["endpoint_count"])
        made: Json = {"id": id, "account": account, "topic": topic, "url": url}
        made["createdAt"] = times.instant(self.clock.now())
        self._endpoints.append(made)
        self._failures.pop(url, None)
        return made

    def delete_endpoints(self, account: str, ids: list[str]) -> list[Json]:
        """Those of them that are the account's, now gone; all of them or none."""
        gone = [one for one in self._endpoints if one["account"] == account and one["id"] in ids]
        if len(gone) < len(set(ids)):
            return []
        self.own["endpoints"] = [one for one in self._endpoints if one not in gone]
        return gone

    @property
    def _endpoints(self) -> list[Json]:
        endpoints: list[Json] = self.own.setdefault("endpoints", [])
        return endpoints

    @property
    def _failures(self) -> dict[str, int]:
        """Deliveries given up in a row, by address."""
        failures: dict[str, int] = self.own.setdefault("silent", {})
        return failures

    def _addresses(self, account: str, topic: str) -> list[str]:
        app = [self.settings.webhook_url or ""] if topic in self.settings.webhook_topics else []
        endpoint = self.endpoint_of(account, topic)
        wanted = app + ([str(endpoint["url"])] if endpoint else [])
        most = self.settings.webhook_most_failures
        return [url for url in dict.fromkeys(wanted) if url and self._failures.get(url, 0) < most]
