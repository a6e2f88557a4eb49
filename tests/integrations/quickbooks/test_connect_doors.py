"""Who may connect, read now and disconnect: the doors, and who stands before them."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from integrations import bells
from integrations.models import Connection
from syntharra import due
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_member
from tests.integrations.quickbooks.avas_books import connect, unconnected
from tests.integrations.quickbooks.simulator_server import Vendor


@pytest.fixture
def ava(vendor: Vendor, db: None) -> Any:
    """Ava's Plumbing before its books are connected; the test acts for it."""
    firm = unconnected()
    with acting_for(firm.business.pk):
        yield firm


def browser(firm: Firm, user: Any = None) -> Client:
    client = Client()
    client.force_login(user or firm.owner)
    return client


def message(answer: Any) -> str:
    (only,) = [str(each) for each in get_messages(answer.wsgi_request)]
    assert answer["Location"] == reverse("connections")
    return only


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.ACCOUNTANT, Role.READ_ONLY])
def test_only_owners_and_managers_connect(ava: Firm, role: Role) -> None:
    member = make_member(ava, f"{role}@avasplumbing.example", role)

    assert browser(ava, member).get(reverse("connect_books", args=["quickbooks"])).status_code == 403
    assert browser(ava, member).get(reverse("books_callback", args=["quickbooks"])).status_code == 403


def test_a_stranger_can_neither_read_nor_disconnect_anothers_books(ava: Firm, rival: Firm) -> None:
    connection = connect(ava)

    for name in ("disconnect_books", "sync_books"):
        assert browser(rival).post(reverse(name, args=[connection.pk])).status_code == 404

    assert Connection.objects.get().state == "connected"


def test_reading_now_is_asked_for_at_once(ava: Firm) -> None:
    connection = connect(ava)
    due.settle(bells.SYNC, connection.pk)

    answer = browser(ava).post(reverse("sync_books", args=[connection.pk]))

    assert message(answer) == "We are reading your books now."
    assert due.rows(bells.SYNC) == [connection.pk]


def test_reading_now_says_so_when_only_reconnecting_helps(ava: Firm) -> None:
    connection = connect(ava)
    due.settle(bells.SYNC, connection.pk)
    Connection.objects.update(state="reconnect")

    answer = browser(ava).post(reverse("sync_books", args=[connection.pk]))

    assert message(answer).startswith("Press Reconnect")
    assert due.rows(bells.SYNC) == []
