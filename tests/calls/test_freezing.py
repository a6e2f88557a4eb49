"""A dispute on a call: frozen before the agent's next word, and what a freeze brings with it right behind it, once."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import ActivityLine
from calls import threads
from calls.acts import Scene, carry_out
from calls.agent import acts
from calls.agent.acts import HowPaid
from calls.freezing import warm_up
from calls.models import Attempt, AttemptInvoice, Call
from calls.threads import in_database
from disputes.freeze import NewClaim
from disputes.hearing.labels import Reason
from disputes.models import Claim, ClaimOn, Dispute, InvoiceVersion
from disputes.services import open_dispute, release
from integrations.stripe.simulator import AVAS_ACCOUNT, StripeSimConfig
from invoices.models import Allocation, BookEntry, Customer, Invoice, Payment, Promise
from invoices.services import hold
from notifications import outbox, tasks
from notifications.models import Duty, Message
from syntharra import bells, clock
from syntharra.celery import app
from syntharra.money import of
from syntharra.tenancy import acting_for, current_business
from tests.calls.line import on_the_line
from tests.cast import Firm, make_customer, make_invoice
from tests.invoices.card_desk import begin, served, takes_cards

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
LEAKS = acts.Freeze(Reason.QUALITY, "it leaks", ())


@pytest.fixture
def attempt(plumber: Firm) -> Attempt:
    """On the line about two invoices."""
    customer = make_customer(plumber, email="ap@harborcafe.example")
    make_invoice(plumber, customer, number="2232", balance="1240.00")
    make_invoice(plumber, customer, number="2233", balance="700.00", due_on=date(2026, 10, 2))
    return on_the_line(customer)


def says(attempt: Attempt, *asked: acts.Act) -> None:
    carry_out(Scene(line_id=attempt.pk, call_id=Call.objects.get(attempt=attempt).pk), asked)


@contextmanager
def before_a_worker_came() -> Iterator[None]:
    """What was to follow the commit never comes: neither bell nor second transaction."""
    with bells.held():
        yield


def letters(*of_kinds: str) -> list[tuple[str, str]]:
    found = Message.objects.filter(letter__in=of_kinds) if of_kinds else Message.objects.all()
    return sorted(found.values_list("letter", "status"))


BOTH_WAIT = [("dispute_acknowledgement", "queued"), ("dispute_alert", "queued")]


def test_the_freeze_stands_and_calls_are_stopped_before_anything_else_is_done(attempt: Attempt) -> None:
    with before_a_worker_came():
        says(attempt, LEAKS)

    assert Invoice.objects.filter(frozen_at=None).count() == 0
    assert [one.status for one in Dispute.objects.all()] == ["new", "new"]
    assert (Claim.objects.get().words, ClaimOn.objects.count(), InvoiceVersion.objects.count()) == ("it leaks", 2, 2)
    assert sorted(Duty.objects.values_list("kind", "done_at")) == [("follow_freeze", None), ("stop_calls", None)]
    assert ActivityLine.objects.filter(verb="froze").count() == 2
    assert letters() == []
    assert not Invoice.objects.collectable(on=date(2026, 10, 7)).exists()


def test_each_bill_is_kept_with_its_own_lines_and_what_was_set_against_it(plumber: Firm, attempt: Attempt) -> None:
    first, second = Invoice.objects.order_by("number")
    for invoice, amount in ((first, "40.00"), (second, "60.00")):
        facts = {"amount": Decimal(amount), "currency": "USD"}
        paid = Payment.objects.create(
            connection=plumber.connection, customer=invoice.customer, external_id=f"p{invoice.number}",
            paid_on=date(2026, 10, 1), reference=f"check {invoice.number}", **facts,
        )  # fmt: skip
        Allocation.objects.create(payment=paid, invoice=invoice, seen_at=clock.now(), changed_at=clock.now(), **facts)

    with before_a_worker_came():
        says(attempt, LEAKS)

    kept = {one.facts["number"]: one.facts for one in InvoiceVersion.objects.all()}
    assert {number: [line["amount"] for line in facts["lines"]] for number, facts in kept.items()} == {
        "2232": ["1240.00"],
        "2233": ["700.00"],
    }
    assert {number: [one["reference"] for one in facts["against"]] for number, facts in kept.items()} == {
        "2232": ["check 2232"],
        "2233": ["check 2233"],
    }


def test_a_bell_nobody_heard_costs_time_and_the_sweep_tells_the_owner_and_the_customer_once(
    attempt: Attempt, tuesday: Any
) -> None:
    with before_a_worker_came():
        says(attempt, LEAKS)
    frozen_at = Dispute.objects.first().opened_at  # type: ignore[union-attr]
    tuesday.shift(timedelta(hours=3))

    outbox.work()
    outbox.work()

    assert [one.subject for one in mail.outbox] == ["Harbor Cafe disputes 2 invoices. We stopped calling."]
    assert Message.objects.filter(letter="dispute_alert").count() == 1
    owed = Message.objects.get(letter="dispute_acknowledgement")
    assert (owed.status, owed.owed_at, owed.due_at) == ("queued", frozen_at, frozen_at + timedelta(hours=20))
    assert BookEntry.objects.filter(act="reminders").count() == 2
    assert Dispute.objects.filter(owner_told_at=clock.now()).count() == 2


def test_who_follows_a_second_time_owes_nothing_even_after_the_letter_has_left(attempt: Attempt) -> None:
    says(attempt, LEAKS)
    Dispute.objects.update(acknowledged_at=clock.now())
    before = (letters(), Duty.objects.count(), ActivityLine.objects.count())
    duty = Duty.objects.get(kind="follow_freeze")

    from calls.freezing import follow

    assert follow(duty) == "done by another"
    assert (letters(), Duty.objects.count(), ActivityLine.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_follow_at_once_and_each_letter_is_owed_once(attempt: Attempt) -> None:
    with before_a_worker_came():
        says(attempt, LEAKS)
    duty, business, barrier = Duty.objects.get(kind="follow_freeze"), current_business(), threading.Barrier(4)
    wrong: list[Exception] = []

    def run(by_lease: bool) -> None:
        from calls.freezing import follow

        try:
            with acting_for(business):
                barrier.wait(30)
                outbox.carry_out(duty.pk) if by_lease else follow(duty)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index % 2 == 0,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert wrong == []
    assert letters() == BOTH_WAIT
    assert Duty.objects.get(pk=duty.pk).done_at is not None
    assert BookEntry.objects.filter(act="reminders").count() == 2


def test_released_in_between_nobody_is_written_to(plumber: Firm, attempt: Attempt) -> None:
    with before_a_worker_came():
        says(attempt, LEAKS)
    for dispute in Dispute.objects.all():
        release(dispute.pk, by=plumber.owner, reason="He meant another firm")

    outbox.work()

    assert (letters(), mail.outbox, BookEntry.objects.count()) == ([], [], 0)
    assert Duty.objects.get(kind="follow_freeze").outcome == "0 of 2 disputes live"


def test_one_of_two_released_in_between_leaves_the_other_its_letters(plumber: Firm, attempt: Attempt) -> None:
    with before_a_worker_came():
        says(attempt, LEAKS)
    release(Dispute.objects.get(invoice__number="2232").pk, by=plumber.owner, reason="This one he meant differently")

    outbox.work()

    owed = Message.objects.get(letter="dispute_acknowledgement")
    assert [one.invoice.number for one in owed.about.all()] == ["2233"]
    assert [entry.invoice.number for entry in BookEntry.objects.all()] == ["2233"]


def test_a_second_objection_on_the_same_call_joins_and_is_acknowledged_with_the_first(attempt: Attempt) -> None:
    with before_a_worker_came():
        says(attempt, acts.Freeze(Reason.QUALITY, "it leaks", ("2232",)))
        says(attempt, acts.Freeze(Reason.AMOUNT, "and that one is too much", ("2232", "2233")))
    outbox.work()

    assert sorted(Dispute.objects.values_list("invoice__number", flat=True)) == ["2232", "2233"]
    assert Dispute.objects.get(invoice__number="2232").claims.count() == 2
    owed = Message.objects.get(letter="dispute_acknowledgement")
    assert sorted(one.invoice.number for one in owed.about.all()) == ["2232", "2233"]
    assert {owed.facts["claim"], *owed.facts["also"]} == {str(pk) for pk in Claim.objects.values_list("pk", flat=True)}
    assert Message.objects.filter(letter="dispute_alert").count() == 2


def test_what_came_by_mail_before_the_call_was_followed_shares_one_acknowledgement(attempt: Attempt) -> None:
    with before_a_worker_came():
        says(attempt, acts.Freeze(Reason.QUALITY, "it leaks", ("2232",)))
    wrote = NewClaim(source="email", source_key="m1", words="It still leaks", by="Ana Reyes")
    open_dispute(Invoice.objects.get(number="2232").pk, claim=wrote)

    outbox.work()

    owed = Message.objects.get(letter="dispute_acknowledgement")
    assert owed.facts["also"] == [str(Claim.objects.get(source="call").pk)]


def test_said_again_after_a_release_it_begins_anew_and_is_told_and_acknowledged_anew(
    plumber: Firm, attempt: Attempt, tuesday: Any
) -> None:
    about = acts.Freeze(Reason.QUALITY, "it leaks", ("2232",))
    says(attempt, about)
    release(Dispute.objects.get().pk, by=plumber.owner, reason="He meant another firm")

    says(attempt, about)

    assert Dispute.objects.live().get().reopens == Dispute.objects.exclude(closed_at=None).get()
    assert list(Duty.objects.filter(kind="follow_freeze").values_list("done_at", flat=True)) == [clock.now()] * 2
    assert BookEntry.objects.filter(act="reminders", cause="dispute D-1002").count() == 1

    says(attempt, about)  # while it lives: it joins
    assert Dispute.objects.count() == 2
    call = str(Call.objects.get().pk)
    assert sorted(ClaimOn.objects.values_list("claim__source_key", "dispute__number")) == [
        (call, "D-1001"),
        (f"{call}:after D-1001", "D-1002"),
    ]
    assert Duty.objects.filter(kind="stop_calls").count() == 2
    tuesday.shift(timedelta(hours=21))
    outbox.work()
    assert Dispute.objects.live().exclude(owner_told_at=None).exclude(acknowledged_at=None).count() == 1
    assert letters("dispute_acknowledgement", "dispute_alert") == [
        ("dispute_acknowledgement", "sent"),
        ("dispute_acknowledgement", "withdrawn"),
        ("dispute_alert", "sent"),
        ("dispute_alert", "withdrawn"),
    ]


def test_a_promise_of_this_call_is_never_confirmed_once_it_is_disputed(attempt: Attempt) -> None:
    says(attempt, acts.Promise(date(2026, 10, 9), of("1940.00", "USD"), HowPaid.CHECK, "Friday by check"))
    with before_a_worker_came():
        says(attempt, LEAKS)
    Duty.objects.filter(kind="follow_freeze").update(due_at=clock.now() + timedelta(hours=1))  # it is late

    outbox.work()

    assert (letters("promise_confirmation"), mail.outbox) == ([("promise_confirmation", "withdrawn")], [])
    Duty.objects.filter(kind="follow_freeze").update(due_at=clock.now())
    outbox.work()
    assert list(Promise.objects.values_list("status", flat=True)) == ["withdrawn"] * 2


def test_a_promise_is_not_confirmed_either_where_the_dispute_was_released_first(
    plumber: Firm, attempt: Attempt
) -> None:
    says(attempt, acts.Promise(date(2026, 10, 9), of("1940.00", "USD"), HowPaid.CHECK, "Friday by check"))
    with before_a_worker_came():
        says(attempt, LEAKS)
    for dispute in Dispute.objects.all():
        release(dispute.pk, by=plumber.owner, reason="He meant another firm")

    outbox.work()

    assert (letters("promise_confirmation"), mail.outbox) == ([("promise_confirmation", "withdrawn")], [])
    assert list(Promise.objects.values_list("status", flat=True)) == ["withdrawn"] * 2


def test_a_page_to_pay_opened_before_is_ended_and_one_he_asks_for_all_the_same_is_not(
    plumber: Firm, attempt: Attempt, settings: Any, tuesday: Any
) -> None:
    with served(StripeSimConfig()) as processor:
        settings.SIMULATORS_URL = processor.address
        settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = "sk_test_sandbox", "ca_sandbox"
        processor.ask("connections", account=AVAS_ACCOUNT)
        takes_cards(plumber)
        first, second = Invoice.objects.order_by("number")
        before = begin(first)
        tuesday.shift(timedelta(seconds=5))
        with before_a_worker_came():
            says(attempt, LEAKS)
        tuesday.shift(timedelta(seconds=5))
        all_the_same = begin(second, anyway=True)

        outbox.carry_out(Duty.objects.get(kind="follow_freeze").pk)

    before.refresh_from_db()
    all_the_same.refresh_from_db()
    assert (before.status, before.ended_why, all_the_same.status) == ("ending", "disputed", "open")
    assert Duty.objects.filter(kind="end_checkout").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_agent_waits_for_four_messages_to_the_database_and_all_in_them_was_planned_before(plumber: Firm) -> None:
    make_invoice(plumber, customer := make_customer(plumber), number="2232")
    attempt = on_the_line(customer)
    scene = Scene(line_id=attempt.pk, call_id=Call.objects.get(attempt=attempt).pk)
    warm_up()
    planned = planned_here()

    with before_a_worker_came(), CaptureQueriesContext(connection) as asked:
        carry_out(scene, [LEAKS])

    said = [one["sql"] for one in asked.captured_queries]
    begun, locked, claimed, kept, by_django = said
    assert (begun, by_django) == ("BEGIN", "COMMIT")  # the second is Django's own word for what it finds done
    assert [statement.split("_")[0] for statement in locked.split("\n")] == [
        "EXECUTE invoices",  # the customer, locked
        "EXECUTE invoices",
        "EXECUTE disputes",
        "EXECUTE invoices",
        "EXECUTE invoices",
        "EXECUTE disputes",
        "EXECUTE invoices",  # who was called
    ]
    assert [statement.split()[0] for statement in claimed.split(";\n")] == ["EXECUTE"] * 3
    assert [statement.split()[0] for statement in kept.split(";\n")] == ["EXECUTE"] * 8 + ["COMMIT"]
    assert planned_here() == planned


@pytest.mark.django_db(transaction=True)
def test_a_session_the_server_discarded_costs_no_freeze(plumber: Firm) -> None:
    make_invoice(plumber, customer := make_customer(plumber), number="2232")
    attempt = on_the_line(customer)
    warm_up()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")  # as a pooler does, and as a column of another type has the same effect

    with before_a_worker_came():
        says(attempt, LEAKS)
        says(attempt, LEAKS)

    assert Dispute.objects.count() == Claim.objects.count() == 1
    assert Invoice.objects.get().frozen_at is not None


def planned_here() -> int:
    """How many statements the server has planned on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


def test_he_names_one_bill_while_another_of_the_call_has_moved_to_another_customer(
    plumber: Firm, attempt: Attempt
) -> None:
    moved = Invoice.objects.get(number="2233")
    Invoice.objects.filter(pk=moved.pk).update(customer=make_customer(plumber, name="Elm Street Bakery"))

    says(attempt, acts.Freeze(Reason.QUALITY, "it leaks", ("2232",)))

    assert list(Dispute.objects.values_list("invoice__number", flat=True)) == ["2232"]
    moved.refresh_from_db()
    assert moved.frozen_at is None


def moves_to_another(plumber: Firm, number: str) -> Customer:
    """The books show this bill for somebody else now, who has said nothing."""
    other = make_customer(plumber, name="Elm Street Bakery", email="owner@elmstreet.example")
    Invoice.objects.filter(number=number).update(customer=other)
    return other


def test_he_objects_to_all_while_one_has_moved_and_both_are_frozen_by_his_word_alone(
    plumber: Firm, attempt: Attempt, tuesday: Any
) -> None:
    moves_to_another(plumber, "2233")

    says(attempt, LEAKS)
    says(attempt, LEAKS)  # the act is repeated where nobody knows whether it was committed
    says(attempt, acts.Specify(Reason.QUALITY, "under the sink"))

    assert sorted(Dispute.objects.values_list("invoice__number", "customer__name", "status")) == [
        ("2232", "Harbor Cafe", "new"),
        ("2233", "Harbor Cafe", "new"),
    ]
    assert not Invoice.objects.filter(frozen_at=None).exists()
    assert list(Claim.objects.values_list("source_key", "customer__name", "by", "words")) == [
        (str(Call.objects.get().pk), "Harbor Cafe", "Harbor Cafe", "it leaks under the sink")
    ]
    tuesday.shift(timedelta(days=1))
    outbox.work()
    assert [(one.to, one.subject) for one in mail.outbox] == [
        ([plumber.owner.email], "Harbor Cafe disputes 2 invoices. We stopped calling."),
        (["ap@harborcafe.example"], "Thank you for telling us - Ava's Plumbing"),
    ]
    assert "Your books show invoice 2233 for Elm Street Bakery by now." in mail.outbox[0].body


def test_the_only_bill_has_moved_and_who_owes_it_now_hears_nothing_of_what_was_said(
    plumber: Firm, attempt: Attempt, tuesday: Any
) -> None:
    AttemptInvoice.objects.filter(invoice__number="2232").update(dropped_at=clock.now(), dropped_reason="paid")
    other = moves_to_another(plumber, "2233")

    says(attempt, LEAKS)
    tuesday.shift(timedelta(days=40))
    outbox.work()

    assert Dispute.objects.get().customer.name == "Harbor Cafe"
    assert Invoice.objects.get(number="2233").frozen_at is not None
    assert not Message.objects.filter(customer=other).exists()
    assert {one.to[0] for one in mail.outbox} == {plumber.owner.email, "ap@harborcafe.example"}


def test_a_bill_that_moves_after_the_freeze_keeps_nobody_from_being_told(plumber: Firm, attempt: Attempt) -> None:
    with before_a_worker_came():
        says(attempt, LEAKS)
    moves_to_another(plumber, "2233")

    outbox.work()

    assert Duty.objects.get(kind="follow_freeze").done_at is not None
    assert Dispute.objects.filter(owner_told_at=None).count() == 0
    assert letters("dispute_acknowledgement") == [("dispute_acknowledgement", "queued")]
    assert Message.objects.get(letter="dispute_acknowledgement").customer.name == "Harbor Cafe"  # type: ignore[union-attr]


def test_what_was_dropped_from_the_call_is_not_frozen_by_it(attempt: Attempt) -> None:
    AttemptInvoice.objects.filter(invoice__number="2233").update(dropped_at=clock.now(), dropped_reason="paid")

    says(attempt, LEAKS)

    assert list(Dispute.objects.values_list("invoice__number", flat=True)) == ["2232"]
    assert list(Invoice.objects.exclude(frozen_at=None).values_list("number", flat=True)) == ["2232"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moves", [False, True])
def test_a_freeze_that_waits_for_the_customer_reads_the_bill_as_it_is_then(plumber: Firm, moves: bool) -> None:
    invoice = make_invoice(plumber, customer := make_customer(plumber), number="2232", balance="1240.00")
    other = make_customer(plumber, name="Elm Street Bakery")
    attempt = on_the_line(customer)
    scene = Scene(line_id=attempt.pk, call_id=Call.objects.get(attempt=attempt).pk)
    business = current_business()

    def objects() -> None:
        try:
            with acting_for(business), bells.held():
                carry_out(scene, [LEAKS])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as relay:
        with transaction.atomic():
            hold(invoice.pk)
            said = relay.submit(objects)
            wait_until_somebody_waits()
            changes = {"customer": other} if moves else {}
            Invoice.objects.filter(pk=invoice.pk).update(balance=Decimal("990.00"), **changes)
        said.result(60)

    dispute = Dispute.objects.get()
    assert (dispute.balance_at_opening, dispute.customer) == (Decimal("990.00"), customer)
    assert dispute.invoice.customer == (other if moves else customer)
    assert InvoiceVersion.objects.get().facts["balance"] == "990.00"


def wait_until_somebody_waits() -> None:
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits for the customer")


@pytest.mark.django_db(transaction=True)
def test_behind_the_agents_word_a_worker_is_woken_who_owes_the_letters(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(line_id=attempt.pk, call_id=Call.objects.get(attempt=attempt).pk)
    woken: list[tuple[str, str]] = []
    monkeypatch.setattr(app, "send_task", lambda name, args=(), **_: woken.append((name, *args)))

    freezing = in_database(current_business(), lambda: carry_out(scene, [LEAKS]), urgent=True)
    with ThreadPoolExecutor(
        1
    ) as relay:  # a loop of its own: a browser that ran before may have left one in this thread
        relay.submit(asyncio.run, freezing).result(60)
    for _ in threads._notes._threads:  # whatever the relay does behind the word is done
        threads._notes.submit(lambda: None).result(30)

    assert letters() == []
    assert ("notifications.tasks.work", str(current_business())) in woken

    tasks.work(str(current_business()))
    assert letters("dispute_acknowledgement") == [("dispute_acknowledgement", "queued")]
    assert [one.subject for one in mail.outbox] == ["Harbor Cafe disputes 2 invoices. We stopped calling."]
