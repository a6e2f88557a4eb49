"""Single cells as people write them: amounts, dates, yes and no, company or person. Pure, exact, never rounded, never guessed.

What one cell cannot say by itself (is 3/4 in March or in April, is a comma a decimal sign) is a choice for the whole file.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from integrations import fields
from integrations.fields import Bad

POINT, COMMA = "point", "comma"
MONTH, DAY, AUTO = "month", "day", "auto"

_SYMBOLS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_CODE = re.compile(r"^(?:(?P<before>[A-Z]{3})\s*)?(?P<rest>.*?)(?:\s*(?P<after>[A-Z]{3}))?$", re.IGNORECASE | re.DOTALL)
_DOLLARS = re.compile(r"^(?:US|CA|C|A|MX|NZ)?\$|\$$", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_FORMS = {
    POINT: re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?"),
    COMMA: re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?"),
}
_CENTS = re.compile(r"\d([.,])\d{1,2}(?!\d)[^\d.,]*$")
_NUMERIC = re.compile(r"(\d{1,4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,4})(?:[ T,].*)?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_FIRST, _LAST = date(1990, 1, 1), date(2100, 12, 31)
_EXCEL_BEGINS = date(1899, 12, 30)
_MONTHS = (
    ("jan", "january", "ene", "enero"),
    ("feb", "february", "febrero"),
    ("mar", "march", "marzo"),
    ("apr", "april", "abr", "abril"),
    ("may", "mayo"),
    ("jun", "june", "junio"),
    ("jul", "july", "julio"),
    ("aug", "august", "ago", "agosto"),
    ("sep", "sept", "september", "septiembre", "setiembre"),
    ("oct", "october", "octubre"),
    ("nov", "november", "noviembre"),
    ("dec", "december", "dic", "diciembre"),
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words}
_YES = {
    "yes",
    "y",
    "true",
    "t",
    "1",
    "x",
    "sent",
    "emailed",
    "delivered",
    "viewed",
    "si",
    "sí",
    "verdadero",
    "enviado",
    "enviada",
}
_NO = {
    "no",
    "n",
    "false",
    "f",
    "0",
    "not sent",
    "unsent",
    "need to send",
    "not emailed",
    "falso",
    "no enviado",
    "no enviada",
}
_COMPANY = {
    "company",
    "business",
    "commercial",
    "b2b",
    "organization",
    "organisation",
    "corporate",
    "empresa",
    "negocio",
    "comercial",
}
_PERSON = {
    "person", "individual", "residential", "consumer", "private", "b2c", "homeowner", "home owner", "persona", "particular",
    "residencial", "persona fisica", "persona física",
}  # fmt: skip
_LEGAL_FORM = re.compile(
    r"\b(?:l\.?l\.?c|inc|incorporated|corp|corporation|ltd|limited|l\.?l\.?p|p\.?l\.?l\.?c|gmbh"
    r"|s\.\s?a\.(?:\s?de\s?c\.\s?v)?|sa de cv|s\.\s?l|s\.\s?de\s?r\.\s?l)\b\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a cell says: an amount, and the currency where it names one ("" where it does not)."""

    value: Decimal
    currency: str = ""


def amount(text: str, decimal: str) -> Amount:
    """An amount in any of its written forms; ``decimal`` says which sign parts the cents. Raises Bad for anything else."""
    plain, negative = _signed(text.strip())
    code = ""
    if matched := _CODE.match(plain):
        code = (matched["before"] or matched["after"] or "").upper()
        plain = matched["rest"]
    plain, again = _signed(_DOLLARS.sub("", plain.strip()).strip())
    for symbol, meant in _SYMBOLS.items():
        if symbol in plain:
            code, plain = code or meant, plain.replace(symbol, "", 1)
    digits = _SPACES.sub("", plain)
    if (negative and again) or not any(letter.isdigit() for letter in digits) or not digits.isascii():
        raise Bad("amount_unreadable", text[:40])
    if not _FORMS[decimal].fullmatch(digits):
        raise Bad("amount_unreadable", text[:40])
    digits = digits.replace(",", "") if decimal == POINT else digits.replace(".", "").replace(",", ".")
    value = Decimal(digits or "0")
    return Amount(-value if negative != again else value, code)


def _signed(text: str) -> tuple[str, bool]:
    """Without its sign: a minus before or behind, brackets, or CR behind for a credit; DR and plus say nothing."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text[:1] in ("-", "\u2212", "\u2013"):
        return text[1:].strip(), True
    if text[-1:] in ("-", "\u2212"):
        return text[:-1].strip(), True
    if re.search(r"[\d.)\s]CR\.?$", text, re.IGNORECASE):
        return re.sub(r"\s*CR\.?$", "", text, flags=re.IGNORECASE), True
    if re.search(r"[\d.\s]DR\.?$", text, re.IGNORECASE):
        return re.sub(r"\s*DR\.?$", "", text, flags=re.IGNORECASE), False
    return text.removeprefix("+").strip(), False


def exact(found: Amount, currency: str, name: str) -> Decimal:
    """To the cent in this currency. Raises Bad for parts of a cent and for what is too large to book."""
    return fields.exact(found.value, name, currency).quantize(Decimal("0.01"))


def decimal_sign(texts: Iterable[str]) -> str:
    """Which sign parts the cents: a comma where one or two digits stand behind one and never behind a point.

    What 1.234 means cannot be told from itself: such an amount is no evidence.
    """
    points = commas = False
    for text in texts:
        if matched := _CENTS.search(text):
            points, commas = points or matched[1] == ".", commas or matched[1] == ","
    return COMMA if commas and not points else POINT


def day(text: str, order: str) -> date:
    """A calendar date; ``order`` (month or day) says what comes first in 3/4/2026. Raises Bad for anything else."""
    plain = text.strip()
    found = _by_numbers(plain, order) or _by_words(plain) or _by_serial(plain)
    if found is None or not _FIRST <= found <= _LAST:
        raise Bad("date_unreadable", text[:40])
    return found


def day_order(texts: Iterable[str]) -> str:
    """What comes first in these dates: month or day where at least one can be read only so; "" where none tells.

    Dates that contradict each other tell nothing.
    """
    month = first_day = False
    for text in texts:
        if (matched := _NUMERIC.fullmatch(text.strip())) and len(matched[1]) <= 2:
            first, second = int(matched[1]), int(matched[2])
            first_day = first_day or first > 12 >= second
            month = month or second > 12 >= first
    return "" if month == first_day else MONTH if month else DAY


def _by_numbers(text: str, order: str) -> date | None:
    matched = _NUMERIC.fullmatch(text)
    if matched is None:
        return None
    first, second, third = (int(part) for part in matched.groups())
    if len(matched[1]) == 4:
        return _date(first, second, third)
    if len(matched[3]) not in (2, 4):
        return None
    year = third if len(matched[3]) == 4 else 2000 + third
    return _date(year, first, second) if order == MONTH else _date(year, second, first)


def _by_words(text: str) -> date | None:
    """Nov 24, 2026; 24 Nov 2026; 24 de noviembre de 2026; 24-Nov-26; with or without the day of the week."""
    words = [word for word in re.split(r"[\s,./\-]+", text.casefold()) if word not in ("", "de", "del", "of")]
    months = [_MONTH_OF[word] for word in words if word in _MONTH_OF]
    numbers = [int(word) for word in (re.sub(r"(?<=\d)(st|nd|rd|th)$", "", word) for word in words) if _is_short(word)]
    if len(months) != 1 or len(numbers) != 2 or len(words) > 4:
        return None
    of_month, year = numbers if numbers[0] <= 31 else (numbers[1], numbers[0])
    return _date(year if year > 99 else 2000 + year, months[0], of_month)


def _is_short(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 4


def _by_serial(text: str) -> date | None:
    """The days since the end of 1899, as Excel counts them."""
    matched = _SERIAL.fullmatch(text)
    return _EXCEL_BEGINS + timedelta(days=int(matched[1])) if matched else None


def _date(year: int, month: int, of_month: int) -> date | None:
    try:
        return datetime(year, month, of_month).date()  # noqa: DTZ001  (a calendar date, no moment)
    except ValueError:
        return None


def yes_or_no(text: str) -> bool | None:
    """None where it is neither."""
    word = " ".join(text.casefold().split())
    return True if word in _YES else False if word in _NO else None


def is_company(text: str) -> bool | None:
    """None where it says neither."""
    word = " ".join(text.casefold().split())
    return True if word in _COMPANY else False if word in _PERSON else None


def has_legal_form(name: str) -> bool:
    """LLC, Inc., Ltd. and their like: only companies carry one."""
    return _LEGAL_FORM.search(name) is not None
