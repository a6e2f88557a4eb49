"""How the simulated vendor refuses: numbers and statuses, limits, faults on demand."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from integrations.zoho.simulator import AVAS_PLUMBING, CLOUDKEEP, KINDS, MADURAI_DESIGN
from tests.integrations.zoho.simulator import Zoho, running


@pytest.fixture(scope="module")
def served() -> Iterator[Zoho]:
    with running(invoices=20) as zoho:
        yield zoho


@pytest.fixture
def zoho(served: Zoho) -> Zoho:
    served.control("reset")
    return Zoho(served.base_url).connect()


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("invoices", "modified_since", "2026-01-01"),
        ("invoices", "per_page", "201"),
        ("invoices", "per_page", "0"),
        ("invoices", "page", "first"),
        ("invoices", "status", "late"),
        ("invoices", "filter_by", "Status.Late"),
        ("invoices", "sort_column", "last_modified_time"),
        ("invoices", "sort_order", "descending"),
        ("invoices", "last_modified_time", "2026-03-01"),
        ("invoices", "last_modified_time", "2026-03-01T00:00:00"),
        ("invoices", "date_start", "03/01/2026"),
        ("invoices", "balance", "much"),
        ("invoices", "response_option", "5"),
        ("invoices", "customer_id", ""),
        ("contacts", "contact_type", "client"),
        ("contacts", "last_modified_time", "2026-03-01T00:00:00-0500"),
        ("customerpayments", "status", "paid"),
        ("creditnotes", "response_option", "1"),
        ("organizations", "page", "1"),
    ],
)
def test_a_parameter_the_vendor_does_not_know_or_cannot_read_is_refused(
    zoho: Zoho, path: str, name: str, value: str
) -> None:
    answer = zoho.call("GET", path, params={name: value})

    assert (answer.status_code, answer.json()) == (400, {"code": 2, "message": f"Invalid value passed for {name}"})


def test_every_call_names_an_organization_of_the_user(zoho: Zoho) -> None:
    assert zoho.error("GET", "invoices", params={"organization_id": None}) == (400, 2)
    assert zoho.error("GET", "invoices", params={"organization_id": MADURAI_DESIGN}) == (401, 57)
    assert zoho.error("GET", "invoices", params={"organization_id": "1"}) == (401, 57)
    assert zoho.call("GET", "invoices", params={"organization_id": AVAS_PLUMBING}).status_code == 200


def test_rows_of_one_organization_are_not_found_in_another(zoho: Zoho) -> None:
    id = zoho.new_invoice()

    assert zoho.error("GET", f"invoices/{id}", params={"organization_id": AVAS_PLUMBING}) == (404, 1002)
    assert zoho.call("GET", f"invoices/{id}").status_code == 200


def test_a_user_who_left_the_organization_gets_57_with_a_fresh_token(zoho: Zoho) -> None:
    zoho.control("settings", left_organizations=[CLOUDKEEP])
    zoho.tokens["access_token"] = zoho.refresh(zoho.tokens["refresh_token"])["access_token"]

    assert zoho.error("GET", "invoices") == (401, 57)
    names = [one["name"] for one in zoho.get("organizations", organization_id=None)["organizations"]]
    assert names == ["Ava's Plumbing"]


def test_a_token_that_cannot_be_read_is_14_and_a_dead_one_57(zoho: Zoho) -> None:
    headers: list[dict[str, str]] = [{}, {"Authorization": "Basic abc"}, {"Authorization": "Zoho-oauthtoken"}]
    answers = [zoho.http.get("/us/api/books/v3/organizations", headers=one) for one in headers]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(401, 14)] * 3
    zoho.tokens["access_token"] = "1000.made.up"
    assert zoho.error("GET", "invoices") == (401, 57)


def test_a_scope_that_was_not_granted_is_57_too(zoho: Zoho) -> None:
    id = zoho.new_invoice()
    zoho.connect(scopes=["ZohoBooks.invoices.READ"])

    answer = zoho.call("GET", "contacts")

    assert answer.status_code == 401
    assert answer.json() == {"code": 57, "message": "You are not authorized to perform this operation"}
    assert zoho.call("GET", f"invoices/{id}").status_code == 200
    assert zoho.error("POST", f"invoices/{id}/writeoff") == (401, 57)
    assert zoho.invoice(id)["status"] == "sent"


def test_what_does_not_exist_is_1002(zoho: Zoho) -> None:
    answer = zoho.call("GET", "invoices/3818499000000000001")

    assert (answer.status_code, answer.json()) == (404, {"code": 1002, "message": "Invoice does not exist."})
    for path in ("contacts/1", "customerpayments/1", "creditnotes/1"):
        assert zoho.error("GET", path) == (404, 1002)


def test_an_unknown_address_is_404_and_an_unknown_method_405(zoho: Zoho) -> None:
    assert zoho.error("GET", "invoicez") == (404, 5)
    assert zoho.error("PATCH", "invoices") == (405, 37)
    assert zoho.http.get("/us/api/books/v2/invoices").json() == {"code": 5, "message": "Invalid URL Passed"}
    assert zoho.http.get("/xx/api/books/v3/invoices").status_code == 404
    assert zoho.http.get("/nowhere").json()["code"] == 5


def test_too_many_a_minute_is_44_without_retry_after(zoho: Zoho) -> None:
    zoho.control("settings", calls_per_minute=3)

    answers = [zoho.call("GET", "invoices") for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[3].json()["code"] == 44
    assert "retry-after" not in answers[3].headers
    assert zoho.call("GET", "invoices", params={"organization_id": AVAS_PLUMBING}).status_code == 200


def test_too_many_a_day_is_45_until_midnight_where_the_organization_is(zoho: Zoho) -> None:
    zoho.control("settings", calls_per_day=2)

    answers = [zoho.call("GET", "invoices") for _ in range(3)]
    zoho.control("clock", offset_seconds=86_400)

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json() == {"code": 45, "message": "You have exceeded the maximum call rate limit of 2."}
    assert zoho.call("GET", "invoices").status_code == 200


def test_too_many_at_once_is_1070(zoho: Zoho) -> None:
    zoho.control("settings", calls_in_process=2, latency_seconds=0.3)
    start = threading.Barrier(3)

    def ask(_number: int) -> tuple[int, int]:
        with httpx2.Client(base_url=zoho.base_url, trust_env=False) as http:
            start.wait()
            headers = {"Authorization": f"Zoho-oauthtoken {zoho.tokens['access_token']}"}
            answer = http.get("/us/api/books/v3/invoices", params={"organization_id": CLOUDKEEP}, headers=headers)
            return answer.status_code, answer.json()["code"]

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(ask, range(3)))

    assert answers == [(200, 0), (200, 0), (429, 1070)]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("57", 401, 57),
        ("14", 401, 14),
        ("44", 429, 44),
        ("45", 429, 45),
        ("1070", 429, 1070),
        ("1000", 500, 1000),
        ("1002", 404, 1002),
        ("invalid-value", 400, 2),
        ("error-with-200", 200, 1000),
    ],
)
def test_every_error_of_the_data_api_can_be_had_on_demand(zoho: Zoho, kind: str, status: int, code: int) -> None:
    zoho.control("faults", kind=kind, times=1)

    assert zoho.error("GET", "invoices") == (status, code)
    assert zoho.get("invoices")["code"] == 0


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("invalid-code", "invalid_code"),
        ("invalid-client", "invalid_client"),
        ("access-denied", "Access Denied"),
        ("general-error", "general_error"),
    ],
)
def test_every_error_of_the_token_endpoint_can_be_had_on_demand(zoho: Zoho, kind: str, error: str) -> None:
    zoho.control("faults", kind=kind, path="/oauth/v2/token", times=1)

    assert zoho.refresh(zoho.tokens["refresh_token"])["error"] == error
    assert "access_token" in zoho.refresh(zoho.tokens["refresh_token"])


def test_every_fault_is_explained(zoho: Zoho) -> None:
    kinds = zoho.look("faults")["kinds"]

    assert set(KINDS) < set(kinds)
    assert all(kinds.values())


def test_an_answer_may_be_lost_after_the_work_was_done(zoho: Zoho) -> None:
    id = zoho.new_invoice("80.00")
    zoho.control("faults", kind="drop-answer", path="writeoff")

    with pytest.raises(httpx2.HTTPError):
        zoho.call("POST", f"invoices/{id}/writeoff")

    assert zoho.invoice(id)["write_off_amount"] == 80


def test_the_vendor_may_be_slow_or_gone(zoho: Zoho) -> None:
    zoho.control("faults", kind="slow", seconds=0.2)
    started = time.monotonic()
    slow = zoho.call("GET", "invoices").status_code
    took = time.monotonic() - started
    zoho.control("faults", kind="html-503")
    gone = zoho.call("GET", "invoices")

    assert (slow, took > 0.2) == (200, True)
    assert (gone.status_code, gone.headers["content-type"]) == (503, "text/html; charset=utf-8")
