"""Faults on demand: which calls they strike, how often, and what the caller then sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

from integrations.quickbooks.simulation.answers import (
    HTML_TYPE,
    Answer,
    ApiFault,
    Json,
    VendorRefusal,
    json_answer,
    not_authorized,
    throttled,
    token_expired,
)
from integrations.quickbooks.simulation.clock import WorldClock
from integrations.quickbooks.simulation.traffic import Call
from integrations.quickbooks.simulation.typed import fitting

KINDS = (
    *("401", "401-xml", "403", "403-throttle", "429-json", "429-xml", "503-html", "500-empty"),
    *("200-fault", "400-fault", "500-fault", "invalid-grant", "invalid-client", "cut-body", "cut-connection", "slow"),
)
OUTAGE = """<html><head><title>503 Service Temporarily Unavailable</title></head>
<body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>gateway</center></body></html>
"""
MATCHES = ("path", "method", "realm", "entity", "id", "query", "operation")
SPOILS = ("cut-body", "cut-connection", "slow")
"""The vendor does the work; only its answer is late, or broken in the middle."""


@dataclass
class Rule:
    """Strikes matching calls until its times are used up; `times` null strikes for ever.

    `match` looks for `path` and `query` as parts, for the rest as wholes; without a path only data calls are struck.
    `after` lets the vendor do the work before the fault is answered.
    """

    match: dict[str, str]
    kind: str
    times: int | None = 1
    retry_after: int | None = None
    seconds: float = 1.0
    after: bool = False
    code: str | None = None
    message: str | None = None
    detail: str | None = None
    number: int = 0
    struck: int = 0

    def strikes(self, call: Call) -> bool:
        """Whether this call is meant."""
        if self.times is not None and self.struck >= self.times:
            return False
        if "path" not in self.match and not call.path.startswith("/v3/"):
            return False
        seen: dict[str, str] = {
            "method": call.method,
            "realm": call.realm or "",
            "id": call.object_id or "",
            "operation": call.params.get("operation", ""),
        }
        for name, wanted in self.match.items():
            if name == "path":
                held = wanted in call.path
            elif name == "query":
                held = wanted.lower() in call.statement().lower()
            elif name == "entity":
                held = wanted.lower() in [one.lower() for one in call.entities]
            else:
                held = seen[name] == wanted
            if not held:
                return False
        return True

    def answer(self, clock: WorldClock, *, as_json: bool) -> Answer:
        """What the caller gets instead of an answer."""
        match self.kind:
            case "503-html":
                return Answer(503, OUTAGE.encode(), HTML_TYPE, self._retry_after())
            case "500-empty":
                return Answer(500, b"", HTML_TYPE, self._retry_after())
            case "invalid-grant":
                body = {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"}
                return json_answer(body, 400)
            case "invalid-client":
                return json_answer({"error": "invalid_client"}, 401)
        return self._refusal().answer(clock, as_json=as_json)

    def _refusal(self) -> VendorRefusal:
        match self.kind:
            case "401" | "401-xml":
                return token_expired(xml=self.kind == "401-xml")
            case "403":
                return not_authorized()
            case "403-throttle":
                return throttled(status=403, retry_after=self.retry_after)
            case "429-json" | "429-xml":
                return throttled(xml=self.kind == "429-xml", retry_after=self.retry_after)
            case "500-fault":
                return ApiFault(
                    self.code or "10000",
                    self.message or "An application error has occurred while processing your request",
                    self.detail or "System Failure Error: try again later",
                    kind="SystemFault",
                    status=500,
                )
        message = self.message or "Invalid Company Status"
        detail = self.detail or "Subscription period has ended or canceled or there was a billing problem"
        return ApiFault(self.code or "6190", message, detail, status=200 if self.kind == "200-fault" else 400)

    def _retry_after(self) -> Mapping[str, str]:
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


@dataclass
class Trouble:
    """The rules in force; the first that matches strikes."""

    rules: list[Rule] = field(default_factory=list)
    count: int = 0

    def add(self, wanted: Json) -> Rule:
        """A rule from the control API. Raises ValueError with what is wrong."""
        values = fitting(Rule, {"match": {}, **wanted})
        if values.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if unknown := set(values["match"]) - set(MATCHES):
            raise ValueError(f"match takes {', '.join(MATCHES)}, not {', '.join(sorted(unknown))}")
        self.count += 1
        match = {name: str(value) for name, value in values["match"].items()}
        rule = Rule(**{**values, "match": match, "number": self.count, "struck": 0})
        self.rules.append(rule)
        return rule

    def strike(self, call: Call) -> Rule | None:
        """The rule that strikes this call, used up once."""
        for rule in self.rules:
            if rule.strikes(call):
                rule.struck += 1
                return rule
        return None

    def state(self) -> list[Json]:
        """The rules with how often each struck."""
        return [dict(vars(rule)) for rule in self.rules]


class CutAnswer:
    """An answer whose connection breaks in the middle of the body."""

    def __init__(self, answer: Answer, headers: Mapping[str, str]) -> None:
        self.answer, self.headers = answer, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise the whole length, send half, and return: the server then closes the connection."""
        body = self.answer.body
        headers = [
            (b"content-type", self.answer.content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            *((name.lower().encode(), value.encode()) for name, value in self.headers.items()),
        ]
        await send({"type": "http.response.start", "status": self.answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
