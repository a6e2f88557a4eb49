"""How personas are written: loose patterns, strict files."""

from typing import Any

import pytest

from integrations.twilio.simulation.errors import ControlError
from integrations.twilio.simulation.personas import SHARED_PATTERNS, compile_pattern, read_persona


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("identity", "Am I speaking with Ana Reyes?"),
        ("identity", "Is this Ben Oak?"),
        ("identity", "Could you connect me to accounts payable?"),
        ("identity", "May I talk to Lena Park, please?"),
        ("identity", "Who handles your bills?"),
        ("identity", "I'm looking for Dana Cole."),
        ("identity", "Is Carl Webb there?"),
        ("identity", "Who am I speaking with?"),
        ("identity", "¿Hablo con Rosa?"),
        ("money", "It is for $310.00."),
        ("money", "You owe us nothing but time."),
        ("asks_what_is_wrong", "What seems to be the problem?"),
        ("asks_when", "When can we expect it?"),
        ("admits_machine", "Yes, I'm an automated assistant."),
    ],
)
def test_shared_patterns_are_loose(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).search(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("identity", "Is this something you can take care of today?"),
        ("identity", "This call is from Ava's Plumbing."),
        ("money", "However, that is a powerful argument."),
    ],
)
def test_shared_patterns_are_not_that_loose(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).search(text) is None


def test_every_shared_pattern_compiles() -> None:
    assert all(compile_pattern(name).flags for name in SHARED_PATTERNS)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({"steps": [{"sing": "la"}]}, "a step has one of wait_for, say"),
        ({"steps": [{"wait_for": "("}]}, "is no regular expression"),
        ({"lines": []}, "has unknown keys: lines"),
        ({"line": {"kind": "ghost"}}, "line.kind 'ghost' is not one of"),
        ({"answers": [{"when": "x"}]}, "an answer needs `when` and `say`"),
        ({"steps": [{"barge_in_at": 1}]}, "barge_in_at needs one of `say`, `dtmf`, `hang_up`"),
    ],
)
def test_a_script_with_a_mistake_is_refused_by_name(script: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ControlError) as refusal:
        read_persona(script, name="test")

    assert sentence in str(refusal.value)
