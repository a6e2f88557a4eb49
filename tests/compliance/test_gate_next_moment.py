"""When the gate opens next: exactly then, and at no minute before."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.facts import DebtorType, Facts, FirmSettings, Flags, ProductFacts
from compliance.gate import decide, first_allowed, is_allowed
from compliance.windows import Clock, every_day, first_minute, instant_of, minute_of, open_minutes, outside, reading
from tests.compliance.gate_facts import (
    NOON,
    RULES,
    a_call,
    a_consumer_call,
    callable_contacts,
    contacts,
    dialed,
    reasons,
    utc,
)

MINUTE = timedelta(minutes=1)
AS_MANY = 120 if os.environ.get("PROOF") == "full" else 40


def opens(facts: Facts) -> datetime | None:
    return decide(facts, RULES).next_allowed_at


@given(st.one_of(callable_contacts(), contacts()), st.randoms(use_true_random=False))
def test_it_is_allowed_at_the_next_moment_and_nothing_between_is(facts: Facts, random: Random) -> None:
    clearance = decide(facts, RULES)

    opening = clearance.next_allowed_at
    assert first_allowed(facts, RULES) == (facts.at if clearance.is_allowed else opening)
    assert is_allowed(facts, RULES) == clearance.is_allowed
    if clearance.is_allowed:
        assert opening is None
    elif opening is None:
        for minutes in (1, 30, *(random.randrange(60 * 24 * 40) for _ in range(20))):
            assert not decide(replace(facts, at=facts.at + minutes * MINUTE), RULES).is_allowed
    else:
        assert opening > facts.at
        assert opening.second == opening.microsecond == 0
        assert decide(replace(facts, at=opening), RULES).is_allowed
        for before in _minutes_between(facts.at, opening, random):
            assert not decide(replace(facts, at=before), RULES).is_allowed


def _minutes_between(at: datetime, opening: datetime, random: Random) -> list[datetime]:
    """The last minutes before, quarters of hours all along (windows change on them), and some at random."""
    first, last = minute_of(at) + 1, minute_of(opening) - 1
    if last < first:
        return []
    quarters = range(first + -first % 15, last + 1, max(15, (last - first) // AS_MANY // 15 * 15))
    chosen = {*range(max(first, last - 20), last + 1), *quarters, *(random.randint(first, last) for _ in range(20))}
    return [instant_of(minute) for minute in sorted(chosen)]


@pytest.mark.parametrize(
    ("phone", "state", "at", "expected"),
    [
        pytest.param("+16075550142", "US-WA", "2026-12-01T15:30", "2026-12-01T17:00", id="Eastern and Pacific"),
        pytest.param(
            "+16075550142", "US-HI", "2026-12-01T15:30", "2026-12-01T19:00", id="Eastern and Hawaii in winter"
        ),
        pytest.param(
            "+16075550142", "US-HI", "2026-07-07T14:30", "2026-07-07T19:00", id="Eastern and Hawaii in summer"
        ),
        pytest.param("+16075550142", "US-AK", "2026-12-01T15:30", "2026-12-01T19:00", id="Eastern and Adak in winter"),
        pytest.param("+16075550142", "US-AK", "2026-07-07T14:30", "2026-07-07T18:00", id="Eastern and Adak in summer"),
        pytest.param("+16145550142", "US-OH", "2027-03-13T17:00", "2027-03-15T13:00", id="over the night of spring"),
        pytest.param("+16145550142", "US-OH", "2026-10-31T17:00", "2026-11-02T14:00", id="over the night of autumn"),
        pytest.param("+16145550142", "US-OH", "2027-12-30T23:00", None, id="open now"),
        pytest.param("+16145550142", "US-OH", "2027-12-31T17:00", "2028-01-03T14:00", id="New Year observed"),
        pytest.param("+16145550142", "US-OH", "2028-02-29T02:00", "2028-02-29T14:00", id="leap day"),
        pytest.param("+16145550142", "US-OH", "2026-11-25T01:30", "2026-11-25T14:00", id="the day before Thanksgiving"),
        pytest.param("+14015550142", "US-RI", "2026-08-08T01:30", "2026-08-11T13:00", id="Victory Day in Rhode Island"),
    ],
)
def test_the_next_moment_respects_every_zone_and_calendar(
    phone: str, state: str, at: str, expected: str | None
) -> None:
    moment = utc(at)

    facts = a_consumer_call(phone=phone, address_state=state, at=moment, due_date=moment.date() - timedelta(days=9))

    assert opens(facts) == (utc(expected) if expected else None)


def test_the_third_day_past_due_is_the_next_moment_of_a_fresh_invoice() -> None:
    assert opens(a_call(due_date=date(2026, 11, 30))) == utc("2026-12-03T14:00")


def test_the_gap_to_the_last_attempt_moves_the_next_moment() -> None:
    friday = utc("2026-12-04T17:00")

    assert opens(a_call(at=friday, history=(dialed(friday - timedelta(days=1)),))) == utc("2026-12-07T14:00")


def test_a_conversation_keeps_a_consumer_quiet_for_seven_days() -> None:
    assert opens(a_consumer_call(history=(dialed(NOON - timedelta(days=4), "conversation"),))) == utc(
        "2026-12-04T14:00"
    )


def test_a_callback_the_person_asked_for_comes_before_the_gap_ends() -> None:
    wanted = utc("2026-12-03T16:00:20")
    facts = a_call(at=utc("2026-12-02T16:00"), history=(dialed(NOON),), flags=Flags(callback_requested_utc=wanted))

    assert opens(facts) == utc("2026-12-03T16:01")
    assert decide(replace(facts, at=wanted), RULES).is_allowed
    assert decide(replace(facts, at=wanted + 30 * MINUTE), RULES).is_allowed
    assert not decide(replace(facts, at=wanted + 31 * MINUTE), RULES).is_allowed


def test_a_callback_at_night_waits_for_the_hours() -> None:
    facts = a_call(
        at=utc("2026-12-02T16:00"),
        history=(dialed(NOON),),
        flags=Flags(callback_requested_utc=utc("2026-12-03T03:00")),
    )

    assert opens(facts) == utc("2026-12-04T14:00")


def test_time_cures_no_dispute() -> None:
    assert opens(a_call(at=utc("2026-12-05T17:00"), product=ProductFacts(invoice_frozen=True))) is None


def test_a_hold_with_an_end_is_cured_by_time_and_one_without_is_not() -> None:
    until = utc("2026-12-08T15:30:10")

    assert opens(a_call(product=ProductFacts(on_hold=True, hold_until=until))) == utc("2026-12-08T15:31")
    assert opens(a_call(product=ProductFacts(on_hold=True))) is None


def test_hours_that_never_meet_have_no_next_moment() -> None:
    facts = a_call(phone="+18085550142", address_state="US-OH", firm=FirmSettings(hours=(time(9), time(12))))

    assert opens(facts) is None


def test_hours_that_meet_only_in_winter_open_when_the_clocks_are_changed() -> None:
    summer = utc("2026-07-07T16:00")
    facts = a_call(
        phone="+18085550142",
        address_state="US-OH",
        at=summer,
        due_date=date(2026, 6, 20),
        firm=FirmSettings(hours=(time(9), time(14, 30))),
    )

    assert opens(facts) == utc("2026-11-02T19:00")


def test_a_debt_that_grows_too_old_while_waiting_is_not_announced() -> None:
    """Ohio bars after six years: due on 1 December 2020, the last day is 1 December 2026."""
    evening = utc("2026-12-02T01:30")

    assert reasons(a_call(at=evening, due_date=date(2020, 12, 1))) == ("HOURS_HOUSE",)
    assert opens(a_call(at=evening, due_date=date(2020, 12, 1))) is None
    assert opens(a_call(at=evening, due_date=date(2020, 12, 2))) == utc("2026-12-02T14:00")


def test_a_due_date_beyond_all_calendars_has_no_next_moment() -> None:
    assert opens(a_call(due_date=date.max)) is None
    assert decide(a_call(due_date=date.min), RULES).reason == "TIME_BARRED"


def test_an_unknown_debtor_waits_like_a_consumer() -> None:
    spoken = (dialed(NOON - timedelta(days=4), "conversation"),)

    assert opens(a_call(debtor_type=DebtorType.UNKNOWN, history=spoken)) == utc("2026-12-04T14:00")


@given(
    st.sampled_from(["America/New_York", "America/Havana", "Australia/Lord_Howe", "America/Adak", "Europe/London"]),
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
)
def test_windows_are_exact_to_the_minute_also_on_days_with_a_changed_clock(
    zone: str, day: date, refused: tuple[int, int]
) -> None:
    spans = outside(*refused)
    clock = Clock(zone, every_day(spans))
    begin, end = first_minute(zone, day.toordinal()), first_minute(zone, day.toordinal() + 1)

    opened = {minute for start, stop in open_minutes(zone, day.toordinal(), spans) for minute in range(start, stop)}

    assert opened == {minute for minute in range(begin, end) if clock.is_open(reading(instant_of(minute), zone))}
    assert {reading(instant_of(minute), zone).ordinal for minute in (begin, end - 1)} == {day.toordinal()}


def test_the_days_on_which_clocks_change_have_23_and_25_hours() -> None:
    spring, autumn = date(2027, 3, 14).toordinal(), date(2026, 11, 1).toordinal()
    zone = "America/New_York"

    assert first_minute(zone, spring + 1) - first_minute(zone, spring) == 23 * 60
    assert first_minute(zone, autumn + 1) - first_minute(zone, autumn) == 25 * 60
    assert minute_of(datetime(1970, 1, 1, 0, 1, 30, tzinfo=UTC)) == 1
