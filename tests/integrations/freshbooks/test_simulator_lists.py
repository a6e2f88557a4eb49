"""Lists: pages to the end, what is hidden, searches by day in Eastern time, sorting, what is included."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.freshbooks.simulator import AGENCY, PLUMBER
from tests.integrations.freshbooks.simulator import Vendor, fits, new_error, old_error, simulated

EASTERN = ZoneInfo("America/New_York")
INVOICES, CLIENTS = "invoices/invoices", "users/clients"
PAYMENTS, CREDIT_NOTES = "payments/payments", "credit_notes/credit_notes"


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with simulated() as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Vendor) -> Vendor:
    return running.anew()


@pytest.mark.parametrize("path", [INVOICES, CLIENTS, PAYMENTS, CREDIT_NOTES])
def test_pages_read_to_the_end_hold_every_row_once(vendor: Vendor, path: Any) -> None:
    name = path.split("/")[1]
    first = vendor.result(path, ("per_page", "7"))
    rows = [row["id"] for row in first[name]]
    for number in range(2, first["pages"] + 1):
        rows += [row["id"] for row in vendor.result(path, ("per_page", "7"), ("page", str(number)))[name]]

    beyond = vendor.result(path, ("per_page", "7"), ("page", str(first["pages"] + 1)))

    assert (first["page"], first["per_page"], first["pages"]) == (1, 7, -(-first["total"] // 7))
    assert len(rows) == len(set(rows)) == first["total"]
    assert beyond[name] == []


def test_the_agency_has_the_invoices_it_was_told_to_have_and_the_plumber_far_fewer(vendor: Vendor) -> None:
    living = vendor.result(INVOICES)["total"]
    deleted = vendor.result(INVOICES, ("search[vis_state]", "1"))["total"]
    assert living + deleted == 240 == len(vendor.control.truth(AGENCY))

    vendor.connect(PLUMBER)
    assert len(vendor.control.truth(PLUMBER)) == 12
    assert 10 <= vendor.result(INVOICES)["total"] <= 12


def test_a_page_is_15_rows_or_30_unless_asked_and_never_more_than_100(vendor: Vendor) -> None:
    assert vendor.result(INVOICES)["per_page"] == 15
    assert len(vendor.result(INVOICES)["invoices"]) == 15
    capped = vendor.result(INVOICES, ("per_page", "2000"))
    assert (capped["per_page"], len(capped["invoices"])) == (100, 100)

    vendor.control.settings(default_per_page=30)

    assert vendor.result(INVOICES)["per_page"] == 30


def test_page_0_is_page_1(vendor: Vendor) -> None:
    assert vendor.result(INVOICES, ("page", "0")) == vendor.result(INVOICES, ("page", "1"))


@pytest.mark.parametrize(
    ("name", "value", "errno"),
    [("page", "x", 1014), ("page", "-1", 1014), ("per_page", "0", 1013), ("per_page", "many", 1013)],
)
def test_a_page_that_is_no_number_is_refused(vendor: Vendor, name: Any, value: Any, errno: Any) -> None:
    error = old_error(vendor.call("GET", INVOICES, params={name: value}), 422)

    assert (error["errno"], error["field"], error["value"]) == (errno, name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "5"),
        ("search[colour]", "red"),
        ("search[invoiceids]", "1"),
        ("sort", "created"),
        ("include[]", "owner"),
        ("updated_min", "2026-01-01"),
    ],
)
def test_a_parameter_nobody_knows_is_refused(vendor: Vendor, name: Any, value: Any) -> None:
    error = old_error(vendor.call("GET", INVOICES, params={name: value}), 422)

    assert error["errno"] == 1004
    assert error["value"] == value
    assert error["object"] == "invoice"


def test_unknown_searches_may_also_be_ignored(vendor: Vendor) -> None:
    vendor.control.settings(unknown_search="ignore")

    assert vendor.result(INVOICES, ("search[colour]", "red"))["total"] == vendor.result(INVOICES)["total"]


def test_credit_notes_cannot_be_searched_by_their_last_change(vendor: Vendor) -> None:
    error = new_error(vendor.call("GET", CREDIT_NOTES, params={"search[updated_min]": "2026-01-01"}), 422)

    assert error["code"] == 3
    assert error["details"][0]["fieldViolations"] == [
        {"field": "search[updated_min]", "description": "Unrecognized search."}
    ]
    assert "updated" not in vendor.result(CREDIT_NOTES)["credit_notes"][0]


def test_lists_show_active_and_archived_and_hide_deleted_until_asked(vendor: Vendor) -> None:
    numbers = {row["invoice_number"]: row["vis_state"] for row in vendor.every(INVOICES)}
    deleted = vendor.every(INVOICES, ("search[vis_state]", "1"))
    archived = vendor.every(INVOICES, ("search[vis_state]", "2"))

    assert "FB-DELETED" not in numbers
    assert numbers["FB-ARCHIVED"] == 2
    assert numbers["FB-SENT"] == 0
    assert "FB-DELETED" in {row["invoice_number"] for row in deleted}
    assert {row["vis_state"] for row in deleted} == {1}
    assert [row["invoice_number"] for row in archived] == ["FB-ARCHIVED"]


def test_archived_and_deleted_clients_follow_the_same_rule(vendor: Vendor) -> None:
    shown = {row["organization"]: row["vis_state"] for row in vendor.every(CLIENTS)}
    deleted = vendor.every(CLIENTS, ("search[vis_state]", "1"))

    assert shown["Old Mill Theater"] == 2
    assert "Gone Fishing Charters" not in shown
    assert "Gone Fishing Charters" in {row["organization"] for row in deleted}


def test_a_change_is_found_from_its_eastern_day_on_and_not_up_to_it(vendor: Vendor) -> Any:
    invoice = vendor.invoice("FB-SENT")
    stamp = datetime.fromisoformat(invoice["updated"])
    assert (stamp.hour, stamp.minute) in ((22, 30), (23, 30))  # 3:30 in UTC is the evening before

    def found(name: str, day: date) -> bool:
        return invoice["id"] in {row["id"] for row in vendor.every(INVOICES, (f"search[{name}]", day.isoformat()))}

    day = stamp.date()
    assert found("updated_min", day)
    assert not found("updated_min", day + timedelta(days=1))
    assert not found("updated_max", day)
    assert found("updated_max", day + timedelta(days=1))


@pytest.mark.parametrize("path", [INVOICES, CLIENTS, PAYMENTS])
def test_what_changes_today_is_what_the_search_for_changes_finds(vendor: Vendor, path: Any) -> None:
    assert vendor.result(path)["page"] == 1  # the books are written up to the day on which they are first read
    tomorrow = 86_400 * 3
    vendor.control.clock(tomorrow)
    today = (datetime.now(EASTERN) + timedelta(seconds=tomorrow)).date().isoformat()
    before = vendor.result(path, ("search[updated_min]", today))["total"]
    client = vendor.control.act(AGENCY, "add_customer", name="New Client")["id"]
    invoice = vendor.control.act(
        AGENCY, "add_invoice", customer=client, lines=[{"description": "Work", "quantity": "1", "price": "100.00"}]
    )["id"]
    vendor.control.act(AGENCY, "pay", customer=client, amount="40.00", applied={invoice: "40.00"})

    after = vendor.result(path, ("search[updated_min]", today))["total"]

    assert (before, after) == (0, 1)


def test_a_day_with_a_time_is_no_day(vendor: Vendor) -> None:
    error = old_error(vendor.call("GET", INVOICES, params={"search[updated_min]": "2026-01-01 10:00:00"}), 422)

    assert (error["errno"], error["field"]) == (1033, "search[updated_min]")


def test_rows_come_newest_first_or_as_sorted(vendor: Vendor) -> None:
    plain = [row["id"] for row in vendor.every(INVOICES)]
    by_change = [(row["updated"], row["id"]) for row in vendor.every(INVOICES, ("sort", "updated_asc"))]
    by_amount = [Decimal(row["amount"]["amount"]) for row in vendor.every(INVOICES, ("sort", "amount_desc"))]

    assert plain == sorted(plain, reverse=True)
    assert [stamp for stamp, _ in by_change] == sorted(stamp for stamp, _ in by_change)
    assert by_amount == sorted(by_amount, reverse=True)
    assert len(by_change) == len(plain)


def test_sorting_by_the_last_change_may_be_unknown(vendor: Vendor) -> None:
    vendor.control.settings(sort_by_updated=False)

    assert old_error(vendor.call("GET", INVOICES, params={"sort": "updated_asc"}), 422)["field"] == "sort"


def test_searches_narrow_each_other_and_take_lists(vendor: Vendor) -> None:
    dana = vendor.invoice("FB-SENT")["customerid"]
    sent, viewed = (vendor.invoice(number)["id"] for number in ("FB-SENT", "FB-VIEWED"))

    listed = vendor.every(INVOICES, ("search[invoiceids][]", str(sent)), ("search[invoiceids][]", str(viewed)))
    owing = vendor.every(INVOICES, ("search[customerid]", str(dana)), ("search[outstanding_min]", "1500"))
    words = vendor.every(INVOICES, ("search[v3_status]", "disputed"), ("search[customerid]", str(dana)))
    contacts = vendor.every(CLIENTS, ("search[organization_like]", "ruiz d"), ("search[phone_like]", "555-0142"))

    assert {row["id"] for row in listed} == {sent, viewed}
    assert {row["invoice_number"] for row in owing} == {"FB-OVERDUE"}
    assert {row["invoice_number"] for row in words} == {"FB-DISPUTED", "FB-CLASSIC"}
    assert [row["userid"] for row in contacts] == [dana]


def test_lines_come_only_where_they_are_asked_for(vendor: Vendor) -> None:
    plain = vendor.invoice("FB-TAXED")
    asked = vendor.invoice("FB-TAXED", ("include[]", "lines"))
    single = vendor.result(f"{INVOICES}/{plain['id']}")["invoice"]
    single_asked = vendor.result(f"{INVOICES}/{plain['id']}", ("include[]", "lines"))["invoice"]

    assert "lines" not in plain
    assert "lines" not in single
    assert asked["lines"] == single_asked["lines"]
    line = asked["lines"][0]
    assert (line["lineid"], line["type"], line["qty"]) == (1, 0, "1")
    assert (line["name"], line["description"]) == ("Design", "Campaign work")
    assert line["unit_cost"] == {"amount": "1000.00", "code": "USD"}
    assert (line["taxName1"], line["taxAmount1"]) == ("Sales tax", "8.25")


def test_a_vendor_that_shows_lines_of_a_single_invoice_unasked_can_be_had(vendor: Vendor) -> None:
    vendor.control.settings(lines_in_single=True)
    invoice = vendor.invoice("FB-SENT")

    assert len(vendor.result(f"{INVOICES}/{invoice['id']}")["invoice"]["lines"]) == 1


def test_balances_of_a_client_come_as_money_and_as_bare_numbers(vendor: Vendor) -> None:
    dana = vendor.invoice("FB-SENT")["customerid"]

    includes = [("include[]", name) for name in ("outstanding_balance", "draft_balance", "credit_balance", "contacts")]
    client = vendor.result(f"{CLIENTS}/{dana}", *includes)["client"]

    assert client["draft_balance"] == [{"amount": {"amount": "2400.00", "code": "USD"}}]
    assert client["credit_balance"] == [{"amount": Decimal("165.00"), "code": "USD"}]
    assert [one["code"] for one in client["outstanding_balance"][0].values()] == ["USD"]
    assert [(one["fname"], one["lname"], one["phone1"]) for one in client["contacts"]] == [
        ("Lee", "Ruiz", "512-555-0101")
    ]


@pytest.mark.parametrize(
    ("path", "single", "many"),
    [
        (INVOICES, "InvoiceObjectResponse", "InvoiceListResponse"),
        (CLIENTS, "ClientObjectResponse", "ClientListResponse"),
        (PAYMENTS, "PaymemtObjectResponse", "PaymemtListResponse"),
    ],
)
def test_every_row_is_what_the_vendors_specification_names(vendor: Vendor, path: Any, single: Any, many: Any) -> None:
    include: list[tuple[str, Any]] = [("include[]", "lines")] if path == INVOICES else []
    for state in ("0", "1", "2"):
        answer = vendor.call("GET", path, params=[*include, ("per_page", "100"), ("search[vis_state]", state)])
        fits(many, answer.json())
    first = vendor.result(path)[path.split("/")[1]][0]
    fits(single, vendor.call("GET", f"{path}/{first['id']}", params=include).json())
