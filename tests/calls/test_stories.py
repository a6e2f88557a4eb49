"""Whole calls on the simulated telephone, over real sockets: what was said, and what followed."""

import pytest

from calls.models import Attempt, Call, TranscriptLine
from calls.stops import stop_business
from disputes.models import Claim, Dispute
from invoices.models import Invoice
from notifications.models import Message
from tests.calls.stage import Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
MONEY = ("$", "invoice", "pay ", "due", "amount")


def test_a_dispute_on_the_line_stops_the_talk_of_money_and_freezes_the_invoice(stage: Stage) -> None:
    invoice = stage.owes("disputes_plainly")

    call = stage.over(stage.call(invoice))

    invoice.refresh_from_db()
    assert invoice.frozen_at is not None
    assert Dispute.objects.get().invoice_id == invoice.pk
    claim = Claim.objects.get()
    assert (claim.words, claim.reason) == ("I'm disputing this, the roof still leaks.", "quality")
    assert (claim.evidence["call"], claim.evidence["told_before"]) == (str(call.pk), False)
    assert (call.disposition, call.reason, call.right_party) == ("dispute", "quality", True)
    assert call.stopped_line is not None
    after = TranscriptLine.objects.filter(call=call, speaker="agent", position__gt=call.stopped_line)
    said = " ".join(after.values_list("played", flat=True)).lower()  # type: ignore[arg-type]
    assert "we will not ask you for money while this is open" in said
    assert not any(word in said.replace("ask you for money", "") for word in MONEY)
    stopped = TranscriptLine.objects.get(call=call, position=call.stopped_line)
    assert (stopped.speaker, stopped.partial, stopped.state) == ("customer", True, "pause")
    assert "disputing" in stopped.text
    assert Attempt.objects.get().counted is True


def test_a_machine_of_a_business_is_left_a_message_without_an_amount(stage: Stage) -> None:
    invoice = stage.owes("voicemail", contact_name="Carl Webb")

    call = stage.over(stage.call(invoice))

    said = stage.spoken(call)
    assert "This is an automated AI assistant" in said or "this is an automated AI assistant" in said
    assert not any(word in said.lower() for word in ("$", "invoice", "796", "debt"))
    assert (call.disposition, call.answered_by[:7], call.right_party) == ("voicemail_greeting", "machine", False)
    assert Attempt.objects.get().counted is True
    assert Invoice.objects.get().frozen_at is None


def test_who_asks_for_the_link_gets_it_by_mail_while_still_on_the_line_or_soon_after(stage: Stage) -> None:
    invoice = stage.owes("pays_by_link", contact_name="Ruth Hale")

    call = stage.over(stage.call(invoice))

    assert call.disposition == "pay_now"
    stage.work()
    letter = Message.objects.get(letter="pay_link")
    assert (letter.status, letter.outcome) == ("sent", "accepted by the mail server")
    assert "/p/" in letter.text
    assert invoice.number in letter.text


def test_the_kill_switch_ends_the_call_that_speaks_and_the_one_that_rings(stage: Stage) -> None:
    speaking = stage.call(stage.owes("asks_a_lot"))
    stage.until(lambda: TranscriptLine.objects.filter(call__attempt=speaking, speaker="customer").exists())
    ringing = stage.call(stage.owes("no_answer", phone="+16145550121"))
    assert Call.objects.get(attempt=speaking).status == "in-progress"

    stop_business(stage.firm.business, by=stage.firm.owner)
    before = stage.spoken(Call.objects.get(attempt=speaking))
    stage.until(lambda: not Attempt.objects.exclude(status="ended").exists())

    ended = dict(Attempt.objects.values_list("pk", "ended_because"))
    assert ended == {speaking.pk: "BUSINESS_STOPPED", ringing.pk: "BUSINESS_STOPPED"}
    # What was on its way sounds until the line is gone: two seconds here, at the pace of a voice and of the simulated line.
    after = stage.spoken(Call.objects.get(attempt=speaking))
    assert after.startswith(before)
    assert len(after) - len(before) <= 2 * 15 * 6
    assert stage.plan() == []
