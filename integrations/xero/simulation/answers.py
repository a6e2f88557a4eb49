"""How the vendor words its answers: the envelope, its errors, JSON with escaped dates, or XML where JSON was not asked for."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from integrations.simulation.call import Answer, Call, Json, VendorRefusal, dump
from integrations.simulation.clock import WorldClock
from integrations.xero.simulation.forms import bare_instant_form

JSON_UTF8 = "application/json; charset=utf-8"
NOT_FOUND = "The resource you're looking for cannot be found"
PROVIDER = "Syntharra"
ESCAPED_DATE = re.compile(rb'"/Date\((-?\d+(?:\+0000)?)\)/"')


def as_json(value: Any, status: int = 200) -> Answer:
    """Slashes of dates are escaped on the wire."""
    body = ESCAPED_DATE.sub(rb'"\\/Date(\1)\\/"', dump(value))
    return Answer(status, body, JSON_UTF8)


def answer(call: Call, value: Json, status: int = 200) -> Answer:
    """JSON for whoever accepts it, XML for everybody else."""
    if "application/json" in call.headers.get("accept", "").lower():
        return as_json(value, status)
    name = "Response" if status < 400 else "ApiException"
    body = f'<?xml version="1.0" encoding="utf-8"?>{_xml(name, value)}'
    return Answer(status, body.encode(), "text/xml; charset=utf-8")


def envelope(clock: WorldClock, name: str, items: list[Json], pagination: Json | None = None) -> Json:
    """What every good answer is wrapped in; `pagination` only where a page was asked for."""
    found: Json = {"Id": str(uuid4()), "Status": "OK", "ProviderName": PROVIDER}
    found["DateTimeUTC"] = bare_instant_form(clock.now())
    if pagination is not None:
        found["pagination"] = pagination
    return found | {name: items}


def invalid(call: Call, message: str, element: Json | None = None, *more: str) -> VendorRefusal:
    """400 with the object that was sent and what is wrong with it."""
    errors = [{"Message": text} for text in (message, *more)]
    body = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": [{**(element or {}), "ValidationErrors": errors}],
    }
    return VendorRefusal(answer(call, body, 400), message)


def bad_query(call: Call, message: str) -> VendorRefusal:
    body = {"ErrorNumber": 16, "Type": "QueryParseException", "Message": message}
    return VendorRefusal(answer(call, body, 400), message)


def bad_body(call: Call, message: str) -> VendorRefusal:
    body = {"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": message}
    return VendorRefusal(answer(call, body, 400), message)


def nothing_sent(call: Call, what: str) -> VendorRefusal:
    message = (
        "No data has been processed for this endpoint. "
        f"This endpoint is expecting {what} data to be specifed in the request body."
    )
    body = {"ErrorNumber": 17, "Type": "NoDataProcessedException", "Message": message}
    return VendorRefusal(answer(call, body, 400), message)


def unauthorized(detail: str) -> Answer:
    """401, always as JSON, with capital letters."""
    body = {"Type": None, "Title": "Unauthorized", "Status": 401, "Detail": detail}
    return as_json(body | {"Instance": str(uuid4()), "Extensions": {}}, 401)


def token_expired(at: datetime) -> Answer:
    return unauthorized(f"TokenExpired: token expired at {at:%m/%d/%Y %H:%M:%S}")


def forbidden() -> Answer:
    """403, with small letters."""
    body = {"title": "Forbidden", "status": 403, "detail": "AuthenticationUnsuccessful", "instance": str(uuid4())}
    return as_json(body, 403)


def not_found() -> Answer:
    """404 is a text."""
    return Answer(404, NOT_FOUND.encode(), "text/html; charset=utf-8")


def too_many(problem: str, seconds: float) -> Answer:
    """429 has no body; which limit it was is in a header."""
    wait = max(1, int(seconds + 0.999))
    return Answer(429, b"", headers={"Retry-After": str(wait), "X-Rate-Limit-Problem": problem})


def conflict(status: int) -> Answer:
    body = {"Type": None, "Title": "Conflict" if status == 409 else "Precondition Failed", "Status": status}
    return as_json(body | {"Detail": "The document was changed by somebody else", "Instance": str(uuid4())}, status)


def _xml(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>{''.join(_xml(key, one) for key, one in value.items())}</{name}>"
    if isinstance(value, list):
        single = name[:-1] if name.endswith("s") else name
        return f"<{name}>{''.join(_xml(single, one) for one in value)}</{name}>"
    if isinstance(value, bool):
        return f"<{name}>{str(value).lower()}</{name}>"
    text = f"{value:f}" if isinstance(value, Decimal) else "" if value is None else str(value)
    return f"<{name}>{escape(text)}</{name}>"
