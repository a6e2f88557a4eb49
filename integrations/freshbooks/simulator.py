"""FreshBooks, simulated over HTTP: authorization, identity, accounting, callbacks and their signed deliveries.

Written from the vendor's contract alone. Knows nothing of our client, our settings or our database.
"""

from starlette.applications import Starlette
from starlette.routing import Route

from integrations.freshbooks.simulation import accounting, callbacks, identity, oauth
from integrations.freshbooks.simulation.config import (
    AGENCY,
    EMPLOYER,
    PLUMBER,
    READ_SCOPES,
    SUPPLIER,
    WRITE_SCOPES,
    FreshBooksSimConfig,
)
from integrations.freshbooks.simulation.errors import projects_not_found
from integrations.freshbooks.simulation.gate import gate
from integrations.freshbooks.simulation.kinds import KINDS
from integrations.freshbooks.simulation.world import FreshBooksWorld
from integrations.simulation.app import simulator
from integrations.simulation.call import Answer, Call
from integrations.simulation.door import Door

__all__ = [
    "AGENCY",
    "EMPLOYER",
    "KINDS",
    "PLUMBER",
    "READ_SCOPES",
    "SUPPLIER",
    "WRITE_SCOPES",
    "FreshBooksSimConfig",
    "create_app",
]

ACCOUNTING = "/accounting/account/{account}"
EVENTS = "/events/account/{account}/events/callbacks"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
ENDPOINTS = {
    f"{ACCOUNTING}/invoices/invoices": accounting.INVOICE,
    f"{ACCOUNTING}/users/clients": accounting.CLIENT,
    f"{ACCOUNTING}/payments/payments": accounting.PAYMENT,
    f"{ACCOUNTING}/credit_notes/credit_notes": accounting.CREDIT_NOTE,
}


def create_app(config: FreshBooksSimConfig) -> Starlette:
    """The simulator as an app of its own, served at the root or mounted; both hosts of the vendor in one."""
    door = Door(FreshBooksWorld(config), around=gate)
    routes = [
        Route("/oauth/authorize", door.endpoint(oauth.consent, api=False), methods=["GET", "POST"]),
        Route("/auth/oauth/token", door.endpoint(oauth.token, api=False), methods=["POST"]),
        Route("/auth/oauth/revoke", door.endpoint(oauth.revoke, api=False), methods=["POST"]),
        Route("/auth/api/v1/users/me", door.endpoint(identity.me), methods=["GET"]),
        Route(EVENTS, door.endpoint(callbacks.collection), methods=METHODS),
        Route(f"{EVENTS}/{{id}}", door.endpoint(callbacks.single), methods=METHODS),
        Route("/projects/business/{business}/{rest:path}", door.endpoint(_no_projects), methods=METHODS),
        Route("/timetracking/business/{business}/{rest:path}", door.endpoint(_no_projects), methods=METHODS),
    ]
    for path, endpoint in ENDPOINTS.items():
        work = door.endpoint(accounting.serve(endpoint))
        routes += [Route(path, work, methods=METHODS), Route(f"{path}/{{id}}", work, methods=METHODS)]
    return simulator(door, routes, nothing_here=projects_not_found())


def _no_projects(_world: FreshBooksWorld, _call: Call) -> Answer:
    """Projects and time are not simulated: only how they fail."""
    return projects_not_found()
