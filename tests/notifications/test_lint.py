"""A letter about a dispute collects nothing: no demand, no amount due, no threat, no pay button."""

from pathlib import Path

import pytest

from notifications import lint
from notifications.letters import Rendered
from notifications.models import Message
from syntharra.identifiers import uuid7

GOOD = [
    "Thank you for telling us. We have stopped asking about this invoice while we look into it.",
    "This is what we understood: “the roof still leaks”. Correct it here.",
    "Is the price different from what you agreed to? Please tell us what exactly is wrong.",
    "Nobody will ask you for this money while this is open.",
    "Gracias por decirnos que algo no está bien. Hemos dejado de preguntar por esta factura.",
    "Your contact: Ava Brooks, +16145550199, Mon-Fri 8-5",
]
BAD = [
    ("Please pay the rest today.", "a demand"),
    ("You must pay within ten days.", "a demand"),
    ("Payment is due on Friday.", "a demand"),
    ("Your balance due is $796.00.", "an amount due"),
    ("You still owe us for the roof.", "an amount due"),
    ("This invoice is overdue.", "an amount due"),
    ("We may turn this over to a collection agency.", "a threat"),
    ("We reserve the right to take legal action.", "a threat"),
    ("Late fees continue to accrue.", "a threat"),
    ('<a href="https://pay.example/pay/1">Look</a>', "a pay button"),
    ('<a href="https://x.example/l/1">Pay the part you agree with</a>', "a pay button"),
    ("Su saldo pendiente es de 300.", "an amount due"),
    ("Debe pagar esta semana.", "a demand"),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_good_letter_passes(text: str) -> None:
    assert lint.problems(text) == []


@pytest.mark.parametrize(("text", "what"), BAD)
def test_a_bad_letter_is_refused_for_what_it_says(text: str, what: str) -> None:
    assert [problem.partition(":")[0] for problem in lint.problems(text)][:1] == [what]


def test_the_kept_copy_has_no_token() -> None:
    assert lint.without_links("See https://x.example/l/AbCdEfGhIjKlMnOpQrStUvWxYz0.") == "See https://x.example/l/…."


# Forty letters, written by hand as people at a firm would write them.

LETTERS = Path(__file__).parent / "letters"


def letters_of(name: str) -> list[str]:
    return [letter.strip() for letter in (LETTERS / f"{name}.txt").read_text(encoding="utf-8").split("=====")]


def test_there_are_forty_of_them() -> None:
    assert (len(letters_of("good")), len(letters_of("bad"))) == (20, 20)


@pytest.mark.parametrize("letter", letters_of("good"))
def test_a_letter_a_lawyer_would_sign_passes(letter: str) -> None:
    assert lint.problems(letter) == []


@pytest.mark.parametrize("letter", letters_of("bad"))
def test_a_letter_that_collects_is_found_out(letter: str) -> None:
    what, _, text = letter.partition("\n")

    assert what in [problem.partition(":")[0] for problem in lint.problems(text)]


# Ours is refused; what a person at the firm wrote is his to answer for, and was warned of on the page.


def rendered(text: str, *, own: tuple[str, ...] = (), html: str = "") -> Rendered:
    return Rendered("Thank you", text, html or f"<p>{text}</p>", own)


def test_our_own_letter_is_refused_for_what_it_says() -> None:
    with pytest.raises(lint.Unfit, match="a demand: “Please pay”"):
        lint.check(Message(business_id=uuid7(), purpose="dispute"), rendered("Please pay the rest."))


def test_the_firms_own_words_are_left_to_it_but_not_what_stands_around_them() -> None:
    own = "You must pay for the second visit, Ana."
    lint.check(Message(business_id=uuid7(), purpose="dispute"), rendered(f"Dear Ana\n\n{own}\n\nAva", own=(own,)))

    with pytest.raises(lint.Unfit, match="an amount due: “overdue”"):
        lint.check(
            Message(business_id=uuid7(), purpose="dispute"), rendered(f"Your invoice is overdue.\n\n{own}", own=(own,))
        )


def test_no_pay_button_leaves_beside_the_firms_own_words() -> None:
    own = "We come on Thursday."

    with pytest.raises(lint.Unfit, match="a pay button"):
        lint.check(
            Message(business_id=uuid7(), purpose="dispute"),
            rendered(own, own=(own,), html='<a href="https://x.example/pay/1">Look</a>'),
        )


def test_a_letter_of_another_purpose_is_not_read() -> None:
    lint.check(Message(business_id=uuid7(), purpose="collect"), rendered("Please pay the rest."))
