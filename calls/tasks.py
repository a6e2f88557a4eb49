"""Doors of calls: bells and sweeps. Each enters a business and leaves the work to the module that knows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from celery import shared_task

from accounts.models import Business
from calls import dialing, journal, planning, settling, stops, webhooks
from calls.endings import UNFINISHED
from calls.lines import unfinished
from integrations import inbox
from syntharra import clock, due, logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)


@shared_task
def plan(business_id: str) -> int:
    """Plan what this business may call about."""
    with acting_for(UUID(business_id)):
        return planning.plan(UUID(business_id))


@shared_task
def dial(business_id: str, attempt_id: str) -> str:
    """Dial this attempt, if it is due."""
    with acting_for(UUID(business_id)):
        return dialing.dial(UUID(attempt_id))


@shared_task
def settle(business_id: str, attempt_id: str) -> str:
    """Find out how this attempt stands."""
    with acting_for(UUID(business_id)):
        return settling.settle(UUID(attempt_id))


@shared_task
def read_webhooks() -> int:
    """Act on what the carrier told us."""
    return inbox.read(webhooks.SOURCE)


@shared_task
def sweep_plans() -> int:
    """Plan the calls of every business whose time has come or where something changed; how many were planned.

    One at a time, taken from the list of what is due: several workers share a morning without getting in each other's way.
    """
    made, began = 0, clock.now()
    while True:
        again = clock.now() + planning.SOON
        business_id = due.take(planning.KIND, before=began, again=again)
        if business_id is None:
            return made
        with acting_for(business_id), _others_go_on("plan", business_id):
            made += planning.plan(business_id, noted=again)


@shared_task
def sweep_dials() -> int:
    """Dial what is due and nobody's bell was heard for; how many were looked at."""
    looked = 0
    stopped = set(Business.objects.exclude(stopped_at=None).values_list("pk", flat=True))
    for business_id in due.businesses(planning.ATTEMPT):
        if business_id in stopped:
            continue
        with acting_for(business_id):
            for attempt_id in due.rows(planning.ATTEMPT):
                dial.delay(str(business_id), str(attempt_id))
                looked += 1
    return looked


@shared_task
def sweep_unfinished() -> int:
    """Find out what became of calls nobody told us the end of, end those of stopped businesses, empty the journal."""
    journal.retry()
    looked = 0
    for business in Business.objects.exclude(stopped_at=None):
        with acting_for(business.pk):
            if unfinished() or stops.callers_on_line():
                stops.owe_stop(business)
    for business_id in due.businesses(UNFINISHED):
        with acting_for(business_id):
            for attempt_id in due.rows(UNFINISHED):
                with _others_go_on("settle", attempt_id):
                    settling.settle(attempt_id)
                looked += 1
    return looked


@contextmanager
def _others_go_on(what: str, about: UUID) -> Iterator[None]:
    """What fails here stays due and is said in the log; it does not keep the rest of a sweep from being done."""
    try:
        yield
    except Exception:
        log.exception("sweep_failed", what=what, about=str(about))
