"""Zoho Books, simulated over HTTP: two data centers under one address, each with its accounts server and its data API.

`/us/accounts`, `/us/api`, `/eu/accounts`, `/eu/api`. Written from the vendor's contract alone. Knows nothing of our
client, our settings or our database.
"""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.routing import Route

from integrations.simulation.app import simulator
from integrations.simulation.call import Answer, Call
from integrations.simulation.door import Door
from integrations.zoho.simulation import answers, oauth, service, stranger
from integrations.zoho.simulation.config import (
    ABROAD,
    AVAS_PLUMBING,
    CLOUDKEEP,
    DATA_CENTERS,
    HOME,
    KITA_TRADING,
    MADURAI_DESIGN,
    READ_SCOPES,
    STRANGER,
    WRITE_SCOPES,
    ZohoSimConfig,
)
from integrations.zoho.simulation.world import KINDS, ZohoWorld

__all__ = [
    "ABROAD",
    "AVAS_PLUMBING",
    "CLOUDKEEP",
    "DATA_CENTERS",
    "HOME",
    "KINDS",
    "KITA_TRADING",
    "MADURAI_DESIGN",
    "READ_SCOPES",
    "STRANGER",
    "WRITE_SCOPES",
    "ZohoSimConfig",
    "create_app",
]

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(config: ZohoSimConfig) -> Starlette:
    """The simulator as an app of its own, served at the root or mounted; the control API is under `/_sim`."""
    door = Door(ZohoWorld(config), around=service.admitted)
    routes = [Route(f"/{STRANGER}/{{rest:path}}", door.endpoint(stranger.take, api=False), methods=METHODS)]
    for data_center in DATA_CENTERS:
        accounts = f"/{data_center}/accounts/oauth/v2"
        routes += [
            Route(
                f"{accounts}/auth", door.endpoint(_in(data_center, oauth.authorize), api=False), methods=["GET", "POST"]
            ),
            Route(f"{accounts}/token", door.endpoint(_in(data_center, oauth.token), api=False), methods=["POST"]),
            Route(
                f"{accounts}/token/revoke", door.endpoint(_in(data_center, oauth.revoke), api=False), methods=["POST"]
            ),
        ]
    routes.append(Route("/{data_center}/api/{rest:path}", door.endpoint(service.serve), methods=METHODS))
    routes.append(Route("/_sim/stranger", door.endpoint(stranger.told, api=False), methods=["GET"]))
    return simulator(door, routes, nothing_here=answers.no_such_url().answer)


def _in(data_center: str, work: Callable[[ZohoWorld, Call], Answer]) -> Callable[[ZohoWorld, Call], Answer]:
    def there(world: ZohoWorld, call: Call) -> Answer:
        call.path_params["data_center"] = data_center
        return work(world, call)

    return there
