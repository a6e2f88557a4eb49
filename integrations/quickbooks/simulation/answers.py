"""What leaves the simulator: JSON where it was asked for, else the vendor's XML, and both families of errors."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from integrations.quickbooks.simulation.amounts import wire
from integrations.quickbooks.simulation.clock import WorldClock

type Json = dict[str, Any]

JSON_TYPE = "application/json;charset=UTF-8"
XML_TYPE = "application/xml;charset=UTF-8"
HTML_TYPE = "text/html;charset=UTF-8"
NAMESPACE = "http://schema.intuit.com/finance/v3"
ATTRIBUTES = ("domain", "sparse", "status", "startPosition", "maxResults", "totalCount")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Answer:
    """A finished HTTP answer, still open to be spoiled by a fault."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


class VendorRefusal(Exception, ABC):
    """The vendor says no; knows how to say it in JSON and in XML."""

    @abstractmethod
    def answer(self, clock: WorldClock, *, as_json: bool) -> Answer:
        """The refusal as an HTTP answer."""


class ApiFault(VendorRefusal):
    """An error of the data service itself: capital-F `Fault`, mostly HTTP 400."""

    def __init__(
        self,
        code: str,
        message: str,
        detail: str,
        *,
        element: str = "",
        kind: str = "ValidationFault",
        status: int = 400,
    ) -> None:
        super().__init__(f"{code} {message}: {detail}")
        self.code, self.message, self.detail = code, message, detail
        self.element, self.kind, self.status = element, kind, status

    def answer(self, clock: WorldClock, *, as_json: bool) -> Answer:
        if as_json:
            error = {"Message": self.message, "Detail": self.detail, "code": self.code, "element": self.element}
            return json_answer(
                {"Fault": {"Error": [error], "type": self.kind}, "time": clock.answer_time()}, self.status
            )
        fault = (
            f"<Fault type={quoteattr(self.kind)}><Error code={quoteattr(self.code)} element={quoteattr(self.element)}>"
            f"<Message>{escape(self.message)}</Message><Detail>{escape(self.detail)}</Detail></Error></Fault>"
        )
        return _xml_answer(fault, clock, self.status)


class GatewayFault(VendorRefusal):
    """An error of the gateway in front: lower-case `fault`, and sometimes XML although JSON was asked for."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        kind: str,
        detail: str | None = None,
        headers: Mapping[str, str] | None = None,
        xml: bool = False,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.kind = status, code, message, kind
        self.detail, self.headers, self.xml = detail, dict(headers or {}), xml

    def answer(self, clock: WorldClock, *, as_json: bool) -> Answer:
        if as_json and not self.xml:
            return json_answer(_gateway_body(self, clock), self.status, self.headers)
        detail = f"<Detail>{escape(self.detail)}</Detail>" if self.detail else ""
        fault = (
            f"<Fault type={quoteattr(self.kind)}><Error code={quoteattr(self.code)}>"
            f"<Message>{escape(self.message)}</Message>{detail}</Error></Fault>"
        )
        return _xml_answer(fault, clock, self.status, self.headers)


def _gateway_body(fault: GatewayFault, clock: WorldClock) -> Json:
    error = {"message": fault.message, "detail": fault.detail, "code": fault.code, "element": None}
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [error], "type": fault.kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": clock.epoch_milliseconds(),
        "status": None,
        "cdcresponse": [],
    }


def token_expired(*, xml: bool = False) -> GatewayFault:
    """401: the access token is expired, malformed or unknown (3200), or as XML the general failure (100)."""
    if xml:
        message = "message=AuthenticationFailed; errorCode=000100; statusCode=401"
        return GatewayFault(401, "100", message, kind="AuthenticationFault", xml=True)
    message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    return GatewayFault(401, "3200", message, kind="AUTHENTICATION")


def not_authorized() -> GatewayFault:
    """403: this app may not see this company."""
    message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    return GatewayFault(403, "3100", message, kind="AUTHORIZATION")


def throttled(*, status: int = 429, xml: bool = False, retry_after: int | None = None) -> GatewayFault:
    """Too many calls for this company: 429, or 403 as some gateways answer, with or without Retry-After."""
    return GatewayFault(
        status,
        "3001",
        f"message=ThrottleExceeded; errorCode=003001; statusCode={status}",
        kind="SERVICE",
        detail="The request limit was reached.  Try again later",
        headers={} if retry_after is None else {"Retry-After": str(retry_after)},
        xml=xml,
    )


def json_answer(body: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer; text leaves as UTF-8, not as escapes."""
    return Answer(status, dump(body), JSON_TYPE, headers or {})


def dump(body: object) -> bytes:
    """JSON bytes of a body that may hold Decimals."""
    text = json.dumps(body, default=wire, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="replace")


def data_answer(body: Json, clock: WorldClock, *, as_json: bool) -> Answer:
    """A good answer with the vendor's `time` on it."""
    if as_json:
        return json_answer({**body, "time": clock.answer_time()})
    return _xml_answer("".join(_element(name, value) for name, value in body.items()), clock, 200)


def _xml_answer(inner: str, clock: WorldClock, status: int, headers: Mapping[str, str] | None = None) -> Answer:
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse time="{clock.answer_time()}" xmlns="{NAMESPACE}">{UNWRITABLE.sub("", inner)}</IntuitResponse>'
    )
    return Answer(status, text.encode(), XML_TYPE, headers or {})


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if value is None:
        return ""
    if not isinstance(value, dict):
        return f"<{name}>{escape(_text(value))}</{name}>"
    if "value" in value:
        named = f" name={quoteattr(str(value['name']))}" if value.get("name") else ""
        return f"<{name}{named}>{escape(_text(value['value']))}</{name}>"
    attributes = "".join(f" {key}={quoteattr(_text(value[key]))}" for key in ATTRIBUTES if key in value)
    children = "".join(_element(key, child) for key, child in value.items() if key not in ATTRIBUTES)
    return f"<{name}{attributes}>{children}</{name}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
