"""A Square seller's books as a ``Ledger``: the invoices of every location, what changed, and all of it once a day.

Square cannot list invoices by when they changed. What hangs on them can be (``changing``); what slips through, and
drafts that were deleted, are found by reading everything anew once a day, two hundred invoices a page.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from integrations import access, fields
from integrations.errors import Disconnected, NotAble, Refused, Unavailable
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
from integrations.square import mapping, values
from integrations.square.changing import Changes, TooMuch
from integrations.square.client import Client
from integrations.square.reading import Reader
from integrations.square.writing import Writer
from syntharra import clock

OVERLAP = timedelta(minutes=5)
SWEEP_EVERY = timedelta(days=1)


def open_ledger(connection: Connection, *, patience: float) -> "SquareLedger":
    """The books of a connection."""
    client = Client(
        account=connection.account,
        access=partial(access.token, connection.pk),
        sandbox=connection.sandbox,
        patience=patience,
    )
    home = Home(connection.currency, connection.country, connection.time_zone)
    return SquareLedger(client, connection.account, home)


class SquareLedger:
    """One seller's books; see ``integrations.ledger.Ledger``."""

    def __init__(self, client: Client, account: str, home: Home) -> None:
        self._client, self._account, self._home = client, account, home
        self._reader = Reader(client, home)
        self._writer = Writer(client, self._reader, home)

    def close(self) -> None:
        self._client.close()

    def organisation(self) -> Organisation:
        """Of the seller's first location in use. Raises Disconnected when it is another seller's."""
        found = [location.raw for location in self._reader.locations()]
        if not found:
            raise Unavailable(_("Square did not say whose books these are."), problem="answer_garbled")
        info = found[0]
        if fields.text(info, "merchant_id") not in ("", self._account):
            raise Disconnected(_("Square opened another seller's books."), problem="access_removed")
        country = fields.text(info, "country").upper()
        return Organisation(
            account=self._account,
            name=fields.text(info, "business_name", most=200) or fields.text(info, "name", most=200),
            currency=fields.text(info, "currency").upper()[:3] or self._home.currency,
            country=country if len(country) == 2 and country.isalpha() else self._home.country,
            time_zone=fields.text(info, "timezone", most=64),
        )

    def count(self, cursor: Cursor) -> int:
        """How many invoices there are: Square has no number for it, so their pages are counted."""
        return sum(len(raws) for raws in self._reader.pages())

    def whole(self, cursor: Cursor) -> Iterator[Page]:
        began = str(cursor.get("began") or clock.now().isoformat())
        latest, page = str(cursor.get("latest", "")), str(cursor.get("page", ""))
        done = [str(one) for one in cursor.get("done", [])]
        self._reader.forget()
        for location in self._reader.locations():
            if location.id in done:
                continue
            while location.id not in done:
                raws, page = self._page(location.id, page)
                latest = max([latest, *_changed(raws)])
                done = done if page else [*done, location.id]
                position = {"began": began, "latest": latest, "done": done, "page": page}
                yield Page(tuple(self._reader.assembled(raws)), position)
        # Not later than the last change we saw: Square's clock may be behind ours.
        since = min(began, latest) if latest else began
        yield Page((), {"since": since, "swept": began}, done=True)

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        since, swept = fields.moment(cursor.get("since")), fields.moment(cursor.get("swept"))
        if since is None or swept is None or not timedelta(0) <= clock.now() - swept < SWEEP_EVERY:
            raise TooFarBack({})
        asked_at = clock.now()
        self._reader.forget()
        look = Changes(self._client, self._reader, self._home, since - OVERLAP)
        try:
            items = look.items()
        except TooMuch:
            raise TooFarBack({}) from None
        # What changed while we looked for longer than the overlap may lie behind the last change seen.
        took_long = clock.now() - asked_at > OVERLAP / 2
        onward = since if took_long else max(since, look.latest or since)
        yield Page(tuple(items), {"since": onward.isoformat(), "swept": swept.isoformat()}, done=True)

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]:
        found: dict[str, Item] = {}
        match kind:
            case "invoice":
                raws = [raw for one in external_ids if (raw := self._reader.raw_invoice(one)) is not None]
                found = {item.external_id: item for item in self._reader.invoices(raws)}
            case "customer":
                found = {item.external_id: item for item in self._reader.customers(external_ids)}
            case "payment":
                for external_id in external_ids:
                    raw = self._reader.raw_payment(external_id)
                    item = self._reader.payment(raw) if raw is not None else None
                    if item is not None:
                        found[external_id] = item
        return [found.get(external_id) or Gone(kind, external_id) for external_id in external_ids]

    def open_invoices(self) -> Iterator[list[Item]]:
        for raws in self._reader.pages():
            items = [mapping.invoice(raw, self._home) for raw in raws]
            yield [item for item in items if not isinstance(item, LedgerInvoice) or item.status == "open"]

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable:
        raw = self._reader.raw_invoice(external_id)
        return self._reader.invoices([raw])[0] if raw is not None else Gone("invoice", external_id)

    def lower(self, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
        return self._writer.lower(invoice, amount, key=key, reason=reason)

    def write_off(self, invoice: str, *, key: str, reason: str) -> Written:
        return self._writer.write_off(invoice)

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        raise NotAble(_("Square's invoices have no notes that only you can see."))

    def remind(self, invoice: str, *, on: bool, key: str) -> Written:
        raise NotAble(_("Square's reminders are switched in your Square Dashboard."))

    def _page(self, location: str, cursor: str) -> tuple[list[object], str]:
        """A page; from the beginning again where the place we kept is no longer good."""
        try:
            return self._reader.page(location, cursor)
        except Refused as error:
            if not cursor or error.vendor_code != "INVALID_CURSOR":
                raise
        return self._reader.page(location, "")


def _changed(raws: Sequence[object]) -> Iterator[str]:
    for raw in raws:
        at: datetime | None = values.moment(raw, "updated_at") if isinstance(raw, dict) else None
        if at is not None:
            yield at.isoformat()
