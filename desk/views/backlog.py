"""Invoices that were old when the books were connected: the owner chooses, nobody is called about them by themselves."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from calls.firm_choices import backlog, choose_for_backlog
from desk import sums
from desk.doors import IN_CHARGE, members_page, only_for
from desk.standing import Row, rows
from desk.views.invoices import without_page
from invoices.models import Invoice

PER_PAGE = 100
SHOWN = {"waiting": "", "call": Invoice.Backlog.CALL, "leave": Invoice.Backlog.LEAVE}


@dataclass(frozen=True)
class Of:
    """What one customer owes of it."""

    customer: UUID
    name: str
    url: str
    lines: list[tuple[UUID, Row]]


@require_GET
@members_page
def listed(request: MemberRequest) -> HttpResponse:
    """By customer; those not chosen for, those to be called about, or those left."""
    business = request.business
    show = request.GET.get("show", "waiting")
    show = show if show in SHOWN else "waiting"
    everything = backlog(business)
    counts = {name: everything.filter(backlog_choice=choice).count() for name, choice in SHOWN.items()}
    found = everything.filter(backlog_choice=SHOWN[show]).select_related("customer")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    groups: dict[UUID, Of] = {}
    for invoice, row in zip(shown, rows(shown), strict=True):
        url = reverse("customer", args=[invoice.customer_id])
        of = groups.setdefault(invoice.customer_id, Of(invoice.customer_id, invoice.customer.name, url, []))
        of.lines.append((invoice.pk, row))
    words = ngettext("%(n)d invoice, %(sum)s", "%(n)d invoices, %(sum)s", counts[show])
    summary = words % {"n": counts[show], "sum": sums.named(*sums.balances(found, currency=business.currency))}
    context = {
        "show": show,
        "counts": counts,
        "groups": list(groups.values()),
        "page": page,
        "query": without_page(request),
        "summary": summary,
        "in_charge": request.membership.role in IN_CHARGE,
        "above": [(_("Holds"), reverse("holds"))],
    }
    return render(request, "desk/backlog.html", context)


@require_POST
@members_page
def choose(request: MemberRequest) -> HttpResponse:
    """Call about the chosen invoices and customers, or leave them; or all that wait."""
    only_for(request, *IN_CHARGE)
    word = request.POST.get("word", "")
    choice = Invoice.Backlog.CALL if word.startswith("call") else Invoice.Backlog.LEAVE
    wanted = None if word.endswith("_all") else _wanted(request)
    if wanted is not None and not wanted:
        messages.warning(request, _("Tick the invoices or customers you mean first."))
        return redirect("backlog")
    changed = choose_for_backlog(request.business, choice, by=request.user, invoices=wanted)
    if choice is Invoice.Backlog.CALL:
        said = ngettext("%(n)d invoice is called about, by the usual rules.", "%(n)d invoices are called about, by the usual rules.", changed)  # fmt: skip
    else:
        said = ngettext("%(n)d invoice is left alone.", "%(n)d invoices are left alone.", changed)
    messages.success(request, said % {"n": changed})
    return redirect("backlog")


def _wanted(request: MemberRequest) -> set[UUID]:
    """The invoices ticked, and all old ones of the customers ticked."""
    customers = [key for key in map(_key, request.POST.getlist("customer")) if key]
    of_customers = backlog(request.business).filter(customer__in=customers).values_list("pk", flat=True)
    return {key for key in map(_key, request.POST.getlist("invoice")) if key} | set(of_customers)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
