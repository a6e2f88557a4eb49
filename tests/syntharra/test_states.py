"""A row moves only where its table says, and only from where it still is."""

import pytest

from notifications.models import Message
from syntharra.clock import now
from syntharra.states import IllegalMove
from tests.cast import Firm, make_customer


def letter(firm: Firm) -> Message:
    return Message.objects.create(
        purpose="service", channel="email", letter="stop_confirmation", key="k", customer=make_customer(firm),
        to="a@b.example", correlation="c", owed_at=now(), due_at=now(),
    )  # fmt: skip


def test_a_move_changes_the_row_and_what_goes_with_it(plumber: Firm) -> None:
    message = letter(plumber).move("sending").move("sent", outcome="accepted")

    stored = Message.objects.get()
    assert (message.status, stored.status, stored.outcome) == ("sent", "sent", "accepted")


def test_what_is_over_stays_over(plumber: Firm) -> None:
    message = letter(plumber).move("sending").move("sent")

    with pytest.raises(IllegalMove, match="cannot go from sent to queued"):
        message.move("queued")

    assert Message.objects.get().status == "sent"


def test_of_two_who_hold_the_same_row_only_one_moves_it(plumber: Firm) -> None:
    mine = letter(plumber)
    yours = Message.objects.get()
    mine.move("sending")

    with pytest.raises(IllegalMove, match="no longer queued"):
        yours.move("withdrawn")

    assert Message.objects.get().status == "sending"
