"""Every page opens, empty and full, and says what it has to say."""

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from tests.cast import Firm, make_invoice
from tests.desk.scene import Scene, a_day

EMPTY_PAGES = (
    "/",
    "/invoices/",
    "/customers/",
    "/calls/",
    "/calls/?show=planned",
    "/disputes/?view=board",
    "/disputes/?view=list",
    "/money/",
    "/activity/",
    "/check-first/",
    "/book-entries/",
    "/tomorrow/",
    "/holds/",
    "/holds/new/",
    "/backlog/",
    "/your-decision/",
    "/connections/",
    "/numbers/",
    "/sandbox/",
    "/calls-switch/",
    "/businesses/new/",
)


@pytest.fixture
def scene(ava: Client, plumber: Firm) -> Scene:
    return a_day(plumber)


def text(answer: Any) -> str:
    """What a reader sees: no tags, one space between words."""
    import re

    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def test_every_empty_page_opens(ava: Client) -> None:
    assert {address: ava.get(address).status_code for address in EMPTY_PAGES} == dict.fromkeys(EMPTY_PAGES, 200)


def test_an_unconnected_business_is_asked_to_connect(ava: Client, plumber: Firm) -> None:
    plumber.connection.delete()

    assert "Your books are not connected yet." in text(ava.get("/"))
    assert "Connect QuickBooks Online" in text(ava.get("/connections/"))


def test_today_says_what_needs_the_owner(ava: Client, scene: Scene) -> None:
    page = text(ava.get("/"))

    assert "Tuesday, November 24" in page
    assert "7 things need you" in page
    assert "Does QuickBooks Online send reminders too?" in page
    assert "Harbor Cafe disputes 2207 · $796.00 · quality" in page
    assert "decide by Dec 2" in page  # five business days later: Thanksgiving and the weekend do not count
    assert "Ortiz Auto Body says that 2188 is paid" in page
    assert "Turn off the reminders of QuickBooks Online for 2207 · Harbor Cafe" in page
    assert "Go on with the other invoice of Harbor Cafe, $750.00?" in page
    assert "1 call made, 2 to come" in page
    assert "6 calls: 5 spoke with us, 1 pays by link, 1 promised." in page


def test_an_invoice_says_where_it_stands(ava: Client, scene: Scene) -> None:
    page = text(ava.get("/invoices/2207/"))

    assert "Frozen since Tue, Nov 24" in page
    assert "We will not ask Harbor Cafe for money about it while this is open." in page
    assert "A dispute about it is open. Collecting stops until it is settled." in page


WHY_NOBODY_IS_CALLED = {
    "2231": "This is a private person, and calls to private persons are not switched on. A letter is possible.",
    "2188": "The invoice is paused until you have looked at it.",
    "2241": "There is no phone number we can use, or we cannot tell what time it is where they are.",
    "2236": "They asked not to be called at this number.",
    "2232": "A promise to pay is running.",
    "2243": "The first call comes three days after the due date, not before.",
}


def test_an_invoice_says_why_nobody_is_called(ava: Client, scene: Scene) -> None:
    silent = [n for n, why in WHY_NOBODY_IS_CALLED.items() if why not in text(ava.get(f"/invoices/{n}/"))]

    assert silent == []


def test_a_call_shows_where_collecting_stopped_and_what_was_not_played(ava: Client, scene: Scene) -> None:
    page = ava.get(f"/calls/{scene.call.pk}/").content.decode()
    words = " ".join(page.split())

    assert "Collecting stopped here: they disagree (quality)" in words
    assert "</span>which was due on Friday. Shall I send you the link?</del>" in words
    assert "Collecting stopped in that very turn. The invoice is frozen while this is open." in words


def test_a_dispute_begins_with_their_words(ava: Client, scene: Scene) -> None:
    page = text(ava.get(f"/disputes/{scene.dispute.number}/"))

    assert (
        "“Well, we are happy to pay when the job is done. The sink still leaks.” Ana Reyes, on a call, 9:06 am" in page
    )
    assert "You were told after 4 seconds" in page


def test_money_is_shown_to_the_cent(ava: Client, scene: Scene) -> None:
    page = text(ava.get("/money/"))

    assert "Recovered $333.33 Our fee $33.33 Yours $300.00" in page
    assert "paid within 90 days after a conversation on Mon, Nov 23, 9:05 am" in page
    assert "no completed contact before it" in page


def test_what_was_set_aside_is_said_with_its_reason(ava: Client, scene: Scene) -> None:
    page = text(ava.get("/connections/"))

    assert "An amount has parts of a cent 1 record An amount has more decimals than its currency knows." in page
    assert "Invoice 2251 12.345" in page
    assert "QuickBooks Online does not answer" in page


def test_filters_survive_in_the_address_and_nonsense_is_left_out(ava: Client, scene: Scene) -> None:
    page = text(ava.get("/invoices/?show=overdue&age=31-60&over=1000"))
    assert "2090 Buckeye Moving" in page
    assert "1 invoice 1,850.00" in page

    answer = ava.get("/invoices/?show=nonsense&age=%01&sort=balance;drop&page=999")
    assert answer.status_code == 200
    # Other currencies are not added up.
    assert "29 open invoices, $19,007.65 + €240.00 in all; 16 past due." in text(answer)


def test_a_character_nobody_can_type_is_refused(ava: Client, scene: Scene) -> None:
    assert ava.get("/invoices/?age=%00").status_code == 400


def test_two_invoices_may_share_a_number(ava: Client, plumber: Firm) -> None:
    make_invoice(plumber, number="77", issued_on=date(2026, 9, 1), balance="100.00")
    make_invoice(plumber, number="77", issued_on=date(2026, 9, 2), balance="200.00")

    assert "$200 .00" in text(ava.get("/invoices/77/"))
    assert "$100 .00" in text(ava.get("/invoices/77/?which=2"))


def test_of_two_invoices_with_one_number_the_one_on_the_page_is_frozen(ava: Client, plumber: Firm) -> None:
    older = make_invoice(plumber, number="77", issued_on=date(2026, 9, 1), balance="100.00")
    newer = make_invoice(plumber, number="77", issued_on=date(2026, 9, 2), balance="200.00")

    page = ava.get("/invoices/77/?which=2")
    form = ava.get(page.context["freeze_url"])
    ava.post(page.context["freeze_url"], {"words": "Never ordered.", "reason": "not_received"})

    older.refresh_from_db()
    newer.refresh_from_db()
    assert form.context["back_url"] == f"/invoices/{older.pk}/"
    assert (older.frozen_at is not None, newer.frozen_at) == (True, None)


def test_an_invoice_of_another_currency_has_its_page(ava: Client, scene: Scene) -> None:
    assert "€240 .00" in text(ava.get("/invoices/2250/"))


def test_a_number_with_a_slash_has_a_page(ava: Client, plumber: Firm) -> None:
    make_invoice(plumber, number="2026/14")

    assert "Invoice 2026/14" in text(ava.get("/invoices/2026/14/"))


def test_an_invoice_without_a_number_is_found_by_its_id(ava: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber, number="")

    assert ava.get(f"/invoices/{invoice.pk}/").status_code == 200


def test_a_member_who_reads_spanish_sees_dates_in_spanish_whatever_the_browser_says(ava: Client, scene: Scene) -> None:
    User.objects.filter(pk=scene.firm.owner.pk).update(language="es")
    with translation.override("en-us"):
        page = text(ava.get("/", headers={"accept-language": "en"}))

    assert "24 de noviembre" in page
