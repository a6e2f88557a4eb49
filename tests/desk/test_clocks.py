"""The clocks of a dispute in words, at each point of their run."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from desk.clocks import business_days_after, clocks, next_clock, span
from disputes.models import Dispute
from notifications.models import Message

OPENED = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)  # Tuesday, 9:05 am in Columbus


def dispute(**fields: object) -> Dispute:
    return Dispute(opened_at=OPENED, **fields)


def seen(
    found: Dispute, *, after: timedelta, letter: Message | None = None, address: bool = True
) -> list[tuple[str, str]]:
    with time_machine.travel(OPENED + after, tick=False), timezone.override("America/New_York"):
        return [(clock.state, clock.words) for clock in clocks(found, letter=letter, has_address=address)]


@pytest.fixture(autouse=True)
def no_sandbox(live: None, some_business: None) -> None:
    """Business time is the machine's."""


def test_clocks_run_until_they_are_met() -> None:
    found = dispute(owner_told_at=OPENED + timedelta(seconds=4))

    assert seen(found, after=timedelta(hours=2)) == [
        ("met", "after 4 seconds"),
        ("running", "by Wed, 9:05\u00a0am"),
        ("running", "by Dec 2"),
    ]


def test_a_clock_that_ran_out_says_how_late_it_is() -> None:
    assert seen(dispute(), after=timedelta(days=10))[:2] == [("late", "9 days late"), ("late", "9 days late")]


def test_a_clock_met_too_late_stays_late() -> None:
    assert seen(dispute(owner_told_at=OPENED + timedelta(hours=2)), after=timedelta(days=1))[0] == (
        "late",
        "after 2 hours",
    )


def test_without_an_address_the_acknowledgement_is_a_letter() -> None:
    assert seen(dispute(), after=timedelta(hours=1), address=False)[1] == ("none", "no e-mail address: post a letter")


def test_an_acknowledgement_the_law_forbids_says_so() -> None:
    refused = Message(status="refused", outcome="asked for no contact")

    assert seen(dispute(), after=timedelta(hours=1), letter=refused)[1] == (
        "none",
        "not permitted: asked for no contact",
    )


def test_business_days_skip_the_weekend_and_thanksgiving() -> None:
    with timezone.override("America/New_York"):
        assert business_days_after(OPENED, 5) == datetime(2026, 12, 2, 14, 5, tzinfo=UTC)


def test_the_next_clock_is_the_acknowledgement_until_it_is_sent() -> None:
    with time_machine.travel(OPENED + timedelta(hours=1), tick=False), timezone.override("America/New_York"):
        assert next_clock(dispute()).name == "Acknowledgement"
        assert next_clock(dispute(acknowledged_at=OPENED)).name == "Your decision"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (61, "1 minute"),
        (7200, "2 hours"),
        (86_400 * 3, "3 days"),
    ],
)
def test_a_length_of_time_is_said_in_its_largest_unit(length: int, words: str) -> None:
    assert span(timedelta(seconds=length)) == words
