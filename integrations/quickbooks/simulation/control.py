"""The control API: how tests and the sandbox page move the simulated world. JSON in, JSON out; never the vendor's."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations.quickbooks.simulation import control_books
from integrations.quickbooks.simulation.answers import ApiFault, Json, dump
from integrations.quickbooks.simulation.config import QuickBooksSimConfig
from integrations.quickbooks.simulation.hooks import OPERATIONS
from integrations.quickbooks.simulation.keeping import Keeper
from integrations.quickbooks.simulation.oauth import mask
from integrations.quickbooks.simulation.typed import fitting
from integrations.quickbooks.simulation.wanted import Wanted, WrongRequestError
from integrations.quickbooks.simulation.world import World

WEBHOOK_SETTINGS = {
    "url": "webhook_url",
    "format": "webhook_format",
    "verifier_token": "verifier_token",
    "batch_seconds": "webhook_batch_seconds",
    "retry_scale": "webhook_retry_scale",
    "repeat": "webhook_repeat",
    "delay_seconds": "webhook_delay_seconds",
}
SECRETS = ("client_secret", "verifier_token")

type Act = Callable[[World, Wanted], Any]


def routes(world: World, keeper: Keeper) -> list[Route]:
    """Everything under /_sim."""
    acts: list[tuple[str, str, Act]] = [
        ("GET", "/_sim/clock", lambda world, wanted: _clock(world)),
        ("POST", "/_sim/clock", _set_clock),
        ("POST", "/_sim/reset", _reset),
        ("GET", "/_sim/settings", lambda world, wanted: _settings(world)),
        ("POST", "/_sim/settings", _change_settings),
        ("GET", "/_sim/faults", lambda world, wanted: {"faults": world.trouble.state()}),
        ("POST", "/_sim/faults", _add_fault),
        ("DELETE", "/_sim/faults", _clear_faults),
        ("GET", "/_sim/requests", _requests),
        ("DELETE", "/_sim/requests", _clear_requests),
        ("GET", "/_sim/webhooks", lambda world, wanted: _webhooks(world)),
        ("POST", "/_sim/webhooks", _set_webhooks),
        ("POST", "/_sim/webhooks/again", _deliver_again),
        ("POST", "/_sim/webhooks/event", _tell),
        ("GET", "/_sim/connections", lambda world, wanted: {"connections": world.oauth.state()}),
        ("POST", "/_sim/connections", lambda world, wanted: world.oauth.grant(wanted.company(world).realm)),
        ("POST", "/_sim/disconnect", _disconnect),
        ("POST", "/_sim/expire", _expire),
        *control_books.ACTS,
    ]
    return [Route(path, _endpoint(world, keeper, act), methods=[method]) for method, path, act in acts]


def _endpoint(world: World, keeper: Keeper, act: Act) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            wanted = Wanted.read(await request.body(), {**request.query_params, **request.path_params})
            async with world.lock:
                found = act(world, wanted)
                wanted.all_known()
        except (ValueError, ApiFault) as problem:
            return Response(dump({"error": str(problem)}), 400, media_type="application/json")
        if request.method != "GET":
            keeper.changed()
        return Response(dump(found), media_type="application/json")

    return endpoint


def _clock(world: World) -> Json:
    return {"offset_seconds": world.clock.offset_seconds, "now": world.clock.now().isoformat()}


def _set_clock(world: World, wanted: Wanted) -> Json:
    world.clock.offset_seconds = float(wanted.number("offset_seconds"))
    return _clock(world)


def _reset(world: World, wanted: Wanted) -> Json:
    world.reset(keep_connections=wanted.flag("keep_connections", default=False))
    return {"companies": list(world.companies)}


def _settings(world: World) -> Json:
    found = asdict(world.settings)
    return {**found, **{name: mask(found[name]) for name in SECRETS}}


def _change_settings(world: World, wanted: Wanted) -> Json:
    world.change_settings(**fitting(QuickBooksSimConfig, wanted.rest()))
    return _settings(world)


def _add_fault(world: World, wanted: Wanted) -> Json:
    return dict(vars(world.trouble.add(wanted.rest())))


def _clear_faults(world: World, _wanted: Wanted) -> Json:
    world.trouble.rules.clear()
    return {"faults": []}


def _requests(world: World, wanted: Wanted) -> Json:
    found = world.journal.entries(path=wanted.text("path", ""), realm=wanted.text("realm", ""))
    return {"requests": found, "limits": world.limits.state()}


def _clear_requests(world: World, _wanted: Wanted) -> Json:
    world.journal.clear()
    return {"requests": []}


def _webhooks(world: World) -> Json:
    settings = _settings(world)
    shown = {short: settings[name] for short, name in WEBHOOK_SETTINGS.items()}
    return {"settings": shown, **world.hooks.state()}


def _set_webhooks(world: World, wanted: Wanted) -> Json:
    given = wanted.rest()
    if given.pop("on", True) is False:
        given["url"] = None
    if unknown := set(given) - set(WEBHOOK_SETTINGS):
        raise WrongRequestError(
            f"unknown: {', '.join(sorted(unknown))}; webhooks take on, {', '.join(WEBHOOK_SETTINGS)}"
        )
    changes = {WEBHOOK_SETTINGS[name]: value for name, value in given.items()}
    world.change_settings(**fitting(QuickBooksSimConfig, changes))
    world.hooks.poke()
    return _webhooks(world)


def _deliver_again(world: World, wanted: Wanted) -> Json:
    number = int(wanted.number("number"))
    if not world.hooks.again(number):
        raise WrongRequestError(f"there is no delivery {number}")
    return _webhooks(world)


def _tell(world: World, wanted: Wanted) -> Json:
    operation = wanted.text("operation")
    if operation not in OPERATIONS:
        raise WrongRequestError(f"operation must be one of {', '.join(OPERATIONS)}")
    deleted = wanted.text("deleted_id", "") or None
    realm = wanted.company(world).realm
    world.hooks.tell(realm, wanted.entity(), wanted.text("id"), operation, deleted)
    return _webhooks(world)


def _disconnect(world: World, wanted: Wanted) -> Json:
    return {"ended": world.oauth.disconnect(wanted.company(world).realm)}


def _expire(world: World, wanted: Wanted) -> Json:
    return {"expired": world.oauth.expire_access(wanted.company(world).realm)}
