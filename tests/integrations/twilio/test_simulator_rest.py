"""The REST API through the vendor's own SDK, and what it refuses."""

import base64
import time
from typing import Any

import httpx2
import pytest
from twilio.base.exceptions import TwilioRestException

from integrations.twilio.simulator import AVA_ACCOUNT, RIVAL_ACCOUNT
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    fresh_stage,
    twilio_theatre,
)
from tests.integrations.twilio.simulator_server import twilio_client

CALLS = f"/2010-04-01/Accounts/{AVA_ACCOUNT.sid}/Calls.json"
BEN = "+16145550102"


def post(
    stage: Stage, form: dict[str, str], *, path: str = CALLS, secret: str = AVA_ACCOUNT.auth_token
) -> httpx2.Response:
    auth = base64.b64encode(f"{AVA_ACCOUNT.sid}:{secret}".encode()).decode()
    return httpx2.post(stage.base_url + path, data=form, headers={"Authorization": f"Basic {auth}"}, trust_env=False)


def refused(stage: Stage, **changes: str) -> dict[str, Any]:
    form = {"To": BEN, "From": OUR_NUMBER, "Url": "http://app.example/voice", **changes}
    response = post(stage, {name: value for name, value in form.items() if value != "(none)"})
    error: dict[str, Any] = response.json()
    assert response.status_code == error["status"]
    assert error["more_info"] == f"https://www.twilio.com/docs/errors/{error['code']}"
    assert stage.control.get("/calls")["calls"] == []
    return error


def test_a_new_call_is_queued(stage: Stage) -> None:
    call = stage.call(BEN)

    assert call.sid.startswith("CA")
    assert len(call.sid) == 34
    assert call.status == "queued"
    assert call.queue_time == "0"
    assert call.direction == "outbound-api"
    assert (call.to, call.to_formatted) == (BEN, "(614) 555-0102")
    assert call.duration is None
    assert call.start_time is None
    assert call.date_created.tzinfo is not None


def test_identifiers_are_the_same_under_the_same_seed(stage: Stage) -> None:
    first = stage.call(BEN).sid
    stage.control.post("/reset")

    assert stage.call(BEN).sid == first


def test_wrong_credentials_are_refused(stage: Stage) -> None:
    response = post(stage, {"To": BEN}, secret="wrong")

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Basic realm="Twilio API"'
    assert response.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


def test_one_account_may_not_act_for_another_unless_it_is_its_parent(stage: Stage) -> None:
    stranger = twilio_client(stage.base_url, RIVAL_ACCOUNT)

    sid = stage.call("+16145550109").sid
    with pytest.raises(TwilioRestException) as refusal:
        stranger.api.accounts(AVA_ACCOUNT.sid).calls(sid).fetch()
    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"parent_sid": RIVAL_ACCOUNT.sid}})

    assert refusal.value.code == 20003
    assert stranger.api.accounts(AVA_ACCOUNT.sid).calls(sid).fetch().sid == sid


def test_an_api_key_of_the_account_opens_it(stage: Stage) -> None:
    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"api_keys": {"SK" + "1" * 32: "secret"}}})
    auth = base64.b64encode(b"SK" + b"1" * 32 + b":secret").decode()

    response = httpx2.get(stage.base_url + CALLS, headers={"Authorization": f"Basic {auth}"}, trust_env=False)

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": "(none)"}, 21201),
        ({"From": "(none)"}, 21213),
        ({"To": "614-555-0102"}, 21211),
        ({"To": "+1614555"}, 21211),
        ({"To": "+442071838750"}, 21215),
        ({"To": "+16145551212"}, 13224),
        ({"To": "+15005550001"}, 21217),
        ({"From": "6145550199"}, 21212),
        ({"From": "+16145550198"}, 21210),
        ({"From": "+12165550199"}, 21210),
        ({"Url": "(none)"}, 21205),
        ({"Url": "/voice"}, 21205),
        ({"Method": "PUT"}, 21209),
        ({"StatusCallback": "status"}, 21609),
        ({"StatusCallbackEvent": "answred"}, 21626),
        ({"Timeout": "601"}, 21200),
        ({"TimeLimit": "ten"}, 21200),
        ({"MachineDetection": "On"}, 21200),
        ({"MachineDetectionSpeechThreshold": "100"}, 21200),
        ({"ApplicationSid": "AP1"}, 21218),
        ({"Url": "(none)", "Twiml": "x" * 4001}, 21200),
        ({"Tiemout": "20"}, 20001),
    ],
)
def test_a_bad_call_is_refused_with_the_vendors_code(stage: Stage, changes: dict[str, str], code: int) -> None:
    error = refused(stage, **changes)

    assert (error["status"], error["code"]) == (400, code)


def test_only_forms_are_read(stage: Stage) -> None:
    auth = base64.b64encode(f"{AVA_ACCOUNT.sid}:{AVA_ACCOUNT.auth_token}".encode()).decode()

    response = httpx2.post(
        stage.base_url + CALLS, json={"To": BEN}, headers={"Authorization": f"Basic {auth}"}, trust_env=False
    )

    assert (response.status_code, response.json()["code"]) == (400, 21201)


def test_what_does_not_exist_is_not_found(stage: Stage) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        stage.client.calls("CA" + "0" * 32).fetch()

    assert (refusal.value.status, refusal.value.code) == (404, 20404)
    assert post(stage, {}, path="/2010-04-01/Nothing.json").json()["code"] == 20404


def test_a_finished_call_can_neither_be_changed_nor_canceled_but_deleted(stage: Stage) -> None:
    sid = stage.finished("+16145550120", url=None, twiml="<Response><Hangup/></Response>")["sid"]

    with pytest.raises(TwilioRestException) as refusal:
        stage.client.calls(sid).update(status="completed")

    assert (refusal.value.status, refusal.value.code) == (400, 21220)
    assert stage.client.calls(sid).delete()
    assert stage.client.calls.list() == []


def test_a_call_under_way_cannot_be_deleted(stage: Stage) -> None:
    sid = stage.call("+16145550109").sid

    with pytest.raises(TwilioRestException) as refusal:
        stage.client.calls(sid).delete()

    assert (refusal.value.status, refusal.value.code) == (409, 20009)


def test_an_invalid_status_is_refused(stage: Stage) -> None:
    sid = stage.call("+16145550109").sid

    with pytest.raises(TwilioRestException) as refusal:
        stage.client.calls(sid).update(status="bogus")

    assert refusal.value.status == 400


def test_calls_are_listed_newest_first_in_pages_the_sdk_can_follow(stage: Stage) -> None:
    sids = [stage.call("+16145550109").sid for _ in range(5)]

    listed = [call.sid for call in stage.client.calls.list(page_size=2)]

    assert listed == sids[::-1]


def test_a_page_carries_the_vendors_links(stage: Stage) -> None:
    sids = [stage.call("+16145550109").sid for _ in range(3)]
    auth = base64.b64encode(f"{AVA_ACCOUNT.sid}:{AVA_ACCOUNT.auth_token}".encode()).decode()

    page = httpx2.get(
        f"{stage.base_url}{CALLS}?To=%2B16145550109&PageSize=2&Page=0",
        headers={"Authorization": f"Basic {auth}"},
        trust_env=False,
    ).json()

    assert (page["page"], page["page_size"], page["start"], page["end"]) == (0, 2, 0, 1)
    assert page["uri"] == f"{CALLS}?To=%2B16145550109&PageSize=2&Page=0"
    assert page["next_page_uri"] == f"{CALLS}?To=%2B16145550109&PageSize=2&Page=1&PageToken=PA{sids[1]}"
    assert page["previous_page_uri"] is None


def test_calls_are_found_by_number_state_and_day(stage: Stage) -> None:
    ringing = stage.call("+16145550109").sid
    busy = stage.finished("+16145550102", path="/none")["sid"]
    today = stage.control.get("/clock")["world_now"][:10]
    tomorrow = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400))

    def found(**query: Any) -> set[str]:
        return {call.sid for call in stage.client.calls.list(**query)}

    assert found(to="+16145550109") == {ringing}
    assert found(from_=OUR_NUMBER, start_time_after=today) == {ringing, busy}
    assert found(start_time_after=tomorrow) == set()
    assert found(start_time_before=today) == {ringing, busy}
    assert found(status="completed") == {busy}


def test_an_account_sees_only_its_own_calls(stage: Stage) -> None:
    stage.call("+16145550109")

    assert twilio_client(stage.base_url, RIVAL_ACCOUNT).calls.list() == []


def test_calls_beyond_the_rate_wait_in_the_queue(stage: Stage) -> None:
    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"calls_per_second": 2.0}})

    waits = [int(stage.call("+16145550110").queue_time) for _ in range(3)]
    stage.control.wait_until_idle()

    assert waits[0] == 0
    assert 0 < waits[1] <= 500
    assert waits[1] < waits[2] <= 1000
    rung = [ring["at"] for ring in stage.control.rings()]
    assert rung == sorted(rung)
    assert len(rung) == 3


def test_a_queue_of_more_than_a_day_takes_no_more_calls(stage: Stage) -> None:
    stage.control.post("/queue", account=AVA_ACCOUNT.sid, backlog_seconds=86_401)

    assert refused(stage)["code"] == 22005


def test_a_call_still_queued_can_be_canceled_and_never_rings(stage: Stage) -> None:
    stage.control.post("/queue", account=AVA_ACCOUNT.sid, backlog_seconds=3600)
    call = stage.call(BEN)

    canceled = stage.client.calls(call.sid).update(status="canceled")
    stage.control.wait_until_idle()

    assert 3_599_000 < int(call.queue_time) <= 3_600_000
    assert canceled.status == "canceled"
    assert stage.control.rings() == []
    assert [got.params["CallStatus"] for got in stage.customer.at("/status/1")] == ["canceled"]


def test_too_many_calls_at_once_are_refused(stage: Stage) -> None:
    stage.control.post("/config", accounts={AVA_ACCOUNT.sid: {"concurrent_calls": 1}})
    stage.call("+16145550109")

    with pytest.raises(TwilioRestException) as refusal:
        stage.call(BEN)

    assert refusal.value.code == 10004


def test_our_numbers_are_listed(stage: Stage) -> None:
    numbers = stage.client.incoming_phone_numbers.list()

    assert [(number.phone_number, number.friendly_name) for number in numbers] == [(OUR_NUMBER, "(614) 555-0199")]
    assert numbers[0].sid.startswith("PN")
    assert stage.client.outgoing_caller_ids.list() == []


def test_numbers_to_be_rented_are_found_by_area_code_and_gone_once_rented(stage: Stage) -> None:
    local = stage.client.available_phone_numbers("US").local

    before = local.list(area_code=740, contains="555010*", limit=5)
    stage.client.incoming_phone_numbers.create(phone_number=before[0].phone_number)
    after = local.list(area_code=740, limit=5)

    assert [one.phone_number for one in before] == [f"+1740555010{last}" for last in range(5)]
    assert after[0].phone_number == "+17405550101"
    with pytest.raises(TwilioRestException) as taken:
        stage.client.incoming_phone_numbers.create(phone_number=before[0].phone_number)
    assert taken.value.code == 21422


@pytest.mark.parametrize(
    ("country", "query", "status"),
    [("US", {"AreaCode": "114"}, 400), ("US", {"AreaCode": "7400"}, 400), ("US", {"VoiceEnabled": "yes"}, 400),
     ("US", {"Colour": "red"}, 400), ("US", {"PageSize": "0"}, 400), ("FR", {}, 404)],
)  # fmt: skip
def test_a_search_for_numbers_is_as_strict_as_the_vendors(
    stage: Stage, country: str, query: dict[str, str], status: int
) -> None:
    path = f"/2010-04-01/Accounts/{AVA_ACCOUNT.sid}/AvailablePhoneNumbers/{country}/Local.json"

    answer = httpx2.get(
        stage.base_url + path, params=query, auth=(AVA_ACCOUNT.sid, AVA_ACCOUNT.auth_token), trust_env=False
    )

    assert (answer.status_code, set(answer.json())) == (status, {"code", "message", "more_info", "status"})


def test_a_lookup_tells_valid_from_invalid(stage: Stage) -> None:
    lookups = stage.client.lookups.v2

    good = lookups.phone_numbers("+16145550101").fetch(fields="line_type_intelligence,reassigned_number")
    bad = lookups.phone_numbers("+1614555").fetch()

    assert (good.valid, good.validation_errors, good.national_format) == (True, [], "(614) 555-0101")
    assert good.line_type_intelligence["type"] == "landline"
    assert good.reassigned_number["is_number_reassigned"] == "no"
    assert (bad.valid, bad.validation_errors) == (False, ["TOO_SHORT"])
    assert bad.line_type_intelligence is None


def test_an_async_detection_without_callback_is_only_warned_about(stage: Stage) -> None:
    stage.call("+16145550109", machine_detection="Enable", async_amd="true")

    assert stage.control.debugger_codes() == [21262]
