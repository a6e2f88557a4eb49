"""The facts of mail and texts to the firm's own people: is the addressee a member, and is it his own telephone."""

from accounts.models import AlertPhone, Business, Membership
from compliance import facts as gate
from compliance import texting
from compliance.facts import Facts, ProductFacts
from compliance.models import Channel, Purpose
from compliance.registry import Ask
from compliance.registry import register as answer_for
from compliance.services import role
from notifications.models import Message
from syntharra.tenancy import current_business

CODE = "phone_code"


def register() -> None:
    """Answer for purpose ``account``."""
    answer_for(Purpose.ACCOUNT, account_facts)


def account_facts(ask: Ask) -> Facts:
    mine = Membership.objects.filter(business_id=current_business())
    member = ask.member_id is not None and mine.filter(user_id=ask.member_id).exists()
    purpose, channel = gate.Purpose(ask.purpose.value), gate.Channel(ask.channel.value)
    facts = Facts(purpose=purpose, channel=channel, at=ask.at, role=role(), member=member)
    return facts if ask.channel != Channel.SMS else _texted(facts, ask)


def _texted(facts: Facts, ask: Ask) -> Facts:
    """A text goes to the number he has shown to be his (the code that shows it, to the one he typed), until he sends STOP."""
    phone = AlertPhone.objects.filter(user_id=ask.member_id or 0, number=ask.to).first()
    is_code = ask.subject_id is not None and Message.objects.filter(pk=ask.subject_id, letter=CODE).exists()
    own = phone is not None and (phone.verified_at is not None or is_code)
    stopped = texting.is_stopped(ask.to, since=phone.wanted_at if phone is not None else None)
    return Facts(
        purpose=facts.purpose,
        channel=facts.channel,
        at=facts.at,
        role=facts.role,
        member=facts.member is True and own,
        consent=gate.Consent.REVOKED if stopped else gate.Consent.EXPRESS,
        product=ProductFacts(texts_off=texting.is_off(Business.objects.get(pk=current_business()))),
    )
