"""How words are cut for the two encoders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disputes.hearing.encoder import FIRST, FOLDER, SECOND, VOCABULARIES
from disputes.hearing.unigram import LONGEST_WORD, SPECIAL, Unigram
from disputes.hearing.wordpiece import Pieces

UNIGRAM = Unigram.read(FOLDER / VOCABULARIES[SECOND])
PIECES = Pieces.read(FOLDER / VOCABULARIES[FIRST])
START, END, UNKNOWN = 1, 2, 3


def cut(text: str, most: int = 56) -> list[str]:
    """The pieces between start and end."""
    first, *ids, last = UNIGRAM.of(text, most)
    assert (first, last) == (START, END)
    names = UNIGRAM.in_order
    return [names[one] for one in ids]


def test_a_word_is_cut_the_likeliest_way() -> None:
    rows = [
        *((piece, 0.0) for piece in SPECIAL),
        ("▁", -3.0),
        ("▁leak", -9.0),
        ("▁le", -4.0),
        ("ak", -4.5),
        ("ing", -2.0),
    ]
    small = Unigram.of_rows(rows)

    assert small.of("leaking", 10) == [START, 6, 7, 8, END]


def test_signs_nobody_knows_that_stand_together_are_one() -> None:
    assert UNIGRAM.of("日本語", 10)[-2:] == [UNKNOWN, END]
    assert UNIGRAM.of("日本語", 10).count(UNKNOWN) == 1


@pytest.mark.parametrize(
    ("said", "pieces"),
    [
        ("You never finished the gutters", ["▁you", "▁never", "▁finished", "▁the", "▁gutter", "s"]),
        ("el baño no sirve", ["▁el", "▁baño", "▁no", "▁sirve"]),
        ("it’s", ["▁it", "'", "s"]),
    ],
)
def test_english_and_spanish_are_whole_words_mostly(said: str, pieces: list[str]) -> None:
    assert cut(said) == pieces


def test_a_word_that_is_none_is_not_cut_at_all() -> None:
    assert UNIGRAM.of("x" * (LONGEST_WORD + 1), 56) == [START, UNKNOWN, END]


@given(st.text(max_size=200), st.integers(3, 56))
def test_any_text_is_cut_for_both_and_never_too_long(text: str, most: int) -> None:
    for ids, size in ((UNIGRAM.of(text, most), len(UNIGRAM.ids)), (PIECES.of(text, most), len(PIECES.ids))):
        assert 2 <= len(ids) <= most
        assert all(0 < one < size for one in ids)


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyzáéíóúñ'", min_size=1, max_size=20), min_size=1, max_size=8))
def test_what_is_cut_can_be_put_together_again(words: list[str]) -> None:
    whole = "".join(cut(" ".join(words), most=400)).replace("▁", " ")

    assert whole.strip() == " ".join(words)
