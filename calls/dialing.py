"""Dialing, in three steps: decide and commit; ask the carrier once, holding nothing; write down what came of it.

Whatever dies in between, no attempt is handed to the carrier twice. Before the first step an attempt is merely planned.
After it the request leaves only while the lease runs and only for the one who sets ``posted_at``, so an attempt whose
``posted_at`` is empty when the lease is over was certainly never asked for, and one where it is set is looked up at the
carrier and never asked for again.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import timeline
from calls import bells, pace
from calls.clearing import Cleared, again_at, clear_attempt, rests, waits_for_a_yes
from calls.endings import UNFINISHED, end_never_sent, end_undialed, end_unplaced, plan_anew
from calls.lines import NoLine, bind, line_of, owe_hang_up
from calls.locks import hold_attempt, hold_number
from calls.models import Attempt, AttemptInvoice, CallDoor
from calls.outcomes import QUEUED
from calls.planning import ATTEMPT, late_enough
from calls.ringing import DECIDED_FOR, LONGEST_QUEUE_SECONDS, LONGEST_SECONDS, MAY_RING_FOR, RING_SECONDS
from calls.twiml import web
from compliance.models import Channel
from compliance.services import note_contact
from disputes.hearing import ModelMissing, ensure_present
from integrations.errors import Disconnected, Refused, VendorError
from integrations.twilio import line_types
from integrations.twilio.client import CallOrder, CarrierCall, NotPlaced, carrier_for
from integrations.twilio.keys import keys_of
from invoices.models import Contact, Customer, Invoice
from invoices.sync import read_fresh
from syntharra import clock, due, logs
from syntharra.tenancy import current_business

log = logs.get(__name__)

LEASE = timedelta(seconds=settings.WORK_LEASE_SECONDS)
# What was read of the books so long before they are too old is read again: the reading must outlast the ringing.
READ_AGAIN = timedelta(minutes=2)
RESTS = timedelta(days=1)  # what is on hold or promised for longer is planned anew when that is over
NUMBER_CHANGED = "number_changed"
STATUS_PATIENCE, ANSWER_PATIENCE = "#rc=3&rp=all", "#rc=2&rp=ct,rt&rt=5000"


def dial(attempt_id: UUID) -> str:
    """Dial this attempt if it is due, free and permitted; a word for what came of it. Safe to call twice."""
    if not claim(attempt_id):
        return "not due"
    attempt = Attempt.objects.select_related("business").get(pk=attempt_id)
    try:
        ensure_present()
        caller, keys = line_of(attempt.business, attempt.customer_id), keys_of(attempt.business)
    except ModelMissing as error:  # an agent that cannot hear a dispute calls nobody
        log.error("hearing_missing", attempt=str(attempt_id), error=str(error))
        return _put_off(attempt_id, "hearing model missing")
    except NoLine:
        return _put_off(attempt_id, "no caller ID")
    except Disconnected as error:
        log.warning("no_carrier", attempt=str(attempt_id), problem=error.problem)
        return _put_off(attempt_id, "no carrier account")
    if attempt.approved_at or not attempt.business.reviews_calls:  # else it only waits, and asks no vendor for anything
        _read_books(attempt)
        line_types.freshen(attempt.business, attempt.to)
        # Last: whoever has taken his turn asks at once, so that two turns far apart never leave together.
        wait = pace.take(keys.account, str(attempt_id), per_second=keys.calls_per_second)
        if wait > 0:
            _release(attempt_id)
            bells.dial(attempt_id, seconds=wait)
            return "paced"
    try:
        if not decide(attempt_id):
            return "not now"
    except IntegrityError as error:  # the database's own guard saw a freeze before we did
        log.warning("guard_refused", attempt=str(attempt_id), error=str(error).splitlines()[0])
        return _put_off(attempt_id, "refused by the database")
    return place(attempt_id, caller)


def claim(attempt_id: UUID) -> bool:
    """True for exactly one worker; the lease runs out if that worker dies."""
    return Attempt.objects.due().filter(pk=attempt_id).update(leased_until=clock.machine_now() + LEASE) == 1


def _release(attempt_id: UUID) -> None:
    Attempt.objects.filter(pk=attempt_id, status=Attempt.Status.PLANNED).update(leased_until=None)


def _put_off(attempt_id: UUID, why: str) -> str:
    _release(attempt_id)
    due.note(ATTEMPT, attempt_id, at=clock.now() + timedelta(minutes=15))
    return why


def _read_books(attempt: Attempt) -> None:
    """Read what the call would be about from the books now. What cannot be read stays stale, and the gate says so.

    An invoice without a link to pay by is read again too: the books give the link only with the single invoice.
    """
    oldest = clock.now() - timedelta(minutes=settings.FRESH_FOR_MINUTES) + READ_AGAIN
    wanted = {*attempt.about.filter(dropped_at=None).values_list("invoice_id", flat=True)}
    wanted |= {invoice.pk for invoice in _joining(attempt)}
    unread = Invoice.objects.filter(Q(read_at__lt=oldest) | Q(pay_url=""), pk__in=wanted)
    for invoice_id in unread.order_by("pk").values_list("pk", flat=True):
        try:
            read_fresh(invoice_id)
        except Refused as error:  # this one; the next may well be read
            log.info("invoice_not_read", attempt=str(attempt.pk), problem=error.problem)
        except VendorError as error:
            log.info("books_not_read", attempt=str(attempt.pk), problem=error.problem)
            return


def _joining(attempt: Attempt) -> tuple[Invoice, ...]:
    """What became overdue since the call was planned: one call covers it all, in one currency.

    Nothing where each call waits for a yes: that was given to what it was planned about, and to nothing else.
    """
    if attempt.business.reviews_calls:
        return ()
    on = clock.today(attempt.business.time_zone)
    currencies = attempt.about.filter(dropped_at=None).values("invoice__currency")
    late = late_enough(on).filter(customer_id=attempt.customer_id, currency__in=currencies)
    return tuple(late.order_by("due_on", "number"))


@transaction.atomic(durable=True)
def decide(attempt_id: UUID) -> bool:
    """Step 1: under the locks, with fresh facts, may this be dialed? From the commit on it is being dialed."""
    attempt = hold_attempt(attempt_id)
    hold_number(attempt.to)
    if attempt.status != Attempt.Status.PLANNED:
        return False
    if not _still_reaches_who_pays(attempt):
        links = attempt.about.filter(dropped_at=None).values_list("pk", flat=True)
        end_undialed(attempt, dict.fromkeys(links, NUMBER_CHANGED))
        plan_anew()
        return False
    moment = clock.now()
    found = clear_attempt(attempt, at=moment, moment="dialing", joining=_joining(attempt), lasting=MAY_RING_FOR)
    if not any(cleared.is_allowed for cleared in found):
        _not_now(attempt, found)
        return False
    _settle_links(attempt, found)
    attempt.move(
        Attempt.Status.DIALING,
        leased_until=clock.machine_now() + LEASE,
        dialing_at=moment,
        dialing_on=moment.astimezone(ZoneInfo(_zone(attempt, found))).date(),
    )
    CallDoor.objects.get_or_create(attempt_id=attempt.pk, defaults={"business_id": current_business()})
    count_contact(attempt, "dialing")
    due.settle(ATTEMPT, attempt.pk)
    due.note(UNFINISHED, attempt.pk, at=moment + LEASE)
    return True


def _still_reaches_who_pays(attempt: Attempt) -> bool:
    """Since the planning the books may have another number, or a member may have said who answers this one."""
    billing = Contact.objects.filter(customer_id=attempt.customer_id, role=Contact.Role.BILLING, phone_problem="")
    return billing.filter(phone=attempt.to).exists()


def _not_now(attempt: Attempt, found: list[Cleared]) -> None:
    """Looked at again when that may help. What rests for days is over, so that it keeps no call about another invoice."""
    moment = clock.now()
    again = again_at(found, at=moment)
    if again is None or (again - moment > RESTS and rests(found)):
        end_undialed(attempt, {c.link.pk: c.clearance.reason for c in found if c.link is not None})
        if again is not None:
            plan_anew()
        return
    # Its moment has come, and a yes is all that is missing: whenever that is given, it goes out.
    planned_for = attempt.planned_for if waits_for_a_yes(found) else max(attempt.planned_for, again)
    Attempt.objects.filter(pk=attempt.pk).update(leased_until=None, planned_for=planned_for)
    due.note(ATTEMPT, attempt.pk, at=again)


def _settle_links(attempt: Attempt, found: list[Cleared]) -> None:
    """What may not be spoken of is dropped with the reason; what may, and was not planned, joins."""
    moment, position = clock.now(), len(found)
    for cleared in found:
        if cleared.link is not None and not cleared.is_allowed:
            dropped = {"dropped_at": moment, "dropped_reason": cleared.clearance.reason}
            AttemptInvoice.objects.filter(pk=cleared.link.pk).update(**dropped)
        elif cleared.link is None and cleared.is_allowed:
            position += 1
            AttemptInvoice.objects.create(attempt=attempt, invoice=cleared.invoice, position=position)


def _zone(attempt: Attempt, found: list[Cleared]) -> str:
    zones = found[0].clearance.inputs.get("zones")
    return next(iter(zones), attempt.business.time_zone) if isinstance(zones, dict) else attempt.business.time_zone


def count_contact(attempt: Attempt, result: str) -> None:
    """Count the dial against the budgets of the number, from the moment it is decided on."""
    assert attempt.dialing_at is not None
    assert attempt.dialing_on is not None
    note_contact(
        attempt.to, Channel.CALL, result, key=f"attempt:{attempt.pk}", at=attempt.dialing_at, on=attempt.dialing_on
    )


@dataclass(frozen=True)
class _Answer:
    """What the carrier said to the one request: a call, a refusal, or nothing anybody can rely on."""

    call: CarrierCall | None = None
    refusal: NotPlaced | None = None


def place(attempt_id: UUID, caller: str) -> str:
    """Steps 2 and 3, for the one worker whose lease still runs."""
    attempt = Attempt.objects.select_related("business", "customer").get(pk=attempt_id)
    if not _about_to_post(attempt_id):
        end_never_sent(attempt_id, given_up=True)
        return "not ours"
    answer = _post(attempt, caller)
    if answer.refusal is not None:
        end_unplaced(attempt_id, answer.refusal)
        return "refused by the carrier"
    if answer.call is None:
        nobody_knows(attempt_id)
        return "unknown"
    take_note(attempt_id, answer.call)
    return "dialing"


def _about_to_post(attempt_id: UUID) -> bool:
    """True once in the life of an attempt, and only right after it was decided on.

    The hours, the books and everything else were asked about then; a worker that was held up asks for nothing any more.
    Nor where the kill switch was thrown since.
    """
    mine = Attempt.objects.filter(pk=attempt_id, status=Attempt.Status.DIALING, posted_at=None)
    moment = clock.machine_now()
    mine = mine.filter(business__stopped_at=None, leased_until__gt=moment + LEASE - DECIDED_FOR)
    return mine.update(posted_at=moment, leased_until=moment + LEASE) == 1


def leaves_message(attempt: Attempt) -> bool:
    """On an answering machine: a business's, where the firm wants it so; a private person's never."""
    return attempt.customer.kind == Customer.Kind.BUSINESS and attempt.business.leaves_messages


def _post(attempt: Attempt, caller: str) -> _Answer:
    """Step 2: ask once, holding no lock and no transaction."""
    order = CallOrder(
        to=attempt.to,
        caller=caller,
        answer_url=web("twilio_voice", attempt.pk, ANSWER_PATIENCE),
        fallback_url=web("twilio_fallback", attempt.pk),
        status_url=web("twilio_status", attempt.pk, STATUS_PATIENCE),
        machine_url=web("twilio_amd", attempt.pk, STATUS_PATIENCE),
        message_after_beep=leaves_message(attempt),
        ring_seconds=RING_SECONDS,
        longest_seconds=LONGEST_SECONDS,
    )
    try:
        return _Answer(call=carrier_for(attempt.business).place(order))
    except NotPlaced as refusal:
        return _Answer(refusal=refusal)
    except VendorError as error:
        log.warning("carrier_silent", attempt=str(attempt.pk), code=error.vendor_code)
        return _Answer()


@transaction.atomic(durable=True)
def take_note(attempt_id: UUID, call: CarrierCall) -> None:
    """Step 3: bind the call. What has come to speak against it meanwhile gets its hang-up here."""
    attempt = hold_attempt(attempt_id)
    bound = bind(attempt, call.sid, caller=call.caller)
    if bound is None or attempt.status == Attempt.Status.ENDED:
        owe_hang_up(attempt, call.sid, because="late")
        return
    found = clear_attempt(attempt, at=clock.now(), moment="dialed", record_allowed=False)
    if call.queue_seconds > LONGEST_QUEUE_SECONDS:
        owe_hang_up(attempt, call.sid, because=QUEUED)
    elif not any(cleared.is_allowed for cleared in found):
        owe_hang_up(attempt, call.sid, because=found[0].clearance.reason if found else "nothing_left")
    message = leaves_message(attempt)
    timeline.record(attempt, "dialed", by="syntharra", number=attempt.number, leaves_message=message)


@transaction.atomic(durable=True)
def nobody_knows(attempt_id: UUID) -> None:
    """The request left and no answer came: from here on it is looked up, never sent again."""
    attempt = hold_attempt(attempt_id)
    if attempt.status == Attempt.Status.DIALING and getattr(attempt, "call", None) is None:
        attempt.move(Attempt.Status.UNKNOWN, leased_until=None)
    due.note(UNFINISHED, attempt.pk, at=clock.now() + timedelta(seconds=5))
    bells.settle(attempt.pk, seconds=5)
