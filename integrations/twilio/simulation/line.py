"""The connection itself: everything that waits on a call waits here, so that a hang-up ends all of it at once."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from integrations.twilio.simulation.clock import SimClock


@dataclass(frozen=True, slots=True)
class Source:
    """Where a call's instructions come from: an address to ask, or TwiML given outright."""

    url: str = ""
    twiml: str = ""
    method: str = "POST"


class LineInterrupted(Exception):
    """What was being done on the line stopped being wanted."""


class HungUp(LineInterrupted):
    """The line is down, for good."""


class Replaced(LineInterrupted):
    """The call goes on, with other instructions."""

    def __init__(self, source: Source) -> None:
        super().__init__("the call was given other instructions")
        self.source = source


class Pulse:
    """Wakes whoever waits, each time something changes."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def beat(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, clock: SimClock, seconds: float | None = None) -> bool:
        """True if something changed within so many seconds of call time."""
        return await clock.wait(self._event, seconds)


class PhoneLine:
    """One call's line. `hold` and `race` raise `HungUp` or `Replaced` the moment either happens."""

    def __init__(self, clock: SimClock) -> None:
        self._clock = clock
        self._broken = asyncio.Event()
        self._reason: LineInterrupted | None = None

    @property
    def is_down(self) -> bool:
        return isinstance(self._reason, HungUp)

    def hang_up(self) -> None:
        self._reason = HungUp("the line is down")
        self._broken.set()

    def replace(self, source: Source) -> None:
        if not self.is_down:
            self._reason = Replaced(source)
            self._broken.set()

    def resume(self) -> None:
        """Other instructions have been taken up; go on."""
        if not self.is_down:
            self._reason = None
            self._broken.clear()

    async def hold(self, seconds: float) -> None:
        """Let call time pass on the line."""
        if await self._clock.wait(self._broken, seconds):
            self._raise()

    async def hold_machine(self, seconds: float) -> None:
        """Let machine time pass on the line (queues and rate limits)."""
        try:
            await asyncio.wait_for(self._broken.wait(), max(0.0, seconds))
        except TimeoutError:
            return
        self._raise()

    async def race[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work unless the line is interrupted first; then the work is cancelled."""
        doing = asyncio.ensure_future(work)
        breaking = asyncio.ensure_future(self._broken.wait())
        try:
            await asyncio.wait({doing, breaking}, return_when=asyncio.FIRST_COMPLETED)
            if self._broken.is_set():
                self._raise()
            return doing.result()
        finally:
            for task in (doing, breaking):
                task.cancel()
            await asyncio.gather(doing, breaking, return_exceptions=True)

    def _raise(self) -> None:
        if self._reason is not None:
            raise self._reason
