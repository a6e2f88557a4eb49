"""A Xero organisation's books as a ``Ledger``: what changed, and once a day a sweep of all that is open.

The whole and the changes are one walk (``walking``), begun at different places. Deleted and voided objects come back in
it with their status, so nothing is ever too far back; the daily sweep is for news that were lost on the way.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from integrations import access, fields
from integrations.errors import NotAble, Refused, Unavailable
from integrations.fields import Json
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
from integrations.xero import mapping, walking, zones
from integrations.xero.client import Client
from integrations.xero.walking import OPEN, Place, Walk, rows
from integrations.xero.writing import Writer
from syntharra import clock

SWEEP_EVERY = timedelta(days=1)
TOGETHER = 1000
"""So many changes make one page, whatever their kind: a payment is there when its invoice names it."""
AT_A_TIME = 40
_ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")  # anything else spoils the whole question


def open_ledger(connection: Connection, *, patience: float) -> "XeroLedger":
    """The books of a connection."""
    client = Client(
        account=connection.account,
        access=partial(access.token, connection.pk),
        sandbox=connection.sandbox,
        patience=patience,
    )
    home = Home(connection.currency, connection.country, connection.time_zone)
    return XeroLedger(client, connection.account, home)


class XeroLedger:
    """One organisation's books; see ``integrations.ledger.Ledger``."""

    def __init__(self, client: Client, account: str, home: Home) -> None:
        self._client, self._account, self._home = client, account, home
        self._writer = Writer(client, home)

    def close(self) -> None:
        self._client.close()

    def organisation(self) -> Organisation:
        found = rows(self._client.get("/Organisation"), "Organisations")
        if not found or not isinstance(found[0], dict):
            raise Unavailable(_("Xero did not say whose books these are."), problem="answer_garbled")
        info: Json = found[0]
        country = fields.text(info, "CountryCode").upper()
        return Organisation(
            account=self._account,
            name=fields.text(info, "Name", most=200) or fields.text(info, "LegalName", most=200),
            currency=fields.text(info, "BaseCurrency").upper()[:3] or self._home.currency,
            country=country if len(country) == 2 and country.isalpha() else self._home.country,
            time_zone=zones.iana(fields.text(info, "Timezone", most=64)),
        )

    def count(self, cursor: Cursor) -> int:
        walk = Walk.of(cursor)
        return sum(walking.count(self._client, entity, walk.start_of(entity)) for entity in walk.remaining())

    def whole(self, cursor: Cursor) -> Iterator[Page]:
        walk = Walk.of(cursor)
        yield from walk.pages(self._client, self._home)
        yield Page((), {"marks": walk.marks, "swept": clock.now().isoformat()}, done=True)

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        if "marks" not in cursor:
            raise TooFarBack({})
        walk = Walk.of(cursor)
        swept = fields.moment(walk.swept)
        if not walk.under_way and not (swept and timedelta(0) <= clock.now() - swept < SWEEP_EVERY):
            raise TooFarBack({"marks": walk.marks, "sweep": True})
        together: list[Item] = []
        for page in walk.pages(self._client, self._home):
            together += page.items
            if len(together) >= TOGETHER:
                yield Page(tuple(together), page.cursor)
                together = []
        yield Page(tuple(together), {"marks": walk.marks, "swept": walk.swept}, done=True)

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]:
        found: dict[str, Item] = {}
        for entity in (name for name, ours in mapping.ENTITIES.items() if ours == kind):
            missing = [one for one in external_ids if one not in found and _ID.fullmatch(one)]
            for start in range(0, len(missing), AT_A_TIME):
                for item in self._these(entity, missing[start : start + AT_A_TIME]):
                    found[item.external_id] = item
        return [found.get(external_id) or Gone(kind, external_id) for external_id in external_ids]

    def open_invoices(self) -> Iterator[list[Item]]:
        place: Place | None = Place(None)
        while place is not None:
            raws, place = walking.fetch(self._client, OPEN, place)
            items = walking.ours(OPEN, raws, self._home)
            yield [item for item in items if not isinstance(item, LedgerInvoice) or item.balance > 0]

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable:
        item = next(iter(self._one("Invoices", external_id)), None)
        if isinstance(item, LedgerInvoice) and item.status == "open":
            return replace(item, pay_url=self._pay_url(external_id))
        return item if isinstance(item, LedgerInvoice | Unusable) else Gone("invoice", external_id)

    def lower(self, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
        return self._writer.lower(invoice, amount, key=key, reason=reason)

    def write_off(self, invoice: str, *, key: str, reason: str) -> Written:
        return self._writer.write_off(invoice, key=key, reason=reason)

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        return self._writer.note(invoice, words, key=key)

    def remind(self, invoice: str, *, on: bool, key: str) -> Written:
        raise NotAble(_("A program cannot set Xero's reminders."))

    def _these(self, entity: str, external_ids: Sequence[str]) -> list[Item]:
        """Those of these that Xero has at this endpoint. Asked for by an invoice, a supplier is a customer too."""
        if len(external_ids) == 1:
            return self._one(entity, external_ids[0])
        parameters = [("page", "1"), ("pageSize", str(walking.PAGE))]
        if entity in ("Invoices", "Contacts"):
            parameters.append(("IDs", ",".join(external_ids)))
        else:
            key = mapping.IDS[entity]
            parameters.append(("where", " OR ".join(f'{key}==Guid("{one}")' for one in external_ids)))
        if entity == "Contacts":
            parameters.append(("includeArchived", "true"))
        found = rows(self._client.get(f"/{entity}", *parameters), entity)
        return [mapping.item(entity, raw, self._home) for raw in found if not self._foreign(entity, raw)]

    def _one(self, entity: str, external_id: str) -> list[Item]:
        """The one of this id, or none."""
        if not _ID.fullmatch(external_id):
            return []
        try:
            found = rows(self._client.get(f"/{entity}/{external_id}"), entity)
        except Refused as error:
            if error.problem == "not_in_books":
                return []
            raise
        items = [mapping.item(entity, raw, self._home) for raw in found if not self._foreign(entity, raw)]
        if any(item.external_id != external_id for item in items):
            raise Unavailable(_("Xero sent another object than we asked for."), problem="answer_garbled")
        return items

    @staticmethod
    def _foreign(entity: str, raw: object) -> bool:
        return entity != "Contacts" and bool(mapping.left_out(entity, raw))

    def _pay_url(self, external_id: str) -> str:
        """Where the customer pays online; "" where the organisation has not set that up."""
        try:
            found = rows(self._client.get(f"/Invoices/{external_id}/OnlineInvoice"), "OnlineInvoices")
        except Refused:
            return ""
        link = fields.text(found[0], "OnlineInvoiceUrl", most=501) if found and isinstance(found[0], dict) else ""
        return link if link.startswith(("https://", "http://")) and len(link) <= 500 else ""
