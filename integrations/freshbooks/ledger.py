"""A FreshBooks business's books as a ``Ledger``: lists by page, what changed by day, deletions by their mark.

``search[updated_min]`` counts days of New York, so changes are asked for from two days before the last good start, and what
is known already costs one look. Deleted objects stand in lists of their own. Credit notes have no such filter: they are
read whole. Once a day everything open is compared as well.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Disconnected, NotAble, Refused, Unavailable
from integrations.fields import Bad
from integrations.freshbooks import identity, mapping, refs, writes
from integrations.freshbooks.client import Client, client_for, garbled
from integrations.ledger import (
    Cursor,
    Gone,
    Home,
    Item,
    LedgerInvoice,
    LedgerPayment,
    Organisation,
    Page,
    TooFarBack,
    Unusable,
    Written,
)
from integrations.models import Connection
from integrations.paging import Position
from syntharra import clock

OVERLAP = timedelta(days=2)
PATHS = {
    "client": "/users/clients",
    "invoice": "/invoices/invoices",
    "credit_note": "/credit_notes/credit_notes",
    "payment": "/payments/payments",
}
_BY_DAY = ("client", "invoice", "payment")  # what can be asked for by the day of its last change
_ENTITY_OF = {kind: entity for entity, kind in mapping.ENTITIES.items()}
_STAGES = [(entity, deleted) for entity in mapping.ENTITIES for deleted in (False, True)]


def open_ledger(connection: Connection, *, patience: float) -> "FreshBooksLedger":
    """The books of a connection."""
    home = Home(connection.currency, connection.country, connection.time_zone)
    return FreshBooksLedger(client_for(connection, patience=patience), connection.account, home)


class FreshBooksLedger:
    """One business's books; see ``integrations.ledger.Ledger``."""

    def __init__(self, client: Client, account: str, home: Home) -> None:
        self.client, self.home = client, home
        self._account = account

    def close(self) -> None:
        self.client.close()

    def organisation(self) -> Organisation:
        """Whose books these are. Raises Disconnected when the sign-in does not open them any more."""
        try:
            found = identity.organisation(self.client.me(), self._account, self.home)
        except Bad as bad:
            raise garbled(str(bad)) from None
        if found is None:
            raise Disconnected(_("FreshBooks says we may not read this business."), problem="access_removed")
        return found

    def count(self, cursor: Cursor) -> int:
        since = _since(cursor)
        return sum(self._count(entity, since) for entity in mapping.ENTITIES)

    def whole(self, cursor: Cursor) -> Iterator[Page]:
        yield from self._pages(cursor, {"compared": self._today()})

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        if _since(cursor) is None:
            raise TooFarBack({})
        if cursor.get("compared") != self._today():
            raise TooFarBack({"since": cursor["since"]})
        yield from self._pages(cursor, {"compared": cursor["compared"]})

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]:
        return [self._one(_ENTITY_OF[kind], external_id) for external_id in external_ids]

    def open_invoices(self) -> Iterator[list[Item]]:
        # They have no filter for what is open, so all are looked through.
        for rows, _position in self._windows("invoice", Position(), since=None, deleted=False):
            items = self._items("invoice", rows, {})
            yield [item for item in items if not isinstance(item, LedgerInvoice) or item.balance > 0]

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable:
        item = self._one("invoice", external_id)
        assert isinstance(item, LedgerInvoice | Gone | Unusable)
        return item

    def lower(self, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
        return writes.credit(self, invoice, amount, key=key, reason=reason)

    def write_off(self, invoice: str, *, key: str, reason: str) -> Written:
        """They have no write-off: a credit over all that is owed comes nearest."""
        return writes.credit(self, invoice, None, key=key, reason=reason)

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        return writes.note(self, invoice, words, key=key)

    def remind(self, invoice: str, *, on: bool, key: str) -> Written:
        raise NotAble(_("FreshBooks lets no program switch its reminders."))

    def _one(self, entity: str, external_id: str) -> Item:
        """This object as it is now; Gone where they say that they do not have it."""
        raw = self._raw(entity, external_id)
        if raw is None:
            return Gone(mapping.ENTITIES[entity], external_id)
        item = mapping.item(entity, raw, self.home)
        if item.external_id != external_id:
            raise Unavailable(_("FreshBooks sent another object than we asked for."), problem="answer_garbled")
        if isinstance(item, LedgerPayment) and item.allocations:
            found = mapping.overpaid(self._raw("invoice", item.allocations[0].invoice), self.home)
            return _shortened(item, dict([found])) if found is not None else item
        return item

    def _raw(self, entity: str, external_id: str) -> Any:
        """What they say of this object; None where they say that they do not have it."""
        if not external_id.isascii() or not external_id.isdigit():
            return None  # no id of theirs
        try:
            answer = self.client.read(f"{PATHS[entity]}/{external_id}", *_parameters(entity, None, deleted=False))
        except Refused as error:
            if error.problem == "not_in_books":
                return None
            raise
        return mapping.single(answer, entity)

    def _pages(self, cursor: Cursor, lasting: Cursor) -> Iterator[Page]:
        """Stage by stage from where the cursor stands; ``lasting`` is what the next sync is to know besides its start."""
        kept = {name: cursor[name] for name in ("since", "compared") if cursor.get(name)}
        # What changes while we read is asked for again afterwards, so the next sync starts where this one began.
        began = str(cursor.get("began") or clock.now().isoformat())
        over = {str(invoice): Decimal(excess) for invoice, excess in dict(cursor.get("over", {})).items()}
        position = _position(cursor)
        for number in range(int(cursor.get("stage", 0)), len(_STAGES)):
            entity, deleted = _STAGES[number]
            for rows, following in self._windows(entity, position, since=_since(cursor), deleted=deleted):
                items = self._items(entity, rows, over)
                beyond: Cursor = {"stage": number + 1}
                if following is not None:
                    beyond = {"stage": number, "end": following.end, "tail": list(following.tail)}
                beyond["over"] = {invoice: str(excess) for invoice, excess in over.items()}
                yield Page(tuple(items), kept | beyond | {"began": began})
            position = Position()
        yield Page((), {"since": began, **lasting}, done=True)

    def _items(self, entity: str, rows: Sequence[Any], over: dict[str, Decimal]) -> list[Item]:
        """The objects of these rows; ``over`` remembers invoices paid too much until their payments are read."""
        items = [mapping.item(entity, row, self.home) for row in rows]
        if entity == "invoice":
            over |= dict(found for row in rows if (found := mapping.overpaid(row, self.home)) is not None)
        if entity == "payment" and over:
            items.sort(
                key=lambda item: item.external_id.rjust(fields.LONGEST_ID), reverse=True
            )  # the latest was too much
            items = [_shortened(item, over) for item in items]
        return items

    def _windows(
        self, entity: str, position: Position, *, since: str | None, deleted: bool
    ) -> Iterator[tuple[list[Any], Position | None]]:
        parameters = _parameters(entity, since, deleted=deleted)
        for answer, following in self.client.windows(PATHS[entity], f"{entity}s", position, *parameters):
            yield answer[f"{entity}s"], following

    def _count(self, entity: str, since: str | None) -> int:
        wanted = [(name, value) for name, value in _parameters(entity, since, deleted=False) if name != "include[]"]
        answer = self.client.read(PATHS[entity], ("page", "1"), ("per_page", "1"), *wanted)
        total = fields.clean(answer.get("total"))
        return int(total) if total.isascii() and total.isdigit() and len(total) < 10 else 0

    def _today(self) -> str:
        return clock.today(self.home.zone).isoformat()


def _parameters(entity: str, since: str | None, *, deleted: bool) -> list[tuple[str, str]]:
    found = [("include[]", "lines")] if entity == "invoice" else []
    moment = fields.moment(since)
    if moment is not None and entity in _BY_DAY:
        found.append(("search[updated_min]", (moment.astimezone(refs.EASTERN) - OVERLAP).date().isoformat()))
    if deleted:
        found.append(("search[vis_state]", "1"))
    return found


def _shortened(item: Item, over: dict[str, Decimal]) -> Item:
    """The payment without what was too much on its invoice; that is used up in ``over``."""
    if not isinstance(item, LedgerPayment) or not item.allocations or item.allocations[0].type != "cash":
        return item
    entry = item.allocations[0]
    excess = min(over.get(entry.invoice, Decimal(0)), entry.amount)
    if excess <= 0:
        return item
    over[entry.invoice] -= excess
    return mapping.beyond(item, excess)


def _since(cursor: Cursor) -> str | None:
    found = cursor.get("since")
    return str(found) if found and fields.moment(found) is not None else None


def _position(cursor: Cursor) -> Position:
    return Position(int(cursor.get("end", 0)), tuple(str(one) for one in cursor.get("tail", ())))
