"""Lets history happen in its order, each act at its own time, so that numbers ascend and every change has its date."""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from integrations.simulation.books import Books
from integrations.simulation.clock import WorldClock


class _PastClock(WorldClock):
    """A clock held at one moment after the other."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


class Timeline:
    """Acts in the past of the books; what would lie in their future does not happen."""

    def __init__(self, books: Books, dice: random.Random) -> None:
        self._books, self._dice = books, dice
        self.now = books.clock.now()
        self.today = books.today()
        self._acts: list[tuple[datetime, int, Callable[[], object]]] = []

    def at(self, day: date, act: Callable[[], object], *, after: datetime | None = None) -> datetime | None:
        """Let it happen that day in working hours, and after another act; None where that is still to come."""
        hour, minute, second = self._dice.randrange(7, 19), self._dice.randrange(60), self._dice.randrange(60)
        moment = datetime.combine(day, time(hour, minute, second), self._books.zone)
        moment = datetime.fromtimestamp(moment.timestamp(), self.now.tzinfo)
        if after is not None:
            moment = max(moment, after + timedelta(seconds=1 + second))
        if moment > self.now:
            if day > self.today or (after is not None and after >= self.now):
                return None
            moment = self.now if after is None else max(after, self.now)
        self._acts.append((moment, len(self._acts), act))
        return moment

    def play(self) -> None:
        """Everything, from the oldest on; the books' own clock is back afterwards."""
        clock = self._books.clock
        past = _PastClock(self.now)
        self._books.clock = past
        try:
            for moment, _, act in sorted(self._acts, key=lambda one: one[:2]):
                past.moment = moment
                act()
        finally:
            self._books.clock = clock
