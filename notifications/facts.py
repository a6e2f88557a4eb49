"""The facts of mail to the firm's own people: is the addressee a member of the business."""

from accounts.models import Membership
from compliance import facts as gate
from compliance.facts import Facts
from compliance.models import Purpose
from compliance.registry import Ask
from compliance.registry import register as answer_for
from compliance.services import role
from syntharra.tenancy import current_business


def register() -> None:
    """Answer for purpose ``account``."""
    answer_for(Purpose.ACCOUNT, account_facts)


def account_facts(ask: Ask) -> Facts:
    mine = Membership.objects.filter(business_id=current_business())
    member = ask.member_id is not None and mine.filter(user_id=ask.member_id).exists()
    purpose, channel = gate.Purpose(ask.purpose.value), gate.Channel(ask.channel.value)
    return Facts(purpose=purpose, channel=channel, at=ask.at, role=role(), member=member)
