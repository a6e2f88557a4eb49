"""Today: a short letter about what needs the owner, what was recovered, who will be called."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from accounts.models import Business
from calls.models import Attempt, Call
from desk import needs, sums
from desk.doors import members_page
from desk.standing import today as local_today
from desk.wording.outcomes import NOBODY_SPOKE, ending
from integrations.models import Connection
from invoices.models import Promise
from syntharra import clock, money
from syntharra.money import Money
from syntharra.templatetags.syntharra import hour_words


@dataclass(frozen=True)
class Week:
    """From Monday to now."""

    recovered: Money
    by_day: list[Decimal]
    by_day_words: str
    frozen: Money
    promised: Money


@dataclass(frozen=True)
class TodaysCall:
    """One call of the day: made, under way, or still to come."""

    at: datetime
    url: str
    customer: str
    about: str
    balance: Money
    late: str
    state: str
    word: str
    planned: bool


@require_GET
@members_page
def today(request: MemberRequest) -> HttpResponse:
    """The first page of the day."""
    business = request.business
    found = needs.needs(business)
    calls = _todays(business)
    planned = [call for call in calls if call.planned]
    page = {
        "now": clock.now(),
        "is_letter": True,
        "connected": business.connections.exclude(state=Connection.State.DISCONNECTED).exists(),
        "needs": found,
        "needs_title": needs.title(found),
        "week": _week(business),
        "calls": calls,
        "calls_line": _line(planned),
        "next_call": None if calls else _next_call(business),
        "calls_count": _count(len(planned), len(calls) - len(planned)),
        "calls_total": money.total((call.balance for call in calls), business.currency),
        "yesterday": _yesterday(business),
    }
    return render(request, "desk/today.html", page)


def _week(business: Business) -> Week:
    on = local_today()
    monday = on - timedelta(days=on.weekday())
    start = datetime.combine(monday, time.min, timezone.get_current_timezone())
    counted = business.recoverys.filter(counts=True, currency=business.currency, decided_at__gte=start)
    days = dict(
        counted.order_by()
        .values_list(TruncDate("decided_at", tzinfo=timezone.get_current_timezone()))
        .annotate(Sum("amount"))
    )
    by_day = [days.get(monday + timedelta(days=index), Decimal(0)) for index in range(on.weekday() + 1)]
    running = business.promises.filter(status=Promise.Status.RUNNING, currency=business.currency)
    promised = running.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Week(
        recovered=money.of(sum(by_day, Decimal(0)), business.currency),
        by_day=by_day,
        by_day_words=_("Recovered day by day, Monday to today"),
        frozen=sums.balances(business.invoices.open().exclude(frozen_at=None), currency=business.currency)[0],
        promised=money.of(promised, business.currency),
    )


def _todays(business: Business) -> list[TodaysCall]:
    """What was called since midnight and who will be called before the next."""
    start = _midnight()
    made = business.calls.filter(placed_at__gte=start, attempt__isnull=False).select_related("customer", "attempt")
    planned = business.attempts.filter(status=Attempt.Status.PLANNED, planned_for__lt=start + timedelta(days=1))
    calls = [_made(call, business) for call in made.prefetch_related("attempt__about__invoice")]
    calls += [_planned(it, business) for it in planned.select_related("customer").prefetch_related("about__invoice")]
    return sorted((call for call in calls if call is not None), key=lambda call: call.at)


def _made(call: Call, business: Business) -> TodaysCall | None:
    assert call.attempt is not None
    end = ending(call)
    url = reverse("call", args=[call.pk])
    return _line_of(call.attempt, business, at=call.placed_at, url=url, state=end.state, word=end.word)


def _planned(attempt: Attempt, business: Business) -> TodaysCall | None:
    url = reverse("customer", args=[attempt.customer_id])
    word = _("Attempt %(n)d of 3") % {"n": attempt.number}
    return _line_of(attempt, business, at=attempt.planned_for, url=url, state="planned", word=word)


def _line_of(
    attempt: Attempt, business: Business, *, at: datetime, url: str, state: str, word: str
) -> TodaysCall | None:
    links = list(attempt.about.all())
    kept = [link.invoice for link in links if link.dropped_at is None] or [link.invoice for link in links]
    about = [invoice for invoice in kept if invoice.currency == business.currency]
    if not about:
        return None
    late = max(invoice.days_late(local_today()) for invoice in about)
    many = ngettext("%(n)d invoice", "%(n)d invoices", len(about)) % {"n": len(about)}
    return TodaysCall(
        at=at,
        url=url,
        customer=attempt.customer.name,
        about=about[0].number if len(about) == 1 else many,
        balance=money.total((invoice.balance_money for invoice in about), business.currency),
        late=ngettext("%(n)d day", "%(n)d days", late) % {"n": late},
        state=state,
        word=word,
        planned=state == "planned",
    )


def _midnight() -> datetime:
    return datetime.combine(local_today(), time.min, timezone.get_current_timezone())


def _count(planned: int, made: int) -> str:
    words = []
    if made:
        words.append(ngettext("%(n)d call made", "%(n)d calls made", made) % {"n": made})
    if planned:
        words.append(ngettext("%(n)d to come", "%(n)d to come", planned) % {"n": planned})
    return ", ".join(words)


def _next_call(business: Business) -> datetime | None:
    waiting = business.attempts.filter(status=Attempt.Status.PLANNED)
    return waiting.order_by("planned_for").values_list("planned_for", flat=True).first()


def _line(calls: list[TodaysCall]) -> str:
    if not calls:
        return ""
    first, last = (hour_words(timezone.localtime(call.at)) for call in (calls[0], calls[-1]))
    return _("first %(first)s, last %(last)s") % {"first": first, "last": last} if len(calls) > 1 else first


def _yesterday(business: Business) -> str:
    """``7 calls: 4 spoke with us, 2 pay by link, 1 promised, 1 disputes.``"""
    start = _midnight() - timedelta(days=1)
    made = business.calls.filter(placed_at__gte=start, placed_at__lt=start + timedelta(days=1))
    results = Counter(made.values_list("disposition", flat=True))
    count = sum(results.values())
    if not count:
        return _("No calls.")
    spoke = count - sum(results[nobody] for nobody in NOBODY_SPOKE)
    words = [
        ngettext("%(n)d spoke with us", "%(n)d spoke with us", spoke) % {"n": spoke},
        ngettext("%(n)d pays by link", "%(n)d pay by link", results["pay_now"]) % {"n": results["pay_now"]},
        ngettext("%(n)d promised", "%(n)d promised", results["promise_to_pay"]) % {"n": results["promise_to_pay"]},
        ngettext("%(n)d disputes", "%(n)d dispute", results["dispute"]) % {"n": results["dispute"]},
    ]
    calls = ngettext("%(n)d call", "%(n)d calls", count) % {"n": count}
    shown = [words[0], *(word for word in words[1:] if not word.startswith("0 "))]
    return _("%(calls)s: %(what)s.") % {"calls": calls, "what": ", ".join(shown)}
