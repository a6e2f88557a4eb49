"""The customer's pay page: what is open, how to pay it, and "something is wrong" as an equal. GET never changes anything."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute, InboundMail, Resolution
from disputes.pay_links import path_to
from disputes.resolving import Plan
from disputes.resolving import begin as begin_ending
from disputes.services import open_dispute, pause
from disputes.specifying import Answers, send
from integrations.stripe.simulator import AVAS_ACCOUNT, StripeSimConfig
from invoices.models import CardPayment, Checkout, Hold, Invoice
from syntharra import links
from tests.cast import Firm, make_customer, make_invoice
from tests.invoices.card_desk import Processor, hear, served, takes_cards

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
WORDS = NewClaim(source="call", source_key="CA1", words="The joint still drips", reason="quality", by="Ana Reyes")


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[Any]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="module")
def stripe() -> Iterator[Processor]:
    with served(StripeSimConfig()) as processor:
        yield processor


@pytest.fixture
def cards(stripe: Processor, plumber: Firm, settings: Any) -> Processor:
    settings.SIMULATORS_URL = stripe.address
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = "sk_test_sandbox", "ca_sandbox"
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_sandbox"
    stripe.ask("reset")
    stripe.ask("connections", account=AVAS_ACCOUNT)
    takes_cards(plumber)
    return stripe


@pytest.fixture
def invoice(plumber: Firm) -> Invoice:
    return make_invoice(plumber)


def page_of(*invoices: Invoice) -> str:
    return path_to(invoices[0].customer_id, [one.pk for one in invoices], origin="letter")


def text_of(client: Client, page: str, status: int = 200) -> str:
    shown = client.get(page)
    assert shown.status_code == status
    return re.sub(r"\s+", " ", shown.content.decode())


def pay_all(invoice: Invoice) -> dict[str, str]:
    return {"act": "pay", "invoice": str(invoice.pk), f"seen_{invoice.pk}": str(invoice.balance), "how": "all"}


def reload(invoice: Invoice) -> Invoice:
    return Invoice.objects.get(pk=invoice.pk)


def test_it_shows_the_firm_the_amount_and_what_it_is_for_with_two_equal_buttons(
    client: Client, cards: Processor, invoice: Invoice
) -> None:
    shown = client.get(page_of(invoice))

    text = shown.content.decode()
    assert "Ava&#x27;s Plumbing" in text
    assert "$796.00" in text
    assert "Water heater replacement" in text
    assert "Pay $796.00" in text
    assert "Something is wrong with this invoice" in text
    assert "I have a question" in text
    assert (shown["Referrer-Policy"], shown["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")


def test_looking_changes_nothing_here_or_at_the_processor(client: Client, cards: Processor, invoice: Invoice) -> None:
    page = page_of(invoice)
    for query in (
        "",
        "?step=wrong",
        "?step=question",
        "?paid=cs_test_1",
        "?back=1",
        "?act=pay&how=all",
        "?done=question",
    ):
        assert client.get(page + query).status_code == 200

    assert cards.state["journal"] == []
    assert not Checkout.objects.exists()
    assert not Claim.objects.exists()


def test_the_button_leads_to_the_processors_page_and_back_to_the_truth(
    client: Client, cards: Processor, invoice: Invoice
) -> None:
    page = page_of(invoice)

    sent = client.post(page, pay_all(invoice))

    checkout = Checkout.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"{page}/to/{checkout.pk}")
    assert checkout.url in text_of(client, sent["Location"])
    session = cards.state["sessions"][0]
    assert session["success_url"] == f"http://127.0.0.1:8000{page}?paid={{CHECKOUT_SESSION_ID}}"
    back = f"{page}?paid={session['id']}"
    assert "has not told us yet" in text_of(client, back)
    cards.pays(checkout)
    hear(cards)
    text = text_of(client, back)
    assert "your payment of $796.00 has arrived. We wait for the firm&#x27;s books to show it" in text
    assert "Pay $796.00" not in text


def test_the_way_to_the_processor_is_closed_once_we_have_stopped(
    client: Client, cards: Processor, invoice: Invoice
) -> None:
    page = page_of(invoice)
    way = client.post(page, pay_all(invoice))["Location"]
    open_dispute(invoice.pk, claim=WORDS)

    closed = client.get(way)

    assert (closed.status_code, closed["Location"]) == (302, page)


def test_a_tampered_amount_or_an_old_page_is_refused_with_what_is_open_now(
    client: Client, cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    page = page_of(invoice)
    for given in (
        {f"seen_{invoice.pk}": "1.00"},
        {f"seen_{invoice.pk}": "NaN"},
        {"how": "part", "amount": "1.00"},
        {"how": "part", "amount": "-5"},
        {"how": "part", "amount": "Infinity"},
        {"how": "part", "amount": "lots"},
    ):
        refused = client.post(page, pay_all(invoice) | given)
        assert refused.status_code == 409
        assert "$796.00" in refused.content.decode()

    assert not Checkout.objects.exists()
    assert cards.state["sessions"] == []


@pytest.mark.parametrize("seen", ["sNaN", "NaN", "Infinity", "1e999999", ""])
def test_an_amount_that_is_no_amount_is_refused_in_words(
    client: Client, cards: Processor, invoice: Invoice, seen: str
) -> None:
    page = page_of(invoice)

    answer = client.post(page, pay_all(invoice) | {f"seen_{invoice.pk}": seen})

    assert answer.status_code == 409
    assert "The books have changed" in answer.content.decode()
    assert not Checkout.objects.exists()


@pytest.mark.parametrize(("paid", "code"), [("%00", 400), ("cs_nobodys", 200), ("%27;--", 200)])
def test_coming_back_with_anything_shows_the_page_or_is_refused(
    client: Client, invoice: Invoice, paid: str, code: int
) -> None:
    assert client.get(f"{page_of(invoice)}?paid={paid}&step={paid}&done={paid}").status_code == code


def test_a_part_is_offered_where_the_firm_takes_parts(
    client: Client, cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    assert "Pay a part" not in text_of(client, page_of(invoice))
    type(plumber.business).objects.update(takes_parts=True, smallest_part=Decimal("50.00"))
    page = page_of(invoice)
    assert "From $50.00 to $796.00." in text_of(client, page)

    client.post(page, pay_all(invoice) | {"how": "part", "amount": "$120.00"})

    assert Checkout.objects.get().amount == Decimal("120.00")


def test_an_invoice_that_is_not_of_this_link_cannot_be_named(
    client: Client, cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    other = make_invoice(plumber)
    page = page_of(invoice)

    refused = client.post(page, pay_all(other))

    assert refused.status_code == 409
    assert other.number not in refused.content.decode()
    assert not Checkout.objects.exists()


def test_several_invoices_are_paid_at_once_and_one_may_be_left_out(
    client: Client, cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    other = make_invoice(plumber, invoice.customer, balance="310.00")
    page = page_of(invoice, other)
    text = text_of(client, page)
    assert "2 invoices" in text
    assert f"Invoice {other.number}, $310.00" in text

    client.post(page, {"act": "pay", "how": "all", "invoice": [str(invoice.pk), str(other.pk)],
                       f"seen_{invoice.pk}": "796.00", f"seen_{other.pk}": "310.00"})  # fmt: skip

    assert Checkout.objects.get().amount == Decimal("1106.00")


def test_something_is_wrong_freezes_at_once_and_leads_on_to_what_exactly(
    client: Client, cards: Processor, invoice: Invoice
) -> None:
    page = page_of(invoice)
    client.post(page, pay_all(invoice))
    assert "We stop asking for it at once" in text_of(client, f"{page}?step=wrong")

    sent = client.post(page, {"act": "wrong", "kind": "quality"})

    assert sent.status_code == 302
    assert re.fullmatch(r"/l/[\w-]+\?step=details", sent["Location"])
    assert reload(invoice).frozen_at == TUESDAY
    claim = Claim.objects.get()
    assert (claim.source, claim.reason, claim.words) == ("page", "quality", "The work isn't right")
    assert Checkout.objects.get().status == "ending"
    assert client.get(sent["Location"]).status_code == 200


def test_a_question_is_read_by_a_person_and_nobody_collects_until_then(
    client: Client, cards: Processor, invoice: Invoice
) -> None:
    page = page_of(invoice)

    client.post(page, {"act": "question", "words": "Which day were you here?"})

    mail = InboundMail.objects.get()
    assert (mail.words, mail.waits, mail.outcome) == ("Which day were you here?", True, "to_read")
    assert Hold.objects.filter(customer=invoice.customer, lifted_at=None).count() == 1
    assert reload(invoice).frozen_at is None


def test_a_question_that_objects_freezes(client: Client, cards: Processor, invoice: Invoice) -> None:
    client.post(page_of(invoice), {"act": "question", "words": "I never agreed to this work and I dispute this bill."})

    assert reload(invoice).frozen_at == TUESDAY


def test_a_frozen_invoice_says_that_we_stopped_and_keeps_a_small_way_to_pay(
    client: Client, cards: Processor, invoice: Invoice
) -> None:
    page = page_of(invoice)
    open_dispute(invoice.pk, claim=WORDS)

    text = text_of(client, page)

    assert "nothing has to be paid now" in text
    assert "We have stopped asking for this." in text
    assert "I want to pay anyway" in text
    assert "This does not give up your question" in text
    assert "Pay $796.00" not in text
    assert client.post(page, pay_all(reload(invoice))).status_code == 409
    assert not Checkout.objects.exists()


@pytest.mark.parametrize(("how", "amount", "paid"), [("all", "", "796.00"), ("part", "12.50", "12.50")])
def test_he_pays_anyway_all_or_a_part(
    client: Client, cards: Processor, invoice: Invoice, how: str, amount: str, paid: str
) -> None:
    open_dispute(invoice.pk, claim=WORDS)

    sent = client.post(page_of(invoice), pay_all(invoice) | {"act": "anyway", "how": how, "amount": amount})

    assert sent.status_code == 302
    assert Checkout.objects.values_list("purpose", "amount").get() == ("service", Decimal(paid))
    assert Dispute.objects.live().count() == 1


def test_once_he_named_a_figure_he_may_pay_the_part_he_agrees_with(
    client: Client, cards: Processor, invoice: Invoice
) -> None:
    (dispute,) = open_dispute(invoice.pk, claim=WORDS)
    send(dispute.pk, Answers(kind="amount", about="amount", amount=Decimal("196.00")))
    page = page_of(invoice)
    assert "Pay the part you agree with: $600.00" in text_of(client, page)

    client.post(page, pay_all(invoice) | {"act": "anyway", "how": "agreed"})

    assert Checkout.objects.get().amount == Decimal("600.00")


def test_who_accepts_an_offer_is_led_to_pay_it_and_the_books_still_decide(
    client: Client, cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    (dispute,) = open_dispute(invoice.pk, claim=WORDS)
    begin_ending(dispute.pk, Plan(kind="settlement", agreed=Decimal("700.00")), by=plumber.owner)
    page = f"/l/{links.make('dispute', dispute.pk, lasts=timedelta(days=60))}"
    client.post(page, {"act": "answer", "answer": "accepted", "name": "Ana Reyes"})

    text = text_of(client, f"{page}?done=answer")
    assert "You have agreed on $700.00" in text
    assert "Pay $700.00 now" in text
    way = client.post(page, {"act": "pay"})["Location"]
    assert "Pay what was agreed: $700.00" in text_of(client, way)
    client.post(way, pay_all(invoice) | {"act": "anyway", "how": "agreed"})
    checkout = Checkout.objects.get()
    cards.pays(checkout)
    hear(cards)

    assert (checkout.amount, checkout.purpose) == (Decimal("700.00"), "service")
    assert Resolution.objects.get().status == "running"
    assert reload(invoice).balance == Decimal("796.00")
    assert CardPayment.objects.get().on_frozen is True


@pytest.mark.parametrize("why", ["unsure", "already_paid"])
def test_a_paused_invoice_is_as_quiet(client: Client, cards: Processor, invoice: Invoice, why: str) -> None:
    pause(invoice.pk, why=why, words="hm", source_key="CA9", by="agent")

    text = text_of(client, page_of(invoice))

    assert "We have stopped asking for this" in text
    assert "I want to pay anyway" in text


def test_a_paid_invoice_asks_for_nothing(client: Client, cards: Processor, invoice: Invoice) -> None:
    Invoice.objects.filter(pk=invoice.pk).update(balance=Decimal(0), books_status="paid")

    text = text_of(client, page_of(invoice))

    assert "Nothing is open on this invoice." in text
    assert 'name="act" value="pay"' not in text


def test_an_expired_link_shows_nothing(client: Client, cards: Processor, invoice: Invoice, tuesday: Any) -> None:
    page = page_of(invoice)
    tuesday.move_to(TUESDAY + timedelta(days=61))

    assert "796" not in text_of(client, page, status=410)
    assert client.post(page, pay_all(invoice)).status_code == 410


def test_a_link_of_another_kind_opens_no_pay_page(client: Client, cards: Processor, invoice: Invoice) -> None:
    token = links.make("dispute", invoice.customer_id, lasts=timedelta(days=1))

    assert client.get(f"/p/{token}").status_code == 410


def test_a_person_answers_one_harmless_fact_before_he_sees_what_is_owed(
    client: Client, cards: Processor, plumber: Firm
) -> None:
    person = make_customer(plumber, "Ana Reyes", kind="consumer", company="")
    invoice = make_invoice(plumber, person)
    page = page_of(invoice)

    first = text_of(client, page)
    assert "ZIP code" in first
    assert "796" not in first
    assert invoice.number not in first
    assert client.post(page, pay_all(invoice)).status_code == 403
    assert not Checkout.objects.exists()

    for _ in range(5):
        last = client.post(page, {"fact": "99999"})
    assert last.status_code == 403
    assert client.post(page, {"fact": "43215"}).status_code == 403


def test_a_person_who_answers_right_sees_it(client: Client, cards: Processor, plumber: Firm) -> None:
    invoice = make_invoice(plumber, make_customer(plumber, "Ana Reyes", kind="consumer", company=""))
    page = page_of(invoice)

    client.post(page, {"fact": "43215"})

    assert "$796.00" in text_of(client, page)


def test_without_cards_the_books_own_page_is_the_way(client: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber, pay_url="https://pay.example/2207")

    text = text_of(client, page_of(invoice))

    assert 'href="https://pay.example/2207"' in text
    assert "Something is wrong with this invoice" in text


def test_without_either_the_firms_own_words_say_how(client: Client, plumber: Firm, invoice: Invoice) -> None:
    type(plumber.business).objects.update(how_to_pay="Check to Ava's Plumbing, 9 Oak St, Columbus")

    text = text_of(client, page_of(invoice))

    assert "Check to Ava&#x27;s Plumbing, 9 Oak St, Columbus" in text
    assert 'value="pay"' not in text


def test_the_page_asks_the_same_few_questions_of_the_database(
    client: Client, cards: Processor, invoice: Invoice, django_assert_max_num_queries: Any
) -> None:
    page = page_of(invoice)

    with django_assert_max_num_queries(12):
        client.get(page)
