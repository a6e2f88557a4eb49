"""How patiently, how often and how unreliably the application is asked."""

import asyncio
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response

from integrations.twilio.simulation.overrides import split_overrides
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    Got,
    Stage,
    fresh_stage,
    twilio_theatre,
)

HELLO = "<Response><Say>Hello</Say></Response>"
TOKEN = "i-twilio-idempotency-token"


def quiet(stage: Stage) -> str:
    return stage.person({"silence": 900})


def test_a_fragment_says_how_patiently_to_ask() -> None:
    url, overrides, problems = split_overrides("https://app/x?y=1#ct=2000&rt=5000&tt=9000&rc=3&rp=ct,rt,5xx&e=dublin")

    assert url == "https://app/x?y=1"
    assert (overrides.connect, overrides.read, overrides.total, overrides.retries) == (2.0, 5.0, 9.0, 3)
    assert [overrides.retry_after(kind) for kind in ("ct", "rt", "4xx", "5xx")] == [True, True, False, True]
    assert problems == []


def test_without_a_fragment_only_connection_failures_are_tried_again_once() -> None:
    _, overrides, _ = split_overrides("https://app/x")

    assert (overrides.connect, overrides.read, overrides.total, overrides.retries) == (5.0, 15.0, 15.0, 1)
    assert [overrides.retry_after(kind) for kind in ("ct", "rt", "4xx", "5xx")] == [True, False, False, False]


@pytest.mark.parametrize("fragment", ["rc=9", "rp=never", "ct=abc", "zz=1"])
def test_a_fragment_that_means_nothing_is_named(fragment: str) -> None:
    assert len(split_overrides(f"https://app/x#{fragment}")[2]) == 1


def test_the_fragment_is_neither_sent_nor_signed(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    stage.finished(quiet(stage), path="/voice/1#rc=2&rp=all")

    assert stage.customer.at("/voice/1")[0].signed


def test_a_failing_status_callback_is_tried_again_under_the_same_token(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO
    failures = iter([500, 503])
    stage.customer.twiml["/status/1"] = lambda got: Response(status_code=next(failures, 204))

    url = stage.customer.base_url + "/status/1#rc=3&rp=all"
    stage.finished(quiet(stage), status_callback=url, status_callback_event=["completed"])

    tries = stage.customer.at("/status/1")
    assert len(tries) == 3
    assert len({got.headers[TOKEN] for got in tries}) == 1
    assert stage.control.debugger_codes() == []


def test_a_status_callback_that_keeps_failing_is_given_up(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO
    stage.customer.twiml["/status/1"] = Response(status_code=500)

    url = stage.customer.base_url + "/status/1#rc=2&rp=5xx"
    stage.finished(quiet(stage), status_callback=url, status_callback_event=["completed"])

    assert len(stage.customer.at("/status/1")) == 3
    assert stage.control.debugger_codes() == [11200]


def test_without_overrides_an_error_is_not_tried_again(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO
    stage.customer.twiml["/status/1"] = Response(status_code=500)

    stage.finished(quiet(stage), status_callback_event=["completed"])

    assert len(stage.customer.at("/status/1")) == 1


def test_each_callback_has_a_token_of_its_own(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    stage.finished(quiet(stage))

    assert len({got.headers[TOKEN] for got in stage.customer.got}) == 5


def test_the_token_can_be_left_out(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO
    stage.control.post("/config", idempotency_header=False)

    stage.finished(quiet(stage))

    assert all(TOKEN not in got.headers for got in stage.customer.got)


def test_an_application_that_is_too_slow_is_not_waited_for(stage: Stage) -> None:
    async def slow(got: Got) -> str:
        await asyncio.sleep(3.0)
        return HELLO

    stage.control.post("/config", network_speed=15.0)
    stage.customer.twiml["/voice/1"] = slow
    stage.customer.twiml["/sorry"] = "<Response><Say>Sorry.</Say></Response>"

    call = stage.finished(quiet(stage), fallback_url=stage.customer.base_url + "/sorry")

    assert stage.control.debugger_codes() == [11205]
    assert [line["text"] for line in call["transcript"]] == ["Sorry."]


def test_a_redirect_is_followed_by_get_and_loses_the_parameters(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = RedirectResponse("/elsewhere", 307)
    stage.customer.twiml["/elsewhere"] = HELLO

    stage.finished(quiet(stage))

    landed = stage.customer.at("/elsewhere")[0]
    assert (landed.method, landed.params, landed.signed) == ("GET", {}, True)


def test_endless_redirects_are_an_error(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = RedirectResponse("/voice/1", 302)

    stage.finished(quiet(stage))

    assert stage.control.debugger_codes() == [11215]


# -- chaos -----------------------------------------------------------------------------------------


def numbers(stage: Stage) -> list[str]:
    return [got.params["SequenceNumber"] for got in stage.customer.at("/status/1")]


def with_chaos(stage: Stage, **chaos: float) -> Any:
    stage.customer.twiml["/voice/1"] = "<Response><Pause length='3'/></Response>"
    stage.control.post("/config", chaos=chaos)
    return stage.finished(quiet(stage))


def test_callbacks_arrive_twice(stage: Stage) -> None:
    with_chaos(stage, duplicate=1.0)

    assert numbers(stage) == ["0", "0", "1", "1", "2", "2", "3", "3"]
    tokens = [got.headers[TOKEN] for got in stage.customer.at("/status/1")]
    assert tokens[0] == tokens[1]


def test_callbacks_get_lost_but_the_call_can_be_fetched(stage: Stage) -> None:
    call = with_chaos(stage, drop=1.0)

    assert numbers(stage) == []
    assert stage.client.calls(call["sid"]).fetch().status == "completed"
    dropped = [d for d in stage.control.get("/webhooks")["deliveries"] if d["chaos"] == ["dropped"]]
    assert [d["attempts"] for d in dropped] == [0, 0, 0, 0]


def test_callbacks_overtake_one_another(stage: Stage) -> None:
    with_chaos(stage, reorder=1.0)

    assert sorted(numbers(stage)) == ["0", "1", "2", "3"]
    assert numbers(stage) != ["0", "1", "2", "3"]


def test_callbacks_come_late(stage: Stage) -> None:
    with_chaos(stage, delay_seconds=20.0)

    assert numbers(stage) == ["0", "1", "2", "3"]
    assert stage.customer.got[0].path == "/voice/1"


def test_chaos_is_the_same_under_the_same_seed(stage: Stage) -> None:
    def outcome() -> list[str]:
        stage.customer.clear()
        with_chaos(stage, duplicate=0.5, drop=0.3)
        return numbers(stage)

    first = outcome()
    stage.control.post("/reset")

    assert outcome() == first
