"""The query language: what it finds, how it pages, and everything it refuses with fault 4001."""

from collections.abc import Iterator

import pytest

from integrations.quickbooks.simulator import RIVAL_ROOTER
from tests.integrations.quickbooks.simulator_server import Vendor, check, fault_of, good, running_simulator


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def vendor(base_url: str) -> Vendor:
    vendor = Vendor(base_url)
    vendor.control("reset")
    return vendor.connect()


def numbers(vendor: Vendor, statement: str) -> list[str]:
    return [invoice["DocNumber"] for invoice in vendor.query(statement).get("Invoice", [])]


def names(vendor: Vendor, statement: str) -> list[str]:
    return [customer["DisplayName"] for customer in vendor.query(statement).get("Customer", [])]


@pytest.mark.parametrize("entity", ["Invoice", "Payment", "Customer"])
def test_what_a_query_brings_has_the_vendors_shape(vendor: Vendor, entity: str) -> None:
    answer = vendor.get("query", query=f"SELECT * FROM {entity} MAXRESULTS 1000")

    check("query", answer)
    assert len(answer["QueryResponse"][entity]) == {"Invoice": 42, "Payment": 19, "Customer": 29}[entity]


def test_an_empty_result_has_no_entity_key(vendor: Vendor) -> None:
    answer = vendor.get("query", query="SELECT * FROM CreditMemo")

    check("query", answer)
    assert answer["QueryResponse"] == {}


def test_a_count_is_a_total_and_nothing_else(vendor: Vendor) -> None:
    answer = vendor.get("query", query="SELECT COUNT(*) FROM Invoice WHERE Balance > '0'")

    check("query", answer)
    assert answer["QueryResponse"] == {"totalCount": 24}


def test_a_query_may_be_posted_as_text(vendor: Vendor) -> None:
    headers: dict[str, str | None] = {"Content-Type": "application/text"}

    answer = good(vendor.call("POST", "query", content="SELECT * FROM Invoice WHERE Id = '412'", headers=headers))

    assert [invoice["DocNumber"] for invoice in answer["QueryResponse"]["Invoice"]] == ["2207"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("DocNumber = '2207'", ["2207"]),
        ("Id = '412'", ["2207"]),
        ("Id = '0412'", []),
        ("Id > '449' AND Id < '501'", ["2245", "2189"]),
        ("Id IN ('398', '412', '99999')", ["2188", "2207"]),
        ("CustomerRef = '62' AND Balance > '0'", ["2232", "2233"]),
        ("Balance >= '1510' AND Balance <= '2275.5'", ["2237", "2238"]),
        ("Balance = 796.00", ["2207"]),
        ("DocNumber LIKE '220_'", []),
        ("DocNumber LIKE '223%' AND Balance < '300'", ["2235", "2239"]),
        ("TotalAmt = '1296' AND EmailStatus = 'EmailSent'", ["2207"]),
    ],
)
def test_conditions_find_what_they_say(vendor: Vendor, where: str, found: list[str]) -> None:
    assert numbers(vendor, f"SELECT * FROM Invoice WHERE {where} ORDERBY Id") == found


def test_dates_and_times_are_compared_as_such(vendor: Vendor) -> None:
    invoice = vendor.invoice("412")
    changed = invoice["MetaData"]["LastUpdatedTime"]

    assert numbers(vendor, f"SELECT * FROM Invoice WHERE DueDate = '{invoice['DueDate']}' ORDERBY Id") == [
        "2207",
        "2239",
    ]
    assert numbers(vendor, f"SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime = '{changed}'") == ["2207"]
    assert "2207" not in numbers(vendor, f"SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime > '{changed}'")
    assert "2207" in numbers(vendor, f"SELECT * FROM Invoice WHERE Metadata.LastUpdatedTime >= '{changed}'")
    created = invoice["MetaData"]["CreateTime"]
    assert numbers(vendor, f"SELECT * FROM Invoice WHERE MetaData.CreateTime = '{created}'") == ["2207"]


def test_a_time_without_an_offset_is_taken_for_pacific(vendor: Vendor) -> None:
    changed = vendor.invoice("412")["MetaData"]["LastUpdatedTime"]

    assert numbers(vendor, f"SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime = '{changed[:19]}'") == ["2207"]
    assert numbers(vendor, f"SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime = '{changed[:19]}Z'") == []


def test_quotes_in_text_are_escaped_by_a_backslash(vendor: Vendor) -> None:
    vendor.post("customer", {"DisplayName": "Mario's \\ Sons"})

    assert names(vendor, r"SELECT * FROM Customer WHERE DisplayName = 'Mario\'s \\ Sons'") == ["Mario's \\ Sons"]


def test_inactive_customers_are_left_out_unless_asked_for(vendor: Vendor) -> None:
    inactive = "Old Mill Deli (deleted)"

    assert inactive not in names(vendor, "SELECT * FROM Customer MAXRESULTS 1000")
    assert names(vendor, "SELECT * FROM Customer WHERE Active = false") == [inactive]
    assert inactive in names(vendor, "SELECT * FROM Customer WHERE Active IN (true, false) MAXRESULTS 1000")
    assert vendor.query("SELECT COUNT(*) FROM Customer") == {"totalCount": 29}
    assert vendor.query("SELECT COUNT(*) FROM Customer WHERE Active IN (true,false)") == {"totalCount": 30}


def test_sorting_goes_both_ways_and_over_several_fields(vendor: Vendor) -> None:
    up = numbers(vendor, "SELECT * FROM Invoice WHERE CustomerRef = '62' ORDERBY TotalAmt")
    down = numbers(vendor, "select * from invoice where customerref = '62' orderby totalamt desc")
    several = numbers(
        vendor, "SELECT * FROM Invoice WHERE Balance > '0' ORDERBY DueDate DESC, DocNumber ASC MAXRESULTS 9"
    )

    assert (up, down) == (["2233", "2232"], ["2232", "2233"])
    assert several == ["2253", "2252", "2251", "2250", "2249", "2248", "2247", "2246", "2243"]


def test_ids_sort_as_numbers_whatever_their_length(vendor: Vendor) -> None:
    long_id = "12345678901234567890"
    vendor.control("objects", realm=vendor.realm, entity="Invoice", object={"Id": long_id, "DocNumber": "long"})

    assert numbers(vendor, "SELECT * FROM Invoice ORDERBY Id DESC MAXRESULTS 1") == ["long"]
    assert numbers(vendor, f"SELECT * FROM Invoice WHERE Id = '{long_id}'") == ["long"]


def test_a_page_holds_100_unless_asked_and_never_more_than_1000(vendor: Vendor) -> None:
    vendor.control("seed", realm=vendor.realm, invoices=1100, customers=20)

    usual = vendor.query("SELECT * FROM Invoice")
    most = vendor.query("SELECT * FROM Invoice MAXRESULTS 5000")

    assert (len(usual["Invoice"]), usual["maxResults"]) == (100, 100)
    assert (len(most["Invoice"]), most["maxResults"], most["startPosition"]) == (1000, 1000, 1)


def test_pages_follow_one_another_without_gap_or_repeat(vendor: Vendor) -> None:
    vendor.control("seed", realm=vendor.realm, invoices=500, customers=20)
    seen: list[str] = []

    for start in range(1, 1000, 100):
        page = vendor.query(f"SELECT * FROM Invoice ORDERBY Id STARTPOSITION {start} MAXRESULTS 100").get("Invoice", [])
        seen += [invoice["Id"] for invoice in page]
        if len(page) < 100:
            break

    assert len(seen) == 542
    assert seen == sorted(set(seen), key=int)


def test_a_write_between_two_pages_is_seen_on_the_second(vendor: Vendor) -> None:
    first = vendor.query("SELECT * FROM Invoice WHERE Balance > '0' ORDERBY Id MAXRESULTS 10")["Invoice"]

    vendor.control("pay", realm=vendor.realm, invoice=first[0]["Id"])
    second = vendor.query("SELECT * FROM Invoice WHERE Balance > '0' ORDERBY Id STARTPOSITION 11 MAXRESULTS 10")

    assert len(second["Invoice"]) == 10
    assert vendor.query("SELECT COUNT(*) FROM Invoice WHERE Balance > '0'") == {"totalCount": 23}


def test_without_an_order_the_newest_change_comes_first(vendor: Vendor) -> None:
    vendor.control("pay", realm=vendor.realm, invoice="443", amount=1)

    assert numbers(vendor, "SELECT * FROM Invoice MAXRESULTS 1") == ["2238"]


def test_single_fields_can_be_asked_for(vendor: Vendor) -> None:
    found = vendor.query("SELECT DocNumber, MetaData.LastUpdatedTime FROM Invoice WHERE Id = '412'")["Invoice"]

    assert sorted(found[0]) == ["DocNumber", "Id", "MetaData", "domain", "sparse"]


def test_the_company_and_its_preferences_can_be_queried(vendor: Vendor) -> None:
    assert vendor.query("SELECT * FROM CompanyInfo")["CompanyInfo"][0]["CompanyName"] == "Ava's Plumbing"
    assert vendor.query("SELECT COUNT(*) FROM Preferences") == {"totalCount": 1}


def test_no_query_sees_another_company(vendor: Vendor) -> None:
    rival = Vendor(vendor.base_url, RIVAL_ROOTER).connect()

    assert vendor.invoice("412")["DocNumber"] == "2207"
    assert rival.invoice("412")["DocNumber"] == "1001"
    assert rival.query("SELECT COUNT(*) FROM Customer") == {"totalCount": 6}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM Invoice STARTPOSITION 0",
        "SELECT * FROM Invoice MAXRESULTS 0",
        "SELECT * FROM Invoice STARTPOSITION x",
        "SELECT * FROM Invoice WHERE Color = 'red'",
        "SELECT * FROM Invoice ORDERBY Color",
        "SELECT Color FROM Invoice",
        "SELECT * FROM Bill",
        "SELECT * FROM Invoice WHERE Balance > '0' OR DueDate < '2026-11-01'",
        "SELECT * FROM Invoice JOIN Customer ON CustomerRef = Id",
        "SELECT * FROM Invoice, Customer",
        "SELECT * FROM Invoice WHERE Balance > 'much'",
        "SELECT * FROM Invoice WHERE DueDate < 'yesterday'",
        "SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime > '2026-11-02T08:00:00 00:00'",
        "SELECT * FROM Invoice WHERE DocNumber = 2207x",
        "SELECT * FROM Invoice WHERE DocNumber = bare",
        'SELECT * FROM Invoice WHERE DocNumber = "2207"',
        "SELECT * FROM Invoice WHERE DocNumber = 'unclosed",
        "SELECT * FROM Invoice WHERE DocNumber != '2207'",
        "SELECT * FROM Invoice WHERE Balance LIKE '7%'",
        "SELECT * FROM Customer WHERE Active = 'maybe'",
        "SELECT * FROM Invoice MAXRESULTS 10 STARTPOSITION 1",
        "SELECT FROM Invoice",
        "SELECT *",
        "DELETE FROM Invoice",
        "SELECT * FROM Invoice WHERE",
        "SELECT * FROM Invoice; DROP TABLE Invoice",
        "SELECT * FROM CompanyInfo WHERE Color = 'red'",
    ],
)
def test_whatever_the_language_does_not_have_is_fault_4001(vendor: Vendor, statement: str) -> None:
    assert fault_of(vendor.call("GET", "query", params={"query": statement})) == (400, "4001")


def test_the_fault_for_position_0_says_so(vendor: Vendor) -> None:
    answer = vendor.call("GET", "query", params={"query": "SELECT * FROM Invoice STARTPOSITION 0"})

    assert "value 0 is too small" in answer.json()["Fault"]["Error"][0]["Detail"]


def test_a_query_without_a_statement_is_a_fault(vendor: Vendor) -> None:
    assert fault_of(vendor.call("GET", "query")) == (400, "2020")
