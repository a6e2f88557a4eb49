"""Xero's own SDK reads the same books over the same wire: an independent witness to what we make of them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import urllib3

from integrations import fields
from integrations.ledger import LedgerInvoice, LedgerPayment
from tests.integrations.xero.books import FIRST, Xero, begin_again, whole, xero


@pytest.fixture(scope="module")
def running() -> Iterator[Xero]:
    with xero(invoices=40, second_invoices=5) as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Xero, settings: Any) -> Xero:
    begin_again(running, settings)
    return running


def witness(vendor: Xero) -> Any:
    """The SDK with a token of its own; no default configuration, which would be shared, and no hidden repeats."""
    from xero_python.accounting import AccountingApi  # type: ignore[import-untyped]
    from xero_python.api_client import ApiClient  # type: ignore[import-untyped]
    from xero_python.api_client.configuration import Configuration  # type: ignore[import-untyped]
    from xero_python.api_client.oauth2 import OAuth2Token  # type: ignore[import-untyped]

    said = vendor.control.connect(FIRST)
    token = {
        "access_token": said["access_token"],
        "refresh_token": said["refresh_token"],
        "scope": "accounting.invoices accounting.payments.read",
        "expires_in": 1800,
        "token_type": "Bearer",
    }
    configuration = Configuration()
    configuration.oauth2_token = OAuth2Token(client_id="sandbox-client", client_secret="sandbox-secret")
    client = ApiClient(configuration, oauth2_token_getter=lambda: token, oauth2_token_saver=lambda _token: None)
    client.rest_client.pool_manager.connection_pool_kw["retries"] = urllib3.Retry(total=0)
    return AccountingApi(client, base_url=f"{vendor.address}/xero/api.xro/2.0")


def test_the_sdk_finds_the_same_balances(vendor: Xero) -> None:
    items, _cursor = whole(vendor.ledger())

    answer = witness(vendor).get_invoices(
        FIRST, where='Type=="ACCREC"', page=1, page_size=1000, _preload_content=False, _request_timeout=(5, 30)
    )

    theirs = fields.loads(answer.data)["Invoices"]
    assert {one["InvoiceID"]: one["AmountDue"] for one in theirs if one["Status"] in ("AUTHORISED", "PAID")} == {
        item.external_id: item.balance
        for item in items
        if isinstance(item, LedgerInvoice) and item.status in ("open", "paid")
    }


def test_the_sdk_reads_the_same_dates_and_payments(vendor: Xero) -> None:
    items, _cursor = whole(vendor.ledger())
    ours = {item.external_id: item for item in items if isinstance(item, LedgerInvoice)}
    paid = {item.external_id: item for item in items if isinstance(item, LedgerPayment)}

    invoices = witness(vendor).get_invoices(FIRST, page=1, page_size=1000, where='Type=="ACCREC"').invoices
    payments = witness(vendor).get_payments(FIRST, page=1, page_size=1000).payments

    dates: dict[str, date | None] = {one.invoice_id: one.due_date for one in invoices}
    assert dates == {name: one.due_on for name, one in ours.items()}
    amounts = {one.payment_id: Decimal(str(one.amount)) for one in payments if one.payment_type == "ACCRECPAYMENT"}
    assert amounts == {name: paid[name].amount for name in amounts}
