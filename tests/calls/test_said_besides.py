"""Two things in one breath lose neither; and whoever may not hear whose call it is does not hear it."""

import re
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ActivityLine
from calls.agent import Disposition, Language, State, Step, advance, begin
from calls.agent.acts import Act, Callback, Freeze, HandOver, StopRecording, Suppress
from calls.agent.events import Event, Interrupted, Key, Said, Silence, TimeUp
from calls.agent.everyday import asks_for_person
from calls.agent.lines_en import ENGLISH
from calls.agent.lines_es import SPANISH
from calls.agent.turn import ABOUT_THE_DEBT
from desk.needs import needs
from disputes.models import Claim
from notifications import outbox
from notifications.models import Message
from tests.calls.agent_cast import consumer, firm, known, said
from tests.calls.line import on_the_line, talk_through
from tests.cast import Firm, make_customer, make_invoice

MONEY = re.compile(r"\$|\d\.\d\d|payment|\bpay\b|expect it|enlace|pag\w+", re.IGNORECASE)
LATER: dict[str, Any] = {"person_on": date(2026, 3, 19), "person_at": time(9)}
IN_MASSACHUSETTS = consumer(identify_after_name=True, operator_name="Ledger Partners")


def acts_of(step: Step) -> list[type[Act]]:
    return [type(act) for act in step.acts]


@pytest.mark.parametrize(
    "words",
    [
        "this isn't right I want to speak to a human",
        "I don't owe this, get me your manager",
        "eso está mal quiero hablar con una persona",
    ],
)
@pytest.mark.parametrize("there", [True, False], ids=["somebody is there", "nobody is there"])
def test_who_disputes_vaguely_and_wants_a_person_gets_the_freeze_and_the_person(words: str, there: bool) -> None:
    step = advance(known(consumer(person_now=there, **LATER)), Said(words))

    frozen = next(act for act in step.acts if isinstance(act, Freeze))
    assert frozen.wants_person is True
    assert (HandOver if there else Callback) in acts_of(step)
    assert step.end is Disposition.DISPUTE
    assert not any(line.asks for line in step.say)  # the person asks what is wrong, not the machine
    assert MONEY.search(said(step).replace("ask you for money", "")) is None


def test_the_wish_for_a_person_outlives_the_question_what_is_wrong() -> None:
    asked = advance(known(consumer(**LATER)), Said("I dispute this bill"))
    told = advance(asked.state, Said("the faucet still drips, and can somebody, I want to talk to a person"))

    assert asked.state.wants_person is False
    assert Callback in acts_of(told)
    assert told.end is Disposition.DISPUTE


def test_a_doubt_left_open_and_the_wish_for_a_person_both_stay() -> None:
    doubtful = replace(known(consumer(**LATER)), paused=True, doubts=1, wants_person=True)
    silent = advance(advance(advance(doubtful, Silence(8)).state, Silence(8)).state, Silence(8))

    assert Callback in acts_of(silent)
    assert silent.state.paused is True
    assert "in writing" in said(silent)


def test_who_says_it_is_paid_and_wants_a_person_is_believed_and_put_through() -> None:
    step = advance(known(consumer(person_now=True)), Said("I already paid this, let me talk to a real person"))

    assert HandOver in acts_of(step)
    assert step.end is Disposition.ALREADY_PAID


@pytest.mark.parametrize(
    ("words", "wants"),
    [
        ("let me talk to your manager", True),
        ("can I speak with somebody", True),
        ("put your boss on", True),
        ("quiero hablar con una persona", True),
        ("I talked to somebody at your office", False),
        ("your manager said it was fine", False),
        ("I spoke with a person yesterday", False),
        ("ya hablé con el encargado", False),
    ],
)
def test_only_who_wants_a_person_now_is_taken_to_want_one(words: str, wants: bool) -> None:
    assert asks_for_person(words) is wants


@pytest.mark.parametrize(
    ("words", "stopped", "heard", "written"),
    [
        (
            "don't record me, I never ordered that",
            "recording stops now",
            "will not ask you for money while this is open",
            "in writing from us",
        ),
        (
            "no me graben, nunca terminaron el trabajo",
            "grabación se detiene",
            "No le pediremos dinero mientras",
            "por escrito",
        ),
    ],
)
def test_an_objection_to_recording_and_bill_in_one_breath_is_answered_for_both(
    words: str, stopped: str, heard: str, written: str
) -> None:
    step = advance(known(consumer()), Said(words))

    assert {StopRecording, Freeze} <= set(acts_of(step))
    assert all(part in said(step) for part in (stopped, heard, written))
    assert said(step).index(stopped) < said(step).index(heard) < said(step).index(written)
    assert step.end is Disposition.DISPUTE


def test_an_objection_to_recording_before_it_is_known_who_speaks_says_nothing_of_money() -> None:
    step = advance(begin(consumer()).state, Said("don't record me, I never ordered that"))

    assert "recording stops now" in said(step)
    assert "it will be answered in writing" in said(step)
    assert "money" not in said(step)


def test_who_refuses_the_recording_and_all_calls_is_not_told_of_letters() -> None:
    step = advance(known(consumer()), Said("don't record me and stop calling"))

    assert {StopRecording, Suppress} <= set(acts_of(step))
    assert "will not call this number again" in said(step)
    assert "write to you" not in said(step)


def test_who_says_that_nothing_is_wrong_is_thanked_for_saying_so() -> None:
    cleared = advance(replace(known(consumer()), doubts=1, misses=0), Said("hmm well you know"))
    plain = advance(known(consumer()), Said("hmm well you know"))

    assert said(cleared).startswith("Thank you for clearing that up.")
    assert said(plain).startswith("All right, thank you.")


# whose call it is


def test_every_sentence_with_the_firms_name_has_one_without_it_for_whom_it_is_not_meant() -> None:
    names = re.compile(r"\{(business|operator)\}")
    said_openly = {"opening", "opening_operator", "opening_inbound", "calling_for", "calling_for_operator"}
    to_businesses = {"voicemail", "voicemail_no_number"}
    after_the_check = {"too_far", "plan_passed_on", "answer_unknown", "paperwork"}

    for table in (ENGLISH, SPANISH):
        named = {key for key, line in table.items() if names.search(line)}
        left = {key for key in named - ABOUT_THE_DEBT if f"{key}_for_anybody" not in table}
        assert left == said_openly | to_businesses | after_the_check
        assert not any(names.search(line) for key, line in table.items() if key.endswith("_for_anybody"))


@pytest.mark.parametrize(
    "event",
    [Key("0"), Key("9"), Said("can I talk to a person"), Said("is this a scam"), Said("no me graben"), TimeUp()],
)
def test_who_presses_zero_in_massachusetts_before_it_is_known_who_it_is_hears_no_name_of_the_firm(event: Event) -> None:
    step = advance(begin(replace(IN_MASSACHUSETTS, person_now=True)).state, event)

    assert "Ava" not in said(step)
    assert "Ledger" not in said(step)
    assert HandOver not in acts_of(step)  # whoever answers at the firm would say its name


def test_a_person_of_the_firm_calls_back_who_asked_for_one_in_massachusetts() -> None:
    step = advance(begin(replace(IN_MASSACHUSETTS, person_now=True)).state, Key("0"))

    assert [(act.by_person, act.words) for act in step.acts if isinstance(act, Callback)] == [(True, "0")]
    assert step.end is Disposition.REQUEST_HUMAN


def test_the_person_asked_for_hears_in_massachusetts_whose_call_it_is() -> None:
    state = known(IN_MASSACHUSETTS)
    step = advance(state, Key("0"))

    assert "I am with Ledger Partners, calling for Ava's Plumbing." in " ".join(line.text for line in state.speaking)
    assert "A person from Ava's Plumbing" in said(step) or "ask a person from Ava's Plumbing" in said(step)


def test_a_business_in_massachusetts_is_told_at_once_and_once_who_calls() -> None:
    brief = firm(identify_after_name=True)
    opened = begin(brief)
    found = advance(opened.state, Said("yes this is Ben"))

    assert "calling for Ava's Plumbing" in said(opened)
    assert "I am calling for Ava's Plumbing." not in said(found)


SENTENCES = (
    "who is this", "what is this about", "is this a scam", "are you a robot", "can I talk to a person", "she is not here", "hold on please",
    "no", "call back tomorrow at ten", "I never ordered that", "I already paid", "stop calling", "my lawyer", "don't record me", "no me graben",
    "do you speak spanish", "solo hablo chino", "I'm on active duty", "the other job was bad", "what company", "my husband handles that",
    "1 2 3 4 5", "I don't give information over the phone", "is this recorded", "que quiere", "hello", "I am ten years old",
)  # fmt: skip
EVENTS = st.one_of(
    st.sampled_from(SENTENCES).map(Said),
    st.sampled_from("09*5").map(Key),
    st.just(Silence(8.0)),
    st.just(Interrupted("")),
    st.just(TimeUp()),
)


@given(events=st.lists(EVENTS, max_size=8), spanish=st.booleans(), there=st.booleans())
def test_nobody_but_the_person_asked_for_ever_hears_whose_call_it_is_in_massachusetts(
    events: list[Event], spanish: bool, there: bool
) -> None:
    language = Language.SPANISH if spanish else Language.ENGLISH
    step = begin(replace(IN_MASSACHUSETTS, language=language, person_now=there, **LATER))

    for event in events:
        step = advance(step.state, event)
        if step.state.right_party or step.end is not None:
            break
        assert "Ava" not in said(step)
        assert "Ledger" not in said(step)
    if not step.state.right_party:
        assert "Ava" not in said(step)


# what the owner is told


@pytest.mark.django_db
@pytest.mark.usefixtures("tuesday")
def test_the_alert_and_today_say_that_a_person_was_asked_for(plumber: Firm) -> None:
    plumber.business.person_phone = plumber.business.dispute_phone = ""
    plumber.business.save(update_fields=["person_phone", "dispute_phone"])
    customer = make_customer(plumber, contact_name="Ana Reyes", kind="business")
    make_invoice(plumber, customer, number="2232", due_on=date(2026, 10, 1))

    state: State = talk_through(on_the_line(customer), "this is Ana", "this isn't right I want to speak to a human")
    outbox.work()

    assert state.frozen is True
    assert Claim.objects.get().evidence["wants_person"] is True
    assert "They asked to be called by a person." in Message.objects.get(letter="dispute_alert").text
    tasks = ActivityLine.objects.filter(verb="asks_owner").select_related("detail").order_by("recorded_at")
    assert [line.detail.facts["task"] for line in tasks] == ["dispute", "call_back_now"]
    shown = {need.what: need.said for need in needs(plumber.business)}
    assert "Asked to be called by a person." in next(said for what, said in shown.items() if "2232" in what)
    assert any("they asked for a person" in what for what in shown)


@pytest.mark.django_db
@pytest.mark.usefixtures("tuesday")
def test_a_dispute_without_that_wish_says_nothing_of_a_person(plumber: Firm) -> None:
    customer = make_customer(plumber, contact_name="Ana Reyes", kind="business")
    make_invoice(plumber, customer, number="2232", due_on=date(2026, 10, 1))

    talk_through(on_the_line(customer), "this is Ana", "you billed us twice for this")
    outbox.work()

    assert Claim.objects.get().evidence["wants_person"] is False
    assert "called by a person" not in Message.objects.get(letter="dispute_alert").text
