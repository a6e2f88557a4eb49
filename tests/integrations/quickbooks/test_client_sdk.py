"""python-quickbooks as an independent witness: it reads the same books as our client does, to the cent."""

from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from integrations.ledger import LedgerInvoice, ledger_for
from tests.integrations.quickbooks.avas_books import Books


def sdk_for(books: Books, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK pointed at the simulator; it takes four steps (see the vendor's sheet)."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    from intuitlib.client import AuthClient
    from quickbooks import QuickBooks

    tokens, base = books.vendor.connect().tokens, books.vendor.base_url
    auth = AuthClient(
        "sandbox-client",
        "sandbox-secret",
        "http://127.0.0.1:8000/connections/quickbooks/callback",
        environment=f"{base}/.well-known/openid_configuration/",
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
    sdk.api_url_v3 = f"{base}/v3"
    return sdk


def row(number: str, customer: str, total: object, balance: object, lines: int) -> tuple[object, ...]:
    return number, customer, Decimal(str(total)), Decimal(str(balance)), lines


def of_sdk(one: Any) -> tuple[object, ...]:
    lines = [line for line in one.Line if line.DetailType != "SubTotalLineDetail"]
    return row(one.DocNumber, one.CustomerRef.value, one.TotalAmt, one.Balance, len(lines))


def test_the_vendors_sdk_for_python_sees_the_invoices_we_see(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    sdk = sdk_for(books, monkeypatch)
    from quickbooks.objects.invoice import Invoice

    theirs = Invoice.query("SELECT * FROM Invoice STARTPOSITION 1 MAXRESULTS 1000", qb=sdk)
    with closing(ledger_for(books.connection)) as ledger:
        ours = [item for page in ledger.whole({}) for item in page.items if isinstance(item, LedgerInvoice)]

    assert sorted(row(one.number, one.customer, one.total, one.balance, len(one.lines)) for one in ours) == sorted(
        of_sdk(one) for one in theirs
    )
    assert len(ours) == 42
