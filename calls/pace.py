"""How fast calls are placed: one bucket for each carrier account, in Redis.

The carrier's own queue is never leaned on: what waits there may ring after hours.
"""

from functools import lru_cache

import redis
from django.conf import settings

from syntharra import logs

log = logs.get(__name__)


# Who waits has a turn of his own, so nobody is woken only to be told to wait again; and however late somebody comes for
# his turn, two never leave within one interval. The list is forgotten a minute after its last turn.
_TAKE = """
local now = redis.call('TIME'); now = now[1] * 1000 + math.floor(now[2] / 1000)
local interval = tonumber(ARGV[2])
local turn = tonumber(redis.call('HGET', KEYS[1], ARGV[1]))
if not turn then
    turn = math.max(tonumber(redis.call('HGET', KEYS[1], 'free') or 0), now)
    redis.call('HSET', KEYS[1], 'free', turn + interval)
end
local at = math.max(turn, tonumber(redis.call('HGET', KEYS[1], 'last') or 0) + interval)
if at > now then
    redis.call('HSET', KEYS[1], ARGV[1], turn)
    redis.call('PEXPIRE', KEYS[1], at - now + 60000)
    return at - now
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], 'last', now)
redis.call('PEXPIRE', KEYS[1], 60000)
return 0
"""


def take(account: str, who: str, *, per_second: float) -> float:
    """0 when this call may be placed now, else the seconds until its turn comes. Without Redis nothing is held back.

    ``account``: the carrier's. ``who``: the attempt; asked again it keeps its place.
    """
    try:
        script = connection().register_script(_TAKE)
        return int(script(keys=[f"calls:pace:{account}"], args=[who, int(1000 / per_second)])) / 1000
    except redis.RedisError as error:
        log.warning("no_pacing", error=type(error).__name__)
        return 0.0


def may(what: str, *, every: float) -> bool:
    """True at most once in so many seconds, for all processes together. Without Redis nothing is held back."""
    try:
        return bool(connection().set(f"calls:{what}", 1, nx=True, px=int(1000 * every)))
    except redis.RedisError as error:
        log.warning("no_pacing", error=type(error).__name__)
        return True


@lru_cache(maxsize=1)
def connection() -> "redis.Redis[bytes]":
    """The connection of this process."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
