"""The board and list of disputes, the page of one, and what its owner may do there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business
from desk import book_entries, history
from desk.clocks import Clock, clocks, next_clock
from desk.dispute_work import work_of
from desk.doors import AT_WORK, IN_CHARGE, members_page, only_for
from desk.forms import ReasonForm
from desk.legal_form import LegalDateForm
from desk.standing import rows, today
from disputes.acknowledging import waiting
from disputes.models import Claim, ClaimOn, Dispute
from disputes.reminders import task_of
from disputes.services import CannotRelease, answer_for_others, release
from invoices.models import Invoice
from syntharra import money
from syntharra.money import Money
from syntharra.templatetags.syntharra import moment, moment_words, phone

VIEW_KEY = "disputes_view"


@dataclass(frozen=True)
class Card:
    url: str
    number: str
    customer: str
    words: str
    balance: Money
    under: str
    about: str
    next: str
    next_name: str
    clocks: list[Clock] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    word: str
    cards: list[Card]


@require_GET
@members_page
def disputes(request: MemberRequest) -> HttpResponse:
    """The board, or the list for keyboards; the choice is remembered."""
    chosen = request.GET.get("view") or request.session.get(VIEW_KEY) or "board"
    board = chosen != "list"
    if "view" in request.GET:
        request.session[VIEW_KEY] = "board" if board else "list"
    business = request.business
    live = list(_with_people(business.disputes.live()).order_by("opened_at"))
    closed = list(_with_people(business.disputes.filter(closed_at__gte=_month_start())).order_by("-closed_at"))
    claims = _first_claims([*live, *closed])
    own = [money.of(d.balance_at_opening, d.currency) for d in live if d.currency == business.currency]
    total = money.total(own, business.currency)
    count = ngettext("%(n)d open dispute", "%(n)d open disputes", len(live)) % {"n": len(live)}
    context = {
        "any": bool(live or closed),
        "board": board,
        "summary": _("%(count)s; %(sum)s frozen.") % {"count": count, "sum": money.shown(total)},
        "columns": _columns(live, closed, claims),
        "cards": [_card(dispute, claims) for dispute in live],
        "currency": business.currency,
        "total": total,
        "total_words": count,
    }
    return render(request, "desk/disputes.html", context)


@require_GET
@members_page
def dispute(request: MemberRequest, number: str) -> HttpResponse:
    """One dispute: their words first, then what happened; beside it the clocks and the facts."""
    found = _of(request.business, number)
    links = list(found.links.select_related("claim").order_by("claim__said_at"))
    first = links[0].claim if links else None
    others = _others(found)
    works = request.membership.role in AT_WORK
    context = {
        "title": found.number,
        "dispute": found,
        "above": [(_("Disputes"), reverse("disputes"))],
        "under": f"{found.customer.name} · {_about(found)}",
        "words": first.words if first else "",
        "words_by": _who(first) if first else "",
        "more": [(link.claim.words, _who(link.claim)) for link in links[1:]],
        "standing": _standing(found, first),
        "events": history.of_dispute(found),
        "work": work_of(found, request.membership),
        "clocks": clocks(found, zone=request.business.time_zone),
        "letter": waiting(found) if works else None,
        "letter_url": reverse("acknowledgement", args=[found.number]),
        "legal_date_form": LegalDateForm(auto_id="legal_%s"),
        "legal_date_url": reverse("new_legal_date", args=[found.invoice_id]) if works else "",
        "others": rows(others),
        "asks_about_others": bool(others) and found.go_on_with_others is None and found.closed_at is None,
        "others_url": reverse("other_invoices", args=[found.number]),
        "may_release": found.closed_at is None and request.membership.role in IN_CHARGE,
        "release_url": reverse("release_dispute", args=[found.number]),
        "reason_form": ReasonForm(),
        "facts": _facts(found, first),
        **_books(request, found),
    }
    return render(request, "desk/dispute.html", context)


@require_POST
@members_page
def release_dispute(request: MemberRequest, number: str) -> HttpResponse:
    """A false alarm, with a reason. Anybody may freeze; ending it takes an owner or manager."""
    only_for(request, *IN_CHARGE)
    found = _of(request.business, number)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            release(found.pk, by=request.user, reason=form.cleaned_data["reason"])
        except CannotRelease as refusal:
            messages.error(request, str(refusal))
    return redirect(found)


@require_POST
@members_page
def other_invoices(request: MemberRequest, number: str) -> HttpResponse:
    """Go on with the customer's other invoices, or leave them too while this is open."""
    only_for(request, *IN_CHARGE)
    found = _of(request.business, number)
    if request.POST.get("go_on") in ("yes", "no"):
        answer_for_others(found.pk, go_on=request.POST["go_on"] == "yes", by=request.user)
    return redirect(found)


def _books(request: MemberRequest, dispute: Dispute) -> dict[str, object]:
    """The books' own reminders, done or not; and what else is still to be written about the invoice."""
    reminders = task_of(dispute)
    waiting = book_entries.of_invoice(dispute.invoice).filter(status__in=book_entries.WAITING)
    if reminders is not None:
        waiting = waiting.exclude(pk=reminders.pk)
    return {
        "reminders": book_entries.shown([reminders], request.membership) if reminders else [],
        "entries": book_entries.shown(waiting, request.membership),
        "reminders_words": "" if reminders else _reminders(dispute),
    }


def _reminders(dispute: Dispute) -> str:
    """Where there is nothing to do about them."""
    if dispute.closed_at is not None:
        return ""
    if dispute.invoice.reminders_on is False or dispute.invoice.connection.reminders_said == "off":
        return _("Your books send no reminders of their own about it.")
    return _("Whether your books send reminders of their own about it, we do not know.")


def _of(business: Business, number: str) -> Dispute:
    return get_object_or_404(_with_people(business.disputes.all()), number=number)


def _with_people(found: "QuerySet[Dispute]") -> "QuerySet[Dispute]":
    return found.select_related("invoice__customer", "invoice__connection", "customer")


def _month_start() -> datetime:
    return datetime.combine(today().replace(day=1), time.min, timezone.get_current_timezone())


def _first_claims(found: Iterable[Dispute]) -> dict[object, Claim]:
    links = ClaimOn.objects.filter(dispute__in=[dispute.pk for dispute in found], first=True).select_related("claim")
    return {link.dispute_id: link.claim for link in links}


def _columns(live: list[Dispute], closed: list[Dispute], claims: dict[object, Claim]) -> list[Column]:
    words = {
        Dispute.Status.NEW: _("New"),
        Dispute.Status.ACKNOWLEDGED: _("Acknowledged"),
        Dispute.Status.SPECIFIED: _("Specified"),
        Dispute.Status.RESOLVING: _("Being resolved"),
    }
    columns = [
        Column(word, [_card(dispute, claims) for dispute in live if dispute.status == status])
        for status, word in words.items()
    ]
    return [*columns, Column(_("Closed this month"), [_card(dispute, claims) for dispute in closed])]


def _card(dispute: Dispute, claims: dict[object, Claim]) -> Card:
    claim = claims.get(dispute.pk)
    kind = claim.get_reason_display() if claim else ""
    running = next_clock(dispute) if dispute.closed_at is None else None
    return Card(
        url=dispute.get_absolute_url(),
        number=dispute.number,
        customer=dispute.customer.name,
        words=claim.words if claim else "",
        balance=money.of(dispute.balance_at_opening, dispute.currency),
        under=" · ".join(part for part in (dispute.number, dispute.invoice.number, kind) if part),
        about=" · ".join(part for part in (dispute.invoice.number, kind) if part),
        next=running.words if running else "",
        next_name=running.name if running else "",
        clocks=[running] if running else [],
    )


def _about(dispute: Dispute) -> str:
    amount = money.shown(money.of(dispute.balance_at_opening, dispute.currency))
    return _("invoice %(number)s · %(amount)s") % {"number": dispute.invoice.number, "amount": amount}


def _who(claim: Claim) -> str:
    who = claim.by or _("The customer")
    return _("%(who)s, %(where)s, %(when)s") % {
        "who": phone(who),
        "where": claim.get_source_display(),
        "when": moment_words(claim.said_at),
    }


def _standing(dispute: Dispute, claim: Claim | None) -> str:
    if dispute.closed_at:
        return _("Closed: %(why)s") % {"why": dispute.closed_reason or dispute.closed_as}
    names = {"name": dispute.customer.name}
    open_words = _("Open. We will not ask %(name)s for money about it while this is open.") % names
    if dispute.acknowledged_at is None:
        return open_words
    if claim is None or claim.reason == Claim.Reason.OTHER_VAGUE:
        return f"{open_words} " + _("They have it in writing; what exactly is wrong they have not said yet.")
    return f"{open_words} " + _("They have it in writing.")


def _others(dispute: Dispute) -> list[Invoice]:
    """The customer's other overdue invoices, which wait for the owner's word."""
    found = Invoice.objects.open().overdue_by(1, on=today()).filter(customer=dispute.customer_id, frozen_at=None)
    return list(found.select_related("customer").order_by("due_on")[:20])


def _facts(dispute: Dispute, claim: Claim | None) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (_("Amount"), money.shown(money.of(dispute.balance_at_opening, dispute.currency))),
        (_("Kind"), claim.get_reason_display() if claim else _("not said yet")),
        (_("State"), dispute.get_status_display()),
        (_("Opened"), moment(dispute.opened_at)),
    ]
    if claim and claim.evidence.get("second") is not None:
        facts.append((_("In the call"), _("at second %(n)s") % {"n": claim.evidence["second"]}))
    if dispute.closed_at:
        facts += [(_("Closed"), moment(dispute.closed_at)), (_("By"), dispute.closed_by)]
    return facts
