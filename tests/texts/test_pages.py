"""Texts on the pages: consents, a member's own number, what was texted both ways, and an answer that waits to be read."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AlertPhone, Role
from compliance.models import TextConsent
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from invoices.models import Customer
from notifications import alert_phones, outbox
from notifications.models import Message
from tests.cast import make_customer, make_invoice, make_member
from tests.texts.conftest import Phones, pass_time


@pytest.fixture
def ava(phones: Phones) -> Client:
    client = Client()
    client.force_login(phones.firm.owner)
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_member_puts_a_consent_to_texts_on_record_and_ends_it(phones: Phones, ava: Client) -> None:
    customer: Customer = make_customer(phones.firm)
    number = customer.contacts.get().phone
    reach = f"/customers/{customer.pk}/reach/"
    assert "a yes to calls is no yes to texts" in page(ava, reach)

    given = {"number": number, "given_by": "Ana Reyes", "given_on": "2026-09-01", "basis": "ticked on work order 1184"}
    assert ava.post(f"/customers/{customer.pk}/text-consents/", given).status_code == 302

    consent = TextConsent.objects.get()
    assert (consent.number, consent.basis, consent.attested_by) == (
        number,
        "ticked on work order 1184",
        phones.firm.owner.email,
    )
    assert "agreed to texts" in page(ava, reach)
    ava.post(f"/text-consents/{consent.pk}/end/")
    assert "a yes to calls is no yes to texts" in page(ava, reach)


@pytest.mark.parametrize(
    "wrong", [{"given_on": "2099-01-01"}, {"basis": ""}, {"number": "+16145559999"}, {"given_by": ""}]
)
def test_a_consent_without_its_paper_is_none(phones: Phones, ava: Client, wrong: dict[str, str]) -> None:
    customer = make_customer(phones.firm)
    given = {
        "number": customer.contacts.get().phone,
        "given_by": "Ana",
        "given_on": "2026-09-01",
        "basis": "work order",
    }

    ava.post(f"/customers/{customer.pk}/text-consents/", given | wrong)

    assert TextConsent.objects.count() == 0


def test_who_may_only_read_records_no_consent_and_nobody_reaches_another_firms_customers(
    phones: Phones, ava: Client, rival: Any
) -> None:
    customer = make_customer(phones.firm)
    given = {
        "number": customer.contacts.get().phone,
        "given_by": "Ana",
        "given_on": "2026-09-01",
        "basis": "work order",
    }
    reader, stranger = Client(), Client()
    reader.force_login(make_member(phones.firm, "reader@avasplumbing.example", Role.READ_ONLY))
    stranger.force_login(rival.owner)

    answers = [
        client.post(f"/customers/{customer.pk}/text-consents/", given).status_code for client in (reader, stranger)
    ]

    assert (answers, TextConsent.objects.count()) == ([403, 404], 0)


def test_what_was_texted_both_ways_stands_in_the_customers_life_with_its_state(phones: Phones, ava: Client) -> None:
    invoice = phones.owes()
    message = phones.text(invoice.customer)
    outbox.work()
    phones.tells(message, phones.sent()[0]["sid"], "delivered")

    row = phones.answers(invoice.customer, "Who is this?")

    life = page(ava, f"/customers/{invoice.customer_id}/")
    assert "Texted: Delivered" in life
    assert "“Ava&#x27;s Plumbing. Questions? Call +16145550199. Reply STOP to opt out.”" in life
    assert f'<a href="/replies/{row.pk}/">They texted</a>' in life
    assert "Harbor Cafe texted back" in page(ava, "/")
    assert "Who is this?" in page(ava, f"/replies/{row.pk}/")


def test_a_strangers_text_is_shown_and_read(phones: Phones, ava: Client) -> None:
    phones.comes("+13305550123", "Hello?", NumMedia="1")
    assert "Somebody texted you: (330) 555-0123" in page(ava, "/")
    from disputes.mail_models import InboundMail

    row = InboundMail.objects.get()

    shown = page(ava, f"/replies/{row.pk}/")
    ava.post(f"/replies/{row.pk}/", {"meaning": "nothing"})

    assert "We cannot tell whose number this is." in shown
    assert "A picture came with it." in shown
    row.refresh_from_db()
    assert (row.waits, row.outcome) == (False, "nothing")


def test_the_stop_list_names_a_stop_by_text_and_one_told_to_the_carrier(phones: Phones, ava: Client) -> None:
    phones.answers(phones.owes().customer, "STOP")

    assert "by text message" in page(ava, "/stops/")


def test_the_acknowledgement_that_goes_by_text_is_read_and_sent_from_its_page(phones: Phones, ava: Client) -> None:
    invoice = phones.owes()
    open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks", by="Ana"))
    where = f"/disputes/{Dispute.objects.get().number}/acknowledgement/"
    shown = page(ava, where)
    assert "They have no e-mail address and agreed to texts" in shown
    words = re.search(r'type="hidden" name="words" value="([^"]*)"', shown)
    assert words is not None

    import html

    ava.post(where, {"words": html.unescape(words.group(1)), "send": "1"})
    pass_time(timedelta(seconds=1))
    outbox.work()

    assert Message.objects.get(letter="dispute_acknowledgement").status == "sent"
    assert len(phones.sent()) == 1


def test_a_member_shows_that_a_number_is_his_and_says_when_to_be_texted(phones: Phones, ava: Client) -> None:
    owner = phones.firm.owner
    assert "Your own telephone" in page(ava, "/your-texts/")
    assert ava.post("/your-texts/", {"phone": "12"}).status_code == 422
    assert ava.post("/your-texts/", {"phone": phones.line}).status_code == 422

    ava.post("/your-texts/", {"phone": "(614) 555-0190"})
    assert "A code is on its way to (614) 555-0190" in page(ava, "/your-texts/")
    assert ava.post("/your-texts/code/", {"code": "x"}).status_code == 422
    ava.post("/your-texts/code/", {"code": alert_phones.code_of(owner.pk, AlertPhone.objects.get().code_nonce)})
    ava.post("/your-texts/wish/", {"texts": "at_once"})

    phone = AlertPhone.objects.get()
    assert (phone.number, phone.verified_at is not None, phone.at_once) == ("+16145550190", True, True)
    assert "A text comes as soon as a customer disagrees" in page(ava, "/your-texts/")
    ava.post("/your-texts/wish/", {"texts": "none"})
    assert AlertPhone.objects.count() == 0


def test_be_the_customer_shows_the_texts_and_answers_them(phones: Phones, ava: Client, settings: Any) -> None:
    settings.SANDBOX = True
    invoice = phones.owes()
    phones.text(invoice.customer)
    outbox.work()
    where = f"/sandbox/customer/{invoice.customer_id}/"

    assert "Reply STOP to opt out." in page(ava, where)
    ava.post(f"{where}texts/", {"text": "This bill is wrong"})
    make_invoice(phones.firm)

    assert "This bill is wrong" in page(ava, where)
