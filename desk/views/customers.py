"""The list of customers and the page of one."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from accounts.models import Business
from compliance.models import StopKind, Suppression
from desk import history, sums
from desk.doors import AT_WORK, IN_CHARGE, members_page
from desk.forms import CustomerFilter
from desk.people import people_of
from desk.promised import kept_words
from desk.standing import rows, today
from desk.views.invoices import Empty, without_page
from desk.wording.people import phone_words
from invoices.models import Contact, Customer
from syntharra import money
from syntharra.money import Money

PER_PAGE = 50


@dataclass(frozen=True)
class CustomerRow:
    url: str
    name: str
    note: str
    contact: str
    phone: str
    count: int
    overdue: Money
    balance: Money


@require_GET
@members_page
def customers(request: MemberRequest) -> HttpResponse:
    """Who owes what, the largest first."""
    business, on = request.business, today()
    form = CustomerFilter(request.GET or QueryDict("show=owing"))
    chosen = form.chosen()
    found = _found(business, chosen, on)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    count = page.paginator.count
    opened = business.invoices.open().filter(customer__in=found.order_by().values("pk"))
    context = {
        "form": form,
        "page": page,
        "rows": [_row(customer, business.currency) for customer in page.object_list],
        "query": without_page(request),
        "filtered": bool(set(request.GET) - {"page"}),
        "currency": business.currency,
        "summary": ngettext("%(n)d customer", "%(n)d customers", count) % {"n": count},
        "total": sums.balances(opened, currency=business.currency)[0],
        "total_overdue": sums.balances(opened.overdue_by(1, on=on), currency=business.currency)[0],
        "total_words": ngettext("%(n)d customer", "%(n)d customers", count) % {"n": count},
        "empty": _empty(business, filtered=bool(request.GET)),
    }
    return render(request, "desk/customers.html", context)


@require_GET
@members_page
def customer(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One customer: what is open, who is there, what happened between us."""
    found: Customer = get_object_or_404(request.business.customers, pk=pk)
    opened = found.invoices.open()
    own, others = sums.balances(opened, currency=request.business.currency)
    late = sums.balances(opened.overdue_by(1, on=today()), currency=request.business.currency)[0]
    stops = list(found.suppressions.filter(lifted_at=None).order_by("at"))
    context = {
        "title": found.name,
        "hold_url": f"{reverse('new_hold')}?customer={found.pk}",
        "above": [(_("Customers"), reverse("customers"))],
        "under": " · ".join(part for part in (found.get_kind_display(), _address(found)) if part),
        "balance": own,
        "others": others,
        "balance_words": _("open, %(late)s of it past due") % {"late": money.shown(late)},
        "standing": _standing(found, stops),
        "currency": request.business.currency,
        "invoices": rows(found.invoices.select_related("customer").order_by("-due_on", "number")[:50]),
        "events": history.of_customer(found),
        "calls_url": f"{reverse('calls')}?customer={found.pk}",
        "contacts": people_of(found, stops),
        "roles": Contact.Role.choices,
        "role_url": reverse("contact_role", args=[found.pk]) if request.membership.role in AT_WORK else "",
        "facts": _facts(found, stops),
        "reach_url": reverse("reach", args=[found.pk]),
        "plans": found.plans.order_by("-agreed_at")[:10],
        "new_plan_url": reverse("new_plan", args=[found.pk]) if request.membership.role in IN_CHARGE else "",
    }
    return render(request, "desk/customer.html", context)


def _found(business: Business, chosen: dict[str, str], on: date) -> "QuerySet[Customer]":
    opened = Q(invoices__books_status="open", invoices__balance__gt=0, invoices__currency=business.currency)
    overdue = opened & Q(invoices__due_on__lt=on)
    found = business.customers.annotate(
        open_count=Count("invoices", filter=opened),
        open_sum=Sum("invoices__balance", filter=opened, default=0),
        overdue_sum=Sum("invoices__balance", filter=overdue, default=0),
    ).prefetch_related(Prefetch("contacts", Contact.objects.filter(role=Contact.Role.BILLING).order_by("rank")))
    if chosen["q"]:
        found = found.filter(Q(name__icontains=chosen["q"]) | Q(company__icontains=chosen["q"]))
    if chosen["show"] == "overdue":
        found = found.filter(overdue_sum__gt=0)
    elif chosen["show"] == "owing":
        found = found.filter(open_sum__gt=0)
    return found.order_by("-overdue_sum", "-open_sum", "name", "pk")


def _row(customer: Customer, currency: str) -> CustomerRow:
    contacts = list(customer.contacts.all())
    first = next((contact for contact in contacts if contact.phone), contacts[0] if contacts else None)
    return CustomerRow(
        url=reverse("customer", args=[customer.pk]),
        name=customer.name,
        note=_("never called: your list") if customer.never_call else "",
        contact=first.name if first else "",
        phone=phone_words(first) if first else _("nobody named"),
        count=customer.open_count,  # type: ignore[attr-defined]
        overdue=money.of(customer.overdue_sum, currency),  # type: ignore[attr-defined]
        balance=money.of(customer.open_sum, currency),  # type: ignore[attr-defined]
    )


def _address(customer: Customer) -> str:
    place = " ".join(part for part in (customer.state.rpartition("-")[2], customer.zip) if part)
    return ", ".join(part for part in (customer.street, customer.city, place) if part)


def _standing(customer: Customer, stops: list[Suppression]) -> str:
    binding = [stop.get_kind_display() for stop in stops if stop.kind != StopKind.NO_EMAIL]
    if binding:
        return _("We do not contact them: %(why)s.") % {"why": ", ".join(binding)}
    frozen = customer.disputes.live().count()
    if frozen:
        words = ngettext("%(n)d invoice is frozen by a dispute.", "%(n)d invoices are frozen by disputes.", frozen)
        return words % {"n": frozen}
    return _("On your list of customers who are never called.") if customer.never_call else ""


def _facts(customer: Customer, stops: list[Suppression]) -> list[tuple[str, object]]:
    made = customer.calls.count()
    consent = customer.consents.filter(revoked_at=None).order_by("given_on").first()
    return [
        (_("Language"), {"es": _("Spanish")}.get(customer.language, _("English"))),
        (_("Called"), ngettext("%(n)d time", "%(n)d times", made) % {"n": made}),
        (_("Promises"), kept_words(customer)),
        (_("Consent"), consent.basis if consent else _("none on record")),
        (_("Stops"), ", ".join(stop.get_kind_display() for stop in stops) or _("none")),
    ]


def _empty(business: Business, *, filtered: bool) -> Empty:
    if filtered or business.customers.exists():
        words = _("Try another name, or look at all customers.")
        return Empty(_("Nobody fits"), words, f"{reverse('customers')}?show=all", _("Show all customers"))
    words = _("Connect your books, and everybody who owes shows up here.")
    return Empty(_("No customers yet"), words, reverse("connections"), _("Connect your books"))
