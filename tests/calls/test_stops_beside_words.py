"""A stop is lost beside nothing: not a restriction, not a polite no, not a claim of payment, not a card read out."""

from datetime import date, time

import pytest

from calls.agent import Brief, Disposition, Step, advance
from calls.agent.acts import AlreadyPaid, Callback, Freeze, Note, Pause, Promise, Restrict, Resume, SendLink, Suppress
from calls.agent.events import HungUp, Interrupted, Said
from calls.agent.nothing_wrong import says_nothing_is_wrong
from calls.agent.particulars import puts_off, restriction
from calls.agent.steps import Asks, Phase
from calls.agent.turn import ABOUT_THE_DEBT
from disputes.hearing.labels import Intent
from tests.calls.agent_cast import TODAY, consumer, firm, known, talk

DOUBT = "i have to check whether they ever finished it"


def after(*words: str) -> Step:
    step = advance(known(consumer()), Said(words[0]))
    for more in words[1:]:
        step = advance(step.state, Said(more))
    return step


def acts_of(step: Step) -> list[type]:
    return [type(act) for act in step.acts]


# a time not to call, and no call at all


@pytest.mark.parametrize(
    "words",
    [
        "don't call on weekends and put me on your do not call list",
        "don't call me before nine and delete my number",
        "never call me before noon and lose my number",
        "don't call me on sundays or any other day",
        "do not call me in the morning, do not call me, period",
        "no me llamen los domingos y bórrenme de la lista",
        "don't call me after five or at any time",
        "don't call me on monday or tuesday just don't call me",
        "not before noon and stop calling me",
        "never call me again before noon",
        "don't call me again, not before noon, not ever",
        "never call me before ten, never call me after ten",
        "not before noon and not after noon",
        "not in the morning or afternoon or evening",
        "don't call me on monday, tuesday, wednesday, thursday, friday, saturday or sunday",
        "don't call me on monday through sunday",
        "don't call me weekdays or on weekends",
        "no llame antes de las nueve y déjeme en paz",
        "no me llame los lunes martes miércoles jueves viernes sábados ni domingos",
    ],
)
def test_who_forbids_all_calls_beside_an_hour_is_never_called_and_the_hour_is_kept(words: str) -> None:
    step = after(words)

    assert {Restrict, Suppress} <= set(acts_of(step))
    assert step.end is Disposition.OPT_OUT


@pytest.mark.parametrize(
    "words",
    [
        "don't call me before noon",
        "please don't call before noon I work nights",
        "before noon please don't call",
        "don't call me on sundays, that's family time",
        "never call after 8 pm",
        "don't ever call me before nine in the morning",
        "don't you ever call me before 9 am",
        "no me llame antes de las nueve",
        "no me llamen los domingos por favor",
        "don't call me in the mornings",
        "don't call me at home before noon",
        "don't be calling me before noon",
        "do not call my phone after 9 at night",
        "don't call me on a sunday",
        "don't call me so early, not before ten",
        "don't call my wife before noon",
        "don't call me before nine or after eight",
        "never call me before ten, call me after ten",
        "never call after eight, I never pick up then",
        "not before noon and not after two",
        "never on sundays",
        "don't call me in the evening",
        "please don't call me early in the morning",
        "no me llame en la mañana",
        "no me llame antes de las nueve ni después de las nueve",
    ],
)
def test_who_forbids_an_hour_or_a_day_forbids_no_more_than_that(words: str) -> None:
    step = after(words)

    assert Restrict in acts_of(step)
    assert Suppress not in acts_of(step)
    assert step.state.suppressed == ()


@pytest.mark.parametrize(
    ("words", "on", "at"),
    [
        ("don't call me back until tuesday", date(2026, 3, 24), None),
        ("don't call me until after monday", date(2026, 3, 24), None),
        ("please don't call again before friday", date(2026, 3, 20), None),
        ("can't call me till thursday", date(2026, 3, 19), None),
        ("don't call me until tomorrow at ten", date(2026, 3, 19), time(10)),
        ("don't call me until after five", None, time(17)),
        ("no me llame hasta el martes", date(2026, 3, 24), None),
        ("no me llamen antes del viernes", date(2026, 3, 20), None),
        ("I get paid friday don't call me till then", date(2026, 3, 20), None),
        ("not until after monday", date(2026, 3, 24), None),
    ],
)
def test_until_a_day_is_that_day_and_forbids_no_day_of_the_week(words: str, on: date | None, at: time | None) -> None:
    step = after(words)
    booked = [act for act in step.acts if isinstance(act, Callback)]

    assert restriction(words) is None
    assert [(act.on, act.at) for act in booked] == [(on, at)]
    assert (step.end, step.state.suppressed) == (Disposition.CALLBACK_REQUEST, ())


@pytest.mark.parametrize(
    "words",
    [
        "don't call me until tuesday and then never again",
        "do not call me until tuesday and do not call me again",
        "don't call before friday, in fact take me off your list",
        "not until monday, just stop calling",
        "no me llame hasta el martes y bórreme de la lista",
        "don't call me until friday and then never",
        "don't call me until tuesday, or you know what just don't",
    ],
)
def test_until_a_day_and_never_again_is_never_again(words: str) -> None:
    assert puts_off(words) is False
    assert after(words).end is Disposition.OPT_OUT


@pytest.mark.parametrize(
    ("words", "before", "after_", "days"),
    [
        ("don't call me before nine or after eight", time(9), time(20), ()),
        ("do not call my phone after 9 at night", None, time(21), ()),
        ("no me llame antes de las nueve", time(9), None, ()),
        ("don't call me monday I'll pay friday", None, None, (0,)),
        ("don't call me on weekends or on mondays", None, None, (0, 5, 6)),
        ("I get paid friday, don't call me before noon", time(12), None, ()),
        ("don't call me in the afternoon", None, time(12), ()),
        ("don't call at night", None, time(17), ()),
        ("not mornings", time(12), None, ()),
        ("no me llame por la tarde", None, time(12), ()),
        ("don't call me mornings or afternoons", time(17), None, ()),
        ("don't call me before ten in the morning or after six in the evening", time(10), time(18), ()),
        ("don't call me until next week and never on sundays", None, None, (6,)),
        ("I work nights don't call me before noon", time(12), None, ()),
    ],
)
def test_each_hour_and_day_not_to_call_at_is_kept_as_it_was_said(
    words: str, before: time | None, after_: time | None, days: tuple[int, ...]
) -> None:
    found = restriction(words)

    assert found is not None
    assert (found.not_before, found.not_after, found.not_on) == (before, after_, days)


def test_days_not_to_call_on_are_no_days_to_pay() -> None:
    forbade = after("don't call me on monday")
    beside = after("don't call me monday I'll pay friday")
    booked = [act for act in advance(beside.state, HungUp("")).acts if isinstance(act, Promise)]

    assert Promise not in acts_of(forbade) + acts_of(advance(forbade.state, HungUp("")))
    assert [line.key for line in beside.say] == ["confirm_day"]
    assert [act.on for act in booked] == [date(2026, 3, 20)]
    assert Promise not in acts_of(after("friday", "don't call me on mondays"))


NO_TIME = (
    "never", "how about never", "nunca", "no time is good", "don't", "please don't", "not at all", "there's never a good time", "a ninguna hora", "don't you dare",
)  # fmt: skip


@pytest.mark.parametrize("words", NO_TIME)
@pytest.mark.parametrize("asked", ["call me later", "she's not here"])
def test_who_answers_when_with_never_is_never_called_again(asked: str, words: str) -> None:
    state = talk(consumer(), asked)[-1].state if asked != "call me later" else after(asked).state
    step = advance(state, Said(words))

    assert state.phase is Phase.CALLBACK
    assert [act for act in acts_of(step) if act in (Suppress, Freeze, Callback)] == [Suppress]
    assert (step.end, step.state.suppressed) == (Disposition.OPT_OUT, (Intent.OPT_OUT,))
    assert acts_of(advance(state, HungUp(words)))[-1:] == [Suppress]


@pytest.mark.parametrize(
    "words", ["no", "any time", "not now", "I don't know", "never mind", "not today", "no thanks", "no idea"]
)
def test_who_names_no_better_time_forbids_no_calls(words: str) -> None:
    step = after("call me later", words)

    assert (step.end, step.state.suppressed) == (Disposition.CALLBACK_REQUEST, ())


@pytest.mark.parametrize("words", ["le paso a mi esposo", "aquí le paso a mi marido", "le paso a mi hermano"])
def test_who_hands_the_telephone_to_somebody_has_not_lost_him(words: str) -> None:
    for state in (known(consumer()), talk(consumer())[-1].state):
        step = advance(state, Said(words))

        assert Suppress not in acts_of(step)
        assert (step.state.phase, step.state.right_party) == (Phase.WAITING, False)
    assert after("mi esposo falleció, le paso a mi hijo").end is Disposition.DECEASED


@pytest.mark.parametrize("words", ["¿mande?", "¿cómo?", "mande", "perdón, ¿cómo?", "¿cómo dice?"])
def test_pardon_in_spanish_is_no_wish_to_pay_and_no_yes_to_a_day(words: str) -> None:
    for step in (after(words), after("friday", words)):
        assert not {Promise, SendLink} & set(acts_of(step))
        assert step.end is None
        assert "debt_one" in [line.key for line in step.say]
    assert SendLink in acts_of(after("mándeme el enlace"))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("43215 but I'm at work I can't talk", "ask_callback"),
        ("43215 pero estoy en el trabajo", "ask_callback"),
        ("it's 43215 but call me later", "ask_callback"),
        ("43215 is this a scam", "distrust"),
    ],
)
def test_who_gives_the_fact_and_cannot_speak_or_does_not_believe_the_call_hears_of_no_bill(
    words: str, line: str
) -> None:
    step = talk(consumer(), "yes", words)[-1]

    assert line in [said.key for said in step.say]
    assert step.state.right_party is False
    assert not {said.key for said in step.say} & ABOUT_THE_DEBT


def test_a_time_not_to_call_is_kept_though_the_line_goes_dead() -> None:
    step = advance(known(consumer()), HungUp("don't call me before noon"))

    assert acts_of(step) == [Restrict]
    assert step.end is Disposition.HUNG_UP
    assert acts_of(advance(known(consumer()), HungUp("don't call me until tuesday"))) == [Callback]


# a clear no to whether something is wrong


@pytest.mark.parametrize(
    "words",
    [
        "no", "no, no, thank you", "nope", "no sir", "not at all", "nothing", "no everything is fine", "it's all good", "no complaints",
        "no problem", "no it's fine, thank you", "para nada", "no, todo bien", "no hay problema", "no I'll pay it friday",
        "nope, friday", "no send me the link", "para nada, lo pago el viernes", "yeah no it's fine", "no that is correct", "no I agree",
        "no, everything is right", "no I just want to pay", "no, the twentieth works", "no, solo quiero pagar",
    ],
)  # fmt: skip
def test_a_clear_no_ends_the_doubt(words: str) -> None:
    step = after(DOUBT, words)

    assert says_nothing_is_wrong(words, TODAY)
    assert Resume in acts_of(step)
    assert step.state.paused is False


@pytest.mark.parametrize(
    "words",
    [
        "no I'll pay it friday except the hours", "no i can pay friday once it is fixed", "nope put me down for friday but only half",
        "no send me the link but", "it's fine I guess but the price", "no the price is fine but the hours", "no problem except the leak", "no but", "nope the pump",
        "no problem with paying, it's the drain", "no i mean yes", "no, well, a little", "no, nothing like that, well one thing",
        "no, no, the other guy", "no just the price", "nothing, it's just a lot of money for an hour", "no pero el precio",
        "no, todo bien menos el precio", "everything is fine except the hours", "no I mean there was one thing",
        "no once the leak is fixed I'll pay", "hmm", "no it is what it is",
        "that is correct", "that is right", "yes that is correct", "yes it's correct", "yeah it is right", "yes I agree", "yes all right",
        "I agree", "sí está bien", "yes fine", "no monday he left", "no friday no work", "no tuesday we agreed on", "no last friday",
        "no february 20", "no thanks monday is when he broke it", "no I just want to pay what we agreed",
    ],
)  # fmt: skip
def test_a_no_that_goes_on_leaves_the_bill_as_silent_as_it_was(words: str) -> None:
    step = after(DOUBT, words)

    assert not says_nothing_is_wrong(words, TODAY)
    assert Resume not in acts_of(step)
    assert step.state.silent_about_money
    assert not {line.key for line in step.say} & ABOUT_THE_DEBT
    assert step.state.frozen or step.end is Disposition.PAUSED_UNSURE


@pytest.mark.parametrize(
    ("words", "lines", "act"),
    [
        ("no I'll pay friday", ["confirm_day"], Promise),
        ("nope, friday", ["confirm_day"], Promise),
        ("no send the link", ["link_email", "close_number"], SendLink),
        ("no pay now", ["link_email", "close_number"], SendLink),
    ],
)
def test_what_is_said_behind_a_clear_no_is_answered_and_not_lost(words: str, lines: list[str], act: type) -> None:
    step = after(DOUBT, words)
    gone = advance(step.state, HungUp(""))

    assert [line.key for line in step.say] == lines
    assert act in acts_of(step) + acts_of(gone)


def test_behind_a_bare_no_the_words_that_left_a_doubt_are_answered() -> None:
    step = after(DOUBT, "no")

    assert (step.state.doubted, step.state.phase) == ("", Phase.LISTENING)


def test_a_question_nobody_has_heard_is_asked_again_once_and_no_answer_to_it_ends_the_doubt() -> None:
    cut = talk_on(DOUBT, Interrupted("Is"))
    again = advance(cut.state, Said("no no listen"))
    cut_again = advance(again.state, Interrupted("Is"))
    given_up = advance(cut_again.state, Said("no"))

    assert (again.acts, [line.key for line in again.say]) == ((), ["neutral_question"])
    assert (again.state.phase, again.state.asked) == (Phase.NEUTRAL_QUESTION, Asks.WHAT_IS_WRONG)
    assert Resume in acts_of(advance(again.state, Said("no")))
    assert (acts_of(given_up), given_up.end) == ([Note], Disposition.PAUSED_UNSURE)


def talk_on(words: str, *events: Interrupted) -> Step:
    step = advance(known(consumer()), Said(words))
    for event in events:
        step = advance(step.state, event)
    return step


def test_a_day_offered_in_words_nobody_heard_is_named_again_before_it_counts() -> None:
    offered = advance(known(consumer(extension_days=10)), Said("I lost my job, I can't pay this now"))
    cut = advance(offered.state, Interrupted("I"))
    again = advance(cut.state, Said("okay"))

    assert [line.key for line in offered.say] == ["extension"]
    assert (again.acts, [line.key for line in again.say]) == ((), ["confirm_day"])
    assert Promise in acts_of(advance(again.state, Said("yes")))


@pytest.mark.parametrize("brief", [firm(), firm(contact_name=""), consumer()], ids=["firm", "nobody named", "consumer"])
def test_a_yes_to_a_question_nobody_has_heard_says_nothing_of_who_is_speaking(brief: Brief) -> None:
    cut = talk(brief, Interrupted("Hello, this is an automated AI assistant"))[-1]
    hasty = advance(cut.state, Said("yes"))

    assert hasty.state.right_party is False
    assert (hasty.state.phase, hasty.state.asked) == (Phase.NAME, Asks.IDENTITY)
    assert not {line.key for line in hasty.say} & ABOUT_THE_DEBT
    assert advance(hasty.state, Said("yes")).state.phase is (Phase.FACT if brief.is_consumer else Phase.LISTENING)
    assert advance(cut.state, Said(f"this is {brief.person or 'accounts payable'}")).state.phase is not Phase.NAME


# what is said to be paid, beside everything else


@pytest.mark.parametrize(
    "words",
    [
        "I already paid this so stop calling me",
        "I already paid that, talk to my lawyer",
        "I paid it last week, my husband died",
        "I paid you by check last week and you never even finished the work",
        "I already paid that and I don't want to be recorded",
        "I already paid, I'm active duty deployed overseas",
        "I paid that already, no hablo english only mandarin",
        "I already paid it by check monday, my chest pains I can't breathe",
    ],
)
@pytest.mark.parametrize("how", ["said", "hung up"])
def test_what_is_said_to_be_paid_is_looked_for_beside_every_other_stop(words: str, how: str) -> None:
    step = advance(known(consumer()), Said(words) if how == "said" else HungUp(words))

    assert sum(isinstance(act, AlreadyPaid) for act in step.acts) == 1
    assert step.state.paid_said is True
    assert step.end is not None or step.state.phase is Phase.WHAT_IS_WRONG


def test_who_has_told_what_is_wrong_and_that_it_is_paid_loses_neither() -> None:
    step = after("I dispute this bill", "I already paid half of it by check last week")

    assert AlreadyPaid in acts_of(step)
    assert step.end is Disposition.DISPUTE


# a card


def test_growing_words_with_a_card_number_in_them_are_searched_for_a_stop_too() -> None:
    step = advance(known(consumer()), Said("I never ordered any of this and my card is 4111 1111 1111", final=False))

    assert (acts_of(step), step.hush, step.state.paused) == ([Pause], True, True)
    assert [line.key for line in step.say] == ["no_card"]
    assert not any("4111" in str(act) for act in step.acts)


def test_nobody_paused_by_half_a_sentence_that_forbids_calls_is_thought_to_object() -> None:
    half = advance(known(consumer()), Said("stop calling", final=False))
    whole = advance(half.state, Said("stop calling me"))

    assert whole.state.suppressed == (Intent.OPT_OUT,)
    assert (whole.state.paused, whole.state.frozen) == (False, False)


def test_who_has_paid_and_forbids_calls_before_it_is_known_who_speaks_hears_of_no_bill() -> None:
    step = talk(consumer(), "I already paid you people, stop calling me")[-1]

    assert {AlreadyPaid, Suppress} <= set(acts_of(step))
    assert Freeze not in acts_of(step)
    assert not {line.key for line in step.say} & ABOUT_THE_DEBT
