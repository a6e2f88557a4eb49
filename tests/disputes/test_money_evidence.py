"""The evidence pack tells what was paid by card, what the bank took back, the texts and the plans; a changed one is named."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from disputes import evidence
from disputes.evidence import document
from disputes.freeze import NewClaim
from disputes.models import Chargeback, Dispute
from disputes.proof import Changed, verify
from disputes.services import open_dispute
from invoices import plans
from invoices.models import CardPayment, Checkout, CheckoutInvoice, Invoice
from invoices.plan_rules import Part
from notifications.models import Message, MessageInvoice, TextDelivery
from tests.cast import Firm, make_invoice
from tests.invoices.card_desk import takes_cards

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NUMBERS = {"checkout": "cs_1", "card_payment": "pi_1", "chargeback": "du_1", "text": "SM1", "plan": "Ana, on the phone"}


def text(invoice: Invoice) -> None:
    message = Message.objects.create(
        purpose="service", channel="sms", letter="pay_link", key="k", customer=invoice.customer, to="+16145550101",
        correlation="c", owed_at=TUESDAY, due_at=TUESDAY, sent_at=TUESDAY, status="sent", text="Pay on our page",
    )  # fmt: skip
    MessageInvoice.objects.create(message=message, invoice=invoice)
    TextDelivery.objects.create(
        message=message, status="delivered", sender="+16145550199", sid="SM1", segments=1, body_hash="h",
        asked_at=TUESDAY, delivered_at=TUESDAY + timedelta(seconds=4),
    )  # fmt: skip


def by_card(firm: Firm, invoice: Invoice) -> None:
    page = Checkout.objects.create(
        purpose="collect", status="paid", customer=invoice.customer, account=takes_cards(firm), amount=Decimal("796.00"),
        currency="USD", session="cs_1", url="https://checkout.example/c/pay/cs_1#secret", asked_at=TUESDAY,
        expires_at=TUESDAY + timedelta(hours=1), ended_at=TUESDAY,
    )  # fmt: skip
    CheckoutInvoice.objects.create(checkout=page, invoice=invoice, position=0, amount=Decimal("796.00"))
    payment = CardPayment.objects.create(
        checkout=page, customer=invoice.customer, status="arrived", intent="pi_1", charge="ch_1",
        amount=Decimal("796.00"), currency="USD", withdrawn=Decimal("796.00"), seen_at=TUESDAY,
    )  # fmt: skip
    Chargeback.objects.create(
        payment=payment, external_id="du_1", status="lost", reason="product_unacceptable", amount=Decimal("796.00"),
        currency="USD", withdrawn=Decimal("796.00"), answer_by=TUESDAY + timedelta(days=10), opened_at=TUESDAY,
        changed_at=TUESDAY, closed_at=TUESDAY + timedelta(days=3),
    )  # fmt: skip


@pytest.fixture
def pack(plumber: Firm) -> dict[str, Any]:
    """Of a dispute with all of it, and beside another invoice with a page of its own."""
    with time_machine.travel(TUESDAY, tick=False):
        invoice = make_invoice(plumber)
        text(invoice)
        plans.agree(
            invoice.pk, parts=[Part(date(2026, 12, 1), invoice.balance)], how="Ana, on the phone", by=plumber.owner
        )
        by_card(plumber, invoice)
    with time_machine.travel(TUESDAY + timedelta(hours=2), tick=False):
        claim = NewClaim(source="page", source_key="p", words="The sink leaks", reason="quality", by="Ana Reyes")
        (dispute,) = open_dispute(invoice.pk, claim=claim)
        found: dict[str, Any] = json.loads(json.dumps(document(Dispute.objects.get(pk=dispute.pk), by="x", at=TUESDAY)))
    return found


def item(pack: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [one for one in pack["items"] if one["kind"] == kind]
    facts: dict[str, Any] = found["facts"]
    return facts


def test_what_the_bank_took_back_stands_with_its_reason_its_last_day_and_its_outcome(pack: dict[str, Any]) -> None:
    row, payment = item(pack, "chargeback"), item(pack, "card_payment")

    assert (row["reason"], row["amount"], row["outcome"]) == ("product_unacceptable", "796.00", "lost")
    assert row["answer_by"] == "2026-12-04 15:00:00+00:00"
    assert (payment["reference"], payment["taken_by_bank"], payment["kept"]) == ("pi_1", "796.00", "0.00")
    assert item(pack, "checkout")["of_this_invoice"] == "796.00"


def test_a_text_from_before_the_dispute_says_how_far_it_came(pack: dict[str, Any]) -> None:
    found = item(pack, "text")

    assert (found["text"], found["carrier_state"], found["to"]) == ("Pay on our page", "delivered", "+16145550101")


def test_a_plan_stands_with_its_installments(pack: dict[str, Any]) -> None:
    found = item(pack, "plan")

    assert [(part["due_on"], part["amount"]) for part in found["installments"]] == [("2026-12-01", found["total"])]


@pytest.mark.parametrize("kind", NUMBERS)
def test_a_changed_one_is_named(pack: dict[str, Any], kind: str) -> None:
    assert verify(pack) == len(pack["items"])
    number = next(at for at, one in enumerate(pack["items"], start=1) if one["kind"] == kind)
    changed = json.loads(json.dumps(pack).replace(f'"{NUMBERS[kind]}"', '"other"'))
    assert changed["items"][number - 1] != pack["items"][number - 1]
    only = {**pack, "items": [*pack["items"]]}
    only["items"][number - 1] = changed["items"][number - 1]

    with pytest.raises(Changed, match=rf"^item {number} was changed: {pack['items'][number - 1]['name']}"):
        verify(only)


def test_where_somebody_could_pay_is_not_in_it(pack: dict[str, Any]) -> None:
    assert "checkout.example" not in json.dumps(pack)


def test_a_card_payment_of_another_invoice_is_not_in_it(plumber: Firm) -> None:
    by_card(plumber, make_invoice(plumber, number="2000"))
    claim = NewClaim(source="page", source_key="p", words="It drips", reason="quality", by="Ana Reyes")
    (dispute,) = open_dispute(make_invoice(plumber).pk, claim=claim)

    kinds = {one.kind for one in evidence.items_of(Dispute.objects.get(pk=dispute.pk))}

    assert kinds.isdisjoint({"checkout", "card_payment", "chargeback", "plan", "text"})


def test_it_is_in_what_people_read_too(pack: dict[str, Any]) -> None:
    assert evidence.pdf(pack).startswith(b"%PDF-")
    shown = {label: words for one in pack["items"] for label, words in evidence._shown(one["facts"])}
    assert (shown["outcome"], shown["carrier state"]) == ("lost", "delivered")
