"""Limits per company: calls in a minute, calls at once, and what the throttled see."""

import threading
from collections.abc import Iterator
from xml.etree import ElementTree

import httpx2
import pytest

from integrations.quickbooks.simulator import RIVAL_ROOTER
from tests.integrations.quickbooks.simulator_server import BASIC, Vendor, check, running_simulator

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


def test_the_501st_call_of_a_minute_is_throttled(vendor: Vendor) -> None:
    vendor.control("settings", calls_per_minute=5)

    answers = [vendor.call("GET", "preferences") for _ in range(7)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert gateway_error(answers[-1]) == (429, "SERVICE", "3001")
    assert "retry-after" not in answers[-1].headers
    assert vendor.look("requests")["limits"][vendor.realm] == {"last_minute": 5, "running": 0}


def test_the_vendors_own_limits_are_500_a_minute_and_10_at_once(vendor: Vendor) -> None:
    settings = vendor.look("settings")

    assert (settings["calls_per_minute"], settings["concurrent_calls"]) == (500, 10)


def test_each_company_has_a_limit_of_its_own(vendor: Vendor) -> None:
    vendor.control("settings", calls_per_minute=1)
    rival = Vendor(vendor.base_url, RIVAL_ROOTER).connect()

    first = [vendor.call("GET", "preferences").status_code for _ in range(2)]

    assert first == [200, 429]
    assert rival.call("GET", "preferences").status_code == 200


def test_throttling_takes_the_form_it_was_set_to(vendor: Vendor) -> None:
    vendor.control("settings", calls_per_minute=0, throttle_format="xml", throttle_status=403, throttle_retry_after=12)

    answer = vendor.call("GET", "preferences")

    assert xml_error(answer) == (403, "SERVICE", "3001")
    assert answer.headers["retry-after"] == "12"


def test_the_eleventh_call_at_once_is_throttled(vendor: Vendor) -> None:
    vendor.control("faults", kind="slow", seconds=1.5, times=None)
    statuses: list[int] = []

    def call() -> None:
        caller = Vendor(vendor.base_url, vendor.realm, vendor.tokens)
        statuses.append(caller.call("GET", "preferences").status_code)

    threads = [threading.Thread(target=call) for _ in range(11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] * 10 + [429]
    vendor.http.delete("/_sim/faults")
    assert vendor.call("GET", "preferences").status_code == 200


def test_the_token_endpoint_does_not_count(vendor: Vendor) -> None:
    vendor.control("settings", calls_per_minute=0)

    assert vendor.refresh(vendor.tokens["refresh_token"]).status_code == 200
    assert vendor.http.post("/v2/oauth2/tokens/revoke", headers={"Authorization": BASIC}).status_code == 400
