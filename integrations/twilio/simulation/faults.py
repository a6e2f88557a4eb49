"""Misfortunes on order: what goes wrong, how often, and for whom."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from integrations.twilio.simulation.errors import ControlError

OPERATIONS = frozenset(
    {
        "calls.create", "calls.update", "calls.fetch", "calls.list", "messages.create", "messages.fetch",
        "recordings.fetch", "recordings.media", "lookups.fetch", "accounts.create", "numbers.create",
        "accounts.list", "numbers.list", "numbers.search",
    }
)  # fmt: skip

# Kinds that belong to one operation, and what each does.
KINDS: Mapping[str, str] = {
    "lost_response": "the work is done, the HTTP answer is lost (how: reset or hang)",
    "error_after": "the work is done, the answer is a 500",
    "slow_answer": "the answer comes after `seconds` machine seconds",
    "rate_limited": "429 with 20429; nothing is done",
    "server_error": "a 5xx (`status`, HTML if `html`); nothing is done",
    "reject": "an error answer of your own: `status`, `code`, `message`; nothing is done",
    "silent_after_201": "the call is accepted and nothing ever happens to it (`rings`: the phone rings all the same)",
    "status_before_201": "the first status callbacks arrive before the answer of the API",
    "amd_after_hangup": "the verdict on human or machine arrives when the call is over",
    "completed_before_answered": "the `completed` callback overtakes the `answered` one",
}
NOTHING_DONE = frozenset({"rate_limited", "server_error", "reject"})
ON_THE_CALL = frozenset({"silent_after_201", "status_before_201", "amd_after_hangup", "completed_before_answered"})
_OPTIONS = {"kind", "times", "on", "to", "how", "seconds", "status", "html", "code", "message", "rings"}


@dataclass(slots=True)
class Fault:
    """One misfortune, waiting for its moment. `times` counts down; 0 is spent."""

    kind: str
    times: int = 1
    on: str = "calls.create"
    to: str = ""
    how: str = "reset"
    seconds: float = 1.0
    status: int = 500
    html: bool = False
    code: int = 20500
    message: str = "An internal server error has occurred"
    rings: bool = False


@dataclass(slots=True)
class Faults:
    """The faults on order, oldest first."""

    waiting: list[Fault] = field(default_factory=list)
    happened: list[dict[str, Any]] = field(default_factory=list)

    def order(self, data: Mapping[str, Any]) -> Fault:
        if unknown := set(data) - _OPTIONS:
            raise ControlError(f"a fault has unknown keys: {', '.join(sorted(unknown))}")
        kind = str(data.get("kind", ""))
        if kind not in KINDS:
            raise ControlError(f"no fault is named {kind!r}; there are {', '.join(sorted(KINDS))}")
        fault = Fault(**{**data, "kind": kind})
        if fault.on not in OPERATIONS:
            raise ControlError(f"`on` is one of {', '.join(sorted(OPERATIONS))}")
        if kind in ON_THE_CALL and fault.on != "calls.create":
            raise ControlError(f"{kind} happens to a new call only: leave `on` out")
        if fault.how not in {"reset", "hang"}:
            raise ControlError("`how` is reset or hang")
        self.waiting.append(fault)
        return fault

    def take(self, operation: str, *, to: str = "") -> list[Fault]:
        """The faults that strike this operation now, one of a kind, or one that refuses it; each counts down."""
        due = [fault for fault in self.waiting if fault.on == operation and fault.to in {"", to}]
        refusing = [fault for fault in due if fault.kind in NOTHING_DONE]
        struck = list({fault.kind: fault for fault in reversed(refusing[:1] or due)}.values())
        for fault in struck:
            fault.times -= 1
            self.happened.append({**asdict(fault), "struck": operation, "at_number": to})
        self.waiting = [fault for fault in self.waiting if fault.times > 0]
        return struck
