"""The clocks of a dispute in words: how much has run, where each stands, and what runs out next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desk.wording.gate import against
from disputes import clocks as pure
from disputes.clock_facts import legal_dates, row_track
from disputes.clocks import Of, State
from disputes.models import Dispute, LegalDate
from invoices.models import Invoice
from syntharra import clock
from syntharra.templatetags.syntharra import day_words, soon_words

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_NAMES: dict[Of, Any] = {
    Of.STOPPED: gettext_lazy("Collecting stopped"),
    Of.TOLD: gettext_lazy("You were told"),
    Of.ACKNOWLEDGED: gettext_lazy("Acknowledgement to them"),
    Of.ASKED: gettext_lazy("Asked what is wrong"),
    Of.FIRST_WORD: gettext_lazy("First word of a person"),
    Of.DECISION: gettext_lazy("Your decision"),
}
_LOOKS = {State.NOT_PERMITTED: "none", State.NOT_POSSIBLE: "running", State.OVER: "none"}


@dataclass(frozen=True)
class Clock:
    """``state`` is running, met, late or none (it does not run, and ``words`` say why); ``share`` is in percent.

    ``key``: of a legal date a member may tick as done; empty otherwise.
    """

    name: str
    state: str
    words: str
    share: int
    limit: datetime
    key: str = ""
    open: bool = False


def clocks(track: pure.Track) -> list[Clock]:
    """All of them, late ones first, then in the order they run out."""
    now = clock.now()
    return [shown(one, now) for one in pure.clocks(track, now)]


def next_clock(dispute: Dispute) -> Clock | None:
    """The one a list shows: late and waiting, or the next to run out. None when nothing waits."""
    now = clock.now()
    found = pure.next_of(row_track(dispute, timezone.get_current_timezone_name()), now)
    return shown(found, now) if found else None


def decision_clock(dispute: Dispute) -> Clock:
    """How long the firm has to say what it will do."""
    now = clock.now()
    found = pure.clocks(row_track(dispute, timezone.get_current_timezone_name()), now)
    return shown(next(one for one in found if one.of == Of.DECISION), now)


def legal_clocks(invoice: Invoice, *, zone: str) -> list[Clock]:
    """Those of the legal dates of an invoice, disputed or not. Two queries."""
    now = clock.now()
    found = legal_dates([invoice.pk]).get(invoice.pk, [])
    return [shown(one, now) for one in pure.legal_clocks(found, now, zone)]


def shown(one: pure.Clock, now: datetime) -> Clock:
    """A clock in words."""
    run = (now - one.start) / (one.limit - one.start) if one.limit > one.start else 1.0
    ran_out = one.met_at is not None or one.state == State.LATE
    share = (
        0 if one.state in (State.NOT_PERMITTED, State.OVER) else 100 if ran_out else min(max(int(run * 100), 1), 100)
    )
    key = one.legal.key if one.legal and one.met_at is None else ""
    return Clock(
        _name(one), _LOOKS.get(one.state, one.state.value), _words(one, now), share, one.limit, key, one.is_open
    )


def _name(one: pure.Clock) -> str:
    if one.of == Of.TOLD and one.met_at is None:
        return _("You are to be told")
    if one.legal is None:
        return str(_NAMES[one.of])
    kind = str(LegalDate.Kind(one.legal.kind).label)
    return f"{kind}: {one.legal.note}" if one.legal.note else kind


def _words(one: pure.Clock, now: datetime) -> str:
    match one.state:
        case State.NOT_PERMITTED:
            return _("not permitted: %(why)s") % {"why": against(one.why)}
        case State.NOT_POSSIBLE:
            return _("no e-mail: post the letter by %(when)s") % {"when": soon_words(one.limit)}
        case State.OVER:
            over = one.of == Of.LEGAL
            return _("ended %(day)s") % {"day": _last_day(one)} if over else _("over before it ran out")
        case State.LATE if one.met_at is None:
            return _("%(time)s late") % {"time": span(now - one.limit)}
        case State.RUNNING:
            return _("by %(when)s") % {"when": _last_day(one) if one.of == Of.LEGAL else soon_words(one.limit)}
    assert one.met_at is not None
    if one.of == Of.STOPPED:
        return _("at once")
    if one.of == Of.LEGAL:
        return _("done %(day)s") % {"day": day_words(timezone.localtime(one.met_at).date())}
    words = _("after %(time)s") % {"time": span(one.met_at - one.start)}
    if one.asked_again:
        again = ngettext("asked once more", "asked %(n)d times more", one.asked_again) % {"n": one.asked_again}
        return f"{words} · {again}"
    return words


def _last_day(one: pure.Clock) -> str:
    assert one.legal is not None
    return day_words(one.legal.on)


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
