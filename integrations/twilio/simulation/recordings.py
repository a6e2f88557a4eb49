"""Recordings of calls."""

from dataclasses import dataclass
from datetime import datetime

from integrations.twilio.simulation.clock import SimClock


@dataclass(slots=True)
class Recording:
    """One recording. `counted` are the seconds before the last start, `running_since` when that was (None: not running)."""

    sid: str
    account_sid: str
    call_sid: str
    created_at: datetime
    updated_at: datetime
    channels: int
    track: str
    source: str
    trim: str
    callback: str
    callback_method: str
    events: tuple[str, ...]
    clock: SimClock
    running_since: float | None
    counted: float = 0.0
    status: str = "in-progress"

    @property
    def seconds(self) -> int:
        return round(self.counted)

    @property
    def is_over(self) -> bool:
        return self.status in {"completed", "absent"}

    def pause(self) -> None:
        self._count()
        self.status = "paused"

    def resume(self) -> None:
        self._count()
        self.running_since = self.clock.lap()
        self.status = "in-progress"

    def finish(self, at: datetime) -> None:
        """The end. A recording that never ran has no sound: it is absent."""
        self._count()
        self.status = "completed" if self.counted > 0 else "absent"
        self.updated_at = at

    def _count(self) -> None:
        if self.running_since is not None:
            self.counted += self.clock.lap() - self.running_since
            self.running_since = None
