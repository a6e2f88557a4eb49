"""Writing to simulated Square: orders, invoices with versions, refunds; and what applications cannot do."""

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.square.simulator import CLOSED_LOCATION, DENTAL_PRACTICE, MAIN_LOCATION, SECOND_LOCATION
from tests.integrations.square.simulator import Square, good, running_square


@pytest.fixture(scope="module")
def server() -> Iterator[Square]:
    with running_square() as square:
        yield square


@pytest.fixture
def square(server: Square) -> Square:
    return server.fresh()


def usd(units: int) -> dict[str, Any]:
    return {"amount": units, "currency": "USD"}


def test_a_settled_dispute_becomes_a_canceled_invoice_and_a_new_one(square: Square) -> None:
    old = square.cast("UNPAID")

    canceled = square.post(f"/v2/invoices/{old['id']}/cancel", version=old["version"])["invoice"]
    order = square.new_order(90_000)
    draft = square.post("/v2/invoices", invoice=square.draft_of(order, square.in_days(14)), idempotency_key="k1")[
        "invoice"
    ]
    invoice = square.post(f"/v2/invoices/{draft['id']}/publish", version=draft["version"])["invoice"]

    assert (canceled["status"], canceled["version"]) == ("CANCELED", old["version"] + 1)
    assert square.order(old["order_id"])["state"] == "CANCELED"
    assert (draft["status"], draft["version"], invoice["status"], invoice["version"]) == ("DRAFT", 0, "UNPAID", 1)
    assert invoice["next_payment_amount_money"] == usd(90_000)
    assert invoice["order_id"] == order["id"]
    truth = square.sim.truth(DENTAL_PRACTICE)
    assert (truth[old["id"]]["status"], truth[invoice["id"]]["balance"]) == ("void", "900.00")


def test_an_order_has_taxes_and_discounts_over_the_whole(square: Square) -> None:
    line = {"name": "Crown", "quantity": "1.5", "base_price_money": usd(10_001)}
    taxes = [{"name": "State tax", "percentage": "8.25", "scope": "ORDER"}]
    discounts = [{"name": "Courtesy", "percentage": "10", "scope": "ORDER"}]

    order = square.new_order(line_items=[line], taxes=taxes, discounts=discounts)

    assert order["line_items"][0]["gross_sales_money"] == usd(15_002)
    assert (order["total_discount_money"], order["total_tax_money"]) == (usd(1_500), usd(1_114))
    assert order["total_money"] == order["net_amount_due_money"] == usd(14_616)
    assert (order["state"], order["version"]) == ("OPEN", 1)
    assert square.order(order["id"]) == order


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"location_id": None}, 400, "MISSING_REQUIRED_PARAMETER", "order.location_id"),
        ({"location_id": "LOTHER"}, 404, "NOT_FOUND", ""),
        ({"location_id": CLOSED_LOCATION}, 400, "INVALID_LOCATION", "order.location_id"),
        ({"customer_id": "unknown"}, 404, "NOT_FOUND", ""),
        (
            {"line_items": [{"quantity": "0", "base_price_money": usd(1)}]},
            400,
            "INVALID_VALUE",
            "order.line_items[0].quantity",
        ),
        (
            {"line_items": [{"quantity": "1"}]},
            400,
            "MISSING_REQUIRED_PARAMETER",
            "order.line_items[0].base_price_money",
        ),
        (
            {"line_items": [{"quantity": "1", "base_price_money": {"amount": 5, "currency": "EUR"}}]},
            400,
            "CURRENCY_MISMATCH",
            "order.line_items[0].base_price_money.currency",
        ),
        (
            {"line_items": [{"quantity": "1", "base_price_money": {"amount": 5.5, "currency": "USD"}}]},
            400,
            "EXPECTED_INTEGER",
            "order.line_items[0].base_price_money.amount",
        ),
        ({"total_money": usd(5)}, 400, "UNKNOWN_BODY_PARAMETER", "order.total_money"),
    ],
)
def test_a_wrong_order_is_refused(square: Square, change: dict[str, Any], status: int, code: str, field: str) -> None:
    order = {"location_id": MAIN_LOCATION, "customer_id": square.customer(), **change}

    assert square.refused("POST", "/v2/orders", json={"order": order}) == (status, code, field)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"order_id": "unknown"}, "INVALID_VALUE", "invoice.order_id"),
        ({"location_id": SECOND_LOCATION}, "LOCATION_MISMATCH", "invoice.location_id"),
        ({"primary_recipient": None}, "MISSING_REQUIRED_PARAMETER", "invoice.primary_recipient"),
        (
            {"payment_requests": [{"request_type": "BALANCE"}]},
            "MISSING_REQUIRED_PARAMETER",
            "invoice.payment_requests[0].due_date",
        ),
        ({"payment_requests": []}, "INVALID_VALUE", "invoice.payment_requests"),
        ({"accepted_payment_methods": {"card": False}}, "INVALID_VALUE", "invoice.accepted_payment_methods"),
        ({"delivery_method": "PIGEON"}, "INVALID_ENUM_VALUE", "invoice.delivery_method"),
        ({"invoice_number": "000001"}, "INVALID_VALUE", "invoice.invoice_number"),
        ({"surprise": 1}, "UNKNOWN_BODY_PARAMETER", "invoice.surprise"),
    ],
)
def test_a_wrong_invoice_is_refused(square: Square, change: dict[str, Any], code: str, field: str) -> None:
    number = square.cast("UNPAID")["invoice_number"]
    if "invoice_number" in change:
        change = {"invoice_number": number}
    body = square.draft_of(square.new_order(), square.in_days(14), **change)

    assert square.refused("POST", "/v2/invoices", json={"invoice": body}) == (400, code, field)


def test_deposits_and_installments_must_come_to_the_total(square: Square) -> None:
    order, day = square.new_order(30_000), square.in_days
    fixed = {"request_type": "DEPOSIT", "due_date": day(3), "fixed_amount_requested_money": usd(10_000)}
    halves = [{"request_type": "INSTALLMENT", "due_date": day(at), "percentage_requested": "50"} for at in (10, 40)]

    wrong = square.draft_of(order, "", payment_requests=[fixed, halves[0]])
    assert square.refused("POST", "/v2/invoices", json={"invoice": wrong})[1] == "INVALID_VALUE"
    right = square.draft_of(order, "", payment_requests=[fixed, *halves])
    made = square.post("/v2/invoices", invoice=right)["invoice"]

    assert [one["computed_amount_money"]["amount"] for one in made["payment_requests"]] == [10_000, 10_000, 10_000]


def test_an_order_carries_one_invoice(square: Square) -> None:
    order = square.new_order()
    square.post("/v2/invoices", invoice=square.draft_of(order, square.in_days(9)))

    again = {"invoice": square.draft_of(order, square.in_days(9))}
    assert square.refused("POST", "/v2/invoices", json=again) == (400, "INVALID_VALUE", "invoice.order_id")


def test_a_draft_due_in_the_past_cannot_be_published(square: Square) -> None:
    draft = square.post("/v2/invoices", invoice=square.draft_of(square.new_order(), square.in_days(-1)))["invoice"]

    refused = square.refused("POST", f"/v2/invoices/{draft['id']}/publish", json={"version": 0})
    assert refused == (400, "INVALID_VALUE", "payment_requests.due_date")


def test_only_drafts_are_deleted_and_their_order_is_canceled(square: Square) -> None:
    draft, unpaid = square.cast("DRAFT"), square.cast("UNPAID")

    assert good(square.call("DELETE", f"/v2/invoices/{draft['id']}", params={"version": draft["version"]})) == {}
    assert square.refused("GET", f"/v2/invoices/{draft['id']}") == (404, "NOT_FOUND", "")
    assert square.order(draft["order_id"])["state"] == "CANCELED"
    assert square.refused("DELETE", f"/v2/invoices/{unpaid['id']}") == (400, "BAD_REQUEST", "")


def test_an_update_is_sparse_and_counts_the_version(square: Square) -> None:
    before = square.cast("UNPAID")
    uid = before["payment_requests"][0]["uid"]
    request = {
        "uid": uid,
        "due_date": square.in_days(30),
        "reminders": [{"relative_scheduled_days": 2, "message": "Hello"}],
    }
    change = {"version": before["version"], "title": "Settled", "payment_requests": [request]}

    after = square.put(f"/v2/invoices/{before['id']}", invoice=change)["invoice"]

    assert (after["version"], after["title"]) == (before["version"] + 1, "Settled")
    assert after["payment_requests"][0]["uid"] == uid
    assert after["payment_requests"][0]["due_date"] == square.in_days(30)
    assert [(one["relative_scheduled_days"], one["status"]) for one in after["payment_requests"][0]["reminders"]] == [
        (2, "PENDING")
    ]
    unchanged = ("order_id", "location_id", "primary_recipient", "invoice_number", "delivery_method")
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


def test_fields_are_cleared_by_name_or_by_null(square: Square) -> None:
    invoice = square.cast("SCHEDULED")
    square.put(
        f"/v2/invoices/{invoice['id']}",
        invoice={"version": invoice["version"], "title": "A title", "description": "Words"},
    )

    changed = {"version": invoice["version"] + 1, "scheduled_at": None}
    after = square.put(f"/v2/invoices/{invoice['id']}", invoice=changed, fields_to_clear=["title", "description"])[
        "invoice"
    ]

    assert after["status"] == "UNPAID"
    assert not {"title", "description", "scheduled_at"} & set(after)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"order_id": "other"}, "INVALID_VALUE", "invoice.order_id"),
        ({"location_id": SECOND_LOCATION}, "INVALID_VALUE", "invoice.location_id"),
        ({"primary_recipient": {"customer_id": "other"}}, "INVALID_VALUE", "invoice.primary_recipient"),
        ({}, "NO_FIELDS_SET", "invoice"),
        ({"payment_requests": [{"uid": "other"}]}, "INVALID_VALUE", "invoice.payment_requests[0].uid"),
    ],
)
def test_order_location_and_recipient_stay(square: Square, change: dict[str, Any], code: str, field: str) -> None:
    invoice = square.cast("UNPAID")
    body = {"invoice": {"version": invoice["version"], **change}}

    assert square.refused("PUT", f"/v2/invoices/{invoice['id']}", json=body) == (400, code, field)
    assert square.cast("UNPAID") == invoice


@pytest.mark.parametrize("status", ["PAID", "PAYMENT_PENDING", "CANCELED", "FAILED", "REFUNDED", "PARTIALLY_REFUNDED"])
def test_what_is_closed_or_on_its_way_cannot_be_updated(square: Square, status: str) -> None:
    invoice = square.cast(status)
    body = {"invoice": {"version": invoice["version"], "title": "New"}}

    assert square.refused("PUT", f"/v2/invoices/{invoice['id']}", json=body) == (400, "BAD_REQUEST", "")


@pytest.mark.parametrize("status", ["DRAFT", "PAID", "REFUNDED", "CANCELED", "FAILED"])
def test_what_is_draft_or_done_cannot_be_canceled(square: Square, status: str) -> None:
    invoice = square.cast(status)

    refused = square.refused("POST", f"/v2/invoices/{invoice['id']}/cancel", json={"version": invoice["version"]})
    assert refused == (400, "BAD_REQUEST", "")


def test_a_partly_paid_invoice_is_canceled_and_its_payments_stay(square: Square) -> None:
    invoice = square.cast("PARTIALLY_PAID")

    after = square.post(f"/v2/invoices/{invoice['id']}/cancel", version=invoice["version"])["invoice"]

    assert after["status"] == "CANCELED"
    assert "next_payment_amount_money" not in after
    tenders = square.order(invoice["order_id"])["tenders"]
    assert [square.get(f"/v2/payments/{one['id']}")["payment"]["status"] for one in tenders] == [
        "COMPLETED",
        "COMPLETED",
    ]


@pytest.mark.parametrize(
    ("setting", "status", "code"),
    [("400", 400, "VERSION_MISMATCH"), ("409", 409, "VERSION_MISMATCH"), ("conflict", 409, "CONFLICT")],
)
def test_an_old_version_is_refused_and_changes_nothing(square: Square, setting: str, status: int, code: str) -> None:
    square.sim.settings(version_error=setting)
    invoice = square.cast("UNPAID")
    path, old = f"/v2/invoices/{invoice['id']}", invoice["version"] - 1

    assert square.refused("POST", f"{path}/cancel", json={"version": old}) == (status, code, "version")
    body = {"invoice": {"version": old, "title": "New"}}
    assert square.refused("PUT", path, json=body) == (status, code, "invoice.version")
    assert square.refused("POST", f"{path}/cancel", json={}) == (400, "MISSING_REQUIRED_PARAMETER", "version")
    assert square.cast("UNPAID") == invoice


def test_a_key_used_again_gives_the_same_answer_and_does_nothing_twice(square: Square) -> None:
    order = square.new_order()
    invoice = square.draft_of(order, square.in_days(14))
    body = {"invoice": invoice, "idempotency_key": "same"}

    first, second = square.post("/v2/invoices", **body), square.post("/v2/invoices", **body)

    assert first == second
    assert square.sim.counts(DENTAL_PRACTICE)["invoices"] == 61
    other = {**body, "invoice": {**invoice, "title": "Other"}}
    assert square.refused("POST", "/v2/invoices", json=other) == (400, "IDEMPOTENCY_KEY_REUSED", "idempotency_key")
    assert square.new_order() == order


def test_a_refused_request_can_be_put_right_under_its_own_key(square: Square) -> None:
    order = square.new_order()
    wrong = {"invoice": square.draft_of(order, "2026-13-01"), "idempotency_key": "k"}

    assert square.refused("POST", "/v2/invoices", json=wrong)[1] == "INVALID_VALUE"
    right = {"invoice": square.draft_of(order, square.in_days(3)), "idempotency_key": "k"}
    assert square.post("/v2/invoices", **right)["invoice"]["status"] == "DRAFT"


def card_payment(square: Square, status: str = "PAID") -> Any:
    return square.get(f"/v2/payments/{square.order(square.cast(status)['order_id'])['tenders'][0]['id']}")["payment"]


def refund(payment: Any, units: int, key: str = "r1", **more: Any) -> dict[str, Any]:
    return {"idempotency_key": key, "payment_id": payment["id"], "amount_money": usd(units), **more}


def test_a_refund_in_part_and_then_of_the_rest(square: Square) -> None:
    payment = card_payment(square)

    first = square.post("/v2/refunds", **refund(payment, 5_000, reason="Dispute 31"))["refund"]
    assert square.cast("PAID")["status"] == "PARTIALLY_REFUNDED"
    second = square.post("/v2/refunds", **refund(payment, 4_500, "r2"))["refund"]

    assert (first["id"], first["status"], first["reason"]) == (f"{payment['id']}_r1", "COMPLETED", "Dispute 31")
    assert (first["amount_money"], first["destination_type"]) == (usd(5_000), "CARD")
    invoice, after = square.cast("PAID"), card_payment(square)
    assert invoice["status"] == "REFUNDED"
    assert invoice["payment_requests"][0]["total_completed_amount_money"] == usd(9_500)
    assert after["refunded_money"] == usd(9_500)
    assert after["refund_ids"] == [first["id"], second["id"]]
    returned = square.order(first["order_id"])
    assert returned["returns"][0]["source_order_id"] == invoice["order_id"]
    assert square.sim.truth(DENTAL_PRACTICE)[invoice["id"]]["balance"] == "0.00"


def test_a_refund_can_be_pending_and_a_second_one_waits(square: Square) -> None:
    square.sim.settings(refund_pending_seconds=600)
    payment = card_payment(square)

    made = square.post("/v2/refunds", **refund(payment, 1_000))["refund"]

    assert made["status"] == "PENDING"
    assert square.refused("POST", "/v2/refunds", json=refund(payment, 1_000, "r2")) == (
        400,
        "REFUND_ALREADY_PENDING",
        "",
    )
    square.sim.clock(601)
    assert square.get(f"/v2/refunds/{made['id']}")["refund"]["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"amount_money": usd(9_501)}, 400, "REFUND_AMOUNT_INVALID", "amount_money.amount"),
        ({"amount_money": usd(0)}, 400, "VALUE_TOO_LOW", "amount_money.amount"),
        ({"amount_money": {"amount": 1, "currency": "EUR"}}, 400, "CURRENCY_MISMATCH", "amount_money.currency"),
        ({"payment_id": "unknown"}, 404, "NOT_FOUND", ""),
        ({"payment_id": None}, 400, "MISSING_REQUIRED_PARAMETER", "payment_id"),
        ({"idempotency_key": None}, 400, "MISSING_REQUIRED_PARAMETER", "idempotency_key"),
        ({"idempotency_key": "k" * 46}, 400, "VALUE_TOO_LONG", "idempotency_key"),
        ({"payment_version_token": "old"}, 400, "VERSION_MISMATCH", "payment_version_token"),
        ({"reason": "r" * 193}, 400, "VALUE_TOO_LONG", "reason"),
    ],
)
def test_a_wrong_refund_is_refused(square: Square, change: dict[str, Any], status: int, code: str, field: str) -> None:
    body = {**refund(card_payment(square), 100), **change}

    assert square.refused("POST", "/v2/refunds", json=body) == (status, code, field)
    assert square.cast("PAID")["status"] == "PAID"


def test_a_payment_on_its_way_cannot_be_refunded(square: Square) -> None:
    pending = next(one for one in square.get("/v2/payments")["payments"] if one["status"] == "PENDING")

    refused = square.refused("POST", "/v2/refunds", json=refund(pending, 100))
    assert refused == (400, "REFUND_ERROR_PAYMENT_NEEDS_COMPLETION", "")


def test_applications_cannot_pay_an_invoice(square: Square) -> None:
    invoice = square.cast("UNPAID")
    body = {"source_id": "CASH", "idempotency_key": "p", "amount_money": usd(100), "order_id": invoice["order_id"]}

    assert square.refused("POST", "/v2/payments", json=body) == (400, "BAD_REQUEST", "order_id")
    assert square.refused("POST", f"/v2/orders/{invoice['order_id']}/pay", json={}) == (400, "BAD_REQUEST", "order_id")
    assert square.refused("POST", "/v2/payments", content=b"{")[:2] == (400, "EXPECTED_JSON_BODY")
    assert square.cast("UNPAID") == invoice


def test_the_customer_pays_on_the_page_behind_the_link(square: Square) -> None:
    invoice = square.cast("PARTIALLY_PAID")

    assert invoice["public_url"].startswith(square.url)
    assert "Pay 796.00 USD" in square.http.get(invoice["public_url"]).text
    assert "Status: PAID" in square.http.post(invoice["public_url"]).text
    assert square.cast("PARTIALLY_PAID")["status"] == "PAID"


def test_credits_and_write_offs_do_not_exist(square: Square) -> None:
    customer, invoice = square.customer(), square.cast_id("UNPAID")

    assert (
        square.sim.refused(DENTAL_PRACTICE, "add_credit", customer=customer, total="5") == "Square has no credit memos"
    )
    assert square.sim.refused(DENTAL_PRACTICE, "write_off", id=invoice) == "Square has no write-off; cancel the invoice"
    assert square.sim.refused(DENTAL_PRACTICE, "delete_invoice", id=invoice) == "only a draft can be deleted"
