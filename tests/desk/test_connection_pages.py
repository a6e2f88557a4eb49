"""The pages of the books: what can be done where, how each connection is doing, and what the owner does about it."""

from datetime import datetime, timedelta
from html import unescape
from re import sub
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import ActivityLine, Role
from desk.views import connections as pages
from desk.wording.problems import banner_of
from integrations import bells, reminders
from integrations.models import Connection, InboxEvent, PendingSignIn, SetAside, SyncRun
from syntharra import due
from syntharra.clock import machine_now, now
from tests.cast import Firm, make_customer, make_invoice, make_member

BOILERS = "Ava's Boilers & Heating Installations of Greater Columbus, Limited Liability Company"


@pytest.fixture(autouse=True)
def _live(live: None) -> None:
    """Business time is the machine's."""


@pytest.fixture
def books(ava: Client, plumber: Firm) -> Connection:
    """Ava's books, read four minutes ago."""
    return change(plumber.connection, synced_at=now() - timedelta(minutes=4), connected_at=now() - timedelta(days=20))


def change(connection: Connection, **fields: Any) -> Connection:
    Connection.objects.filter(pk=connection.pk).update(**fields)
    connection.refresh_from_db()
    return connection


def run(connection: Connection, began: datetime, **fields: Any) -> SyncRun:
    ended = None if fields.get("status") == "running" else began + timedelta(seconds=4)
    usual = {"status": "done", "whole": False, "started_at": began, "ended_at": ended}
    return SyncRun.objects.create(connection=connection, **(usual | fields))


def aside(connection: Connection, number: int, **fields: Any) -> SetAside:
    usual = {"kind": "customer", "external_id": str(number), "label": f"Lane {number:02d}", "reason": "phone_missing"}
    seen = {"first_seen_at": now() - timedelta(days=1), "last_seen_at": now()}
    return SetAside.objects.create(connection=connection, **(usual | seen | fields))


def other(provider: str = "xero", **fields: Any) -> Connection:
    """More books of Ava's, at another vendor."""
    usual: dict[str, Any] = {"account": "c0ffee", "company": BOILERS, "sandbox": True, "synced_at": now()}
    return Connection.objects.create(
        **(
            usual
            | {"provider": provider, "connected_at": now(), "connected_by": "ava@avasplumbing.example"}
            | {"reminders_said": "off", "reminders_said_at": now()}
            | fields
        )
    )


def page_of(browser: Client, address: str = "/connections/") -> str:
    """What stands on the page itself, without the frame around it."""
    answer = browser.get(address)
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(sub(r"<[^>]*>", " ", main.partition(">")[2])).split())


def member(firm: Firm, role: Role) -> Client:
    browser = Client()
    browser.force_login(make_member(firm, f"{role}@avasplumbing.example", role))
    return browser


# Connecting


def test_before_one_chooses_it_is_said_what_a_program_can_do_there(books: Connection, ava: Client) -> None:
    change(books, state="disconnected", disconnected_at=now() - timedelta(days=21))

    page = page_of(ava)

    assert "QuickBooks Online You sign in at Intuit and choose the company. Connect QuickBooks Online" in page
    assert "What we can do in QuickBooks Online" in page
    assert "Lower an invoice We do it We write a credit memo and apply it to the invoice." in page
    assert "Leave a note for you You do it QuickBooks prints an invoice's memo on statements" in page
    assert "QuickBooks Online does not say whether its own reminders are on: we ask you." in page
    assert [f"What we can do in {name}" in page for name in ("Xero", "FreshBooks")] == [True, True]
    assert "Connected before QuickBooks Online (Ava's Plumbing) until Nov 3" in page


def test_what_this_installation_has_no_key_for_is_not_offered(books: Connection, ava: Client, settings: Any) -> None:
    change(books, state="disconnected")
    settings.QUICKBOOKS_CLIENT_ID = ""

    page = page_of(ava)

    assert "QuickBooks Online You sign in at Intuit and choose the company. Not set up in this installation" in page


def test_other_books_can_be_connected_beside_those_that_are(books: Connection, ava: Client) -> None:
    page = page_of(ava, "/connections/new/")

    assert page.startswith("Your books Connect other books")
    assert "QuickBooks Online You sign in at Intuit and choose the company. Connected" in page
    assert "/connections/quickbooks/connect" not in ava.get("/connections/new/").content.decode()


def test_an_installation_without_the_import_page_does_not_offer_it() -> None:
    assert pages._address("nothing_of_the_kind") == ""


# How they are doing


def test_healthy_books_say_when_they_were_read_and_what_is_in_them(
    books: Connection, ava: Client, plumber: Firm
) -> None:
    make_invoice(plumber, make_customer(plumber))
    run(books, now() - timedelta(hours=2), seen=14, written=3)
    run(books, now() - timedelta(minutes=4), seen=0, written=0)

    page = page_of(ava)

    assert "Connected Last good reading 10:36 am Read every few minutes, and again before each call." in page
    assert "Customers 1 0 Invoices 1 0 Payments 0 0 Credit memos 0 0" in page
    assert "Latest readings with news Read what changed 8:40 am 14 records, 3 new or changed More" in page
    assert "Set aside, and why Nothing. Every record could be used." in page


def test_a_first_reading_says_how_far_it_is_and_how_long_it_takes(books: Connection, ava: Client) -> None:
    change(books, synced_at=None)
    run(books, now() - timedelta(seconds=62), status="running", whole=True, seen=1240, expected=5000)

    answer = ava.get("/connections/").content.decode()

    assert "First reading We are reading your books." in page_of(ava)
    assert "1,240 of about 5,000 records 24% · about 3 minutes left" in page_of(ava)
    assert '<div id="health" hx-get="/connections/" hx-trigger="every 3s"' in answer
    assert '<progress class="progress" max="100" value="24"' in answer
    assert "See how far it is" in answer.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "Read the books now" not in answer


def test_the_time_left_is_reckoned_from_this_readings_own_pace(books: Connection, ava: Client) -> None:
    change(books, synced_at=None)
    run(books, now() - timedelta(hours=1), status="failed", whole=True, seen=4000, expected=5000, problem="vendor_down")
    run(books, now() - timedelta(minutes=10), status="running", whole=True, seen=4100, expected=5000)

    # A hundred in ten minutes, nine hundred to go; the four thousand before were read by another.
    assert "4,100 of about 5,000 records 82% · about 90 minutes left" in page_of(ava)


def test_a_reading_that_has_just_begun_does_not_guess(books: Connection, ava: Client) -> None:
    change(books, synced_at=None)
    run(books, now() - timedelta(seconds=2), status="running", whole=True, seen=100, expected=5000)

    assert "2% · finding out how long it takes" in page_of(ava)


def test_a_reading_asked_for_a_moment_ago_is_waited_for(books: Connection, ava: Client) -> None:
    due.note(bells.SYNC, books.pk, at=now() - timedelta(seconds=5))
    soon = page_of(ava)
    due.note(bells.SYNC, books.pk, at=now() - timedelta(minutes=5))

    assert "Reading begins in a moment." in soon
    assert "Reading begins in a moment." not in page_of(ava)


def test_two_weeks_of_readings_are_drawn_and_told_in_numbers(books: Connection, ava: Client) -> None:
    run(books, now() - timedelta(days=1, hours=1), seen=700, written=600)
    run(books, now() - timedelta(days=1), seen=700, written=640)
    run(books, now() - timedelta(days=3), status="failed", whole=True, seen=900, written=900, problem="vendor_down")
    run(books, now() - timedelta(days=14), seen=5, written=5)

    answer, page = ava.get("/connections/").content.decode(), page_of(ava)

    assert 'aria-label="New or changed records a day, Nov 11 to today. 3 readings, 1 failed."' in answer
    assert "<title>Mon, Nov 23: 1240</title>" in answer
    assert '<rect class="bar" width="10" y="0" height="60"/>' in answer
    assert "Mon, Nov 23 2 1400 1240 0 Sun, Nov 22 0 0 0 0 Sat, Nov 21 1 0 0 1" in page
    assert page.count("marks a day on which one failed") == 1


def test_sixty_set_aside_are_paged_and_each_reason_is_said_once(books: Connection, ava: Client) -> None:
    for number in range(41):
        aside(books, number)
    for number in range(41, 60):
        aside(books, number, kind="invoice", label=str(2300 + number), reason="amount_decimals", detail="12.345")

    first, second, beyond = (page_of(ava, f"/connections/?page={page}") for page in ("1", "2", "99"))

    assert "Customers 0 41 Invoices 0 19" in first
    assert "Set aside, and why 60 records" in first
    assert "1 to 20 of 60 Next page" in first
    assert first.count("An amount has parts of a cent 19 records") == 1
    assert "Round the amount in QuickBooks Online to whole cents; the next sync reads it anew." in first
    assert "Invoice 2341 12.345 since Mon, Nov 23" in first
    assert "No phone number 41 records This customer has no phone number, so nobody is called." in first
    assert "Customer Lane 00 since Mon, Nov 23 1 to 20 of 60" in first
    assert "An amount has parts of a cent" not in second
    assert "41 to 60 of 60" in beyond


def test_an_invoice_set_aside_is_one_click_from_where_it_is_put_right(
    books: Connection, ava: Client, plumber: Firm
) -> None:
    aside(books, 951, kind="invoice", label="2251", reason="amount_decimals")
    assert "app.qbo.intuit.com/app/invoice" not in ava.get("/connections/").content.decode()

    change(books, sandbox=False)

    assert 'href="https://app.qbo.intuit.com/app/invoice?txnId=951"' in ava.get("/connections/").content.decode()


# When something is wrong


def test_lost_access_is_said_here_at_length_and_everywhere_in_a_banner(books: Connection, ava: Client) -> None:
    lost = now() - timedelta(hours=20)
    change(
        books,
        state="reconnect",
        problem="reconnect_needed",
        problem_detail="invalid_grant (1-5b1c)",
        problem_since=lost,
        synced_at=lost,
    )

    page, answer = page_of(ava), ava.get("/connections/").content.decode()

    assert page.count("QuickBooks Online no longer lets us read your books") == 1
    assert "Press Reconnect and sign in to QuickBooks Online as an administrator of the company." in page
    assert "Since Mon, Nov 23, 2:40 pm . For their support: “invalid_grant (1-5b1c)”" in page
    assert 'href="/connections/quickbooks/connect"' in answer
    assert "Read the books now" not in page
    assert "Reconnect needed. QuickBooks Online no longer lets us read your books" in page_of(ava, "/invoices/")
    assert "Last good reading: Mon, Nov 23, 2:40 pm ." in page_of(ava, "/invoices/")


def test_a_vendor_that_asks_us_to_slow_down_is_no_alarm(books: Connection, ava: Client) -> None:
    change(books, problem="rate_limited", problem_since=now() - timedelta(minutes=3))

    page = page_of(ava)

    assert "Waiting Last good reading 10:36 am QuickBooks Online asks us to slow down." in page
    assert "asks us to slow down" not in page_of(ava, "/invoices/")

    change(books, synced_at=now() - timedelta(minutes=61))
    assert "asks us to slow down" in page_of(ava, "/invoices/")


def test_among_several_books_the_banner_names_those_in_trouble_and_says_the_others_go_on(
    books: Connection, ava: Client
) -> None:
    change(books, synced_at=now() - timedelta(hours=2))
    ill = other(state="reconnect", problem="access_removed", synced_at=now() - timedelta(hours=6))
    well = other("freshbooks", account="fb1")

    several = banner_of([books, ill, well])
    all_of_them = banner_of([books, ill])

    assert several is not None
    assert several.title == f"Xero ({BOILERS}): Access to this company was removed"
    assert several.next_step == (
        "Press Reconnect and choose the same company, signed in as one of its administrators. QuickBooks Online "
        "(Ava's Plumbing): We have not read your books for a while. Calls about your other books go on."
    )
    assert all_of_them is not None
    assert "other books go on" not in all_of_them.next_step
    assert banner_of([well]) is None


# Several books


def test_several_books_are_listed_and_each_has_its_page(books: Connection, ava: Client) -> None:
    aside(books, 1)
    ill = other(state="reconnect", problem="access_removed", synced_at=now() - timedelta(hours=6))

    page = page_of(ava)

    assert "QuickBooks Online Ava's Plumbing Connected 10:36 am 0 1" in page
    assert f"Xero {BOILERS} Not connected Access to this company was removed. Press Reconnect" in page
    assert page_of(ava, f"/connections/{ill.pk}/").startswith(f"Your books Xero {BOILERS}")
    assert page_of(ava, f"/connections/{books.pk}/").startswith("Your books QuickBooks Online Ava's Plumbing")


def test_a_stranger_finds_no_books_of_hers(books: Connection, rex: Client) -> None:
    addresses = [f"/connections/{books.pk}/", f"/connections/{books.pk}/disconnection/"]
    changes = [f"/connections/{books.pk}/{act}" for act in ("disconnect", "sync", "reminders/", "webhook")]

    assert [rex.get(address).status_code for address in addresses] == [404, 404]
    assert [rex.post(address, {"said": "off"}).status_code for address in changes] == [404, 404, 404, 404]


def test_the_pages_ask_a_fixed_number_of_questions(
    books: Connection, ava: Client, plumber: Firm, django_assert_num_queries: Any
) -> None:
    ill = other(state="reconnect", problem="access_removed")
    counts = {"/connections/": 7, f"/connections/{ill.pk}/": 18, "/connections/new/": 7}
    for number in range(30):
        aside(ill, number)
        run(ill, now() - timedelta(hours=number + 1), seen=1, written=1)

    for address, count in counts.items():
        ava.get(address)
        with django_assert_num_queries(count, info=address):
            ava.get(address)


# Letting them go


def test_disconnecting_says_first_what_happens(books: Connection, ava: Client, plumber: Firm) -> None:
    page = page_of(ava, f"/connections/{books.pk}/disconnection/")

    assert "Nobody is called about these invoices any more. No call is planned now." in page
    assert "We give the permission back at QuickBooks Online and forget it." in page
    assert Connection.objects.get(pk=books.pk).state == "connected"

    ava.post(f"/connections/{books.pk}/disconnect")

    assert Connection.objects.get(pk=books.pk).state == "disconnected"
    assert ava.get(f"/connections/{books.pk}/").status_code == 404


def test_who_is_not_in_charge_reads_and_changes_nothing(books: Connection, plumber: Firm) -> None:
    reader, accountant = member(plumber, Role.READ_ONLY), member(plumber, Role.ACCOUNTANT)

    page = page_of(reader)

    assert [word for word in ("Read the books now", "Disconnect", "They are off") if word in page] == []
    assert "Read the books now" in page_of(accountant)
    assert reader.get(f"/connections/{books.pk}/disconnection/").status_code == 403
    assert accountant.post(f"/connections/{books.pk}/reminders/", {"said": "off"}).status_code == 403
    assert Connection.objects.get(pk=books.pk).reminders_said == ""


# The vendor's own reminders


def test_the_owner_says_whether_the_books_remind_by_themselves(books: Connection, ava: Client) -> None:
    assert "Does QuickBooks Online e-mail reminders or add late fees by itself?" in page_of(ava)
    assert 'href="https://app.qbo.intuit.com/app/settings?panel=sales"' in ava.get("/connections/").content.decode()

    answer = ava.post(f"/connections/{books.pk}/reminders/", {"said": "on"})

    books.refresh_from_db()
    assert (answer.headers["Location"], books.reminders_said, books.reminders_said_at) == ("/connections/", "on", now())
    line = ActivityLine.objects.get(verb="said_reminders")
    assert (line.actor, line.subject_id, line.detail.facts["outcome"]) == ("ava@avasplumbing.example", books.pk, "on")
    assert "You said 10:40 am that they are on." in page_of(ava)


def test_nonsense_about_reminders_changes_nothing(books: Connection, ava: Client) -> None:
    assert ava.post(f"/connections/{books.pk}/reminders/", {"said": "perhaps"}).status_code == 400
    assert ava.get(f"/connections/{books.pk}/reminders/").status_code == 405
    assert ActivityLine.objects.filter(verb="said_reminders").count() == 0


@pytest.mark.parametrize(
    ("said", "days", "asked"),
    [("", 0, True), ("on", 6, False), ("on", 8, True), ("off", 400, False)],
)
def test_it_is_asked_until_it_is_said_and_weekly_while_they_are_on(
    books: Connection, ava: Client, said: str, days: int, asked: bool
) -> None:
    change(books, reminders_said=said, reminders_said_at=now() - timedelta(days=days) if said else None)

    page = page_of(ava, "/")

    assert reminders.is_to_be_asked(books, at=now()) is asked
    assert ("Does QuickBooks Online send reminders too?" in page) is (asked and said == "")
    assert ("Are the reminders of QuickBooks Online still on?" in page) is (asked and said == "on")


def test_a_spreadsheet_sends_no_reminders_and_is_read_by_nobody(books: Connection, ava: Client) -> None:
    change(books, provider="file", synced_at=now() - timedelta(days=3))

    page = page_of(ava)

    assert "Connected These invoices came as a file. They are as new as the last one you brought in." in page
    assert [word for word in ("Reminders", "Read the books now", "Two weeks") if word in page] == []
    assert "send reminders too?" not in page_of(ava, "/")


# Who rings us


def test_it_is_said_when_the_vendor_last_rang(books: Connection, ava: Client) -> None:
    before = page_of(ava)
    for account, minutes in ((books.account, 5), (books.account, 90), ("somebody-else", 1)):
        at = machine_now() - timedelta(minutes=minutes)
        InboxEvent.objects.create(
            source="quickbooks", event_id=f"{account}{minutes}", account=account, payload={}, received_at=at
        )

    assert "QuickBooks Online has not rung yet. We look every few minutes anyway." in before
    assert "QuickBooks Online rang last at 10:35 am." in page_of(ava)


def test_where_the_owner_makes_the_webhook_himself_the_secret_is_shown_once(books: Connection, ava: Client) -> None:
    zoho = other("zoho", account="60012345678")
    address = f"/connections/{zoho.pk}/"
    assert "Zoho Books does not ring us yet. We look every few minutes anyway. Set it up…" in page_of(ava, address)

    page = ava.post(f"{address}webhook").content.decode()

    secret = page.partition("secret token:")[2].partition("</code>")[0].rpartition(">")[2]
    assert (len(secret), f'href="{address}"' in page) == (40, True)
    assert "Zoho Books has not rung yet." in page_of(ava, address)
    assert "Make a new address and secret…" in page_of(ava, address)
    assert secret not in ava.get(address).content.decode()


# Choosing the company


def pending(firm: Firm, names: list[str]) -> UUID:
    companies = [{"account": f"id-{number:02d}", "name": name, "details": {}} for number, name in enumerate(names)]
    made = PendingSignIn.objects.create(
        business=firm.business,
        user=firm.owner,
        provider="xero",
        companies=companies,
        secrets=b"",
        access_expires_at=machine_now() + timedelta(minutes=30),
        until=machine_now() + timedelta(minutes=9),
    )
    return made.pk


def test_forty_companies_can_be_searched_and_none_is_chosen_for_the_owner(
    books: Connection, ava: Client, plumber: Firm
) -> None:
    address = f"/connections/choose/{pending(plumber, ['', BOILERS, *(f'Client {n:02d}' for n in range(38))])}"

    answer = ava.get(address).content.decode()
    found = ava.get(f"{address}?q=BOILERS").content.decode()

    assert answer.count('type="radio"') == 40
    assert " checked" not in answer
    assert page_of(ava, address).index("40 companies Companies Ava's Boilers") < page_of(ava, address).index(
        "Client 00"
    )
    assert page_of(ava, address).endswith("Client 37 id-39 id-00 Connect this company Not now")
    assert (found.count('type="radio"'), 'value="id-01"' in found) == (1, True)
    assert "No company is called “nobody”. Show all" in page_of(ava, f"{address}?q=nobody")


def test_a_handful_of_companies_needs_no_search(books: Connection, ava: Client, plumber: Firm) -> None:
    address = f"/connections/choose/{pending(plumber, ['Ava', 'Rex'])}"

    assert "Find by name" not in ava.get(address).content.decode()


def test_sending_the_choice_without_one_says_so(books: Connection, ava: Client, plumber: Firm) -> None:
    answer = ava.post(f"/connections/choose/{pending(plumber, ['Ava', 'Rex'])}")

    assert (answer.status_code, "Choose one of the companies first." in answer.content.decode()) == (422, True)
