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
from billing.models import Recovery
from calls.models import Attempt, Call
from desk import needs, sums
from desk.doors import members_page
from desk.standing import today as local_today
from desk.wording.outcomes import NOBODY_SPOKE
from integrations.models import Connection
from invoices.models import Invoice, Promise
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
class PlannedCall:
    at: datetime
    url: str
    customer: str
    about: str
    balance: Money
    late: str
    attempt: int


@require_GET
@members_page
def today(request: MemberRequest) -> HttpResponse:
    """The first page of the day."""
    business = request.business
    found = needs.needs(business)
    calls = _planned(business)
    page = {
        "now": clock.now(),
        "connected": Connection.objects.exclude(state=Connection.State.DISCONNECTED).exists(),
        "needs": found,
        "needs_title": needs.title(found),
        "week": _week(business),
        "calls": calls,
        "calls_line": _line(calls),
        "calls_count": ngettext("%(n)d call planned", "%(n)d calls planned", len(calls)) % {"n": len(calls)},
        "calls_total": money.total((call.balance for call in calls), business.currency),
        "yesterday": _yesterday(),
    }
    return render(request, "desk/today.html", page)


def _week(business: Business) -> Week:
    on = local_today()
    monday = on - timedelta(days=on.weekday())
    start = datetime.combine(monday, time.min, timezone.get_current_timezone())
    counted = Recovery.objects.filter(counts=True, currency=business.currency, decided_at__gte=start)
    days = dict(
        counted.order_by()
        .values_list(TruncDate("decided_at", tzinfo=timezone.get_current_timezone()))
        .annotate(Sum("amount"))
    )
    by_day = [days.get(monday + timedelta(days=index), Decimal(0)) for index in range(on.weekday() + 1)]
    running = Promise.objects.filter(status=Promise.Status.RUNNING, currency=business.currency)
    promised = running.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Week(
        recovered=money.of(sum(by_day, Decimal(0)), business.currency),
        by_day=by_day,
        by_day_words=_("Recovered day by day, Monday to today"),
        frozen=sums.balances(Invoice.objects.open().exclude(frozen_at=None), currency=business.currency)[0],
        promised=money.of(promised, business.currency),
    )


def _planned(business: Business) -> list[PlannedCall]:
    """Who will be called before midnight."""
    on = local_today()
    midnight = datetime.combine(on + timedelta(days=1), time.min, timezone.get_current_timezone())
    attempts = Attempt.objects.filter(status=Attempt.Status.PLANNED, planned_for__lt=midnight)
    listed = attempts.select_related("customer").prefetch_related("about__invoice").order_by("planned_for")
    calls = []
    for attempt in listed:
        invoices = [link.invoice for link in attempt.about.all() if link.dropped_at is None]
        open_ones = [invoice for invoice in invoices if invoice.currency == business.currency]
        if not open_ones:
            continue
        late = max(invoice.days_late(on) for invoice in open_ones)
        many = ngettext("%(n)d invoice", "%(n)d invoices", len(open_ones)) % {"n": len(open_ones)}
        calls.append(
            PlannedCall(
                at=attempt.planned_for,
                url=reverse("customer", args=[attempt.customer_id]),
                customer=attempt.customer.name,
                about=open_ones[0].number if len(open_ones) == 1 else many,
                balance=money.total((invoice.balance_money for invoice in open_ones), business.currency),
                late=ngettext("%(n)d day", "%(n)d days", late) % {"n": late},
                attempt=attempt.number,
            )
        )
    return calls


def _line(calls: list[PlannedCall]) -> str:
    if not calls:
        return ""
    first, last = (hour_words(timezone.localtime(call.at)) for call in (calls[0], calls[-1]))
    return _("first %(first)s, last %(last)s") % {"first": first, "last": last} if len(calls) > 1 else first


def _yesterday() -> str:
    """``7 calls: 4 spoke with us, 2 pay by link, 1 promised, 1 disputes.``"""
    start = datetime.combine(local_today() - timedelta(days=1), time.min, timezone.get_current_timezone())
    made = Call.objects.filter(placed_at__gte=start, placed_at__lt=start + timedelta(days=1))
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
