"""Real connections against each other: a freeze and a dial, workers and workers, two firms and one telephone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from calls.dialing import dial
from calls.models import Attempt, AttemptInvoice, Call
from calls.planning import plan
from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute
from disputes.services import open_dispute
from integrations.models import NumberDoor, PhoneLine
from invoices.models import Invoice
from syntharra import clock
from syntharra.identifiers import uuid7
from syntharra.tenancy import acting_for, current_business
from tests.calls.stage import SID, Stage
from tests.cast import make_business, make_customer, make_invoice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


def at_once(business_id: UUID, *jobs: Callable[[], Any]) -> list[Any]:
    """Each job in a thread with a connection of its own, all let go at the same moment; what came of each."""
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


def claims(invoice: Invoice, *, same: bool) -> list[Callable[[], Any]]:
    def claim(number: int) -> Callable[[], Any]:
        said = NewClaim(
            source="page", source_key="p" if same else f"p{number}", words="it leaks", by=f"worker {number}"
        )
        return lambda: open_dispute(invoice.pk, claim=said)

    return [claim(number) for number in range(8)]


@pytest.mark.parametrize("same", [True, False], ids=["the same claim", "eight claims"])
def test_eight_workers_open_one_dispute_while_another_dials(stage: Stage, same: bool) -> None:
    invoice = stage.owes("promises")
    (attempt,) = stage.plan()

    *opened, dialed = at_once(stage.firm.business.pk, *claims(invoice, same=same), lambda: dial(attempt.pk))

    assert [type(result) for result in opened] == [list] * 8
    assert Dispute.objects.count() == 1
    assert Claim.objects.count() == (1 if same else 8)
    frozen_at = Invoice.objects.get().frozen_at
    assert frozen_at is not None
    attempt.refresh_from_db()
    if dialed == "not now":
        assert (attempt.status, attempt.ended_because, attempt.dialing_at) == ("ended", "DISPUTE_OPEN", None)
        assert stage.sim.rings() == []
    else:  # the request was under way when the freeze came
        assert dialed == "dialing"
        assert attempt.dialing_at is not None
        assert attempt.dialing_at <= frozen_at
        call = stage.over(attempt)
        assert call.status in ("canceled", "completed")
        assert stage.spoken(call) == ""
    assert len(stage.sim.rings()) <= 1


def test_a_freeze_after_the_dial_leaves_no_word_on_the_line(stage: Stage) -> None:
    """The same race with the dial first for certain: the request is with the carrier when the freeze commits."""
    invoice = stage.owes("promises")
    attempt = stage.call(invoice)

    open_dispute(invoice.pk, claim=NewClaim(source="member", source_key="m", words="never finished"))

    call = stage.over(attempt)
    assert (call.status in ("canceled", "completed"), stage.spoken(call)) == (True, "")


def test_eight_workers_dial_an_attempt_once(stage: Stage) -> None:
    stage.owes("promises")
    (attempt,) = stage.plan()

    results = at_once(stage.firm.business.pk, *[lambda: dial(attempt.pk)] * 8)

    assert sorted(results) == ["dialing"] + ["not due"] * 7
    assert len(stage.sim.rings()) <= 1
    assert len(stage.sim.get("/calls")["calls"]) == 1


def test_two_firms_that_share_a_customers_number_ring_it_once(stage: Stage, settings: Any) -> None:
    settings.CALLS_PER_SECOND = 1000.0  # the simulated account is one; its pace is not what this is about
    stage.owes("promises")
    (attempt,) = stage.plan()
    rival = make_business("Rival Rooter", email="rex@rivalrooter.example")
    with acting_for(rival.business.pk):
        line = PhoneLine.objects.get()
        make_invoice(rival, make_customer(rival, phone="+16145550120"), due_on=_late())
        plan(rival.business.pk)
        theirs = Attempt.objects.get()
        NumberDoor.objects.get_or_create(
            number=line.number, defaults={"business_id": rival.business.pk, "line_id": line.pk}
        )
    numbers = [line.number, *[n["phone_number"] for n in stage.sim.get("/config")["accounts"][SID]["numbers"]]]
    stage.sim.post("/config", accounts={SID: {"numbers": numbers}})

    def dial_theirs() -> Any:
        with acting_for(rival.business.pk):
            return dial(theirs.pk)

    results = at_once(stage.firm.business.pk, lambda: dial(attempt.pk), dial_theirs)

    assert sorted(results) == ["dialing", "not now"]
    assert len(stage.sim.get("/calls")["calls"]) == 1


def _late() -> date:
    return clock.today("America/New_York") - timedelta(days=5)


# the guard beneath: raw SQL, without our lock


@contextmanager
def freezing(invoice: Invoice) -> Iterator[threading.Event]:
    """Another connection that has frozen the invoice by raw SQL, without our lock, and not committed; set to commit."""
    frozen, commit, business_id = threading.Event(), threading.Event(), current_business()

    def run() -> None:
        with acting_for(business_id), transaction.atomic(), connection.cursor() as cursor:
            moment = clock.now()
            cursor.execute("UPDATE invoices_invoice SET frozen_at = %s WHERE id = %s", [moment, invoice.pk])
            cursor.execute(
                "INSERT INTO disputes_dispute (id, business_id, number, invoice_id, customer_id, status, opened_at, closed_as,"
                " closed_by, closed_reason, balance_at_opening, currency)"
                " VALUES (%s, %s, 'D-1', %s, %s, 'new', %s, '', '', '', 1, 'USD')",
                [uuid7(), invoice.business_id, invoice.pk, invoice.customer_id, moment],
            )
            frozen.set()
            commit.wait(30)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert frozen.wait(30)
    try:
        yield commit
    finally:
        commit.set()
        thread.join(30)


@pytest.mark.parametrize("statement", ["dial", "plan", "link"])
def test_the_database_waits_for_a_freeze_under_way_and_then_refuses(stage: Stage, statement: str) -> None:
    invoice = stage.owes()
    (attempt,) = stage.plan()
    other = Attempt.objects.create(
        customer=make_customer(stage.firm), number=1, to="+16145550121", planned_for=clock.now()
    )
    link = AttemptInvoice.objects.get(attempt=attempt)
    sql = {
        "dial": f"UPDATE calls_attempt SET status = 'dialing' WHERE id = '{attempt.pk}'",
        "plan": f"UPDATE calls_attempt SET status = 'planned' WHERE id = '{attempt.pk}'",
        "link": "INSERT INTO calls_attemptinvoice (id, business_id, attempt_id, invoice_id, position, dropped_reason)"
        f" VALUES ('{uuid7()}', '{stage.firm.business.pk}', '{other.pk}', '{invoice.pk}', 0, '')",
    }[statement]
    outcome: list[Any] = []

    def run() -> None:
        with acting_for(stage.firm.business.pk):
            try:
                with connection.cursor() as cursor:
                    cursor.execute(sql)
                outcome.append("done")
            except DatabaseError as error:
                outcome.append(str(error).splitlines()[0])
            finally:
                connection.close()

    with freezing(invoice) as commit:
        dialing = threading.Thread(target=run)
        dialing.start()
        dialing.join(0.7)
        assert (dialing.is_alive(), outcome) == (True, [])  # it waits for the freeze
        commit.set()
        dialing.join(30)

    assert outcome == ["this invoice is frozen: nothing may collect on it"]
    assert Attempt.objects.get(pk=attempt.pk).status == "planned"
    assert AttemptInvoice.objects.filter(attempt=other).count() == 0
    assert (link.dropped_at, Call.objects.count()) == (None, 0)


def test_our_own_dial_survives_a_freeze_it_could_not_see(stage: Stage) -> None:
    invoice = stage.owes()
    (attempt,) = stage.plan()

    with freezing(invoice) as commit:
        results: list[Any] = []
        dialing = threading.Thread(
            target=lambda: results.extend(at_once(stage.firm.business.pk, lambda: dial(attempt.pk)))
        )
        dialing.start()
        dialing.join(1.5)
        assert dialing.is_alive()
        commit.set()
        dialing.join(30)

    assert results == ["refused by the database"]
    attempt.refresh_from_db()
    assert (attempt.status, attempt.leased_until) == ("planned", None)
    assert dial(attempt.pk) == "not now"
    assert stage.sim.get("/calls")["calls"] == []
