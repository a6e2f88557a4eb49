"""How simulated Square says no: strictness, limits, and every error of its table on demand."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations.square.simulator import (
    DENTAL_PRACTICE,
    KINDS,
    LANDSCAPER,
    MAIN_LOCATION,
    SquareSimConfig,
    create_app,
)
from tests.integrations.simulation.server import SimControl, running
from tests.integrations.square.simulator import Square, error_in, running_square

TABLE = [
    ("expired", 401, "AUTHENTICATION_ERROR", "ACCESS_TOKEN_EXPIRED"),
    ("revoked", 401, "AUTHENTICATION_ERROR", "ACCESS_TOKEN_REVOKED"),
    ("unauthorized", 401, "AUTHENTICATION_ERROR", "UNAUTHORIZED"),
    ("scopes", 403, "AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES"),
    ("forbidden", 403, "AUTHENTICATION_ERROR", "FORBIDDEN"),
    ("bad-request", 400, "INVALID_REQUEST_ERROR", "INVALID_VALUE"),
    ("bad-cursor", 400, "INVALID_REQUEST_ERROR", "INVALID_CURSOR"),
    ("missing", 404, "INVALID_REQUEST_ERROR", "NOT_FOUND"),
    ("conflict", 409, "INVALID_REQUEST_ERROR", "CONFLICT"),
    ("throttled", 429, "RATE_LIMIT_ERROR", "RATE_LIMITED"),
    ("server-error", 500, "API_ERROR", "INTERNAL_SERVER_ERROR"),
    ("bad-gateway", 502, "API_ERROR", "BAD_GATEWAY"),
    ("unavailable", 503, "API_ERROR", "SERVICE_UNAVAILABLE"),
    ("gateway-timeout", 504, "API_ERROR", "GATEWAY_TIMEOUT"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Square]:
    with running_square() as square:
        yield square


@pytest.fixture
def square(server: Square) -> Square:
    return server.fresh()


def test_the_table_is_whole() -> None:
    assert {kind for kind, *_ in TABLE} == set(KINDS)


@pytest.mark.parametrize(("kind", "status", "category", "code"), TABLE)
def test_every_error_of_the_table_can_be_had(square: Square, kind: str, status: int, category: str, code: str) -> None:
    square.sim.fault(kind, path="/v2/locations")

    answer = square.call("GET", "/v2/locations")

    error = error_in(answer)
    assert (answer.status_code, error["category"], error["code"]) == (status, category, code)
    assert square.call("GET", "/v2/locations").status_code == 200


def test_a_throttled_call_may_say_how_long_to_wait(square: Square) -> None:
    square.sim.fault("throttled", retry_after=7)
    assert square.call("GET", "/v2/locations").headers["retry-after"] == "7"

    square.sim.fault("throttled")
    assert "retry-after" not in square.call("GET", "/v2/locations").headers


def test_a_write_can_be_done_and_its_answer_lost(square: Square) -> None:
    invoice = square.cast("UNPAID")
    square.sim.fault("drop-answer", path="/cancel")

    with pytest.raises(httpx2.RemoteProtocolError):
        square.call("POST", f"/v2/invoices/{invoice['id']}/cancel", json={"version": invoice["version"]})

    assert square.cast("UNPAID")["status"] == "CANCELED"


def test_a_seller_may_ask_ten_times_a_second(square: Square) -> None:
    square.sim.settings(requests_per_second=10, rate_limit_retry_after=1)

    answers = [square.call("GET", "/v2/locations") for _ in range(12)]

    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert (error_in(refused[0])["code"], refused[0].headers["retry-after"]) == ("RATE_LIMITED", "1")
    square.connect(LANDSCAPER)
    assert square.call("GET", "/v2/locations").status_code == 200


def test_the_version_is_echoed_and_must_be_one(square: Square) -> None:
    assert square.call("GET", "/v2/locations").headers["square-version"] == "2025-08-20"
    for version, code in (("v2", "INVALID_SQUARE_VERSION_FORMAT"), ("2031-01-01", "API_VERSION_INCOMPATIBLE")):
        assert square.refused("GET", "/v2/locations", headers={"Square-Version": version}) == (400, code, "")
    plain = {"Authorization": f"Bearer {square.token}"}
    assert square.http.get("/v2/locations", headers=plain).headers["square-version"] == "2025-08-20"


def test_bodies_are_json_objects_with_known_fields(square: Square) -> None:
    path = "/v2/customers/search"
    json = {"content-type": "application/json"}

    assert square.refused("POST", path, data={"limit": "5"})[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert square.refused("POST", path, content=b"{", headers=json)[:2] == (400, "EXPECTED_JSON_BODY")
    assert square.refused("POST", path, content=b"[]", headers=json)[:2] == (400, "EXPECTED_OBJECT")
    assert square.refused("POST", path, json={"page": 2}) == (400, "UNKNOWN_BODY_PARAMETER", "page")


def test_lists_take_known_parameters_only(square: Square) -> None:
    assert square.refused("GET", "/v2/invoices") == (400, "MISSING_REQUIRED_PARAMETER", "location_id")
    params = {"location_id": MAIN_LOCATION, "status": "UNPAID"}
    assert square.refused("GET", "/v2/invoices", params=params) == (400, "UNKNOWN_QUERY_PARAMETER", "status")
    for limit, code in (("201", "VALUE_TOO_HIGH"), ("0", "VALUE_TOO_LOW"), ("ten", "EXPECTED_INTEGER")):
        params = {"location_id": MAIN_LOCATION, "limit": limit}
        assert square.refused("GET", "/v2/invoices", params=params) == (400, code, "limit")


def test_other_methods_and_paths_are_refused_in_the_same_form(square: Square) -> None:
    assert square.refused("DELETE", "/v2/locations") == (405, "METHOD_NOT_ALLOWED", "")
    assert square.refused("GET", "/v2/unknown") == (404, "NOT_FOUND", "")
    assert square.refused("GET", "/v2/invoices/inv:0-unknown") == (404, "NOT_FOUND", "")


def test_every_answer_names_its_request(square: Square) -> None:
    answers = [square.call("GET", path) for path in ("/v2/locations", "/v2/invoices", "/v2/unknown")]

    assert len({one.headers["x-request-id"] for one in answers}) == 3


def test_a_restarted_simulator_finds_its_world_again(tmp_path: Path) -> None:
    kept = f"{tmp_path}/square.json"
    with running_square(state_file=kept) as square:
        token = square.connect().token
        invoice = square.cast("UNPAID")
        square.post(f"/v2/invoices/{invoice['id']}/cancel", version=invoice["version"])
        order = square.new_order()
        payment = square.order(square.cast("PAID")["order_id"])["tenders"][0]["id"]
        refund = {"idempotency_key": "r", "payment_id": payment, "amount_money": {"amount": 5, "currency": "USD"}}
        square.post("/v2/refunds", **refund, reason="Dispute 31")
        before = square.get("/v2/invoices", location_id=MAIN_LOCATION)["invoices"]

    with running_square(state_file=kept) as square:
        square.token = token
        after = square.get("/v2/invoices", location_id=MAIN_LOCATION)["invoices"]

        assert [{**one, "public_url": ""} for one in after] == [{**one, "public_url": ""} for one in before]
        assert square.order(order["id"]) == order
        assert square.get("/v2/refunds")["refunds"][0]["reason"] == "Dispute 31"
        assert square.sim.counts(DENTAL_PRACTICE)["invoices"] == 60


def test_works_mounted_under_a_prefix() -> None:
    with running(Starlette(routes=[Mount("/square", create_app(SquareSimConfig(invoices=30)))])) as url:
        square = Square(f"{url}/square", planted=30)
        square.sim = SimControl(url, prefix="/square")
        square.connect()

        assert square.cast("UNPAID")["public_url"].startswith(f"{url}/square/pay-invoice/inv:0-Ch")
