"""A customer calls the firm's number: the same agent, the right person first, and with a dispute no word of payment."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest

from accounts.models import ActivityLine, Business
from calls.facts import gather
from calls.models import Attempt, Call
from calls.stops import stop_business, stop_calls
from compliance.models import Channel, PhoneContact, Purpose, StopEntry, StopKind, Suppression
from compliance.registry import Ask
from compliance.services import stop
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from integrations import inbox
from integrations.models import NumberDoor, PhoneLine
from invoices.models import Hold, Invoice
from notifications.models import Duty
from syntharra import clock
from syntharra.models import Due
from syntharra.tenancy import acting_for
from tests.calls.stage import SID, Stage, to_tuesday
from tests.calls.telephone import Telephone
from tests.calls.test_webhooks import Twilio
from tests.cast import Firm, make_business, make_customer, make_invoice

pytestmark = pytest.mark.django_db
ANAS = "+16145550120"
CALL = "CA00000000000000000000000000000077"


class Caller(Twilio):
    """Somebody who rings one of the firm's numbers, as the carrier tells of it."""

    def __init__(self, firm: Firm, base: str, token: str) -> None:
        super().__init__(base, token)
        self.number = firm.business.phonelines.get().number

    def rings(self, caller: str = ANAS, **fields: str) -> str:
        form = {"From": caller, "To": self.number, "CallStatus": "ringing", "Direction": "inbound", **fields}
        answer = self.at("/webhooks/twilio/inbound/call", **form)
        assert answer.status_code == 200
        return answer.content.decode()

    def answers(self, **fields: str) -> str:
        (call,) = Call.objects.all()
        answer = self.at(f"/webhooks/twilio/inbound/word/{call.pk}", **fields)
        assert answer.status_code == 200
        return answer.content.decode()

    def ends(self) -> None:
        form = {"To": self.number, "CallStatus": "completed", "CallDuration": "40", "SequenceNumber": "2"}
        assert self.at("/webhooks/twilio/inbound/status", **form).status_code == 204
        inbox.read("twilio")


@pytest.fixture
def caller(plumber: Firm, settings: Any) -> Caller:
    to_tuesday()
    settings.PUBLIC_URL = "https://syntharra.example"
    settings.SECURE_SSL_REDIRECT = False
    return Caller(plumber, settings.PUBLIC_URL, settings.TWILIO_AUTH_TOKEN)


def owes(firm: Firm, **fields: Any) -> Invoice:
    customer = make_customer(firm, phone=ANAS, **fields)
    return make_invoice(firm, customer, due_on=clock.today("America/New_York") - timedelta(days=5))


def verbs() -> list[str]:
    return list(ActivityLine.objects.filter(subject_kind="call").order_by("pk").values_list("verb", flat=True))


def test_a_customer_who_calls_is_put_to_the_agent_and_no_attempt_is_used_up(plumber: Firm, caller: Caller) -> None:
    invoice = owes(plumber)

    text = caller.rings()

    call = Call.objects.get()
    assert f"/relay/{call.pk}" in text
    assert text.index("<Say") < text.index("<Start><Recording") < text.index("<Connect")
    assert (call.direction, call.customer, call.about) == ("inbound", invoice.customer, [str(invoice.pk)])
    assert (call.attempt, call.caller, call.to, call.recording) == (None, ANAS, caller.number, "announced")
    assert caller.rings() == text
    assert (Call.objects.count(), Attempt.objects.count()) == (1, 0)
    for private in (invoice.customer.name, "Ana Reyes", ANAS, "796"):
        assert private not in text


@pytest.mark.parametrize("when", ["at night", "without consent"])
def test_what_binds_calls_we_make_does_not_bind_one_the_customer_makes(
    plumber: Firm, caller: Caller, when: str
) -> None:
    owes(plumber, consented=when != "without consent")
    if when == "at night":
        to_tuesday(time(21, 30))
        Invoice.objects.update(read_at=clock.now())

    assert "<ConversationRelay" in caller.rings()


@pytest.mark.parametrize("what", ["stranger", "nothing owed", "opted out", "bankrupt", "stopped", "consumer", "held"])
def test_who_is_not_spoken_with_about_an_invoice_leaves_a_word(plumber: Firm, caller: Caller, what: str) -> None:
    invoice = owes(plumber, kind="consumer" if what == "consumer" else "business") if what != "stranger" else None
    match what:
        case "nothing owed":
            Invoice.objects.update(balance=0, books_status="paid")
        case "opted out" | "bankrupt":
            assert invoice is not None
            kind = StopKind.OPT_OUT if what == "opted out" else StopKind.BANKRUPTCY
            stop(invoice.customer_id, kind, number=ANAS, words="no", source="x", by="x")
        case "stopped":
            Business.objects.update(stopped_at=clock.now())
        case "held":
            assert invoice is not None
            Hold.objects.create(customer=invoice.customer, reason="owner", by="ava", since=clock.now())

    text = caller.rings()
    goodbye = caller.answers(SpeechResult="It is Ana, I wanted to ask about the boiler")

    assert "<ConversationRelay" not in text
    assert "<Recording" not in text
    assert "<Gather" in text
    assert "invoice" not in text.split("hints")[0]
    assert "somebody will call you back" in goodbye
    call = Call.objects.get()
    assert (call.disposition, call.about) == ("request_human", [])
    assert call.lines.get().text == "It is Ana, I wanted to ask about the boiler"
    assert verbs()[-2:] == ["asks_owner", "was_called"]
    assert Invoice.objects.exclude(paused_reason="").count() == 0


def test_a_word_that_sounds_like_a_dispute_pauses_until_the_owner_has_read_it(plumber: Firm, caller: Caller) -> None:
    owes(plumber, kind="consumer")
    caller.rings()

    caller.answers(SpeechResult="You never finished the job and I am not paying for that")

    assert Invoice.objects.get().paused_reason == "unsure"
    assert Dispute.objects.count() == 0


def test_nine_ends_the_calls_to_a_strangers_number_for_every_business(plumber: Firm, caller: Caller) -> None:
    caller.rings("+16145550188")

    assert "not call this number again" in caller.answers(Digits="9")
    assert (StopEntry.objects.get().kind, Suppression.objects.count()) == ("opt_out", 0)
    assert Call.objects.get().disposition == "opt_out"


def test_zero_rings_the_firms_person_in_its_open_hours(plumber: Firm, caller: Caller) -> None:
    caller.rings("+16145550188")

    text = caller.answers(Digits="0")

    call = Call.objects.get()
    assert f'callerId="{caller.number}"' in text
    assert "<Number>+16145550199</Number>" in text
    assert 'answerOnBridge="true"' in text
    assert 'timeout="20"' in text
    assert (call.person, call.disposition) == ("ringing", "request_human")
    caller.at(f"/webhooks/twilio/after-person/{call.pk}", DialCallStatus="completed")
    assert Call.objects.get().person == "connected"
    assert "asks_owner" not in verbs()


def test_where_nobody_answers_the_owner_is_to_call_back(plumber: Firm, caller: Caller) -> None:
    caller.rings("+16145550188")
    caller.answers(Digits="0")
    call = Call.objects.get()

    for _ in range(2):
        sorry = caller.at(f"/webhooks/twilio/after-person/{call.pk}", DialCallStatus="no-answer").content.decode()

    assert "will call you back" in sorry
    assert Call.objects.get().person == "nobody"
    assert verbs().count("asks_owner") == 1


def test_outside_its_hours_no_person_is_rung(plumber: Firm, caller: Caller) -> None:
    to_tuesday(time(18))
    caller.rings("+16145550188")

    text = caller.answers(Digits="0")

    assert "<Dial" not in text
    assert "will call you back" in text
    assert Call.objects.get().person == "nobody"


def test_a_number_of_nobody_and_one_of_another_account_are_not_answered_for(plumber: Firm, caller: Caller) -> None:
    live = make_business("Rex Roofing", email="rex@rexroofing.example", sandbox=False)
    with acting_for(live.business.pk):
        theirs = PhoneLine.objects.get().number

    assert "not in service" in caller.rings(To="+16145550000")
    assert "not in service" in caller.rings(To=theirs)  # signed by the installation's account, which is not theirs
    assert Call.objects.count() == 0
    assert NumberDoor.objects.count() == 2


def test_without_the_carriers_signature_nobody_has_called(plumber: Firm, caller: Caller) -> None:
    owes(plumber)
    form = {"AccountSid": SID, "CallSid": CALL, "From": ANAS, "To": caller.number}

    for path in ("/call", "/status", "/fallback"):
        answer = caller.client.post(f"/webhooks/twilio/inbound{path}", form, headers={"X-Twilio-Signature": "x"})
        assert answer.status_code == 403
    assert Call.objects.count() == 0


def test_a_call_that_ends_without_a_word_has_its_result_all_the_same(plumber: Firm, caller: Caller) -> None:
    owes(plumber)
    caller.rings()

    caller.ends()

    call = Call.objects.get()
    assert (call.status, call.seconds, call.disposition) == ("completed", 40, "hung_up")
    assert verbs() == ["was_called"]
    assert Due.objects.filter(kind="call").count() == 0


def test_while_a_customer_is_on_our_line_his_telephone_does_not_ring(plumber: Firm, caller: Caller) -> None:
    invoice = owes(plumber)
    ask = Ask(
        purpose=Purpose.COLLECT,
        channel=Channel.CALL,
        to=ANAS,
        at=clock.now(),
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
    )

    before = gather([ask])[0].product.call_live
    caller.rings()
    during = gather([ask])[0].product.call_live
    Call.objects.update(right_party=True, disposition="promise_to_pay")
    after = gather([ask])[0]

    assert (before, during, after.product.call_live) == (False, True, False)
    assert [event.result.value for event in after.person_history] == ["conversation"]
    assert [event.inbound for event in after.history] == [True]  # a conversation about it, none of the three attempts


@pytest.fixture
def connected(stage: Stage) -> Callable[[], Call]:
    """Rings the firm's number from the customer's telephone; the call, answered by the relay's instructions."""

    def ring() -> Call:
        number = PhoneLine.objects.get().number
        ours = f"{stage.web}/webhooks/twilio/inbound"
        told = {"voice_url": f"{ours}/call", "status_callback": f"{ours}/status"}
        stage.sim.post("/inbound", **{"from": ANAS, "to": number, **told})
        stage.until(lambda: Call.objects.exists())
        return Call.objects.get()

    return ring


@pytest.mark.django_db(transaction=True)
def test_the_right_person_hears_of_the_invoice_and_promises(stage: Stage, connected: Callable[[], Call]) -> None:
    invoice = stage.owes("promises")

    call = connected()
    stage.until(lambda: Call.objects.get().disposition)
    stage.until(lambda: Call.objects.get().status == "completed")

    call.refresh_from_db()
    assert (call.disposition, call.right_party) == ("promise_to_pay", True)
    spoken = stage.spoken(call)
    assert spoken.startswith("This is an automated call, and it is recorded.")
    assert spoken.index("Thank you for calling") < spoken.index(invoice.number)
    assert PhoneContact.objects.get().result == "conversation"
    assert Attempt.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_with_a_live_dispute_no_word_of_payment_is_spoken(stage: Stage) -> None:
    invoice = stage.owes("")
    open_dispute(invoice.pk, claim=NewClaim(source="member", source_key="m", words="never finished"))
    caller = Caller(stage.firm, stage.web, "the token of the stage")
    caller.rings(CallSid=CALL)
    call = Call.objects.get()

    with Telephone(call.pk, sid=CALL) as phone:
        opening = phone.hears()
        phone.says("Yes, this is Ana")
        said = phone.hears()
        phone.says("The tiles are still broken")
        rest = phone.hears()

    assert "Thank you for calling" in opening
    assert "We are looking into it and are not asking you for money" in said
    for word in ("796", "$", invoice.number, "due", "pay"):
        assert word not in said.replace("not asking you for money", "") + rest
    stage.until(lambda: Call.objects.get().disposition == "dispute")
    assert Dispute.objects.get().claims.count() >= 1


TALKER: dict[str, Any] = {
    "pick_up": "Hello?",
    "steps": [{"wait_for": "am i speaking with", "patience": 120}, {"say": "Yes, this is Ana."}, {"silence": 600}],
}


@pytest.mark.django_db(transaction=True)
def test_the_kill_switch_ends_the_line_of_a_customer_who_called(stage: Stage, connected: Callable[[], Call]) -> None:
    stage.owes()
    stage.sim.post("/scenarios", number=ANAS, script=TALKER)
    call = connected()
    stage.until(lambda: Call.objects.get().lines.filter(speaker="agent").exists())

    stop_business(stage.firm.business, by=stage.firm.owner)
    stage.until(lambda: Call.objects.get().status == "completed")

    assert stage.sim.call(call.sid)["status"] == "completed"
    assert list(Duty.objects.filter(kind="stop_calls").values_list("outcome", flat=True)) == ["ended 1"]


@pytest.mark.django_db(transaction=True)
def test_a_freeze_from_elsewhere_ends_the_line_of_that_customer_who_called(
    stage: Stage, connected: Callable[[], Call]
) -> None:
    invoice = stage.owes()
    stage.sim.post("/scenarios", number=ANAS, script=TALKER)
    call = connected()
    stage.until(lambda: Call.objects.get().status == "in-progress")

    open_dispute(invoice.pk, claim=NewClaim(source="member", source_key="m", words="never finished"))
    stage.until(lambda: Call.objects.get().status == "completed")

    assert stage.sim.call(call.sid)["status"] == "completed"
    assert list(Duty.objects.filter(kind="stop_calls").values_list("outcome", flat=True)) == ["ended 1"]


@pytest.mark.parametrize("who", ["leaves a word", "talks with a person", "is the one who objects"])
def test_the_kill_switch_and_a_freeze_spare_callers_who_hear_nothing_of_money(
    plumber: Firm, caller: Caller, who: str
) -> None:
    invoice = owes(plumber)
    caller.rings()
    call = Call.objects.get()
    match who:
        case "leaves a word":
            Call.objects.update(about=[])
        case "talks with a person":
            Call.objects.update(person="connected")
    claim = NewClaim(source="call", source_key=str(call.pk), words="x", evidence={"call": str(call.pk)})
    if who == "is the one who objects":
        open_dispute(invoice.pk, claim=claim)
    else:
        stop_business(plumber.business, by=plumber.owner)

    assert stop_calls(Duty.objects.get(kind="stop_calls")) == "ended 0"
    assert Call.objects.get().status == "in-progress"


def test_a_card_number_left_as_a_word_is_written_down_nowhere(plumber: Firm, caller: Caller) -> None:
    caller.rings("+16145550888")

    caller.answers(SpeechResult="it is Ana take my visa 4111 1111 1111 1111")

    assert Call.objects.get().lines.get().text == "it is Ana take my visa #### #### #### ####"
    assert "4111" not in str(list(ActivityLine.objects.values_list("detail__facts", flat=True)))


@pytest.mark.parametrize(
    ("words", "kinds", "paused", "says"),
    [
        ("You never finished the job, do not call me again", {"opt_out"}, "unsure", "not call this number again"),
        ("Talk to my lawyer about this bill", {"attorney_represented"}, None, "not contact you again"),
        ("I filed for bankruptcy, chapter seven", {"bankruptcy"}, None, "not contact you"),
        ("My husband passed away in October", {"deceased"}, None, "sorry for your loss"),
        ("I already paid that, stop calling me", {"opt_out"}, "already_paid", "not call this number again"),
        ("I already paid that by check last week", set(), "already_paid", "somebody will call you back"),
    ],
)
def test_a_word_loses_no_stop_and_no_objection_whatever_else_it_says(
    plumber: Firm, caller: Caller, words: str, kinds: set[str], paused: str | None, says: str
) -> None:
    invoice = owes(plumber, kind="consumer")
    caller.rings()

    answer = caller.answers(SpeechResult=words)

    invoice.refresh_from_db()
    assert {str(kind) for kind in Suppression.objects.values_list("kind", flat=True)} == kinds
    assert paused is None or invoice.paused_reason == paused
    assert says in answer
    assert "Goodbye." in answer
    assert Call.objects.get().disposition == (min(kinds) if kinds else "request_human")


def test_a_word_that_objects_and_wants_a_person_pauses_and_gets_the_person(plumber: Firm, caller: Caller) -> None:
    owes(plumber, kind="consumer")
    caller.rings()

    caller.answers(SpeechResult="You never finished the job, let me talk to a person")

    assert Invoice.objects.get().paused_reason == "unsure"
    assert Call.objects.get().disposition == "request_human"


def test_a_stranger_whose_lawyer_has_it_is_called_by_nobody(plumber: Firm, caller: Caller) -> None:
    caller.rings("+16145550188")

    caller.answers(SpeechResult="My attorney is handling this, talk to my lawyer")

    assert (StopEntry.objects.get().kind, Suppression.objects.count()) == ("opt_out", 0)
    assert "not contact you again" in caller.rings("+16145550188")  # the carrier asks again
