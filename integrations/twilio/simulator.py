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

from integrations.twilio.simulation import rest_accounts, rest_messages, rest_numbers
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
from integrations.twilio.simulation.handsets import Handsets
from integrations.twilio.simulation.incoming import Incoming
from integrations.twilio.simulation.rest import Endpoint, FrontDoor, resource_not_found
from integrations.twilio.simulation.rest_accounts import AccountsResource
from integrations.twilio.simulation.rest_available import available_numbers
from integrations.twilio.simulation.rest_calls import CallsResource
from integrations.twilio.simulation.rest_lookups import LookupsResource
from integrations.twilio.simulation.rest_messages import MessagesResource
from integrations.twilio.simulation.rest_numbers import NumbersResource
from integrations.twilio.simulation.rest_recordings import RecordingsResource
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
        *_message_routes(FrontDoor(world), messages),
        *_number_routes(FrontDoor(world), NumbersResource(world), LookupsResource(world)),
        *_account_routes(FrontDoor(world), AccountsResource(world)),
        *Control(world, Incoming(world, engine, messages)).routes(),
        *Handsets(world, engine).routes(),
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


def _message_routes(door: FrontDoor, messages: MessagesResource) -> list[Route]:
    create = door.endpoint(messages.create, operation="messages.create", known=rest_messages.CREATE)
    one = f"{ACCOUNT}/Messages/{{sid}}.json"
    return [
        _route(f"{ACCOUNT}/Messages.json", "POST", create),
        _route(f"{ACCOUNT}/Messages.json", "GET", door.endpoint(messages.list)),
        _route(one, "GET", door.endpoint(messages.fetch, operation="messages.fetch")),
        _route(one, "POST", door.endpoint(messages.update, known=rest_messages.UPDATE)),
        _route(one, "DELETE", door.endpoint(messages.delete)),
    ]


def _number_routes(door: FrontDoor, numbers: NumbersResource, lookups: LookupsResource) -> list[Route]:
    every, one = f"{ACCOUNT}/IncomingPhoneNumbers.json", f"{ACCOUNT}/IncomingPhoneNumbers/{{sid}}.json"
    return [
        _route(every, "GET", door.endpoint(numbers.list, operation="numbers.list")),
        _route(every, "POST", door.endpoint(numbers.create, operation="numbers.create", known=rest_numbers.CREATE)),
        _route(one, "GET", door.endpoint(numbers.fetch)),
        _route(one, "POST", door.endpoint(numbers.update, known=rest_numbers.UPDATE)),
        _route(one, "DELETE", door.endpoint(numbers.delete)),
        _route(
            f"{ACCOUNT}/AvailablePhoneNumbers/{{country}}/Local.json",
            "GET",
            door.endpoint(available_numbers(numbers.world), operation="numbers.search"),
        ),
        _route(f"{ACCOUNT}/OutgoingCallerIds.json", "GET", door.endpoint(numbers.caller_ids)),
        _route(f"{ACCOUNT}/OutgoingCallerIds/{{sid}}.json", "GET", door.endpoint(numbers.caller_id)),
        _route(
            "/lookups.twilio.com/v2/PhoneNumbers/{number}",
            "GET",
            door.endpoint(lookups.lookup, operation="lookups.fetch"),
        ),
    ]


def _account_routes(door: FrontDoor, accounts: AccountsResource) -> list[Route]:
    create = door.endpoint(accounts.create, operation="accounts.create", known=rest_accounts.CREATE)
    return [
        _route("/2010-04-01/Accounts.json", "POST", create),
        _route("/2010-04-01/Accounts.json", "GET", door.endpoint(accounts.list, operation="accounts.list")),
        _route(f"{ACCOUNT}.json", "GET", door.endpoint(accounts.fetch)),
        _route(f"{ACCOUNT}.json", "POST", door.endpoint(accounts.update, known=rest_accounts.UPDATE)),
    ]


def _route(path: str, method: str, endpoint: Endpoint) -> Route:
    return Route(path, endpoint, methods=[method])


async def _not_found(request: Request, _error: Exception) -> Response:
    return await resource_not_found(request)


async def _wrong_method(_request: Request, _error: Exception) -> Response:
    refusal = method_not_allowed()
    return JSONResponse(refusal.as_json(), refusal.status)
