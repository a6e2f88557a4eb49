"""What we write into the books: a row first, written once under its key, confirmed by reading back; or a task by hand.

The vendor is asked under the entry's own id, however often a worker dies: nothing is written twice. Where a vendor cannot
do it (``integrations.abilities``), the entry is the owner's task with the steps beside it, ticked when done.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from integrations import bells, health
from integrations.abilities import Ability, Act, abilities_of
from integrations.errors import Disconnected, NotAble, Refused, Throttled, Unavailable, VendorError
from integrations.ledger import Ledger, Receiving, Written, ledger_for
from integrations.models import Connection
from invoices import replacements, sync_page
from invoices.changes import receivables_changed
from invoices.models import BookEntry, Invoice
from invoices.services import hold
from invoices.sync import read_fresh
from invoices.sync_reading import Reading
from notifications import outbox
from notifications.models import Duty
from notifications.outbox import Later
from syntharra import bulk, clock, logs
from syntharra.identifiers import uuid7

log = logs.get(__name__)

KIND = "book_entry"
PATIENCE = 20.0
AGAIN = 60.0
LONGEST_WRITE = 300  # seconds; the outbox may give the duty to a second worker long before
BY = "Syntharra"
CHANGED = "changed"  # the bill is another than it was agreed on


class NotWritable(Exception):
    """It makes no sense to write this: the message says why."""


@dataclass(frozen=True)
class Choice:
    """One act as the owner sees it before he chooses: how it is done in his books, and whether by him."""

    act: Act
    ability: Ability


def choices(connection: Connection) -> list[Choice]:
    """What can be done in these books, and how."""
    able = abilities_of(connection.provider)
    return [Choice(act, able.of(act)) for act in Act if act is not Act.RECEIVE]  # that one is not chosen: it happened


@transaction.atomic
def ask(
    invoice_id: UUID,
    act: Act,
    *,
    cause: str,
    by: str,
    amount: Decimal | None = None,
    words: str = "",
    on: bool | None = None,
    expects: Decimal | None = None,
) -> BookEntry:
    """Have this written into the books. Asked again for the same cause it is the same entry. Raises NotWritable.

    ``expects``: the balance it was agreed on; where the books show another when its turn comes, it is not written.
    ``amount`` for LOWER and RECEIVE, ``words`` for NOTE (and the reason on a credit memo: never a word of a dispute), ``on`` for
    REMINDERS. Done soon by a worker; by hand where the vendor cannot.
    """
    (invoice,) = hold(invoice_id)
    return ask_held(invoice, act, cause=cause, by=by, amount=amount, words=words, on=on, expects=expects)


def ask_held(
    invoice: Invoice,
    act: Act,
    *,
    cause: str,
    by: str,
    amount: Decimal | None = None,
    words: str = "",
    on: bool | None = None,
    expects: Decimal | None = None,
) -> BookEntry:
    """The same for an invoice held in the caller's transaction."""
    if act is Act.LOWER and not (amount is not None and 0 < amount <= invoice.balance):
        raise NotWritable(_("The amount must be more than zero and no more than what is owed."))
    if act is Act.RECEIVE and not (amount is not None and amount > 0):
        raise NotWritable(_("The amount must be more than zero."))
    if act is Act.REMINDERS and on is None:
        raise NotWritable(_("Say whether reminders go on or off."))
    able = abilities_of(invoice.connection.provider).of(act)
    status = BookEntry.Status.BY_HAND if able.by_hand else BookEntry.Status.OWED
    wanted = {
        "id": uuid7(),
        "invoice_id": invoice.pk,
        "act": act.value,
        "cause": cause[:60],
        "status": status.value,
        "amount": amount,
        "expects": expects,
        "currency": invoice.currency,
        "words": words,
        "on": on,
        "asked_by": by,
        "asked_at": clock.now(),
    }
    made = bool(bulk.insert(BookEntry, [wanted], on_conflict="DO NOTHING", returning="id"))
    of_cause = BookEntry.objects.filter(invoice=invoice, act=act.value, cause=cause[:60])
    entry = bulk.as_made(BookEntry, wanted) if made else of_cause.get()
    again = not made and entry.status == BookEntry.Status.CANCELED
    if again:
        entry.move(status, ended_at=None, ended_by="", asked_by=by, asked_at=clock.now(), expects=expects, problem="")
    if made or again:
        timeline.record(invoice, "asked_of_books", by=by, act=act.value, amount=amount, by_hand=able.by_hand)
        if not able.by_hand:
            key = f"{entry.pk}:{entry.asked_at.isoformat()}" if again else str(entry.pk)
            outbox.owe(outbox.Act(kind=KIND, key=key))
    return entry


@transaction.atomic
def tick(entry_id: UUID, *, by: User) -> BookEntry:
    """The owner did it himself. Ticking twice is once; what the books then say is read soon. Raises NotWritable."""
    entry = _held(entry_id)
    if entry.status == BookEntry.Status.CANCELED:
        raise NotWritable(_("This was taken back: ask for it again if it is wanted after all."))
    if entry.status != BookEntry.Status.DONE:
        entry.move(BookEntry.Status.DONE, ended_at=clock.now(), ended_by=by.email)
        timeline.record(entry.invoice, "did_in_books", by=by.email, act=entry.act)
        bells.ask_for_sync(entry.invoice.connection_id)
    return entry


@transaction.atomic
def cancel(entry_id: UUID, *, by: str) -> BookEntry:
    """No longer wanted. What is written stays written."""
    entry = _held(entry_id)
    if entry.status not in (BookEntry.Status.DONE, BookEntry.Status.CANCELED):
        entry.move(BookEntry.Status.CANCELED, ended_at=clock.now(), ended_by=by)
    return entry


@transaction.atomic
def cancel_unbegun(entry_id: UUID, *, by: str) -> BookEntry:
    """No longer wanted, where the books were certainly not asked yet; else it stands as it is."""
    entry = _held(entry_id)
    return cancel(entry_id, by=by) if entry.status == BookEntry.Status.OWED and entry.begun_at is None else entry


@transaction.atomic
def try_again(entry_id: UUID, *, by: User) -> BookEntry:
    """The books refused it, and the owner has put right why."""
    entry = _held(entry_id)
    if entry.status == BookEntry.Status.REFUSED:
        entry.move(BookEntry.Status.OWED, problem="", problem_detail="", ended_at=None, ended_by=by.email)
        outbox.owe(outbox.Act(kind=KIND, key=f"{entry.pk}:{clock.now().isoformat()}"))
    return entry


def carry_out(entry_id: UUID) -> str:
    """Write it, read back, and book what the books say then. Outside any transaction; safe to run twice.

    Raises Later when the vendor cannot be asked now: the duty stays.
    """
    if not cache.add(_place(entry_id), "", timeout=LONGEST_WRITE):
        raise Later(AGAIN, "another worker is writing it")
    try:
        return _carry_out(BookEntry.objects.select_related("invoice__connection").get(pk=entry_id))
    finally:
        cache.delete(_place(entry_id))


def _place(entry_id: UUID) -> str:
    """Held while it is being written: some vendors take no key, and two who look at once both find nothing."""
    return f"book-entry:{entry_id}"


def _carry_out(entry: BookEntry) -> str:
    if entry.status != BookEntry.Status.OWED:
        return f"was {entry.status}"
    connection = entry.invoice.connection
    if connection.state == Connection.State.DISCONNECTED:
        return _by_hand(entry.pk, NotAble(_("These books are no longer connected."), problem="disconnected"))
    if connection.state != Connection.State.CONNECTED:
        raise Later(timedelta(minutes=10).total_seconds(), "the books are not connected")
    asked_at = clock.now()
    try:
        if entry.begun_at is None and not _begin(entry):
            return "the bill has changed"
        with closing(ledger_for(connection, patience=PATIENCE)) as ledger:
            written = _write(ledger, entry)
            reading = Reading(connection, asked_at)
            sync_page.apply(reading, ledger, [written.invoice])
    except NotAble as error:
        return _by_hand(entry.pk, error)
    except Disconnected as error:
        health.trouble(connection.pk, error)
        raise Later(timedelta(minutes=10).total_seconds(), error.problem) from None
    except Refused as error:
        return _refused(entry.pk, error)
    except Throttled as error:
        raise Later(error.retry_after or AGAIN, error.problem) from None
    except Unavailable as error:
        # It may have been written: the same key finds it, so asking again is safe.
        raise Later(AGAIN, error.problem) from None
    return _done(entry.pk, written)


def _begin(entry: BookEntry) -> bool:
    """Look once more before it is written: what was agreed on another balance is not. False: it was canceled."""
    if entry.expects is not None:
        read_fresh(entry.invoice_id)
    with transaction.atomic():
        found = _held(entry.pk)
        if found.status != BookEntry.Status.OWED:
            return False
        fits = still_fits(found, found.invoice)
        if fits is None:
            bells.ask_for_sync(found.invoice.connection_id)
            raise Later(AGAIN, "what was paid on it is read first")
        if not fits:
            found.move(BookEntry.Status.CANCELED, problem=CHANGED, ended_at=clock.now(), ended_by=BY)
            shown: dict[str, Any] = {"expected": found.expects, "shown": found.invoice.balance}
            timeline.record(found.invoice, "not_written_to_books", by=BY, act=found.act, amount=found.amount, **shown)
            receivables_changed()
            return False
        BookEntry.objects.filter(pk=found.pk).update(begun_at=clock.now())
    return True


def still_fits(entry: BookEntry, invoice: Invoice) -> bool | None:
    """Whether this is the bill it was agreed on, money that came in since set apart. None: its payments are not read yet."""
    if entry.expects is None:
        return True
    room = entry.amount is None or entry.amount <= invoice.balance
    came = invoice.allocations.filter(kind="cash", payment__reversed_at=None, changed_at__gte=entry.asked_at)
    cash = came.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    if invoice.balance + cash == entry.expects:
        return room
    changed, read = invoice.balance_changed_at, invoice.connection.synced_at
    is_read = changed is None or (read is not None and read >= changed)
    return None if room and invoice.balance < entry.expects and not is_read else False


def _write(ledger: Ledger, entry: BookEntry) -> Written:
    key, invoice = str(entry.pk), entry.invoice.external_id
    match Act(entry.act):
        case Act.LOWER:
            assert entry.amount is not None
            return ledger.lower(invoice, entry.amount, key=key, reason=entry.words)
        case Act.WRITE_OFF:
            return ledger.write_off(invoice, key=key, reason=entry.words)
        case Act.NOTE:
            return ledger.note(invoice, entry.words, key=key)
        case Act.REMINDERS:
            return ledger.remind(invoice, on=bool(entry.on), key=key)
        case Act.RECEIVE:
            assert entry.amount is not None
            if not isinstance(ledger, Receiving):
                raise NotAble(_("A program cannot enter a payment in these books."))
            on = entry.asked_at.astimezone(ZoneInfo(entry.business.time_zone)).date()
            return ledger.receive(invoice, entry.amount, on=on, key=key)


@transaction.atomic
def _done(entry_id: UUID, written: Written) -> str:
    entry = _held(entry_id)
    unwanted = entry.status == BookEntry.Status.CANCELED  # while it was being written: the books have it all the same
    if entry.status in (BookEntry.Status.OWED, BookEntry.Status.CANCELED):
        entry.move(
            BookEntry.Status.DONE,
            external_id=written.external_id[:64],
            number=written.number[:60],
            ended_at=clock.now(),
            ended_by=BY,
        )
        _replaced(entry, written)
        facts: dict[str, Any] = {"act": entry.act, "amount": entry.amount, "number": written.number}
        timeline.record(entry.invoice, "written_to_books", by=BY, **facts)
        bells.ask_for_sync(entry.invoice.connection_id)
        if unwanted and entry.act == Act.REMINDERS and entry.on is False:
            ask(entry.invoice_id, Act.REMINDERS, cause=f"{entry.cause[:55]} over", by=BY, on=True)
    return "written"


def _replaced(entry: BookEntry, written: Written) -> None:
    """Where a vendor can only cancel a bill and write another, we know which took whose place: nobody need ask.

    What kept calls from the old bill keeps them from the new one until somebody lifts that hold.
    """
    if written.invoice.external_id == entry.invoice.external_id:
        return
    mine = Invoice.objects.filter(connection=entry.invoice.connection_id, replaces=None)
    newer = mine.filter(external_id=written.invoice.external_id).first()
    if newer is not None:
        Invoice.objects.filter(pk=newer.pk).update(replaces=entry.invoice_id)
        replacements.keep_stopped(newer, entry.invoice)


@transaction.atomic
def _refused(entry_id: UUID, error: VendorError) -> str:
    entry = _held(entry_id)
    if entry.status == BookEntry.Status.OWED:
        said = health.detail_of(error)
        entry.move(BookEntry.Status.REFUSED, problem=error.problem, problem_detail=said, ended_at=clock.now())
        timeline.record(entry.invoice, "refused_by_books", by=BY, act=entry.act, problem=error.problem)
    return f"refused: {error.problem}"


@transaction.atomic
def _by_hand(entry_id: UUID, error: VendorError) -> str:
    """The vendor said no to us only now (a permission not granted, a feature of another plan): the owner's task."""
    entry = _held(entry_id)
    if entry.status == BookEntry.Status.OWED:
        entry.move(BookEntry.Status.BY_HAND, problem=error.problem, problem_detail=health.detail_of(error))
    return "by hand"


def _held(entry_id: UUID) -> BookEntry:
    hold(BookEntry.objects.values_list("invoice_id", flat=True).get(pk=entry_id))
    return BookEntry.objects.select_related("invoice").get(pk=entry_id)


def register() -> None:
    """Say who carries out what is owed to the books."""
    outbox.carries_out(KIND, _duty)


def _duty(duty: Duty) -> str:
    return carry_out(UUID(duty.key.partition(":")[0]))


def waiting(invoices: Any) -> list[BookEntry]:
    """What is still to be done about these invoices, by us or by hand, oldest first."""
    rows = BookEntry.objects.filter(invoice__in=invoices, status__in=("owed", "by_hand", "refused"))
    return list(rows.select_related("invoice__connection", "invoice__customer").order_by("asked_at", "pk"))
