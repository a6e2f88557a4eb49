"""The calls of one day as a page shows them before they are made: who, which number, why, when, and what may still be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Business, Role, User
from calls import preview
from calls.approval import CannotApprove, approve, approve_all, call_off
from calls.models import Attempt
from calls.preview import NothingToFreeze, complained
from desk.doors import AT_WORK
from desk.standing import Standing, invoice_url, standings
from invoices.models import Invoice
from syntharra import clock, money
from syntharra.money import Money
from syntharra.templatetags.syntharra import past_due

LISTED = 200
GOES_AHEAD = ("due", "overdue", "very_overdue")


class Refused(Exception):
    """The call went out, was taken back, or the member's role does not allow it; the words are for the page."""


@dataclass(frozen=True)
class About:
    """One invoice a call would speak of. ``why`` says where it stands and how late it will be on that day."""

    number: str
    url: str
    balance: Money
    why: str


@dataclass(frozen=True)
class Planned:
    """One planned call. ``stopped`` says what keeps it from going out by now; "" when nothing does."""

    pk: UUID
    at: datetime
    customer: str
    customer_url: str
    to: str
    attempt: str
    about: list[About]
    stopped: Standing | None
    waits: bool  # for a yes, in review mode


@dataclass(frozen=True)
class DayOfCalls:
    """All calls planned for one date of the business."""

    on: date
    calls: list[Planned]
    more: int
    waiting: int
    total: Money
    settled: bool  # the evening's planning is done: little will be added


def day_of(business: Business, on: date) -> DayOfCalls:
    """What is planned for that date, in a constant number of queries."""
    attempts = list(
        preview.calls_on(business, on).select_related("customer").prefetch_related("about__invoice__customer")
    )
    shown = attempts[:LISTED]
    about = {attempt.pk: [link.invoice for link in attempt.about.all() if not link.dropped_at] for attempt in shown}
    stands = standings([invoice for invoices in about.values() for invoice in invoices])
    calls = [_planned(attempt, about[attempt.pk], stands, business, on) for attempt in shown]
    owed = [invoice.balance_money for invoices in about.values() for invoice in invoices]
    mine = [amount for amount in owed if money.currency_code(amount) == business.currency]
    begins, _ends = preview.bounds(business, on)
    return DayOfCalls(
        on=on,
        calls=calls,
        more=len(attempts) - len(shown),
        waiting=sum(call.waits for call in calls),
        total=money.total(mine, business.currency),
        settled=clock.now() >= begins - timedelta(hours=7),
    )


def next_day(business: Business, after: date) -> date:
    """The first date from that one on for which a call is planned; that one itself when none is."""
    begins, _ends = preview.bounds(business, after)
    waiting = Attempt.objects.filter(business=business, status=Attempt.Status.PLANNED, planned_for__gte=begins)
    first = waiting.order_by("planned_for").values_list("planned_for", flat=True).first()
    return timezone.localtime(first).date() if first is not None else after


def tomorrow() -> date:
    """On the wall clock of the page."""
    return timezone.localtime(clock.now()).date() + timedelta(days=1)


def act(attempt: Attempt, word: str, *, role: str, by: User) -> str:
    """Do what a button of the page says, as far as the role allows; what happened, in words. Raises Refused.

    ``word`` is hold, approve or complained. Anybody of the firm may hold and freeze; approving takes who does the work.
    """
    name = {"name": attempt.customer.name}
    try:
        match word:
            case "hold":
                call_off(attempt.pk, by=by, reason=_("held before the call"))
                return _("%(name)s is on hold and is not called until you lift it.") % name
            case "approve":
                _only(role, AT_WORK)
                approve(attempt.pk, by=by)
                return _("%(name)s is called as planned.") % name
            case "complained":
                numbers = ", ".join(complained(attempt.pk, by=by))
                return _("Frozen: we ask %(name)s for no money while %(numbers)s is open.") % {
                    **name,
                    "numbers": numbers,
                }
    except CannotApprove as gone:
        raise Refused(_("This call is no longer waiting: it was placed or taken back meanwhile.")) from gone
    except NothingToFreeze as nothing:
        raise Refused(_("Nothing is left to freeze here: it is frozen or settled already.")) from nothing
    raise Refused(_("Choose what to do with the call."))


def let_all_go(business: Business, on: date, *, role: str, by: User) -> int:
    """A yes to every call of that date that waits for one; how many. Raises Refused."""
    _only(role, AT_WORK)
    waiting = preview.calls_on(business, on).filter(approved_at=None)
    return approve_all(waiting.values_list("pk", flat=True), by=by)


def _only(role: str, allowed: Sequence[Role]) -> None:
    if role not in allowed:
        names = ", ".join(str(one.label) for one in allowed)
        raise Refused(_("It takes one of these roles: %(roles)s.") % {"roles": names})


def _planned(
    attempt: Attempt, about: list[Invoice], stands: dict[UUID, Standing], business: Business, on: date
) -> Planned:
    still = [invoice for invoice in about if not _stopped(stands[invoice.pk], attempt)]
    stopped = None if still or not about else stands[about[0].pk]
    waits = stopped is None and business.reviews_calls and attempt.approved_at is None
    return Planned(
        pk=attempt.pk,
        at=attempt.planned_for,
        customer=attempt.customer.name,
        customer_url=reverse("customer", args=[attempt.customer_id]),
        to=attempt.to,
        attempt=_("call %(n)d of 3") % {"n": attempt.number},
        about=[
            About(
                number=invoice.number or invoice.external_id,
                url=invoice_url(invoice),
                balance=invoice.balance_money,
                why=_late(invoice, on, stands[invoice.pk], attempt),
            )
            for invoice in about
        ],
        stopped=stopped,
        waits=waits,
    )


def _stopped(stands: Standing, attempt: Attempt) -> bool:
    return attempt.customer.never_call or stands.state not in GOES_AHEAD


def _late(invoice: Invoice, on: date, stands: Standing, attempt: Attempt) -> str:
    if _stopped(stands, attempt):
        return stands.word or stands.why
    late = invoice.days_late(on)
    return (
        ngettext("%(n)d day past due", "%(n)d days past due", late) % {"n": late} if late else past_due(invoice.due_on)
    )
