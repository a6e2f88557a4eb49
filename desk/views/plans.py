"""Payment plans: made with a preview of days and amounts, listed, watched, ended with a reason."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import MemberRequest
from desk.doors import IN_CHARGE, members_page, only_for
from desk.forms import ReasonForm
from desk.plan_forms import NewPlanForm
from desk.standing import invoice_url, today
from desk.views.invoices import without_page
from disputes.models import Dispute
from invoices import plans
from invoices.models import Customer, Installment, Invoice, PaymentPlan
from invoices.plan_rules import Part
from syntharra import money
from syntharra.money import Money
from syntharra.templatetags.syntharra import day_words

PER_PAGE = 50
SHOWN = {"running": ("running",), "over": ("paid", "missed", "ended")}


@dataclass(frozen=True)
class Line:
    """One plan in the list."""

    url: str
    customer: str
    numbers: str
    total: Money
    done: str
    next_words: str
    state: str
    word: str


@dataclass(frozen=True)
class Row:
    """One installment as it is read."""

    due_on: date
    amount: Money
    state: str
    word: str
    more: str


@require_GET
@members_page
def listed(request: MemberRequest) -> HttpResponse:
    """Those that run, or those that are over."""
    business = request.business
    show = request.GET.get("show") if request.GET.get("show") in SHOWN else "running"
    found = business.paymentplans.filter(status__in=SHOWN[str(show)]).select_related("customer")
    with_parts = found.prefetch_related("installments", "about__invoice").order_by("-agreed_at", "-pk")
    page = Paginator(with_parts, PER_PAGE).get_page(request.GET.get("page"))
    counts = {name: business.paymentplans.filter(status__in=states).count() for name, states in SHOWN.items()}
    context = {
        "lines": [_line(plan) for plan in page],
        "page": page,
        "query": without_page(request),
        "show": show,
        "counts": counts,
    }
    return render(request, "desk/plans.html", context)


@require_GET
@members_page
def plan(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One plan: what was agreed, what came in, what is next."""
    found = get_object_or_404(request.business.paymentplans.select_related("customer"), pk=pk)
    standing = plans.standing_of(found)
    links = list(found.about.select_related("invoice").order_by("invoice__due_on", "pk"))
    of_dispute = Dispute.objects.filter(resolutions__pk=found.cause.removeprefix("resolution ")).first() if found.cause else None  # fmt: skip
    context = {
        "title": _("Payment plan of %(customer)s") % {"customer": found.customer.name},
        "above": [(_("Payment plans"), reverse("plans"))],
        "under": money.shown(found.total_money),
        "plan": found,
        "rows": [_row(row, running=found.status == PaymentPlan.Status.RUNNING) for row in found.installments.order_by("position")],
        "facts": _facts(found, standing),
        "invoices": [(link.invoice.number or link.invoice.external_id, invoice_url(link.invoice), money.of(link.balance, found.currency), link.invoice.balance_money) for link in links],
        "silenced": standing.silenced and found.status == PaymentPlan.Status.RUNNING,
        "dispute": of_dispute,
        "may_end": found.status == PaymentPlan.Status.RUNNING and request.membership.role in IN_CHARGE,
        "reason_form": ReasonForm(),
    }  # fmt: skip
    return render(request, "desk/plan.html", context)


@require_http_methods(["GET", "POST"])
@members_page
def new(request: MemberRequest, pk: UUID) -> HttpResponse:
    """GET asks for the terms; POST shows days and amounts; POST with ``sure`` makes it, and the customer gets it in writing."""
    only_for(request, *IN_CHARGE)
    customer = get_object_or_404(request.business.customers, pk=pk)
    form = _form(request, customer)
    if request.method == "GET" or not form.rows:
        return _asks(request, customer, form)
    if not form.is_valid():
        return _asks(request, customer, form, status=422)
    if "sure" not in request.POST or "back" in request.POST:
        return _asks(request, customer, form) if "back" in request.POST else _preview(request, customer, form)
    try:
        ids = [invoice.pk for invoice in form.chosen()]
        made = plans.agree(*ids, parts=form.parts, how=form.cleaned_data["how"], by=request.user)
    except plans.CannotPlan as refusal:
        form.add_error(None, str(refusal))
        return _asks(request, customer, form, status=409)
    messages.success(request, _("The plan stands. They get it in writing; nobody calls about these invoices."))
    return redirect("plan", pk=made.pk)


@require_POST
@members_page
def ending(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The firm ends it, with the reason."""
    only_for(request, *IN_CHARGE)
    found = get_object_or_404(request.business.paymentplans, pk=pk)
    try:
        plans.end(found.pk, by=request.user, why=request.POST.get("reason", ""))
        messages.success(request, _("The plan has ended. Collecting goes on where it stood."))
    except plans.CannotPlan as refusal:
        messages.error(request, str(refusal))
    return redirect("plan", pk=pk)


def may_be_chosen(customer: Customer) -> list[Invoice]:
    """Their open invoices for which a plan can be made without anything else being settled first."""
    found = Invoice.objects.open().filter(customer=customer, frozen_at=None, paused_reason="")
    left = found.exclude(left_reason__in=[one for one in Invoice.Left if one != Invoice.Left.YOUR_DECISION])
    return list(left.exclude(plan_links__live=True).order_by("due_on", "number"))


def _choice(invoice: Invoice) -> str:
    known = [invoice.number or invoice.external_id, money.shown(invoice.balance_money)]
    if invoice.due_on:
        known.append(_("due %(day)s") % {"day": day_words(invoice.due_on)})
    return " · ".join(known)


def _form(request: MemberRequest, customer: Customer) -> NewPlanForm:
    rows = {str(invoice.pk): invoice for invoice in may_be_chosen(customer)}
    choices = [(key, _choice(one)) for key, one in rows.items()]
    initial = {"first_on": today() + timedelta(days=14)}
    if request.GET.get("invoice") in rows:
        initial["invoices"] = [request.GET["invoice"]]  # type: ignore[assignment]
    posted = request.POST if request.method == "POST" else None
    form = NewPlanForm(posted, choices=choices, rows=rows, today=today(), initial=initial)
    if "invoices" in initial:
        form.fields["invoices"].initial = initial["invoices"]
    return form


def _asks(request: MemberRequest, customer: Customer, form: NewPlanForm, *, status: int = 200) -> HttpResponse:
    context = {**_head(customer), "form": form, "any": bool(form.rows)}
    return render(request, "desk/plan_new.html", context, status=status)


def _preview(request: MemberRequest, customer: Customer, form: NewPlanForm) -> HttpResponse:
    chosen = form.chosen()
    currency = chosen[0].currency
    posted = [
        (name, value)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "sure", "back")
        for value in request.POST.getlist(name)
    ]
    context = {
        **_head(customer),
        "parts": schedule(form.parts, currency),
        "total": money.of(sum(part.amount for part in form.parts), currency),
        "numbers": ", ".join(invoice.number or invoice.external_id for invoice in chosen),
        "how": form.cleaned_data["how"],
        "posted": posted,
    }
    return render(request, "desk/plan_preview.html", context)


def schedule(parts: "tuple[Part, ...]", currency: str) -> list[tuple[date, Money]]:
    return [(part.due_on, money.of(part.amount, currency)) for part in parts]


def _head(customer: Customer) -> dict[str, object]:
    url = reverse("customer", args=[customer.pk])
    return {
        "title": _("A payment plan for %(customer)s") % {"customer": customer.name},
        "above": [(_("Customers"), reverse("customers")), (customer.name, url)],
        "back_url": url,
    }


def _line(found: PaymentPlan) -> Line:
    parts = sorted(found.installments.all(), key=lambda row: row.position)
    paid = sum(row.status == Installment.Status.PAID for row in parts)
    following = next((row for row in parts if row.status != Installment.Status.PAID), None)
    running = found.status == PaymentPlan.Status.RUNNING
    words = f"{money.shown(following.amount_money)}, {day_words(following.due_on)}" if following and running else ""
    missed = running and following is not None and following.status == Installment.Status.MISSED
    return Line(
        url=reverse("plan", args=[found.pk]),
        customer=found.customer.name,
        numbers=", ".join(link.invoice.number or link.invoice.external_id for link in found.about.all()),
        total=found.total_money,
        done=_("%(paid)d of %(all)d paid") % {"paid": paid, "all": len(parts)},
        next_words=words,
        state={"running": "overdue" if missed else "promised", "paid": "paid", "missed": "left", "ended": "left"}[found.status],
        word=_("Missed, to be made up for") if missed else str(found.get_status_display()),
    )  # fmt: skip


def _row(row: Installment, *, running: bool) -> Row:
    match row.status:
        case Installment.Status.PAID:
            return Row(row.due_on, row.amount_money, "paid", _("Paid"), "")
        case Installment.Status.MISSED if row.cure_by is not None:
            more = _("Told; they have until %(day)s.") % {"day": day_words(row.cure_by)}
            return Row(row.due_on, row.amount_money, "overdue", _("Missed"), more)
        case Installment.Status.MISSED:
            return Row(row.due_on, row.amount_money, "overdue", _("Missed"), _("The notice has not left yet."))
    late = running and row.due_on < today()
    return Row(row.due_on, row.amount_money, "overdue" if late else "due", _("Late") if late else _("Not yet"), "")


def _facts(found: PaymentPlan, standing: plans.Standing) -> list[tuple[str, object]]:
    shown = [
        (_("State"), found.get_status_display()),
        (_("Came in since"), money.shown(money.of(standing.paid, found.currency))),
        (_("Agreed"), f"{found.agreed_how}, {day_words(found.agreed_at.date())}"),
        (_("Entered by"), found.agreed_by),
    ]
    if standing.credited:
        shown.append((_("Credited since"), money.shown(money.of(standing.credited, found.currency))))
    if found.ended_at is not None:
        shown.append((_("Ended"), f"{day_words(found.ended_at.date())}, {found.ended_by}: {found.ended_why}"))
    return list(shown)
