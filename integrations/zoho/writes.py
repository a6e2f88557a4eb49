"""What we write into their books: a credit that lowers an invoice, a write-off, a comment, reminders off and on.

They take no key of ours, so a write carries a mark made of its key (the reference number of the credit note; a word in a
comment), and whoever writes looks for the mark first. Each step can be gone on with where the one before it stood. A credit
that cannot be applied is voided again: none is left lying about.
"""

import base64
import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Refused, Unanswered, Unavailable, VendorError
from integrations.fields import Bad, Json
from integrations.ledger import Gone, Home, LedgerInvoice, Unusable, Written
from integrations.paging import Position
from integrations.zoho import refs
from integrations.zoho.client import Client, garbled
from syntharra import clock

_SWITCHED_OFF, _SWITCHED_ON = "reminders-off", "reminders-on"


class Books(Protocol):
    """The ledger, as far as writing needs it."""

    client: Client
    home: Home

    def one_invoice(self, external_id: str) -> LedgerInvoice | Gone | Unusable: ...


def mark_of(key: str) -> str:
    """Eighteen characters that stand for this key."""
    return "SY" + base64.b32encode(hashlib.blake2b(key.encode(), digest_size=10).digest()).decode()


def lower(books: Books, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
    """Lower an invoice by a credit note of its own, applied to it."""
    mark = mark_of(key)
    number = _given(books, mark)
    if number is None:
        before = _alive(books, invoice)
        _enough(before, amount)
        number = _surely(lambda: _give(books, before, amount, mark, reason), lambda: _given(books, mark))
    given = _credit_note(books, number)
    repeated = _is_applied(given, invoice)
    if not repeated:
        try:
            _apply(books, invoice, given, number)
        except Refused:
            _take_out(books, number, fields.text(given, "creditnote_number"))
            raise
    shown = fields.text(given, "creditnote_number")
    return Written(number, shown, _alive(books, invoice), repeated)


def write_off(books: Books, invoice: str) -> Written:
    """Their own write-off. Done once by nature: nothing is left to write off."""
    before = _alive(books, invoice)
    if before.status == "written_off":
        return Written("", "", before, repeated=True)
    _enough(before, before.balance)
    _surely(
        lambda: books.client.write(f"/invoices/{invoice}/writeoff"),
        lambda: {} if _alive(books, invoice).status == "written_off" else None,
    )
    after = _alive(books, invoice)
    if after.status != "written_off":
        raise Unanswered(_("Zoho Books does not show the write-off."))
    return Written("", "", after)


def note(books: Books, invoice: str, words: str, *, key: str) -> Written:
    """A comment on the invoice that only the staff sees."""
    mark, about = f"[{mark_of(key)}]", _alive(books, invoice)
    found = _comment(books, invoice, mark)
    if found is not None:
        return Written(found, "", about, repeated=True)
    _say(books, invoice, words, mark)
    return Written(_comment(books, invoice, mark) or "", "", _alive(books, invoice))


def remind(books: Books, invoice: str, *, on: bool, key: str) -> Written:
    """Their reminders for this invoice off; or on again, if it was we who switched them off.

    That they were on is remembered beside the invoice, in a comment for the staff.
    """
    before = _alive(books, invoice)
    if before.reminders_on is on or (on and not _we_switched_off(books, invoice)):
        return Written("", "", before, repeated=True)
    if not on:
        words = _("Payment reminders of this invoice are switched off by Syntharra while it is looked into.")
        _once(books, invoice, words, f"[{_SWITCHED_OFF} {mark_of(key)}]")
    path = f"/invoices/{invoice}/paymentreminder/{'enable' if on else 'disable'}"
    _surely(
        lambda: books.client.write(path),
        lambda: {} if _alive(books, invoice).reminders_on is on else None,
    )
    if on:
        words = _("Payment reminders of this invoice are switched on again by Syntharra.")
        _once(books, invoice, words, f"[{_SWITCHED_ON} {mark_of(key)}]")
    after = _alive(books, invoice)
    if after.reminders_on is (not on):
        raise Unanswered(_("Zoho Books does not show that the reminders were switched."))
    return Written("", "", after)


def _alive(books: Books, invoice: str) -> LedgerInvoice:
    match books.one_invoice(invoice):
        case LedgerInvoice() as found:
            return found
        case Gone():
            raise Refused(_("Zoho Books does not have this invoice."), problem="not_in_books")
        case Unusable(reason=reason):
            raise Refused(_("This invoice cannot be read from Zoho Books."), problem=reason)


def _enough(invoice: LedgerInvoice, amount: Decimal) -> None:
    if not 0 < amount <= invoice.balance:
        raise Refused(_("Less is owed on this invoice than is to be taken off."))


def _given(books: Books, mark: str) -> str | None:
    """The credit note of this mark. One that was voided again is none."""
    wanted = ("reference_number", mark)
    for rows, _following in books.client.windows("/creditnotes", "creditnotes", Position(largest=200), wanted):
        for row in rows:
            if isinstance(row, dict) and fields.text(row, "reference_number") == mark and not _is_void(row):
                return fields.text(row, "creditnote_id") or None
    return None


def _is_void(given: Json) -> bool:
    return fields.text(given, "status").casefold() == "void"


def _give(books: Books, invoice: LedgerInvoice, amount: Decimal, mark: str, reason: str) -> str:
    line = {"name": reason[:100], "description": reason, "quantity": 1, "rate": _number(amount)}
    wanted = {
        "customer_id": invoice.customer,
        "date": clock.today(books.home.zone).isoformat(),
        "reference_number": mark,
        "line_items": [line],
    }
    given = books.client.write("/creditnotes", wanted).get("creditnote")
    found = fields.text(given, "creditnote_id") if isinstance(given, dict) else ""
    if not found:
        raise Unanswered(_("Zoho Books did not say which credit it gave."))
    return found


def _credit_note(books: Books, number: str) -> Json:
    """This credit note with what it was applied to, open by now."""
    given = _single(books, number)
    if fields.text(given, "status").casefold() == "draft":
        books.client.write(f"/creditnotes/{number}/status/open")
        given = _single(books, number)
    return given


def _single(books: Books, number: str) -> Json:
    found = books.client.read(f"/creditnotes/{number}").get("creditnote")
    if not isinstance(found, dict):
        raise garbled("creditnote: an object was expected")
    return found


def _is_applied(given: Json, invoice: str) -> bool:
    try:
        entries = refs.items(given, "invoices_credited")
        return invoice in {fields.identifier(entry.get("invoice_id"), "invoice_id") for entry in entries}
    except Bad as bad:
        raise garbled(str(bad)) from None


def _apply(books: Books, invoice: str, given: Json, number: str) -> None:
    """What is left of the note, to this invoice as it is now. Raises Refused where less is owed by now."""
    before = _alive(books, invoice)
    try:
        amount = refs.amount(given, "balance", before.currency, refs.precision(given))
    except Bad as bad:
        raise garbled(str(bad)) from None
    _enough(before, amount)
    wanted = {"invoices": [{"invoice_id": invoice, "amount_applied": _number(amount)}]}
    _surely(
        lambda: books.client.write(f"/creditnotes/{number}/invoices", wanted),
        lambda: {} if _is_applied(_single(books, number), invoice) else None,
    )
    if not _is_applied(_single(books, number), invoice):
        raise Unanswered(_("Zoho Books does not show the credit on the invoice."))


def _take_out(books: Books, number: str, shown: str) -> None:
    """Void a note that could not be applied. Raises Refused where it stays, Unanswered where nobody knows."""
    try:
        _surely(
            lambda: books.client.write(f"/creditnotes/{number}/status/void"),
            lambda: {} if _is_void(_single(books, number)) else None,
        )
    except Unavailable as error:
        raise Unanswered.after(error) from None
    except Refused as error:
        # As where somebody has applied it to another invoice meanwhile: there it is owed.
        stays = _("Zoho Books keeps the credit %(number)s, which was not taken off this invoice: look at it there.")
        words = stays % {"number": shown}
        raise Refused(words, code=error.vendor_code, said=words, trace=error.trace) from None


def _we_switched_off(books: Books, invoice: str) -> bool:
    said = [fields.text(row, "description") for row in _comments(books, invoice)]
    return sum(_SWITCHED_OFF in words for words in said) > sum(_SWITCHED_ON in words for words in said)


def _once(books: Books, invoice: str, words: str, mark: str) -> None:
    if _comment(books, invoice, mark) is None:
        _say(books, invoice, words, mark)


def _say(books: Books, invoice: str, words: str, mark: str) -> None:
    wanted = {"description": f"{words} {mark}", "show_comment_to_clients": False}
    _surely(
        lambda: books.client.write(f"/invoices/{invoice}/comments", wanted),
        lambda: {} if _comment(books, invoice, mark) is not None else None,
    )


def _comment(books: Books, invoice: str, mark: str) -> str | None:
    """The comment of this mark."""
    for row in _comments(books, invoice):
        if mark in fields.text(row, "description"):
            return fields.text(row, "comment_id")
    return None


def _comments(books: Books, invoice: str) -> list[Json]:
    try:
        return fields.items(books.client.read(f"/invoices/{invoice}/comments"), "comments")
    except Bad as bad:
        raise garbled(str(bad)) from None


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


def _number(amount: Decimal) -> float:
    """As a JSON number. Of fifteen digits and fewer, as all of ours are, it is written with exactly these."""
    return float(amount)
