"""Days and hours as customers name them, read from a Wednesday."""

from datetime import date, time

import pytest

from calls.agent.dates import day_named, time_named
from calls.agent.past_days import past_day_named

WEDNESDAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("tomorrow", date(2026, 3, 19)),
        ("tonight", date(2026, 3, 18)),
        ("not today, friday", date(2026, 3, 20)),
        ("not Friday, Monday", date(2026, 3, 23)),
        ("no time today, maybe Friday", date(2026, 3, 20)),
        ("the day after tomorrow", date(2026, 3, 20)),
        ("I'll pay it Friday", date(2026, 3, 20)),
        ("next Friday", date(2026, 3, 27)),
        ("wednesday", date(2026, 3, 25)),
        ("on the 15th", date(2026, 4, 15)),
        ("the twenty third", date(2026, 3, 23)),
        ("March 31", date(2026, 3, 31)),
        ("march third", date(2027, 3, 3)),
        ("the third of april", date(2026, 4, 3)),
        ("in two weeks", date(2026, 4, 1)),
        ("in a couple of days", date(2026, 3, 20)),
        ("3/25", date(2026, 3, 25)),
        ("by the end of the month", date(2026, 3, 31)),
        ("next week", date(2026, 3, 27)),
        ("this weekend", date(2026, 3, 22)),
        ("the first", date(2026, 4, 1)),
        ("mañana", date(2026, 3, 19)),
        ("pasado mañana", date(2026, 3, 20)),
        ("el viernes", date(2026, 3, 20)),
        ("el quince", date(2026, 4, 15)),
        ("20 de marzo", date(2026, 3, 20)),
        ("a fin de mes", date(2026, 3, 31)),
    ],
)
def test_a_day_is_understood_from_today_on(said: str, day: date) -> None:
    assert day_named(said, WEDNESDAY) == day


@pytest.mark.parametrize(
    "said",
    ["soon", "may I ask", "last Friday", "the one thing", "I paid five hundred", "not today", "no, not friday", ""],
)
def test_words_that_name_no_day_name_none(said: str) -> None:
    assert day_named(said, WEDNESDAY) is None


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("after 5", time(17)),
        ("at three thirty", time(15, 30)),
        ("10:15 am", time(10, 15)),
        ("around ten", time(10)),
        ("tomorrow morning", time(10)),
        ("a las cuatro", time(16)),
        ("por la tarde", time(15)),
    ],
)
def test_an_hour_is_understood_in_business_hours(said: str, at: time) -> None:
    assert time_named(said) == at


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("last Tuesday", date(2026, 3, 17)),
        ("two weeks ago", date(2026, 3, 4)),
        ("yesterday", date(2026, 3, 17)),
        ("on the 5th", date(2026, 3, 5)),
        ("la semana pasada", date(2026, 3, 11)),
        ("ayer", date(2026, 3, 17)),
    ],
)
def test_a_payment_lies_in_the_past(said: str, day: date) -> None:
    assert past_day_named(said, WEDNESDAY) == day


def test_the_last_day_of_a_short_month_is_kept() -> None:
    assert day_named("the 31st", date(2026, 4, 2)) == date(2026, 5, 31)
    assert day_named("end of the month", date(2028, 2, 3)) == date(2028, 2, 29)
