"""Letters no e-mail can carry: a PDF for a window envelope, a tick that meets the clock, and nothing posted that is not true."""

import re
import zlib
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Role
from calls import final
from calls.models import Attempt, AttemptInvoice
from compliance.models import StopKind
from compliance.services import stop
from disputes import posting
from disputes.customer_acts import drop
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.posting import CannotPost
from disputes.resolving import Plan, begin, take_back
from disputes.services import open_dispute
from invoices import verification
from invoices.models import Invoice
from notifications import paper
from notifications.models import Message
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def by_post(firm: Firm, **fields: Any) -> Dispute:
    """A dispute of a customer who has a street and no e-mail address."""
    invoice = make_invoice(firm, make_customer(firm, "Harbor Cafe", email="", **fields))
    claim = NewClaim(source="call", source_key=str(invoice.pk), words="No", by="Ana")
    return open_dispute(invoice.pk, claim=claim)[0]


def inside(pdf: bytes) -> bytes:
    """What the file says, unpacked."""
    parts = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    return b"".join(parts)


def placed(pdf: bytes) -> str:
    """The size of its pages, as the file says."""
    found = re.search(rb"/MediaBox \[([^\]]*)\]", inside(pdf))
    return found.group(1).decode() if found else ""


def test_an_answer_without_an_e_mail_address_is_a_letter_to_post(plumber: Firm) -> None:
    dispute = by_post(plumber)

    begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=plumber.owner)

    letter = posting.waiting().get()
    assert (letter.letter, letter.channel, letter.status) == ("bill_stands", "letter", "draft")
    assert letter.to == "Harbor Cafe, 12 Pier Rd, Columbus OH 43215"


def test_the_pdf_is_us_letter_and_loads_nothing_from_outside(plumber: Firm) -> None:
    dispute = by_post(plumber)
    begin(dispute.pk, Plan(kind="bill_stands", words="Agreed.\n\n<img src='http://192.0.2.1/x.png'>"), by=plumber.owner)

    made = posting.printed(posting.waiting().get().pk)
    other = paper.pdf("<body><img src='file:///etc/passwd'><img src='http://192.0.2.1/x.png'><p>Words</p></body>")

    assert made[:5] == b"%PDF-"
    assert placed(made) == "0 0 612 792"
    assert b"Figtree" in inside(made)
    assert other[:5] == b"%PDF-"
    assert b"root:" not in inside(other)


def test_it_counts_as_sent_once_it_is_ticked_and_only_once(plumber: Firm) -> None:
    dispute = by_post(plumber)
    begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=plumber.owner)
    letter = posting.waiting().get()

    posting.posted(letter.pk, on=date(2026, 11, 24), by=plumber.owner)
    again = posting.posted(letter.pk, on=date(2026, 11, 24), by=plumber.owner)

    assert (again.status, again.sent_at, again.outcome) == ("sent", TUESDAY, "posted by ava@avasplumbing.example")
    assert "It was agreed on." in again.text
    assert "/l/…" in again.text
    assert not posting.waiting().exists()


@pytest.mark.parametrize("on", [date(2026, 11, 23), date(2026, 11, 25)])
def test_a_day_that_cannot_be_is_refused(plumber: Firm, on: date) -> None:
    dispute = by_post(plumber)
    begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=plumber.owner)
    letter = posting.waiting().get()

    with pytest.raises(CannotPost, match="Enter the day"):
        posting.posted(letter.pk, on=on, by=plumber.owner)

    assert Message.objects.get(pk=letter.pk).status == "draft"


def test_what_is_no_longer_true_is_neither_printed_nor_ticked(plumber: Firm) -> None:
    dispute = by_post(plumber)
    stands = begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=plumber.owner)
    letter = posting.waiting().get()
    take_back(stands.pk, by=plumber.owner, why="not yet")

    with pytest.raises(CannotPost, match="no longer true"):
        posting.printed(letter.pk)
    with pytest.raises(CannotPost, match="no longer true"):
        posting.posted(letter.pk, on=date(2026, 11, 24), by=plumber.owner)

    assert Message.objects.get(pk=letter.pk).status == "draft"


def test_who_asked_for_no_contact_is_posted_nothing(plumber: Firm) -> None:
    dispute = by_post(plumber)
    begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=plumber.owner)
    letter = posting.waiting().get()
    stop(dispute.customer_id, StopKind.CEASE, number="", words="no letters", source="mail:x", by="Ana")

    with pytest.raises(CannotPost, match="may not be posted now"):
        posting.posted(letter.pk, on=date(2026, 11, 24), by=plumber.owner)

    assert Message.objects.get(pk=letter.pk).status == "draft"


def test_the_one_reminder_by_post_leads_to_your_decision_when_it_is_posted(plumber: Firm, tuesday: Any) -> None:
    dispute = by_post(plumber)
    for number in (1, 2, 3):
        attempt = Attempt.objects.create(
            customer=dispute.customer, number=number, to="+16145550103", planned_for=now(), status="ended",
            dialing_at=now(), dialing_on=date(2026, 10, 2 + 4 * number), ended_at=now(), counted=True,
        )  # fmt: skip
        AttemptInvoice.objects.bulk_create([AttemptInvoice(attempt=attempt, invoice_id=dispute.invoice_id)])
    drop(dispute.pk, name="Ana Reyes", source="page")

    assert [one.letter for one in posting.waiting()] == ["dispute_closed_agreed"]
    tuesday.move_to(TUESDAY + timedelta(days=6))
    reminder = posting.waiting().get(letter="agreed_reminder")
    posting.posted(reminder.pk, on=date(2026, 11, 30), by=plumber.owner)

    assert Invoice.objects.get(pk=dispute.invoice_id).left_reason == "your_decision"


def test_the_proof_the_law_asks_for_counts_when_it_is_posted(plumber: Firm) -> None:
    invoice = make_invoice(plumber, make_customer(plumber, "Ben Ortiz", email="", kind="consumer"))
    Invoice.objects.filter(pk=invoice.pk).update(proof_owed_at=TUESDAY - timedelta(days=1))
    invoice.refresh_from_db()

    assert verification.send_or_ask(invoice) is False
    before = verification.is_missing(invoice)
    posting.posted(posting.waiting().get().pk, on=date(2026, 11, 24), by=plumber.owner)

    assert (before, verification.is_missing(invoice)) == (True, False)


def test_the_page_lists_prints_and_ticks(client: Client, plumber: Firm) -> None:
    dispute = by_post(plumber)
    begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=plumber.owner)
    letter = posting.waiting().get()
    client.force_login(plumber.owner)

    assert "1 letter is to be posted" in client.get("/").content.decode()
    page = client.get("/letters/").content.decode()
    made = client.post(f"/letters/{letter.pk}/print/")
    client.post(f"/letters/{letter.pk}/posting/", {"on": "2026-11-24"})

    assert "12 Pier Rd" in page
    assert made["Content-Type"] == "application/pdf"
    assert Message.objects.get(pk=letter.pk).status == "sent"
    assert "No letter waits" in client.get("/letters/").content.decode()


def test_a_rival_and_a_reader_print_and_tick_nothing(client: Client, plumber: Firm, rival: Firm) -> None:
    dispute = by_post(plumber)
    begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=plumber.owner)
    letter = posting.waiting().get()

    for who, status in ((rival.owner, 404), (make_member(plumber, "r@avasplumbing.example", Role.READ_ONLY), 403)):
        client.force_login(who)
        for part in ("print", "posting"):
            assert client.post(f"/letters/{letter.pk}/{part}/", {"on": "2026-11-24"}).status_code == status

    assert Message.objects.get(pk=letter.pk).status == "draft"


def test_the_last_letter_has_its_pdf(client: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="796.00")
    Invoice.objects.filter(pk=invoice.pk).update(left_reason="your_decision", left_at=now())
    final.letter_on_paper(invoice.pk, by=plumber.owner)
    client.force_login(plumber.owner)

    made = client.get(f"/your-decision/{invoice.pk}/letter.pdf")

    assert (made["Content-Type"], placed(made.content)) == ("application/pdf", "0 0 612 792")
    assert invoice.balance == Decimal("796.00")
