"""What a language model may make of a sentence: hostile rewordings made of harmless words, and harmless ones that are spoken."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.agent import Language, advance
from calls.agent.events import Said
from calls.agent.speech import template
from calls.agent.steps import LineAct
from calls.wording_model.guard import objection
from calls.wording_model.permitted import REWORDABLE, question, without_weight
from calls.wording_model.sameness import phrases, says_the_same
from calls.wording_model.vocabulary import weight_of
from tests.calls.agent_cast import consumer, known, said
from tests.calls.model_endpoint import Endpoint, endpoint
from tests.calls.test_wording_model import spanish, worded

ROWS = [json.loads(line) for line in Path(__file__).with_name("rewordings.jsonl").read_text("utf-8").splitlines()]
HOSTILE = [row for row in ROWS if row["kind"] != "harmless"]
HARMLESS = [row for row in ROWS if row["kind"] == "harmless"]
ASK = {
    "en": template("ask_open_link", Language.ENGLISH).replace("payment link now", "{the_payment_link_now}"),
    "es": (
        template("ask_open_link", Language.SPANISH)
        .replace("ahora", "{the_ahora}")
        .replace("enlace", "{the_enlace}")
        .replace("de pago", "de {the_pago}")
    ),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with endpoint() as found:
        yield found


def line_of(key: str, language: Language) -> str:
    """A sentence as the model is shown it."""
    return without_weight(template(key, language))[0]


def answered(server: Endpoint, row: dict[str, Any]) -> tuple[str, str, str]:
    """The act's own words, what is spoken with this wording of them, and by whom."""
    wording = row["wording"].replace("<ask>", ASK[row["lang"]])
    state, words = (spanish(), "pues bueno") if row["lang"] == "es" else (known(consumer()), "hmm well")
    server.answers = lambda system, user: {"act": row["act"], "wording": wording}

    script, spoken = worded(server, words, before=state)

    asked = question(state, script, words)
    assert asked is not None
    own = said(script) if spoken is script else said(asked.permitted[row["act"]].step)
    return own, said(spoken), next((line.worded_by for line in spoken.say if line.worded_by), "")


def test_no_hostile_rewording_is_spoken_in_either_language(server: Endpoint) -> None:
    found = {row["id"]: spoken for row in HOSTILE for own, spoken, by in [answered(server, row)] if by or own != spoken}

    assert found == {}
    assert [sum(row["lang"] == lang for row in HOSTILE) for lang in ("en", "es")] == [69, 39]


def test_harmless_rewordings_are_spoken_with_every_fact(server: Endpoint) -> None:
    facts = ("1088", "$310.00", "February 20", "20 de febrero", "Ava's Plumbing")
    refused, lost = [], []
    for row in HARMLESS:
        own, spoken, by = answered(server, row)
        if by != "small" or own == spoken:
            refused.append(row["id"])
        lost += [(row["id"], fact) for fact in facts if own.count(fact) != spoken.count(fact)]

    assert (refused, lost) == ([], [])
    assert [sum(row["lang"] == lang for row in HARMLESS) for lang in ("en", "es")] == [27, 15]


@pytest.mark.parametrize("language", list(Language))
def test_every_sentence_that_may_be_reworded_is_itself_and_is_no_other(language: Language) -> None:
    lines = {key: line_of(key, language) for key in sorted(REWORDABLE)}

    assert {key: objection(line, line, language) for key, line in lines.items()} == dict.fromkeys(lines, "")
    same = [
        (one, other)
        for one, line in lines.items()
        for other, wording in lines.items()
        if one < other and says_the_same(wording, line, language)
    ]
    assert same == []


@pytest.mark.parametrize("language", list(Language))
def test_no_phrase_of_the_list_holds_a_word_of_weight(language: Language) -> None:
    assert {word: weight_of(word) for word in phrases(language).words if weight_of(word)} == {}


@pytest.mark.parametrize(
    ("key", "wording"),
    [
        ("will_hold", "Thanks, I {the_will} hold."),
        ("are_you_there", "Hello, can you hear me?"),
        ("go_ahead", "I'm still listening."),
        ("answer_total", "That comes to {total} in {the_total}."),
        ("answer_service", "{the_invoice} {number} is for the job on {service}."),
        ("answer_unknown", "I do {the_not} have that information here. I {the_will} ask {business}, and they {the_will} be in touch."),
        ("ask_day_again", "My apologies. Which {the_day} is correct?"),
        ("confirm_day", "Thanks, I have {day} down. Did I get that right?"),
        ("promise_noted", "Thank you so much, I have it down for {day}."),
        ("promise_no_day", "Thanks, I've made a note of that."),
        ("callback_noted", "Thanks. We {the_will} call you again {when}."),
        ("callback_open", "Thank you. We {the_will} call back some other time."),
        ("paperwork", "Thanks. I {the_will} ask {business} to send that over, and we {the_will} wait for that."),
        ("waiting", "Thanks for letting me know. I {the_will} let them know that you are waiting on someone else, and we {the_will} leave it for {the_now}."),
        ("other_contact", "Thank you. I {the_will} pass it along, so that it reaches the right person."),
        ("question_passed", "Thanks. I {the_will} let {business} know."),
        ("plan_passed_on", "I understand, thanks for telling me. I {the_will} pass that on to {business}, and they {the_will} get in touch with you."),
        ("thanks_go_on", "Okay, thanks."),
    ],
)  # fmt: skip
def test_each_of_them_may_be_said_in_other_words(key: str, wording: str) -> None:
    assert objection(wording, line_of(key, Language.ENGLISH), Language.ENGLISH) == ""


@pytest.mark.parametrize(
    ("key", "wording", "why"),
    [
        ("plan_passed_on", "I understand. I {the_will} pass it to {business}, and they {the_will} get you.", "meaning"),
        ("waiting", "Thank you. I {the_will} leave it, and we {the_will} leave it for {the_now}.", "meaning"),
        ("paperwork", "Thank you. I {the_will} ask {business} to wait, and we {the_will} wait for it.", "meaning"),
        ("confirm_day", "Thank you. Is {day} right for you?", "meaning"),
        ("promise_noted", "It is right, it is noted for {day}.", "meaning"),
        ("other_contact", "Thank you. I {the_will} pass that on, I am the right person.", "meaning"),
        ("thanks_go_on", "Thank you. All right.", "added sentence"),
        ("thanks_go_on", "Of course, thank you.", "meaning"),
        ("go_ahead", "Go ahead.", "word: go"),
        ("will_hold", "Thank you, I {the_will} wait, I {the_will} wait.", "facts"),
    ],
)
def test_none_of_them_is_turned_into_something_else(key: str, wording: str, why: str) -> None:
    assert objection(wording, line_of(key, Language.ENGLISH), Language.ENGLISH) == why


# Told without the list: what no sentence that may be reworded says, whatever is put into it.
CLAIMS = re.compile(
    r"\b(?:i am|i'm) (?!(?:so |very )?sorry|(?:still )?listening)|\bsoy\b|\bme llamo\b|\byou (?:may|can|could|know|owe|should)\b"
    r"|\byou are (?!waiting)|\byour (?!question|patience|time)|\bpuede esperar\b|\bfor free\b|\bwe are\b",
    re.IGNORECASE,
)


@settings(deadline=None)
@given(st.data(), st.sampled_from(list(Language)), st.sampled_from(sorted(REWORDABLE)))
def test_whatever_is_put_into_a_sentence_it_claims_and_permits_nothing_new(
    data: st.DataObject, language: Language, key: str
) -> None:
    line = line_of(key, language)
    words = line.split(" ")
    known_words = sorted(phrases(language).words)
    courtesies = list(phrases(language).courtesies)
    pieces = [
        *known_words,
        *courtesies,
        "I am",
        "you are",
        "you can",
        "I",
        "you",
        "usted puede",
        "soy",
        "puede esperar",
        "we are",
    ]
    for piece in data.draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=4)):
        place = data.draw(st.integers(0, len(words)))
        words[place:place] = piece.split()
    wording = " ".join(words)

    if objection(wording, line, language) == "":
        assert CLAIMS.findall(wording) == CLAIMS.findall(line)
        assert re.findall(r"{\w+}", wording) == re.findall(r"{\w+}", line)
        assert len(re.findall("[.?!]", wording)) <= len(re.findall("[.?!]", line))


def test_what_is_said_of_identity_and_law_is_never_reworded() -> None:
    fixed = {LineAct.DISCLOSE, LineAct.LEGAL_NOTICE, LineAct.STATE_DEBT, LineAct.CHECK_IDENTITY}

    assert fixed & {line.act for line in known(consumer()).speaking if line.key in REWORDABLE} == set()
    assert advance(known(consumer()), Said("are you a robot")).say[0].key not in REWORDABLE
