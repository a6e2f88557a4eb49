"""The list of calls, the page of one, and the owner's yes or no before a planned one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business, Role
from calls import approval
from calls.models import Attempt, AttemptInvoice, Call
from desk import asks, gate
from desk.doors import IN_CHARGE, members_page, only_for
from desk.forms import CallFilter
from desk.standing import rows
from desk.views.invoices import Empty, without_page
from desk.wording.gate import Gate
from desk.wording.outcomes import NOBODY_SPOKE, attempt_ending, ending, follows
from desk.wording.transcript import Turn, turns
from invoices.models import Invoice
from syntharra.templatetags.syntharra import moment, phone, seconds

PER_PAGE = 30
# Whose yes lets a call go out. Anybody may take one back.
MAY_APPROVE = (*IN_CHARGE, Role.CONTRIBUTOR)


@dataclass(frozen=True)
class CallRow:
    at: datetime
    url: str
    customer: str
    about: str
    state: str
    outcome: str
    consequence: str
    seconds: int | None
    approve_url: str = ""
    call_off_url: str = ""


@require_GET
@members_page
def calls(request: MemberRequest) -> HttpResponse:
    """Calls made, newest first; or those planned, the next first."""
    form = CallFilter(request.GET or QueryDict("show=all"))
    show = form.chosen()
    chosen = _planned(request.business) if show == "planned" else _made(request.business, show)
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    reviewing = request.business.reviews_calls
    may_approve = request.membership.role in MAY_APPROVE
    listed = [
        _planned_row(found, reviewing, may_approve=may_approve) if isinstance(found, Attempt) else _made_row(found)
        for found in page.object_list
        if isinstance(found, Attempt | Call)
    ]
    made = request.business.calls.count()
    context = {
        "form": form,
        "page": page,
        "rows": listed,
        "planned": show == "planned",
        "live": any(row.state in ("dialing", "live") for row in listed),
        "query": without_page(request),
        "filtered": show != "all",
        "summary": ngettext("%(n)d call so far.", "%(n)d calls so far.", made) % {"n": made},
        "empty": _empty(show),
    }
    return render(request, "desk/calls.html", context)


@require_GET
@members_page
def call(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One call: what was said, where it stopped, what came of it, and why it was permitted."""
    found: Call = get_object_or_404(request.business.calls.select_related("customer", "attempt"), pk=pk)
    end = ending(found)
    about = _spoken_of(request.business, found)
    heard_here = {"claims__source": "call", "claims__evidence__call": str(found.pk)}
    dispute = request.business.disputes.filter(invoice__in=about, **heard_here).first()
    person = _person(found)
    said = turns(found, list(found.lines.order_by("position")), customer=person or _who(found))
    asked, done = asks.of_call(request.business, found)
    context = {
        "title": (_("Call from %(name)s") if found.is_inbound else _("Call to %(name)s")) % {"name": _who(found)},
        "above": [(_("Calls"), reverse("calls"))],
        "under": f"{person} · {phone(found.number)}" if person else phone(found.number),
        "placed_at": found.placed_at,
        "state": end.state,
        "outcome": end.word,
        "consequence": f"{end.means} {follows(found.disposition)}".strip(),
        "task": asked,
        "task_done": done,
        "dispute": dispute,
        "turns": said,
        "length": seconds(found.seconds),
        "no_words": _no_words(found, said),
        "live": found.status in (Call.Status.QUEUED, Call.Status.RINGING, Call.Status.IN_PROGRESS),
        "invoices": rows(about),
        "gate": _gate(request.business, found),
        "facts": _facts(found),
    }
    return render(request, "desk/call.html", context)


@require_POST
@members_page
def task_done(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What a call asked of the firm is done. Ticking twice is once."""
    line = asks.tick(request.business, pk, by=request.user)
    if line is None:
        raise Http404
    back = request.POST.get("back") == "today" or line.subject_kind != "call"
    return redirect("today" if back else reverse("call", args=[line.subject_id]))


@require_POST
@members_page
def approve_call(request: MemberRequest, pk: UUID) -> HttpResponse:
    """In review mode: this planned call may be made."""
    only_for(request, *MAY_APPROVE)
    return _decide(request, pk, yes=True)


@require_POST
@members_page
def call_off(request: MemberRequest, pk: UUID) -> HttpResponse:
    """This planned call shall not be made."""
    return _decide(request, pk, yes=False)


def _decide(request: MemberRequest, pk: UUID, *, yes: bool) -> HttpResponse:
    attempt = get_object_or_404(request.business.attempts, pk=pk)
    try:
        if yes:
            approval.approve(attempt.pk, by=request.user)
        else:
            approval.call_off(attempt.pk, by=request.user, reason=_("held on the calls page"))
    except approval.CannotApprove:
        messages.warning(request, _("This call is no longer waiting: it was placed or taken back meanwhile."))
    return redirect(f"{reverse('calls')}?show=planned")


def _made(business: Business, show: str) -> "QuerySet[Call]":
    found = business.calls.select_related("customer").prefetch_related("attempt__about__invoice")
    match show:
        case "spoke":
            found = found.exclude(disposition__in=NOBODY_SPOKE)
        case "disputes":
            found = found.filter(disposition="dispute")
        case "nobody":
            found = found.filter(disposition__in=[nobody for nobody in NOBODY_SPOKE if nobody])
    return found.order_by("-placed_at", "-pk")


def _planned(business: Business) -> "QuerySet[Attempt]":
    waiting = business.attempts.filter(status=Attempt.Status.PLANNED)
    return waiting.select_related("customer").prefetch_related("about__invoice").order_by("planned_for", "pk")


def _made_row(found: Call) -> CallRow:
    end = ending(found)
    links = list(found.attempt.about.all()) if found.attempt else []
    return CallRow(
        at=found.placed_at,
        url=reverse("call", args=[found.pk]),
        customer=_who(found),
        about=_numbers(links) if links else _("they called you") if found.is_inbound else "",
        state=end.state,
        outcome=end.word,
        consequence=end.means,
        seconds=found.seconds,
    )


def _planned_row(attempt: Attempt, reviewing: bool, *, may_approve: bool) -> CallRow:
    end = attempt_ending(attempt)
    asks = reviewing and attempt.approved_at is None
    return CallRow(
        at=attempt.planned_for,
        url=reverse("customer", args=[attempt.customer_id]),
        customer=attempt.customer.name,
        about=_numbers(list(attempt.about.all())),
        state=end.state,
        outcome=end.word,
        consequence=_("waits for your yes") if asks else _("attempt %(n)d of 3") % {"n": attempt.number},
        seconds=None,
        approve_url=reverse("approve_call", args=[attempt.pk]) if asks and may_approve else "",
        call_off_url=reverse("call_off", args=[attempt.pk]),
    )


def _numbers(links: Sequence[AttemptInvoice]) -> str:
    numbers = [link.invoice.number for link in links if link.dropped_at is None] or [
        link.invoice.number for link in links
    ]
    if len(numbers) > 2:
        return ngettext("%(n)d invoice", "%(n)d invoices", len(numbers)) % {"n": len(numbers)}
    return ", ".join(numbers)


def _about(found: Call) -> Sequence[AttemptInvoice]:
    if found.attempt is None:
        return []
    return list(found.attempt.about.select_related("invoice__customer").order_by("position"))


def _spoken_of(business: Business, found: Call) -> list[Invoice]:
    if found.is_inbound:
        return list(
            business.invoices.filter(pk__in=found.about).select_related("customer").order_by("due_on", "number")
        )
    return [link.invoice for link in _about(found)]


def _who(found: Call) -> str:
    return found.customer.name if found.customer is not None else phone(found.caller)


def _person(found: Call) -> str:
    """The contact with this number, where there is one with a name."""
    if found.customer is None:
        return ""
    named = found.customer.contacts.filter(phone=found.number).exclude(name="").first()
    return named.name if named is not None else ""


def _gate(business: Business, found: Call) -> Gate | None:
    if found.attempt_id is None:
        return None
    on_record = business.decisions.filter(subject_id=found.attempt_id)
    return gate.stored(on_record.filter(moment="dialing").order_by("-at").first() or on_record.order_by("-at").first())


def _no_words(found: Call, said: list[Turn]) -> str:
    if said:
        return ""
    return _("Nobody has spoken yet.") if found.answered_at else _("Nobody answered, so nothing was said.")


def _facts(found: Call) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (_("Placed"), moment(found.placed_at)),
        (_("Number"), phone(found.number)),
        (
            _("Called") if found.is_inbound else _("Shown to them"),
            phone(found.to if found.is_inbound else found.caller),
        ),
    ]
    if found.answered_at:
        facts.append((_("Answered"), moment(found.answered_at)))
    if found.seconds is not None:
        facts.append((_("Length"), seconds(found.seconds)))
    facts.append((_("Right person"), _("yes") if found.right_party else _("not established")))
    versions = (
        (_("Script"), found.script_version),
        (_("Hearing"), found.hearing_version),
        (_("Rules"), found.rules_version),
        (_("At the carrier"), found.sid),
    )
    return [*facts, *((label, value) for label, value in versions if value)]


def _empty(show: str) -> Empty:
    match show:
        case "planned":
            words = _("Calls are planned each morning for invoices three days past due.")
            return Empty(_("No call is planned"), words, "", "")
        case "all":
            words = _("The first ones go out three days after an invoice is due, once you have said yes.")
            return Empty(_("No calls yet"), words, reverse("invoices"), _("Look at your invoices"))
    return Empty(_("No call fits"), _("Choose other calls above."), reverse("calls"), _("Show all calls"))
