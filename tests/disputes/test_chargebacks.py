"""A card chargeback opens a dispute with the bank's deadline; what the bank takes and gives back moves the fee along."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from billing.models import FeeLine, Recovery
from billing.services import look_for_recoveries
from calls.models import Attempt, AttemptInvoice, Call
from disputes.freeze import NewClaim
from disputes.models import Chargeback, Claim, Dispute, LegalDate, Post
from disputes.services import open_dispute, release
from integrations.stripe.simulator import AVAS_ACCOUNT, DISPUTED, StripeSimConfig
from invoices import card_money
from invoices.models import Allocation, CardPayment, Invoice, Payment
from notifications.models import Message
from notifications.sending import send
from tests.cast import Firm, make_invoice
from tests.invoices.card_desk import Processor, begin, hear, served, takes_cards

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # when the bank asks


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
    settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = "sk_test_sandbox", "ca_sandbox"
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_sandbox"
    stripe.ask("reset")
    stripe.ask("connections", account=AVAS_ACCOUNT)
    takes_cards(plumber)
    return stripe


@pytest.fixture
def paid(cards: Processor, plumber: Firm, tuesday: Any) -> Invoice:
    """An invoice somebody was called about, paid by card, and in the books."""
    invoice = make_invoice(plumber)
    at = TUESDAY - timedelta(days=1)
    attempt = Attempt.objects.create(
        customer=invoice.customer, number=1, to="+16145550111", planned_for=at, status="ended", ended_at=at
    )
    AttemptInvoice.objects.create(attempt=attempt, invoice=invoice)
    Call.objects.create(
        attempt=attempt, customer=invoice.customer, sid="CA1", status="completed", to=attempt.to, caller="+16145550199",
        placed_at=at, answered_at=at, ended_at=at, right_party=True, disposition="pay_now",
    )  # fmt: skip
    cards.pays(begin(invoice))
    hear(cards)
    payment = Payment.objects.create(
        connection=plumber.connection, customer=invoice.customer, external_id="P1", amount=Decimal("796.00"),
        currency="USD", paid_on=date(2026, 11, 24), created_in_books_at=TUESDAY,
    )  # fmt: skip
    Allocation.objects.create(
        payment=payment, invoice=invoice, amount=Decimal("796.00"), currency="USD", seen_at=TUESDAY, changed_at=TUESDAY
    )
    Invoice.objects.filter(pk=invoice.pk).update(balance=Decimal(0), books_status="paid")
    assert card_money.match() == 1
    look_for_recoveries()
    assert fees() == Decimal("79.60")
    invoice.refresh_from_db()
    tuesday.move_to(LATER)
    return invoice


def fees() -> Decimal:
    return sum(FeeLine.objects.values_list("amount", flat=True), Decimal(0))


def question(cards: Processor, reason: str = "product_unacceptable", **more: Any) -> Any:
    found = cards.ask("disputes", payment_intent=cards.state["intents"][-1]["id"], reason=reason, **more)
    hear(cards)
    return found


def test_it_freezes_and_says_whose_words_they_are_not(cards: Processor, paid: Invoice) -> None:
    asked = question(cards)

    dispute, claim, row = Dispute.objects.get(), Claim.objects.get(), Chargeback.objects.get()
    assert Invoice.objects.get(pk=paid.pk).frozen_at == LATER
    assert (claim.source, claim.reason, claim.words, claim.by) == ("chargeback", "quality", "", "Stripe")
    assert (row.external_id, row.status, row.withdrawn) == (asked["id"], "needs_response", Decimal("796.00"))
    assert dispute.invoice_id == paid.pk


def test_the_banks_deadline_runs_beside_the_other_clocks(cards: Processor, paid: Invoice) -> None:
    question(cards)

    clock = LegalDate.objects.get()
    assert (clock.kind, clock.on, clock.by, clock.done_at) == ("chargeback", date(2026, 12, 4), "Stripe", None)


def test_the_owner_is_told_at_once_with_the_deadline_and_where_to_answer(
    cards: Processor, plumber: Firm, paid: Invoice
) -> None:
    question(cards)
    message = Message.objects.get(letter="dispute_alert")

    send(message.pk)

    message.refresh_from_db()
    assert message.to == plumber.owner.email
    assert "takes the card payment of $796.00 back or asks about it (“product unacceptable”)" in message.text
    assert "Answer the bank by December 4, 2026" in message.text.replace("Friday, ", "")
    assert f"https://dashboard.stripe.com/payments/{CardPayment.objects.get().intent}" in message.text
    assert "In the customer's words" not in message.text


@pytest.mark.parametrize(
    ("bank", "ours"),
    [
        ("fraudulent", "identity"),
        ("duplicate", "duplicate"),
        ("product_not_received", "not_received"),
        ("subscription_canceled", "terms"),
        ("general", "other_vague"),
        ("something_new", "other_vague"),
    ],
)
def test_the_banks_reason_becomes_one_of_ours(cards: Processor, paid: Invoice, bank: str, ours: str) -> None:
    question(cards, reason=bank)

    assert Claim.objects.get().reason == ours


def test_told_twice_and_out_of_order_it_is_one(cards: Processor, paid: Invoice) -> None:
    question(cards)
    events = cards.events()

    hear(cards, *reversed(events), *events)

    assert (Dispute.objects.count(), Chargeback.objects.count(), LegalDate.objects.count()) == (1, 1, 1)
    assert Message.objects.filter(letter="dispute_alert").count() == 1


def test_it_joins_the_dispute_that_is_open(cards: Processor, paid: Invoice) -> None:
    open_dispute(paid.pk, claim=NewClaim(source="call", source_key="CA2", words="It drips", reason="quality", by="Ana"))

    question(cards)

    assert Dispute.objects.count() == 1
    assert sorted(Dispute.objects.get().claims.values_list("source", flat=True)) == ["call", "chargeback"]


def test_what_the_bank_takes_takes_the_fee_with_it_and_what_it_gives_back_brings_it_again(
    cards: Processor, paid: Invoice
) -> None:
    asked = question(cards)
    look_for_recoveries()
    assert (fees(), Recovery.objects.get().amount) == (Decimal("0.00"), Decimal("0.00"))

    cards.ask("closings", dispute=asked["id"], won=True)
    hear(cards)
    look_for_recoveries()

    assert (fees(), Recovery.objects.get().amount) == (Decimal("79.60"), Decimal("796.00"))
    assert list(FeeLine.objects.order_by("position").values_list("amount", flat=True)) == [
        Decimal("79.60"), Decimal("-79.60"), Decimal("79.60"),
    ]  # fmt: skip


@pytest.mark.parametrize(("won", "says"), [(True, "The bank has decided for you"), (False, "decided against you")])
def test_the_outcome_stands_with_the_dispute_which_goes_on(
    cards: Processor, paid: Invoice, won: bool, says: str
) -> None:
    asked = question(cards)

    cards.ask("closings", dispute=asked["id"], won=won)
    hear(cards)
    hear(cards)

    assert says in Post.objects.get().words
    assert (Post.objects.get().channel, Dispute.objects.live().count()) == ("note", 1)
    assert LegalDate.objects.get().done_at == LATER


def test_a_dispute_somebody_has_released_is_not_raised_by_the_same_question(
    cards: Processor, plumber: Firm, paid: Invoice
) -> None:
    asked = question(cards)
    release(Dispute.objects.get().pk, by=plumber.owner, reason="They paid after all")

    cards.ask("closings", dispute=asked["id"], won=True)
    hear(cards)

    assert not Dispute.objects.live().exists()


def test_a_bank_that_only_asks_takes_no_fee(cards: Processor, paid: Invoice) -> None:
    question(cards, inquiry=True)
    look_for_recoveries()

    assert fees() == Decimal("79.60")
    assert Dispute.objects.live().count() == 1


def test_a_bank_that_did_not_pay_is_no_disagreement(cards: Processor, paid: Invoice) -> None:
    question(cards, reason="insufficient_funds")
    look_for_recoveries()

    assert not Dispute.objects.exists()
    assert (Chargeback.objects.get().bounced, fees()) == (True, Decimal("0.00"))


def test_a_refund_in_part_takes_its_part_of_the_fee(cards: Processor, paid: Invoice) -> None:
    cards.ask("refunds", charge=cards.charge(), amount=9600)
    hear(cards)
    look_for_recoveries()

    assert fees() == Decimal("70.00")
    assert CardPayment.objects.get().kept == Decimal("700.00")


def test_a_refund_that_fails_afterwards_takes_nothing(cards: Processor, paid: Invoice) -> None:
    cards.ask("refunds", charge=cards.charge(), amount=9600, fails=True)
    hear(cards)
    look_for_recoveries()

    assert fees() == Decimal("79.60")


def test_a_refund_the_books_show_too_is_not_taken_twice(cards: Processor, paid: Invoice) -> None:
    cards.ask("refunds", charge=cards.charge(), amount=9600)
    hear(cards)
    Allocation.objects.update(amount=Decimal("700.00"))
    look_for_recoveries()

    assert fees() == Decimal("70.00")


def test_a_question_that_comes_before_word_of_the_payment_is_understood(cards: Processor, plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    cards.pays(begin(invoice), DISPUTED)

    hear(cards, *[event for event in cards.events() if event["type"].startswith("charge.dispute")])

    assert CardPayment.objects.get().kept == Decimal("0.00")
    assert Dispute.objects.live().get().invoice_id == invoice.pk
    assert Invoice.objects.get(pk=invoice.pk).card_paid_at is None  # nothing is left of it to wait for


def test_a_chargeback_of_a_payment_that_was_not_through_us_is_not_ours(cards: Processor, paid: Invoice) -> None:
    CardPayment.objects.update(intent="pi_other", charge="ch_other")
    cards.state  # noqa: B018  (still there)
    Invoice.objects.update(frozen_at=None)
    from invoices.models import Checkout

    Checkout.objects.update(session="")
    question(cards)

    assert not Dispute.objects.exists()
