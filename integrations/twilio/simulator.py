"""Twilio, simulated: REST, call engine, TwiML, ConversationRelay, and people who answer the phone.

Written from the vendor's documents alone. It holds its state in memory, is deterministic under its seed, and has a
control API under `/_sim`. Mount it anywhere; the vendor's sub-domains other than `api` are paths that begin with the
host's name, such as `/lookups.twilio.com/v2/...`.
"""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.twilio.simulation.checks import CREATE, UPDATE
from integrations.twilio.simulation.config import (
    AVA_ACCOUNT,
    RIVAL_ACCOUNT,
    SANDBOX_CAST,
    CastMember,
    Chaos,
    SharedKey,
    SimAccount,
    SimNumber,
    TwilioSimConfig,
)
from integrations.twilio.simulation.control import Control
from integrations.twilio.simulation.engine import CallEngine
from integrations.twilio.simulation.errors import method_not_allowed
from integrations.twilio.simulation.incoming import Incoming
from integrations.twilio.simulation.rest import Endpoint, FrontDoor, resource_not_found
from integrations.twilio.simulation.rest_calls import CallsResource
from integrations.twilio.simulation.rest_messages import CREATE as MESSAGE
from integrations.twilio.simulation.rest_messages import MessagesResource
from integrations.twilio.simulation.rest_others import NumbersResource, RecordingsResource
from integrations.twilio.simulation.world import World

__all__ = [
    "AVA_ACCOUNT",
    "RIVAL_ACCOUNT",
    "SANDBOX_CAST",
    "CastMember",
    "Chaos",
    "SharedKey",
    "SimAccount",
    "SimNumber",
    "TwilioSimConfig",
    "create_app",
]

ACCOUNT = "/2010-04-01/Accounts/{account}"


def create_app(config: TwilioSimConfig) -> Starlette:
    """The simulator as an ASGI application. `app.state.world.aclose()` ends everything that is under way."""
    world = World(config)
    engine = CallEngine(world)
    messages = MessagesResource(world)
    routes = [
        *_call_routes(FrontDoor(world), CallsResource(world, engine)),
        *_recording_routes(FrontDoor(world), RecordingsResource(world, engine.recorder)),
        *_other_routes(FrontDoor(world), messages, NumbersResource(world)),
        *Control(world, Incoming(world, engine, messages)).routes(),
    ]

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await world.aclose()

    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={404: _not_found, 405: _wrong_method},
    )
    app.state.world = world
    return app


def _call_routes(door: FrontDoor, calls: CallsResource) -> list[Route]:
    return [
        _route(f"{ACCOUNT}/Calls.json", "POST", door.endpoint(calls.create, operation="calls.create", known=CREATE)),
        _route(f"{ACCOUNT}/Calls.json", "GET", door.endpoint(calls.list, operation="calls.list")),
        _route(f"{ACCOUNT}/Calls/{{sid}}.json", "GET", door.endpoint(calls.fetch, operation="calls.fetch")),
        _route(
            f"{ACCOUNT}/Calls/{{sid}}.json", "POST", door.endpoint(calls.update, operation="calls.update", known=UPDATE)
        ),
        _route(f"{ACCOUNT}/Calls/{{sid}}.json", "DELETE", door.endpoint(calls.delete)),
    ]


def _recording_routes(door: FrontDoor, recordings: RecordingsResource) -> list[Route]:
    of_call = f"{ACCOUNT}/Calls/{{call}}/Recordings"
    media = recordings.media(door)
    return [
        _route(f"{of_call}.json", "GET", door.endpoint(recordings.list_of_call, operation="recordings.fetch")),
        _route(f"{of_call}/{{sid}}.json", "GET", door.endpoint(recordings.fetch_of_call, operation="recordings.fetch")),
        _route(f"{of_call}/{{sid}}.json", "POST", door.endpoint(recordings.update)),
        _route(f"{of_call}/{{sid}}.json", "DELETE", door.endpoint(recordings.delete)),
        _route(f"{ACCOUNT}/Recordings.json", "GET", door.endpoint(recordings.list, operation="recordings.fetch")),
        _route(
            f"{ACCOUNT}/Recordings/{{sid}}.json", "GET", door.endpoint(recordings.fetch, operation="recordings.fetch")
        ),
        _route(f"{ACCOUNT}/Recordings/{{sid}}.json", "DELETE", door.endpoint(recordings.delete)),
        _route(f"{ACCOUNT}/Recordings/{{sid}}.{{extension}}", "GET", media),
        _route(f"{ACCOUNT}/Recordings/{{sid}}", "GET", media),
    ]


def _other_routes(door: FrontDoor, messages: MessagesResource, numbers: NumbersResource) -> list[Route]:
    return [
        _route(
            f"{ACCOUNT}/Messages.json",
            "POST",
            door.endpoint(messages.create, operation="messages.create", known=MESSAGE),
        ),
        _route(f"{ACCOUNT}/Messages.json", "GET", door.endpoint(messages.list)),
        _route(f"{ACCOUNT}/Messages/{{sid}}.json", "GET", door.endpoint(messages.fetch, operation="messages.fetch")),
        _route(f"{ACCOUNT}/IncomingPhoneNumbers.json", "GET", door.endpoint(numbers.incoming)),
        _route(f"{ACCOUNT}/IncomingPhoneNumbers/{{sid}}.json", "POST", door.endpoint(numbers.point)),
        _route(f"{ACCOUNT}/OutgoingCallerIds.json", "GET", door.endpoint(numbers.outgoing)),
        _route(
            "/lookups.twilio.com/v2/PhoneNumbers/{number}",
            "GET",
            door.endpoint(numbers.lookup, operation="lookups.fetch"),
        ),
    ]


def _route(path: str, method: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=[method])


async def _not_found(request: Request, _error: Exception) -> Response:
    return await resource_not_found(request)


async def _wrong_method(_request: Request, _error: Exception) -> Response:
    refusal = method_not_allowed()
    return JSONResponse(refusal.as_json(), refusal.status)
