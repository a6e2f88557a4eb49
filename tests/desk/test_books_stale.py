"""Books that cannot be read are told once a day, from nine in the morning, to those who can do something about it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from accounts.models import Role
from desk import stale_books, tasks
from integrations.models import Connection, ConnectionDoor
from notifications import outbox
from notifications.models import Message
from syntharra.tenancy import acting_for_none
from tests.cast import Firm, make_member

NINE = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # Tuesday, 9:00 am in Columbus, Ohio
LAST_READ = datetime(2026, 11, 23, 21, 10, tzinfo=UTC)  # Monday, 4:10 pm


@pytest.fixture(autouse=True)
def live(settings: Any) -> None:
    settings.SANDBOX = False
    settings.PUBLIC_URL = "https://app.example"


@pytest.fixture
def nine() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NINE, tick=False) as clock:
        yield clock


@pytest.fixture
def books(plumber: Firm) -> Connection:
    """Ava's books, whose access ran out after Monday's last reading."""
    connection = plumber.connection
    ConnectionDoor.objects.create(
        provider=connection.provider,
        account=connection.account,
        business_id=plumber.business.pk,
        connection_id=connection.pk,
    )
    return change(
        connection, state="reconnect", problem="reconnect_needed", problem_since=LAST_READ, synced_at=LAST_READ
    )


def change(connection: Connection, **fields: Any) -> Connection:
    Connection.objects.filter(pk=connection.pk).update(**fields)
    connection.refresh_from_db()
    return connection


def test_at_nine_the_owner_and_the_managers_are_told_what_to_do(
    nine: time_machine.Traveller, books: Connection, plumber: Firm
) -> None:
    make_member(plumber, "max@avasplumbing.example", Role.MANAGER)
    make_member(plumber, "accounts@firm.example", Role.ACCOUNTANT)

    assert stale_books.tell_of_all() == 2
    outbox.work()

    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (
            ["ava@avasplumbing.example"],
            "No calls about your QuickBooks Online invoices: we cannot read your books",
        ),
        (
            ["max@avasplumbing.example"],
            "No calls about your QuickBooks Online invoices: we cannot read your books",
        ),
    ]
    assert mail.outbox[0].body == (
        "We last read the books of Ava's Plumbing on Mon, Nov 23, 4:10 PM. Until we can read them again, we call "
        "nobody about their invoices: what is owed may have changed.\n\n"
        "Reconnect needed. QuickBooks Online no longer lets us read your books: access was revoked or ran out. No calls "
        "until it is back.\n\n"
        "What to do: Press Reconnect and sign in to QuickBooks Online as an administrator of the company.\n\n"
        f"See your books: https://app.example/connections/{books.pk}/\n\n"
        "You get this letter once a day while it lasts. It stops by itself when the books can be read, or when you "
        "disconnect them.\n"
    )
    page = str(mail.outbox[0].alternatives[0][0])  # type: ignore[attr-defined]
    assert f'href="https://app.example/connections/{books.pk}/"' in page
    assert "What to do: Press Reconnect" in page


def test_it_is_told_once_a_day_while_it_lasts(nine: time_machine.Traveller, books: Connection) -> None:
    owed = [stale_books.tell_of_all(), stale_books.tell_of_all()]
    nine.shift(timedelta(hours=14, minutes=59))
    owed.append(stale_books.tell_of_all())
    nine.move_to(NINE + timedelta(hours=23, minutes=59))
    owed.append(stale_books.tell_of_all())
    nine.move_to(NINE + timedelta(days=1))
    owed.append(stale_books.tell_of_all())

    assert owed == [1, 0, 0, 0, 1]
    books.refresh_from_db()
    assert books.told_stale_on == date(2026, 11, 25)


def test_nobody_is_told_before_nine(nine: time_machine.Traveller, books: Connection) -> None:
    nine.shift(timedelta(minutes=-1))

    assert stale_books.tell_of_all() == 0


def test_minutes_of_trouble_are_no_letter(nine: time_machine.Traveller, books: Connection) -> None:
    change(books, state="connected", problem="vendor_down", synced_at=NINE - timedelta(minutes=60))
    early = stale_books.tell_of_all()
    nine.shift(timedelta(seconds=1))

    assert (early, stale_books.tell_of_all()) == (0, 1)


def test_a_first_reading_under_way_is_no_trouble(nine: time_machine.Traveller, books: Connection) -> None:
    change(books, state="connected", problem="", synced_at=None, connected_at=NINE - timedelta(hours=3))

    assert stale_books.tell_of_all() == 0


def test_books_the_owner_let_go_are_not_told_of(nine: time_machine.Traveller, books: Connection) -> None:
    change(books, state="disconnected", problem="")

    assert stale_books.tell_of_all() == 0


def test_a_spreadsheet_does_not_go_stale(nine: time_machine.Traveller, books: Connection) -> None:
    change(books, provider="file", state="connected", problem="")

    assert stale_books.tell_of_all() == 0


def test_a_letter_overtaken_by_a_good_reading_is_withdrawn(nine: time_machine.Traveller, books: Connection) -> None:
    stale_books.tell_of_all()
    change(books, state="connected", problem="", synced_at=NINE)

    outbox.work()

    assert mail.outbox == []
    assert Message.objects.get().status == "withdrawn"


def test_each_of_several_books_has_its_own_letter_and_the_others_go_on(
    nine: time_machine.Traveller, books: Connection, plumber: Firm
) -> None:
    Connection.objects.create(
        provider="xero",
        account="c0ffee",
        company="Ava's Boilers",
        sandbox=True,
        connected_at=LAST_READ,
        connected_by="ava@avasplumbing.example",
        synced_at=NINE,
    )

    assert stale_books.tell_of_all() == 1
    outbox.work()

    assert "may have changed. Calls about your other books go on.\n" in mail.outbox[0].body


def test_the_sweep_visits_every_business_with_books(
    nine: time_machine.Traveller, books: Connection, rival: Firm
) -> None:
    with acting_for_none():
        owed = tasks.sweep_stale_books()

    assert owed == 1
    assert Message.objects.get().key == f"{books.pk}:2026-11-24:{Message.objects.get().member_id}"
