"""Hours and days: law, house and sales-call rules apart, on every clock, for every purpose and channel."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.facts import Channel, DebtorType, Facts, FirmSettings, Flags, LineType, Purpose, Role
from compliance.gate import decide
from compliance.windows import common, merged, outside
from tests.compliance.gate_facts import RULES, a_call, a_consumer_call, reasons, utc

NOT_COLLECTING = (Purpose.DISPUTE, Purpose.SERVICE, Purpose.LEGAL)


def at_local(facts: Facts, clock: str, zone: str = "America/New_York", day: date = date(2026, 12, 1)) -> Facts:
    return replace(facts, at=datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("07:59", ("HOURS_LAW", "HOURS_HOUSE", "HOURS_OVERLAY")),
        ("08:00", ("HOURS_HOUSE",)),
        ("08:59:59", ("HOURS_HOUSE",)),
        ("09:00", ("OK",)),
        ("19:59:59", ("OK",)),
        ("20:00", ("HOURS_HOUSE",)),
        ("20:59:59", ("HOURS_HOUSE",)),
        ("21:00", ("HOURS_LAW", "HOURS_HOUSE", "HOURS_OVERLAY")),
    ],
)
def test_windows_are_half_open(clock: str, expected: tuple[str, ...]) -> None:
    assert reasons(at_local(a_consumer_call(), clock)) == expected


@pytest.mark.parametrize(
    ("state", "role", "bound"),
    [
        ("US-OH", Role.THIRD_PARTY, True),
        ("US-OH", Role.FIRST_PARTY, False),
        *((state, Role.FIRST_PARTY, True) for state in ("US-CA", "US-CT", "US-DC", "US-FL", "US-MA", "US-PA", "US-WV")),
    ],
)
def test_creditors_keep_the_hours_of_the_states_that_bind_them(state: str, role: Role, bound: bool) -> None:
    facts = at_local(a_consumer_call(address_state=state, role=role), "07:30")

    assert ("HOURS_LAW" in reasons(facts)) is bound
    assert "HOURS_LAW" not in reasons(replace(facts, debtor_type=DebtorType.BUSINESS))


@pytest.mark.parametrize("debtor_type", DebtorType)
@pytest.mark.parametrize("purpose", [Purpose.COLLECT, *NOT_COLLECTING])
def test_california_closes_the_early_morning_to_automated_voices_whoever_is_called(
    debtor_type: DebtorType, purpose: Purpose
) -> None:
    facts = a_call(phone="+19165550142", address_state="US-CA", debtor_type=debtor_type, purpose=purpose)

    early = at_local(facts, "08:30", "America/Los_Angeles")

    assert "HOURS_AUTOMATED_LAW" in reasons(early)
    assert "HOURS_AUTOMATED_LAW" not in reasons(replace(early, channel=Channel.SMS))
    assert "HOURS_AUTOMATED_LAW" not in reasons(at_local(facts, "09:00", "America/Los_Angeles"))


def test_californias_automated_hours_look_at_californias_clock_alone() -> None:
    facts = a_call(phone="+16145550142", address_state="US-CA")

    late_in_ohio = at_local(facts, "21:30")  # 18:30 in California

    assert reasons(late_in_ohio) == ("HOURS_HOUSE", "HOURS_OVERLAY")


@pytest.mark.parametrize(
    ("state", "clock", "closed"),
    [
        ("US-KY", "09:30", True),
        ("US-KY", "10:00", False),
        ("US-RI", "17:59", False),
        ("US-RI", "18:00", True),
        ("US-CT", "09:00", False),
        ("US-NV", "19:59", False),
    ],
)
def test_sales_call_hours_are_kept_by_choice(state: str, clock: str, closed: bool) -> None:
    zone = "America/Los_Angeles" if state == "US-NV" else "America/New_York"
    area = next(code for code, area in RULES.file.area_codes.items() if area.place == state and area.zones == (zone,))
    facts = at_local(a_call(phone=f"+1{area}5550142", address_state=None), clock, zone)

    clearance = decide(facts, RULES)

    assert clearance.all_reasons == (("HOURS_OVERLAY",) if closed else ("OK",))
    assert clearance.law_only.decision == "allowed"


@pytest.mark.parametrize("state", ["US-AL", "US-LA", "US-MS", "US-RI", "US-UT", "US-SD"])
def test_a_sunday_without_sales_calls_is_a_closed_day(state: str) -> None:
    facts = a_call(phone="+18005550142", address_state=state, at=utc("2026-12-06T18:00"))

    assert reasons(facts) == ("WEEKEND_HOUSE", "STATE_CLOSED_DAY_OVERLAY")


def test_louisianas_own_list_of_days_is_closed() -> None:
    facts = a_call(phone="+15045550142", address_state="US-LA", due_date=date(2026, 12, 20))

    assert reasons(replace(facts, at=utc("2027-01-08T18:00"))) == ("STATE_CLOSED_DAY_OVERLAY",)
    assert reasons(replace(facts, at=utc("2027-01-19T18:00"))) == ("STATE_CLOSED_DAY_OVERLAY",)
    assert reasons(replace(facts, at=utc("2027-01-20T18:00"))) == ("OK",)


def test_weekend_holiday_and_hour_are_all_named() -> None:
    facts = a_consumer_call(due_date=date(2026, 6, 1))

    assert reasons(replace(facts, at=utc("2026-07-05T02:00"))) == (  # Saturday, Independence Day, 22:00
        *("HOURS_LAW", "HOLIDAY_FEDERAL_HOUSE", "WEEKEND_HOUSE", "HOURS_HOUSE", "HOURS_OVERLAY"),
    )


@pytest.mark.parametrize("purpose", NOT_COLLECTING)
def test_texts_of_any_purpose_keep_the_hours_of_the_house_and_not_its_days(purpose: Purpose) -> None:
    text = a_call(channel=Channel.SMS, purpose=purpose)

    assert reasons(at_local(text, "08:59")) == ("HOURS_HOUSE",)
    assert reasons(at_local(text, "20:00")) == ("HOURS_HOUSE",)
    assert reasons(at_local(text, "09:00", day=date(2026, 12, 6))) == ("OK",)
    assert reasons(at_local(replace(text, firm=FirmSettings(hours=(time(12), time(13)))), "09:00")) == ("OK",)


@pytest.mark.parametrize("purpose", NOT_COLLECTING)
def test_emails_that_ask_for_no_money_keep_the_laws_hours_where_it_has_any(purpose: Purpose) -> None:
    night, sunday = "23:00", date(2026, 12, 6)
    to_business = a_call(channel=Channel.EMAIL, purpose=purpose)
    to_consumer = replace(to_business, debtor_type=DebtorType.CONSUMER)

    assert reasons(at_local(to_business, night, day=sunday)) == ("OK",)
    assert reasons(at_local(to_consumer, night, day=sunday)) == ("HOURS_LAW",)
    assert reasons(at_local(to_consumer, "08:00", day=sunday)) == ("OK",)
    assert reasons(at_local(replace(to_consumer, role=Role.FIRST_PARTY), night)) == ("OK",)


def test_florida_leaves_the_night_to_emails() -> None:
    facts = a_consumer_call(
        phone="+13055550142", address_state="US-FL", role=Role.FIRST_PARTY, channel=Channel.EMAIL, purpose=Purpose.LEGAL
    )

    assert reasons(at_local(facts, "23:00")) == ("OK",)
    assert reasons(at_local(replace(facts, channel=Channel.SMS), "23:00")) == ("HOURS_LAW", "HOURS_HOUSE")
    assert reasons(at_local(replace(facts, address_state="US-MA"), "23:00")) == ("HOURS_LAW",)


def test_collecting_emails_keep_hours_and_days_of_the_house_but_no_attempts() -> None:
    email = a_call(channel=Channel.EMAIL, due_date=date(2026, 12, 1))

    assert reasons(email) == ("OK",)
    assert reasons(at_local(email, "08:59")) == ("HOURS_HOUSE",)
    assert reasons(at_local(email, "12:00", day=date(2026, 12, 5))) == ("WEEKEND_HOUSE",)
    assert reasons(at_local(email, "12:00", day=date(2026, 12, 25))) == ("HOLIDAY_FEDERAL_HOUSE",)


def test_nobody_is_rung_at_night_even_where_no_law_says_so() -> None:
    service_call = a_call(purpose=Purpose.SERVICE)

    assert reasons(at_local(service_call, "07:59")) == ("HOURS_HOUSE",)
    assert reasons(at_local(service_call, "08:00")) == ("OK",)
    assert decide(at_local(service_call, "03:00"), RULES).law_only.decision == "allowed"


@pytest.mark.parametrize("purpose", [Purpose.COLLECT, *NOT_COLLECTING])
def test_a_letter_rings_at_no_hour(purpose: Purpose) -> None:
    letter = a_consumer_call(channel=Channel.LETTER, purpose=purpose, flags=Flags(not_between=((time(0), time(12)),)))

    assert reasons(at_local(letter, "03:00", day=date(2026, 12, 25))) == ("OK",)


def test_the_firms_narrower_hours_are_the_houses_reason_with_the_firms_figures() -> None:
    office = a_call(firm=FirmSettings(hours=(time(8), time(17)), weekdays=frozenset({0, 1, 2, 3, 5})))

    five = decide(at_local(office, "17:00"), RULES)

    assert five.all_reasons == ("HOURS_HOUSE",)
    assert five.inputs["findings"] == [
        {"code": "HOURS_HOUSE", "layer": "house", "hours": "09:00-17:00", "closed_in": ["America/New_York"]}
    ]
    assert five.inputs["house"]["firm"] == {"hours": ["08:00:00", "17:00:00"], "weekdays": [0, 1, 2, 3, 5]}
    assert reasons(at_local(office, "08:30")) == ("HOURS_HOUSE",)  # looser than the house changes nothing
    assert reasons(at_local(office, "16:59")) == ("OK",)
    assert reasons(at_local(office, "12:00", day=date(2026, 12, 4))) == ("WEEKEND_HOUSE",)
    assert reasons(at_local(office, "12:00", day=date(2026, 12, 5))) == ("WEEKEND_HOUSE",)


@pytest.mark.parametrize(
    ("refused", "clock", "closed"),
    [
        (("00:00", "12:00"), "11:59", True),
        (("00:00", "12:00"), "12:00", False),
        (("15:00", "15:30"), "15:00", True),
        (("15:00", "15:30"), "15:30", False),
        (("18:00", "10:00"), "09:30", True),  # over midnight
        (("18:00", "10:00"), "18:00", True),
        (("18:00", "10:00"), "12:00", False),
        (("12:00", "12:00"), "15:00", True),  # no time is left
    ],
)
def test_times_the_person_refused_are_kept(refused: tuple[str, str], clock: str, closed: bool) -> None:
    start, end = (time.fromisoformat(each) for each in refused)
    facts = at_local(a_consumer_call(flags=Flags(not_between=((start, end),))), clock)

    clearance = decide(facts, RULES)

    assert clearance.all_reasons == (("INCONVENIENT_TIME",) if closed else ("OK",))
    assert clearance.layer == ("law" if closed else None)
    assert decide(replace(facts, role=Role.FIRST_PARTY), RULES).layer == ("house" if closed else None)


def test_refused_times_are_the_persons_in_every_zone_he_may_be_in() -> None:
    flags = Flags(not_between=((time(0), time(12)),))
    facts = a_consumer_call(phone="+16075550142", address_state="US-WA", flags=flags)

    assert reasons(at_local(facts, "14:59")) == ("INCONVENIENT_TIME",)
    assert reasons(at_local(facts, "15:00")) == ("OK",)


def test_emails_asking_for_no_money_keep_refused_times_where_the_law_does() -> None:
    flags = Flags(not_between=((time(9), time(12)),))
    email = at_local(a_consumer_call(channel=Channel.EMAIL, purpose=Purpose.DISPUTE, flags=flags), "10:00")

    assert reasons(email) == ("INCONVENIENT_TIME",)
    assert reasons(replace(email, debtor_type=DebtorType.BUSINESS)) == ("OK",)
    assert reasons(replace(email, purpose=Purpose.COLLECT, debtor_type=DebtorType.BUSINESS)) == ("INCONVENIENT_TIME",)


def test_the_line_makes_no_difference_to_the_hours() -> None:
    for line_type in LineType:
        assert reasons(at_local(a_consumer_call(line_type=line_type), "07:59")) == (
            *("HOURS_LAW", "HOURS_HOUSE", "HOURS_OVERLAY"),
        )


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2027, 3, 14), "2027-03-14T13:30", "Sun 2027-03-14 09:30"),
        (date(2026, 11, 1), "2026-11-01T05:30", "Sun 2026-11-01 01:30"),  # the first of two
        (date(2026, 11, 1), "2026-11-01T06:30", "Sun 2026-11-01 01:30"),  # the second
        (date(2028, 2, 29), "2028-02-29T17:00", "Tue 2028-02-29 12:00"),
    ],
)
def test_the_wall_clock_is_right_on_nights_when_clocks_change(day: date, at: str, expected: str) -> None:
    facts = a_call(at=utc(at), due_date=day - timedelta(days=9))

    assert decide(facts, RULES).inputs["local_times"] == {"America/New_York": expected}


def test_spans_are_cut_and_put_together_without_gaps() -> None:
    assert outside(0, 720) == ((720, 1440),)
    assert outside(600, 660) == ((0, 600), (660, 1440))
    assert outside(1320, 360) == ((360, 1320),)
    assert outside(5, 5) == ()
    assert common(((0, 600), (660, 1440)), ((540, 700),)) == ((540, 600), (660, 700))
    assert common(((0, 60),), ((60, 120),)) == ()
    assert merged([]) == ()
