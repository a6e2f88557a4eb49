"""Sentences of rehearsed calls that were once heard wrongly: ordinary ones that silenced the call, and disputes that were talked over."""

import pytest

from disputes.hearing import Intent, Listening, hear


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("Once the GC pays us we'll pay you.", "open"),
        ("The HOA board has to approve it.", "open"),
        ("The financing hasn't come through yet.", "open"),
        ("There's no PO on the invoice.", "open"),
        ("We outsource that to our accountant.", "open"),
        ("Let me ask my partner about the boiler.", "open"),
        ("El contratista no nos ha pagado.", "open"),
        ("I have nothing to dispute, I'll pay tomorrow.", "open"),
        ("I won't tell you my zip.", "identity"),
        ("It's 4 3 2 1 5.", "identity"),
        ("I am only seven, my mommy is not here.", "identity"),
        ("Hold on, how much was it again?", "open"),
        ("I am still looking, one moment.", "open"),
        ("Let me pull it up in the system, bear with me.", "open"),
        ("I don't think we ever got that invoice. Can you send me a copy?", "open"),
    ],
)
def test_what_only_sounds_like_trouble_stops_no_call(words: str, asked: str) -> None:
    heard = hear(words, asked=asked)

    assert (heard.state, heard.has(Intent.ALREADY_PAID)) == (Listening.LISTEN, False)


@pytest.mark.parametrize(
    "words",
    [
        "call 911 he is having a heart attack",
        "Somebody call 911!",
        "he's having a stroke help",
        "please call an ambulance, my wife collapsed on the floor",
    ],
)
def test_an_emergency_is_no_death_and_no_doubt_about_the_bill(words: str) -> None:
    heard = hear(words, asked="open")

    assert (heard.state, heard.has(Intent.DECEASED)) == (Listening.LISTEN, False)


@pytest.mark.parametrize("words", ["he had a heart attack and died", "he passed away of a stroke in march"])
def test_a_death_is_heard_beside_the_emergency_it_came_from(words: str) -> None:
    assert hear(words, asked="open").has(Intent.DECEASED)


def test_a_promise_of_a_check_is_no_payment() -> None:
    heard = hear("Friday by check", asked="promise")

    assert (heard.state, heard.has(Intent.ALREADY_PAID)) == (Listening.LISTEN, False)


@pytest.mark.parametrize(
    "words",
    [
        "that would be the people who were here before",
        "where does that number come from, we had said four hundred",
        "funny you should call, the flashing lets the rain right in",
        "The work in the kitchen was done badly, I am at desk 312",
    ],
)
def test_a_dispute_told_by_the_way_is_heard(words: str) -> None:
    assert hear(words, asked="open").state is Listening.FREEZE


def test_a_doubt_about_the_whole_is_asked_about() -> None:
    assert hear("I'm not sure about the whole thing", asked="open").state in (Listening.PAUSE, Listening.FREEZE)
