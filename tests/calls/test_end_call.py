"""A member ends one call: no further word, the line down, and what was said keeps its consequence."""

from typing import Any

import pytest

from calls.models import Call
from calls.stops import end_call
from disputes.models import Dispute
from tests.calls.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)

TALKER: dict[str, Any] = {
    "pick_up": "Hello?",
    "steps": [{"wait_for": "am i speaking with", "patience": 120}, {"say": "Yes, this is Ana."}, {"silence": 600}],
}


def test_a_member_ends_a_call_that_is_being_spoken_on(stage: Stage) -> None:
    invoice = stage.owes()
    stage.sim.post("/scenarios", number=invoice.customer.contacts.get().phone, script=TALKER)
    attempt = stage.call(invoice)
    call = stage.until(lambda: Call.objects.filter(status="in-progress", lines__speaker="agent").first())

    assert end_call(call.pk, by=stage.firm.owner) is True
    ended = stage.over(attempt)

    assert ended.status == "completed"
    assert attempt.ended_because == "ended_by_member"
    said = stage.spoken(ended)
    assert end_call(call.pk, by=stage.firm.owner) is False
    assert stage.spoken(ended) == said
    assert Dispute.objects.count() == 0
