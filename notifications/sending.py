"""Sending one message: taken, cleared at the last moment, rendered, handed to the mail server, marked."""

from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, transaction

from accounts import timeline
from compliance.models import Channel, Purpose
from compliance.registry import Ask
from compliance.services import clear
from notifications import lint, outbox
from notifications.letters import BadLetter, render, was_sent
from notifications.models import Message
from syntharra import clock, due, logs

log = logs.get(__name__)
TRIES = 8


def send(message_id: UUID) -> int:
    """Send this message if it is due, free and permitted; 1 when it was taken in hand. Safe to call twice."""
    if not outbox.claim(Message.objects.due(), message_id):
        return 0
    message = Message.objects.select_related("business").get(pk=message_id)
    with logs.correlated(message.correlation):
        try:
            if _cleared(message):
                _deliver(message)
        except (SMTPRecipientsRefused, BadLetter, lint.Unfit) as error:
            _give_up(message, str(error))
        except (SMTPException, OSError, DatabaseError) as error:
            log.warning("message_not_sent", letter=message.letter, message=str(message.pk), error=type(error).__name__)
            _again(message, f"{type(error).__name__}: {error}")
    return 1


@transaction.atomic
def _cleared(message: Message) -> bool:
    """Ask the gate in the transaction that starts the sending; a refusal is stored, and waits where time cures it."""
    asked = Ask(
        purpose=Purpose(message.purpose),
        channel=Channel(message.channel),
        to=message.to,
        at=clock.now(),
        customer_id=message.customer_id,
        invoice_id=message.about.values_list("invoice_id", flat=True).first(),
        member_id=message.member_id,
        subject_id=message.pk,
    )
    clearance = clear(asked, subject_kind="message", subject_id=message.pk, moment="sending")
    if clearance.decision == "allowed":
        if message.status != Message.Status.SENDING:
            message.move(Message.Status.SENDING)
        return True
    if clearance.next_allowed_at is not None:
        wait = (clearance.next_allowed_at - clock.now()).total_seconds()
        outbox.put_off(message, seconds=max(wait, 1.0), why=clearance.reason)
        return False
    _end(message, Message.Status.REFUSED, outcome=clearance.reason)
    return False


def _deliver(message: Message) -> None:
    letter = render(message)
    lint.check(message, letter)
    # The same id on every try: a mail server or reader that got it twice shows it once.
    domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=f'"{_sender(message)}" <{_address()}>',
        to=[message.to],
        headers={
            "Message-ID": f"<{message.pk}@{domain}>",
            "X-Correlation-ID": message.correlation,
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(letter.html, "text/html")
    mail.send()
    with transaction.atomic():
        # A signed link opens a page for whoever holds it: the copy we keep has the letter's words, not its links.
        kept = {"subject": letter.subject[:200], "text": lint.without_links(letter.text), "html": ""}
        Message.objects.filter(pk=message.pk).update(**kept)
        _end(message, Message.Status.SENT, outcome="accepted by the mail server", sent_at=clock.now())
        was_sent(message)
        timeline.record(
            message, f"sent_{message.letter}", by="syntharra", purpose=message.purpose, channel=message.channel
        )


def _sender(message: Message) -> str:
    name = message.business.name if message.customer_id else "Syntharra"
    return name.replace('"', "'").replace("\r", " ").replace("\n", " ")


def _address() -> str:
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("<")[2].rstrip(">")


def _end(message: Message, status: str, **changes: object) -> None:
    message.move(status, leased_until=None, **changes)
    due.settle(outbox.KIND, message.pk)


def _again(message: Message, why: str) -> None:
    message.refresh_from_db()
    if message.tries >= TRIES:
        _give_up(message, why)
    else:
        outbox.put_off(message, seconds=outbox.backoff(message.tries), why=why)


@transaction.atomic
def _give_up(message: Message, why: str) -> None:
    message.refresh_from_db()
    if message.status in (Message.Status.QUEUED, Message.Status.SENDING):
        _end(message, Message.Status.FAILED, outcome=why[:200])
        timeline.record(message, f"failed_{message.letter}", by="syntharra", why=why[:200])
