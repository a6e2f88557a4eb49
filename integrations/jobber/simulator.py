"""Jobber, simulated over HTTP: authorization, the GraphQL API with its query costs, and webhooks.

Written from the vendor's contract alone. Knows nothing of our client, our settings or our database.
"""

from starlette.applications import Starlette
from starlette.routing import Route

from integrations.jobber.simulation import api, oauth
from integrations.jobber.simulation.config import (
    LANDSCAPER,
    LATEST_VERSION,
    PLUMBER,
    READ_SCOPES,
    SCOPES,
    JobberSimConfig,
)
from integrations.jobber.simulation.world import JobberWorld
from integrations.simulation.app import simulator
from integrations.simulation.call import json_answer
from integrations.simulation.door import Door

__all__ = ["KINDS", "LANDSCAPER", "LATEST_VERSION", "PLUMBER", "READ_SCOPES", "SCOPES", "JobberSimConfig", "create_app"]

KINDS = JobberWorld.KINDS
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(config: JobberSimConfig) -> Starlette:
    """The simulator as an app of its own, served at the root or mounted under a prefix."""
    door = Door(JobberWorld(config), around=api.admitted)
    routes = [
        Route("/api/oauth/authorize", door.endpoint(oauth.authorize, api=False), methods=["GET", "POST"]),
        Route("/api/oauth/token", door.endpoint(oauth.token, api=False), methods=["POST"]),
        Route("/api/graphql", door.endpoint(api.graphql), methods=METHODS),
    ]
    return simulator(door, routes, nothing_here=json_answer({"message": "Not found"}, 404))
