"""A call's lines as one reads them: what was heard, what was not, and where it stopped."""

from decimal import Decimal

import pytest

from calls.models import Call, TranscriptLine
from desk.wording.transcript import Turn, turns

pytestmark = pytest.mark.usefixtures("some_business")


def line(position: int, speaker: str, text: str, second: str = "0", **fields: object) -> TranscriptLine:
    fields = {"played": text, **fields} if speaker == "agent" else fields
    return TranscriptLine(position=position, speaker=speaker, text=text, second=Decimal(second), **fields)


def test_lines_of_one_breath_are_one_turn() -> None:
    lines = [line(0, "agent", "I am sorry."), line(1, "agent", "You will have that in writing.")]

    assert turns(Call(), lines, customer="Ana") == [
        Turn(False, "Syntharra", "0:00", "I am sorry. You will have that in writing.")
    ]


def test_what_was_not_played_is_kept_apart() -> None:
    lines = [line(0, "agent", "It is 796 dollars, shall I send the link?", played="It is 796 dollars,")]

    (turn,) = turns(Call(), lines, customer="Ana")

    assert (turn.played, turn.unplayed) == ("It is 796 dollars,", "shall I send the link?")


def test_a_line_nobody_heard_was_not_played_at_all() -> None:
    (turn,) = turns(Call(), [line(0, "agent", "Shall I send the link?", played="")], customer="Ana")

    assert (turn.played, turn.unplayed) == ("", "Shall I send the link?")


def test_the_sentence_that_stopped_the_call_says_why() -> None:
    call = Call(disposition="dispute", reason="quality", stopped_line=1)
    lines = [
        line(0, "agent", "It is 796 dollars."),
        line(1, "customer", "the sink still", "9", partial=True),
        line(2, "customer", "The sink still leaks.", "10"),
    ]

    assert [(turn.played, turn.stops) for turn in turns(call, lines, customer="Ana")] == [
        ("It is 796 dollars.", ""),
        ("The sink still leaks.", "Collecting stopped here: they disagree (quality)"),
    ]


def test_a_half_sentence_that_stopped_the_call_is_shown_when_nothing_followed() -> None:
    call = Call(disposition="paused_unsure", stopped_line=1)
    lines = [line(0, "agent", "It is 796 dollars."), line(1, "customer", "well that is", "9", partial=True)]

    assert [turn.stops for turn in turns(call, lines, customer="Ana")] == [
        "",
        "We fell silent about money here: they may disagree",
    ]


def test_a_line_of_which_nobody_knows_whether_it_sounded_is_told_as_in_doubt_and_stands_alone() -> None:
    lines = [line(0, "agent", "It is 796 dollars."), line(1, "agent", "When can we expect it?", played=None)]

    assert [(turn.played, turn.in_doubt) for turn in turns(Call(), lines, customer="Ana")] == [
        ("It is 796 dollars.", False),
        ("When can we expect it?", True),
    ]
