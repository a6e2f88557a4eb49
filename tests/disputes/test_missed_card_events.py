"""A webhook of the card processor that never came is made up for: its account's list of events is looked through daily."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import time_machine

from disputes.models import Chargeback, Claim, Dispute
from integrations import inbox
from integrations.models import CardAccount, InboxEvent
from integrations.stripe.simulator import AVAS_ACCOUNT, RIVAL_ACCOUNT, StripeSimConfig
from integrations.tasks import make_up_card_events
from invoices.models import CardPayment, Invoice
from notifications.models import Duty, Message
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_invoice
from tests.invoices.card_desk import Processor, begin, hear, ring, served, takes_cards, work

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="module")
def stripe() -> Iterator[Processor]:
    with served(StripeSimConfig()) as processor:
        yield processor


@pytest.fixture
def cards(stripe: Processor, plumber: Firm, settings: Any) -> Processor:
    settings.SIMULATORS_URL = stripe.address
    settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = "sk_test_sandbox", "ca_sandbox"
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_sandbox"
    stripe.ask("reset")
    stripe.ask("connections", account=AVAS_ACCOUNT)
    takes_cards(plumber)
    return stripe


@pytest.fixture
def paid(cards: Processor, plumber: Firm) -> Invoice:
    invoice = make_invoice(plumber)
    cards.pays(begin(invoice))
    hear(cards)
    return invoice


def question(cards: Processor) -> None:
    """The customer's bank takes the money back, and the webhooks about it are lost."""
    cards.ask("disputes", payment_intent=cards.state["intents"][-1]["id"], reason="product_unacceptable")


def listings(cards: Processor) -> int:
    return sum(one["path"] == "/v1/events" for one in cards.state["journal"])


def made_up() -> int:
    """The nightly look, and what follows of it."""
    found = int(make_up_card_events())
    inbox.read("stripe")
    work()
    return found


def test_a_chargeback_nobody_told_of_opens_its_dispute_once(cards: Processor, paid: Invoice, clock: Any) -> None:
    question(cards)
    assert not Dispute.objects.exists()
    clock.move_to(TUESDAY + timedelta(hours=13))

    assert made_up() == 2  # it was opened, and the money was taken

    assert Invoice.objects.get(pk=paid.pk).frozen_at == TUESDAY + timedelta(hours=13)
    assert (Dispute.objects.get().invoice_id, Claim.objects.get().source) == (paid.pk, "chargeback")
    assert Chargeback.objects.get().status == "needs_response"
    assert Message.objects.filter(letter="dispute_alert").count() == 1


def test_looking_again_changes_nothing_and_neither_does_the_webhook_that_comes_late(
    cards: Processor, paid: Invoice, clock: Any
) -> None:
    question(cards)
    made_up()
    before = (InboxEvent.objects.count(), Duty.objects.count(), Message.objects.count())

    assert made_up() == 0
    clock.move_to(TUESDAY + timedelta(days=1))
    assert made_up() == 0
    for event in cards.events()[-2:]:
        assert ring(event) == 200
    inbox.read("stripe")
    work()

    assert (InboxEvent.objects.count(), Duty.objects.count(), Message.objects.count()) == before
    assert (Dispute.objects.count(), Claim.objects.count(), Chargeback.objects.count()) == (1, 1, 1)


def test_a_payment_and_a_refund_nobody_told_of_are_found(cards: Processor, plumber: Firm) -> None:
    cards.pays(begin(make_invoice(plumber)))
    cards.ask("refunds", charge=cards.charge(), amount=9600)

    made_up()

    assert str(CardPayment.objects.get().kept) == "700.00"


def test_the_outage_of_one_firm_stops_no_other_and_is_made_up_for_the_next_day(
    cards: Processor, paid: Invoice, rival: Firm, clock: Any
) -> None:
    question(cards)
    cards.ask("connections", account=RIVAL_ACCOUNT)
    with acting_for(rival.business.pk):
        takes_cards(rival, RIVAL_ACCOUNT)
        cards.pays(begin(make_invoice(rival)))
    cards.ask("faults", kind="500", path="/v1/events")  # the first that asks: Ava's

    assert make_up_card_events() == 1

    assert set(InboxEvent.objects.filter(done_at=None).values_list("account", flat=True)) == {RIVAL_ACCOUNT}
    assert CardAccount.objects.get().events_read_to is None
    with acting_for(rival.business.pk):
        assert CardAccount.objects.get().events_read_to == TUESDAY
    clock.move_to(TUESDAY + timedelta(days=1))
    assert made_up() == 2
    assert Dispute.objects.get().invoice_id == paid.pk


def test_it_reads_every_page_and_later_only_what_may_be_new(cards: Processor, paid: Invoice, clock: Any) -> None:
    refund = {"charge": cards.charge(), "amount": 1}
    with httpx2.Client(trust_env=False) as one_line:
        for _ in range(101):
            one_line.post(f"{cards.address}/stripe/_sim/refunds", json=refund).raise_for_status()
    before = listings(cards)

    assert make_up_card_events() == 101
    assert listings(cards) - before == 2
    clock.move_to(TUESDAY + timedelta(days=3))
    assert make_up_card_events() == 0
    assert listings(cards) - before == 4  # a day before the last look is looked at again
    assert make_up_card_events() == 0
    assert listings(cards) - before == 5


def test_an_account_that_was_let_go_is_not_asked(cards: Processor, paid: Invoice) -> None:
    CardAccount.objects.update(state="disconnected", disconnected_at=TUESDAY)
    before = listings(cards)

    assert make_up_card_events() == 0
    assert listings(cards) == before
