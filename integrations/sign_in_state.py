"""The state that travels to a vendor and back with whoever connects an account there.

Used once, kept hashed in the session that began, bound to the person, the business and whatever else it was begun for;
machine time ends it.
"""

import hashlib
import secrets as randomness
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache

from syntharra.clock import machine_now

MOST_AT_ONCE = 5  # sign-ins of one session; the oldest is forgotten


class NotConnected(Exception):
    """The connection did not come about; ``problem`` is a code of ``integrations.problems``. Nothing was changed."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class SignIns:
    """The sign-ins of one kind that sessions have begun; ``name`` is their place in the session."""

    name: str
    lasts: timedelta

    def begin(self, session: MutableMapping[str, Any], state: str, bound: Mapping[str, Any], **kept: Any) -> None:
        """Remember that he was sent away with this state. ``bound`` must be the same when he is back; ``kept`` is given back."""
        begun = {"bound": dict(bound), "until": (machine_now() + self.lasts).isoformat(), **kept}
        earlier = list(dict(session.get(self.name, {})).items())[-(MOST_AT_ONCE - 1) :]
        session[self.name] = dict([*earlier, (_hash(state), begun)])

    def spend(self, session: MutableMapping[str, Any], state: str, bound: Mapping[str, Any]) -> dict[str, Any]:
        """What was kept of the sign-in this state belongs to, which is spent whatever comes of it. Raises NotConnected."""
        key = _hash(state)
        waiting = dict(session.get(self.name, {}))
        begun = waiting.pop(key, None)
        if begun is None:
            raise NotConnected("connect_state")
        session[self.name] = waiting
        # Two answers at the same moment each have the session as it was: the cache lets one of them through.
        if not cache.add(f"{self.name}:{key}", "spent", timeout=int(self.lasts.total_seconds())):
            raise NotConnected("connect_state")
        if datetime.fromisoformat(begun["until"]) <= machine_now():
            raise NotConnected("connect_expired")
        if begun.get("bound") != dict(bound):
            raise NotConnected("connect_someone_else")
        return dict(begun)


def new() -> str:
    """A state nobody can guess."""
    return randomness.token_urlsafe(32)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
