"""Everything the page of a dispute shows, as rows: the small lists in one question, the thread and the letters a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Business, Membership
from disputes.clock_facts import tracks_from, wanted
from disputes.clocks import Track
from disputes.models import (
    BooksMoved,
    Claim,
    ClaimOn,
    Dispute,
    DisputeFile,
    EvidencePack,
    InvoiceVersion,
    Post,
    Resolution,
)
from disputes.page_links import PURPOSE
from disputes.reminders import of_dispute
from invoices.families import kin_among
from invoices.models import BookEntry, Invoice
from notifications.models import Message
from syntharra import together
from syntharra.models import Link

PAGE = 50  # entries of the thread, and of the timeline
MOST_CLAIMS = 50
MOST_VERSIONS = 20
WAITING = (BookEntry.Status.OWED, BookEntry.Status.BY_HAND, BookEntry.Status.REFUSED)
_SHOWN_OF_A_LETTER = ("subject", "to", "status", "outcome", "owed_at", "sent_at", "customer", "member", "business")


@dataclass(frozen=True)
class Part:
    """One page of a long list, newest first: ``older`` and ``newer`` are page numbers, 0 where there is none."""

    rows: Sequence[Any]
    number: int
    more: bool

    @property
    def older(self) -> int:
        return self.number + 1 if self.more else 0

    @property
    def newer(self) -> int:
        return self.number - 1


@dataclass(frozen=True)
class Rows:
    """``letters`` are as many of the newest as the pages of the timeline up to this one need."""

    claims: list[Claim]
    running: Resolution | None
    card: BooksMoved | None
    files: list[DisputeFile]
    packs: list[EvidencePack]
    versions: list[InvoiceVersion]
    reminders: BookEntry | None
    entries: list[BookEntry]
    others: list[Invoice]
    links: list[Link]
    members: list[tuple[int, str]]
    earlier: list[dict[str, Any]]
    track: Track
    posts: Part
    letters: list[Message]


def gather(dispute: Dispute, business: Business, *, today: Any, talk: int = 1, timeline: int = 1) -> Rows:
    """Three queries, however long it has been going on; ``talk`` and ``timeline`` count pages from 1."""
    found = together.load(
        claims=Claim.objects.filter(links__dispute=dispute).order_by("said_at", "pk")[:MOST_CLAIMS],
        running=dispute.resolutions.filter(status__in=("to_confirm", "running"))[:1],
        card=dispute.moves.filter(answer="")[:1],
        files=dispute.files.filter(removed_at=None).order_by("at", "pk"),
        packs=dispute.packs.order_by("-made_at"),
        versions=dispute.versions.order_by("taken_at", "pk")[:MOST_VERSIONS],
        entries=_entries(dispute),
        others=_others(dispute, today),
        links=_links(dispute),
        members=Membership.objects.filter(business=business, user__is_active=True)
        .order_by("user__email")
        .values("user_id", "user__email"),
        earlier=Dispute.objects.filter(customer=dispute.customer_id)
        .exclude(pk=dispute.pk)
        .order_by("-opened_at")
        .values("number", "status", "opened_at")[:5],
        **wanted([dispute]),
    )
    for other in found["others"]:
        other.customer, other.business = dispute.customer, business
    for entry in found["entries"]:
        entry.invoice = dispute.invoice
    reminders = next((one for one in found["entries"] if of_dispute(one, dispute)), None)
    return Rows(
        claims=found["claims"],
        running=next(iter(found["running"]), None),
        card=next(iter(found["card"]), None),
        files=found["files"],
        packs=found["packs"],
        versions=found["versions"],
        reminders=reminders,
        entries=[one for one in found["entries"] if one is not reminders and one.status in WAITING],
        others=found["others"],
        links=found["links"],
        members=[(row["user_id"], row["user__email"]) for row in found["members"]],
        earlier=found["earlier"],
        track=tracks_from(found, [dispute], business.time_zone)[dispute.pk],
        posts=_posts(dispute, talk),
        letters=_letters(dispute, timeline),
    )


def _links(dispute: Dispute) -> Any:
    """The newest link to the customer's page: a letter about several disputes of one claim has one for all."""
    of_claims = ClaimOn.objects.filter(claim__in=ClaimOn.objects.filter(dispute=dispute).values("claim"))
    live = Link.objects.filter(purpose=PURPOSE, subject__in=of_claims.values("dispute"), revoked_at=None)
    return live.order_by("-created_at", "-pk")[:1]


def _entries(dispute: Dispute) -> Any:
    wanted_there = Q(status__in=WAITING) | (Q(cause__startswith="dispute ") & ~Q(status=BookEntry.Status.CANCELED))
    return BookEntry.objects.filter(wanted_there, invoice=dispute.invoice_id).order_by("asked_at", "pk")


def _others(dispute: Dispute, today: Any) -> Any:
    """The customer's other overdue invoices and those of his jobs and branches, which wait for the owner's word."""
    overdue = Invoice.objects.open().overdue_by(1, on=today)
    kin = kin_among([dispute.customer_id])[dispute.customer_id]
    return overdue.filter(customer__in=kin, frozen_at=None).order_by("due_on", "pk")[:20]


def _posts(dispute: Dispute, number: int) -> Part:
    start = (number - 1) * PAGE
    found: list[Post] = list(dispute.posts.order_by("-at", "-pk")[start : start + PAGE + 1])
    return Part(found[:PAGE], number, len(found) > PAGE)


def _letters(dispute: Dispute, number: int) -> list[Message]:
    about = Message.objects.filter(about__invoice=dispute.invoice_id, owed_at__gte=dispute.opened_at)
    told = about.filter(Q(sent_at__isnull=False) | Q(status=Message.Status.REFUSED))
    return list(told.only(*_SHOWN_OF_A_LETTER).order_by("-owed_at", "-pk")[: number * PAGE + 1])
