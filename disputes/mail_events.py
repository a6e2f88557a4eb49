"""What the mail service says became of a letter it had accepted: it came back, or the reader wants no more of them.

A letter is found by what we gave the service with it, else by the letter's own Message-ID. Events come twice, late, and in
any order: each is acted on as the letter stands now, and a letter whose sending has not ended yet is asked about again.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from compliance.models import StopKind
from compliance.services import stop
from invoices import notices
from invoices.services import hold_customer
from notifications import sending
from notifications.models import Message, ReplyAddress
from syntharra import logs
from syntharra.tenancy import acting_for

log = logs.get(__name__)

CAME_BACK = frozenset({"bounced", "rejected", "failed"})
NO_MORE = frozenset({"complained", "unsubscribed"})
UNDER_WAY = (Message.Status.QUEUED, Message.Status.SENDING)


class NotYet(Exception):
    """The letter is being sent this very moment: the service shall ask again."""


@dataclass(frozen=True)
class Event:
    """``kind`` as anymail names it; ``letter`` the service's or our own id of it; ``given`` what we sent along."""

    kind: str
    letter: str
    recipient: str
    why: str = ""
    given: Any = None


def take(event: Event) -> str:
    """Act on it; a word for what was done: came_back, stopped, known, or stray. Raises NotYet."""
    if event.kind not in CAME_BACK | NO_MORE:
        return "known"
    found = _letter(event)
    if found is None:
        return "stray"
    business_id, message_id = found
    with acting_for(business_id):
        return _act(event, message_id)


def _letter(event: Event) -> tuple[UUID, UUID] | None:
    given = event.given if isinstance(event.given, dict) else {}
    business, message = _uuid(given.get("business")), _uuid(given.get("message"))
    if business and message:
        return business, message
    ours = _uuid(event.letter.strip("<>").partition("@")[0])
    kept = ReplyAddress.objects.filter(message_id=ours).first() if ours else None
    return (kept.business_id, kept.message_id) if kept else None


def _uuid(words: Any) -> UUID | None:
    try:
        return UUID(str(words))
    except ValueError:
        return None


@transaction.atomic
def _act(event: Event, message_id: UUID) -> str:
    message = Message.objects.filter(pk=message_id, channel="email").first()
    if message is None or message.to.strip().lower() != event.recipient.strip().lower():
        return "stray"
    if message.customer_id is not None:
        hold_customer(message.customer_id)
        message.refresh_from_db()
    if event.kind in NO_MORE:
        return _no_more(event, message)
    if message.status in UNDER_WAY:
        raise NotYet(str(message.pk))
    back = sending.came_back(message.pk, event.why or event.kind)
    if message.customer_id is not None:
        notices.bounced(message.pk)
    return "came_back" if back else "known"


def _no_more(event: Event, message: Message) -> str:
    """A press on "spam" or "unsubscribe" in his mail program: no more e-mails that ask for money."""
    if message.customer_id is None:
        log.warning("member_complained", message=str(message.pk), kind=event.kind)
        return "known"
    stop(message.customer_id, StopKind.NO_EMAIL, number="", words=event.kind, source="email", by=str(message.customer))
    return "stopped"
