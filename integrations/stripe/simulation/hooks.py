"""Posting events to the platform's Connect address: signed at the moment of each try, repeated until it is taken."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import random
import time
from typing import Any

import httpx2

from integrations.stripe.simulation.config import StripeSimConfig


def signature(body: bytes, secrets: tuple[str, ...], at: int) -> str:
    """``t=...,v1=...``, one ``v1`` for each secret."""
    signed = [hmac.new(one.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest() for one in secrets]
    return ",".join([f"t={at}", *(f"v1={one}" for one in signed)])


class Hooks:
    """One queue. Settings may change while it runs."""

    def __init__(self, config: StripeSimConfig) -> None:
        self.config = config
        self.delivered: list[dict[str, Any]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: list[dict[str, Any]] = []
        self._random = random.Random(config.seed)  # noqa: S311

    def happened(self, event: dict[str, Any]) -> None:
        """To be told soon; events of one moment go out in order, unless they are shuffled."""
        if not self.config.webhook_url:
            return
        if event["type"].startswith(self.config.webhook_lost):
            self.delivered.append({"event": event["id"], "type": event["type"], "status": 0})
            return
        self._waiting.append(event)
        if len(self._waiting) == 1:
            self._start(self._flush())

    def again(self, event: dict[str, Any]) -> None:
        """Told once more, as after a time-out on the way."""
        self._start(self._deliver(event))

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self) -> None:
        await asyncio.sleep(self.config.webhook_delay_seconds or 0.02)
        events, self._waiting = self._waiting, []
        if self.config.webhook_shuffle:
            self._random.shuffle(events)
        for event in events:
            for _ in range(self.config.webhook_repeat):
                await self._deliver(event)

    async def _deliver(self, event: dict[str, Any]) -> None:
        body = json.dumps(event).encode()
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
            for wait in (*self.config.webhook_retry_seconds, None):
                secrets = ("whsec_wrong",) if self.config.webhook_wrong_signature else self.config.webhook_secrets
                headers = {
                    "Content-Type": "application/json; charset=utf-8",
                    "Stripe-Signature": signature(body, secrets, int(time.time())),
                }
                status = 0
                with contextlib.suppress(httpx2.HTTPError):
                    status = (await client.post(self.config.webhook_url, content=body, headers=headers)).status_code
                self.delivered.append({"event": event["id"], "type": event["type"], "status": status})
                if 200 <= status < 300 or wait is None:
                    return
                await asyncio.sleep(wait)
