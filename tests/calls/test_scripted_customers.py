"""Every scripted customer, called by our agent: what the person meant is what the call came to, and no rule is broken on the way."""

from functools import cache

import pytest

from calls.agent import Brief, Language
from calls.agent.acts import Freeze
from integrations.twilio.simulation.personas import LIVE, Persona, library, read_persona
from tests.calls import call_rules as rules
from tests.calls.agent_cast import consumer, firm
from tests.calls.virtual_telephone import Played, play

CUSTOMERS = {name: persona for name, persona in library().items() if persona.line.kind != LIVE}
# What nobody may miss: these end the talk of money whatever else is said.
STOPS = {"dispute", "opt_out", "attorney_represented", "bankruptcy", "deceased", "wrong_number", "already_paid"}
NEVER_TALKED = {"busy", "failed", "no_answer"}
# A harmless sentence may be taken for a doubt; then nobody is asked for money. So many of the ordinary customers, at most.
MOST_ORDINARY_SILENCED = 5


def brief_for(persona: Persona) -> Brief:
    return consumer() if persona.debtor == "consumer" else firm()


@cache
def call(name: str) -> Played:
    return play(CUSTOMERS[name], brief_for(CUSTOMERS[name]))


def is_stopped(persona: Persona) -> bool:
    return bool(set(persona.means) & STOPS)


def came_to(name: str) -> str:
    """The result of the call, or what the carrier says of one that nobody answered."""
    played = call(name)
    return played.disposition.value if played.disposition else played.status.replace("-", "_")


def test_there_are_at_least_forty_and_they_mean_every_result_a_call_can_have() -> None:
    meant = {meaning for persona in CUSTOMERS.values() for meaning in persona.means}

    assert len(CUSTOMERS) >= 60
    assert meant >= STOPS | NEVER_TALKED | {
        "promise_to_pay", "pay_now", "needs_time_or_plan", "callback_request", "copy_wanted", "paperwork_first",
        "waiting_for_payer", "other_contact", "distrusts_call", "written_only", "request_human", "not_right_party",
        "identity_unconfirmed", "abusive", "vulnerable", "language", "recording_refused", "voicemail_greeting", "hung_up",
        "paused_unsure",
    }  # fmt: skip
    assert {persona.reason for persona in CUSTOMERS.values()} >= {
        "scope", "amount", "quality", "terms", "not_received", "duplicate", "identity", "other_vague",
    }  # fmt: skip
    assert sum(persona.language == "es-US" for persona in CUSTOMERS.values()) >= 5
    assert sum(persona.debtor == "consumer" for persona in CUSTOMERS.values()) >= 5


@pytest.mark.parametrize("name", [name for name, persona in CUSTOMERS.items() if is_stopped(persona)])
def test_who_must_not_be_asked_for_money_any_more_is_understood(name: str) -> None:
    persona, played = CUSTOMERS[name], call(name)

    assert came_to(name) == persona.means[0]
    assert played.state is not None
    assert played.state.frozen is ("dispute" in persona.means)
    assert sum(isinstance(act, Freeze) for act in played.acts) == int("dispute" in persona.means)


@pytest.mark.parametrize("name", [name for name, persona in CUSTOMERS.items() if not is_stopped(persona)])
def test_everybody_else_gets_the_result_that_fits_or_is_asked_for_nothing(name: str) -> None:
    state = call(name).state

    assert came_to(name) == CUSTOMERS[name].means[0] or (state is not None and state.silent_about_money)


def test_few_who_said_nothing_of_the_kind_are_taken_to_disagree() -> None:
    ordinary = [name for name, persona in CUSTOMERS.items() if not is_stopped(persona)]

    silenced = [name for name in ordinary if came_to(name) != CUSTOMERS[name].means[0]]

    assert len(silenced) <= MOST_ORDINARY_SILENCED, silenced


@pytest.mark.parametrize("name", CUSTOMERS)
def test_no_rule_of_the_telephone_is_broken(name: str) -> None:
    persona, played = CUSTOMERS[name], call(name)

    assert rules.money_after_a_stop(played) == []
    assert rules.numbers_not_in_the_books(played, brief_for(persona)) == set()
    assert persona.debtor == "business" or rules.debt_before_the_right_party(played) == []
    assert played.disposition is not None or played.status in {"busy", "failed", "no-answer"}


def test_a_dispute_taken_back_stays_a_dispute() -> None:
    played = call("takes_a_dispute_back")

    assert played.state is not None
    assert (came_to("takes_a_dispute_back"), played.state.frozen) == ("dispute", True)
    assert rules.money_after(played.after("you overcharged us")) == []


def test_of_two_invoices_the_one_that_is_named_is_frozen() -> None:
    (freeze,) = [act for act in call("disputes_one_of_two").acts if isinstance(act, Freeze)]

    assert freeze.invoices == ("2232",)


def test_danger_is_passed_on_as_urgent() -> None:
    (freeze,) = [act for act in call("smells_gas").acts if isinstance(act, Freeze)]

    assert freeze.urgent is True


def test_words_cut_off_by_the_line_going_down_still_freeze() -> None:
    played = call("hangs_up_in_the_middle")

    assert played.moments[-1].state.frozen is True
    assert [m.text for m in played.moments if m.kind == "final"][-1].endswith("flooded the whole")


def test_a_word_that_recognition_takes_back_takes_the_doubt_back_with_it() -> None:
    played = call("is_misheard_at_first")

    partials = [moment for moment in played.moments if moment.kind == "partial"]
    doubted = [moment.text for moment in partials if moment.state.paused]
    assert any("now disputing" in text for text in doubted) or doubted == []
    assert came_to("is_misheard_at_first") == "promise_to_pay"


def test_no_card_number_is_kept_of_one_that_was_read_out() -> None:
    played = call("reads_out_a_card")

    assert played.state is not None
    assert "4111" not in played.state.to_json()
    assert came_to("reads_out_a_card") == "pay_now"


SPANISH = [name for name, persona in CUSTOMERS.items() if persona.language == "es-US" and persona.line.kind == "human"]


@pytest.mark.parametrize("name", [*SPANISH, "mixes_two_languages"])
def test_who_speaks_spanish_from_the_first_word_is_heard_word_for_word(name: str) -> None:
    said = [line for line in call(name).transcript if line["who"] == "person" and line["complete"] and line["heard"]]

    assert len(SPANISH) >= 4
    assert len(said) >= 2
    assert [line["heard"] for line in said] == [line["text"] for line in said]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("words", "ends"),
    [
        ("Ya no me llamen nunca más a este número.", "opt_out"),
        ("Never call this number again.", "opt_out"),
        ("Número equivocado, aquí no vive nadie con ese nombre.", "wrong_number"),
    ],
)
def test_a_stop_in_the_first_words_counts_in_either_language_whatever_the_customer_is_filed_under(
    language: Language, words: str, ends: str
) -> None:
    person = read_persona({"name": "first_words", "steps": [{"wait_for": "anything"}, {"say": words}, {"silence": 20}]})

    played = play(person, firm(language=language))

    assert played.disposition == ends
    assert rules.money_after_a_stop(played) == []
