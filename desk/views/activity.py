"""Every act of the business, with who and why, chained line to line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.middleware import MemberRequest
from accounts.models import ActivityLine, Business
from desk.doors import members_page
from desk.history import Event
from desk.views.invoices import without_page
from desk.wording.activity import act, detail

PER_PAGE = 50


@dataclass(frozen=True)
class Day:
    on: date
    events: list[Event]


@require_GET
@members_page
def activity(request: MemberRequest) -> HttpResponse:
    """Newest first, day by day."""
    lines = request.business.activitylines.select_related("detail").order_by("-recorded_at", "-pk")
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    names = _names(request.business, listed)
    context = {
        "page": page,
        "query": without_page(request),
        "days": [
            Day(on, [_event(line, names) for line in of_day])
            for on, of_day in groupby(listed, key=lambda line: timezone.localtime(line.at).date())
        ],
    }
    return render(request, "desk/activity.html", context)


def _names(business: Business, lines: Iterable[ActivityLine]) -> dict[UUID, str]:
    found = business.customers.filter(pk__in={line.customer_id for line in lines if line.customer_id})
    return dict(found.values_list("pk", "name"))


def _event(line: ActivityLine, names: dict[UUID, str]) -> Event:
    done = act(line.verb)
    facts = getattr(line, "detail", None)
    said = detail(line.verb, facts.facts) if facts else _("The details were erased; the proof that it happened stays.")
    name = names.get(line.customer_id) if line.customer_id else None
    words = " · ".join(part for part in (name, said, _("by %(who)s") % {"who": line.actor}) if part)
    return Event(
        icon=done.icon,
        title=str(done.words),
        at=line.at,
        words=words,
        tone=done.tone,
        url=reverse("customer", args=[line.customer_id]) if name else "",
        footnote=_fingerprint(line),
    )


def _fingerprint(line: ActivityLine) -> str:
    if line.number is None or line.hash is None:
        return _("being sealed")
    digest = bytes(line.hash).hex()
    return f"#{line.number} · {digest[:4]} {digest[4:8]} {digest[8:12]}"
