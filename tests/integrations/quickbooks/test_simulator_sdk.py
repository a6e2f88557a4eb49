"""The vendor's own SDKs as an independent client: if they are content, the simulator speaks as the vendor does."""

import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    ValidationException,
)
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.creditmemo import CreditMemo
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.payment import Payment, PaymentLine
from quickbooks.objects.preferences import Preferences

from integrations.quickbooks.simulator import AVAS_PLUMBING
from tests.integrations.quickbooks.simulator_server import REDIRECT_URI, Vendor, running_simulator


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def vendor(base_url: str) -> Vendor:
    vendor = Vendor(base_url)
    vendor.control("reset")
    return vendor


@pytest.fixture
def auth(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    discovery = f"{vendor.base_url}/.well-known/openid_configuration/"
    return AuthClient("sandbox-client", "sandbox-secret", REDIRECT_URI, environment=discovery)


def connected(auth: Any, vendor: Vendor) -> Any:
    """Through the consent page, as a person would."""
    page = auth.get_authorization_url([Scopes.ACCOUNTING], state_token="state-9")
    answer = vendor.http.post(page, data={"realm": AVAS_PLUMBING, "decision": "connect"})
    back = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert back["state"] == "state-9"
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    return books_of(auth, vendor)


def books_of(auth: Any, vendor: Vendor) -> Any:
    books = QuickBooks(
        auth_client=auth,
        refresh_token=auth.refresh_token,
        company_id=auth.realm_id,
        minorversion=75,
        use_decimal=True,
    )
    books.api_url_v3 = f"{vendor.base_url}/v3"
    return books


def test_it_connects_refreshes_and_revokes(auth: Any, vendor: Vendor) -> None:
    books = connected(auth, vendor)
    first_access, first_refresh = auth.access_token, auth.refresh_token

    auth.refresh()
    company = CompanyInfo.get(AVAS_PLUMBING, qb=books_of(auth, vendor))
    auth.revoke()

    assert books.company_id == AVAS_PLUMBING
    assert auth.access_token != first_access
    assert auth.refresh_token == first_refresh
    assert company.CompanyName == "Ava's Plumbing"
    with pytest.raises(AuthClientError) as refused:
        auth.refresh()
    assert refused.value.status_code == 400
    assert refused.value.intuit_tid
    with pytest.raises(AuthorizationException):
        CompanyInfo.get(AVAS_PLUMBING, qb=books_of(auth, vendor))


def test_it_queries_counts_and_reads(auth: Any, vendor: Vendor) -> None:
    books = connected(auth, vendor)

    overdue = Invoice.where("Balance > '0'", order_by="DueDate", max_results=3, qb=books)
    every = Customer.all(order_by="DisplayName", max_results=1000, qb=books)
    harbor = Customer.filter(DisplayName="Harbor Cafe", qb=books)[0]
    chosen = Invoice.choose(["412", "436"], qb=books)
    invoice = Invoice.get(412, qb=books, params={"include": "invoiceLink"})

    assert [one.DocNumber for one in overdue] == ["2238", "2188", "2237"]
    assert Invoice.count("Balance > '0'", qb=books) == 24
    assert (len(every), every[0].DisplayName) == (29, "Beacon Books")
    assert (harbor.Balance, harbor.PrimaryPhone.FreeFormNumber) == (Decimal("796.0"), "(614) 555-0103")
    assert sorted(one.DocNumber for one in chosen) == ["2207", "2231"]
    assert invoice.InvoiceLink == f"{vendor.base_url}/pay/{AVAS_PLUMBING}/412"
    assert [line.DetailType for line in invoice.Line] == [
        "SalesItemLineDetail",
        "SalesItemLineDetail",
        "SubTotalLineDetail",
    ]
    assert Preferences.get(qb=books).SalesFormsPrefs.AutoApplyCredit is False


def test_it_saves_with_all_its_defaults_mixed_in(auth: Any, vendor: Vendor) -> None:
    books = connected(auth, vendor)
    customer = Customer()
    customer.DisplayName = "Sunday Market"
    customer.save(qb=books)
    detail = SalesItemLineDetail()
    detail.UnitPrice, detail.Qty = Decimal("120.5"), 2
    line = SalesItemLine()
    line.Amount, line.SalesItemLineDetail = Decimal("241.0"), detail
    invoice = Invoice()
    invoice.CustomerRef, invoice.Line = customer.to_ref(), [line]

    invoice.save(qb=books)

    kept = Invoice.get(invoice.Id, qb=books)
    assert (kept.TotalAmt, kept.Balance, kept.CustomerRef.name) == (Decimal("241.0"), Decimal("241.0"), "Sunday Market")
    kept.PrivateNote = "Met at the market"
    again = kept.save(qb=books)
    assert (again.SyncToken, again.PrivateNote, again.Balance) == ("1", "Met at the market", Decimal("241.0"))
    with pytest.raises(QuickbooksException) as stale:
        kept.save(qb=books)
    assert stale.value.error_code == 5010


def test_it_pays_voids_and_deletes(auth: Any, vendor: Vendor) -> None:
    books = connected(auth, vendor)
    invoice = Invoice.get(436, qb=books)
    line = PaymentLine()
    line.Amount, line.LinkedTxn = 310, [invoice.to_linked_txn()]
    payment = Payment()
    payment.CustomerRef, payment.TotalAmt, payment.Line = invoice.CustomerRef, 310, [line]

    payment.save(qb=books)
    assert Invoice.get(436, qb=books).Balance == 0

    Payment.get(payment.Id, qb=books).void(qb=books)
    assert Invoice.get(436, qb=books).Balance == 310

    Invoice.get(436, qb=books).void(qb=books)
    assert Invoice.get(436, qb=books).PrivateNote == "Voided"

    Invoice.get(436, qb=books).delete(qb=books)
    with pytest.raises(ObjectNotFoundException):
        Invoice.get(436, qb=books)


def test_it_writes_a_credit_memo_once(auth: Any, vendor: Vendor) -> None:
    books = connected(auth, vendor)

    made = []
    for _ in range(2):
        detail = SalesItemLineDetail()
        line = SalesItemLine()
        line.Amount, line.SalesItemLineDetail = 200, detail
        detail.UnitPrice, detail.Qty = 200, 1
        memo = CreditMemo()
        memo.CustomerRef, memo.Line = Customer.get(58, qb=books).to_ref(), [line]
        made.append(memo.save(qb=books, request_id="dispute-7").Id)

    assert made[0] == made[1]
    assert CreditMemo.get(made[0], qb=books).RemainingCredit == 200


def test_it_captures_changes(auth: Any, vendor: Vendor) -> None:
    books = connected(auth, vendor)
    since = vendor.look("clock")["now"]
    vendor.control("clock", offset_seconds=60)
    vendor.control("pay", realm=AVAS_PLUMBING, invoice="436")
    vendor.control("delete", realm=AVAS_PLUMBING, id="398")

    changed = change_data_capture([Invoice, Payment, CreditMemo, Customer], since, qb=books)

    told = {one.Id: getattr(one, "status", None) for one in changed.Invoice}
    assert told == {"436": None, "398": "Deleted"}
    assert [one.TotalAmt for one in changed.Payment] == [Decimal("310.0")]
    assert len(changed.CreditMemo) == 0


def test_it_meets_the_faults_the_sheet_says_it_meets(auth: Any, vendor: Vendor) -> None:
    books = connected(auth, vendor)

    with pytest.raises(ValidationException) as syntax:
        Invoice.query("SELECT * FROM Invoice WHERE Colour = 'red'", qb=books)
    vendor.control("faults", kind="429-json")
    with pytest.raises(QuickbooksException) as throttled:
        Invoice.get(412, qb=books)
    vendor.control("faults", kind="429-xml")
    with pytest.raises(QuickbooksException) as throttled_in_xml:
        Invoice.get(412, qb=books)
    vendor.control("faults", kind="200-fault")
    with pytest.raises(QuickbooksException) as ended:
        Invoice.get(412, qb=books)

    assert syntax.value.error_code == 4001
    assert (throttled.value.error_code, "ThrottleExceeded" in throttled.value.message) == (10000, True)
    assert throttled_in_xml.value.message.startswith("Error reading json response: <?xml")
    assert ended.value.error_code == 6190


def test_it_says_what_minor_version_it_wants(auth: Any, vendor: Vendor) -> None:
    connected(auth, vendor)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        books = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=auth.realm_id)
    books.api_url_v3 = f"{vendor.base_url}/v3"
    Invoice.get(412, qb=books)

    assert vendor.look("requests?path=/v3/")["requests"][-1]["params"] == {"minorversion": "75"}
