"""Reading invoices, orders, customers and locations from simulated Square."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from integrations.square.simulator import (
    CLOSED_LOCATION,
    DENTAL_PRACTICE,
    LANDSCAPER,
    LANDSCAPER_LOCATION,
    MAIN_LOCATION,
    SECOND_LOCATION,
)
from tests.integrations.square.simulator import Square, cents, running_square

STATUSES = (
    *("UNPAID", "PARTIALLY_PAID", "PAID", "PAYMENT_PENDING", "SCHEDULED", "DRAFT", "CANCELED", "FAILED"),
    *("PARTIALLY_REFUNDED", "REFUNDED"),
)


@pytest.fixture(scope="module")
def server() -> Iterator[Square]:
    with running_square() as square:
        yield square


@pytest.fixture
def square(server: Square) -> Square:
    return server.fresh()


def all_invoices(square: Square, limit: int = 200) -> list[Any]:
    places = [one["id"] for one in square.get("/v2/locations")["locations"]]
    pages = [
        page for place in places for page in square.pages("/v2/invoices", "invoices", location_id=place, limit=limit)
    ]
    return [one for page in pages for one in page]


def test_the_practice_has_two_active_offices_and_a_closed_one(square: Square) -> None:
    found = square.get("/v2/locations")["locations"]

    shown = [(one["id"], one["status"], one["timezone"], one["currency"]) for one in found]
    assert shown == [
        (MAIN_LOCATION, "ACTIVE", "America/Chicago", "USD"),
        (SECOND_LOCATION, "ACTIVE", "America/Indiana/Indianapolis", "USD"),
        (CLOSED_LOCATION, "INACTIVE", "America/Chicago", "USD"),
    ]
    assert square.get("/v2/locations/main")["location"]["id"] == MAIN_LOCATION


def test_all_invoices_are_found_page_by_page_and_location_by_location(square: Square) -> None:
    small, large = all_invoices(square, limit=7), all_invoices(square)

    truth = square.sim.truth(DENTAL_PRACTICE)
    assert [one["id"] for one in small] == [one["id"] for one in large]
    assert {one["id"] for one in small} == set(truth)
    assert len(small) == len(truth) == 60


def test_every_status_occurs_and_amounts_agree_with_the_books(square: Square) -> None:
    truth = square.sim.truth(DENTAL_PRACTICE)
    found = all_invoices(square)

    assert {one["status"] for one in found} == set(STATUSES)
    for one in found:
        requests = one["payment_requests"]
        asked = sum((cents(part["computed_amount_money"]) for part in requests), Decimal(0))
        came_in = sum((cents(part["total_completed_amount_money"]) for part in requests), Decimal(0))
        known = truth[one["id"]]
        assert (one["invoice_number"], asked) == (known["number"], Decimal(known["total"]))
        if one["status"] in ("UNPAID", "PARTIALLY_PAID", "SCHEDULED", "PAID"):
            assert asked - came_in == Decimal(known["balance"])


@pytest.mark.parametrize("status", STATUSES)
def test_the_cast_shows_each_status(square: Square, status: str) -> None:
    invoice = square.cast(status)

    assert invoice["status"] == status
    assert ("public_url" in invoice) == (status != "DRAFT")
    assert ("next_payment_amount_money" in invoice) == (status in ("UNPAID", "PARTIALLY_PAID", "SCHEDULED", "DRAFT"))


def test_a_deposit_and_a_balance_have_days_and_money_of_their_own(square: Square) -> None:
    deposit, balance = square.cast("PARTIALLY_PAID")["payment_requests"]

    assert (deposit["request_type"], deposit["percentage_requested"]) == ("DEPOSIT", "25")
    assert (
        deposit["computed_amount_money"]
        == deposit["total_completed_amount_money"]
        == {"amount": 32400, "currency": "USD"}
    )
    assert balance["computed_amount_money"] == {"amount": 97200, "currency": "USD"}
    assert balance["total_completed_amount_money"] == {"amount": 17600, "currency": "USD"}
    assert (deposit["due_date"], balance["due_date"]) == (square.in_days(-32), square.in_days(-9))
    assert [one["status"] for one in balance["reminders"]] == ["SENT", "SENT", "PENDING"]
    assert square.cast("PARTIALLY_PAID")["next_payment_amount_money"] == {"amount": 79600, "currency": "USD"}


def test_installments_are_percentages_and_each_is_due_on_its_day(square: Square) -> None:
    parts = square.cast("INSTALLMENTS")["payment_requests"]

    assert [one["request_type"] for one in parts] == ["INSTALLMENT"] * 3
    assert [one["percentage_requested"] for one in parts] == ["33", "33", "34"]
    assert [one["computed_amount_money"]["amount"] for one in parts] == [52_800, 52_800, 54_400]
    assert [one["total_completed_amount_money"]["amount"] for one in parts] == [52_800, 0, 0]
    assert [one["due_date"] for one in parts] == [square.in_days(-40), square.in_days(-10), square.in_days(20)]


def test_what_is_due_next_is_everything_overdue_and_the_next_day(square: Square) -> None:
    assert square.cast("INSTALLMENTS")["next_payment_amount_money"]["amount"] == 52_800 + 54_400


def test_an_invoice_of_another_location_or_seller_is_not_listed(square: Square) -> None:
    here = {one["location_id"] for one in square.get("/v2/invoices", location_id=SECOND_LOCATION)["invoices"]}

    assert here == {SECOND_LOCATION}
    assert square.refused("GET", "/v2/invoices", params={"location_id": LANDSCAPER_LOCATION}) == (404, "NOT_FOUND", "")
    theirs = next(iter(square.sim.truth(LANDSCAPER)))
    assert square.refused("GET", f"/v2/invoices/{theirs}") == (404, "NOT_FOUND", "")


def test_a_search_takes_one_location_one_customer_and_one_sort_field(square: Square) -> None:
    customer = square.customer()
    query = {"filter": {"location_ids": [MAIN_LOCATION], "customer_ids": [customer]}}

    found = square.post("/v2/invoices/search", query={**query, "sort": {"field": "INVOICE_SORT_DATE", "order": "ASC"}})

    assert {one["primary_recipient"]["customer_id"] for one in found["invoices"]} == {customer}
    days = [one["sale_or_service_date"] for one in found["invoices"]]
    assert days == sorted(days)
    assert len(days) == 12  # the whole cast but one


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "MISSING_REQUIRED_PARAMETER", "query"),
        ({"query": {"filter": {}}}, "MISSING_REQUIRED_PARAMETER", "query.filter.location_ids"),
        ({"query": {"filter": {"location_ids": []}}}, "ARRAY_EMPTY", "query.filter.location_ids"),
        (
            {"query": {"filter": {"location_ids": [MAIN_LOCATION, SECOND_LOCATION]}}},
            "ARRAY_LENGTH_TOO_LONG",
            "query.filter.location_ids",
        ),
        (
            {"query": {"filter": {"location_ids": [MAIN_LOCATION], "status": ["UNPAID"]}}},
            "UNKNOWN_BODY_PARAMETER",
            "query.filter.status",
        ),
        (
            {"query": {"filter": {"location_ids": [MAIN_LOCATION]}, "sort": {"field": "DUE_DATE"}}},
            "INVALID_ENUM_VALUE",
            "query.sort.field",
        ),
        ({"query": {"filter": {"location_ids": [MAIN_LOCATION]}}, "limit": 201}, "VALUE_TOO_HIGH", "limit"),
        ({"query": {"filter": {"location_ids": [MAIN_LOCATION]}}, "limit": 0}, "VALUE_TOO_LOW", "limit"),
        ({"query": {"filter": {"location_ids": MAIN_LOCATION}}}, "EXPECTED_ARRAY", "query.filter.location_ids"),
    ],
)
def test_a_wrong_search_is_refused(square: Square, body: dict[str, Any], code: str, field: str) -> None:
    assert square.refused("POST", "/v2/invoices/search", json=body) == (400, code, field)


def test_a_cursor_is_good_for_its_own_query_only(square: Square) -> None:
    cursor = square.get("/v2/invoices", location_id=MAIN_LOCATION, limit=5)["cursor"]

    assert len(square.get("/v2/invoices", location_id=MAIN_LOCATION, limit=9, cursor=cursor)["invoices"]) == 9
    for params in (
        {"location_id": SECOND_LOCATION, "cursor": cursor},
        {"location_id": MAIN_LOCATION, "cursor": "bm90IG91cnM"},
    ):
        assert square.refused("GET", "/v2/invoices", params=params) == (400, "INVALID_CURSOR", "cursor")
    search = {"query": {"filter": {"location_ids": [MAIN_LOCATION]}}, "cursor": cursor}
    assert square.refused("POST", "/v2/invoices/search", json=search) == (400, "INVALID_CURSOR", "cursor")


def test_a_page_can_be_empty_and_still_have_a_cursor(square: Square) -> None:
    whole = square.pages("/v2/invoices", "invoices", location_id=MAIN_LOCATION, limit=10)
    square.sim.settings(empty_pages=True)

    gappy = square.pages("/v2/invoices", "invoices", location_id=MAIN_LOCATION, limit=10)

    assert [page for page in gappy if page] == whole
    assert gappy[1] == []
    assert len(gappy) == 2 * len(whole) - 1


def test_an_invoice_written_while_one_pages_moves_no_row(square: Square) -> None:
    first = square.get("/v2/invoices", location_id=MAIN_LOCATION, limit=5)
    lines = [{"description": "Exam", "price": "80.00"}]
    square.sim.act(DENTAL_PRACTICE, "add_invoice", customer=square.customer(), lines=lines)

    second = square.get("/v2/invoices", location_id=MAIN_LOCATION, limit=5, cursor=first["cursor"])

    assert not {one["id"] for one in first["invoices"]} & {one["id"] for one in second["invoices"]}


def test_the_recipient_of_an_instant_profile_lacks_phone_and_e_mail(square: Square) -> None:
    recipient = square.cast("UNREACHABLE")["primary_recipient"]
    customer = square.get(f"/v2/customers/{recipient['customer_id']}")["customer"]

    assert set(recipient) == {"customer_id", "given_name", "family_name"}
    assert (customer["phone_number"], customer["email_address"]) == ("+13125550192", "theo.brandt@example.com")
    assert customer["creation_source"] == "INSTANT_PROFILE"


def test_nothing_is_ever_null_and_moments_have_0_2_or_3_digits(square: Square) -> None:
    customers = [one for page in square.pages("/v2/customers", "customers") for one in page]
    payments = [one for page in square.pages("/v2/payments", "payments") for one in page]

    assert not any(nulls(one) for one in (*customers, *payments, *all_invoices(square)))
    digits = {len(fraction(one["created_at"])) for one in (*customers, *payments)}
    assert digits == {0, 2, 3}
    assert {len(fraction(one["updated_at"])) for one in all_invoices(square)} == {0}


def nulls(value: Any) -> bool:
    match value:
        case dict():
            return any(map(nulls, value.values()))
        case list():
            return any(map(nulls, value))
    return value is None


def fraction(moment: str) -> str:
    found = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?Z", moment)
    assert found, moment
    return found[1] or ""


def test_an_order_adds_up_and_names_its_payments(square: Square) -> None:
    invoice = square.cast("PARTIALLY_PAID")
    order = square.order(invoice["order_id"])

    assert order["total_money"] == {"amount": 129_600, "currency": "USD"}
    assert sum(one["total_money"]["amount"] for one in order["line_items"]) == 129_600
    assert order["net_amount_due_money"]["amount"] == 79_600
    assert [(one["type"], one["amount_money"]["amount"]) for one in order["tenders"]] == [
        ("CARD", 32_400),
        ("CASH", 17_600),
    ]
    for tender in order["tenders"]:
        assert square.get(f"/v2/payments/{tender['payment_id']}")["payment"]["order_id"] == order["id"]


def test_orders_are_found_by_when_they_changed(square: Square) -> None:
    since = square.get("/v2/payments")["payments"][0]["updated_at"]
    square.sim.clock(3600)
    invoice = square.cast("UNPAID")
    square.sim.act(DENTAL_PRACTICE, "pay", customer=square.customer(), amount="40.00", applied={invoice["id"]: "40.00"})
    changed = {"filter": {"date_time_filter": {"updated_at": {"start_at": square.sim.clock()["now"][:16] + ":00Z"}}}}
    sort = {"sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"}}

    found = square.post("/v2/orders/search", location_ids=[MAIN_LOCATION, SECOND_LOCATION], query={**changed, **sort})

    assert since
    assert [one["id"] for one in found["orders"]] == [invoice["order_id"]]
    wrong = {"location_ids": [MAIN_LOCATION], "query": changed}
    assert square.refused("POST", "/v2/orders/search", json=wrong) == (400, "BAD_REQUEST", "query.sort.sort_field")


def test_orders_can_be_searched_for_their_versions_alone(square: Square) -> None:
    found = square.post("/v2/orders/search", location_ids=[SECOND_LOCATION], return_entries=True, limit=3)

    assert len(found["order_entries"]) == 3
    assert set(found["order_entries"][0]) == {"order_id", "location_id", "version"}
    assert "orders" not in found


def test_a_batch_takes_100_orders_and_leaves_out_what_is_not_there(square: Square) -> None:
    assert square.post("/v2/orders/batch-retrieve", order_ids=["unknown"]) == {}
    many = {"order_ids": [f"o{at}" for at in range(101)]}
    assert square.refused("POST", "/v2/orders/batch-retrieve", json=many) == (400, "ARRAY_LENGTH_TOO_LONG", "order_ids")


def test_customers_are_found_by_when_they_changed_after_a_while(square: Square) -> None:
    square.sim.settings(search_lag_seconds=60)
    square.sim.clock(7200)
    since = square.sim.clock()["now"]
    changed = square.customer()
    square.sim.act(DENTAL_PRACTICE, "change_customer", id=changed, email="new@example.com")
    query = {"filter": {"updated_at": {"start_at": since}}}

    assert square.post("/v2/customers/search", query=query) == {}
    square.sim.clock(7200 + 61)
    found = square.post("/v2/customers/search", query=query, count=True)
    assert [(one["id"], one["email_address"]) for one in found["customers"]] == [(changed, "new@example.com")]
    assert found["count"] == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"limit": 101}, "VALUE_TOO_HIGH", "limit"),
        ({"limit": 0}, "VALUE_TOO_LOW", "limit"),
        ({"limit": "5"}, "EXPECTED_INTEGER", "limit"),
        (
            {"query": {"filter": {"updated_at": {"start_at": "2026-01-01"}}}},
            "INVALID_TIME",
            "query.filter.updated_at.start_at",
        ),
        (
            {
                "query": {
                    "filter": {"updated_at": {"start_at": "2026-01-02T00:00:00Z", "end_at": "2026-01-01T00:00:00Z"}}
                }
            },
            "INVALID_TIME_RANGE",
            "query.filter.updated_at",
        ),
        ({"cursor": "x"}, "INVALID_CURSOR", "cursor"),
    ],
)
def test_a_wrong_search_for_customers_is_refused(square: Square, body: dict[str, Any], code: str, field: str) -> None:
    assert square.refused("POST", "/v2/customers/search", json=body) == (400, code, field)


def test_a_deleted_customer_is_gone_from_everywhere_but_its_invoices(square: Square) -> None:
    customer = square.customer()
    square.sim.act(DENTAL_PRACTICE, "delete_customer", id=customer)

    assert square.refused("GET", f"/v2/customers/{customer}") == (404, "NOT_FOUND", "")
    assert customer not in {one["id"] for page in square.pages("/v2/customers", "customers") for one in page}
    assert square.cast("UNPAID")["primary_recipient"]["customer_id"] == customer


@pytest.mark.parametrize(
    ("currency", "price", "units", "total"), [("JPY", "12800", 12_800, "12800.00"), ("KWD", "12.345", 12_345, "12.345")]
)
def test_yen_have_no_cents_and_dinars_have_thousandths(currency: str, price: str, units: int, total: str) -> None:
    with running_square(second_currency=currency) as square:
        square.connect(LANDSCAPER)
        customer = square.get("/v2/customers", limit=1)["customers"][0]["id"]
        lines = [{"description": "Hedges", "price": price}]
        made = square.sim.act(LANDSCAPER, "add_invoice", customer=customer, lines=lines)

        shown = square.get(f"/v2/invoices/{made['id']}")["invoice"]

        assert shown["next_payment_amount_money"] == {"amount": units, "currency": currency}
        assert square.sim.truth(LANDSCAPER)[made["id"]]["total"] == total
        assert square.get("/v2/locations")["locations"][0]["currency"] == currency


def test_an_odd_object_can_lack_a_field_or_have_a_strange_one(square: Square) -> None:
    id = square.cast_id("UNPAID")
    square.sim.odd(DENTAL_PRACTICE, "invoice", id, {"primary_recipient": "__drop__", "status": "BRAND_NEW"})

    shown = square.get(f"/v2/invoices/{id}")["invoice"]

    assert ("primary_recipient" in shown, shown["status"]) == (False, "BRAND_NEW")
