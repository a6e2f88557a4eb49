"""The data service: checks what we send as strictly as the vendor, then queries, reads, writes, captures changes."""

from collections.abc import Callable

from integrations.quickbooks.simulation import changes, objects
from integrations.quickbooks.simulation.answers import (
    Answer,
    ApiFault,
    GatewayFault,
    Json,
    data_answer,
    not_authorized,
    token_expired,
)
from integrations.quickbooks.simulation.bodies import invalid_request, missing
from integrations.quickbooks.simulation.books import Books
from integrations.quickbooks.simulation.query import Statement, parse
from integrations.quickbooks.simulation.search import entity_named, field_named, select
from integrations.quickbooks.simulation.traffic import Call
from integrations.quickbooks.simulation.world import World

LOWEST_MINOR_VERSION = 75
PARAMETERS = {
    "query": {"query"},
    "cdc": {"entities", "changedsince"},
    "read": {"include"},
    "write": {"operation", "include"},
    "company": set[str](),
}


def authorize(world: World, call: Call) -> None:
    """Raises 401 without a living access token, 403 where the token belongs to another company."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    realm = world.oauth.realm_of(token) if scheme.lower() == "bearer" else None
    if realm is None:
        raise token_expired()
    if realm != call.realm or realm not in world.companies:
        raise not_authorized()


def locate(call: Call, rest: str) -> None:
    """Write on the call what it is about, for faults on demand and the log."""
    parts = rest.split("/")
    if parts[0] == "query":
        words = call.statement().split()
        lowered = [word.lower() for word in words]
        if "from" in lowered[:-1]:
            call.entities = (words[lowered.index("from") + 1],)
    elif parts[0] == "cdc":
        call.entities = tuple(name.strip() for name in call.params.get("entities", "").split(","))
    else:
        call.entities = (objects.READABLE.get(parts[0], parts[0]),)
        call.object_id = parts[1] if len(parts) > 1 else None


def serve(world: World, call: Call, rest: str) -> Answer:
    """The answer to a call that was let in. Raises the vendor's faults."""
    books = world.books(call.realm)
    handler = _handler(call, rest)
    key = objects.request_key(call)
    if key is not None and key in world.answered:
        call.notes.append("requestid seen before: answered as the first time")
        return world.answered[key]
    body = _without_currency(handler(world, books)) if not world.settings.currency_ref else handler(world, books)
    answer = data_answer(body, world.clock, as_json=call.wants_json)
    if not call.wants_json:
        call.notes.append("Accept does not ask for application/json: answered in XML")
    if key is not None:
        world.answered[key] = answer
    return answer


def check_minorversion(world: World, call: Call) -> None:
    """75 is the lowest version still served; a lower one is served as 75, or refused by setting."""
    given = _parameters(call).get("minorversion")
    if given is not None and not (given.isascii() and given.isdigit()):
        raise invalid_request(f"minorversion {given!r} is not a number", element="minorversion")
    if given is not None and int(given) >= LOWEST_MINOR_VERSION:
        return
    if world.settings.refuse_old_minorversion:
        raise invalid_request(f"minorversion {given} is no longer supported", element="minorversion")
    call.notes.append(f"minorversion {given or 'missing'}: served as {LOWEST_MINOR_VERSION}")


type Handler = Callable[[World, Books], Json]


def _handler(call: Call, rest: str) -> Handler:
    """Which part answers. Unknown paths, methods, parameters and content types are faults."""
    parts = rest.strip("/").split("/")
    match call.method, parts:
        case (("GET" | "POST"), ["query"]):
            _check(call, "query", content_type="application/text")
            return lambda world, books: _query(books, call)
        case "GET", ["cdc"]:
            _check(call, "cdc")
            given = _parameters(call)
            return lambda world, books: changes.capture(books, given.get("entities"), given.get("changedsince"))
        case "GET", ["companyinfo", identity]:
            _check(call, "company")
            return lambda world, books: {"CompanyInfo": _company(books, identity)}
        case "GET", ["preferences"]:
            _check(call, "company")
            return lambda world, books: {"Preferences": books.preferences}
        case "GET", [name, identity] if name in objects.READABLE:
            _check(call, "read")
            entity = objects.READABLE[name]
            return lambda world, books: objects.read(books, entity, identity, call, public_url=_public_url(world, call))
        case "POST", [name] if name in objects.WRITABLE:
            _check(call, "write", content_type="application/json")
            return lambda world, books: objects.write(
                books, objects.WRITABLE[name], call, old_amounts=world.settings.void_answers_with_old_amounts
            )
    raise objects.unsupported(f"{call.method} {rest}")


def _check(call: Call, kind: str, *, content_type: str | None = None) -> None:
    allowed = PARAMETERS[kind] | {"minorversion", "requestid"}
    for name in call.params:
        if name.lower() not in allowed:
            raise invalid_request(f"Query parameter {name} is not supported here", element=name)
    if call.method == "POST" and call.content_type != content_type:
        detail = f"Content-Type {call.content_type or 'missing'} is not supported; send {content_type}"
        raise ApiFault("2010", "Unsupported Media Type", detail)


def _parameters(call: Call) -> dict[str, str]:
    return {name.lower(): value for name, value in call.params.items()}


def _query(books: Books, call: Call) -> Json:
    text = call.statement()
    if not text.strip():
        raise missing("query")
    statement = parse(text)
    entity = entity_named(statement.entity)
    if entity in ("CompanyInfo", "Preferences"):
        return {"QueryResponse": _single(books, entity, statement)}
    return {"QueryResponse": select(books.tables[entity], entity, statement)}


def _single(books: Books, entity: str, statement: Statement) -> Json:
    """What a company has exactly one of."""
    for condition in statement.where:
        field_named(entity, condition.field)
    if statement.count:
        return {"totalCount": 1}
    return {entity: [books.company if entity == "CompanyInfo" else books.preferences], "maxResults": 1}


def _company(books: Books, identity: str) -> Json:
    if identity != books.realm:
        raise GatewayFault(
            403,
            "3100",
            "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
            kind="AUTHORIZATION",
        )
    return books.company


def _public_url(world: World, call: Call) -> str:
    return (world.settings.public_url or call.base_url).rstrip("/")


def _without_currency(body: Json) -> Json:
    """The same objects as books without multicurrency may show them."""
    return {name: _bare(value) for name, value in body.items()}


def _bare(value: object) -> object:
    if isinstance(value, dict):
        return {name: _bare(one) for name, one in value.items() if name != "CurrencyRef"}
    if isinstance(value, list):
        return [_bare(one) for one in value]
    return value
