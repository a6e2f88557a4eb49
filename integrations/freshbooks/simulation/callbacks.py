"""`/events/account/{a}/events/callbacks`: register, prove the address is yours, ask again, take away."""

from urllib.parse import urlsplit

from integrations.freshbooks.simulation import lists
from integrations.freshbooks.simulation.callback_store import SCOPES, Json, noun_of
from integrations.freshbooks.simulation.errors import Refused, events_error, missing_scope, rpc, violation
from integrations.freshbooks.simulation.telling import verification
from integrations.freshbooks.simulation.times import zulu
from integrations.freshbooks.simulation.world import FreshBooksWorld
from integrations.simulation.call import Answer, Call, VendorRefusal, json_answer


def collection(world: FreshBooksWorld, call: Call) -> Answer:
    """GET a page of them, POST a new one."""
    match call.method:
        case "GET":
            return _page(world, call)
        case "POST":
            return _register(world, call)
    return events_error(405, "Method not allowed.")


def single(world: FreshBooksWorld, call: Call) -> Answer:
    """GET, PUT (verify or resend) or DELETE one."""
    id = call.path_params["id"]
    found = world.callbacks.get(call.account, id)
    if found is None:
        return rpc(404, "Requested resource could not be found.")
    match call.method:
        case "GET":
            return _shown(found)
        case "PUT":
            return _verify(world, call, found)
        case "DELETE":
            world.callbacks.remove(call.account, id)
            return Answer(204)
    return events_error(405, "Method not allowed.")


def _page(world: FreshBooksWorld, call: Call) -> Answer:
    for name, value in call.params:
        if name not in ("page", "per_page"):
            raise VendorRefusal(violation(name, f"Unrecognized parameter: {value}"))
    try:
        wanted = lists.which(call.params, "callback", world.settings.default_per_page)
    except Refused as refused:
        raise VendorRefusal(violation(refused.field, refused.message)) from None
    every = world.callbacks.all(call.account)
    shown = [_rendered(one) for one in lists.cut(every, wanted)]
    return json_answer({"response": {"result": {"callbacks": shown, **lists.numbers(len(every), wanted)}}})


def _register(world: FreshBooksWorld, call: Call) -> Answer:
    given = _body(call, {"event", "uri"})
    event, uri = given.get("event"), given.get("uri")
    noun = noun_of(event) if isinstance(event, str) else None
    if not isinstance(event, str) or noun is None:
        return violation("event", "Unrecognized event.")
    parts = urlsplit(uri) if isinstance(uri, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or len(parts.geturl()) > 255:
        return violation("uri", "Invalid uri.")
    scope = f"user:{SCOPES[noun]}:read"
    if scope not in call.extra["scopes"]:
        return missing_scope(scope)
    made = world.callbacks.add(call.account, event, parts.geturl(), zulu(world.clock.now()))
    world.hooks.tell(verification(call.account, made))
    return _shown(made)


def _verify(world: FreshBooksWorld, call: Call, callback: Json) -> Answer:
    given = _body(call, {"callback_id", "verifier", "resend"})
    if str(given.get("callback_id", callback["id"])) != str(callback["id"]):
        return violation("callback_id", "Does not match the callback of the address.")
    if given.get("resend") is True:
        world.hooks.tell(verification(call.account, callback))
        return _shown(callback)
    if given.get("verifier") != callback["verifier"]:
        return violation("verifier", "Verifier does not match.")
    callback |= {"verified": True, "updated_at": zulu(world.clock.now())}
    return _shown(callback)


def _body(call: Call, known: set[str]) -> Json:
    """Raises VendorRefusal."""
    if call.content_type != "application/json":
        raise VendorRefusal(violation("body", "Content-Type must be application/json.", status=400))
    try:
        whole = call.json()
    except ValueError:
        raise VendorRefusal(violation("body", "The request could not be parsed.", status=400)) from None
    given = whole.get("callback") if isinstance(whole, dict) and len(whole) == 1 else None
    if not isinstance(given, dict):
        raise VendorRefusal(violation("callback", "The field is required."))
    if unknown := sorted(set(given) - known):
        raise VendorRefusal(violation(unknown[0], "Unrecognized field."))
    return given


def _shown(callback: Json) -> Answer:
    return json_answer({"response": {"result": {"callback": _rendered(callback)}}})


def _rendered(callback: Json) -> Json:
    """The verifier is never shown: it only ever travels to the address itself."""
    return {
        "id": callback["id"],
        "callbackid": callback["id"],
        "verified": callback["verified"],
        "uri": callback["uri"],
        "event": callback["event"],
        "updated_at": callback["updated_at"],
    }
