"""An owner connects his books: there and back again, and every way in which it does not come about."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import ActivityLine
from integrations import access, bells, connections, problems
from integrations.models import Connection, ConnectionDoor
from integrations.quickbooks.simulator import AVAS_PLUMBING, RIVAL_ROOTER
from integrations.sign_in_state import NotConnected
from syntharra import due
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_member
from tests.integrations.quickbooks.avas_books import came_back, connect, unconnected
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


def sent_away(client: Client) -> str:
    """Where the connect button leads."""
    answer = client.get(reverse("connect_books", args=["quickbooks"]))
    assert answer.status_code == 302
    return str(answer["Location"])


def returned(client: Client, said: dict[str, str]) -> Any:
    return client.get(reverse("books_callback", args=["quickbooks"]), said)


def message(answer: Any) -> str:
    (only,) = [str(each) for each in get_messages(answer.wsgi_request)]
    assert answer["Location"] == reverse("connections")
    return only


def words_of(problem: str) -> str:
    said = problems.about(problem)
    return f"{said.title}. {said.words} {said.next_step}"


def verbs() -> list[str]:
    return list(
        ActivityLine.objects.filter(subject_kind="connection").order_by("recorded_at").values_list("verb", flat=True)
    )


def test_an_owner_connects_and_the_first_reading_is_asked_for(ava: Firm) -> None:
    client = browser(ava)

    answer = returned(client, came_back(sent_away(client)))

    connection = Connection.objects.get()
    assert message(answer) == "Ava's Plumbing is connected. We are reading its books now."
    assert (connection.account, connection.company, connection.state) == (AVAS_PLUMBING, "Ava's Plumbing", "connected")
    assert (connection.currency, connection.country, connection.time_zone) == ("USD", "US", "America/New_York")
    assert (connection.sandbox, connection.connected_by) == (True, "ava@avasplumbing.example")
    assert set(access.opened(connection)) == {"access", "refresh"}
    assert connection.access_expires_at is not None
    assert timedelta(minutes=59) < connection.access_expires_at - machine_now() <= timedelta(hours=1)
    door = ConnectionDoor.objects.get()
    assert (door.account, door.business_id, door.connection_id) == (AVAS_PLUMBING, ava.business.pk, connection.pk)
    assert due.rows(bells.SYNC) == [connection.pk]
    assert verbs() == ["connected"]


def test_a_pressed_button_leads_over_a_page_because_browsers_hold_forms_to_our_own_addresses(ava: Firm) -> None:
    answer = browser(ava).post(reverse("connect_books", args=["quickbooks"]))

    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.content.decode()
    assert "/quickbooks/connect/oauth2?response_type=code" in answer.content.decode()


def test_what_the_vendor_is_told_is_our_key_our_address_and_a_state(ava: Firm) -> None:
    told = parse_qs(urlsplit(sent_away(browser(ava))).query)

    assert set(told) == {"client_id", "response_type", "scope", "redirect_uri", "state"}
    assert told["scope"] == ["com.intuit.quickbooks.accounting"]
    assert told["redirect_uri"] == ["http://127.0.0.1:8000/connections/quickbooks/callback"]
    assert len(told["state"][0]) == 43


def test_an_owner_who_says_no_is_told_that_nothing_was_connected(ava: Firm) -> None:
    client = browser(ava)

    answer = returned(client, came_back(sent_away(client), decision="cancel"))

    assert message(answer) == words_of("connect_denied")
    assert not Connection.objects.exists()


def test_a_state_nobody_asked_for_connects_nothing(ava: Firm) -> None:
    client = browser(ava)
    said = came_back(sent_away(client))

    answer = returned(client, said | {"state": "forged"})

    assert message(answer) == words_of("connect_state")
    assert not Connection.objects.exists()


def test_a_state_works_once(ava: Firm, vendor: Vendor) -> None:
    client = browser(ava)
    said = came_back(sent_away(client))
    returned(client, said)
    vendor.control("connections", realm=AVAS_PLUMBING)

    answer = returned(client, said)

    assert [str(each) for each in get_messages(answer.wsgi_request)][-1] == words_of("connect_state")
    assert verbs() == ["connected"]


def test_two_answers_with_one_state_at_the_same_moment_connect_once(ava: Firm) -> None:
    session: dict[str, Any] = {}
    who: dict[str, Any] = {"business": ava.business, "user": ava.owner, "provider": "quickbooks"}
    said = came_back(connections.begin(session=session, **who))
    twin = dict(session)

    connections.finish(session=session, said=said, **who)
    with pytest.raises(NotConnected, match="connect_state"):
        connections.finish(session=twin, said=said, **who)

    assert verbs() == ["connected"]


def test_a_state_works_in_the_browser_that_began_only(ava: Firm) -> None:
    said = came_back(sent_away(browser(ava)))

    answer = returned(browser(ava), said)

    assert message(answer) == words_of("connect_state")


def test_a_state_is_worth_nothing_to_another_person_or_for_another_business(ava: Firm) -> None:
    session: dict[str, Any] = {}
    who: dict[str, Any] = {"business": ava.business, "provider": "quickbooks"}
    said = came_back(connections.begin(session=session, user=ava.owner, **who))
    manager = make_member(ava, "mia@avasplumbing.example")

    with pytest.raises(NotConnected, match="connect_someone_else"):
        connections.finish(session=session, user=manager, said=said, **who)

    assert not Connection.objects.exists()


def test_a_sign_in_that_took_too_long_starts_over(ava: Firm) -> None:
    session: dict[str, Any] = {}
    who: dict[str, Any] = {"business": ava.business, "user": ava.owner, "provider": "quickbooks"}
    said = came_back(connections.begin(session=session, **who))

    with (
        time_machine.travel(machine_now() + timedelta(minutes=11)),
        pytest.raises(NotConnected, match="connect_expired"),
    ):
        connections.finish(session=session, said=said, **who)


def test_a_code_that_has_run_out_connects_nothing(ava: Firm, vendor: Vendor) -> None:
    vendor.control("settings", code_seconds=0.0)
    client = browser(ava)

    answer = returned(client, came_back(sent_away(client)))

    assert message(answer) == words_of("connect_code")
    assert not Connection.objects.exists()
    assert not ConnectionDoor.objects.exists()


@pytest.mark.parametrize("company", [None, "", "934 145", "../../etc", "9" * 65])
def test_without_a_company_nothing_is_connected(ava: Firm, company: str | None) -> None:
    client = browser(ava)
    said = came_back(sent_away(client))
    del said["realmId"]

    answer = returned(client, said | ({"realmId": company} if company is not None else {}))

    assert message(answer) == words_of("connect_company_missing")


def test_a_company_swapped_in_the_browser_is_not_taken(ava: Firm) -> None:
    client = browser(ava)
    said = came_back(sent_away(client), realm=AVAS_PLUMBING)

    answer = returned(client, said | {"realmId": RIVAL_ROOTER})

    assert message(answer) == words_of("connect_company_refused")
    assert not ConnectionDoor.objects.exists()


@pytest.mark.parametrize("path", ["/oauth2/v1/tokens/bearer", "/companyinfo/"])
def test_a_vendor_that_is_down_meanwhile_connects_nothing(
    ava: Firm, vendor: Vendor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.quickbooks.oauth.SECONDS", 1.0)
    client = browser(ava)
    said = came_back(sent_away(client))
    vendor.control("faults", kind="503-html", times=None, match={"path": path})

    answer = returned(client, said)

    assert message(answer) == words_of("connect_unreachable")
    assert not Connection.objects.exists()


def test_our_own_refused_key_is_not_blamed_on_the_owner(ava: Firm, settings: Any) -> None:
    client = browser(ava)
    said = came_back(sent_away(client))
    settings.QUICKBOOKS_CLIENT_SECRET = "not the secret"

    answer = returned(client, said)

    assert message(answer) == words_of("app_refused")


def test_an_installation_without_a_key_says_who_has_to_do_what(ava: Firm, settings: Any) -> None:
    settings.QUICKBOOKS_CLIENT_ID = ""

    answer = browser(ava).get(reverse("connect_books", args=["quickbooks"]))

    assert message(answer) == words_of("connect_not_set_up")


def test_the_same_books_are_refused_to_a_second_business_whose_first_keeps_its_access(
    ava: Firm, db: None, rival: Firm
) -> None:
    first = connect(ava)
    with acting_for(rival.business.pk):
        Connection.objects.all().delete()
        client = browser(rival)

        answer = returned(client, came_back(sent_away(client), realm=AVAS_PLUMBING))

        assert message(answer) == words_of("connect_elsewhere")
        assert not Connection.objects.exists()
    assert access.token(first.pk, stale="none") == access.opened(Connection.objects.get())["access"]


def test_a_second_company_of_one_vendor_is_refused(ava: Firm) -> None:
    connect(ava)
    client = browser(ava)

    answer = returned(client, came_back(sent_away(client), realm=RIVAL_ROOTER))

    assert message(answer) == words_of("connect_another_company")
    assert [door.account for door in ConnectionDoor.objects.all()] == [AVAS_PLUMBING]


def test_reconnecting_puts_new_tokens_on_the_same_connection(ava: Firm) -> None:
    first = connect(ava)
    before = access.opened(first)
    Connection.objects.update(state="reconnect", problem="reconnect_needed")

    again = connect(ava)

    assert again.pk == first.pk
    assert (again.state, again.problem) == ("connected", "")
    assert access.opened(again) != before
    assert verbs() == ["connected", "reconnected"]
