"""Tasks for the firm's own people: asked for on the activity record, and ticked there. No table of their own."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts import timeline
from accounts.models import ActivityLine, Business, User
from calls import outcomes
from calls.models import Attempt, Call
from desk.wording.tasks import ELSEWHERE, task_words
from syntharra import clock

ASKED, DONE = "asks_owner", "task_done"
LASTS = timedelta(days=90)  # while it is not done a customer may be waiting on hold for it


@dataclass(frozen=True)
class Task:
    """One thing to do, about one call or attempt. Several asked by one call are one task with the first's words."""

    line: UUID
    subject: UUID
    customer: UUID | None
    words: str
    asked_at: datetime
    url: str
    done_url: str


def waiting(business: Business) -> list[Task]:
    """What was asked in the last three months and is not ticked, oldest first."""
    return [task for task in _tasks(business, since=clock.now() - LASTS) if task is not None]


def of_call(business: Business, call: Call) -> tuple[Task | None, bool]:
    """What this call asked for, and whether it is done."""
    asked = (
        business.activitylines.filter(verb=ASKED, subject_id=call.pk).select_related("detail").order_by("recorded_at")
    )
    tasks = list(_first_of_each(asked))
    return (tasks[0] if tasks else None), bool(tasks) and bool(_ticked(business, {call.pk}))


@transaction.atomic
def tick(business: Business, line_id: UUID, *, by: User) -> ActivityLine | None:
    """It is done. Ticking twice is once. None when there is no such task."""
    line = business.activitylines.filter(pk=line_id, verb=ASKED).select_related("detail").first()
    if line is None:
        return None
    if not _ticked(business, {line.subject_id}):
        kind: type[Call] | type[Attempt] = Call if line.subject_kind == "call" else Attempt
        subject = kind.objects.get(pk=line.subject_id)
        timeline.record(subject, DONE, by=by.email, customer=line.customer_id, task=_code(line))
        if isinstance(subject, Call):
            outcomes.done(subject.pk)
    return line


def _tasks(business: Business, *, since: datetime) -> Iterable[Task]:
    asked = business.activitylines.filter(verb=ASKED, at__gte=since).select_related("detail").order_by("recorded_at")
    tasks = list(_first_of_each(asked))
    done = _ticked(business, {task.subject for task in tasks})
    return (task for task in tasks if task.subject not in done)


def _first_of_each(asked: Iterable[ActivityLine]) -> Iterable[Task]:
    seen: set[UUID] = set()
    for line in asked:
        code = _code(line)
        if code in ELSEWHERE or line.subject_id in seen:
            continue
        seen.add(line.subject_id)
        yield Task(
            line=line.pk,
            subject=line.subject_id,
            customer=line.customer_id,
            words=task_words(code, _facts(line)),
            asked_at=line.at,
            url=_url(line),
            done_url=reverse("task_done", args=[line.pk]),
        )


def _ticked(business: Business, subjects: Collection[UUID]) -> set[UUID]:
    lines = business.activitylines.filter(verb=DONE, subject_id__in=subjects)
    return set(lines.values_list("subject_id", flat=True))


def _code(line: ActivityLine) -> str:
    return str(_facts(line).get("task", ""))


def _facts(line: ActivityLine) -> Mapping[str, Any]:
    detail = getattr(line, "detail", None)
    return detail.facts if detail else {}


def _url(line: ActivityLine) -> str:
    if line.subject_kind == "call":
        return reverse("call", args=[line.subject_id])
    return reverse("customer", args=[line.customer_id]) if line.customer_id else reverse("activity")
