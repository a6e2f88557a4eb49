"""Who gathers the facts of a contact: each purpose belongs to one app, which registers here when it starts.

So the sender of a message knows only its purpose and asks upward without importing upward. A purpose nobody has
registered refuses to send.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from compliance.facts import Facts
from compliance.models import Channel, Purpose


@dataclass(frozen=True, kw_only=True)
class Ask:
    """May we contact this person, this way, for this, now? One invoice at a time where money is asked for."""

    purpose: Purpose
    channel: Channel
    to: str  # E.164 or e-mail address
    at: datetime
    customer_id: UUID | None = None
    invoice_id: UUID | None = None
    member_id: int | None = None
    subject_id: UUID | None = None  # the attempt or message being judged: never among its own facts


class NobodyKnows(Exception):
    """No app has registered the facts of this purpose, so nothing of that purpose may leave."""


FactsFor = Callable[[Ask], Facts]
_registered: dict[Purpose, FactsFor] = {}


def register(purpose: Purpose, facts_for: FactsFor) -> None:
    """The one query that gathers the facts of this purpose."""
    _registered[purpose] = facts_for


def registered() -> frozenset[Purpose]:
    """The purposes somebody answers for."""
    return frozenset(_registered)


def facts_of(ask: Ask) -> Facts:
    """What is known about this contact now. Raises NobodyKnows."""
    if ask.purpose not in _registered:
        raise NobodyKnows(f"no app answers for contacts of purpose {ask.purpose}")
    return _registered[ask.purpose](ask)
