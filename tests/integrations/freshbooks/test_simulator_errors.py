"""The five shapes of an error, by doing the wrong thing and on demand; limits, pages of gateways, broken answers."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations.freshbooks.simulator import AGENCY, KINDS, FreshBooksSimConfig, create_app
from tests.integrations.freshbooks.simulator import Vendor, good, new_error, old_error, simulated
from tests.integrations.simulation.server import running as served

INVOICES, CLIENTS = "invoices/invoices", "users/clients"
PAYMENTS, CREDIT_NOTES = "payments/payments", "credit_notes/credit_notes"


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with simulated() as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Vendor) -> Vendor:
    return running.anew()


def test_what_is_not_there_is_404_in_the_old_shape_for_invoices_and_clients(vendor: Vendor) -> None:
    assert vendor.call("GET", f"{INVOICES}/9").json() == {
        "response": {
            "errors": [
                {
                    "errno": 1012,
                    "field": "invoiceid",
                    "message": "Invoice not found.",
                    "object": "invoice",
                    "value": "9",
                }
            ]
        }
    }
    assert old_error(vendor.call("GET", f"{CLIENTS}/9"), 404)["message"] == "Client not found."


def test_what_is_not_there_is_404_in_the_newer_shape_for_payments_and_credit_notes(vendor: Vendor) -> None:
    assert vendor.call("GET", f"{PAYMENTS}/9").json() == {
        "code": 5,
        "message": "Request failed with status_code: 404",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "1012",
                "domain": "accounting.api.freshbooks.com",
                "metadata": {
                    "field": "paymentid",
                    "message": "Payment not found.",
                    "object": "payment",
                    "value": "9",
                },
            }
        ],
    }
    assert new_error(vendor.call("GET", f"{CREDIT_NOTES}/x"), 404)["details"][0]["reason"] == "1012"


def test_whoever_names_a_version_gets_the_newer_shape(vendor: Vendor) -> None:
    answer = vendor.call("GET", f"{INVOICES}/9", headers={"X-API-VERSION": "2023-02-20"})

    assert new_error(answer, 404)["details"][0]["metadata"]["message"] == "Invoice not found."


@pytest.mark.parametrize("style", ["old", "new"])
def test_one_shape_for_all_accounting_can_be_had(vendor: Vendor, style: Any) -> None:
    vendor.control.settings(error_style=style)

    for path in (INVOICES, CLIENTS, PAYMENTS, CREDIT_NOTES):
        answer = vendor.call("GET", f"{path}/9")
        if style == "old":
            assert old_error(answer, 404)["errno"] == 1012
        else:
            assert new_error(answer, 404)["code"] == 5


def test_an_error_may_come_with_http_200(vendor: Vendor) -> None:
    vendor.control.settings(errors_as_ok=True)

    assert old_error(vendor.call("GET", f"{INVOICES}/9"), 200)["errno"] == 1012
    assert new_error(vendor.call("GET", f"{PAYMENTS}/9"), 404)["code"] == 5


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer nobody", "Basic abc"])
def test_a_call_without_a_good_token_is_401_in_the_shape_of_authorization(vendor: Vendor, token: Any) -> None:
    headers = {"Authorization": token} if token else {}

    answer = vendor.http.get(f"/accounting/account/{AGENCY}/{INVOICES}", headers=headers)

    assert answer.status_code == 401
    assert answer.json()["error"] == "unauthenticated"


def test_projects_fail_in_a_shape_of_their_own_and_so_does_every_unknown_address(vendor: Vendor) -> None:
    headers = {"Authorization": f"Bearer {vendor.tokens['access_token']}"}
    for path in ("/projects/business/6543/projects/9", "/timetracking/business/6543/time_entries", "/nowhere"):
        answer = vendor.http.get(path, headers=headers)
        assert answer.status_code == 404
        assert answer.json() == {"error": "Requested resource could not be found."}


@pytest.mark.parametrize("retry_after", [None, 7])
def test_too_many_calls_are_429_with_or_without_a_hint(vendor: Vendor, retry_after: Any) -> None:
    vendor.control.settings(calls_per_window=3, throttle_retry_after=retry_after)

    answers = [vendor.call("GET", INVOICES, params={"per_page": "1"}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].headers.get("retry-after") == (None if retry_after is None else "7")
    vendor.control.settings(calls_per_window=None)
    assert vendor.call("GET", INVOICES).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "first_key"),
    [
        ("unauthenticated", 401, "error"),
        ("invalid-token", 401, "errno"),
        ("access-denied", 401, "code"),
        ("insufficient-scope", 403, "error"),
        ("forbidden", 403, "code"),
        ("not-found", 404, "response"),
        ("not-found-new", 404, "code"),
        ("not-found-projects", 404, "error"),
        ("validation", 422, "response"),
        ("validation-new", 422, "code"),
        ("error-as-ok", 200, "response"),
        ("throttled", 429, "error"),
        ("throttled-html", 429, ""),
        ("conflict", 409, "response"),
        ("server-error", 500, "response"),
        ("server-error-new", 500, "code"),
        ("html-500", 500, ""),
        ("html-502", 502, ""),
        ("html-503", 503, ""),
        ("invalid-grant", 401, "error"),
        ("invalid-client", 401, "error"),
    ],
)
def test_every_failure_can_be_had_once_on_demand(vendor: Vendor, kind: Any, status: int, first_key: Any) -> None:
    vendor.control.fault(kind)

    struck, after = vendor.call("GET", INVOICES), vendor.call("GET", INVOICES)

    assert struck.status_code == status
    if first_key:
        assert next(iter(struck.json())) == first_key
    else:
        assert struck.headers["content-type"].startswith("text/html")
    assert after.status_code == 200


def test_no_failure_is_left_without_its_test() -> None:
    tested = {mark.args[1][index][0] for mark in _marks() for index in range(len(mark.args[1]))}

    assert set(KINDS) <= tested


def _marks() -> list[pytest.Mark]:
    return [mark for mark in test_every_failure_can_be_had_once_on_demand.pytestmark if mark.name == "parametrize"]


def test_a_fault_of_the_token_endpoint_spares_the_books(vendor: Vendor) -> None:
    vendor.control.fault("invalid-grant", path="/auth/oauth/token")

    refused = vendor.refresh(vendor.tokens["refresh_token"])
    again = vendor.refresh(vendor.tokens["refresh_token"])

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_grant")
    assert again.status_code == 200


def test_a_throttle_on_demand_says_when_to_come_back(vendor: Vendor) -> None:
    vendor.control.fault("throttled", retry_after=3)

    assert vendor.call("GET", INVOICES).headers["retry-after"] == "3"


def test_an_answer_that_is_lost_leaves_the_credit_note_made(vendor: Vendor) -> None:
    client = vendor.invoice("FB-OVERDUE")["customerid"]
    lines = [{"name": "Goodwill", "qty": 1, "unit_cost": {"amount": "10.00", "code": "USD"}}]
    body = {"clientid": client, "create_date": "2026-03-20", "credit_number": "SY-7", "lines": lines}
    vendor.control.fault("drop-answer", path=CREDIT_NOTES, method="POST")

    with pytest.raises(httpx2.HTTPError):
        vendor.call("POST", CREDIT_NOTES, json={"credit_note": body})

    assert len(vendor.every(CREDIT_NOTES, ("search[credit_number]", "SY-7"))) == 1


def test_it_works_mounted_under_a_prefix() -> None:
    config = FreshBooksSimConfig(redirect_uris=("https://app.example/cb",), invoices=40)
    with served(Starlette(routes=[Mount("/freshbooks", create_app(config))])) as base_url:
        vendor = Vendor(f"{base_url}/freshbooks").connect(AGENCY)
        bad = vendor.http.get("/auth/api/v1/users/me")

        assert good(vendor.call("GET", INVOICES))["page"] == 1
        assert vendor.me().json()["response"]["identity_id"] == 1234
        assert bad.json()["error"] == "unauthenticated"
