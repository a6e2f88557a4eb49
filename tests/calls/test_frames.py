"""Every frame of the relay protocol is read as the carrier varies it, and none is ever an error of ours."""

import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.dialogue import Dialogue
from calls.frames import is_final, kind, read, word
from calls.opened import OpenLine
from tests.calls.agent_cast import firm

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from(
    ["setup", "prompt", "interrupt", "dtmf", "info", "error", "configUpdated", "Prompt", "DTMF", "none of these"]
)
FIELDS = (
    "voicePrompt", "lang", "last", "final", "utteranceUntilInterrupt", "durationUntilInterruptMs", "digit", "name",
    "value", "description", "callSid", "customParameters",
)  # fmt: skip
FRAMES = st.builds(
    lambda of, fields: {"type": of, **fields}, KINDS, st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=5)
)


def dialogue() -> Dialogue:
    line = OpenLine(uuid4(), uuid4(), uuid4(), "CA1", "en-us", 0.0, firm())
    found = Dialogue(line, lambda: 0.0)
    found.open(line)
    return found


@given(st.lists(FRAMES | ANYTHING, max_size=8))
def test_whatever_comes_is_taken_and_can_be_written_down(frames: list[Any]) -> None:
    on_the_line = dialogue()

    for frame in frames:
        on_the_line.take(read(json.dumps(frame)))

    page = on_the_line.page()
    for note in page.notes:
        assert "\0" not in note.text
        note.text.encode()  # no half characters
    assert json.dumps(page.memory)


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "null", "[" * 100_000, '{"type": 5}', '{"a": NaN}', "\0"])
def test_what_is_no_frame_is_one_of_no_kind(text: str) -> None:
    assert kind(read(text)) in ("", "5")


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ({}, True),
        ({"last": True}, True),
        ({"last": "true"}, True),
        ({"final": True}, True),
        ({"last": False}, False),
        ({"last": "False"}, False),
        ({"final": False}, False),
        ({"last": None}, True),
    ],
)
def test_words_are_complete_unless_it_is_said_that_they_are_not(frame: dict[str, Any], expected: bool) -> None:
    assert is_final(frame) is expected


def test_a_field_is_text_whatever_it_came_as() -> None:
    fields = {"a": 0, "b": True, "c": None, "d": ["x"], "e": "a\0b", "f": "\ud800", "g": 460, "h": "460"}

    assert [word(fields, name) for name in "abcdefgh"] == ["0", "on", "", "", "ab", "?", "460", "460"]


def test_key_zero_is_a_key_even_as_a_number() -> None:
    turn = dialogue().take({"type": "dtmf", "digit": 0})

    assert turn is not None
    assert [type(act).__name__ for act in turn.step.acts] == ["Callback"]  # a person, at another time


@pytest.mark.parametrize("value", ["on", "ON", True, 1, "true"])
def test_speech_is_known_in_any_spelling(value: Any) -> None:
    on_the_line = dialogue()

    on_the_line.take({"type": "info", "name": "clientspeaking", "value": value})

    assert on_the_line.person_speaks is True


def test_words_we_failed_on_are_on_record_and_end_the_talk_of_money() -> None:
    on_the_line = dialogue()

    on_the_line.in_doubt({"type": "prompt", "voicePrompt": "it never worked", "last": True})

    assert on_the_line.state is not None
    assert on_the_line.state.silent_about_money is True
    assert [note.text for note in on_the_line.page().notes] == ["it never worked"]
