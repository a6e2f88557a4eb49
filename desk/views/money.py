"""Recoveries and our fee: one line each, with the reason; and what was paid without us."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from accounts.models import Business
from billing.models import FeeLine, Recovery
from desk.doors import members_page
from desk.standing import invoice_url, today
from desk.views.invoices import without_page
from syntharra import money as amounts
from syntharra.money import Money
from syntharra.templatetags.syntharra import moment_words, short_day

PER_PAGE = 30
WEEKS = 8
UNCOUNTED = 10


@dataclass(frozen=True)
class MoneyRow:
    url: str
    on: date
    customer: str
    invoice: str
    why: str
    amount: Money
    fee: Money | None


@require_GET
@members_page
def money(request: MemberRequest) -> HttpResponse:
    """What came back, what of it is ours, and every line of both."""
    business = request.business
    currency = business.currency
    lines = business.feelines.filter(currency=currency).select_related(
        "recovery__customer", "recovery__invoice", "recovery__call"
    )
    page = Paginator(lines.order_by("-booked_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    recovered = _sum(business.recoverys.filter(counts=True, currency=currency), currency)
    fee = _sum(lines, currency)
    uncounted = (
        business.recoverys.filter(counts=False).select_related("customer", "invoice").order_by("-decided_at", "-pk")
    )
    context = {
        "recovered": recovered,
        "fee": fee,
        "yours": recovered - fee,
        "currency": currency,
        "points": _weeks(business),
        "page": page,
        "rows": _rows(list(page.object_list)),
        "query": without_page(request),
        "total_words": ngettext("%(n)d line", "%(n)d lines", page.paginator.count) % {"n": page.paginator.count},
        "uncounted": [_uncounted(recovery) for recovery in uncounted.order_by("-decided_at", "-pk")[:UNCOUNTED]],
    }
    return render(request, "desk/money.html", context)


def _sum(found: "QuerySet[Recovery] | QuerySet[FeeLine]", currency: str) -> Money:
    return amounts.of(found.aggregate(sum=Sum("amount"))["sum"] or Decimal(0), currency)


def _weeks(business: Business) -> list[tuple[str, Money]]:
    """The last eight weeks, oldest first; none while nothing was recovered."""
    this_monday = today() - timedelta(days=today().weekday())
    first = this_monday - timedelta(weeks=WEEKS - 1)
    weekly = business.recoverys.filter(counts=True, currency=business.currency, paid_on__gte=first).order_by()
    found = dict(weekly.values_list(TruncWeek("paid_on")).annotate(Sum("amount")))
    if not found:
        return []
    mondays = [first + timedelta(weeks=index) for index in range(WEEKS)]
    return [(short_day(monday), amounts.of(found.get(monday, Decimal(0)), business.currency)) for monday in mondays]


def _rows(lines: list[FeeLine]) -> list[MoneyRow]:
    """What each line added or took back: the difference to the line before it on the same recovery."""
    before: dict[tuple[UUID, int], Decimal] = {
        (line.recovery_id, line.position): line.recovered
        for line in FeeLine.objects.filter(recovery__in={line.recovery_id for line in lines})
    }
    return [
        MoneyRow(
            url=invoice_url(line.recovery.invoice),
            on=line.recovery.paid_on,
            customer=line.recovery.customer.name,
            invoice=line.recovery.invoice.number,
            why=_why(line),
            amount=amounts.of(
                line.recovered - before.get((line.recovery_id, line.position - 1), Decimal(0)), line.currency
            ),
            fee=amounts.of(line.amount, line.currency),
        )
        for line in lines
    ]


def _why(line: FeeLine) -> str:
    recovery = line.recovery
    if line.amount < 0:
        return _("Taken back in the books; the fee for it too")
    if recovery.call is None:
        return recovery.get_rule_display()
    spoke = moment_words(recovery.call.placed_at)
    return _("%(rule)s on %(when)s") % {"rule": recovery.get_rule_display(), "when": spoke}


def _uncounted(recovery: Recovery) -> MoneyRow:
    return MoneyRow(
        url=invoice_url(recovery.invoice),
        on=recovery.paid_on,
        customer=recovery.customer.name,
        invoice=recovery.invoice.number,
        why=recovery.get_rule_display(),
        amount=amounts.of(recovery.amount, recovery.currency),
        fee=None,
    )
