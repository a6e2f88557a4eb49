"""A whole simulated vendor: its clock, its companies, its authorization server, its faults and its webhooks."""

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from integrations.simulation.books import Books, Kind, NotThere
from integrations.simulation.call import Answer, Call
from integrations.simulation.clock import WorldClock
from integrations.simulation.config import SimConfig
from integrations.simulation.firms import plant
from integrations.simulation.hooks import Delivery, Event, Hooks
from integrations.simulation.journal import Journal
from integrations.simulation.tokens import Grant, TokenRules, Tokens
from integrations.simulation.trouble import Rule, Trouble
from integrations.simulation.typed import fitting
from integrations.simulation.written import from_text


@dataclass(frozen=True, kw_only=True)
class Company:
    """One seeded company: whose books, filled by which firm. `books` are further arguments of Books (zone, number…)."""

    account: str
    name: str
    firm: str
    invoices: int
    seed: int = 1
    books: Mapping[str, Any] = field(default_factory=dict)


class Companies(Mapping[str, Books]):
    """Books by account, written when somebody first asks for them; names and accounts cost nothing."""

    def __init__(self, known: list[Company], build: Callable[[Company], Books]) -> None:
        self.known = {one.account: one for one in known}
        self._build = build
        self.open: dict[str, Books] = {}
        self.kept: dict[str, str] = {}
        """Books as they were kept, until somebody asks for them."""

    def __getitem__(self, account: str) -> Books:
        if account not in self.open:
            self.open[account] = self._build(self.known[account])
            self.kept.pop(account, None)
        return self.open[account]

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)

    def __contains__(self, account: object) -> bool:
        return account in self.known

    def names(self) -> list[tuple[str, str]]:
        """Account and name of each, without opening its books."""
        return [(one.account, one.name) for one in self.known.values()]


class Manners:
    """What a vendor may say about itself beyond the necessary; these are the ways of one who says nothing."""

    def deliveries(self, events: list[Event]) -> list[Delivery]:
        """What is posted to tell of these events, with addresses and signatures. None, unless the vendor says so."""
        return []

    def finish(self, books: Books) -> None:
        """Give freshly planted or filled books what only this vendor has. May be called again for the same books."""

    def begin(self) -> None:
        """Make state of the vendor's own (limits, caches); called at birth and at every reset."""

    def born(self, grant: Grant) -> None:
        """A grant is being made: its `extra` may be filled."""

    def access_token(self, grant: Grant) -> str:
        """The text of a new access token."""
        return f"at-{secrets.token_urlsafe(32)}"

    def refresh_token(self, grant: Grant) -> str:
        """The text of a new refresh token."""
        return f"rt-{secrets.token_urlsafe(32)}"

    def code(self) -> str:
        """The text of a new authorization code."""
        return secrets.token_urlsafe(24)

    def disconnected(self, account: str) -> None:
        """The owner has just disconnected the app in the vendor's own pages; some vendors tell by webhook."""

    def accepts(self, status: int) -> bool:
        """Whether a webhook answered with this status counts as taken."""
        return 200 <= status < 300

    def retry_headers(self, delivery: Delivery, retry: int) -> Mapping[str, str]:
        """Further headers of the n-th retry of a webhook (0: the first attempt)."""
        return {}

    def delivered(self, delivery: Delivery) -> None:
        """A webhook was taken."""

    def given_up(self, delivery: Delivery) -> None:
        """The retries of a webhook ran out."""

    def refusal(self, call: Call, problem: Exception) -> Answer | None:
        """How the vendor words NotThere and NotPossible that nobody caught; None: an empty 500."""
        return None

    def last_touch(self, call: Call, answer: Answer) -> Answer:
        """Headers that are on every answer: request ids, limits."""
        return answer


class World[S: SimConfig](Manners, ABC):
    """State in memory; whoever reads or changes it does so in one piece (the door holds `lock`).

    A vendor says in a subclass who its companies are, by which rules tokens live, how faults and webhooks look.
    """

    vendor: ClassVar[str] = ""
    """As people call it: on the consent page."""
    KINDS: ClassVar[Mapping[str, str]] = {}
    """The vendor's own faults: name -> what happens."""
    SCOPES: ClassVar[frozenset[str]] = frozenset()
    """What `/_sim/connections` grants when nothing else is asked for."""
    RETRY_SECONDS: ClassVar[tuple[float, ...]] = (10, 60, 300, 1800, 7200)
    WEBHOOK_ANSWER_SECONDS: ClassVar[float] = 10

    def __init__(self, settings: S) -> None:
        self._born_with = settings
        self.settings: S = settings
        self.lock = asyncio.Lock()
        self.clock = WorldClock()
        self.journal = Journal()
        self.trouble = Trouble(self.fault, self.KINDS)
        self.hooks = Hooks(
            lambda: self.settings,
            self.clock,
            self.deliveries,
            retry_seconds=self.RETRY_SECONDS,
            answer_seconds=self.WEBHOOK_ANSWER_SECONDS,
            accepted=self.accepts,
            retry_headers=self.retry_headers,
            delivered=self.delivered,
            given_up=self.given_up,
        )
        self.own: dict[str, Any] = {}
        """The vendor's own facts (subscriptions, answered idempotency keys): kept over restarts, so JSON with Decimals."""
        self.companies = Companies([], self._write_books)
        self.tokens = self._new_tokens()
        self.reset()

    # What a vendor says

    @abstractmethod
    def seeded(self) -> list[Company]:
        """The companies that are there at birth."""

    @abstractmethod
    def new_id(self, account: str, kind: Kind, number: int) -> str:
        """The vendor's id for the n-th object of a kind in a company."""

    @abstractmethod
    def token_rules(self, grant: Grant | None) -> TokenRules:
        """For this grant; without one, for codes."""

    @abstractmethod
    def fault(self, kind: str, rule: Rule) -> Answer:
        """One of KINDS as the vendor would answer it."""

    # What everybody does

    def books(self, account: str) -> Books:
        """A company's books. Raises NotThere."""
        if account not in self.companies:
            raise NotThere(f"there is no company {account}; there are {', '.join(self.companies)}")
        return self.companies[account]

    def base_url(self, call: Call) -> str:
        """Where the simulator is reached, without a slash at the end."""
        return (self.settings.public_url or call.base_url).rstrip("/")

    def reset(self, *, keep_connections: bool = False) -> None:
        """The initial state again; connections may be kept, so that an app need not be connected anew."""
        self.settings = self._born_with
        self.clock.offset_seconds = 0.0
        self.own.clear()
        self.companies = Companies(self.seeded(), self._write_books)
        if not keep_connections:
            self.tokens = self._new_tokens()
        self.trouble.clear()
        self.hooks.forget()
        self.journal.clear()
        self.begin()

    def change_settings(self, **changes: Any) -> None:
        """Change how awkward the vendor is while it runs. Raises ValueError for an unknown setting."""
        self.settings = replace(self.settings, **fitting(type(self.settings), changes))

    def empty_books(self, company: Company) -> Books:
        """The books of a company with nothing in them yet."""

        def ids(kind: Kind, number: int) -> str:
            return self.new_id(company.account, kind, number)

        return Books(
            company.account, company.name, clock=self.clock, ids=ids, tell=self.hooks.happened, **company.books
        )

    def _write_books(self, company: Company) -> Books:
        books = self.empty_books(company)
        if (kept := self.companies.kept.get(company.account)) is not None:
            books.bring_back(from_text(kept))
        else:
            plant(books, company.firm, invoices=company.invoices, seed=company.seed)
        self.finish_quietly(books)
        return books

    def finish_quietly(self, books: Books) -> None:
        """`finish`, without telling anybody."""
        was, books.quiet = books.quiet, True
        try:
            self.finish(books)
        finally:
            books.quiet = was

    def _new_tokens(self) -> Tokens:
        return Tokens(
            self.token_rules,
            make_access=self.access_token,
            make_refresh=self.refresh_token,
            make_code=self.code,
            born=self.born,
        )
