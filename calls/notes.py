"""The record of a call while it goes on: what was said, what was heard of it, and where the agent stands."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from calls.models import TranscriptLine
from disputes.hearing import Heard
from syntharra import bulk
from syntharra.tenancy import current_business

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

    def row(self, call_id: UUID, played: str | None) -> bulk.Row:
        return {**vars(self), "second": round(self.second, 2), "call_id": call_id, "played": played}


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

    @property
    def heard_by(self) -> str:
        """The version of hearing that heard the last of what was said here; empty where nothing was."""
        return next((str(note.evidence["version"]) for note in reversed(self.notes) if "version" in note.evidence), "")

    def joined(self, later: "Page") -> "Page":
        """Both, the later one on top."""
        return Page(
            notes=[*self.notes, *later.notes],
            played={**self.played, **later.played},
            memory=later.memory if later.memory is not None else self.memory,
            stopped_line=later.stopped_line if later.stopped_changed else self.stopped_line,
            stopped_changed=self.stopped_changed or later.stopped_changed,
        )


def write(call_id: UUID, page: Page, *, lazily: bool = False) -> None:
    """Put it on record. Writing a page twice is writing it once. ``lazily``: whatever is committed next waits for the disk."""
    write_all({call_id: page}, lazily=lazily)


def write_all(pages: Mapping[UUID, Page], *, lazily: bool = False) -> None:
    """The pages of many calls of one business in one message: PostgreSQL takes it as one transaction, all of them or none."""
    played = {(call, position): heard for call, page in pages.items() for position, heard in page.played.items()}
    rows = [
        note.row(call_id, played.pop((call_id, note.position), None))
        for call_id, page in pages.items()
        for note in page.notes
    ]
    memories = [(call, page.memory, page.heard_by) for call, page in pages.items() if page.memory is not None]
    stopped = [(call, page.stopped_line) for call, page in pages.items() if page.stopped_changed]
    # In the order of their keys, so that two who write never wait for each other in a circle.
    with bulk.together(prepared=True):
        if lazily:
            bulk.execute("SET LOCAL synchronous_commit TO off")
        bulk.insert(TranscriptLine, rows, on_conflict=_AGAIN)
        _update(_PLAYED, sorted((*line, heard) for line, heard in played.items()))
        _update(_MEMORY, sorted(memories))
        _update(_STOPPED, sorted(stopped, key=lambda row: row[0]))


_AGAIN = (
    "(business_id, call_id, position) DO UPDATE SET played = coalesce(excluded.played, calls_transcriptline.played)"
)
# One statement for many rows, which go over as one document; row level security binds it to the business as it does every other.
_PLAYED = """
UPDATE calls_transcriptline AS line SET played = new.played
FROM (SELECT (row->>0)::uuid AS call_id, (row->>1)::int AS position, row->>2 AS played FROM jsonb_array_elements(%s::jsonb) AS row) AS new
WHERE line.business_id = %s AND line.call_id = new.call_id AND line.position = new.position
"""
_MEMORY = """
UPDATE calls_call AS call
SET agent_state = new.memory, hearing_version = coalesce(nullif(new.heard_by, ''), call.hearing_version)
FROM (SELECT (row->>0)::uuid AS id, row->1 AS memory, row->>2 AS heard_by FROM jsonb_array_elements(%s::jsonb) AS row) AS new
WHERE call.business_id = %s AND call.id = new.id
"""
_STOPPED = """
UPDATE calls_call AS call SET stopped_line = new.line
FROM (SELECT (row->>0)::uuid AS id, (row->>1)::int AS line FROM jsonb_array_elements(%s::jsonb) AS row) AS new
WHERE call.business_id = %s AND call.id = new.id
"""


def prepare() -> None:
    """Have the server read and plan all that on the connection at hand."""
    bulk.prepare(TranscriptLine, on_conflict=_AGAIN)
    for statement in (_PLAYED, _MEMORY, _STOPPED):
        bulk.planned(statement)


def _update(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        bulk.execute(statement, json.dumps(rows, default=str), current_business())


def heard_as(heard: Heard) -> dict[str, Any]:
    """How a text was understood, for the record and for a claim."""
    return {
        "score": round(heard.score, 4),
        "rule_ids": list(heard.rule_ids),
        "pause_at": heard.pause_at,
        "freeze_at": heard.freeze_at,
        "stage": heard.stage.value,
        "version": heard.version,
        "lang": heard.lang,
    }


def recent(lines: Sequence[str]) -> list[str]:
    """The last things the person said, by which a repeated delivery is known."""
    return list(lines[-REMEMBERED:])
