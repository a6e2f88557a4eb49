"""What the agent asks for during a call, carried out before its next word: each act once, however often it is asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import timeline
from calls import freezing, last_call, letters, whereabouts
from calls.agent import acts
from calls.agent.acts import HowPaid
from calls.agent.facts import LinkChannel
from calls.models import Attempt, Call
from calls.outcomes import AGENT, spoken_on
from compliance.models import StopKind
from compliance.services import stop
from compliance.statements import Kind, state
from disputes import pay_links
from disputes.models import Claim
from disputes.services import pause, specify
from invoices import promises
from invoices.models import Contact, Customer, Invoice
from invoices.phones import OURS
from invoices.services import hold_customer
from notifications import outbox, texts
from syntharra import clock

_LANGUAGES = {"en": "en-us", "es": "es"}
_HOW = {HowPaid.CARD: "link", HowPaid.CASH: "office"}
NAMED_DAY_AT = time(10)
MIDNIGHT = time()


@dataclass(frozen=True)
class Scene:
    """On which call something was said, and what is on record about how it was understood."""

    line_id: UUID  # the attempt, or the call itself where the customer made it
    call_id: UUID
    language: str = "en-us"
    evidence: Mapping[str, Any] = field(default_factory=dict)


def carry_out(scene: Scene, asked: Sequence[acts.Act]) -> None:
    """Do all of it, in order, each in a transaction of its own. Raises what went wrong; doing it again is safe."""
    for act in asked:
        doing = _DOERS.get(type(act))
        if doing is not None:
            doing(scene, act)


def is_carried_out(act: acts.Act) -> bool:
    """False for what happens on the line alone."""
    return type(act) in _DOERS


def _freeze(scene: Scene, act: acts.Freeze) -> None:
    """From the commit on nothing asks for money about these invoices. The line it was said on is not cut off."""
    freezing.freeze(act, line_id=scene.line_id, call_id=scene.call_id, evidence=scene.evidence)


@transaction.atomic
def _specify(scene: Scene, act: acts.Specify) -> None:
    """Goes to the claims about the invoices it names, else to the last one made on this call."""
    claims = Claim.objects.filter(source=Claim.Source.CALL, source_key__startswith=str(scene.call_id))
    about = claims.filter(disputes__invoice__number__in=act.invoices).distinct()
    keys = [claim.source_key for claim in about or claims.order_by("-pk")[:1]] or [str(scene.call_id)]
    for key in keys:
        specify("call", key, reason=act.reason.value, words=act.words, urgent=act.urgent)


def _suppress(scene: Scene, act: acts.Suppress) -> None:
    call, source = _call(scene), f"call:{scene.call_id}"
    if call.customer_id is None:
        return
    with transaction.atomic():
        hold_customer(call.customer_id)
        kind = StopKind(act.kind.value)
        stopped = stop(call.customer_id, kind, number=call.number, words=act.words, source=source, by=AGENT)
        facts = {"customer": str(call.customer_id), "except_call": str(call.pk), "because": kind.value}
        outbox.owe(outbox.Act(kind="stop_calls", key=f"stop:{stopped.pk}", facts=facts))


def _right_party(scene: Scene, act: acts.RightParty) -> None:
    """First writer wins against a late verdict that a machine had answered."""
    Call.objects.filter(pk=scene.call_id, disposition="").update(right_party=True)


@transaction.atomic
def _promise(scene: Scene, act: acts.Promise) -> None:
    call = _hold(scene)
    invoices = _unfrozen(call)
    if act.on is None or not invoices:
        timeline.record(call, "noted", by=AGENT, customer=call.customer_id, kind="promise_without_day", words=act.words)
        return
    how = _HOW.get(act.how, act.how.value)
    promised = [(invoice, part) for invoice, part in _oldest_first(invoices, act) if part > 0]
    for invoice, part in promised:
        promises.put_down(invoice, amount=part, on=act.on, how=how, source=f"call:{call.pk}")
    numbers = [invoice.number for invoice, _ in promised]
    facts = {"on": act.on, "how": how, "invoices": numbers, "amount": str(sum(part for _, part in promised))}
    timeline.record(call, "promised", by=AGENT, customer=call.customer_id, **facts)
    outbox.owe(*letters.promise_confirmation(call, tuple(invoice.pk for invoice, _ in promised), act.on))


def _oldest_first(invoices: list[Invoice], act: acts.Promise) -> Iterator[tuple[Invoice, Decimal]]:
    """How much of what was promised falls on which invoice: on those it names, else the oldest first, until it is used up."""
    about = [invoice for invoice in invoices if invoice.number in act.invoices] or invoices
    left = act.amount.amount
    for invoice in about:
        part = min(left, invoice.balance)
        left -= part
        yield invoice, part


@transaction.atomic
def _call_back(scene: Scene, act: acts.Callback) -> None:
    """Kept for the next call, on the clock of whoever named it. Where none of the calls is left a person has to ring."""
    call = _hold(scene)
    zones = whereabouts.zones_of(call)
    at = _named(act, zones)
    by_person = act.by_person or (at is not None and last_call.is_over(call))
    if at is not None and not by_person:
        if call.attempt_id is not None:
            Attempt.objects.filter(pk=call.attempt_id).update(callback_at=at[0])
        Call.objects.filter(pk=call.pk).update(callback_at=at[0])
    wanted = {
        "on": act.on,
        "at": act.at,
        "by_person": by_person,
        "zone": at[1] if at else zones[-1],
        "words": act.words,
    }
    timeline.record(call, "wants_callback", by=AGENT, customer=call.customer_id, **wanted)


def _named(act: acts.Callback, zones: Sequence[str]) -> tuple[datetime, str] | None:
    """When that is, and on which clock; a day without an hour means the morning."""
    if act.on is None and act.at is None:
        return None
    return whereabouts.instant_of(act.on, act.at or NAMED_DAY_AT, zones, now=clock.now())


@transaction.atomic
def _send_link(scene: Scene, act: acts.SendLink) -> None:
    call = _hold(scene)
    # What he says is paid, or doubts, is not asked for, not even by a link.
    about = [invoice for invoice in _unfrozen(call) if not invoice.paused_reason]
    payable = tuple(invoice.pk for invoice in about)
    if not pay_links.is_payable(about):
        return
    if act.channel == LinkChannel.TEXT:
        texts.owe(*letters.pay_link_text(call, payable))
    else:
        outbox.owe(*letters.pay_link(call, payable))


@transaction.atomic
def _send_copy(scene: Scene, act: acts.SendCopy) -> None:
    """By e-mail at once, where there is an address; else the firm is asked to send it."""
    call = _call(scene)
    about = tuple(invoice.pk for invoice in spoken_on(call))
    owed = letters.invoice_copy(call, about)
    if owed:
        outbox.owe(*owed)
        timeline.record(call, "wants_copy", by=AGENT, customer=call.customer_id, words=act.words)
    else:
        timeline.record(call, "asks_owner", by=AGENT, customer=call.customer_id, task="send_copy", words=act.words)


@transaction.atomic
def _already_paid(scene: Scene, act: acts.AlreadyPaid) -> None:
    call = _call(scene)
    about = _unfrozen(call)
    source = f"call:{scene.call_id}"
    if about:
        pause(*(invoice.pk for invoice in about), why="already_paid", words=act.words, source_key=source, by=AGENT)
    paid = {"how": act.how.value, "on": act.on, "words": act.words}
    timeline.record(call, "says_paid", by=AGENT, customer=call.customer_id, **paid)


def _note(scene: Scene, act: acts.Note) -> None:
    call = _call(scene)
    detail = {"detail": act.detail} if act.detail else {}
    timeline.record(call, "noted", by=AGENT, customer=call.customer_id, kind=act.kind.value, words=act.words, **detail)


@transaction.atomic
def _propose_contact(scene: Scene, act: acts.ProposeContact) -> None:
    """On file as somebody else there: nobody of that role is ever called or written to about money."""
    call = _hold(scene)
    if call.customer is None:
        return
    known = call.customer.contacts.filter(phone=act.phone, email=act.email, name=act.name)
    if (act.phone or act.email) and not known.exists():
        ours = call.customer.contacts.filter(role=Contact.Role.OTHER, rank__gte=OURS).count()
        call.customer.contacts.create(
            role=Contact.Role.OTHER,
            rank=OURS + ours,
            name=act.name,
            phone=act.phone,
            phone_raw=act.phone,
            email=act.email,
        )
    who = {"name": act.name, "phone": act.phone, "email": act.email}
    timeline.record(call, "proposed_contact", by=AGENT, customer=call.customer_id, words=act.words, **who)


@transaction.atomic
def _restrict(scene: Scene, act: acts.Restrict) -> None:
    """Kept for good and put to the gate for every call to come (12 CFR 1006.6(b)(1), (3))."""
    call, source = _hold(scene), f"call:{scene.call_id}"
    if call.customer_id is None:
        return
    if act.place == "work":
        state(call.customer_id, Kind.NOT_AT_WORK, number=call.number, words=act.words, source=source, by=AGENT)
    for between in ((MIDNIGHT, act.not_before), (act.not_after, MIDNIGHT)):
        start, end = between
        if start is not None and end is not None and start != end:
            state(call.customer_id, Kind.NOT_BETWEEN, between=(start, end), words=act.words, source=source, by=AGENT)
    for day in act.not_on:
        state(call.customer_id, Kind.NOT_ON, weekday=day, words=act.words, source=source, by=AGENT)


@transaction.atomic
def _locate(scene: Scene, act: acts.Whereabouts) -> None:
    """Each zone binds every call to come, beside those of the number and the address (12 CFR 1006.6(b)(1))."""
    call, source = _hold(scene), f"call:{scene.call_id}"
    if call.customer_id is not None:
        for zone in act.zones:
            state(call.customer_id, Kind.ZONE, zone=zone, words=act.words, source=source, by=AGENT)


@transaction.atomic
def _speaks(scene: Scene, act: acts.Speaks) -> None:
    """Kept as the customer's own (6 RCNY asks for it): what is written from now on is in this language."""
    call = _hold(scene)
    code = _LANGUAGES[act.language]
    if call.customer_id is not None and Customer.objects.filter(pk=call.customer_id).exclude(language=code).update(
        language=code
    ):
        timeline.record(call, "speaks", by=AGENT, customer=call.customer_id, language=code)


@transaction.atomic
def _hand_over(scene: Scene, act: acts.HandOver) -> None:
    """The line goes to a person when the agent's session on it has ended; see ``calls.persons``."""
    call = _call(scene)
    if Call.objects.filter(pk=call.pk, person="").update(person=Call.Person.WANTED):
        timeline.record(call, "asked_for_person", by=AGENT, customer=call.customer_id, words=act.words)


@transaction.atomic
def _stop_recording(scene: Scene, act: acts.StopRecording) -> None:
    call = _call(scene)
    Call.objects.filter(pk=call.pk).update(recording=Call.Recording.REFUSED)
    owe_end_of_recording(call)
    timeline.record(call, "refused_recording", by=AGENT, customer=call.customer_id, words=act.words)


def owe_end_of_recording(call: Call) -> None:
    """From now on nothing of this line is recorded: owed to the carrier, once a call."""
    facts = {"attempt": str(call.line_id), "sid": call.sid}
    outbox.owe(outbox.Act(kind="stop_recording", key=f"call:{call.sid}", facts=facts))


def _call(scene: Scene) -> Call:
    return Call.objects.select_related("customer", "business", "attempt").get(pk=scene.call_id)


def _hold(scene: Scene) -> Call:
    """The call, fresh, with its customer locked until the transaction ends."""
    call = _call(scene)
    if call.customer_id is not None:
        hold_customer(call.customer_id)
    return call


def _unfrozen(call: Call) -> list[Invoice]:
    return [invoice for invoice in spoken_on(call) if invoice.frozen_at is None]


# Falling silent, going on and changing the language of the line happen on the line alone.
_DOERS: dict[type, Callable[[Scene, Any], None]] = {
    acts.Freeze: _freeze,
    acts.Specify: _specify,
    acts.Suppress: _suppress,
    acts.RightParty: _right_party,
    acts.Promise: _promise,
    acts.Callback: _call_back,
    acts.SendLink: _send_link,
    acts.SendCopy: _send_copy,
    acts.AlreadyPaid: _already_paid,
    acts.Note: _note,
    acts.ProposeContact: _propose_contact,
    acts.Restrict: _restrict,
    acts.Whereabouts: _locate,
    acts.Speaks: _speaks,
    acts.HandOver: _hand_over,
    acts.StopRecording: _stop_recording,
}
