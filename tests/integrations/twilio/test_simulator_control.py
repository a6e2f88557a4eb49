"""The control API: what tests, the demo and the sandbox page steer and see."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from integrations.twilio.simulator import AVA_ACCOUNT, SANDBOX_CAST, TwilioSimConfig, create_app
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    fresh_stage,
    twilio_theatre,
)
from tests.integrations.twilio.simulator_server import SimControl, running_simulator, served, twilio_client

HELLO = "<Response><Say>Hello</Say></Response>"


def test_a_call_is_shown_with_everything_played_and_said(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = HELLO

    call = stage.finished(stage.person({"silence": 600}))

    assert [entry["event"] for entry in call["history"]] == ["initiated", "ringing", "answered", "completed"]
    assert call["transcript"][0]["who"] == "agent"
    assert (call["transcript"][0]["text"], call["transcript"][0]["channel"]) == ("Hello", "say")
    assert call["transcript"][0]["at"] >= call["answered_at"]
    assert stage.control.get("/calls", to=call["to"])["calls"] == [call]
    assert stage.control.get("/calls", to="+16145550111")["calls"] == []


def test_each_ring_has_the_time_on_the_wall_of_the_person_called(stage: Stage) -> None:
    stage.control.post("/clock", offset_seconds=86_400 * 30)
    expected = datetime.fromisoformat(stage.control.get("/clock")["world_now"])

    sid = stage.call("+16145550109").sid
    stage.control.wait_for(sid, "ringing")

    ring = stage.control.rings()[0]
    rung = datetime.fromisoformat(ring["at"])
    assert timedelta(0) <= rung - expected < timedelta(seconds=10)
    assert datetime.fromisoformat(ring["local_time"]) == rung
    assert ring["local_zone"] == "America/New_York"
    assert {name: ring[name] for name in ("number", "call_sid", "account_sid", "rang", "direction")} == {
        "number": "+16145550109",
        "call_sid": sid,
        "account_sid": AVA_ACCOUNT.sid,
        "rang": True,
        "direction": "outbound-api",
    }
    assert ring["url"] == stage.customer.base_url + "/voice/1"
    assert stage.control.get("/rings")["overlapping"] == []


def test_the_moved_clock_is_on_every_resource_but_not_in_the_queue(stage: Stage) -> None:
    stage.control.post("/clock", offset_seconds=86_400 * 400)

    call = stage.call("+16145550109")

    world = datetime.fromisoformat(stage.control.get("/clock")["world_now"])
    assert abs(call.date_created - world) < timedelta(seconds=10)
    assert call.queue_time == "0"


def test_a_scenario_changes_who_answers(stage: Stage) -> None:
    changed = stage.control.post("/scenarios", number="+16145550150", persona="busy")

    assert changed == {"number": "+16145550150", "tag": None, "persona": "busy", "person": "me"}
    assert stage.finished("+16145550150")["status"] == "busy"


def test_a_tag_in_the_address_wins_over_the_number(stage: Stage) -> None:
    stage.control.post("/scenarios", tag="attempt-7", persona="failed_bad_number")

    tagged = stage.finished("+16145550120", path="/voice/attempt-7")
    other = stage.finished("+16145550120", path="/voice/attempt-8", url=None, twiml="<Response><Hangup/></Response>")

    assert (tagged["status"], other["status"]) == ("failed", "completed")


def test_only_the_line_of_somebody_can_be_changed(stage: Stage) -> None:
    stage.control.post("/scenarios", number="+16145550103", line={"kind": "busy"})

    call = stage.finished("+16145550103")

    assert (call["persona"], call["person"], call["status"]) == ("disputes_plainly", "Ana Reyes", "busy")
    assert call["sip_code"] == 486


def test_another_script_at_a_number_keeps_the_name_of_who_answers_there(stage: Stage) -> None:
    changed = stage.control.post("/scenarios", number="+16145550103", persona="promises")

    assert (changed["persona"], changed["person"]) == ("promises", "Ana Reyes")


def test_strangers_are_the_default_persona(stage: Stage) -> None:
    stage.control.post("/scenarios", default="busy")

    assert stage.finished("+16145550198")["persona"] == "busy"


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"persona": "busy"}, "needs either `number` or `tag`"),
        ({"number": "614", "persona": "busy"}, "'614' is not a number in E.164 form"),
        ({"number": "+16145550103", "persona": "nobody"}, "no persona is named 'nobody'"),
        ({"number": "+16145550103", "mood": "bad"}, "unknown keys: mood"),
        ({"number": "+16145550103", "line": {"color": 1}}, "line has unknown keys: color"),
        ({"number": "+16145550103", "line": {"kind": "ghost"}}, "line.kind 'ghost' is not one of"),
    ],
)
def test_a_wrong_scenario_is_refused_with_a_sentence(stage: Stage, order: dict[str, Any], sentence: str) -> None:
    response = stage.control.try_post("/scenarios", order)

    assert response.status_code == 400
    assert sentence in response.json()["error"]


def test_the_page_can_show_what_each_customer_will_say(stage: Stage) -> None:
    personas = {persona["name"]: persona for persona in stage.control.get("/personas")["personas"]}

    ana = personas["disputes_plainly"]
    assert ana["numbers"] == ["+16145550103"]
    assert ana["lines"][0] == "Hello?"
    assert "I'm disputing this, the roof still leaks." in ana["lines"]
    assert ana["description"] == "Says outright that the bill is disputed, and why."
    assert personas["pays_by_link"]["numbers"] == ["+16145550101", "+16145550111"]
    assert personas["no_answer"]["line"] == "no_answer"


def test_the_cast_is_that_of_the_sandbox() -> None:
    assert {number[-4:]: member.persona for number, member in SANDBOX_CAST.items()} == {
        "0101": "pays_by_link",
        "0102": "promises",
        "0103": "disputes_plainly",
        "0104": "disputes_without_the_word",
        "0105": "already_paid",
        "0106": "wrong_number",
        "0107": "stop_calling",
        "0108": "voicemail",
        "0109": "no_answer",
        "0110": "hangs_up",
        "0111": "pays_by_link",
        "0112": "promises",
        "0113": "promises",
        "0114": "asks_are_you_a_robot",
    }


def test_a_reset_forgets_everything_and_ends_what_runs(stage: Stage) -> None:
    stage.call("+16145550109")
    stage.control.post("/faults", kind="rate_limited")
    stage.control.post("/scenarios", default="busy")
    stage.control.post("/clock", offset_seconds=5)

    stage.control.post("/reset")

    assert stage.control.get("/calls")["calls"] == []
    assert stage.control.rings() == []
    assert stage.control.get("/faults")["waiting"] == []
    assert stage.control.get("/scenarios")["default"] == "promises"
    assert stage.control.get("/clock")["offset_seconds"] == 0.0
    assert stage.control.get("/idle", timeout="1") == {"idle": True, "open_calls": []}


def test_the_speed_can_be_changed_while_running(stage: Stage) -> None:
    assert stage.control.post("/config", speed=6)["speed"] == 6.0
    assert stage.control.get("/clock")["speed"] == 6.0


def test_an_account_can_be_added(stage: Stage) -> None:
    sid = "AC" + "9" * 32
    account = {"auth_token": "1" * 32, "numbers": ["+16145550188"], "parent_sid": AVA_ACCOUNT.sid}

    stage.control.post("/config", accounts={sid: account})
    call = stage.client.api.accounts(sid).calls.create(
        to="+16145550109", from_="+16145550188", url=stage.customer.base_url + "/voice/1"
    )

    assert call.account_sid == sid
    assert stage.client.calls.list() == []


@pytest.mark.parametrize(
    ("path", "order", "sentence"),
    [
        ("/clock", {"offset": 5}, "unknown: offset"),
        ("/clock", {"offset_seconds": "tomorrow"}, "`offset_seconds` must be a number"),
        ("/config", {"speed": 0}, "`speed` must be a number of at least 0.01"),
        ("/config", {"accounts": {"AC1": {}}}, "needs an `auth_token`"),
        ("/queue", {"account": "AC1", "backlog_seconds": 1}, "no account is known as 'AC1'"),
        ("/inbound", {"from": "x", "to": "y"}, "numbers in E.164 form"),
        ("/inbound", {"from": "+16145550103", "to": OUR_NUMBER}, "has no voice_url"),
    ],
)
def test_a_wrong_order_is_refused_with_a_sentence(
    stage: Stage, path: str, order: dict[str, Any], sentence: str
) -> None:
    response = stage.control.try_post(path, order)

    assert response.status_code == 400
    assert sentence in response.json()["error"]


def test_an_unknown_call_is_said_to_be_unknown(stage: Stage) -> None:
    response = stage.control._http.get("/_sim/calls/CA1")

    assert (response.status_code, response.json()) == (404, {"error": "no call is known as CA1"})


def test_it_can_be_mounted_below_a_path(stage: Stage) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    config = TwilioSimConfig(speed=50.0, allow_plain_ws=True)
    with served(Starlette(routes=[Mount("/twilio", create_app(config))])) as base_url:
        client, control = twilio_client(base_url + "/twilio"), SimControl(base_url + "/twilio")
        stage.customer.twiml["/voice/1"] = HELLO
        created = client.calls.create(to="+16145550150", from_=OUR_NUMBER, url=stage.customer.base_url + "/voice/1")
        control.wait_until_idle()

        fetched = client.calls(created.sid).fetch()
        listed = client.calls.list(page_size=1)
        control.close()

    assert fetched.status == "completed"
    assert fetched.uri == f"/2010-04-01/Accounts/{AVA_ACCOUNT.sid}/Calls/{created.sid}.json"
    assert [call.sid for call in listed] == [created.sid]


def test_a_simulator_takes_its_settings_as_arguments() -> None:
    with running_simulator(speed=7.0, default_persona="busy", accounts=(AVA_ACCOUNT,)) as base_url:
        control = SimControl(base_url)
        config = control.get("/config")
        scenarios = control.get("/scenarios")
        control.close()

    assert (config["speed"], list(config["accounts"]), scenarios["default"]) == (7.0, [AVA_ACCOUNT.sid], "busy")
