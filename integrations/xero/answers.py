"""What an answer of theirs is: good, or which of our four errors. Pure.

Errors in capitals (the API), in lower case (the gateway), as bare text, as HTML, with an empty body, those of OAuth,
and elements refused one by one under HTTP 200.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Any

from django.utils.translation import gettext as _

from integrations import answering
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.fields import Json, clean, loads

_NOT_FOUND = "cannot be found"
_SIGN_IN = {"invalid_grant", "invalid_token", "unauthorized_client", "access_denied"}
_SCOPES = ("insufficient_scope", "authorizationunsuccessful", "insufficientscope", "missing scope")


def read(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Any:
    """The JSON of a good answer; an empty object where nothing changed or nothing is to be said. Raises our errors."""
    if status in (204, 304):
        return {}
    error = error_in(body, status=status, headers=headers, now=now)
    if error is not None:
        raise error
    return loads(body)


def error_in(
    body: bytes, *, status: int | None = None, headers: Mapping[str, str] | None = None, now: datetime
) -> VendorError | None:
    """The error an answer stands for, None for a good one. Without a status, codes and text alone decide."""
    headers = {name.lower(): value for name, value in (headers or {}).items()}
    if status in (204, 304):
        return None
    parsed, broken = _parsed(body)
    said = _lowered(parsed) or (_in_markup(body) if broken == "markup" else {})
    status = status or _status_in(said)
    more = {"trace": headers.get("xero-correlation-id", "")}
    if status == 429 or (status is None and headers.get("x-rate-limit-problem")):
        return _throttled(headers, now, more)
    if isinstance(said.get("error"), str) and (status is None or 300 <= status < 500):
        return _oauth(clean(said["error"]), clean(said.get("error_description")), more)
    if status is None or status < 300:
        return _under_200(parsed, said, broken, more)
    return _judged(status, said, broken, headers, more)


def refusal_of(element: Any, more: Mapping[str, str] | None = None) -> Refused | None:
    """What they have against one element of a write; None when they took it."""
    errors = element.get("ValidationErrors") if isinstance(element, dict) else None
    refused = isinstance(element, dict) and element.get("StatusAttributeString") == "ERROR"
    if not (refused or errors):
        return None
    messages = [clean(error.get("Message")) for error in _objects(errors)]
    words = _("Xero refused what we wanted to write.")
    return Refused(words, code="ValidationException", said=" ".join(messages)[:300], **(more or {}))


def _under_200(parsed: Any, said: Json, broken: str, more: dict[str, str]) -> VendorError | None:
    """Without a status, or with a good one: an error only if the content says so."""
    if broken and not said:
        return _unreadable(broken, more)
    if "errornumber" in said or said.get("type") == "ValidationException":
        return _validation(said, more)
    for elements in parsed.values() if isinstance(parsed, dict) else ():
        if isinstance(elements, list) and len(elements) == 1:
            refused = refusal_of(elements[0], more) if _is_refused(elements[0]) else None
            if refused is not None:
                return refused
    return None


def _is_refused(element: Any) -> bool:
    return isinstance(element, dict) and element.get("StatusAttributeString") == "ERROR"


def _judged(status: int, said: Json, broken: str, headers: Mapping[str, str], more: dict[str, str]) -> VendorError:
    detail = clean(said.get("detail")) or clean(said.get("message"))
    about: dict[str, Any] = {"code": _code_in(said, detail), "said": detail[:300], **more}
    if status in (401, 403):
        return _sign_in(status, detail, headers, about)
    if answering.is_down(status):
        return Unavailable(_("Xero is not available right now."), **about)
    if "errornumber" in said or "elements" in said:
        return _validation(said, more)
    if status == 404 and (
        broken == "missing" or _NOT_FOUND in detail.casefold()
    ):  # a bare 404 may be a proxy's: nothing is deleted on its word
        return Refused(_("Xero does not have this object."), problem="not_in_books", **about)
    return Refused(_("Xero refused what we asked."), **about)


def _sign_in(status: int, detail: str, headers: Mapping[str, str], about: dict[str, Any]) -> VendorError:
    told = (detail + headers.get("www-authenticate", "")).casefold()
    if any(word in told for word in _SCOPES):
        return Disconnected(_("Xero says that a permission is missing."), problem="scope_missing", **about)
    if status == 403:
        return Disconnected(_("Xero says we may not read this organisation."), problem="access_removed", **about)
    return Disconnected(_("Xero no longer accepts our access."), **about)


def _oauth(code: str, description: str, more: dict[str, str]) -> VendorError:
    about = {"code": code, "said": description[:300], **more}
    if code == "invalid_client":
        return Disconnected(_("Xero refused the key of this installation."), problem="app_refused", **about)
    if code == "insufficient_scope":
        return Disconnected(_("Xero says that a permission is missing."), problem="scope_missing", **about)
    if code in _SIGN_IN:
        return Disconnected(_("Xero no longer accepts our access."), **about)
    return Refused(_("Xero refused what we asked."), **about)


def _validation(said: Json, more: dict[str, str]) -> Refused:
    """Their message and what they have against each element: never the element, which holds somebody's data."""
    found = said.get("elements")
    against = [
        clean(error.get("Message"))
        for element in (found if isinstance(found, list) else [])
        if isinstance(element, dict)
        for error in _objects(element.get("ValidationErrors"))
    ]
    words = " ".join([clean(said.get("message")), *against])[:300].strip()
    return Refused(_("Xero refused what we asked."), code=clean(said.get("errornumber")) or None, said=words, **more)


def _throttled(headers: Mapping[str, str], now: datetime, more: dict[str, str]) -> Throttled:
    """Which of their limits it was is the code. The one of the day may ask for hours."""
    which = headers.get("x-rate-limit-problem", "").casefold()
    words = _("Xero limits how often we may ask.")
    error = Throttled(words, retry_after=answering.retry_after(headers, now), code=which or None, **more)
    if which == "day":
        error.problem = "daily_limit"
    return error


def _unreadable(broken: str, more: dict[str, str]) -> VendorError:
    if broken == "cut":
        return Unavailable(_("An answer of Xero broke off in the middle."), problem="answer_cut", **more)
    if broken == "text":
        return Unavailable(_("Xero sent something we cannot read."), problem="answer_garbled", **more)
    if broken == "missing":
        return Refused(_("Xero does not have this object."), problem="not_in_books", **more)
    return Unavailable(_("Xero is not available right now."), **more)


def _parsed(body: bytes) -> tuple[Any, str]:
    """The JSON, or how it is broken: ``empty``, ``markup``, ``cut`` (began as JSON), ``text``, ``missing``."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not start:
        return None, "empty"
    if start == b"<":
        return None, "markup"
    try:
        parsed = loads(body)
    except ValueError:
        if start in b"{[":
            return None, "cut"
        text = body[:300].decode(errors="replace").casefold()
        return None, "missing" if _NOT_FOUND in text else "text"
    if isinstance(parsed, str) and _NOT_FOUND in parsed.casefold():
        return None, "missing"  # their sentence, at times within quotation marks
    return (parsed, "") if isinstance(parsed, dict | list) else (None, "text")


def _in_markup(body: bytes) -> Json:
    """Their errors as XML, which comes where JSON was not asked for; empty for any other page.

    By pattern, not by a parser: these few elements are all we want of a document a stranger may have written.
    """
    text = body[:20_000].decode(errors="replace")
    if "<ApiException" not in text:
        return {}
    found = ((name, re.search(rf"<{name}>([^<]*)</{name}>", text)) for name in ("ErrorNumber", "Type", "Message"))
    return {name.casefold(): unescape(match.group(1)) for name, match in found if match}


def _lowered(parsed: Any) -> Json:
    """Their errors come with capital and with small keys."""
    return {str(key).casefold(): value for key, value in parsed.items()} if isinstance(parsed, dict) else {}


def _status_in(said: Json) -> int | None:
    """A status inside the error itself, for an answer kept without its head. ``Status`` of a good one is "OK"."""
    written = clean(said.get("status"))
    return int(written) if written.isascii() and written.isdigit() and len(written) == 3 and written >= "300" else None


def _code_in(said: Json, detail: str) -> str | None:
    first = detail.partition(":")[0].strip()
    return clean(said.get("errornumber")) or (first if first.isalnum() else "") or None


def _objects(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
