"""What the carrier tells comes late, twice, out of order and contradicting itself: no call is led astray by it."""

import os
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import ActivityLine
from calls.agent import advance, begin
from calls.agent.events import Event, Interrupted, Said
from calls.brief import brief_for
from calls.models import Attempt, Call
from calls.settling import settle
from calls.stops import leave_message
from calls.webhooks import _read_one
from notifications.models import Duty
from tests.calls.test_webhooks import CALL, Twilio, attempt, twilio

__all__ = ["attempt", "twilio"]  # fixtures
pytestmark = pytest.mark.django_db

WORDS = (
    "initiated",
    "queued",
    "ringing",
    "answered",
    "in-progress",
    "completed",
    "busy",
    "no-answer",
    "failed",
    "canceled",
    "x",
)
VERDICTS = (
    "human",
    "unknown",
    "machine_start",
    "machine_end_beep",
    "machine_end_silence",
    "machine_end_other",
    "fax",
    "ghost",
)
RANK = {
    "queued": 0,
    "ringing": 1,
    "in-progress": 2,
    "completed": 3,
    "busy": 3,
    "no-answer": 3,
    "failed": 3,
    "canceled": 3,
}
EXAMPLES = 400 if os.environ.get("PROOF") == "full" else 40
LENGTHS = ("", "0", "30", "²", "9" * 400, "-1", "a while", " 7")


def status(word: str, length: str = "") -> dict[str, Any]:
    return {"kind": "status", "said": {"CallSid": CALL, "CallStatus": word, "CallDuration": length}}


def amd(verdict: str) -> dict[str, Any]:
    return {"kind": "amd", "said": {"CallSid": CALL, "AnsweredBy": verdict}}


TOLD = st.one_of(
    st.builds(status, st.sampled_from(WORDS), st.sampled_from(LENGTHS)),
    st.builds(amd, st.sampled_from(VERDICTS)),
    st.just({"kind": "recording", "said": {"CallSid": CALL, "RecordingSid": "RE1", "RecordingStatus": "completed"}}),
    st.just({"kind": "settle"}),
)


def tell(on: Attempt, told: dict[str, Any]) -> None:
    if told["kind"] == "settle":
        settle(on.pk)
    else:
        _read_one({**told, "attempt": str(on.pk)})


def speak(on: Attempt, *said: Event | str) -> None:
    """The agent began on this line, and this was said; where it stands is written down as the relay writes it."""
    step = begin(brief_for(on))
    for event in said:
        step = advance(step.state, Said(event) if isinstance(event, str) else event)
    Call.objects.update(agent_state={"state": step.state.to_json(), "partial": "", "heard": []})
    if step.state.right_party:
        Call.objects.update(right_party=True)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=st.lists(TOLD, min_size=1, max_size=9), answered=st.booleans())
def test_whatever_the_carrier_tells_in_whatever_order_a_call_only_gets_further(
    attempt: Attempt, twilio: Twilio, told: Sequence[dict[str, Any]], answered: bool
) -> None:
    before = transaction.savepoint()  # no block of its own: what is durable must not stand inside one
    try:
        if answered:
            assert b"<Connect" in twilio.post("voice", attempt, CallStatus="in-progress").content
        _check(attempt, told)
    finally:
        transaction.savepoint_rollback(before)


def _check(on: Attempt, told: Sequence[dict[str, Any]]) -> None:
    before, ended, verdict = "", "", ""
    for one in told:
        tell(on, one)
        call = Call.objects.filter(attempt=on).first()
        if call is None:
            continue
        assert before == "" or RANK[call.status] >= RANK[before]
        assert not (RANK.get(before) == 3 and call.status != before)
        assert verdict in ("", call.answered_by)
        before, verdict = call.status, call.answered_by
        now = Attempt.objects.get(pk=on.pk)
        if ended:
            assert (now.status, now.disposition) == ("ended", ended)
            assert call.disposition in ("", ended)
        ended = now.disposition if now.status == "ended" else ""
        assert RANK[call.status] < 3 or now.status in ("ended", "live")  # the relay has some seconds for its own end
    assert ActivityLine.objects.filter(verb__in=("called", "could_not_call")).count() <= 1
    assert Duty.objects.filter(kind="leave_message").count() <= 1
    assert Duty.objects.filter(kind="hang_up").count() <= 1


SPOKEN: dict[str, tuple[Event | str, ...]] = {
    "the right person": ("yes this is Ana",),
    "a dispute": ("I never ordered that",),
    "a doubt": (Said("it seems you charged me", final=False),),
    "a stop said in half": (Said("stop calling me", final=False),),
    "paid": ("I already paid that",),
    "hold on": ("hold on please",),
}


@pytest.mark.parametrize(
    "verdict", ["machine_start", "machine_end_other", "fax", "machine_end_beep", "machine_end_silence"]
)
@pytest.mark.parametrize("said", list(SPOKEN), ids=str)
def test_a_late_verdict_hangs_up_on_nobody_who_has_spoken(
    attempt: Attempt, twilio: Twilio, said: str, verdict: str
) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")
    speak(Attempt.objects.select_related("customer", "business").get(), *SPOKEN[said])

    tell(attempt, amd(verdict))

    assert Duty.objects.filter(kind="hang_up").count() == 0
    for duty in Duty.objects.filter(kind="leave_message"):
        assert leave_message(duty) == "not needed"
    assert Call.objects.get().disposition == ""
    assert Attempt.objects.get().ended_because == ""


def test_before_anybody_has_spoken_a_verdict_still_ends_the_line(attempt: Attempt, twilio: Twilio) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")
    speak(Attempt.objects.select_related("customer", "business").get(), Interrupted(""))

    tell(attempt, amd("machine_start"))

    assert Duty.objects.filter(kind="hang_up").count() == 1
    assert Call.objects.get().disposition == "voicemail_greeting"


def test_the_first_verdict_stands(attempt: Attempt, twilio: Twilio) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")

    for verdict in ("human", "machine_start", "machine_end_beep"):
        tell(attempt, amd(verdict))

    assert Call.objects.get().answered_by == "human"
    assert Duty.objects.filter(kind__in=("hang_up", "leave_message")).count() == 0


def test_a_verdict_on_a_line_that_is_over_changes_no_result(attempt: Attempt, twilio: Twilio) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")
    tell(attempt, status("completed", "12"))
    ended = Attempt.objects.get()

    tell(attempt, amd("machine_start"))

    assert Duty.objects.filter(kind__in=("hang_up", "leave_message")).count() == 0
    assert (Attempt.objects.get().disposition, Call.objects.get().disposition) == (ended.disposition, ended.disposition)


def test_a_session_that_breaks_because_a_machine_has_the_line_is_not_gone_on_with(
    attempt: Attempt, twilio: Twilio
) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")
    Call.objects.update(disposition="voicemail_greeting")

    answer = twilio.post("after-relay", attempt, SessionStatus="failed", ErrorCode="64105")

    assert answer.content.decode().endswith("<Response><Hangup /></Response>")
    assert Call.objects.get().turn is None


@pytest.mark.parametrize("length", ["²", "9" * 400, "-1", "1e3"])
def test_a_length_nobody_can_read_is_none_and_the_call_ends_all_the_same(
    attempt: Attempt, twilio: Twilio, length: str
) -> None:
    tell(attempt, status("ringing"))
    tell(attempt, status("no-answer", length))

    call = Call.objects.get()
    assert (call.status, call.seconds, Attempt.objects.get().status) == ("no-answer", None, "ended")
