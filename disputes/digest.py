"""The daily dispute e-mail: at 08:00 of the business's own morning, only where there is something to say."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Business, Membership, Role
from compliance.models import Channel, Purpose
from disputes.models import Dispute
from invoices.models import Invoice
from notifications.outbox import Letter, owe
from syntharra import clock, due

KIND = "digest"
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
    told = Membership.objects.filter(
        business=business, role__in=(Role.OWNER, Role.MANAGER), user__is_active=True
    ).select_related("user")
    owed = [
        Letter(
            letter="dispute_digest",
            key=f"{today}:{member.user_id}",
            purpose=Purpose.ACCOUNT,
            channel=Channel.EMAIL,
            to=member.user.email,
            member=member.user_id,
            language=member.user.language,
        )
        for member in told
    ]
    return len(owe(*owed))


def has_something_to_say(business: Business) -> bool:
    """A dispute that is open or ended since yesterday, or an invoice that waits paused."""
    yesterday = clock.now() - timedelta(days=1)
    return (
        Dispute.objects.live().exists()
        or Dispute.objects.filter(closed_at__gt=yesterday).exists()
        or Invoice.objects.open().exclude(paused_reason="").exists()
    )
