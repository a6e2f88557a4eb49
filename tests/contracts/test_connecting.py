"""Connecting any of the six: there and back, what goes wrong on the way, one refresh for many workers, and letting go."""

import json
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.db import connections as databases
from django.test import Client
from django.urls import reverse

from integrations import access, connections, sign_in
from integrations.connections import Choice
from integrations.errors import Disconnected, Refused
from integrations.models import Connection, ConnectionDoor, PendingSignIn
from integrations.sign_in_state import NotConnected
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_member
from tests.contracts.rigs import Rig
from tests.integrations.quickbooks.avas_books import unconnected

pytestmark = pytest.mark.django_db


def refused(vendor: Rig, firm: Firm, said: dict[str, str]) -> str:
    """The problem with which a sign-in ends; nothing is connected by it."""
    with pytest.raises(NotConnected) as caught:
        vendor.finish(firm, said)
    assert not Connection.objects.exists()
    assert not ConnectionDoor.objects.exists()
    return caught.value.problem


def test_the_owner_connects_and_we_know_whose_books_these_are(vendor: Rig, firm: Firm) -> None:
    connection = vendor.connect(firm)

    assert (connection.provider, connection.account, connection.state) == (vendor.provider, vendor.account, "connected")
    assert connection.company != ""
    assert (connection.currency, connection.country) == ("USD", "US")
    assert connection.time_zone.startswith("America/")
    assert not PendingSignIn.objects.exists()


def test_nothing_secret_stands_in_the_row_as_it_lies(vendor: Rig, firm: Firm) -> None:
    connection = vendor.connect(firm)
    pair = access.opened(connection)

    row = dict(Connection.objects.values().get(pk=connection.pk))
    plain = json.dumps(row, default=lambda value: bytes(value).hex() if isinstance(value, memoryview) else str(value))
    assert pair["access"] not in plain
    assert pair["refresh"] not in plain


def test_a_no_at_the_vendor_connects_nothing(vendor: Rig, firm: Firm) -> None:
    said = vendor.consented(vendor.begin(firm), decision="cancel")

    assert refused(vendor, firm, said) == "connect_denied"


def test_a_state_works_once_for_who_began_in_time(vendor: Rig, firm: Firm) -> None:
    said = vendor.consented(vendor.begin(firm))
    assert refused(vendor, firm, {**said, "state": "somebody-elses"}) == "connect_state"

    manager = make_member(firm, "mia@avasplumbing.example")
    theirs = Firm(firm.business, manager, firm.connection)
    assert refused(vendor, theirs, said) == "connect_someone_else"
    assert refused(vendor, firm, said) == "connect_state"  # spent, whatever came of it

    late = vendor.consented(vendor.begin(firm))
    with time_machine.travel(machine_now() + timedelta(minutes=11), tick=True):
        assert refused(vendor, firm, late) == "connect_expired"


def test_a_code_the_vendor_does_not_know_connects_nothing(vendor: Rig, firm: Firm) -> None:
    said = vendor.consented(vendor.begin(firm))

    assert refused(vendor, firm, {**said, "code": "not-a-code"}) == "connect_code"


def test_the_same_books_are_never_connected_to_two_businesses(vendor: Rig, firm: Firm) -> None:
    first = vendor.connect(firm)
    rival = unconnected("Rival Rooter", email="rex@rivalrooter.example")

    with acting_for(rival.business.pk):
        with pytest.raises(NotConnected) as caught:
            vendor.connect(rival)
        assert not Connection.objects.exists()

    assert caught.value.problem == "connect_elsewhere"
    assert ConnectionDoor.objects.get().business_id == firm.business.pk
    assert access.token(first.pk) != ""  # nothing was revoked by the refusal


def offered_choice(vendor: Rig, firm: Firm) -> UUID:
    """A sign-in that opened several companies; skips a vendor whose sign-in opens one."""
    said = vendor.consented(vendor.begin(firm))
    who: dict[str, Any] = {"business": firm.business, "user": firm.owner}
    found = connections.finish(session=vendor.session, provider=vendor.provider, said=said, **who)
    if not isinstance(found, Choice):
        pytest.skip(f"a sign-in at {vendor.provider} opened one company")
    return found.pending


def test_a_choice_sent_twice_is_answered_twice_and_connected_once(vendor: Rig, firm: Firm) -> None:
    pending = offered_choice(vendor, firm)
    manager = make_member(firm, "mia@avasplumbing.example")
    browser = Client()
    browser.force_login(firm.owner)
    address = reverse("choose_books", args=[pending])

    answers = [browser.post(address, {"account": vendor.account}) for _ in range(2)]

    company = Connection.objects.get().company
    assert [answer["Location"] for answer in answers] == [reverse("connections")] * 2
    said = [str(one) for one in get_messages(answers[1].wsgi_request)]
    assert said == [f"{company} is connected. We are reading its books now."] * 2
    assert not PendingSignIn.objects.exists()
    for user, account in ((firm.owner, vendor.manners.other), (firm.owner, "\0"), (manager, vendor.account)):
        with pytest.raises(NotConnected) as caught:
            connections.choose(pending, account, business=firm.business, user=user)
        assert caught.value.problem == "connect_expired"


def test_a_choice_whose_access_cannot_be_opened_says_so(vendor: Rig, firm: Firm, settings: Any) -> None:
    from cryptography.fernet import Fernet

    pending = offered_choice(vendor, firm)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(NotConnected) as caught:
        connections.choose(pending, vendor.account, business=firm.business, user=firm.owner)

    assert caught.value.problem == "secrets_unreadable"
    assert not Connection.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_choice_sent_twice_at_the_same_moment_is_one_connection(vendor: Rig) -> None:
    firm = unconnected()
    with acting_for(firm.business.pk):
        pending = offered_choice(vendor, firm)
    got: list[UUID] = []
    barrier = threading.Barrier(2)

    def press() -> None:
        with acting_for(firm.business.pk):
            barrier.wait()
            got.append(connections.choose(pending, vendor.account, business=firm.business, user=firm.owner).pk)
        databases.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with acting_for(firm.business.pk):
        assert got == [Connection.objects.get().pk] * 2


def test_a_token_that_ran_out_is_renewed_without_a_word(books: Rig) -> None:
    assert books.connection is not None
    before = access.token(books.connection.pk)
    Connection.objects.filter(pk=books.connection.pk).update(access_expires_at=machine_now())

    after = access.token(books.connection.pk)

    assert after != before
    assert access.token(books.connection.pk) == after


def test_a_refresh_whose_answer_is_lost_leaves_the_owner_a_way_on(books: Rig) -> None:
    """Either the vendor still takes the old pair, or the owner is asked to reconnect; never a third thing."""
    assert books.connection is not None
    Connection.objects.filter(pk=books.connection.pk).update(access_expires_at=machine_now())
    path = TOKEN_PATH[books.provider]
    books.strike({"kind": "drop-answer"}, path=path, after=True, times=1)

    with pytest.raises(Exception):  # noqa: B017 - Unavailable, by whichever way the answer was lost
        access.token(books.connection.pk)
    books.sim.clear_faults()

    try:
        assert access.token(books.connection.pk) != ""
        assert books.again().state == "connected"
    except Disconnected:
        assert (books.again().state, books.again().problem) == ("reconnect", "reconnect_needed")


TOKEN_PATH = {
    "quickbooks": "/oauth2/v1/tokens/bearer",
    "xero": "/connect/token",
    "freshbooks": "/auth/oauth/token",
    "square": "/oauth2/token",
    "zoho": "/oauth/v2/token",
    "jobber": "/api/oauth/token",
}


def test_disconnecting_gives_the_access_back_and_stops_everything(books: Rig) -> None:
    assert books.connection is not None
    assert books.firm is not None
    token = access.token(books.connection.pk)
    details = books.connection.details

    connections.disconnect(books.connection.pk, by=books.firm.owner)
    assert connections.revoke(books.connection.pk) is True

    row = books.again()
    assert (row.state, bytes(row.secrets), row.access_expires_at) == ("disconnected", b"", None)
    assert not ConnectionDoor.objects.exists()
    with pytest.raises(Disconnected):
        access.token(books.connection.pk)
    opened = sign_in.Tokens(token, "gone", machine_now() + timedelta(hours=1), None, details)
    company = sign_in.Company(books.account, "", details)
    with pytest.raises(Disconnected):
        sign_in.at(books.provider).organisation(company, opened, sandbox=True)


REVOKE_PATH = {
    "quickbooks": "/tokens/revoke",
    "xero": "/connections",
    "freshbooks": "/auth/oauth/revoke",
    "square": "/oauth2/revoke",
    "zoho": "/token/revoke",
    "jobber": "/graphql",
}


def test_giving_back_an_access_that_ran_out_may_break_off_and_is_still_done(books: Rig) -> None:
    assert books.connection is not None
    assert books.firm is not None
    Connection.objects.filter(pk=books.connection.pk).update(access_expires_at=machine_now())
    connections.disconnect(books.connection.pk, by=books.firm.owner)
    books.strike(books.manners.outage, path=REVOKE_PATH[books.provider], times=1)

    assert connections.revoke(books.connection.pk) is False
    held = access.tokens_of(books.again())
    assert connections.revoke(books.connection.pk) is True

    assert bytes(books.again().secrets) == b""
    with pytest.raises((Disconnected, Refused)):  # the pair we had kept is what was given back
        renewed = sign_in.at(books.provider).refresh(held, sandbox=True)
        company = sign_in.Company(books.account, "", held.details)
        sign_in.at(books.provider).organisation(company, renewed, sandbox=True)
    if books.provider != "quickbooks":
        assert [one["ended"] for one in books.sim.connections()] == [True]


def test_books_let_go_and_connected_elsewhere_meanwhile_keep_their_access(books: Rig) -> None:
    assert books.connection is not None
    assert books.firm is not None
    connections.disconnect(books.connection.pk, by=books.firm.owner)
    rival = unconnected("Rival Rooter", email="rex@rivalrooter.example")
    with acting_for(rival.business.pk):
        theirs = books.connect(rival)

    assert connections.revoke(books.connection.pk) is True

    assert bytes(books.again().secrets) == b""
    with acting_for(rival.business.pk):
        company = sign_in.Company(theirs.account, "", theirs.details)
        found = sign_in.at(books.provider).organisation(company, access.tokens_of(theirs), sandbox=True)
    assert found.account == theirs.account


def test_reconnecting_the_same_books_goes_on_with_the_same_connection(books: Rig) -> None:
    assert books.connection is not None
    assert books.firm is not None
    connections.disconnect(books.connection.pk, by=books.firm.owner)

    again = books.connect(books.firm)

    assert (again.pk, again.state) == (books.connection.pk, "connected")


def test_keys_are_rotated_and_the_tokens_still_open(books: Rig, settings: Any) -> None:
    from cryptography.fernet import Fernet

    assert books.connection is not None
    before = access.opened(books.connection)
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]

    call_command("rotate_keys")
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]

    assert access.opened(books.again()) == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_one_rotating_token_are_exactly_one_refresh(vendor: Rig) -> None:
    firm = unconnected()
    with acting_for(firm.business.pk):
        connection = vendor.connect(firm)
        Connection.objects.filter(pk=connection.pk).update(access_expires_at=machine_now())
    before = len(asked_for_tokens(vendor))
    got: list[str] = []
    barrier = threading.Barrier(4)

    def worker() -> None:
        with acting_for(firm.business.pk):
            barrier.wait()
            got.append(access.token(connection.pk))
        databases.close_all()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(got), len(set(got))) == (4, 1)
    assert len(asked_for_tokens(vendor)) - before == 1


def asked_for_tokens(vendor: Rig) -> list[Any]:
    return list(vendor.sim.requests(TOKEN_PATH[vendor.provider]))
