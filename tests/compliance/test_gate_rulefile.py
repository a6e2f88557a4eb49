"""The rule file: everything in it is checked, cited and dated, and a business can only tighten it."""

import re
from datetime import date, time
from pathlib import Path

import pytest
from phonenumbers import tzdata

from compliance.clearance import OK
from compliance.facts import Blackout
from compliance.gate import decide
from compliance.house import HousePolicy, LooserThanHouse
from compliance.rulebook import FILE, RuleBook
from compliance.windows import public_holidays
from compliance.wording import REASONS
from compliance.yaml_lines import DataError
from tests.compliance.gate_facts import RULES, a_call, reasons, utc

TEXT = FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("review_after_days: 180", "review_after: 180", "unknown field 'review_after'"),
        ('as_of: "2026-11-22"', 'as_of: "soon"', "a date belongs here"),
        ("max_attempts: 3", "max_attempts: three", "a whole number of at least 1 belongs here, not 'three'"),
        ("max_attempts: 3", "max_attempts: 0", "a whole number of at least 1 belongs here, not '0'"),
        ('hours: "09:00-20:00"', 'hours: "9-20"', "hours belong here"),
        ('hours: "09:00-20:00"', 'hours: "20:00-09:00"', "does not end after it starts"),
        ('hours: "09:00-20:00"', 'hours: "09:00-24:00"', "the house closes before midnight"),
        ("weekdays: mon-fri", "weekdays: fri-mon", "'fri-mon' is not one of"),
        ("sales_rules_kept: true", "sales_rules_kept: perhaps", "true or false belongs here"),
        ("layer: law, source: bankruptcy", "layer: lore, source: bankruptcy", "'lore' is not one of"),
        ("source: bankruptcy, verified", "source: bankrupcy, verified", "no source is called 'bankrupcy'"),
        ("bankruptcy, verified: memory", "bankruptcy, verified: sure", "'sure' is not one of: seen, memory, ours"),
        ("bankruptcy, verified: memory", "bankruptcy", "'verified' is missing"),
        ("code: DECEASED,", "code: BANKRUPTCY,", "the code BANKRUPTCY stands here twice"),
        ("code: FREQ_MA_2IN7\n", "code: FREQ_MA_3IN7\n", "'FREQ_MA_3IN7' is not one of: the codes listed"),
        ("binds: [consumer_own_books, ", "binds: [everybody, ", "'everybody' is not one of"),
        ("zones: [America/Anchorage, America/Adak]\n", "zones: [America/Adack]\n", "'America/Adack' is no time zone"),
        ('codes: "302"', 'codes: "303"', "303 already belongs to"),
        ('codes: "302"', 'codes: "1302"', "'1302' is no area code"),
        ('also_closed: ["01-08"', 'also_closed: ["02-30"', "month and day belong here"),
        ("closed: state_holidays", "closed: sometimes", "'sometimes' is not one of: state_holidays"),
        ('hours: "mon-sat 08:00-20:00"', 'hours: "mon-sit 08:00-20:00"', "'mon-sit' are no weekdays"),
        ("license: {rule: required, ", "license: {rule: maybe, ", "'maybe' is not one of"),
        ("    name: Alabama\n", "", "'name' is missing"),
        ("    name: Alabama\n", "    name: Alabama\n    name: Alabama\n", "'name' stands here twice"),
    ],
)
def test_a_wrong_line_is_named_when_the_rules_are_loaded(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in TEXT, "the file no longer says so"
    broken = tmp_path / "rules.yaml"
    line = TEXT[: TEXT.find(old)].count("\n") + 1
    broken.write_text(TEXT.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(DataError) as refused:
        RuleBook.load(broken)

    found = re.match(r"rules\.yaml, line (\d+): ", str(refused.value))
    assert found
    named = int(found[1])
    assert complaint in str(refused.value)
    assert abs(named - line) <= 2 or "already belongs" in complaint


def test_a_source_nothing_refers_to_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "rules.yaml"
    broken.write_text(TEXT + '  hearsay: "somebody said so"\n', encoding="utf-8")

    with pytest.raises(DataError, match="nothing refers to the source 'hearsay'"):
        RuleBook.load(broken)


def test_the_rules_are_dated_and_come_up_for_review() -> None:
    assert RULES.file.as_of == date(2026, 11, 22)
    assert RULES.version.startswith("2026-11-22.1-")
    assert not RULES.is_due_for_review(on=date(2027, 5, 21))
    assert RULES.is_due_for_review(on=date(2027, 5, 22))


def test_every_state_and_the_district_is_open_and_nothing_else() -> None:
    assert len(RULES.file.states) == 51
    assert {"US-DC", "US-AK", "US-HI"} <= set(RULES.file.states)
    assert not set(RULES.file.states) & set(RULES.file.elsewhere)
    assert {"CA", "US-PR", "JM"} <= set(RULES.file.elsewhere)


def test_every_reason_has_words_and_no_word_is_without_a_reason() -> None:
    assert {*RULES.file.codes, OK} == set(REASONS)


def test_what_is_from_memory_is_marked_so() -> None:
    marks = {code.source.verified for code in RULES.file.codes.values()}

    assert marks == {"seen", "memory", "ours"}
    texas = RULES.file.states["US-TX"].sales_hours
    assert texas
    assert texas.source.verified == "memory"
    assert RULES.file.states["US-MA"].frequency[0].source.verified == "seen"


def test_no_area_code_misses_a_zone_that_the_numbering_plan_lists() -> None:
    """A new release of the library may know more than our file: then the file is brought up to date."""
    same_clock = {
        "America/Boise": "America/Denver",
        "America/Juneau": "America/Anchorage",
        "America/North_Dakota/Center": "America/Chicago",
        "Pacific/Honolulu": "America/Adak",  # in 907: Adak keeps Hawaii's standard time
    }
    for prefix, zones in tzdata.TIMEZONE_DATA.items():
        code = prefix[1:4]
        if not prefix.startswith("1") or len(code) < 3 or len(zones) >= 10:
            continue
        known = RULES.file.area_codes[code].zones
        missing = {zone for zone in zones if zone not in known and same_clock.get(zone) not in known}
        # 915 is El Paso alone, wholly on Mountain time.
        assert not missing or code == "915", f"{code}: {missing} not in {known}"


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (date(2026, 7, 3), True),  # Independence Day on a Saturday, observed
        (date(2027, 12, 31), True),  # New Year's Day 2028 on a Saturday
        (date(2028, 1, 1), True),
        (date(2026, 11, 26), True),
        (date(2026, 11, 27), False),
        (date(2027, 6, 18), True),  # Juneteenth on a Saturday
        (date(2027, 7, 5), True),  # Independence Day on a Sunday
        (date(2028, 2, 29), False),
    ],
)
def test_federal_holidays_count_with_their_observed_days(day: date, closed: bool) -> None:
    assert (day.toordinal() in public_holidays(None, day.year)) is closed


@pytest.mark.parametrize(
    ("state", "day"),
    [
        ("AL", date(2027, 4, 26)),  # Confederate Memorial Day
        ("UT", date(2026, 7, 24)),  # Pioneer Day
        ("LA", date(2026, 2, 17)),  # Mardi Gras
        ("RI", date(2026, 8, 10)),  # Victory Day
    ],
)
def test_holidays_of_single_states_are_known(state: str, day: date) -> None:
    assert day.toordinal() in public_holidays(state, day.year)
    assert day.toordinal() not in public_holidays(None, day.year)


@pytest.mark.parametrize(
    ("looser", "named"),
    [
        (HousePolicy(hours=(time(8), time(20))), "hours"),
        (HousePolicy(hours=(time(9), time(20, 1))), "hours"),
        (HousePolicy(weekdays=frozenset(range(6))), "weekdays"),
        (HousePolicy(max_attempts=4), "max_attempts"),
        (HousePolicy(min_gap_days=2), "min_gap_days"),
        (HousePolicy(first_attempt_day=2), "first_attempt_day"),
        (HousePolicy(sales_rules_kept=False), "sales_rules_kept"),
    ],
)
def test_a_business_cannot_be_looser_than_the_house(looser: HousePolicy, named: str) -> None:
    with pytest.raises(LooserThanHouse, match=f"{named}: .* a business may only be stricter"):
        RULES.tightened(looser)


def test_a_stricter_house_has_its_own_version_and_comes_back_from_its_record() -> None:
    house = HousePolicy(hours=(time(10), time(16)), max_attempts=2)

    stricter = RULES.tightened(house)

    assert re.fullmatch(r"2026-11-22\.1-[0-9a-f]{8}\+house-[0-9a-f]{8}", stricter.version)
    assert HousePolicy.from_json(house.to_json()) == house
    assert RULES.tightened(HousePolicy.from_json(house.to_json())) is stricter
    assert RULES.tightened(HousePolicy()) is RULES


def test_a_blackout_closes_one_state_for_some_days() -> None:
    storm = HousePolicy(blackouts=(Blackout("US-OH", date(2026, 12, 1), date(2026, 12, 3)),))

    closed = RULES.tightened(storm)

    assert decide(a_call(), closed).all_reasons == ("STATE_CLOSED_DAY_OVERLAY",)
    assert decide(a_call(), closed).next_allowed_at == utc("2026-12-04T14:00")
    assert decide(a_call(phone="+12165550102", address_state="US-OH"), closed).decision == "blocked"
    assert decide(a_call(phone="+12125550102", address_state="US-NY"), closed).decision == "allowed"
    assert reasons(a_call()) == ("OK",)
    with pytest.raises(LooserThanHouse, match="blackouts"):
        closed.tightened(HousePolicy())
