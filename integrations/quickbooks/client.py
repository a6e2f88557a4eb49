"""How QuickBooks wants to be asked: its address, its minor version, its limits.

Why not python-quickbooks: it has no time limits, loses status and headers of a refusal, drops the zone of
``changedSince``, and fetches the discovery document on every start. It reads the same books in our contract tests
instead, as an independent witness.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations import asking
from integrations.asking import Access, Answer, Question
from integrations.errors import Disconnected
from integrations.fields import Json
from integrations.pace import Pace
from integrations.quickbooks import answers

MINOR_VERSION = "75"
PER_MINUTE, AT_ONCE = 500, 10
LONGEST_ADDRESS = 1500


class _Manners:
    name, trace = "QuickBooks", "intuit_tid"

    def headers(self, token: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {token}"}

    def read(self, answer: Answer, *, now: datetime) -> Any:
        return answers.read(answer.status, answer.headers, answer.body, now=now)

    def refresh_helps(self, error: Disconnected) -> bool:
        return error.problem != "access_removed"  # a new token would be for the same company


class Client(asking.Client):
    """One company's books at one address."""

    def __init__(self, *, api: str, account: str, access: Access, sandbox: bool, patience: float) -> None:
        super().__init__(
            f"{api}/company/{account}",
            _Manners(),
            access=access,
            pace=Pace(f"quickbooks:{api}:{account}", per_minute=PER_MINUTE, at_once=AT_ONCE),
            sandbox=sandbox,
            patience=patience,
        )

    def query(self, statement: str) -> Json:
        """The answer to a statement of their query language."""
        if len(statement) > LONGEST_ADDRESS:
            body = statement.encode()
            said = self.ask(Question("POST", "/query", _VERSION, body=body, content_type="application/text"))
        else:
            said = self.ask(Question("GET", "/query", (("query", statement), *_VERSION)))
        found: Json = said
        return found

    def read(self, path: str, **parameters: str) -> Json:
        """One of their resources, for example ``/invoice/412``."""
        found: Json = self.get(path, *parameters.items(), *_VERSION)
        return found


_VERSION = (("minorversion", MINOR_VERSION),)
