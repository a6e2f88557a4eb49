"""The data API of one data center: what is asked, by whom, of which organization, how often; then the work."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal

from integrations.simulation.call import Answer, Call, json_answer
from integrations.simulation.limits import Busy
from integrations.simulation.tokens import Grant, TokenError
from integrations.zoho.simulation import answers
from integrations.zoho.simulation.answers import invalid_value, not_authorized, wrong_token
from integrations.zoho.simulation.config import DATA_CENTERS
from integrations.zoho.simulation.endpoints import ENDPOINTS, Endpoint
from integrations.zoho.simulation.organizations import of_user
from integrations.zoho.simulation.visit import Visit
from integrations.zoho.simulation.world import ZohoWorld

SCHEMES = ("zoho-oauthtoken", "bearer")


@dataclass(frozen=True)
class _Route:
    pattern: re.Pattern[str]
    endpoint: Endpoint


ROUTES = [
    _Route(re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", one.path)), one)
    # A path of fixed words wins over one with an id at the same place.
    for one in sorted(ENDPOINTS, key=lambda one: one.path.count("{"))
]


@contextmanager
def admitted(world: ZohoWorld, call: Call) -> Iterator[None]:
    """One call from the token to the limits. Raises the vendor's refusal."""
    endpoint, ids = locate(call)
    grant = authorize(world, call)
    if not allowed(grant, endpoint.scope):
        raise not_authorized()
    account = _organization(world, call, grant, ids) if endpoint.of_organization else ""
    call.account = account
    _check_parameters(call, endpoint)
    view = None
    with ExitStack() as stack:
        key = account or grant.user
        try:
            stack.enter_context(world.in_process.place(key))
        except Busy:
            raise answers.too_many_at_once() from None
        if world.minute.take(key) is not None:
            raise answers.too_many_a_minute()
        if account:
            view = world.view(account)
            _count_day(world, account)
        visit = Visit(world, call, grant, call.path_params["data_center"], ids, view)
        call.extra["visit"], call.extra["endpoint"] = visit, endpoint
        yield


def serve(world: ZohoWorld, call: Call) -> Answer:
    """The work itself, once admitted."""
    endpoint: Endpoint = call.extra["endpoint"]
    answer = endpoint.work(call.extra["visit"])
    if world.settings.ids_as_integers:
        whole = answers.with_whole_ids(json.loads(answer.body, parse_float=Decimal))
        return json_answer(whole, answer.status, headers=answer.headers)
    return answer


def locate(call: Call) -> tuple[Endpoint, dict[str, str]]:
    """The endpoint of a path and the ids in it. Raises 404, or 405 where only the method is wrong."""
    path = f"/{call.path_params['rest']}"
    if call.path_params["data_center"] not in DATA_CENTERS:
        raise answers.no_such_url()
    known = False
    for route in ROUTES:
        if found := route.pattern.fullmatch(path):
            known = True
            if route.endpoint.method == call.method:
                return route.endpoint, found.groupdict()
    raise answers.no_such_method(call.method) if known else answers.no_such_url()


def authorize(world: ZohoWorld, call: Call) -> Grant:
    """Whose token it is. One of another data center is as good as none."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() not in SCHEMES or not token.strip():
        raise wrong_token()
    try:
        grant = world.tokens.grant_of(token.strip())
    except TokenError as problem:
        call.notes.append(f"token {problem.reason}")
        raise not_authorized() from None
    if grant.extra["data_center"] != call.path_params["data_center"]:
        call.notes.append("token of another data center")
        raise not_authorized()
    return grant


def allowed(grant: Grant, scope: str) -> bool:
    """Whether the grant has the scope, its module whole, or everything."""
    return bool({scope, f"{scope.rpartition('.')[0]}.ALL", "ZohoBooks.fullaccess.all"} & grant.scopes)


def _organization(world: ZohoWorld, call: Call, grant: Grant, ids: dict[str, str]) -> str:
    given = ids.get("organization_id") or call.param("organization_id")
    if not given:
        raise invalid_value("organization_id")
    if given in world.settings.left_organizations or given not in [one.id for one in of_user(grant.user)]:
        call.notes.append(f"the user does not belong to organization {given}")
        raise not_authorized()
    return given


def _check_parameters(call: Call, endpoint: Endpoint) -> None:
    for name, _ in call.params:
        if name != "organization_id" and name not in endpoint.parameters:
            raise invalid_value(name)


def _count_day(world: ZohoWorld, account: str) -> None:
    day = world.day_of(account)
    if world.days[day] >= world.settings.calls_per_day:
        raise answers.too_many_a_day(world.settings.calls_per_day)
    world.days[day] += 1
