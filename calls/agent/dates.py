"""Days and hours as people name them: ``tomorrow``, ``the 15th``, ``next Friday``, ``el viernes``, ``around three``.

Always relative to the day given, always in the future, never guessed: what names no day is none.
"""

import calendar
import re
from datetime import date, time, timedelta

from calls.agent.numbers import small_number, words

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DIAS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_DAYS = {
    "monday": 0, "mon": 0, "lunes": 0, "tuesday": 1, "tues": 1, "martes": 1, "wednesday": 2, "weds": 2, "miercoles": 2,
    "thursday": 3, "thurs": 3, "jueves": 3, "friday": 4, "fri": 4, "viernes": 4, "saturday": 5, "sabado": 5,
    "sunday": 6, "domingo": 6, "mondays": 0, "tuesdays": 1, "wednesdays": 2, "thursdays": 3, "fridays": 4,
}  # fmt: skip
MONTHS = {
    "january": 1, "jan": 1, "enero": 1, "february": 2, "feb": 2, "febrero": 2, "march": 3, "marzo": 3, "april": 4, "apr": 4,
    "abril": 4, "may": 5, "mayo": 5, "june": 6, "junio": 6, "july": 7, "julio": 7, "august": 8, "aug": 8, "agosto": 8,
    "september": 9, "sept": 9, "septiembre": 9, "october": 10, "oct": 10, "octubre": 10, "november": 11, "nov": 11,
    "noviembre": 11, "december": 12, "dec": 12, "diciembre": 12,
}  # fmt: skip
_TODAY = (
    "today", "tonight", "this afternoon", "this evening", "this morning", "right now", "in a bit", "later on", "end of day",
    "hoy", "esta noche", "esta tarde", "ahorita", "ahora mismo",
)  # fmt: skip
# ``Not today``, ``not Friday``: a day named to say that it is not that one.
_NOT_THEN = re.compile(rf"\b(?:not|no time) (?:on )?(?:{'|'.join(_TODAY)}|tomorrow|{'|'.join(_DAYS)})\b")
_NTH = r"(\d{1,2}(?:st|nd|rd|th)?|[a-z]+)"
# ``The first one`` and ``the second invoice`` are no days of the month.
_COUNTED = ("one", "thing", "invoice", "bill", "time", "guy", "job", "visit", "half", "payment", "floor", "bathroom")
_PARTS_OF_DAY = (
    (r"\b(morning|por la manana|en la manana|de la manana)\b", time(10)),
    (r"\b(noon|midday|mediodia|lunch)\b", time(12)),
    (r"\b(afternoon|tarde|after lunch)\b", time(15)),
    (r"\b(evening|tonight|noche|after work|after dinner)\b", time(18)),
)


def day_named(text: str, today: date) -> date | None:
    """The day these words name, from today on; None when they name none."""
    joined = _NOT_THEN.sub(" ", " ".join(words(text)))
    tokens = joined.split()
    for find in (_relative, _month_and_day, _slashed, _weekday, _day_of_month, _vague):
        found = find(joined, tokens, today, text)
        if found is not None:
            return found
    return None


def days_mentioned(text: str) -> set[tuple[int | None, int]]:
    """Month and day of every date these words hold, past or to come; the month is None for a bare ``the twelfth``."""
    tokens = words(text)
    found: set[tuple[int | None, int]] = set()
    for index, token in enumerate(tokens):
        if token in MONTHS:
            number, _used = small_number(tokens, index + 1)
            if number is None:
                number = _ending_number([item for item in tokens[:index] if item not in ("of", "de")])
            if number is not None and 1 <= number <= 31:
                found.add((MONTHS[token], number))
        elif token in ("the", "el") and index + 1 < len(tokens) and _is_ordinal(tokens, index + 1):
            number, _used = small_number(tokens, index + 1)
            if number is not None and 1 <= number <= 31:
                found.add((None, number))
    for month, day in re.findall(r"\b(\d{1,2})/(\d{1,2})\b", text):
        found.add((int(month), int(day)))
    return found


def _is_ordinal(tokens: list[str], index: int) -> bool:
    number, used = small_number(tokens, index)
    last = tokens[index + used - 1] if number is not None else ""
    if tokens[index + used : index + used + 1] and tokens[index + used] in _COUNTED:
        return False
    return re.fullmatch(r"\d{1,2}(st|nd|rd|th)", last) is not None or last.endswith(("th", "rst", "ond", "ird"))


def time_named(text: str) -> time | None:
    """The hour these words name: ``3``, ``three thirty``, ``10:15 am``, ``in the morning``, ``a las cuatro``."""
    joined = " ".join(words(text))
    clock = re.search(r"\b(\d{1,2}):(\d{2})\s*(a|p)?\.?m?", text.lower())
    if clock:
        return _clock(int(clock[1]), int(clock[2]), clock[3] or "", joined)
    pattern = (
        r"\b(?:at|around|about|after|before|by|till|until|a las|a la|las|como a las)\s+"
        + _NTH
        + r"(?: (thirty|fifteen|forty|y media))?"
    )
    match = re.search(pattern, joined) or re.search(_NTH + r"() ?(?:am|pm|a m|p m|oclock|o clock)\b", joined)
    if match:
        hour, _used = small_number([match[1].removesuffix("am").removesuffix("pm")], 0)
        if hour is not None and 1 <= hour <= 12 and match[1] not in ("first", "second"):
            minutes = {"thirty": 30, "y media": 30, "fifteen": 15, "forty": 40}.get(match[2] or "", 0)
            half = re.search(r"\b(a|p) ?m\b", joined)
            return _clock(hour, minutes, half[1] if half else "", joined)
    for pattern, at in _PARTS_OF_DAY:
        if re.search(pattern, joined):
            return at
    return None


def _clock(hour: int, minute: int, half: str, joined: str) -> time | None:
    if hour > 23 or minute > 59:
        return None
    morning = half == "a" or re.search(r"\b(morning|(por|en|de) la manana)\b", joined) is not None
    afternoon = half == "p" or (not morning and (hour < 8 or re.search(r"\b(afternoon|evening|tarde|noche)\b", joined)))
    return time(hour + 12 if afternoon and hour < 12 else hour, minute)


def _relative(joined: str, tokens: list[str], today: date, _text: str) -> date | None:
    if re.search(r"\b(day after tomorrow|pasado manana)\b", joined):
        return today + timedelta(days=2)
    if "tomorrow" in tokens or re.search(r"(?<!la )(?<!esta )\bmanana\b", joined):
        return today + timedelta(days=1)
    match = re.search(
        r"\b(?:in|within|en|dentro de|about) (?:about )?(a couple(?: of)?|a few|[a-z0-9]+) (day|days|week|weeks|dias?|semanas?)\b",
        joined,
    )
    if match:
        fixed = {"a couple": 2, "a couple of": 2, "a few": 3, "a": 1, "an": 1, "una": 1, "un": 1}
        number = fixed.get(match[1]) or small_number([match[1]], 0)[0]
        if number:
            return today + timedelta(days=number * (7 if match[2][0] in "ws" else 1))
    if any(re.search(rf"\b{phrase}\b", joined) for phrase in _TODAY):
        return today
    return None


def _month_and_day(joined: str, tokens: list[str], today: date, _text: str) -> date | None:
    for index, token in enumerate(tokens):
        month = MONTHS.get(token)
        if month is None:
            continue
        number, _used = small_number(tokens, index + 1)
        if number is None:
            before = [item for item in tokens[:index] if item not in ("of", "de")]
            number = _ending_number(before)
        if number is not None and 1 <= number <= 31:
            return _next_date(today, month, number)
    return None


def _ending_number(tokens: list[str]) -> int | None:
    for start in (len(tokens) - 3, len(tokens) - 2, len(tokens) - 1):
        if start < 0:
            continue
        number, used = small_number(tokens, start)
        if number is not None and start + used == len(tokens):
            return number
    return None


def _slashed(_joined: str, _tokens: list[str], today: date, text: str) -> date | None:
    match = re.search(r"\b(\d{1,2})/(\d{1,2})\b", text)
    if match and 1 <= int(match[1]) <= 12 and 1 <= int(match[2]) <= 31:
        return _next_date(today, int(match[1]), int(match[2]))
    return None


def _weekday(joined: str, tokens: list[str], today: date, _text: str) -> date | None:
    for index, token in enumerate(tokens):
        if token not in _DAYS or "last" in tokens[max(0, index - 1) : index]:
            continue
        ahead = (_DAYS[token] - today.weekday()) % 7 or 7
        following_week = re.search(
            rf"\b(next {token}|{token} next|week from {token}|proximo {token}|{token} que viene)\b", joined
        )
        if following_week and ahead <= 6 - today.weekday():
            ahead += 7
        return today + timedelta(days=ahead)
    return None


def _day_of_month(joined: str, tokens: list[str], today: date, _text: str) -> date | None:
    for index, token in enumerate(tokens):
        ordinal = bool(re.fullmatch(r"\d{1,2}(st|nd|rd|th)", token))
        if token not in ("the", "el", "dia") and not ordinal:
            continue
        number, used = small_number(tokens, index if ordinal else index + 1)
        following = tokens[index + (0 if ordinal else 1) + used : index + (0 if ordinal else 1) + used + 1]
        if (
            number is None
            or not 1 <= number <= 31
            or (following in (["of"], ["de"]) and "month" not in tokens and "mes" not in tokens)
        ):
            continue
        if not ordinal and following and following[0] in _COUNTED:
            continue
        return _next_day_of_month(today, number)
    return None


def _vague(joined: str, _tokens: list[str], today: date, _text: str) -> date | None:
    if re.search(r"\b(end of (the |this )?month|fin de mes|finales de mes)\b", joined):
        return today.replace(day=calendar.monthrange(today.year, today.month)[1])
    if re.search(r"\b(first of (the|next) month|principios de mes|primero de mes)\b", joined):
        return _next_day_of_month(today, 1)
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    if re.search(r"\b(next week|following week|proxima semana|semana que viene|otra semana)\b", joined):
        return today + timedelta(days=7 - today.weekday() + 4)
    if re.search(r"\b(this week|end of (the )?week|esta semana)\b", joined):
        return friday
    if re.search(r"\b(weekend|fin de semana)\b", joined):
        return today + timedelta(days=(6 - today.weekday()) % 7)
    return None


def _next_date(today: date, month: int, number: int) -> date | None:
    for year in (today.year, today.year + 1):
        if number <= calendar.monthrange(year, month)[1] and date(year, month, number) >= today:
            return date(year, month, number)
    return None


def _next_day_of_month(today: date, number: int) -> date | None:
    year, month = today.year, today.month
    for _attempt in range(12):
        if number <= calendar.monthrange(year, month)[1] and date(year, month, number) >= today:
            return date(year, month, number)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return None
