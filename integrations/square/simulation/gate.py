"""What every call of the API passes: token, seller, API version, rate limit; then the scopes of the endpoint."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from integrations.simulation.call import Answer, Call, json_answer
from integrations.simulation.tokens import TokenError
from integrations.square.simulation.config import NEWEST_API_VERSION
from integrations.square.simulation.errors import AUTHENTICATION, INVALID, MADE_ON_DEMAND, RATE_LIMIT, bad, refusal
from integrations.square.simulation.values import uid
from integrations.square.simulation.world import SquareWorld

type Work = Callable[[SquareWorld, Call], Answer]

EVENTS_PATH = "/v2/events"
MOST_ANSWERED = 2000
"""Idempotency keys remembered, the newest."""
REASONS = {"expired": "expired", "revoked": "revoked"}


@contextmanager
def around(world: SquareWorld, call: Call) -> Iterator[None]:
    """Before every API call: who asks, in which version, and how often."""
    authenticate(world, call)
    check_version(call)
    check_pace(world, call)
    yield


def authenticate(world: SquareWorld, call: Call) -> None:
    """Set the seller and the scopes of the token. Raises 401."""
    if call.path == EVENTS_PATH and call.bearer and call.bearer == world.settings.application_token:
        call.extra["scopes"] = set()
        return
    try:
        grant = world.tokens.grant_of(call.bearer)
        if call.bearer in grant.extra.get("revoked", []):
            raise TokenError("revoked", grant)
    except TokenError as problem:
        status, category, code, words = MADE_ON_DEMAND[REASONS.get(problem.reason, "unauthorized")]
        raise refusal(status, category, code, words) from None
    call.account = grant.accounts[0]
    call.extra["scopes"] = world.scopes_of(grant, call.bearer)


def check_version(call: Call) -> None:
    """The Square-Version header is a date, and not one to come."""
    wanted = call.headers.get("square-version")
    if wanted is None:
        return
    if not re.fullmatch(r"20\d\d-\d\d-\d\d", wanted):
        raise bad("INVALID_SQUARE_VERSION_FORMAT", f"`{wanted}` is not a Square version.")
    if wanted > NEWEST_API_VERSION:
        raise bad("API_VERSION_INCOMPATIBLE", f"There is no Square version {wanted}.")


def check_pace(world: SquareWorld, call: Call) -> None:
    """Raises 429 where the seller's token asks too often."""
    if world.pace.take(call.account) is None:
        return
    seconds = world.settings.rate_limit_retry_after
    headers = {"Retry-After": str(seconds)} if seconds is not None else None
    words = MADE_ON_DEMAND["throttled"][3]
    raise refusal(429, RATE_LIMIT, "RATE_LIMITED", words, headers=headers)


def needs(scopes: str, work: Work) -> Work:
    """The work for tokens with all of these scopes (parted by spaces) only."""
    wanted = set(scopes.split())

    def checked(world: SquareWorld, call: Call) -> Answer:
        if missing := wanted - call.extra["scopes"]:
            words = f"The merchant has not given your application sufficient permissions: {', '.join(sorted(missing))}."
            raise refusal(403, AUTHENTICATION, "INSUFFICIENT_SCOPES", words)
        return work(world, call)

    return checked


def by_method(**works: Work) -> Work:
    """One path, several methods; others are 405."""

    def chosen(world: SquareWorld, call: Call) -> Answer:
        if call.method not in works:
            raise refusal(405, INVALID, "METHOD_NOT_ALLOWED", f"{call.method} is not allowed here.")
        return works[call.method](world, call)

    return chosen


def once(
    world: SquareWorld, call: Call, body: dict[str, Any], work: Callable[[], Any], *, longest: int = 128
) -> Answer:
    """The same key and body get the same answer, the same key with another body is refused; no key, no promise.

    Only good answers are remembered, so a refused request can be put right under its own key.
    """
    key = body.get("idempotency_key", "")
    if not isinstance(key, str):
        raise bad("EXPECTED_STRING", "Expected a string value.", field="idempotency_key")
    if len(key) > longest:
        words = f"Field must not be greater than {longest} in length."
        raise bad("VALUE_TOO_LONG", words, field="idempotency_key")
    if not key:
        return json_answer(work())
    answered = world.own.setdefault("answered", {})
    place = "|".join((call.account, call.method, call.path, key))
    digest = uid(json.dumps(body, sort_keys=True, default=str))
    if place in answered:
        if answered[place]["digest"] != digest:
            words = "The idempotency key can only be retried with the same request data."
            raise bad("IDEMPOTENCY_KEY_REUSED", words, field="idempotency_key")
        call.notes.append("answered from its idempotency key")
        return Answer(200, answered[place]["body"].encode())
    answer = json_answer(work())
    answered[place] = {"digest": digest, "body": answer.body.decode()}
    for oldest in list(answered)[:-MOST_ANSWERED]:
        del answered[oldest]
    return answer


def check_object_version(world: SquareWorld, given: int | None, current: int, *, field: str = "version") -> None:
    """Optimistic locking. Raises the version error of the settings."""
    if given is None:
        raise bad("MISSING_REQUIRED_PARAMETER", "Field must be set.", field=field)
    if given == current:
        return
    words = f"The object was changed meanwhile: its version is {current}, not {given}."
    match world.settings.version_error:
        case "400":
            raise bad("VERSION_MISMATCH", words, field=field)
        case "409":
            raise refusal(409, INVALID, "VERSION_MISMATCH", words, field=field)
        case "conflict":
            raise refusal(409, INVALID, "CONFLICT", words, field=field)
