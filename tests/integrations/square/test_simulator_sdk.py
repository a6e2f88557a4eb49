"""Square's own Python SDK talks to the simulator as it talks to Square."""

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.square.simulator import MAIN_LOCATION
from tests.integrations.square.simulator import CLIENT, REDIRECT, SECRET, Square, running_square

sdk: Any = pytest.importorskip("square.client", reason="Square's SDK is not installed: nothing is tried with it")


@pytest.fixture(scope="module")
def square() -> Iterator[Square]:
    with running_square() as square:
        yield square.connect()


def client(square: Square, token: str) -> Any:
    return sdk.Square(base_url=square.url, token=token, version="2025-08-20", timeout=15)


def test_it_connects_refreshes_and_revokes(square: Square) -> None:
    tokens = client(square, "none").o_auth.obtain_token(
        client_id=CLIENT,
        client_secret=SECRET,
        grant_type="authorization_code",
        code=square.code(),
        redirect_uri=REDIRECT,
    )
    again = client(square, "none").o_auth.obtain_token(
        client_id=CLIENT, client_secret=SECRET, grant_type="refresh_token", refresh_token=tokens.refresh_token
    )
    status = client(square, again.access_token).o_auth.retrieve_token_status()
    secret = {"additional_headers": {"Authorization": f"Client {SECRET}"}}
    revoked = client(square, "none").o_auth.revoke_token(
        client_id=CLIENT, access_token=again.access_token, request_options=secret
    )

    assert again.refresh_token == tokens.refresh_token
    assert (status.client_id, status.merchant_id) == (CLIENT, tokens.merchant_id)
    assert revoked.success is True
    square.connect()


def test_it_pages_through_everything(square: Square) -> None:
    square_of = client(square, square.token)

    invoices = list(square_of.invoices.list(location_id=MAIN_LOCATION, limit=10))
    by_search = square_of.invoices.search(query={"filter": {"location_ids": [MAIN_LOCATION]}}, limit=200)
    orders = square_of.orders.batch_get(order_ids=[one.order_id for one in invoices[:100]]).orders

    assert [one.id for one in invoices] == [one.id for one in by_search.invoices]
    assert {one.id for one in orders} == {one.order_id for one in invoices}
    assert square_of.customers.search(limit=100).customers


def test_it_raises_what_the_simulator_refuses(square: Square) -> None:
    from square.core.api_error import ApiError

    with pytest.raises(ApiError) as caught:
        client(square, square.token).invoices.get(invoice_id="inv:0-unknown")

    assert caught.value.status_code == 404
    assert [(one.category, one.code) for one in caught.value.errors] == [("INVALID_REQUEST_ERROR", "NOT_FOUND")]
