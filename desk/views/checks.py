"""Look first: what keeps late invoices from being called, ticked reason by reason; and the firm's own rules about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business
from desk.check_first import by_customer, groups, parted, sum_of, waiting
from desk.check_forms import TermsForm, WordsForm
from desk.doors import AT_WORK, IN_CHARGE, members_page, only_for
from desk.views.invoices import without_page
from desk.wording.checks import reason_words
from invoices import check_settings, checking
from invoices.checks import USUAL_WORDS
from invoices.models import Checked

PER_PAGE = 25
TICKED_SHOWN = 8
TICKED_MOST = 200
JUST_TICKED = "just_ticked"


@dataclass(frozen=True)
class Ticked:
    """What was looked at before: by whom, when, and how to take it back."""

    id: UUID
    words: str
    customer: str
    url: str
    by: str
    at: datetime


@require_GET
@members_page
def check_first(request: MemberRequest) -> HttpResponse:
    """Everything that waits for a look, customer by customer."""
    return _page(request)


@require_POST
@members_page
def tick(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Somebody looked: these reasons no longer keep calls from this customer. Only what he saw, nothing newer."""
    only_for(request, *AT_WORK)
    customer = get_object_or_404(request.business.customers, pk=pk)
    try:
        rows = [checking.tick(customer.pk, *parted(what), by=request.user) for what in request.POST.getlist("what")]
    except checking.NotThere:
        messages.error(request, _("This cannot be ticked. Nothing was changed."))
        return _back(request)
    if rows:
        request.session[JUST_TICKED] = [str(row.pk) for row in rows]
    return _back(request)


@require_POST
@members_page
def untick(request: MemberRequest) -> HttpResponse:
    """Look first again, at each of these. What is gone already stays gone."""
    only_for(request, *AT_WORK)
    for row in request.business.checkeds.filter(pk__in=_ids(request.POST.getlist("look"))):
        checking.untick(row.customer_id, row.reason, row.about, by=request.user)
    request.session.pop(JUST_TICKED, None)
    return _back(request)


@require_POST
@members_page
def terms(request: MemberRequest) -> HttpResponse:
    """When an invoice without a due date is due."""
    only_for(request, *IN_CHARGE)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _page(request, terms_form=form)
    days = None if "never" in request.POST else form.cleaned_data["days"]
    moved = checking.set_terms(request.business, days, by=request.user)
    if days is None:
        messages.success(request, _("Nobody is called about an invoice without a due date."))
    else:
        said = ngettext("%(n)d invoice has a due date by it.", "%(n)d invoices have a due date by it.", moved)
        messages.success(request, " ".join((_("Kept."), said % {"n": moved})))
    return redirect("check_first")


@require_POST
@members_page
def words(request: MemberRequest) -> HttpResponse:
    """Which words ask for a look first."""
    only_for(request, *IN_CHARGE)
    if "usual" in request.POST:
        check_settings.set_words(request.business, None, by=request.user)
        messages.success(request, _("The usual words ask for a look again."))
        return redirect("check_first")
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _page(request, words_form=form)
    check_settings.set_words(request.business, form.cleaned_data["words"], by=request.user)
    messages.success(request, _("Kept. These words ask for a look from now on."))
    return redirect("check_first")


@require_POST
@members_page
def late_fees(request: MemberRequest) -> HttpResponse:
    """Late fees are in the firm's terms, or no longer."""
    only_for(request, *IN_CHARGE)
    check_settings.attest_late_fees(request.business, request.POST.get("in_terms") == "yes", by=request.user)
    return redirect("check_first")


def _page(request: MemberRequest, **forms: Any) -> HttpResponse:
    business = request.business
    waits, undated = waiting(business)
    page = Paginator(by_customer(waits), PER_PAGE).get_page(request.GET.get("page"))
    invoices = [*(one.invoice for one in waits), *undated]
    ticked = business.checkeds.select_related("customer").order_by("-at", "-pk")
    several = request.GET.get("ticked") == "all"
    count = len(invoices)
    said = ngettext("%(n)d invoice waits for a look", "%(n)d invoices wait for a look", count) % {"n": count}
    context = {
        "above": [(_("Today"), reverse("today"))],
        "summary": f"{said} · {sum_of(invoices, business.currency)}" if count else "",
        "page": page,
        "query": without_page(request),
        "groups": groups(list(page.object_list), currency=business.currency),
        "just_ticked": _just_ticked(request),
        "may_tick": request.membership.role in AT_WORK,
        "in_charge": request.membership.role in IN_CHARGE,
        "undated": _undated(undated, business) if undated else "",
        "terms_form": TermsForm(initial={"days": business.default_terms_days}),
        "terms_days": business.default_terms_days,
        "words_form": WordsForm(initial={"words": "\n".join(check_settings.words_of(business))}),
        "words_usual": check_settings.words_of(business) == USUAL_WORDS,
        "late_fees_attested": business.late_fees_attested,
        "ticked": _ticked(ticked[: TICKED_MOST if several else TICKED_SHOWN]),
        "ticked_more": 0 if several else max(0, ticked.count() - TICKED_SHOWN),
        **forms,
    }
    return render(request, "desk/check_first.html", context)


def _undated(invoices: list[Any], business: Business) -> str:
    count = len(invoices)
    words = ngettext(
        "%(n)d invoice, %(sum)s, has no due date: nobody can say whether it is late.",
        "%(n)d invoices, %(sum)s, have no due date: nobody can say whether they are late.",
        count,
    ) % {"n": count, "sum": sum_of(invoices, business.currency)}
    without = sum(1 for invoice in invoices if invoice.issued_on is None)
    if without and business.default_terms_days is not None:
        words += " " + _("They have no date at all in your books; give them one there.")
    return words


def _ticked(rows: Iterable[Checked]) -> list[Ticked]:
    return [
        Ticked(
            row.pk,
            reason_words(row.reason, row.about),
            row.customer.name,
            reverse("customer", args=[row.customer_id]),
            row.by,
            row.at,
        )
        for row in rows
    ]


def _just_ticked(request: MemberRequest) -> list[Ticked]:
    """What this member ticked a moment ago: shown once, with the way back."""
    ids = request.session.pop(JUST_TICKED, [])
    found = request.business.checkeds.filter(pk__in=ids).select_related("customer").order_by("pk") if ids else []
    return _ticked(found)


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _back(request: MemberRequest) -> HttpResponse:
    """To where the button stood."""
    target = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(target if target and safe else "check_first")
