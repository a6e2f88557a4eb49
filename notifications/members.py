"""Letters to the firm's own people."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Membership, Role
from compliance.models import Channel, Purpose
from notifications.outbox import Letter
from syntharra.tenancy import current_business


def in_charge() -> QuerySet[Membership]:
    """Owners and managers of the current business who may still sign in, each with his user."""
    told = Membership.objects.filter(
        business_id=current_business(), role__in=(Role.OWNER, Role.MANAGER), user__is_active=True
    )
    return told.select_related("user").order_by("pk")


def mail_to(
    member: Membership, letter: str, *, key: str, facts: Mapping[str, Any] | None = None, about: Iterable[UUID] = ()
) -> Letter:
    """An e-mail to this member in his language, once for this key and him."""
    return Letter(
        letter=letter,
        key=f"{key}:{member.user_id}",
        purpose=Purpose.ACCOUNT,
        channel=Channel.EMAIL,
        to=member.user.email,
        member=member.user_id,
        language=member.user.language,
        facts=dict(facts or {}),
        about=tuple(about),
    )
