"""What we write into their books: a credit that lowers an invoice, and a note for the staff.

They take no key of ours, so a write carries a mark made of its key (the number of the credit note; a word in the staff's
note), and whoever writes looks for the mark first. Each step can be gone on with where the one before it stood. A credit
that cannot be applied is deleted again: none is left lying about.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Refused, Unanswered, Unavailable, VendorError
from integrations.fields import Json
from integrations.freshbooks import mapping, refs
from integrations.freshbooks.client import Client, garbled
from integrations.ledger import Gone, Home, LedgerInvoice, Unusable, Written
from syntharra import clock

CREDITS, PAYMENTS, CLIENTS = "/credit_notes/credit_notes", "/payments/payments", "/users/clients"
_LOOK_BACK = timedelta(days=2)


class Books(Protocol):
    """The ledger, as far as writing needs it."""

    client: Client
    home: Home

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable: ...


def mark_of(key: str) -> str:
    """Ten characters, the length they allow for a number, that stand for this key."""
    return "SY" + base64.b32encode(hashlib.blake2b(key.encode(), digest_size=5).digest()).decode()


def credit(books: Books, invoice: str, amount: Decimal | None, *, key: str, reason: str) -> Written:
    """Lower an invoice by a credit note given as goodwill and applied to it; None: by all that is owed."""
    mark = mark_of(key)
    given = _given(books, mark)
    if given is None:
        before = _alive(books, invoice)
        given = _give(books, before, _enough(before, before.balance if amount is None else amount), mark, reason)
    repeated = invoice in _uses(books, given)
    if not repeated:
        try:
            _apply(books, invoice, given, mark)
        except Refused:
            _take_out(books, given, mark)
            raise
    number = refs.identifier(given, "id", "creditid")
    return Written(number, fields.text(given, "credit_number"), _alive(books, invoice), repeated)


def note(books: Books, invoice: str, words: str, *, key: str) -> Written:
    """Add to the staff's note on the client: what stands on an invoice itself, the customer sees."""
    mark, about = f"[{mark_of(key)}]", _alive(books, invoice)
    path = f"{CLIENTS}/{about.customer}"
    before = _note_of(books, path)
    if mark in before:
        return Written("", "", about, repeated=True)
    line = _("Invoice %(number)s: %(words)s") % {"number": about.number, "words": words}
    wanted = f"{before}\n{line} {mark}".strip()
    _surely(
        lambda: books.client.write("PUT", path, {"client": {"note": wanted}}),
        lambda: mark in _note_of(books, path) or None,
    )
    if mark not in _note_of(books, path):
        raise Unanswered(_("FreshBooks does not show the note."))
    return Written("", "", _alive(books, invoice))


def _alive(books: Books, invoice: str) -> LedgerInvoice:
    match books.one_invoice(invoice):
        case LedgerInvoice() as found:
            return found
        case Gone():
            raise Refused(_("FreshBooks does not have this invoice."), problem="not_in_books")
        case Unusable(reason=reason):
            raise Refused(_("This invoice cannot be read from FreshBooks."), problem=reason)


def _enough(invoice: LedgerInvoice, amount: Decimal) -> Decimal:
    if not 0 < amount <= invoice.balance:
        raise Refused(_("Less is owed on this invoice than is to be taken off."))
    return amount


def _given(books: Books, mark: str) -> Json | None:
    """The credit note of this mark. All are looked through: that a list can be searched by number is not in print."""
    for row in books.client.rows(CREDITS, "credit_notes"):
        if fields.text(row, "credit_number") == mark and not refs.is_deleted(row):
            return row
    return None


def _give(books: Books, invoice: LedgerInvoice, amount: Decimal, mark: str, reason: str) -> Json:
    wanted = {
        "clientid": int(invoice.customer),
        "credit_number": mark,
        "credit_type": "goodwill",
        "create_date": clock.today(books.home.zone).isoformat(),
        "currency_code": invoice.currency,
        "lines": [{"name": reason, "qty": "1", "unit_cost": _money(amount, invoice.currency)}],
    }
    answer = _surely(
        lambda: mapping.single(books.client.write("POST", CREDITS, {"credit_note": wanted}), "credit_note"),
        lambda: _given(books, mark),
    )
    if not isinstance(answer, dict) or not refs.identifier(answer, "id", "creditid"):
        raise Unanswered(_("FreshBooks did not say which credit it gave."))
    return answer


def _uses(books: Books, given: Json) -> set[str]:
    """The invoices to which payments of type credit take this note."""
    number, created = refs.identifier(given, "id", "creditid"), fields.day(given, "create_date")
    wanted = [("search[updated_min]", (created - _LOOK_BACK).isoformat())] if created else []
    return {
        refs.identifier(row, "invoiceid")
        for row in books.client.rows(PAYMENTS, "payments", *wanted)
        if refs.identifier(row, "creditid") == number and not refs.is_deleted(row)
    }


def _apply(books: Books, invoice: str, given: Json, mark: str) -> None:
    """All of the note, to this invoice as it is now. Raises Refused where less is owed by now."""
    before = _alive(books, invoice)
    amount = _enough(before, refs.amount(given, "amount", before.currency))
    wanted = {
        "invoiceid": int(invoice),
        "creditid": int(refs.identifier(given, "id", "creditid")),
        "amount": _money(amount, before.currency),
        "date": clock.today(books.home.zone).isoformat(),
        "type": "Credit",
        "note": mark,
    }
    _surely(
        lambda: books.client.write("POST", PAYMENTS, {"payment": wanted}),
        lambda: invoice in _uses(books, given) or None,
    )
    if invoice not in _uses(books, given):
        raise Unanswered(_("FreshBooks does not show the credit on the invoice."), problem="write_unanswered")


def _take_out(books: Books, given: Json, mark: str) -> None:
    """Delete a note that could not be applied. Raises Refused where it stays, Unanswered where nobody knows."""
    stays = _("FreshBooks keeps the credit %(number)s, which was not taken off this invoice: look at it there.")
    words = stays % {"number": mark}
    if _uses(books, given):  # somebody has put it to another use, and there it is owed
        raise Refused(words, said=words)
    path = f"{CREDITS}/{refs.identifier(given, 'id', 'creditid')}"
    try:
        _surely(
            lambda: books.client.write("PUT", path, {"credit_note": {"vis_state": 1}}),
            lambda: {} if _given(books, mark) is None else None,
        )
    except Unavailable as error:
        raise Unanswered.after(error) from None
    except Refused as error:
        raise Refused(words, code=error.vendor_code, said=words, trace=error.trace) from None


def _surely[T](write: Callable[[], T], look: Callable[[], T | None]) -> T:
    """Write; when no answer comes, look whether it happened. Raises Unanswered when nobody knows."""
    try:
        return write()
    except Unanswered as unanswered:
        try:
            found = look()
        except VendorError:
            found = None
        if found is None:
            raise unanswered from None
        return found


def _note_of(books: Books, path: str) -> str:
    found = mapping.single(books.client.read(path), "client")
    if not isinstance(found, dict):
        raise garbled("client: an object was expected")
    return fields.text(found, "note")


def _money(amount: Decimal, currency: str) -> Json:
    return {"amount": format(amount, "f"), "code": currency}
