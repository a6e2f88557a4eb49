"""How fast we may ask a vendor: one limit for all our processes, kept in Redis, on the machine's clock.

So many questions in any window of time and so many under way, for each company; some vendors count points besides. A
process that dies gives its place back when its lease runs out. A vendor that asked us to wait is left alone by all of
us for as long. Without Redis nobody waits: the vendor's own limit still holds.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis
from django.conf import settings
from django.utils.translation import gettext as _

from integrations.errors import Throttled
from syntharra import logs

log = logs.get(__name__)

LONGEST_PAUSE = 24 * 3600.0

# In one step, so that no place is taken twice: forget what is over, then take every place or say how long to wait.
# KEYS: asking, paused, one set a window. ARGV: ticket, at once, lease, then limit and seconds of each window.
_TAKE = """
local now = redis.call('TIME')
local micro = now[1] * 1000000 + now[2]
local paused = redis.call('PTTL', KEYS[2])
if paused > 0 then return tostring(paused / 1000) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, micro)
for window = 3, #KEYS do
  local limit, length = tonumber(ARGV[window * 2 - 2]), tonumber(ARGV[window * 2 - 1]) * 1000000
  redis.call('ZREMRANGEBYSCORE', KEYS[window], 0, micro - length)
  if redis.call('ZCARD', KEYS[window]) >= limit then
    local first = redis.call('ZRANGE', KEYS[window], 0, 0, 'WITHSCORES')
    return tostring((tonumber(first[2]) + length - micro) / 1000000)
  end
end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return '0.05' end
redis.call('ZADD', KEYS[1], micro + tonumber(ARGV[3]) * 1000000, ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
for window = 3, #KEYS do
  redis.call('ZADD', KEYS[window], micro, ARGV[1])
  redis.call('EXPIRE', KEYS[window], math.ceil(tonumber(ARGV[window * 2 - 1])) + 1)
end
return '0'
"""

# A leaky bucket: what was spent comes back at a steady rate. ARGV: capacity, rate a second, cost.
_SPEND = """
local now = redis.call('TIME')
local micro = now[1] * 1000000 + now[2]
local capacity, rate, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = tonumber(kept[1]) or capacity
left = math.min(capacity, left + (micro - (tonumber(kept[2]) or micro)) / 1000000 * rate)
if left < cost then return tostring((cost - left) / rate) end
redis.call('HSET', KEYS[1], 'left', left - cost, 'at', micro)
redis.call('EXPIRE', KEYS[1], math.ceil(capacity / rate) + 1)
return '0'
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """The limit of one company at one vendor; ``name`` is shared by all who ask there."""

    name: str
    per_minute: int
    at_once: int
    per_day: int | None = None
    per_five_minutes: int | None = None
    lease_seconds: int = 60

    @contextmanager
    def place(self, *, patience: float) -> Iterator[None]:
        """A place among those asking, given back at the end. Raises Throttled when none comes free in time."""
        ticket = uuid.uuid4().hex
        held = _wait(self.name, lambda: self._take(ticket), patience)
        try:
            yield
        finally:
            if held:
                self._give_back(ticket)

    def pause(self, seconds: float) -> None:
        """The vendor asked for it: nobody of us asks there for so long."""
        try:
            _redis().set(f"pace:{self.name}:paused", "1", px=max(1, int(min(seconds, LONGEST_PAUSE) * 1000)))
        except redis.RedisError as error:
            log.warning("pace_unknown", pace=self.name, error=type(error).__name__)

    def forget(self) -> None:
        """Everything starts anew: the vendor itself did, as a simulator may."""
        names = ("asking", "paused", "asked-60", "asked-300", "asked-86400")
        _redis().delete(*(f"pace:{self.name}:{name}" for name in names))

    def _take(self, ticket: str) -> float:
        windows = [(_share(self.per_minute), 60)]
        windows += [(_share(self.per_five_minutes), 300)] if self.per_five_minutes else []
        windows += [(_share(self.per_day), 86_400)] if self.per_day else []
        names = ["asking", "paused", *(f"asked-{seconds}" for _limit, seconds in windows)]
        arguments = [ticket, self.at_once, self.lease_seconds, *(part for window in windows for part in window)]
        return _ask(_TAKE, [f"pace:{self.name}:{name}" for name in names], arguments)

    def _give_back(self, ticket: str) -> None:
        try:
            _redis().zrem(f"pace:{self.name}:asking", ticket)
        except redis.RedisError as error:
            log.warning("pace_unknown", pace=self.name, error=type(error).__name__)


@dataclass(frozen=True, slots=True)
class Points:
    """A bucket of points for one company at a vendor that counts what a question costs."""

    name: str
    capacity: int
    per_second: float

    def spend(self, cost: int, *, patience: float) -> None:
        """Take so many points. Raises Throttled when they do not come in time."""
        capacity, per_second = _share(self.capacity), self.per_second * settings.BOOKS_PACE
        wanted = min(cost, capacity)
        _wait(self.name, lambda: _ask(_SPEND, [f"points:{self.name}"], [capacity, per_second, wanted]), patience)


def _share(limit: int) -> int:
    """What this installation may use of a vendor's limit: several may share one key there."""
    return max(1, int(limit * settings.BOOKS_PACE))


def _wait(name: str, take: Callable[[], float], patience: float) -> bool:
    """True once ``take`` says 0; False when Redis cannot be asked. Raises Throttled."""
    deadline = time.monotonic() + patience
    while True:
        try:
            wait = take()
        except redis.RedisError as error:
            log.warning("pace_unknown", pace=name, error=type(error).__name__)
            return False
        if wait <= 0:
            return True
        if time.monotonic() + wait > deadline:
            raise Throttled(_("We are asking as often as the vendor allows."), retry_after=wait)
        time.sleep(wait)


def _ask(script: str, keys: list[str], arguments: list[object]) -> float:
    said: bytes = _redis().register_script(script)(keys=keys, args=arguments)
    return float(said.decode())


_clients: dict[str, "redis.Redis[bytes]"] = {}


def _redis() -> "redis.Redis[bytes]":
    url = settings.REDIS_URL
    if url not in _clients:
        _clients[url] = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    return _clients[url]
