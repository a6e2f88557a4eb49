"""Stripe, simulated over HTTP: Connect by OAuth, Checkout pages on a firm's own account, refunds, disputes, webhooks.

Written from the vendor's contract alone; it knows nothing of our client, our settings or our database. Strict where the
vendor is: form bodies with nested names, ``Stripe-Account``, ``Idempotency-Key``, ``Stripe-Version``, its own errors.
"""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.stripe.simulation.api import OPERATIONS
from integrations.stripe.simulation.config import (
    AVAS_ACCOUNT,
    RIVAL_ACCOUNT,
    SANDBOX_ACCOUNTS,
    UNFINISHED_ACCOUNT,
    SimAccount,
    StripeSimConfig,
)
from integrations.stripe.simulation.control import Control
from integrations.stripe.simulation.door import Door
from integrations.stripe.simulation.errors import wrong
from integrations.stripe.simulation.hooks import Hooks, signature
from integrations.stripe.simulation.pages import Pages
from integrations.stripe.simulation.world import BANK, DECLINED, DISPUTED, GOOD, StripeWorld

__all__ = [
    "AVAS_ACCOUNT",
    "BANK",
    "DECLINED",
    "DISPUTED",
    "GOOD",
    "RIVAL_ACCOUNT",
    "SANDBOX_ACCOUNTS",
    "UNFINISHED_ACCOUNT",
    "SimAccount",
    "StripeSimConfig",
    "create_app",
    "signature",
]


def create_app(config: StripeSimConfig) -> Starlette:
    """The simulator as an ASGI application, served at the root or mounted. ``app.state.world`` is its state."""
    hooks = Hooks(config)
    world = StripeWorld(config, hooks.happened)
    door, pages = Door(world), Pages(world)
    routes = [Route(path, door.endpoint(shape, work), methods=[method]) for method, path, shape, work in OPERATIONS]
    routes += [
        Route("/oauth/authorize", pages.authorize, methods=["GET", "POST"]),
        Route("/oauth/token", pages.token, methods=["POST"]),
        Route("/oauth/deauthorize", pages.deauthorize, methods=["POST"]),
        Route("/c/pay/{name}", pages.pay, methods=["GET", "POST"]),
        *Control(world, door, hooks).routes(),
    ]

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await hooks.stop()

    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: _not_found, 405: _not_found})
    app.state.world = world
    return app


async def _not_found(request: Request, _error: Exception) -> Response:
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    refusal = wrong(f"Unrecognized request URL ({request.method}: {path}).", status=404)
    return JSONResponse(refusal.body, refusal.status)
