"""The record of every decision and contact: append-only, hash-chained, one line an act, in the act's own transaction.

Lines are written unchained, so that two acts never wait for each other; a sealer numbers and hashes them seconds later.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from accounts.models import ActivityDetail, ActivityLine
from syntharra import bulk, clock, due
from syntharra.identifiers import uuid7
from syntharra.tenancy import current_business

GENESIS = b"\0" * 32


class BrokenChain(Exception):
    """The record was changed after it was sealed; the message names the first line that does not fit."""


def record(subject: models.Model, verb: str, *, by: str, customer: UUID | None = None, **facts: Any) -> ActivityLine:
    """Put one act on record: what happened to which row, by whom, with the facts a reader will want."""
    kind, about = str(subject._meta.model_name), customer or getattr(subject, "customer_id", None)
    (line,) = record_all([Act(kind, subject.pk, verb, about, facts)], by=by)
    return line


@dataclass(frozen=True, slots=True)
class Act:
    """One of several acts put on record together: what ``record`` takes, the row by its kind and key."""

    subject_kind: str
    subject_id: UUID
    verb: str
    customer: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def record_all(acts: Sequence[Act], *, by: str) -> list[ActivityLine]:
    """Put acts of one moment and one actor on record, a line each, in one message to the server however many they are."""
    moment = clock.now()
    lines: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    for act in acts:
        said, pk = _said(act.facts), uuid7()
        line = {"id": pk, "at": moment, "recorded_at": clock.machine_now(), "actor": by, "verb": act.verb}
        subject = {"subject_kind": act.subject_kind, "subject_id": act.subject_id, "customer_id": act.customer}
        lines.append({**line, **subject, "details_hash": digest(said)})
        details.append({"line_id": pk, "facts": said})
    with bulk.together():
        bulk.insert(ActivityLine, lines)
        bulk.insert(ActivityDetail, details)
        due.note("seal", *(line["id"] for line in lines), at=moment)
    return [bulk.as_made(ActivityLine, line) for line in lines]


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are stored and hashed."""
    said: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    return said


@transaction.atomic(durable=True)
def seal() -> int:
    """Number and hash what was recorded since the last seal; how many lines. One sealer a business at a time."""
    return seal_within()


def seal_within() -> int:
    """The same inside the caller's transaction, which others who seal wait for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"seal {current_business()}"])
    last = ActivityLine.objects.exclude(number=None).order_by("-number").first()
    number, previous = (last.number or 0, bytes(last.hash or b"")) if last else (0, GENESIS)
    lines = list(ActivityLine.objects.filter(number=None).order_by("recorded_at", "id"))
    for line in lines:
        number += 1
        line.number, line.previous_hash = number, previous
        line.hash = previous = line_hash(line)
    ActivityLine.objects.bulk_update(lines, ["number", "previous_hash", "hash"], batch_size=500)
    due.settle("seal", *(line.pk for line in lines))
    return len(lines)


def verify() -> int:
    """Walk the chain of the current business; how many sealed lines hold. Raises BrokenChain at the first that does not."""
    previous, expected = GENESIS, 0
    for line in ActivityLine.objects.exclude(number=None).order_by("number").select_related("detail").iterator():
        expected += 1
        if line.number != expected:
            raise BrokenChain(f"line {expected} is missing")
        if bytes(line.previous_hash or b"") != previous or bytes(line.hash or b"") != line_hash(line):
            raise BrokenChain(f"line {expected} was changed")
        detail = getattr(line, "detail", None)
        if detail is not None and digest(detail.facts) != bytes(line.details_hash):
            raise BrokenChain(f"the details of line {expected} were changed")
        previous = bytes(line.hash or b"")
    return expected


def line_hash(line: ActivityLine) -> bytes:
    return digest(parts_of(line))


def parts_of(line: ActivityLine) -> dict[str, Any]:
    """What the hash of a line is made of, as JSON holds it: whoever has these can compute it again."""
    parts = {
        "business": line.business_id,
        "number": line.number,
        "previous": bytes(line.previous_hash or b"").hex(),
        "id": line.pk,
        "at": line.at.isoformat(),
        "recorded_at": line.recorded_at.isoformat(),
        "actor": line.actor,
        "verb": line.verb,
        "subject": [line.subject_kind, line.subject_id],
        "customer": line.customer_id,
        "details": bytes(line.details_hash).hex(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(parts, default=str))
    return plain


def digest(value: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), default=str).encode()).digest()
