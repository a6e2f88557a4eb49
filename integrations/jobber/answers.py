"""What an answer of theirs is: good, or which of our four errors. Pure.

GraphQL says most of its troubles under HTTP 200, in ``errors`` or, for writes, in ``userErrors``; the words decide, for they
give few codes. An answer with errors is used for nothing, whatever data lies beside them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from integrations import answering
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.fields import Json, clean, loads

LEFT = re.compile(r"disconnected this app", re.IGNORECASE)
_NOT_ALLOWED = re.compile(
    r"permission|not authori[sz]ed|forbidden|access denied|insufficient.{0,9}scope", re.IGNORECASE
)
_NOT_THERE = re.compile(r"\bnot found\b", re.IGNORECASE)
_DOWN = re.compile(r"temporarily unavailable|internal (server )?error|something went wrong|timed? ?out", re.IGNORECASE)
_DOWN_CODES = {"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "INTERNAL_ERROR", "TIMEOUT"}
_SIGN_IN_CODES = {"UNAUTHENTICATED", "invalid_grant", "invalid_token", "unauthorized_client", "access_denied"}
_UNSAID = 8.0  # seconds until they have given back what our largest question costs


@dataclass(frozen=True, slots=True)
class Fault:
    """What they said, whichever form it came in."""

    code: str = ""
    said: str = ""
    oauth: bool = False
    refusal: bool = False  # a write they understood and did not carry out


def read(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Json:
    """The JSON of a good answer. Raises one of the four errors for any other."""
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
    fault = _fault(parsed) if isinstance(parsed, dict) else None
    if fault is None and isinstance(parsed, dict) and (status is None or status < 300):
        return None
    fault = fault or Fault(said=_plain(body) if broken else "")
    more: dict[str, Any] = {"code": fault.code or None, "said": fault.said}
    if status == 429 or fault.code == "THROTTLED" or fault.said.casefold() in ("throttled", "too many requests"):
        return _throttled(parsed, headers or {}, now, more)
    return _judged(fault, status, broken, more)


def _throttled(parsed: Any, headers: Mapping[str, str], now: datetime, more: dict[str, Any]) -> VendorError:
    cost = _cost(parsed)
    asked, most = _figure(cost, "requestedQueryCost"), _figure(cost, "maximumAvailable")
    if asked is not None and most is not None and asked > most:
        return Refused(_("We asked Jobber for more at once than it ever gives."), **more)
    wait = wait_in(parsed, headers, now)
    if wait is None and more["code"] == "THROTTLED":
        wait = _UNSAID
    return Throttled(_("Jobber limits how often we may ask."), retry_after=wait, **more)


def wait_in(parsed: Any, headers: Mapping[str, str], now: datetime) -> float | None:
    """How long they ask us to wait, in the head or by their figures; None where they say neither."""
    wait, cost = answering.retry_after(headers, now), _cost(parsed)
    asked, left, rate = (_figure(cost, name) for name in ("requestedQueryCost", "currentlyAvailable", "restoreRate"))
    if wait is None and asked is not None and left is not None and rate:
        wait = round(max(0.0, float((asked - left) / rate)) + 0.1, 3)
    return wait


def _judged(fault: Fault, status: int | None, broken: str, more: dict[str, Any]) -> VendorError:
    if fault.oauth and fault.code == "invalid_client":
        return Disconnected(_("Jobber refused the key of this installation."), problem="app_refused", **more)
    if fault.refusal:
        return Refused(_("Jobber refused what we wanted to write."), **more)
    if LEFT.search(fault.said):
        return Disconnected(_("Jobber says that this app was disconnected."), **more)
    if _is_sign_in(fault, status):
        return Disconnected(_("Jobber no longer accepts our access."), **more)
    if status == 403 or _NOT_ALLOWED.search(fault.said):
        return Disconnected(_("Jobber does not let us read or write this."), problem="scope_missing", **more)
    if answering.is_down(status) or fault.code in _DOWN_CODES or _DOWN.search(fault.said):
        return Unavailable(_("Jobber is not available right now."), **more)
    if broken and (status is None or status < 300):
        return _unreadable(broken, more)
    # Under an error status a 404 may be a wrong address or a proxy's: nothing is gone on its word.
    if (status is None or status < 300) and _NOT_THERE.search(fault.said):
        return Refused(_("Jobber does not have this object."), problem="not_in_books", **more)
    return Refused(_("Jobber refused what we asked."), **more)


def _is_sign_in(fault: Fault, status: int | None) -> bool:
    if status == 401 or fault.code in _SIGN_IN_CODES:
        return True
    if fault.oauth and fault.code == "invalid_request":  # what they say of an access token that ended
        return status is None
    return bool(re.search(r"token (has )?expired|auth(entication)? required", fault.said, re.IGNORECASE))


def _unreadable(broken: str, more: dict[str, Any]) -> VendorError:
    if broken == "cut":
        return Unavailable(_("An answer of Jobber broke off in the middle."), problem="answer_cut", **more)
    if broken == "json":
        return Unavailable(_("Jobber sent something we cannot read."), problem="answer_garbled", **more)
    return Unavailable(_("Jobber is not available right now."), **more)


def _plain(body: bytes) -> str:
    """A plain sentence, as a limit is said; nothing of a page or of a broken answer."""
    text = clean(body[:100].decode(errors="replace"))
    return text if re.fullmatch(r"[A-Za-z ,.'-]{1,90}", text) else ""


def _fault(answer: Json) -> Fault | None:
    if "errors" in answer and answer["errors"] not in (None, []):
        found = list(_errors(answer["errors"]))
        code = next((code for code, _said in found if code), "")
        if any(code == "THROTTLED" for code, _said in found):
            code = "THROTTLED"
        return Fault(code[:60], "; ".join(said for _code, said in found if said)[:300])
    if isinstance(answer.get("error"), str):
        said = clean(answer.get("error_description")) or answer["error"]
        return Fault(answer["error"][:60], said[:300], oauth=True)
    refused = _user_errors(answer.get("data"))
    if refused:
        return Fault("userErrors", refused[:300], refusal=True)
    if "data" not in answer and isinstance(answer.get("message"), str) and "access_token" not in answer:
        return Fault("", clean(answer["message"])[:300])
    return None


def _errors(errors: Any) -> Iterator[tuple[str, str]]:
    """Code and words of each."""
    for error in errors if isinstance(errors, list) else [errors]:
        if isinstance(error, dict):
            extensions = error.get("extensions")
            code = clean(extensions.get("code")) if isinstance(extensions, dict) else ""
            yield code, clean(error.get("message"))
        else:
            yield "", clean(error)


def _user_errors(data: Any) -> str:
    said = []
    for payload in data.values() if isinstance(data, dict) else ():
        errors = payload.get("userErrors") if isinstance(payload, dict) else None
        said += [words or _("no reason given") for _code, words in _errors(errors)] if errors else []
    return "; ".join(said)


def _cost(parsed: Any) -> Json:
    """Their figures, from beside the data or from inside the error, laid flat."""
    if not isinstance(parsed, dict):
        return {}
    errors = parsed.get("errors")
    holders = [parsed, *(errors if isinstance(errors, list) else [])]
    for holder in holders:
        extensions = holder.get("extensions") if isinstance(holder, dict) else None
        cost = extensions.get("cost") if isinstance(extensions, dict) else None
        if isinstance(cost, dict):
            status = cost.get("throttleStatus")
            return {**cost, **(status if isinstance(status, dict) else {})}
    return {}


def figures(answer: Json) -> tuple[int, int] | None:
    """What a question was counted at before and after it was carried out; None where they do not say."""
    cost = _cost(answer)
    asked, spent = _figure(cost, "requestedQueryCost"), _figure(cost, "actualQueryCost")
    return (int(asked), int(spent)) if asked is not None and spent is not None else None


def warnings(answer: Json) -> list[str]:
    """What they say about the version of their API that we ask for: it ends some day."""
    extensions = answer.get("extensions")
    found = []
    for part in (extensions, *(extensions.values() if isinstance(extensions, dict) else ())):
        if isinstance(part, dict):
            found += [clean(value)[:300] for name, value in part.items() if name in ("warning", "warnings") and value]
    return found


def _figure(cost: Json, name: str) -> Decimal | None:
    value = cost.get(name)
    return value if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**9 else None
