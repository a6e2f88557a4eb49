"""Killed with -9 at each step between claimed and ended: nobody's telephone rings twice, and no dispute is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings

from calls.models import Attempt, Call
from disputes.models import Claim, Dispute
from invoices.models import Invoice
from syntharra import clock
from tests.calls.processes import Wire, free_port, relay, wait_for, worker
from tests.calls.stage import Stage, patient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@pytest.fixture
def wire(stage: Stage, settings: Any) -> Iterator[Wire]:
    """The worker reaches the carrier through this."""
    made = Wire(stage.simulators)
    settings.SIMULATORS_URL = made.url
    yield made
    made.close()


@contextmanager
def customer_held(invoice: Invoice) -> Iterator[psycopg.Connection]:
    """Somebody else is at work with this customer until the block ends: whoever wants to decide about him waits."""
    owner = django_settings.DATABASES["owner"]
    with psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=owner["NAME"],
    ) as other:
        other.execute("SELECT 1 FROM invoices_customer WHERE id = %s FOR UPDATE", [invoice.customer_id])
        yield other
        other.rollback()


def fresh() -> Attempt:
    return Attempt.objects.get()


def long_ago(seconds: float) -> None:
    """The lease is over, and the request left so long ago."""
    past = clock.machine_now() - timedelta(seconds=seconds)
    Attempt.objects.filter(leased_until__isnull=False).update(leased_until=past)
    Attempt.objects.exclude(posted_at=None).update(posted_at=past)


def asked(stage: Stage) -> list[Any]:
    return list(stage.sim.get("/calls")["calls"])


def rang_once(stage: Stage) -> bool:
    rings = stage.sim.get("/rings")
    return len(rings["rings"]) == 1 and rings["repeated_urls"] == {} and rings["overlapping"] == []


def test_killed_after_claiming_the_call_is_made_later_and_once(stage: Stage, wire: Wire) -> None:
    invoice = stage.owes("busy")
    stage.plan()
    with customer_held(invoice), worker(stage.firm.business.pk) as first:
        wait_for(lambda: fresh().leased_until)
        first.kill()
    assert (fresh().status, asked(stage)) == ("planned", [])

    with worker(stage.firm.business.pk):
        wait_for(lambda: fresh().status == "ended")

    assert (fresh().disposition, rang_once(stage)) == ("busy", True)


def test_killed_before_the_request_reached_the_carrier_nobody_is_rung_and_nobody_asks_again(
    stage: Stage, wire: Wire
) -> None:
    stage.owes("busy")
    stage.plan()
    wire.holds = "requests"
    with worker(stage.firm.business.pk) as first:
        wait_for(lambda: wire.held == 1)
        first.kill()
    wire.passes()
    assert (fresh().status, fresh().posted_at is not None) == ("dialing", True)
    long_ago(130)

    with worker(stage.firm.business.pk):
        wait_for(lambda: fresh().status == "ended")

    assert (fresh().ended_because, fresh().counted) == ("lost", True)
    assert (asked(stage), stage.sim.rings()) == ([], [])


def test_killed_while_the_answer_was_on_its_way_the_call_is_found_and_finished(stage: Stage, wire: Wire) -> None:
    stage.owes("busy")
    stage.plan()
    wire.holds = "answers"
    with worker(stage.firm.business.pk) as first:
        wait_for(lambda: wire.held == 1)
        first.kill()
    wire.passes()
    long_ago(6)

    with worker(stage.firm.business.pk):
        wait_for(lambda: fresh().status == "ended")

    assert (fresh().disposition, Call.objects.get().sid, rang_once(stage)) == ("busy", asked(stage)[0]["sid"], True)


def test_killed_before_the_answer_was_written_down_the_call_is_found_and_finished(stage: Stage, wire: Wire) -> None:
    invoice = stage.owes("busy")
    stage.plan()
    wire.holds = "answers"
    with worker(stage.firm.business.pk) as first:
        wait_for(lambda: wire.held == 1)
        with customer_held(invoice):
            wire.passes()
            wait_for(lambda: _waits_for_a_lock())
            first.kill()
    assert fresh().status == "dialing"
    long_ago(6)

    with worker(stage.firm.business.pk):
        wait_for(lambda: fresh().status == "ended")

    assert (fresh().disposition, Call.objects.get().sid, rang_once(stage)) == ("busy", asked(stage)[0]["sid"], True)


def _waits_for_a_lock() -> bool:
    owner = django_settings.DATABASES["owner"]
    with psycopg.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=owner["NAME"],
    ) as other:
        waiting = other.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return waiting is not None and waiting[0] > 0


def test_killed_while_the_customer_disputes_the_dispute_is_kept_and_told(stage: Stage, wire: Wire) -> None:
    stage.owes("disputes_plainly")
    stage.plan()
    with worker(stage.firm.business.pk) as first:
        wait_for(lambda: Call.objects.filter(status="in-progress").exists(), 60)
        first.kill()
    wait_for(lambda: Dispute.objects.exists(), 60)  # the relay needs no worker to freeze

    with worker(stage.firm.business.pk):
        wait_for(lambda: fresh().status == "ended" and Call.objects.get().status == "completed", 60)

    assert (Dispute.objects.count(), Call.objects.get().disposition, rang_once(stage)) == (1, "dispute", True)
    assert Invoice.objects.get().frozen_at is not None


def test_a_relay_killed_in_the_middle_of_the_objection_loses_no_dispute(stage: Stage, settings: Any) -> None:
    port = free_port()
    settings.RELAY_URL = f"ws://127.0.0.1:{port}"
    script = patient("disputes_plainly")
    script["steps"][-1]["say"] = (
        "I'm disputing this, the roof still leaks and nobody ever came back to look at it or called us."
    )
    invoice = stage.owes()
    stage.sim.post("/scenarios", number="+16145550120", script=script)
    with relay(port) as first:
        attempt = stage.call(invoice)
        partial = Call.objects.filter(lines__partial=True, lines__state="pause")
        stage.until(partial.exists, timeout=60)
        first.kill()
    assert Dispute.objects.count() == 0

    call = stage.over(attempt)

    assert (Dispute.objects.count(), call.disposition) == (1, "dispute")
    assert "disputing" in Claim.objects.get().words
    assert Invoice.objects.get().frozen_at is not None
    assert call.stopped_line is not None
    after = call.lines.filter(speaker="agent", position__gt=call.stopped_line).values_list("text", flat=True)
    assert not any("$" in text or "due on" in text for text in after)
    assert rang_once(stage)
