"""What the vendor checks in what we send: tokens, companies, headers, parameters, bodies; and what it logs of it."""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from integrations.quickbooks.simulator import RIVAL_ROOTER
from tests.integrations.quickbooks.simulator_server import Vendor, check, fault_of, good, running_simulator

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


def last_request(vendor: Vendor) -> Any:
    return vendor.look("requests")["requests"][-1]


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer nonsense", "Basic eDp5", "nonsense"])
def test_without_a_living_token_the_gateway_answers_401_with_3200(vendor: Vendor, authorization: str | None) -> None:
    answer = vendor.call("GET", "preferences", headers={"Authorization": authorization})

    check("gateway_fault", answer.json())
    assert answer.status_code == 401
    assert answer.json()["fault"]["type"] == "AUTHENTICATION"
    assert answer.json()["fault"]["error"][0]["code"] == "3200"


def test_an_expired_token_is_answered_the_same_way(vendor: Vendor) -> None:
    vendor.control("expire", realm=vendor.realm)

    assert vendor.call("GET", "preferences").json()["fault"]["error"][0]["code"] == "3200"


@pytest.mark.parametrize("realm", [RIVAL_ROOTER, "9341450000009999"])
def test_a_token_opens_its_own_company_only(vendor: Vendor, realm: str) -> None:
    stranger = Vendor(vendor.base_url, realm, vendor.tokens)

    answer = stranger.call("GET", "invoice/412")

    check("gateway_fault", answer.json())
    assert (answer.status_code, answer.json()["fault"]["error"][0]["code"]) == (403, "3100")


def test_a_company_tells_about_itself_only(vendor: Vendor) -> None:
    answer = vendor.call("GET", f"companyinfo/{RIVAL_ROOTER}")

    assert (answer.status_code, answer.json()["fault"]["error"][0]["code"]) == (403, "3100")


@pytest.mark.parametrize("accept", [None, "*/*", "text/html"])
def test_whoever_does_not_ask_for_json_gets_xml(vendor: Vendor, accept: str | None) -> None:
    answer = vendor.call("GET", "invoice/412", headers={"Accept": accept})

    root = ElementTree.fromstring(answer.content)
    assert answer.headers["content-type"] == "application/xml;charset=UTF-8"
    assert root.tag == f"{FINANCE}IntuitResponse"
    assert root.findtext(f"{FINANCE}Invoice/{FINANCE}Balance") == "796.00"
    customer = root.find(f"{FINANCE}Invoice/{FINANCE}CustomerRef")
    assert customer is not None
    assert (customer.text, customer.get("name")) == ("58", "Harbor Cafe")


def test_queries_and_faults_come_as_xml_too(vendor: Vendor) -> None:
    rows = vendor.call("GET", "query", params={"query": "SELECT * FROM Customer"}, headers={"Accept": None})
    fault = vendor.call("GET", "invoice/99999", headers={"Accept": None})
    gateway = vendor.call("GET", "preferences", headers={"Accept": None, "Authorization": None})

    response = ElementTree.fromstring(rows.content).find(f"{FINANCE}QueryResponse")
    assert response is not None
    assert (len(response), response.get("maxResults")) == (29, "29")
    error = ElementTree.fromstring(fault.content).find(f"{FINANCE}Fault/{FINANCE}Error")
    assert error is not None
    assert (fault.status_code, error.get("code"), error.findtext(f"{FINANCE}Message")) == (
        400,
        "610",
        "Object Not Found",
    )
    assert gateway.status_code == 401
    assert b'<Error code="3200">' in gateway.content


def test_a_planted_oddity_never_breaks_the_xml(vendor: Vendor) -> None:
    odd = {"Id": "58", "DisplayName": "A\u0007 & B <🌮>", "Notes": None, "Balance": "much"}
    vendor.control("objects", realm=vendor.realm, entity="Customer", object=odd)

    answer = vendor.call("GET", "customer/58", headers={"Accept": None})

    root = ElementTree.fromstring(answer.content)
    assert root.findtext(f"{FINANCE}Customer/{FINANCE}DisplayName") == "A & B <🌮>"


def test_every_answer_carries_its_own_intuit_tid(vendor: Vendor) -> None:
    answers = [
        vendor.call("GET", "preferences"),
        vendor.call("GET", "invoice/99999"),
        vendor.call("GET", "preferences", headers={"Authorization": None}),
        vendor.refresh("AB11nothing"),
        vendor.http.get("/.well-known/openid_configuration/"),
        vendor.http.get("/connect/oauth2"),
        vendor.http.get(f"/pay/{vendor.realm}/412"),
    ]

    tids = [answer.headers["intuit_tid"] for answer in answers]
    assert len(set(tids)) == len(tids)
    assert vendor.http.get("/nowhere").headers["intuit_tid"]
    assert [one["intuit_tid"] for one in vendor.look("requests")["requests"]] == tids


@pytest.mark.parametrize("given", [None, "74", "1"])
def test_an_old_or_missing_minorversion_is_served_as_75_and_noted(vendor: Vendor, given: str | None) -> None:
    params = {} if given is None else {"minorversion": given}
    headers = {"Authorization": f"Bearer {vendor.tokens['access_token']}", "Accept": "application/json"}

    answer = vendor.http.get(f"/v3/company/{vendor.realm}/preferences", params=params, headers=headers)

    assert answer.status_code == 200
    assert last_request(vendor)["notes"] == [f"minorversion {given or 'missing'}: served as 75"]


@pytest.mark.parametrize("given", ["74", "latest", "-75", ""])
def test_minorversion_is_a_number_and_may_be_insisted_on(vendor: Vendor, given: str) -> None:
    vendor.control("settings", refuse_old_minorversion=True)

    assert fault_of(vendor.call("GET", "preferences", params={"minorversion": given})) == (400, "2010")
    assert vendor.call("GET", "preferences", params={"minorversion": "76"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("invoice/412", "fields"),
        ("query", "operation"),
        ("cdc", "include"),
        ("preferences", "query"),
        ("invoice/412", ""),
    ],
)
def test_an_unknown_query_parameter_is_a_fault(vendor: Vendor, path: str, name: str) -> None:
    assert fault_of(vendor.call("GET", path, params={name: "1"})) == (400, "2010")


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("invoice", "text/plain"),
        ("invoice", "application/x-www-form-urlencoded"),
        ("invoice", "application/xml"),
        ("invoice", None),
        ("query", "application/json"),
        ("query", "text/plain"),
        ("query", None),
    ],
)
def test_a_wrong_content_type_is_a_fault(vendor: Vendor, path: str, content_type: str | None) -> None:
    answer = vendor.call("POST", path, content="{}", headers={"Content-Type": content_type})

    assert fault_of(answer) == (400, "2010")
    assert "Content-Type" in answer.json()["Fault"]["Error"][0]["Detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b"null", b'{"Deposit": NaN}', b'{"a": "\xff"}', b"[" * 100_000],
    ids=["empty", "open", "list", "text", "null", "nan", "bytes", "deep"],
)
def test_a_bad_body_is_a_fault(vendor: Vendor, body: bytes) -> None:
    answer = vendor.call("POST", "invoice", content=body, headers={"Content-Type": "application/json"})

    assert fault_of(answer) == (400, "2010")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "bill/1"), ("GET", "invoice"), ("POST", "cdc"), ("DELETE", "invoice/412"), ("POST", "batch"), ("GET", "")],
)
def test_endpoints_the_vendor_does_not_have_are_unsupported(vendor: Vendor, method: str, path: str) -> None:
    assert fault_of(vendor.call(method, path)) == (400, "500")


def test_the_log_shows_what_was_sent(vendor: Vendor) -> None:
    vendor.control("reset", keep_connections=True)
    good(vendor.call("POST", "query", content="SELECT * FROM Payment", headers={"Content-Type": "application/text"}))
    vendor.call("GET", "invoice/99999")

    found = vendor.look("requests?path=/v3/")["requests"]

    assert [(one["method"], one["path"], one["status"]) for one in found] == [
        ("POST", f"/v3/company/{vendor.realm}/query", 200),
        ("GET", f"/v3/company/{vendor.realm}/invoice/99999", 400),
    ]
    assert (found[0]["entities"], found[0]["body"], found[0]["authorization"]) == (
        ["Payment"],
        "SELECT * FROM Payment",
        "Bearer",
    )
    assert (found[1]["id"], found[1]["fault"][:3], found[1]["params"]) == ("99999", "610", {"minorversion": "75"})
    assert vendor.http.delete("/_sim/requests").json() == {"requests": []}
    assert vendor.look("requests")["requests"] == []
