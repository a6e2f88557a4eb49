"""Which disputes run out next, asked of the database: for boards, lists and sorting of any number of them.

The pure clocks say the same of one dispute to the minute; here a first word counts from its earliest possible limit.
"""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast, Least

from disputes.clocks import late_before
from disputes.deadlines import ACKNOWLEDGE_WITHIN, FIRST_WORD_DAYS, TELL_WITHIN
from disputes.models import Dispute, LegalDate


def with_limits(found: "QuerySet[Dispute]") -> "QuerySet[Dispute]":
    """Each with ``legal_on`` and ``legal_kind`` (its next legal date, if any) and ``runs_out`` (null when nothing waits)."""
    dates = LegalDate.objects.filter(invoice=OuterRef("invoice"), done_at=None).order_by("on")
    with_dates = found.annotate(
        legal_on=Subquery(dates.values("on")[:1]), legal_kind=Subquery(dates.values("kind")[:1])
    )
    return with_dates.annotate(
        runs_out=Least(
            _while(Q(acknowledged_at=None), _later("opened_at", ACKNOWLEDGE_WITHIN)),
            _while(Q(first_word_at=None), _later("opened_at", timedelta(days=FIRST_WORD_DAYS))),
            _while(Q(decided_at=None), F("decide_by")),
            Case(When(closed_at=None, then=Cast("legal_on", DateTimeField())), output_field=DateTimeField()),
        )
    )


def late(found: "QuerySet[Dispute]", *, now: datetime, zone: str) -> "QuerySet[Dispute]":
    """Those live ones of which a clock ran out and still waits."""
    today = now.astimezone(ZoneInfo(zone)).date()
    missed = LegalDate.objects.filter(invoice=OuterRef("invoice"), done_at=None, on__lt=today)
    return found.filter(
        Q(owner_told_at=None, opened_at__lt=now - 2 * TELL_WITHIN)
        | Q(acknowledged_at=None, opened_at__lt=now - ACKNOWLEDGE_WITHIN)
        | Q(first_word_at=None, opened_at__lt=late_before(now, zone))
        | Q(decided_at=None, decide_by__lt=now)
        | Q(Exists(missed)),
        closed_at=None,
    )


def month_start(now: datetime, zone: str) -> datetime:
    """Midnight of the first day of this month on the firm's wall."""
    local = now.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date().replace(day=1), time(), ZoneInfo(zone))


def _while(waits: Q, limit: Any) -> Any:
    return Case(When(waits & Q(closed_at=None), then=limit), output_field=DateTimeField())


def _later(field: str, length: timedelta) -> Any:
    return ExpressionWrapper(F(field) + length, output_field=DateTimeField())
