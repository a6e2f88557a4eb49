"""Ending calls that ring or speak: after a freeze, by the kill switch, and when a machine has answered."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Business
from calls import hangups, stops, tasks
from calls.dialing import dial
from calls.models import Attempt, Call
from calls.settling import tell_of
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from integrations.errors import Throttled
from invoices.models import Invoice
from notifications.models import Duty
from notifications.outbox import Later
from syntharra import clock
from tests.calls.stage import Stage
from tests.cast import Firm

# Slow enough that what rings still rings when it is ended.
pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("carrier", [3.0], indirect=True, ids=[""])]
# The simulated customer lets it ring for so long (seconds of the call).
RINGS = {"answer_after": 20_000.0}


def ringing(stage: Stage, phone: str = "+16145550120") -> Attempt:
    invoice = stage.owes("promises", phone=phone, line=RINGS)
    (attempt,) = [a for a in stage.plan() if a.customer_id == invoice.customer_id]
    assert dial(attempt.pk) == "dialing"
    stage.sim.wait_for(Call.objects.get(attempt=attempt).sid, "ringing")
    return Attempt.objects.get(pk=attempt.pk)


def dispute(attempt: Attempt, **fields: Any) -> list[Dispute]:
    claim = NewClaim(**{"source": "member", "source_key": "m", "words": "never finished"} | fields)
    return open_dispute(*attempt.about.values_list("invoice_id", flat=True), claim=claim)


def carried_out(kind: str) -> list[str]:
    return list(Duty.objects.filter(kind=kind).exclude(done_at=None).values_list("outcome", flat=True))


def test_a_freeze_cancels_the_telephone_that_rings(carrier: Stage) -> None:
    attempt = ringing(carrier)
    dispute(attempt)

    carrier.work()

    call = Call.objects.get()
    assert (call.status, carrier.sim.call(call.sid)["status"]) == ("canceled", "canceled")
    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because, attempt.counted) == ("ended", "DISPUTE_OPEN", True)
    assert carried_out("stop_calls") == ["ended 1"]


def test_the_line_the_dispute_was_said_on_is_spared(carrier: Stage) -> None:
    attempt = ringing(carrier)
    call = Call.objects.get()
    dispute(attempt, source="call", source_key=str(call.pk), evidence={"call": str(call.pk)})

    carrier.work()

    assert carried_out("stop_calls") == ["ended 0"]
    assert carrier.sim.call(call.sid)["status"] == "ringing"


def test_a_line_of_another_customer_rings_on(carrier: Stage) -> None:
    disputed, other = ringing(carrier), ringing(carrier, "+16145550121")
    dispute(disputed)

    carrier.work()

    assert Attempt.objects.get(pk=other.pk).status == "dialing"


def test_what_the_carrier_never_answered_about_stays_owed_until_it_is_found(carrier: Stage) -> None:
    invoice = carrier.owes("promises", line=RINGS)
    (attempt,) = carrier.plan()
    carrier.sim.post("/faults", kind="lost_response")
    assert dial(attempt.pk) == "unknown"
    dispute(attempt)
    duty = Duty.objects.get(kind="stop_calls")

    with pytest.raises(Later):
        stops.stop_calls(duty)

    (asked,) = carrier.sim.get("/calls")["calls"]
    tell_of(attempt.pk, asked["sid"], "ringing")  # any webhook of the call binds it
    carrier.work()
    assert carrier.sim.call(asked["sid"])["status"] == "canceled"
    assert Invoice.objects.get(pk=invoice.pk).frozen_at is not None


def test_a_carrier_that_does_not_answer_is_asked_again(carrier: Stage, settings: Any) -> None:
    attempt = ringing(carrier)
    dispute(attempt)
    there = settings.SIMULATORS_URL
    settings.SIMULATORS_URL = "http://127.0.0.1:9"

    carrier.work()

    duty = Duty.objects.get(kind="stop_calls")
    assert (duty.done_at, duty.outcome) == (None, "1 of 1 lines are still open")
    settings.SIMULATORS_URL = there
    Duty.objects.update(due_at=clock.now())
    carrier.work()
    assert carried_out("stop_calls") == ["ended 1"]


def test_a_line_the_carrier_says_nothing_about_keeps_no_other_ringing(
    carrier: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ringing(carrier), ringing(carrier, "+16145550121")
    hang_up = stops._hang_up

    def busy_at_first(attempt: Attempt, sid: str) -> bool:
        if attempt.pk == first.pk:
            raise Throttled("asked too often")
        return hang_up(attempt, sid)

    monkeypatch.setattr(stops, "_hang_up", busy_at_first)
    stops.stop_business(carrier.firm.business, by=carrier.firm.owner)

    with pytest.raises(Later, match="1 of 2 lines"):
        stops.stop_calls(Duty.objects.get(kind="stop_calls"))

    assert Attempt.objects.get(pk=second.pk).status == "ended"


def test_a_call_that_is_over_already_is_no_trouble(carrier: Stage) -> None:
    attempt = ringing(carrier)
    call = Call.objects.get()
    dispute(attempt)
    carrier.sim.post("/faults", kind="reject", on="calls.update", status=400, code=21220, message="not in-progress")

    carrier.work()
    carrier.work()

    assert carrier.sim.call(call.sid)["status"] in ("ringing", "canceled")


def test_the_kill_switch_ends_every_line_of_the_business(carrier: Stage) -> None:
    first, second = ringing(carrier), ringing(carrier, "+16145550121")

    stopped = stops.stop_business(carrier.firm.business, by=carrier.firm.owner)
    carrier.work()

    assert stopped.stopped_at is not None
    assert {a.status for a in Attempt.objects.filter(pk__in=[first.pk, second.pk])} == {"ended"}
    assert set(Attempt.objects.values_list("ended_because", flat=True)) == {"BUSINESS_STOPPED"}
    assert {call["status"] for call in carrier.sim.get("/calls")["calls"]} == {"canceled"}


def test_a_sweep_ends_the_lines_of_a_business_stopped_without_a_bell(carrier: Stage) -> None:
    ringing(carrier)
    Business.objects.filter(pk=carrier.firm.business.pk).update(stopped_at=clock.now())

    tasks.sweep_unfinished()
    tasks.sweep_unfinished()
    carrier.work()

    assert Attempt.objects.get().status == "ended"
    assert Duty.objects.filter(kind="stop_calls").count() == 1


def test_the_other_business_is_not_stopped_with_it(carrier: Stage, rival: Firm) -> None:
    ringing(carrier)
    from syntharra.tenancy import acting_for

    with acting_for(rival.business.pk):
        stops.stop_business(rival.business, by=rival.owner)
        carrier.work()

    assert Attempt.objects.get().status == "dialing"


def test_a_call_whose_callbacks_were_lost_is_asked_for_in_the_end(carrier: Stage) -> None:
    carrier.owes("busy")
    (attempt,) = carrier.plan()
    dial(attempt.pk)
    call = Call.objects.get()
    carrier.sim.wait_for(call.sid, "busy")
    assert tasks.settle(str(carrier.firm.business.pk), str(attempt.pk)) == "as it was"  # it might still ring

    long_ago = clock.machine_now() - timedelta(seconds=700)
    Attempt.objects.filter(pk=attempt.pk).update(posted_at=long_ago, leased_until=None)

    assert tasks.settle(str(carrier.firm.business.pk), str(attempt.pk)) == "fetched"
    attempt.refresh_from_db()
    assert (Call.objects.get().status, attempt.status, attempt.disposition) == ("busy", "ended", "busy")


def test_nobody_listening_is_no_trouble(carrier: Stage, settings: Any) -> None:
    attempt = ringing(carrier)

    hangups.tell(attempt.pk, "DISPUTE_OPEN")

    assert Attempt.objects.get(pk=attempt.pk).status == "dialing"
