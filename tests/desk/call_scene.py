"""Calls beside Ava's day: one as long as they come, one under way, one a customer made, one with a recording."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from twilio.rest import Client as Twilio

from calls.agent.facts import Language
from calls.agent.speech import sentence
from calls.models import Attempt, AttemptInvoice, Call, TranscriptLine
from disputes.models import Dispute
from integrations.models import PhoneLine
from invoices.models import Invoice
from syntharra.tenancy import acting_for
from tests.calls.stage import SID, TOKEN, simulated_carrier
from tests.cast import Firm
from tests.desk.scene import Maker, disputed_on_a_call
from tests.integrations.twilio.simulator_server import LocalTwilioHttp

RTL_NAME = "شركة المرفأ للتجارة والمقاولات العامة"
FRAME = b"\xff\xf3\x18\x00"
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde" * 2


@dataclass
class Cafe:
    """Harbor Cafe, who disputed on a call this morning, and nothing else of the day."""

    invoice: Invoice
    call: Call
    dispute: Dispute

    @classmethod
    def of(cls, firm: Firm) -> "Cafe":
        return cls(*disputed_on_a_call(Maker(firm)))


def line(call: Call, position: int, speaker: str, text: str, second: float = 0, **fields: Any) -> TranscriptLine:
    """One line of a transcript."""
    return TranscriptLine.objects.create(
        call=call, position=position, speaker=speaker, text=text, second=Decimal(str(second)), **fields
    )


def heard(score: float, *rules: str) -> dict[str, Any]:
    """What hearing left behind about a text."""
    return {
        "score": score,
        "rule_ids": list(rules),
        "version": "h-2026-11",
        "lang": "en",
        "pause_at": 0.31,
        "freeze_at": 0.62,
    }


def with_evidence(call: Call) -> None:
    """A half sentence that silenced the agent, and the whole one that stopped the call."""
    call.lines.all().delete()
    opening = sentence("opening", Language.ENGLISH, business="Ava's Plumbing")
    line(call, 0, "agent", opening, 0, act="disclose", asks="identity", played=opening)
    line(call, 1, "customer", "Yes, this is Ana.", 6, intent="confirm_identity_yes", state="listen")
    line(call, 2, "agent", "Invoice 2207 for 796 dollars is open.", 7, act="state_debt", played="Invoice 2207 for 796")
    line(call, 3, "customer", "the sink still", 12, partial=True, state="pause", intent="dispute", evidence=heard(0.47))
    line(
        call,
        4,
        "customer",
        "The sink still leaks.",
        14,
        state="freeze",
        intent="dispute",
        also=["request_human"],
        evidence=heard(0.981, "q.leaks"),
    )
    stopped = sentence("dispute_heard", Language.ENGLISH)
    line(call, 5, "agent", stopped, 15, act="acknowledge_dispute", played=stopped)
    Call.objects.filter(pk=call.pk).update(stopped_line=3)


def crowded(make: Maker) -> Call:
    """Two hundred lines, a name from right to left, words without an end."""
    customer = make.customer(RTL_NAME, "ليلى حداد", "0191")
    invoice = make.invoice(customer, "2391-" + "9" * 40, "1250.00", 8)
    call = make.call([invoice], make.at(2, 11), "question_about_invoice", 1420)
    TranscriptLine.objects.bulk_create(
        TranscriptLine(
            call=call,
            position=at,
            speaker="customer" if at % 2 else "agent",
            text=f"{LONG_WORD} {at}"
            if at % 40 == 1
            else "لا أعرف هذه الفاتورة"
            if at % 30 == 3
            else f"Line {at} of a long talk.",
            second=Decimal(at * 7),
        )
        for at in range(200)
    )
    return call


def live(make: Maker, *, spoken: bool = True) -> Call:
    """A call that is on the line at this moment."""
    customer = make.customer("Corner Garage", "Sal Greco", "0192")
    invoice = make.invoice(customer, "2392", "410.00", 6)
    attempt = make.attempt([invoice], make.at(0, 10, 39), status="live", dialing_at=make.at(0, 10, 39))
    call = Call.objects.create(
        attempt=attempt,
        customer=customer,
        sid=f"CA{attempt.pk.hex}",
        status="in-progress",
        to=attempt.to,
        caller="+16145550199",
        placed_at=make.at(0, 10, 39),
        answered_at=make.at(0, 10, 39),
        recording="announced",
    )
    if spoken:
        line(call, 0, "agent", "Am I speaking with Sal Greco?", 1)
        line(call, 1, "customer", "Who is this?", 4, evidence=heard(0.01), intent="other", state="listen")
    return call


def inbound(make: Maker, *, known: bool = True) -> Call:
    """A call a customer made to the firm."""
    customer = make.customer("Elm Street Deli", "Joe Cole", "0193") if known else None
    invoice = make.invoice(customer, "2393", "95.00", 9) if customer else None
    at = make.at(1, 15, 5)
    return Call.objects.create(
        attempt=None,
        customer=customer,
        about=[str(invoice.pk)] if invoice else [],
        direction="inbound",
        sid=f"CAin{int(known)}",
        status="completed",
        to="+16145550199",
        caller="+16145550193" if known else "+16145550777",
        placed_at=at,
        answered_at=at,
        ended_at=at + timedelta(seconds=40),
        seconds=40,
        disposition="request_human",
    )


@contextmanager
def recorded(firm: Firm, call: Call, *, seconds: int) -> Iterator[bytes]:
    """The carrier, with a recording of so many seconds at least that is this call's; the bytes of its sound, which is silent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "TWILIO_ACCOUNT_SID", SID)
        patch.setattr(settings, "TWILIO_AUTH_TOKEN", TOKEN)
        patch.setattr(settings, "SIMULATORS_URL", "")
        with simulated_carrier(firm, speed=200.0) as sim:
            client = Twilio(SID, TOKEN, http_client=LocalTwilioHttp(f"{settings.SIMULATORS_URL}/twilio"))
            sim.post("/scenarios", number="+16145550120", script={"steps": [{"silence": 600}]})
            script = f'<Response><Start><Recording channels="dual"/></Start><Pause length="{seconds}"/></Response>'
            with acting_for(firm.business.pk):
                own = PhoneLine.objects.get().number
            placed = client.calls.create(to="+16145550120", from_=own, twiml=script)
            deadline = time.monotonic() + 20
            while client.calls(placed.sid).fetch().status != "completed":
                assert time.monotonic() < deadline
                time.sleep(0.02)
            (recording,) = client.calls(placed.sid).recordings.list()
            with acting_for(firm.business.pk):
                Call.objects.filter(pk=call.pk).update(recording_sid=recording.sid, recording="announced")
            yield FRAME.ljust(36, b"\0") * -(-int(recording.duration) * 16_000 // 576)


def many(make: Maker, count: int) -> None:
    """So many calls of one afternoon, each of another attempt about one invoice: rows alone, as fast as they can be made."""
    customer = make.customer("Buckeye Property", "Nora Lane", "0194")
    invoice = make.invoice(customer, "2394", "100.00", 20)
    start = make.at(30, 9)
    outcomes = ("no_answer", "promise_to_pay", "voicemail_greeting", "dispute", "pay_now")
    attempts = Attempt.objects.bulk_create(
        Attempt(
            customer=customer,
            number=1 + at % 3,
            to="+16145550194",
            planned_for=start,
            status="ended",
            disposition=outcomes[at % 5],
        )
        for at in range(count)
    )
    AttemptInvoice.objects.bulk_create(AttemptInvoice(attempt=attempt, invoice=invoice) for attempt in attempts)
    Call.objects.bulk_create(
        Call(
            attempt=attempt,
            customer=customer,
            sid=f"CA{attempt.pk.hex}",
            status="completed",
            to=attempt.to,
            caller="+16145550199",
            placed_at=start + timedelta(minutes=at),
            answered_at=start + timedelta(minutes=at),
            seconds=at % 200,
            disposition=attempt.disposition,
        )
        for at, attempt in enumerate(attempts)
    )
