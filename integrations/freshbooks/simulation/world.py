"""The whole simulated vendor: one identity, its businesses, the callbacks they registered and the limits they share."""

import base64
import secrets
from typing import Any, ClassVar

from integrations.freshbooks.simulation import kinds, planting
from integrations.freshbooks.simulation.callback_store import Callbacks
from integrations.freshbooks.simulation.config import (
    AGENCY,
    PLUMBER,
    READ_SCOPES,
    WRITE_SCOPES,
    FreshBooksSimConfig,
)
from integrations.freshbooks.simulation.payments import rows_of_credit
from integrations.freshbooks.simulation.telling import deliveries
from integrations.freshbooks.simulation.view import View, make_id
from integrations.simulation.books import Books, Kind
from integrations.simulation.call import Answer
from integrations.simulation.hooks import Delivery, Event
from integrations.simulation.limits import Window
from integrations.simulation.tokens import Grant, TokenRules
from integrations.simulation.trouble import Rule
from integrations.simulation.world import Company, World

NUMBERS: dict[str, Any] = {"number": "{:07d}", "credit_number": "{:07d}"}


class FreshBooksWorld(World[FreshBooksSimConfig]):
    """Two businesses can be connected: a large agency and a small plumber."""

    vendor = "FreshBooks"
    KINDS = kinds.KINDS
    SCOPES = frozenset(READ_SCOPES + WRITE_SCOPES)
    RETRY_SECONDS: ClassVar[tuple[float, ...]] = (30, 300, 1800, 7200, 21_600)
    """How often the vendor tries again is not stated."""

    window: Window
    callbacks: Callbacks
    found: dict[Any, list[Any]]

    def begin(self) -> None:
        """Nobody has asked for anything, and no callback is registered."""
        self.window = Window(lambda: self.settings.calls_per_window or 0, self.settings.window_seconds)
        self.callbacks = Callbacks(self.own)
        self.found = {}

    def seeded(self) -> list[Company]:
        """The agency has as many invoices as the settings say, the plumber a hundredth of that."""
        settings = self.settings
        few = max(12, settings.invoices // 100)
        big = {"zone": "America/Chicago", **NUMBERS}
        small = {"zone": "America/Denver", **NUMBERS}
        return [
            Company(
                account=AGENCY,
                name="Fieldnote Creative",
                firm="agency",
                invoices=max(0, settings.invoices - planting.PLANTED),
                seed=settings.seed,
                books=big,
            ),
            Company(
                account=PLUMBER,
                name="Quick Drain Plumbing",
                firm="plumber",
                invoices=few,
                seed=settings.seed,
                books=small,
            ),
        ]

    def new_id(self, account: str, kind: Kind, number: int) -> str:
        """Numbers; no number is known to two companies."""
        return make_id(kind, number, list(self.companies).index(account))

    def token_rules(self, grant: Grant | None) -> TokenRules:
        """A refresh token works once, and the one it was replaced by is the only one left."""
        return TokenRules(
            code_seconds=self.settings.code_seconds,
            access_seconds=self.settings.access_token_seconds,
            refresh_seconds=self.settings.refresh_token_seconds,
            rotate=True,
        )

    def access_token(self, grant: Grant) -> str:
        """Looks like a JWT and is none."""
        return f"eyJ{base64.urlsafe_b64encode(secrets.token_bytes(120)).decode().rstrip('=')}"

    def refresh_token(self, grant: Grant) -> str:
        """64 hexadecimal digits."""
        return secrets.token_hex(32)

    def fault(self, kind: str, rule: Rule) -> Answer:
        """One of KINDS."""
        return kinds.answer(kind, rule)

    def finish(self, books: Books) -> None:
        """Every status, amount and date of the vendor occurs in the agency; credit applied by now is nobody's news."""
        if books.account == AGENCY and not books.extra.get("planted"):
            books.extra["planted"] = True
            planting.plant(books)
        for credit in books.credits.values():
            credit.extra.setdefault("told", [row.id for row in rows_of_credit(credit)])

    def deliveries(self, events: list[Event]) -> list[Delivery]:
        """One for each event and each verified callback that wants it."""
        return deliveries(self, events)

    def disconnected(self, account: str) -> None:
        """The app is removed from the identity: what was authorized for all its businesses ends with the one."""
        for grant in self.tokens.grants:
            if grant.extra.get("identity") and account in self.companies and account not in grant.accounts:
                grant.ended = True

    def view(self, account: str) -> View:
        """A company's books as this vendor shows them. Raises NotThere."""

        def announce(kind: str, id: str, action: str) -> None:
            self.hooks.happened(account, kind, id, action)

        return View(self.books(account), self.settings, announce, self.found)
