"""Payment plans: agreed by the firm, watched against the books, silent while something is disputed, over when missed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import ActivityLine, Role
from calls.facts import collect_facts
from compliance.gate import decide
from compliance.models import Channel, Purpose, StopKind
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from compliance.services import stop
from desk.needs import needs
from disputes import posting
from disputes.freeze import NewClaim
from disputes.models import Dispute, Resolution
from disputes.resolving import CannotResolve, Plan, begin, confirm
from disputes.services import open_dispute, pause, release
from integrations.models import Connection
from invoices import paying, plans
from invoices.models import (
    Allocation,
    BookEntry,
    Customer,
    Hold,
    Installment,
    Invoice,
    Payment,
    PaymentPlan,
    PlanInvoice,
)
from invoices.plan_rules import Part, split
from invoices.plans import CannotPlan
from notifications import lint, outbox, sending
from notifications.letters import render
from notifications.models import Message
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def thirds(total: str, first: date = date(2026, 12, 1)) -> list[Part]:
    return split(Decimal(total), "USD", count=3, every="week", first_on=first, down=Decimal(0), down_on=first)


def agreed(firm: Firm, *invoices: Invoice) -> PaymentPlan:
    listed = invoices or (make_invoice(firm, balance="300.00"),)
    total = sum(invoice.balance for invoice in listed)
    return plans.agree(*(one.pk for one in listed), parts=thirds(str(total)), how="Ana, on the phone", by=firm.owner)


def paid(invoice: Invoice, amount: str) -> Payment:
    """Money that stands in the books against this invoice."""
    payment = Payment.objects.create(
        connection=invoice.connection, customer=invoice.customer, external_id=f"p{Payment.objects.count()}",
        amount=Decimal(amount), currency="USD", paid_on=now().date(),
    )  # fmt: skip
    Allocation.objects.create(
        payment=payment, invoice=invoice, amount=Decimal(amount), currency="USD", seen_at=now(), changed_at=now()
    )
    invoice.refresh_from_db()
    left = invoice.balance - Decimal(amount)
    status = "paid" if left == 0 else "open"
    Invoice.objects.filter(pk=invoice.pk).update(balance=left, books_status=status)
    invoice.refresh_from_db()
    return payment


def books_read(clock: Any, at: datetime) -> None:
    clock.move_to(at)
    Connection.objects.update(synced_at=at)
    Invoice.objects.update(read_at=at)


def morning(day: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, 15, 0, tzinfo=UTC)


def states(plan: PaymentPlan) -> list[str]:
    return list(plan.installments.order_by("position").values_list("status", flat=True))


def missed(plan: PaymentPlan, clock: Any) -> Installment:
    """The first installment was due on Tuesday, Dec 1; on Thursday its money should stand in the books."""
    books_read(clock, morning(3))
    assert plans.look_at(plan.pk) == "missed"
    return plan.installments.get(status="missed")


# made


def test_while_a_plan_runs_its_invoices_are_not_collected_on(plumber: Firm) -> None:
    customer = make_customer(plumber)
    first, second = make_invoice(plumber, customer, balance="200.00"), make_invoice(plumber, customer, balance="100.00")

    plan = agreed(plumber, first, second)

    assert (plan.total, states(plan)) == (Decimal("300.00"), ["waiting"] * 3)
    assert not Invoice.objects.collectable(on=TUESDAY.date()).exists()
    contact = customer.contacts.get()
    for channel, to in ((Channel.CALL, contact.phone), (Channel.EMAIL, contact.email)):
        ask = Ask(
            purpose=Purpose.COLLECT, channel=channel, to=to, at=now(), customer_id=customer.pk, invoice_id=first.pk
        )
        assert "PROMISE_RUNNING" in decide(collect_facts(ask), RuleBook.load()).all_reasons


def test_the_customer_has_days_and_amounts_in_writing(plumber: Firm) -> None:
    agreed(plumber)

    message = Message.objects.get(letter="plan_confirmation")
    text = render(message).text
    assert message.purpose == "service"
    assert "Tuesday, December 1, 2026: $100.00" in text
    assert "Tuesday, December 15, 2026: $100.00" in text


def test_who_has_a_lawyer_has_it_through_him(plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    Customer.objects.filter(pk=invoice.customer_id).update(attorney_name="Lee & Park", attorney_email="lee@lp.example")
    stop(invoice.customer_id, StopKind.ATTORNEY, number="", words="talk to Lee", source="call:1", by="agent")

    agreed(plumber, invoice)
    outbox.work()

    message = Message.objects.get(letter="plan_confirmation")
    assert (message.to, message.status) == ("lee@lp.example", "sent")


def test_without_an_e_mail_address_it_waits_to_be_posted(plumber: Firm) -> None:
    agreed(plumber, make_invoice(plumber, make_customer(plumber, email=""), balance="300.00"))

    message = Message.objects.get(letter="plan_confirmation")
    assert (message.channel, message.status) == ("letter", "draft")


@pytest.mark.parametrize("what", ["disputed", "paused", "left", "paid", "twice", "currencies", "sum", "how"])
def test_what_cannot_be_planned_is_refused_and_nothing_is_written(plumber: Firm, what: str) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    others: list[Invoice] = []
    parts, how, says = thirds("300.00"), "Ana", ""
    match what:
        case "disputed":
            open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="No", by="Ana"))
            says = "They disagree with"
        case "paused":
            pause(invoice.pk, why="unsure", words="hm", source_key="c", by="agent")
            says = "is paused"
        case "left":
            Invoice.objects.filter(pk=invoice.pk).update(left_reason="agency", left_at=now())
            says = "has left collection for good"
        case "paid":
            paid(invoice, "300.00")
            says = "is not open in your books"
        case "twice":
            agreed(plumber, invoice)
            says = "a plan for"
        case "currencies":
            others = [make_invoice(plumber, invoice.customer, currency="CAD")]
            says = "several currencies"
        case "sum":
            parts, says = thirds("299.99"), r"add up to \$299\.99; \$300\.00 is owed"
        case "how":
            how, says = " ", "Say with whom"
    before = PaymentPlan.objects.count()

    with pytest.raises(CannotPlan, match=says):
        plans.agree(invoice.pk, *(one.pk for one in others), parts=parts, how=how, by=plumber.owner)

    assert PaymentPlan.objects.count() == before
    assert Message.objects.filter(letter="plan_confirmation").count() == before


def test_invoices_of_two_customers_make_no_plan(plumber: Firm) -> None:
    from invoices.services import NotTogether

    with pytest.raises(NotTogether):
        agreed(plumber, make_invoice(plumber, balance="100.00"), make_invoice(plumber, balance="200.00"))

    assert not PaymentPlan.objects.exists()


# watched


def test_money_in_the_books_pays_the_oldest_installment_and_all_of_it_ends_the_plan(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    plan = agreed(plumber, invoice)

    paid(invoice, "150.00")
    plans.look()
    half = states(plan)
    paid(invoice, "150.00")
    plans.look()

    assert half == ["paid", "waiting", "waiting"]
    assert states(plan) == ["paid", "paid", "paid"]
    plan.refresh_from_db()
    assert (plan.status, plan.ended_why) == ("paid", "paid")
    assert not PlanInvoice.objects.filter(live=True).exists()
    assert ActivityLine.objects.filter(verb="plan_paid_off", subject_id=plan.pk).count() == 1


def test_a_bill_that_is_voided_ends_its_plan_without_calling_it_paid(plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    plan = agreed(plumber, invoice)
    Invoice.objects.filter(pk=invoice.pk).update(balance=0, books_status="void")

    plans.look()

    plan.refresh_from_db()
    assert (plan.status, plan.ended_why) == ("ended", "nothing is owed on its invoices any more")
    assert states(plan) == ["waiting"] * 3


def test_a_payment_that_bounces_opens_its_installment_again(plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    plan = agreed(plumber, invoice)
    payment = paid(invoice, "100.00")
    plans.look()

    Payment.objects.filter(pk=payment.pk).update(reversed_at=now())
    Invoice.objects.filter(pk=invoice.pk).update(balance=Decimal("300.00"))
    plans.look()

    assert states(plan) == ["waiting"] * 3


def test_a_missed_installment_has_one_notice_and_three_business_days(plumber: Firm, clock: Any) -> None:
    plan = agreed(plumber)

    books_read(clock, morning(2))
    early = plans.look_at(plan.pk)
    row = missed(plan, clock)
    again = plans.look_at(plan.pk)
    outbox.work()

    row.refresh_from_db()
    message = Message.objects.get(letter="plan_missed")
    assert (early, again) == ("on time", "to be cured")
    assert (message.purpose, message.status) == ("collect", "sent")
    assert "payment of $100.00 that was planned for Tuesday, December 1, 2026" in message.text
    assert "by Tuesday, December 8, 2026, the plan goes on" in message.text
    assert (row.noticed_at, row.cure_by) == (morning(3), date(2026, 12, 8))
    assert [(need.what, need.by) for need in needs(plumber.business) if "installment" in need.what] == [
        ("Harbor Cafe missed an installment of $100.00", "Tue, Dec 8")
    ]


def test_made_up_for_in_time_the_plan_goes_on(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    plan = agreed(plumber, invoice)
    missed(plan, clock)
    outbox.work()

    paid(invoice, "100.00")
    plans.look()

    plan.refresh_from_db()
    assert (plan.status, states(plan)) == ("running", ["paid", "waiting", "waiting"])


def test_not_made_up_for_it_ends_and_collecting_goes_on_where_it_stood(plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    plan = agreed(plumber, invoice)
    missed(plan, clock)
    outbox.work()

    books_read(clock, morning(8))
    on_the_last_day = plans.look_at(plan.pk)
    books_read(clock, morning(9))
    after = plans.look_at(plan.pk)

    plan.refresh_from_db()
    assert (on_the_last_day, after, plan.status) == ("to be cured", "missed", "missed")
    assert Invoice.objects.collectable(on=date(2026, 12, 9)).get() == invoice
    told = Message.objects.get(letter="plan_ended")
    assert (told.purpose, told.to) == ("account", plumber.owner.email)


def test_nothing_is_called_missed_on_books_that_were_not_read(plumber: Firm, clock: Any) -> None:
    plan = agreed(plumber)

    clock.move_to(morning(3))
    Connection.objects.update(synced_at=morning(2))

    assert plans.look_at(plan.pk) == "on time"
    assert not Message.objects.filter(letter="plan_missed").exists()


@pytest.mark.parametrize("coming", [{"in_flight": True}, {"card_paid_at": TUESDAY}])
def test_money_on_its_way_is_waited_for(plumber: Firm, clock: Any, coming: dict[str, Any]) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    plan = agreed(plumber, invoice)
    Invoice.objects.filter(pk=invoice.pk).update(**coming)

    books_read(clock, morning(3))

    assert plans.look_at(plan.pk) == "on its way"
    assert not Message.objects.filter(letter="plan_missed").exists()


def test_who_asked_for_no_contact_gets_no_notice(plumber: Firm, clock: Any) -> None:
    plan = agreed(plumber)
    outbox.work()
    stop(plan.customer_id, StopKind.CEASE, number="", words="stop", source="mail:x", by="Ana")

    row = missed(plan, clock)
    outbox.work()

    row.refresh_from_db()
    assert Message.objects.get(letter="plan_missed").status == "refused"
    assert (row.noticed_at, row.cure_by) == (None, None)
    books_read(clock, morning(20))
    assert plans.look_at(plan.pk) == "to be cured"


def test_a_notice_that_came_back_starts_no_days_and_waits_to_be_posted(plumber: Firm, clock: Any) -> None:
    plan = agreed(plumber)
    outbox.work()
    row = missed(plan, clock)
    outbox.work()
    row.refresh_from_db()
    assert row.cure_by == date(2026, 12, 8)

    sending.came_back(Message.objects.get(letter="plan_missed").pk, "no such mailbox")

    row = Installment.objects.get(pk=row.pk)
    assert (row.status, row.noticed_at, row.cure_by) == ("missed", None, None)
    paper = Message.objects.get(letter="plan_missed", channel="letter")
    assert (paper.status, paper.purpose) == ("draft", "collect")
    books_read(clock, morning(20))
    assert plans.look_at(plan.pk) == "to be cured"
    posting.posted(paper.pk, on=date(2026, 12, 20), by=plumber.owner)
    assert Installment.objects.get(pk=row.pk).cure_by == date(2026, 12, 23)


def test_who_wants_no_e_mails_about_money_gets_the_notice_by_post(plumber: Firm, clock: Any) -> None:
    plan = agreed(plumber)
    outbox.work()
    stop(plan.customer_id, StopKind.NO_EMAIL, number="", words="", source="page", by="Ana")

    missed(plan, clock)
    outbox.work()

    told = Message.objects.filter(letter="plan_missed").values_list("channel", "status")
    assert set(told) == {("email", "refused"), ("letter", "draft")}


def test_a_notice_that_came_back_of_a_bill_disputed_meanwhile_is_not_posted(plumber: Firm, clock: Any) -> None:
    plan = agreed(plumber)
    outbox.work()
    missed(plan, clock)
    outbox.work()
    open_dispute(plan.about.get().invoice_id, claim=NewClaim(source="page", source_key="p", words="No", by="Ana"))

    sending.came_back(Message.objects.get(letter="plan_missed").pk, "no such mailbox")

    assert not Message.objects.filter(letter="plan_missed", channel="letter").exists()


def test_the_notice_leads_to_our_page_where_the_installment_can_be_paid(plumber: Firm, clock: Any) -> None:
    type(plumber.business).objects.filter(pk=plumber.business.pk).update(how_to_pay="By check to Ava.")
    plan = agreed(plumber)
    outbox.work()
    Invoice.objects.update(pay_url="https://vendor.example/pay/all-of-it")
    row = missed(plan, clock)

    text = render(Message.objects.get(letter="plan_missed")).text

    invoice = plan.about.get().invoice
    assert "vendor.example" not in text
    assert "/p/" in text
    assert paying.least_of(invoice, paying.Wish(shares={}, seen={})) <= row.amount
    plans.end(plan.pk, by=plumber.owner, why="asked for")
    assert paying.least_of(invoice, paying.Wish(shares={}, seen={})) == invoice.balance


# a dispute silences it


def test_a_plan_is_not_written_to_whoever_disagrees_with_it_meanwhile(plumber: Firm) -> None:
    plan = agreed(plumber)
    open_dispute(plan.about.get().invoice_id, claim=NewClaim(source="page", source_key="p", words="No", by="Ana"))

    outbox.work()

    assert Message.objects.get(letter="plan_confirmation").status == "withdrawn"


def test_a_dispute_about_one_of_its_invoices_silences_the_whole_plan(plumber: Firm, clock: Any) -> None:
    customer = make_customer(plumber)
    first, second = make_invoice(plumber, customer, balance="200.00"), make_invoice(plumber, customer, balance="100.00")
    plan = agreed(plumber, first, second)
    (dispute,) = open_dispute(second.pk, claim=NewClaim(source="page", source_key="p", words="No", by="Ana"))

    books_read(clock, morning(3))
    silenced = plans.look_at(plan.pk)
    release(dispute.pk, by=plumber.owner, reason="a mistake")
    after = plans.look_at(plan.pk)

    assert (silenced, after) == ("silenced", "missed")
    assert Message.objects.filter(letter="plan_missed").count() == 1


def test_a_notice_that_waits_does_not_leave_once_it_is_disputed_and_its_days_begin_anew(
    plumber: Firm, clock: Any
) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    plan = agreed(plumber, invoice)
    row = missed(plan, clock)

    (dispute,) = open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="No", by="Ana"))
    outbox.work()
    plans.look_at(plan.pk)
    row.refresh_from_db()
    waiting = row.status
    release(dispute.pk, by=plumber.owner, reason="a mistake")
    plans.look_at(plan.pk)

    assert Message.objects.get(letter="plan_missed", key=f"{row.pk}:1").status in ("refused", "withdrawn")
    assert waiting == "waiting"
    assert Message.objects.filter(letter="plan_missed", key=f"{row.pk}:2").count() == 1


def test_the_database_calls_no_installment_missed_while_something_is_frozen(plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    plan = agreed(plumber, invoice)
    open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="No", by="Ana"))
    row = plan.installments.first()
    assert row is not None

    with pytest.raises(IntegrityError, match="this invoice is frozen"), transaction.atomic():
        Installment.objects.filter(pk=row.pk).update(status="missed")
    with (
        pytest.raises(IntegrityError, match="this invoice is frozen"),
        transaction.atomic(),
        connection.cursor() as sql,
    ):
        sql.execute(
            "INSERT INTO invoices_installment (id, business_id, plan_id, position, due_on, amount, currency, status,"
            " notices) VALUES (gen_random_uuid(), %s, %s, 9, '2026-12-01', 1, 'USD', 'missed', 0)",
            [plan.business_id, plan.pk],
        )
    other = make_invoice(plumber, invoice.customer)
    open_dispute(other.pk, claim=NewClaim(source="page", source_key="q", words="No", by="Ana"))
    with pytest.raises(IntegrityError, match="this invoice is frozen"), transaction.atomic():
        PlanInvoice.objects.create(plan=plan, invoice=other, balance=other.balance)

    assert states(plan) == ["waiting"] * 3


def test_an_invoice_that_leaves_collection_ends_its_plan(plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="300.00")
    plan = agreed(plumber, invoice)
    Invoice.objects.filter(pk=invoice.pk).update(left_reason="write_off", left_at=now())

    plans.look()

    plan.refresh_from_db()
    assert plan.status == "ended"


# as the end of a dispute


def disputed(firm: Firm) -> Dispute:
    invoice = make_invoice(firm, balance="300.00")
    return open_dispute(invoice.pk, claim=NewClaim(source="page", source_key=str(invoice.pk), words="No", by="Ana"))[0]


def test_a_dispute_ends_by_a_plan_on_what_the_books_show(plumber: Firm) -> None:
    dispute = disputed(plumber)
    parts = tuple(thirds("300.00"))

    begin(dispute.pk, Plan(kind="plan", words="Ana, on the phone", parts=parts), by=plumber.owner)

    dispute.refresh_from_db()
    plan = PaymentPlan.objects.get()
    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    assert (dispute.closed_as, dispute.agreed_balance, invoice.frozen_at) == ("plan", Decimal("300.00"), None)
    assert plan.cause == f"resolution {Resolution.objects.get().pk}"
    assert not Invoice.objects.collectable(on=date(2026, 12, 20)).exists()
    letters = Message.objects.filter(about__invoice=invoice).exclude(purpose="account").exclude(status="withdrawn")
    assert list(letters.values_list("letter", flat=True)) == ["plan_confirmation"]


@pytest.mark.parametrize("how", ["missed", "ended"])
def test_a_plan_that_ended_a_dispute_and_is_not_kept_leads_back_by_a_letter_and_a_grace(
    plumber: Firm, clock: Any, how: str
) -> None:
    dispute = disputed(plumber)
    off = BookEntry.objects.get(invoice=dispute.invoice_id, act="reminders")
    BookEntry.objects.filter(pk=off.pk).update(status="done", ended_at=now(), ended_by="Syntharra")
    begin(dispute.pk, Plan(kind="plan", words="Ana, on the phone", parts=tuple(thirds("300.00"))), by=plumber.owner)
    plan = PaymentPlan.objects.get()
    paid(Invoice.objects.get(), "30.00")
    if how == "missed":
        missed(plan, clock)
        outbox.work()
        books_read(clock, morning(9))
        assert plans.look_at(plan.pk) == "missed"
    else:
        plans.end(plan.pk, by=plumber.owner, why="he sold his house")

    dispute.refresh_from_db()
    again_on = dispute.collect_again_on
    assert again_on == {"missed": date(2026, 12, 13), "ended": date(2026, 11, 28)}[how]
    for day, found in ((again_on - timedelta(days=1), 0), (again_on, 1)):
        at = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
        assert Invoice.objects.collectable(on=day, at=at).count() == found
    letter = Message.objects.get(letter="dispute_closed_agreed")
    text = " ".join(render(letter).text.split())
    assert "The payment plan for it is over. What is left: $270.00." in text
    assert f"before {again_on:%A, %B} {again_on.day}, 2026" in text
    lint.check(letter, render(letter))
    entries = BookEntry.objects.filter(invoice=dispute.invoice_id, act="reminders").order_by("asked_at", "pk")
    assert [entry.cause for entry in entries] == [off.cause, f"{off.cause} over"]


def test_a_plan_that_ends_while_its_bill_is_disputed_again_leads_nowhere(plumber: Firm) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="plan", words="Ana, on the phone", parts=tuple(thirds("300.00"))), by=plumber.owner)
    open_dispute(dispute.invoice_id, claim=NewClaim(source="page", source_key="again", words="No", by="Ana"))

    plans.end(PaymentPlan.objects.get().pk, by=plumber.owner, why="he does not agree")

    assert not Message.objects.filter(letter="dispute_closed_agreed").exists()
    assert not Hold.objects.filter(invoice=dispute.invoice_id, reason=f"after {dispute.number}").exists()


@pytest.mark.parametrize(
    ("parts", "says"),
    [(thirds("299.00"), "add up to"), (thirds("300.00", date(2026, 11, 27)), "cannot be due before")],
)
def test_a_plan_that_is_not_what_is_owed_or_comes_before_the_grace_ends_nothing(
    plumber: Firm, parts: list[Part], says: str
) -> None:
    dispute = disputed(plumber)

    with pytest.raises(CannotResolve, match=says):
        begin(dispute.pk, Plan(kind="plan", words="Ana", parts=tuple(parts)), by=plumber.owner)

    dispute.refresh_from_db()
    assert dispute.closed_at is None
    assert not PaymentPlan.objects.exists()


def test_a_managers_plan_waits_for_an_owner(plumber: Firm) -> None:
    dispute = disputed(plumber)
    manager = make_member(plumber, "manager@avasplumbing.example", Role.MANAGER)

    asked = begin(dispute.pk, Plan(kind="plan", words="Ana", parts=tuple(thirds("300.00"))), by=manager)
    before = PaymentPlan.objects.count()
    confirm(asked.pk, by=plumber.owner)

    assert (asked.status, before, PaymentPlan.objects.count()) == ("to_confirm", 0, 1)


# pages


def test_days_and_amounts_are_shown_before_anything_happens(client: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber, balance="100.00")
    url = f"/customers/{invoice.customer_id}/plans/new/"
    terms = {"invoices": str(invoice.pk), "count": "3", "every": "month", "first_on": "2026-12-15", "how": "Ana"}
    client.force_login(plumber.owner)

    assert invoice.number in client.get(url).content.decode()
    preview = client.post(url, terms).content.decode()
    assert not PaymentPlan.objects.exists()
    made = client.post(url, {**terms, "sure": "1"})

    plan = PaymentPlan.objects.get()
    assert "$33.34" in preview
    assert made["Location"] == f"/plans/{plan.pk}/"
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert "33.34" in page
    assert "0 of 3 paid" in client.get("/plans/").content.decode()
    assert "Payment plan" in client.get(f"/customers/{invoice.customer_id}/").content.decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"own": "2026-12-15 50.00\nnext week 50.00"}, "is no day with an amount"),
        ({"own": "2026-12-15 50.00\n2026-12-22 49.00"}, "add up to $99.00; $100.00 is owed"),
        ({"down": "100.00"}, "The down payment must be less"),
        ({"count": "0"}, "greater than or equal to 1"),
        ({"first_on": "2026-11-01"}, "cannot be due before"),
        ({"how": ""}, "This field is required."),
    ],
)
def test_terms_that_cannot_be_come_back(client: Client, plumber: Firm, changed: dict[str, str], says: str) -> None:
    invoice = make_invoice(plumber, balance="100.00")
    terms = {"invoices": str(invoice.pk), "count": "3", "every": "month", "first_on": "2026-12-15", "how": "Ana"}
    client.force_login(plumber.owner)

    refused = client.post(f"/customers/{invoice.customer_id}/plans/new/", {**terms, **changed, "sure": "1"})

    assert refused.status_code == 422
    assert says in refused.content.decode()
    assert not PaymentPlan.objects.exists()


def test_the_resolve_page_makes_a_plan_too(client: Client, plumber: Firm) -> None:
    dispute = disputed(plumber)
    url = f"/disputes/{dispute.number}/resolution/"
    terms = {"kind": "plan", "own": "2026-12-01 100.00\n2027-01-01 200.00", "count": "2", "every": "month",
             "first_on": "2026-12-01", "how": "Ana"}  # fmt: skip
    client.force_login(plumber.owner)

    asked = client.post(url, terms).content.decode()
    assert not PaymentPlan.objects.exists()
    client.post(url, {**terms, "sure": "1"})

    assert "$200.00" in asked
    assert [row.amount for row in Installment.objects.order_by("position")] == [Decimal("100.00"), Decimal("200.00")]


def test_the_firm_ends_a_plan_with_a_reason_and_only_who_is_in_charge(
    client: Client, plumber: Firm, rival: Firm
) -> None:
    plan = agreed(plumber)
    reader = make_member(plumber, "books@avasplumbing.example", Role.ACCOUNTANT)

    for who, status in ((rival.owner, 404), (reader, 403)):
        client.force_login(who)
        assert client.post(f"/plans/{plan.pk}/end/", {"reason": "x"}).status_code == status
    client.force_login(plumber.owner)
    client.post(f"/plans/{plan.pk}/end/", {"reason": " "})
    plan.refresh_from_db()
    without = plan.status
    client.post(f"/plans/{plan.pk}/end/", {"reason": "They pay at once instead"})

    plan.refresh_from_db()
    assert (without, plan.status, plan.ended_why) == ("running", "ended", "They pay at once instead")
    assert Invoice.objects.collectable(on=TUESDAY.date() + timedelta(days=1)).exists()


def test_the_list_asks_the_same_of_the_database_for_one_plan_and_for_many(
    client: Client, plumber: Firm, django_assert_max_num_queries: Any
) -> None:
    client.force_login(plumber.owner)
    for _each in range(6):
        agreed(plumber)
    client.get("/plans/")

    with django_assert_max_num_queries(15):
        client.get("/plans/")
