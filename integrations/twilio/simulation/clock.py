"""The two clocks of the simulated world: the wall clock (movable) and the stopwatch of calls (can run fast)."""

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

TICK_SECONDS = 0.005
LONGEST_STEP_SECONDS = 0.02


class SimClock:
    """Wall time is the machine's clock plus an offset; a call's seconds pass `speed` times as fast as the machine's.

    A call's time passes in small steps: while the machine is too busy to run us, calls stand still. So a fast
    simulation on a loaded machine takes longer, but the people on the line do not lose patience over it.
    """

    def __init__(self, *, speed: float, wall: "SimClock | None" = None) -> None:
        self._wall = wall
        self._offset = 0.0
        self._speed = speed
        self._lap = 0.0
        self._last_look = time.monotonic()
        self._alarms: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._ticking: asyncio.Task[None] | None = None

    @property
    def offset_seconds(self) -> float:
        """How far the world's wall clock is from the machine's; one set upon another clock's wall has that one's."""
        return self._wall.offset_seconds if self._wall is not None else self._offset

    @offset_seconds.setter
    def offset_seconds(self, value: float) -> None:
        self._offset = value

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self.lap()
        self._speed = value

    def lap(self) -> float:
        """Seconds of call time so far; never runs backwards, also when the speed is changed."""
        now = time.monotonic()
        self._lap += min(now - self._last_look, LONGEST_STEP_SECONDS) * self._speed
        self._last_look = now
        return self._lap

    def machine(self) -> float:
        """Machine seconds, for rate limits, which are never moved or hurried."""
        return time.monotonic()

    def world_now(self) -> datetime:
        """The simulated world's wall clock, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=self.offset_seconds)

    async def sleep(self, seconds: float) -> None:
        """Let this many seconds of call time pass."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        alarm = self._set_alarm(seconds)
        try:
            await alarm
        finally:
            alarm.cancel()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """True if the event came within so many seconds of call time (None: however long it takes)."""
        if seconds is None:
            return await event.wait()
        if event.is_set() or seconds <= 0:
            await asyncio.sleep(0)
            return event.is_set()
        alarm, waiting = self._set_alarm(seconds), asyncio.ensure_future(event.wait())
        both: set[asyncio.Future[Any]] = {alarm, waiting}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return event.is_set()
        finally:
            alarm.cancel()
            waiting.cancel()

    def _set_alarm(self, seconds: float) -> asyncio.Future[None]:
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._alarms, (self.lap() + seconds, next(self._numbers), alarm))
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.get_running_loop().create_task(self._tick())
        return alarm

    async def _tick(self) -> None:
        """Let time pass while anybody waits for it."""
        while self._alarms:
            now = self.lap()
            while self._alarms and (self._alarms[0][0] <= now or self._alarms[0][2].done()):
                alarm = heapq.heappop(self._alarms)[2]
                if not alarm.done():
                    alarm.set_result(None)
            if next(self._numbers) % 512 == 0:
                self._alarms = [entry for entry in self._alarms if not entry[2].done()]
                heapq.heapify(self._alarms)
            if self._alarms:
                await asyncio.sleep(min(TICK_SECONDS, max(0.0, (self._alarms[0][0] - now) / self._speed)))


def rfc2822(moment: datetime | None) -> str | None:
    """`Tue, 31 Aug 2010 20:36:28 +0000`, as the API writes every time."""
    return None if moment is None else format_datetime(moment.astimezone(UTC))
