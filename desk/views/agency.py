"""Handing accounts to a collection agency: what may go and what not, each ticked, disputed ones by a yes of their own."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.middleware import MemberRequest
from accounts.models import Role
from calls import agency
from calls.agency import Candidate, CannotHandOver
from desk import agency_file, sums
from desk.doors import IN_CHARGE, members_page, only_for
from desk.standing import invoice_url, today
from desk.wording.agency import mark_words
from disputes.models import Dispute
from syntharra import money
from syntharra.money import Money
from syntharra.templatetags.syntharra import day_words

PER_PAGE = 100
MAY_TAKE = (*IN_CHARGE, Role.ACCOUNTANT)


class AgencyForm(forms.Form):
    """Who gets them."""

    agency = forms.CharField(label=gettext_lazy("Which agency?"), max_length=120)


@dataclass(frozen=True)
class Line:
    """One account: its marks in words, its disputes with ground and dates, and why it may not go."""

    key: str
    number: str
    url: str
    customer: str
    balance: Money
    marks: tuple[str, ...]
    disputes: tuple[str, ...]
    against: str
    ticked: bool
    confirmed: bool


@require_http_methods(["GET", "POST"])
@members_page
def hand_over(request: MemberRequest) -> HttpResponse:
    """GET lists what is at the end of the road; POST asks once more with what is handed over; ``sure`` does it."""
    only_for(request, Role.OWNER)
    form = AgencyForm(request.POST or None)
    ticked, confirmed = _ids(request, "account"), _ids(request, "disputed")
    if request.method == "GET":
        return _listed(request, form)
    if not form.is_valid() or not ticked:
        if not ticked:
            form.add_error(None, _("Tick at least one account."))
        return _listed(request, form, ticked=ticked, confirmed=confirmed, status=422)
    if "sure" not in request.POST:
        return _asked(request, form, ticked, confirmed)
    try:
        made = agency.hand_over(
            ticked, agency=form.cleaned_data["agency"], disputed_confirmed=confirmed, by=request.user
        )
    except CannotHandOver as refusal:
        form.add_error(None, str(refusal))
        return _listed(request, form, ticked=ticked, confirmed=confirmed, status=409)
    messages.success(request, _("They left collection for good. The file is being made."))
    return redirect("agency_file", pk=made.pk)


@require_GET
@members_page
def file(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One hand-over: its accounts, and the file once it is made."""
    _may_take(request)
    found = get_object_or_404(request.business.agencyfiles, pk=pk)
    accounts = Paginator(found.accounts.select_related("invoice", "customer").order_by("pk"), PER_PAGE)
    context = {
        "title": _("Handed to %(agency)s") % {"agency": found.agency},
        "above": [(_("Your decision"), reverse("your_decision")), (_("Agency"), reverse("agency"))],
        "file": found,
        "page": accounts.get_page(request.GET.get("page")),
        "accounts": [
            (
                one,
                invoice_url(one.invoice),
                money.of(one.balance, one.currency),
                [mark_words(mark) for mark in one.marks],
            )
            for one in accounts.get_page(request.GET.get("page"))
        ],
    }
    return render(request, "desk/agency_file.html", context)


@require_GET
@members_page
def taken(request: MemberRequest, pk: UUID) -> HttpResponseBase:
    """The archive; who takes it away is on record."""
    _may_take(request)
    return agency_file.given_out(get_object_or_404(request.business.agencyfiles, pk=pk), by=request.user)


def _may_take(request: MemberRequest) -> None:
    if request.membership.role not in MAY_TAKE:
        raise PermissionDenied(_("It takes an owner, a manager or an accountant."))


def _ids(request: MemberRequest, name: str) -> list[UUID]:
    found = []
    for text in request.POST.getlist(name):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _listed(
    request: MemberRequest,
    form: AgencyForm,
    *,
    ticked: list[UUID] | None = None,
    confirmed: list[UUID] | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting = agency.at_the_end(request.business)
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    found = agency.candidates(list(page.object_list), today=today())
    context = {
        "form": form,
        "page": page,
        "lines": [_line(one, ticked or [], confirmed or []) for one in found],
        "summary": sums.named(*sums.balances(waiting, currency=request.business.currency)),
        "files": request.business.agencyfiles.order_by("-handed_at")[:20],
    }
    return render(request, "desk/agency.html", context, status=status)


def _asked(request: MemberRequest, form: AgencyForm, ticked: list[UUID], confirmed: list[UUID]) -> HttpResponse:
    waiting = agency.at_the_end(request.business).filter(pk__in=ticked)
    found = agency.candidates(list(waiting), today=today())
    lines = [_line(one, ticked, confirmed) for one in found]
    context = {
        "title": _("Hand these to %(agency)s?") % {"agency": form.cleaned_data["agency"]},
        "above": [(_("Your decision"), reverse("your_decision")), (_("Agency"), reverse("agency"))],
        "lines": lines,
        "agency": form.cleaned_data["agency"],
        "total": sums.named(*sums.balances(waiting, currency=request.business.currency)),
        "unconfirmed": [line for line in lines if line.disputes and not line.confirmed],
    }
    return render(request, "desk/agency_confirm.html", context)


def _line(one: Candidate, ticked: list[UUID], confirmed: list[UUID]) -> Line:
    invoice = one.invoice
    return Line(
        key=str(invoice.pk),
        number=invoice.number or invoice.external_id,
        url=invoice_url(invoice),
        customer=invoice.customer.name,
        balance=invoice.balance_money,
        marks=tuple(mark_words(mark) for mark in one.marks if mark != agency.DISPUTED),
        disputes=tuple(_dispute_words(dispute) for dispute in one.disputes),
        against=one.against,
        ticked=invoice.pk in ticked,
        confirmed=invoice.pk in confirmed,
    )


def _dispute_words(dispute: Dispute) -> str:
    kinds = dict(type(dispute)._meta.get_field("kind").choices or ())
    ground = str(kinds.get(dispute.kind, "")) or _("not said what is wrong")
    closed = day_words(dispute.closed_at.date()) if dispute.closed_at else _("still open")
    return _("%(number)s: %(ground)s, from %(opened)s to %(closed)s") % {
        "number": dispute.number,
        "ground": ground,
        "opened": day_words(dispute.opened_at.date()),
        "closed": closed,
    }
