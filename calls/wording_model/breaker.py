"""A model that fails again and again is left alone for a while, so that no call waits for it."""

from collections.abc import Callable
from dataclasses import dataclass, field

FAILURES = 3
REST_SECONDS = 30.0


@dataclass
class Breaker:
    """Open after so many failures in a row; after a rest one turn tries it again. ``clock`` gives machine seconds."""

    clock: Callable[[], float]
    failures: int = 0
    _closed_again_at: float = field(default=0.0, repr=False)

    def lets_through(self) -> bool:
        """Whether this turn may ask. The first after a rest may; those beside it wait for what becomes of it."""
        if self.failures < FAILURES:
            return True
        if self.clock() < self._closed_again_at:
            return False
        self._closed_again_at = self.clock() + REST_SECONDS
        return True

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= FAILURES:
            self._closed_again_at = self.clock() + REST_SECONDS
