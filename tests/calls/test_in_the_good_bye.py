"""What is said while we say good-bye is heard: a dispute freezes, an opt-out stops, until the line is gone."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.agent import Brief, Disposition, State, Step, advance, begin
from calls.agent.acts import (
    AlreadyPaid,
    Callback,
    Freeze,
    HandOver,
    Note,
    Pause,
    Promise,
    Restrict,
    Resume,
    SendCopy,
    SendLink,
    Specify,
    StopRecording,
    Suppress,
)
from calls.agent.conversation import to_hear
from calls.agent.events import Event, HungUp, Interrupted, Key, MachineHeard, Played, Said, Silence, TimeUp
from calls.agent.turn import ABOUT_THE_DEBT
from calls.dialogue import Dialogue
from calls.models import Call
from calls.opened import OpenLine
from compliance.models import Suppression
from disputes.hearing.labels import Intent
from disputes.models import Dispute
from invoices.models import Promise as Promise_
from notifications import outbox
from notifications.models import Message
from tests.calls.agent_cast import consumer, firm, known, talk
from tests.calls.line import on_the_line, talk_through
from tests.calls.stage import Stage
from tests.cast import Firm, make_customer, make_invoice

NEVER_FINISHED, NEVER_AGAIN, DOUBT = (
    "hold on they never finished the job",
    "and don't ever call me again",
    "i have to check whether they ever finished it",
)
PROMISED, COPY, LINK = ("friday", "yes"), ("can you send me a copy",), ("send me the link",)
ENDINGS: dict[str, tuple[Event | str, ...]] = {
    "promise_to_pay": PROMISED,
    "copy_wanted": COPY,
    "pay_now": LINK,
    "callback_request": ("call me tomorrow at ten in the morning",),
    "already_paid": ("I paid it by check last week",),
    "opt_out": ("stop calling me",),
    "distrusts_call": ("this is a scam",),
    "other_contact": ("you need to talk to our bookkeeper",),
    "paperwork_first": ("we need a W-9 first",),
    "request_human": (Key("0"),),
    "dispute": ("I was billed twice for this",),
    "paused_unsure": (DOUBT, "the other guy"),
}


def ended(*before: Event | str, brief: Brief | None = None) -> State:
    """The state of a call in which the last words are being said."""
    state = known(brief or consumer())
    for event in before:
        state = advance(state, Said(event) if isinstance(event, str) else event).state
    assert state.ended
    return state


def acts_of(step: Step) -> list[type]:
    return [type(act) for act in step.acts]


def keys(step: Step) -> list[str]:
    return [line.key for line in step.say]


@pytest.mark.parametrize("before", ENDINGS.values(), ids=ENDINGS)
def test_an_objection_in_the_good_bye_freezes_however_the_call_ended(before: tuple[Event | str, ...]) -> None:
    step = advance(ended(*before), Said(NEVER_FINISHED))

    assert step.state.frozen is True
    assert step.end is (Disposition.OPT_OUT if step.state.suppressed else Disposition.DISPUTE)
    assert any(kind in (Freeze, Specify) for kind in acts_of(step))
    assert not any(line.asks for line in step.say)
    assert not set(keys(step)) & ABOUT_THE_DEBT


@pytest.mark.parametrize("before", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize(
    "late", [Said(NEVER_AGAIN), Key("9"), HungUp(NEVER_AGAIN)], ids=["said", "pressed", "last words"]
)
def test_who_wants_no_more_calls_is_heard_in_the_good_bye_too(before: tuple[Event | str, ...], late: Event) -> None:
    state = ended(*before)

    step = advance(state, late)

    assert step.state.suppressed == (Intent.OPT_OUT,)
    assert step.end is Disposition.OPT_OUT
    assert acts_of(step).count(Suppress) == (0 if state.suppressed else 1)


@pytest.mark.parametrize(
    ("words", "kind", "end"),
    [
        ("you need to talk to my lawyer about this", Suppress, "attorney_represented"),
        ("I filed for bankruptcy last month", Suppress, "bankruptcy"),
        ("he passed away in May", Suppress, "deceased"),
        ("I already paid that last week", AlreadyPaid, "already_paid"),
        ("nunca terminaron el trabajo", Freeze, "dispute"),
        ("we smell gas ever since", Freeze, "dispute"),
        ("ya no me llamen", Suppress, "opt_out"),
        ("déjeme en paz", Suppress, "opt_out"),
        ("I don't consent to recording", StopRecording, "recording_refused"),
        ("my husband is on active duty", Note, "vulnerable"),
    ],
)
def test_every_word_that_stops_a_call_is_acted_on_in_the_good_bye(words: str, kind: type, end: str) -> None:
    step = advance(ended(*PROMISED), Said(words))

    assert kind in acts_of(step)
    assert step.end == end
    assert step.hush is True
    assert keys(step)[-1] == "goodbye"
    assert not any(line.asks for line in step.say)


def test_a_time_not_to_call_said_in_the_good_bye_is_kept_and_the_promise_stays() -> None:
    step = advance(ended(*PROMISED), Said("and don't call me before noon"))

    assert acts_of(step) == [Restrict]
    assert step.end is Disposition.PROMISE_TO_PAY
    assert keys(step) == ["restricted", "goodbye"]


def test_a_day_to_wait_for_said_in_the_good_bye_is_when_it_is_tried_again() -> None:
    step = advance(ended(*COPY), Said("and don't call me until tuesday"))

    assert acts_of(step) == [Callback]
    assert (step.state.suppressed, step.end) == ((), Disposition.COPY_WANTED)
    assert keys(step) == ["callback_noted", "goodbye"]


def test_a_stop_and_an_objection_over_the_good_bye_lose_neither() -> None:
    """The order in which it was found: cut short, objected, forbade, pressed nine, hung up."""
    happening: list[Event] = [
        Interrupted("Of course."),
        Said(f"{NEVER_FINISHED} and never call me again"),
        Key("9"),
        HungUp(),
    ]
    state = ended(*COPY)
    done: list[type] = []
    for event in happening:
        step = advance(state, event)
        state, done = step.state, [*done, *acts_of(step)]

    assert done == [Suppress, Freeze]
    assert (state.frozen, state.suppressed, state.end) == (True, (Intent.OPT_OUT,), Disposition.OPT_OUT)


@pytest.mark.parametrize("before", [PROMISED, COPY, LINK], ids=["promised", "copy", "link"])
def test_the_last_words_of_who_hangs_up_in_the_good_bye_may_be_the_dispute(before: tuple[str, ...]) -> None:
    step = advance(ended(*before), HungUp("and I told your office it was never done"))

    assert acts_of(step) == [Freeze]
    assert (step.end, step.state.told_before) == (Disposition.DISPUTE, True)


def test_a_doubt_in_the_good_bye_leaves_the_invoice_paused_and_nothing_is_asked() -> None:
    step = advance(ended(*PROMISED), Said(DOUBT))

    assert acts_of(step) == [Pause]
    assert (step.end, step.state.paused) == (Disposition.PAUSED_UNSURE, True)
    assert keys(step) == ["unsure_close", "goodbye"]
    assert advance(step.state, Said(DOUBT)).end is Disposition.DISPUTE  # a second doubt


def test_a_late_yes_to_whether_something_is_wrong_freezes() -> None:
    assert advance(ended(DOUBT, "the other guy"), Said("yes")).end is Disposition.DISPUTE
    assert advance(ended(*PROMISED), Said("yes")).end is Disposition.PROMISE_TO_PAY


def test_half_a_sentence_silences_the_good_bye_and_the_whole_one_may_give_it_back() -> None:
    half = advance(ended(*PROMISED), Said("they never", final=False))
    whole = advance(
        advance(half.state, Interrupted("Thank you")).state, Said("they never gave me any trouble, bye now")
    )

    assert (acts_of(half), half.hush, half.state.paused) == ([Pause], True, True)
    assert (acts_of(whole), whole.end, whole.state.paused) == ([Resume], Disposition.PROMISE_TO_PAY, False)
    assert keys(whole) == ["goodbye"]
    assert advance(half.state, HungUp()).end is Disposition.PAUSED_UNSURE
    assert advance(half.state, HungUp("they never")).state.silent_about_money is True


def test_whoever_asks_for_a_person_in_the_good_bye_gets_one_once() -> None:
    state = ended(*PROMISED, brief=consumer(person_now=True))
    pressed = advance(state, Key("0"))

    assert acts_of(pressed) == [HandOver]
    assert pressed.end is Disposition.REQUEST_HUMAN
    assert advance(pressed.state, Key("0")).acts == ()
    assert acts_of(advance(ended(*PROMISED), Said("let me talk to a real person"))) == [Callback]


def test_what_comes_too_late_to_be_agreed_is_left_to_the_owner() -> None:
    step = advance(ended(*PROMISED), Said("actually make it next month"))

    assert Promise not in acts_of(step)
    assert acts_of(step) == [Note]
    assert step.end is Disposition.PROMISE_TO_PAY


@pytest.mark.parametrize("words", ["okay thanks bye", "you too", "yes", "no", "bien, gracias", "", "hmm"])
def test_courtesies_over_the_good_bye_change_nothing(words: str) -> None:
    state = ended(*PROMISED)

    assert advance(state, Said(words)).acts == ()
    assert advance(state, Said(words)).say == ()
    assert keys(advance(advance(state, Interrupted("Thank")).state, Said(words or "bye"))) == ["goodbye"]


@pytest.mark.parametrize("words", ["hold on", "wait", "no wait a minute", "oh one more thing", "espere", "un momento"])
def test_who_says_hold_on_is_not_hung_up_on_and_what_follows_is_heard(words: str) -> None:
    held = advance(ended(*COPY), Said(words))

    assert (held.acts, keys(held), held.hush, held.state.held) == ((), ["go_ahead"], True, True)
    assert held.end is Disposition.COPY_WANTED
    objected = advance(held.state, Said("they never finished the job"))
    assert (acts_of(objected), objected.state.held) == ([Freeze], False)


@pytest.mark.parametrize(
    ("words", "lines", "acts"),
    [
        ("I'll pay friday", ["question_passed", "goodbye"], [Note]),
        ("can you send it to my new email", ["question_passed", "goodbye"], [Note]),
        ("nothing", ["goodbye"], []),
        ("no that was it thank you", ["goodbye"], []),
    ],
)
def test_who_was_told_to_go_on_is_answered_before_the_line_is_closed(
    words: str, lines: list[str], acts: list[type]
) -> None:
    held = advance(ended(*COPY), Said("hold on"))
    step = advance(held.state, Said(words))

    assert keys(held) == ["go_ahead"]
    assert (keys(step), acts_of(step)) == (lines, acts)


def test_never_said_to_our_promise_to_try_again_forbids_calls() -> None:
    state = ended("call me tomorrow at ten in the morning")

    assert advance(state, Said("never")).end is Disposition.OPT_OUT
    assert advance(state, Said("not at all")).end is Disposition.CALLBACK_REQUEST


def test_whether_it_is_a_machine_is_answered_in_the_good_bye_too() -> None:
    assert keys(advance(ended(*PROMISED), Said("are you a robot"))) == ["robot", "goodbye"]
    assert keys(advance(ended("stop calling me"), Said("wait is this a recording"))) == ["robot", "goodbye"]


def test_a_card_read_out_over_the_good_bye_is_kept_nowhere_and_its_objection_is() -> None:
    step = advance(ended(*PROMISED), Said("my card is 4111 1111 1111 1111 but I never ordered that"))

    assert acts_of(step) == [Freeze]
    assert not any("4111" in str(act) for act in step.acts)
    assert "4111" not in step.state.to_json()


def test_before_it_was_known_who_speaks_a_no_in_the_good_bye_is_no_dispute() -> None:
    state = talk(consumer(), "she is not here", "tomorrow at ten")[-1].state

    assert state.end is Disposition.NOT_RIGHT_PARTY
    assert advance(state, Said("no that's not me")).acts == ()
    assert advance(state, Said("don't call here again")).end is Disposition.OPT_OUT


def test_a_machine_that_goes_on_talking_leaves_no_doubt_and_hears_no_good_bye() -> None:
    state = advance(begin(consumer()).state, MachineHeard()).state

    assert to_hear(state, Said("they never", final=False)) is None
    assert advance(state, Said("they never", final=False)).acts == ()
    assert advance(state, Said(DOUBT)).say == ()
    assert advance(state, Said(DOUBT)).end is Disposition.VOICEMAIL_GREETING
    emergency = advance(state, Said("if this is an emergency please hang up and call 911, para español oprima dos"))
    assert (emergency.acts, emergency.say, emergency.end) == ((), (), Disposition.VOICEMAIL_GREETING)
    assert advance(state, Said("take me off your list and stop calling")).end is Disposition.OPT_OUT


# whatever is said, in whatever order

WORDS = (
    "yes", "no", "friday", "can you send me a copy", "send me the link", "how much is it", "hold on", "bye", "what", "are you a robot",
    NEVER_FINISHED, "never call me again", "I never ordered that", "stop calling me", "I already paid that", DOUBT, "my lawyer has it",
    "no", "call me tomorrow", "we need a W-9", "don't call me before noon", "let me talk to a person", "nunca terminaron", "lo pago el viernes",
)  # fmt: skip
events = st.one_of(
    st.sampled_from(WORDS).map(Said),
    st.sampled_from(WORDS).map(lambda text: Said(text, final=False)),
    st.sampled_from("*059").map(Key),
    st.sampled_from(["", "Of course.", "Thank you, it is"]).map(Interrupted),
    st.sampled_from([Silence(8.0), TimeUp(), MachineHeard(), Played("")]),
)
several = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@several
@given(st.sampled_from([consumer(), firm()]), st.sampled_from(list(ENDINGS.values())), st.lists(events, max_size=8))
def test_until_the_line_is_gone_no_stop_and_no_objection_is_lost(
    brief: Brief, before: tuple[Event | str, ...], happening: list[Event]
) -> None:
    state = known(brief)
    for event in before:
        state = advance(state, Said(event) if isinstance(event, str) else event).state
    for event in happening:
        step = advance(state, event)
        heard = step.heard
        if isinstance(event, Said) and event.final and heard is not None and state.ended:
            assert step.state.frozen or not heard.dispute
            assert (
                Intent.OPT_OUT in step.state.suppressed or not heard.has(Intent.OPT_OUT) or Restrict in acts_of(step)
            )  # an hour alone
            assert step.state.paid_said or not heard.has(Intent.ALREADY_PAID)
            assert step.state.silent_about_money or not heard.pause
        if state.ended:
            assert step.end is not None
            assert not any(line.asks for line in step.say)
            assert not set(keys(step)) & ABOUT_THE_DEBT
            assert not {Promise, SendLink, SendCopy} & set(acts_of(step))  # nothing is agreed any more
            assert State.from_json(step.state.to_json()) == step.state
        assert step.state.frozen or not state.frozen
        assert set(state.suppressed) <= set(step.state.suppressed)
        state = step.state
    gone = advance(state, HungUp())
    assert advance(gone.state, HungUp()).acts == ()
    if gone.state.suppressed:
        assert gone.end in {Disposition(intent.value) for intent in gone.state.suppressed}
    elif gone.state.frozen:
        assert gone.end is Disposition.DISPUTE
    elif gone.state.paused and before is PROMISED:
        assert gone.end in (Disposition.PAUSED_UNSURE, Disposition.REQUEST_HUMAN)


# on the line


def line(brief: Brief) -> Dialogue:
    return Dialogue(OpenLine(uuid4(), uuid4(), uuid4(), "CA1", "en-us", 0.0, None, state=known(brief)), lambda: 100.0)


def test_the_end_waits_for_the_rest_of_what_somebody_has_begun_to_say() -> None:
    dialogue = line(consumer())
    dialogue.take({"type": "prompt", "voicePrompt": "can you send me a copy", "last": True})

    waits = []
    for frame in (
        {"type": "interrupt", "utteranceUntilInterrupt": "Of"},
        {"type": "prompt", "voicePrompt": "they", "last": False},
        {"type": "prompt", "voicePrompt": "thank you", "last": True},
        {"type": "prompt", "voicePrompt": "hold on", "last": True},
        {"type": "prompt", "voicePrompt": "bye", "last": True},
        {"type": "info", "name": "clientSpeaking", "value": "on"},
        {"type": "info", "name": "clientSpeaking", "value": "off"},
        {"type": "dtmf", "digit": "9"},
    ):
        dialogue.take(frame)
        waits.append(dialogue.awaits_words)

    assert waits == [True, True, False, True, False, True, True, False]


@pytest.mark.django_db
@pytest.mark.parametrize("before", [PROMISED, LINK, COPY], ids=["promised", "link", "copy"])
@pytest.mark.parametrize("how", ["said", "hung up", "half a sentence"])
def test_a_bill_disputed_in_the_good_bye_is_silent_and_neither_promise_nor_link_stands(
    plumber: Firm, before: tuple[str, ...], how: str
) -> None:
    invoice = make_invoice(plumber, make_customer(plumber, kind="business"), pay_url="https://pay.example/1")
    attempt = on_the_line(invoice.customer)
    last: dict[str, Event] = {
        "said": Said(NEVER_FINISHED), "hung up": HungUp(NEVER_FINISHED), "half a sentence": Said("they never", final=False)
    }  # fmt: skip

    talk_through(attempt, "yes this is Ana", *before, last[how])
    outbox.work()

    invoice.refresh_from_db()
    sent = set(Message.objects.filter(status="sent").values_list("letter", flat=True))
    call = Call.objects.get(attempt=attempt)
    if how == "half a sentence":
        assert (call.disposition, invoice.paused_reason, Dispute.objects.count()) == ("paused_unsure", "unsure", 0)
        assert "pay_link" not in sent
    else:
        assert (call.disposition, Dispute.objects.get().invoice_id) == ("dispute", invoice.pk)
        assert invoice.frozen_at is not None
        assert not sent & {"pay_link", "promise_confirmation"}
        assert not Promise_.objects.exclude(status="withdrawn").exists()


CUTS_INTO_THE_GOOD_BYE: dict[str, Any] = {
    "title": "Objects over the good-bye",
    "description": "Asks for a copy, and over the last words of the call says what is wrong and wants no more calls.",
    "means": ["opt_out", "dispute"],
    "reason": "quality",
    "person": "Ana",
    "line": {"kind": "human", "answer_after": 4},
    "answers": [{"when": "identity", "say": "Yes, this is {name}.", "times": 3}],
    "steps": [
        {"wait_for": "money", "patience": 120},
        {"say": "Can you send me a copy of it?"},
        {
            "barge_in_at": 0.8,
            "about": "send you a copy",
            "patience": 120,
            "say": "Hold on, they never finished the job, and never call me again.",
        },
    ],
    "closing": {"say": "", "after": 60},
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_a_simulated_customer_who_objects_over_the_good_bye_is_heard_by_the_whole_product(stage: Stage) -> None:
    invoice = stage.owes("")
    stage.sim.post("/scenarios", number="+16145550120", script=CUTS_INTO_THE_GOOD_BYE)

    call = stage.over(stage.call(invoice))

    invoice.refresh_from_db()
    dispute = Dispute.objects.get()
    spoken = stage.spoken(call)
    assert call.disposition == "opt_out"
    assert (dispute.invoice_id, invoice.frozen_at) == (invoice.pk, dispute.opened_at)
    assert Suppression.objects.get().kind == "opt_out"
    assert "will not call this number again" in spoken
    assert spoken.endswith("Goodbye.")


@pytest.mark.parametrize("words", ["they never finished the job", "I already paid that last week"])
def test_half_a_sentence_in_the_good_bye_that_goes_on_to_a_stop_gives_nothing_back(words: str) -> None:
    half = advance(ended(*PROMISED), Said("they never", final=False))
    whole = advance(half.state, Said(words))

    assert Resume not in acts_of(whole)
    assert whole.state.silent_about_money
