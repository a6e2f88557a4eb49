"""How figures, dates and states look on every page. A builtin library: templates need no load for it."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import phonenumbers
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal, get_decimal_symbol
from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy, to_locale
from django.utils.translation import gettext_lazy as _

from syntharra import clock
from syntharra.money import Money, places, shown
from syntharra.money import currency_code as code_of

register = template.Library()
NEAR = timedelta(days=6)


# Money


@register.filter
def money(value: Money | None) -> str:
    """With its currency: ``$1,240.00``. Nothing for nothing."""
    return "" if value is None else shown(value)


@register.filter
def amount(value: Money | None, currency: str = "") -> str:
    """Without it, for a column whose head names the ``currency``: ``1,240.00``. Another currency is shown whole."""
    if value is None:
        return ""
    if currency and code_of(value) != currency:
        return shown(value)
    pattern = "#,##0" + ("." + "0" * places(code_of(value)) if places(code_of(value)) else "")
    return format_decimal(value.amount, format=pattern, locale=_locale())


@register.filter
def large(value: Money | None) -> str:
    """For one large figure: the cents stand back."""
    text = money(value)
    whole, symbol, cents = text.rpartition(get_decimal_symbol(_locale()))
    return format_html('{}<span class="cents">{}{}</span>', whole, symbol, cents) if whole else text


@register.filter
def whole(value: Money | None) -> str:
    """Rounded for a sentence, where cents would only be noise: ``$6,420``."""
    if value is None:
        return ""
    text = shown(Money(value.amount.to_integral_value(), code_of(value)))
    return text.removesuffix(get_decimal_symbol(_locale()) + "0" * places(code_of(value)))


# Dates and times, in the zone that is active: the business's


@register.filter
def day(value: date | datetime | None) -> str:
    """With the weekday when it is near (``Thu, Nov 26``), with the year when it is another (``Nov 26, 2025``)."""
    if value is None:
        return ""
    local = _local_date(value)
    return _time_element(local.isoformat(), format_date(local, "full", locale=_locale()), day_words(local))


@register.filter
def long_day(value: date | datetime | None) -> str:
    """``Tuesday, November 24``: the date of a letter."""
    if value is None:
        return ""
    noon = _at_noon(_local_date(value))
    weekday = format_date(noon, "EEEE", locale=_locale())
    return gettext("%(weekday)s, %(day)s") % {
        "weekday": weekday[:1].upper() + weekday[1:],
        "day": format_skeleton("MMMMd", noon, locale=_locale()),
    }


@register.filter
def moment(value: date | datetime | None) -> str:
    """Day and time; today's show the time alone. A date without a time is a day."""
    if not isinstance(value, datetime):
        return day(value)
    local = timezone.localtime(value)
    return _time_element(local.isoformat(timespec="minutes"), _moment_title(local), moment_words(value))


@register.filter
def hour(value: datetime | None) -> str:
    """``9:05 am``."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return _time_element(local.isoformat(timespec="minutes"), _moment_title(local), hour_words(local))


@register.filter
def past_due(due: date | None) -> str:
    """Where a due date stands today: ``due in 3 days``, ``due today``, ``6 days past due``."""
    if due is None:
        return gettext("no due date")
    days = (_today() - due).days
    if days == 0:
        return gettext("due today")
    if days < 0:
        return ngettext("due in %(days)d day", "due in %(days)d days", -days) % {"days": -days}
    return ngettext("%(days)d day past due", "%(days)d days past due", days) % {"days": days}


@register.filter
def seconds(value: float | None) -> str:
    """A length of talk: ``1:07``."""
    if value is None:
        return ""
    minutes, rest = divmod(int(value), 60)
    return f"{minutes}:{rest:02d}"


# The same as plain words, for sentences put together in Python


def moment_words(value: datetime) -> str:
    local = timezone.localtime(value)
    return hour_words(local) if local.date() == _today() else f"{day_words(local.date())}, {hour_words(local)}"


def hour_words(local: datetime) -> str:
    """Of a moment that is in its zone already."""
    words = format_time(local.timetz(), "short", locale=_locale())
    return words.replace("\u202f", "\u00a0").replace("AM", "am").replace("PM", "pm")


def soon_words(value: datetime) -> str:
    """For a limit: ``8:40 am``, ``Wed, 8:40 am`` within the week, ``Dec 2`` beyond."""
    local, today = timezone.localtime(value), _today()
    if local.date() == today:
        return hour_words(local)
    if abs(local.date() - today) <= NEAR:
        return f"{format_date(local.date(), 'EEE', locale=_locale())}, {hour_words(local)}"
    return day_words(local.date())


def short_day(local: date) -> str:
    """``Nov 26``, for the foot of a chart."""
    return format_skeleton("MMMd", _at_noon(local), locale=_locale())


def day_words(local: date) -> str:
    today = _today()
    far = "MMMd" if local.year == today.year else "yMMMd"
    skeleton = "MMMEd" if abs(local - today) <= NEAR else far
    return format_skeleton(skeleton, _at_noon(local), locale=_locale())


@register.filter
def phone(number: str) -> str:
    """``+16145550103`` as ``(614) 555-0103``; another country's with its code; what is no number as it stands."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == 1
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


@register.filter
def browser(agent: str) -> str:
    """Which browser on which machine, as far as it says: ``Firefox on Windows``."""
    programs = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Android": "Android",
        "Windows": "Windows",
        "Mac": "Mac",
        "Linux": "Linux",
    }
    program = next((name for mark, name in programs.items() if mark in agent), gettext("A browser"))
    system = next((name for mark, name in systems.items() if mark in agent), "")
    return gettext("%(program)s on %(system)s") % {"program": program, "system": system} if system else program


# Shapes


@register.simple_tag
def icon(name: str, label: str | Promise = "") -> str:
    """A line icon from the sprite. Silent to screen readers beside a word; give it a label where it stands alone."""
    sprite = static("icons/sprite.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, sprite, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


class Look(NamedTuple):
    icon: str
    tone: str
    word: Promise | str


#: Every state a page names, with its shape, its tone and its word. Color never speaks alone.
LOOKS: dict[str, Look] = {
    "open": Look("circle", "", pgettext_lazy("invoice", "Open")),
    "due": Look("circle", "", _("Not due yet")),
    "overdue": Look("clock", "clock", _("Overdue")),
    "very_overdue": Look("circle-alert", "late", _("Long overdue")),
    "frozen": Look("snowflake", "frozen", _("Frozen")),
    "paused": Look("circle-pause", "frozen", _("Paused")),
    "on_hold": Look("hourglass", "clock", _("On hold")),
    "promised": Look("handshake", "accent", _("Promised")),
    "paid": Look("circle-check", "recovered", _("Paid")),
    "recovered": Look("circle-check", "recovered", _("Recovered")),
    "reversed": Look("undo-2", "late", _("Reversed")),
    "void": Look("circle-dashed", "faint", _("Void")),
    "deleted": Look("trash-2", "faint", _("Deleted in the books")),
    "written_off": Look("circle-dashed", "faint", _("Written off")),
    "draft": Look("pencil", "faint", _("Draft")),
    "left": Look("flag", "faint", _("Your decision")),
    "stopped": Look("octagon-x", "late", _("Stopped by law")),
    "planned": Look("calendar-clock", "", pgettext_lazy("call", "Planned")),
    "dialing": Look("phone-call", "clock", _("Dialing")),
    "live": Look("phone-call", "accent", _("On the line")),
    "ended": Look("phone", "", _("Ended")),
    "unknown": Look("circle-question-mark", "clock", _("Looking it up")),
    "new": Look("circle-alert", "frozen", pgettext_lazy("dispute", "New")),
    "live_dispute": Look("messages-square", "frozen", pgettext_lazy("dispute", "Open")),
    "closed": Look("check", "faint", pgettext_lazy("dispute", "Closed")),
    "healthy": Look("circle-check", "recovered", _("Connected")),
    "broken": Look("unplug", "late", _("Not connected")),
    "waiting": Look("hourglass", "clock", _("Waiting")),
    "refused": Look("ban", "late", _("Not called")),
}


@register.simple_tag
def status(state: str, word: str | Promise = "") -> str:
    """A state in a word, with its shape before it. An unknown state is a mistake of ours and says so."""
    look = LOOKS[state]
    tone = f" tone-{look.tone}" if look.tone else ""
    return format_html('<span class="status{}">{}{}</span>', tone, icon(look.icon), word or look.word)


# Beneath


def _locale() -> str:
    return to_locale(get_language() or "en-us")


def _today() -> date:
    return timezone.localtime(clock.now()).date()


def _local_date(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _at_noon(value: date) -> datetime:
    return datetime(value.year, value.month, value.day, 12, tzinfo=UTC)


def _time_element(machine: str, full: str, words: str) -> str:
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, full, words)


def _moment_title(local: datetime) -> str:
    return f"{format_date(local.date(), 'full', locale=_locale())}, {hour_words(local)}"
