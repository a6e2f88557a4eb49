"""Outgoing webhooks: signed, gathered over companies, retried by the vendor's schedule, one after the other."""

import asyncio
import base64
import hashlib
import hmac
import random
import time
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx2

from integrations.quickbooks.simulation.answers import Json, dump
from integrations.quickbooks.simulation.clock import WorldClock
from integrations.quickbooks.simulation.config import QuickBooksSimConfig

RETRY_SECONDS = (10, 20, 30, 300, 1200, 7200, 14_400, 21_600)
"""After the last of these, every 6 hours again."""
ANSWER_SECONDS = 3.0
OPERATIONS = {
    "created": "Create",
    "updated": "Update",
    "deleted": "Delete",
    "voided": "Void",
    "merged": "Merge",
    "emailed": "Emailed",
}
KEPT = 2000


@dataclass(frozen=True)
class Event:
    """One change of one object; its id stays the same however often it is delivered."""

    realm: str
    entity: str
    identity: str
    operation: str
    at: datetime
    event_id: str
    nanoseconds: int
    deleted_id: str | None = None

    def as_cloud_event(self) -> Json:
        """The form in use since 2026."""
        return {
            "specversion": "1.0",
            "id": self.event_id,
            "source": "intuit.sim",
            "type": f"qbo.{self.entity.lower()}.{self.operation}.v1",
            "datacontenttype": "application/json",
            "time": f"{self.at.strftime('%Y-%m-%dT%H:%M:%S.%f')}{self.nanoseconds:03d}Z",
            "intuitentityid": self.identity,
            "intuitaccountid": self.realm,
            "data": {},
        }

    def as_old_entity(self) -> Json:
        """One entity of the old form."""
        entity: Json = {
            "id": self.identity,
            "operation": OPERATIONS[self.operation],
            "name": self.entity,
            "lastUpdated": self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        if self.deleted_id is not None:
            entity["deletedId"] = self.deleted_id
        return entity


@dataclass
class Delivery:
    """One body on its way; repeats of an acknowledged one carry the same bytes."""

    number: int
    form: str
    body: bytes
    state: str = "waiting"
    repeats_left: int = 0
    attempts: list[Json] = field(default_factory=list)

    def as_json(self) -> Json:
        """As the control API shows it."""
        return {
            "number": self.number,
            "format": self.form,
            "state": self.state,
            "body": self.body.decode(),
            "attempts": self.attempts,
        }


def sign(key: str, body: bytes) -> str:
    """The `intuit-signature` of these bytes."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def cloud_events_body(events: list[Event]) -> bytes:
    """An array, companies mixed as the changes came."""
    return dump([event.as_cloud_event() for event in events])


def old_body(events: list[Event]) -> bytes:
    """The old form: one notification a company."""
    by_realm: dict[str, list[Json]] = {}
    for event in events:
        by_realm.setdefault(event.realm, []).append(event.as_old_entity())
    notices = [{"realmId": realm, "dataChangeEvent": {"entities": found}} for realm, found in by_realm.items()]
    return dump({"eventNotifications": notices})


class Hooks:
    """Gathers changes and posts them from one background task; later events wait until the first is acknowledged."""

    def __init__(self, settings: Callable[[], QuickBooksSimConfig], clock: WorldClock) -> None:
        self._settings, self._clock = settings, clock
        self._random = random.Random(f"webhooks {settings().seed}")  # noqa: S311 - same events for the same seed
        self._pending: list[Event] = []
        self._queue: deque[Delivery] = deque()
        self._stir = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._count = 0
        self._hurry = False
        self._gathering_since = 0.0
        self.log: deque[Delivery] = deque(maxlen=KEPT)

    def tell(self, realm: str, entity: str, identity: str, operation: str, deleted_id: str | None = None) -> None:
        """Something changed; without an address nobody is told, not even later."""
        if self._settings().webhook_url is None:
            return
        event_id = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        nanoseconds = self._random.randrange(1000)
        at = self._clock.now()
        if not self._pending:
            self._gathering_since = time.monotonic()
        self._pending.append(Event(realm, entity, identity, operation, at, event_id, nanoseconds, deleted_id))
        self._stir.set()
        self.start()

    def start(self) -> None:
        """Start the background task where a loop runs and it does not yet; a mounted app has no lifespan of its own."""
        with suppress(RuntimeError):
            loop = asyncio.get_running_loop()
            if self._task is None or self._task.done():
                self._task = loop.create_task(self._run(), name="quickbooks-simulator-webhooks")

    async def stop(self) -> None:
        """End the background task; what was not delivered is lost, as the sandbox is."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def forget(self) -> None:
        """Drop everything waiting and everything logged."""
        self._pending.clear()
        self._queue.clear()
        self.log.clear()
        self._stir.set()

    def poke(self) -> None:
        """Settings changed: whoever waits looks again at once."""
        self._hurry = True
        self._stir.set()

    def again(self, number: int) -> bool:
        """Deliver a logged body once more, byte for byte."""
        for delivery in self.log:
            if delivery.number == number:
                self._enqueue(delivery.form, delivery.body)
                return True
        return False

    def state(self) -> Json:
        """What waits, and the deliveries with every attempt."""
        return {
            "pending_events": len(self._pending),
            "waiting": len(self._queue),
            "deliveries": [delivery.as_json() for delivery in self.log],
        }

    async def _run(self) -> None:
        async with httpx2.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False, follow_redirects=False) as client:
            while True:
                await self._stir.wait()
                self._stir.clear()
                await self._gather()
                self._pack()
                while self._queue:
                    await self._deliver(client, self._queue[0])
                    self._pack()

    async def _gather(self) -> None:
        """Let changes come together for a while, counted from the first of them."""
        while self._pending:
            settings = self._settings()
            left = self._gathering_since + settings.webhook_batch_seconds + settings.webhook_delay_seconds
            left -= time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(left)

    def _pack(self) -> None:
        events, self._pending = self._pending, []
        if not events:
            return
        form = self._settings().webhook_format
        if form in ("cloudevents", "both"):
            self._enqueue("cloudevents", cloud_events_body(events))
        if form in ("old", "both"):
            self._enqueue("old", old_body(events))

    def _enqueue(self, form: str, body: bytes) -> None:
        self._count += 1
        delivery = Delivery(self._count, form, body, repeats_left=self._settings().webhook_repeat - 1)
        self._queue.append(delivery)
        self.log.append(delivery)
        self._stir.set()
        self.start()

    async def _deliver(self, client: httpx2.AsyncClient, delivery: Delivery) -> None:
        """One attempt; acknowledged leaves the queue, anything else waits as long as the schedule says."""
        if self._settings().webhook_url is None:
            for waiting in self._queue:
                waiting.state = "given up: webhooks are off"
            self._queue.clear()
            return
        self._hurry = False
        if await self._post(client, delivery):
            delivery.state = "acknowledged"
            if delivery.repeats_left > 0:
                delivery.repeats_left -= 1
            elif self._queue and self._queue[0] is delivery:
                self._queue.popleft()
            return
        delivery.state = "retrying"
        step = min(len(delivery.attempts), len(RETRY_SECONDS)) - 1
        until = time.monotonic() + RETRY_SECONDS[step] * self._settings().webhook_retry_scale
        while self._queue and not self._hurry and (left := until - time.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._stir.wait()
            self._stir.clear()

    async def _post(self, client: httpx2.AsyncClient, delivery: Delivery) -> bool:
        settings = self._settings()
        headers = {"intuit-signature": sign(settings.verifier_token, delivery.body), "content-type": "application/json"}
        attempt: Json = {"at": datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")}
        try:
            answer = await client.post(settings.webhook_url or "", content=delivery.body, headers=headers)
            attempt["status"] = answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            attempt |= {"status": None, "error": f"{type(error).__name__}: {error}"}
        delivery.attempts.append(attempt)
        return bool(attempt["status"] == 200)
