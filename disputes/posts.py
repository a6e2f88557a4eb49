"""The thread about a dispute: what the customer and the firm write to each other, and notes nobody outside sees."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from disputes import track_letters
from disputes.addresses import whose
from disputes.models import Dispute, Post, Side
from disputes.resolving import CannotResolve, held
from invoices import verification
from notifications import outbox
from notifications.models import Message
from syntharra import clock


@transaction.atomic(durable=True)
def customer_writes(
    dispute_id: UUID, words: str, *, by: str, channel: str = Post.Channel.PAGE, outside_key: str | None = None,
    at: datetime | None = None,
) -> Post:  # fmt: skip
    """Keep what he wrote, tell the firm. The same mail twice (``outside_key``) is one entry."""
    dispute, invoice = held(dispute_id)
    if not words.strip():
        raise CannotResolve(_("Write something first."))
    if outside_key is not None and (known := Post.objects.filter(outside_key=outside_key).first()) is not None:
        return known
    post = Post.objects.create(
        dispute=dispute, side=Side.CUSTOMER, channel=channel, by=by[:254], words=words.strip()[:20_000],
        at=at or clock.now(), outside_key=outside_key,
    )  # fmt: skip
    if dispute.closed_at is None:
        verification.asked_for(
            [invoice], whose(dispute, invoice), at=post.at
        )  # what he only said before stands in writing now
    timeline.record(dispute, "customer_wrote", by=by, invoice=invoice.number, channel=channel)
    outbox.owe(*track_letters.customer_wrote(post, dispute, invoice))
    return post


@transaction.atomic(durable=True)
def firm_writes(dispute_id: UUID, words: str, *, by: User) -> Post:
    """An answer to the customer, by e-mail with the link to the page; the first one stops the clock of the first word."""
    dispute, invoice = held(dispute_id)
    if not words.strip():
        raise CannotResolve(_("Write something first."))
    moment = clock.now()
    post = Post.objects.create(
        dispute=dispute,
        side=Side.FIRM,
        channel=Post.Channel.EMAIL,
        by=by.email,
        words=words.strip()[:20_000],
        at=moment,
    )
    Dispute.objects.filter(pk=dispute.pk, first_word_at=None).update(first_word_at=moment)
    timeline.record(dispute, "firm_wrote", by=by.email, invoice=invoice.number)
    for message in outbox.owe(*track_letters.firm_wrote(post, dispute, invoice)):
        assert isinstance(message, Message)
        Post.objects.filter(pk=post.pk).update(message=message)
    return post


@transaction.atomic(durable=True)
def talked(dispute_id: UUID, words: str, *, by: User) -> Post:
    """A person at the firm talked with the customer: kept as a note, and the first time it is the first word."""
    dispute, invoice = held(dispute_id)
    if not words.strip():
        raise CannotResolve(_("Write down in a sentence what was said."))
    moment = clock.now()
    post = Post.objects.create(
        dispute=dispute, side=Side.FIRM, channel=Post.Channel.NOTE, by=by.email, words=words.strip()[:20_000], at=moment,
    )  # fmt: skip
    Dispute.objects.filter(pk=dispute.pk, first_word_at=None).update(first_word_at=moment)
    timeline.record(dispute, "talked_with_customer", by=by.email, invoice=invoice.number)
    return post


@transaction.atomic(durable=True)
def note(dispute_id: UUID, words: str, *, by: User) -> Post:
    """A note of the firm's own: never shown or sent to the customer."""
    dispute, invoice = held(dispute_id)
    if not words.strip():
        raise CannotResolve(_("Write something first."))
    post = Post.objects.create(
        dispute=dispute, side=Side.FIRM, channel=Post.Channel.NOTE, by=by.email, words=words.strip()[:20_000],
        at=clock.now(),
    )  # fmt: skip
    timeline.record(dispute, "noted_on_dispute", by=by.email, invoice=invoice.number)
    return post


@transaction.atomic
def assign(dispute_id: UUID, *, to: User | None, by: User) -> Dispute:
    """Whose it is. Only members of the business can be."""
    dispute, _invoice = held(dispute_id)
    if to is not None and not dispute.business.memberships.filter(user=to).exists():
        raise CannotResolve(_("Only members of this business can look after it."))
    Dispute.objects.filter(pk=dispute.pk).update(assignee=to)
    timeline.record(dispute, "assigned", by=by.email, to=to.email if to else "")
    return dispute


@transaction.atomic
def hold_for_law(dispute_id: UUID, *, on: bool, by: User) -> Dispute:
    """While it is on, nothing about this dispute is deleted, whatever its period."""
    dispute, _invoice = held(dispute_id)
    if Dispute.objects.filter(pk=dispute.pk, legal_hold=not on).update(legal_hold=on):
        timeline.record(dispute, "legal_hold_on" if on else "legal_hold_off", by=by.email)
    return dispute
