"""Sending one text: cleared and written down under the customer's lock, handed to the carrier once, followed to its end.

The carrier has no key that would make a second request safe. What was asked for and not answered is looked up there; what
is not found counts as lost and goes another way. Only an answer that proves nothing was taken lets the same text be tried
again.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import timeline
from accounts.models import Business
from compliance.models import Decision, StopKind
from compliance.services import stop, stop_number
from integrations.errors import Disconnected, VendorError
from integrations.models import PhoneLine
from integrations.twilio.client import carrier_for
from integrations.twilio.texts import CarrierText, TextNotSent, TextOrder
from notifications import lint, outbox, sending
from notifications.facts import CODE
from notifications.letters import render_text, was_not_sent, was_sent
from notifications.models import Duty, Message, TextDelivery
from notifications.segments import length
from syntharra import clock, logs

log = logs.get(__name__)

STOP_CONFIRMATION = "text_stop_confirmed"
LOOK = "look_at_text"
FIRST_LOOK = timedelta(minutes=2)
LOOK_AGAIN = (300.0, 600.0, 1200.0, 1800.0)  # seconds: an hour in all
NO_WORD_AFTER = timedelta(hours=1)
LOOK_FOR_IT_EVERY = 30.0  # seconds
LOST_AFTER = timedelta(minutes=5)  # a text nobody answered about and the carrier does not have by then was never taken
SKEW = timedelta(minutes=5)  # between our clock and the carrier's
BY = "syntharra"
Status = TextDelivery.Status

# Callbacks come late, twice and out of order: a state counts only if it lies further along.
_RANK: dict[str, int] = {
    Status.ASKING: 0, Status.UNKNOWN: 0, Status.LOST: 1, Status.QUEUED: 2, Status.SENDING: 3, Status.SENT: 4,
    Status.DELIVERED: 5, Status.UNDELIVERED: 5, Status.FAILED: 5,
}  # fmt: skip
_OTHER_NAMES: dict[str, str] = {
    "accepted": Status.QUEUED, "scheduled": Status.QUEUED, "read": Status.DELIVERED, "canceled": Status.FAILED,
    "partially_delivered": Status.UNDELIVERED,
}  # fmt: skip
_ENDED = frozenset({Status.DELIVERED, Status.UNDELIVERED, Status.FAILED})

_line_for: list[Callable[[Business, UUID | None], str]] = []


class NoLine(ValueError):
    """The business has no number of its own to text from."""


def register() -> None:
    """Say who looks after texts the carrier says nothing more about."""
    outbox.carries_out(LOOK, look)


def chooses_line(choose: Callable[[Business, UUID | None], str]) -> None:
    """Say which of the firm's numbers a customer sees: the one he knows from calls, so the app of the calls knows."""
    _line_for[:] = [choose]


def later(current: str, word: str) -> str:
    """The state to go to on hearing the carrier's word; empty when the text is there or further already."""
    status = _OTHER_NAMES.get(word, word)
    return str(status) if status in _RANK and status != Status.LOST and _RANK[status] > _RANK[current] else ""


@transaction.atomic
def owe(*letters: outbox.Letter) -> list[Message]:
    """Owe these texts, with what the gate says of each now on record; one that can never leave is refused at once."""
    owed = []
    for message in outbox.owe(*letters):
        assert isinstance(message, Message)
        owed.append(message)
        if Decision.objects.filter(subject_id=message.pk).exists():
            continue  # it was owed before
        answers = sending.asked(message, moment="planned")
        never = next((one for one in answers if not one.is_allowed and one.next_allowed_at is None), None)
        if never is not None and message.status == Message.Status.QUEUED:
            sending.refuse(message, never.reason)
    return owed


def send(message: Message) -> None:
    """Send this claimed message as a text, or go on looking for what became of it. Raises what ``sending`` ends it for."""
    known = TextDelivery.objects.filter(message=message).first()
    if known is not None:
        _find(message, known)
        return
    order = _prepare(message)
    if order is None:
        return
    try:
        text = carrier_for(message.business).send_text(order)
    except TextNotSent as error:
        _was_refused(message, error)
    except Disconnected as error:  # no account, or not our keys: cured by us, not by them
        _was_refused(message, TextNotSent(error.words, code=error.vendor_code, again=True))
    except VendorError as error:
        log.warning("text_unknown", message=str(message.pk), problem=error.words)
        _nobody_knows(message)
    else:
        taken(message.pk, text)


@transaction.atomic
def _prepare(message: Message) -> TextOrder | None:
    """Cleared, worded and on record, in one transaction under the customer's lock; None where it may not leave now."""
    if not sending.cleared(message):
        return None
    letter = render_text(message)
    lint.check(message, letter)
    order = TextOrder(
        to=message.to, sender=_sender(message), body=letter.text,
        status_url=f"{settings.PUBLIC_URL}{reverse('twilio_text_status', args=[message.pk])}#rc=3&rp=all",
    )  # fmt: skip
    TextDelivery.objects.create(
        message=message, sender=order.sender, segments=length(order.body).segments, body_hash=_hash(order.body),
        asked_at=clock.now(),
    )  # fmt: skip
    # A signed link opens a page for whoever holds it: the copy we keep has the words, not the links; nor a secret code.
    secret = str(letter.own[0]) if message.letter == CODE else ""
    kept = lint.without_links(order.body)
    Message.objects.filter(pk=message.pk).update(text=kept.replace(secret, "••••••") if secret else kept)
    return order


def _sender(message: Message) -> str:
    """The firm's own number: the one this number was texted from before, else the one the customer knows, else the main one."""
    lines = PhoneLine.objects.filter(released_at=None, sandbox=message.business.sandbox)
    numbers = list(lines.order_by("-is_main", "created_at", "pk").values_list("number", flat=True))
    if not numbers:
        raise NoLine(f"{message.business.name} has no number to text from")
    before = TextDelivery.objects.filter(message__to=message.to, sender__in=numbers).order_by("-asked_at")
    seen = before.values_list("sender", flat=True).first()
    if seen is None and _line_for:
        seen = _line_for[0](message.business, message.customer_id)
    return seen if seen in numbers else numbers[0]


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


# what the carrier answers


@transaction.atomic
def taken(message_id: UUID, text: CarrierText) -> None:
    """The carrier has it: from here on it is followed. Safe to call again, and after a callback that was faster."""
    delivery = _held(message_id)
    if delivery.sid not in ("", text.sid):
        log.error("two_texts_for_one_message", message=str(message_id))
        return
    _left(delivery, text.sid)
    _move(delivery, text.status, text.error_code)


@transaction.atomic
def told(message_id: UUID, sid: str, word: str, *, error_code: str = "") -> bool:
    """What a callback or a look says of this text. False for one that is not ours."""
    delivery = TextDelivery.objects.select_for_update(of=("self",)).filter(message_id=message_id).first()
    if delivery is None or not sid or delivery.sid not in ("", sid):
        return False
    _left(delivery, sid)
    _move(delivery, word, error_code)
    return True


def _held(message_id: UUID) -> TextDelivery:
    return TextDelivery.objects.select_for_update(of=("self",)).get(message_id=message_id)


def _left(delivery: TextDelivery, sid: str) -> None:
    """It certainly is at the carrier."""
    if delivery.sid == "":
        TextDelivery.objects.filter(pk=delivery.pk).update(sid=sid)
        delivery.sid = sid
    message = Message.objects.select_related("business").get(pk=delivery.message_id)
    if message.status != Message.Status.SENDING:
        return
    sending.end(message, Message.Status.SENT, outcome="accepted by the carrier", sent_at=clock.now())
    timeline.record(message, f"sent_{message.letter}", by=BY, purpose=message.purpose, channel=message.channel)
    outbox.owe(outbox.Act(kind=LOOK, key=str(message.pk), facts={"message": str(message.pk)}, after=FIRST_LOOK))


def _move(delivery: TextDelivery, word: str, error_code: str) -> None:
    status = later(delivery.status, word)
    if not status:
        return
    changes = {"status": status, "error_code": (error_code if error_code != "0" else "")[:12]}
    TextDelivery.objects.filter(pk=delivery.pk).update(**changes)
    delivery.status, delivery.error_code = status, changes["error_code"]
    message = Message.objects.select_related("business").get(pk=delivery.message_id)
    if status == Status.DELIVERED:
        _arrived(delivery, message)
    elif status in _ENDED:
        _did_not_arrive(delivery, message)


def _arrived(delivery: TextDelivery, message: Message) -> None:
    """As with a letter the recipient's mail server took: it is with them, and what waited for that is met."""
    moment = clock.now()
    TextDelivery.objects.filter(pk=delivery.pk).update(delivered_at=moment)
    if message.status == Message.Status.SENT:
        Message.objects.filter(pk=message.pk).update(sent_at=moment, outcome="delivered")
    message.sent_at = moment
    timeline.record(message, "text_delivered", by=BY, letter=message.letter)
    was_sent(message)


def _did_not_arrive(delivery: TextDelivery, message: Message) -> None:
    why = f"text {delivery.status}" + (f": {delivery.error_code}" if delivery.error_code else "")
    if message.status == Message.Status.SENT:
        sending.end(message, Message.Status.FAILED, outcome=why)
        timeline.record(message, f"failed_{message.letter}", by=BY, why=why)
        if delivery.given_up_at is None:
            was_not_sent(message)
        if message.customer_id is not None:
            outbox.owe(*sending.tell_the_firm(message))


def _was_refused(message: Message, error: TextNotSent) -> None:
    """The carrier certainly has nothing. It is tried again where that may help; after a STOP told to the carrier, never."""
    with transaction.atomic():
        delivery = _held(message.pk)
        if delivery.sid:  # a callback says otherwise, and it knows
            return
        if error.again:
            TextDelivery.objects.filter(pk=delivery.pk).delete()
        else:
            code = (error.vendor_code or "")[:12]
            TextDelivery.objects.filter(pk=delivery.pk).update(status=Status.FAILED, error_code=code)
    if error.again:
        sending.again(message, str(error))
        return
    if error.opted_out:
        stopped_at_carrier(message)
    sending.give_up(message, f"{error} ({error.vendor_code})")


@transaction.atomic
def stopped_at_carrier(message: Message) -> None:
    """They told the carrier STOP, and it told us: a stop like any other."""
    words = "STOP, as the carrier says (21610)"
    if message.customer_id is None:
        stop_number(message.to, StopKind.OPT_OUT)
        timeline.record(message, "text_stopped_at_carrier", by=BY)
        return
    sending.hold_customer_of(message)
    made = stop(message.customer_id, StopKind.OPT_OUT, number=message.to, words=words, source="carrier", by=BY)
    facts = {"customer": str(message.customer_id), "because": str(StopKind.OPT_OUT)}
    outbox.owe(outbox.Act(kind="stop_calls", key=f"stop:{made.pk}", facts=facts))


@transaction.atomic
def _nobody_knows(message: Message) -> None:
    delivery = _held(message.pk)
    if delivery.status == Status.ASKING and not delivery.sid:
        TextDelivery.objects.filter(pk=delivery.pk).update(status=Status.UNKNOWN)
        outbox.put_off(message, seconds=LOOK_FOR_IT_EVERY, why="nobody knows whether it left")


# looking


def _find(message: Message, delivery: TextDelivery) -> None:
    """It was asked for before: found at the carrier, or given up as lost. Never sent again."""
    if delivery.sid:
        with transaction.atomic():
            _left(_held(message.pk), delivery.sid)
        return
    listed = carrier_for(message.business).look_up_texts(to=message.to, sender=delivery.sender)
    ours = TextDelivery.objects.filter(sid__in=[one.sid for one in listed])
    known = set(ours.values_list("sid", flat=True))
    for text in listed:
        if text.sid not in known and _is_it(text, delivery):
            taken(message.pk, text)
            return
    since = clock.now() - delivery.asked_at
    if since < LOST_AFTER:
        outbox.put_off(message, seconds=LOOK_FOR_IT_EVERY, why="not found yet")
        return
    with transaction.atomic():
        TextDelivery.objects.filter(pk=delivery.pk, sid="").update(status=Status.LOST)
    sending.give_up(message, "the carrier never answered, and has no such text")


def _is_it(text: CarrierText, delivery: TextDelivery) -> bool:
    recent = text.created_at is None or text.created_at >= delivery.asked_at - SKEW
    return recent and text.direction.startswith("outbound") and _hash(text.body) == delivery.body_hash


def look(duty: Duty) -> str:
    """A callback may be lost: ask the carrier, and after an hour without word of its arrival take another way."""
    message_id = UUID(duty.facts["message"])
    message = Message.objects.select_related("business").get(pk=message_id)
    delivery = TextDelivery.objects.get(message_id=message_id)
    if delivery.status in _ENDED:
        return str(delivery.status)
    try:
        found = carrier_for(message.business).fetch_text(delivery.sid)
        told(message_id, found.sid, found.status, error_code=found.error_code)
    except VendorError as error:  # it says nothing either way
        log.warning("text_not_fetched", message=str(message_id), code=error.vendor_code)
    delivery.refresh_from_db()
    if delivery.status in _ENDED:
        return str(delivery.status)
    if clock.now() - delivery.asked_at < NO_WORD_AFTER:
        raise outbox.Later(LOOK_AGAIN[min(duty.tries, len(LOOK_AGAIN)) - 1], f"still {delivery.status}")
    return _no_word(message, delivery)


@transaction.atomic
def _no_word(message: Message, delivery: TextDelivery) -> str:
    """Not every network says that a text arrived. What must reach them goes another way as well."""
    held = _held(message.pk)
    if held.status in _ENDED or held.given_up_at is not None:
        return str(held.status)
    TextDelivery.objects.filter(pk=delivery.pk).update(given_up_at=clock.now())
    timeline.record(message, "text_without_word", by=BY, letter=message.letter)
    was_not_sent(message)
    return "no word of its arrival"
