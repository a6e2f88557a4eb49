"""What is spoken: amounts, days and numbers by Babel, and two languages with the same lines."""

import re
from datetime import date, time
from string import Formatter

from calls.agent import speech
from calls.agent.facts import Language
from calls.agent.lines_en import ENGLISH
from calls.agent.lines_es import SPANISH
from calls.agent.numbers import digit_string
from syntharra.money import of

EN, ES = Language.ENGLISH, Language.SPANISH


def _slots(line: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(line) if name}


def test_both_languages_have_the_same_lines_with_the_same_slots() -> None:
    different = {
        key for key in ENGLISH.keys() | SPANISH.keys() if _slots(ENGLISH.get(key, "")) != _slots(SPANISH.get(key, ""))
    }

    assert set(ENGLISH) == set(SPANISH)
    assert different == set()


def test_no_line_has_a_number_of_its_own() -> None:
    assert [line for line in (*ENGLISH.values(), *SPANISH.values()) if re.search(r"\d", line)] == []


def test_amounts_are_spoken_as_written_in_the_country() -> None:
    assert speech.amount(of("1240", "USD"), EN) == "$1,240.00"
    assert speech.amount(of("149.99", "USD"), ES) == "$149.99"


def test_days_are_spoken_with_their_weekday() -> None:
    assert speech.day(date(2026, 3, 20), EN) == "Friday, March 20"
    assert speech.day(date(2026, 3, 20), ES) == "viernes 20 de marzo"


def test_a_due_date_of_another_year_names_the_year() -> None:
    assert speech.past_day(date(2026, 2, 20), date(2026, 3, 18), EN) == "February 20"
    assert speech.past_day(date(2025, 12, 1), date(2026, 3, 18), EN) == "December 1, 2025"
    assert speech.past_day(date(2025, 12, 1), date(2026, 3, 18), ES) == "1 de diciembre de 2025"


def test_a_time_to_call_is_spoken_as_far_as_it_was_named() -> None:
    assert speech.moment(date(2026, 3, 19), time(15), EN) == "on Thursday, March 19 at 3:00 PM"
    assert speech.moment(None, time(10), EN) == "at 10:00 AM"
    assert speech.moment(date(2026, 3, 19), None, ES) == "el jueves 19 de marzo"


def test_telephone_numbers_are_spoken_in_groups() -> None:
    assert speech.phone("+16145550199") == "614-555-0199"
    assert speech.phone("ext. 12") == "ext. 12"


def test_digits_are_understood_as_people_say_them() -> None:
    assert digit_string("seven six one oh four") == "76104"
    assert digit_string("it's seventy-six one oh four") == "76104"
    assert digit_string("cuatro tres dos uno cinco") == "43215"
    assert digit_string("four three two double one") == "43211"
