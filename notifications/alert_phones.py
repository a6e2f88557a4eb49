"""A member's own telephone for texts about disputes: typed, shown to be his by a code texted there, forgotten when he likes.

The code is kept nowhere: it follows from a nonce and the installation's secret. A STOP from that number ends the texts;
START, or typing the number and its code again, lets them go on.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import AlertPhone, Business, User
from compliance import texting
from compliance.models import Channel, Purpose
from notifications import texts
from notifications.facts import CODE
from notifications.letters import NoLongerTrue, letter_facts
from notifications.models import Message
from notifications.outbox import Letter
from syntharra import clock
from syntharra.clock import machine_now

CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES, IN = 5, timedelta(days=1)


class BadCode(ValueError):
    """The number is not shown to be his; the message says what to do."""


def register() -> None:
    """Say what the text with the code tells."""
    letter_facts(CODE, _told)


@transaction.atomic
def ask(user: User, number: str, *, business: Business) -> Message:
    """Keep this number (E.164) for him, not yet his, and text a code there from the firm's number. Raises BadCode."""
    if texting.is_off(business):
        raise BadCode(_("Texts are off: the operator has not registered your business with the carriers."))
    AlertPhone.objects.get_or_create(user=user, defaults={"number": number})
    phone = AlertPhone.objects.select_for_update(of=("self",)).get(user=user)
    now = machine_now()
    fresh = phone.codes_since is None or now - phone.codes_since > IN
    if not fresh and phone.codes_sent >= MOST_CODES:
        raise BadCode(_("That were enough codes for one day. Try again tomorrow."))
    phone.number, phone.verified_at, phone.wanted_at = number, None, clock.now()
    phone.code_nonce, phone.code_until, phone.code_tries = secrets.token_hex(8), now + CODE_LASTS, 0
    phone.codes_since, phone.codes_sent = (now, 1) if fresh else (phone.codes_since, phone.codes_sent + 1)
    phone.save()
    (message,) = texts.owe(
        Letter(
            letter=CODE,
            key=f"{user.pk}:{phone.code_nonce}",
            purpose=Purpose.ACCOUNT,
            channel=Channel.SMS,
            to=number,
            member=user.pk,
            language=user.language,
            facts={"nonce": phone.code_nonce},
        )
    )
    timeline.record(business, "alert_phone_typed", by=user.email, ends_with=number[-4:])
    return message


def show(user: User, code: str, *, business: Business) -> AlertPhone:
    """The code that was texted there shows that the number is his. Raises BadCode."""
    with transaction.atomic():
        phone = AlertPhone.objects.select_for_update(of=("self",)).filter(user=user).first()
        if phone is None or not phone.code_nonce or phone.code_until is None or phone.code_until < machine_now():
            raise BadCode(_("This code is too old. Ask for a new one."))
        if phone.code_tries >= MOST_TRIES:
            raise BadCode(_("That was tried too often. Ask for a new code."))
        right = constant_time_compare("".join(code.split()), code_of(user.pk, phone.code_nonce))
        if right:
            phone.verified_at, phone.code_nonce, phone.code_until = clock.now(), "", None
            timeline.record(business, "alert_phone_shown", by=user.email, ends_with=phone.number[-4:])
        phone.code_tries += 1
        phone.save()
    if not right:
        raise BadCode(_("That is not the code we texted. Look again."))
    return phone


@transaction.atomic
def wants_at_once(user: User, *, on: bool) -> None:
    """A text beside each dispute's e-mail, or only where no e-mail arrives."""
    AlertPhone.objects.filter(user=user, verified_at__isnull=False).update(at_once=on)


@transaction.atomic
def forget(user: User, *, business: Business) -> bool:
    """No more texts to him. False when there was no number."""
    gone, _rows = AlertPhone.objects.filter(user=user).delete()
    if gone:
        timeline.record(business, "alert_phone_forgotten", by=user.email)
    return bool(gone)


def code_of(user_id: int, nonce: str) -> str:
    """The six digits of this nonce."""
    digest = salted_hmac("notifications.alert_phones", f"{user_id}:{nonce}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def _told(message: Message) -> dict[str, Any]:
    assert message.member_id is not None
    phone = AlertPhone.objects.filter(user_id=message.member_id, code_nonce=message.facts["nonce"]).first()
    if phone is None or phone.number != message.to:
        raise NoLongerTrue("another code was asked for since")
    code = code_of(message.member_id, message.facts["nonce"])
    return {"code": code, "own_words": code}
