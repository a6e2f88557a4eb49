"""A Zoho Books organization's books as a ``Ledger``: what changed by its time, looked into one by one where rows say too little.

A row of a list has no lines, no address, and does not say what a payment paid: such objects are read by id, so a page is small
and a reading that must wait for the minute to pass goes on at the page it stood on. Deleted objects vanish without a word:
once a day everything open is compared.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Disconnected, Refused, Unavailable
from integrations.fields import Bad
from integrations.ledger import (
    Cursor,
    Gone,
    Home,
    Item,
    LedgerInvoice,
    Organisation,
    Page,
    TooFarBack,
    Unusable,
    Written,
)
from integrations.models import Connection
from integrations.paging import Position
from integrations.zoho import identity, looking, mapping, writes
from integrations.zoho.client import Client, client_for, garbled
from syntharra import clock

OVERLAP = timedelta(minutes=10)
LOOKED_INTO, LISTED = 50, 200
"""Rows a page: where each may be read by id, and where none is."""

_ENTITY_OF = {kind: entity for entity, kind in mapping.ENTITIES.items()}
_STAGES = list(mapping.ENTITIES)


def open_ledger(connection: Connection, *, patience: float) -> "ZohoLedger":
    """The books of a connection."""
    home = Home(connection.currency, connection.country, connection.time_zone)
    return ZohoLedger(client_for(connection, patience=patience), connection.account, home)


class ZohoLedger:
    """One organization's books; see ``integrations.ledger.Ledger``."""

    def __init__(self, client: Client, account: str, home: Home) -> None:
        self.client, self.home = client, home
        self._account = account

    def close(self) -> None:
        self.client.close()

    def organisation(self) -> Organisation:
        """Whose books these are. Raises Disconnected when the sign-in does not open them any more."""
        try:
            found = identity.organisation(self.client.read("/organizations"), self._account, self.home)
        except Bad as bad:
            raise garbled(str(bad)) from None
        if found is None:
            raise Disconnected(_("Zoho Books says we may not read this organization."), problem="access_removed")
        return found

    def count(self, cursor: Cursor) -> int:
        """Rows of the lists: they name no totals. Of what changed none are counted; that is soon read."""
        if _since(cursor) is not None:
            return 0
        return sum(len(self._ids(entity)) for entity in _STAGES)

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
        """As their rows say, without lines: to see which are open."""
        parameters = looking.parameters("invoice", None, self._day())
        for rows, _following in self.client.windows("/invoices", "invoices", Position(largest=LISTED), *parameters):
            items = [mapping.item("invoice", row, self.home) for row in rows]
            yield [item for item in items if not isinstance(item, LedgerInvoice) or item.balance > 0]

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable:
        item = self._one("invoice", external_id)
        assert isinstance(item, LedgerInvoice | Gone | Unusable)
        return item

    def lower(self, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
        return writes.lower(self, invoice, amount, key=key, reason=reason)

    def write_off(self, invoice: str, *, key: str, reason: str) -> Written:
        return writes.write_off(self, invoice)

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        return writes.note(self, invoice, words, key=key)

    def remind(self, invoice: str, *, on: bool, key: str) -> Written:
        return writes.remind(self, invoice, on=on, key=key)

    def _one(self, entity: str, external_id: str) -> Item:
        """This object as it is now; Gone where they say that they do not have it."""
        kind = mapping.ENTITIES[entity]
        if not external_id.isascii() or not external_id.isalnum():
            return Gone(kind, external_id)  # no id of theirs
        try:
            answer = self.client.read(f"{looking.PATHS[entity]}/{external_id}")
        except Refused as error:
            if error.problem == "not_in_books":
                return Gone(kind, external_id)
            raise
        raw = looking.single(answer, entity)
        if isinstance(raw, dict) and mapping.left_out(entity, raw):
            return Gone(kind, external_id)
        item = mapping.item(entity, raw, self.home)
        if item.external_id != external_id:
            raise Unavailable(_("Zoho Books sent another object than we asked for."), problem="answer_garbled")
        return item

    def _pages(self, cursor: Cursor, lasting: Cursor) -> Iterator[Page]:
        """Stage by stage from where the cursor stands; ``lasting`` is what the next sync is to know besides its start."""
        kept = {name: cursor[name] for name in ("since", "compared") if cursor.get(name)}
        # What changes while we read is asked for again afterwards, so the next sync starts where this one began.
        began = str(cursor.get("began") or clock.now().isoformat())
        position, looked = _position(cursor), int(cursor.get("looked", 0))
        for number in range(int(cursor.get("stage", 0)), len(_STAGES)):
            entity = _STAGES[number]
            for rows, following in self._windows(entity, position, _asked_from(cursor)):
                items, count = self._read(entity, rows, _asked_from(cursor), looked)
                looked += count
                beyond: Cursor = {"stage": number + 1}
                if following is not None:
                    beyond = {"stage": number, "end": following.end, "tail": list(following.tail), "looked": looked}
                yield Page(tuple(items), kept | beyond | {"began": began})
            position, looked = Position(largest=LOOKED_INTO), 0
        yield Page((), {"since": began, **lasting}, done=True)

    def _windows(
        self, entity: str, position: Position, since: datetime | None
    ) -> Iterator[tuple[list[Any], Position | None]]:
        """The rows of a list; of contacts, which have no filter but an order, until the first that did not change."""
        parameters = looking.parameters(entity, since, self._day())
        path, name = looking.PATHS[entity], f"{entity}s"
        for rows, following in self.client.windows(path, name, position, *parameters):
            changed = [row for row in rows if not looking.is_older(row, since)] if entity == "contact" else rows
            yield changed, following if len(changed) == len(rows) else None
            if len(changed) < len(rows):
                return

    def _read(self, entity: str, rows: Sequence[Any], since: datetime | None, looked: int) -> tuple[list[Item], int]:
        """The objects of these rows, looked into where that is needed; and how many were."""
        items: list[Item] = []
        count = 0
        for row in rows:
            if mapping.left_out(entity, row) or looking.is_known(entity, row, since):
                continue
            item = mapping.item(entity, row, self.home)
            if not isinstance(item, Unusable) and looking.is_needed(
                entity, row, since, looked + count, self._day(), clock.now()
            ):
                item, count = self._one(entity, item.external_id), count + 1
                items += self._behind(item, since) if isinstance(item, LedgerInvoice) else [item]
            else:
                items.append(item)
        return items, count

    def _behind(self, invoice: LedgerInvoice, since: datetime | None) -> list[Item]:
        """An invoice with the payments that touch it and, of a change, its customer, whom nobody may have looked at."""
        if invoice.payments is None:
            rows = self.client.read(f"/invoices/{invoice.external_id}/payments").get("payments")
            try:
                invoice = mapping.paid_by(rows if isinstance(rows, list) else [], invoice)
            except Bad as bad:
                raise garbled(str(bad)) from None
        follows = since is not None and invoice.balance > 0
        return [*([self._one("contact", invoice.customer)] if follows else []), invoice]

    def _ids(self, entity: str) -> set[str]:
        path, position = looking.PATHS[entity], Position(largest=LISTED)
        listed = self.client.windows(path, f"{entity}s", position, *looking.parameters(entity, None, self._day()))
        rows = (row for rows, _following in listed for row in rows if isinstance(row, dict))
        return {fields.clean(row.get(mapping.IDS[entity])) for row in rows if not mapping.left_out(entity, row)}

    def _day(self) -> date:
        """Since when payments and credit notes are listed: they know no time of change."""
        return clock.today(self.home.zone) - looking.LOOK_BACK

    def _today(self) -> str:
        return clock.today(self.home.zone).isoformat()


def _since(cursor: Cursor) -> datetime | None:
    return fields.moment(cursor.get("since"))


def _asked_from(cursor: Cursor) -> datetime | None:
    since = _since(cursor)
    return since - OVERLAP if since is not None else None


def _position(cursor: Cursor) -> Position:
    end, tail = int(cursor.get("end", 0)), tuple(str(one) for one in cursor.get("tail", ()))
    return Position(end, tail, largest=LOOKED_INTO)
