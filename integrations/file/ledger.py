"""Books that came as a file, as a ``Ledger``: what the owner last confirmed, and nothing newer.

Nothing can be asked of a file again. An invoice is as fresh as the owner's last word about it; after FILE_FRESH_DAYS it
counts as unread, so that nobody is called from an old list. Imports and invoices are reached from the connection.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.errors import NotAble, Refused, Unavailable
from integrations.file import kept
from integrations.ledger import (
    Cursor,
    Gone,
    Item,
    LedgerInvoice,
    LedgerLine,
    Organisation,
    Page,
    TooFarBack,
    Unusable,
    Written,
)
from integrations.models import Connection
from syntharra import clock

PAGE = 1000
CLOSED = "not in the file"


def open_ledger(connection: Connection, *, patience: float) -> "FileLedger":
    """The books of a connection. Nobody is waited for."""
    return FileLedger(connection)


class FileLedger:
    """See ``integrations.ledger.Ledger``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        pass

    def organisation(self) -> Organisation:
        books = self._connection
        return Organisation(books.account, books.company, books.currency, books.country, books.time_zone)

    def count(self, cursor: Cursor) -> int:
        newest = self._newest()
        return len(_parts(newest)) - _at(cursor, newest) if newest is not None else 0

    def whole(self, cursor: Cursor) -> Iterator[Page]:
        """The file confirmed last, customers first, from where the cursor stands in it."""
        newest = self._newest()
        if newest is None:
            yield Page((), {}, done=True)
            return
        parts = _parts(newest)
        for start in range(_at(cursor, newest), len(parts), PAGE):
            page = parts[start : start + PAGE]
            yield Page(tuple(self._items(newest, page)), {"import": str(newest.pk), "at": start + len(page)})
        yield Page((), {"import": str(newest.pk)}, done=True)

    def _items(self, newest: Any, page: Sequence[tuple[str, Any]]) -> Iterator[Item]:
        """Customers, invoices, and invoices the file does not name with what the owner said of them."""
        silent = [external_id for kind, external_id in page if kind == "missing"]
        for kind, one in page:
            if kind == "customer":
                yield kept.customer(one)
            elif kind == "invoice":
                yield kept.invoice(one, newest.confirmed_at)
        for row in _with_lines(self._connection.invoices.filter(external_id__in=silent)):
            owed = replace(_as_confirmed(row), updated_at=newest.confirmed_at)
            closed = newest.confirmed["said"] == "closed"
            yield replace(owed, status="paid", vendor_status=CLOSED, balance=Decimal("0.00")) if closed else owed

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        """None, unless another file was confirmed since: then it is read whole."""
        newest = self._newest()
        if newest is not None and cursor.get("import") != str(newest.pk):
            raise TooFarBack({})
        yield Page((), cursor, done=True)

    def some(self, kind: str, external_ids: Sequence[str]) -> list[Item]:
        """What the file confirmed last says of these; invoices it does not name, as they were confirmed before."""
        newest = self._newest()
        found: dict[str, Item] = {}
        if newest is not None and kind == "customer":
            found = {one["id"]: kept.customer(one) for one in newest.confirmed["customers"]}
        if kind == "invoice":
            rows = self._connection.invoices.filter(external_id__in=list(external_ids))
            found = {row.external_id: _as_confirmed(row) for row in _with_lines(rows)}
        return [found.get(external_id) or Gone(kind, external_id) for external_id in external_ids]

    def open_invoices(self) -> Iterator[list[Item]]:
        """All that are open with us: a file that does not name an invoice says nothing about it, its owner does."""
        rows = self._connection.invoices.filter(books_status="open", balance__gt=0)
        yield [_as_confirmed(row) for row in _with_lines(rows)]

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable:
        """As it was last confirmed. Raises Unavailable when that was too long ago.

        One that newer files no longer name is Refused on its own: the others are as fresh as they were.
        """
        row = _with_lines(self._connection.invoices.filter(external_id=external_id)).first()
        if row is None or row.books_status == "deleted":
            return Gone("invoice", external_id)
        oldest = clock.now() - timedelta(days=settings.FILE_FRESH_DAYS)
        newest_at = self._confirmed().values_list("confirmed_at", flat=True).first()
        if newest_at is None or newest_at < oldest:
            raise Unavailable(_("The last file is too old to call anybody from it."), problem="file_old")
        if row.books_updated_at is None or row.books_updated_at < oldest:
            raise Refused(_("No file has named this invoice for too long."), problem="not_in_books")
        return _as_confirmed(row)

    def lower(self, invoice: str, amount: object, *, key: str, reason: str) -> Written:
        raise _nothing_to_write_into()

    def write_off(self, invoice: str, *, key: str, reason: str) -> Written:
        raise _nothing_to_write_into()

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        raise _nothing_to_write_into()

    def remind(self, invoice: str, *, on: bool, key: str) -> Written:
        raise _nothing_to_write_into()

    def _newest(self) -> Any:
        """The import confirmed last, without the rows of its file."""
        return self._confirmed().defer("rows").first()

    def _confirmed(self) -> Any:
        return self._connection.imports.filter(status="confirmed").order_by("-confirmed_at", "-pk")


def _parts(newest: Any) -> list[tuple[str, Any]]:
    """What was confirmed, one thing after the other, each with its kind."""
    said = newest.confirmed
    kinds = (("customer", said["customers"]), ("invoice", said["invoices"]), ("missing", said["missing"]))
    return [(kind, one) for kind, several in kinds for one in several]


def _at(cursor: Cursor, newest: Any) -> int:
    """How far this import was read; 0 for a place in another one."""
    return int(cursor.get("at", 0)) if cursor.get("import") == str(newest.pk) else 0


def _with_lines(rows: Any) -> Any:
    return rows.select_related("customer").prefetch_related("lines")


def _nothing_to_write_into() -> NotAble:
    return NotAble(_("These books came as a file: there is nothing to write into."))


def _as_confirmed(row: Any) -> LedgerInvoice:
    """Our row as the file's invoice: only what was confirmed ever writes these columns."""
    return LedgerInvoice(
        external_id=row.external_id,
        number=row.number,
        customer=row.customer.external_id,
        status=row.books_status,
        vendor_status=row.vendor_status,
        currency=row.currency,
        total=row.total,
        balance=row.balance,
        issued_on=row.issued_on,
        due_on=None if row.terms_assumed else row.due_on,
        lines=tuple(
            LedgerLine(line.item, line.description, line.quantity, line.amount)
            for line in sorted(row.lines.all(), key=attrgetter("position"))
        ),
        memo=row.memo,
        sent=row.sent,
        payments=None,
        pay_url=None,
        updated_at=row.books_updated_at,
    )
