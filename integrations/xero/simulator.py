"""A simulated Xero: identity server, accounting API, webhooks and a control API, as one Starlette app.

Mount it anywhere, or serve it alone; the addresses of Xero's several hosts are told apart by their paths.
"""

from html import escape
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations.simulation import consent
from integrations.simulation.app import simulator
from integrations.simulation.books import NotThere
from integrations.simulation.call import Answer, Call, dump, html_answer
from integrations.simulation.door import Door
from integrations.xero.simulation import answers, gate, oauth, service
from integrations.xero.simulation.config import BROAD_SCOPES, SCOPES, XeroSimConfig
from integrations.xero.simulation.documents import standing
from integrations.xero.simulation.webhooks import prove_intent
from integrations.xero.simulation.world import AGENCY, KINDS, LAW_FIRM, XeroWorld

__all__ = ["AGENCY", "BROAD_SCOPES", "KINDS", "LAW_FIRM", "SCOPES", "XeroSimConfig", "create_app"]


def create_app(config: XeroSimConfig | None = None) -> Starlette:
    """The simulator with its own world. Base URLs: /identity/connect and /connect (OAuth), /connections, /api.xro/2.0."""
    world = XeroWorld(config or XeroSimConfig())
    door: Door[XeroWorld] = Door(world, around=gate.admitted)

    async def intent(_request: Request) -> Response:
        """POST /_sim/webhooks/intent: prove again that the receiver checks signatures."""
        if not world.settings.webhook_url:
            return Response(dump({"error": "there is no webhook url"}), 400, media_type="application/json")
        found = await prove_intent(world)
        door.keeper.changed()
        return Response(dump(found), media_type="application/json")

    every = ["GET", "POST", "PUT", "DELETE", "PATCH"]
    routes = [
        Route("/identity/connect/authorize", door.endpoint(oauth.authorize, api=False), methods=["GET", "POST"]),
        Route("/connect/token", door.endpoint(oauth.token, api=False), methods=["POST"]),
        Route("/connect/revocation", door.endpoint(oauth.revoke, api=False), methods=["POST"]),
        *(
            route
            for name in ("connections", "Connections")
            for route in (
                Route(f"/{name}", door.endpoint(oauth.connections, api=False), methods=["GET"]),
                Route(f"/{name}/{{id}}", door.endpoint(oauth.end_connection, api=False), methods=["DELETE"]),
            )
        ),
        Route("/api.xro/2.0/{rest:path}", door.endpoint(service.serve), methods=every),
        Route("/in/{code}", door.endpoint(online_invoice, api=False), methods=["GET"]),
        Route("/_sim/webhooks/intent", intent, methods=["POST"]),
    ]
    return simulator(door, routes, nothing_here=answers.not_found())


def online_invoice(world: XeroWorld, call: Call) -> Answer:
    """The page a customer pays on: it shows what is due."""
    code = call.path_params["code"]
    try:
        tenant, id = str(UUID(code[:32])), str(UUID(code[32:]))
        books = world.organisation(tenant)
        one = books.invoice(id)
    except (ValueError, NotThere):
        return html_answer(consent.frame(world.vendor, "This invoice is not available", ""), 404)
    due = f"{standing(books, one).due} {one.currency}"
    inner = f"<p>{escape(books.name)}</p><p><strong>{escape(due)}</strong> due</p>"
    return html_answer(consent.frame(world.vendor, f"Invoice {one.number}", inner))
