"""How often, how much and how many at once somebody may ask, on machine time. Keys are the vendor's: account, app, …"""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

type Limit = int | Callable[[], int]
"""A number, or where to read it anew at each call, so that a test can change it while the simulator runs."""

type Clock = Callable[[], float]


class Busy(Exception):
    """Too many calls are under way at once."""


class Window:
    """So many calls in any stretch of seconds."""

    def __init__(self, limit: Limit, seconds: float, *, clock: Clock = time.monotonic) -> None:
        self._limit, self.seconds, self._clock = limit, seconds, clock
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    @property
    def limit(self) -> int:
        """As it is now."""
        return _now(self._limit)

    def take(self, key: str = "") -> float | None:
        """None when admitted and counted, else the seconds to wait until the next one is."""
        calls = self._recent(key)
        if len(calls) < self.limit:
            calls.append(self._clock())
            return None
        if not calls:
            return self.seconds  # a limit of none at all
        return max(0.001, calls[len(calls) - max(self.limit, 1)] + self.seconds - self._clock())

    def left(self, key: str = "") -> int:
        """How many more are admitted at this moment."""
        return max(0, self.limit - len(self._recent(key)))

    def resets_in(self, key: str = "") -> float:
        """Seconds until nothing of what was asked counts any more."""
        calls = self._recent(key)
        return calls[-1] + self.seconds - self._clock() if calls else 0.0

    def forget(self) -> None:
        """Start counting anew."""
        self._calls.clear()

    def _recent(self, key: str) -> deque[float]:
        calls, since = self._calls[key], self._clock() - self.seconds
        while calls and calls[0] <= since:
            calls.popleft()
        return calls


class Bucket:
    """A cost budget that fills up again steadily."""

    def __init__(self, capacity: Limit, per_second: Limit, *, clock: Clock = time.monotonic) -> None:
        self._capacity, self._per_second, self._clock = capacity, per_second, clock
        self._levels: dict[str, tuple[float, float]] = {}  # what was there, and when

    @property
    def capacity(self) -> int:
        """As it is now."""
        return _now(self._capacity)

    @property
    def per_second(self) -> int:
        """As it is now."""
        return _now(self._per_second)

    def available(self, key: str = "") -> float:
        """What could be spent at this moment."""
        level, at = self._levels.get(key, (float(self.capacity), self._clock()))
        return min(float(self.capacity), level + (self._clock() - at) * self.per_second)

    def take(self, key: str, cost: float) -> bool:
        """Spend so much; False spends nothing."""
        available = self.available(key)
        if cost > available:
            return False
        self._levels[key] = (available - cost, self._clock())
        return True

    def refund(self, key: str, cost: float) -> None:
        """It cost less than was taken."""
        self._levels[key] = (min(float(self.capacity), self.available(key) + cost), self._clock())

    def forget(self) -> None:
        """Full again for everybody."""
        self._levels.clear()


class Concurrent:
    """So many calls under way at once."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._running: dict[str, int] = defaultdict(int)

    @property
    def limit(self) -> int:
        """As it is now."""
        return _now(self._limit)

    def running(self, key: str = "") -> int:
        """How many are under way."""
        return self._running[key]

    @contextmanager
    def place(self, key: str = "") -> Iterator[None]:
        """One call under way until the block ends. Raises Busy where there are as many as may be."""
        if self._running[key] >= self.limit:
            raise Busy(key)
        self._running[key] += 1
        try:
            yield
        finally:
            self._running[key] -= 1


def _now(limit: Limit) -> int:
    return limit() if callable(limit) else limit
