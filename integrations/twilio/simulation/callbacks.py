"""Best-effort callbacks: in order per call, one at a time, unless chaos or a fault says otherwise."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from integrations.twilio.simulation.clock import SimClock
from integrations.twilio.simulation.config import Chaos, SimAccount
from integrations.twilio.simulation.webhooks import Delivery, Form, WebhookFailed, Webhooks

HELD_BACK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Callback:
    """A notification nobody waits for. `when_told` runs after it was delivered, or given up."""

    account: SimAccount
    purpose: str
    url: str
    params: Form
    method: str
    call_sid: str
    token: str
    when_told: Callable[[], None] | None = None


class Callbacks:
    """One queue for each call (or message)."""

    def __init__(
        self,
        webhooks: Webhooks,
        clock: SimClock,
        rng: random.Random,
        *,
        chaos: Chaos,
        spawn: Callable[..., asyncio.Task[None]],
        failed: Callable[[int, str, Callback], None],
    ) -> None:
        self.chaos = chaos
        self._webhooks = webhooks
        self._clock = clock
        self._rng = rng
        self._spawn = spawn
        self._failed = failed
        self._queues: dict[str, deque[Callback]] = {}

    @property
    def undelivered(self) -> int:
        return sum(len(queue) + 1 for queue in self._queues.values())

    def tell(self, callback: Callback) -> None:
        """Deliver it after those already waiting for the same call."""
        queue = self._queues.get(callback.call_sid)
        if queue is None:
            queue = self._queues[callback.call_sid] = deque()
            queue.append(callback)
            self._spawn(self._pump(callback.call_sid, queue))
        else:
            queue.append(callback)

    async def _pump(self, key: str, queue: deque[Callback]) -> None:
        held: Callback | None = None
        try:
            while queue or held is not None:
                if not queue and held is not None:
                    await self._clock.sleep(HELD_BACK_SECONDS)
                    if not queue:
                        await self._deliver(held, ["reordered"])
                        held = None
                    continue
                callback = queue.popleft()
                if held is None and self._rng.random() < self.chaos.reorder:
                    held = callback
                    continue
                await self._with_chaos(callback)
                if held is not None:
                    await self._deliver(held, ["reordered"])
                    held = None
        finally:
            del self._queues[key]

    async def _with_chaos(self, callback: Callback) -> None:
        if self._rng.random() < self.chaos.drop:
            self._record(callback, ["dropped"])
            self._told(callback)
            return
        if self.chaos.delay_seconds:
            await self._clock.sleep(self.chaos.delay_seconds)
        await self._deliver(callback, ["delayed"] if self.chaos.delay_seconds else [])
        if self._rng.random() < self.chaos.duplicate:
            await self._deliver(callback, ["duplicate"])

    async def _deliver(self, callback: Callback, chaos: list[str]) -> None:
        delivery = self._record(callback, chaos)
        try:
            await self._webhooks.ask(callback.account, delivery, callback.params)
        except WebhookFailed as failure:
            self._failed(failure.code, str(failure), callback)
        self._told(callback)

    def _record(self, callback: Callback, chaos: list[str]) -> Delivery:
        delivery = self._webhooks.record(
            callback.purpose,
            callback.url,
            callback.params,
            method=callback.method,
            token=callback.token,
            call_sid=callback.call_sid,
        )
        delivery.chaos = chaos
        return delivery

    def _told(self, callback: Callback) -> None:
        if callback.when_told is not None:
            callback.when_told()
