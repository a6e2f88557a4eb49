"""Whoever complains twice gets one acknowledgement that knows both; what he says after it has left is confirmed in a word."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from accounts.models import User
from disputes import acknowledging
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from invoices.models import Customer, Invoice
from notifications import outbox
from notifications.models import Message
from tests.cast import Firm, make_customer, make_invoice

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def now() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def invoice(plumber: Firm, now: Any) -> Invoice:
    return make_invoice(plumber)


def said(words: str, key: str, *, source: str = "call", reason: str = "quality") -> NewClaim:
    return NewClaim(source=source, source_key=key, words=words, reason=reason, by="Ana Reyes")


def to_them() -> list[str]:
    return [str(one.subject) for one in mail.outbox if one.to[0].endswith("@customer.example")]


def acknowledgements() -> list[Message]:
    return list(Message.objects.filter(letter="dispute_acknowledgement").order_by("owed_at"))


def test_a_second_claim_within_twenty_hours_stands_in_the_same_letter(now: Any, invoice: Invoice) -> None:
    open_dispute(invoice.pk, claim=said("The sink still leaks", "c1"))
    now.shift(timedelta(hours=5))
    open_dispute(invoice.pk, claim=said("And nobody asked for a keypad", "c2", source="email", reason="scope"))

    (letter,) = acknowledgements()
    assert letter.due_at == TUESDAY + timedelta(hours=20)
    now.move_to(TUESDAY + timedelta(hours=20, minutes=1))
    outbox.work()

    assert len([subject for subject in to_them() if subject.startswith("Thank you for telling us")]) == 1
    body = str(mail.outbox[-1].body)
    assert "“The sink still leaks”" in body
    assert "“And nobody asked for a keypad”" in body
    assert "Which part of it did you not ask for?" in body
    assert not Message.objects.filter(letter="dispute_added").exists()


def test_said_again_after_it_has_left_it_is_confirmed_in_a_word(now: Any, invoice: Invoice) -> None:
    open_dispute(invoice.pk, claim=said("The sink still leaks", "c1"))
    now.shift(timedelta(hours=20, minutes=1))
    outbox.work()
    now.shift(timedelta(hours=1))

    open_dispute(invoice.pk, claim=said("The floor is wet now", "c2"))
    open_dispute(invoice.pk, claim=said("The floor is wet now", "c2"))
    outbox.work()

    assert len(acknowledgements()) == 1
    assert to_them()[-1] == "We have added it - Ava's Plumbing"
    assert Message.objects.filter(letter="dispute_added", status="sent").count() == 1


@pytest.mark.parametrize("source", ["page", "chargeback", "vendor"])
def test_what_he_saw_on_his_page_or_did_not_say_himself_is_not_confirmed_by_letter(
    now: Any, invoice: Invoice, source: str
) -> None:
    open_dispute(invoice.pk, claim=said("The sink still leaks", "c1"))
    now.shift(timedelta(hours=20, minutes=1))
    outbox.work()

    open_dispute(invoice.pk, claim=said("More", "c2", source=source))

    assert not Message.objects.filter(letter="dispute_added").exists()


def test_another_invoice_of_the_second_claim_is_acknowledged_in_the_letter_that_waits(
    now: Any, plumber: Firm, invoice: Invoice
) -> None:
    open_dispute(invoice.pk, claim=said("The sink still leaks", "c1"))
    other = make_invoice(plumber, invoice.customer)
    now.shift(timedelta(hours=3))
    open_dispute(invoice.pk, other.pk, claim=said("Both are wrong", "c2"))

    (letter,) = acknowledgements()
    assert set(letter.about.values_list("invoice_id", flat=True)) == {invoice.pk, other.pk}
    now.move_to(TUESDAY + timedelta(hours=20, minutes=1))
    outbox.work()

    assert set(Dispute.objects.values_list("acknowledged_at", flat=True)) == {TUESDAY + timedelta(hours=20, minutes=1)}
    assert f"Invoice {other.number} of" in str(mail.outbox[-1].body)


def test_an_invoice_of_somebody_else_has_its_own(now: Any, plumber: Firm, invoice: Invoice) -> None:
    open_dispute(invoice.pk, claim=said("The sink still leaks", "c1"))
    open_dispute(make_invoice(plumber, make_customer(plumber, "Oak & Sons")).pk, claim=said("Not ours", "c2"))

    assert len(acknowledgements()) == 2


def test_the_firms_own_words_stay_and_the_new_claim_is_confirmed_after_them(
    now: Any, plumber: Firm, invoice: Invoice
) -> None:
    owner: User = plumber.owner
    (dispute,) = open_dispute(invoice.pk, claim=said("The sink still leaks", "c1"))
    acknowledging.edit(dispute.pk, "Dear Ana, Luis comes on Thursday.", by=owner)

    open_dispute(invoice.pk, claim=said("The floor is wet now", "c2"))
    now.shift(timedelta(hours=20, minutes=11))
    outbox.work()

    assert to_them() == ["Thank you for telling us - Ava's Plumbing", "We have added it - Ava's Plumbing"]


def test_on_paper_there_is_one_letter_to_post_too(now: Any, plumber: Firm) -> None:
    customer: Customer = make_customer(plumber, email="")
    invoice = make_invoice(plumber, customer)
    (dispute,) = open_dispute(invoice.pk, claim=said("The sink still leaks", "c1"))
    open_dispute(invoice.pk, claim=said("The floor is wet now", "c2"))

    (letter,) = acknowledgements()
    assert (letter.channel, letter.status) == ("letter", "draft")
    draft = acknowledging.draft_of(dispute)
    assert draft is not None
    assert "“The floor is wet now”" in draft.words


def test_a_letter_that_is_being_sent_is_not_changed_under_its_sender(now: Any, invoice: Invoice) -> None:
    open_dispute(invoice.pk, claim=said("The sink still leaks", "c1"))
    Message.objects.filter(letter="dispute_acknowledgement").update(leased_until=TUESDAY + timedelta(minutes=1))

    open_dispute(invoice.pk, claim=said("The floor is wet now", "c2"))

    assert [len(letter.facts.get("also", [])) for letter in acknowledgements()] == [0, 0]
