"""python-quickbooks as an independent witness: it reads the same books as our client does, to the cent."""

import os
from contextlib import closing
from decimal import Decimal

import pytest

from integrations.ledger import LedgerInvoice, ledger_for
from tests.integrations.quickbooks.avas_books import Books


def test_the_vendors_sdk_for_python_sees_the_invoices_we_see(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setitem(os.environ, "NO_PROXY", "127.0.0.1")
    from intuitlib.client import AuthClient
    from quickbooks import QuickBooks
    from quickbooks.objects.invoice import Invoice

    tokens = books.vendor.connect().tokens
    auth = AuthClient(
        "sandbox-client",
        "sandbox-secret",
        "http://127.0.0.1:8000/connections/quickbooks/callback",
        environment=f"{books.vendor.base_url}/.well-known/openid_configuration/",
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        realm_id=books.vendor.realm,
    )
    sdk = QuickBooks(
        auth_client=auth,
        refresh_token=tokens["refresh_token"],
        company_id=books.vendor.realm,
        minorversion=75,
        use_decimal=True,
    )
    sdk.api_url_v3 = f"{books.vendor.base_url}/v3"

    theirs = Invoice.query("SELECT * FROM Invoice STARTPOSITION 1 MAXRESULTS 1000", qb=sdk)
    with closing(ledger_for(books.connection)) as ledger:
        ours = [item for page in ledger.whole({}) for item in page.items if isinstance(item, LedgerInvoice)]

    def row(number: str, customer: str, total: object, balance: object, lines: int) -> tuple[object, ...]:
        return number, customer, Decimal(str(total)), Decimal(str(balance)), lines

    assert sorted(row(one.number, one.customer, one.total, one.balance, len(one.lines)) for one in ours) == sorted(
        row(
            one.DocNumber,
            one.CustomerRef.value,
            one.TotalAmt,
            one.Balance,
            len([line for line in one.Line if line.DetailType != "SubTotalLineDetail"]),
        )
        for one in theirs
    )
    assert len(ours) == 42
