"""The rules in words with their sources and dates; every rule about one invoice; the firm's own; private persons."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Role
from accounts.trades import is_sensitive
from compliance import consumers, firm, readiness
from compliance.consumers import Counsel, NotYet
from compliance.explanation import Verdict
from compliance.operator import declaration
from compliance.rulebook import RuleBook
from desk import rule_pages
from desk.doors import AT_WORK, IN_CHARGE, members_page, only_for
from desk.explaining import explained
from desk.forms import ReasonForm
from desk.reach_forms import CallingRulesForm, CounselForm
from desk.standing import invoice_url, today
from desk.views.invoices import named
from desk.window import window_of
from desk.wording.gate import gate_of
from desk.wording.rules import WEEKDAYS, clock_words, moment_there, zones
from invoices import verification
from invoices.notices import version
from invoices.number_checks import NobodyToAsk
from syntharra import clock


@require_GET
@members_page
def rules(request: MemberRequest) -> HttpResponse:
    """Every rule we keep, in words."""
    on = today()
    business, book = request.business, RuleBook.load()
    context = {
        "age": rule_pages.age(on),
        "version": book.version,
        "groups": rule_pages.groups(),
        "states": rule_pages.states(on),
        "closed": [(book.place_name(row.state), row) for row in rule_pages.closed_days(on)],
        "facts": _yours(request),
        "in_charge": request.membership.role in IN_CHARGE,
        "lacks": [] if business.sandbox else readiness.lacks(on),
        "for_others": settings.ROLE != "own_books",
    }
    return render(request, "desk/rules.html", context)


@require_GET
@members_page
def invoice_rules(request: MemberRequest, number: str) -> HttpResponse:
    """Why the customer may or may not be called about this invoice, now or at a moment that is asked about."""
    found, _namesakes = named(request.business, number, request.GET.get("which"))
    at, wrong = _asked_moment(request)
    told = explained(found, at=at)
    context = {
        "title": _("Every rule about %(number)s") % {"number": found.number or found.external_id},
        "above": [(_("Invoices"), reverse("invoices")), (found.number or found.external_id, invoice_url(found))],
        "under": found.customer.name,
        "gate": gate_of(told.clearance, name=found.customer.name),
        "at": timezone.localtime(at),
        "asked": "at" in request.GET and not wrong,
        "wrong": wrong,
        "against": rule_pages.explained_rows(told, Verdict.REFUSES),
        "kept": rule_pages.explained_rows(told, Verdict.KEPT),
        "unbound": rule_pages.explained_rows(told, Verdict.NOT_BOUND),
        "window": window_of(told.facts, RuleBook.load()),
        "clearance": told.clearance,
        "proof_url": reverse("send_proof", args=[found.pk])
        if "VERIFICATION_MISSING" in told.clearance.all_reasons
        else "",
        "law_only": told.clearance.law_only.decision == "allowed",
        "clocks": [(zones([zone]), moment_there(at, zone)) for zone in told.clearance.inputs["zones"]],
    }
    return render(request, "desk/invoice_rules.html", context)


@require_POST
@members_page
def send_proof(request: MemberRequest, number: str) -> HttpResponse:
    """Send the customer who disputed in writing the proof the law requires."""
    only_for(request, *AT_WORK)
    found, _namesakes = named(request.business, number, request.GET.get("which"))
    try:
        verification.send(found.pk)
    except NobodyToAsk:
        if verification.on_paper(found.pk) is not None:
            messages.info(request, _("Your books have no e-mail address of theirs: print this letter and post it."))
            return redirect("letters_to_post")
        messages.error(
            request, _("Your books have no e-mail address of theirs. Post them the papers, and enter their address.")
        )
    else:
        messages.success(request, _("The proof is on its way to them."))
    return redirect("invoice_rules", number=found.pk)


@require_http_methods(["GET", "POST"])
@members_page
def calling_rules(request: MemberRequest) -> HttpResponse:
    """When and how often the firm wants its customers called. What is looser than the law or our own rules is refused."""
    only_for(request, *IN_CHARGE)
    business = request.business
    wanted = firm.wanted_of(business, firm.rules_of(business))
    form = CallingRulesForm(request.POST or None, initial=CallingRulesForm.shown(wanted))
    if request.method == "POST" and form.is_valid():
        firm.set_rules(business, form.wanted(), by=request.user.email)
        messages.success(request, _("Kept. It binds from the next call on, also those planned already."))
        return redirect("rules")
    context = {"above": [(_("Rules"), reverse("rules"))], "form": form}
    return render(request, "desk/calling_rules.html", context)


@require_http_methods(["GET", "POST"])
@members_page
def private_persons(request: MemberRequest) -> HttpResponse:
    """The go-live of calls to private persons: what it stands on, what is missing, who let it begin."""
    only_for(request, Role.OWNER)
    business = request.business
    text = version(business)
    form = CounselForm(request.POST or None, is_sensitive=is_sensitive(business.trade))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        counsel = Counsel(given["counsel"], given["on"], given["reference"], given.get("private_wording", False))
        try:
            consumers.go_live(business, counsel=counsel, notice_version=text, by=request.user.email)
        except NotYet as refused:
            form.add_error(None, _("Not yet: %(why)s") % {"why": str(refused)})
        else:
            messages.success(request, _("Private persons may be called from now on, each call cleared by every rule."))
            return redirect("private_persons")
    context = {
        "above": [(_("Rules"), reverse("rules"))],
        "running": consumers.running(business),
        "is_on": business.consumer_calls,
        "lacks": consumers.missing(business, notice_version=text),
        "form": form,
        "reason_form": ReasonForm(),
        "declared": declaration(),
        "for_others": settings.ROLE != "own_books",
    }
    return render(request, "desk/private_persons.html", context)


@require_POST
@members_page
def end_private_persons(request: MemberRequest) -> HttpResponse:
    """No private person is called from now on."""
    only_for(request, *IN_CHARGE)
    form = ReasonForm(request.POST)
    if form.is_valid():
        consumers.end(request.business, by=request.user.email, reason=form.cleaned_data["reason"])
    return redirect("private_persons" if request.membership.role == Role.OWNER else "rules")


def _yours(request: MemberRequest) -> list[tuple[str, object]]:
    """What the firm set for itself."""
    set_by_firm = firm.wanted_of(request.business, firm.rules_of(request.business))
    span = _("%(start)s to %(end)s")

    def words(hours: tuple[object, ...]) -> str:
        start, end = (clock_words(each.hour, each.minute) for each in hours)  # type: ignore[attr-defined]
        return span % {"start": start, "end": end}

    return [
        (_("Business contacts"), words(set_by_firm.hours)),
        (
            _("Private persons"),
            words(set_by_firm.consumer_hours) if request.business.consumer_calls else _("not called"),
        ),
        (_("Days"), ", ".join(str(WEEKDAYS[day]) for day in sorted(set_by_firm.weekdays))),
        (_("Calls for one invoice"), set_by_firm.max_attempts),
        (_("Days between"), set_by_firm.min_gap_days),
        (_("First call"), _("day %(n)d after the due date") % {"n": set_by_firm.first_attempt_day}),
        (_("A business's voicemail"), _("a short message") if set_by_firm.leaves_messages else _("no message")),
    ]


def _asked_moment(request: MemberRequest) -> tuple[datetime, bool]:
    """The moment in the address on the firm's wall clock, else now; and whether what stands there is none."""
    text = request.GET.get("at", "")
    if not text:
        return clock.now(), False
    try:
        local = datetime.fromisoformat(text)
        moment = (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(request.business.time_zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return clock.now(), True
    return (moment, False) if 2000 < moment.year < 2098 else (clock.now(), True)
