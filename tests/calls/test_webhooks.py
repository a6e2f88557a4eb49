"""What the carrier tells us: signed or refused, each thing once, in whatever order, and never a word on a frozen line."""

import hmac
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from twilio.request_validator import RequestValidator

from accounts.models import Business
from calls.acts import Scene, carry_out
from calls.agent.acts import StopRecording
from calls.dialing import claim, decide
from calls.models import Attempt, Call, CallDoor
from calls.planning import plan
from compliance.models import Decision
from disputes.freeze import NewClaim
from disputes.services import open_dispute
from integrations import inbox
from integrations.models import InboxEvent
from integrations.twilio.keys import keep_account
from notifications.models import Duty
from syntharra import clock
from syntharra.tenancy import acting_for
from tests.calls.stage import SID, to_tuesday
from tests.cast import Firm, make_business, make_customer, make_invoice

pytestmark = pytest.mark.django_db
CALL = "CA00000000000000000000000000000001"


class Twilio:
    """Posts forms to our webhooks as the carrier does."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token, self.client = base, token, Client()

    def post(
        self, door: str, attempt: Attempt, *, host: str = "anybody.example", token: str = "", **fields: str
    ) -> HttpResponse:
        return self.at(f"/webhooks/twilio/{door}/{attempt.pk}", host=host, token=token, **fields)

    def at(self, path: str, *, host: str = "anybody.example", token: str = "", **fields: str) -> HttpResponse:
        form = {"AccountSid": SID, "CallSid": CALL, **fields}
        signed = RequestValidator(token or self.token).compute_signature(self.base + path, form)
        return self.client.post(  # type: ignore[return-value]
            path, form, headers={"X-Twilio-Signature": signed, "Host": "127.0.0.1", "X-Forwarded-Host": host}
        )

    def tells(self, attempt: Attempt, status: str, number: int, **fields: str) -> HttpResponse:
        return self.post("status", attempt, CallStatus=status, SequenceNumber=str(number), **fields)


@pytest.fixture
def twilio(settings: Any) -> Twilio:
    settings.PUBLIC_URL = "https://syntharra.example"
    settings.SECURE_SSL_REDIRECT = False
    return Twilio("https://syntharra.example", settings.TWILIO_AUTH_TOKEN)


@pytest.fixture
def attempt(plumber: Firm, twilio: Twilio) -> Attempt:
    """Dialed; the carrier has it, and we have not heard of it yet."""
    to_tuesday()
    make_invoice(plumber)
    plan(plumber.business.pk)
    found = Attempt.objects.get()
    assert claim(found.pk)
    assert decide(found.pk)
    found.refresh_from_db()
    return found


def fresh(attempt: Attempt) -> Attempt:
    return Attempt.objects.get(pk=attempt.pk)


def statuses() -> tuple[str, str]:
    return Attempt.objects.get().status, Call.objects.get().status


@pytest.mark.parametrize("door", ["voice", "status", "amd", "recording", "after-relay"])
def test_without_the_carriers_signature_nothing_is_read(attempt: Attempt, twilio: Twilio, door: str) -> None:
    path = f"/webhooks/twilio/{door}/{attempt.pk}"

    answers = [
        twilio.client.post(path, {"AccountSid": SID, "CallSid": CALL}),
        twilio.client.post(path, {"AccountSid": SID, "CallSid": CALL}, headers={"X-Twilio-Signature": "bm9uc2Vuc2U="}),
        twilio.client.post(path, data="{", content_type="application/json", headers={"X-Twilio-Signature": "x"}),
        twilio.post(door, attempt, token="the token of somebody else"),
        twilio.post(door, attempt, AccountSid="AC00000000000000000000000000000999"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert (InboxEvent.objects.count(), Call.objects.count()) == (0, 0)
    assert twilio.client.get(path).status_code == 405


def test_the_address_signed_is_the_one_we_are_known_by_never_the_host_header(attempt: Attempt, twilio: Twilio) -> None:
    assert twilio.post("status", attempt, host="evil.example", CallStatus="ringing").status_code == 204

    twilio.base = "http://127.0.0.1"
    assert twilio.post("status", attempt, CallStatus="ringing").status_code == 403


def test_while_a_token_is_rotated_both_are_good(attempt: Attempt, twilio: Twilio, settings: Any) -> None:
    settings.TWILIO_SECONDARY_TOKEN = "the next token"

    assert twilio.post("status", attempt, token="the next token", CallStatus="ringing").status_code == 204
    assert twilio.post("status", attempt, CallStatus="ringing").status_code == 204


def test_the_shared_key_signs_with_sha_256_and_only_under_its_own_name(
    attempt: Attempt, twilio: Twilio, settings: Any
) -> None:
    settings.TWILIO_SHARED_KEYS = {"key1": "a shared secret"}
    path = f"/webhooks/twilio/status/{attempt.pk}"
    text = twilio.base + path + f"AccountSid{SID}" + "CallStatusringing"
    signed = b64encode(hmac.digest(b"a shared secret", text.encode(), sha256)).decode()

    def answer(how: str) -> int:
        headers = {"X-Twilio-Signature": signed, "X-Twilio-Webhooks-Signature-Settings": how}
        return twilio.client.post(path, {"AccountSid": SID, "CallStatus": "ringing"}, headers=headers).status_code

    assert answer("key=key1,algorithm=HMAC_SHA256") == 204
    assert answer("key=key2,algorithm=HMAC_SHA256") == 403
    assert answer("key=key1,algorithm=HMAC_SHA512") == 403
    assert answer("key=key1,algorithm=HMAC_SHA1") == 403


def test_an_answered_call_is_recorded_and_handed_to_the_relay(attempt: Attempt, twilio: Twilio) -> None:
    answer = twilio.post("voice", attempt, CallStatus="in-progress")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml")
    text = answer.content.decode()
    assert text.index("<Start><Recording") < text.index("<Connect") < text.index("<ConversationRelay")
    assert f'url="ws://127.0.0.1:8001/relay/{attempt.pk}"' in text
    for attribute in (
        'channels="dual"', 'trim="do-not-trim"', 'partialPrompts="true"', 'partialPromptOnHangup="true"',
        'reportInputDuringAgentSpeech="any"', 'interruptible="any"', 'preemptible="true"', 'dtmfDetection="true"',
        'events="speaker-events tokens-played"', 'applicationReconnect="true"', 'profanityFilter="false"',
        'ttsProvider="Google"', 'transcriptionProvider="Deepgram"', 'speechModel="nova-3-general"', 'transcriptionLanguage="multi"', 'ttsLanguage="en-US"', 'interruptSensitivity="medium"',
    ):  # fmt: skip
        assert attribute in text
    customer = attempt.customer
    for private in (customer.name, customer.contacts.get().name, attempt.to, "796"):
        assert private not in text
    assert statuses() == ("live", "in-progress")
    assert Decision.objects.filter(moment="answered").get().decision == "allowed"


def test_the_answer_request_binds_a_call_we_never_heard_back_about(attempt: Attempt, twilio: Twilio) -> None:
    Attempt.objects.update(status="unknown")

    assert b"<Connect" in twilio.post("voice", attempt, CallStatus="in-progress").content
    assert (Call.objects.get().sid, statuses()) == (CALL, ("live", "in-progress"))


@pytest.mark.parametrize("what", ["disputed", "stopped", "after hours", "paid"])
def test_what_may_not_be_spoken_of_by_now_is_answered_without_a_word(
    attempt: Attempt, twilio: Twilio, plumber: Firm, what: str
) -> None:
    from datetime import time

    from invoices.models import Invoice
    from syntharra import clock

    invoice = attempt.about.get().invoice
    match what:
        case "disputed":
            open_dispute(invoice.pk, claim=NewClaim(source="member", source_key="m", words="no"))
        case "stopped":
            Business.objects.update(stopped_at=clock.now())
        case "after hours":
            to_tuesday(time(17, 0, 1))
            Invoice.objects.update(read_at=clock.now())
        case "paid":
            Invoice.objects.update(balance=0, books_status="paid")

    answer = twilio.post("voice", attempt, CallStatus="in-progress")

    assert answer.content.decode().endswith("<Response><Hangup /></Response>")
    expected = {
        "disputed": "DISPUTE_OPEN",
        "stopped": "BUSINESS_STOPPED",
        "after hours": "HOURS_HOUSE",
        "paid": "NOT_COLLECTIBLE",
    }
    assert fresh(attempt).ended_because == expected[what]
    twilio.tells(attempt, "completed", 3, CallDuration="2")
    inbox.read("twilio")
    assert (fresh(attempt).status, fresh(attempt).counted, Call.objects.get().disposition) == ("ended", True, "")


def test_a_line_of_an_attempt_that_is_over_or_has_another_call_is_hung_up_on(attempt: Attempt, twilio: Twilio) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")

    other = twilio.post("voice", attempt, CallSid="CA2", CallStatus="in-progress")
    Attempt.objects.update(status="ended")
    late = twilio.post("voice", attempt, CallStatus="in-progress")

    assert [answer.content.decode().endswith("<Response><Hangup /></Response>") for answer in (other, late)] == [
        True,
        True,
    ]
    assert {duty.facts["sid"] for duty in Duty.objects.filter(kind="hang_up")} == {"CA2", CALL}


def test_an_attempt_nobody_knows_is_hung_up_on(attempt: Attempt, twilio: Twilio) -> None:
    stranger = Attempt(pk=attempt.customer_id)

    assert b"<Hangup" in twilio.post("voice", stranger).content


def test_events_count_once_by_their_token_or_their_number(attempt: Attempt, twilio: Twilio) -> None:
    for _ in range(3):
        twilio.tells(attempt, "ringing", 1)
    assert InboxEvent.objects.count() == 1

    for _ in range(2):
        path = f"/webhooks/twilio/status/{attempt.pk}"
        form = {"AccountSid": SID, "CallSid": CALL, "CallStatus": "ringing", "SequenceNumber": "1"}
        signed = RequestValidator(twilio.token).compute_signature(twilio.base + path, form)
        twilio.client.post(path, form, headers={"X-Twilio-Signature": signed, "I-Twilio-Idempotency-Token": "t1"})
    assert InboxEvent.objects.count() == 2

    inbox.read("twilio")
    assert statuses() == ("dialing", "ringing")
    assert set(InboxEvent.objects.values_list("outcome", flat=True)) == {"2 read"}


def test_of_an_event_nothing_is_stored_that_names_a_person(attempt: Attempt, twilio: Twilio) -> None:
    person = {"To": attempt.to, "Called": attempt.to, "CallerName": "ANA REYES", "ToCity": "COLUMBUS"}

    twilio.tells(attempt, "completed", 1, CallDuration="31", **person)

    said = InboxEvent.objects.get().payload["said"]
    assert said == {"CallDuration": "31", "CallSid": CALL, "CallStatus": "completed", "SequenceNumber": "1"}


def test_late_and_repeated_states_never_take_a_call_back(attempt: Attempt, twilio: Twilio) -> None:
    order = ["completed", "answered", "ringing", "initiated", "completed", "no-answer"]
    for number, status in enumerate(order):
        twilio.tells(attempt, status, number, CallDuration="31")
        inbox.read("twilio")

    call = Call.objects.get()
    assert (call.status, call.seconds) == ("completed", 31)
    assert call.answered_at is not None
    assert fresh(attempt).status == "ended"


@pytest.mark.parametrize(
    ("status", "disposition"),
    [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed"), ("canceled", "failed")],
)
def test_a_call_that_rang_and_nobody_answered_ends_with_the_carriers_word_and_counts(
    attempt: Attempt, twilio: Twilio, status: str, disposition: str
) -> None:
    twilio.tells(attempt, "ringing", 1)
    twilio.tells(attempt, status, 2)
    inbox.read("twilio")

    ended = fresh(attempt)
    assert (ended.status, ended.disposition, ended.counted) == ("ended", disposition, True)


@pytest.mark.parametrize(
    ("verdict", "duty"),
    [
        ("human", None),
        ("unknown", None),
        ("machine_end_beep", "leave_message"),
        ("machine_end_silence", "leave_message"),
        ("machine_end_other", "hang_up"),
        ("machine_start", "hang_up"),
        ("fax", "hang_up"),
    ],
)
def test_the_verdict_on_man_or_machine(attempt: Attempt, twilio: Twilio, verdict: str, duty: str | None) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")

    twilio.post("amd", attempt, AnsweredBy=verdict, MachineDetectionDuration="2500")
    inbox.read("twilio")

    assert Call.objects.get().answered_by == verdict
    assert [owed.kind for owed in Duty.objects.filter(kind__in=("hang_up", "leave_message"))] == (
        [duty] if duty else []
    )


def test_a_person_once_found_is_not_hung_up_on_by_a_late_verdict(attempt: Attempt, twilio: Twilio) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")
    Call.objects.update(right_party=True)

    twilio.post("amd", attempt, AnsweredBy="machine_start")
    inbox.read("twilio")

    assert Duty.objects.filter(kind="hang_up").count() == 0
    assert Call.objects.get().disposition == ""


def test_a_recording_is_remembered_when_it_is_complete(attempt: Attempt, twilio: Twilio) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")
    twilio.post("recording", attempt, RecordingSid="RE1", RecordingStatus="in-progress")
    twilio.post("recording", attempt, RecordingSid="RE1", RecordingStatus="completed")
    inbox.read("twilio")

    assert Call.objects.get().recording_sid == "RE1"


@pytest.mark.parametrize("status", ["ended", "completed"])
def test_after_the_relay_the_line_is_closed(attempt: Attempt, twilio: Twilio, status: str) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")

    answer = twilio.post("after-relay", attempt, SessionStatus=status, HandoffData="{}")

    assert answer.content.decode().endswith("<Response><Hangup /></Response>")


@pytest.mark.parametrize(
    "fields",
    [
        {"CallStatus": "no such state", "SequenceNumber": "x"},
        {"CallStatus": "completed", "CallDuration": "a while"},
        {"CallStatus": "ringing\0", "Odd\0Name": "\0"},
        {"CallStatus": "r" * 5000},
        {"CallSid": "", "CallStatus": "completed"},
        {"AnsweredBy": "a ghost", "RecordingSid": "R" * 900, "RecordingStatus": "completed", "SessionStatus": "?"},
    ],
)
def test_odd_input_is_never_an_error_of_ours(attempt: Attempt, twilio: Twilio, fields: dict[str, str]) -> None:
    answers = [twilio.post(door, attempt, **fields) for door in ("status", "amd", "recording", "voice", "after-relay")]

    assert {answer.status_code for answer in answers} <= {200, 204}
    assert inbox.read("twilio") == 3


def test_a_webhook_never_acts_for_another_business(attempt: Attempt, twilio: Twilio, rival: Firm) -> None:
    from syntharra.tenancy import acting_for

    with acting_for(rival.business.pk):
        make_customer(rival)
        twilio.post("voice", attempt, CallStatus="in-progress")
        assert Call.objects.count() == 0

    assert Call.objects.count() == 1


def test_a_live_business_is_told_of_its_calls_by_its_own_account_and_by_no_other(twilio: Twilio, settings: Any) -> None:
    rex = make_business("Rex Roofing", email="rex@rexroofing.example", sandbox=False)
    zoe = make_business("Zoe Dental", email="zoe@zoedental.example", sandbox=False)
    rexs, zoes = "AC" + "7" * 32, "AC" + "8" * 32
    with acting_for(zoe.business.pk):
        keep_account(zoe.business, zoes, token="zoe's token", by="operator")
    with acting_for(rex.business.pk):
        keep_account(rex.business, rexs, token="rex's token", by="operator", shared={"key1": "rex's shared key"})
        customer = make_customer(rex)
        attempt = Attempt.objects.create(
            customer=customer, status="dialing", number=1, to="+16145550120", planned_for=clock.now()
        )
        CallDoor.objects.create(attempt_id=attempt.pk, business_id=rex.business.pk)
        ringing = {"CallStatus": "ringing", "SequenceNumber": "1"}
        told = [
            twilio.post("status", attempt, token=token, AccountSid=account, **ringing).status_code
            for token, account in (
                ("rex's token", rexs),
                ("zoe's token", zoes),
                ("zoe's token", rexs),
                ("rex's token", zoes),
                (settings.TWILIO_AUTH_TOKEN, SID),
                (settings.TWILIO_AUTH_TOKEN, rexs),
            )
        ]
        path = f"/webhooks/twilio/status/{attempt.pk}"
        text = f"{twilio.base}{path}AccountSid{rexs}CallSid{CALL}CallStatusringing"
        signed = b64encode(hmac.digest(b"rex's shared key", text.encode(), sha256)).decode()
        how = {"X-Twilio-Signature": signed, "X-Twilio-Webhooks-Signature-Settings": "key=key1,algorithm=HMAC_SHA256"}
        form = {"AccountSid": rexs, "CallSid": CALL, "CallStatus": "ringing"}

        assert told == [204, 403, 403, 403, 403, 403]
        assert twilio.client.post(path, form, headers=how).status_code == 204
    assert InboxEvent.objects.count() == 2


def test_the_end_of_our_answers_is_an_apology_that_cannot_fail_again(attempt: Attempt, twilio: Twilio) -> None:
    twilio.post("voice", attempt, CallStatus="in-progress")

    sorry = twilio.post("fallback", attempt, ErrorCode="11200").content.decode()
    Attempt.objects.update(ended_because="DISPUTE_OPEN")
    silent = twilio.post("fallback", attempt, ErrorCode="11200").content.decode()

    assert "We are sorry, we cannot go on with this call. Goodbye." in sorry
    assert "<Gather" not in sorry
    assert silent.endswith("<Response><Hangup /></Response>")


def test_nothing_is_recorded_before_it_was_said_and_nothing_after_it_was_refused(
    attempt: Attempt, twilio: Twilio
) -> None:
    text = twilio.post("voice", attempt, CallStatus="in-progress").content.decode()

    assert "it is recorded" in text[: text.index("<Start><Recording")]
    call = Call.objects.get()
    assert call.recording == "announced"
    carry_out(Scene(line_id=attempt.pk, call_id=call.pk), [StopRecording("do not record me")])
    assert Call.objects.get().recording == "refused"
    (duty,) = Duty.objects.filter(kind="stop_recording")
    assert duty.facts["sid"] == CALL
