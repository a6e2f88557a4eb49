"""ConversationRelay and `<Gather>`: which settings go together, and what an ear that listens for one language makes of another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.twilio.simulation.generator import generate
from integrations.twilio.simulation.personas import library
from integrations.twilio.simulation.recognition import as_recognized, language_of
from tests.integrations.twilio.simulator_agents import ends_at_once, hold, meet, prompts, talk
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    Stage,
    Talk,
    fresh_stage,
    twilio_theatre,
)

GOOGLE = {"ttsProvider": "Google", "voice": "en-US-Chirp3-HD-Aoede"}
NO_MORE_CALLS = "No me llame más, por favor, nunca más."
ALREADY_PAID = "Stop calling me, I already paid this bill."
ONCE_GREETED = {"wait_for": "hello", "patience": 600}  # who speaks before the relay is there is heard by nobody
SPANISH, ENGLISH = NO_MORE_CALLS.split(), ALREADY_PAID.split()

# -- what goes together ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"speechModel": "flux", "transcriptionLanguage": "es-US"}, "flux recognizes English alone"),
        ({"speechModel": "flux", "language": "es-US", "ttsProvider": "Google"}, "flux recognizes English alone"),
        ({"speechModel": "flux", "transcriptionLanguage": "multi"}, "flux recognizes English alone"),
        ({"speechModel": "nova-9"}, "speechModel of Deepgram is nova-3-general"),
        ({"transcriptionProvider": "Google", "speechModel": "nova-3-general"}, "speechModel of Google is telephony"),
        ({"transcriptionProvider": "Google", "transcriptionLanguage": "multi"}, "recognized by Deepgram alone"),
        ({"language": "multi", "ttsProvider": "Google"}, "spoken by ElevenLabs alone"),
        ({"ttsLanguage": "multi", "ttsProvider": "Amazon"}, "spoken by ElevenLabs alone"),
        ({"language": "klingon"}, "'klingon' is no language"),
        ({"transcriptionLanguage": "en-XX"}, "'en-XX' is no language"),
        ({"ttsProvider": "Google", "voice": "Aoede"}, "Google has no voice 'Aoede'"),
        ({**GOOGLE, "language": "es-US"}, "does not speak es-US"),
        ({"ttsProvider": "Amazon", "voice": "en-US-Chirp3-HD-Aoede"}, "Amazon has no voice"),
        ({"voice": "en-US-Chirp3-HD-Aoede"}, "ElevenLabs has no voice"),
        ({"transcriptionProvider": "Whisper"}, "transcriptionProvider is Deepgram, Google"),
    ],
)
def test_settings_that_do_not_go_together_begin_no_session(stage: Stage, settings: dict[str, str], why: str) -> None:
    hold(stage, ends_at_once, **settings)

    after = stage.customer.at("/after")[0].params
    assert (after["SessionStatus"], after["ErrorCode"]) == ("failed", "64101")
    assert why in after["ErrorMessage"]
    assert stage.customer.talks == []


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"language": "multi"},
        {**GOOGLE, "transcriptionLanguage": "multi", "ttsLanguage": "en-US", "speechModel": "nova-3-general"},
        {"speechModel": "flux", "eotThreshold": "0.8", "eagerEotThreshold": "0.4"},
        {"transcriptionProvider": "google", "language": "es-MX"},
        {"ttsProvider": "Amazon", "voice": "Joanna-Neural"},
        {"voice": "UgBBYS2sOqTuMpoF3BR0-flash_v2_5-1.0_0.5_0.75"},
    ],
)
def test_settings_that_go_together_begin_one_without_a_warning(stage: Stage, settings: dict[str, str]) -> None:
    hold(stage, ends_at_once, **settings)

    assert stage.customer.at("/after")[0].params["SessionStatus"] == "ended"
    assert stage.control.debugger_codes() == []


@pytest.mark.parametrize(
    ("settings", "warnings"),
    [
        ({"speechModel": "flux", "eotThreshold": "3"}, 1),
        ({"speechModel": "flux", "eotThreshold": "high"}, 1),
        ({"speechModel": "flux", "eagerEotThreshold": "0.95"}, 1),
        ({"eotThreshold": "0.8"}, 1),
        ({"eotThreshold": "3"}, 2),
    ],
)
def test_a_threshold_out_of_bounds_is_warned_about_and_left_aside(
    stage: Stage, settings: dict[str, str], warnings: int
) -> None:
    hold(stage, ends_at_once, **settings)

    assert stage.customer.at("/after")[0].params["SessionStatus"] == "ended"
    assert stage.control.debugger_codes() == [12200] * warnings


def test_a_language_that_is_prepared_wrongly_begins_no_session(stage: Stage) -> None:
    nested = '<Language code="es-US" ttsProvider="Google" voice="en-US-Chirp3-HD-Aoede"/>'

    stage.customer.agent = ends_at_once
    stage.customer.twiml["/voice/1"] = stage.customer.relay(action="/after", nested=nested, ttsProvider="Google")
    stage.customer.twiml["/after"] = "<Response><Hangup/></Response>"
    stage.finished(stage.person({"silence": 60}))

    assert stage.customer.at("/after")[0].params["ErrorCode"] == "64101"


# -- another language than the one listened for ------------------------------------------------------


def test_spanish_under_an_english_ear_comes_as_english_words_that_mean_nothing(stage: Stage) -> None:
    call = meet(stage, "spanish_dispute", transcriptionLanguage="en-US")

    finals = [text for text, last in prompts(stage) if last]
    said = [line["text"] for line in call["transcript"] if line["who"] == "person"]
    assert "No estoy de acuerdo con esa factura, el grifo sigue goteando y nadie ha vuelto a arreglarlo." in said
    assert finals
    assert not {"acuerdo", "factura", "grifo", "soy", "español"} & set(" ".join(finals).lower().split())
    assert {frame["lang"] for frame in talk(stage).of_type("prompt")} == {"en-US"}


def test_english_under_a_spanish_ear_comes_as_something_else_too(stage: Stage) -> None:
    number = stage.person(ONCE_GREETED, {"say": ALREADY_PAID}, {"silence": 60}, {"hang_up": True})

    hold(stage, listens_on, number, transcriptionLanguage="es-US")

    ((heard, _),) = prompts(stage)
    assert not {"stop", "calling", "paid", "bill"} & set(heard.lower().split())


async def listens_on(line: Talk) -> None:
    await line.until("setup")
    await line.say("Hello.")
    await line.until("prompt", last=True)
    await line.hang_on()


def test_an_ear_for_either_hears_both_in_one_sentence(stage: Stage) -> None:
    mixed = "Mira, the thing is que todavía gotea, it still leaks."
    number = stage.person(ONCE_GREETED, {"say": mixed}, {"silence": 60}, {"hang_up": True})

    hold(stage, listens_on, number, transcriptionLanguage="multi")

    assert prompts(stage) == [(mixed, True)]
    assert {frame["lang"] for frame in talk(stage).of_type("prompt")} == {"en"}


def test_the_ear_is_changed_in_the_middle_and_hears_what_is_said_from_then_on(stage: Stage) -> None:
    async def changes(line: Talk) -> None:
        await line.until("setup")
        await line.say("Hello.")
        await line.until("prompt", last=True)
        await line.send(type="language", ttsLanguage="es-US", transcriptionLanguage="es-US")
        await line.send(type="text", token="¿Me lo repite, por favor?", last=True)
        await line.until("prompt", voicePrompt="No me llame más.", last=True)
        await line.hang_on()

    number = stage.person(
        ONCE_GREETED,
        {"say": "No me llame más."},
        {"wait_for": "repite", "patience": 600},
        {"silence": 4},
        {"say": "No me llame más."},
        {"silence": 60},
    )

    hold(stage, changes, number)

    first, *later = [text for text, last in prompts(stage) if last]
    assert first.startswith("No ")
    assert first != "No me llame más."
    assert "No me llame más." in later  # she says "okay" in between, which the ear for Spanish does not understand


def test_a_change_to_a_language_its_model_cannot_hear_is_refused_and_changes_nothing(stage: Stage) -> None:
    async def changes(line: Talk) -> None:
        await line.until("setup")
        await line.send(type="language", transcriptionLanguage="es-US")
        await line.say("Hello.")
        await line.until("prompt", last=True)
        await line.hang_on()

    number = stage.person(ONCE_GREETED, {"say": "Stop calling me."}, {"silence": 60})

    hold(stage, changes, number, speechModel="flux")

    assert prompts(stage)[0] == ("Stop calling me.", True)
    assert "recognizes English alone" in talk(stage).of_type("error")[0]["description"]
    assert stage.control.debugger_codes() == [64101]


def test_a_gather_listens_for_its_own_language(stage: Stage) -> None:
    heard = {}
    for language in ("en-US", "es-US"):
        stage.customer.got.clear()
        stage.customer.twiml["/voice/1"] = (
            f'<Response><Gather input="speech" language="{language}" action="/heard"><Say>Hello.</Say></Gather></Response>'
        )
        stage.customer.twiml["/heard"] = "<Response><Hangup/></Response>"
        stage.finished(stage.person({"wait_for": "hello"}, {"say": NO_MORE_CALLS}, {"silence": 60}))
        heard[language] = stage.customer.at("/heard")[0].params["SpeechResult"]

    assert heard["es-US"] == NO_MORE_CALLS
    assert not {"llame", "más", "nunca"} & set(heard["en-US"].lower().replace(",", "").split())


# -- the ear by itself -------------------------------------------------------------------------------


def test_the_same_seed_is_the_same_ear_and_another_seed_is_another() -> None:
    def ear(seed: int) -> list[str]:
        return as_recognized(SPANISH, listening="en-US", spoken="es-US", seed=seed)

    assert ear(1) == ear(1)
    assert ear(1) != ear(2)
    assert ear(1)[:4] == as_recognized(SPANISH[:4], listening="en-US", spoken="es-US", seed=1)  # as it grows


def test_everybody_is_understood_in_the_language_he_speaks() -> None:
    lines = [(one.language, line) for one in library().values() for line in one.lines()]
    lines += [("en-US", line) for seed in range(200) for line in english(seed)]

    changed = [
        line
        for language, line in lines
        if as_recognized(line.split(), listening=language, spoken=language, seed=1) != line.split()
    ]

    assert changed == [
        "Todavía gotea, it still leaks.",
        "Mira, the thing is que todavía gotea, it still leaks y nadie vino a arreglarlo.",
    ]


def english(seed: int) -> list[str]:
    customer = generate(seed)
    return customer.persona.lines() if customer.language == "english" else []


@given(st.lists(st.sampled_from([*SPANISH, *ENGLISH, "1088", "—", "Rosa"]), max_size=12), st.integers(0, 99))
def test_every_word_has_its_place_and_figures_and_either_language_by_itself_stay(words: list[str], seed: int) -> None:
    for listening in ("en-US", "es-US"):
        heard = as_recognized(words, listening=listening, spoken="en-US", seed=seed)

        assert len(heard) == len(words)
        assert all(after == before for before, after in zip(words, heard, strict=True) if before in ("1088", "—", "No"))
    assert as_recognized(words, listening="multi", spoken="en-US", seed=seed) == words


def test_the_language_of_what_was_said_is_told_by_its_words() -> None:
    assert language_of(SPANISH, spoken="en-US") == "es"
    assert language_of(ENGLISH, spoken="es-US") == "en"
    assert language_of(["No."], spoken="es-US") == "es"
