"""What counts as recovered: cash that followed a conversation, and nothing else."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from billing.rules import Contact, DisputeTime, Receipt, judge

CALL = UUID(int=7)
SPOKE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # Tuesday, 10:00 in Columbus
ZONE = "America/New_York"


def receipt(day: date, hour: int | None = None, **fields: bool) -> Receipt:
    known = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) if hour is not None else None
    return Receipt(day, known, **fields)


@pytest.mark.parametrize(
    ("money", "rule"),
    [
        (receipt(date(2026, 11, 25)), "within_90_days"),
        (receipt(date(2026, 11, 24), 16), "within_90_days"),
        (receipt(date(2026, 11, 24), 14), "same_day_unproven"),
        (receipt(date(2026, 11, 24)), "same_day_unproven"),
        (receipt(date(2026, 11, 23), 23), "before_contact"),
        (receipt(date(2027, 2, 22)), "within_90_days"),
        (receipt(date(2027, 2, 23)), "too_late"),
        (receipt(date(2026, 11, 25), is_cash=False), "credit"),
    ],
)
def test_when_the_money_came_decides(money: Receipt, rule: str) -> None:
    assert judge(money, [Contact(CALL, SPOKE)], [], ZONE).rule == rule


def test_without_a_conversation_nothing_was_recovered() -> None:
    assert judge(receipt(date(2026, 11, 25)), [], [], ZONE).rule == "no_contact"


def test_money_he_said_he_had_already_sent_is_not_ours() -> None:
    contact = Contact(CALL, SPOKE, said_already_sent=True)

    assert judge(receipt(date(2026, 11, 27)), [contact], [], ZONE).rule == "said_already_sent"


@pytest.mark.parametrize(
    ("closed", "rule"),
    [
        (None, "dispute_live"),
        (datetime(2026, 11, 26, 15, tzinfo=UTC), "dispute_live"),
        (datetime(2026, 11, 24, 16, tzinfo=UTC), "within_90_days"),
    ],
)
def test_money_that_arrives_while_a_dispute_is_live_is_not_a_recovery(closed: datetime | None, rule: str) -> None:
    dispute = DisputeTime(SPOKE, closed)

    assert judge(receipt(date(2026, 11, 25)), [Contact(CALL, SPOKE)], [dispute], ZONE).rule == rule


def test_money_the_books_knew_of_before_we_spoke_was_on_its_way_without_us() -> None:
    money = Receipt(date(2026, 11, 25), datetime(2026, 11, 24, 14, tzinfo=UTC))

    assert judge(money, [Contact(CALL, SPOKE)], [], ZONE).rule == "before_contact"


def test_what_he_said_he_had_sent_stays_his_also_after_another_talk() -> None:
    again = Contact(UUID(int=8), datetime(2026, 12, 4, 15, tzinfo=UTC))
    said = Contact(CALL, SPOKE, said_already_sent=True)

    assert judge(receipt(date(2026, 12, 9)), [said, again], [], ZONE).rule == "said_already_sent"


def test_the_last_conversation_before_the_money_is_the_one_that_counts() -> None:
    later = Contact(UUID(int=8), datetime(2026, 12, 1, 15, 0, tzinfo=UTC))
    after = Contact(UUID(int=9), datetime(2026, 12, 9, 15, 0, tzinfo=UTC))

    verdict = judge(receipt(date(2026, 12, 2)), [after, Contact(CALL, SPOKE), later], [], ZONE)

    assert (verdict.rule, verdict.contact) == ("within_90_days", UUID(int=8))


def test_what_the_books_know_of_in_the_very_second_of_the_dispute_came_while_it_was_live() -> None:
    opened = datetime(2026, 11, 25, 16, 0, 0, 700_000, tzinfo=UTC)

    found = judge(receipt(date(2026, 11, 25), 16), [Contact(CALL, SPOKE)], [DisputeTime(opened, None)], ZONE)
    earlier = judge(receipt(date(2026, 11, 25), 15), [Contact(CALL, SPOKE)], [DisputeTime(opened, None)], ZONE)

    assert (found.rule, earlier.rule) == ("dispute_live", "within_90_days")
