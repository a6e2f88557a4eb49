"""Changed balances on the timeline: one line each, in the transaction of the change, however many there are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts import timeline
from accounts.models import ActivityDetail, ActivityLine
from syntharra import clock, due

VERB = "balance_changed"


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """What the books said before and say now of one invoice."""

    invoice: UUID
    customer: UUID
    number: str
    currency: str
    was: Decimal
    now: Decimal
    status_was: str
    status: str

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "currency": self.currency,
            "was": str(self.was),
            "now": str(self.now),
            "status_was": self.status_was,
            "status": self.status,
        }


def record(changes: Sequence[BalanceChange], *, by: str) -> None:
    """Put every change on record. As ``timeline.record`` does one, in three statements for them all."""
    at = clock.now()
    lines, details = [], []
    for change in changes:
        facts = json.loads(json.dumps(change.facts))
        line = ActivityLine(
            at=at,
            actor=by,
            verb=VERB,
            subject_kind="invoice",
            subject_id=change.invoice,
            customer_id=change.customer,
            details_hash=timeline.digest(facts),
        )
        lines.append(line)
        details.append(ActivityDetail(line=line, facts=facts))
    if lines:
        ActivityLine.objects.bulk_create(lines)
        ActivityDetail.objects.bulk_create(details)
        due.note("seal", *(line.pk for line in lines), at=at)
