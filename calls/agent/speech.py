"""Facts as they are spoken: amounts and days by Babel, telephone numbers in groups, small counts in words."""

import re
from collections.abc import Mapping
from datetime import date, time

from babel.dates import format_date, format_time

from calls.agent.facts import Language
from calls.agent.lines_en import ENGLISH
from calls.agent.lines_es import SPANISH
from syntharra.money import Money, shown

_TABLES = {Language.ENGLISH: ENGLISH, Language.SPANISH: SPANISH}
_LOCALES = {Language.ENGLISH: "en_US", Language.SPANISH: "es_US"}
_COUNTS = {
    Language.ENGLISH: ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    Language.SPANISH: ("cero", "una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"),
}


def sentence(key: str, language: Language, **slots: str) -> str:
    """The line of that key, filled. A slot that is missing or a key nobody knows is a mistake of ours: KeyError."""
    return _TABLES[language][key].format_map(slots)


def for_anybody(key: str) -> str:
    """The key of the same sentence without the firm's name; the key itself where it names nobody."""
    return f"{key}_for_anybody" if f"{key}_for_anybody" in ENGLISH else key


def template(key: str, language: Language) -> str:
    """The line of that key with its facts as names in braces."""
    return _TABLES[language][key]


def facts_in(key: str, language: Language, facts: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Name and value of each of these facts that the line of that key holds."""
    line = _TABLES[language][key]
    return tuple((name, value) for name, value in facts.items() if f"{{{name}}}" in line)


def amount(value: Money, language: Language) -> str:
    """``$1,240.00``"""
    return shown(value, "en-us" if language is Language.ENGLISH else "es-us")


def day(value: date, language: Language) -> str:
    """``Friday, March 20``, ``viernes 20 de marzo``"""
    if language is Language.ENGLISH:
        return format_date(value, "EEEE, MMMM d", locale="en_US")
    return format_date(value, "EEEE d 'de' MMMM", locale="es_US")


def past_day(value: date, today: date, language: Language) -> str:
    """``February 20``, and with its year when that is not the present one."""
    same_year = value.year == today.year
    if language is Language.ENGLISH:
        return format_date(value, "MMMM d" if same_year else "MMMM d, y", locale="en_US")
    return format_date(value, "d 'de' MMMM" if same_year else "d 'de' MMMM 'de' y", locale="es_US")


def moment(on: date | None, at: time | None, language: Language) -> str:
    """A named time to call again; empty when neither day nor hour was named."""
    hour = format_time(at, "short", locale=_LOCALES[language]).replace("\u202f", " ").replace("\xa0", " ") if at else ""
    hour = hour.removesuffix(".")  # ``10:00 a.m.`` ends sentences that have a stop of their own
    if language is Language.ENGLISH:
        return " ".join(
            part for part in (f"on {day(on, language)}" if on else "", f"at {hour}" if hour else "") if part
        )
    return " ".join(part for part in (f"el {day(on, language)}" if on else "", f"a las {hour}" if hour else "") if part)


def phone(number: str) -> str:
    """A US number as ``614-555-0199``; anything else as it stands."""
    digits = re.sub(r"\D", "", number)
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else number.strip()


def count(value: int, language: Language) -> str:
    words = _COUNTS[language]
    return words[value] if value < len(words) else str(value)
