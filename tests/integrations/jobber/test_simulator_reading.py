"""Reading the books: pages to the end, filters, what changed since, days in the account's zone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.jobber.simulator import PLUMBER
from tests.integrations.jobber.simulator import INVOICES, Jobber, running_simulator


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator(invoices=120) as url:
        yield url


@pytest.fixture
def jobber(base_url: str) -> Jobber:
    jobber = Jobber(base_url)
    jobber.sim.reset()
    return jobber.connect()


def there(jobber: Jobber) -> dict[str, Any]:
    """The invoices that Jobber shows, as the books have them: it knows no void."""
    truth = jobber.sim.truth(jobber.account)
    return {id: one for id, one in truth.items() if one["status"] not in ("void", "deleted")}


def test_every_invoice_comes_once_and_with_the_balance_of_the_books(jobber: Jobber) -> None:
    rows = jobber.all_invoices(first=17)

    found = {one["id"]: f"{one['amounts']['invoiceBalance']:.2f}" for one in rows}
    assert len(rows) == len(found)
    assert found == {id: one["balance"] for id, one in there(jobber).items()}
    assert {one["id"]: f"{one['amounts']['total']:.2f}" for one in rows} == {
        id: one["total"] for id, one in there(jobber).items()
    }


def test_a_page_has_exactly_as_many_rows_as_asked_for_and_the_last_one_says_so(jobber: Jobber) -> None:
    count = len(there(jobber))
    total = jobber.ask("{ invoices(first: 1) { totalCount } }")["invoices"]["totalCount"]

    exact = jobber.ask(INVOICES, first=50)["invoices"]
    rest = jobber.ask(INVOICES, first=count - 50, after=exact["pageInfo"]["endCursor"])["invoices"]
    beyond = jobber.ask(INVOICES, first=5, after=rest["pageInfo"]["endCursor"])["invoices"]

    assert total == count
    assert (len(exact["nodes"]), exact["pageInfo"]) == (50, {"hasNextPage": True, "endCursor": "NTA"})
    assert (len(rest["nodes"]), rest["pageInfo"]["hasNextPage"]) == (count - 50, False)
    assert (beyond["nodes"], beyond["pageInfo"]) == ([], {"hasNextPage": False, "endCursor": None})


def test_no_page_has_more_than_a_hundred_rows(jobber: Jobber) -> None:
    page = jobber.ask("{ invoices(first: 200) { nodes { id } pageInfo { hasNextPage } } }")["invoices"]

    assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (100, True)


def test_pages_can_be_read_backwards_and_by_edges(jobber: Jobber) -> None:
    query = "query($before: String) { invoices(last: 3, before: $before) { edges { cursor node { id } } pageInfo { hasPreviousPage startCursor } } }"
    everything = jobber.ask("{ invoices(first: 100) { nodes { id } } }")["invoices"]["nodes"]

    page = jobber.ask(query, before="MTA")["invoices"]

    assert [one["node"] for one in page["edges"]] == everything[6:9]
    assert [one["cursor"] for one in page["edges"]] == ["Nw", "OA", "OQ"]
    assert page["pageInfo"] == {"hasPreviousPage": True, "startCursor": "Nw"}


def test_a_cursor_that_is_none_is_an_error(jobber: Jobber) -> None:
    assert jobber.errors(INVOICES, first=5, after="!!")[0]["message"] == "Invalid input: '!!'"


def test_the_ends_of_a_range_belong_to_it(jobber: Jobber) -> None:
    middle = jobber.all_invoices()[60]["updatedAt"]
    just_after = (datetime.fromisoformat(middle) + timedelta(seconds=1)).isoformat()

    exact = jobber.all_invoices(updatedAt={"after": middle, "before": middle})
    later = jobber.all_invoices(updatedAt={"after": just_after})
    earlier = jobber.all_invoices(updatedAt={"before": middle})

    assert {one["updatedAt"] for one in exact} == {middle}
    assert len(exact) + len(later) + len(earlier) - len(exact) == len(there(jobber))


def test_what_changed_comes_last_when_ordered_by_change(jobber: Jobber) -> None:
    id = jobber.case_id("Ray Fontaine")
    jobber.sim.clock(60)  # in the firm's small hours, what was billed today was changed a moment ago
    since = jobber.sim.clock()["now"]
    jobber.sim.act(jobber.account, "change_invoice", id=id, memo="Thank you")
    jobber.sim.clock(120)

    changed = jobber.all_invoices(updatedAt={"after": since.replace("+00:00", "Z")[:19] + "Z"})

    assert [one["id"] for one in changed] == [id]
    assert jobber.all_invoices()[-1]["id"] == id


def test_each_status_can_be_filtered_for(jobber: Jobber) -> None:
    rows = jobber.all_invoices()
    wanted = ("draft", "awaiting_payment", "past_due", "paid", "bad_debt")

    found = {status: {one["id"] for one in jobber.all_invoices(status=status)} for status in wanted}

    assert {one["invoiceStatus"] for one in rows} == set(wanted)
    assert found == {status: {one["id"] for one in rows if one["invoiceStatus"] == status} for status in wanted}
    not_due = {one["id"] for one in jobber.all_invoices(status="sent_not_due")}
    assert not_due == found["awaiting_payment"]


def test_days_are_midnights_in_the_accounts_zone(jobber: Jobber) -> None:
    zone = ZoneInfo("America/Chicago")
    neutral = jobber.sim.act(jobber.account, "add_customer", name="Ada Winters")
    lines = [{"description": "Mowing", "quantity": 1, "price": "60.00"}]
    days = [("2026-02-10", "2026-03-12"), ("2026-07-01", "2026-07-31")]

    made = [
        jobber.sim.act(jobber.account, "add_invoice", customer=neutral["id"], lines=lines, issued_on=a, due_on=b)["id"]
        for a, b in days
    ]

    found = [jobber.invoice(id) for id in made]
    assert [(one["issuedDate"], one["dueDate"], one["invoiceNet"]) for one in found] == [
        ("2026-02-10T06:00:00Z", "2026-03-12T05:00:00Z", 30),
        ("2026-07-01T05:00:00Z", "2026-07-31T05:00:00Z", 30),
    ]
    for (issued, _), one in zip(days, found, strict=True):
        local = datetime.fromisoformat(one["issuedDate"]).astimezone(zone)
        assert (local.date().isoformat(), local.hour) == (issued, 0)


def test_an_invoice_falls_overdue_at_the_accounts_midnight(jobber: Jobber) -> None:
    zone = ZoneInfo("America/Chicago")
    id = jobber.case_id("Omar Haddad")
    due = datetime.fromisoformat(jobber.invoice(id)["dueDate"]).astimezone(zone)
    midnight = (due + timedelta(days=1)).astimezone(UTC)
    now = datetime.fromisoformat(jobber.sim.clock()["now"])

    jobber.sim.clock((midnight - now).total_seconds() - 60)
    before = jobber.invoice(id)["invoiceStatus"]
    jobber.sim.clock((midnight - now).total_seconds() + 60)

    assert (before, jobber.invoice(id)["invoiceStatus"]) == ("awaiting_payment", "past_due")


def test_clients_are_filtered_and_found_by_name(jobber: Jobber) -> None:
    query = "query($filter: ClientFilterAttributes) { clients(first: 100, filter: $filter) { nodes { name isLead isArchived } } }"

    leads = jobber.ask(query, filter={"isLead": True})["clients"]["nodes"]
    archived = jobber.ask(query, filter={"isArchived": True})["clients"]["nodes"]

    assert leads == [{"name": "Ken Yamada", "isLead": True, "isArchived": False}]
    assert {"name": "Opal Dempsey", "isLead": False, "isArchived": True} in archived
    assert jobber.client_of("Ruiz Dental", "firstName lastName companyName") == {
        "firstName": "Dana",
        "lastName": "Ruiz",
        "companyName": "Ruiz Dental",
    }


def test_payment_records_are_read_newest_first_and_narrowed_by_kind(jobber: Jobber) -> None:
    query = """query($filter: PaymentRecordFilterAttributes) {
      paymentRecords(first: 100, filter: $filter, sort: { key: UPDATED_AT, direction: DESCENDING }) {
        nodes { __typename id adjustmentType amount rawAmount entryDate paymentType client { name } invoice { id } }
      }
    }"""
    id = jobber.case_id("Ray Fontaine")
    whose = jobber.client_of("Ray Fontaine")["id"]
    jobber.sim.act(jobber.account, "pay", customer=whose, amount="25.50", applied={id: "25.50"}, method="cash")

    newest = jobber.ask(query)["paymentRecords"]["nodes"][0]
    bad_debts = jobber.ask(query, filter={"adjustmentType": "BAD_DEBT"})["paymentRecords"]["nodes"]
    opening = jobber.ask(query, filter={"adjustmentType": "INITIAL_BALANCE"})["paymentRecords"]["nodes"]

    assert (newest["__typename"], newest["paymentType"], newest["invoice"]) == ("CashPaymentRecord", "CASH", {"id": id})
    assert (newest["amount"], newest["rawAmount"]) == (25.5, -25.5)
    assert {one["adjustmentType"] for one in bad_debts} == {"BAD_DEBT"}
    assert [(one["client"]["name"], one["amount"], one["rawAmount"], one["invoice"]) for one in opening] == [
        ("Clyde Jennings", 88.0, 88.0, None)
    ]


def test_every_kind_of_record_and_status_of_money_is_there(jobber: Jobber) -> None:
    kinds = jobber.ask(
        "{ paymentRecords(first: 100, sort: { key: CREATED_AT, direction: DESCENDING }) { nodes { adjustmentType } } }"
    )
    query = "query($id: EncodedId!) { client(id: $id) { invoices(first: 1) { nodes { paymentRecords(first: 5) { nodes { jobberPaymentTransactionStatus } } } } } }"
    names = (
        "Priya Natarajan",
        "Tom Okafor",
        "Grace Lindqvist",
        "Irene Castellanos",
        "Noah Feldman",
        "Bea Thornton",
        "Leo Marchetti",
    )
    statuses = []
    for name in names:
        found = jobber.ask(query, id=jobber.client_of(name)["id"])["client"]["invoices"]["nodes"][0]
        statuses.append(found["paymentRecords"]["nodes"][0]["jobberPaymentTransactionStatus"])

    assert {one["adjustmentType"] for one in kinds["paymentRecords"]["nodes"]} >= {
        *("PAYMENT", "DEPOSIT", "REFUND", "CORRECTION", "FAILED_ACH_PAYMENT")
    }
    assert statuses == ["SUCCEEDED", "PARTIALLY_REFUNDED", "REFUNDED", "PENDING", "FAILED", "IN_DISPUTE", "DISPUTED"]


def test_the_second_account_is_small_and_another_firm(jobber: Jobber) -> None:
    other = Jobber(jobber.base_url, PLUMBER).connect()

    assert len(other.all_invoices()) == len(there(other))
    assert {one["id"] for one in other.all_invoices()} & {one["id"] for one in jobber.all_invoices()} == set()
    assert len(there(other)) < len(there(jobber))
