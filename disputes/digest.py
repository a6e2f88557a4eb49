"""The daily dispute e-mail: at 08:00 of the business's own morning, only where there is something to say."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from accounts import timeline
from accounts.models import Business
from compliance.models import Channel, Purpose
from disputes.addresses import absolute, others_of, people, phone_of
from disputes.models import Dispute
from invoices.models import Invoice
from notifications import texts
from notifications.members import in_charge, mail_to
from notifications.models import Message
from notifications.outbox import Letter, owe
from syntharra import clock, due

KIND = "digest"
LETTER, TEXT = "dispute_digest", "dispute_digest_text"
AT = time(8, 0)


def next_morning(business: Business, after: datetime) -> datetime:
    """The next 08:00 on the business's wall clock, strictly later than the moment given."""
    zone = ZoneInfo(business.time_zone)
    day = after.astimezone(zone).date()
    morning = datetime.combine(day, AT, zone)
    return morning if morning > after else datetime.combine(day + timedelta(days=1), AT, zone)


def look_tomorrow(business: Business) -> None:
    """Make sure that somebody looks at the next morning."""
    due.note_once(KIND, business.pk, at=next_morning(business, clock.now()))


@transaction.atomic
def send_digest(business: Business) -> int:
    """Owe today's e-mail to everybody who is told about disputes; to how many. Twice a day is once."""
    moment = clock.now()
    due.note(KIND, business.pk, at=next_morning(business, moment))
    if not has_something_to_say(business):
        if not Dispute.objects.live().exists():
            due.settle(KIND, business.pk)
        return 0
    today = moment.astimezone(ZoneInfo(business.time_zone)).date()
    return len(owe(*(mail_to(member, LETTER, key=str(today)) for member in in_charge())))


def not_sent(message: Message) -> None:
    """None of that day's e-mails arrives: the other members get it; where nobody's mail works, those in charge get a text."""
    day = message.key.partition(":")[0]
    mails = Message.objects.filter(letter=LETTER, key__startswith=f"{day}:")
    if mails.filter(status__in=("queued", "sending", "sent")).exclude(pk=message.pk).exists():
        return
    tried = set(mails.values_list("member_id", flat=True))
    owed = [mail_to(member, LETTER, key=day) for member in others_of().exclude(user__in=tried)]
    if owed:
        owe(*owed)
        timeline.record(message, "digest_widened", by="Syntharra", members=len(owed))
        return
    with_phone = [(member, phone) for member in people() if (phone := phone_of(member.user)) is not None]
    texts.owe(
        *(
            Letter(
                letter=TEXT,
                key=f"{day}:{member.user_id}",
                purpose=Purpose.ACCOUNT,
                channel=Channel.SMS,
                to=phone.number,
                member=member.user_id,
                language=member.user.language,
            )
            for member, phone in with_phone
        )
    )


def texted(message: Message) -> dict[str, Any]:
    """What the text says in place of the e-mail: how many disputes are open, and where."""
    return {"open": Dispute.objects.live().count(), "url": absolute(reverse("disputes"))}


def has_something_to_say(business: Business) -> bool:
    """A dispute that is open or ended since yesterday, or an invoice that waits paused."""
    yesterday = clock.now() - timedelta(days=1)
    return (
        Dispute.objects.live().exists()
        or Dispute.objects.filter(closed_at__gt=yesterday).exists()
        or Invoice.objects.open().exclude(paused_reason="").exists()
    )
