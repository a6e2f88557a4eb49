"""What webhooks named, looked at by its id before anything else; forgotten once it was read, not before."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from integrations.ledger import Item, Ledger
from integrations.models import Connection, Hint

AT_MOST = 500
ORDER = ("customer", "invoice", "credit_memo", "payment")

type Taken = dict[UUID, datetime]
"""The hints in hand, each with when it was noted: one noted again meanwhile is kept."""


def take(connection: Connection) -> tuple[dict[str, list[str]], Taken]:
    """What is named, by kind, oldest first."""
    rows = list(Hint.objects.filter(connection=connection).order_by("noted_at", "pk")[:AT_MOST])
    named: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        named[row.kind].append(row.external_id)
    return named, {row.pk: row.noted_at for row in rows}


def look_up(ledger: Ledger, named: dict[str, list[str]]) -> Iterator[list[Item]]:
    """These objects as they are now, in the order in which one stands on the other."""
    for kind in ORDER:
        if named.get(kind):
            yield ledger.some(kind, sorted(set(named[kind])))


def forget(taken: Taken) -> None:
    """They were read. What was named again after we asked is looked at again."""
    same = Q(pk=None)
    for pk, noted_at in taken.items():
        same |= Q(pk=pk, noted_at=noted_at)
    Hint.objects.filter(same).delete()
