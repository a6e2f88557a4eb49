"""A list of theirs read to its end while its rows shift.

Their cursors count rows, so a row that moves to the end, as any does that is saved, pulls another one past us. Therefore
every page begins at the instant of the last row of the page before, which comes again. Only where more rows share one
instant than a page holds (an import) do we count with them, and look afterwards whether all of that instant were seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Unavailable
from integrations.fields import Bad, Json
from integrations.jobber import documents, refs
from integrations.jobber.client import Client, garbled
from integrations.jobber.documents import Document
from integrations.jobber.people import goes_on, nodes


@dataclass(frozen=True, slots=True)
class Place:
    """From this instant on (theirs, as they write it), within it after this cursor."""

    at: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of theirs in the order of an instant that each row carries."""

    name: str
    document: Document
    ids: Document
    instant: str
    one: Document
    one_name: str


CLIENTS = Listing("clients", documents.CLIENTS, documents.CLIENT_IDS, "updatedAt", documents.CLIENT, "client")
INVOICES = Listing("invoices", documents.INVOICES, documents.INVOICE_IDS, "updatedAt", documents.INVOICE, "invoice")
PAYMENTS = Listing(
    "paymentRecords",
    documents.PAYMENTS_BY_DAY,
    documents.PAYMENT_IDS,
    "entryDate",
    documents.PAYMENT,
    "paymentRecord",
)


@dataclass(slots=True)
class Walk:
    """One way through a list. ``only`` is what else is asked of its rows, for example a status."""

    client: Client
    listing: Listing
    only: Json = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)  # of the instant we count in

    def pages(self, place: Place) -> Iterator[tuple[list[Any], Place | None]]:
        """Rows, and where to go on after them; None at the end. Rows at a seam come twice."""
        following: Place | None = place
        while following is not None:
            here = following
            rows, more = self._ask(self.listing.document, here, documents.PAGE)
            following = self._following(here, rows, more)
            lost: list[Any] = []
            if here.after:
                self.seen |= {_id(row) for row in rows}
                if following is None or not following.after:
                    lost = self._lost(here.at)
            elif following is not None and following.after:
                self.seen = {_id(row) for row in rows}
            yield [*rows, *lost], following

    def _following(self, here: Place, rows: list[Any], more: str) -> Place | None:
        if not more:
            return None
        last = fields.text(rows[-1], self.listing.instant, most=60) if rows and isinstance(rows[-1], dict) else ""
        if refs.moment(last) is not None and refs.order(last) > refs.order(here.at):
            return Place(last)
        if more == here.after:
            raise Unavailable(_("Jobber sent the same page twice."), problem="answer_garbled")
        return Place(here.at, more)

    def _lost(self, instant: str) -> list[Any]:
        """What is of this instant and was not among the pages we counted: rows that slid past us meanwhile."""
        missing, after = [], ""
        while True:
            rows, more = self._ask(self.listing.ids, Place(instant, after), documents.IDS_PAGE)
            of_it = [row for row in rows if refs.order(_text(row, self.listing.instant)) <= refs.order(instant)]
            missing += [id for row in of_it if (id := _id(row)) and id not in self.seen]
            if not more or more == after or len(of_it) < len(rows):
                break
            after = more
        self.seen = set()
        found = (self.client.run(self.listing.one, id=id).get(self.listing.one_name) for id in missing)
        return [row for row in found if row is not None]

    def _ask(self, document: Document, place: Place, first: int) -> tuple[list[Any], str]:
        wanted = dict(self.only)
        if place.at:
            wanted[self.listing.instant] = {"after": place.at}
        said = self.client.run(document, first=first, after=place.after or None, filter=wanted or None)
        return rows_of(said, self.listing.name)


def rows_of(said: Json, name: str) -> tuple[list[Any], str]:
    """The rows of a list, and the cursor to go on with ("" at the end). Raises Unavailable where it is no list."""
    try:
        connection = fields.inner(said, name)
        if not isinstance(connection.get("nodes"), list) and not isinstance(connection.get("edges"), list):
            raise Bad("field_missing", f"{name}.nodes")
        found: list[Any] = connection["nodes"] if isinstance(connection.get("nodes"), list) else nodes(said, name)
        return found, goes_on(said, name)
    except Bad as bad:
        raise garbled(bad) from None


def _id(row: Any) -> str:
    return _text(row, "id")


def _text(row: Any, name: str) -> str:
    return fields.text(row, name, most=64) if isinstance(row, dict) else ""
