"""Telling an open line to fall silent, from wherever something was decided. Heard at once, or a second later by looking."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import redis
import redis.asyncio
from django.conf import settings

from calls.pace import connection
from syntharra import logs

log = logs.get(__name__)

#: Reasons for which a line says good-bye before it ends; for any other it sends no further word.
POLITELY = frozenset({"INVOICE_PAUSED", "ON_HOLD"})
#: The carrier came back on another socket, maybe to another process: whoever held the line before lets go of it, the call goes on.
TAKEN_OVER = "TAKEN_OVER "


def tell(attempt_id: UUID, because: str) -> None:
    """Whoever holds this line sends no further word. Nobody may hear it: the carrier is told as well."""
    try:
        connection().publish(_channel(attempt_id), because)
    except redis.RedisError as error:
        log.warning("hang_up_not_told", attempt=str(attempt_id), error=type(error).__name__)


def somebody_talks() -> bool:
    """Whether any line of this installation is open: each of them listens here. Without Redis nobody knows of one."""
    try:
        return bool(connection().pubsub_channels(_channel("*-*")))  # "nobody" is no key
    except redis.RedisError as error:
        log.warning("lines_not_counted", error=type(error).__name__)
        return False


def _channel(attempt_id: UUID | str) -> str:
    return f"calls:hang-up:{attempt_id}"


class Listener:
    """One subscription for all lines of this process; it comes back by itself when Redis was away."""

    def __init__(self) -> None:
        self._told: dict[str, Callable[[str], None]] = {}
        self._redis: redis.asyncio.Redis[bytes] | None = None
        self._pubsub: redis.asyncio.client.PubSub | None = None
        self._task: asyncio.Task[None] | None = None

    async def listen(self, attempt_id: UUID, told: Callable[[str], None]) -> None:
        """From now on ``told`` is called with the reason when this line is to end."""
        channel = _channel(attempt_id)
        self._told[channel] = told
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        elif self._pubsub is not None:
            try:
                await self._pubsub.subscribe(channel)
            except redis.RedisError as error:
                log.warning("not_listening", error=type(error).__name__)

    async def forget(self, attempt_id: UUID) -> None:
        channel = _channel(attempt_id)
        self._told.pop(channel, None)
        if self._pubsub is not None and self._told:
            try:
                await self._pubsub.unsubscribe(channel)
            except redis.RedisError as error:
                log.warning("still_listening", error=type(error).__name__)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._drop()

    async def _run(self) -> None:
        while True:
            try:
                await self._hear()
            except (redis.RedisError, OSError) as error:
                log.warning("listening_again", error=type(error).__name__)
            await self._drop()
            await asyncio.sleep(1)

    async def _hear(self) -> None:
        self._redis = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        await self._pubsub.subscribe(*self._told, "calls:hang-up:nobody")
        async for message in self._pubsub.listen():
            told = self._told.get(message["channel"].decode())
            if told is not None:
                told(message["data"].decode(errors="replace"))

    async def _drop(self) -> None:
        for closing in (self._pubsub, self._redis):
            if closing is not None:
                try:
                    await closing.aclose()  # type: ignore[union-attr]  # the stubs are older than the client
                except (redis.RedisError, OSError) as error:
                    log.info("redis_close", error=type(error).__name__)
        self._pubsub = self._redis = None
