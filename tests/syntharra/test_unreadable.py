"""A NUL character is refused before anything is looked up by it."""

import pytest
from django.test import Client


@pytest.mark.parametrize("address", ["/who-called/?number=%00", "/p/%00", "/l/abc?paid=a%00b"])
def test_an_address_with_a_nul_is_refused(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_form_with_a_nul_is_refused(client: Client) -> None:
    answer = client.post("/who-called/stop/", "number=%00", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400
