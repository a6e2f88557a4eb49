"""A vendor that rings: signed deliveries to a web process, many at once; says how soon each had its answer."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import sys
import time
import uuid
from collections.abc import Awaitable, Callable

import httpx2

from desk.bench.children import die_with_parent, tell

MANY = 50
_PATIENCE = 60.0


def delivery(changes: int) -> bytes:
    """A QuickBooks delivery of so many changes, each with an id of its own."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    event = {"specversion": "1.0", "source": "bench", "type": "qbo.invoice.updated.v1", "time": at, "data": {}}
    named = {"datacontenttype": "application/json", "intuitaccountid": "9341450000000001"}
    return json.dumps(
        [event | named | {"id": str(uuid.uuid4()), "intuitentityid": str(number)} for number in range(changes)]
    ).encode()


async def ring(port: int, deliveries: int, at_once: int) -> dict[str, float | int]:
    """Every delivery once, ``at_once`` under way; then as many looks at the health page."""
    origin, key = f"http://127.0.0.1:{port}", os.environ["QUICKBOOKS_WEBHOOK_VERIFIER"].encode()
    limits = httpx2.Limits(max_connections=at_once)
    async with httpx2.AsyncClient(base_url=origin, timeout=_PATIENCE, trust_env=False, limits=limits) as client:
        await _until_there(client)
        refused = told = 0

        async def one(number: int) -> None:
            nonlocal refused, told
            changes = MANY if number % 10 == 0 else 1
            told += changes
            body = delivery(changes)
            signature = base64.b64encode(hmac.digest(key, body, hashlib.sha256)).decode()
            headers = {"intuit-signature": signature, "content-type": "application/json"}
            answer = await client.post("/webhooks/quickbooks", content=body, headers=headers)
            refused += answer.status_code != 200

        async def look(_number: int) -> None:
            await client.get("/healthz")

        await one(1)
        began = time.monotonic()
        took = await _timed(one, deliveries, at_once)
        seconds = time.monotonic() - began
        peer = await _timed(look, deliveries, at_once)
    return {
        "p50": took[len(took) // 2],
        "p99": took[int(len(took) * 0.99)],
        "max": took[-1],
        "peer_p50": peer[len(peer) // 2],
        "per_s": deliveries / seconds,
        "not_answered": refused,
        "told": told,
    }


async def _timed(work: Callable[[int], Awaitable[None]], count: int, at_once: int) -> list[float]:
    """How long each took, shortest first."""
    turns, took = asyncio.Semaphore(at_once), []

    async def timed(number: int) -> None:
        async with turns:
            began = time.monotonic()
            await work(number)
            took.append(time.monotonic() - began)

    await asyncio.gather(*(timed(number) for number in range(count)))
    return sorted(took)


async def _until_there(client: httpx2.AsyncClient) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            if (await client.get("/healthz")).status_code == 200:
                return
        except httpx2.HTTPError:
            await asyncio.sleep(0.1)
    raise TimeoutError("the web process does not answer")


if __name__ == "__main__":
    die_with_parent()
    port, deliveries, at_once = (int(argument) for argument in sys.argv[1:4])
    tell(asyncio.run(ring(port, deliveries, at_once)))
