"""Every kind of answer and event of simulated Square held against Square's own specification."""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from integrations.square.simulator import DENTAL_PRACTICE, MAIN_LOCATION, SECOND_LOCATION
from tests.integrations.square.simulator import Square, good, running_square

SPEC = Path(os.environ.get("VENDOR_SPECS", "/nowhere")) / "square" / "api.json"

pytestmark = pytest.mark.skipif(
    not SPEC.exists(),
    reason="VENDOR_SPECS does not lead to square/api.json: answers are not held against the specification",
)


@pytest.fixture(scope="module")
def square() -> Iterator[Square]:
    with running_square() as square:
        yield square.connect()


@cache
def spec() -> Registry[Any]:
    contents = json.loads(SPEC.read_text(encoding="utf-8"))
    empty: Registry[Any] = Registry()
    whole: Registry[Any] = empty.with_resource("urn:square", DRAFT4.create_resource(contents))
    return whole


def fits(schema: str, value: Any) -> None:
    """Fails with every way in which a value does not fit; unknown names do not fit either."""
    validator = OAS30Validator({"$ref": f"urn:square#/components/schemas/{schema}"}, registry=spec())
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)] == []
    known = spec().contents("urn:square")["components"]["schemas"]
    assert unknown(known, {"$ref": f"#/{schema}"}, value, schema) == []


def unknown(known: Any, schema: Any, value: Any, path: str) -> list[str]:
    """Names in a value that its schema does not have."""
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        return [one for part in value for one in unknown(known, schema.get("items", {}), part, path)]
    fields = schema.get("properties")
    if not isinstance(value, dict) or not fields:
        return []
    wrong = [f"{path}.{name}" for name in value if name not in fields]
    return wrong + [
        one
        for name, part in value.items()
        if name in fields
        for one in unknown(known, fields[name], part, f"{path}.{name}")
    ]


@pytest.mark.parametrize(
    ("path", "schema", "params"),
    [
        ("/v2/locations", "ListLocationsResponse", {}),
        (f"/v2/locations/{MAIN_LOCATION}", "RetrieveLocationResponse", {}),
        ("/v2/invoices", "ListInvoicesResponse", {"location_id": MAIN_LOCATION, "limit": 200}),
        ("/v2/invoices", "ListInvoicesResponse", {"location_id": SECOND_LOCATION, "limit": 5}),
        ("/v2/customers", "ListCustomersResponse", {"count": "true"}),
        ("/v2/payments", "ListPaymentsResponse", {"begin_time": "2020-01-01T00:00:00Z"}),
        ("/v2/refunds", "ListPaymentRefundsResponse", {"begin_time": "2020-01-01T00:00:00Z"}),
    ],
)
def test_lists(square: Square, path: str, schema: str, params: dict[str, Any]) -> None:
    fits(schema, square.get(path, **params))


@pytest.mark.parametrize(
    ("path", "schema", "body"),
    [
        ("/v2/invoices/search", "SearchInvoicesResponse", {"query": {"filter": {"location_ids": [MAIN_LOCATION]}}}),
        ("/v2/orders/search", "SearchOrdersResponse", {"location_ids": [MAIN_LOCATION, SECOND_LOCATION]}),
        (
            "/v2/orders/search",
            "SearchOrdersResponse",
            {"location_ids": [MAIN_LOCATION], "return_entries": True, "limit": 3},
        ),
        ("/v2/customers/search", "SearchCustomersResponse", {"limit": 50}),
    ],
)
def test_searches(square: Square, path: str, schema: str, body: dict[str, Any]) -> None:
    fits(schema, square.post(path, **body))


def test_single_objects_and_writes(square: Square) -> None:
    order = square.new_order()
    fits("CreateOrderResponse", {"order": order})
    fits("BatchRetrieveOrdersResponse", square.post("/v2/orders/batch-retrieve", order_ids=[order["id"]]))
    fits("RetrieveOrderResponse", square.get(f"/v2/orders/{order['id']}"))
    created = square.post("/v2/invoices", invoice=square.draft_of(order, square.in_days(14)))
    fits("CreateInvoiceResponse", created)
    path = f"/v2/invoices/{created['invoice']['id']}"
    fits("PublishInvoiceResponse", square.post(f"{path}/publish", version=0))
    fits("UpdateInvoiceResponse", square.put(path, invoice={"version": 1, "title": "New"}))
    fits("GetInvoiceResponse", square.get(path))
    fits("CancelInvoiceResponse", square.post(f"{path}/cancel", version=2))
    fits("DeleteInvoiceResponse", good(square.call("DELETE", f"/v2/invoices/{square.cast_id('DRAFT')}")))
    payment = square.order(square.cast("PAID")["order_id"])["tenders"][0]["id"]
    fits("GetPaymentResponse", square.get(f"/v2/payments/{payment}"))
    money = {"amount": 100, "currency": "USD"}
    refund = square.post("/v2/refunds", idempotency_key="r", payment_id=payment, amount_money=money)
    fits("RefundPaymentResponse", refund)
    fits("GetPaymentRefundResponse", square.get(f"/v2/refunds/{refund['refund']['id']}"))
    fits("RetrieveCustomerResponse", square.get(f"/v2/customers/{square.customer()}"))


def test_tokens(square: Square) -> None:
    tokens = good(square.redeem(square.code()))
    fits("ObtainTokenResponse", tokens)
    fits("RetrieveTokenStatusResponse", square.post("/oauth2/token/status"))
    square.connect()
    fits("RevokeTokenResponse", good(square.revoke(access_token=tokens["access_token"])))
    square.connect()


def test_events(square: Square) -> None:
    act = square.sim.act
    customer = act(DENTAL_PRACTICE, "add_customer", name="Noor Haddad", email="noor@example.com")["id"]
    act(DENTAL_PRACTICE, "change_customer", id=customer, note="Prefers texts")
    invoice = act(DENTAL_PRACTICE, "add_invoice", customer=customer, lines=[{"description": "Exam", "price": "80.00"}])[
        "id"
    ]
    payment = act(DENTAL_PRACTICE, "pay", customer=customer, amount="80.00", applied={invoice: "80.00"})["id"]
    act(DENTAL_PRACTICE, "refund", id=payment, amount="5.00")
    other = act(DENTAL_PRACTICE, "add_invoice", customer=customer, lines=[{"description": "Exam", "price": "80.00"}])[
        "id"
    ]
    act(DENTAL_PRACTICE, "void_invoice", id=other)
    act(DENTAL_PRACTICE, "delete_customer", id=customer)
    square.sim.disconnect(DENTAL_PRACTICE)
    square.connect()

    found = square.post("/v2/events")

    fits("SearchEventsResponse", found)
    told = {one["type"] for one in found["events"]}
    assert {"invoice.payment_made", "refund.created", "customer.deleted", "oauth.authorization.revoked"} <= told
    for event in found["events"]:
        name = "".join(part.title() for part in event["type"].replace("_", ".").split(".")) + "Event"
        event.pop("location_id", None)
        deleted = event["data"].pop("deleted", None) if event["type"] == "customer.deleted" else None
        fits(name, event)
        assert deleted in (None, True)


def test_errors(square: Square) -> None:
    wrong = [
        square.call("GET", "/v2/invoices"),
        square.call("GET", "/v2/payments", params={"cursor": "x"}),
        square.call("GET", "/v2/customers/unknown"),
        square.call(
            "POST", "/v2/refunds", json={"idempotency_key": "k", "amount_money": {"amount": 1, "currency": "USD"}}
        ),
        square.call("PUT", "/v2/locations"),
        square.http.get("/v2/locations"),
    ]
    for answer in wrong:
        fits("GetInvoiceResponse", answer.json())
