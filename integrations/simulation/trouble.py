"""Faults on demand, the same for every vendor: which calls they strike, how often, and what the caller then sees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.simulation.call import HTML_TYPE, Answer, Call
from integrations.simulation.typed import fitting

BUILT_IN: dict[str, str] = {
    "slow": "The answer takes `seconds` longer.",
    "cut-body": "The body ends in the middle, with a length that fits: broken JSON.",
    "cut-connection": "The connection breaks in the middle of the body.",
    "drop-answer": "The work is done, and the connection closed without a word.",
    "html-503": "A gateway's page instead of the vendor's answer.",
    "empty-500": "500 and nothing else.",
}
SPOILS = ("slow", "cut-body", "cut-connection", "drop-answer")
"""The vendor does the work; only its answer is late, broken or lost."""
OUTAGE = b"""<html><head><title>503 Service Temporarily Unavailable</title></head>
<body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>gateway</center></body></html>
"""


@dataclass(kw_only=True)
class Rule:
    """Strikes matching calls until its times are used up; `times` null strikes for ever.

    `path` is looked for as a part; "" means every call of the data API. `after` lets the vendor do the work first.
    """

    kind: str
    path: str = ""
    method: str = ""
    times: int | None = 1
    seconds: float = 1.0
    retry_after: int | None = None
    after: bool = False
    account: str = ""
    body: str = ""
    """A part of the request body: how a GraphQL operation is meant."""
    struck: int = 0
    number: int = 0

    def strikes(self, call: Call, *, api: bool) -> bool:
        """Whether this call is meant."""
        if self.times is not None and self.struck >= self.times:
            return False
        if not self.path and not api:
            return False
        return (
            self.path in call.path
            and self.method.upper() in ("", call.method)
            and self.account in ("", call.account)
            and self.body.encode() in call.body
        )

    @property
    def headers(self) -> dict[str, str]:
        """Retry-After, where one is wanted."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


type Render = Callable[[str, Rule], Answer]


class Trouble:
    """The rules in force; the first that matches strikes."""

    def __init__(self, render: Render, kinds: Mapping[str, str]) -> None:
        self._render = render
        self.kinds: dict[str, str] = {**BUILT_IN, **kinds}
        self.rules: list[Rule] = []
        self._count = 0

    def add(self, **wanted: Any) -> Rule:
        """A new rule. Raises ValueError with what is wrong."""
        values = fitting(Rule, wanted)
        if values.get("kind") not in self.kinds:
            raise ValueError(f"kind must be one of {', '.join(self.kinds)}")
        self._count += 1
        rule = Rule(**{**values, "number": self._count, "struck": 0})
        self.rules.append(rule)
        return rule

    def strike(self, call: Call, *, api: bool = True) -> Rule | None:
        """The rule that strikes this call, used up once."""
        for rule in self.rules:
            if rule.strikes(call, api=api):
                rule.struck += 1
                return rule
        return None

    def answer(self, rule: Rule) -> Answer:
        """What the caller gets instead of the vendor's answer."""
        match rule.kind:
            case "html-503":
                return Answer(503, OUTAGE, HTML_TYPE, rule.headers)
            case "empty-500":
                return Answer(500, b"", HTML_TYPE, rule.headers)
        return self._render(rule.kind, rule)

    def clear(self) -> None:
        """No more faults."""
        self.rules.clear()

    def state(self) -> list[dict[str, Any]]:
        """The rules with how often each struck."""
        return [dict(vars(rule)) for rule in self.rules]
