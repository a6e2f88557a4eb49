"""The clocks of a dispute: how long each has, how much has run, and where it stands, in words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.windows import Calendar
from disputes.letters import ACKNOWLEDGE_WITHIN
from disputes.models import Dispute
from notifications.models import Message
from syntharra import clock
from syntharra.templatetags.syntharra import soon_words

TELL_WITHIN = timedelta(minutes=15)
DECIDE_WITHIN_BUSINESS_DAYS = 5
MINUTE, HOUR, DAY = 60, 3_600, 86_400
_FEDERAL = Calendar()


@dataclass(frozen=True)
class Clock:
    """``state`` is running, met, late or none (it does not run, and ``words`` say why); ``share`` is in percent."""

    name: str
    state: str
    words: str
    share: int
    limit: datetime


def clocks(dispute: Dispute, *, letter: Message | None, has_address: bool) -> list[Clock]:
    """In the order they run out. ``letter`` is the acknowledgement, where one was ever owed."""
    now = clock.now()
    told = _run(_("You were told"), dispute.opened_at, TELL_WITHIN, dispute.owner_told_at, now)
    decided = _decision(dispute, now)
    return [told, _acknowledgement(dispute, letter, has_address, now), decided]


def next_clock(dispute: Dispute) -> Clock:
    """The one a list shows: the acknowledgement while it is owed, then the decision."""
    now = clock.now()
    if dispute.acknowledged_at is None and now < dispute.opened_at + ACKNOWLEDGE_WITHIN:
        return _run(_("Acknowledgement"), dispute.opened_at, ACKNOWLEDGE_WITHIN, None, now)
    return _decision(dispute, now)


def decision_clock(dispute: Dispute) -> Clock:
    """How long the firm has to say what it will do."""
    return _decision(dispute, clock.now())


def business_days_after(start: datetime, days: int) -> datetime:
    """The same hour, so many business days later: no Saturdays, Sundays or federal holidays."""
    local = timezone.localtime(start)
    day = local.date()
    while days:
        day += timedelta(days=1)
        days -= _is_business_day(day)
    return datetime.combine(day, local.time(), local.tzinfo)


def _is_business_day(day: date) -> bool:
    return day.weekday() < 5 and not _FEDERAL.closes(day.toordinal())


def _decision(dispute: Dispute, now: datetime) -> Clock:
    limit = business_days_after(dispute.opened_at, DECIDE_WITHIN_BUSINESS_DAYS)
    return _run(_("Your decision"), dispute.opened_at, limit - dispute.opened_at, dispute.closed_at, now)


def _acknowledgement(dispute: Dispute, letter: Message | None, has_address: bool, now: datetime) -> Clock:
    name = _("Acknowledgement to them")
    limit = dispute.opened_at + ACKNOWLEDGE_WITHIN
    if dispute.acknowledged_at is None and letter and letter.status == Message.Status.REFUSED:
        return Clock(name, "none", _("not permitted: %(why)s") % {"why": letter.outcome}, 0, limit)
    if dispute.acknowledged_at is None and letter is None and not has_address:
        return Clock(name, "none", _("no e-mail address: post a letter"), 0, limit)
    return _run(name, dispute.opened_at, ACKNOWLEDGE_WITHIN, dispute.acknowledged_at, now)


def _run(name: str, start: datetime, within: timedelta, met_at: datetime | None, now: datetime) -> Clock:
    limit = start + within
    if met_at is not None:
        state = "met" if met_at <= limit else "late"
        return Clock(name, state, _("after %(time)s") % {"time": span(met_at - start)}, 100, limit)
    if now > limit:
        return Clock(name, "late", _("%(time)s late") % {"time": span(now - limit)}, 100, limit)
    share = int((now - start) / within * 100)
    return Clock(name, "running", _("by %(when)s") % {"when": soon_words(limit)}, max(share, 1), limit)


def span(length: timedelta) -> str:
    """A length of time in its largest unit: ``4 seconds``, ``25 minutes``, ``3 days``."""
    seconds = max(int(length.total_seconds()), 0)
    if seconds >= DAY:
        return ngettext("%(n)d day", "%(n)d days", seconds // DAY) % {"n": seconds // DAY}
    if seconds >= HOUR:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // HOUR) % {"n": seconds // HOUR}
    if seconds >= MINUTE:
        return ngettext("%(n)d minute", "%(n)d minutes", seconds // MINUTE) % {"n": seconds // MINUTE}
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
