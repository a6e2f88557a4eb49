"""The moment a customer disputes, collecting stops: in one transaction, and the database itself holds to it."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction

from accounts.models import ActivityLine
from calls.models import Attempt, AttemptInvoice
from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute
from disputes.services import CannotRelease, open_dispute, open_dispute_held, pause, release
from invoices.models import Invoice
from invoices.services import NotTogether, hold
from notifications import outbox
from notifications.models import Duty, Message, MessageInvoice
from syntharra.clock import now
from syntharra.tenancy import acting_for, current_business
from tests.cast import Firm, make_customer, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def said(words: str = "They never finished the job", **fields: Any) -> NewClaim:
    return NewClaim(
        **{"source": "call", "source_key": "CA1", "words": words, "reason": "quality", "by": "Ana Reyes"} | fields
    )


def freeze(*invoices: Invoice, claim: NewClaim | None = None) -> list[Dispute]:
    with transaction.atomic():
        return open_dispute_held(hold(*(invoice.pk for invoice in invoices)), claim or said())


def plan(invoice: Invoice, **fields: object) -> Attempt:
    attempt = Attempt.objects.create(
        customer=invoice.customer, number=1, to="+16145550103", planned_for=now(), **fields
    )
    AttemptInvoice.objects.create(attempt=attempt, invoice=invoice)
    return attempt


def test_a_dispute_stops_collection(plumber: Firm) -> None:
    invoice = make_invoice(plumber, due_on=date(2026, 1, 1))

    (dispute,) = freeze(invoice)

    assert invoice not in Invoice.objects.collectable(on=date(2026, 2, 1))
    assert (dispute.number, dispute.status, dispute.balance_at_opening) == ("D-1001", "new", invoice.balance)
    assert sorted(Duty.objects.values_list("kind", flat=True)) == ["acknowledgement_hour", "stop_calls"]
    assert sorted(Message.objects.values_list("letter", "purpose", "to")) == [
        ("dispute_acknowledgement", "dispute", invoice.customer.contacts.get().email),
        ("dispute_alert", "account", "ava@avasplumbing.example"),
    ]
    assert ActivityLine.objects.filter(subject_id=dispute.pk).values_list("verb", "actor").get() == (
        "froze",
        "Ana Reyes",
    )


def test_the_same_words_twice_are_one_dispute(plumber: Firm) -> None:
    invoice = make_invoice(plumber)

    first, second = freeze(invoice), freeze(invoice)

    assert first == second
    assert (Claim.objects.count(), Dispute.objects.count(), Message.objects.count(), Duty.objects.count()) == (
        1,
        1,
        2,
        2,
    )


def test_a_second_claim_joins_the_live_dispute(plumber: Firm) -> None:
    invoice = make_invoice(plumber)

    (dispute,) = freeze(invoice)
    freeze(invoice, claim=said("and the price is wrong too", source="page", source_key="p1", reason="amount"))

    assert list(dispute.claims.order_by("said_at").values_list("reason", flat=True)) == ["quality", "amount"]
    assert Dispute.objects.count() == 1


def test_one_claim_about_two_invoices_freezes_both_and_is_acknowledged_once(plumber: Firm) -> None:
    customer = make_customer(plumber)
    invoices = [make_invoice(plumber, customer), make_invoice(plumber, customer)]

    disputes = freeze(*invoices)

    assert [dispute.number for dispute in disputes] == ["D-1001", "D-1002"]
    assert Message.objects.filter(letter="dispute_acknowledgement").count() == 1


def test_invoices_of_two_customers_cannot_be_disputed_together(plumber: Firm) -> None:
    invoices = [make_invoice(plumber), make_invoice(plumber)]

    with pytest.raises(NotTogether):
        freeze(*invoices)

    assert not Dispute.objects.exists()
    assert not Message.objects.exists()
    assert not Invoice.objects.exclude(frozen_at=None).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False])
def test_an_invoice_the_books_move_to_somebody_else_meanwhile_is_frozen_under_his_lock_by_the_word_of_who_said_it(
    plumber: Firm, known: bool
) -> None:
    invoice, other = make_invoice(plumber), make_customer(plumber, name="Dune Dental")
    asked, business, begun = invoice.customer, current_business(), threading.Event()

    def object_to_it() -> None:
        try:
            with acting_for(business):
                begun.set()
                open_dispute(invoice.pk, claim=said(customer=asked.pk if known else None))
        finally:
            connection.close()

    objecting = threading.Thread(target=object_to_it)
    with transaction.atomic():
        hold(invoice.pk)
        objecting.start()
        assert begun.wait(10)
        until_somebody_waits()
        Invoice.objects.filter(pk=invoice.pk).update(customer=other)
    objecting.join(30)

    dispute = Dispute.objects.select_related("invoice").get()
    assert (dispute.customer, dispute.invoice.customer) == (asked if known else other, other)
    assert dispute.invoice.frozen_at == dispute.opened_at
    assert set(Message.objects.exclude(customer=None).values_list("customer", flat=True)) == {dispute.customer.pk}


def until_somebody_waits() -> None:
    """For a lock of this transaction."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.05)
    raise AssertionError("nobody waits")


def test_the_database_refuses_to_plan_a_call_about_a_frozen_invoice(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    freeze(invoice)

    with pytest.raises(IntegrityError, match="this invoice is frozen"), transaction.atomic():
        plan(invoice)

    assert not Attempt.objects.exists()


def test_the_database_refuses_to_dial_what_was_planned_before_the_freeze(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    attempt = plan(invoice)
    freeze(invoice)

    with (
        pytest.raises(IntegrityError, match="this invoice is frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE calls_attempt SET status = 'dialing' WHERE id = %s", [attempt.pk])

    attempt.refresh_from_db()
    assert attempt.status == "planned"


@pytest.mark.parametrize("status", ["queued", "sending", "draft"])
def test_the_database_refuses_a_collect_letter_about_a_frozen_invoice(plumber: Firm, status: str) -> None:
    invoice = make_invoice(plumber)
    freeze(invoice)
    before = Message.objects.count()

    with pytest.raises(IntegrityError, match="this invoice is frozen"), transaction.atomic():
        letter = Message.objects.create(
            purpose="collect",
            channel="email",
            letter="pay_link",
            key="k",
            customer=invoice.customer,
            to="a@b.example",
            correlation="c",
            owed_at=now(),
            due_at=now(),
            status=status,
        )
        MessageInvoice.objects.create(message=letter, invoice=invoice)

    assert Message.objects.count() == before


def test_a_purpose_is_never_relabeled(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    freeze(invoice)

    with pytest.raises(IntegrityError, match="purpose of a message never changes"), transaction.atomic():
        Message.objects.filter(purpose="dispute").update(purpose="collect")

    assert sorted(Message.objects.values_list("purpose", flat=True)) == ["account", "dispute"]


def test_account_mail_goes_to_members_only(plumber: Firm, rival: Firm) -> None:
    with pytest.raises(IntegrityError, match="member of the business only"), transaction.atomic():
        Message.objects.create(
            purpose="account",
            channel="email",
            letter="dispute_alert",
            key="k",
            member=rival.owner,
            to=rival.owner.email,
            correlation="c",
            owed_at=now(),
            due_at=now(),
        )

    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_frozen_without_a_dispute_cannot_be_committed(plumber: Firm) -> None:
    invoice = make_invoice(plumber)

    with pytest.raises(IntegrityError, match="exactly while a dispute"):
        Invoice.objects.filter(pk=invoice.pk).update(frozen_at=now())

    invoice.refresh_from_db()
    assert invoice.frozen_at is None


@pytest.mark.django_db(transaction=True)
def test_a_dispute_on_its_own_commit_freezes_and_a_release_thaws(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    (dispute,) = open_dispute(invoice.pk, claim=said())

    with pytest.raises(CannotRelease, match="say why"):
        release(dispute.pk, by=plumber.owner, reason=" ")
    closed = release(dispute.pk, by=plumber.owner, reason="He meant another firm's bill")

    invoice.refresh_from_db()
    assert (closed.status, closed.closed_as, invoice.frozen_at) == ("closed", "false_alarm", None)
    assert Message.objects.get(letter="dispute_acknowledgement").status == "withdrawn"
    with pytest.raises(CannotRelease, match="already closed"):
        release(dispute.pk, by=plumber.owner, reason="again")


def test_the_owner_is_told_at_once_and_the_customer_at_hour_20(plumber: Firm) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        invoice = make_invoice(plumber)
        make_member(plumber, "max@avasplumbing.example")
        (dispute,) = freeze(invoice, claim=said("The roof still leaks"))
        outbox.work()
        told = sorted((letter.to, letter.subject) for letter in mail.outbox)
    with time_machine.travel(TUESDAY + timedelta(hours=19, minutes=59), tick=False):
        outbox.work()
        early = len(mail.outbox)
    with time_machine.travel(TUESDAY + timedelta(hours=20), tick=False):
        outbox.work()

    assert told == [
        (["ava@avasplumbing.example"], "Harbor Cafe disputes an invoice. We stopped calling."),
        (["max@avasplumbing.example"], "Harbor Cafe disputes an invoice. We stopped calling."),
    ]
    assert early == 2
    acknowledgement = mail.outbox[2]
    assert acknowledgement.subject == "Thank you for telling us - Ava's Plumbing"
    assert "“The roof still leaks”" in acknowledgement.body
    assert "796" not in acknowledgement.body
    dispute.refresh_from_db()
    assert (dispute.status, dispute.owner_told_at) == ("acknowledged", TUESDAY)
    assert dispute.acknowledged_at == TUESDAY + timedelta(hours=20)


def test_a_customer_who_says_it_is_paid_is_left_alone_without_a_dispute(plumber: Firm) -> None:
    invoice = make_invoice(plumber, due_on=date(2026, 1, 1))

    pause(invoice.pk, why="already_paid", words="I paid that by check last Friday", source_key="CA2", by="Ben Ortiz")
    pause(invoice.pk, why="already_paid", words="I paid that by check last Friday", source_key="CA2", by="Ben Ortiz")

    assert not Invoice.objects.collectable(on=date(2026, 2, 1)).exists()
    assert not Dispute.objects.exists()
    assert sorted(Message.objects.values_list("letter", "purpose")) == [
        ("paid_check", "service"),
        ("pause_alert", "account"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "I never agreed to those late fees",
        "I will see you in court",
        "It says past due but you never came back",
        "I don't have to pay for work you never finished",
        "The balance due is wrong",
    ],
)
def test_whatever_words_they_used_they_are_acknowledged(plumber: Firm, words: str) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        (dispute,) = freeze(make_invoice(plumber), claim=said(words))
    with time_machine.travel(TUESDAY + timedelta(hours=20), tick=False):
        outbox.work()

    dispute.refresh_from_db()
    assert dispute.acknowledged_at == TUESDAY + timedelta(hours=20)
    (letter,) = [letter for letter in mail.outbox if letter.subject.startswith("Thank you")]
    assert words not in letter.body


def test_what_a_member_noted_never_reaches_the_customer(plumber: Firm) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        freeze(make_invoice(plumber), claim=said("He is lying again, the usual", source="member", source_key="m1"))
    with time_machine.travel(TUESDAY + timedelta(hours=20), tick=False):
        outbox.work()

    (letter,) = [letter for letter in mail.outbox if letter.subject.startswith("Thank you")]
    assert "lying" not in letter.body


@pytest.mark.django_db(transaction=True)
def test_releasing_one_of_two_leaves_the_other_its_letter(plumber: Firm) -> None:
    customer = make_customer(plumber)
    first, second = make_invoice(plumber, customer), make_invoice(plumber, customer)
    disputes = open_dispute(first.pk, second.pk, claim=said())

    release(disputes[0].pk, by=plumber.owner, reason="This one he meant differently")

    assert Message.objects.get(letter="dispute_acknowledgement").status == "queued"
    second.refresh_from_db()
    assert second.frozen_at is not None


@pytest.mark.django_db(transaction=True)
def test_what_he_said_was_paid_stays_left_alone_after_a_false_alarm(plumber: Firm) -> None:
    invoice = make_invoice(plumber, due_on=date(2026, 1, 1))
    pause(invoice.pk, why="already_paid", words="I paid that", source_key="CA2", by="Ben Ortiz")
    (dispute,) = open_dispute(invoice.pk, claim=said())

    release(dispute.pk, by=plumber.owner, reason="He only meant that it is paid")

    assert not Invoice.objects.collectable(on=date(2026, 2, 1)).exists()


def test_a_payment_link_about_two_invoices_does_not_leave_once_one_is_disputed(
    plumber: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smtplib import SMTPServerDisconnected

    from django.core.mail.backends import locmem

    def hang_up(self: locmem.EmailBackend, messages: Any) -> int:
        raise SMTPServerDisconnected("gone")

    with time_machine.travel(TUESDAY, tick=False):
        customer = make_customer(plumber)
        invoices = [make_invoice(plumber, customer, due_on=date(2026, 11, 10)) for _ in range(2)]
        outbox.owe(
            outbox.Letter(
                letter="pay_link",
                key="k",
                purpose="collect",
                channel="email",
                to="ap@customer.example",
                customer=customer.pk,
                about=tuple(invoice.pk for invoice in invoices),
            )
        )
        with monkeypatch.context() as down:
            down.setattr(locmem.EmailBackend, "send_messages", hang_up)
            outbox.work()
        (dispute,) = freeze(invoices[1])
        Dispute.objects.filter(pk=dispute.pk).update(go_on_with_others=True)
    with time_machine.travel(TUESDAY + timedelta(minutes=2), tick=False):
        outbox.work()

    assert [letter.subject for letter in mail.outbox if letter.to == ["ap@customer.example"]] == []
    assert Message.objects.get(letter="pay_link").status == "refused"
