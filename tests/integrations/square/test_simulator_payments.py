"""Payments and refunds of simulated Square: which location, which time, how they were paid, what became of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.square.simulator import CLOSED_LOCATION, DENTAL_PRACTICE, MAIN_LOCATION, SECOND_LOCATION
from tests.integrations.square.simulator import Square, running_square

PLACES = (MAIN_LOCATION, SECOND_LOCATION, CLOSED_LOCATION)
EVER = "2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def server() -> Iterator[Square]:
    with running_square() as square:
        yield square


@pytest.fixture
def square(server: Square) -> Square:
    return server.fresh()


def all_of(square: Square, path: str, **params: Any) -> list[Any]:
    return [one for page in square.pages(f"/v2/{path}", path, **params) for one in page]


def paid(square: Square, **facts: Any) -> Any:
    """A payment of 100.00 on the unpaid invoice of the cast."""
    invoice = square.cast_id("UNPAID")
    given = {"customer": square.customer(), "amount": "100.00", "applied": {invoice: "100.00"}, **facts}
    return square.sim.act(DENTAL_PRACTICE, "pay", **given)


def test_without_a_location_only_the_main_one_is_listed(square: Square) -> None:
    unnamed = all_of(square, "payments", begin_time=EVER)
    named = {place: all_of(square, "payments", begin_time=EVER, location_id=place) for place in PLACES}

    assert unnamed == named[MAIN_LOCATION]
    assert all({one["location_id"] for one in found} <= {place} for place, found in named.items())
    assert sum(map(len, named.values())) == square.sim.counts(DENTAL_PRACTICE)["payments"]
    assert named[SECOND_LOCATION]


def test_without_a_time_only_the_last_year_is_listed(square: Square) -> None:
    recent, ever = all_of(square, "payments"), all_of(square, "payments", begin_time=EVER)
    square.sim.clock(400 * 86_400)

    assert len(recent) <= len(ever)
    assert all_of(square, "payments") == []
    assert all_of(square, "payments", begin_time=EVER) == ever
    assert len(all_of(square, "payments", updated_at_begin_time=EVER)) == len(ever)


def test_what_changed_since_is_found_oldest_first(square: Square) -> None:
    bank = next(one for one in all_of(square, "payments") if one["status"] == "PENDING")
    square.sim.clock(3600)
    since = square.sim.clock()["now"]
    new = paid(square)
    square.sim.clock(3660)  # both may come in the same thousandth of a second else, and neither is the older one
    square.sim.act(DENTAL_PRACTICE, "settle_payment", id=bank["id"], status="received")

    params = {"updated_at_begin_time": since, "sort_field": "UPDATED_AT", "sort_order": "ASC"}
    found = all_of(square, "payments", **params)

    assert [(one["id"], one["status"]) for one in found] == [(new["id"], "COMPLETED"), (bank["id"], "COMPLETED")]
    assert all_of(square, "payments", **{**params, "sort_order": "DESC"}) == found[::-1]


def test_payments_come_in_pages_of_any_size(square: Square) -> None:
    whole = all_of(square, "payments", begin_time=EVER)

    assert all_of(square, "payments", begin_time=EVER, limit=3) == whole
    assert all_of(square, "payments", begin_time=EVER, limit=100_000) == whole


@pytest.mark.parametrize(
    ("params", "code", "field"),
    [
        ({"begin_time": "yesterday"}, "INVALID_TIME", "begin_time"),
        (
            {"begin_time": "2026-02-01T00:00:00Z", "end_time": "2026-01-01T00:00:00Z"},
            "INVALID_TIME_RANGE",
            "begin_time",
        ),
        ({"sort_order": "UP"}, "INVALID_SORT_ORDER", "sort_order"),
        ({"sort_field": "AMOUNT"}, "INVALID_ENUM_VALUE", "sort_field"),
        ({"limit": "0"}, "VALUE_TOO_LOW", "limit"),
        ({"limit": "many"}, "EXPECTED_INTEGER", "limit"),
        ({"updated_since": EVER}, "UNKNOWN_QUERY_PARAMETER", "updated_since"),
        ({"cursor": "x"}, "INVALID_CURSOR", "cursor"),
    ],
)
def test_a_wrong_list_is_refused(square: Square, params: dict[str, str], code: str, field: str) -> None:
    for path in ("/v2/payments", "/v2/refunds"):
        assert square.refused("GET", path, params=params) == (400, code, field)


@pytest.mark.parametrize(
    ("method", "source", "details"),
    [
        ("card", "CARD", "card_details"),
        ("ach", "BANK_ACCOUNT", "bank_account_details"),
        ("cash", "CASH", "cash_details"),
        ("check", "EXTERNAL", "external_details"),
        ("transfer", "EXTERNAL", "external_details"),
    ],
)
def test_what_was_recorded_by_hand_is_cash_or_external(square: Square, method: str, source: str, details: str) -> None:
    made = paid(square, method=method, reference="1043")

    shown = square.get(f"/v2/payments/{made['id']}")["payment"]

    assert (shown["source_type"], shown["status"]) == (source, "COMPLETED")
    assert shown["amount_money"] == shown["total_money"] == {"amount": 10_000, "currency": "USD"}
    assert [name for name in shown if name.endswith("_details")] == [details]
    assert ("processing_fee" in shown) == (method == "card")
    if method == "check":
        assert shown["external_details"] == {"type": "CHECK", "source": "Check", "source_id": "1043"}


def test_money_for_several_invoices_is_one_payment_each(square: Square) -> None:
    first, second = square.cast("UNPAID"), square.cast("PARTIALLY_PAID")
    applied = {first["id"]: "1240.00", second["id"]: "796.00"}
    square.sim.act(DENTAL_PRACTICE, "pay", customer=square.customer(), amount="2036.00", applied=applied)

    assert [square.cast(name)["status"] for name in ("UNPAID", "PARTIALLY_PAID")] == ["PAID", "PAID"]
    newest = {one["order_id"]: one["amount_money"]["amount"] for one in square.get("/v2/payments")["payments"][:2]}
    assert newest == {first["order_id"]: 124_000, second["order_id"]: 79_600}


def test_money_for_no_invoice_has_an_order_of_its_own(square: Square) -> None:
    made = square.sim.act(DENTAL_PRACTICE, "pay", customer=square.customer(), amount="35.00")
    payment = square.get(f"/v2/payments/{made['id']}")["payment"]

    order = square.order(payment["order_id"])

    assert (order["state"], order["total_money"]) == ("COMPLETED", {"amount": 3_500, "currency": "USD"})
    assert [one["id"] for one in order["tenders"]] == [payment["id"]]
    assert "version" not in order


def test_a_bank_payment_holds_the_invoice_until_the_bank_answers(square: Square) -> None:
    invoice = square.cast("PAYMENT_PENDING")
    bank = next(one for one in all_of(square, "payments") if one["order_id"] == invoice["order_id"])
    words = square.sim.refused(
        DENTAL_PRACTICE, "pay", customer=square.customer(), amount="1.00", applied={invoice["id"]: "1.00"}
    )

    square.sim.act(DENTAL_PRACTICE, "settle_payment", id=bank["id"], status="failed")

    assert words == "a bank payment on this invoice is under way"
    assert bank["status"] == "PENDING"
    assert square.cast("PAYMENT_PENDING")["status"] == "UNPAID"
    assert square.get(f"/v2/payments/{bank['id']}")["payment"]["status"] == "FAILED"


@pytest.mark.parametrize(
    ("method", "delete", "status"),
    [("card", False, "FAILED"), ("check", False, "CANCELED"), ("cash", True, "CANCELED")],
)
def test_a_payment_taken_back_is_owed_again(square: Square, method: str, delete: bool, status: str) -> None:
    made = paid(square, method=method)
    square.sim.act(DENTAL_PRACTICE, "reverse_payment", id=made["id"], delete=delete)

    assert square.get(f"/v2/payments/{made['id']}")["payment"]["status"] == status
    assert square.cast("UNPAID")["next_payment_amount_money"]["amount"] == 124_000
    assert "tenders" not in square.order(square.cast("UNPAID")["order_id"])


def test_refunds_are_listed_over_all_locations_with_what_came_of_them(square: Square) -> None:
    everything = all_of(square, "refunds", begin_time=EVER)
    by_place = [all_of(square, "refunds", begin_time=EVER, location_id=place) for place in PLACES]

    assert sum(map(len, by_place)) == len(everything)
    declined = all_of(square, "refunds", begin_time=EVER, status="REJECTED")
    assert [(one["amount_money"]["amount"], one["reason"]) for one in declined] == [(8_800, "Card closed")]
    assert square.cast("REFUND_DECLINED")["status"] == "PAID"
    cash = all_of(square, "refunds", begin_time=EVER, source_type="CASH")
    assert {one["destination_type"] for one in cash} == {"CASH"}


def test_refunds_are_found_by_when_they_changed(square: Square) -> None:
    square.sim.settings(refund_pending_seconds=600)
    payment = square.order(square.cast("PAID")["order_id"])["tenders"][0]["id"]
    square.sim.clock(3600)
    body = {"idempotency_key": "r", "payment_id": payment, "amount_money": {"amount": 100, "currency": "USD"}}
    made = square.post("/v2/refunds", **body)["refund"]
    square.sim.clock(3600 + 300)
    between = square.sim.clock()["now"]

    assert all_of(square, "refunds", updated_at_begin_time=between) == []
    square.sim.clock(3600 + 601)
    found = all_of(square, "refunds", updated_at_begin_time=between, sort_field="UPDATED_AT", sort_order="ASC")
    assert [(one["id"], one["status"]) for one in found] == [(made["id"], "COMPLETED")]
