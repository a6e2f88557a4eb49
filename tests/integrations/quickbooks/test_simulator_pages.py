"""The customer's invoice page: what it shows, how it is paid, and what it does with what cannot be paid."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from integrations.quickbooks.simulator import AVAS_PLUMBING, QuickBooksSimConfig, create_app
from tests.integrations.quickbooks.simulator_server import Receiver, Vendor, running_simulator, served, wait_until


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def vendor(base_url: str) -> Vendor:
    vendor = Vendor(base_url)
    vendor.control("reset")
    return vendor.connect()


def test_the_page_shows_what_is_owed_and_to_whom(vendor: Vendor) -> None:
    answer = vendor.http.get(f"/pay/{AVAS_PLUMBING}/412")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html;charset=UTF-8"
    for words in (
        "Sandbox: simulated QuickBooks",
        "<h1>Ava&#x27;s Plumbing</h1>",
        "Invoice 2207",
        '<p class="amount">$796.00</p>',
        "<dt>Grease line hydro-jetted</dt><dd>$450.00</dd>",
        "<dt>Sales tax</dt><dd>$96.00</dd>",
        "<dt>Paid and credited</dt><dd>-$500.00</dd>",
        ">Pay now</button>",
        'name="viewport"',
    ):
        assert words in answer.text


@pytest.mark.parametrize(
    ("due", "words"), [("2026-11-02", "due November 2, 2026"), (None, "no due date"), ("soon", "no due date")]
)
def test_the_due_date_is_written_for_people(vendor: Vendor, due: str | None, words: str) -> None:
    vendor.control("objects", realm=AVAS_PLUMBING, entity="Invoice", merge=True, object={"Id": "412", "DueDate": due})

    assert words in vendor.http.get(f"/pay/{AVAS_PLUMBING}/412").text


def test_pay_now_pays_it_in_the_books(vendor: Vendor) -> None:
    link = vendor.get("invoice/436", include="invoiceLink")["Invoice"]["InvoiceLink"]

    answer = vendor.http.post(link)
    shown = vendor.http.get(answer.headers["location"])

    assert answer.status_code == 303
    assert "Paid. Thank you." in shown.text
    assert "Pay now" not in shown.text
    invoice = vendor.invoice("436")
    assert invoice["Balance"] == 0
    payment = vendor.get(f"payment/{invoice['LinkedTxn'][0]['TxnId']}")["Payment"]
    assert (payment["TotalAmt"], payment["PrivateNote"]) == (310, "Paid online by card")


def test_paying_twice_pays_once(vendor: Vendor) -> None:
    vendor.http.post(f"/pay/{AVAS_PLUMBING}/436")

    second = vendor.http.post(f"/pay/{AVAS_PLUMBING}/436")

    assert second.status_code == 409
    assert "There is nothing to pay on this invoice" in second.text
    assert vendor.query("SELECT COUNT(*) FROM Payment WHERE TotalAmt = '310'") == {"totalCount": 1}


def test_a_voided_invoice_has_nothing_to_pay(vendor: Vendor) -> None:
    vendor.control("void", realm=AVAS_PLUMBING, id="436")

    assert "There is nothing to pay on this invoice." in vendor.http.get(f"/pay/{AVAS_PLUMBING}/436").text


@pytest.mark.parametrize("path", ["/pay/9341450000000001/99999", "/pay/1/412", "/pay/9341450000000002/436"])
def test_an_invoice_that_is_not_there_has_a_page_that_says_so(vendor: Vendor, path: str) -> None:
    answer = vendor.http.get(path)

    assert answer.status_code == 404
    assert "This invoice is not available" in answer.text


def test_what_stands_in_the_books_cannot_break_the_page(vendor: Vendor) -> None:
    line = {"DetailType": "SalesItemLineDetail", "Description": "<script>alert(1)</script>", "Amount": 5}
    planted = {"Id": "9001", "DocNumber": '"><b>', "TotalAmt": 5, "Balance": 5, "Line": [line]}
    vendor.control("objects", realm=AVAS_PLUMBING, entity="Invoice", object=planted)

    text = vendor.http.get(f"/pay/{AVAS_PLUMBING}/9001").text

    assert "<script>" not in text
    assert "<b>" not in text
    assert vendor.http.post(f"/pay/{AVAS_PLUMBING}/9001").status_code == 409


def test_mounted_below_a_prefix_everything_still_points_to_itself() -> None:
    config = QuickBooksSimConfig(webhook_batch_seconds=0.05)
    outer = Starlette(routes=[Mount("/quickbooks", create_app(config))])

    with served(outer) as url, Receiver().listening() as receiver:
        vendor = Vendor(f"{url}/quickbooks").connect()
        vendor.control("webhooks", url=receiver.url)
        found = vendor.http.get("/.well-known/openid_configuration/").json()
        link = vendor.get("invoice/436", include="invoiceLink")["Invoice"]["InvoiceLink"]
        paid = vendor.http.post(link)
        shown = vendor.http.get(paid.headers["location"])
        wait_until(lambda: receiver.got)
        logged = vendor.look("requests?path=/v3/")["requests"]

    assert found["token_endpoint"] == f"{url}/quickbooks/oauth2/v1/tokens/bearer"
    assert link == f"{url}/quickbooks/pay/{AVAS_PLUMBING}/436"
    assert (paid.status_code, shown.status_code) == (303, 200)
    assert [one["path"] for one in logged] == [f"/v3/company/{AVAS_PLUMBING}/invoice/436"]
