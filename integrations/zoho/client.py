"""How Zoho Books wants to be asked: its header, the organization on every call, its limits.

Why no library: there is none by the vendor, and of the others none handles data centres, the shared limit on renewing access
and 429 together.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from integrations import access, asking, fields
from integrations.asking import Access, Answer, Question
from integrations.errors import Disconnected, Unavailable
from integrations.fields import Json
from integrations.models import Connection
from integrations.pace import Pace
from integrations.paging import Position
from integrations.zoho import answers, centres

PER_MINUTE, AT_ONCE = 80, 4
"""Of their 100 a minute and 5 at once for each organization; what a day allows hangs on the plan."""


class _Manners:
    name, trace = "Zoho Books", ""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def headers(self, token: str) -> Mapping[str, str]:
        return {"Authorization": f"Zoho-oauthtoken {token}"}

    def read(self, answer: Answer, *, now: datetime) -> Any:
        return answers.read(answer.status, answer.headers, answer.body, now=now, zone=self._zone)

    def refresh_helps(self, error: Disconnected) -> bool:
        return error.problem != "scope_missing"


class Client(asking.Client):
    """One organization's books (``account``) at one data centre's API."""

    def __init__(self, *, api: str, account: str, zone: str, access: Access, sandbox: bool, patience: float) -> None:
        super().__init__(
            f"{api}/books/v3",
            _Manners(zone),
            access=access,
            pace=Pace(f"zoho:{api}:{account}", per_minute=PER_MINUTE, at_once=AT_ONCE),
            sandbox=sandbox,
            patience=patience,
        )
        self._organization = ("organization_id", account)

    def ask(self, question: Question) -> Any:
        """Ask. What a fresh token is refused for as well is a permission, not the token."""
        try:
            return super().ask(question)
        except Disconnected as error:
            if error.vendor_code != answers.UNAUTHORIZED:
                raise
            words = _("Zoho Books says that a permission is missing, or the user has left the organization.")
            raise Disconnected(
                words, code=error.vendor_code, said=error.vendor_words, problem="scope_missing"
            ) from None

    def read(self, path: str, *parameters: tuple[str, str]) -> Json:
        """What they say there."""
        found: Json = self.get(path, self._organization, *parameters)
        return found

    def write(self, path: str, body: Json | None = None) -> Json:
        """Write, once. Raises Unanswered when nobody knows whether it happened."""
        content = json.dumps(body).encode() if body is not None else None
        found: Json = self.ask(Question("POST", path, (self._organization,), body=content, once=True))
        return found

    def windows(
        self, path: str, name: str, position: Position, *parameters: tuple[str, str]
    ) -> Iterator[tuple[list[Any], Position | None]]:
        """A list from this position on: rows, and where to go on after them. Losing nothing when rows shift."""
        following: Position | None = position
        while following is not None:
            page, size = following.window
            answer = self.read(path, ("page", str(page)), ("per_page", str(size)), *parameters)
            rows, context = answer.get(name), answer.get("page_context")
            if not isinstance(rows, list):
                raise garbled(f"{name}: a list was expected, {fields.kind_of(rows)} came")
            ended = isinstance(context, dict) and context.get("has_more_page") is False
            following = following.after([_id(row) for row in rows], ended=ended)
            yield rows, following


def client_for(connection: Connection, *, patience: float) -> Client:
    """The client of a connection; close it after use. Raises WrongWorld for an API that is not theirs."""
    said = str(connection.details.get("api_domain", ""))
    centre = centres.api_at(said, sandbox=connection.sandbox) if said else centres.home(sandbox=connection.sandbox)
    return Client(
        api=centre.api,
        account=connection.account,
        zone=connection.time_zone,
        access=partial(access.token, connection.pk),
        sandbox=connection.sandbox,
        patience=patience,
    )


def garbled(said: str) -> Unavailable:
    return Unavailable(_("Zoho Books sent something we cannot read."), said=said[:300], problem="answer_garbled")


def _id(row: Any) -> str:
    """Of whichever kind: the first field of a row is its id, and these are the names of all we list."""
    if not isinstance(row, dict):
        return ""
    return next((fields.clean(row[name]) for name in _IDS if name in row), "")


_IDS = ("invoice_id", "payment_id", "creditnote_id", "contact_id")
