"""How long a text is for the carrier, and what is made of one that is too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.segments import TooLong, fitted, length, shortened

ANY = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=700)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("GSM-7", 0, 1)),
        ("a" * 160, ("GSM-7", 160, 1)),
        ("a" * 161, ("GSM-7", 161, 2)),
        ("a" * 306, ("GSM-7", 306, 2)),
        ("a" * 307, ("GSM-7", 307, 3)),
        ("€" * 80, ("GSM-7", 160, 1)),
        ("€" * 81, ("GSM-7", 162, 2)),
        ("a" * 152 + "€" + "a" * 10, ("GSM-7", 164, 2)),
        ("a" * 152 + "€" + "a" * 151, ("GSM-7", 305, 2)),
        ("á", ("UCS-2", 1, 1)),
        ("á" * 70, ("UCS-2", 70, 1)),
        ("á" * 71, ("UCS-2", 71, 2)),
        ("🙂" * 35, ("UCS-2", 70, 1)),
        ("🙂" * 36, ("UCS-2", 72, 2)),
        ("🙂" * 67, ("UCS-2", 134, 3)),  # 33 of them in each: none is cut in half
    ],
)
def test_segments_as_the_standard_counts_them(text: str, expected: tuple[str, int, int]) -> None:
    found = length(text)

    assert (found.encoding, found.units, found.segments) == expected


@given(ANY)
def test_no_segment_is_fuller_than_it_may_be(text: str) -> None:
    found = length(text)

    joined = 153 if found.encoding == "GSM-7" else 67
    assert found.segments * joined >= found.units or found.segments == 1
    assert found.segments <= found.units // (joined - 1) + 1


@given(ANY)
def test_what_leaves_has_three_segments_at_most_or_is_refused(text: str) -> None:
    try:
        found = length(fitted(text)).segments
    except TooLong:
        found = 0

    assert found <= 3
    assert found or length(text).segments > 3


def test_accents_go_only_where_they_would_cost_too_much() -> None:
    assert fitted("Cuéntenos qué pasó – “todo”…") == 'Cuéntenos qué pasó - "todo"...'
    assert fitted("ó" + "a" * 250) == "o" + "a" * 250
    with pytest.raises(TooLong, match="4 segments"):
        fitted("a" * 460)


def test_a_long_name_is_cut_at_a_word() -> None:
    assert shortened("Ava's Plumbing") == "Ava's Plumbing"
    assert shortened("The Very Long Named Plumbing and Heating Company of Columbus") == "The Very Long Named..."
    assert shortened("x" * 50) == "x" * 27 + "..."
