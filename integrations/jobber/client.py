"""How Jobber wants to be asked: one address, a version in every question, and points that come back by the second.

They have no SDK. gql, the usual client, drops the headers of a 429 and needs a GraphQL parser in the product; our documents
are few and never change, so they are posted as they stand (``documents``) and checked against the schema by tests.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations import asking, fields, worlds
from integrations.asking import Access, Answer, Question
from integrations.errors import Disconnected, Throttled, Unavailable
from integrations.fields import Bad, Json
from integrations.jobber import answers
from integrations.jobber.documents import Document
from integrations.pace import Pace, Points
from syntharra import logs

log = logs.get(__name__)

API = "https://api.getjobber.com"
HOSTS = ("getjobber.com",)
VERSION = "2026-05-12"
"""The version of their API that all documents are written in; they keep one for a year at least."""
# They publish 2,500 questions in five minutes, and 10,000 points of which 500 come back a second; we keep below.
PER_MINUTE, PER_FIVE_MINUTES, AT_ONCE = 900, 2_250, 4
MOST_POINTS, POINTS_A_SECOND = 9_000, 450


class _Manners:
    name, trace = "Jobber", "x-request-id"

    def headers(self, token: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {token}", "X-JOBBER-GRAPHQL-VERSION": VERSION}

    def read(self, answer: Answer, *, now: datetime) -> Any:
        return answers.read(answer.status, answer.headers, answer.body, now=now)

    def refresh_helps(self, error: Disconnected) -> bool:
        """Not where a permission is missing or the owner ended it: a new token would say the same."""
        return error.problem == Disconnected.usual_problem and not answers.LEFT.search(error.vendor_words)


class Client(asking.Client):
    """One account's books (``account`` names whose limits they are)."""

    def __init__(
        self,
        *,
        account: str,
        access: Access,
        sandbox: bool,
        patience: float,
        most_points: int = MOST_POINTS,
    ) -> None:
        api = base(sandbox=sandbox)
        name = f"jobber:{api}:{account}"
        self._bucket = Points(name, capacity=most_points, per_second=POINTS_A_SECOND)
        pace = Pace(name, per_minute=PER_MINUTE, at_once=AT_ONCE, per_five_minutes=PER_FIVE_MINUTES)
        super().__init__(
            f"{api}/api",
            _Manners(),
            access=access,
            pace=pace,
            sandbox=sandbox,
            patience=patience,
            points=self._bucket,
        )

    def run(self, document: Document, **variables: Any) -> Json:
        """The data of the answer, complete. Raises our errors; for a write Unanswered when nobody knows."""
        asked = {"query": document.text, "operationName": document.name, "variables": variables}
        body = json.dumps(asked).encode()
        said = self.ask(Question("POST", "/graphql", body=body, once=document.writes, points=document.points))
        self._settle(document, said)
        try:
            data = fields.inner(said, "data")
        except Bad as bad:
            raise garbled(bad) from None
        if not data:
            raise Unavailable(_("Jobber sent an answer without data."), problem="answer_garbled")
        return data

    def _settle(self, document: Document, said: Json) -> None:
        """They count beforehand what a question may cost and keep what it did: the rest comes back at once."""
        for words in answers.warnings(said):
            log.warning("version_of_books_ends", vendor="Jobber", version=VERSION, said=words)
        counted = answers.figures(said)
        if counted is not None and counted[1] < document.points:
            try:
                self._bucket.spend(counted[1] - document.points, patience=0)  # below zero: given back
            except Throttled:
                log.warning("points_not_given_back", vendor="Jobber")


def base(*, sandbox: bool) -> str:
    """Where Jobber is. Raises WrongWorld."""
    return worlds.base("jobber", sandbox=sandbox, live=API, hosts=HOSTS)


def garbled(bad: Bad) -> Unavailable:
    return Unavailable(_("Jobber sent something we cannot read."), said=str(bad)[:300], problem="answer_garbled")
