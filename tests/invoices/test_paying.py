"""Paying by card: the page a customer is sent to, what becomes of it, and that the books alone say what was paid."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute, pause
from integrations.errors import Unavailable
from integrations.stripe.simulator import AVAS_ACCOUNT, BANK, DECLINED, StripeSimConfig
from invoices import card_money, paying
from invoices.models import Allocation, BookEntry, CardPayment, Checkout, Invoice, Payment
from invoices.paying import CannotPay, Changed, Stopped
from notifications.models import Duty, Message
from tests.cast import Firm, make_customer, make_invoice
from tests.invoices.card_desk import Processor, begin, hear, ring, served, takes_cards, wish, work

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
    """Her account is connected on both sides, and nothing has happened on it yet."""
    settings.SIMULATORS_URL = stripe.address
    settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = "sk_test_sandbox", "ca_sandbox"
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_sandbox"
    stripe.ask("reset")
    stripe.ask("connections", account=AVAS_ACCOUNT)
    takes_cards(plumber)
    return stripe


@pytest.fixture
def invoice(plumber: Firm) -> Invoice:
    return make_invoice(plumber)


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.get(pk=invoice.pk)


def in_the_books(firm: Firm, invoice: Invoice, amount: str, **fields: Any) -> Payment:
    """The books show a payment on this invoice, and so much less is owed."""
    defaults: dict[str, Any] = {
        "connection": firm.connection, "customer": invoice.customer, "external_id": f"P{Payment.objects.count() + 1}",
        "amount": Decimal(amount), "currency": "USD", "paid_on": date(2026, 11, 24), "created_in_books_at": TUESDAY,
    }  # fmt: skip
    payment = Payment.objects.create(**defaults | fields)
    Allocation.objects.create(
        payment=payment, invoice=invoice, amount=Decimal(amount), currency="USD", seen_at=TUESDAY, changed_at=TUESDAY
    )
    left = fresh(invoice).balance - Decimal(amount)
    Invoice.objects.filter(pk=invoice.pk).update(balance=left, books_status="open" if left else "paid")
    return payment


def test_a_page_is_made_on_the_firms_own_account_under_the_rows_own_key(cards: Processor, invoice: Invoice) -> None:
    checkout = begin(invoice)

    assert (checkout.status, checkout.purpose, checkout.amount) == ("open", "collect", Decimal("796.00"))
    asked = cards.state["journal"][-1]
    assert (asked["account"], asked["key"]) == (AVAS_ACCOUNT, f"co:{checkout.pk}")
    session = cards.state["sessions"][0]
    assert (session["amount_total"], session["currency"], session["client_reference_id"]) == (
        79600, "usd", str(checkout.pk),
    )  # fmt: skip
    assert session["expires_at"] == int((TUESDAY + timedelta(hours=1)).timestamp())
    assert "Harbor Cafe" not in str(cards.state)


def test_pressing_twice_leads_to_the_same_page(cards: Processor, invoice: Invoice) -> None:
    first, second = begin(invoice), begin(invoice)

    assert first.pk == second.pk
    assert len(cards.state["sessions"]) == 1


def test_another_amount_ends_the_page_before(cards: Processor, plumber: Firm, invoice: Invoice) -> None:
    type(plumber.business).objects.filter(pk=plumber.business.pk).update(takes_parts=True)
    whole = begin(invoice)
    part = begin(invoice, amount="100.00")
    work()

    whole.refresh_from_db()
    assert (whole.status, part.status) == ("ended", "open")
    assert [one["status"] for one in cards.state["sessions"]] == ["expired", "open"]


@pytest.mark.parametrize(
    ("amount", "says"),
    [("796.01", "to \\$796.00"), ("0", "from"), ("-5", "from"), ("10.00", "from"), ("50.001", "cents")],
)
def test_an_amount_that_was_tampered_with_is_refused(
    cards: Processor, plumber: Firm, invoice: Invoice, amount: str, says: str
) -> None:
    type(plumber.business).objects.filter(pk=plumber.business.pk).update(takes_parts=True)

    with pytest.raises(CannotPay, match=says):
        begin(invoice, amount=amount)

    assert not Checkout.objects.exists()
    assert cards.state["sessions"] == []


def test_a_part_is_taken_only_where_the_firm_takes_parts(cards: Processor, invoice: Invoice) -> None:
    with pytest.raises(CannotPay, match=r"from \$796\.00 to \$796\.00"):
        begin(invoice, amount="100.00")

    assert not Checkout.objects.exists()


def test_what_the_books_changed_meanwhile_is_shown_before_anything_is_paid(cards: Processor, invoice: Invoice) -> None:
    seen = wish(invoice)
    Invoice.objects.filter(pk=invoice.pk).update(balance=Decimal("600.00"))

    with pytest.raises(Changed, match=r"\$600\.00 is open now"):
        paying.begin(seen, paying.Places(success_url="http://a/", cancel_url="http://a/"), language="en")

    assert not Checkout.objects.exists()


def test_books_that_cannot_be_read_let_nobody_pay_a_stale_amount(
    cards: Processor, invoice: Invoice, tuesday: Any
) -> None:
    tuesday.shift(timedelta(minutes=16))

    with pytest.raises(CannotPay, match="cannot be read just now"):
        begin(invoice)

    assert not Checkout.objects.exists()


@pytest.mark.parametrize("currency", ["KWD", "HUF"])
def test_a_currency_the_two_sides_write_differently_is_not_taken(
    cards: Processor, plumber: Firm, currency: str
) -> None:
    with pytest.raises(CannotPay, match="currency"):
        begin(make_invoice(plumber, currency=currency))


def test_invoices_of_two_currencies_are_not_paid_together(cards: Processor, plumber: Firm, invoice: Invoice) -> None:
    other = make_invoice(plumber, invoice.customer, currency="CAD")

    with pytest.raises(CannotPay, match="currency"):
        begin(invoice, other)


def test_yen_have_no_cents(cards: Processor, plumber: Firm) -> None:
    begin(make_invoice(plumber, currency="JPY", balance="5000"))

    assert cards.state["sessions"][0]["amount_total"] == 5000


def test_a_payment_is_seen_once_however_often_and_in_whatever_order_it_is_told(
    cards: Processor, invoice: Invoice
) -> None:
    cards.pays(begin(invoice))
    events = cards.events()

    hear(cards, *reversed(events), *events)
    hear(cards, *events)

    payment = CardPayment.objects.get()
    assert (payment.status, payment.amount, payment.on_frozen, payment.too_much) == (
        "arrived", Decimal("796.00"), False, False,
    )  # fmt: skip
    assert Checkout.objects.get().status == "paid"
    assert Message.objects.filter(letter="card_receipt").count() == 1


def test_nobody_asks_for_what_was_paid_until_the_books_show_it(
    cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    cards.pays(begin(invoice))
    hear(cards)

    assert fresh(invoice).balance == Decimal("796.00")
    assert invoice not in Invoice.objects.collectable(on=date(2026, 11, 24))
    assert BookEntry.objects.get().act == "receive"

    in_the_books(plumber, invoice, "796.00")
    assert card_money.match() == 1

    assert fresh(invoice).card_paid_at is None
    assert CardPayment.objects.get().in_books_at == TUESDAY
    assert BookEntry.objects.get().status == "canceled"


def test_a_part_that_was_paid_holds_until_the_books_show_it_and_the_rest_is_asked_for_then(
    cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    type(plumber.business).objects.filter(pk=plumber.business.pk).update(takes_parts=True)
    cards.pays(begin(invoice, amount="200.00"))
    hear(cards)
    assert invoice not in Invoice.objects.collectable(on=date(2026, 11, 24))

    in_the_books(plumber, invoice, "200.00")
    card_money.match()

    assert invoice in Invoice.objects.collectable(on=date(2026, 11, 24))
    assert fresh(invoice).balance == Decimal("596.00")


def test_what_the_books_learned_of_first_is_not_counted_twice(
    cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    cards.pays(begin(invoice))
    paid = in_the_books(plumber, invoice, "796.00")

    hear(cards)

    payment = CardPayment.objects.get()
    assert (payment.in_books_at, payment.too_much) == (TUESDAY, False)
    assert paid.allocations.get().card_payment == payment
    assert not BookEntry.objects.exists()
    assert fresh(invoice).card_paid_at is None


def test_an_older_payment_of_the_same_amount_is_another_one(cards: Processor, plumber: Firm, invoice: Invoice) -> None:
    in_the_books(
        plumber, invoice, "300.00", paid_on=date(2026, 11, 20), created_in_books_at=TUESDAY - timedelta(days=4)
    )
    type(plumber.business).objects.filter(pk=plumber.business.pk).update(takes_parts=True)
    cards.pays(begin(fresh(invoice), amount="300.00"))
    hear(cards)

    assert card_money.match() == 0
    assert CardPayment.objects.get().in_books_at is None


def test_the_firm_says_it_has_entered_it_and_the_books_are_read_after_that(
    cards: Processor, plumber: Firm, invoice: Invoice, tuesday: Any
) -> None:
    from invoices import entries

    plumber.connection.__class__.objects.filter(pk=plumber.connection.pk).update(provider="xero")
    cards.pays(begin(invoice))
    hear(cards)
    entry = BookEntry.objects.get()
    assert entry.status == "by_hand"
    entries.tick(entry.pk, by=plumber.owner)
    assert card_money.match() == 0

    tuesday.shift(timedelta(minutes=5))
    plumber.connection.__class__.objects.filter(pk=plumber.connection.pk).update(
        synced_at=TUESDAY + timedelta(minutes=5)
    )

    assert card_money.match() == 1
    assert CardPayment.objects.get().in_books_by == plumber.owner.email


def test_a_declined_card_leaves_everything_as_it_was(cards: Processor, invoice: Invoice) -> None:
    checkout = begin(invoice)

    assert cards.pays(checkout, DECLINED) == "Your card has been declined."
    hear(cards)

    checkout.refresh_from_db()
    assert checkout.status == "open"
    assert not CardPayment.objects.exists()
    assert invoice in Invoice.objects.collectable(on=date(2026, 11, 24))


def test_a_bank_transfer_stops_us_at_once_and_counts_when_it_has_arrived(cards: Processor, invoice: Invoice) -> None:
    checkout = begin(invoice)
    cards.pays(checkout, BANK)
    hear(cards)
    assert CardPayment.objects.get().status == "coming"
    assert invoice not in Invoice.objects.collectable(on=date(2026, 11, 24))
    assert not BookEntry.objects.exists()

    cards.ask("settlements", session=checkout.session, arrives=True)
    hear(cards)

    assert CardPayment.objects.get().status == "arrived"
    assert BookEntry.objects.get().amount == Decimal("796.00")


def test_a_bank_that_does_not_pay_lets_us_ask_again(cards: Processor, invoice: Invoice) -> None:
    checkout = begin(invoice)
    cards.pays(checkout, BANK)
    hear(cards)

    cards.ask("settlements", session=checkout.session, arrives=False)
    hear(cards)

    assert CardPayment.objects.get().status == "failed"
    assert invoice in Invoice.objects.collectable(on=date(2026, 11, 24))


def test_an_answer_that_got_lost_is_asked_for_again_and_makes_no_second_page(
    cards: Processor, invoice: Invoice
) -> None:
    cards.ask("faults", kind="lost_answer", path="/v1/checkout/sessions", method="POST")

    with pytest.raises(CannotPay, match="does not answer"):
        # The processor keeps what it answered first, a 500 too, and gives it again under the same key.
        cards.ask("faults", kind="500", path="/v1/checkout/sessions", method="POST")
        begin(invoice)
    assert Checkout.objects.get().status == "ended"
    assert len(cards.state["sessions"]) == 1

    checkout = begin(invoice)

    assert checkout.status == "open"


def test_one_lost_answer_is_healed_by_the_key(cards: Processor, invoice: Invoice) -> None:
    cards.ask("faults", kind="lost_answer", path="/v1/checkout/sessions", method="POST")

    checkout = begin(invoice)

    assert checkout.status == "open"
    assert [one["id"] for one in cards.state["sessions"]] == [checkout.session]


def test_a_webhook_that_never_came_is_made_up_for(cards: Processor, invoice: Invoice, tuesday: Any) -> None:
    from notifications import outbox

    cards.pays(begin(invoice))
    tuesday.shift(timedelta(minutes=71))

    for duty in Duty.objects.filter(kind="look_at_checkout"):
        outbox.carry_out(duty.pk)

    assert CardPayment.objects.get().status == "arrived"


# Freezing


def test_a_freeze_ends_every_open_page_and_asking_twice_ends_it_once(cards: Processor, invoice: Invoice) -> None:
    checkout = begin(invoice)

    open_dispute(invoice.pk, claim=WORDS)
    checkout.refresh_from_db()
    assert checkout.status == "ending"
    work()
    open_dispute(invoice.pk, claim=WORDS)
    work()

    checkout.refresh_from_db()
    assert (checkout.status, checkout.ended_why) == ("ended", "disputed")
    assert cards.state["sessions"][0]["status"] == "expired"


@pytest.mark.parametrize("why", ["unsure", "already_paid"])
def test_a_pause_ends_them_too(cards: Processor, invoice: Invoice, why: str) -> None:
    checkout = begin(invoice)

    pause(invoice.pk, why=why, words="hm", source_key="CA9", by="agent")
    work()

    checkout.refresh_from_db()
    assert checkout.status == "ended"


def test_a_page_that_cannot_be_ended_now_is_ended_later(cards: Processor, invoice: Invoice) -> None:
    checkout = begin(invoice)
    cards.ask("faults", kind="500", path="/expire")
    open_dispute(invoice.pk, claim=WORDS)
    work()
    checkout.refresh_from_db()
    assert checkout.status == "ending"

    Duty.objects.filter(kind="end_checkout").update(due_at=TUESDAY)
    work()

    checkout.refresh_from_db()
    assert checkout.status == "ended"


def test_money_that_comes_in_the_race_is_taken_and_stays_on_a_frozen_invoice(
    cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    checkout = begin(invoice)
    cards.pays(checkout)

    open_dispute(invoice.pk, claim=WORDS)
    work()
    hear(cards)

    payment, invoice = CardPayment.objects.get(), fresh(invoice)
    assert (payment.status, payment.on_frozen) == ("arrived", True)
    assert invoice.frozen_at == TUESDAY
    assert Dispute.objects.live().count() == 1
    assert Message.objects.filter(letter="card_payment_told").values_list("to", flat=True).get() == plumber.owner.email
    assert BookEntry.objects.get(act="receive").amount == Decimal("796.00")


def test_a_payment_seen_before_the_freeze_is_not_on_a_frozen_invoice(cards: Processor, invoice: Invoice) -> None:
    cards.pays(begin(invoice))
    hear(cards)

    open_dispute(invoice.pk, claim=WORDS)

    assert CardPayment.objects.get().on_frozen is False


def test_whoever_asks_for_a_page_on_a_frozen_invoice_is_told_that_we_stopped(
    cards: Processor, invoice: Invoice
) -> None:
    open_dispute(invoice.pk, claim=WORDS)

    with pytest.raises(Stopped, match="stopped asking"):
        begin(invoice)

    assert not Checkout.objects.exists()


def test_a_customer_who_wants_to_pay_anyway_gets_a_page_of_another_purpose(cards: Processor, invoice: Invoice) -> None:
    open_dispute(invoice.pk, claim=WORDS)

    checkout = begin(fresh(invoice), amount="100.00", anyway=True)

    assert (checkout.purpose, checkout.status, checkout.amount) == ("service", "open", Decimal("100.00"))
    cards.pays(checkout)
    hear(cards)
    assert fresh(invoice).frozen_at == TUESDAY


def test_a_freeze_while_the_page_is_being_made_ends_it_instead_of_opening_it(
    cards: Processor, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = paying._made

    def slowly(*args: Any) -> Any:
        session = made(*args)
        open_dispute(invoice.pk, claim=WORDS)  # somebody else's transaction, between ours
        return session

    monkeypatch.setattr(paying, "_made", slowly)
    with pytest.raises(Stopped):
        begin(invoice)
    work()

    assert Checkout.objects.get().status == "ended"
    assert cards.state["sessions"][0]["status"] == "expired"


def test_one_payment_for_several_invoices_never_includes_a_disputed_one(
    cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    other = make_invoice(plumber, invoice.customer)
    open_dispute(invoice.pk, claim=WORDS)

    with pytest.raises(Stopped, match="by itself"):
        begin(fresh(invoice), other, anyway=True)

    assert not Checkout.objects.exists()


def test_a_private_persons_payment_is_not_applied_to_what_was_disputed_meanwhile(
    cards: Processor, plumber: Firm
) -> None:
    person = make_customer(plumber, "Ana Reyes", kind="consumer", company="")
    first, second = make_invoice(plumber, person), make_invoice(plumber, person)
    cards.pays(begin(first, second))
    open_dispute(first.pk, claim=WORDS)
    hear(cards)

    assert CardPayment.objects.get().on_frozen is True
    entered = BookEntry.objects.filter(act="receive")
    assert list(entered.values_list("invoice", flat=True)) == [second.pk]


def test_two_payments_for_one_invoice_are_both_kept_and_the_firm_is_told(
    cards: Processor, plumber: Firm, invoice: Invoice
) -> None:
    first = begin(invoice)
    cards.pays(first)
    Checkout.objects.filter(pk=first.pk).update(status="ended")  # as if we had believed it over
    second = begin(invoice)
    cards.pays(second)
    hear(cards)

    assert sorted(CardPayment.objects.values_list("too_much", flat=True)) == [False, True]
    assert BookEntry.objects.count() == 1
    assert Message.objects.filter(letter="card_payment_told").count() == 1


# The database itself


def raw_page(plumber: Firm, invoice: Invoice, *, purpose: str = "collect", status: str = "open") -> Checkout:
    account = (
        takes_cards(plumber, "acct_raw")
        if not plumber.business.cardaccounts.exists()
        else plumber.business.cardaccounts.get()
    )
    return Checkout.objects.create(
        purpose=purpose, status=status, customer=invoice.customer, account=account, amount=Decimal("5.00"), currency="USD",
        asked_at=TUESDAY, expires_at=TUESDAY,
    )  # fmt: skip


def link(page: Checkout, invoice: Invoice, position: int = 0) -> None:
    page.invoices.create(invoice=invoice, position=position, amount=Decimal("5.00"))


def test_the_database_refuses_a_page_that_collects_on_a_frozen_invoice(plumber: Firm, invoice: Invoice) -> None:
    ended = raw_page(plumber, invoice, status="ended")
    link(ended, invoice)
    open_dispute(invoice.pk, claim=WORDS)

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        link(raw_page(plumber, invoice), invoice)
    for status in ("asked", "open"):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Checkout.objects.filter(pk=ended.pk).update(status=status)
    assert Checkout.objects.get(pk=ended.pk).status == "ended"


def test_the_database_lets_nobody_relabel_what_a_page_is_for(plumber: Firm, invoice: Invoice) -> None:
    page = raw_page(plumber, invoice, purpose="service")

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Checkout.objects.filter(pk=page.pk).update(purpose="collect")


def test_the_database_refuses_a_disputed_invoice_beside_another_one(plumber: Firm, invoice: Invoice) -> None:
    other = make_invoice(plumber, invoice.customer)
    open_dispute(invoice.pk, claim=WORDS)
    page = raw_page(plumber, invoice, purpose="service")
    link(page, invoice)

    with pytest.raises(IntegrityError, match="not paid together"), transaction.atomic():
        link(page, other, 1)


# The door


def test_a_forged_or_stale_or_future_ring_is_refused_and_keeps_nothing(cards: Processor, invoice: Invoice) -> None:
    cards.pays(begin(invoice))
    event = cards.events()[-1]
    now = int(TUESDAY.timestamp())

    assert ring(event, secret="whsec_guessed") == 400
    assert ring(event, at=now - 301) == 400
    assert ring(event, at=now + 301) == 400

    hear_nothing = CardPayment.objects.exists()
    assert hear_nothing is False


def test_while_the_secret_is_rotated_both_are_good(cards: Processor, invoice: Invoice, settings: Any) -> None:
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_new,whsec_sandbox"
    cards.pays(begin(invoice))
    event = cards.events()[-1]

    assert ring(event) == 200
    assert ring(event, secret="whsec_new") == 200


def test_an_event_of_an_account_nobody_here_has_is_left_alone(cards: Processor, invoice: Invoice) -> None:
    cards.pays(begin(invoice))
    event = cards.events()[-1] | {"account": "acct_stranger"}

    hear(cards, event)

    assert not CardPayment.objects.exists()


def test_another_firms_event_cannot_name_our_page(cards: Processor, rival: Firm, invoice: Invoice) -> None:
    from integrations.stripe.simulator import RIVAL_ACCOUNT
    from syntharra.tenancy import acting_for

    cards.ask("connections", account=RIVAL_ACCOUNT)
    with acting_for(rival.business.pk):
        takes_cards(rival, RIVAL_ACCOUNT)
    cards.pays(begin(invoice))
    event = cards.events()[-1] | {"account": RIVAL_ACCOUNT, "id": "evt_of_the_rival"}

    assert ring(event) == 200
    from integrations import inbox

    inbox.read("stripe")
    with acting_for(rival.business.pk):
        work()
        assert not CardPayment.objects.exists()
        assert Duty.objects.get(kind="card_event").outcome.startswith("refused")
    assert not CardPayment.objects.exists()
    assert Checkout.objects.get().status == "open"


def test_a_firm_that_takes_the_permission_away_there_takes_no_cards_here(cards: Processor, invoice: Invoice) -> None:
    cards.ask("deauthorizations", account=AVAS_ACCOUNT)
    hear(cards)

    with pytest.raises(CannotPay, match="takes no cards"):
        begin(invoice)


def test_the_client_says_what_kind_of_trouble_it_was(cards: Processor, plumber: Firm) -> None:
    from integrations.errors import Disconnected, Refused, Throttled
    from integrations.stripe.client import cards_for

    mine = cards_for(plumber.business, AVAS_ACCOUNT)
    for kind, error in (("500", Unavailable), ("429", Throttled), ("409", Unavailable)):
        cards.ask("faults", kind=kind, path="/v1/charges")
        with pytest.raises(error):
            mine.charge("ch_1")
    with pytest.raises(Refused):
        mine.charge("ch_1")
    with pytest.raises(Disconnected):
        cards_for(plumber.business, "acct_unknown").charge("ch_1")


def test_the_gate_says_why_nobody_is_called_about_it(cards: Processor, invoice: Invoice) -> None:
    from compliance.models import Channel, Purpose
    from compliance.registry import Ask, facts_of
    from syntharra.clock import now

    cards.pays(begin(invoice))
    hear(cards)

    facts = facts_of(
        Ask(
            purpose=Purpose.COLLECT,
            channel=Channel.CALL,
            to="+16145550111",
            at=now(),
            customer_id=invoice.customer_id,
            invoice_id=invoice.pk,
        )
    )

    assert facts.product.payment_in_flight is True
