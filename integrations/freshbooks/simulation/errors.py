"""The five shapes in which the vendor says no. One refusal, written in whichever shape its endpoint uses."""

from dataclasses import dataclass
from typing import Any, Literal

from integrations.simulation.call import Answer, json_answer

type Json = dict[str, Any]
type Style = Literal["old", "new"]

REQUIRED, ACCESS_DENIED, INVALID_VALUE, PARSE_ERROR = 1001, 1003, 1004, 1005
UNKNOWN_RESOURCE, INVALID_PER_PAGE, INVALID_PAGE = 1012, 1013, 1014
NOT_A_NUMBER, NOT_A_DATE = 1015, 1033
RPC_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 409: 10, 422: 3, 429: 8, 500: 13}


@dataclass
class Refused(Exception):
    """An accounting call refused: the vendor's number, the field it minds and what stood there."""

    errno: int
    message: str
    object: str = "request"
    field: str = ""
    value: str = ""
    status: int = 422


def missing(object: str, field: str) -> Refused:
    """A field that must be there is not."""
    return Refused(REQUIRED, "The field is required.", object, field)


def invalid(object: str, field: str, value: Any, why: str) -> Refused:
    """A field is there with something it cannot be."""
    return Refused(INVALID_VALUE, why, object, field, "" if value is None else str(value))


def not_found(object: str, field: str, value: Any) -> Refused:
    """errno 1012: there is none, or none any more."""
    name = object.replace("_", " ").capitalize()
    return Refused(UNKNOWN_RESOURCE, f"{name} not found.", object, field, str(value), 404)


def accounting(refused: Refused, style: Style, *, as_ok: bool = False) -> Answer:
    """The old style is a list of errnos and may come with HTTP 200; the newer one looks like gRPC and never does."""
    if style == "old":
        return json_answer({"response": {"errors": [_numbered(refused)]}}, 200 if as_ok else refused.status)
    if refused.status in (400, 422):
        return violation(refused.field or refused.object, refused.message, status=refused.status)
    details = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": str(refused.errno),
        "domain": "accounting.api.freshbooks.com",
        "metadata": {key: value for key, value in _numbered(refused).items() if key != "errno"},
    }
    return rpc(refused.status, f"Request failed with status_code: {refused.status}", [details])


def rpc(status: int, message: str, details: list[Json] | None = None) -> Answer:
    """The newer shape; its details may be empty."""
    return json_answer({"code": RPC_CODES.get(status, 2), "message": message, "details": details or []}, status)


def violation(field: str, description: str, *, status: int = 422) -> Answer:
    """The newer shape of a validation error: code 3 with what is wrong with which field."""
    details = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": field, "description": description}],
    }
    return rpc(status, "Invalid data in this request.", [details])


def authorization(error: str, description: str, status: int = 401) -> Answer:
    """The third shape: OAuth's, also where a token is missing or too weak."""
    return json_answer({"error": error, "error_description": description}, status)


def unauthenticated() -> Answer:
    """No token, or none that is good (any more)."""
    return authorization("unauthenticated", "This action requires authentication to continue.")


def invalid_grant() -> Answer:
    """A code or refresh token that is unknown, spent, too old, or sent from elsewhere: the vendor never says which."""
    why = (
        "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the "
        "authorization request, or was issued to another client."
    )
    return authorization("invalid_grant", why)


def invalid_client() -> Answer:
    """Not the credentials of a registered app."""
    return authorization("invalid_client", "Client authentication failed: unknown client or wrong secret.")


def missing_scope(scope: str) -> Answer:
    """A token that was never given this scope."""
    return authorization("insufficient_scope", f"The access token does not have the scope {scope}.", 403)


def events_unauthenticated() -> Answer:
    """The fourth shape: a bad token at the webhooks endpoints."""
    return events_error(401, "invalid_token: The request token failed to authenticate or validate.")


def events_error(status: int, message: str) -> Answer:
    """The fourth shape."""
    return json_answer({"errno": status, "message": message}, status)


def projects_not_found() -> Answer:
    """The fifth shape: projects, and every address nobody answers."""
    return json_answer({"error": "Requested resource could not be found."}, 404)


def throttled(retry_after: int | None) -> Answer:
    """429, with or without a hint when to come back."""
    answer = authorization("rate_limit_exceeded", "Too many requests. Slow down and try again.", 429)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def _numbered(refused: Refused) -> Json:
    return {
        "errno": refused.errno,
        "field": refused.field,
        "message": refused.message,
        "object": refused.object,
        "value": refused.value,
    }
