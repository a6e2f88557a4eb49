"""The books read into our rows: first whole, then what changed, and one invoice fresh before a call.

A first load goes page by page and is gone on with after a kill; the same again writes nothing; late, repeated and
disordered news end in the same rows. One object that cannot be read is set aside with its reason, and the rest goes on.
Only what is here writes what the books say; it never touches what is ours.
"""

import time
from collections.abc import Generator
from contextlib import closing
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from integrations import bells, health
from integrations.errors import Refused, Unavailable, VendorError
from integrations.ledger import Gone, Ledger, LedgerInvoice, Page, TooFarBack, Unusable, ledger_for
from integrations.models import SyncRun
from invoices import replacements, sync_compare, sync_hints, sync_page, sync_runs
from invoices.consents import record_consents
from invoices.counting import count_what_grew
from invoices.giving_way import rest
from invoices.models import Invoice
from invoices.sync_ahead import Ahead, Asked, timed
from invoices.sync_reading import Reading, plan_anew
from invoices.sync_runs import Held, LostRun
from syntharra import clock, logs

log = logs.get(__name__)

PATIENCE = 25.0
FRESH_PATIENCE = 8.0


def start_sync(connection_id: UUID) -> None:
    """Ask for these books to be read now, by a worker."""
    bells.ask_for_sync(connection_id)


def sync(connection_id: UUID, *, seconds: float = 150.0) -> SyncRun | None:
    """Read these books: all of them the first time, then what changed. Call it outside any transaction.

    The run as it ended; still running when ``seconds`` were up, for another worker to go on with; None when another
    worker is at it or the books are not connected. What the vendor did wrong is on the run and the connection.
    """
    held = sync_runs.begin(connection_id)
    if held is None:
        return None
    try:
        with closing(ledger_for(held.run.connection, patience=_patience())) as ledger:
            return _read(held, ledger, until=time.monotonic() + seconds)
    except LostRun:
        log.info("sync_lost", run=str(held.run.pk))
        return None
    except VendorError as error:
        return _failed(held, error)
    except OperationalError as error:
        log.warning("sync_hindered", run=str(held.run.pk), error=str(error)[:200])
        return _failed(held, Unavailable(_("Rows were locked for too long."), problem="books_busy"))
    except Exception:
        log.exception("sync_broke", run=str(held.run.pk))
        _failed(
            held, Unavailable(_("Something unforeseen happened."), said=logs.correlation_id(), problem="unexpected")
        )
        raise


def _patience() -> float:
    """Less than a lease: a worker that waits for the vendor must not lose its run by that."""
    return min(PATIENCE, float(settings.WORK_LEASE_SECONDS) / 2)


def _failed(held: Held, error: VendorError) -> SyncRun | None:
    try:
        return sync_runs.failed(held, error)
    except LostRun:
        return None


def _read(held: Held, ledger: Ledger, *, until: float) -> SyncRun:
    run = held.run
    first_load = run.connection.synced_at is None
    if not first_load:
        _follow_hints(held, ledger)
    ahead = Ahead(ledger)
    with closing(_pages(held, ledger, ahead)) as pages:
        for page, asked_at in pages:
            began = time.monotonic()
            reading = Reading(run.connection, asked_at, guard=partial(sync_runs.guard, held))
            _apply(reading, ahead, page, first_load=first_load)
            if page.done:
                _look_closer(held, reading, ledger, first_load=first_load)
            if reading.busy:
                raise Unavailable(_("Some customers were in use for too long."), problem="books_busy")
            if not first_load:
                replacements.look(reading.guard)
            sync_runs.advance(held, page.cursor, reading, seen=len(page.items))
            if page.done:
                if run.written:
                    record_consents()
                return sync_runs.done(held, page.cursor)
            rest(time.monotonic() - began)
            if time.monotonic() > until:
                sync_runs.put_down(held)
                return run
    raise Unavailable(_("The books broke off."), problem="answer_garbled")


def _apply(reading: Reading, ahead: Ahead, page: Page, *, first_load: bool) -> None:
    """Write a page, and after the first load whatever payments its invoices point at and we lack."""
    count_what_grew()
    plan_anew()
    sync_page.apply(reading, ahead, page.items)
    if not first_load:
        payments = sync_page.payments_to_look_at(reading, page.items)
        sync_page.apply(reading, ahead, ahead.some("payment", payments) if payments else [])


def _follow_hints(held: Held, ledger: Ledger) -> None:
    """What webhooks named first: what changed since is asked for anyway, but some vendors are slow to tell."""
    looked = 0
    while looked < sync_hints.AT_MOST and (some := _follow_some(held, ledger)):
        looked += some


def _follow_some(held: Held, ledger: Ledger) -> int:
    """The oldest of them, read and forgotten before the next are asked for; how many."""
    named, taken = sync_hints.take(held.run.connection)
    if not taken:
        return 0
    reading = Reading(held.run.connection, clock.now(), guard=partial(sync_runs.guard, held))
    for items in sync_hints.look_up(ledger, named):
        sync_page.apply(reading, ledger, items)
        payments = sync_page.payments_to_look_at(reading, items)
        sync_page.apply(reading, ledger, ledger.some("payment", payments) if payments else [])
    replacements.look(reading.guard)
    held.run.written += reading.written
    if reading.busy:
        return 0
    sync_hints.forget(taken)
    held.run.seen += len(taken)
    return len(taken)


def _pages(held: Held, ledger: Ledger, ahead: Ahead) -> Generator[Asked]:
    """What is to be read, each page with the business time at which it was asked for."""
    run = held.run
    if not run.whole:
        try:
            yield from timed(ledger.changes(run.cursor))
        except TooFarBack as far:
            run.whole, run.cursor = True, far.cursor
        else:
            return
    if run.expected is None:
        run.expected = run.seen + ledger.count(run.cursor)
    yield from ahead.pages(ledger.whole(run.cursor))


def _look_closer(held: Held, reading: Reading, ledger: Ledger, *, first_load: bool) -> None:
    """At the end: what waited for something else, and after a reading of the whole what was deleted meanwhile."""
    for items in sync_compare.waiting(reading, ledger):
        sync_page.apply(reading, ledger, items)
    if held.run.whole and (not first_load or held.goes_on):
        for items in sync_compare.deleted(reading, ledger):
            sync_page.apply(reading, ledger, items)


def read_fresh(invoice_id: UUID) -> Invoice:
    """This invoice as the books have it at this moment, with its pay link. Call it outside any transaction.

    Raises the errors of ``integrations.errors``: then nobody may be called about it. One that is gone comes back
    deleted. Whatever it was paid with is read by the next sync, which is asked for.
    """
    invoice = Invoice.objects.select_related("connection").get(pk=invoice_id)
    connection, asked_at = invoice.connection, clock.now()
    reading = Reading(connection, asked_at)
    try:
        with closing(ledger_for(connection, patience=FRESH_PATIENCE)) as ledger:
            item = ledger.one_invoice(invoice.external_id)
            notes = sync_page.apply(reading, ledger, [item])
        if reading.busy:
            raise Unavailable(_("Somebody else is at work with this customer."), problem="books_busy")
    except VendorError as error:
        health.trouble(connection.pk, error)
        raise
    if notes:
        raise Refused(_("This invoice cannot be read from the books."), problem=notes[0].reason, said=notes[0].detail)
    return _now_fresh(invoice_id, item, reading)


@transaction.atomic
def _now_fresh(invoice_id: UUID, item: LedgerInvoice | Gone | Unusable, reading: Reading) -> Invoice:
    invoice = Invoice.objects.get(pk=invoice_id)
    changes: dict[str, object] = {"read_at": max(reading.at, invoice.read_at)}
    if isinstance(item, LedgerInvoice):
        changes["pay_url"] = item.pay_url or ""
        if sync_page.payments_to_look_at(reading, [item]):
            bells.ask_for_sync(reading.connection.pk)
    Invoice.objects.filter(pk=invoice_id).update(**changes)
    for name, value in changes.items():
        setattr(invoice, name, value)
    return invoice
