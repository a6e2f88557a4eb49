"""The acknowledgement on its page: read, changed, sent early, warned of; or printed, posted and ticked."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Role
from disputes import acknowledging
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from notifications import outbox
from notifications.models import Message
from syntharra.models import Link
from tests.cast import Firm, make_customer, make_invoice, make_member


def disputed(firm: Firm, **customer: Any) -> Dispute:
    invoice = make_invoice(firm, make_customer(firm, **customer))
    claim = NewClaim(source="page", source_key="p", words="The sink leaks", reason="quality", by="Ana")
    return open_dispute(invoice.pk, claim=claim)[0]


@pytest.fixture
def dispute(ava: Client, plumber: Firm) -> Dispute:
    return disputed(plumber)


def url(dispute: Dispute) -> str:
    return f"/disputes/{dispute.number}/acknowledgement/"


def test_it_says_what_leaves_when_and_to_whom(ava: Client, dispute: Dispute) -> None:
    text = ava.get(url(dispute)).content.decode()

    assert "“The sink leaks”" in text
    assert dispute.customer.contacts.get().email in text
    assert "It leaves by itself" in text
    assert "Read, change or send the acknowledgement" in ava.get(dispute.get_absolute_url()).content.decode()


def test_it_is_changed_and_sent(ava: Client, dispute: Dispute) -> None:
    kept = ava.post(url(dispute), {"words": "Dear Ana, Luis comes on Thursday."})
    assert kept.status_code == 200
    assert Message.objects.get(letter="dispute_acknowledgement").status == "queued"

    ava.post(url(dispute), {"words": "Dear Ana, Luis comes on Thursday.", "send": "1"})
    outbox.work()

    assert "Dear Ana, Luis comes on Thursday." in mail.outbox[-1].body
    assert ava.get(url(dispute))["Location"] == dispute.get_absolute_url()


def test_words_that_read_like_a_demand_are_warned_of_before_they_leave(ava: Client, dispute: Dispute) -> None:
    given = {"words": "Dear Ana, please pay the rest.", "send": "1"}

    warned = ava.post(url(dispute), given).content.decode()
    outbox.work()
    assert "Read this before you send it." in warned
    assert "a demand: “please pay”" in warned
    assert Message.objects.get(letter="dispute_acknowledgement").status == "queued"

    ava.post(url(dispute), {**given, "anyway": "1"})
    outbox.work()
    assert Message.objects.get(letter="dispute_acknowledgement").status == "sent"


def test_an_empty_letter_is_refused(ava: Client, dispute: Dispute) -> None:
    refused = ava.post(url(dispute), {"words": "  ", "send": "1"})

    assert refused.status_code == 422
    assert Message.objects.get(letter="dispute_acknowledgement").facts.keys() == {"claim"}


def test_without_an_address_it_is_printed_posted_and_ticked(ava: Client, plumber: Firm) -> None:
    dispute = disputed(plumber, email="")
    outbox.work()
    message = Message.objects.get(letter="dispute_acknowledgement")
    assert "Post the letter to Harbor Cafe" in ava.get("/").content.decode()
    assert ava.get(f"/letters/{message.pk}/")["Location"] == url(dispute)
    assert "Open it to print" in ava.get(url(dispute)).content.decode()
    assert ava.get(f"/letters/{message.pk}/print/").status_code == 405
    assert not Link.objects.exists()

    made = ava.post(f"/letters/{message.pk}/print/")
    page = acknowledging.printed(message)
    ava.post(f"/letters/{message.pk}/posting/", {"on": "2026-11-24"})

    assert (made["Content-Type"], made.content[:5]) == ("application/pdf", b"%PDF-")
    assert "12 Pier Rd" in page
    assert "/l/" in page
    assert {link.subject for link in Link.objects.all()} == {dispute.pk}
    dispute.refresh_from_db()
    assert dispute.acknowledged_at is not None
    assert "Post the letter" not in ava.get("/").content.decode()


def test_a_day_that_cannot_be_is_refused(ava: Client, plumber: Firm) -> None:
    dispute = disputed(plumber, email="")
    message = Message.objects.get(letter="dispute_acknowledgement")

    for on in ("2026-11-25", "soon"):
        ava.post(f"/letters/{message.pk}/posting/", {"on": on})

    dispute.refresh_from_db()
    assert (dispute.acknowledged_at, Message.objects.get(pk=message.pk).status) == (None, "draft")


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.READ_ONLY])
def test_who_may_only_look_changes_and_sends_nothing(
    client: Client, plumber: Firm, dispute: Dispute, role: Role
) -> None:
    client.force_login(make_member(plumber, "books@avasplumbing.example", role))

    assert client.get(url(dispute)).status_code == 403
    assert client.post(url(dispute), {"words": "x", "send": "1"}).status_code == 403
    assert "own_words" not in Message.objects.get(letter="dispute_acknowledgement").facts


def test_another_firms_letter_is_not_there(rex: Client, dispute: Dispute) -> None:
    message = Message.objects.get(letter="dispute_acknowledgement")

    assert rex.get(url(dispute)).status_code == 404
    for part in ("print", "posting"):
        assert rex.post(f"/letters/{message.pk}/{part}/", {"on": "2026-11-24"}).status_code == 404
    assert rex.get(f"/letters/{message.pk}/").status_code == 404
