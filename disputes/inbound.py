"""Mail that comes in: kept first, then acted on. Whoever brings it (a webhook, a mailbox) ends in ``take``.

Any answer of a person holds collecting on that customer from the moment it is kept, until we understood it as one of the
few things that need nobody (``disputes.replies``), or a person has read it. Both steps are safe to repeat: a mail is one
row by its Message-ID, a row is acted on once. Anybody can write anything into ``From``: an answer is the customer's
because it came to an address that only our letter to him has, and nothing a mail says ever starts a contact again.
"""

import hashlib
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from accounts import timeline
from disputes import forwards, inbound_texts, replies
from disputes.mail_models import InboundMail, StrayMail
from integrations.secrets import encrypt
from invoices import notices, silence
from invoices.models import Customer, Hold
from invoices.services import hold_customer
from notifications import lint, mail_reading, outbox, quotes, sending
from notifications.mail_reading import Mail
from notifications.models import Message
from notifications.replies import Addressed, addressed
from syntharra import clock, due, logs
from syntharra.clock import machine_now
from syntharra.identifiers import uuid7
from syntharra.tenancy import acting_for, current_business

log = logs.get(__name__)

DUE = inbound_texts.DUE
BY = "syntharra"
MOST_SEALED = 64 * 1024  # of a stray mail: enough to see what it was
Kind, Outcome = InboundMail.Kind, InboundMail.Outcome


def take(raw: bytes, *, envelope: str = "") -> list[UUID]:
    """Keep this mail once for each business it is for, then act on it; the rows. Empty: it was a stray, kept and counted.

    ``envelope``: the address the mail server took it for, where it says so. A failure while acting leaves the row to the sweep.
    """
    if len(raw) > mail_reading.MOST_BYTES:
        _stray(raw, "too large")
        return []
    mail = mail_reading.read(raw, envelope=envelope)
    found = addressed(mail.came_back_from if mail.came_back else mail.recipients)
    if not found:
        _stray(raw, "came back" if mail.came_back else "unknown address")
        return []
    kept = []
    for one in {each.business_id: each for each in reversed(found)}.values():
        with acting_for(one.business_id):
            row = _keep(raw, mail, one)
            kept.append(row.pk)
            try:
                act(row.pk)
            except Exception:  # kept, held, and due: the sweep comes by
                log.exception("mail_not_acted_on", mail=str(row.pk))
    return kept


def take_from_page(customer: Customer, *, subject: str, words: str) -> InboundMail:
    """What he asks on one of our pages, read as an answer of his by mail would be. The same words twice a day are one."""
    mail = EmailMessage()
    mail["From"] = "page@syntharra.invalid"
    mail["Subject"] = " ".join(subject.split())[:200]
    mail.set_content(words)
    raw = mail.as_bytes()
    key = hashlib.sha256(f"page:{customer.pk}:{clock.now().date()}:{words}".encode()).hexdigest()
    row = InboundMail.objects.filter(key=key).first()
    if row is None:
        pk = uuid7()
        stored = default_storage.save(f"{current_business()}/mail/{pk}.eml", ContentFile(raw))
        try:
            with transaction.atomic():
                hold_customer(customer.pk)
                waits = Hold.objects.create(customer=customer, reason=replies.TO_READ, by=BY, since=clock.now())
                row = InboundMail.objects.create(
                    pk=pk, key=key, kind=Kind.REPLY, customer=customer, sender=customer.name, subject=subject[:200],
                    words=words, whole=words, came_at=clock.now(), stored=stored, sha256=hashlib.sha256(raw).hexdigest(),
                    hold=waits, waits=True, heard={"page": True},
                )  # fmt: skip
                due.note(DUE, row.pk, at=clock.now())
                timeline.record(row, "mail_came", by=BY, kind=Kind.REPLY, sender=customer.name, about=subject)
        except IntegrityError:  # the button was pressed twice
            default_storage.delete(stored)
            row = InboundMail.objects.get(key=key)
    return act(row.pk)


def _stray(raw: bytes, why: str) -> None:
    """Told to nobody: not to the sender (he learns nothing about our addresses), not to a business (it is nobody's)."""
    key = hashlib.sha256(raw).hexdigest()
    sealed = encrypt("disputes_straymail", UUID(key[:32]), {"raw": raw[:MOST_SEALED].decode("latin-1")})
    StrayMail.objects.get_or_create(key=key, defaults={"why": why, "at": machine_now(), "sealed": sealed})
    log.warning("stray_mail", why=why, size=len(raw))


def _keep(raw: bytes, mail: Mail, to: Addressed) -> InboundMail:
    """The one row of this mail, with its hold; the raw mail beside it, under a key of its own."""
    key = hashlib.sha256(mail.message_id.encode() or raw).hexdigest()
    if (known := InboundMail.objects.filter(key=key).first()) is not None:
        return known
    pk = uuid7()
    stored = default_storage.save(f"{current_business()}/mail/{pk}.eml", ContentFile(raw))
    try:
        with transaction.atomic(durable=True):
            return _put_down(pk, key, stored, raw, mail, to)
    except IntegrityError:  # the same mail by another way, at the same time
        default_storage.delete(stored)
        return InboundMail.objects.get(key=key)
    except BaseException:
        default_storage.delete(stored)
        raise


def _put_down(pk: UUID, key: str, stored: str, raw: bytes, mail: Mail, to: Addressed) -> InboundMail:
    message = Message.objects.filter(pk=to.message_id).first() if to.message_id else None
    words = quotes.new_words(mail.text)
    kind = _kind(mail, to, words)
    customer_id = message.customer_id if message is not None else None
    if kind == Kind.REPLY and customer_id is None:  # to the mark of a letter to a member: nobody but he has seen it
        kind = Kind.FORWARD
    row = InboundMail(
        pk=pk, key=key, kind=kind, message=message, customer_id=customer_id, sender=mail.sender, subject=mail.subject,
        words=words, whole=lint.without_links(mail.text), came_at=clock.now(), stored=stored, sha256=hashlib.sha256(raw).hexdigest(),
        heard={"forged": True} if mail.forged else {},
    )  # fmt: skip
    if kind == Kind.REPLY and customer_id is not None:
        hold_customer(customer_id)
        row.hold = Hold.objects.create(customer_id=customer_id, reason=replies.TO_READ, by=BY, since=clock.now())
        row.waits = True
        outbox.owe(silence.lines(customer_id, key=f"mail:{row.pk}", because="ON_HOLD"))
    if kind == Kind.BOUNCE:
        row.words = mail.came_back
    row.save(force_insert=True)
    due.note(DUE, row.pk, at=clock.now())
    if kind in (Kind.REPLY, Kind.FORWARD):
        timeline.record(row, "mail_came", by=BY, kind=kind, sender=mail.sender, about=mail.subject)
    return row


def _kind(mail: Mail, to: Addressed, words: str) -> str:
    """A machine's, or a person's. Where only a mark says machine and the words object, it is a person's."""
    if mail.came_back:
        return Kind.BOUNCE
    if mail.machine:
        return Kind.AUTOMATIC
    if mail.perhaps_machine and not replies.understood(words).stops_us:
        return Kind.AUTOMATIC
    return Kind.REPLY if to.message_id is not None else Kind.FORWARD


def act(mail_id: UUID) -> InboundMail:
    """Do what this mail asks for, once. Safe to call again after a crash at any point."""
    row = InboundMail.objects.select_related("message", "customer", "hold").get(pk=mail_id)
    if row.outcome:
        due.settle(DUE, row.pk)
        return row
    match row.kind:
        case Kind.REPLY if row.channel == InboundMail.Channel.SMS:
            inbound_texts.act(row)
        case Kind.REPLY:
            replies.act(row)
        case Kind.FORWARD:
            forwards.act(row)
        case Kind.BOUNCE:
            _came_back(row)
        case _:
            InboundMail.objects.filter(pk=row.pk).update(outcome=Outcome.AUTOMATIC)
    due.settle(DUE, row.pk)
    row.refresh_from_db()
    return row


@transaction.atomic
def _came_back(row: InboundMail) -> None:
    """The letter did not arrive after all: its next channel, its task, and the firm's people are told."""
    if row.message_id is not None:
        if row.customer_id is not None:
            hold_customer(row.customer_id)
        sending.came_back(row.message_id, row.words)
        notices.bounced(row.message_id)
    InboundMail.objects.filter(pk=row.pk).update(outcome=Outcome.BOUNCE)


def again_later(mail_id: UUID) -> None:
    """Something was out of order: look at it again in five minutes."""
    due.note(DUE, mail_id, at=clock.now() + timedelta(minutes=5))


def raw(row: InboundMail) -> bytes:
    """The mail as it came."""
    with default_storage.open(row.stored) as file:
        return bytes(file.read())
