"""Tokens: renewed once, kept encrypted, given back at the end, and seen by nobody."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client
from django.urls import reverse

from integrations import access, bells, connections, tasks
from integrations.errors import Disconnected, Unavailable
from integrations.models import Connection, ConnectionDoor
from integrations.quickbooks.simulator import AVAS_PLUMBING
from syntharra import due
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for
from tests.integrations.quickbooks.avas_books import Books, connect, unconnected
from tests.integrations.quickbooks.simulator_server import Vendor

TOKENS = "/oauth2/v1/tokens/bearer"


def run_out(books: Books) -> None:
    """An hour passes: the access token is too old, here and there."""
    Connection.objects.update(access_expires_at=machine_now() + timedelta(seconds=30))
    books.control("expire")


def refreshes(books: Books) -> int:
    return len(books.asked(TOKENS))


def test_a_token_that_still_lasts_is_used_without_asking(books: Books) -> None:
    before = refreshes(books)

    token = access.token(books.connection.pk)

    assert token == access.opened(books.again())["access"]
    assert refreshes(books) == before


def test_a_token_about_to_run_out_is_renewed_and_the_new_pair_kept(books: Books) -> None:
    books.vendor.control("settings", rotate_after_seconds=0.0)
    before = access.opened(books.connection)
    run_out(books)

    token = access.token(books.connection.pk)

    after = access.opened(books.again())
    assert token == after["access"] != before["access"]
    assert after["refresh"] != before["refresh"]
    assert books.connection.access_expires_at is not None
    assert books.connection.access_expires_at > machine_now() + timedelta(minutes=50)


def test_a_refused_token_is_renewed_though_it_should_have_lasted(books: Books) -> None:
    stale = access.token(books.connection.pk)

    assert access.token(books.connection.pk, stale=stale) != stale


def test_a_lost_answer_to_a_refresh_is_asked_for_again_with_the_old_token(books: Books) -> None:
    books.vendor.control("settings", rotate_after_seconds=0.0)
    run_out(books)
    books.strike("cut-connection", match={"path": TOKENS})

    with pytest.raises(Unavailable):
        access.token(books.connection.pk)
    token = access.token(books.connection.pk)

    assert token == access.opened(books.again())["access"]
    assert books.connection.state == "connected"


def test_access_the_owner_took_back_asks_for_reconnecting_and_is_never_tried_again(books: Books) -> None:
    books.control("disconnect")
    run_out(books)

    with pytest.raises(Disconnected):
        access.token(books.connection.pk)
    before = refreshes(books)
    with pytest.raises(Disconnected):
        access.token(books.connection.pk)

    assert (books.again().state, books.connection.problem) == ("reconnect", "reconnect_needed")
    assert books.connection.problem_detail.startswith("invalid_grant Incorrect or invalid refresh token (1-")
    assert refreshes(books) == before


def test_a_key_of_ours_the_vendor_refuses_leaves_the_owners_connection_alone(books: Books, settings: Any) -> None:
    run_out(books)
    settings.QUICKBOOKS_CLIENT_SECRET = "changed"

    with pytest.raises(Disconnected):
        access.token(books.connection.pk)

    assert (books.again().state, books.connection.problem) == ("connected", "app_refused")


def test_tokens_no_key_opens_ask_for_reconnecting(books: Books, settings: Any) -> None:
    from cryptography.fernet import Fernet

    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(Disconnected):
        access.token(books.connection.pk)

    assert (books.again().state, books.connection.problem) == ("reconnect", "secrets_unreadable")


def test_tokens_copied_from_another_connection_open_nothing(books: Books) -> None:
    other = Connection.objects.create(
        provider="quickbooks",
        account="1",
        state="disconnected",
        sandbox=True,
        connected_at=machine_now(),
        connected_by="ava@avasplumbing.example",
        secrets=books.connection.secrets,
    )

    with pytest.raises(Disconnected):
        access.opened(other)


def test_disconnecting_gives_access_back_and_frees_the_books(books: Books, rival: Any) -> None:
    client = Client()
    client.force_login(books.firm.owner)

    client.post(reverse("disconnect_books", args=[books.connection.pk]))
    connection = books.again()

    assert (connection.state, connection.problem) == ("disconnected", "")
    assert connection.disconnected_at is not None
    assert not ConnectionDoor.objects.exists()
    assert due.rows(bells.SYNC) == []
    assert due.rows(bells.REVOKE) == [connection.pk]
    tasks.sweep_inbox()
    assert bytes(books.again().secrets) == b""
    assert due.rows(bells.REVOKE) == []
    assert [grant["ended"] for grant in books.vendor.look("connections")["connections"]] == [True]
    with acting_for(rival.business.pk):
        Connection.objects.all().delete()
        assert connect(rival).account == AVAS_PLUMBING


def test_access_that_could_not_be_given_back_is_owed_until_it_is(books: Books) -> None:
    connections.disconnect(books.connection.pk, by=books.firm.owner)
    books.strike("503-html", match={"path": "/tokens/revoke"})

    assert connections.revoke(books.connection.pk) is False
    assert bytes(books.again().secrets) != b""
    assert due.rows_noted(bells.REVOKE) == {books.connection.pk}
    assert connections.revoke(books.connection.pk) is True
    assert bytes(books.again().secrets) == b""


def test_disconnecting_twice_is_once_and_connecting_again_keeps_the_row(books: Books) -> None:
    connections.disconnect(books.connection.pk, by=books.firm.owner)
    connections.disconnect(books.connection.pk, by=books.firm.owner)

    again = connect(books.firm)

    assert again.pk == books.connection.pk
    assert due.rows_noted(bells.REVOKE) == set()
    assert connections.revoke(again.pk) is True
    assert bytes(books.again().secrets) != b""


def test_tokens_and_codes_are_in_no_log_and_no_session(
    books: Books, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    run_out(books)
    session: dict[str, Any] = {}
    who: dict[str, Any] = {
        "session": session,
        "business": books.firm.business,
        "user": books.firm.owner,
        "provider": "quickbooks",
    }
    address = connections.begin(**who)
    state = address.rpartition("state=")[2]

    tokens = [access.token(books.connection.pk), access.opened(books.again())["refresh"]]

    written = caplog.text + "".join(capfd.readouterr()) + repr(session) + repr(books.connection)
    assert [secret for secret in [*tokens, state] if secret in written] == []


@pytest.fixture
def committed(transactional_db: None, vendor: Vendor) -> Iterator[Books]:
    """Connected books with real commits, for races."""
    firm = unconnected()
    with acting_for(firm.business.pk):
        yield Books(firm, connect(firm), vendor)


def test_eight_workers_and_one_rotating_token_make_exactly_one_refresh(committed: Books) -> None:
    committed.vendor.control("settings", rotate_after_seconds=0.0, previous_token_grace_seconds=0.0)
    run_out(committed)
    before = refreshes(committed)
    together, got, failures = threading.Barrier(8), [], []

    def worker() -> None:
        try:
            with acting_for(committed.firm.business.pk):
                together.wait(timeout=20)
                got.append(access.token(committed.connection.pk))
        except Exception as error:
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failures == []
    assert refreshes(committed) - before == 1
    assert set(got) == {access.opened(committed.again())["access"]}
    assert len(got) == 8


def test_signing_in_again_moves_no_invoice_into_the_backlog(books: Books) -> None:
    Connection.objects.filter(pk=books.connection.pk).update(
        state="reconnect", connected_at=books.connection.connected_at - timedelta(days=100)
    )

    again = connect(books.firm)

    assert (again.pk, again.state) == (books.connection.pk, "connected")
    assert again.connected_at == books.connection.connected_at - timedelta(days=100)
