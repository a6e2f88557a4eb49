"""Holds of every kind, the list of customers who are never called, and the smallest balance to call about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business, User
from calls.firm_choices import backlog, below_minimum, send_polite_emails, set_minimum
from desk import sums
from desk.doors import IN_CHARGE, members_page, only_for
from desk.hold_forms import HoldForm, MinimumForm
from desk.standing import invoice_url
from desk.views.invoices import without_page
from desk.wording.outcomes import means
from disputes.replies import TO_READ
from invoices import holds
from invoices.holds import CannotHold
from invoices.models import Customer, Hold, Invoice
from invoices.replacements import REASON as REPLACEMENT
from syntharra import money
from syntharra.templatetags.syntharra import phone

PER_PAGE = 50


@dataclass(frozen=True)
class HoldRow:
    """One hold as the list shows it."""

    pk: UUID
    what: str
    kind: str
    url: str
    reason: str
    by: str
    since: datetime
    through: datetime | None  # the last day, at its noon; None while it is open
    may_lift: bool


@require_GET
@members_page
def listed(request: MemberRequest) -> HttpResponse:
    """What is on hold, and who is never called."""
    business = request.business
    page = Paginator(holds.running(business), PER_PAGE).get_page(request.GET.get("page"))
    never = business.customers.filter(never_call=True).order_by("name", "pk")
    small, old = below_minimum(business), backlog(business)
    in_charge = request.membership.role in IN_CHARGE
    context = {
        "page": page,
        "holds": [_row(hold) for hold in page.object_list],
        "query": without_page(request),
        "never": never[:PER_PAGE],
        "never_more": max(0, never.count() - PER_PAGE),
        "in_charge": in_charge,
        "minimum": money.of(business.minimum_balance, business.currency),
        "minimum_form": MinimumForm(initial={"amount": business.minimum_balance}),
        "small": _small(business, small.count()),
        "old": old.count(),
        "old_waiting": old.filter(backlog_choice="").count(),
        "polite": business.polite_emails,
    }
    return render(request, "desk/holds.html", context)


@require_http_methods(["GET", "POST"])
@members_page
def new(request: MemberRequest) -> HttpResponse:
    """GET asks what, why and for how long; POST puts it on hold. Anybody of the firm may."""
    customer, invoice = _chosen(request)
    first: dict[str, str] = {}
    if invoice is not None:
        first = {"what": "invoice", "which": invoice.number}
    elif customer is not None:
        first = {"what": "customer", "which": customer.name}
    form = HoldForm(request.POST or None, business=request.business, initial=first)
    if request.method == "POST":
        form.fixed(customer=customer, invoice=invoice)
        if form.is_valid():
            try:
                messages.success(request, _put(form, by=request.user))
            except CannotHold as refused:
                form.add_error(None, str(refused))
            else:
                return redirect("holds")
    return render(request, "desk/new_hold.html", {"form": form, "above": [(_("Holds"), reverse("holds"))]})


@require_POST
@members_page
def lift(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The hold ends: an owner or manager says so."""
    only_for(request, *IN_CHARGE)
    hold = get_object_or_404(request.business.holds, pk=pk)
    if hold.reason == REPLACEMENT:
        messages.warning(request, _("Answer first whether the new invoice replaces the older one."))
        return redirect("holds")
    if hold.reason == TO_READ:
        messages.warning(request, _("Read what they wrote first: it is on Today."))
        return redirect("holds")
    holds.lift(hold.pk, by=request.user)
    messages.success(request, _("The hold is lifted. Who may be called is planned anew."))
    return redirect("holds")


@require_POST
@members_page
def call_again(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Off the list of those never called."""
    only_for(request, *IN_CHARGE)
    customer = get_object_or_404(request.business.customers, pk=pk)
    holds.may_call_again(customer.pk, by=request.user)
    messages.success(request, _("%(name)s may be called again, by the usual rules.") % {"name": customer.name})
    return redirect("holds")


@require_POST
@members_page
def minimum(request: MemberRequest) -> HttpResponse:
    """The smallest balance to call about."""
    only_for(request, *IN_CHARGE)
    form = MinimumForm(request.POST)
    if form.is_valid():
        set_minimum(request.business, form.cleaned_data["amount"], by=request.user)
        messages.success(request, _("Kept: smaller balances are not called about."))
    else:
        messages.warning(request, _("Enter an amount such as 50.00."))
    return redirect("holds")


@require_POST
@members_page
def polite_emails(request: MemberRequest) -> HttpResponse:
    """Whether friendly e-mails go out on the first and the seventh day past due."""
    only_for(request, *IN_CHARGE)
    on = request.POST.get("emails") == "yes"
    send_polite_emails(request.business, on=on, by=request.user)
    said = _("Friendly e-mails go out on day 1 and day 7.") if on else _("No more friendly e-mails.")
    messages.success(request, said)
    return redirect("holds")


def _chosen(request: MemberRequest) -> tuple[Customer | None, Invoice | None]:
    """The customer or invoice whose page led here. Another business's is not there."""
    asked = request.GET
    customer = (
        get_object_or_404(request.business.customers, pk=_key(asked["customer"])) if "customer" in asked else None
    )
    invoice = get_object_or_404(request.business.invoices, pk=_key(asked["invoice"])) if "invoice" in asked else None
    return customer, invoice


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody's


def _put(form: HoldForm, *, by: User) -> str:
    reason, until = form.cleaned_data["reason"], form.until
    if form.cleaned_data["how_long"] == "never" and form.customer is not None:
        holds.never_call(form.customer.pk, reason=reason, by=by)
        return _("%(name)s is never called.") % {"name": form.customer.name}
    if form.invoice is not None:
        holds.hold_invoice(form.invoice.pk, reason=reason, by=by, until=until)
        return _("Invoice %(number)s is on hold.") % {"number": form.invoice.number}
    if form.customer is not None:
        holds.hold_customer_back(form.customer.pk, reason=reason, by=by, until=until)
        return _("%(name)s is on hold.") % {"name": form.customer.name}
    if form.number:
        holds.hold_number(form.number, reason=reason, by=by, until=until)
        return _("%(number)s is on hold.") % {"number": phone(form.number)}
    holds.hold_business(reason=reason, by=by, until=until)
    return _("Nobody is called while this hold runs.")


def _row(hold: Hold) -> HoldRow:
    if hold.invoice is not None:
        about = {"number": hold.invoice.number, "name": hold.customer.name if hold.customer else ""}
        what, kind, url = _("%(number)s · %(name)s") % about, _("invoice"), invoice_url(hold.invoice)
    elif hold.customer is not None:
        what, kind, url = hold.customer.name, _("customer"), reverse("customer", args=[hold.customer.pk])
    elif hold.number:
        what, kind, url = phone(hold.number), _("phone number"), ""
    else:
        what, kind, url = _("Everybody"), _("the whole business"), ""
    ours = {REPLACEMENT: _("it may replace an older one"), TO_READ: _("they wrote back: read it first")}
    reason = ours.get(hold.reason) or means(hold.reason) or hold.reason
    through = timezone.localtime(hold.until - timedelta(hours=12)) if hold.until else None
    return HoldRow(
        hold.pk, what, kind, url, reason, hold.by, hold.since, through, hold.reason not in (REPLACEMENT, TO_READ)
    )


def _small(business: Business, count: int) -> str:
    small = sums.balances(below_minimum(business), currency=business.currency)
    words = ngettext(
        "%(n)d late invoice is smaller and is not called about: %(sum)s.",
        "%(n)d late invoices are smaller and are not called about: %(sum)s.",
        count,
    )
    return words % {"n": count, "sum": sums.named(*small)} if count else _("No late invoice is smaller than that.")
