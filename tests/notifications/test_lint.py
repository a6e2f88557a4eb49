"""A letter about a dispute collects nothing: no demand, no amount due, no threat, no pay button."""

import pytest

from notifications import lint

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
