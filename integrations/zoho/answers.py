"""What an answer of theirs is: good, or which of our four errors. Pure.

Every body has a ``code``, 0 for good; the HTTP status counts first, where there is one that says something. The accounts
server answers errors of its own, mostly under HTTP 200.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from integrations import answering
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.fields import Json, clean, loads

UNAUTHORIZED = "57"
GONE = "1002"
_SIGNED_OUT = {UNAUTHORIZED, "14"}
_ELSEWHERE = {"6041"}  # the user is not, or no longer, of this organization
_TOO_MANY = {"44", "1070"}
_DAY_IS_USED_UP = "45"
_INTERNAL = {"1000"}

_APP_REFUSED = {"invalid_client", "invalid_client_secret"}
_REFRESHED_TOO_OFTEN = {"access_denied", "access denied"}
_REFRESH_WINDOW = 600.0
_PASSING = {"general_error", "server_error", "temporarily_unavailable"}
_GRANT_ENDED = {"invalid_code", "invalid_grant", "invalid_token", "invalid_oauthtoken"}


def read(
    status: int, headers: Mapping[str, str], body: bytes, *, now: datetime, zone: str = "America/New_York"
) -> Json:
    """The JSON of a good answer. Raises one of the four errors for any other."""
    error = error_in(body, status=status, headers=headers, now=now, zone=zone)
    if error is not None:
        raise error
    answer = loads(body)
    assert isinstance(answer, dict)
    return answer


def error_in(
    body: bytes,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    now: datetime,
    zone: str = "America/New_York",
) -> VendorError | None:
    """The error an answer stands for, None for a good one. ``zone`` is the organization's: its day limit ends there."""
    parsed, broken = answering.parsed(body)
    answer = parsed if parsed is not None else {}
    good = status is None or status < 300
    if isinstance(answer.get("error"), str):
        return _of_accounts(answer, status)
    code = _code(answer)
    if good and parsed is not None and code in ("", "0"):
        return None
    if good and parsed is None:
        return _unreadable(broken)
    code = "" if code == "0" else code  # all is well, says the body under a status that says otherwise
    said = clean(answer.get("message"))[:300]
    return _judged(
        code, said, 0 if good or status is None else status, answering.retry_after(headers or {}, now), now, zone
    )


def _judged(code: str, said: str, status: int, wait: float | None, now: datetime, zone: str) -> VendorError:
    more: dict[str, Any] = {"code": code or None, "said": said}
    if code == _DAY_IS_USED_UP and status in (0, 400, 429):
        words = _("Zoho Books' limit for today is used up.")
        return Throttled(words, retry_after=wait or until_midnight(now, zone), problem="daily_limit", **more)
    if status == 429 or (code in _TOO_MANY and status < 500):
        return Throttled(_("Zoho Books limits how often we may ask."), retry_after=wait, **more)
    if code in _ELSEWHERE or "not associated with" in said.casefold():
        return Disconnected(_("Zoho Books says we may not read this organization."), problem="access_removed", **more)
    if status == 403:
        return Disconnected(_("Zoho Books says that a permission is missing."), problem="scope_missing", **more)
    if status == 401 or (code in _SIGNED_OUT and status < 500):
        return Disconnected(_("Zoho Books no longer accepts our access."), **more)
    if answering.is_down(status) or (code in _INTERNAL and status == 0):
        return Unavailable(_("Zoho Books is not available right now."), **more)
    if code == GONE:  # a bare 404 may be a wrong address or a proxy's: nothing is deleted on its word
        return Refused(_("Zoho Books does not have this object."), problem="not_in_books", **more)
    return Refused(_("Zoho Books refused what we asked."), **more)


def _of_accounts(answer: Json, status: int | None) -> VendorError:
    """An error of the server for signing in. It counts by its word, whatever the status."""
    code = clean(answer["error"])[:60]
    word = code.casefold()
    said = (clean(answer.get("error_description")) or code)[:300]
    if word in _APP_REFUSED:
        return Disconnected(
            _("Zoho Books refused the key of this installation."), problem="app_refused", code=code, said=said
        )
    if word in _REFRESHED_TOO_OFTEN or status == 429:
        # Ten renewals in ten minutes are the most they give: at the latest then the next one is.
        words = _("Zoho Books limits how often access may be renewed.")
        return Throttled(words, retry_after=_REFRESH_WINDOW, code=code, said=said)
    if word in _PASSING or answering.is_down(status):
        return Unavailable(_("Zoho Books is not available right now."), code=code, said=said)
    if word in _GRANT_ENDED or status in (401, 403):
        return Disconnected(_("Zoho Books no longer accepts our access."), code=code, said=said)
    return Refused(_("Zoho Books refused what we asked."), code=code, said=said)


def until_midnight(now: datetime, zone: str) -> float:
    """Seconds until the organization's day ends."""
    try:
        there = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        there = now
    midnight = datetime.combine(there.date() + timedelta(days=1), time(), tzinfo=there.tzinfo)
    return float(round((midnight.astimezone(now.tzinfo) - now).total_seconds()))


def _code(answer: Json) -> str:
    """Their code; "" where the body has none, as an object laid out bare."""
    code = answer.get("code")
    if isinstance(code, Decimal) and code.is_finite():
        return format(code, "f")[:20]
    return clean(code)[:20] if "message" in answer else ""


def _unreadable(broken: str) -> VendorError:
    if broken == "cut":
        return Unavailable(_("An answer of Zoho Books broke off in the middle."), problem="answer_cut")
    if broken == "json":
        return Unavailable(_("Zoho Books sent something we cannot read."), problem="answer_garbled")
    return Unavailable(_("Zoho Books is not available right now."))
