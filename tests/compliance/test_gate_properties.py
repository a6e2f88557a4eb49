"""What holds for every contact there is: all zones, nights when clocks change, leap days, hostile facts."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from compliance.clearance import Clearance
from compliance.facts import Channel, Facts, FactsError, Purpose
from compliance.gate import decide
from compliance.house import HousePolicy
from compliance.law import Layer
from compliance.rulebook import RuleBook
from tests.compliance.gate_facts import MOMENTS, RULES, STATES, a_consumer_call, callable_contacts, contacts

# A week at the turn of the year, the first Monday after either change of clocks, and days that only some states close.
DAYS = [
    *(date(2026, 12, 28) + timedelta(days=each) for each in range(7)),
    *(date(2027, 3, 15), date(2026, 11, 2), date(2027, 4, 26), date(2026, 8, 10), date(2026, 7, 24), date(2027, 1, 8)),
    *(date(2026, 7, 3), date(2027, 12, 31), date(2028, 2, 29)),
]
if os.environ.get("PROOF") == "full":
    DAYS += [date(2027, 1, 4) + timedelta(days=each) for each in range(0, 730, 8)]
OBSERVED = country_holidays("US", years=range(2025, 2031))


@given(contacts())
def test_the_gate_answers_every_contact_and_its_answer_can_be_stored(facts: Facts) -> None:
    clearance = decide(facts, RULES)

    assert clearance.decision == ("allowed" if clearance.all_reasons == ("OK",) else "blocked")
    assert clearance.reason == clearance.all_reasons[0]
    assert Clearance.from_json(json.loads(json.dumps(clearance.to_json()))) == clearance
    again = Facts.from_json(json.loads(json.dumps(facts.to_json())))
    assert again == facts
    assert decide(again, RULES) == clearance


@given(MOMENTS, st.sampled_from([each for each in Channel if each != Channel.VOICEMAIL_DROP]), st.sampled_from(Purpose))
def test_a_contact_nobody_knows_anything_about_is_refused(at: datetime, channel: Channel, purpose: Purpose) -> None:
    clearance = decide(Facts(purpose=purpose, channel=channel, at=at), RULES)

    knows_nothing_needed = purpose not in (Purpose.COLLECT, Purpose.ACCOUNT) and channel in (
        Channel.EMAIL,
        Channel.LETTER,
    )
    assert knows_nothing_needed or clearance.decision == "blocked"


@given(callable_contacts())
def test_no_call_is_allowed_while_any_candidate_zone_is_closed(facts: Facts) -> None:
    clearance = decide(facts, RULES)

    if clearance.is_allowed:
        start, end = facts.firm.hours or (time.min, time.max)
        assert clearance.inputs["zones"]
        for zone in clearance.inputs["zones"]:
            local = facts.at.astimezone(ZoneInfo(zone))
            assert max(time(9), start) <= local.time() < min(time(20), end)
            assert local.weekday() < 5
            assert local.date() not in OBSERVED
            assert facts.due_date
            assert (local.date() - facts.due_date).days >= 3


@given(callable_contacts())
def test_the_law_alone_never_says_less_than_the_whole_gate(facts: Facts) -> None:
    clearance = decide(facts, RULES)

    laws = [citation.code for citation in clearance.citations if citation.layer is Layer.LAW]
    assert clearance.law_only.decision == ("blocked" if laws else "allowed")
    assert clearance.law_only.reason == (laws[0] if laws else "OK")


@given(contacts(), st.data())
def test_house_settings_never_change_what_the_law_says(facts: Facts, data: st.DataObject) -> None:
    stricter = RULES.tightened(data.draw(stricter_policies()))

    assert decide(facts, stricter).law_only == decide(facts, RULES).law_only


@given(contacts(), st.data())
def test_a_stricter_house_never_allows_more(facts: Facts, data: st.DataObject) -> None:
    stricter = decide(facts, RULES.tightened(data.draw(stricter_policies())))
    usual = decide(facts, RULES)

    assert set(usual.all_reasons) - {"OK"} <= set(stricter.all_reasons)
    if usual.next_allowed_at and stricter.next_allowed_at:
        assert stricter.next_allowed_at >= usual.next_allowed_at


@given(contacts())
def test_settings_of_the_firm_never_allow_more(facts: Facts) -> None:
    without = replace(facts, firm=type(facts.firm)())

    assert set(decide(without, RULES).all_reasons) - {"OK"} <= set(decide(facts, RULES).all_reasons)


@given(contacts(), st.sampled_from(["America/Denver", "Pacific/Honolulu", "Asia/Kathmandu"]))
def test_a_zone_the_person_names_never_allows_more(facts: Facts, zone: str) -> None:
    elsewhere = replace(facts, extra_zones=(*facts.extra_zones, zone))

    usual, moved = decide(facts, RULES), decide(elsewhere, RULES)
    if not usual.inputs["assumed_anywhere"]:
        assert usual.is_allowed or not moved.is_allowed
        # That the zone was unknown is the one reason a zone takes away: the place itself still refuses.
        assert set(usual.all_reasons) - {"OK", "LOCATION_UNKNOWN"} <= set(moved.all_reasons)


@given(contacts())
def test_more_contacts_in_the_past_never_allow_more(facts: Facts) -> None:
    fewer = replace(facts, history=facts.history[1:], person_history=(), number_history=())

    assert set(decide(fewer, RULES).all_reasons) - {"OK"} <= set(decide(facts, RULES).all_reasons)


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_hours_on_days_of_every_season(state: str) -> None:
    """A call every hour: allowed only inside 09:00-20:00 of all its zones, and on each day that is open there."""
    zones = RULES.file.states[state].zones
    area = next(code for code, area in RULES.file.area_codes.items() if area.place == state)

    opened = set()
    for day in DAYS:
        for hour in range(24):
            at = datetime.combine(day, time(hour), ZoneInfo(zones[0])).astimezone(UTC)
            facts = a_consumer_call(
                phone=f"+1{area}5550142", address_state=state, at=at, due_date=day - timedelta(days=30)
            )
            if decide(facts, RULES).is_allowed:
                locals_ = [at.astimezone(ZoneInfo(zone)) for zone in zones]
                assert all(9 <= local.hour < 20 for local in locals_)
                opened.add(day)

    assert opened == {day for day in DAYS if day.weekday() < 5 and day not in OBSERVED and not _closed(state, day)}


def _closed(state: str, day: date) -> bool:
    """The states whose holidays close sales calls."""
    if state not in ("US-AL", "US-LA", "US-PA", "US-RI", "US-UT"):
        return False
    louisiana_too = state == "US-LA" and (day.month, day.day) in ((1, 8), (1, 19), (8, 30), (11, 1))
    return louisiana_too or day in country_holidays("US", subdiv=state[3:], years=day.year)


def test_a_broken_clock_is_refused_before_it_reaches_the_gate() -> None:
    for at in (datetime(2026, 12, 1), datetime(1999, 12, 31, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):  # noqa: DTZ001
        with pytest.raises(FactsError, match=r"Facts\.at: a moment with its zone"):
            Facts(purpose=Purpose.COLLECT, channel=Channel.CALL, at=at)


@st.composite
def stricter_policies(draw: st.DrawFn) -> HousePolicy:
    start = draw(st.integers(9 * 60, 19 * 60))
    end = draw(st.integers(start, 20 * 60))
    return HousePolicy(
        hours=(time(start // 60, start % 60), time(end // 60, end % 60)),
        weekdays=draw(st.frozensets(st.integers(0, 4))),
        max_attempts=draw(st.integers(0, 3)),
        min_gap_days=draw(st.integers(3, 30)),
        first_attempt_day=draw(st.integers(3, 30)),
    )


def test_the_rules_are_loaded_once() -> None:
    assert RuleBook.load() is RULES
