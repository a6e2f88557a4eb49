"""The whole simulated vendor: its clock, its companies, its authorization server, its faults and its webhooks."""

import asyncio
from dataclasses import replace

from integrations.quickbooks.simulation.answers import Answer, ApiFault
from integrations.quickbooks.simulation.books import Books
from integrations.quickbooks.simulation.clock import WorldClock
from integrations.quickbooks.simulation.config import QuickBooksSimConfig
from integrations.quickbooks.simulation.hooks import Hooks
from integrations.quickbooks.simulation.limits import Limits
from integrations.quickbooks.simulation.oauth import OAuth
from integrations.quickbooks.simulation.seed.companies import seeded_companies
from integrations.quickbooks.simulation.traffic import Journal
from integrations.quickbooks.simulation.trouble import Trouble


class World:
    """State in memory behind one lock; whoever reads or changes books holds it."""

    def __init__(self, config: QuickBooksSimConfig) -> None:
        self._born_with = config
        self.settings = config
        self.lock = asyncio.Lock()
        self.clock = WorldClock()
        self.hooks = Hooks(lambda: self.settings, self.clock)
        self.journal = Journal()
        self.oauth = OAuth(lambda: self.settings)
        self.reset()

    def reset(self, *, keep_connections: bool = False) -> None:
        """The initial state again; connections may be kept, so that an app need not be connected anew."""
        self.settings = self._born_with
        self.clock.offset_seconds = 0.0
        if not keep_connections:
            self.oauth = OAuth(lambda: self.settings)
        self.limits = Limits(lambda: self.settings)
        self.trouble = Trouble()
        self.answered: dict[tuple[str, str], Answer] = {}
        self.companies = seeded_companies(self.clock, self.hooks.tell)
        self._set_preferences()
        self.hooks.forget()
        self.journal.clear()

    def change_settings(self, **changes: object) -> None:
        """Change how awkward the vendor is while it runs. Raises TypeError for an unknown setting."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        self._set_preferences()

    def books(self, realm: str | None) -> Books:
        """A company's books. Raises the vendor's fault for an unknown company."""
        found = self.companies.get(realm or "")
        if found is None:
            raise ApiFault("6000", "A business validation error has occurred", f"Company {realm} does not exist")
        return found

    def _set_preferences(self) -> None:
        for books in self.companies.values():
            books.preferences["SalesFormsPrefs"]["AutoApplyCredit"] = self.settings.auto_apply_credit
