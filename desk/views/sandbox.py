"""The sandbox's control room: move the clock, read the mail, see who will say what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import MemberRequest
from accounts.models import Business
from calls.models import Attempt
from desk import sandbox as room
from desk.doors import members_page
from desk.wording.outcomes import ending
from invoices.models import Contact
from syntharra import clock

LETTERS = 12


@dataclass(frozen=True)
class Step:
    value: str
    word: str


@dataclass(frozen=True)
class Part:
    """One simulated customer: what it will say when called, and what came of it so far."""

    url: str
    name: str
    about: str
    will: str
    state: str
    so_far: str


@dataclass(frozen=True)
class Letter:
    subject: str
    to: str
    url: str


@require_GET
@members_page
def sandbox(request: MemberRequest) -> HttpResponse:
    """Only in a sandbox installation."""
    _only_in_a_sandbox()
    letters, mail_words = _letters(request.business)
    context = {
        "now": clock.now(),
        "zone": request.business.time_zone.rpartition("/")[2].replace("_", " "),
        "steps": _steps(request.business),
        "cast": _cast(request.business),
        "letters": letters,
        "no_letters": mail_words,
        "mailbox_url": f"{settings.SIMULATORS_URL}/mailbox/",
    }
    return render(request, "desk/sandbox.html", context)


@require_POST
@members_page
def move_clock(request: MemberRequest) -> HttpResponse:
    """Business time goes forward for the whole installation; never back."""
    _only_in_a_sandbox()
    by = _length(request.business, request.POST.get("to", ""))
    try:
        if by is not None:
            room.move_clock(by, actor=request.user.email)
    except (room.NotASandbox, room.ClockGoesForward) as refusal:
        messages.error(request, str(refusal))
    return redirect("sandbox")


def _only_in_a_sandbox() -> None:
    if not settings.SANDBOX:
        raise Http404


def _steps(business: Business) -> list[Step]:
    steps = [
        Step("1h", _("1 hour")),
        Step("1d", _("1 day")),
        Step("30d", _("30 days")),
    ]
    upcoming = _next_call(business)
    return [Step("call", _("To the next call")), *steps] if upcoming else steps


def _next_call(business: Business) -> datetime | None:
    waiting = business.attempts.filter(status=Attempt.Status.PLANNED, planned_for__gt=clock.now())
    return waiting.order_by("planned_for").values_list("planned_for", flat=True).first()


def _length(business: Business, step: str) -> timedelta | None:
    known = {
        "1h": timedelta(hours=1),
        "1d": timedelta(days=1),
        "30d": timedelta(days=30),
    }
    if step == "call":
        upcoming = _next_call(business)
        return upcoming - clock.now() if upcoming else None
    return known.get(step)


def _cast(business: Business) -> list[Part]:
    """Who is in the books with a number, what the simulated carrier says they will do, and how the last call ended."""
    personas = _personas()
    last = {call.customer_id: call for call in business.calls.order_by("placed_at")}
    billing = business.contacts.filter(role=Contact.Role.BILLING, phone__in=personas).select_related("customer")
    people = billing.prefetch_related("customer__invoices").order_by("-rank")
    first = {contact.customer_id: contact for contact in people}
    parts = []
    for customer_id, contact in first.items():
        about = [invoice.number for invoice in contact.customer.invoices.all() if invoice.balance]
        if not about and customer_id not in last:
            continue
        parts.append(
            Part(
                url=reverse("customer", args=[customer_id]),
                name=contact.customer.name,
                about=", ".join(about),
                will=personas[contact.phone],
                state=ending(last[customer_id]).state if customer_id in last else "",
                so_far=ending(last[customer_id]).word if customer_id in last else "",
            )
        )
    return sorted(parts, key=lambda part: part.name)


def _personas() -> dict[str, str]:
    """By number, what answers there; empty when the simulators are not running."""
    try:
        told: dict[str, Any] = room.ask("twilio", "personas")
    except httpx2.HTTPError:
        return {}
    return {number: persona["title"] for persona in told["personas"] for number in persona["numbers"]}


def _letters(business: Business) -> tuple[list[Letter], str]:
    """The newest letters to this business's people and customers: the mailbox holds those of every business."""
    try:
        mail: list[dict[str, Any]] = room.ask("mailbox", "letters")
    except httpx2.HTTPError:
        return [], _("The simulated mailbox does not answer. Is `manage.py simulators` running?")
    ours = {address.lower() for address in business.messages.values_list("to", flat=True).distinct()}
    ours |= {address.lower() for address in business.memberships.values_list("user__email", flat=True)}
    mine = [item for item in mail if ours & {address.lower() for address in item["to"]}]
    newest = [
        Letter(item["subject"], ", ".join(item["to"]), f"{settings.SIMULATORS_URL}/mailbox/letters/{item['id']}")
        for item in reversed(mine[-LETTERS:])
    ]
    return newest, _("No letter was sent yet.")
