"""How fast we may ask a vendor: one limit for all our processes, kept in Redis, on the machine's clock.

``PER_MINUTE`` questions in any sixty seconds and ``AT_ONCE`` under way, for each company. A process that dies gives its
place back when its lease runs out. Without Redis nobody waits: the vendor's own limit still holds.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis
from django.conf import settings
from django.utils.translation import gettext as _

from integrations.errors import Throttled
from syntharra import logs

log = logs.get(__name__)

# In one step, so that no place is taken twice: forget what is over, then take both places or say how long to wait.
_TAKE = """
local now = redis.call('TIME')
local micro = now[1] * 1000000 + now[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, micro - 60000000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], 0, micro)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return tostring((tonumber(first[2]) + 60000000 - micro) / 1000000)
end
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[2]) then return '0.05' end
redis.call('ZADD', KEYS[1], micro, ARGV[3])
redis.call('ZADD', KEYS[2], micro + tonumber(ARGV[4]) * 1000000, ARGV[3])
redis.call('EXPIRE', KEYS[1], 61)
redis.call('EXPIRE', KEYS[2], ARGV[4])
return '0'
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """The limit of one company at one vendor; ``name`` is shared by all who ask there."""

    name: str
    per_minute: int
    at_once: int
    lease_seconds: int = 60

    @contextmanager
    def place(self, *, patience: float) -> Iterator[None]:
        """A place among those asking, given back at the end. Raises Throttled when none comes free in time."""
        ticket = uuid.uuid4().hex
        held = self._wait(ticket, patience)
        try:
            yield
        finally:
            if held:
                self._give_back(ticket)

    def _wait(self, ticket: str, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while True:
            try:
                wait = float(self._take(ticket))
            except redis.RedisError as error:
                log.warning("pace_unknown", pace=self.name, error=type(error).__name__)
                return False
            if wait <= 0:
                return True
            if time.monotonic() + wait > deadline:
                raise Throttled(_("We are asking as often as the vendor allows."), retry_after=wait)
            time.sleep(wait)

    def _take(self, ticket: str) -> str:
        take = _redis().register_script(_TAKE)
        said: bytes = take(
            keys=[f"pace:{self.name}:asked", f"pace:{self.name}:asking"],
            args=[self.per_minute, self.at_once, ticket, self.lease_seconds],
        )
        return said.decode()

    def _give_back(self, ticket: str) -> None:
        try:
            _redis().zrem(f"pace:{self.name}:asking", ticket)
        except redis.RedisError as error:
            log.warning("pace_unknown", pace=self.name, error=type(error).__name__)


_clients: dict[str, "redis.Redis[bytes]"] = {}


def _redis() -> "redis.Redis[bytes]":
    url = settings.REDIS_URL
    if url not in _clients:
        _clients[url] = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    return _clients[url]
