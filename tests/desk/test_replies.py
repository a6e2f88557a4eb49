"""An answer by e-mail on the desk: it stands on Today until somebody has read it and said what it is."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from compliance.models import Suppression
from disputes import inbound
from disputes.mail_models import InboundMail
from disputes.models import Dispute
from invoices.models import Customer, Hold, Invoice
from notifications.models import Message
from notifications.replies import forwarding_address, make
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice, make_member


def text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


@pytest.fixture
def owing(plumber: Firm, settings: Any, tmp_path: Any) -> tuple[Customer, Invoice]:
    settings.INBOUND_DOMAIN = "in.syntharra.example"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}},
    }
    customer = make_customer(plumber, email="ap@harbor.example")
    return customer, make_invoice(plumber, customer, number="1042")


def came(customer: Customer, words: str, sender: str = "ap@harbor.example") -> InboundMail:
    message = Message.objects.create(
        purpose="service", channel="email", letter="invoice_copy", key=words[:100] or "-", status="sent",
        customer=customer, to="ap@harbor.example", correlation="t", owed_at=now(), due_at=now(),
    )  # fmt: skip
    raw = f"From: {sender}\r\nTo: {make(message)}\r\nSubject: Re: copy\r\n\r\n{words}".encode()
    (pk,) = inbound.take(raw)
    return InboundMail.objects.get(pk=pk)


def test_an_answer_stands_on_today_and_its_page_says_what_waits(ava: Client, owing: Any) -> None:
    row = came(owing[0], "Thank you, we got your letter.\n\nOn Nov 23, 2026, Ava wrote:\n> Here is your copy")

    today, page = text(ava.get("/")), text(ava.get(f"/replies/{row.pk}/"))

    assert "Harbor Cafe wrote back “Thank you, we got your letter.”" in today
    assert "Nobody asks them for money until you say." in page
    assert "“Thank you, we got your letter.” ap@harbor.example" in page
    assert "> Here is your copy" in page
    assert "they wrote back: read it first" in text(ava.get("/holds/"))


def test_the_hold_cannot_be_lifted_past_the_mail(ava: Client, owing: Any) -> None:
    row = came(owing[0], "Thank you, we got your letter.")

    answer = ava.post(f"/holds/{row.hold_id}/end/", follow=True)

    assert "Read what they wrote first" in text(answer)
    assert Hold.objects.get().lifted_at is None


@pytest.mark.parametrize(
    ("meaning", "frozen", "paused", "stopped", "said"),
    [
        ("nothing", False, "", set(), "Nothing of it holds collecting any more."),
        ("dispute", True, "", set(), "D-1001"),
        ("paid", False, "already_paid", set(), "until you have looked in your books"),
        ("stop", False, "", {"cease"}, "nobody contacts them any more"),
    ],
)
def test_a_member_says_what_it_is_once(
    ava: Client, owing: Any, meaning: str, frozen: bool, paused: str, stopped: set[str], said: str
) -> None:
    row = came(owing[0], "Thank you, we got your letter.")

    answer = ava.post(
        f"/replies/{row.pk}/", {"meaning": meaning, "invoices": [str(owing[1].pk)]}, follow=True
    )  # fmt: skip

    assert said in text(answer)
    invoice = Invoice.objects.get()
    assert (invoice.frozen_at is not None, invoice.paused_reason) == (frozen, paused)
    assert set(Suppression.objects.values_list("kind", flat=True)) == stopped
    assert not Hold.objects.running(now()).exists()
    assert "wrote back" not in text(ava.get("/"))
    page = text(ava.get(f"/replies/{row.pk}/"))
    assert "Read by ava@avasplumbing.example" in page
    assert "What is it?" not in page


def test_a_dispute_without_an_invoice_and_words_without_a_meaning_are_asked_again(ava: Client, owing: Any) -> None:
    row = came(owing[0], "Thank you, we got your letter.")

    without = ava.post(f"/replies/{row.pk}/", {"meaning": "dispute"})
    nothing = ava.post(f"/replies/{row.pk}/", {})

    assert (without.status_code, nothing.status_code) == (422, 422)
    assert "Tick the invoices it is about." in text(without)
    assert (Dispute.objects.count(), InboundMail.objects.get().waits) == (0, True)


def test_a_forwarded_mail_without_a_number_asks_for_it(ava: Client, plumber: Firm, owing: Any) -> None:
    to = forwarding_address(plumber.business)
    (pk,) = inbound.take(f"From: ava@avasplumbing.example\r\nTo: {to}\r\n\r\nSomebody is angry".encode())
    assert "ava@avasplumbing.example forwarded a complaint" in text(ava.get("/"))
    assert to in text(ava.get("/numbers/"))

    wrong = ava.post(f"/replies/{pk}/", {"meaning": "dispute", "number": "9999"})
    right = ava.post(f"/replies/{pk}/", {"meaning": "dispute", "number": "1042"}, follow=True)

    assert "No open invoice has this number." in text(wrong)
    assert "D-1001" in text(right)
    assert Dispute.objects.get().invoice == owing[1]


def test_a_sender_we_did_not_write_to_is_named(ava: Client, owing: Any) -> None:
    row = came(owing[0], "Thank you, we got your letter.", sender="x@elsewhere.example")

    assert "It came from x@elsewhere.example; our letter went to ap@harbor.example." in text(
        ava.get(f"/replies/{row.pk}/")
    )


def test_script_in_a_mail_is_shown_not_run(ava: Client, owing: Any) -> None:
    row = came(owing[0], "Thanks <script>alert(1)</script>")

    assert b"<script>alert" not in ava.get(f"/replies/{row.pk}/").content


def test_a_reader_sees_it_and_decides_nothing_and_a_rival_sees_nothing(
    ava: Client, rex: Client, plumber: Firm, owing: Any
) -> None:
    row = came(owing[0], "Thank you, we got your letter.")
    reader = Client()
    reader.force_login(make_member(plumber, "reader@avasplumbing.example", Role.READ_ONLY))
    address = f"/replies/{row.pk}/"

    assert "What is it?" not in text(reader.get(address))
    assert reader.post(address, {"meaning": "nothing"}).status_code == 403
    assert (rex.get(address).status_code, rex.post(address, {"meaning": "nothing"}).status_code) == (404, 404)
    assert Hold.objects.get().lifted_at is None
