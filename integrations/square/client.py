"""How Square wants to be asked: its address, its version, its limits.

Why not squareup: it repeats every call by itself, writes included, and takes seventy megabytes of disk for the six
calls we make.
"""

import json
import random
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations import asking, worlds
from integrations.asking import Access, Answer, Question
from integrations.errors import Disconnected, Throttled, Unavailable
from integrations.fields import Json
from integrations.pace import Pace, Points
from integrations.square import answers

VERSION = "2025-08-20"
LIVE = "https://connect.squareup.com"
HOSTS = ("squareup.com", "squareupsandbox.com")
# They publish no limit and ask for patience: six a second, three in a burst, is what no seller notices.
PER_MINUTE, AT_ONCE = 400, 5
PER_SECOND, BURST = 6.0, 3
_LONGEST_WAIT = 64.0


def base(*, sandbox: bool) -> str:
    return worlds.base("square", sandbox=sandbox, live=LIVE, hosts=HOSTS)


class _Manners:
    name, trace = "Square", ""

    def __init__(self) -> None:
        self._throttled = 0

    def headers(self, token: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {token}", "Square-Version": VERSION}

    def read(self, answer: Answer, *, now: datetime) -> Any:
        try:
            said = answers.read(answer.status, answer.headers, answer.body, now=now)
        except Throttled as error:
            if error.retry_after is None:  # as they ask: longer each time, and not all at once
                longest = min(2.0**self._throttled, _LONGEST_WAIT)
                error.retry_after = random.uniform(longest / 2, longest)  # noqa: S311
            self._throttled += 1
            raise
        self._throttled = 0
        return said

    def refresh_helps(self, error: Disconnected) -> bool:
        return error.problem == "reconnect_needed" and error.vendor_code != "ACCESS_TOKEN_REVOKED"


class Client(asking.Client):
    """One seller's books."""

    def __init__(self, *, account: str, access: Access, sandbox: bool, patience: float) -> None:
        address = base(sandbox=sandbox)
        super().__init__(
            address,
            _Manners(),
            access=access,
            pace=Pace(f"square:{address}:{account}", per_minute=PER_MINUTE, at_once=AT_ONCE),
            sandbox=sandbox,
            patience=patience,
            points=Points(f"square:{address}:{account}", capacity=BURST, per_second=PER_SECOND),
        )

    def read(self, path: str, **parameters: str) -> Json:
        """One of their resources, or a page of them."""
        said: Json = self.ask(Question("GET", path, tuple(parameters.items()), points=1))
        return said

    def search(self, path: str, body: Json) -> Json:
        """A question too long for an address. It writes nothing, so it may be asked again."""
        said: Json = self.ask(Question("POST", path, body=json.dumps(body).encode(), points=1))
        return said

    def write(self, method: str, path: str, body: Json | None = None, **parameters: str) -> Json:
        """A write, sent once. Raises Unanswered when nobody knows whether it happened."""
        content = json.dumps(body).encode() if body is not None else None
        said: Json = self.ask(Question(method, path, tuple(parameters.items()), body=content, once=True, points=1))
        return said

    def pages(self, name: str, path: str, **parameters: str) -> Iterator[list[Any]]:
        """The objects of every page of a list; a page may be empty and not the last."""
        cursor = ""
        while True:
            said = self.read(path, **parameters, **({"cursor": cursor} if cursor else {}))
            yield listed(said, name)
            cursor, before = following(said), cursor
            if not cursor:
                return
            _forward(cursor, before)

    def found(self, name: str, path: str, body: Json) -> Iterator[list[Any]]:
        """The objects of every page of a search."""
        cursor = ""
        while True:
            said = self.search(path, body | ({"cursor": cursor} if cursor else {}))
            yield listed(said, name)
            cursor, before = following(said), cursor
            if not cursor:
                return
            _forward(cursor, before)


def listed(said: Json, name: str) -> list[Any]:
    """The objects of one page; an absent key is an empty list. Raises Unavailable for anything else."""
    found = said.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise Unavailable(_("Square sent something we cannot read."), said=name, problem="answer_garbled")
    return found


def following(said: Json) -> str:
    """Where the next page begins, "" at the end."""
    cursor = said.get("cursor")
    return cursor if isinstance(cursor, str) else ""


def _forward(cursor: str, before: str) -> None:
    if cursor == before:
        raise Unavailable(_("Square sent the same page twice."), problem="answer_garbled")
