"""The owner ends the link to a customer's page and sends a new one; nobody else is let in by an old letter."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Role
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from notifications import outbox
from notifications.models import Message
from syntharra import links
from syntharra.models import Link
from tests.cast import Firm, make_customer, make_invoice, make_member


@pytest.fixture
def disputes(plumber: Firm) -> list[Dispute]:
    """Two of one claim: their letter has one link."""
    customer = make_customer(plumber)
    claim = NewClaim(source="call", source_key="CA1", words="Both are wrong", reason="amount", by="Ana Reyes")
    invoices = [make_invoice(plumber, customer), make_invoice(plumber, customer)]
    return open_dispute(*(invoice.pk for invoice in invoices), claim=claim)


def page_of(dispute: Dispute) -> str:
    return f"/l/{links.make('dispute', dispute.pk, lasts=timedelta(days=60))}"


def test_every_old_link_ends_and_a_letter_brings_a_new_one(
    client: Client, plumber: Firm, disputes: list[Dispute]
) -> None:
    first, second = disputes
    old = [page_of(first), page_of(first), page_of(second)]
    client.force_login(plumber.owner)

    client.post(f"/disputes/{second.number}/link/")
    outbox.work()

    assert [client.get(page).status_code for page in old] == [410, 410, 410]
    letter = next(one for one in mail.outbox if one.subject.startswith("A new link to your page"))
    assert "no longer open it" in letter.body
    found = re.search(r"/l/[\w-]+", str(letter.body))
    assert found
    assert client.get(found[0]).status_code == 200
    assert "Their link opens it until" in client.get(f"/disputes/{second.number}/").content.decode()


def test_only_who_is_in_charge_may_and_nothing_ends_without_an_address(
    client: Client, plumber: Firm, disputes: list[Dispute]
) -> None:
    page = page_of(disputes[0])
    client.force_login(make_member(plumber, "hand@avasplumbing.example", Role.CONTRIBUTOR))
    assert client.post(f"/disputes/{disputes[0].number}/link/").status_code == 403

    disputes[0].customer.contacts.update(email="")
    client.force_login(plumber.owner)
    refused = client.post(f"/disputes/{disputes[0].number}/link/", follow=True).content.decode()

    assert "a new link has nowhere to go" in refused
    assert client.get(page).status_code == 200
    assert not Message.objects.filter(letter="page_again").exists()


def test_the_page_says_what_has_become_of_the_link(client: Client, plumber: Firm, disputes: list[Dispute]) -> None:
    client.force_login(plumber.owner)
    address = f"/disputes/{disputes[0].number}/"
    assert "No letter with a link to their page has left yet." in client.get(address).content.decode()

    page_of(disputes[1])
    Link.objects.update(tries=5)

    assert "Closed after five wrong answers" in client.get(address).content.decode()


def test_asking_twice_sends_two_letters_and_the_first_link_is_dead(plumber: Firm, disputes: list[Dispute]) -> None:
    client = Client()
    client.force_login(plumber.owner)
    for _ in range(2):
        client.post(f"/disputes/{disputes[0].number}/link/")
        outbox.work()

    bodies = [str(one.body) for one in mail.outbox if one.subject.startswith("A new link")]
    first, second = (re.search(r"/l/[\w-]+", body)[0] for body in bodies)  # type: ignore[index]
    assert (client.get(first).status_code, client.get(second).status_code) == (410, 200)
