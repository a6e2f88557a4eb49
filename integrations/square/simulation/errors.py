"""Square's errors: always {"errors": [{category, code, detail, field}]}."""

from typing import Any

from integrations.simulation.call import Answer, VendorRefusal, json_answer

INVALID, AUTHENTICATION, API = "INVALID_REQUEST_ERROR", "AUTHENTICATION_ERROR", "API_ERROR"
RATE_LIMIT, REFUND = "RATE_LIMIT_ERROR", "REFUND_ERROR"

MADE_ON_DEMAND: dict[str, tuple[int, str, str, str]] = {
    "expired": (401, AUTHENTICATION, "ACCESS_TOKEN_EXPIRED", "The provided access token has expired."),
    "revoked": (401, AUTHENTICATION, "ACCESS_TOKEN_REVOKED", "The provided access token has been revoked."),
    "unauthorized": (401, AUTHENTICATION, "UNAUTHORIZED", "This request could not be authorized."),
    "scopes": (
        403,
        AUTHENTICATION,
        "INSUFFICIENT_SCOPES",
        "The merchant has not given your application sufficient permissions.",
    ),
    "forbidden": (403, AUTHENTICATION, "FORBIDDEN", "You are not permitted to do this."),
    "bad-request": (400, INVALID, "INVALID_VALUE", "The value is not valid."),
    "bad-cursor": (400, INVALID, "INVALID_CURSOR", "The pagination cursor is invalid."),
    "missing": (404, INVALID, "NOT_FOUND", "Resource not found."),
    "conflict": (409, INVALID, "CONFLICT", "The request conflicts with another one."),
    "throttled": (429, RATE_LIMIT, "RATE_LIMITED", "You have made too many requests. Please try again later."),
    "server-error": (
        500,
        API,
        "INTERNAL_SERVER_ERROR",
        "An internal error has occurred, and the API was unable to service your request.",
    ),
    "bad-gateway": (502, API, "BAD_GATEWAY", "The server received an invalid response upstream."),
    "unavailable": (503, API, "SERVICE_UNAVAILABLE", "The server is unavailable."),
    "gateway-timeout": (504, API, "GATEWAY_TIMEOUT", "The request has timed out."),
}
"""Faults by name: HTTP status, category, code, words."""

KINDS = {kind: f"{status} {code}" for kind, (status, _category, code, _words) in MADE_ON_DEMAND.items()}


def errors_answer(
    status: int, category: str, code: str, detail: str = "", *, field: str = "", headers: dict[str, str] | None = None
) -> Answer:
    """One error in Square's wrapping."""
    error: dict[str, Any] = {"category": category, "code": code}
    if detail:
        error["detail"] = detail
    if field:
        error["field"] = field
    return json_answer({"errors": [error]}, status, headers=headers)


def refusal(
    status: int, category: str, code: str, detail: str = "", *, field: str = "", headers: dict[str, str] | None = None
) -> VendorRefusal:
    """To be raised."""
    return VendorRefusal(
        errors_answer(status, category, code, detail, field=field, headers=headers), f"{status} {code} {field} {detail}"
    )


def bad(code: str, detail: str, *, field: str = "") -> VendorRefusal:
    """400 of the request's own making."""
    return refusal(400, INVALID, code, detail, field=field)


def not_found(what: str) -> VendorRefusal:
    """404."""
    return refusal(404, INVALID, "NOT_FOUND", f"{what} not found.")


def on_demand(kind: str, retry_after: int | None = None) -> Answer:
    """The answer of a fault set by the control API."""
    status, category, code, words = MADE_ON_DEMAND[kind]
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
    return errors_answer(status, category, code, words, headers=headers)
