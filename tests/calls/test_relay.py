"""The relay: who is let in, what is said before what is committed, and how soon it falls silent."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import psycopg
import pytest
from django.conf import settings as django_settings
from starlette.types import ASGIApp
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from calls import conversation, hangups, journal, relay
from calls.acts import Scene, carry_out
from calls.agent import acts
from calls.models import Attempt, Call, TranscriptLine
from calls.wording_model.compatible import CompatibleModel
from calls.wording_model.wording import Wording
from compliance.models import StopEntry, Suppression
from disputes.freeze import NewClaim
from disputes.hearing.labels import Intent, Reason
from disputes.models import Claim, Dispute
from disputes.services import open_dispute
from invoices.models import Hold, Invoice, Promise
from notifications.models import Duty, Message
from syntharra.tenancy import acting_for
from tests.calls.model_endpoint import Endpoint, endpoint, line_of
from tests.calls.stage import to_tuesday
from tests.calls.telephone import Telephone, answered, signature
from tests.cast import Firm, make_business, make_invoice
from tests.integrations.twilio.simulator_server import served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def firm(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Firm]:
    """Ava's Plumbing on a Tuesday morning, with our relay on a port of its own."""
    from syntharra.asgi import application

    monkeypatch.setitem(settings.DATABASES["default"], "CONN_MAX_AGE", 0)
    to_tuesday()
    plumber = make_business()
    with served(cast("ASGIApp", application)) as web, acting_for(plumber.business.pk):
        settings.PUBLIC_URL, settings.RELAY_URL = web, web.replace("http", "ws", 1)
        yield plumber


@pytest.fixture
def attempt(firm: Firm) -> Attempt:
    return answered(make_invoice(firm, pay_url="https://pay.example/1"))


def soon(happened: Callable[[], Any], seconds: float = 10.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
    return found


def ended(attempt: Attempt) -> Call:
    soon(lambda: Attempt.objects.filter(pk=attempt.pk, status="ended").exists())
    attempt.refresh_from_db()
    return Call.objects.get(attempt=attempt)


def said(call: Call, speaker: str = "agent") -> list[str]:
    return list(call.lines.filter(speaker=speaker).order_by("position").values_list("text", flat=True))


# who is let in


def test_an_upgrade_without_the_carriers_signature_is_refused(attempt: Attempt) -> None:
    url = f"{django_settings.RELAY_URL}/relay/{attempt.pk}"
    secure = url.replace("ws://", "https://")

    for said_signature in ("", "nonsense", signature(url, "another token"), signature(secure), signature(url + "?x=1")):
        with pytest.raises(InvalidStatus) as refusal:
            connect(url, additional_headers={"X-Twilio-Signature": said_signature}, proxy=None)
        assert refusal.value.response.status_code == 403


def test_a_signed_upgrade_for_a_line_that_is_not_open_is_refused(firm: Firm, attempt: Attempt) -> None:
    nobodys = f"{django_settings.RELAY_URL}/relay/{firm.business.pk}"
    Attempt.objects.filter(pk=attempt.pk).update(status="ended")

    for url in (nobodys, f"{django_settings.RELAY_URL}/relay/{attempt.pk}"):
        with pytest.raises(InvalidStatus) as refusal:
            connect(url, additional_headers={"X-Twilio-Signature": signature(url)}, proxy=None)
        assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("setup", [{"callSid": "CA2"}, {"accountSid": "AC2"}, {"type": "hello"}])
def test_a_setup_that_names_another_call_or_account_is_closed(
    attempt: Attempt, setup: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calls.relay.SETUP_SECONDS", 0.5)
    url = f"{django_settings.RELAY_URL}/relay/{attempt.pk}"
    frame = {
        "type": "setup",
        "callSid": "CA00000000000000000000000000000001",
        "accountSid": django_settings.TWILIO_ACCOUNT_SID,
    }

    with connect(url, additional_headers={"X-Twilio-Signature": signature(url)}, proxy=None) as socket:
        socket.send(json.dumps(frame | setup))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert TranscriptLine.objects.count() == 0


# what is said


def test_the_opening_discloses_and_says_nothing_of_an_invoice(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        opening = phone.hears()

    assert opening.startswith(
        "Hello, this is an automated AI assistant calling for Ava's Plumbing. This call is recorded."
    )
    assert opening.endswith("Am I speaking with Ana Reyes, or with whoever handles accounts payable?")
    first, second = (frame for frame in phone.frames if frame["type"] == "text")
    assert (first["interruptible"], first["preemptible"], first["last"]) == (False, True, False)
    assert (second["interruptible"], second["preemptible"], second["last"]) == (True, True, True)


def test_the_freeze_is_committed_before_it_is_acknowledged(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        assert "invoice" in phone.hears()

        phone.says("the heater still leaks, I am disputing this bill", partials=("the heater",))
        breath = phone.frame("text")
        acknowledgement = phone.hears()

        frozen = Invoice.objects.get()  # read on another connection, the moment the first word of it arrived
    assert breath == {"type": "text", "token": " ", "last": True, "interruptible": True, "preemptible": True}
    assert frozen.frozen_at is not None
    assert acknowledgement.startswith("I am sorry, and thank you for telling me. We will not ask you for money")
    call = ended(attempt)
    assert (call.disposition, Dispute.objects.get().number) == ("dispute", "D-1001")
    duty = Duty.objects.get(kind="stop_calls")
    assert duty.facts["except_call"] == str(call.pk)


def test_the_call_ends_after_its_last_line_was_heard(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("you have the wrong number")
        phone.hears()

        end = phone.frame("end")

    assert json.loads(end["handoffData"]) == {"reasonCode": "wrong_number", "attempt": str(attempt.pk)}
    assert ended(attempt).disposition == "wrong_number"
    assert Suppression.objects.get().kind == "wrong_number"


def test_when_the_freeze_cannot_be_kept_the_call_ends_neutrally_and_nothing_is_lost(attempt: Attempt) -> None:
    owner = django_settings.DATABASES["owner"]
    with (
        psycopg.connect(
            host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"], password=owner["PASSWORD"],
            dbname=owner["NAME"], autocommit=True,
        ) as database,
        Telephone(attempt.pk) as phone,
    ):  # fmt: skip
        app = django_settings.DATABASES["default"]["USER"]
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        database.execute(f"REVOKE INSERT ON disputes_dispute FROM {app}")
        try:
            phone.says("I never agreed to that price")
            assert phone.hears() == "Goodbye."
            assert "failed" in phone.frame("end")["handoffData"]
        finally:
            database.execute(f"GRANT INSERT ON disputes_dispute TO {app}")
    assert Invoice.objects.get().frozen_at is None

    assert soon(journal.retry) == 1

    assert Invoice.objects.get().frozen_at is not None
    assert Claim.objects.get().words == "I never agreed to that price"
    assert journal.retry() == 0


def test_a_hang_up_from_elsewhere_is_the_next_thing_sent(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears(play=False)
        time.sleep(0.3)
        began = time.monotonic()
        hangups.tell(attempt.pk, "DISPUTE_OPEN")

        frame = phone.next_frame(timeout=2)

        assert (frame["type"], time.monotonic() - began < 1) == ("end", True)
        phone.says("yes this is Ana")
        assert phone.is_quiet(0.5)
    call = ended(attempt)
    assert (call.disposition, attempt.ended_because) == ("", "DISPUTE_OPEN")


def test_without_the_bell_the_line_falls_silent_within_two_seconds_of_the_freeze(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        invoice = Invoice.objects.get()
        open_dispute(invoice.pk, claim=NewClaim(source="member", source_key="m", words="told my crew"))
        began = time.monotonic()

        assert phone.frame("end", timeout=4)["type"] == "end"
        assert time.monotonic() - began < 2.5


def test_a_disclosure_that_was_cut_off_is_said_again(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears(play=False)
        phone.interrupts("Hello, this is an automated")
        phone.says("yes this is Ana speaking")

        again = phone.hears()

    assert again.startswith(
        "Hello, this is an automated AI assistant calling for Ava's Plumbing. This call is recorded."
    )
    call = ended(attempt)
    first = call.lines.order_by("position").first()
    assert first is not None
    assert first.played == "Hello, this is an automated"
    assert first.text.startswith("Hello, this is an automated AI assistant")


def test_what_is_played_piece_by_piece_is_put_together(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        opening = phone.hears(play=False)
        for piece in opening.split(". "):
            phone.sends(type="info", name="tokensPlayed", value=piece if piece.endswith("?") else f"{piece}.")
        phone.sends(type="info", name="agentSpeaking", value="off")
        phone.says("yes this is Ana")
        phone.hears()

    played = ended(attempt).lines.filter(speaker="agent").order_by("position").values_list("text", "played")
    assert played[0][0] == played[0][1]
    assert played[1][0] == played[1][1]


def test_key_nine_stops_the_calls_for_good_and_everywhere(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears(play=False)
        phone.sends(type="dtmf", digit="9")
        answer = phone.hears()

    assert "not call you again" in answer or "will not" in answer
    assert Suppression.objects.get().kind == "opt_out"
    assert StopEntry.objects.get().kind == "opt_out"
    call = ended(attempt)
    assert call.disposition == "opt_out"
    assert Hold.objects.get().reason == "opt_out"
    assert Message.objects.get(letter="stop_confirmation").purpose == "service"


def test_a_promise_is_kept_and_holds_the_cadence(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("we will pay it this Friday by check")
        assert "Friday" in phone.hears()
        phone.says("yes that's right")
        phone.hears()

    call = ended(attempt)
    promise = Promise.objects.get()
    assert (call.disposition, promise.promised_for.strftime("%A"), promise.how) == ("promise_to_pay", "Friday", "check")
    assert (promise.holds_until - promise.promised_for).days in (
        11,
        12,
        13,
    )  # seven business days, Thanksgiving among them
    assert Message.objects.get(letter="promise_confirmation").purpose == "service"


def test_silence_is_answered_and_in_the_end_the_call_is_over(attempt: Attempt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "SILENCE_SECONDS", 0.4)
    with Telephone(attempt.pk) as phone:
        phone.hears()

        heard = [phone.hears(timeout=20) for _ in range(3)]
        phone.frame("end")

    assert "still there" in heard[0].lower() or "are you there" in heard[0].lower()
    assert ended(attempt).disposition == "no_answer"


def test_a_call_that_lasts_too_long_is_ended_kindly_with_what_there_is(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "LONGEST_SECONDS", 2.0)
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("friday")
        phone.hears()
        last = phone.hears()
        phone.frame("end")

    assert last.startswith("Thank you for your time. I have to end the call here.")
    assert ended(attempt).disposition == "promise_to_pay"
    assert Promise.objects.count() == 1


def test_the_last_words_before_the_line_went_dead_may_be_the_dispute(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.sends(type="prompt", voicePrompt="this is wrong you never finished", lang="en-US", last=False)
        phone.frame("text")

    call = ended(attempt)
    assert (call.disposition, Dispute.objects.count()) == ("dispute", 1)
    assert Invoice.objects.get().frozen_at is not None
    last = call.lines.filter(speaker="customer").order_by("-position").first()
    assert last is not None
    assert (last.state, last.partial, last.intent) == ("freeze", True, "dispute")
    assert Claim.objects.get().evidence["score"] == last.evidence["score"]


def test_what_is_said_and_pressed_over_the_good_bye_is_committed_and_decides_how_the_call_ended(
    attempt: Attempt,
) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("can you send me a copy")
        phone.hears(play=False)
        phone.interrupts("Of course.")
        phone.sends(type="prompt", voicePrompt="hold on they never", lang="en-US", last=False)
        assert phone.frame("text")["token"] == " "  # it falls silent
        assert phone.is_quiet(conversation.BEFORE_END_SECONDS * 3)  # and the end waits for the rest of it
        phone.says("hold on they never finished the job")
        answer = phone.hears(play=False)
        phone.sends(type="dtmf", digit="9")
        assert "will not call this number again" in phone.hears()
        end = phone.frame("end")

    assert "We will not ask you for money" in answer
    assert json.loads(end["handoffData"])["attempt"] == str(attempt.pk)
    assert ended(attempt).disposition == "opt_out"
    assert Dispute.objects.count() == 1
    assert Suppression.objects.get().kind == "opt_out"


def test_a_broken_socket_loses_nothing_and_the_call_goes_on_where_it_stood(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        soon(lambda: TranscriptLine.objects.filter(act="state_debt").exclude(played=None).exists())
        phone.breaks()
        time.sleep(0.3)

    with Telephone(attempt.pk) as again:
        again.says("yes this is Ana")  # delivered once more
        again.says("I already paid that one last week")
        answer = again.hears()

    assert "invoice" not in answer.lower()
    call = ended(attempt)
    assert said(call, "customer").count("yes this is Ana") == 1
    assert len([line for line in said(call) if line.startswith("Hello, this is an automated")]) == 1
    assert call.disposition == "already_paid"
    assert Invoice.objects.get().paused_reason == "already_paid"


def test_a_line_the_carrier_brings_to_another_process_is_let_go_by_the_one_that_had_it(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several processes share the lines; a socket that broke unnoticed may come back to any of them."""
    phone = Telephone(attempt.pk).__enter__()
    phone.hears()
    phone.says("yes this is Ana")
    phone.hears()
    soon(lambda: TranscriptLine.objects.filter(act="state_debt").exclude(played=None).exists())
    monkeypatch.setattr(relay, "_sessions", {})  # the next process knows nothing of it
    monkeypatch.setattr(relay, "listener", hangups.Listener())

    with Telephone(attempt.pk) as again:
        again.says("I am disputing this")
        answer = again.hears()
        with pytest.raises(ConnectionClosed) as closed:
            phone.next_frame()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert answer.startswith("I am sorry, and thank you for telling me.")
    assert not [frame for frame in phone.frames if frame["type"] == "end"]
    assert ended(attempt).disposition == "dispute"
    assert Dispute.objects.count() == 1


def test_a_relay_that_is_shut_down_hands_its_calls_to_the_next_one(attempt: Attempt, settings: Any) -> None:
    from syntharra.asgi import application

    with served(cast("ASGIApp", application)) as going:
        settings.RELAY_URL = going.replace("http", "ws", 1)
        phone = Telephone(attempt.pk).__enter__()
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
    with pytest.raises(ConnectionClosed) as closed:
        phone.next_frame()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert Attempt.objects.get().status == "live"

    with served(cast("ASGIApp", application)) as coming:
        settings.RELAY_URL = coming.replace("http", "ws", 1)
        with Telephone(attempt.pk) as again:
            again.says("I am disputing this")
            assert again.hears().startswith("I am sorry, and thank you for telling me.")
        assert ended(attempt).disposition == "dispute"


def test_what_is_delivered_again_before_the_setup_is_heard_after_it(attempt: Attempt) -> None:
    url = f"{django_settings.RELAY_URL}/relay/{attempt.pk}"
    setup = {"type": "setup", "callSid": "CA00000000000000000000000000000001"}

    with connect(url, additional_headers={"X-Twilio-Signature": signature(url)}, proxy=None) as socket:
        socket.send(json.dumps({"type": "configUpdated"}))
        socket.send(json.dumps({"type": "dtmf", "digit": 9}))
        socket.send(json.dumps(setup | {"accountSid": django_settings.TWILIO_ACCOUNT_SID}))
        told = [json.loads(socket.recv(timeout=10)) for _ in range(3)]

    assert any("will not call this number again" in frame.get("token", "") for frame in told)
    assert Suppression.objects.get().kind == "opt_out"


def test_frames_nobody_knows_do_not_end_a_call(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        for text in (
            "{",
            "[]",
            '"hello"',
            '{"type": "configUpdated"}',
            '{"type": "prompt"}',
            '{"type": "info", "name": 5}',
        ):
            phone.socket.send(text)
        phone.socket.send(b"\x00\xff")
        phone.says("yes this is Ana")

        assert "invoice" in phone.hears()


def test_a_customer_who_speaks_spanish_is_answered_in_spanish(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("sí, soy Ana, ¿habla español?")

        change = phone.frame("language")
        answer = phone.hears()

    assert change == {"type": "language", "ttsLanguage": "es-US"}
    assert "asistente" in answer


def test_a_card_number_read_out_is_written_down_nowhere(attempt: Attempt) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("sure my card is 4111 1111 1111 1111")
        phone.hears()

    call = ended(attempt)
    everything = " ".join(said(call, "customer")) + str(call.agent_state)
    assert "4111" not in everything


def test_acts_carried_out_twice_are_done_once(attempt: Attempt) -> None:
    call = Call.objects.get(attempt=attempt)
    scene = Scene(line_id=attempt.pk, call_id=call.pk)
    frozen = acts.Freeze(Reason.QUALITY, "it leaks", ())
    stopped = acts.Suppress(Intent.OPT_OUT, "never call again")

    for _ in range(2):
        carry_out(scene, [frozen, stopped, acts.SendLink("email"), acts.RightParty()])

    assert (Dispute.objects.count(), Claim.objects.count(), Suppression.objects.count()) == (1, 1, 1)
    assert Message.objects.filter(letter="pay_link").count() == 0  # nobody is asked for money on a frozen invoice
    assert Duty.objects.filter(kind="stop_calls").count() == 2


def test_a_card_number_is_cut_short_and_written_down_nowhere(
    attempt: Attempt, caplog: pytest.LogCaptureFixture
) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.sends(type="prompt", voicePrompt="okay my card is 4242 4242", lang="en-US", last=False)
        cut = phone.hears()
        phone.says("okay my card is 4242 4242 4242 4242", partials=("okay my card is 4242 4242 4242",))
        last = phone.hears()

    call = ended(attempt)
    assert cut == "Please do not read card or bank numbers to me. I cannot take them by phone."
    assert "secure payment link" in last
    kept = " ".join([*call.lines.values_list("text", flat=True), json.dumps(call.agent_state)])
    assert "4242" not in kept + caplog.text
    assert "okay my card is #### #### #### ####" in said(call, "customer")
    assert Message.objects.filter(letter="pay_link").count() == 1


# with a language model beside it


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A model that thinks for as long as a test says, and the relay set up to ask it."""
    with endpoint() as found:
        door = CompatibleModel(url=found.url, key="", model="small")
        monkeypatch.setattr(relay, "wording", lambda: Wording(door, seconds=0.7))
        yield found


def test_a_models_words_are_spoken_and_kept_as_its_words(attempt: Attempt, model: Endpoint) -> None:
    model.answers = lambda system, user: {
        "act": "as_written",
        "wording": line_of(system, "as_written").replace("All right", "Okay"),
    }
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("hmm well")
        answer = phone.hears()

    call = ended(attempt)
    line = call.lines.exclude(evidence={}).get(speaker="agent")
    assert answer.startswith("Okay, thank you. When can Ava's Plumbing expect it")
    assert (line.text, line.evidence["worded_by"]) == (answer, "small")
    assert len(model.asked) == 1  # not about who is speaking


def test_a_stop_said_while_the_model_thinks_is_heard_at_once_and_its_answer_is_dropped(
    attempt: Attempt, model: Endpoint
) -> None:
    model.seconds = 0.6
    model.answers = lambda system, user: {"act": "say_the_amount", "wording": None}
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("hmm well")
        soon(lambda: model.asked)
        phone.says("stop calling me")
        began = time.monotonic()
        soon(lambda: Call.objects.get().lines.filter(text="stop calling me").exists())
        answer = phone.hears()

    assert time.monotonic() - began < 5
    assert answer.startswith("Understood. We will not call this number again.")
    assert "$" not in " ".join(said(ended(attempt))[-3:])
    assert len(model.asked) == 1


@pytest.fixture
def slow(model: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """A model that thinks for half a minute, and an installation that would wait for it."""
    model.seconds = 30.0
    door = CompatibleModel(url=model.url, key="", model="small")
    monkeypatch.setattr(relay, "wording", lambda: Wording(door, seconds=30.0))
    return model


def test_a_freeze_does_not_wait_for_the_words_a_model_is_looking_for(attempt: Attempt, slow: Endpoint) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("hmm well")
        soon(lambda: slow.asked)
        began = time.monotonic()
        phone.says("the heater still leaks, I am disputing this bill")
        soon(lambda: Dispute.objects.exists())
        took = time.monotonic() - began
        answer = phone.hears()

    assert took < 5
    assert answer.startswith("I am sorry, and thank you for telling me.")
    assert len(slow.asked) == 1
    assert "All right, thank you." not in said(ended(attempt))  # what it was asked about was never said


def test_nor_does_key_nine(attempt: Attempt, slow: Endpoint) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("hmm well")
        soon(lambda: slow.asked)
        began = time.monotonic()
        phone.sends(type="dtmf", digit="9")
        soon(lambda: Suppression.objects.exists())
        took = time.monotonic() - began

    assert took < 5
    assert ended(attempt).disposition == "opt_out"


def test_what_was_promised_is_on_record_before_a_model_is_asked_how_to_say_so(attempt: Attempt, slow: Endpoint) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("I'll pay on Friday")
        soon(lambda: slow.asked)
        phone.says("yes that's right")
        promise = soon(lambda: Promise.objects.first(), 5)

    assert promise.status == "running"


def test_who_speaks_on_is_answered_though_a_model_still_thinks(attempt: Attempt, slow: Endpoint) -> None:
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        phone.says("hmm well")
        soon(lambda: slow.asked)
        slow.seconds = 0.0
        began = time.monotonic()
        phone.says("are you a robot")
        answer = phone.hears(timeout=5)
        if answer.startswith("All right"):
            answer = phone.hears(timeout=5)

    assert time.monotonic() - began < 5
    assert "automated AI assistant" in answer


def test_a_late_model_costs_the_call_nothing_but_its_limit(attempt: Attempt, model: Endpoint) -> None:
    model.seconds = 5.0
    with Telephone(attempt.pk) as phone:
        phone.hears()
        phone.says("yes this is Ana")
        phone.hears()
        began = time.monotonic()
        phone.says("hmm well")
        answer = phone.hears(timeout=4)
        took = time.monotonic() - began

    assert answer.startswith("All right, thank you.")
    assert took < 3
    assert ended(attempt).disposition == "hung_up"
