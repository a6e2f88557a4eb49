"""How fast calls are placed: one bucket for each carrier account, in Redis.

The carrier's own queue is never leaned on: what waits there may ring after hours.
"""

from functools import lru_cache

import redis
from django.conf import settings

from syntharra import logs

log = logs.get(__name__)


def take(account: str) -> float:
    """0 when a call may be placed now, else the seconds until one may. Without Redis nothing is held back."""
    interval = int(1000 / settings.CALLS_PER_SECOND)
    key = f"calls:pace:{account}"
    try:
        if connection().set(key, 1, nx=True, px=interval):
            return 0.0
        return max(0.05, float(connection().pttl(key)) / 1000)
    except redis.RedisError as error:
        log.warning("no_pacing", error=type(error).__name__)
        return 0.0


@lru_cache(maxsize=1)
def connection() -> "redis.Redis[bytes]":
    """The connection of this process."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
