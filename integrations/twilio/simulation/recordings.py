"""Recordings of calls."""

from dataclasses import dataclass
from datetime import datetime


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
    running_since: float | None
    counted: float = 0.0
    status: str = "in-progress"

    @property
    def seconds(self) -> int:
        return round(self.counted)

    @property
    def is_over(self) -> bool:
        return self.status in {"completed", "absent"}

    def pause(self, lap: float) -> None:
        self._count(lap)
        self.status = "paused"

    def resume(self, lap: float) -> None:
        self.running_since = lap
        self.status = "in-progress"

    def finish(self, lap: float, at: datetime) -> None:
        """The end. A recording that never ran has no sound: it is absent."""
        self._count(lap)
        self.status = "completed" if self.counted > 0 else "absent"
        self.updated_at = at

    def _count(self, lap: float) -> None:
        if self.running_since is not None:
            self.counted += lap - self.running_since
            self.running_since = None
