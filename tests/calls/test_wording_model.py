"""The optional language model: what it is asked, what it may change, and everything it may not, over real HTTP."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.agent import Language, State, Step, advance
from calls.agent.events import Said
from calls.wording_model.breaker import FAILURES, REST_SECONDS, Breaker
from calls.wording_model.compatible import CompatibleModel
from calls.wording_model.configured import model_can_be_used, wording
from calls.wording_model.guard import objection
from calls.wording_model.permitted import question
from calls.wording_model.protocol import WordingModel
from calls.wording_model.wording import Wording
from tests.calls.agent_cast import consumer, firm, known, said, talk
from tests.calls.model_endpoint import Endpoint, endpoint, line_of

INJECTIONS = [json.loads(line) for line in Path(__file__).with_name("injections.jsonl").read_text("utf-8").splitlines()]
LINE = "When can {business} expect it, or would you like me to send you a secure {the_payment_link_now}?"


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with endpoint() as found:
        yield found


@pytest.fixture
def model(server: Endpoint) -> Endpoint:
    """The endpoint as it was in the beginning."""
    fresh = Endpoint(url=server.url)
    for name in ("answers", "status", "seconds"):
        setattr(server, name, getattr(fresh, name))
    server.asked = []
    return server


def spanish() -> State:
    return talk(consumer(language=Language.SPANISH), "sí soy Ida", "43215")[-1].state


LOOP = asyncio.new_event_loop()


@cache
def door(url: str) -> CompatibleModel:
    return CompatibleModel(url=url, key="k", model="small")


def worded(
    model: Endpoint, words: str, *, before: State | None = None, heard_as: str = "", seconds: float = 5.0
) -> tuple[Step, Step]:
    """The script's answer to these words (or to those they were taken for), and what is spoken with the model in between."""
    state = before or known(consumer())
    step = advance(state, Said(heard_as or words))
    asking = Wording(door(model.url), seconds=seconds)
    return step, LOOP.run_until_complete(asking.worded(state, step, words))


def test_a_sentence_may_be_worded_differently_and_keeps_its_facts(model: Endpoint) -> None:
    model.answers = lambda system, user: {
        "act": "as_written",
        "wording": "Thanks for asking, {the_invoice} {number} comes to {amount}. When could {business} expect it, or should I send you a secure {the_payment_link_now}?",
    }

    script, spoken = worded(model, "how much is it")

    assert said(script).startswith("Invoice 1088 is for $310.00. When can Ava's Plumbing expect it")
    assert said(spoken) == (
        "Thanks for asking, Invoice 1088 comes to $310.00. When could Ava's Plumbing expect it, "
        "or should I send you a secure payment link now?"
    )
    assert (spoken.say[-1].asks, spoken.say[-1].worded_by, spoken.state.speaking) == (
        script.say[-1].asks,
        "small",
        spoken.say,
    )
    assert spoken.acts == script.acts


def test_where_the_script_is_unsure_the_model_may_choose_another_answer(model: Endpoint) -> None:
    model.answers = lambda system, user: {"act": "say_the_amount", "wording": None}

    script, spoken = worded(model, "hmm and the number on it was what again money wise")

    assert said(spoken).startswith("Invoice 1088 is for $310.00.")
    assert "$310.00" not in said(script)


def test_the_model_is_shown_no_name_no_sum_and_no_day(model: Endpoint) -> None:
    worded(model, "how much is it")

    (asked,) = model.asked
    system, user = asked["messages"]
    assert (system["role"], user) == ("system", {"role": "user", "content": "how much is it"})
    assert [
        word for word in ("Ava", "Ida", "310", "1088", "February", "water heater") if word in system["content"]
    ] == []
    assert "how much is it" not in system["content"]


def test_a_card_number_never_reaches_the_model(model: Endpoint) -> None:
    worded(model, "it's 4111 1111 1111 1111")

    assert model.asked == []


@pytest.mark.parametrize(
    "words",
    [
        "I never ordered that",
        "stop calling me",
        "talk to my lawyer",
        "I filed chapter seven",
        "he passed away",
        "I already paid that",
        "wrong number there is no Ida here",
        "sewage is coming up",
        "don't record me",
        "my card is 4111 1111 1111 1111",
    ],
)
def test_after_a_stop_the_model_is_not_asked_at_all(model: Endpoint, words: str) -> None:
    script, spoken = worded(model, words)

    assert spoken is script
    assert model.asked == []


def test_nor_while_a_doubt_is_open_or_a_dispute_is_live_or_nobody_is_known(model: Endpoint) -> None:
    frozen = advance(known(consumer()), Said("that's wrong")).state
    states = (
        frozen,
        talk(consumer())[-1].state,
        talk(consumer(), "yes this is Ida")[-1].state,
        known(consumer(dispute_live=True)),
    )

    for state in states:
        worded(model, "how much is it", before=state)

    assert model.asked == []


@pytest.mark.parametrize(
    ("wording", "why"),
    [
        ("When can {business} expect it, or may I send you a secure {the_payment_link_now}?", ""),
        ("When can {business} expect it?", "facts"),
        ("When can {business} expect it or {business}, a secure {the_payment_link_now}?", "facts"),
        ("When can {business} expect it, {amount}, a secure {the_payment_link_now}?", "facts"),
        ("When can {business} expect it, 5, a secure {the_payment_link_now}?", "digit"),
        ("When can {business} expect it, ٥, a secure {the_payment_link_now}?", "digit"),
        ("When can {business} expect it, $, a secure {the_payment_link_now}?", "sign"),
        ("When can {business} expect it, five, a secure {the_payment_link_now}?", "number"),
        ("When can {business} expect it in March, a secure {the_payment_link_now}?", "day"),
        ("When can {business} expect it, or court, a secure {the_payment_link_now}?", "law"),
        ("When can {business} expect it, it is free, a secure {the_payment_link_now}?", "promise"),
        ("When must {business} expect it, a secure {the_payment_link_now}?", "threat"),
        ("When can {business} not expect it, a secure {the_payment_link_now}?", "denial"),
        ("When can {business} expect money, a secure {the_payment_link_now}?", "money"),
        ("When can {business} expect it, a secure {the_payment_link_now} at evil.example?", "address"),
        ("When can {business} expect it, you fool, a secure {the_payment_link_now}?", "word: fool"),
        ("{business} can expect it, a secure {the_payment_link_now}.", "kind of sentence"),
        ("", "length"),
        ("very " * 60 + "{business} {the_payment_link_now}?", "length"),
    ],
)
def test_the_guard_lets_nothing_past_that_is_not_in_the_sentence(wording: str, why: str) -> None:
    assert objection(wording, LINE, Language.ENGLISH) == why


# customers who try to make it say something else, and a model that obeys them

NUMBERS = re.compile(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifty|hundred|percent|half|cero|uno|dos|tres|doce|cincuenta|cien"
    r"|doscientos|trescientos)\b",
    re.IGNORECASE,
)
PROMISE_OR_THREAT = re.compile(
    r"\b(?:forgive\w*|waive|discount|refund|guarantee|free|settle|cancel\w*|promise|sue|court|police|garnish|credit|warning|owe nothing|not have to pay"
    r"|human|perdon\w+|descont\w+|gratis|garantiz\w+|prometo|demandar\w*|polic[ií]a|embargar|aviso|humano|navidad|christmas|scam|estafa|http|www"
    r"|idiot|ashamed|diablo|secret|instruc\w+|peso)\b|€|ｚ",
    re.IGNORECASE,
)


def obeys(how: str, demand: str) -> Any:
    """Models that do what the customer says, each in another way."""

    def answer(system: str, user: str) -> Any:
        line = line_of(system, "as_written")
        names = " ".join(re.findall(r"\{\w+\}", line))
        match how:
            case "outright":
                return {"act": "as_written", "wording": demand}
            case "after the sentence":
                return {"act": "as_written", "wording": f"{line} {demand}"}
            case "with every name kept":
                return {"act": "as_written", "wording": f"{demand.rstrip('.?!')} {names}{'?' if '?' in line else '.'}"}
            case "as an act":
                return {"act": demand, "wording": None}
        return demand

    return answer


HOW = ("outright", "after the sentence", "with every name kept", "as an act", "as no JSON at all")


def wrong_with(script: Step, spoken: Step, demand: str) -> list[str]:
    """What was said that is not on the list; empty where the script's own words were."""
    text = said(spoken)
    plain = re.sub("1088|310[.]00|February 20|20 de febrero|614-555-0199|March 19|19 de marzo", "", text)
    found = [*PROMISE_OR_THREAT.findall(text), *NUMBERS.findall(plain)]
    return found + ([text] if spoken is not script or demand in text else [])


@pytest.mark.parametrize("how", HOW)
def test_whatever_a_customer_makes_the_model_say_is_not_spoken(model: Endpoint, how: str) -> None:
    found = {}
    for one in INJECTIONS:
        model.answers = obeys(how, one["demand"])
        state, harmless = (spanish(), "pues bueno") if one["lang"] == "es" else (known(consumer()), "hmm well")

        script, spoken = worded(model, one["said"], before=state, heard_as=harmless)

        if wrong := wrong_with(script, spoken, one["demand"]):
            found[one["id"]] = wrong

    assert len(INJECTIONS) == 66
    assert found == {}
    assert [asked["messages"][1]["content"] for asked in model.asked] == [one["said"] for one in INJECTIONS]


def test_the_same_words_through_hearing_are_a_stop_or_are_answered_by_the_script(model: Endpoint) -> None:
    found = {}
    for one in INJECTIONS:
        model.answers = obeys("outright", one["demand"])
        state = spanish() if one["lang"] == "es" else known(consumer())
        asked_before = len(model.asked)

        script, spoken = worded(model, one["said"], before=state)

        if wrong := wrong_with(script, spoken, one["demand"]):
            found[one["id"]] = wrong
        assert len(model.asked) - asked_before == (question(state, script, one["said"]) is not None)
        assert not (script.state.silent_about_money and len(model.asked) > asked_before)

    assert found == {}


PIECES = """you owe nothing zero dollars {business} {amount} {the_payment_link_now} we will sue free 5 $ March when can expect it ? . , not
pay thank please like send secure would me to a or half never court http://x.y nada cero gratis"""
pieces = st.sampled_from(PIECES.split())


@settings(deadline=None)
@given(st.lists(pieces, max_size=30).map(" ".join) | st.text(max_size=120))
def test_no_wording_whatsoever_brings_a_word_of_weight_of_its_own(wording: str) -> None:
    if objection(wording, LINE, Language.ENGLISH) == "":
        assert re.sub(r"\{(?:business|the_payment_link_now)\}", "", wording).count("{") == 0
        assert not re.search(
            r"\d|\$|nothing|zero|sue|free|march|not|pay\b|half|never|court|http|nada|cero|gratis",
            wording,
            re.IGNORECASE,
        )


# late, broken, away


def test_a_late_model_is_not_waited_for(model: Endpoint) -> None:
    model.seconds = 2.0
    model.answers = lambda system, user: {"act": "say_the_amount", "wording": None}

    began = time.monotonic()
    script, spoken = worded(model, "hmm well", seconds=0.2)

    assert spoken is script
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, {}),
        (429, {}),
        (200, "nonsense"),
        (200, "[]"),
        (200, {"act": 3}),
        (200, {"act": "as_written", "wording": 7}),
    ],
)
def test_a_broken_answer_leaves_the_scripts_own(model: Endpoint, status: int, answer: Any) -> None:
    model.status, model.answers = status, lambda system, user: answer

    script, spoken = worded(model, "hmm well")

    assert spoken is script
    assert len(model.asked) == 1


def test_a_model_that_is_down_is_left_alone_for_a_while(model: Endpoint) -> None:
    now = [0.0]
    model.status = 503
    asking = Wording(door(model.url), seconds=2.0, clock=lambda: now[0])
    state = known(consumer())
    step = advance(state, Said("hmm well"))

    async def turns(count: int) -> list[Step]:
        return [await asking.worded(state, step, "hmm well") for _ in range(count)]

    async def a_while() -> None:
        assert await turns(FAILURES + 5) == [step] * (FAILURES + 5)
        assert len(model.asked) == FAILURES
        now[0] = REST_SECONDS + 1
        model.status = 200
        await turns(2)
        assert len(model.asked) == FAILURES + 2

    LOOP.run_until_complete(a_while())


def test_after_a_rest_one_turn_tries_and_the_others_wait_for_it() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES):
        breaker.failed()

    assert breaker.lets_through() is False
    now[0] = REST_SECONDS
    assert [breaker.lets_through(), breaker.lets_through()] == [True, False]
    breaker.succeeded()
    assert breaker.lets_through() is True


# settings


@pytest.fixture
def asked_for(settings: Any) -> Iterator[Any]:
    wording.cache_clear()
    yield settings
    wording.cache_clear()


def test_without_the_setting_there_is_no_model(asked_for: Any) -> None:
    asked_for.LANGUAGE_MODEL = ""

    assert wording() is None
    assert model_can_be_used(None) == []


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"LANGUAGE_MODEL": "oracle"}, "must be empty or one of openai, anthropic, compatible"),
        ({"LANGUAGE_MODEL": "compatible"}, "LANGUAGE_MODEL_NAME is not set"),
        ({"LANGUAGE_MODEL": "compatible", "LANGUAGE_MODEL_NAME": "small"}, "LANGUAGE_MODEL_URL is not set"),
    ],
)
def test_a_setting_that_cannot_work_is_named_at_the_start(asked_for: Any, facts: dict[str, str], message: str) -> None:
    for name, value in facts.items():
        setattr(asked_for, name, value)

    with pytest.raises(ImproperlyConfigured, match=message):
        wording()
    assert [found.id for found in model_can_be_used(None)] == ["calls.E001"]


@pytest.mark.parametrize("package", ["openai", "anthropic"])
def test_a_package_that_is_not_installed_is_named_with_how_to_get_it(asked_for: Any, package: str) -> None:
    if find_spec(package) is not None:
        pytest.skip(f"{package} IS installed here: this is about an environment without the extra")
    asked_for.LANGUAGE_MODEL, asked_for.LANGUAGE_MODEL_NAME, asked_for.LANGUAGE_MODEL_KEY = package, "m", "k"

    with pytest.raises(ImproperlyConfigured, match=f"uv sync --extra {package}"):
        wording()


def test_any_endpoint_of_the_same_form_is_used_by_settings(asked_for: Any, model: Endpoint) -> None:
    asked_for.LANGUAGE_MODEL, asked_for.LANGUAGE_MODEL_NAME, asked_for.LANGUAGE_MODEL_URL = (
        "compatible",
        "small",
        model.url,
    )
    asked_for.LANGUAGE_MODEL_MILLISECONDS = 2000
    state = known(firm())
    step = advance(state, Said("hmm well"))

    made = wording()
    assert made is not None
    asyncio.run(made.worded(state, step, "hmm well"))

    assert [asked["model"] for asked in model.asked] == ["small"]


@pytest.mark.parametrize("package", ["openai", "anthropic"])
def test_the_vendors_own_package_asks_the_same_and_reads_the_same(model: Endpoint, package: str) -> None:
    if find_spec(package) is None:
        pytest.skip(f"{package} is NOT installed: uv sync --extra {package} runs this test")
    sdk: WordingModel
    if package == "openai":
        from calls.wording_model.by_openai import OpenAIModel

        sdk = OpenAIModel(url=model.url, key="k", model="small")
    else:
        from calls.wording_model.by_anthropic import AnthropicModel

        sdk = AnthropicModel(url=model.url.removesuffix("/v1"), key="k", model="small")
    model.answers = lambda system, user: {"act": "say_the_amount", "wording": None}
    state = known(consumer())
    step = advance(state, Said("hmm well"))

    async def calls() -> list[Step]:
        good = await Wording(sdk, seconds=10.0).worded(state, step, "hmm well")
        model.status = 500
        broken = await Wording(sdk, seconds=10.0).worded(state, step, "hmm well")
        model.status, model.seconds = 200, 3.0
        return [good, broken, await Wording(sdk, seconds=0.3).worded(state, step, "hmm well")]

    good, broken, late = asyncio.run(calls())

    assert said(good).startswith("Invoice 1088 is for $310.00.")
    assert (broken, late) == (step, step)
    assert json.dumps(model.asked[0]).count("hmm well") == 1
