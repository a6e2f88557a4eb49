"""Tomorrow's calls, shown the evening before to who runs the firm: they may hold any of them, or say that somebody complained."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Business, Membership, Role, User
from calls.models import Attempt
from calls.workdays import at_local
from disputes.freeze import NewClaim
from disputes.models import Claim
from disputes.services import open_dispute
from invoices.models import Invoice
from notifications import outbox
from notifications.letters import NoLongerTrue, letter_facts
from notifications.members import mail_to
from notifications.models import Message
from syntharra import clock, links

LETTER, LINK = "evening_preview", "preview"
TOLD = (Role.OWNER, Role.MANAGER)
LISTED = 40  # in the e-mail; the page has them all
COMPLAINED = "complained to us before the call"


class NothingToFreeze(Exception):
    """The call speaks of no invoice that is still open and not frozen."""


def register() -> None:
    """Say what the evening's e-mail tells."""
    letter_facts(LETTER, _told)


def owe(business: Business, *, on: date) -> int:
    """The e-mail about that day's calls, to everybody who wants it; to how many. Owing it twice is once."""
    if not calls_on(business, on).exists():
        return 0
    told = Membership.objects.filter(business=business, role__in=TOLD, preview_email=True, user__is_active=True)
    facts = {"on": on.isoformat()}
    owed = [mail_to(one, LETTER, key=str(on), facts=facts) for one in told.select_related("user").order_by("pk")]
    return len(outbox.owe(*owed)) if owed else 0


def calls_on(business: Business, on: date) -> QuerySet[Attempt]:
    """The calls planned for that date of the business, the first one first."""
    begins, ends = bounds(business, on)
    return Attempt.objects.filter(
        business=business, status=Attempt.Status.PLANNED, planned_for__gte=begins, planned_for__lt=ends
    ).order_by("planned_for", "pk")


def bounds(business: Business, on: date) -> tuple[datetime, datetime]:
    """When that date begins and ends where the business is."""
    zone = business.time_zone
    return at_local(on, time(), zone), at_local(on + timedelta(days=1), time(), zone)


def complained(attempt_id: UUID, *, by: User) -> list[str]:
    """They have complained to the firm: everything this call would speak of is frozen, in one tap; the disputes' numbers.

    Any member may say so. The call itself is not rewritten: it stops because of what is frozen. Raises NothingToFreeze.
    """
    about = Invoice.objects.open().filter(attempt_links__attempt=attempt_id, attempt_links__dropped_at=None)
    wanted = list(about.filter(frozen_at=None).order_by("pk").values_list("pk", flat=True))
    if not wanted:
        raise NothingToFreeze
    claim = NewClaim(source=Claim.Source.MEMBER, source_key=f"preview:{attempt_id}", words=COMPLAINED, by=by.email)
    return [dispute.number for dispute in open_dispute(*wanted, claim=claim)]


def _told(message: Message) -> dict[str, Any]:
    """The day's calls as they stand when the e-mail leaves; nothing left to call: no e-mail."""
    business, on = message.business, date.fromisoformat(message.facts["on"])
    attempts = list(calls_on(business, on).select_related("customer").prefetch_related("about__invoice"))
    if not attempts:
        raise NoLongerTrue("no call is planned for that day any more")
    return {
        "on": on,
        "calls": [Told.of(attempt) for attempt in attempts[:LISTED]],
        "count": len(attempts),
        "more": max(0, len(attempts) - LISTED),
        "waiting": sum(attempt.approved_at is None for attempt in attempts) if business.reviews_calls else 0,
        "zone": business.time_zone,
        "url": _link(message, on),
    }


class Told:
    """One planned call as the e-mail and the page tell of it."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.customer = attempt.customer
        self.at = attempt.planned_for
        self.to = attempt.to
        self.number = attempt.number
        self.invoices = [link.invoice for link in attempt.about.all() if link.dropped_at is None]

    @classmethod
    def of(cls, attempt: Attempt) -> "Told":
        return cls(attempt)


def _link(message: Message, on: date) -> str:
    """Opens that day's calls and nothing else, for this member, until the day is over."""
    _begins, ends = bounds(message.business, on)
    assert message.member_id is not None
    scope = {"on": on.isoformat(), "member": message.member_id}
    token = links.make(LINK, message.business.pk, lasts=ends - clock.now(), scope=scope)
    return urljoin(str(settings.PUBLIC_URL), reverse("signed_preview", args=[token]))
