"""The owner's word on a planned call: yes, or not this one; and whether each call waits for it at all."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import timeline
from accounts.models import Business, User
from calls import bells
from calls.models import Attempt
from calls.planning import ATTEMPT
from invoices.holds import hold_customer_back
from invoices.services import hold_customer
from syntharra import clock, due


class CannotApprove(Exception):
    """The attempt is no longer waiting to be approved."""


@transaction.atomic
def approve(attempt_id: UUID, *, by: User) -> Attempt:
    """In review mode: this call may be made. Approving twice is once."""
    attempt = _held(attempt_id)
    if Attempt.objects.filter(pk=attempt.pk, approved_at=None).update(approved_at=clock.now(), approved_by=by.email):
        _wanted_now(attempt)
        timeline.record(attempt, "approved_call", by=by.email)
    attempt.refresh_from_db()
    return attempt


def approve_all(attempt_ids: Collection[UUID], *, by: User) -> int:
    """Each of these may be made, in a transaction of its own; how many still waited for it."""
    approved = 0
    for attempt_id in sorted(attempt_ids):
        try:
            approved += approve(attempt_id, by=by).status == Attempt.Status.PLANNED
        except CannotApprove:
            continue  # called or taken back while the page was open
    return approved


@transaction.atomic
def call_off(attempt_id: UUID, *, by: User, reason: str, until: datetime | None = None) -> Attempt:
    """The owner does not want this planned call: the customer is on hold until then, or until it is lifted.

    Without the hold the next planning would only plan it anew. Nobody was rung, so it is none of the three.
    """
    attempt = _held(attempt_id)
    attempt.move(Attempt.Status.ENDED, ended_at=clock.now(), ended_because="called_off", leased_until=None)
    due.settle(ATTEMPT, attempt.pk)
    timeline.record(attempt, "called_off", by=by.email, reason=reason)
    hold_customer_back(attempt.customer_id, reason=reason, by=by, until=until)
    return attempt


@transaction.atomic
def review_calls(business: Business, *, on: bool, by: User) -> Business:
    """Each call waits for a yes (on), or goes out by itself once every rule lets it (off). Saying it twice is once.

    Switched off, what waits may go out at its own time; what was planned for a moment that has passed, now.
    """
    if not Business.objects.filter(pk=business.pk, reviews_calls=not on).update(reviews_calls=on):
        return business
    business.refresh_from_db()
    timeline.record(business, "switched_to_review" if on else "switched_to_automatic", by=by.email)
    if not on:
        for attempt in Attempt.objects.filter(status=Attempt.Status.PLANNED, approved_at=None).order_by("pk"):
            _wanted_now(attempt)
    return business


def _wanted_now(attempt: Attempt) -> None:
    due.note(ATTEMPT, attempt.pk, at=max(attempt.planned_for, clock.now()))
    bells.dial(attempt.pk)


def _held(attempt_id: UUID) -> Attempt:
    hold_customer(Attempt.objects.values_list("customer_id", flat=True).get(pk=attempt_id))
    attempt = Attempt.objects.get(pk=attempt_id)
    if attempt.status != Attempt.Status.PLANNED:
        raise CannotApprove(f"this call is {attempt.get_status_display()} already")
    return attempt
