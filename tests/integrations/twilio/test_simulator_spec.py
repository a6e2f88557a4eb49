"""Answers held against the vendor's own OpenAPI files, where those are at hand."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import pytest

from integrations.twilio.simulation.rest_available import KNOWN
from integrations.twilio.simulator import AVA_ACCOUNT
from tests.integrations.twilio.simulator_customer import (  # noqa: F401 - fixtures
    OUR_NUMBER,
    Stage,
    fresh_stage,
    twilio_theatre,
)

BASE = f"/2010-04-01/Accounts/{AVA_ACCOUNT.sid}"
RFC_2822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000")


@cache
def spec(name: str) -> Any:
    folder = os.environ.get("VENDOR_SPECS", "")
    path = Path(folder) / "twilio" / name
    if not folder or not path.exists():
        pytest.skip("VENDOR_SPECS does not lead to the vendor's OpenAPI files: shapes were not compared with them")
    return _with_nulls(json.loads(path.read_text(encoding="utf-8")))


def _with_nulls(node: Any) -> Any:
    """OpenAPI's `nullable` in the words of JSON Schema; objects take no property the vendor does not know."""
    if isinstance(node, list):
        return [_with_nulls(item) for item in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _with_nulls(value) for key, value in node.items()}
    if changed.get("nullable") is True and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
    return changed


def validate(answer: Any, schema: str, document: str = "twilio_api_v2010.json") -> None:
    """Right types, nothing missing that the vendor always sends, nothing the vendor does not know."""
    whole = spec(document)
    described = whole["components"]["schemas"][schema]
    assert set(answer) == set(described["properties"])
    jsonschema.validate(answer, {**described, "components": whole["components"]})
    for name, value in answer.items():
        if described["properties"][name].get("format") == "date-time-rfc-2822" and value is not None:
            assert RFC_2822.fullmatch(value), f"{name}: {value}"


def get(stage: Stage, path: str) -> Any:
    auth = (AVA_ACCOUNT.sid, AVA_ACCOUNT.auth_token)
    return httpx2.get(stage.base_url + path, auth=auth, trust_env=False).json()


def test_a_call_has_the_vendors_shape_in_every_state(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = "<Response><Say>Hello</Say></Response>"
    sid = stage.call("+16145550102").sid

    validate(get(stage, f"{BASE}/Calls/{sid}.json"), "api.v2010.account.call")
    stage.control.wait_until_idle()
    finished = get(stage, f"{BASE}/Calls/{sid}.json")

    validate(finished, "api.v2010.account.call")
    assert finished["status"] == "completed"
    assert finished["price"] == "-0.01400"


def test_a_list_of_calls_has_the_vendors_shape(stage: Stage) -> None:
    stage.call("+16145550109")
    whole = spec("twilio_api_v2010.json")
    listing = whole["paths"]["/2010-04-01/Accounts/{AccountSid}/Calls.json"]["get"]["responses"]["200"]

    page = get(stage, f"{BASE}/Calls.json")

    schema = listing["content"]["application/json"]["schema"]
    assert set(page) == set(schema["properties"])
    jsonschema.validate(page, {**schema, "components": whole["components"]})


def test_a_message_has_the_vendors_shape(stage: Stage) -> None:
    message = stage.client.messages.create(to="+16145550102", from_=OUR_NUMBER, body="Hello")

    validate(get(stage, f"{BASE}/Messages/{message.sid}.json"), "api.v2010.account.message")


def test_a_recording_has_the_vendors_shape_alone_and_in_its_call(stage: Stage) -> None:
    stage.customer.twiml["/voice/1"] = "<Response><Start><Recording/></Start><Say>Hello</Say></Response>"
    sid = stage.finished("+16145550102")["sid"]

    of_call = get(stage, f"{BASE}/Calls/{sid}/Recordings.json")["recordings"][0]
    alone = get(stage, f"{BASE}/Recordings/{of_call['sid']}.json")

    validate(of_call, "api.v2010.account.call.call_recording")
    validate(alone, "api.v2010.account.recording")


def test_a_number_has_the_vendors_shape(stage: Stage) -> None:
    numbers = get(stage, f"{BASE}/IncomingPhoneNumbers.json")["incoming_phone_numbers"]

    validate(numbers[0], "api.v2010.account.incoming_phone_number")


def test_a_number_to_be_rented_has_the_vendors_shape(stage: Stage) -> None:
    whole, path = spec("twilio_api_v2010.json"), "AvailablePhoneNumbers/{CountryCode}/Local.json"
    described = whole["paths"][f"/2010-04-01/Accounts/{{AccountSid}}/{path}"]["get"]
    example = described["responses"]["200"]["content"]["application/json"]["examples"]["readFull"]["value"]

    page = get(stage, f"{BASE}/AvailablePhoneNumbers/US/Local.json?AreaCode=740&PageSize=2&VoiceEnabled=true")
    found = page["available_phone_numbers"]

    # The example, not the schema: it has places as texts where the schema says numbers.
    assert set(page) == set(example)
    assert len(found) == 2
    for one in found:
        pattern = example["available_phone_numbers"][0]
        assert {name: type(value) for name, value in one.items() if name != "capabilities"} == {
            name: type(value) for name, value in pattern.items() if name != "capabilities"
        }
        assert one["phone_number"].startswith("+1740")
    asked = {one["name"] for one in described["parameters"] if one["in"] == "query"}
    assert asked == KNOWN


def test_a_lookup_has_the_vendors_shape(stage: Stage) -> None:
    found = get(stage, "/lookups.twilio.com/v2/PhoneNumbers/+16145550101?Fields=reassigned_number")
    described = spec("twilio_lookups_v2.json")["components"]["schemas"]["LookupResponse"]["properties"]

    assert set(found) == set(described)
    assert set(found["reassigned_number"]) == {"last_verified_date", "is_number_reassigned", "error_code"}


def test_a_new_call_accepts_every_parameter_the_vendor_lists(stage: Stage) -> None:
    from integrations.twilio.simulation.checks import CREATE, UPDATE

    paths = spec("twilio_api_v2010.json")["paths"]

    def listed(path: str) -> set[str]:
        body = paths[f"/2010-04-01/Accounts/{{AccountSid}}/{path}.json"]["post"]["requestBody"]["content"]
        return set(body["application/x-www-form-urlencoded"]["schema"]["properties"])

    assert listed("Calls") - CREATE == set()
    assert listed("Calls/{Sid}") == UPDATE
