"""The client over real HTTP: again where it helps, patient within bounds, never too fast, and in the right world."""

import time
from contextlib import closing
from typing import Any

import pytest

from integrations import asking as asking_module
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.ledger import Gone, LedgerInvoice, ledger_for
from integrations.quickbooks.client import Client
from tests.integrations.quickbooks.avas_books import Books
from tests.integrations.quickbooks.simulator_server import Vendor, wait_until

ALL_INVOICES = "SELECT * FROM Invoice STARTPOSITION 1 MAXRESULTS 1000"


class Access:
    """Hands out the tokens it was given, the last one for ever, and remembers what it was told is stale."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.stale: list[str] = []

    def __call__(self, *, stale: str | None = None) -> str:
        if stale is not None:
            self.stale.append(stale)
            self.tokens = self.tokens[1:] or self.tokens
        return self.tokens[0]


@pytest.fixture
def token(vendor: Vendor) -> str:
    return str(vendor.connect().tokens["access_token"])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of a test are short."""
    monkeypatch.setattr(asking_module, "_FIRST_WAIT", 0.05)


def asking(vendor: Vendor, access: Access, *, patience: float = 5.0) -> Client:
    return Client(api=f"{vendor.base_url}/v3", account=vendor.realm, access=access, sandbox=True, patience=patience)


@pytest.mark.parametrize("kind", ["503-html", "500-empty", "cut-body", "cut-connection"])
def test_what_passes_by_itself_is_asked_again(vendor: Vendor, token: str, quick: None, kind: str) -> None:
    vendor.control("faults", kind=kind, times=2)

    with closing(asking(vendor, Access(token))) as client:
        answer = client.query(ALL_INVOICES)

    assert len(answer["QueryResponse"]["Invoice"]) == 42
    assert len(vendor.look("requests")["requests"]) == 3


@pytest.mark.parametrize(
    ("kind", "error", "problem"),
    [
        ("503-html", Unavailable, "vendor_down"),
        ("500-empty", Unavailable, "vendor_down"),
        ("cut-body", Unavailable, "answer_cut"),
        ("cut-connection", Unavailable, "answer_cut"),
        ("429-json", Throttled, "rate_limited"),
        ("429-xml", Throttled, "rate_limited"),
        ("403-throttle", Throttled, "rate_limited"),
        ("401", Disconnected, "reconnect_needed"),
        ("401-xml", Disconnected, "reconnect_needed"),
        ("403", Disconnected, "access_removed"),
        ("200-fault", Refused, "subscription_ended"),
        ("400-fault", Refused, "vendor_refused"),
    ],
)
def test_what_stays_is_one_of_our_errors_within_our_patience(
    vendor: Vendor, token: str, quick: None, kind: str, error: type[VendorError], problem: str
) -> None:
    plain = {"code": "4001", "message": "Invalid query", "detail": "A bug of ours"} if kind == "400-fault" else {}
    vendor.control("faults", kind=kind, times=None, **plain)
    began = time.monotonic()

    with closing(asking(vendor, Access(token), patience=0.5)) as client, pytest.raises(error) as caught:
        client.query(ALL_INVOICES)

    assert caught.value.problem == problem
    assert time.monotonic() - began < 5


def test_being_asked_to_wait_for_no_time_at_all_is_no_leave_to_ask_without_end(vendor: Vendor, token: str) -> None:
    vendor.control("faults", kind="429-json", times=None, retry_after=0)

    with closing(asking(vendor, Access(token), patience=2.0)) as client, pytest.raises(Throttled):
        client.query(ALL_INVOICES)

    assert 2 <= len(vendor.look("requests")["requests"]) <= 5


def test_a_vendor_that_answers_too_late_is_unavailable(
    vendor: Vendor, token: str, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_module, "_SILENCE", 0.3)
    vendor.control("faults", kind="slow", seconds=2, times=1)

    with closing(asking(vendor, Access(token), patience=0.2)) as client, pytest.raises(Unavailable) as caught:
        client.query(ALL_INVOICES)

    assert caught.value.vendor_words == "ReadTimeout"
    wait_until(lambda: vendor.look("requests")["requests"])  # the late answer belongs to this test


def test_a_refused_token_is_renewed_once_and_the_question_repeated_once(vendor: Vendor, token: str) -> None:
    access = Access("expired", token)

    with closing(asking(vendor, access)) as client:
        client.query(ALL_INVOICES)

    assert access.stale == ["expired"]
    assert [one["status"] for one in vendor.look("requests")["requests"]] == [401, 200]


def test_a_company_we_may_not_read_is_not_asked_again_with_a_new_token(vendor: Vendor, token: str) -> None:
    vendor.control("faults", kind="403", times=None)
    access = Access(token)

    with closing(asking(vendor, access)) as client, pytest.raises(Disconnected):
        client.query(ALL_INVOICES)

    assert access.stale == []
    assert len(vendor.look("requests")["requests"]) == 1


def test_the_vendors_own_waiting_time_is_kept(vendor: Vendor, token: str) -> None:
    vendor.control("faults", kind="429-json", retry_after=1, times=1)
    began = time.monotonic()

    with closing(asking(vendor, Access(token))) as client:
        client.query(ALL_INVOICES)

    assert 1.0 <= time.monotonic() - began < 4


def test_without_a_word_on_waiting_a_minute_must_pass_and_nobody_sleeps_it(vendor: Vendor, token: str) -> None:
    vendor.control("faults", kind="429-xml", times=1)
    began = time.monotonic()

    with closing(asking(vendor, Access(token))) as client, pytest.raises(Throttled) as caught:
        client.query(ALL_INVOICES)

    assert caught.value.retry_after is not None
    assert 60 <= caught.value.retry_after <= 70
    assert time.monotonic() - began < 4


def test_every_question_carries_version_and_token_and_is_on_record_with_their_trace(
    vendor: Vendor, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(asking(vendor, Access(token))) as client, caplog.at_level("INFO"):
        client.read("/invoice/412", include="invoiceLink")

    (seen,) = vendor.look("requests")["requests"]
    assert seen["params"]["minorversion"] == "75"
    line: Any = next(record.msg for record in caplog.records if "asked_books" in str(record.msg))
    assert line["trace"].startswith("1-")
    assert (line["path"], line["status"]) == ("/invoice/412", 200)
    assert token not in caplog.text


def test_a_long_statement_goes_as_a_body(vendor: Vendor, token: str) -> None:
    wanted = ", ".join(f"'{number}'" for number in range(300, 900))

    with closing(asking(vendor, Access(token))) as client:
        answer = client.query(f"SELECT * FROM Invoice WHERE Id IN ({wanted}) MAXRESULTS 1000")

    assert len(answer["QueryResponse"]["Invoice"]) == 42
    assert vendor.look("requests")["requests"][0]["method"] == "POST"


def test_one_invoice_comes_with_its_pay_link_and_a_deleted_one_is_gone(books: Books) -> None:
    number = books.invoice("2231")["Id"]

    with closing(ledger_for(books.connection)) as ledger:
        here = ledger.one_invoice(number)
        books.control("delete", entity="Invoice", id=number)
        gone = ledger.one_invoice(number)

    assert isinstance(here, LedgerInvoice)
    assert here.pay_url == f"{books.vendor.base_url}/pay/9341450000000001/{number}"
    assert isinstance(gone, Gone)


def test_some_objects_are_found_by_id_and_the_missing_are_gone(books: Books) -> None:
    with closing(ledger_for(books.connection)) as ledger:
        found = ledger.some("invoice", ["412", "no such", "it's", "999999"])

    assert [type(item) for item in found] == [LedgerInvoice, Gone, Gone, Gone]
