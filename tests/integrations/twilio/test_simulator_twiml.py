"""The TwiML interpreter, verb by verb, and its complaints."""

import time
from typing import Any

import pytest
from starlette.responses import Response

from integrations.twilio.simulation.errors import ScriptFailed
from integrations.twilio.simulation.twiml import read_document
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    Stage,
    fresh_stage,
    twilio_theatre,
)


def said(call: Any, who: str = "agent") -> list[str]:
    return [line["text"] for line in call["transcript"] if line["who"] == who]


def quiet(stage: Stage) -> str:
    """The number of somebody who only listens."""
    return stage.person({"silence": 900})


def test_say_play_and_pause_follow_one_another(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Say loop="2">Good morning.</Say><Pause length="2"/><Play>/tune.mp3</Play><Say>Bye.</Say></Response>'
    )

    call = stage.finished(quiet(stage))

    assert said(call) == ["Good morning.", "Good morning.", "Bye."]
    assert said(call, "line") == [f"(plays {stage.customer.base_url}/tune.mp3)"]
    first, last = call["transcript"][0], call["transcript"][-1]
    assert last["seconds"] - first["seconds"] >= 2 * 14 / 15 + 2 + 3
    assert call["ended_by"] == "script"


def test_what_is_cut_off_by_a_hang_up_was_not_said(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = f"<Response><Say>{'word ' * 60}</Say></Response>"

    call = stage.finished(stage.person({"barge_in_at": 3, "hang_up": True}))

    line = call["transcript"][0]
    assert line["interrupted"]
    assert len(line["text"].split()) + len(line["unplayed"].split()) == 60
    assert 1 <= len(line["text"].split()) < 60


def test_redirect_asks_elsewhere(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Redirect method="GET">/second</Redirect><Say>never</Say></Response>'
    stage.customer.twiml["/second"] = "<Response><Say>Second.</Say></Response>"

    call = stage.finished(quiet(stage))

    assert said(call) == ["Second."]
    assert stage.customer.at("/second")[0].method == "GET"
    assert stage.customer.at("/second")[0].signed


def test_hang_up_ends_the_script(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = "<Response><Hangup/><Say>never</Say></Response>"

    assert said(stage.finished(quiet(stage))) == []


def test_other_instructions_replace_what_runs(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = f"<Response><Say>{'word ' * 300}</Say></Response>"
    sid = stage.call(quiet(stage)).sid
    while not stage.control.call(sid)["transcript"]:
        time.sleep(0.005)

    stage.client.calls(sid).update(twiml="<Response><Say>Sorry, good-bye.</Say><Hangup/></Response>")
    stage.control.wait_until_idle()

    assert said(stage.control.call(sid))[-1] == "Sorry, good-bye."
    assert stage.control.call(sid)["transcript"][0]["interrupted"]


def test_a_relative_address_in_twiml_given_outright_has_no_base(stage: Stage) -> None:
    number = quiet(stage)

    call = stage.finished(number, url=None, twiml="<Response><Redirect>/second</Redirect></Response>")

    assert 15004 in stage.control.debugger_codes()
    assert said(call) == ["An application error has occurred. Goodbye."]


def test_an_unknown_attribute_is_warned_about_and_ignored(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = '<Response><Say bogusAttr="1">Hi.</Say><Sing>la</Sing></Response>'

    call = stage.finished(quiet(stage))

    entries = stage.control.get("/debugger")["entries"]
    assert said(call) == ["Hi."]
    assert [(entry["code"], entry["level"]) for entry in entries] == [(12200, "WARNING"), (12200, "WARNING")]
    assert "'bogusAttr'" in entries[0]["message"]
    assert "'Sing'" in entries[1]["message"]
    assert entries[0]["call_sid"] == call["sid"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("<Response><Say>", 12100),
        ("", 12100),
        ("<Reply/>", 12100),
        (Response("{}", media_type="application/json"), 12300),
        (Response("busy", 503), 11200),
        ("<Response><Say>" + "x" * 66_000 + "</Say></Response>", 11750),
    ],
)
def test_instructions_that_cannot_be_used_lead_to_the_fallback(stage: Stage, answer: Any, code: int) -> None:
    stage.customer.twiml["/voice/1"] = answer
    stage.customer.twiml["/sorry"] = "<Response><Say>Please try later.</Say></Response>"

    call = stage.finished(quiet(stage), fallback_url=stage.customer.base_url + "/sorry")

    asked = stage.customer.at("/sorry")[0]
    assert said(call) == ["Please try later."]
    assert (asked.params["ErrorCode"], asked.params["ErrorUrl"]) == (str(code), stage.customer.base_url + "/voice/1")
    assert asked.signed
    assert code in stage.control.debugger_codes()


def test_without_a_fallback_the_caller_hears_an_apology(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = Response("no", 500)

    call = stage.finished(quiet(stage))

    assert said(call) == ["An application error has occurred. Goodbye."]
    assert stage.control.debugger_codes() == [11200]
    assert call["status"] == "completed"


def test_an_address_nobody_listens_at_is_a_connection_failure(stage: Stage) -> None:
    stage.finished(quiet(stage), url="http://127.0.0.1:9/voice")

    assert stage.control.debugger_codes() == [11205]


def test_scripts_that_run_in_a_circle_are_stopped(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = "<Response><Redirect>/voice/1</Redirect></Response>"

    stage.finished(quiet(stage))

    assert len(stage.customer.at("/voice/1")) <= 51
    assert 12400 in stage.control.debugger_codes()


def test_a_reference_without_an_address_of_its_own_is_refused() -> None:
    document = read_document("<Response/>", base_url="")

    with pytest.raises(ScriptFailed) as refusal:
        document.address("/after")

    assert refusal.value.code == 15004


# -- gather ----------------------------------------------------------------------------------------


def test_gather_posts_what_was_said(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Gather input="speech dtmf" action="/heard"><Say>Say yes or no.</Say></Gather><Say>Nothing.</Say></Response>'
    )
    stage.customer.twiml["/heard"] = "<Response><Say>Thank you.</Say></Response>"

    call = stage.finished(stage.person({"wait_for": "yes or no"}, {"say": "No, I do not owe that."}, {"silence": 600}))

    asked = stage.customer.at("/heard")[0].params
    assert (asked["SpeechResult"], asked["Confidence"]) == ("No, I do not owe that.", "0.92")
    assert "Digits" not in asked
    assert said(call) == ["Say yes or no.", "Thank you."]
    assert [line["heard"] for line in call["transcript"] if line["who"] == "person"] == ["No, I do not owe that."]


def test_gather_posts_the_keys_up_to_their_number(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Gather numDigits="2" timeout="60" action="/keys"><Say>Press now.</Say></Gather></Response>'
    )
    stage.customer.twiml["/keys"] = "<Response><Hangup/></Response>"

    stage.finished(stage.person({"wait_for": "now"}, {"dtmf": "123"}, {"silence": 600}))

    assert stage.customer.at("/keys")[0].params["Digits"] == "12"


def test_the_finish_key_is_not_part_of_the_digits(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Gather timeout="60" action="/keys"><Say>Press now.</Say></Gather></Response>'
    )
    stage.customer.twiml["/keys"] = "<Response><Hangup/></Response>"

    stage.finished(stage.person({"wait_for": "now"}, {"dtmf": "12#"}, {"silence": 600}))

    assert stage.customer.at("/keys")[0].params["Digits"] == "12"


def test_speaking_over_a_prompt_cuts_it(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        f'<Response><Gather input="speech" action="/heard"><Say>{"word " * 80}</Say></Gather></Response>'
    )
    stage.customer.twiml["/heard"] = "<Response><Hangup/></Response>"

    call = stage.finished(stage.person({"barge_in_at": 3, "say": "Stop there please."}, {"silence": 600}))

    assert stage.customer.at("/heard")[0].params["SpeechResult"] == "Stop there please."
    assert call["transcript"][0]["interrupted"]


def test_silence_goes_on_to_the_next_verb_unless_empty_results_are_wanted(stage: Stage) -> None:
    gather = '<Response><Gather input="speech" timeout="3" action="/heard"{}/><Say>Nothing heard.</Say></Response>'
    stage.customer.twiml["/voice/1"] = gather.format("")
    stage.customer.twiml["/voice/2"] = gather.format(' actionOnEmptyResult="true"')
    stage.customer.twiml["/heard"] = "<Response><Say>Empty.</Say></Response>"
    number = quiet(stage)

    first = stage.finished(number)
    second = stage.finished(number, path="/voice/2")

    assert said(first) == ["Nothing heard."]
    assert said(second) == ["Empty."]
    assert "SpeechResult" not in stage.customer.at("/heard")[0].params


def test_growing_results_go_to_the_partial_callback(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Gather input="speech" timeout="60" action="/heard" partialResultCallback="/partial"><Say>Speak now.</Say></Gather></Response>'
    )
    stage.customer.twiml["/heard"] = "<Response><Hangup/></Response>"

    stage.finished(stage.person({"wait_for": "now"}, {"say": "one two three four five"}, {"silence": 600}))

    partials = [got.params for got in stage.customer.at("/partial")]
    assert [partial["SequenceNumber"] for partial in partials] == [str(n) for n in range(len(partials))]
    assert "one two three four five".startswith(partials[0]["UnstableSpeechResult"])
    assert all(got.signed for got in stage.customer.at("/partial"))


# -- dial ------------------------------------------------------------------------------------------


def test_dial_connects_to_a_human_and_reports_how_it_went(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = (
        '<Response><Dial callerId="+16145550199" action="/dialed"><Number>+16145550160</Number></Dial></Response>'
    )
    stage.customer.twiml["/dialed"] = "<Response><Hangup/></Response>"

    call = stage.finished(quiet(stage))

    asked = stage.customer.at("/dialed")[0].params
    child = stage.control.call(asked["DialCallSid"])
    assert (asked["DialCallStatus"], asked["DialBridged"]) == ("completed", "true")
    assert asked["DialCallDuration"] == str(child["seconds"])
    assert (child["parent_call_sid"], child["direction"], child["from"]) == (
        call["sid"],
        "outbound-dial",
        "+16145550199",
    )
    assert [ring["number"] for ring in stage.control.rings()] == [call["to"], "+16145550160"]


@pytest.mark.parametrize(
    ("persona", "status"), [("busy", "busy"), ("no_answer", "no-answer"), ("failed_bad_number", "failed")]
)
def test_a_dial_that_reaches_nobody_says_why(stage: Stage, persona: str, status: str) -> None:
    stage.control.post("/scenarios", number="+16145550160", persona=persona)
    stage.customer.twiml["/voice/1"] = '<Response><Dial timeout="10" action="/dialed">+16145550160</Dial></Response>'
    stage.customer.twiml["/dialed"] = "<Response><Say>Nobody there.</Say></Response>"

    call = stage.finished(quiet(stage))

    assert stage.customer.at("/dialed")[0].params["DialCallStatus"] == status
    assert said(call) == ["Nobody there."]


def test_a_number_that_cannot_be_dialed_is_warned_about(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = "<Response><Dial>+16145551212</Dial><Say>Going on.</Say></Response>"

    call = stage.finished(quiet(stage))

    assert stage.control.debugger_codes() == [13224]
    assert said(call) == ["Going on."]
