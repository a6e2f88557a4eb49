"""The owner's "was a dispute" and "was none": kept beside what hearing made of the same words, to train and measure on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.models import Business
from disputes.hearing.language import language_of
from disputes.models import Claim, HearingLabel
from invoices.models import Customer
from syntharra import clock
from syntharra.tenancy import acting_for

LONGEST = 4000


class CannotLabel(Exception):
    """The label is not usable; the message says why, for the person who gave it."""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """The words that are labeled. ``source_key`` names the place for good: ``line:<id of the transcript line>``, ``mail:<id>``.

    ``heard_dispute`` and ``evidence`` are what hearing decided then, as it was stored; ``asked`` what the agent's question before
    it was about.
    """

    source_key: str
    words: str
    said_at: datetime
    heard_dispute: bool
    asked: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def label(customer: Customer, spoken: Spoken, *, was_dispute: bool, by: str, reason: str = "") -> HearingLabel:
    """Keep what these words really were. ``reason``: one of the eight, only of a dispute; empty where nobody said.

    Changes nothing about any invoice: a freeze is lifted by ``services.release`` and by nothing else. Safe to repeat; a second
    label of the same words replaces the first, and both stay on the timeline. Raises :class:`CannotLabel`.
    """
    if not spoken.words.strip():
        raise CannotLabel("there are no words to label")
    if reason and reason not in Claim.Reason.values:
        raise CannotLabel(f"{reason!r} is none of the reasons: {', '.join(Claim.Reason.values)}")
    if reason and not was_dispute:
        raise CannotLabel("a reason belongs to a dispute only")
    row, _ = HearingLabel.objects.update_or_create(
        source_key=spoken.source_key,
        defaults={
            "customer": customer,
            "words": spoken.words[:LONGEST],
            "asked": spoken.asked,
            "was_dispute": was_dispute,
            "reason": reason,
            "heard_dispute": spoken.heard_dispute,
            "evidence": spoken.evidence,
            "said_at": spoken.said_at,
            "labeled_at": clock.now(),
            "by": by,
        },
    )
    timeline.record(
        row, "labeled_hearing", by=by, was_dispute=was_dispute, heard_dispute=spoken.heard_dispute, reason=reason
    )
    return row


def label_of(source_key: str) -> HearingLabel | None:
    """What was said about this place before, for the page that shows it."""
    return HearingLabel.objects.filter(source_key=source_key).first()


def exported(businesses: list[Business]) -> Iterator[str]:
    """The labeled file: one JSON object a line, oldest first, without a customer's name, number or invoice."""
    for business in businesses:
        with acting_for(business.pk):
            for row in HearingLabel.objects.order_by("labeled_at", "pk").iterator(chunk_size=500):
                yield json.dumps(_line(row), ensure_ascii=False)


def _line(row: HearingLabel) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "text": row.words,
        "dispute": row.was_dispute,
        "reason": row.reason or None,
        "lang": language_of(row.words),
        "asked": row.asked or None,
        "heard_dispute": row.heard_dispute,
        "heard": row.evidence,
        "labeled_at": row.labeled_at.isoformat(),
    }
