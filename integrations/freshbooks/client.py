"""How FreshBooks wants to be asked: its address, two questions at once, what lies around its answers.

Why not freshbooks-sdk: it turns strings that look like days into days (an invoice number, even an amount), reads the
newer errors as "Unknown error", repeats what it was told not to, and has no hook for tokens that many workers share.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from integrations import access, asking, fields, worlds
from integrations.asking import Access, Answer, Question
from integrations.errors import Disconnected, Unavailable
from integrations.fields import Bad, Json
from integrations.freshbooks import answers
from integrations.models import Connection
from integrations.pace import Pace
from integrations.paging import Position

API = "https://api.freshbooks.com"
HOSTS = ("freshbooks.com",)
PER_MINUTE, AT_ONCE = 300, 2
"""They publish no number; two at once is what their own libraries keep to."""


class _Manners:
    name, trace = "FreshBooks", ""

    def headers(self, token: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {token}"}

    def read(self, answer: Answer, *, now: datetime) -> Any:
        return answers.read(answer.status, answer.headers, answer.body, now=now)

    def refresh_helps(self, error: Disconnected) -> bool:
        return error.problem not in ("scope_missing", "access_removed")  # a new token has the same scopes and role


class Client(asking.Client):
    """One business's books (``account``) at one address."""

    def __init__(self, *, api: str, account: str, access: Access, sandbox: bool, patience: float) -> None:
        super().__init__(
            api,
            _Manners(),
            access=access,
            pace=Pace(f"freshbooks:{api}:{account}", per_minute=PER_MINUTE, at_once=AT_ONCE),
            sandbox=sandbox,
            patience=patience,
        )
        self._accounting = f"/accounting/account/{quote(account, safe='')}"
        self._events = f"/events/account/{quote(account, safe='')}/events/callbacks"

    def me(self) -> Json:
        """Who signed in, and whose businesses that opens."""
        found: Json = self.get("/auth/api/v1/users/me")
        return found

    def read(self, path: str, *parameters: tuple[str, str]) -> Json:
        """What is inside an answer of accounting, for example of ``/invoices/invoices/412``."""
        return result(self.get(self._accounting + path, *parameters))

    def windows(
        self, path: str, name: str, position: Position, *parameters: tuple[str, str]
    ) -> Iterator[tuple[Json, Position | None]]:
        """A list from this position on, each answer with where to go on after it. Losing nothing when rows shift."""
        following: Position | None = position
        while following is not None:
            page, size = following.window
            answer = self.read(path, ("page", str(page)), ("per_page", str(size)), *parameters)
            rows = answer.get(name)
            if not isinstance(rows, list):
                raise garbled(f"{name}: a list was expected, {fields.kind_of(rows)} came")
            following = following.after([_id(row) for row in rows])
            yield answer, following

    def rows(self, path: str, name: str, *parameters: tuple[str, str]) -> Iterator[Json]:
        """Every object of a list as they have it; one may come twice."""
        for answer, _following in self.windows(path, name, Position(), *parameters):
            yield from (row for row in answer[name] if isinstance(row, dict))

    def write(self, method: str, path: str, body: Json) -> Json:
        """Write to accounting, once. Raises Unanswered when nobody knows whether it happened."""
        return result(self.ask(Question(method, self._accounting + path, body=json.dumps(body).encode(), once=True)))

    def callbacks(
        self, method: str, callback: str = "", *parameters: tuple[str, str], body: Json | None = None
    ) -> Json:
        """Their registrations of webhooks: listed, made, verified, ended."""
        path = f"{self._events}/{quote(callback, safe='')}" if callback else self._events
        content = json.dumps(body).encode() if body is not None else None
        answer = self.ask(Question(method, path, parameters, body=content, once=method == "POST"))
        return result(answer) if answer else {}


def client_for(connection: Connection, *, patience: float) -> Client:
    """The client of a connection; close it after use. Raises WrongWorld."""
    return Client(
        api=address(sandbox=connection.sandbox),
        account=connection.account,
        access=partial(access.token, connection.pk),
        sandbox=connection.sandbox,
        patience=patience,
    )


def address(*, sandbox: bool) -> str:
    """Where their API is. Raises WrongWorld."""
    return worlds.base("freshbooks", sandbox=sandbox, live=API, hosts=HOSTS)


def result(answer: Json) -> Json:
    """What lies inside ``response.result``. Raises Unavailable where there is no such thing."""
    try:
        return fields.inner(fields.inner(answer, "response"), "result")
    except Bad as bad:
        raise garbled(str(bad)) from None


def _id(row: Any) -> str:
    return fields.clean(row.get("id")) if isinstance(row, dict) else ""


def garbled(said: str) -> Unavailable:
    return Unavailable(_("FreshBooks sent something we cannot read."), said=said[:300], problem="answer_garbled")
