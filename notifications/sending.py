"""Sending one message: taken, cleared at the last moment, rendered, handed to the mail server, marked."""

from email.utils import formataddr
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction

from accounts import timeline
from compliance.gate import Clearance
from compliance.models import Channel, Purpose
from compliance.registry import Ask
from compliance.services import clear
from notifications import lint, outbox, replies
from notifications.letters import BadLetter, NoLongerTrue, render, was_not_sent, was_sent, way_out
from notifications.members import in_charge, mail_to
from notifications.models import Message
from syntharra import clock, due, logs

log = logs.get(__name__)
TRIES = 8
UNSENDABLE = (SMTPRecipientsRefused, BadLetter, lint.Unfit, ValueError)  # no later try would fare better


def send(message_id: UUID) -> int:
    """Send this message if it is due, free and permitted; 1 when it was taken in hand. Safe to call twice.

    Never raises for the message's own sake: one that cannot be sent must not hold up those behind it.
    """
    if not outbox.claim(Message.objects.due(), message_id):
        return 0
    message = Message.objects.select_related("business").get(pk=message_id)
    with logs.correlated(message.correlation):
        try:
            if message.channel == Channel.SMS:
                from notifications import texts

                texts.send(message)
            elif cleared(message):
                _deliver(message)
        except UNSENDABLE as error:
            give_up(message, str(error))
        except NoLongerTrue as error:
            _withdraw(message, str(error))
        except (SMTPException, OSError) as error:
            log.warning("message_not_sent", letter=message.letter, message=str(message.pk), error=type(error).__name__)
            again(message, f"{type(error).__name__}: {error}")
        except Exception as error:  # whatever else went wrong, it stays owed and says why
            log.exception("message_failed", letter=message.letter, message=str(message.pk))
            again(message, f"{type(error).__name__}: {error}")
    return 1


@transaction.atomic
def cleared(message: Message) -> bool:
    """Ask the gate in the transaction that starts the sending; a refusal is stored, and waits where time cures it.

    The move to ``sending`` is made anew on every try, so that the database's own guard looks every time.
    """
    hold_customer_of(message)
    refused = next((one for one in asked(message, moment="sending") if not one.is_allowed), None)
    if refused is None:
        try:
            with transaction.atomic():
                Message.objects.filter(pk=message.pk).update(status=Message.Status.SENDING)
        except IntegrityError as error:
            end(message, Message.Status.REFUSED, outcome=str(error).splitlines()[0][:200])
            return False
        message.status = Message.Status.SENDING
        return True
    if refused.next_allowed_at is not None:
        wait = (refused.next_allowed_at - clock.now()).total_seconds()
        outbox.put_off(message, seconds=max(wait, 1.0), why=refused.reason)
        return False
    refuse(message, refused.reason)
    return False


def refuse(message: Message, reason: str) -> None:
    """It may not leave, and waiting cures nothing: its next channel is looked for. Inside the caller's transaction."""
    end(message, Message.Status.REFUSED, outcome=reason)
    was_not_sent(message)


def hold_customer_of(message: Message) -> None:
    """The one lock: a freeze under way is waited for, and one that comes now waits for us."""
    if message.customer_id is not None:
        customers: Any = Message._meta.get_field("customer").related_model
        customers.objects.select_for_update(no_key=True).get(pk=message.customer_id)


def asked(message: Message, *, moment: str) -> list[Clearance]:
    """The gate's answer for each invoice the message is about (once, where it is about none), put on record."""
    about: list[UUID | None] = list(message.about.order_by("invoice_id").values_list("invoice_id", flat=True))
    binding = about if message.purpose == Purpose.COLLECT else about[:1]
    return [
        clear(
            Ask(
                purpose=Purpose(message.purpose),
                channel=Channel(message.channel),
                to=message.to,
                at=clock.now(),
                customer_id=message.customer_id,
                invoice_id=invoice_id,
                member_id=message.member_id,
                subject_id=message.pk,
            ),
            subject_kind="message",
            subject_id=message.pk,
            moment=moment,
        )
        for invoice_id in binding or [None]
    ]


def _deliver(message: Message) -> None:
    letter = render(message)
    lint.check(message, letter)
    # The same id on every try: a mail server or reader that got it twice shows it once.
    domain = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((_sender(message), _address())),
        to=[message.to],
        headers={
            "Message-ID": f"<{message.pk}@{domain}>",
            "X-Correlation-ID": message.correlation,
            "Auto-Submitted": "auto-generated",
            **_unsubscribe(message),
            **_mark(message),
        },
        reply_to=_reply_to(message),
    )
    # A mail service gives it back with what became of the letter; a plain mail server never sees it.
    mail.metadata = {"business": str(message.business_id), "message": str(message.pk)}  # type: ignore[attr-defined]
    mail.attach_alternative(letter.html, "text/html")
    mail.send()
    with transaction.atomic():
        # A signed link opens a page for whoever holds it: the copy we keep has the letter's words, not its links.
        kept = {"subject": letter.subject[:200], "text": lint.without_links(letter.text), "html": ""}
        Message.objects.filter(pk=message.pk).update(**kept)
        end(message, Message.Status.SENT, outcome="accepted by the mail server", sent_at=clock.now())
        was_sent(message)
        timeline.record(
            message, f"sent_{message.letter}", by="syntharra", purpose=message.purpose, channel=message.channel
        )


def _mark(message: Message) -> dict[str, str]:
    """A letter to a member has no address for answers; what a mail server returns of it is known by this header."""
    address = replies.make(message) if message.customer_id is None else ""
    return {"X-Letter": address} if address else {}


def _unsubscribe(message: Message) -> dict[str, str]:
    """RFC 8058: his mail program shows a button; pressed, it posts to this address, and the e-mails that ask for money end."""
    url = way_out(message)
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _sender(message: Message) -> str:
    name = message.business.name if message.customer_id else "Syntharra"
    return " ".join(name.split())


def _reply_to(message: Message) -> list[str]:
    """A customer's answer comes back to us, and to the letter it answers. On every try a new address: the last one's is gone."""
    address = replies.make(message) if message.customer_id is not None else ""
    return [address] if address else []


def _address() -> str:
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("<")[2].rstrip(">")


def end(message: Message, status: str, **changes: object) -> None:
    message.move(status, leased_until=None, **changes)
    due.settle(outbox.KIND, message.pk)


def again(message: Message, why: str) -> None:
    message.refresh_from_db()
    if message.tries >= TRIES:
        give_up(message, why)
    else:
        outbox.put_off(message, seconds=outbox.backoff(message.tries), why=why)


@transaction.atomic
def _withdraw(message: Message, why: str) -> None:
    message.refresh_from_db()
    end(message, Message.Status.WITHDRAWN, outcome=why[:200])


@transaction.atomic
def give_up(message: Message, why: str) -> None:
    message.refresh_from_db()
    if message.status in (Message.Status.QUEUED, Message.Status.SENDING):
        end(message, Message.Status.FAILED, outcome=why[:200])
        timeline.record(message, f"failed_{message.letter}", by="syntharra", why=why[:200])
        was_not_sent(message)
        if message.customer_id is not None:
            outbox.owe(*tell_the_firm(message))


@transaction.atomic
def came_back(message_id: UUID, why: str) -> bool:
    """The mail server had taken it and sent it back: it failed after all, and what follows a failure follows.

    False when it was known, or was never sent. Safe to call twice.
    """
    message = Message.objects.get(pk=message_id)
    if message.status != Message.Status.SENT or message.channel != Channel.EMAIL:
        return False
    end(message, Message.Status.FAILED, outcome=f"came back: {why}"[:200])
    timeline.record(message, f"failed_{message.letter}", by="syntharra", why=why[:200])
    was_not_sent(message)
    if message.customer_id is not None:
        outbox.owe(*tell_the_firm(message))
    return True


def tell_the_firm(message: Message) -> list[outbox.Letter]:
    """A letter the customer will not get is the firm's to know: somebody may have to pick up the phone."""
    facts = {"customer": str(message.customer), "to": message.to, "letter": message.letter}
    return [mail_to(member, "letter_failed", key=str(message.pk), facts=facts) for member in in_charge()]
