"""Outgoing webhooks: gathered, turned into the vendor's deliveries, retried by its schedule; late, twice, mixed or forged on demand."""

import asyncio
import heapq
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2

from integrations.simulation.clock import WorldClock
from integrations.simulation.config import SimConfig

KEPT = 2000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """One change of one object, in nobody's words; the vendor may tell kinds of its own. `number` counts from 1."""

    account: str
    kind: str
    id: str
    action: str
    at: datetime
    number: int


@dataclass(eq=False)
class Delivery:
    """What one POST is. Repeats and retries carry the same bytes.

    `signature` names the header that carries it, so that it can be forged on demand; `note` is for the log.
    """

    url: str
    headers: dict[str, str]
    body: bytes
    note: dict[str, Any] = field(default_factory=dict)
    signature: str = ""
    number: int = 0
    state: str = "waiting"
    repeats_left: int = 0
    failures: int = 0
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As the control API shows it."""
        shown = {"number": self.number, "url": self.url, "state": self.state, "note": self.note}
        return {**shown, "body": self.body.decode("utf-8", errors="replace"), "attempts": self.attempts}


type Make = Callable[[list[Event]], list[Delivery]]
type RetryHeaders = Callable[[Delivery, int], Mapping[str, str]]
"""Headers of the n-th retry (0 is the first attempt), for vendors that count them aloud."""


class Hooks:
    """Posts from one background task, in order; a delivery that fails waits for its next turn and holds up nobody."""

    def __init__(
        self,
        settings: Callable[[], SimConfig],
        clock: WorldClock,
        make: Make,
        *,
        retry_seconds: Sequence[float] = (10, 60, 300, 1800, 7200),
        answer_seconds: float = 10,
        accepted: Callable[[int], bool] = lambda status: 200 <= status < 300,
        retry_headers: RetryHeaders = lambda delivery, retry: {},
        delivered: Callable[[Delivery], None] = lambda delivery: None,
        given_up: Callable[[Delivery], None] = lambda delivery: None,
    ) -> None:
        self._settings, self._clock, self._make = settings, clock, make
        self._retry_seconds, self._answer_seconds = tuple(retry_seconds), answer_seconds
        self._accepted, self._retry_headers = accepted, retry_headers
        self._delivered, self._given_up = delivered, given_up
        self._random = random.Random(f"webhooks {settings().seed}")  # noqa: S311 - the same disorder for the same seed
        self._pending: list[Event] = []
        self._gathering_since = 0.0
        self._waiting: list[tuple[float, int, Delivery]] = []  # a heap by when it is due, then by turn
        self._turn = 0
        self._events = 0
        self._count = 0
        self._hurry = False
        self._stir = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.log: deque[Delivery] = deque(maxlen=KEPT)

    def happened(self, account: str, kind: str, id: str, action: str) -> None:
        """Something changed in the books: the vendor will turn it into deliveries with what else changes soon."""
        if not self._settings().webhook_on:
            return
        if not self._pending:
            self._gathering_since = time.monotonic()
        self._events += 1
        self._pending.append(Event(account, kind, id, action, self._clock.now(), self._events))
        self._wake()

    def tell(self, delivery: Delivery) -> Delivery:
        """Post this, as soon as it is its turn."""
        self._count += 1
        delivery.number = self._count
        delivery.repeats_left = max(0, self._settings().webhook_repeat - 1)
        self.log.append(delivery)
        if not delivery.url or not self._settings().webhook_on:
            delivery.state = "given up: webhooks are off"
            return delivery
        self._queue(delivery, 0)
        return delivery

    def again(self, number: int) -> bool:
        """Deliver a logged body once more, byte for byte; False where there is none."""
        for one in self.log:
            if one.number == number:
                self.tell(Delivery(one.url, dict(one.headers), one.body, {**one.note, "again": number}, one.signature))
                return True
        return False

    def poke(self) -> None:
        """Settings changed: whoever waits for a retry is tried at once."""
        self._hurry = True
        self._wake()

    def forget(self) -> None:
        """Drop everything waiting and everything logged."""
        self._pending.clear()
        self._waiting.clear()
        self.log.clear()
        self._wake()

    def state(self) -> dict[str, Any]:
        """What waits, and the deliveries with every attempt."""
        return {
            "pending_events": len(self._pending),
            "waiting": len(self._waiting),
            "deliveries": [one.as_json() for one in self.log],
        }

    def start(self) -> None:
        """Begin to post; called by the lifespan and, mounted without one, by the first change."""
        if self._task is None or self._task.done() or self._task.get_loop() is not asyncio.get_running_loop():
            self._stir = asyncio.Event()
            self._stir.set()
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stop posting; what waits, waits."""
        if self._task is not None and self._task.get_loop() is asyncio.get_running_loop():
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._task = None

    def _wake(self) -> None:
        try:
            self.start()
        except RuntimeError:
            return  # no loop runs yet: the lifespan will start
        self._stir.set()

    def _queue(self, delivery: Delivery, seconds: float) -> None:
        self._turn += 1
        heapq.heappush(self._waiting, (time.monotonic() + seconds, self._turn, delivery))
        self._wake()

    async def _run(self) -> None:
        async with httpx2.AsyncClient(
            timeout=self._answer_seconds, trust_env=False, follow_redirects=False, verify=False
        ) as client:
            while True:
                self._stir.clear()
                self._gather()
                if (delivery := self._due()) is not None:
                    await self._deliver(client, delivery)
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._idle_seconds()):
                        await self._stir.wait()

    def _gather(self) -> None:
        """Hand what came together to the vendor, once the time is over that is counted from the first of it."""
        if not self._pending or self._gathered_in() > 0:
            return
        events, self._pending = self._pending, []
        if self._settings().webhook_shuffle:
            self._random.shuffle(events)
        try:
            deliveries = self._make(events)
        except Exception:  # one vendor's mistake must not end all webhooks in silence
            log.exception("%d events could not be made into webhooks", len(events))
            return
        if self._settings().webhook_shuffle:
            self._random.shuffle(deliveries)
        for one in deliveries:
            self.tell(one)

    def _gathered_in(self) -> float:
        settings = self._settings()
        wait = settings.webhook_batch_seconds + settings.webhook_delay_seconds
        return self._gathering_since + wait - time.monotonic()

    def _due(self) -> Delivery | None:
        """The next delivery whose time has come; all of them, after a poke."""
        if self._waiting and (self._hurry or self._waiting[0][0] <= time.monotonic()):
            return heapq.heappop(self._waiting)[2]
        self._hurry = False
        return None

    def _idle_seconds(self) -> float | None:
        times = [self._waiting[0][0] - time.monotonic()] if self._waiting else []
        times += [self._gathered_in()] if self._pending else []
        return max(0.0, min(times)) if times else None

    async def _deliver(self, client: httpx2.AsyncClient, delivery: Delivery) -> None:
        if not self._settings().webhook_on:
            delivery.state = "given up: webhooks are off"
            return
        taken = await self._post(client, delivery)
        if delivery not in self.log:
            return  # forgotten while it was under way
        if taken:
            delivery.state = "acknowledged"
            self._delivered(delivery)
            if delivery.repeats_left > 0:
                delivery.repeats_left -= 1
                self._queue(delivery, 0)
            return
        if delivery.failures >= len(self._retry_seconds):
            delivery.state = "given up"
            self._given_up(delivery)
            return
        delivery.state = "retrying"
        self._queue(delivery, self._retry_seconds[delivery.failures] * self._settings().webhook_retry_scale)
        delivery.failures += 1

    async def _post(self, client: httpx2.AsyncClient, delivery: Delivery) -> bool:
        headers = {**delivery.headers, **self._retry_headers(delivery, delivery.failures)}
        if self._settings().webhook_wrong_signature and delivery.signature in headers:
            headers[delivery.signature] = _forged(headers[delivery.signature])
        attempt: dict[str, Any] = {"at": datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")}
        delivery.attempts.append(attempt)
        try:
            answer = await client.post(delivery.url, content=delivery.body, headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            attempt |= {"status": None, "error": f"{type(error).__name__}: {error}"}
            return False
        attempt["status"] = answer.status_code
        return self._accepted(answer.status_code)


def _forged(signature: str) -> str:
    """Another signature of the same form."""
    return ("A" if signature[:1] != "A" else "B") + signature[1:]
