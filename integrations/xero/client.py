"""How Xero wants to be asked: its address, the tenant beside the token, its limits.

Why not xero-python: one configuration shared by all clients leaks tokens between tenants, it sleeps through a
``Retry-After`` of hours, one unknown status spoils a whole page, and amounts go out as floats. It reads the same
simulator in our tests instead, as an independent witness.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations import asking, worlds
from integrations.asking import Access, Answer
from integrations.errors import Disconnected
from integrations.pace import Pace
from integrations.xero import answers

HOSTS = ("xero.com",)
# They allow 60 a minute, 5 at once and 5000 a day for each organisation; other programs of the owner have their own.
PER_MINUTE, AT_ONCE, PER_DAY = 50, 3, 4800
# Readings stop earlier, so that an invoice can still be looked at right before its call: that one has less patience.
PER_DAY_OF_READINGS, PATIENT = 4000, 10.0


def base(host: str, *, sandbox: bool) -> str:
    """One of their hosts (``api``, ``login``, ``identity``), or the simulator, which is all of them."""
    return worlds.base("xero", sandbox=sandbox, live=f"https://{host}.xero.com", hosts=HOSTS)


class _Manners:
    name, trace = "Xero", "xero-correlation-id"

    def __init__(self, account: str) -> None:
        self._account = account

    def headers(self, token: str) -> Mapping[str, str]:
        tenant = {"xero-tenant-id": self._account} if self._account else {}
        return {"Authorization": f"Bearer {token}", **tenant}

    def read(self, answer: Answer, *, now: datetime) -> Any:
        return answers.read(answer.status, answer.headers, answer.body, now=now)

    def refresh_helps(self, error: Disconnected) -> bool:
        # A new token would have the same scopes and be for the same organisations.
        return error.problem not in ("access_removed", "scope_missing")


class Client(asking.Client):
    """One organisation's books."""

    def __init__(self, *, account: str, access: Access, sandbox: bool, patience: float) -> None:
        api = base("api", sandbox=sandbox)
        a_day = PER_DAY_OF_READINGS if patience > PATIENT else PER_DAY
        super().__init__(
            f"{api}/api.xro/2.0",
            _Manners(account),
            access=access,
            pace=Pace(f"xero:{api}:{account}", per_minute=PER_MINUTE, at_once=AT_ONCE, per_day=a_day),
            sandbox=sandbox,
            patience=patience,
        )
