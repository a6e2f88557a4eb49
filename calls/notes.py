"""The record of a call while it goes on: what was said, what was heard of it, and where the agent stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from calls.models import Call, TranscriptLine
from disputes.hearing import Heard

REMEMBERED = 12


@dataclass
class Note:
    """One utterance, as it goes into the transcript."""

    position: int
    speaker: str
    text: str
    second: float
    act: str = ""
    asks: str = ""
    partial: bool = False
    state: str = ""
    intent: str = ""
    also: list[str] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)

    def row(self, call_id: UUID) -> TranscriptLine:
        said = {**vars(self), "second": Decimal(str(round(self.second, 2)))}
        return TranscriptLine(call_id=call_id, **said)


@dataclass
class Page:
    """What has come together since the last writing."""

    notes: list[Note] = field(default_factory=list)
    played: dict[int, str] = field(default_factory=dict)
    memory: dict[str, Any] | None = None
    stopped_line: int | None = None
    stopped_changed: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.notes or self.played or self.memory or self.stopped_changed)

    def joined(self, later: "Page") -> "Page":
        """Both, the later one on top."""
        return Page(
            notes=[*self.notes, *later.notes],
            played={**self.played, **later.played},
            memory=later.memory if later.memory is not None else self.memory,
            stopped_line=later.stopped_line if later.stopped_changed else self.stopped_line,
            stopped_changed=self.stopped_changed or later.stopped_changed,
        )


@transaction.atomic
def write(call_id: UUID, page: Page) -> None:
    """Put it on record. Writing a page twice is writing it once."""
    rows = [note.row(call_id) for note in page.notes]
    TranscriptLine.objects.bulk_create(rows, ignore_conflicts=True)
    for position, heard in page.played.items():
        TranscriptLine.objects.filter(call_id=call_id, position=position).update(played=heard)
    changes: dict[str, Any] = {}
    if page.memory is not None:
        changes["agent_state"] = page.memory
    if page.stopped_changed:
        changes["stopped_line"] = page.stopped_line
    if changes:
        Call.objects.filter(pk=call_id).update(**changes)


def heard_as(heard: Heard) -> dict[str, Any]:
    """How a text was understood, for the record and for a claim."""
    return {
        "score": round(heard.score, 4),
        "rule_ids": list(heard.rule_ids),
        "version": heard.version,
        "lang": heard.lang,
    }


def recent(lines: Sequence[str]) -> list[str]:
    """The last things the person said, by which a repeated delivery is known."""
    return list(lines[-REMEMBERED:])
