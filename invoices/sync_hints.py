"""What webhooks named, looked at by its id before anything else; forgotten once it was read, not before."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from integrations.errors import Refused
from integrations.ledger import Item, Ledger
from integrations.models import Connection, Hint
from syntharra import logs

log = logs.get(__name__)

AT_ONCE = 20
"""Few enough to be read, and forgotten, before a vendor's limit or a dying worker breaks off."""
AT_MOST = 100
"""In one turn: the rest waits for the next, so that what changed is read in between."""
ORDER = ("customer", "invoice", "credit_memo", "payment")

type Taken = dict[UUID, datetime]
"""The hints in hand, each with when it was noted: one noted again meanwhile is kept."""


def take(connection: Connection) -> tuple[dict[str, list[str]], Taken]:
    """Some of what is named, by kind, oldest first."""
    rows = list(Hint.objects.filter(connection=connection).order_by("noted_at", "pk")[:AT_ONCE])
    named: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        named[row.kind].append(row.external_id)
    return named, {row.pk: row.noted_at for row in rows}


def look_up(ledger: Ledger, named: dict[str, list[str]]) -> Iterator[list[Item]]:
    """These objects as they are now, in the order in which one stands on the other."""
    for kind in ORDER:
        if named.get(kind):
            yield _those(ledger, kind, sorted(set(named[kind])))


def _those(ledger: Ledger, kind: str, external_ids: list[str]) -> list[Item]:
    """These objects. One the vendor will not look up is passed over: it must not keep the books from being read."""
    try:
        return ledger.some(kind, external_ids)
    except Refused as error:
        if error.problem != Refused.usual_problem:
            raise  # said of us or of the books, not of one object
        if len(external_ids) == 1:
            log.warning("hint_refused", kind=kind, external_id=external_ids[0], vendor_code=error.vendor_code)
            return []
    return [item for external_id in external_ids for item in _those(ledger, kind, [external_id])]


def forget(taken: Taken) -> None:
    """They were read. What was named again after we asked is looked at again."""
    same = Q(pk=None)
    for pk, noted_at in taken.items():
        same |= Q(pk=pk, noted_at=noted_at)
    Hint.objects.filter(same).delete()
