"""The one table of what follows from a call."""

from calls.agent.outcomes import OUTCOMES, Disposition, Hold, NextAttempt, markdown
from disputes.hearing import Intent

NOT_RESULTS = {Intent.CONFIRM_IDENTITY_NO, Intent.CONFIRM_IDENTITY_YES, Intent.ARE_YOU_A_BOT}


def test_every_disposition_has_its_consequence() -> None:
    assert set(OUTCOMES) == set(Disposition)


def test_every_meaning_that_can_end_a_call_is_a_disposition_of_the_same_name_and_rank() -> None:
    meanings = [intent.value for intent in Intent if intent not in NOT_RESULTS]

    assert [one.value for one in Disposition][: len(meanings)] == meanings


def test_what_must_never_be_called_again_is_suppressed() -> None:
    suppressed = {one.disposition.value: one.suppression for one in OUTCOMES.values() if one.suppression}

    assert suppressed == {
        name: name for name in ("attorney_represented", "bankruptcy", "deceased", "opt_out", "wrong_number")
    }


def test_a_dispute_is_frozen_and_never_called_again_by_itself() -> None:
    outcome = OUTCOMES[Disposition.DISPUTE]

    assert (outcome.hold, outcome.next_attempt, outcome.message) == (Hold.FROZEN, NextAttempt.NEVER, "acknowledgement")


def test_a_line_that_was_never_reached_does_not_count_as_an_attempt() -> None:
    assert {one.disposition.value for one in OUTCOMES.values() if not one.attempt} == {"failed"}


def test_the_page_lists_every_disposition_once() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| `")]

    assert [row.split("`")[1] for row in rows].count("dispute") == 1
    assert len(rows) == len(Disposition)
    assert {row.split("`")[1] for row in rows} == {one.value for one in Disposition}
