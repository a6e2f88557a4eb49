"""Writing into the books from the desk: chosen with its words, asked once more, then ticked, tried again or taken back."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Role
from disputes import reminders
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from integrations.abilities import Act
from integrations.models import Connection
from invoices import entries
from invoices.models import BookEntry, Invoice
from notifications import outbox
from syntharra.clock import now
from syntharra.identifiers import uuid7
from tests.cast import Firm, make_invoice, make_member


def text(answer: Any) -> str:
    """What a reader sees: no tags, one space between words."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def by(firm: Firm, role: Role) -> Client:
    browser = Client()
    browser.force_login(make_member(firm, f"{role}@avasplumbing.example", role))
    return browser


@pytest.fixture
def invoice(plumber: Firm) -> Invoice:
    return make_invoice(plumber, number="2207", balance="796.00")


def frozen(invoice: Invoice) -> Dispute:
    return open_dispute(invoice.pk, claim=NewClaim(source="member", source_key="m1", words="never finished"))[0]


NEW = "/invoices/2207/book-entries/new/"
LOWER = {"act": "lower", "amount": "100.00", "words": "Adjustment"}


def test_before_somebody_chooses_he_reads_what_his_books_will_show(ava: Client, invoice: Invoice) -> None:
    page = text(ava.get("/invoices/2207/"))

    assert "Write something into the books… What happens in your books" in page
    assert "Write off what is left we do what comes nearest We write a credit memo named “Bad debt”" in page
    assert "Leave a note you do it, with our steps QuickBooks prints an invoice's memo on statements" in page


def test_a_wish_is_asked_once_more_and_a_double_click_is_one(ava: Client, invoice: Invoice) -> None:
    sure = ava.post(NEW, LOWER)
    assert "Lower 2207 by $100.00?" in text(sure)
    assert "Owed afterwards $696.00" in text(sure)
    assert BookEntry.objects.count() == 0

    pressed = {**LOWER, "once": str(sure.context["once"])}
    first = ava.post(NEW, pressed)
    ava.post(NEW, pressed)
    ava.post(NEW, {**LOWER, "once": str(uuid7())})

    assert first.headers["Location"] == f"/invoices/{invoice.pk}/#books"
    assert (
        list(BookEntry.objects.values_list("act", "amount", "words", "status", "asked_by"))
        == [("lower", Decimal("100.00"), "Adjustment", "owed", "ava@avasplumbing.example")] * 2
    )


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"amount": "796.01"}, "No more than is owed: $796.00."),
        ({"amount": "0"}, "More than zero."),
        ({"amount": "-5"}, "More than zero."),
        ({"amount": "1.005"}, "More decimals than the currency has."),
        ({"amount": "NaN"}, "Enter a number."),
        ({"words": ""}, "This field is required."),
    ],
)
def test_an_amount_that_makes_no_sense_is_said_so(
    ava: Client, invoice: Invoice, typed: dict[str, str], why: str
) -> None:
    answer = ava.post(NEW, {**LOWER, **typed, "once": str(uuid7())})

    assert why in text(answer)
    assert BookEntry.objects.count() == 0


def test_only_what_makes_sense_is_offered(ava: Client, plumber: Firm) -> None:
    make_invoice(plumber, number="2207", books_status="paid", balance="0.00", total="796.00")
    make_invoice(plumber, number="2208", books_status="deleted", balance="0.00")

    assert [offer.act for offer, _form in ava.get(NEW).context["choices"]] == ["note"]
    assert ava.post(NEW, {**LOWER, "once": str(uuid7())}).status_code == 404
    assert "Your books no longer have this invoice." in text(ava.get("/invoices/2208/book-entries/new/"))


def test_a_note_for_books_that_take_none_shows_the_steps_and_the_door(ava: Client, invoice: Invoice) -> None:
    wish = {"act": "note", "words": "Ana looks for the check.", "once": str(uuid7())}

    page = ava.post(NEW, wish, follow=True)

    assert "It is yours to do: the steps are below." in text(page)
    assert "Ana looks for the check. Open the customer in QuickBooks and choose the Notes tab." in text(page)
    assert f'href="https://app.qbo.intuit.com/app/invoice?txnId={invoice.external_id}"' in page.content.decode()


def test_writing_into_the_books_takes_an_owner_or_manager(plumber: Firm, ava: Client, invoice: Invoice) -> None:
    entry = entries.ask(invoice.pk, Act.NOTE, cause="owner 1", by="ava", words="x")
    worker, reader = by(plumber, Role.CONTRIBUTOR), by(plumber, Role.READ_ONLY)

    assert (worker.get(NEW).status_code, worker.post(NEW, LOWER).status_code) == (403, 403)
    assert "Write something into the books" not in text(worker.get("/invoices/2207/"))
    assert worker.post(f"/book-entries/{entry.pk}/cancellation/").status_code == 403
    assert worker.post(f"/book-entries/{entry.pk}/second-try/").status_code == 403
    assert reader.post(f"/book-entries/{entry.pk}/completion/").status_code == 403
    assert worker.post(f"/book-entries/{entry.pk}/completion/").status_code == 302
    assert BookEntry.objects.get().ended_by == "contributor@avasplumbing.example"


def test_a_stranger_finds_no_entry_of_hers(rex: Client, invoice: Invoice) -> None:
    entry = entries.ask(invoice.pk, Act.NOTE, cause="owner 1", by="ava", words="Ana looks for the check.")

    doors = [f"/book-entries/{entry.pk}/{door}/" for door in ("completion", "second-try", "cancellation")]
    assert [rex.post(door).status_code for door in (*doors, NEW)] == [404, 404, 404, 404]
    assert "2207" not in text(rex.get("/book-entries/"))
    assert BookEntry.objects.get().status == "by_hand"


def test_today_and_the_list_say_what_is_the_owners_to_do(ava: Client, invoice: Invoice) -> None:
    note = entries.ask(invoice.pk, Act.NOTE, cause="owner 1", by="ava", words="x")
    entries.ask(invoice.pk, Act.LOWER, cause="owner 2", by="ava", amount=Decimal("5.00"))
    assert "Leave a note on 2207 · Harbor Cafe Your books let no program do it" in text(ava.get("/"))
    assert "2 things are still to be written" in text(ava.get("/book-entries/"))

    ava.post(f"/book-entries/{note.pk}/completion/", {"back": "list"})

    assert "Leave a note" not in text(ava.get("/"))
    assert "Done by ava@avasplumbing.example" in text(ava.get("/invoices/2207/"))


def test_many_things_for_the_books_are_one_line_of_today(ava: Client, invoice: Invoice) -> None:
    for number in range(5):
        entries.ask(invoice.pk, Act.NOTE, cause=f"owner {number}", by="ava", words="x")

    page = text(ava.get("/"))

    assert "5 things wait for you in your books" in page
    assert "Leave a note" not in page


def test_what_the_books_refused_says_why_and_is_tried_again(ava: Client, invoice: Invoice) -> None:
    entry = entries.ask(invoice.pk, Act.LOWER, cause="owner 1", by="ava", amount=Decimal("5.00"), words="Adjustment")
    BookEntry.objects.filter(pk=entry.pk).update(
        status="refused", problem="vendor_refused", problem_detail="The period is closed.", ended_at=now()
    )
    page = text(ava.get("/invoices/2207/"))
    assert "Refused by the books" in page
    assert "In its own words: The period is closed." in page
    assert "Your books refused it." in text(ava.get("/"))

    ava.post(f"/book-entries/{entry.pk}/second-try/")

    assert BookEntry.objects.get().status == "owed"


def test_what_is_no_longer_waiting_says_where_it_stands(ava: Client, invoice: Invoice) -> None:
    entry = entries.ask(invoice.pk, Act.LOWER, cause="owner 1", by="ava", amount=Decimal("5.00"), words="Adjustment")
    ava.post(f"/book-entries/{entry.pk}/cancellation/")

    late = ava.post(f"/book-entries/{entry.pk}/completion/", follow=True)

    assert "It is no longer yours to do; this is where it stands now." in text(late)
    assert BookEntry.objects.get().status == "canceled"


def test_books_out_of_reach_say_that_it_waits(ava: Client, invoice: Invoice) -> None:
    entries.ask(invoice.pk, Act.LOWER, cause="owner 1", by="ava", amount=Decimal("5.00"), words="Adjustment")
    Connection.objects.update(state=Connection.State.RECONNECT)

    assert "Your books cannot be written to right now: it waits until they can." in text(ava.get("/invoices/2207/"))


def test_a_dispute_shows_whether_the_books_own_reminders_are_off(ava: Client, invoice: Invoice) -> None:
    dispute = frozen(invoice)
    task = reminders.task_of(dispute)
    assert task is not None
    address = f"/disputes/{dispute.number}/"
    page = text(ava.get(address))
    assert "Turn off the reminders of QuickBooks Online for 2207 For you to do" in page
    assert "Open the reminders of QuickBooks Online" in page

    answer = ava.post(f"/book-entries/{task.pk}/completion/", {"back": "dispute"})

    assert answer.headers["Location"] == f"{address}#books"
    assert "for 2207 Done by ava@avasplumbing.example" in text(ava.get(address))


def test_a_dispute_says_when_there_is_nothing_to_turn_off_and_when_nobody_knows(
    ava: Client, plumber: Firm, invoice: Invoice
) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(reminders_on=False)
    quiet = frozen(invoice)
    other = open_dispute(make_invoice(plumber).pk, claim=NewClaim(source="member", source_key="m2", words="no"))[0]
    task = reminders.task_of(other)
    assert task is not None
    ava.post(f"/book-entries/{task.pk}/cancellation/")

    assert "Your books send no reminders of their own about it." in text(ava.get(f"/disputes/{quiet.number}/"))
    unknown = "Whether your books send reminders of their own about it, we do not know."
    assert unknown in text(ava.get(f"/disputes/{other.number}/"))


def test_the_alert_has_the_steps_and_the_link_where_it_is_the_owners(tuesday: None, invoice: Invoice) -> None:
    frozen(invoice)

    outbox.work()

    (alert,) = (letter for letter in mail.outbox if letter.subject.startswith("Harbor Cafe disputes"))
    html = str(alert.alternatives[0][0])  # type: ignore[attr-defined]
    for words in (
        "One thing only you can do: turn the reminders of QuickBooks Online off for 2207.",
        "If they are, turn them off, or take this customer out of them while the question is open.",
        "https://app.qbo.intuit.com/app/settings?panel=sales",
    ):
        assert words in alert.body
        assert words in html
    assert "2. If they are" in alert.body


def test_the_alert_asks_nothing_where_the_reminders_are_off(tuesday: None, invoice: Invoice) -> None:
    Connection.objects.update(reminders_said="off")
    frozen(invoice)

    outbox.work()

    (alert,) = (letter for letter in mail.outbox if letter.subject.startswith("Harbor Cafe disputes"))
    assert "reminders" not in alert.body
