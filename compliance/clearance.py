"""The answer of the gate, complete enough to be shown, stored and computed again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from compliance.law import Layer, Source
from compliance.records import Json, RecordError, utc_text

type Decision = Literal["allowed", "blocked"]

OK = "OK"


@dataclass(frozen=True, slots=True)
class LawOnly:
    """What the law alone would have said, with house and sales rules off."""

    decision: Decision
    reason: str

    def to_json(self) -> dict[str, Json]:
        return {"decision": self.decision, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Citation:
    """The source of one reason, and how far it was verified (seen, memory, ours)."""

    code: str
    layer: Layer
    source: Source

    def to_json(self) -> dict[str, Json]:
        return {
            "code": self.code,
            "layer": self.layer.value,
            "source": self.source.text,
            "verified": self.source.verified,
        }


@dataclass(frozen=True, slots=True)
class Clearance:
    """May this contact be made now? Allowed means that no rule speaks against it.

    `reason` is the first of `all_reasons`; `layer` says whether law, overlay or house gave it (None when allowed).
    `next_allowed_at` is the first minute after now at which the same facts are allowed, None when they are allowed
    already or when waiting alone cures nothing. `citations` and the findings among the inputs go in step.
    """

    decision: Decision
    reason: str
    layer: Layer | None
    all_reasons: tuple[str, ...]
    law_only: LawOnly
    inputs: Mapping[str, Any]
    citations: tuple[Citation, ...]
    next_allowed_at: datetime | None
    rules_version: str

    @property
    def is_allowed(self) -> bool:
        return self.decision == "allowed"

    def to_json(self) -> dict[str, Json]:
        return {
            "decision": self.decision,
            "reason": self.reason,
            "layer": self.layer.value if self.layer else None,
            "all_reasons": [*self.all_reasons],
            "law_only": self.law_only.to_json(),
            "inputs": dict(self.inputs),
            "citations": [citation.to_json() for citation in self.citations],
            "next_allowed_at": utc_text(self.next_allowed_at) if self.next_allowed_at else None,
            "rules_version": self.rules_version,
        }

    @classmethod
    def from_json(cls, data: Any) -> "Clearance":
        """The stored answer; raises records.RecordError when it cannot be read."""
        try:
            return cls(
                decision=_decision(data["decision"]),
                reason=str(data["reason"]),
                layer=Layer(data["layer"]) if data["layer"] else None,
                all_reasons=tuple(data["all_reasons"]),
                law_only=LawOnly(_decision(data["law_only"]["decision"]), str(data["law_only"]["reason"])),
                inputs=data["inputs"],
                citations=_citations(data["citations"]),
                next_allowed_at=_moment(data["next_allowed_at"]),
                rules_version=str(data["rules_version"]),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise RecordError(f"this is no stored clearance: {problem!r}") from problem


def _decision(value: object) -> Decision:
    if value == "allowed":
        return "allowed"
    if value == "blocked":
        return "blocked"
    raise ValueError(f"decision {value!r}")


def _citations(data: Sequence[Mapping[str, str]]) -> tuple[Citation, ...]:
    return tuple(
        Citation(item["code"], Layer(item["layer"]), Source(item["source"], item["verified"])) for item in data
    )


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value).astimezone(UTC) if value else None
