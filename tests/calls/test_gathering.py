"""Where the relay cannot be reached the same agent goes on by turns: one request each, its state in the call's row."""

import re
from html import unescape
from typing import Any

import pytest

from accounts.models import ActivityLine, Business
from calls.models import Attempt, Call
from calls.settling import settle
from disputes.models import Dispute
from integrations import inbox
from invoices.models import Invoice, Promise
from notifications.models import Duty
from tests.calls.stage import Stage
from tests.calls.test_webhooks import CALL, Twilio, attempt, twilio

__all__ = ["attempt", "twilio"]  # fixtures
pytestmark = pytest.mark.django_db


class ByTurns:
    """One line whose relay has failed."""

    def __init__(self, carrier: Twilio, on: Attempt) -> None:
        self.carrier, self.attempt, self.text = carrier, on, ""
        assert b"<Connect" in carrier.post("voice", on, CallStatus="in-progress").content

    def fails(self) -> str:
        return self._keep(self.carrier.post("after-relay", self.attempt, SessionStatus="failed", ErrorCode="64102"))

    def says(self, words: str = "", **fields: str) -> str:
        (path,) = re.findall(r'action="https://syntharra.example([^"]+)"', self.text)
        return self._keep(self.carrier.at(path, **({"SpeechResult": words} if words else {}), **fields))

    def is_saying(self, stable: str, unstable: str = "", *, after: str = "") -> int:
        """Words still being spoken, told to the address of the newest turn, or of the one in ``after``."""
        (path,) = re.findall(r'partialResultCallback="https://syntharra.example([^"]+)"', after or self.text)
        told = {"StableSpeechResult": stable, "UnstableSpeechResult": unstable, "SequenceNumber": "0"}
        return int(self.carrier.at(path, **told).status_code)

    def _keep(self, answer: Any) -> str:
        assert answer.status_code == 200
        self.text = unescape(answer.content.decode())
        return self.text


@pytest.fixture
def line(attempt: Attempt, twilio: Twilio) -> ByTurns:
    return ByTurns(twilio, attempt)


def test_the_agent_begins_with_its_notice_and_nothing_of_an_invoice(line: ByTurns) -> None:
    text = line.fails()

    assert "automated AI assistant calling for Ava's Plumbing. This call is recorded." in text
    assert "Am I speaking with Ana Reyes" in text
    for attribute in ('input="dtmf speech"', 'numDigits="1"', 'bargeIn="false"', 'actionOnEmptyResult="true"'):
        assert attribute in text
    for private in ("796", "invoice 2", "due on"):
        assert private not in text.split("</Gather>")[0].split("<Say", 1)[1]


def test_until_it_is_known_who_speaks_spanish_is_offered_in_spanish_and_a_key_brings_it(line: ByTurns) -> None:
    offered = line.fails()
    unclear = line.says("nose bear rope yay")  # what an English ear makes of "Sí, soy Ana"
    spanish = line.says(Digits="2")
    stated = line.says("sí, soy Ana")
    promised = line.says("lo pago el viernes")

    for text in (offered, unclear):
        assert '<Say language="es-US" voice="Google.es-US-Chirp3-HD-Aoede">Para español, marque dos.</Say>' in text
        assert 'language="en-US" method="POST"' in text
    assert "Hola, le habla un asistente automático" in spanish
    assert 'language="es-US" method="POST"' in spanish
    assert "For English, press two." in spanish
    assert "$796.00" in stated
    assert "marque dos" not in stated + promised
    assert "press two" not in stated + promised
    assert "¿Es correcto?" in promised
    lines = Call.objects.get().lines.order_by("position")
    assert [(one.text, one.act) for one in lines if one.speaker == "customer"][1] == ("2", "key")
    assert lines.filter(text="Para español, marque dos.", played="Para español, marque dos.").count() == 2


def test_who_is_filed_under_spanish_and_is_not_is_offered_english(line: ByTurns) -> None:
    line.attempt.customer.__class__.objects.update(language="es")

    offered = line.fails()
    english = line.says(Digits="2")

    assert 'voice="Google.en-US-Chirp3-HD-Aoede">For English, press two.</Say>' in offered
    assert "automated AI assistant calling for Ava's Plumbing" in english


def test_a_key_for_the_other_language_ends_no_stop(line: ByTurns) -> None:
    line.fails()
    line.says("Yes, this is Ana")
    line.says("I dispute this bill")

    after = line.says(Digits="2")

    assert Invoice.objects.get().frozen_at is not None
    assert "$" not in after
    assert "marque dos" not in after


def test_a_promise_is_made_turn_by_turn_and_kept_with_what_was_heard(line: ByTurns) -> None:
    line.fails()
    stated = line.says("Yes, this is Ana")
    asked = line.says("I will pay it on Friday")
    end = line.says("Yes")

    assert "$796.00" in stated
    assert "Is that right?" in asked
    assert "it is noted for" in end
    assert end.endswith("<Hangup /></Response>")
    assert (Promise.objects.count(), Call.objects.get().turn) == (1, 4)
    line.carrier.tells(line.attempt, "completed", 3, CallDuration="60")
    inbox.read("twilio")
    settle(line.attempt.pk)
    call = Call.objects.get()
    assert (call.disposition, call.right_party) == ("promise_to_pay", True)
    said = list(call.lines.order_by("position").values_list("speaker", "played"))
    assert [played for speaker, played in said if speaker == "agent"][-1] == ""  # nobody answered the good-bye
    assert "$796.00" in " ".join(played or "" for speaker, played in said if speaker == "agent")


def test_a_dispute_freezes_before_it_is_answered_and_nothing_of_money_follows(line: ByTurns) -> None:
    line.fails()
    line.says("Yes, this is Ana")

    heard = line.says("I dispute this bill")
    rest = line.says("The tiles in the bathroom are missing")

    assert Invoice.objects.get().frozen_at is not None
    assert Dispute.objects.count() == 1
    assert "will not ask you for money while this is open" in heard
    for word in ("$", "796", "payment link", "expect it"):
        assert word not in heard.replace("payment link, dispute", "") + rest.replace("payment link, dispute", "")
    assert rest.endswith("<Hangup /></Response>")


def test_a_dispute_silences_the_agent_while_it_is_still_being_spoken(line: ByTurns) -> None:
    line.fails()
    line.says("Yes, this is Ana")

    assert line.is_saying("you never", "finished") == 204
    assert line.is_saying("you never finished the", "bathroom") == 204

    call = Call.objects.get()
    assert call.agent_state["partial"] == "you never finished the bathroom"
    assert call.stopped_line is not None
    assert [one.state for one in call.lines.filter(partial=True)] == ["pause"]
    assert Invoice.objects.get().frozen_at is None  # half a sentence silences, the whole one freezes
    heard = line.says("you never finished the bathroom")
    assert Invoice.objects.get().frozen_at is not None
    assert "will not ask you for money while this is open" in heard
    assert "automated AI assistant calling" not in heard  # what was said by turns was heard, and is not said again


def test_who_hangs_up_in_the_middle_of_a_dispute_has_disputed(line: ByTurns) -> None:
    line.fails()
    line.says("Yes, this is Ana")
    line.is_saying("you never finished the bathroom so")

    line.carrier.tells(line.attempt, "completed", 3, CallDuration="40")
    inbox.read("twilio")
    settle(line.attempt.pk)

    assert (Call.objects.get().disposition, Dispute.objects.count()) == ("dispute", 1)
    assert Invoice.objects.get().frozen_at is not None


def test_a_silence_after_half_a_dispute_is_taken_for_the_dispute(line: ByTurns) -> None:
    line.fails()
    line.says("Yes, this is Ana")
    line.is_saying("you never finished the bathroom")

    answer = line.says()

    assert Dispute.objects.count() == 1
    assert "will not ask you for money while this is open" in answer


def test_a_doubt_that_comes_from_half_a_sentence_goes_with_the_whole_one(line: ByTurns) -> None:
    line.fails()
    line.says("Yes, this is Ana")
    line.is_saying("it seems you charged me")

    paused = Call.objects.get().stopped_line
    answer = line.says("it seems you charged me on the tenth so I will pay it on Friday")

    assert paused is not None
    assert Call.objects.get().stopped_line is None
    assert "Is that right?" in answer


def test_growing_words_of_a_turn_that_was_answered_or_that_come_late_change_nothing(line: ByTurns) -> None:
    line.fails()
    before = line.text
    line.is_saying("yes this is")
    line.is_saying("yes")
    assert Call.objects.get().agent_state["partial"] == "yes this is"
    line.says("Yes, this is Ana")
    kept = Call.objects.get()

    assert line.is_saying("you never finished the bathroom", after=before) == 204

    late = Call.objects.get()
    assert (late.agent_state, late.stopped_line, late.lines.count()) == (kept.agent_state, None, kept.lines.count())
    assert Dispute.objects.count() == 0


def test_a_card_read_out_while_nothing_can_be_said_is_warned_of_afterwards_and_kept_nowhere(line: ByTurns) -> None:
    line.fails()
    line.says("Yes, this is Ana")
    line.is_saying("my card is four one one one one one one one", "one one one one")

    call = Call.objects.get()
    answer = line.says("my card is four one one one one one one one one one one one one one one one")

    assert "one one one" not in str(call.agent_state["partial"])
    assert "do not read card or bank numbers" in answer


def test_growing_words_without_the_carriers_signature_are_not_heard(line: ByTurns) -> None:
    line.fails()
    (path,) = re.findall(r'partialResultCallback="https://syntharra.example([^"]+)"', line.text)

    answer = line.carrier.at(path, token="somebody else's", UnstableSpeechResult="you never finished")

    assert answer.status_code == 403
    assert Call.objects.get().agent_state.get("partial", "") == ""


def test_a_turn_that_is_asked_for_again_is_answered_again_and_not_taken_twice(line: ByTurns) -> None:
    line.fails()
    opening = line.text
    first = line.says("Yes, this is Ana")
    line.text = opening

    again = line.says("Yes, this is Ana")

    assert re.findall("<Say[^>]*>([^<]*)", again) == re.findall("<Say[^>]*>([^<]*)", first)
    assert Call.objects.get().turn == 2
    assert Call.objects.get().lines.filter(speaker="customer").count() == 1


@pytest.mark.parametrize(
    ("late", "disposition"),
    [
        ({"SpeechResult": "wait, you never finished the job"}, "dispute"),
        ({"SpeechResult": "and never call me again"}, "opt_out"),
        ({"Digits": "9"}, "opt_out"),
        ({"SpeechResult": "okay thank you, bye"}, "promise_to_pay"),
        ({}, "promise_to_pay"),
    ],
)
def test_a_moment_after_the_last_words_a_stop_is_still_heard(
    line: ByTurns, late: dict[str, str], disposition: str
) -> None:
    line.fails()
    line.says("Yes, this is Ana")
    line.says("I will pay it on Friday")
    good_bye = line.says("Yes")

    answer = line.says(**late)

    assert 'timeout="2"' in good_bye
    assert answer.endswith("<Hangup /></Response>")
    assert ("Goodbye." in answer) == (disposition != "promise_to_pay")
    line.carrier.tells(line.attempt, "completed", 3, CallDuration="60")
    inbox.read("twilio")
    settle(line.attempt.pk)
    assert Call.objects.get().disposition == disposition
    assert (Invoice.objects.get().frozen_at is not None) == (disposition == "dispute")
    assert Promise.objects.filter(status="running").exists() == (disposition != "dispute")


def test_silence_is_asked_about_and_in_the_end_the_line_closes(line: ByTurns) -> None:
    line.fails()

    answers = [line.says() for _ in range(3)]

    assert ["are you still there" in answer for answer in answers] == [True, True, False]
    assert answers[-1].endswith("<Hangup /></Response>")


def test_nine_stops_the_calls_here_too(line: ByTurns) -> None:
    line.fails()

    assert "will not call this number again" in line.says(Digits="9")
    assert Duty.objects.filter(kind="stop_calls").count() == 1


def test_after_a_stop_from_elsewhere_no_further_word_is_spoken(line: ByTurns) -> None:
    from syntharra import clock

    line.fails()
    Business.objects.update(stopped_at=clock.now())

    assert line.says("Yes, this is Ana").endswith("<Response><Hangup /></Response>")
    assert Attempt.objects.get().ended_because == "BUSINESS_STOPPED"


def test_a_line_that_was_given_up_is_not_gone_on_with(line: ByTurns) -> None:
    Attempt.objects.update(ended_because="DISPUTE_OPEN")

    assert line.fails().endswith("<Response><Hangup /></Response>")


def test_who_asks_for_a_person_is_put_through_and_the_talk_is_not_recorded(line: ByTurns) -> None:
    line.fails()

    text = line.says(Digits="0")
    (address,) = re.findall(r"<Redirect[^>]*>https://syntharra.example([^<]+)", text)
    through = line.carrier.at(address, CallStatus="in-progress").content.decode()

    assert "connecting you with a person" in text
    assert "<Number>+16145550199</Number>" in through
    assert Duty.objects.filter(kind="stop_recording").count() == 1
    # The agent is done, and a late word of the carrier does not cut the two off.
    Attempt.objects.update(status="ended")
    line.carrier.tells(line.attempt, "in-progress", 2)
    inbox.read("twilio")
    assert Duty.objects.filter(kind="hang_up").count() == 0
    line.carrier.post("after-person", line.attempt, DialCallStatus="completed")
    assert Call.objects.get().person == "connected"


def test_a_person_who_never_answered_is_asked_to_call_back_even_when_nobody_tells_us(line: ByTurns) -> None:
    line.fails()
    line.says(Digits="0")

    line.carrier.tells(line.attempt, "completed", 3, CallDuration="60")
    inbox.read("twilio")

    assert Call.objects.get().person == "nobody"
    asked = ActivityLine.objects.filter(verb="asks_owner").select_related("detail")
    assert [one.detail.facts["task"] for one in asked] == ["call_back_now"]


@pytest.mark.django_db(transaction=True)
def test_on_the_real_line_a_relay_out_of_reach_is_made_up_for_by_turns(stage: Stage, settings: Any) -> None:
    settings.RELAY_URL = "ws://127.0.0.1:9"  # nobody is there
    attempt = stage.call(stage.owes("disputes_plainly"))

    stage.until(lambda: Attempt.objects.get().status == "ended", timeout=90)

    call = Call.objects.get(attempt=attempt)
    assert call.disposition == "dispute"
    assert Invoice.objects.get().frozen_at is not None
    spoken = stage.spoken(call)
    assert spoken.startswith("This is an automated call, and it is recorded.")
    assert call.sid != CALL


@pytest.mark.django_db(transaction=True)
def test_of_a_person_nobody_told_us_about_the_carrier_is_asked(stage: Stage, settings: Any) -> None:
    settings.RELAY_URL = "ws://127.0.0.1:9"  # by turns, so that the line is over when the script is
    attempt = stage.call(stage.owes("disputes_plainly"))
    stage.until(lambda: Attempt.objects.get().status == "ended", timeout=90)
    call = Call.objects.get()
    Call.objects.update(person="ringing", status="in-progress")

    assert settle(attempt.pk) == "fetched"

    call.refresh_from_db()
    assert (call.person, call.status) == ("nobody", "completed")
    asked = ActivityLine.objects.filter(verb="asks_owner", subject_id=call.pk).select_related("detail")
    assert "call_back_now" in [one.detail.facts["task"] for one in asked]
