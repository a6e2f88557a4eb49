"""All of simulated Square: its sellers, tokens, limits and what it has told of them."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, override

from integrations.simulation.books import Books, Kind, NotThere
from integrations.simulation.call import Answer, Call
from integrations.simulation.hooks import Delivery, Event
from integrations.simulation.limits import Window
from integrations.simulation.tokens import Grant, TokenRules
from integrations.simulation.trouble import Rule
from integrations.simulation.world import Company, World
from integrations.square.simulation import notices, sellers
from integrations.square.simulation.config import SCOPES, SquareSimConfig
from integrations.square.simulation.errors import KINDS, errors_answer, not_found, on_demand
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.things import Location
from integrations.square.simulation.values import UPPER, invoice_id, made, uid

SQUARE_PAY_PAGES = "https://squareup.com/pay-invoice"


class SquareWorld(World[SquareSimConfig]):
    """The simulated vendor."""

    vendor: ClassVar[str] = "Square"
    KINDS: ClassVar[Mapping[str, str]] = KINDS
    SCOPES: ClassVar[frozenset[str]] = SCOPES
    RETRY_SECONDS: ClassVar[tuple[float, ...]] = (60, 120, 240, 480, 960, 1920, *([3600] * 22))
    """1, 2, 4, 8, 16, 32 minutes, then hourly for a day."""

    @override
    def begin(self) -> None:
        self.pace = Window(lambda: self.settings.requests_per_second, 1.0)
        self.asked_short_lived = False
        self.seen_at = ""

    @override
    def seeded(self) -> list[Company]:
        return sellers.companies(self.settings)

    @override
    def new_id(self, account: str, kind: Kind, number: int) -> str:
        match kind:
            case "invoice":
                return invoice_id("invoice", account, number)
            case "customer":
                return made(26, "customer", account, number, letters=UPPER)
            case _:
                return made(27, kind, account, number) + "YY"

    @override
    def empty_books(self, company: Company) -> Books:
        def ids(kind: Kind, number: int) -> str:
            return self.new_id(company.account, kind, number)

        def tell(account: str, kind: str, id: str, action: str) -> None:
            notices.happened(self, books, kind, id, action)

        more = {"locations": sellers.locations(company.account), **company.books}
        books = SquareBooks(company.account, company.name, clock=self.clock, ids=ids, tell=tell, **more)
        books.say_refund = lambda refund, action: notices.happened(self, books, "refund", refund, action)
        return books

    @override
    def finish(self, books: Books) -> None:
        assert isinstance(books, SquareBooks)
        sellers.finish(books)

    # Tokens

    @override
    def token_rules(self, grant: Grant | None) -> TokenRules:
        pkce = grant is not None and bool(grant.extra.get("pkce"))
        settings = self.settings
        return TokenRules(
            code_seconds=settings.code_seconds,
            access_seconds=settings.short_lived_seconds if self.asked_short_lived else settings.access_token_seconds,
            refresh_seconds=settings.pkce_refresh_seconds if pkce else None,
            rotate=pkce,
        )

    @override
    def access_token(self, grant: Grant) -> str:
        return "EAAA" + secrets.token_urlsafe(45)

    @override
    def refresh_token(self, grant: Grant) -> str:
        return "EQAA" + secrets.token_urlsafe(45)

    @override
    def code(self) -> str:
        return "sandbox-sq0cgb-" + secrets.token_urlsafe(16)

    def scopes_of(self, grant: Grant, access_token: str) -> set[str]:
        """What this token may do: all of the grant, or the part that was asked for."""
        return set(grant.extra.get("limited", {}).get(access_token, grant.scopes))

    def granted(self, account: str) -> set[str]:
        """Every scope a seller has let the application in with; nothing when there is no live grant."""
        living = [one for one in self.tokens.grants if account in one.accounts and not one.ended]
        return set().union(*(one.scopes for one in living))

    @override
    def disconnected(self, account: str) -> None:
        self.tell_of_revocation(account, "MERCHANT")

    def tell_of_revocation(self, account: str, by: str) -> None:
        """oauth.authorization.revoked."""
        notices.revoked(self, account, by)

    # What is asked for

    def seller(self, call: Call) -> SquareBooks:
        """The books of whoever the token belongs to."""
        books = self.books(call.account)
        assert isinstance(books, SquareBooks)
        self.seen_at = self.base_url(call)
        return books

    def location(self, books: SquareBooks, id: str) -> Location:
        """Raises 404 for another seller's too."""
        if id not in books.locations:
            raise not_found(f"Location {id}")
        return books.locations[id]

    def pay_pages(self) -> str:
        """Where the public link of an invoice leads: to the simulator, once it knows where it is."""
        base = (self.settings.public_url or self.seen_at).rstrip("/")
        return f"{base}/pay-invoice" if base else SQUARE_PAY_PAGES

    def orders(self, account: str) -> dict[str, Any]:
        """Orders of a seller that have no invoice yet, by id."""
        found: dict[str, Any] = self.own.setdefault("orders", {}).setdefault(account, {})
        return found

    def events(self) -> list[dict[str, Any]]:
        """What happened, in Square's words, oldest first."""
        found: list[dict[str, Any]] = self.own.setdefault("events", [])
        return found

    # Faults, webhooks, last touches

    @override
    def fault(self, kind: str, rule: Rule) -> Answer:
        return on_demand(kind, rule.retry_after)

    @override
    def deliveries(self, events: list[Event]) -> list[Delivery]:
        return notices.deliveries(self, events)

    @override
    def retry_headers(self, delivery: Delivery, retry: int) -> Mapping[str, str]:
        return notices.retry_headers(delivery, retry)

    @override
    def refusal(self, call: Call, problem: Exception) -> Answer | None:
        if isinstance(problem, NotThere):
            return errors_answer(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", f"{problem} not found.")
        return errors_answer(400, "INVALID_REQUEST_ERROR", "BAD_REQUEST", str(problem))

    @override
    def last_touch(self, call: Call, answer: Answer) -> Answer:
        version = call.headers.get("square-version", self.settings.api_version)
        answer.headers.setdefault("square-version", version)
        answer.headers.setdefault("x-request-id", uid(secrets.token_hex(8)))
        return answer

    def now(self) -> datetime:
        """The world's time."""
        return self.clock.now()
