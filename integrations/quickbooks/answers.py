"""What an answer of theirs is: good, or which of our four errors. Pure.

Two families of faults (capital from the API, lower case from the gateway), XML and HTML although JSON was asked for,
a fault under HTTP 200, an answer cut in the middle, an empty one, and the errors of OAuth.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any

from django.utils.translation import gettext as _

from integrations import answering
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.fields import Json

EXPIRED = {"3200", "100"}
_THROTTLED = {"3001"}
_ELSEWHERE = {"3100"}
_ENDED = "6190"
_OUTAGE = {"10000"}
_OURS = {"4000", "4001"}
_CODE_IN_TEXT = re.compile(r"errorCode=0*(\d+)")
_STATUS_IN_TEXT = re.compile(r"statusCode=(\d{3})")


class Fault:
    """What they said, whichever form it came in."""

    def __init__(self, *, code: str = "", type: str = "", said: str = "", oauth: bool = False) -> None:
        in_text = _CODE_IN_TEXT.search(said)
        self.code = code.lstrip("0") or (in_text.group(1) if in_text else "")
        self.type, self.said, self.oauth = type.casefold(), said[:300], oauth


def read(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Json:
    """The JSON of a good answer. Raises one of the four errors for any other."""
    parsed, error = _understood(body, status=status, headers=headers, now=now)
    if error is not None:
        raise error
    found: Json = parsed
    return found


def error_in(
    body: bytes, *, status: int | None = None, headers: Mapping[str, str] | None = None, now: datetime
) -> VendorError | None:
    """The error an answer stands for, None for a good one. Without a status, codes and text alone decide."""
    return _understood(body, status=status, headers=headers or {}, now=now)[1]


def _understood(
    body: bytes, *, status: int | None, headers: Mapping[str, str], now: datetime
) -> tuple[Any, VendorError | None]:
    """What a good answer says, or its error; read once, for a page of a thousand objects is large."""
    parsed, broken = answering.parsed(body)
    fault = _fault_in_json(parsed) if parsed is not None else _fault_in_text(body)
    if fault is None and (status is None or status < 300) and isinstance(parsed, dict):
        return parsed, None
    return parsed, _error_of(fault or Fault(), status, broken, headers, now)


def _error_of(fault: Fault, status: int | None, broken: str, headers: Mapping[str, str], now: datetime) -> VendorError:
    trace = headers.get("intuit_tid", "")
    wait = answering.retry_after(headers, now)
    if fault.code in _THROTTLED or status == 429 or _says(fault, "429") or "throttleexceeded" in fault.said.casefold():
        words = _("QuickBooks limits how often we may ask.")
        return Throttled(words, retry_after=wait, code=fault.code or None, said=fault.said, trace=trace)
    return _judged(fault, status, broken, trace)


def _judged(fault: Fault, status: int | None, broken: str, trace: str) -> VendorError:
    more: dict[str, Any] = {"code": fault.code or None, "said": fault.said, "trace": trace}
    if fault.oauth and fault.code == "invalid_client":
        return Disconnected(_("QuickBooks refused the key of this installation."), problem="app_refused", **more)
    if fault.code in _ELSEWHERE:
        return Disconnected(_("QuickBooks says we may not read this company."), problem="access_removed", **more)
    if _is_sign_in(fault, status):
        problem = "access_removed" if status == 403 else ""
        return Disconnected(_("QuickBooks no longer accepts our access."), problem=problem, **more)
    if fault.code in _OUTAGE or answering.is_down(status) or fault.type in ("service", "systemfault"):
        return Unavailable(_("QuickBooks is not available right now."), **more)
    if broken and (status is None or status < 300 or fault.said == ""):
        return _unreadable(status, broken, more)
    if fault.code == _ENDED or "subscription period has ended" in fault.said.casefold():
        return Refused(_("The company's QuickBooks subscription has ended."), problem="subscription_ended", **more)
    if fault.code == "610":  # a bare 404 may be a wrong address or a proxy's: nothing is deleted on its word
        return Refused(_("QuickBooks does not have this object."), problem="not_in_books", **more)
    return Refused(_("QuickBooks refused what we asked."), **more)


def _is_sign_in(fault: Fault, status: int | None) -> bool:
    if fault.code in EXPIRED or status in (401, 403) or _says(fault, "401") or _says(fault, "403"):
        return True
    if fault.oauth:
        return fault.code in ("invalid_grant", "invalid_token", "unauthorized_client", "access_denied")
    return fault.type.startswith(("authentication", "authorization"))


def _unreadable(status: int | None, broken: str, more: dict[str, Any]) -> VendorError:
    if status is not None and 400 <= status < 500:
        return Refused(_("QuickBooks refused what we asked."), **more)
    if broken == "cut":
        return Unavailable(_("An answer of QuickBooks broke off in the middle."), problem="answer_cut", **more)
    if broken == "json":
        return Unavailable(_("QuickBooks sent something we cannot read."), problem="answer_garbled", **more)
    return Unavailable(_("QuickBooks is not available right now."), **more)


def _fault_in_json(answer: Json) -> Fault | None:
    if isinstance(answer.get("error"), str):
        said = str(answer.get("error_description") or answer["error"])
        return Fault(code=answer["error"], said=said, oauth=True)
    found = answer.get("Fault") or answer.get("fault")
    if not isinstance(found, dict):
        return None
    errors = found.get("Error") or found.get("error")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    lower = {str(key).casefold(): value for key, value in first.items()}
    said = " ".join(str(lower[key]) for key in ("message", "detail") if lower.get(key))
    return Fault(code=str(lower.get("code") or ""), type=str(found.get("type") or ""), said=said)


def _fault_in_text(body: bytes) -> Fault | None:
    text = body.decode(errors="replace")
    if "<Fault" not in text and "<fault" not in text:
        return None
    # By pattern, not by a parser: these few elements are all we want of a document a stranger may have written.
    code = re.search(r"<Error[^>]*\bcode=\"(\w+)\"", text, re.IGNORECASE)
    kind = re.search(r"<Fault[^>]*\btype=\"(\w+)\"", text, re.IGNORECASE)
    said = re.findall(r"<(?:Message|Detail)>(.*?)</(?:Message|Detail)>", text, re.IGNORECASE | re.DOTALL)
    return Fault(
        code=code.group(1) if code else "",
        type=kind.group(1) if kind else "",
        said=unescape(" ".join(part.strip() for part in said)),
    )


def _says(fault: Fault, status: str) -> bool:
    found = _STATUS_IN_TEXT.search(fault.said)
    return bool(found and found.group(1) == status)
