"""Paying and disagreeing at the same moment, with real commits: whoever is first, nothing collects on a frozen invoice."""

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from integrations.stripe.simulator import AVAS_ACCOUNT, StripeSimConfig
from invoices import paying
from invoices.models import Checkout, Invoice
from invoices.paying import Stopped
from syntharra.clock import machine_now, now
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business, make_invoice
from tests.invoices.card_desk import Processor, begin, served, takes_cards, work

WORDS = NewClaim(source="call", source_key="CA1", words="The joint still drips", reason="quality", by="Ana Reyes")


@pytest.fixture(scope="module")
def stripe() -> Iterator[Processor]:
    with served(StripeSimConfig()) as processor:
        yield processor


@pytest.fixture
def firm(transactional_db: None, stripe: Processor, settings: Any) -> Iterator[Firm]:
    settings.SIMULATORS_URL = stripe.address
    settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = "sk_test_sandbox", "ca_sandbox"
    stripe.ask("reset")
    stripe.ask("connections", account=AVAS_ACCOUNT)
    made = make_business()
    with acting_for(made.business.pk):
        takes_cards(made)
        yield made


def beside(firm: Firm, work: Callable[[], Any]) -> threading.Thread:
    """The same business in another connection."""

    def run() -> None:
        try:
            with acting_for(firm.business.pk):
                work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def raw_page(firm: Firm, invoice: Invoice) -> None:
    """What somebody would do by raw SQL, past every check of ours."""
    page = Checkout.objects.create(
        purpose="collect", status="open", customer=invoice.customer, account=firm.business.cardaccounts.get(),
        amount=Decimal("5.00"), currency="USD", asked_at=now(), expires_at=machine_now(),
    )  # fmt: skip
    page.invoices.create(invoice=invoice, position=0, amount=Decimal("5.00"))


def test_a_page_waits_for_a_freeze_that_is_not_committed_yet_and_is_refused_by_it(firm: Firm) -> None:
    invoice = make_invoice(firm)
    frozen, tried = threading.Event(), threading.Event()

    def freeze() -> None:
        with transaction.atomic():
            Invoice.objects.filter(pk=invoice.pk).select_for_update(no_key=True).get()
            frozen.set()
            tried.wait(0.5)  # the page is asked for, and must wait
            from disputes.services import open_dispute_held
            from invoices.services import hold

            open_dispute_held(hold(invoice.pk), WORDS)

    other = beside(firm, freeze)
    frozen.wait(10)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        tried.set()
        raw_page(firm, invoice)
    other.join(20)

    assert not Checkout.objects.exists()
    assert Dispute.objects.live().count() == 1


def test_the_freeze_that_comes_while_the_processor_is_asked_ends_the_page(
    firm: Firm, stripe: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = make_invoice(firm)
    made = paying._made

    def slowly(*args: Any) -> Any:
        session = made(*args)
        beside(firm, lambda: open_dispute(invoice.pk, claim=WORDS)).join(20)
        return session

    monkeypatch.setattr(paying, "_made", slowly)
    with pytest.raises(Stopped):
        begin(invoice)
    work()

    assert Checkout.objects.get().status == "ended"
    assert stripe.state["sessions"][0]["status"] == "expired"
    assert Invoice.objects.get(pk=invoice.pk).frozen_at is not None


def test_two_taps_at_once_make_one_page(firm: Firm, stripe: Processor) -> None:
    invoice = make_invoice(firm)
    start = threading.Barrier(2)

    def tap() -> None:
        start.wait(10)
        begin(invoice)

    threads = [beside(firm, tap) for _ in range(2)]
    for thread in threads:
        thread.join(30)
    work()

    still = [one["status"] for one in stripe.state["sessions"]]
    assert still.count("open") == 1
    assert Checkout.objects.filter(status="open").count() == 1
