"""The simulated Zoho: its organizations, how its tokens live, its limits, its faults, its webhooks."""

import secrets
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import ClassVar

from integrations.simulation.books import Books, Kind, NotPossible, NotThere
from integrations.simulation.call import Answer, Call, VendorRefusal, json_answer
from integrations.simulation.entities import Customer
from integrations.simulation.hooks import Delivery, Event
from integrations.simulation.limits import Concurrent, Window
from integrations.simulation.tokens import Grant, TokenRules
from integrations.simulation.trouble import Rule
from integrations.simulation.world import Company, World
from integrations.zoho.simulation import answers, awkward, forms, small_books, webhooks
from integrations.zoho.simulation.config import CLOUDKEEP, READ_SCOPES, WRITE_SCOPES, ZohoSimConfig
from integrations.zoho.simulation.organizations import BY_ID, ORGANIZATIONS
from integrations.zoho.simulation.view import View

KINDS = {
    "57": "401, code 57: token dead, scope missing or user gone; the vendor does not say which.",
    "14": "401, code 14: the token cannot be read.",
    "44": "429, code 44: too many requests a minute; no Retry-After unless `retry_after` asks for one.",
    "45": "429, code 45: the day's calls are used up.",
    "1070": "429, code 1070: too many requests at once.",
    "1000": "500, code 1000: internal error.",
    "1002": "404, code 1002: the object does not exist.",
    "invalid-value": "400, code 2.",
    "error-with-200": "An error's body with HTTP 200.",
    "invalid-code": "The token endpoint's invalid_code (give a path such as /oauth/v2/token).",
    "invalid-client": "The token endpoint's invalid_client.",
    "access-denied": "The token endpoint's Access Denied: refreshed too often.",
    "general-error": "The token endpoint's general_error.",
}


class ZohoWorld(World[ZohoSimConfig]):
    """State of the whole vendor, all data centers together; what belongs to which is kept apart at the doors."""

    vendor: ClassVar[str] = "Zoho Books"
    KINDS = KINDS
    SCOPES = frozenset((*READ_SCOPES, *WRITE_SCOPES))

    def begin(self) -> None:
        self.code_homes: dict[str, str] = {}
        """Which data center a code was made in."""
        self.codes = Window(lambda: self.settings.codes_per_window, self.settings.window_seconds)
        self.minute = Window(lambda: self.settings.calls_per_minute, 60)
        self.in_process = Concurrent(lambda: self.settings.calls_in_process)
        self.days: dict[tuple[str, date], int] = defaultdict(int)
        self.vendors: dict[str, list[Customer]] = {}
        self.strangers: list[dict[str, object]] = []
        """What was sent to an address that belongs to nobody here."""

    def seeded(self) -> list[Company]:
        return [
            Company(
                account=one.id,
                name=one.name,
                firm=one.firm or "agency",
                invoices=self.settings.invoices if one.id == CLOUDKEEP else 60,
                seed=self.settings.seed,
                books={
                    "zone": one.zone,
                    "currency": one.currency,
                    "country": one.country,
                    "number": "INV-{:06d}",
                    "credit_number": "CN-{:05d}",
                },
            )
            for one in ORGANIZATIONS
        ]

    def new_id(self, account: str, kind: Kind, number: int) -> str:
        organization = BY_ID[account]
        return forms.object_id(organization.data_center, kind, number, organization=organization.number)

    def finish(self, books: Books) -> None:
        awkward.finish(books)

    def view(self, account: str) -> View:
        """An organization's books as somebody reads them now."""
        return View(self.books(account), BY_ID[account], self.settings, awkward.vendors(self.books(account)))

    # Tokens

    def token_rules(self, grant: Grant | None) -> TokenRules:
        settings = self.settings
        return TokenRules(
            code_seconds=settings.code_seconds,
            access_seconds=settings.access_token_seconds,
            refresh_seconds=None,
            rotate=False,
            most_access=settings.access_tokens_per_refresh_token,
            refreshes_per_window=(settings.refreshes_per_window, settings.window_seconds),
            most_refresh_per_user=settings.refresh_tokens_per_user,
        )

    def born(self, grant: Grant) -> None:
        """Consent is the user's: it covers every organization of that user, in the user's data center."""
        organization = BY_ID[grant.accounts[0]]
        grant.user = organization.user
        grant.extra["data_center"] = organization.data_center

    def access_token(self, grant: Grant) -> str:
        return _token()

    def refresh_token(self, grant: Grant) -> str:
        return _token()

    def code(self) -> str:
        return _token()

    def disconnected(self, account: str) -> None:
        """The user took the app's access away: for all organizations at once."""
        for grant in self.tokens.grants:
            if grant.user == BY_ID[account].user:
                self.tokens.revoke(grant.access_token)

    # Limits

    def day_of(self, account: str) -> tuple[str, date]:
        """The day whose calls are counted: it changes at midnight where the organization is."""
        return account, self.clock.today(self.books(account).zone)

    # How the vendor words it

    def fault(self, kind: str, rule: Rule) -> Answer:
        match kind:
            case "invalid-code" | "invalid-client" | "general-error":
                return json_answer({"error": kind.replace("-", "_")}, self.settings.token_error_status)
            case "access-denied":
                return json_answer(ACCESS_DENIED, self.settings.token_error_status)
            case "error-with-200":
                return answers.error(1000, "Internal error", 200)
        made = FAULTS[kind]().answer
        made.headers.update(rule.headers)
        return made

    def refusal(self, call: Call, problem: Exception) -> Answer | None:
        if isinstance(problem, NotPossible):
            return answers.not_possible(str(problem)).answer
        if isinstance(problem, NotThere):
            return answers.missing("The requested object").answer
        return None

    def deliveries(self, events: list[Event]) -> list[Delivery]:
        return webhooks.deliveries(self, events)

    def note_stranger(self, call: Call) -> None:
        """Write down what somebody who is not the vendor was sent."""
        sent = {**dict(call.params), **call.form()}
        self.strangers.append(
            {
                "path": call.path,
                "client_secret": sent.get("client_secret") == self.settings.client_secret or self._in_disguise(call),
                "code": "code" in sent,
                "token": bool(call.headers.get("authorization")) or "refresh_token" in sent,
            }
        )

    def _in_disguise(self, call: Call) -> bool:
        """The secret in another form than the vendor's: as JSON, or as basic authentication."""
        return self.settings.client_secret.encode() in call.body or call.headers.get("authorization", "").startswith(
            "Basic "
        )

    def _write_books(self, company: Company) -> Books:
        """The two small organizations abroad have histories of their own, in rupees and in yen."""
        if BY_ID[company.account].firm or company.account in self.companies.kept:
            return super()._write_books(company)
        books = self.empty_books(company)
        small_books.plant(books)
        self.finish_quietly(books)
        return books


ACCESS_DENIED = {
    "error": "Access Denied",
    "error_description": "You have made too many requests continuously. Please try again after some time.",
    "status": "failure",
}
FAULTS: dict[str, Callable[[], VendorRefusal]] = {
    "57": answers.not_authorized,
    "14": answers.wrong_token,
    "44": answers.too_many_a_minute,
    "45": lambda: answers.too_many_a_day(1000),
    "1070": answers.too_many_at_once,
    "1000": answers.internal_error,
    "1002": lambda: answers.missing("Invoice"),
    "invalid-value": lambda: answers.invalid_value("organization_id"),
}


def _token() -> str:
    return f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
