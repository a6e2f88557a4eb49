"""A relay killed after it wrote down where it stood and before it committed what it had decided: none of it is lost."""

from typing import Any

import pytest

from accounts.models import ActivityLine
from calls import notes
from calls.dialogue import Dialogue, Turn
from calls.models import Attempt, Call
from calls.opened import open_line
from calls.undone import KEY
from calls.wrapup import wrap_up
from compliance.models import Suppression
from disputes.models import Claim, Dispute
from invoices.models import Invoice
from tests.calls.stage import to_tuesday
from tests.calls.telephone import answered
from tests.cast import Firm, make_invoice

pytestmark = pytest.mark.django_db(transaction=True)
DISPUTE, OPT_OUT = "I dispute this bill, you never finished the job", "stop calling me, never call me again"


@pytest.fixture
def attempt(plumber: Firm) -> Attempt:
    to_tuesday()
    return answered(make_invoice(plumber))


def killed_after(attempt: Attempt, *texts: str) -> tuple[Dialogue, Turn]:
    """These words were heard, the page was written, and nothing after it happened."""
    line = open_line(attempt.pk)
    assert line is not None
    moment = [0.0]
    dialogue, turn = Dialogue(line, lambda: moment[0]), None
    dialogue.open(line)
    for text in texts:
        moment[0] += 30
        turn = dialogue.take({"type": "prompt", "voicePrompt": text, "last": True})
    assert turn is not None
    notes.write(line.call_id, dialogue.page())
    return dialogue, turn


def kept() -> Any:
    return Call.objects.get().agent_state[KEY]


def test_a_dispute_written_down_and_not_committed_is_opened_when_the_call_is_wrapped_up(attempt: Attempt) -> None:
    killed_after(attempt, DISPUTE)
    assert Dispute.objects.count() == 0

    assert wrap_up(attempt.pk)
    assert not wrap_up(attempt.pk)

    claim = Claim.objects.get()
    assert (Dispute.objects.count(), claim.words, Call.objects.get().disposition) == (1, DISPUTE, "dispute")
    assert "rule_ids" in claim.evidence  # how the words were understood is not lost either
    assert Invoice.objects.get().frozen_at is not None
    assert kept() == []


def test_an_opt_out_written_down_and_not_committed_binds_when_the_call_is_wrapped_up(attempt: Attempt) -> None:
    killed_after(attempt, OPT_OUT)
    assert Suppression.objects.count() == 0

    wrap_up(attempt.pk)

    assert (Suppression.objects.get().words, Call.objects.get().disposition) == (OPT_OUT, "opt_out")


@pytest.mark.parametrize(("text", "rows"), [(DISPUTE, Dispute), (OPT_OUT, Suppression)])
def test_it_is_committed_before_the_line_goes_on_with_another_relay(attempt: Attempt, text: str, rows: Any) -> None:
    killed_after(attempt, text)

    line = open_line(attempt.pk)

    assert line is not None
    assert line.state is not None
    assert (rows.objects.count(), kept()) == (1, [])
    open_line(attempt.pk)
    wrap_up(attempt.pk)
    assert rows.objects.count() == 1


def test_what_is_committed_is_not_written_down_again(attempt: Attempt) -> None:
    dialogue, turn = killed_after(attempt, DISPUTE)
    assert [entry["act"] for entry in kept()][-1] == "Freeze"

    dialogue.done(turn)
    notes.write(Call.objects.get().pk, dialogue.page())

    assert kept() == []


def test_a_call_that_is_over_still_gives_up_what_was_decided_on_it(attempt: Attempt) -> None:
    killed_after(attempt, DISPUTE)
    Attempt.objects.filter(pk=attempt.pk).update(status="ended")

    assert not wrap_up(attempt.pk)
    assert Dispute.objects.count() == 1


def test_what_nobody_can_read_keeps_nothing_else_back(attempt: Attempt) -> None:
    killed_after(attempt, DISPUTE)
    call = Call.objects.get()
    call.agent_state[KEY].insert(0, {"act": "Freeze", "facts": "{}", "evidence": {}})
    Call.objects.update(agent_state=call.agent_state)

    wrap_up(attempt.pk)

    assert Dispute.objects.count() == 1
    assert ActivityLine.objects.filter(verb="froze").count() == 1
