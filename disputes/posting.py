"""Letters for which there is no e-mail address: printed, posted and ticked by a member. The tick is what sends them.

The gate is asked when it is printed and again when it is ticked; what is no longer true is withdrawn, not posted.
"""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from compliance.models import Channel, Purpose
from compliance.registry import Ask
from compliance.services import clear
from disputes import acknowledging
from invoices.services import hold_customer
from notifications import lint, paper
from notifications.letters import NoLongerTrue, Rendered, render, was_sent
from notifications.models import Message
from syntharra import clock


class CannotPost(Exception):
    """It may not be printed or ticked now; the message says why."""


def waiting() -> QuerySet[Message]:
    """Letters of the current business whose day has come and which nobody has posted, the oldest first."""
    drafts = Message.objects.filter(channel=Channel.LETTER, status=Message.Status.DRAFT, due_at__lte=clock.now())
    return drafts.exclude(letter=acknowledging.LETTER).select_related("customer").order_by("owed_at", "pk")


@transaction.atomic
def printed(message_id: UUID) -> bytes:
    """The letter as a PDF, with a link of its own. Raises CannotPost; a letter overtaken meanwhile is withdrawn then."""
    message = _held(message_id)
    letter = _rendered(message)
    assert message.customer is not None
    sheet = paper.Sheet(
        business=message.business,
        address=acknowledging.envelope(message.customer),
        on=clock.today(message.business.time_zone),
        subject=letter.subject,
        paragraphs=[part.strip() for part in letter.text.split("\n\n") if part.strip()],
        language=message.language,
    )
    return paper.pdf(paper.html(sheet))


def posted(message_id: UUID, *, on: date, by: User) -> Message:
    """Somebody put it in the mail on that day. Ticking twice is once. Raises CannotPost."""
    with transaction.atomic():
        found = Message.objects.select_related("business", "customer").get(pk=message_id)
        assert found.customer_id is not None
        hold_customer(found.customer_id)
        found.refresh_from_db()
        if found.status == Message.Status.SENT:
            return found
        message = _held(message_id)
        zone = ZoneInfo(message.business.time_zone)
        now = clock.now()
        today, owed = now.astimezone(zone).date(), message.owed_at.astimezone(zone).date()
        if not owed <= on <= today:
            raise CannotPost(_("Enter the day on which it was posted: not before it was written, not after today."))
        letter = _rendered(message)
        at = now if on == today else datetime.combine(on, time(17), zone)
        message.move(
            Message.Status.SENT,
            sent_at=max(at, message.owed_at),
            outcome=f"posted by {by.email}"[:200],
            subject=letter.subject[:200],
            text=lint.without_links(letter.text),
        )
        was_sent(message)
        timeline.record(message, "posted_letter", by=by.email, on=on.isoformat(), to=message.to, letter=message.letter)
        return message


def _held(message_id: UUID) -> Message:
    message = Message.objects.select_related("business", "customer").get(pk=message_id)
    assert message.customer_id is not None
    hold_customer(message.customer_id)
    message.refresh_from_db(fields=["status"])
    if message.status != Message.Status.DRAFT or message.channel != Channel.LETTER:
        raise CannotPost(_("This letter does not wait to be posted."))
    for invoice_id in message.about.values_list("invoice_id", flat=True) or [None]:
        ask = Ask(
            purpose=Purpose(message.purpose),
            channel=Channel.LETTER,
            to=message.to,
            at=clock.now(),
            customer_id=message.customer_id,
            invoice_id=invoice_id,
            subject_id=message.pk,
        )
        answer = clear(ask, subject_kind="message", subject_id=message.pk, moment="letter")
        if not answer.is_allowed:
            raise CannotPost(_("It may not be posted now: %(why)s") % {"why": answer.reason})
    return message


def _rendered(message: Message) -> Rendered:
    try:
        letter = render(message)
    except NoLongerTrue as overtaken:
        raise CannotPost(
            _("This letter is no longer true: %(why)s. It is not needed any more.") % {"why": overtaken}
        ) from overtaken
    lint.check(message, letter)
    return letter


@transaction.atomic
def not_needed(message_id: UUID, *, by: User) -> Message:
    """A member leaves it: it was said otherwise, or has been overtaken. On record; twice is once."""
    message = Message.objects.get(pk=message_id)
    assert message.customer_id is not None
    hold_customer(message.customer_id)
    message.refresh_from_db()
    if message.status == Message.Status.DRAFT and message.channel == Channel.LETTER:
        message.move(Message.Status.WITHDRAWN, outcome=f"left by {by.email}"[:200])
        timeline.record(message, "left_letter", by=by.email, letter=message.letter)
    return message
