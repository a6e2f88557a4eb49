"""A dispute said on a call: the freeze is committed before the agent's next word, what it brings with it follows behind.

The first transaction makes the freeze a fact and owes the end of other lines and, as one duty, everything else. The second is that
duty. A worker carries it out, woken by the commit: the process on the line has people to listen to. Where no line waits for the
commit (a rehearsal), whoever made the first does it at once.
"""

from collections.abc import Collection, Mapping
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import F, Func, TextField, UUIDField
from django.db.models.functions import Cast

from calls.agent import acts
from calls.models import AttemptInvoice, Call
from calls.outcomes import AGENT
from disputes import deadlines
from disputes.freeze import BeforeFreeze, Frozen, NewClaim, freeze_held, once_more, prepare, stop_calls
from disputes.models import Claim, Dispute
from disputes.services import follow_held
from invoices import promises
from invoices.models import Customer
from invoices.services import hold_each
from notifications import outbox
from notifications.models import Duty, Message
from notifications.outbox import carries_out
from syntharra import bells, bulk, clock, due
from syntharra.acting import acting_for
from syntharra.reading import Given, Reading

FOLLOW = "follow_freeze"
LONGEST_NUMBERS = 80  # what a claim's key has room for beside the call's


class NothingToFreeze(Exception):
    """The call is about no invoice any more: each was dropped from it."""


def _dialed_about() -> ArraySubquery:
    """The invoices a call that we made is about."""
    attempt = ArraySubquery(Call.objects.filter(pk=Given("call")).values("attempt_id"))
    return ArraySubquery(AttemptInvoice.objects.filter(attempt_id__among=attempt, dropped_at=None).values("invoice_id"))


def _dialed_us_about() -> ArraySubquery:
    """The same for a call the customer made."""
    keys = Func(F("about"), function="jsonb_array_elements_text", output_field=TextField())
    return ArraySubquery(Call.objects.filter(pk=Given("call")).values(invoice=Cast(keys, UUIDField())))


_DIALED, _DIALED_US = BeforeFreeze(_dialed_about), BeforeFreeze(_dialed_us_about)
_WHO_WAS_CALLED = Reading(
    lambda: Customer.objects.filter(
        pk__among=ArraySubquery(Call.objects.filter(pk=Given("call")).values("customer_id"))
    )
)
# What was objected to on this call before.
_SAID_OF = Reading(
    lambda: Claim.objects.filter(source=Claim.Source.CALL, source_key=Given("call")).values_list(
        "disputes__invoice_id", flat=True
    )
)


def register() -> None:
    """Say who carries out what a freeze on a call brings with it."""
    carries_out(FOLLOW, follow)


def freeze(act: acts.Freeze, *, line_id: UUID, call_id: UUID, evidence: Mapping[str, Any]) -> None:
    """Stop asking for money on the invoices the call is about, or those of them that were named. Safe to call twice.

    In a transaction of its own, from whose commit on nothing about them collects. Afterwards: the owner's alert, the customer's
    acknowledgement, the books' reminders quiet, pages to pay ended, what was promised on this call taken back.
    """
    questions = _DIALED if line_id != call_id else _DIALED_US
    duty_id = once_more(lambda: _committed(questions, act, call_id, evidence))
    bells.afterwards(partial(outbox.carry_out, duty_id))


def _committed(questions: BeforeFreeze, act: acts.Freeze, call_id: UUID, evidence: Mapping[str, Any]) -> UUID:
    """The duty of what follows."""
    with transaction.atomic(durable=True):
        also = (_SAID_OF.of(call=str(call_id)), _WHO_WAS_CALLED.of(call=call_id))
        found, (said_of, called) = questions.hold(*also, call=call_id)
        about = {invoice.pk: invoice.number for invoice in found.invoices}
        named = [pk for pk, number in about.items() if number in act.invoices] or list(about)
        if not named:
            raise NothingToFreeze(f"call {call_id} is about no invoice any more")
        before = found.each(named)
        who = called[0] if called else before.invoices[0].customer
        key = _claim_key(call_id, {pk: about[pk] for pk in named}, said_of)
        with bulk.together(prepared=True, commits=True):
            return _owed(freeze_held(before, _said(act, key, call_id, who, evidence)))


def _said(act: acts.Freeze, key: str, call_id: UUID, who: Customer, evidence: Mapping[str, Any]) -> NewClaim:
    return NewClaim(
        source="call",
        source_key=key,
        customer=who.pk,
        words=act.words,
        reason=act.reason.value,
        language=who.language,
        urgent=act.urgent,
        by=who.name,
        evidence={**evidence, "call": str(call_id), **_told(act)},
    )


def _told(act: acts.Freeze) -> dict[str, Any]:
    """That the firm is said to have been told before, and since when: the claimed date is kept beside our own.

    And whether a person is wanted: it stands in the alert.
    """
    told_on = act.told_on.isoformat() if act.told_on else None
    return {"told_before": act.told_before, "told_on": told_on, "wants_person": act.wants_person}


def _claim_key(call_id: UUID, about: Mapping[UUID, str], said_of: Collection[UUID | None]) -> str:
    """The call names its first claim. An objection to further invoices is a claim of its own: it is answered by itself.

    ``said_of``: what that first claim is about; nothing where there is none yet.
    """
    if not said_of or set(about) <= set(said_of):
        return str(call_id)
    numbers = "+".join(sorted(about.values()))
    if len(numbers) > LONGEST_NUMBERS:  # invoice numbers are the firm's own, and may be of any length
        numbers = sha256(numbers.encode()).hexdigest()
    return f"{call_id}:{numbers}"


def warm_up() -> None:
    """Ask what a freeze asks, for a business there is not: server and process read what they need to know of it."""
    deadlines.decided_by(clock.now(), 1, settings.TIME_ZONE)  # the calendar of holidays
    nobody = UUID(int=0)
    with acting_for(nobody), transaction.atomic():
        for questions in (_DIALED, _DIALED_US):
            questions.hold(_SAID_OF.of(call=str(nobody)), _WHO_WAS_CALLED.of(call=nobody), call=nobody)
    prepare()
    bulk.prepare(Duty)


def _owed(frozen: Frozen) -> UUID:
    """The duties of this freeze; that of what follows it."""
    claim = frozen.claim
    stop = stop_calls(claim, frozen.invoices)
    facts = {
        "claim": str(claim.pk),
        "disputes": [str(dispute.pk) for dispute in frozen.disputes],
        "began": [str(dispute.pk) for dispute in frozen.began],
        "call": claim.evidence["call"],
    }
    follows = outbox.Act(kind=FOLLOW, key=f"claim:{claim.pk}", facts=facts)
    if frozen.is_new_claim:
        return outbox.owe_new(stop, follows)[1]
    return outbox.owe(stop, follows)[1].pk


def follow(duty: Duty) -> str:
    """What a freeze brings with it, once. A dispute that was released or ended meanwhile brings nothing."""
    about = dict(Dispute.objects.filter(pk__in=duty.facts["disputes"]).values_list("pk", "invoice_id"))
    with transaction.atomic(durable=True):
        invoices = {invoice.pk: invoice for invoice in hold_each(*about.values())}
        if not Duty.objects.filter(pk=duty.pk, done_at=None).exists():
            return "done by another"
        claim = Claim.objects.select_related("customer").get(pk=duty.facts["claim"])
        live = list(Dispute.objects.live().filter(pk__in=about).order_by("invoice"))
        for dispute in live:
            dispute.invoice = invoices[dispute.invoice_id]
        with bulk.together():
            _take_back_promise(duty.facts["call"], invoices)
            if live:
                began = [dispute for dispute in live if str(dispute.pk) in duty.facts["began"]]
                outbox.owe(*follow_held(claim, live, began, new=False, until=duty.owed_at), since=duty.owed_at)
        outcome = f"{len(live)} of {len(about)} disputes live"
        outbox.finish(duty, outcome)  # with it: whoever comes over it again owes nothing twice
        return outcome


def _take_back_promise(call: str, disputed: Collection[UUID]) -> None:
    """Promised on this call, and objected to before the line was gone: no promise stands, and none is confirmed in writing.

    Until this is done the confirmation sees for itself that it does not leave; see ``calls.letters``.
    """
    if not promises.withdraw(disputed, by=AGENT, source=f"call:{call}"):
        return
    letters_of_it = Message.objects.filter(letter="promise_confirmation", key=f"call:{call}")
    waiting = list(letters_of_it.filter(status__in=("draft", "queued")).values_list("pk", flat=True))
    due.settle(outbox.KIND, *waiting)
    Message.objects.filter(pk__in=waiting, status__in=("draft", "queued")).update(status=Message.Status.WITHDRAWN)
