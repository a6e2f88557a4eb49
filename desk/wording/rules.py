"""The rules of the gate as a lawyer and a plumber both read them: what each is, with its figures, its source and its date."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from compliance.explanation import Line, Verdict
from compliance.law import Source
from compliance.models import Statement
from compliance.rulebook import RuleBook
from compliance.wording import LAYERS, VERIFIED
from syntharra.templatetags.syntharra import day_words, hour_words, moment_words

DAYS: dict[str, Promise] = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}
_PER: dict[str, Promise] = {
    "invoice": _("for this invoice"),
    "person": _("for this customer"),
    "number": _("for this number"),
}
_MANY_ZONES = 6
_WINDOW = re.compile(r"(?:([a-z]{3})(?:-([a-z]{3}))? )?(\d\d):(\d\d)-(\d\d):(\d\d)")
WEEKDAYS = tuple(DAYS.values())


def layer_words(line: Line) -> str:
    return str(LAYERS[line.layer]) if line.layer is not None else gettext("the law or our own rules, by who is called")


def source_words(source: Source) -> str:
    """``12 CFR 1006.14 … (seen in the source)``."""
    if source.verified == "ours" and source.text.startswith("our own policy"):
        return ""  # the layer says it already
    return f"{source.text} ({VERIFIED[source.verified]})"


def places(names: list[str]) -> str:
    """``Ohio, New York`` for the codes of states."""
    return ", ".join(RuleBook.load().place_name(name) for name in names)


def zones(names: list[str]) -> str:
    """``New York, Los Angeles``; only how many when there are very many."""
    if len(names) > _MANY_ZONES:
        return gettext("all time zones of the country")
    return ", ".join(name.rpartition("/")[2].replace("_", " ") for name in names)


def moment_there(at: datetime, zone: str) -> str:
    """``Tuesday 10:40 am`` on the wall clock of that zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{WEEKDAYS[local.weekday()]} {hour_words(local)}"


def hours(text: str) -> str:
    """``Monday to Saturday 8 am to 8 pm`` for ``mon-sat 08:00-20:00``; what is no window stays as it is."""
    if text.startswith("not ") or not re.fullmatch(rf"{_WINDOW.pattern}(?:, *{_WINDOW.pattern})*", text):
        return _weekdays(text)
    return "; ".join(_window(match) for match in _WINDOW.finditer(text))


def clock_words(hour: int, minute: int) -> str:
    return (
        gettext("midnight") if (hour, minute) == (24, 0) else hour_words(datetime.combine(date.min, time(hour, minute)))
    )


def figures(line: Line) -> str:
    """What the rule was held against, in one line; empty where there is nothing to count."""
    return figure_words(line.figures)


def figure_words(found: Mapping[str, Any]) -> str:
    parts = [words for name, value in found.items() if (words := _figure(name, value, found))]
    return " · ".join(parts)


def statement_words(told: Statement) -> str:
    """``not between 8 am and noon``: what somebody said about when and where."""
    match told.kind:
        case Statement.Kind.NOT_BETWEEN if told.start is not None and told.end is not None:
            return gettext("not between %(start)s and %(end)s") % {
                "start": clock_words(told.start.hour, told.start.minute),
                "end": clock_words(24 if told.end == time() else told.end.hour, told.end.minute),
            }
        case Statement.Kind.NOT_ON if told.weekday is not None:
            return gettext("not on a %(day)s") % {"day": WEEKDAYS[told.weekday]}
        case Statement.Kind.ZONE:
            return gettext("is in the time zone of %(zone)s") % {"zone": zones([told.zone])}
    return str(told.get_kind_display())


def _figure(name: str, value: Any, found: Mapping[str, Any]) -> str:
    if value is None or value == []:
        return ""
    match name:
        case "hours":
            return hours(str(value))
        case "closed_in":
            return gettext("closed in %(zones)s") % {"zones": zones(value)}
        case "zones":
            return zones(value)
        case "states" | "places":
            return places(value)
        case "counted":
            words = ngettext(
                "%(n)d of %(most)d counted in %(days)d days",
                "%(n)d of %(most)d counted in %(days)d days",
                value,
            )
            return words % {"n": value, "days": found["days"], "most": found["refused_from"]}
        case "per":
            return str(_PER[value])
        case "attempts":
            return gettext("%(n)d of %(most)d attempts made") % {"n": value, "most": found["max_attempts"]}
        case "due_date":
            day = day_words(date.fromisoformat(value))
            return gettext("due %(day)s, first call on day %(first)d") % {
                "day": day,
                "first": found["first_attempt_day"],
            }
        case "min_gap_days":
            return ngettext("%(n)d day between two", "%(n)d days between two", value) % {"n": value}
        case "last_attempt":
            return gettext("last: %(when)s") % {"when": moment_words(datetime.fromisoformat(value))}
        case "until":
            return gettext("until %(when)s") % {"when": moment_words(datetime.fromisoformat(value))}
        case "barred_after":
            years = ngettext("%(n)d year", "%(n)d years", found["years"]) % {"n": found["years"]}
            return gettext("%(years)s, until %(day)s") % {
                "years": years,
                "day": day_words(date.fromisoformat(value)),
            }
        case "consent_on":
            return gettext("of %(day)s") % {"day": day_words(date.fromisoformat(value))}
        case "line_type":
            return gettext("kind of line: %(kind)s") % {"kind": str(_LINES.get(value, value))}
        case "left_reason":
            return gettext("it left collection")
    return ""


_LINES: dict[str, Promise] = {
    "wireless": _("mobile"),
    "landline": _("landline"),
    "voip": _("internet"),
    "unknown": _("unknown, treated as mobile"),
    "toll_free": _("toll-free"),
}

VERDICTS: dict[Verdict, Promise] = {
    Verdict.REFUSES: _("Speaks against it"),
    Verdict.KEPT: _("Kept"),
    Verdict.NOT_BOUND: _("Says nothing here"),
}


def _window(match: re.Match[str]) -> str:
    first, last, *clock = match.groups()
    start = clock_words(int(clock[0]), int(clock[1]))
    end = clock_words(int(clock[2]), int(clock[3]))
    span = gettext("%(start)s to %(end)s") % {"start": start, "end": end}
    if first is None or (first, last) == ("mon", "sun"):
        return span
    days = (
        str(DAYS[first])
        if last is None
        else gettext("%(first)s to %(last)s") % {"first": DAYS[first], "last": DAYS[last]}
    )
    return f"{days} {span}"


def _weekdays(text: str) -> str:
    """The gate's own words for days: ``weekdays 0, 1``, ``not on Tue``, ``not 08:00-12:00``, ``closed in Ohio``."""
    if text.startswith("weekdays "):
        return ", ".join(str(WEEKDAYS[int(day)]) for day in text.removeprefix("weekdays ").split(", ") if day)
    if text.startswith("not on "):
        named = (DAYS[day.lower()] for day in text.removeprefix("not on ").split(", "))
        return gettext("not on %(days)s") % {"days": ", ".join(str(day) for day in named)}
    if match := _WINDOW.fullmatch(text.removeprefix("not ")):
        return gettext("not %(span)s") % {"span": _window(match)}
    if text == "no federal holidays":
        return gettext("no federal holidays")
    if text.startswith("closed in "):
        return gettext("closed in %(zones)s") % {"zones": text.removeprefix("closed in ")}
    return text
