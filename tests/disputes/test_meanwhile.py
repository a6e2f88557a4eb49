"""Two things at once about one dispute: who wins, and that it ends in a way a person would expect."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from accounts.models import Role
from disputes import books
from disputes.customer_acts import answer, drop
from disputes.freeze import NewClaim
from disputes.models import BooksMoved, Dispute, Resolution, Specification
from disputes.resolving import CannotResolve, Plan, begin, confirm, take_back
from disputes.services import CannotRelease, open_dispute, release
from disputes.specifying import Answers, send
from invoices.entries import still_fits
from invoices.models import Allocation, BookEntry, Invoice, Payment
from notifications.models import Message
from syntharra.clock import now
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_customer, make_invoice, make_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
LESS = Decimal("196.00")


def at_once(business_id: UUID, *jobs: Callable[[], Any]) -> list[Any]:
    """Each in a thread with a connection of its own, let go at the same moment; what came of each."""
    barrier = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(index: int, job: Callable[[], Any]) -> None:
        with acting_for(business_id):
            connection.ensure_connection()
            barrier.wait(30)
            try:
                results[index] = job()
            except Exception as error:
                results[index] = error
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=(index, job)) for index, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def disputed(firm: Firm, source: str = "call") -> Dispute:
    invoice = make_invoice(firm)
    claim = NewClaim(source=source, source_key=f"c:{invoice.pk}", words="The roof still leaks", by="Ana")
    (dispute,) = open_dispute(invoice.pk, claim=claim)
    return dispute


def now_in_the_books(dispute: Dispute, balance: str, status: str = "open") -> None:
    Invoice.objects.filter(pk=dispute.invoice_id).update(balance=Decimal(balance), books_status=status)
    books.look()


def paid(dispute: Dispute, amount: str, balance: str) -> None:
    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    payment = Payment.objects.create(
        connection=invoice.connection, customer=invoice.customer, external_id=f"pay{balance}", amount=Decimal(amount),
        currency="USD", paid_on=now().date(),
    )  # fmt: skip
    Allocation.objects.create(
        payment=payment, invoice=invoice, amount=Decimal(amount), currency="USD", seen_at=now(), changed_at=now()
    )
    now_in_the_books(dispute, balance, "paid" if balance == "0.00" else "open")


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_two_owners_who_resolve_at_once_begin_one_way(plumber: Firm) -> None:
    dispute, second = disputed(plumber), make_member(plumber, "bo@avasplumbing.example", Role.OWNER)

    results = at_once(
        plumber.business.pk,
        lambda: begin(dispute.pk, Plan(kind="credit_memo", lowered_by=LESS), by=plumber.owner),
        lambda: begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=second),
    )

    assert kinds(results) == ["CannotResolve", "Resolution"]
    (one,) = Resolution.objects.all()
    assert BookEntry.objects.filter(act="lower").count() == (1 if one.kind == "credit_memo" else 0)
    assert Message.objects.filter(letter="settlement_offer").count() == (1 if one.kind == "settlement" else 0)


def test_one_owner_confirms_while_another_takes_it_back(plumber: Firm) -> None:
    dispute, manager = disputed(plumber), make_member(plumber, "max@avasplumbing.example")
    waiting = begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("700.00")), by=manager)

    results = at_once(
        plumber.business.pk,
        lambda: confirm(waiting.pk, by=plumber.owner),
        lambda: take_back(waiting.pk, by=plumber.owner, why="too much"),
    )

    ended = Resolution.objects.get()
    assert ended.status == "canceled"  # confirmed first or not: taken back before the books were asked
    assert set(kinds(results)) <= {"Resolution"}
    assert set(BookEntry.objects.filter(act="lower").values_list("status", flat=True)) <= {"canceled"}
    assert Invoice.objects.get().frozen_at is not None


def test_one_owner_releases_while_another_resolves(plumber: Firm) -> None:
    dispute = disputed(plumber)

    results = at_once(
        plumber.business.pk,
        lambda: release(dispute.pk, by=plumber.owner, reason="a mix-up"),
        lambda: begin(dispute.pk, Plan(kind="credit_memo", lowered_by=LESS), by=plumber.owner),
    )

    assert Dispute.objects.get().closed_as == "false_alarm"
    assert kinds(results) in (["CannotResolve", "Dispute"], ["Dispute", "Resolution"])
    assert set(Resolution.objects.values_list("status", flat=True)) <= {"canceled"}
    assert set(BookEntry.objects.filter(act="lower").values_list("status", flat=True)) <= {"canceled"}


def test_a_customer_who_specifies_while_the_owner_closes_has_objected_anew_or_before(plumber: Firm) -> None:
    dispute = disputed(plumber)

    results = at_once(
        plumber.business.pk,
        lambda: send(dispute.pk, Answers(kind="quality", words="It drips at the joint"), by="Ana"),
        lambda: release(dispute.pk, by=plumber.owner, reason="a mix-up"),
    )

    assert kinds(results) == ["Dispute", "Specification"]
    specification = Specification.objects.get()
    live = Dispute.objects.live().first()
    if live is not None:  # the owner was first: what the customer sent is a new objection, nothing of it is lost
        assert (live.number, live.reopens_id, specification.dispute_id) == ("D-1002", dispute.pk, live.pk)
        assert Invoice.objects.get().frozen_at is not None
    else:  # he closed what he had before his eyes; it stands on the dispute he closed
        assert (Dispute.objects.get().closed_as, specification.dispute_id) == ("false_alarm", dispute.pk)


def test_what_is_sent_after_it_was_closed_freezes_again(plumber: Firm) -> None:
    dispute = disputed(plumber)
    release(dispute.pk, by=plumber.owner, reason="a mix-up")

    send(dispute.pk, Answers(kind="quality", words="It drips at the joint"), by="Ana")

    live = Dispute.objects.live().get()
    assert (live.number, live.reopens_id, live.status) == ("D-1002", dispute.pk, "specified")
    assert Invoice.objects.get().frozen_at is not None


def test_a_customer_accepts_while_the_owner_takes_the_offer_back(plumber: Firm) -> None:
    dispute = disputed(plumber)
    offer = begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)

    results = at_once(
        plumber.business.pk,
        lambda: answer(offer.pk, "accepted", name="Ana Reyes"),
        lambda: take_back(offer.pk, by=plumber.owner, why="changed my mind"),
    )

    ended = Resolution.objects.get()
    assert ended.status == "canceled"
    assert kinds(results) in (["CannotResolve", "Resolution"], ["Resolution", "Resolution"])
    assert set(BookEntry.objects.filter(act="lower").values_list("status", flat=True)) <= {"canceled"}


def test_a_dispute_about_one_of_three_spoken_of_leaves_two_and_asks_the_owner(plumber: Firm) -> None:
    customer = make_customer(plumber)
    first, second, third = (make_invoice(plumber, customer) for _ in range(3))

    open_dispute(second.pk, claim=NewClaim(source="call", source_key="CA1", words="That one is wrong", by="Ana"))

    frozen = set(Invoice.objects.exclude(frozen_at=None))
    assert frozen == {second}
    dispute = Dispute.objects.get()
    assert dispute.go_on_with_others is None
    alert = Message.objects.get(letter="dispute_alert")
    assert set(alert.about.values_list("invoice_id", flat=True)) == {second.pk}
    later = now().date() + timedelta(days=1)
    assert set(Invoice.objects.collectable(on=later)) == {first, third}  # the gate asks the owner before any next call


@pytest.mark.parametrize("settled", [False, True], ids=["credit memo", "settlement"])
@pytest.mark.parametrize("balance", ["500.00", "900.00"])
def test_a_credit_agreed_on_another_bill_is_not_written_on_this_one(plumber: Firm, balance: str, settled: bool) -> None:
    dispute = disputed(plumber)
    plan = Plan(kind="settlement", agreed=Decimal("600.00")) if settled else Plan(kind="credit_memo", lowered_by=LESS)
    agreed = begin(dispute.pk, plan, by=plumber.owner)
    if settled:
        answer(agreed.pk, "accepted", name="Ana Reyes")

    now_in_the_books(dispute, balance)

    assert BookEntry.objects.get(act="lower").status == "canceled"
    ended = Resolution.objects.get()
    assert (ended.status, ended.ended_why) == ("failed", "the bill changed under it")
    card = BooksMoved.objects.get(answer="")
    assert (card.was, card.now) == (Decimal("796.00"), Decimal(balance))
    assert Dispute.objects.get().status == "new"
    assert Invoice.objects.get().frozen_at is not None
    begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("1.00")), by=plumber.owner)  # he chooses anew


def test_a_credit_the_books_may_have_already_stays_under_way(plumber: Firm) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="credit_memo", lowered_by=LESS), by=plumber.owner)
    BookEntry.objects.filter(act="lower").update(begun_at=now())

    now_in_the_books(dispute, "500.00")

    assert (BookEntry.objects.get(act="lower").status, Resolution.objects.get().status) == ("owed", "running")


def test_who_accepts_and_pays_at_once_is_credited_the_rest(plumber: Firm) -> None:
    """The payment is in the books before our credit: it is the same bill, and the rest of it is credited."""
    dispute = disputed(plumber)
    offer = begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)
    answer(offer.pk, "accepted", name="Ana Reyes")

    paid(dispute, "600.00", "196.00")

    entry = BookEntry.objects.get(act="lower")
    assert (entry.status, entry.amount, Resolution.objects.get().status) == ("owed", LESS, "running")
    assert still_fits(entry, Invoice.objects.get()) is True
    now_in_the_books(dispute, "0.00", "paid")
    assert Dispute.objects.get().closed_as == "paid"


def test_a_payment_not_read_yet_is_waited_for(plumber: Firm) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="credit_memo", lowered_by=LESS), by=plumber.owner)
    Invoice.objects.update(balance=Decimal("196.00"), balance_changed_at=now())

    assert still_fits(BookEntry.objects.get(act="lower"), Invoice.objects.get()) is None


@pytest.mark.parametrize("kind", ["credit_memo", "settlement"])
def test_money_in_full_on_a_disputed_bill_ends_what_was_being_agreed(plumber: Firm, kind: str) -> None:
    dispute = disputed(plumber)
    plan = Plan(kind=kind, lowered_by=LESS if kind == "credit_memo" else None, agreed=Decimal("600.00"))
    begin(dispute.pk, plan, by=plumber.owner)

    paid(dispute, "796.00", "0.00")

    assert set(BookEntry.objects.filter(act="lower").values_list("status", flat=True)) <= {"canceled"}
    if kind == "settlement":  # he paid instead of answering
        assert Dispute.objects.get().closed_as == "paid"
    else:
        assert BooksMoved.objects.get(answer="").what == "paid"
        assert Invoice.objects.get().frozen_at is not None
        books.answer(BooksMoved.objects.get(answer="").pk, yes=True, by=plumber.owner)
        assert Dispute.objects.get().closed_as == "paid"
    assert Resolution.objects.get().status in ("failed", "done")


def test_a_bill_that_is_paid_while_it_waits_to_be_written_off_was_paid(plumber: Firm) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="write_off", words="Not worth it"), by=plumber.owner)

    paid(dispute, "796.00", "0.00")

    assert Dispute.objects.get().closed_as == "paid"
    assert Invoice.objects.get().left_reason is None
    assert BookEntry.objects.get(act="write_off").status == "canceled"
    assert Message.objects.filter(letter="dispute_closed_paid").count() == 1


def test_the_customer_drops_it_while_the_owner_writes_it_off(plumber: Firm) -> None:
    dispute = disputed(plumber)

    results = at_once(
        plumber.business.pk,
        lambda: drop(dispute.pk, name="Ana", source="page"),
        lambda: begin(dispute.pk, Plan(kind="write_off", words="Not worth it"), by=plumber.owner),
    )

    assert Dispute.objects.get().closed_as == "dropped"
    assert kinds(results) in (["CannotResolve", "Dispute"], ["Dispute", "Resolution"])
    assert set(BookEntry.objects.filter(act="write_off").values_list("status", flat=True)) <= {"canceled"}


def test_dropping_and_releasing_at_once_close_it_once(plumber: Firm) -> None:
    dispute = disputed(plumber)

    results = at_once(
        plumber.business.pk,
        lambda: drop(dispute.pk, name="Ana", source="page"),
        lambda: release(dispute.pk, by=plumber.owner, reason="a mix-up"),
    )

    failed = [result for result in results if isinstance(result, Exception)]
    assert len(failed) == 1
    assert isinstance(failed[0], CannotResolve | CannotRelease)
    assert Dispute.objects.get().closed_as in ("dropped", "false_alarm")
