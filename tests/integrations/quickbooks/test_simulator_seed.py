"""The sandbox's cast, the thousands for sync tests, the movable clock, resetting."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.quickbooks.simulator import AVAS_PLUMBING, RIVAL_ROOTER
from tests.integrations.quickbooks.simulator_server import Vendor, check, running_simulator

CAST = [
    ("61", "Marta Diaz", "Marta Diaz", "(614) 555-0101", "2231", "310.00", "310.00", 3),
    ("62", "Oak & Sons Landscaping", "Ben Oak", "614.555.0102", "2232", "1240.00", "1240.00", 6),
    ("62", "Oak & Sons Landscaping", "Ben Oak", "614.555.0102", "2233", "700.00", "700.00", 5),
    ("58", "Harbor Cafe", "Ana Reyes", "(614) 555-0103", "2207", "796.00", "1296.00", 4),
    ("63", "Lena Park Dental", "Lena Park", "614-555-0104", "2234", "452.75", "452.75", 8),
    ("64", "Ortiz Auto Body", "Ben Ortiz", "6145550105", "2188", "980.00", "980.00", 10),
    ("65", "Whitaker Realty", "Joan Whitaker", "(614) 555-0106", "2235", "265.00", "265.00", 7),
    ("66", "Nguyen Bakery", "Thu Nguyen", "(614) 555-0107", "2236", "388.40", "388.40", 5),
    ("67", "Summit Fitness", "Carl Webb", "(614) 555-0108", "2237", "1510.00", "1510.00", 9),
    ("68", "Lakeview Apartments", "Dana Cole", "(614) 555-0109", "2238", "2275.50", "2275.50", 12),
    ("69", "Petrov Upholstery", "Ivan Petrov", "(614) 555-0110", "2239", "149.99", "149.99", 4),
    ("70", "Beacon Books", "Ruth Hale", "(614) 555-0111", "2240", "333.33", "333.33", 3),
    ("71", "Green Valley School", "Sam Iqbal", None, "2241", "620.00", "620.00", 6),
    ("72", "Frank Moore", "Frank Moore", "call the office", "2242", "95.00", "95.00", 5),
    ("73", "Hillside Church", "Rev. Paul King", "(614) 555-0112", "2243", "410.00", "410.00", 1),
    ("74", "Quiet Inn", "Mia Frost", "(614) 555-0113", "2244", "0.00", "540.00", 20),
    ("75", "Delgado Roofing", "Luis Delgado", "(614) 555-0114", "2245", "870.00", "870.00", 5),
]
CHECK_FIRST = ("retainage", "holdback", "deposit", "warranty", "insurance", "adjuster", "late fee", "c/o", "hoa")


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def vendor(base_url: str) -> Vendor:
    vendor = Vendor(base_url)
    vendor.control("reset")
    return vendor.connect()


def everything(vendor: Vendor, entity: str) -> dict[str, Any]:
    rows = vendor.query(f"SELECT * FROM {entity} MAXRESULTS 1000")[entity]
    return {row["Id"]: row for row in rows}


def today(vendor: Vendor) -> date:
    return datetime.fromisoformat(vendor.look("clock")["now"]).astimezone(ZoneInfo("America/New_York")).date()


@pytest.mark.parametrize(
    ("customer", "name", "contact", "phone", "number", "balance", "total", "late"), CAST, ids=[row[4] for row in CAST]
)
def test_the_cast_owes_what_the_story_says(
    vendor: Vendor,
    customer: str,
    name: str,
    contact: str,
    phone: str | None,
    number: str,
    balance: str,
    total: str,
    late: int,
) -> None:
    who = vendor.get(f"customer/{customer}")["Customer"]
    invoice = vendor.query(f"SELECT * FROM Invoice WHERE DocNumber = '{number}'")["Invoice"][0]

    assert who["DisplayName"] == name
    assert " ".join(who[part] for part in ("Title", "GivenName", "FamilyName") if part in who) == contact
    assert who.get("PrimaryPhone", {}).get("FreeFormNumber") == phone
    assert ("CompanyName" in who) is (name != contact)
    assert invoice["CustomerRef"]["value"] == customer
    assert (f"{invoice['Balance']:.2f}", f"{invoice['TotalAmt']:.2f}") == (balance, total)
    assert date.fromisoformat(invoice["DueDate"]) == today(vendor) - timedelta(days=late)
    assert invoice["EmailStatus"] == "EmailSent"


def test_the_books_add_up(vendor: Vendor) -> None:
    for realm in (AVAS_PLUMBING, RIVAL_ROOTER):
        books = Vendor(vendor.base_url, realm).connect()
        invoices, payments, customers = (everything(books, name) for name in ("Invoice", "Payment", "Customer"))
        owed = {
            identity: sum(i["Balance"] for i in invoices.values() if i["CustomerRef"]["value"] == identity)
            for identity in customers
        }

        for invoice in invoices.values():
            check("invoice", invoice)
            lines = sum(line["Amount"] for line in invoice["Line"] if line["DetailType"] == "SalesItemLineDetail")
            assert invoice["TotalAmt"] == lines + invoice["TxnTaxDetail"]["TotalTax"]
            paid = sum(payments[link["TxnId"]]["TotalAmt"] for link in invoice["LinkedTxn"])
            assert invoice["Balance"] == invoice["TotalAmt"] - paid
        assert {identity: customer["Balance"] for identity, customer in customers.items()} == owed


def test_nothing_in_the_seed_asks_for_a_check_first(vendor: Vendor) -> None:
    for invoice in everything(vendor, "Invoice").values():
        words = " ".join([invoice["CustomerMemo"]["value"], *(line.get("Description", "") for line in invoice["Line"])])
        assert [one for one in CHECK_FIRST if one in words.lower().split()] == []


def test_nothing_in_the_seed_lies_in_the_future_or_was_touched_in_the_last_three_days(vendor: Vendor) -> None:
    now = datetime.fromisoformat(vendor.look("clock")["now"])

    for invoice in everything(vendor, "Invoice").values():
        created = datetime.fromisoformat(invoice["MetaData"]["CreateTime"])
        changed = datetime.fromisoformat(invoice["MetaData"]["LastUpdatedTime"])
        assert created <= changed < now
        if invoice["Balance"] and date.fromisoformat(invoice["DueDate"]) < today(vendor):
            assert now - changed > timedelta(days=3)


def test_a_job_without_a_phone_stands_below_oak_and_sons(vendor: Vendor) -> None:
    job = vendor.get("customer/76")["Customer"]

    check("customer", job)
    assert job["FullyQualifiedName"] == "Oak & Sons Landscaping:Elm St job"
    assert (job["Job"], job["ParentRef"], job["Balance"]) == (True, {"value": "62"}, 0)
    assert "PrimaryPhone" not in job


def test_ordinary_customers_make_the_list_believable(vendor: Vendor) -> None:
    cast = {row[4] for row in CAST}
    ordinary = [one for one in everything(vendor, "Invoice").values() if one["DocNumber"] not in cast]

    assert len(ordinary) == 25
    assert all(one["Balance"] == 0 or one["DueDate"] > today(vendor).isoformat() for one in ordinary)
    assert len([one for one in ordinary if one["Balance"] == 0]) == 17


def test_the_rival_has_six_customers_of_its_own_with_the_same_ids(vendor: Vendor) -> None:
    rival = Vendor(vendor.base_url, RIVAL_ROOTER).connect()

    assert sorted(everything(rival, "Customer")) == ["61", "62", "63", "64", "65", "66"]
    assert {one["PrimaryPhone"]["FreeFormNumber"].strip("(")[:3] for one in everything(rival, "Customer").values()} == {
        "216"
    }
    assert vendor.get("customer/61")["Customer"]["DisplayName"] == "Marta Diaz"
    assert rival.get("customer/61")["Customer"]["DisplayName"] == "Erie Street Laundry"


def test_thousands_are_the_same_for_the_same_seed() -> None:
    found = []
    for _ in range(2):
        with running_simulator() as url:
            vendor = Vendor(url)
            vendor.control("seed", realm=AVAS_PLUMBING, invoices=300, customers=30, seed=7)
            objects = vendor.look(f"books/{AVAS_PLUMBING}")["objects"]
            found.append([(one["DocNumber"], one["CustomerRef"]["name"], one["Balance"]) for one in objects["Invoice"]])

    assert len(found[0]) == 342
    assert found[0] == found[1]


def test_thousands_have_the_vendors_shape_and_add_up(vendor: Vendor) -> None:
    counted = vendor.control("seed", realm=AVAS_PLUMBING, invoices=400, customers=30)

    for entity in ("Invoice", "Payment", "Customer"):
        check("query", vendor.get("query", query=f"SELECT * FROM {entity} ORDERBY Id DESC MAXRESULTS 25"))
    assert (counted["Invoice"], counted["Customer"]) == (442, 60)
    owed = sum(one["Balance"] for one in everything(vendor, "Invoice").values())
    assert sum(one["Balance"] for one in everything(vendor, "Customer").values()) == owed


def test_the_clock_moves_the_books_and_the_offset_of_times(vendor: Vendor) -> None:
    before = today(vendor)

    vendor.control("clock", offset_seconds=30 * 86_400)
    paid = vendor.control("pay", realm=AVAS_PLUMBING, invoice="436")["Payment"]

    assert paid["TxnDate"] == (before + timedelta(days=30)).isoformat()
    assert paid["MetaData"]["CreateTime"][:10] >= (before + timedelta(days=29)).isoformat()
    assert vendor.get("preferences")["time"][:10] >= (before + timedelta(days=29)).isoformat()


def test_reset_brings_the_first_day_back(vendor: Vendor) -> None:
    first = vendor.look(f"books/{AVAS_PLUMBING}")
    vendor.control("clock", offset_seconds=86_400)
    vendor.control("delete", realm=AVAS_PLUMBING, id="412")
    vendor.control("settings", calls_per_minute=3, currency_ref=False)
    vendor.control("faults", kind="401", times=None)

    vendor.control("reset")

    again = vendor.look(f"books/{AVAS_PLUMBING}")
    assert [one["Id"] for one in again["objects"]["Invoice"]] == [one["Id"] for one in first["objects"]["Invoice"]]
    assert (again["deleted"]["Invoice"], vendor.look("clock")["offset_seconds"]) == ([], 0)
    assert (vendor.look("settings")["calls_per_minute"], vendor.look("faults")) == (500, {"faults": []})
    assert vendor.call("GET", "preferences").status_code == 401


def test_reset_may_keep_connections(vendor: Vendor) -> None:
    vendor.control("reset", keep_connections=True)

    assert vendor.call("GET", "preferences").status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("pay", {"invoice": "436"}, "realm is missing"),
        ("pay", {"realm": "1", "invoice": "436"}, "there is no company 1"),
        ("pay", {"realm": AVAS_PLUMBING}, "invoice is missing"),
        ("pay", {"realm": AVAS_PLUMBING, "invoice": "9"}, "Object Not Found"),
        ("pay", {"realm": AVAS_PLUMBING, "doc_number": "1"}, "No invoice has the number 1"),
        ("pay", {"realm": AVAS_PLUMBING, "invoice": "436", "amount": "lots"}, "is not a number"),
        ("pay", {"realm": AVAS_PLUMBING, "invoice": "436", "amount": 9999}, "more than what is open"),
        ("pay", {"realm": AVAS_PLUMBING, "invoice": "436", "date": "today"}, "date must be a date"),
        ("refund", {"realm": AVAS_PLUMBING, "invoice": "436"}, "Object Not Found"),
        ("refund", {"realm": AVAS_PLUMBING, "payment": "455", "how": "burn"}, "how must be"),
        ("void", {"realm": AVAS_PLUMBING, "entity": "Customer", "id": "58"}, "can be voided"),
        ("objects", {"realm": AVAS_PLUMBING, "entity": "Bill", "object": {}}, "entity must be one of"),
        ("objects", {"realm": AVAS_PLUMBING, "entity": "Invoice", "object": []}, "object must be"),
        ("objects", {"realm": AVAS_PLUMBING, "entity": "Invoice", "object": {}, "drop": "x"}, "drop must be"),
        ("clock", {"offset_seconds": "soon"}, "offset_seconds"),
        ("clock", {"offset": 5}, "offset_seconds is missing"),
        ("seed", {"realm": AVAS_PLUMBING, "invoices": 10**9}, "invoices goes from"),
        ("settings", {"calls_per_minute": "many"}, "calls_per_minute must be"),
        ("settings", {"redirect_uris": "http://x.example"}, "redirect_uris must be"),
        ("settings", {"colour": "red"}, "unknown: colour"),
        ("disconnect", {"realm": AVAS_PLUMBING, "why": "x"}, "unknown: why"),
        (
            "webhooks/event",
            {"realm": AVAS_PLUMBING, "entity": "Invoice", "id": "1", "operation": "x"},
            "operation must",
        ),
    ],
)
def test_a_wrong_control_request_is_told_what_to_do(
    vendor: Vendor, path: str, body: dict[str, Any], words: str
) -> None:
    answer = vendor.http.post(f"/_sim/{path}", json=body)

    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_a_control_request_that_is_no_json_is_told_so(vendor: Vendor) -> None:
    assert vendor.http.post("/_sim/pay", content=b"{").json() == {"error": "the body must be JSON"}
    assert vendor.http.post("/_sim/pay", content=b"[]").json() == {"error": "the body must be a JSON object"}
