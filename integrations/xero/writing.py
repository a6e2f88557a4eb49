"""What we write into a Xero organisation's books: a credit note applied to one invoice, and a note in its history.

Every credit note carries a mark of its key as its reference, so that it is found again before another is made; the
requests carry an idempotency key besides, for the moment between two workers.
"""

import hashlib
import json
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from integrations import fields
from integrations.asking import Question
from integrations.errors import Refused, Unanswered, Unavailable
from integrations.fields import Json
from integrations.ledger import Home, LedgerCreditMemo, LedgerInvoice, Written
from integrations.xero import answers, mapping
from integrations.xero.client import Client
from integrations.xero.walking import rows
from syntharra import clock

LONGEST_NOTE = 450
_OVER = ("VOIDED", "DELETED")


class Writer:
    """Writes for one organisation."""

    def __init__(self, client: Client, home: Home) -> None:
        self._client, self._home = client, home

    def lower(self, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
        return self._credit(invoice, amount, mark=mark_of(key), words=reason or _("Adjustment"))

    def write_off(self, invoice: str, *, key: str, reason: str) -> Written:
        words = _("Bad debt written off: %(reason)s") % {"reason": reason} if reason else _("Bad debt written off")
        return self._credit(invoice, None, mark=mark_of(key), words=words)

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        """In the invoice's history, which only the organisation's own people see."""
        mark = f" [{mark_of(key)}]"
        path = f"/Invoices/{_in_path(invoice)}/History"
        repeated = self._is_noted(path, mark)
        if not repeated:
            room = LONGEST_NOTE - len(mark)
            text = (words if len(words) <= room else words[: room - 1] + "…") + mark
            try:
                self._put(path, {"HistoryRecords": [{"Details": text}]}, f"{mark_of(key)}-note")
            except Unanswered:
                if not self._is_noted(path, mark):
                    raise
        return Written("", "", self._invoice(invoice)[0], repeated)

    def _credit(self, invoice: str, amount: Decimal | None, *, mark: str, words: str) -> Written:
        """Owe ``amount`` less, or nothing more at all: made and applied, each step only if it is not there yet."""
        before = self._marked(mark)
        note = next((one for one in before if fields.text(one, "Status") not in _OVER), None)
        if note is not None and self._applied(note, invoice):
            return self._written(note, invoice, repeated=True)
        owed, raw = self._invoice(invoice)
        wanted = owed.balance if amount is None else amount
        if owed.status != "open" or not 0 < wanted <= owed.balance:
            raise Refused(_("Less is owed on this invoice in Xero than was to be taken off."), problem="vendor_refused")
        if note is None:
            note = self._make(raw, wanted, mark=mark, words=words, number=len(before))
        self._apply(note, owed, wanted, mark)
        return self._written(note, invoice, repeated=False)

    def _make(self, raw: Json, amount: Decimal, *, mark: str, words: str, number: int) -> Json:
        """A credit note over exactly this amount, tax included, booked as the largest line of the invoice was."""
        line: Json = {"Description": words, "Quantity": 1, "UnitAmount": _number(amount)}
        sold = max(fields.items(raw, "LineItems"), key=_size, default={})
        line |= {name: sold[name] for name in ("AccountCode", "TaxType", "Tracking") if sold.get(name)}
        without_tax = fields.text(raw, "LineAmountTypes") == "NoTax"
        credit_note = {
            "Type": "ACCRECCREDIT",
            "Status": "AUTHORISED",
            "Contact": {"ContactID": fields.inner(raw, "Contact").get("ContactID")},
            "Date": self._today(),
            "CurrencyCode": fields.text(raw, "CurrencyCode") or self._home.currency,
            "LineAmountTypes": "NoTax" if without_tax else "Inclusive",
            "Reference": mark,
            "LineItems": [line],
        }
        try:
            # One that was voided again (``_apply``) answers to its own key for good: the next gets another.
            said = self._put("/CreditNotes", {"CreditNotes": [credit_note]}, f"{mark}-make-{number}")
        except Unanswered:
            found = [one for one in self._marked(mark) if fields.text(one, "Status") not in _OVER]
            if not found:
                raise
            return found[0]
        made = rows(said, "CreditNotes")
        if not made or not isinstance(made[0], dict) or not made[0].get("CreditNoteID"):
            raise Unanswered(_("Xero did not say what became of a credit note."))
        note: Json = made[0]
        return note

    def _apply(self, note: Json, owed: LedgerInvoice, amount: Decimal, mark: str) -> None:
        """Set it against the invoice. What cannot be applied is voided again: no credit is left lying about."""
        path = f"/CreditNotes/{note['CreditNoteID']}"
        entry = {"Invoice": {"InvoiceID": owed.external_id}, "Amount": _number(amount), "Date": self._today()}
        try:
            self._put(f"{path}/Allocations", {"Allocations": [entry]}, f"{mark}-apply-{note['CreditNoteID']}")
        except Unanswered:
            if not self._applied(self._read(fields.text(note, "CreditNoteID")), owed.external_id):
                raise
        except Refused:
            body = {"CreditNotes": [{"CreditNoteID": note["CreditNoteID"], "Status": "VOIDED"}]}
            self._write("POST", path, body, f"{mark}-void-{note['CreditNoteID']}")
            raise

    def _written(self, note: Json, invoice: str, *, repeated: bool) -> Written:
        """Read back: what the books have now."""
        found = self._read(fields.text(note, "CreditNoteID"))
        if not self._applied(found, invoice):
            raise Unavailable(_("Xero does not show what we wrote yet."), problem="write_unanswered")
        number = fields.text(found, "CreditNoteNumber", most=60)
        return Written(fields.text(found, "CreditNoteID"), number, self._invoice(invoice)[0], repeated)

    def _applied(self, note: Json, invoice: str) -> bool:
        memo = mapping.item("CreditNotes", note, self._home)
        return isinstance(memo, LedgerCreditMemo) and any(entry.invoice == invoice for entry in memo.applied)

    def _marked(self, mark: str) -> list[Json]:
        """The credit notes made under a key, those voided again included."""
        found = rows(self._client.get("/CreditNotes", ("where", f'Reference=="{mark}"'), ("page", "1")), "CreditNotes")
        return [one for one in found if isinstance(one, dict) and fields.text(one, "Reference") == mark]

    def _read(self, credit_note: str) -> Json:
        return _first(self._client.get(f"/CreditNotes/{credit_note}"), "CreditNotes")

    def _invoice(self, invoice: str) -> tuple[LedgerInvoice, Json]:
        """As it is now, in our words and in theirs."""
        raw = _first(self._client.get(f"/Invoices/{_in_path(invoice)}"), "Invoices")
        found = mapping.item("Invoices", raw, self._home)
        if not isinstance(found, LedgerInvoice):
            raise Refused(_("We cannot read this invoice in Xero, so nothing is written on it."))
        return found, raw

    def _is_noted(self, path: str, mark: str) -> bool:
        records = rows(self._client.get(path), "HistoryRecords")
        return any(isinstance(one, dict) and mark in fields.clean(one.get("Details")) for one in records)

    def _put(self, path: str, body: Json, key: str) -> Any:
        return self._write("PUT", path, body, key)

    def _write(self, method: str, path: str, body: Json, key: str) -> Any:
        said = self._client.ask(
            Question(method, path, body=json.dumps(body).encode(), headers={"Idempotency-Key": key[:128]}, once=True)
        )
        for elements in said.values() if isinstance(said, dict) else ():
            for element in elements if isinstance(elements, list) else ():
                refused = answers.refusal_of(element)
                if refused is not None:
                    raise refused
        return said

    def _today(self) -> str:
        return clock.today(self._home.zone).isoformat()


def mark_of(key: str) -> str:
    """What a write of ours is known by in the books: says nothing to a customer, and fits any field."""
    return "SYN-" + hashlib.sha256(key.encode()).hexdigest()[:20]


def _first(answer: Any, name: str) -> Json:
    found = rows(answer, name)
    if not found or not isinstance(found[0], dict):
        raise Unavailable(_("Xero sent something we cannot read."), problem="answer_garbled")
    first: Json = found[0]
    return first


def _in_path(external_id: str) -> str:
    if not external_id.replace("-", "").isalnum():
        raise Refused(_("This is no id of Xero."), problem="not_in_books")
    return external_id


def _number(amount: Decimal) -> float:
    """As a JSON number: up to fifteen digits the shortest text of a float is the decimal it was made from."""
    return float(amount)


def _size(line: Json) -> Decimal:
    value = line.get("LineAmount")
    return abs(value) if isinstance(value, Decimal) and value.is_finite() else Decimal(0)
