"""How often somebody may ask: counted in Redis by windows of machine time, under a keyed hash of who asks.

A net beneath what the database counts itself. Without Redis nobody is turned away: what must hold holds there.
"""

import hmac

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from syntharra import clock, logs

log = logs.get(__name__)


def within(name: str, who: str, *, most: int, seconds: int) -> bool:
    """True for the first ``most`` askings of this kind by this one in the running window of so many seconds."""
    window = int(clock.machine_now().timestamp()) // seconds
    mark = hmac.digest(settings.SECRET_KEY.encode(), f"{name}:{who}".encode(), "sha256").hex()[:32]
    key = f"limit:{mark}:{window}"
    try:
        cache.add(key, 0, timeout=seconds)
        return int(cache.incr(key)) <= most
    except (RedisError, ValueError) as error:  # out of reach, or it ran out between the two
        log.warning("limit_unknown", limit=name, error=type(error).__name__)
        return True
