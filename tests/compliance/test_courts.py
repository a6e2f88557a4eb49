"""Small claims courts and limitation: every state, dated and sourced; a day counted too many or too few is a wrong page."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.courts import FILE, courts, terms
from compliance.rulebook import RuleBook
from compliance.yaml_lines import DataError


def test_every_open_state_has_its_court_with_source_and_date() -> None:
    found = courts()

    assert set(found) == set(RuleBook.load().file.states)
    assert {court.as_of for court in found.values()} == {"2026-11"}
    assert all(court.source.text and court.limit > 0 for court in found.values())


def test_what_sources_disagree_about_is_marked() -> None:
    uncertain = {code for code, court in courts().items() if not court.is_certain}

    assert uncertain == {"US-KS", "US-MI", "US-MN", "US-NE", "US-VT", "US-WV", "US-WY"}
    assert all(courts()[code].note for code in uncertain - {"US-WY"})


@pytest.mark.parametrize(
    ("state", "limit"), [("US-CA", 6250), ("US-OH", 6000), ("US-DE", 25000), ("US-KY", 2500), ("US-TX", 20000)]
)
def test_the_limit_is_the_one_for_companies(state: str, limit: int) -> None:
    assert courts()[state].limit == Decimal(limit)


def test_a_written_contract_in_ohio_may_be_sued_on_for_six_years_and_the_last_day_counts() -> None:
    due, rules = date(2020, 11, 24), RuleBook.load()

    last = terms(rules, "US-OH", starts_on=due, today=date(2026, 11, 24))
    after = terms(rules, "US-OH", starts_on=due, today=date(2026, 11, 25))

    assert last is not None
    assert after is not None
    assert (last.written.years, last.written.last_day, last.written.days_left) == (6, date(2026, 11, 24), 0)
    assert (last.written.is_over, after.written.is_over) == (False, True)
    assert last.written.note == "6 since 2021-06-16 (was 8, earlier 15)"
    assert (last.goods.years, last.goods.last_day, last.goods.is_over) == (4, date(2024, 11, 24), True)


def test_what_fell_due_on_a_leap_day_ends_a_day_earlier_rather_than_later() -> None:
    found = terms(RuleBook.load(), "US-OH", starts_on=date(2024, 2, 29), today=date(2026, 1, 1))

    assert found is not None
    assert found.written.last_day == date(2030, 2, 28)


def test_goods_have_another_term_in_some_states() -> None:
    found = terms(RuleBook.load(), "US-CO", starts_on=date(2024, 1, 1), today=date(2026, 1, 1))

    assert found is not None
    assert (found.written.years, found.goods.years) == (6, 3)
    assert terms(RuleBook.load(), "CA-ON", starts_on=date(2024, 1, 1), today=date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("limit: 3500", "limit: a lot", "a whole number of at least 1"),
        ('as_of: "2026-11"', 'as_of: "lately"', "a month belongs here"),
        ('court: "https://judicial.alabama.gov/"', 'court: "javascript:alert(1)"', "an address belongs here"),
        ("source: limit_tables", "source: hearsay", "no source is called 'hearsay'"),
        ("    verified: seen\n", "", "'verified' is missing"),
        ("verified: memory\nstates", "verified: guessed\nstates", "is not one of: seen, memory"),
    ],
)
def test_a_file_that_is_not_exactly_right_names_its_line(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert was in text
    (tmp_path / "courts.yaml").write_text(text.replace(was, becomes, 1), encoding="utf-8")

    with pytest.raises(DataError, match=r"courts\.yaml, line \d+") as refused:
        courts(tmp_path / "courts.yaml")

    assert says in str(refused.value)
