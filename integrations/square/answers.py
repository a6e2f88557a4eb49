"""What an answer of theirs is: good, or which of our four errors. Pure.

One form for the whole API, ``{"errors": [...]}``; an older one at the sign-in; HTML, cut and empty answers from
whatever stands before them.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations import answering
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.fields import Json, clean, loads

_EPOCH = 10**9  # a larger number in a header is a moment, a smaller one a wait
_CATEGORIES = {
    **dict.fromkeys(("UNAUTHORIZED", "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_REVOKED"), "AUTHENTICATION_ERROR"),
    **dict.fromkeys(("FORBIDDEN", "INSUFFICIENT_SCOPES"), "AUTHENTICATION_ERROR"),
    **dict.fromkeys(("INTERNAL_SERVER_ERROR", "BAD_GATEWAY", "SERVICE_UNAVAILABLE", "GATEWAY_TIMEOUT"), "API_ERROR"),
}  # for an error that names its code only
_APP = ("client_id", "client_secret", "client secret", "application secret", "client id")


def read(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Json:
    """The JSON of a good answer. Raises one of our errors for any other."""
    error = error_in(body, status=status, headers=headers, now=now)
    if error is not None:
        raise error
    answer = loads(body)
    assert isinstance(answer, dict)
    return answer


def error_in(
    body: bytes, *, status: int | None = None, headers: Mapping[str, str] | None = None, now: datetime
) -> VendorError | None:
    """The error an answer stands for, None for a good one. Without a status, codes and text alone decide."""
    headers = {name.lower(): value for name, value in (headers or {}).items()}
    parsed, broken = answering.parsed(body)
    fault = _fault_in(parsed)
    if not fault and not broken and (status is None or status < 300):
        return None
    return _judged(fault, status, broken, _retry_after(headers, now))


def _judged(fault: Json, status: int | None, broken: str, wait: float | None) -> VendorError:
    code = clean(fault.get("code"))
    category = clean(fault.get("category")) or _CATEGORIES.get(code, "")
    more: dict[str, Any] = {"code": code or None, "said": clean(fault.get("detail"))[:300]}
    if status == 429 or category == "RATE_LIMIT_ERROR" or code == "RATE_LIMITED":
        return Throttled(_("Square limits how often we may ask."), retry_after=wait, **more)
    if _is_app(fault, status):
        return Disconnected(_("Square refused the key of this installation."), problem="app_refused", **more)
    if category == "AUTHENTICATION_ERROR" or status in (401, 403):
        return _sign_in(code, status, more)
    if category == "API_ERROR" or answering.is_down(status):
        return Unavailable(_("Square is not available right now."), **more)
    if broken and (status is None or status < 300):
        return _unreadable(broken)
    if code == "NOT_FOUND":  # a bare 404 may be a wrong address or a proxy's: nothing is deleted on its word
        return Refused(_("Square does not have this object."), problem="not_in_books", **more)
    return Refused(_("Square refused what we asked."), **more)


def _sign_in(code: str, status: int | None, more: dict[str, Any]) -> Disconnected:
    if code == "INSUFFICIENT_SCOPES":
        return Disconnected(_("Square says that a permission is missing."), problem="scope_missing", **more)
    if code == "FORBIDDEN" or (status == 403 and code not in ("UNAUTHORIZED", "ACCESS_TOKEN_EXPIRED")):
        return Disconnected(_("Square says we may not read this business."), problem="access_removed", **more)
    return Disconnected(_("Square no longer accepts our access."), **more)


def _is_app(fault: Json, status: int | None) -> bool:
    """Their sign-in refuses our own key; whose fault it is only stands in the words."""
    if fault.get("category") not in (None, "AUTHENTICATION_ERROR") or status not in (None, 400, 401):
        return False
    told = f"{clean(fault.get('detail'))} {clean(fault.get('field'))}".casefold()
    return any(word in told for word in _APP)


def _unreadable(broken: str) -> VendorError:
    if broken == "cut":
        return Unavailable(_("An answer of Square broke off in the middle."), problem="answer_cut")
    if broken == "json":
        return Unavailable(_("Square sent something we cannot read."), problem="answer_garbled")
    return Unavailable(_("Square is not available right now."))


def _fault_in(answer: Any) -> Json:
    """What they said, in the form of today; empty when they said nothing."""
    if not isinstance(answer, dict):
        return {}
    errors = answer.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return errors[0]
    kind = clean(answer.get("type"))
    if kind.startswith("service.") or (kind and isinstance(answer.get("message"), str)):
        category = "AUTHENTICATION_ERROR" if "authorized" in kind else None
        return {"category": category, "code": kind, "detail": clean(answer.get("message"))}
    if isinstance(answer.get("error"), str):
        category = "AUTHENTICATION_ERROR" if answer["error"] in ("invalid_grant", "access_denied") else None
        return {"category": category, "code": answer["error"], "detail": clean(answer.get("error_description"))}
    return {}


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds, from a wait, a moment or a date; None where Square does not say."""
    for name in ("retry-after", "x-ratelimit-reset"):
        value = headers.get(name, "").strip()
        if value.isascii() and value.isdigit() and len(value) < 12:
            number = float(value)
            return number if number < _EPOCH else max(0.0, number - now.timestamp())
        try:
            return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
        except (TypeError, ValueError, OverflowError):
            continue
    return None
