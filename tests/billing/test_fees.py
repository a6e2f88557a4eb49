"""The fee is 10 % of what was recovered, to the cent, and a refund takes its part back."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from billing.models import FeeLine, Recovery
from billing.rules import RATE
from billing.services import look_for_recoveries
from calls.models import Attempt, AttemptInvoice, Call
from disputes.models import Dispute
from integrations.models import CardAccount
from invoices.models import Allocation, CardPayment, Checkout, CheckoutInvoice, Invoice, Payment
from syntharra import money
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice

SPOKE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def talk(firm: Firm, *invoices: Invoice, at: datetime = SPOKE, right_party: bool = True) -> Call:
    customer = invoices[0].customer
    attempt = Attempt.objects.create(
        customer=customer, number=1, to="+16145550111", planned_for=at, status="ended", ended_at=at
    )
    for invoice in invoices:
        AttemptInvoice.objects.create(attempt=attempt, invoice=invoice)
    return Call.objects.create(
        attempt=attempt,
        customer=customer,
        sid=f"CA{attempt.pk.hex}",
        status="completed",
        to=attempt.to,
        caller="+16145550199",
        placed_at=at,
        answered_at=at,
        ended_at=at,
        right_party=right_party,
        disposition="pay_now",
    )


def pay(firm: Firm, *shares: tuple[Invoice, str], on: date = date(2026, 11, 26)) -> Payment:
    customer = shares[0][0].customer
    seen = datetime(on.year, on.month, on.day, 16, tzinfo=UTC)
    payment = Payment.objects.create(
        connection=firm.connection,
        customer=customer,
        external_id=str(Payment.objects.count() + 1),
        amount=sum(Decimal(amount) for _, amount in shares),
        currency="USD",
        paid_on=on,
        created_in_books_at=seen,
    )
    for invoice, amount in shares:
        Allocation.objects.create(
            payment=payment, invoice=invoice, amount=Decimal(amount), currency="USD", seen_at=seen, changed_at=seen
        )
    return payment


def fees() -> list[Decimal]:
    return list(FeeLine.objects.order_by("recovery__pk", "position").values_list("amount", flat=True))


def test_a_payment_after_the_call_is_a_recovery_and_ten_percent_is_booked(plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="333.33")
    call = talk(plumber, invoice)
    pay(plumber, (invoice, "333.33"))

    assert look_for_recoveries() == 1
    assert look_for_recoveries() == 0

    recovery = Recovery.objects.get()
    assert (recovery.rule, recovery.amount, recovery.call) == ("within_90_days", Decimal("333.33"), call)
    assert fees() == [Decimal("33.33")]


def test_a_payment_nobody_called_about_costs_nothing(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    pay(plumber, (invoice, "796.00"))

    look_for_recoveries()

    assert Recovery.objects.get().rule == "no_contact"
    assert fees() == []


def test_a_voicemail_is_no_conversation(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    talk(plumber, invoice, right_party=False)
    pay(plumber, (invoice, "796.00"))

    look_for_recoveries()

    assert (Recovery.objects.get().rule, fees()) == ("no_contact", [])


def test_money_on_a_disputed_invoice_is_not_ours(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    talk(plumber, invoice)
    Invoice.objects.filter(pk=invoice.pk).update(frozen_at=SPOKE)
    Dispute.objects.create(
        number="D-1",
        invoice=invoice,
        customer=invoice.customer,
        opened_at=SPOKE,
        balance_at_opening=796,
        currency="USD",
    )
    pay(plumber, (invoice, "796.00"))

    look_for_recoveries()

    assert (Recovery.objects.get().rule, fees()) == ("dispute_live", [])


def test_each_allocation_of_one_payment_is_rounded_once(plumber: Firm) -> None:
    customer = make_customer(plumber)
    first, second = make_invoice(plumber, customer), make_invoice(plumber, customer)
    talk(plumber, first, second)
    pay(plumber, (first, "0.05"), (second, "100.05"))

    look_for_recoveries()

    assert sorted(fees()) == [Decimal("0.01"), Decimal("10.01")]


def test_a_refund_takes_the_fee_back(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    talk(plumber, invoice)
    payment = pay(plumber, (invoice, "796.00"))
    look_for_recoveries()

    Payment.objects.filter(pk=payment.pk).update(reversed_at=now())
    look_for_recoveries()
    look_for_recoveries()

    assert fees() == [Decimal("79.60"), Decimal("-79.60")]
    assert Recovery.objects.get().amount == Decimal(0)


@pytest.mark.timeout(400)
@pytest.mark.django_db
@given(steps=st.lists(st.decimals(min_value=0, max_value=5000, places=2), min_size=1, max_size=6))
def test_after_any_corrections_the_fee_is_exactly_ten_percent_of_what_remains(steps: list[Decimal]) -> None:
    from django.db import transaction as tx

    from syntharra.tenancy import acting_for
    from tests.cast import make_business

    with tx.atomic():
        firm = make_business(email=f"o{len(steps)}{sum(steps)}@x.example")
        with acting_for(firm.business.pk):
            invoice = make_invoice(firm)
            talk(firm, invoice)
            payment = pay(firm, (invoice, "1.00"))
            for amount in steps:
                Allocation.objects.filter(payment=payment).update(amount=amount)
                look_for_recoveries()

            assert sum(fees()) == money.share(money.of(steps[-1], "USD"), RATE).amount
        tx.set_rollback(True)


def test_what_is_added_while_a_dispute_is_live_carries_no_fee(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    talk(plumber, invoice)
    payment = pay(plumber, (invoice, "100.00"))
    look_for_recoveries()
    Invoice.objects.filter(pk=invoice.pk).update(frozen_at=SPOKE)
    Dispute.objects.create(
        number="D-1",
        invoice=invoice,
        customer=invoice.customer,
        opened_at=datetime(2026, 11, 28, 15, tzinfo=UTC),
        balance_at_opening=696,
        currency="USD",
    )

    added = datetime(2026, 11, 29, 15, tzinfo=UTC)
    Allocation.objects.filter(payment=payment).update(amount=Decimal("300.00"), changed_at=added)
    look_for_recoveries()

    assert fees() == [Decimal("10.00")]


def test_fee_lines_are_never_changed_or_deleted(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    talk(plumber, invoice)
    pay(plumber, (invoice, "796.00"))
    look_for_recoveries()

    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        FeeLine.objects.update(amount=1)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        FeeLine.objects.all().delete()

    assert fees() == [Decimal("79.60")]


def test_looking_costs_the_same_for_one_payment_and_for_ten_that_count_for_nothing(
    plumber: Firm, django_assert_num_queries: object
) -> None:
    from django.db import connection

    pay(plumber, (make_invoice(plumber), "10.00"))
    with CaptureQueriesContext(connection) as one:
        look_for_recoveries()
    customer = make_customer(plumber)
    for _ in range(10):
        pay(plumber, (make_invoice(plumber, customer), "10.00"))
    with CaptureQueriesContext(connection) as ten:
        look_for_recoveries()

    assert len(ten) - len(one) == 9  # one INSERT a decision, nothing else


def by_card(firm: Firm, invoice: Invoice, *, at: datetime) -> CardPayment:
    """Paid on the processor's page at this moment."""
    account = CardAccount.objects.create(
        account="acct_1", sandbox=True, connected_by="ava", connected_at=SPOKE, checked_at=SPOKE
    )
    asked: dict[str, Any] = {"amount": invoice.balance, "currency": "USD"}
    page = Checkout.objects.create(
        purpose="service",
        status="paid",
        customer=invoice.customer,
        account=account,
        asked_at=at,
        expires_at=at,
        **asked,
    )
    CheckoutInvoice.objects.create(checkout=page, invoice=invoice, position=0, amount=invoice.balance)
    return CardPayment.objects.create(
        checkout=page, customer=invoice.customer, status="arrived", intent="pi_1", seen_at=at, **asked
    )


def test_what_was_paid_by_card_during_a_dispute_is_not_ours_though_the_books_have_it_after_its_end(
    plumber: Firm,
) -> None:
    invoice = make_invoice(plumber, balance="500.00")
    talk(plumber, invoice)
    ended = datetime(2026, 11, 26, 15, 30, tzinfo=UTC)
    Dispute.objects.create(
        number="D-1001", invoice=invoice, customer=invoice.customer, status="closed", opened_at=SPOKE, closed_at=ended,
        closed_as="settlement", balance_at_opening=Decimal("796.00"), currency="USD",
    )  # fmt: skip
    card = by_card(plumber, invoice, at=datetime(2026, 11, 26, 15, 0, tzinfo=UTC))
    pay(plumber, (invoice, "500.00"))  # the books learn of it at 16:00

    look_for_recoveries()

    card.refresh_from_db()
    assert card.in_books_at is not None
    assert Recovery.objects.get().rule == "dispute_live"
    assert fees() == []
