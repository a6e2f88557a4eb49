"""How often and how many at once one company may be asked, on machine time."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from integrations.quickbooks.simulation.answers import throttled
from integrations.quickbooks.simulation.config import QuickBooksSimConfig

WINDOW_SECONDS = 60.0


class Limits:
    """Counts calls per company; whoever comes too often or eleventh at once is throttled."""

    def __init__(self, settings: Callable[[], QuickBooksSimConfig]) -> None:
        self._settings = settings
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._running: dict[str, int] = defaultdict(int)

    @contextmanager
    def admitted(self, realm: str) -> Iterator[None]:
        """One call under way. Raises the gateway's throttling fault where there are too many."""
        settings = self._settings()
        calls, now = self._calls[realm], time.monotonic()
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= settings.calls_per_minute or self._running[realm] >= settings.concurrent_calls:
            raise throttled(
                status=settings.throttle_status,
                xml=settings.throttle_format == "xml",
                retry_after=settings.throttle_retry_after,
            )
        calls.append(now)
        self._running[realm] += 1
        try:
            yield
        finally:
            self._running[realm] -= 1

    def state(self) -> dict[str, dict[str, int]]:
        """Calls within the window and under way, per company."""
        return {
            realm: {"last_minute": len(calls), "running": self._running[realm]} for realm, calls in self._calls.items()
        }
