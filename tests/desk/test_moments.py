"""What the page of a call says was said: no more than was played, and an answer only to the question it answers."""

from decimal import Decimal
from typing import Any

import pytest

from calls.agent import LineAct
from calls.agent.facts import Language
from calls.agent.lines_en import ENGLISH
from calls.agent.speech import sentence, template
from calls.models import Call, TranscriptLine
from desk.moments import moments
from desk.wording.transcript import turns

pytestmark = pytest.mark.usefixtures("some_business")

BUSINESS = {"business": "Ava's Plumbing", "operator": "Syntharra"}
OPENING = sentence("opening", Language.ENGLISH, **BUSINESS)
DEBT = "I am calling about invoice 1088 for $310.00, which was due on February 20."
STOPPED = sentence("dispute_heard", Language.ENGLISH)


class Lines:
    """A transcript, line after line, three seconds apart."""

    def __init__(self) -> None:
        self.rows: list[TranscriptLine] = []

    def agent(self, text: str, act: str, *, played: str | None = "all", asks: str = "") -> "Lines":
        return self._add("agent", text, act=act, asks=asks, played=text if played == "all" else played)

    def customer(self, text: str, intent: str = "", **fields: Any) -> "Lines":
        return self._add("customer", text, intent=intent, **fields)

    def _add(self, speaker: str, text: str, **fields: Any) -> "Lines":
        place = len(self.rows)
        self.rows.append(
            TranscriptLine(position=place, speaker=speaker, text=text, second=Decimal(place * 30), **fields)
        )
        return self

    def told(self) -> list[tuple[int, str]]:
        return [(one.second, one.words) for one in moments(self.rows, turns(Call(), self.rows, customer="Ida"))]


def test_what_was_played_to_its_end_is_told_in_order() -> None:
    call = Lines().agent(OPENING, "disclose", asks="identity").customer("Yes, this is Ida.", "confirm_identity_yes")
    call.agent(DEBT, "state_debt").customer("The tap still drips.", "dispute").agent(STOPPED, "acknowledge_dispute")

    assert call.told() == [
        (0, "Said who calls, that it is a machine, and that it is recorded"),
        (28, "They said who they are"),
        (60, "Named what is open"),
        (120, "Said that we stop asking"),
    ]


@pytest.mark.parametrize(
    ("text", "act", "part", "words"),
    [
        (
            OPENING,
            "disclose",
            "Hello, this is",
            "Said who calls, that it is a machine, and that it is recorded, in part",
        ),
        (DEBT, "state_debt", "I am calling about invoice", "Named what is open, in part"),
        (STOPPED, "acknowledge_dispute", "I am sorry,", "Said that we stop asking, in part"),
    ],
)
def test_what_was_cut_off_is_told_as_a_part(text: str, act: str, part: str, words: str) -> None:
    assert Lines().agent(text, act, played=part).told() == [(0, words)]


@pytest.mark.parametrize("played", ["", None])
@pytest.mark.parametrize(
    ("text", "act"), [(OPENING, "disclose"), (DEBT, "state_debt"), (STOPPED, "acknowledge_dispute")]
)
def test_what_nobody_heard_or_nobody_knows_of_is_not_told(text: str, act: str, played: str | None) -> None:
    assert Lines().agent(text, act, played=played).told() == []


def test_a_sentence_that_was_cut_off_and_said_again_is_told_where_it_was_heard_whole() -> None:
    call = Lines().agent(OPENING, "disclose", played="Hello, this is an automated").customer("What?")
    call.agent(OPENING, "disclose")

    assert call.told() == [(60, "Said who calls, that it is a machine, and that it is recorded")]


def test_an_opening_that_names_nobody_is_not_told_as_if_it_had() -> None:
    call = Lines().agent(sentence("opening_unnamed", Language.ENGLISH), "disclose").customer("Who is this?")
    call.agent(sentence("calling_for", Language.SPANISH, **BUSINESS), "disclose")

    assert call.told() == [
        (0, "Said that it is a machine, and that it is recorded"),
        (60, "Said for whom it calls"),
    ]


def test_to_a_stranger_nobody_said_that_we_stop_asking() -> None:
    call = Lines().agent(sentence("dispute_heard_stranger", Language.ENGLISH), "acknowledge_dispute")
    call.agent(sentence("dispute_noted_stranger", Language.ENGLISH), "acknowledge_dispute")

    assert call.told() == [(0, "Said that it will leave it there"), (30, "Said that they get an answer in writing")]


def test_a_sentence_of_another_script_is_told_by_what_it_did() -> None:
    call = Lines().agent("Good day, this is the firm's machine.", "disclose").agent("You owe this.", "state_debt")
    call.agent("We heard you.", "acknowledge_dispute")

    assert call.told() == [
        (0, "Introduced itself"),
        (30, "Named what is open"),
        (60, "Answered that something is wrong"),
    ]


def test_a_yes_to_anything_else_says_nothing_about_who_they_are() -> None:
    call = Lines().customer("this is ridiculous", "confirm_identity_yes")
    call.agent("Am I speaking with Ida Brandt?", "check_identity", asks="identity", played="")
    call.customer("yes", "confirm_identity_yes")
    call.agent("I have noted Friday, March 20. Is that right?", "confirm", asks="promise")
    call.customer("yes that's right", "confirm_identity_yes")

    assert call.told() == []


def test_half_a_sentence_does_not_say_who_they_are_and_the_whole_one_does() -> None:
    call = Lines().agent("Am I speaking with Ida Brandt?", "check_identity", asks="identity")
    call.customer("yes", "confirm_identity_yes", partial=True).customer("yes speaking", "confirm_identity_yes")

    assert call.told() == [(59, "They said who they are")]


def test_every_opening_that_is_told_whole_says_all_of_it_in_both_languages() -> None:
    marks = {
        Language.ENGLISH: ("{business}", "automated AI assistant", "recorded"),
        Language.SPANISH: ("{business}", "inteligencia artificial", "se graba"),
    }
    openings = [key for key in ENGLISH if key.startswith("opening")]

    assert openings == ["opening", "opening_operator", "opening_unnamed", "opening_inbound"]
    for language, words in marks.items():
        for key in openings:
            missing = [word for word in words if word not in template(key, language)]
            assert missing == (["{business}"] if key == "opening_unnamed" else [])
            text = template(key, language).format(**BUSINESS)
            told = Lines().agent(text, LineAct.DISCLOSE.value).told()
            assert told[0][1].startswith("Said who calls") is (key != "opening_unnamed")
