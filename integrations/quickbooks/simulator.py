"""QuickBooks Online, simulated over HTTP: authorization, data service, webhooks and the customer's invoice page.

Written from the vendor's contract alone. Knows nothing of our client, our settings or our database.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from integrations.quickbooks.simulation import control, invoice_page, oauth_pages
from integrations.quickbooks.simulation.config import AVAS_PLUMBING, RIVAL_ROOTER, SCOPE, QuickBooksSimConfig
from integrations.quickbooks.simulation.door import Door, Work
from integrations.quickbooks.simulation.keeping import Keeper
from integrations.quickbooks.simulation.world import World

__all__ = ["AVAS_PLUMBING", "RIVAL_ROOTER", "SCOPE", "QuickBooksSimConfig", "create_app"]

OUTSIDE_THE_DATA_SERVICE: list[tuple[str, list[str], Work]] = [
    ("/.well-known/openid_configuration", ["GET"], oauth_pages.discovery),
    ("/.well-known/openid_configuration/", ["GET"], oauth_pages.discovery),
    ("/.well-known/openid_sandbox_configuration", ["GET"], oauth_pages.discovery),
    ("/.well-known/openid_sandbox_configuration/", ["GET"], oauth_pages.discovery),
    ("/op/v1/jwks", ["GET"], oauth_pages.signing_keys),
    ("/v1/openid_connect/userinfo", ["GET"], oauth_pages.user_info),
    ("/connect/oauth2", ["GET", "POST"], oauth_pages.consent),
    ("/oauth2/v1/tokens/bearer", ["POST"], oauth_pages.token),
    ("/v2/oauth2/tokens/revoke", ["POST"], oauth_pages.revoke),
    ("/pay/{realm}/{invoice}", ["GET", "POST"], invoice_page.pay),
]
DATA_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(config: QuickBooksSimConfig) -> Starlette:
    """The simulator as an app of its own, served at the root or mounted.

    Webhooks start with the app's lifespan; mounted, where it may have none, with the first change.
    With a state file the world is found again as it was left.
    """
    world = World(config)
    keeper = Keeper(world)
    keeper.recall()
    door = Door(world, keeper)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        world.hooks.start()
        try:
            yield
        finally:
            await world.hooks.stop()
            keeper.save()

    def outside(work: Work) -> Callable[[Request], Awaitable[ASGIApp]]:
        async def answer(request: Request) -> ASGIApp:
            return await door.other(request, work)

        return answer

    routes = [
        Route(path, _endpoint(outside(work)), methods=methods) for path, methods, work in OUTSIDE_THE_DATA_SERVICE
    ]
    routes.append(Route("/v3/company/{realm}/{rest:path}", _endpoint(door.data), methods=DATA_METHODS))
    routes += control.routes(world, keeper)
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: _nothing_here})


def _endpoint(answer: Callable[[Request], Awaitable[ASGIApp]]) -> ASGIApp:
    """An endpoint whose answer may break off in the middle, which a plain Response cannot."""

    class Endpoint:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await (await answer(Request(scope, receive)))(scope, receive, send)

    return Endpoint()


async def _nothing_here(_request: Request, _error: Exception) -> Response:
    return Response("<html><body><h1>404 Not Found</h1></body></html>", 404, {"intuit_tid": "1-unrouted"}, "text/html")
