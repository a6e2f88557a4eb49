"""What is heard in an everyday answer beside its meaning: which bill, which paper, whom to ask, when not, and what is kept of none of it."""

from datetime import date, time

import pytest

from calls.agent import Asks, Brief, Disposition, Language, advance
from calls.agent.acts import (
    AlreadyPaid,
    Callback,
    Freeze,
    Note,
    NoteKind,
    Pause,
    Promise,
    ProposeContact,
    Restrict,
    SendLink,
    Suppress,
)
from calls.agent.answers import sum_promised
from calls.agent.events import HungUp, Interrupted, Key, Said, Silence, TimeUp
from calls.agent.everyday import reads_card_number, without_digits
from calls.agent.invoices_named import named_in
from calls.agent.numbers import amounts_named, digit_runs
from calls.agent.particulars import contact, paper, payer, restriction, way_to_write
from calls.agent.past_days import past_day_named
from disputes.hearing import Intent
from tests.calls.agent_cast import TODAY, consumer, firm, known, said, talk

# which of several bills


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("twenty two thirty two is wrong", ("2232",)),
        ("invoice 2233 was never done", ("2233",)),
        ("the seven hundred dollar one", ("2233",)),
        ("twelve forty is too much", ("2232",)),
        ("the twelve hundred and forty", ("2232",)),
        ("one thousand two hundred forty is too high", ("2232",)),
        ("la de mil doscientos cuarenta", ("2232",)),
        ("the one from march thirteenth", ("2233",)),
        ("the one that was due on the 12th", ("2232",)),
        ("la del 13 de marzo", ("2233",)),
        ("the drain was never cleaned", ("2233",)),
        ("2232 and the drain", ("2232", "2233")),
        ("the first one is wrong", ()),
        ("you came 12 times", ()),
        ("it is all wrong", ()),
    ],
)
def test_a_bill_is_named_by_number_sum_day_or_job(words: str, named: tuple[str, ...]) -> None:
    assert named_in(words, firm()) == named


def test_a_short_number_inside_a_sum_names_no_bill() -> None:
    brief = firm(
        invoices=(firm().invoices[0], firm().invoices[1].__class__("24", firm().invoices[1].amount, date(2026, 3, 1)))
    )

    assert named_in("you charged me $1,240.00", brief) == ("2232",)


@pytest.mark.parametrize(
    ("words", "sums"),
    [
        ("seven hundred", {700}),
        ("twelve forty one", {1, 12, 41, 1240, 1241}),
        ("$1,240.50", {1240}),
        ("two grand", {2000}),
        ("nothing", set()),
    ],
)
def test_a_sum_is_understood_in_every_way_it_may_be_meant(words: str, sums: set[int]) -> None:
    assert amounts_named(words) == sums


def test_digits_said_in_one_go_are_one_run() -> None:
    assert digit_runs("4111 1111 uh 1111") == ["411111111111"]
    assert digit_runs("2232 and twenty two thirty three") == ["2232", "2233"]


# card numbers


@pytest.mark.parametrize(
    "words",
    [
        "4111 1111",
        "four one one one two two two two",
        "my card is 4111 1111 1111 1111",
        "my number is 4111 1111 11",
        "the routing number is 614555013",
        "mi tarjeta es cuatro uno uno uno dos dos dos dos",
    ],
)
def test_a_run_of_eight_digits_is_a_card_number(words: str) -> None:
    assert reads_card_number(words)
    assert not any(letter.isdigit() for letter in without_digits(words))
    assert "four" not in without_digits(words)


@pytest.mark.parametrize(
    "words",
    [
        "43215",
        "call me at 614 555 0133",
        "her number is six one four five five five oh one three three",
        "you can reach her cell at 1 614 555 0133",
        "call her at 614 555 01",
        "I paid it on 03/12/2026",
        "it was $1,240.00 $700.00",
    ],
)
def test_telephone_numbers_days_and_sums_are_none(words: str) -> None:
    assert not reads_card_number(words)


def test_bills_and_the_zip_code_on_file_are_none() -> None:
    assert reads_card_number("2232 2233")
    assert not reads_card_number("2232 2233", ("2232", "2233"))
    assert not reads_card_number("43215 1234", ("43215",))


def test_a_card_number_is_interrupted_while_it_is_read_and_the_link_is_offered() -> None:
    state = known(consumer())
    early = advance(state, Said("okay it's", final=False))
    cut = advance(early.state, Said("okay it's 4111 1111", final=False))
    again = advance(cut.state, Said("okay it's 4111 1111 1111", final=False))
    final = advance(again.state, Said("okay it's 4111 1111 1111 1111"))

    assert (early.say, cut.hush) == ((), True)
    assert said(cut) == "Please do not read card or bank numbers to me. I cannot take them by phone."
    assert again.say == ()
    assert final.acts == (Note(NoteKind.CARD_READ_OUT, ""), SendLink("email"))
    assert "1111" not in final.state.to_json()
    assert final.heard is not None
    assert "1111" not in final.heard.text
    assert final.end is Disposition.PAY_NOW


def test_a_card_number_before_the_right_person_is_known_sends_nothing() -> None:
    step = advance(talk(consumer(), "yes")[-1].state, Said("4111 1111 1111 1111"))

    assert step.acts == (Note(NoteKind.CARD_READ_OUT, ""),)
    assert step.end is None
    assert "what is your ZIP code" in said(step)


def test_a_social_security_number_is_not_kept_and_buys_no_link() -> None:
    step = advance(known(consumer()), Said("my social is 123 45 6789"))

    assert step.acts == (Note(NoteKind.CARD_READ_OUT, ""),)
    assert (step.end, step.state.asked) == (None, Asks.OPEN)


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        (consumer(), ()),
        (consumer(), ("yes",)),
        (consumer(), ("yes", "43215")),
        (consumer(), ("yes", "43215", "I'll pay it on Friday")),
        (consumer(), ("yes", "43215", "I already paid that")),
        (consumer(), ("yes", "43215", "I dispute that")),
        (consumer(), ("she's not here",)),
        (firm(), ("hold on",)),
        (consumer(dispute_live=True), ("yes", "43215")),
    ],
)
def test_whether_it_is_a_machine_is_answered_whenever_it_is_asked(brief: Brief, words: tuple[str, ...]) -> None:
    step = advance(talk(brief, *words)[-1].state, Said("are you a robot"))

    assert "automated AI assistant" in said(step)


@pytest.mark.parametrize(
    "words", [("I'm driving",), ("I'll pay it on Friday",), ("I already paid that",), ("how much is it",)]
)
def test_a_person_is_arranged_for_whenever_one_is_wanted(words: tuple[str, ...]) -> None:
    brief = consumer(person_on=date(2026, 3, 19), person_at=time(9))
    step = advance(talk(brief, "yes", "43215", *words)[-1].state, Said("let me talk to a real person"))

    assert Callback(date(2026, 3, 19), time(9), "let me talk to a real person", by_person=True) in step.acts
    assert "A person from Ava's Plumbing will call you back on Thursday, March 19 at 9:00 AM." in said(step)


# told before, danger, paid


def test_that_the_office_was_told_before_is_kept_with_its_day_and_never_asked_again() -> None:
    step = advance(known(consumer()), Said("I already told your office last Tuesday that it leaks"))

    (freeze,) = step.acts
    assert isinstance(freeze, Freeze)
    assert (freeze.told_before, freeze.told_on) == (True, date(2026, 3, 17))
    assert step.end is Disposition.DISPUTE
    assert "Could you tell me" not in said(step)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("back in January", date(2026, 1, 1)),
        ("in November", date(2025, 11, 1)),
        ("two weeks ago", date(2026, 3, 4)),
        ("on March 3rd", date(2026, 3, 3)),
        ("en enero", date(2026, 1, 1)),
    ],
)
def test_a_day_in_the_past_is_the_earliest_the_words_allow(words: str, day: date) -> None:
    assert past_day_named(words, TODAY) == day


@pytest.mark.parametrize(
    "words", ["sewage is coming up in the tub since you were here", "we smell gas since your guy left"]
)
def test_danger_is_urgent_and_nobody_is_asked_whether_it_is_a_complaint(words: str) -> None:
    step = advance(known(consumer()), Said(words))

    (freeze,) = step.acts
    assert isinstance(freeze, Freeze)
    assert freeze.urgent is True
    assert "If anybody is in danger, please leave the place and call emergency services first." in said(step)
    assert step.end is Disposition.DISPUTE


def test_zelle_and_ach_are_ways_to_have_paid() -> None:
    step = advance(known(consumer()), Said("we already paid that, zelled it on monday"))

    (paid,) = step.acts
    assert isinstance(paid, AlreadyPaid)
    assert (paid.how, paid.on) == ("transfer", date(2026, 3, 16))


# papers, payers, persons


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("we need your W-9", "w9"),
        ("send the COI", "certificate_of_insurance"),
        ("a lien waiver first", "lien_waiver"),
        ("no PO no payment", "purchase_order"),
        ("you are not in our vendor portal", "portal"),
        ("a letter from the pope", ""),
    ],
)
def test_which_paper_is_wanted(words: str, code: str) -> None:
    assert paper(words) == code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("the adjuster has not been here", "insurer"),
        ("the HOA pays that", "association"),
        ("the GC hasn't paid us", "general_contractor"),
        ("the bank has to release the draw", "lender"),
        ("my uncle", ""),
    ],
)
def test_whose_money_is_waited_for(words: str, code: str) -> None:
    assert payer(words) == code


@pytest.mark.parametrize(
    ("words", "way"), [("just email me", "email"), ("text me", "text"), ("send a letter", "mail"), ("hm", "")]
)
def test_which_way_to_write(words: str, way: str) -> None:
    assert way_to_write(words) == way


@pytest.mark.parametrize(
    ("words", "name", "phone", "email"),
    [
        ("you need to talk to Karen in accounting", "Karen", "", ""),
        ("Karen handles all that, 614 555 0133", "Karen", "+16145550133", ""),
        ("email our bookkeeper at books@oak.example", "", "", "books@oak.example"),
        ("send it to ap at oak dot com", "", "", "ap@oak.com"),
        ("not my department", "", "", ""),
    ],
)
def test_whom_to_ask_instead_is_taken_down_as_far_as_it_was_said(words: str, name: str, phone: str, email: str) -> None:
    assert contact(words) == ProposeContact(name, phone, email, words)


def test_a_relative_is_never_the_customer_whatever_they_know() -> None:
    steps = talk(consumer(), "this is her husband", "43215")
    late = talk(consumer(), "yes", "this is her husband, it's 43215")

    assert "When would be a good time to reach Ida Brandt?" in said(steps[1])
    assert [step.state.right_party for step in (*steps, *late)] == [False] * 6
    assert "invoice" not in " ".join(said(step) for step in (*steps, *late))


def test_active_duty_is_for_a_person_to_look_at() -> None:
    step = advance(known(consumer()), Said("my husband is on active duty, he is deployed"))

    assert step.acts == (Note(NoteKind.ACTIVE_DUTY, "my husband is on active duty, he is deployed"),)
    assert step.end is Disposition.VULNERABLE


# when not to call


@pytest.mark.parametrize(
    ("words", "place", "before", "after", "days"),
    [
        ("don't call me before noon", "", time(12), None, ()),
        ("never call after 5", "", None, time(17), ()),
        ("do not call me at work", "work", None, None, ()),
        ("don't call on Sundays", "", None, None, (6,)),
        ("not on weekends please", "", None, None, (5, 6)),
        ("no me llamen los lunes", "", None, None, (0,)),
        ("no me llame antes del mediodía", "", time(12), None, ()),
        ("no me llame al trabajo", "work", None, None, ()),
    ],
)
def test_when_and_where_not_to_call(
    words: str, place: str, before: time | None, after: time | None, days: tuple[int, ...]
) -> None:
    assert restriction(words) == Restrict(words, place, before, after, days)


@pytest.mark.parametrize(
    "words", ["call me before noon", "I called you on Monday", "it is not on the bill", "don't call me"]
)
def test_a_time_to_call_or_no_time_at_all_forbids_none(words: str) -> None:
    assert restriction(words) is None


def test_not_before_noon_is_no_opt_out_and_never_again_is_one() -> None:
    hour = advance(known(consumer()), Said("please don't call me before noon"))
    ever = advance(known(consumer()), Said("never call me again before noon or ever"))

    assert [type(act) for act in hour.acts] == [Restrict, Callback]
    assert hour.end is Disposition.CALLBACK_REQUEST
    assert Suppress(Intent.OPT_OUT, "never call me again before noon or ever") in ever.acts


def test_not_at_work_stops_the_number_and_keeps_the_place() -> None:
    step = advance(known(consumer()), Said("don't call me at work"))

    assert [type(act) for act in step.acts] == [Restrict, Suppress]
    assert step.end is Disposition.OPT_OUT


# promises


def test_a_promise_may_be_for_one_bill() -> None:
    step = advance(advance(known(firm()), Said("I'll pay the sump pump one on Friday")).state, Said("yes"))

    (promise,) = [act for act in step.acts if isinstance(act, Promise)]
    assert (str(promise.amount.amount), promise.invoices) == ("1240.00", ("2232",))


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("500 dollars on Friday", "500"),
        ("I can do five hundred bucks Friday", "500"),
        ("quinientos dólares el viernes", "500"),
        ("the seven hundred dollars on Friday", None),  # a whole bill
        ("1940 dollars on Friday", None),  # all of it
        ("5000 dollars on Friday", None),
        ("Friday the 20th", None),
    ],
)
def test_a_part_is_a_sum_that_is_neither_a_bill_nor_all_of_them(words: str, part: str | None) -> None:
    promised = sum_promised(words, firm())

    assert (str(int(promised.amount)) if promised else None) == part


def test_a_bare_no_to_the_demand_is_no_word_about_who_is_speaking() -> None:
    step = advance(known(firm()), Said("no"))

    assert (step.state.right_party, step.end) == (True, None)


def test_a_no_before_the_bill_was_heard_takes_back_that_it_is_the_right_person() -> None:
    cut = advance(talk(firm(), "yes")[-1].state, Interrupted(""))
    step = advance(cut.state, Said("no"))

    assert step.state.right_party is False
    assert "invoice" not in said(step)


def test_who_asks_whether_it_is_recorded_is_told() -> None:
    step = advance(known(consumer()), Said("are you recording me"))

    assert said(step).startswith("Yes, this call is recorded. If you do not want that, just say so.")


def test_who_is_put_through_later_in_the_call_is_asked_who_they_are() -> None:
    steps = talk(firm(), "yes this is Ben", "let me transfer you to accounting", "accounting, this is Karen")

    assert (said(steps[2]), steps[2].state.right_party) == ("Thank you, I will wait.", False)
    assert "automated AI assistant" in said(steps[3])
    assert "invoice" not in said(steps[3])


def test_a_short_spanish_sentence_does_not_lead_back_to_english() -> None:
    state = talk(consumer(language=Language.SPANISH), "sí soy Ida", "43215")[-1].state

    assert advance(state, Said("estamos esperando al seguro")).state.language is Language.SPANISH
    assert advance(state, Said("can we do this in English please")).state.language is Language.ENGLISH
    assert advance(state, Said("I will pay it on Friday")).state.language is Language.ENGLISH


# no loop, and an end in time


def test_the_demand_is_made_three_times_at_most() -> None:
    steps = talk(consumer(), "43215 this is Ida", *["how much is it"] * 7)
    demands = [line for step in steps for line in step.say if line.key.startswith("ask_open")]

    assert len(demands) == 3
    assert steps[-1].end is Disposition.QUESTION_ABOUT_INVOICE


def test_what_was_not_understood_is_said_once_more_in_full() -> None:
    step = advance(known(consumer()), Said("what"))

    assert "I am calling about invoice 1088 for $310.00" in said(step)


def test_the_star_key_repeats_the_question_about_what_is_wrong_and_no_bill() -> None:
    asked = advance(known(consumer()), Said("I dispute that"))
    paused = advance(known(consumer()), Said("that's not", final=False))

    assert said(advance(asked.state, Key("*"))) == said(asked)
    assert "$" not in said(advance(paused.state, Key("*")))


def test_when_the_time_is_up_what_was_said_so_far_decides() -> None:
    heard = known(consumer())
    named = advance(heard, Said("Friday")).state
    frozen = advance(heard, Said("I dispute that")).state
    ends = [advance(state, TimeUp()) for state in (heard, named, frozen)]

    assert [step.end for step in ends] == [Disposition.OTHER, Disposition.PROMISE_TO_PAY, Disposition.DISPUTE]
    assert said(ends[0]).startswith("Thank you for your time. I have to end the call here.")


def test_a_doubt_that_is_left_open_stays_paused() -> None:
    state = known(consumer())
    doubted = advance(
        state, Said("hm i would have to look at that again with my wife it seems a lot", final=False)
    ).state
    if not doubted.paused:
        doubted = advance(state, Said("it seems you charged me", final=False)).state

    assert Pause in [type(act) for act in advance(state, Said("it seems you charged me", final=False)).acts]
    assert advance(doubted, TimeUp()).end is Disposition.PAUSED_UNSURE
    assert advance(doubted, HungUp()).end is Disposition.PAUSED_UNSURE
    assert "$" not in said(advance(doubted, Silence(7)))
