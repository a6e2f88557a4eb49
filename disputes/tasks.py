"""Doors of disputes: the morning sweep, and what the books mark as disputed."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from celery import shared_task

from accounts.models import Business
from disputes import books, course, digest, fetching, from_books, inbound, resolving
from invoices import card_money, plans, promises
from invoices.changes import MARKS
from syntharra import clock, due, logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)
AGAIN_IN = timedelta(hours=1)


@shared_task
def sweep_digests() -> int:
    """Owe the daily dispute e-mail wherever it is 08:00 or later and it was not owed today; to how many people."""
    owed = 0
    for business_id in due.businesses(digest.KIND):
        with acting_for(business_id):
            owed += digest.send_digest(Business.objects.get(pk=business_id))
    return owed


@shared_task
def sweep_books() -> int:
    """Stop collecting wherever the books mark an invoice as disputed; how many disputes were opened.

    And see what the books did to those that are disputed already, and whether they show what was paid by card.
    """
    opened = 0
    for business_id in due.businesses(MARKS):
        with acting_for(business_id):
            try:
                card_money.match()
                opened += from_books.open_marked()
                books.look()
                plans.look()
                promises.look()
            except Exception:
                from_books.again_soon()
                raise
    return opened


@shared_task
def sweep_course() -> int:
    """Let offers run out, and what the books ended take its course, wherever the time has come; how many."""
    done = 0
    for kind, act in ((resolving.DUE, course.take_its_course), (books.DUE, books.take_its_course)):
        for business_id in due.businesses(kind):
            with acting_for(business_id):
                for row_id in due.rows(kind):
                    try:
                        act(row_id)
                    except Exception:
                        log.exception("course_failed", kind=kind, row=str(row_id))
                    done += 1
    return done


@shared_task
def sweep_payment_plans() -> int:
    """Look at each running payment plan whose day has come; how many."""
    return _look_at_each(plans.DUE, plans.look_at)


@shared_task
def sweep_promises() -> int:
    """Look at each promise whose day and grace have passed: the firm is asked, or the books decide; how many."""
    return _look_at_each(promises.DUE, promises.look_at)


def _look_at_each(kind: str, look: Callable[[UUID], object]) -> int:
    """At every due row of this kind, of whichever business; one that fails is looked at again later, and holds up no other."""
    looked = 0
    for business_id in due.businesses(kind):
        with acting_for(business_id):
            for row_id in due.rows(kind):
                try:
                    look(row_id)
                except Exception:
                    log.exception("look_failed", kind=kind, row=str(row_id))
                    due.note(kind, row_id, at=clock.now() + AGAIN_IN)
                looked += 1
    return looked


@shared_task
def sweep_mail() -> int:
    """Act on mail that was kept and not acted on: a worker died over it, or something was out of order; how many."""
    done = 0
    for business_id in due.businesses(inbound.DUE):
        with acting_for(business_id):
            for row_id in due.rows(inbound.DUE):
                try:
                    inbound.act(row_id)
                except Exception:
                    log.exception("mail_failed", mail=str(row_id))
                    inbound.again_later(row_id)
                done += 1
    return done


@shared_task
def fetch_mail() -> int:
    """Take the mail that waits in the mailbox the settings name, if they name one; how many."""
    return fetching.fetch()[0]
