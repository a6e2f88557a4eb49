"""The same words after another question: what a no, a yes and a name mean while it is open who speaks, and after ``is something wrong?``"""

import pytest

from disputes.hearing import Intent, Listening, hear
from disputes.hearing.context import is_bare_no


@pytest.mark.parametrize(
    "words",
    [
        "someone stole my identity that's not mine", "that's identity theft not me", "not my debt", "that's not my bill", "I'm not paying that",
        "that's wrong I don't owe that", "not me my ex owes that", "I'm not paying you people", "not our account", "wrong amount",
        "that's not mine", "no soy yo, yo no debo eso",
    ],
)  # fmt: skip
def test_a_short_dispute_is_one_though_nobody_has_said_who_speaks(words: str) -> None:
    assert hear(words, asked="identity").state is Listening.FREEZE


@pytest.mark.parametrize(
    "words",
    [
        "not me", "that's not me", "that's not my name", "not her", "I'm not her", "isn't me", "no that's wrong", "this is not right", "wrong person",
        "not ida", "no soy ella", "no soy yo", "not the person you want", "she's not in", "he's not here", "no",
    ],
)  # fmt: skip
def test_a_no_to_the_name_is_no_dispute(words: str) -> None:
    heard = hear(words, asked="identity")

    assert (heard.intent, heard.pause) == (Intent.CONFIRM_IDENTITY_NO, False)


@pytest.mark.parametrize(
    "words",
    ["this is ridiculous", "this is crazy", "who is speaking", "this is private property"],
)
def test_what_only_begins_like_a_name_confirms_none(words: str) -> None:
    assert hear(words, asked="identity").intent is not Intent.CONFIRM_IDENTITY_YES


@pytest.mark.parametrize(
    "words", ["this is ida", "hello this is will", "soy maria", "this is bob smith", "its me maria"]
)
def test_whoever_gives_a_name_has_no_wrong_number_and_no_dispute(words: str) -> None:
    heard = hear(words, asked="identity")

    assert Intent.WRONG_NUMBER not in heard.meanings
    assert not heard.pause


@pytest.mark.parametrize(
    "words",
    [
        "no", "no. it's fine", "no, everything is fine", "nope all good", "no I agree with it", "everything's fine thanks", "todo bien",
        "no, todo está bien", "no its all good. thank you", "it's correct", "no it's fine I'll pay it Friday",
    ],
)  # fmt: skip
def test_a_whole_no_to_the_neutral_question_clears_it(words: str) -> None:
    heard = hear(words, asked="what_is_wrong")

    assert (heard.state, heard.score) == (Listening.LISTEN, 0.01)


@pytest.mark.parametrize(
    "words",
    [
        "it's fine I guess but the price", "everything is fine but the pump", "all good except the leak", "no the price is fine but the hours",
        "no it's fine but I'll pay when you fix it", "it's fine I'll pay it once you fix it", "todo bien menos la fuga", "no problem except the leak",
    ],
)  # fmt: skip
def test_a_no_that_goes_on_is_judged_by_all_of_it(words: str) -> None:
    assert hear(words, asked="what_is_wrong").score > 0.01


@pytest.mark.parametrize("words", ["no", "No.", "no, not really", "no thank you", "nope", "para nada", "no señor"])
def test_a_bare_no_has_nothing_beside_it(words: str) -> None:
    assert is_bare_no(words)


@pytest.mark.parametrize(
    "words",
    [
        "no this is maria",
        "no but",
        "no, well, a little",
        "no I mean yes",
        "nope the pump",
        "no problem with paying, it's the drain",
        "",
    ],
)
def test_what_comes_after_a_no_takes_it_back(words: str) -> None:
    assert not is_bare_no(words)
