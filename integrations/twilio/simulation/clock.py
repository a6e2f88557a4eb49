"""The two clocks of the simulated world: the wall clock (movable) and the stopwatch of calls (can run fast)."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class SimClock:
    """Wall time is the machine's clock plus an offset; a call's seconds pass `speed` times as fast as the machine's."""

    def __init__(self, *, speed: float) -> None:
        self.offset_seconds = 0.0
        self._speed = speed
        self._lap_at_change = 0.0
        self._machine_at_change = time.monotonic()

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._lap_at_change = self.lap()
        self._machine_at_change = time.monotonic()
        self._speed = value

    def lap(self) -> float:
        """Seconds of call time since the simulator began; never runs backwards, also when the speed is changed."""
        return self._lap_at_change + (time.monotonic() - self._machine_at_change) * self._speed

    def machine(self) -> float:
        """Machine seconds, for rate limits, which are never moved or hurried."""
        return time.monotonic()

    def world_now(self) -> datetime:
        """The simulated world's wall clock, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=self.offset_seconds)

    async def sleep(self, seconds: float) -> None:
        """Let this many seconds of call time pass."""
        await asyncio.sleep(max(0.0, seconds) / self._speed)


def rfc2822(moment: datetime | None) -> str | None:
    """`Tue, 31 Aug 2010 20:36:28 +0000`, as the API writes every time."""
    return None if moment is None else format_datetime(moment.astimezone(UTC))
