"""What an answer of theirs is: good, or which of our four errors. Pure.

Five shapes of errors, told apart by their shape and never by the address asked: the older and the newer one of accounting,
OAuth's, the webhooks', the projects'. An error may come under HTTP 200, and an outage as a page of HTML.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from integrations import answering
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.fields import Json, clean, loads

GONE = "1012"
UNAUTHORIZED = "1003"

_SIGNED_OUT = {
    "unauthenticated",
    "unauthorized",
    "invalid_token",
    "invalid_grant",
    "unauthorized_client",
    "access_denied",
}
_MISSING_SCOPE = {"insufficient_scope", "invalid_scope"}
_PASSING = {"server_error", "temporarily_unavailable"}
# The codes of google.rpc that the newer shape carries, as the status they stand for.
_STATUS_OF = {3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 13: 500, 14: 503, 16: 401}
_BARE = {"message", "error_type", "request_id"}
_TOO_OFTEN = re.compile(r"rate limit|too many requests", re.IGNORECASE)
_STATUS_IN_TEXT = re.compile(r"status_code: (\d{3})")


@dataclass(frozen=True, slots=True)
class Fault:
    """What they said, whichever shape it came in; ``status`` is the one inside, 0 where it names none."""

    code: str = ""
    said: str = ""
    status: int = 0
    oauth: bool = False


def read(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Json:
    """The JSON of a good answer, empty for one without content. Raises one of the four errors for any other."""
    if status == 204:
        return {}
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
    parsed, broken = answering.parsed(body)
    fault = fault_in(parsed) if parsed is not None else None
    good = status is None or status < 300
    if fault is None and good and parsed is not None:
        return None
    if fault is None and good:
        return _unreadable(broken)
    found = fault or Fault()
    # The status they sent counts, but for errors sent as a success: those carry theirs inside.
    return _judged(
        found, status if status is not None and not good else found.status, answering.retry_after(headers or {}, now)
    )


def fault_in(answer: Json) -> Fault | None:
    """The error in this JSON, by its shape; None where there is none."""
    response, details = answer.get("response"), answer.get("details")
    if isinstance(response, dict) and isinstance(response.get("errors"), list):
        return _older(response["errors"])
    if isinstance(answer.get("code"), Decimal) and "message" in answer:  # an address has a "code" too, in text
        return _newer(answer, details if isinstance(details, list) else [])
    if isinstance(answer.get("error"), str):
        return _plain(answer["error"], clean(answer.get("error_description")))
    if "errno" in answer and "message" in answer:
        code = clean(answer["errno"])
        return Fault(code, clean(answer["message"])[:300], int(code) if _is_status(code) else 0)
    if isinstance(answer.get("message"), str) and not answer.keys() - _BARE:  # a gateway's word before theirs
        said = clean(answer["message"])[:300]
        return Fault(clean(answer.get("error_type"))[:60], said, 429 if _TOO_OFTEN.search(said) else 503)
    return None


def _older(errors: list[Any]) -> Fault:
    first = next((error for error in errors if isinstance(error, dict)), {})
    code = clean(first.get("errno"))
    said = " ".join(filter(None, (clean(first.get("message")), clean(first.get("field")))))
    return Fault(code, said[:300], _status_for(code))


def _newer(answer: Json, details: list[Any]) -> Fault:
    number, said = clean(answer.get("code")), clean(answer.get("message"))
    reason, words = "", [said]
    for detail in (each for each in details if isinstance(each, dict)):
        reason = reason or clean(detail.get("reason"))
        about = detail.get("metadata")
        words.append(clean(about.get("message")) if isinstance(about, dict) else "")
        wrong = detail.get("fieldViolations")
        wrong = [each for each in wrong if isinstance(each, dict)] if isinstance(wrong, list) else []
        words += [f"{clean(each.get('field'))}: {clean(each.get('description'))}" for each in wrong]
    in_text = _STATUS_IN_TEXT.search(said)
    status = _status_for(reason) or (int(in_text.group(1)) if in_text else 0)
    known = _STATUS_OF.get(int(number), 0) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    return Fault(reason or number, " ".join(filter(None, words))[:300], known or status)


def _plain(error: str, description: str) -> Fault:
    """OAuth's error is one word of the protocol; the projects' is a sentence."""
    if " " in error.strip():
        return Fault(said=clean(error)[:300])
    return Fault(clean(error)[:60], (description or clean(error))[:300], oauth=True)


def _judged(fault: Fault, status: int, wait: float | None) -> VendorError:
    more: dict[str, Any] = {"code": fault.code or None, "said": fault.said}
    if status == 429:
        return Throttled(_("FreshBooks limits how often we may ask."), retry_after=wait, **more)
    if fault.code == "invalid_client":
        return Disconnected(_("FreshBooks refused the key of this installation."), problem="app_refused", **more)
    if fault.code in _MISSING_SCOPE or (status == 403 and "scope" in fault.said.casefold()):
        return Disconnected(_("FreshBooks says that a permission is missing."), problem="scope_missing", **more)
    if status == 403:
        return Disconnected(_("FreshBooks says we may not read this business."), problem="access_removed", **more)
    if status == 401 or fault.code == UNAUTHORIZED or (fault.oauth and fault.code in _SIGNED_OUT):
        return Disconnected(_("FreshBooks no longer accepts our access."), **more)
    if answering.is_down(status) or fault.code in _PASSING:
        return Unavailable(_("FreshBooks is not available right now."), **more)
    if fault.code == GONE:  # a bare 404 may be a wrong address or a proxy's: nothing is deleted on its word
        return Refused(_("FreshBooks does not have this object."), problem="not_in_books", **more)
    return Refused(_("FreshBooks refused what we asked."), **more)


def _status_for(code: str) -> int:
    """The HTTP status behind a number of theirs, where it stands for one."""
    if code == UNAUTHORIZED:
        return 401
    return int(code) if _is_status(code) else 0


def _is_status(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isdigit() and code[0] in "45"


def _unreadable(broken: str) -> VendorError:
    if broken == "cut":
        return Unavailable(_("An answer of FreshBooks broke off in the middle."), problem="answer_cut")
    if broken == "json":
        return Unavailable(_("FreshBooks sent something we cannot read."), problem="answer_garbled")
    return Unavailable(_("FreshBooks is not available right now."))
