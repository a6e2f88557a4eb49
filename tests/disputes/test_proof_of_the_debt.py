"""A private person who disputed in writing gets the papers before anybody asks again; and letters speak of the bill that counts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail

from accounts.models import ActivityLine
from calls.models import Attempt, AttemptInvoice
from disputes import books, posts
from disputes.customer_acts import drop
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.resolving import Plan, begin
from disputes.services import open_dispute, pause
from invoices import verification
from invoices.models import Contact, Customer, Invoice
from notifications import outbox
from notifications.models import Message
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ida(plumber: Firm) -> Customer:
    return make_customer(plumber, "Ida Moss", kind="consumer", email="ida@moss.example")


def disputed(firm: Firm, customer: Customer, source: str = "page") -> Dispute:
    invoice = make_invoice(firm, customer, due_on=TUESDAY.date() - timedelta(days=20))
    claim = NewClaim(source=source, source_key=f"k:{invoice.pk}", words="I never ordered a second valve", by="Ida")
    (dispute,) = open_dispute(invoice.pk, claim=claim)
    return dispute


def called_three_times(invoice: Invoice) -> None:
    for number in (1, 2, 3):
        attempt = Attempt.objects.create(
            customer=invoice.customer, number=number, to="+16145550103", planned_for=now(), status="ended",
            dialing_at=now(), dialing_on=now().date(), ended_at=now(), disposition="no_answer", counted=True,
        )  # fmt: skip
        AttemptInvoice.objects.create(attempt=attempt, invoice=invoice)


def written(letter: str) -> list[str]:
    return list(Message.objects.filter(letter=letter).values_list("status", flat=True))


def test_the_papers_leave_with_the_end_of_the_dispute_and_then_the_bill_may_be_asked_for(
    plumber: Firm, ida: Customer
) -> None:
    dispute = disputed(plumber, ida)

    drop(dispute.pk, name="Ida Moss", source="page")

    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    assert (invoice.proof_owed_at, verification.is_missing(invoice)) == (TUESDAY, True)
    outbox.work()
    assert written("verification") == ["sent"]
    assert not verification.is_missing(Invoice.objects.get(pk=dispute.invoice_id))
    (papers,) = [one for one in mail.outbox if one.to == ["ida@moss.example"] and "papers" in one.subject]
    assert "$796.00" in papers.body


def test_the_last_reminder_waits_for_the_papers(plumber: Firm, ida: Customer) -> None:
    dispute = disputed(plumber, ida)
    called_three_times(dispute.invoice)

    drop(dispute.pk, name="Ida Moss", source="page")
    assert written("agreed_reminder") == []
    outbox.work()

    assert (written("verification"), written("agreed_reminder")) == (["sent"], ["queued"])
    assert Message.objects.get(letter="agreed_reminder").due_at == datetime(2026, 11, 28, 15, 0, tzinfo=UTC)


def test_without_an_address_somebody_of_the_firm_is_asked(plumber: Firm, ida: Customer) -> None:
    Contact.objects.filter(customer=ida).update(email="")
    dispute = disputed(plumber, ida)

    drop(dispute.pk, name="Ida Moss", source="page")

    line = ActivityLine.objects.get(verb="asks_owner", subject_id=dispute.invoice_id)
    assert line.detail.facts["task"] == "send_proof"
    assert verification.is_missing(Invoice.objects.get(pk=dispute.invoice_id))


def test_who_objected_on_the_telephone_and_then_wrote_is_owed_the_papers(plumber: Firm, ida: Customer) -> None:
    dispute = disputed(plumber, ida, source="call")
    assert Invoice.objects.get(pk=dispute.invoice_id).proof_owed_at is None

    posts.customer_writes(dispute.pk, "As I said: I never ordered it.", by="ida@moss.example")

    assert Invoice.objects.get(pk=dispute.invoice_id).proof_owed_at == TUESDAY


def test_a_paused_invoice_whose_dispute_ends_is_not_reminded_of(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    pause(invoice.pk, why="already_paid", words="I paid that", source_key="CA2", by="Ben Ortiz")
    claim = NewClaim(source="call", source_key="CA3", words="and it leaks", by="Ben Ortiz")
    (dispute,) = open_dispute(invoice.pk, claim=claim)
    called_three_times(invoice)

    drop(dispute.pk, name="Ben Ortiz", source="page")

    assert Dispute.objects.get().closed_as == "dropped"
    assert written("agreed_reminder") == []


def replaced(firm: Firm, dispute: Dispute, balance: str) -> Invoice:
    """The owner writes a new bill for what was agreed and voids the old one; we know which took whose place."""
    begin(dispute.pk, Plan(kind="revised_invoice", agreed=Decimal(balance)), by=firm.owner)
    newer = make_invoice(firm, dispute.customer, balance=balance, replaces=dispute.invoice, number="NEW-1")
    Invoice.objects.filter(pk=dispute.invoice_id).update(balance=0, books_status="void")
    books.look()
    return newer


def test_letters_after_a_revised_bill_speak_of_the_new_one(plumber: Firm, tuesday: Any) -> None:
    dispute = disputed(plumber, make_customer(plumber, email="ap@harborcafe.example"))
    called_three_times(dispute.invoice)
    newer = replaced(plumber, dispute, "600.00")

    assert Dispute.objects.get().closed_as == "revised_invoice"
    outbox.work()
    (closing,) = [one for one in mail.outbox if one.subject.startswith("What we agreed")]
    assert "NEW-1" in closing.subject
    tuesday.move_to(datetime(2026, 11, 30, 15, 1, tzinfo=UTC))
    Invoice.objects.filter(pk=newer.pk).update(read_at=now())
    outbox.work()

    assert written("agreed_reminder") == ["sent"]
    (reminder,) = [one for one in mail.outbox if one.subject.startswith("Invoice NEW-1: what we agreed")]
    assert "$600.00" in reminder.body
    newer.refresh_from_db()
    assert newer.left_reason == "your_decision"


def test_the_bill_that_takes_its_place_waits_for_the_papers_as_well(plumber: Firm, ida: Customer) -> None:
    dispute = disputed(plumber, ida)

    newer = replaced(plumber, dispute, "600.00")

    newer.refresh_from_db()
    assert (newer.proof_owed_at, verification.is_missing(newer)) == (TUESDAY, True)
    outbox.work()
    assert not verification.is_missing(newer)
