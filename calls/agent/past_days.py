"""Days in the past as people name them: ``last Tuesday``, ``two weeks ago``, ``on the 3rd``, ``yesterday``."""

import calendar
import re
from datetime import date, timedelta

from calls.agent.dates import DIAS, MONTHS, WEEKDAYS, day_named
from calls.agent.numbers import small_number, words


def past_day_named(text: str, today: date) -> date | None:
    """The latest day up to today that these words can mean; None when they name none."""
    joined = " ".join(words(text))
    if re.search(r"\b(today|this morning|hoy|esta manana|just now)\b", joined):
        return today
    if re.search(r"\b(yesterday|ayer|last night|anoche)\b", joined):
        return today - timedelta(days=1)
    ago = re.search(
        r"\b(?:hace )?(a couple(?: of)?|a few|[a-z0-9]+) (day|days|week|weeks|dias?|semanas?)(?: ago| back)?\b", joined
    )
    if ago and re.search(r"\b(ago|back|hace)\b", joined):
        number = {"a": 1, "a couple": 2, "a couple of": 2, "a few": 3, "una": 1}.get(ago[1]) or small_number(
            [ago[1]], 0
        )[0]
        if number:
            return today - timedelta(days=number * (7 if ago[2][0] in "ws" else 1))
    if re.search(r"\b(last week|semana pasada)\b", joined):
        return today - timedelta(days=7)
    for names in (WEEKDAYS, DIAS):
        for weekday, name in enumerate(names):
            if re.search(rf"\b{name}\b", joined):
                return today - timedelta(days=(today.weekday() - weekday) % 7 or 7)
    named = day_named(text, today)
    return _back(named, today) if named else _month_alone(joined, today)


def _month_alone(joined: str, today: date) -> date | None:
    """``Back in January``: its first day, the earliest one the words allow."""
    found = re.search(rf"\b(?:in|since|en|desde|last) ({'|'.join(name for name in MONTHS if len(name) > 3)})\b", joined)
    if found is None:
        return None
    month = MONTHS[found[1]]
    return date(today.year if month <= today.month else today.year - 1, month, 1)


def _back(named: date, today: date) -> date:
    """The same day a month or a year earlier, where the words could only be read forward."""
    if named <= today:
        return named
    if (named - today).days > 31:
        last = calendar.monthrange(named.year - 1, named.month)[1]
        return named.replace(year=named.year - 1, day=min(named.day, last))
    year, month = (named.year - 1, 12) if named.month == 1 else (named.year, named.month - 1)
    return date(year, month, min(named.day, calendar.monthrange(year, month)[1]))
