"""Somebody calls one of the firm's numbers.

The number only proposes who it may be: the same agent answers, and asks for the right person before anything else. Where
there is nothing it may speak of (a stranger, a stop, a promise that runs, calls to consumers not open yet) a short and kind
answer takes a word for the firm, or puts a person through. Nothing here rings anybody by itself, so the hours and the
counts of calls we make do not bind it; what stands against the person or the invoice does.
"""

import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import Business
from calls import answering, bells, handover, twiml
from calls.agent.everyday import reads_card_number, without_digits
from calls.agent.facts import Language
from calls.agent.outcomes import Disposition
from calls.agent.speech import sentence
from calls.agent.stops import SUPPRESSIONS
from calls.doors import call_at
from calls.endings import UNFINISHED
from calls.facts import gather
from calls.handover import owe_call_back
from calls.lattice import fetched, is_over, later
from calls.models import Attempt, Call, CallDoor, TranscriptLine
from calls.outcomes import AGENT, finish
from calls.planning import late_enough
from calls.wrapup import wrap_up
from compliance import stop_requests
from compliance.gate import decide
from compliance.models import Channel, Purpose, StopKind
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from compliance.services import stop, stop_number
from disputes.hearing import Heard, Intent, hear
from disputes.models import Dispute
from disputes.services import pause
from integrations.errors import Refused, VendorError
from integrations.twilio.client import carrier_for
from invoices.models import Contact, Customer, Invoice, InvoiceQuerySet
from invoices.services import hold_customer
from invoices.sync import read_fresh
from notifications import outbox
from syntharra import clock, due, logs

log = logs.get(__name__)

SPOKEN = {language.value: language for language in Language}
_IN_WORDS = {
    Intent.ATTORNEY_REPRESENTED.value: "attorney",
    Intent.BANKRUPTCY.value: "bankruptcy",
    Intent.DECEASED.value: "deceased",
}
LONGEST = timedelta(minutes=11)  # a session of the agent ends itself before that
RELAY_HAS = 5.0
READ_SECONDS = 6.0  # the carrier waits fifteen for what to do with the line
WAIT_SECONDS = 7
# What the law and the house say of calls we make: when, how often, with what consent. A customer who calls chose the moment.
OF_CALLS_WE_MAKE = frozenset(
    {
        "CONSENT_MISSING", "LOCATION_UNKNOWN", "HOURS_LAW", "HOURS_AUTOMATED_LAW", "INCONVENIENT_TIME",
        "FREQ_TCPA_RES_3IN30", "FREQ_MA_2IN7", "FREQ_NYC_3IN7", "FREQ_WA_3PERWEEK", "FREQ_DC_4IN7", "FREQ_WV_30PERWEEK",
        "FREQ_OR_WORK_1PERWEEK", "FREQ_REGF_7IN7", "FREQ_REGF_CONVERSATION", "TOO_EARLY_HOUSE", "HOLIDAY_FEDERAL_HOUSE",
        "WEEKEND_HOUSE", "HOURS_HOUSE", "STATE_CLOSED_DAY_OVERLAY", "HOURS_OVERLAY", "MAX_ATTEMPTS_HOUSE",
        "MIN_GAP_HOUSE", "NOT_APPROVED", "CALL_LIVE", "NUMBER_CONTACTED_RECENTLY", "INCONVENIENT_PLACE",
        "VALIDATION_NOTICE_MISSING",
    }
)  # fmt: skip
# With a live dispute the agent speaks of nothing but the dispute.
OF_A_DISPUTE = frozenset({"DISPUTE_OPEN", "INVOICE_FROZEN", "OWNER_DECIDES"})


def answer(business: Business, *, caller: str, called: str, sid: str) -> str:
    """What to do with a line that rings at one of this business's numbers. Safe to ask twice."""
    try:
        customer, proves = proposed(caller), stop_requests.awaits_proof(caller)
        speaks = customer is not None and business.stopped_at is None and not proves
        about = _to_speak_of(business, customer, caller) if customer is not None and speaks else []
        call = _keep(business, customer, about, caller=caller, called=called, sid=sid)
    except DatabaseError as error:
        log.error("answer_without_database", error=type(error).__name__)
        return take_no_word(business)
    if proves and not call.disposition:
        return _proved(call)
    if call.disposition in SUPPRESSIONS:  # the carrier asks again
        return _understood(call, call.disposition)
    if call.about:
        return answering.converse(call.pk, business, call.language)
    return _kindly(call)


def proposed(number: str) -> Customer | None:
    """Who this number may be: the customer called at it last, else one with this number on file who owes something."""
    last = Attempt.objects.filter(to=number, dialing_at__isnull=False).order_by("-dialing_at").first()
    if last is not None:
        return Customer.objects.get(pk=last.customer_id)
    found = Customer.objects.filter(pk__in=Contact.objects.filter(phone=number).values("customer_id"))
    owes = (
        Invoice.objects.open().filter(customer__in=found).order_by("due_on", "pk").values_list("customer_id", flat=True)
    )
    return found.filter(pk__in=owes[:1]).first() or found.order_by("pk").first()


def _to_speak_of(business: Business, customer: Customer, number: str) -> list[Invoice]:
    """The invoices the agent may speak of with this customer, in one currency, as the books have them now."""
    disputed = Dispute.objects.live().filter(customer=customer)
    if disputed.exclude(go_on_with_others=True).exists():
        about, beside = Invoice.objects.filter(pk__in=disputed.values("invoice_id"), due_on__isnull=False), OF_A_DISPUTE
    else:
        on = clock.today(business.time_zone)
        about, beside = late_enough(on).filter(customer=customer), frozenset()
        _read_books(about)
    found = list(about.order_by("due_on", "number"))
    asks = [
        Ask(
            purpose=Purpose.COLLECT,
            channel=Channel.CALL,
            to=number,
            at=clock.now(),
            customer_id=customer.pk,
            invoice_id=invoice.pk,
        )
        for invoice in found
    ]
    rules = RuleBook.load()
    against = [set(decide(facts, rules).all_reasons) for facts in (gather(asks) if asks else [])]
    spoken = [
        invoice
        for invoice, reasons in zip(found, against, strict=True)
        if reasons <= OF_CALLS_WE_MAKE | beside | {"OK"} and (beside or _is_fresh(invoice)) and invoice.balance > 0
    ]
    return [invoice for invoice in spoken if invoice.currency == spoken[0].currency]


def _read_books(about: InvoiceQuerySet) -> None:
    """Read what is not fresh, as far as the carrier's patience goes."""
    began = time.monotonic()
    for invoice in about:
        if _is_fresh(invoice):
            continue
        if time.monotonic() - began > READ_SECONDS:
            return
        try:
            read_fresh(invoice.pk)
        except VendorError as error:
            log.info("books_not_read", invoice=str(invoice.pk), problem=error.problem)


def _is_fresh(invoice: Invoice) -> bool:
    return clock.now() - invoice.read_at <= timedelta(minutes=settings.FRESH_FOR_MINUTES)


@transaction.atomic
def _keep(
    business: Business, customer: Customer | None, about: list[Invoice], *, caller: str, called: str, sid: str
) -> Call:
    """The call's row, made once however often the carrier asks."""
    if customer is not None:
        hold_customer(customer.pk)
    moment = clock.now()
    facts = {
        "customer": customer,
        "direction": "inbound",
        "status": Call.Status.IN_PROGRESS,
        "to": called,
        "caller": caller,
        "placed_at": moment,
        "answered_at": moment,
        "about": [str(invoice.pk) for invoice in about],
        "recording": Call.Recording.ANNOUNCED if about else Call.Recording.NONE,
    }
    call, made = Call.objects.get_or_create(sid=sid, defaults=facts)
    if made:
        CallDoor.objects.create(attempt_id=call.pk, business_id=business.pk)
        due.note(UNFINISHED, call.pk, at=moment + LONGEST)
    return call


# who is not spoken with about an invoice


def _kindly(call: Call) -> str:
    """Nothing of any invoice: a word for the firm, a person, or never again."""
    with translation.override(call.language):
        hello = _("Thank you for calling %(business)s. You have reached an automated assistant.")
        ask = _("Please say in a few words what it is about and what your name is, and somebody will call you back.")
        keys = _("Press zero for a person. Press nine, and we will not call this number again.")
        said = " ".join((hello, ask, keys)) % {"business": call.business.name}
    language = twiml.spoken(call.language)
    action = twiml.web("twilio_inbound_word", call.pk)
    return twiml.listen(action, [(said, language)], language=language, seconds=WAIT_SECONDS)


def word(line_id: UUID, sid: str, *, words: str, key: str) -> str:
    """What somebody we do not speak with about invoices said or pressed."""
    call = call_at(line_id, sid)
    if call is None or call.disposition:
        return twiml.hang_up()
    words = without_digits(words) if reads_card_number(words) else words  # a card's number is written down nowhere
    heard = hear(words, final=True) if words.strip() else None
    if words.strip():
        _write_down(call, words)
    stops = _stops(heard, key)
    if heard is not None:
        _silence(call, heard, words)
    if stops:
        return _stopped(call, words or key, *stops)
    if key == "0" or (heard is not None and heard.has(Intent.REQUEST_HUMAN)):
        Call.objects.filter(pk=call.pk, person="").update(person=Call.Person.WANTED)
        call.refresh_from_db()
        through = handover.put_through(call)
        finish(line_id, Disposition.REQUEST_HUMAN)
        return through
    if heard is None:
        finish(line_id, Disposition.HUNG_UP)
        return _good_bye(call, "")
    return _passed_on(call)


def _stops(heard: Heard | None, key: str) -> list[Intent]:
    """All that was forbidden, the highest in rank first: the same as on a call of ours."""
    found = [intent for intent in SUPPRESSIONS if heard is not None and heard.has(intent)]
    return found if key != "9" or Intent.OPT_OUT in found else [*found, Intent.OPT_OUT]


def _stopped(call: Call, words: str, *asked: Intent) -> str:
    for intent in asked:
        _stop(call, StopKind(intent.value), words)
    finish(call.line_id, asked[0].value)
    return _understood(call, asked[0].value)


def _stop(call: Call, kind: StopKind, words: str) -> None:
    """Of somebody we do not know there is nothing but the number: it is called no more."""
    if call.customer_id is None:
        stop_number(call.caller, kind if kind == StopKind.WRONG_NUMBER else StopKind.OPT_OUT)
        return
    with transaction.atomic():
        hold_customer(call.customer_id)
        stopped = stop(call.customer_id, kind, number=call.caller, words=words, source=f"call:{call.pk}", by=AGENT)
        facts = {"customer": str(call.customer_id), "except_call": str(call.pk), "because": kind.value}
        outbox.owe(outbox.Act(kind="stop_calls", key=f"stop:{stopped.pk}", facts=facts))


def _understood(call: Call, stopped: str) -> str:
    """In the agent's own sentence for it; whoever called us is not told that we disturbed him."""
    with translation.override(call.language):
        said = _("Understood. We will not call this number again.")
        if stopped in _IN_WORDS:
            said = sentence(_IN_WORDS[stopped], SPOKEN.get(call.language[:2], Language.ENGLISH))
        return _good_bye(call, said)


def _proved(call: Call) -> str:
    """Asked for on the public page, and called from the telephone itself: nobody calls it from here on."""
    stop_requests.proved_by_call(call.caller)
    return _stopped(call, "asked on the public page", Intent.OPT_OUT)


def _silence(call: Call, heard: Heard, words: str) -> None:
    """What sounds like a dispute of a customer, or like "I have paid": nothing is asked for until the owner has read it."""
    doubtful = heard.dispute or heard.pause
    if call.customer_id is None or not (doubtful or heard.has(Intent.ALREADY_PAID)):
        return
    open_ones = Invoice.objects.open().filter(customer_id=call.customer_id, frozen_at=None)
    about = list(open_ones.order_by("pk").values_list("pk", flat=True))
    if about:
        why = "unsure" if doubtful else "already_paid"
        pause(*about, why=why, words=words, source_key=f"call:{call.pk}", by=AGENT)


def _passed_on(call: Call) -> str:
    """A word for the owner."""
    finish(call.line_id, Disposition.REQUEST_HUMAN)
    with translation.override(call.language):
        return _good_bye(call, _("Thank you. I will pass that on, and somebody will call you back."))


def _good_bye(call: Call, said: str) -> str:
    with translation.override(call.language):
        words = " ".join(part for part in (said, _("Goodbye.")) if part)
    return twiml.say_and_hang_up(words, language=twiml.spoken(call.language))


def take_no_word(business: Business) -> str:
    """We cannot write anything down just now: no word is asked for that would be lost."""
    with translation.override(business.language):
        words = _(
            "Thank you for calling %(business)s. Nobody can come to the phone right now. Please call again later."
        )
        said = words % {"business": business.name}
    return twiml.say_and_hang_up(said, language=twiml.spoken(business.language))


def nobodys_number() -> str:
    """A number of ours that belongs to no business."""
    return twiml.say_and_hang_up(_("This number is not in service. Goodbye."))


def _write_down(call: Call, words: str) -> None:
    last = call.lines.order_by("-position").values_list("position", flat=True).first()
    TranscriptLine.objects.create(
        call=call,
        position=0 if last is None else last + 1,
        speaker=TranscriptLine.Speaker.CUSTOMER,
        text=words,
        second=0,
    )
    timeline.record(call, "noted", by=AGENT, customer=call.customer_id, kind="said", words=words)


# what the carrier tells of it


@transaction.atomic
def tell_of(call_id: UUID, word: str, *, seconds: int | None = None) -> None:
    """The carrier says how far this call is."""
    call = Call.objects.select_for_update(of=("self",), no_key=True).get(pk=call_id)
    status = later(call.status, word)
    if not status or status not in call.MOVES[call.status]:
        return
    call.move(status, **({"ended_at": clock.now(), "seconds": seconds} if is_over(status) else {}))
    if not is_over(status):
        return
    owe_call_back(call)
    if call.agent_state and not call.disposition:  # its relay has some seconds to finish it
        due.note(UNFINISHED, call.pk, at=clock.now() + timedelta(seconds=RELAY_HAS))
        bells.settle(call.pk, seconds=RELAY_HAS)
        return
    wrap_up(call.pk)
    due.settle(UNFINISHED, call.pk)


def settle(call_id: UUID) -> str:
    """Bring a call a customer made to where the carrier has it; a word for how it stands. Safe to call at any time."""
    call = Call.objects.select_related("business").filter(pk=call_id).first()
    if call is None or (call.disposition and is_over(call.status)):
        due.settle(UNFINISHED, call_id)
        return "finished"
    if is_over(call.status):
        wrap_up(call_id)
        due.settle(UNFINISHED, call_id)
        return "finished"
    try:
        now = carrier_for(call.business).fetch(call.sid)
        word, seconds = now.status, now.seconds
    except Refused:  # the carrier knows it no more
        word, seconds = "completed", None
    except VendorError as error:
        due.note(UNFINISHED, call_id, at=clock.now() + timedelta(seconds=60))
        return error.words
    tell_of(call_id, fetched(call.status, word), seconds=seconds)
    if not is_over(word):
        due.note(UNFINISHED, call_id, at=clock.now() + timedelta(seconds=60))
    return "fetched"
