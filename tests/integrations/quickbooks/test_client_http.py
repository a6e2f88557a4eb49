"""The client over real HTTP: again where it helps, patient within bounds, never too fast, and in the right world."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from integrations import pace
from integrations.errors import Disconnected, Refused, Throttled, Unavailable, VendorError
from integrations.ledger import Gone, LedgerInvoice, ledger_for
from integrations.pace import Pace
from integrations.quickbooks import client as client_module
from integrations.quickbooks import places
from integrations.quickbooks.client import Client
from integrations.quickbooks.places import WrongWorld
from tests.integrations.quickbooks.avas_books import Books
from tests.integrations.quickbooks.simulator_server import Vendor

ALL_INVOICES = "SELECT * FROM Invoice STARTPOSITION 1 MAXRESULTS 1000"


class Access:
    """Hands out the tokens it was given, the last one for ever, and remembers what it was told is stale."""

    def __init__(self, *tokens: str) -> None:
        self.tokens, self.stale = list(tokens), []

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
    monkeypatch.setattr(client_module, "_FIRST_WAIT", 0.05)


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


def test_a_vendor_that_answers_too_late_is_unavailable(
    vendor: Vendor, token: str, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx2

    monkeypatch.setattr(client_module, "_TIMES", httpx2.Timeout(0.3))
    vendor.control("faults", kind="slow", seconds=2, times=1)

    with closing(asking(vendor, Access(token), patience=0.2)) as client, pytest.raises(Unavailable) as caught:
        client.query(ALL_INVOICES)

    assert caught.value.vendor_words == "ReadTimeout"


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
        client.get("/invoice/412", include="invoiceLink")

    (seen,) = vendor.look("requests")["requests"]
    assert seen["params"]["minorversion"] == "75"
    line = next(record.msg for record in caplog.records if "asked_books" in str(record.msg))
    assert line["intuit_tid"].startswith("1-")
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


@pytest.fixture
def limit() -> Iterator[Pace]:
    """A limit of its own, forgotten afterwards."""
    yield Pace("test:pace", per_minute=5, at_once=2)
    pace._redis().delete("pace:test:pace:asked", "pace:test:pace:asking")


def test_no_more_than_so_many_questions_a_minute(limit: Pace) -> None:
    for _ in range(5):
        with limit.place(patience=1):
            pass

    with pytest.raises(Throttled) as caught, limit.place(patience=1):
        pass

    assert caught.value.retry_after is not None
    assert 50 < caught.value.retry_after <= 60


def test_no_more_than_so_many_questions_at_once(limit: Pace) -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def ask() -> None:
        nonlocal under_way, most
        with limit.place(patience=20):
            with lock:
                under_way += 1
                most = max(most, under_way)
            time.sleep(0.2)
            with lock:
                under_way -= 1

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert most == 2


def test_a_place_is_given_back_when_the_question_failed(limit: Pace) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), limit.place(patience=1):
            raise ZeroDivisionError

    assert pace._redis().zcard("pace:test:pace:asking") == 0


def test_without_redis_nobody_waits(limit: Pace, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    with limit.place(patience=0):
        reached = True

    assert reached


def test_a_sandbox_business_is_sent_to_the_simulators_and_a_live_one_to_intuit(vendor: Vendor) -> None:
    sandbox = places.places(sandbox=True)

    assert sandbox.api == f"{vendor.base_url}/v3"
    assert sandbox.authorize.startswith(vendor.base_url)
    assert places.LIVE.api == "https://quickbooks.api.intuit.com/v3"


@pytest.mark.parametrize(
    ("address", "sandbox"),
    [
        ("https://quickbooks.api.intuit.com/v3", True),
        ("https://sandbox-quickbooks.api.intuit.com/v3", True),
        ("http://127.0.0.1:9101/quickbooks/v3", True),
        ("https://127.0.0.1:9100/quickbooks/v3", True),
        ("http://127.0.0.1:9100/quickbooks/v3", False),
        ("http://quickbooks.api.intuit.com/v3", False),
        ("https://quickbooks.api.intuit.com.evil.example/v3", False),
        ("https://evil.example/intuit.com", False),
        ("", True),
        ("", False),
    ],
)
def test_no_address_of_the_other_world_is_reached(settings: Any, address: str, sandbox: bool) -> None:
    settings.SIMULATORS_URL = "http://127.0.0.1:9100"

    with pytest.raises(WrongWorld):
        places.check(address, sandbox=sandbox)


@pytest.mark.parametrize(
    ("address", "sandbox"),
    [
        ("http://127.0.0.1:9100/quickbooks/v3", True),
        ("https://quickbooks.api.intuit.com/v3", False),
        (places.LIVE.token, False),
        (places.LIVE.authorize, False),
        (places.LIVE.revoke, False),
        (places.LIVE_DISCOVERY, False),
    ],
)
def test_addresses_of_the_right_world_are_reached(settings: Any, address: str, sandbox: bool) -> None:
    settings.SIMULATORS_URL = "http://127.0.0.1:9100"

    assert places.check(address, sandbox=sandbox) == address


def test_a_discovery_document_that_names_the_other_world_is_refused(vendor: Vendor) -> None:
    vendor.control("settings", public_url="https://appcenter.intuit.com")
    places._known.clear()

    with pytest.raises(WrongWorld, match=r"a sandbox business may not reach https://appcenter\.intuit\.com"):
        places.places(sandbox=True)


def test_a_live_business_is_refused_when_its_settings_name_a_simulator(settings: Any) -> None:
    settings.QUICKBOOKS_DISCOVERY_URL = "http://127.0.0.1:9100/quickbooks/.well-known/openid_configuration/"

    with pytest.raises(WrongWorld, match="a live business may not reach"):
        places.places(sandbox=False)
