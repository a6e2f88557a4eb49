"""The numbers the firm calls from and is called at, which of them new customers see, and whose telephone rings for a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business
from calls import numbers as lines
from calls import renting
from calls.persons import number_of
from desk.doors import IN_CHARGE, members_page, only_for
from desk.number_forms import AreaForm, PersonForm
from integrations.errors import Disconnected, VendorError
from integrations.twilio.keys import keys_of
from notifications.replies import forwarding_address
from syntharra.templatetags.syntharra import phone


@dataclass(frozen=True)
class NumberRow:
    """One number of the firm: what went out from it, what came in on it."""

    id: UUID
    number: str
    is_main: bool
    made: int
    received: int
    last_at: datetime | None


@require_http_methods(["GET", "POST"])
@members_page
def numbers(request: MemberRequest) -> HttpResponse:
    """The firm's numbers; and, by who is in charge, the telephone a person answers."""
    business = request.business
    form = PersonForm(request.POST or None, initial={"phone": phone(business.person_phone)})
    if request.method == "POST":
        only_for(request, *IN_CHARGE)
        if form.is_valid():
            lines.set_person(business, form.cleaned_data["phone"], by=request.user.email)
            messages.success(request, _("Saved."))
            return redirect("numbers")
    found = _rows(business)
    context = {
        **_offers(request, account=_account(business)),
        "rows": found,
        "form": form,
        "rings": number_of(business),
        "in_charge": request.membership.role in IN_CHARGE,
        "several": len(found) > 1,
        "sandbox": business.sandbox,
        "account": _account(business),
        "forward_to": forwarding_address(business),
    }
    return render(request, "desk/numbers.html", context)


@require_POST
@members_page
def fetch(request: MemberRequest) -> HttpResponse:
    """Look again which numbers the firm has at its carrier."""
    only_for(request, *IN_CHARGE)
    try:
        new = lines.fetch(request.business, by=request.user.email)
    except Disconnected:
        messages.error(
            request, _("This business has no account at the carrier yet. Whoever runs this installation opens it.")
        )
    except VendorError as error:
        messages.error(request, _("The carrier did not tell: %(why)s.") % {"why": error.words})
    else:
        said = ngettext("%(n)d new number.", "%(n)d new numbers.", len(new)) % {"n": len(new)}
        messages.success(request, said if new else _("No new numbers."))
    return redirect("numbers")


@require_POST
@members_page
def rent(request: MemberRequest) -> HttpResponse:
    """Rent one of the numbers that were offered. Twice is once."""
    only_for(request, *IN_CHARGE)
    try:
        rented = renting.rent(request.business, request.POST.get("number", ""), by=request.user.email)
    except VendorError as error:
        messages.error(request, _("Not rented: %(why)s.") % {"why": error.words})
    else:
        messages.success(request, _("%(number)s is yours.") % {"number": phone(rented.line.number)})
    return redirect("numbers")


@require_POST
@members_page
def main(request: MemberRequest, pk: UUID) -> HttpResponse:
    """New customers see this number from now on."""
    only_for(request, *IN_CHARGE)
    line = get_object_or_404(request.business.phonelines, pk=pk, released_at=None)
    lines.make_main(line, by=request.user.email)
    messages.success(request, _("New customers see %(number)s from now on.") % {"number": phone(line.number)})
    return redirect("numbers")


def _offers(request: MemberRequest, *, account: str) -> dict[str, object]:
    """What can be rented where the firm looked, by those in charge of a business with an account of its own."""
    if not account or request.membership.role not in IN_CHARGE:
        return {}
    form = AreaForm(request.GET if "area" in request.GET else None)
    if not form.is_valid():
        return {"area_form": form}
    try:
        offered = renting.available(request.business, form.cleaned_data["area"])
    except VendorError as error:
        form.add_error("area", _("The carrier did not tell: %(why)s.") % {"why": error.words})
        return {"area_form": form}
    return {"area_form": form, "looked": True, "offered": offered}


def _rows(business: Business) -> list[NumberRow]:
    """The main one first. Three queries, however many calls there were."""
    ours = business.phonelines.filter(released_at=None, sandbox=business.sandbox)
    listed = list(ours.order_by("-is_main", "created_at", "pk"))
    told = [line.number for line in listed]
    out = business.calls.filter(attempt__isnull=False, caller__in=told)
    into = business.calls.filter(attempt=None, to__in=told)
    made = {line: (n, at) for line, n, at in out.values_list("caller").annotate(n=Count("pk"), at=Max("placed_at"))}
    came = {line: (n, at) for line, n, at in into.values_list("to").annotate(n=Count("pk"), at=Max("placed_at"))}
    none: tuple[int, datetime | None] = (0, None)
    rows = []
    for index, line in enumerate(listed):
        (many, last), (received, heard) = made.get(line.number, none), came.get(line.number, none)
        at = max((moment for moment in (last, heard) if moment is not None), default=None)
        rows.append(NumberRow(line.pk, line.number, index == 0, many, received, at))
    return rows


def _account(business: Business) -> str:
    """The firm's account at the carrier, as far as it may be shown; nothing for a sandbox."""
    if business.sandbox:
        return ""
    try:
        return f"…{keys_of(business).account[-6:]}"
    except Disconnected:
        return ""
