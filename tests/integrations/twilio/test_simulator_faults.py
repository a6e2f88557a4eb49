"""Every misfortune that can be ordered, as the application meets it."""

import threading
import time
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    fresh_stage,
    twilio_theatre,
)
from tests.integrations.twilio.simulator_server import twilio_client

BEN = "+16145550102"
HELLO = "<Response><Say>Hello</Say></Response>"


def fault(stage: Stage, kind: str, **options: Any) -> None:
    stage.customer.twiml["/voice/1"] = HELLO
    stage.control.post("/faults", kind=kind, **options)


def created(stage: Stage) -> list[str]:
    return [call["sid"] for call in stage.control.get("/calls")["calls"]]


def statuses(stage: Stage) -> list[str]:
    return [got.params["CallStatus"] for got in stage.customer.at("/status/1")]


def test_a_lost_response_leaves_a_call_that_really_rings(stage: Stage) -> None:
    fault(stage, "lost_response")

    with pytest.raises(requests.exceptions.RequestException):
        stage.call(BEN)
    stage.control.wait_until_idle()

    assert len(created(stage)) == 1
    assert len(stage.control.rings()) == 1
    assert statuses(stage) == ["initiated", "ringing", "in-progress", "completed"]
    found = stage.client.calls.list(
        to=BEN, from_=OUR_NUMBER, start_time_after=stage.control.get("/clock")["world_now"][:10]
    )
    assert [call.sid for call in found] == created(stage)


def test_a_response_may_also_never_come(stage: Stage) -> None:
    fault(stage, "lost_response", how="hang")
    hasty = twilio_client(stage.base_url, timeout=0.4)

    with pytest.raises(requests.exceptions.ReadTimeout):
        hasty.calls.create(to=BEN, from_=OUR_NUMBER, url=stage.customer.base_url + "/voice/1")

    assert len(created(stage)) == 1


def test_a_fault_strikes_as_often_as_ordered(stage: Stage) -> None:
    fault(stage, "rate_limited", times=2)

    for _ in range(2):
        with pytest.raises(TwilioRestException):
            stage.call(BEN)

    assert stage.call(BEN).status == "queued"
    assert [f["kind"] for f in stage.control.get("/faults")["happened"]] == ["rate_limited", "rate_limited"]


def test_a_fault_may_wait_for_one_number(stage: Stage) -> None:
    fault(stage, "rate_limited", to="+16145550103")

    assert stage.call(BEN).status == "queued"
    with pytest.raises(TwilioRestException):
        stage.call("+16145550103")


def test_an_error_after_the_work_was_done(stage: Stage) -> None:
    fault(stage, "error_after")

    with pytest.raises(TwilioRestException) as refusal:
        stage.call(BEN)
    stage.control.wait_until_idle()

    assert refusal.value.status == 500
    assert len(stage.control.rings()) == 1


@pytest.mark.parametrize(
    ("kind", "options", "status", "code"),
    [
        ("rate_limited", {}, 429, 20429),
        ("server_error", {}, 500, 20500),
        ("server_error", {"status": 503}, 503, 20500),
        ("server_error", {"status": 503, "html": True}, 503, 503),
        ("reject", {"status": 400, "code": 10004, "message": "Call concurrency limit exceeded"}, 400, 10004),
        ("reject", {"status": 400, "code": 22005, "message": "Call Queue Full"}, 400, 22005),
    ],
)
def test_refusals_leave_nothing_behind(
    stage: Stage, kind: str, options: dict[str, Any], status: int, code: int
) -> None:
    fault(stage, kind, **options)

    with pytest.raises(TwilioRestException) as refusal:
        stage.call(BEN)

    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert created(stage) == []
    assert stage.control.rings() == []


def test_a_slow_answer_comes_after_the_call_has_begun(stage: Stage) -> None:
    fault(stage, "slow_answer", seconds=0.5)
    began = time.monotonic()

    call = stage.call(BEN)

    assert time.monotonic() - began >= 0.5
    assert call.status == "queued"
    assert statuses(stage)[:2] == ["initiated", "ringing"]


def test_an_accepted_call_of_which_nothing_is_ever_heard(stage: Stage) -> None:
    fault(stage, "silent_after_201")

    sid = stage.call(BEN).sid
    stage.control.wait_until_idle()

    assert stage.client.calls(sid).fetch().status == "queued"
    assert stage.control.rings() == []
    assert stage.customer.got == []


def test_the_silent_call_may_ring_all_the_same(stage: Stage) -> None:
    fault(stage, "silent_after_201", rings=True)

    sid = stage.call(BEN).sid
    stage.control.wait_until_idle()

    assert [ring["call_sid"] for ring in stage.control.rings()] == [sid]
    assert stage.customer.got == []


def test_status_callbacks_overtake_the_answer(stage: Stage) -> None:
    fault(stage, "status_before_201")
    seen: list[int] = []

    stage.call(BEN)
    seen.append(len(statuses(stage)))
    stage.control.wait_until_idle()

    assert seen[0] >= 2
    assert statuses(stage) == ["initiated", "ringing", "in-progress", "completed"]


def test_the_verdict_on_human_or_machine_comes_after_the_hang_up(stage: Stage) -> None:
    fault(stage, "amd_after_hangup")

    amd = {
        "machine_detection": "Enable",
        "async_amd": "true",
        "async_amd_status_callback": stage.customer.base_url + "/amd",
    }
    stage.finished(BEN, **amd)

    order = [got.path for got in stage.customer.got]
    assert order[-1] == "/amd"
    assert statuses(stage)[-1] == "completed"
    assert stage.customer.at("/amd")[0].params["AnsweredBy"] == "human"


def test_completed_overtakes_answered(stage: Stage) -> None:
    fault(stage, "completed_before_answered")

    stage.finished(BEN)

    told = [(got.params["SequenceNumber"], got.params["CallStatus"]) for got in stage.customer.at("/status/1")]
    assert told == [("0", "initiated"), ("1", "ringing"), ("3", "completed"), ("2", "in-progress")]


def test_other_operations_fail_too(stage: Stage) -> None:
    sid = stage.call("+16145550109").sid
    stage.control.post("/faults", kind="server_error", on="calls.update", status=503)
    stage.control.post("/faults", kind="rate_limited", on="calls.list")
    stage.control.post("/faults", kind="lost_response", on="messages.create")

    with pytest.raises(TwilioRestException) as refusal:
        stage.client.calls(sid).update(status="canceled")
    with pytest.raises(requests.exceptions.RequestException):
        stage.client.messages.create(to=BEN, from_=OUR_NUMBER, body="Hello")

    assert refusal.value.status == 503
    assert stage.control.call(sid)["status"] != "canceled"
    assert len(stage.control.get("/messages")["messages"]) == 1


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"kind": "earthquake"}, "no fault is named 'earthquake'"),
        ({"kind": "rate_limited", "on": "calls.paint"}, "`on` is one of"),
        ({"kind": "silent_after_201", "on": "calls.update"}, "happens to a new call only"),
        ({"kind": "lost_response", "often": 3}, "unknown keys: often"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_with_a_sentence(stage: Stage, order: dict[str, Any], sentence: str) -> None:
    response = stage.control.try_post("/faults", order)

    assert response.status_code == 400
    assert sentence in response.json()["error"]


def test_two_calls_at_once_to_one_number_are_on_the_ring_list(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = "<Response><Pause length='30'/></Response>"
    number = stage.person({"silence": 60})
    threads = [threading.Thread(target=stage.call, args=(number,)) for _ in range(2)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stage.control.wait_until_idle()

    rings = stage.control.get("/rings")
    sids = [ring["call_sid"] for ring in rings["rings"]]
    assert len(sids) == 2
    assert rings["repeated_urls"] == {stage.customer.base_url + "/voice/1": sids}
    assert [ring["call_sid"] for ring in rings["overlapping"]][-1] == sids[1]
    assert sids[0] in rings["overlapping"][-1]["open_calls_to_number"]
