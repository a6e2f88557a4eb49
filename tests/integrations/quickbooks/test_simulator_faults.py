"""Faults on demand: each kind, what it strikes, how often, and what was done all the same."""

import json
import time
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest

from integrations.quickbooks.simulator import RIVAL_ROOTER
from tests.integrations.quickbooks.simulator_server import Vendor, check, fault_of, running_simulator

FINANCE = "{http://schema.intuit.com/finance/v3}"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def vendor(base_url: str) -> Vendor:
    vendor = Vendor(base_url)
    vendor.control("reset")
    return vendor.connect()


def gateway_error(answer: httpx2.Response) -> tuple[int, str, str]:
    body = answer.json()
    check("gateway_fault", body)
    return answer.status_code, body["fault"]["type"], body["fault"]["error"][0]["code"]


def xml_error(answer: httpx2.Response) -> tuple[int, str | None, str | None]:
    assert answer.headers["content-type"] == "application/xml;charset=UTF-8"
    fault = ElementTree.fromstring(answer.content).find(f"{FINANCE}Fault")
    error = fault.find(f"{FINANCE}Error") if fault is not None else None
    assert fault is not None
    assert error is not None
    return answer.status_code, fault.get("type"), error.get("code")


def test_401_as_json(vendor: Vendor) -> None:
    vendor.control("faults", kind="401")

    struck, healed = vendor.call("GET", "preferences"), vendor.call("GET", "preferences")

    assert gateway_error(struck) == (401, "AUTHENTICATION", "3200")
    assert struck.json()["fault"]["error"][0]["message"] == (
        "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    )
    assert healed.status_code == 200


def test_401_as_xml_although_json_was_asked_for(vendor: Vendor) -> None:
    vendor.control("faults", kind="401-xml")

    assert xml_error(vendor.call("GET", "preferences")) == (401, "AuthenticationFault", "100")


def test_403_not_authorized_for_this_company(vendor: Vendor) -> None:
    vendor.control("faults", kind="403")

    assert gateway_error(vendor.call("GET", "preferences")) == (403, "AUTHORIZATION", "3100")


def test_403_that_means_throttled(vendor: Vendor) -> None:
    vendor.control("faults", kind="403-throttle", retry_after=7)

    answer = vendor.call("GET", "preferences")

    assert gateway_error(answer) == (403, "SERVICE", "3001")
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize("retry_after", [None, 30])
def test_429_as_json_with_and_without_retry_after(vendor: Vendor, retry_after: int | None) -> None:
    vendor.control("faults", kind="429-json", retry_after=retry_after)

    answer = vendor.call("GET", "preferences")

    assert gateway_error(answer) == (429, "SERVICE", "3001")
    assert answer.headers.get("retry-after") == (None if retry_after is None else "30")


def test_429_as_xml_although_json_was_asked_for(vendor: Vendor) -> None:
    vendor.control("faults", kind="429-xml")

    answer = vendor.call("GET", "preferences")

    assert xml_error(answer) == (429, "SERVICE", "3001")
    assert b"The request limit was reached.  Try again later" in answer.content


def test_503_as_html(vendor: Vendor) -> None:
    vendor.control("faults", kind="503-html")

    answer = vendor.call("GET", "preferences")

    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html;charset=UTF-8")
    assert answer.text.startswith("<html>")


def test_500_with_nothing(vendor: Vendor) -> None:
    vendor.control("faults", kind="500-empty")

    answer = vendor.call("GET", "preferences")

    assert (answer.status_code, answer.content) == (500, b"")


def test_500_with_the_vendors_own_fault(vendor: Vendor) -> None:
    vendor.control("faults", kind="500-fault")

    answer = vendor.call("GET", "preferences")

    assert fault_of(answer) == (500, "10000")
    assert answer.json()["Fault"]["type"] == "SystemFault"


def test_200_with_a_fault_inside(vendor: Vendor) -> None:
    vendor.control("faults", kind="200-fault")

    answer = vendor.call("GET", "query", params={"query": "SELECT * FROM Invoice"})

    assert fault_of(answer) == (200, "6190")
    assert "Subscription period has ended" in answer.text


def test_400_with_any_code(vendor: Vendor) -> None:
    vendor.control(
        "faults", kind="400-fault", code="6000", message="A business validation error", detail="Closed books"
    )

    answer = vendor.call("GET", "preferences")

    assert fault_of(answer) == (400, "6000")
    assert answer.json()["Fault"]["Error"][0]["Detail"] == "Closed books"


def test_a_page_cut_in_the_middle_is_json_that_ends_too_early(vendor: Vendor) -> None:
    whole = vendor.call("GET", "query", params={"query": "SELECT * FROM Invoice"})
    vendor.control("faults", kind="cut-body", match={"entity": "Invoice"})

    cut = vendor.call("GET", "query", params={"query": "SELECT * FROM Invoice"})

    assert cut.status_code == 200
    assert len(cut.content) == len(whole.content) // 2
    assert cut.headers["content-length"] == str(len(cut.content))
    with pytest.raises(json.JSONDecodeError):
        cut.json()


def test_a_connection_that_breaks_in_the_middle_of_a_page(vendor: Vendor) -> None:
    vendor.control("faults", kind="cut-connection")

    with pytest.raises(httpx2.RemoteProtocolError):
        vendor.call("GET", "query", params={"query": "SELECT * FROM Invoice"})

    assert vendor.call("GET", "preferences").status_code == 200


def test_a_write_is_done_even_where_its_answer_breaks_off(vendor: Vendor) -> None:
    vendor.control("faults", kind="cut-connection")
    body = {"Id": "412", "SyncToken": "1", "sparse": True, "PrivateNote": "Done all the same"}

    with pytest.raises(httpx2.RemoteProtocolError):
        vendor.call("POST", "invoice", params={"requestid": "r-1"}, json=body)

    again = vendor.call("POST", "invoice", params={"requestid": "r-1"}, json=body)
    assert (again.status_code, again.json()["Invoice"]["SyncToken"]) == (200, "2")
    assert vendor.invoice("412")["SyncToken"] == "2"


def test_a_write_may_be_done_before_the_gateway_fails(vendor: Vendor) -> None:
    vendor.control("faults", kind="503-html", after=True)
    body = {"Id": "412", "SyncToken": "1", "sparse": True, "PrivateNote": "Done all the same"}

    assert vendor.call("POST", "invoice", json=body).status_code == 503
    assert vendor.invoice("412")["PrivateNote"] == "Done all the same"


def test_a_write_is_not_done_where_the_gateway_fails_first(vendor: Vendor) -> None:
    vendor.control("faults", kind="503-html")
    body = {"Id": "412", "SyncToken": "1", "sparse": True, "PrivateNote": "Never arrived"}

    assert vendor.call("POST", "invoice", json=body).status_code == 503
    assert "PrivateNote" not in vendor.invoice("412")


def test_a_slow_answer_is_late_and_right(vendor: Vendor) -> None:
    vendor.control("faults", kind="slow", seconds=0.4)
    started = time.monotonic()

    answer = vendor.call("GET", "invoice/412")

    assert answer.status_code == 200
    assert time.monotonic() - started >= 0.4


def test_a_fault_strikes_as_often_as_it_was_told(vendor: Vendor) -> None:
    vendor.control("faults", kind="503-html", times=2)

    assert [vendor.call("GET", "preferences").status_code for _ in range(3)] == [503, 503, 200]
    assert vendor.look("faults")["faults"][0]["struck"] == 2


def test_a_fault_without_end_lasts_until_it_is_cleared(vendor: Vendor) -> None:
    vendor.control("faults", kind="503-html", times=None)

    assert [vendor.call("GET", "preferences").status_code for _ in range(5)] == [503] * 5
    assert vendor.http.delete("/_sim/faults").json() == {"faults": []}
    assert vendor.call("GET", "preferences").status_code == 200


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({"path": "/invoice/"}, ["invoice/412", "invoice/436"]),
        ({"entity": "Invoice"}, ["invoice/412", "invoice/436", "query", "cdc"]),
        ({"entity": "Payment"}, ["cdc"]),
        ({"id": "436"}, ["invoice/436"]),
        ({"query": "from invoice"}, ["query"]),
        ({"realm": RIVAL_ROOTER}, []),
        ({"method": "POST"}, []),
        ({"entity": "Invoice", "id": "412"}, ["invoice/412"]),
        ({}, ["invoice/412", "invoice/436", "customer/58", "query", "cdc"]),
    ],
)
def test_a_fault_strikes_only_what_it_matches(vendor: Vendor, match: dict[str, str], struck: list[str]) -> None:
    vendor.control("faults", kind="503-html", times=None, match=match)
    calls: dict[str, dict[str, str]] = {
        "invoice/412": {},
        "invoice/436": {},
        "customer/58": {},
        "query": {"query": "SELECT * FROM Invoice"},
        "cdc": {"entities": "Invoice,Payment", "changedSince": vendor.look("clock")["now"]},
    }

    found = [path for path, params in calls.items() if vendor.call("GET", path, params=params).status_code == 503]

    assert found == struck


def test_a_fault_may_strike_the_token_endpoint(vendor: Vendor) -> None:
    token = vendor.tokens["refresh_token"]
    for kind in ("503-html", "invalid-grant", "invalid-client"):
        vendor.control("faults", kind=kind, match={"path": "/tokens/bearer"})

    answers = [vendor.refresh(token) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [503, 400, 401, 200]
    assert answers[1].json()["error"] == "invalid_grant"
    assert answers[2].json() == {"error": "invalid_client"}


def test_a_refresh_whose_answer_is_lost_has_still_rotated(vendor: Vendor) -> None:
    vendor.control("settings", rotate_after_seconds=0, previous_token_grace_seconds=60)
    vendor.control("faults", kind="503-html", after=True, match={"path": "/tokens/bearer"})
    token = vendor.tokens["refresh_token"]

    lost, repeated = vendor.refresh(token), vendor.refresh(token)

    assert lost.status_code == 503
    assert repeated.status_code == 200
    assert repeated.json()["refresh_token"] != token


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"kind": "418"}, "kind must be one of"),
        ({}, "kind must be one of"),
        ({"kind": "401", "match": {"colour": "red"}}, "match takes"),
        ({"kind": "401", "often": 3}, "unknown: often"),
        ({"kind": "401", "times": "twice"}, "times must be"),
        ({"kind": "slow", "seconds": "long"}, "seconds must be"),
    ],
)
def test_a_fault_nobody_knows_is_refused_in_words(vendor: Vendor, wanted: dict[str, Any], words: str) -> None:
    answer = vendor.http.post("/_sim/faults", json=wanted)

    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert vendor.look("faults") == {"faults": []}
