"""The control API under /_sim: how tests and the sandbox page move a simulated world. The same for every vendor."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations.simulation.acts import act, counts, fill, lay_odd
from integrations.simulation.call import JSON_TYPE, Json, dump
from integrations.simulation.keeping import Keeper
from integrations.simulation.tokens import Grant, mask
from integrations.simulation.wanted import Wanted, WrongRequest
from integrations.simulation.world import World

WEBHOOK_SETTINGS = {
    "url": "webhook_url",
    "key": "webhook_key",
    "on": "webhook_on",
    "repeat": "webhook_repeat",
    "delay_seconds": "webhook_delay_seconds",
    "retry_scale": "webhook_retry_scale",
    "batch_seconds": "webhook_batch_seconds",
    "shuffle": "webhook_shuffle",
    "wrong_signature": "webhook_wrong_signature",
}

type Act = Callable[[World[Any], Wanted], Any]


def routes(world: World[Any], keeper: Keeper) -> list[Route]:
    """Everything under /_sim."""
    acts: list[tuple[str, str, Act]] = [
        ("GET", "clock", lambda world, wanted: _clock(world)),
        ("POST", "clock", _set_clock),
        ("POST", "reset", _reset),
        ("GET", "settings", lambda world, wanted: _settings(world)),
        ("POST", "settings", _change_settings),
        ("GET", "faults", lambda world, wanted: _faults(world)),
        ("POST", "faults", lambda world, wanted: dict(vars(world.trouble.add(**wanted.rest())))),
        ("DELETE", "faults", _clear_faults),
        ("GET", "requests", _requests),
        ("DELETE", "requests", _clear_requests),
        ("GET", "webhooks", lambda world, wanted: _webhooks(world)),
        ("POST", "webhooks", _set_webhooks),
        ("POST", "webhooks/again", _deliver_again),
        ("GET", "connections", lambda world, wanted: {"connections": world.tokens.state()}),
        ("POST", "connections", _connect),
        ("POST", "disconnect", _disconnect),
        ("POST", "expire", _expire),
        ("GET", "companies", lambda world, wanted: _companies(world)),
        ("GET", "books/{account:path}", lambda world, wanted: counts(_books(world, wanted))),
        ("GET", "truth/{account:path}", lambda world, wanted: _books(world, wanted).truth()),
        ("POST", "fill/{account:path}", lambda world, wanted: fill(world, _books(world, wanted), wanted)),
        ("POST", "act/{account:path}/{verb}", lambda world, wanted: act(_books(world, wanted), wanted)),
        ("POST", "odd/{account:path}", lambda world, wanted: lay_odd(_books(world, wanted), wanted)),
    ]
    return [Route(f"/_sim/{path}", _endpoint(world, keeper, one), methods=[method]) for method, path, one in acts]


def _endpoint(world: World[Any], keeper: Keeper, work: Act) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            wanted = Wanted.read(await request.body(), {**request.query_params, **request.path_params})
            async with world.lock:
                found = work(world, wanted)
                wanted.all_known()
        except (ValueError, LookupError, TypeError) as problem:
            return Response(dump({"error": str(problem)}), 400, media_type=JSON_TYPE)
        if request.method != "GET":
            keeper.changed()
        return Response(dump(found), media_type=JSON_TYPE)

    return endpoint


def _books(world: World[Any], wanted: Wanted) -> Any:
    return world.books(wanted.text("account"))


def _clock(world: World[Any]) -> Json:
    return {"offset_seconds": world.clock.offset_seconds, "now": world.clock.now()}


def _set_clock(world: World[Any], wanted: Wanted) -> Json:
    world.clock.offset_seconds = float(wanted.number("offset_seconds"))
    return _clock(world)


def _reset(world: World[Any], wanted: Wanted) -> Json:
    world.reset(keep_connections=wanted.flag("keep_connections", default=False))
    return _companies(world)


def _settings(world: World[Any]) -> Json:
    return {name: _masked(name, value) for name, value in asdict(world.settings).items()}


def _masked(name: str, value: Any) -> Any:
    return mask(value) if isinstance(value, str) and name.endswith(("_secret", "_key", "_token")) else value


def _change_settings(world: World[Any], wanted: Wanted) -> Json:
    world.change_settings(**wanted.rest())
    world.hooks.poke()
    return _settings(world)


def _faults(world: World[Any]) -> Json:
    return {"faults": world.trouble.state(), "kinds": world.trouble.kinds}


def _clear_faults(world: World[Any], _wanted: Wanted) -> Json:
    world.trouble.clear()
    return _faults(world)


def _requests(world: World[Any], wanted: Wanted) -> Json:
    return {"requests": world.journal.entries(path=wanted.text("path", ""), account=wanted.text("account", ""))}


def _clear_requests(world: World[Any], _wanted: Wanted) -> Json:
    world.journal.clear()
    return {"requests": []}


def _webhooks(world: World[Any]) -> Json:
    settings = _settings(world)
    return {"settings": {short: settings[name] for short, name in WEBHOOK_SETTINGS.items()}, **world.hooks.state()}


def _set_webhooks(world: World[Any], wanted: Wanted) -> Json:
    given = wanted.rest()
    if unknown := set(given) - set(WEBHOOK_SETTINGS):
        raise WrongRequest(f"unknown: {', '.join(sorted(unknown))}; webhooks take {', '.join(WEBHOOK_SETTINGS)}")
    world.change_settings(**{WEBHOOK_SETTINGS[name]: value for name, value in given.items()})
    world.hooks.poke()
    return _webhooks(world)


def _deliver_again(world: World[Any], wanted: Wanted) -> Json:
    number = int(wanted.number("number"))
    if not world.hooks.again(number):
        raise WrongRequest(f"there is no delivery {number}")
    return _webhooks(world)


def _connect(world: World[Any], wanted: Wanted) -> Json:
    """`account`, or `accounts` for a grant of several; `scopes` as the vendor's own when not given."""
    several, one = wanted.texts("accounts", []), wanted.text("account", "")
    accounts = several or ([one] if one else list(world.companies)[:1])
    for account in accounts:
        if account not in world.companies:
            raise WrongRequest(f"there is no company {account}; there are {', '.join(world.companies)}")
    scopes = wanted.texts("scopes", sorted(world.SCOPES))
    return _tokens(world.tokens.grant(accounts, scopes, user=wanted.text("user", "owner")))


def _tokens(grant: Grant) -> Json:
    return {
        "account": grant.accounts[0],
        "accounts": grant.accounts,
        "scopes": sorted(grant.scopes),
        "user": grant.user,
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "access_expires_at": grant.access_expires_at,
        "refresh_expires_at": grant.refresh_expires_at,
        "extra": grant.extra,
    }


def _disconnect(world: World[Any], wanted: Wanted) -> Json:
    account = _books(world, wanted).account
    ended = world.tokens.revoke_account(account)
    world.disconnected(account)
    return {"ended": ended}


def _expire(world: World[Any], wanted: Wanted) -> Json:
    access, refresh = wanted.flag("access", default=False), wanted.flag("refresh", default=False)
    if not access and not refresh:
        raise WrongRequest("say access: true, refresh: true or both")
    return {"expired": world.tokens.expire(wanted.text("account", ""), access=access, refresh=refresh)}


def _companies(world: World[Any]) -> Json:
    return {"companies": [{"account": account, "name": name} for account, name in world.companies.names()]}
