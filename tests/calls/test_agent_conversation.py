"""What the agent does, turn by turn."""

import json
from dataclasses import replace
from datetime import date, time

import pytest

from calls.agent import Asks, Brief, BriefError, Disposition, Language, LineAct, LinkChannel, Role, State, advance
from calls.agent.acts import (
    Act,
    AlreadyPaid,
    Callback,
    Freeze,
    HandOver,
    HowPaid,
    Note,
    NoteKind,
    Pause,
    Promise,
    Resume,
    RightParty,
    SendCopy,
    SendLink,
    Specify,
    StopRecording,
    Suppress,
    SwitchLanguage,
)
from calls.agent.codec import CodecError
from calls.agent.conversation import reads_card
from calls.agent.events import HungUp, Interrupted, Key, MachineHeard, Said, Silence
from disputes.hearing import Intent, Reason
from syntharra.money import of
from tests.calls.agent_cast import TODAY, consumer, firm, known, said, talk


def test_the_call_opens_with_what_calls_and_for_whom_before_anything_else() -> None:
    opening = talk(consumer())[0]

    assert [line.act for line in opening.say] == [LineAct.DISCLOSE, LineAct.CHECK_IDENTITY]
    assert said(opening) == (
        "Hello, this is an automated AI assistant calling for Ava's Plumbing. This call is recorded. "
        "You can say stop calling, or press nine, at any time. Am I speaking with Ida Brandt?"
    )


def test_an_operator_who_collects_for_others_is_named_too() -> None:
    opening = talk(consumer(operator_name="Clearwater Recovery"))[0]

    assert "assistant with Clearwater Recovery, calling for Ava's Plumbing" in said(opening)


def test_where_the_law_wants_it_the_business_is_named_to_the_person_alone() -> None:
    steps = talk(consumer(identify_after_name=True, role=Role.FIRST_PARTY), "who is this", "yes", "43215")

    assert all("Ava's Plumbing" not in said(step) for step in steps[:3])
    assert said(steps[3]).startswith("I am calling for Ava's Plumbing.")


def test_a_consumer_confirms_name_and_one_harmless_fact() -> None:
    steps = talk(consumer(), "yes this is Ida", "four three two one five")

    assert steps[1].state.right_party is False
    assert steps[2].acts == (RightParty(),)
    assert [line.act for line in steps[2].say] == [LineAct.LEGAL_NOTICE, LineAct.STATE_DEBT, LineAct.ASK]
    assert "invoice 1088 for $310.00, which was due on February 20. It is for water heater repair." in said(steps[2])


def test_the_fact_may_come_with_the_name() -> None:
    assert talk(consumer(), "yes this is Ida, I'm at 412 Elm Street")[1].acts == (RightParty(),)


def test_a_wrong_fact_is_asked_for_twice_and_then_the_call_is_over() -> None:
    steps = talk(consumer(), "yes", "1 2 3 4 5", "nine nine nine nine nine")

    assert steps[2].state.asked is Asks.IDENTITY
    assert steps[3].end is Disposition.IDENTITY_UNCONFIRMED


def test_a_consumer_without_a_fact_on_file_cannot_be_confirmed() -> None:
    assert talk(consumer(zip_code="", street=""), "yes")[1].end is Disposition.IDENTITY_UNCONFIRMED


def test_the_first_party_gives_no_collector_notice() -> None:
    steps = talk(consumer(role=Role.FIRST_PARTY), "yes", "43215")

    assert LineAct.LEGAL_NOTICE not in [line.act for line in steps[2].say]


def test_later_calls_say_in_short_that_a_collector_calls() -> None:
    steps = talk(consumer(first_contact=False), "yes", "43215")

    assert steps[2].say[0].text == "This is a call from a debt collector."


def test_several_invoices_are_named_by_number_and_total_first() -> None:
    assert said(talk(firm(), "this is Ben")[1]).startswith(
        "I am calling about two invoices that are past due, $1,940.00 in total. The oldest is invoice 2232"
    )


def test_whoever_handles_the_bills_is_the_right_party_of_a_business() -> None:
    assert talk(firm(contact_name=""), "I do the books here")[1].acts == (RightParty(),)


def test_a_gatekeeper_hears_nothing_of_the_matter() -> None:
    steps = talk(firm(), "he's out today", "tomorrow at nine")

    assert said(steps[1]) == "Thank you. When would be a good time to reach Ben Oak?"
    assert steps[2].acts == (Callback(date(2026, 3, 19), time(9), "tomorrow at nine"),)
    assert steps[2].end is Disposition.NOT_RIGHT_PARTY


def test_another_person_on_the_line_hears_the_disclosure_again() -> None:
    steps = talk(firm(), "hold on, let me get him", "this is Ben")

    assert steps[2].say[0].act is LineAct.DISCLOSE
    assert RightParty() in steps[2].acts


def test_a_dispute_stops_the_call_in_the_same_turn() -> None:
    step = advance(known(consumer()), Said("they never finished the job"))

    assert step.acts == (Freeze(Reason.QUALITY, "they never finished the job", ("1088",)),)
    assert step.end is Disposition.DISPUTE
    assert "We will not ask you for money while this is open." in said(step)


def test_a_vague_dispute_freezes_at_once_and_is_asked_about_once() -> None:
    first = advance(known(consumer()), Said("I don't owe you that"))
    second = advance(first.state, Said("he quoted me two hundred and billed three ten"))

    assert first.acts == (Freeze(Reason.OTHER_VAGUE, "I don't owe you that", ("1088",)),)
    assert (first.state.asked, first.end) == (Asks.WHAT_IS_WRONG, None)
    assert second.acts == (Specify(Reason.AMOUNT, "he quoted me two hundred and billed three ten"),)
    assert (second.end, second.state.reason) == (Disposition.DISPUTE, Reason.AMOUNT)


def test_a_second_invoice_objected_to_is_frozen_too() -> None:
    second = "I don't owe 2233 either, nobody ever did that work"
    steps = talk(firm(), "yes this is Ben", "I dispute invoice 2232", second)

    assert [act.invoices for act in steps[2].acts if isinstance(act, Freeze)] == [("2232",)]
    (freeze,) = steps[3].acts
    assert isinstance(freeze, Freeze)
    assert (freeze.invoices, freeze.words) == (("2233",), second)
    assert steps[3].state.frozen_invoices == ("2232", "2233")
    assert State.from_json(steps[3].state.to_json()) == steps[3].state


def test_more_words_about_the_disputed_invoice_freeze_no_other() -> None:
    steps = talk(firm(), "yes this is Ben", "I dispute invoice 2232", "I don't owe 2232, they never finished the job")

    assert [type(act) for act in steps[3].acts] == [Specify]
    assert steps[3].state.frozen_invoices == ("2232",)


def test_words_about_a_disputed_and_another_invoice_count_for_both() -> None:
    steps = talk(firm(), "yes this is Ben", "I dispute invoice 2232", "I don't owe 2232 and I don't owe 2233")

    assert [type(act) for act in steps[3].acts] == [Specify, Freeze]
    assert [act.invoices for act in steps[3].acts if isinstance(act, Freeze)] == [("2233",)]


def test_an_objection_that_names_none_freezes_all_that_were_mentioned() -> None:
    step = talk(firm(), "yes this is Ben", "I don't owe you that")[2]

    assert [act.invoices for act in step.acts if isinstance(act, Freeze)] == [("2232", "2233")]
    assert step.state.frozen_invoices == ("2232", "2233")


def test_who_has_told_the_firm_before_is_not_asked_again() -> None:
    step = advance(known(consumer()), Said("I already told your office about this"))

    assert step.acts == (
        Freeze(Reason.OTHER_VAGUE, "I already told your office about this", ("1088",), told_before=True),
    )
    assert step.end is Disposition.DISPUTE


def test_words_of_danger_make_the_dispute_urgent() -> None:
    step = advance(known(consumer()), Said("it smells like gas since you fixed it, it was never fixed"))

    assert [act.urgent for act in step.acts if isinstance(act, Freeze)] == [True]


def test_an_objection_freezes_the_invoice_it_names() -> None:
    by_job = advance(known(firm()), Said("nobody ever came for the drain cleaning"))
    by_number = advance(known(firm()), Said("we dispute twenty two thirty two"))
    by_none = advance(known(firm()), Said("we dispute that"))

    assert [act.invoices for act in by_job.acts if isinstance(act, Freeze)] == [("2233",)]
    assert [act.invoices for act in by_number.acts if isinstance(act, Freeze)] == [("2232",)]
    assert [act.invoices for act in by_none.acts if isinstance(act, Freeze)] == [("2232", "2233")]


def test_a_dispute_taken_back_stays_a_dispute() -> None:
    first = advance(known(consumer()), Said("I dispute that"))
    second = advance(first.state, Said("no wait it's fine, I'll pay it Friday"))

    assert (second.end, second.state.frozen) == (Disposition.DISPUTE, True)
    assert not [act for act in second.acts if isinstance(act, Promise)]


def test_half_a_sentence_silences_the_agent_and_the_whole_one_may_free_it() -> None:
    half = advance(known(consumer()), Said("I dispute", final=False))
    whole = advance(half.state, Said("I'll pay it Friday"))

    assert (half.acts, half.say, half.hush) == ((Pause("I dispute", partial=True),), (), True)
    assert whole.acts == (Resume(),)
    assert "Friday, March 20" in said(whole)


def test_an_opt_out_and_a_dispute_in_one_sentence_lose_neither() -> None:
    step = advance(known(consumer()), Said("stop calling me, I never ordered that"))

    assert step.acts == (
        Suppress(Intent.OPT_OUT, "stop calling me, I never ordered that"),
        Freeze(Reason.NOT_RECEIVED, "stop calling me, I never ordered that", ("1088",)),
    )
    assert (step.end, step.state.frozen) == (Disposition.OPT_OUT, True)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("talk to my lawyer", Intent.ATTORNEY_REPRESENTED),
        ("I filed for bankruptcy", Intent.BANKRUPTCY),
        ("he passed away in June", Intent.DECEASED),
        ("don't call me again", Intent.OPT_OUT),
        ("you have the wrong number", Intent.WRONG_NUMBER),
    ],
)
def test_a_stop_is_carried_out_in_the_turn_it_is_said(words: str, kind: Intent) -> None:
    step = talk(consumer(), words)[1]

    assert step.acts == (Suppress(kind, words),)
    assert step.end == kind.value


def test_key_nine_stops_the_calls() -> None:
    step = talk(consumer(), Key("9"))[1]

    assert step.acts == (Suppress(Intent.OPT_OUT, "9"),)
    assert (step.end, step.hush) == (Disposition.OPT_OUT, True)


def test_key_zero_asks_for_a_person_and_the_star_repeats() -> None:
    assert talk(consumer(person_now=True), Key("0"))[1].acts == (HandOver("0"),)
    steps = talk(consumer(), Key("*"))
    assert steps[1].say == steps[0].say


def test_a_promise_counts_once_its_day_is_confirmed() -> None:
    named = advance(known(consumer()), Said("I'll mail a check Friday"))
    agreed = advance(named.state, Said("yes that's right"))

    assert named.acts == ()
    assert agreed.acts == (Promise(date(2026, 3, 20), of("310.00", "USD"), HowPaid.CHECK, "I'll mail a check Friday"),)
    assert agreed.end is Disposition.PROMISE_TO_PAY


def test_a_day_that_was_misheard_is_asked_for_again() -> None:
    named = advance(known(consumer()), Said("I'll pay it Friday"))
    denied = advance(named.state, Said("no"))
    better = advance(denied.state, Said("next Monday"))
    agreed = advance(better.state, Said("yes"))

    assert denied.state.asked is Asks.PROMISE
    assert [act.on for act in agreed.acts if isinstance(act, Promise)] == [date(2026, 3, 23)]


def test_a_promise_without_a_day_is_asked_for_one_and_noted_as_it_is() -> None:
    vague = advance(known(consumer()), Said("yeah I'll take care of it"))
    still = advance(vague.state, Said("when I get around to it"))

    assert vague.state.asked is Asks.PROMISE
    assert [act.on for act in still.acts if isinstance(act, Promise)] == [None]


def test_a_day_too_far_off_is_the_owners_decision() -> None:
    step = advance(known(consumer()), Said("I'll pay it on June 30"))

    assert step.end is Disposition.NEEDS_TIME_OR_PLAN
    assert not [act for act in step.acts if isinstance(act, Promise)]


def test_a_check_in_the_mail_is_a_promise_of_today() -> None:
    named = advance(known(consumer()), Said("the check is in the mail"))
    agreed = advance(named.state, Said("yes"))

    assert [(act.on, act.how) for act in agreed.acts if isinstance(act, Promise)] == [(TODAY, HowPaid.CHECK)]


def test_already_paid_is_asked_how_and_when_once_and_is_no_dispute() -> None:
    first = advance(known(consumer()), Said("I already paid that"))
    second = advance(first.state, Said("by check last Tuesday"))

    assert first.acts == (AlreadyPaid(HowPaid.UNKNOWN, None, "I already paid that"),)
    assert second.acts == (AlreadyPaid(HowPaid.CHECK, date(2026, 3, 17), "by check last Tuesday"),)
    assert (second.end, second.state.frozen) == (Disposition.ALREADY_PAID, False)


def test_a_link_is_sent_where_one_may_be_sent() -> None:
    words = Said("send me the link and I'll pay it now")

    assert advance(known(consumer()), words).acts == (SendLink("email"),)
    assert advance(known(consumer(link=LinkChannel.NONE)), words).acts == ()


def test_card_numbers_are_not_taken_and_not_kept() -> None:
    step = advance(known(consumer()), Said("my card is 4111 1111 1111 1111"))

    assert (Note(NoteKind.CARD_READ_OUT, ""), SendLink("email")) == step.acts
    assert "4111" not in step.state.to_json()


def test_only_what_the_owner_allows_is_offered() -> None:
    words = Said("I lost my job, can I make payments?")
    refused = advance(known(consumer()), words)
    extended = advance(known(consumer(extension_days=14)), words)

    assert refused.end is Disposition.NEEDS_TIME_OR_PLAN
    assert said(extended) == "I understand. Ava's Plumbing can wait until Wednesday, April 1. May I note that day?"


def test_a_person_is_named_a_time_when_nobody_is_there() -> None:
    step = advance(
        known(consumer(person_on=date(2026, 3, 19), person_at=time(9))), Said("let me talk to a real person")
    )

    assert step.acts == (Callback(date(2026, 3, 19), time(9), "let me talk to a real person", by_person=True),)
    assert "will call you back on Thursday, March 19 at 9:00 AM" in said(step)


def test_asked_whether_it_is_a_robot_it_says_yes() -> None:
    step = advance(known(consumer()), Said("are you a robot"))

    assert step.say[0].text == "Yes, I am an automated AI assistant. I am calling for Ava's Plumbing."
    assert step.state.asked is Asks.OPEN


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how much is it", "Invoice 1088 is for $310.00."),
        ("when was it due", "Invoice 1088 was due on February 20."),
        ("what is this for", "Invoice 1088 is for water heater repair."),
        ("what is the invoice number", "The invoice number is 1088."),
    ],
)
def test_questions_are_answered_from_the_books(question: str, answer: str) -> None:
    assert advance(known(consumer()), Said(question)).say[0].text == answer


def test_a_copy_is_sent_to_who_never_got_the_invoice() -> None:
    step = advance(known(consumer()), Said("I never got the invoice can you send me a copy"))

    assert step.acts == (SendCopy("I never got the invoice can you send me a copy"),)
    assert step.end is Disposition.COPY_WANTED


def test_an_objection_to_the_recording_stops_it_first() -> None:
    step = talk(consumer(), "I do not consent to being recorded")[1]

    assert step.acts[0] == StopRecording("I do not consent to being recorded")
    assert step.end is Disposition.RECORDING_REFUSED


def test_a_machine_gets_no_message_about_a_consumer_and_a_neutral_one_for_a_business() -> None:
    consumers, firms = talk(consumer(), MachineHeard())[1], talk(firm(), MachineHeard())[1]

    assert (consumers.say, consumers.end) == ((), Disposition.VOICEMAIL_GREETING)
    assert said(firms) == (
        "Hello, this is an automated AI assistant calling for Ava's Plumbing, with a message for Ben Oak. "
        "Please call us back at 614-555-0199. Thank you, and goodbye."
    )


def test_a_late_machine_verdict_does_not_end_a_conversation() -> None:
    state = known(consumer())

    assert advance(state, MachineHeard()).state == state


def test_the_agent_speaks_spanish_to_who_speaks_spanish() -> None:
    step = talk(consumer(), "sí, soy yo")[1]

    assert step.acts == (SwitchLanguage(Language.SPANISH),)
    assert step.say[0].text.startswith("Hola, le habla un asistente automático")


def test_a_disclosure_that_was_cut_off_is_said_again() -> None:
    cut = talk(consumer(), Interrupted("Hello, this is an automated"))[1]
    next_step = advance(cut.state, Said("yes this is Ida"))

    assert cut.state.owed == (LineAct.DISCLOSE,)
    assert next_step.say[0].act is LineAct.DISCLOSE


def test_an_invoice_that_was_cut_off_was_not_named() -> None:
    state = known(consumer())
    cut = advance(state, Interrupted(" ".join(state.speaking[0].text.split()) + " I am calling about"))

    assert (state.debt_stated, cut.state.debt_stated) == (True, False)


def test_silence_is_prompted_twice_and_then_ended() -> None:
    steps = talk(consumer(), Silence(8), Silence(8), Silence(8))

    assert [step.end for step in steps] == [None, None, None, Disposition.NO_ANSWER]


def test_silence_after_a_doubt_leaves_the_invoice_paused() -> None:
    state = replace(known(consumer()), paused=True, doubts=1)

    ended = advance(advance(advance(state, Silence(8)).state, Silence(8)).state, Silence(8))

    assert ended.end is Disposition.PAUSED_UNSURE
    assert "$" not in said(ended)


def test_last_words_before_hanging_up_may_be_the_dispute() -> None:
    step = advance(known(consumer()), HungUp("you never came to"))
    only_gone = advance(known(consumer()), HungUp())

    assert [act.reason for act in step.acts if isinstance(act, Freeze)] == [Reason.NOT_RECEIVED]
    assert (step.end, only_gone.end) == (Disposition.DISPUTE, Disposition.HUNG_UP)


def test_with_a_live_dispute_nothing_is_said_of_payment() -> None:
    steps = talk(consumer(dispute_live=True, inbound=True), "yes", "43215", "no nothing to add")

    assert "We are looking into it and are not asking you for money." in said(steps[2])
    assert "$" not in " ".join(said(step) for step in steps)
    assert steps[3].end is Disposition.DISPUTE


def test_after_the_end_nothing_is_said() -> None:
    ended = talk(consumer(), "stop calling me")[1]

    assert advance(ended.state, Said("hello?")).say == ()


def test_a_state_survives_a_dropped_connection() -> None:
    state = advance(known(firm()), Said("we'll pay Friday")).state

    assert State.from_json(state.to_json()) == state


def test_a_call_goes_on_though_its_state_was_written_before_a_field_was_added() -> None:
    state = advance(known(firm()), Said("we'll pay Friday")).state
    stored = json.loads(state.to_json())
    del stored["wants_person"], stored["brief"]["is_sensitive"], stored["brief"]["invoices"][0]["issued_on"]

    assert State.from_json(json.dumps(stored)) == state
    with pytest.raises(CodecError):
        State.from_json(json.dumps({**stored, "a_field_of_next_year": 1}))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"brief": 1}', "null"])
def test_what_is_no_stored_state_is_refused(text: str) -> None:
    with pytest.raises(CodecError):
        State.from_json(text)


def test_a_call_without_an_invoice_is_refused() -> None:
    with pytest.raises(BriefError, match="at least one invoice"):
        consumer(invoices=())


@pytest.mark.parametrize(
    "words",
    [
        "yes she is my wife", "yeah that's my mom", "you're speaking to her daughter", "wife of Ida speaking", "speaking for her, yes",
        "yes, I'm her guardian", "he is my dad, yes", "yes, I have power of attorney",
    ],
)  # fmt: skip
def test_who_stands_near_the_customer_is_never_taken_for_her_whatever_fact_follows(words: str) -> None:
    heard = talk(consumer(), f"{words}, the zip is 43215")[-1]
    later = talk(consumer(), words, "43215")[-1]

    assert not heard.state.right_party
    assert not later.state.right_party
    assert "$" not in said(heard) + said(later)


@pytest.mark.parametrize(
    "words", ["this is Bob Brandt", "Brandt speaking", "yes, the Brandt residence", "this is Ida's phone"]
)
def test_a_family_name_alone_is_not_the_full_name(words: str) -> None:
    asked = talk(consumer(), words)[-1]

    assert (asked.state.phase.value, said(asked)) == ("name", "I am looking for Ida Brandt. Is that you?")
    assert talk(consumer(), words, "yes", "43215")[-1].state.right_party


@pytest.mark.parametrize(
    "words", ["this is Mrs Brandt", "yes, Brandt", "yes Mrs Brandt speaking", "speaking", "this is Ida"]
)
def test_who_says_yes_or_names_herself_is_asked_for_the_fact(words: str) -> None:
    assert talk(consumer(), words)[-1].state.phase.value == "fact"


def test_a_single_letter_is_no_street_by_itself() -> None:
    lettered = consumer(zip_code="", street="12 Avenue A")

    assert not talk(lettered, "yes this is Ida", "I have a question")[-1].state.right_party
    assert not talk(lettered, "yes this is Ida", "avenue a")[-1].state.right_party
    assert talk(lettered, "yes this is Ida", "twelve avenue a")[-1].state.right_party
    assert talk(lettered, "yes this is Ida", "12 a")[-1].state.right_party


def test_the_person_asked_for_is_no_wrong_number_however_her_name_sounds() -> None:
    assert talk(consumer(), "ida here")[-1].state.suppressed == ()


@pytest.mark.parametrize("brief", [consumer(), firm(contact_name="Ana Reyes")])
def test_a_yes_counts_though_spanish_is_asked_for_in_the_same_breath(brief: Brief) -> None:
    answered = talk(brief, "Sí, soy yo. ¿Habla español?")[-1]

    assert answered.state.language is Language.SPANISH
    assert said(answered).startswith("Hola, le habla un asistente automático")
    assert (answered.state.phase.value == "fact") if brief.is_consumer else answered.state.right_party


def test_a_bare_yes_counts_once_the_question_was_asked_in_spanish() -> None:
    first, second = talk(consumer(), "Sí. ¿Habla español?", "Sí. ¿Habla español?")[1:]

    assert (first.state.phase.value, second.state.phase.value) == ("name", "fact")


@pytest.mark.parametrize("before", [(), ("yes",)])
@pytest.mark.parametrize("words", ["¿Habla español?", "are you a robot"])
def test_no_question_is_asked_without_end_while_it_is_not_known_who_speaks(before: tuple[str, ...], words: str) -> None:
    steps = talk(consumer(), *before, *[words] * 5)

    assert steps[-1].end is Disposition.IDENTITY_UNCONFIRMED


@pytest.mark.parametrize("words", ["I'm not sure", "maybe", "depends", "no sé"])
def test_a_doubtful_answer_confirms_no_day(words: str) -> None:
    state = known(consumer())
    asked = advance(state, Said("I can pay on Friday")).state

    assert not any(isinstance(act, Promise) for act in advance(asked, Said(words)).acts)


@pytest.mark.parametrize("end", [HungUp(""), "silence"])
def test_a_day_the_agent_offered_is_no_promise_until_somebody_says_yes(end: HungUp | str) -> None:
    state = advance(known(consumer(extension_days=14)), Said("I can't pay right now")).state
    ends = [end] if isinstance(end, HungUp) else [Silence(8.0)] * 3
    acts: list[Act] = []
    for event in ends:
        step = advance(state, event)
        state, acts = step.state, [*acts, *step.acts]

    assert not any(isinstance(act, Promise) for act in acts)
    assert state.end is Disposition.NEEDS_TIME_OR_PLAN


def test_a_card_read_out_in_several_breaths_is_kept_in_none_of_them() -> None:
    state, kept = known(consumer()), []
    for breath in ("can I use my visa", "4111", "one one one one", "1111", "1111"):
        step = advance(state, Said(breath))
        state = step.state
        kept.append(state.last_final)
        if step.end is not None:
            break

    assert not any(character.isdigit() for text in kept for character in text)


@pytest.mark.parametrize(
    ("before", "text", "is_card"),
    [
        ("4111", "1111", True), ("#### ####", "one one one one", True), ("by card", "4111", True), ("", "the cvv is 123", True),
        ("when is it due", "1111", False), ("by card", "on the 25th", False), ("4111", "that is my house number 1111", False),
    ],
)  # fmt: skip
def test_digits_after_digits_are_a_card_and_other_digits_are_none(before: str, text: str, is_card: bool) -> None:
    assert reads_card(replace(known(consumer()), last_final=before), text) is is_card


def test_a_zip_code_said_twice_is_no_card() -> None:
    assert talk(consumer(zip_code="76104"), "yes", "43215", "76104")[-1].state.right_party


@pytest.mark.parametrize("words", ["quiero hablar en español por favor", "¿Habla español?"])
def test_who_wants_spanish_hears_notice_and_bill_in_it_and_is_not_sent_to_a_person(words: str) -> None:
    answered = advance(known(consumer()), Said(words))

    assert (answered.end, answered.state.language) == (None, Language.SPANISH)
    assert [line.key for line in answered.say] == ["opening", "collector_first", "debt_one", "ask_open_link"]


@pytest.mark.parametrize("words", ["I'm fourteen my mom is out", "I'm only twelve", "my parents are out"])
def test_a_child_on_the_line_is_let_go_kindly(words: str) -> None:
    assert talk(consumer(), "yes", words)[-1].end is Disposition.VULNERABLE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("call me tomorrow at six in the morning", "on Thursday, March 19."),
        ("call me tomorrow at ten in the morning", "on Thursday, March 19 at 10:00 AM"),
        ("call me tomorrow at six", "on Thursday, March 19 at 6:00 PM"),
        ("call me tomorrow at eleven at night", "on Thursday, March 19"),
    ],
)
def test_nobody_is_told_of_a_call_at_an_hour_at_which_nobody_is_called(words: str, told: str) -> None:
    answered = said(advance(known(consumer()), Said(words)))

    assert told in answered
    assert " at 6:00 AM" not in answered


@pytest.mark.parametrize("asked", ["Who is this?", "who is calling again", "sorry, who is this"])
def test_whoever_asks_in_the_middle_of_a_call_hears_who_collects(asked: str) -> None:
    """15 USC 1692d(6): a collector says who it is, not only for whom."""
    told = advance(known(consumer(operator_name="Clearwater Recovery")), Said(asked))

    assert "I am with Clearwater Recovery, calling for Ava's Plumbing." in said(told)


@pytest.mark.parametrize("words", ["No, not this week.", "no not yet", "No, not until Friday", "no, esta semana no"])
def test_a_no_to_a_day_is_no_other_person(words: str) -> None:
    told = advance(known(consumer()), Said(words))

    assert told.state.right_party
    assert "speaking with Ida" not in said(told)
