"""What we write at Square: an invoice canceled, and for what is left of it a new one in its place.

Square cannot change what an invoice is over. The new one is prepared first, as a draft nobody sees; then the old one is
canceled; then the new one is sent: nobody is ever billed twice, and a write broken off anywhere is gone on with. The new
invoice is known by its order, which carries a mark of the key.
"""

import hashlib
import json
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Refused, Unanswered
from integrations.fields import Json
from integrations.ledger import Home, LedgerInvoice, Written
from integrations.square import mapping, values
from integrations.square.client import Client
from integrations.square.reading import Reader, order_of
from syntharra import clock

_CANCELABLE = ("UNPAID", "PARTIALLY_PAID", "SCHEDULED")
_TITLES = ("title", "description", "accepted_payment_methods", "sale_or_service_date")


class Writer:
    """Writes for one seller."""

    def __init__(self, client: Client, reader: Reader, home: Home) -> None:
        self._client, self._reader, self._home = client, reader, home

    def write_off(self, invoice: str) -> Written:
        """Cancel it. There is nothing to do twice: a canceled invoice is canceled."""
        before, raw = self._invoice(invoice)
        repeated = before.vendor_status == "CANCELED"
        if not repeated:
            self._cancel(raw)
        return Written("", "", self._invoice(invoice)[0], repeated)

    def lower(self, invoice: str, amount: Decimal, *, key: str, reason: str) -> Written:
        owed, raw = self._invoice(invoice)
        mark, is_open = mark_of(key), owed.vendor_status in _CANCELABLE
        new = self._made(raw, mark)
        if new is not None and is_open and not self._is_over(new, owed.balance - amount):
            self._drop(new)  # prepared before something was paid: it would ask for that again
            new = None
        repeated = new is not None and fields.text(new, "status") != "DRAFT" and not is_open
        if new is None:
            if owed.vendor_status == "CANCELED" and self._is_over(raw, amount):
                return Written("", "", owed, repeated=True)  # all of it was taken off
            if not is_open or not 0 < amount <= owed.balance:
                raise Refused(_("Less is owed on this invoice in Square than was to be taken off."))
            if amount == owed.balance:
                self._cancel(raw)
                return Written("", "", self._invoice(invoice)[0])
            new = self._make(owed, raw, owed.balance - amount, mark=mark, words=reason)
        if is_open:
            self._cancel_for(raw, new)
        if fields.text(new, "status") == "DRAFT":
            self._publish(new, mark)
        read, _raw = self._invoice(fields.clean(new.get("id")))
        return Written(read.external_id, read.number, read, repeated)

    def _made(self, old: Json, mark: str) -> Json | None:
        """The invoice made in place of this one under the key before; None when there is none."""
        customer = fields.clean(fields.inner(old, "primary_recipient").get("customer_id"))
        for raws in self._reader.of_customer(fields.clean(old.get("location_id")), customer):
            newer = [raw for raw in raws if isinstance(raw, dict) and _is_newer(raw, old)]
            marked = {
                order
                for order, raw in self._reader.orders(order_of(raw) for raw in newer).items()
                if fields.clean(raw.get("reference_id")) == mark
            }
            found = [raw for raw in newer if order_of(raw) in marked and fields.text(raw, "status") != "CANCELED"]
            if found:
                return found[0]
        return None

    def _is_over(self, raw: Json, amount: Decimal) -> bool:
        """Whether just this much is open on an invoice, or was when it was canceled."""
        zero, currency = Decimal(0), self._home.currency
        requests = fields.items(raw, "payment_requests")
        wanted = (values.amount(one, "computed_amount_money", currency)[0] for one in requests)
        paid = (values.amount(one, "total_completed_amount_money", currency, default=zero)[0] for one in requests)
        return sum(wanted, zero) - sum(paid, zero) == amount

    def _make(self, owed: LedgerInvoice, raw: Json, left: Decimal, *, mark: str, words: str) -> Json:
        """The new invoice, a draft over what is left."""
        location = fields.clean(raw.get("location_id"))
        told = _("Balance of invoice %(number)s") % {"number": owed.number}
        price = {"amount": values.smallest(left, owed.currency), "currency": owed.currency}
        line = {"name": told, "quantity": "1", "base_price_money": price} | ({"note": words[:500]} if words else {})
        order = {"location_id": location, "customer_id": owed.customer, "reference_id": mark, "line_items": [line]}
        # The same key must always say the same: what is left may be another amount the next time.
        name = f"{mark}-order-{price['amount']}"
        billed = _object(self._client.write("POST", "/v2/orders", {"idempotency_key": name, "order": order}), "order")
        request = {
            "request_type": "BALANCE",
            "due_date": max(owed.due_on or self._today(), self._today()).isoformat(),
            "automatic_payment_source": "NONE",
        }
        method = fields.text(raw, "delivery_method")
        invoice: Json = {name: raw[name] for name in _TITLES if raw.get(name)} | {
            "location_id": location,
            "order_id": billed["id"],
            "primary_recipient": {"customer_id": owed.customer},
            "payment_requests": [request],
            "delivery_method": method if method in ("EMAIL", "SHARE_MANUALLY") else "EMAIL",
        }
        name = hashlib.sha256(json.dumps(_plain(invoice), sort_keys=True).encode()).hexdigest()[:20]
        body = {"idempotency_key": f"{mark}-invoice-{name}", "invoice": _plain(invoice)}
        return _object(self._client.write("POST", "/v2/invoices", body), "invoice")

    def _cancel_for(self, raw: Json, draft: Json) -> None:
        """Cancel the old one; where that is refused the draft goes again, for nothing was taken off."""
        try:
            self._cancel(raw)
        except Refused:
            self._drop(draft)
            raise

    def _drop(self, draft: Json) -> None:
        if fields.text(draft, "status") == "DRAFT":
            path = f"/v2/invoices/{draft.get('id')}"
            self._client.write("DELETE", path, version=fields.clean(draft.get("version")))

    def _cancel(self, raw: Json) -> None:
        external_id = fields.clean(raw.get("id"))
        body = {"version": int(raw.get("version") or 0)}
        try:
            self._client.write("POST", f"/v2/invoices/{external_id}/cancel", body)
        except (Unanswered, Refused):
            after = self._reader.raw_invoice(external_id)
            if after is None or fields.text(after, "status") != "CANCELED":
                raise

    def _publish(self, draft: Json, mark: str) -> None:
        external_id = fields.clean(draft.get("id"))
        body = {"version": int(draft.get("version") or 0), "idempotency_key": f"{mark}-publish"}
        try:
            self._client.write("POST", f"/v2/invoices/{external_id}/publish", body)
        except (Unanswered, Refused) as error:
            after = self._reader.raw_invoice(external_id)
            if after is None or fields.text(after, "status") == "DRAFT":
                # The old one is canceled by now: this must be gone on with, not given up.
                raise Unanswered(error.words, code=error.vendor_code, said=error.vendor_words) from None

    def _invoice(self, external_id: str) -> tuple[LedgerInvoice, Json]:
        """As it is now, in our words and in theirs."""
        raw = self._reader.raw_invoice(external_id)
        if raw is None:
            raise Refused(_("Square does not have this invoice."), problem="not_in_books")
        found = mapping.invoice(raw, self._home, order=self._reader.orders([order_of(raw)]).get(order_of(raw)))
        if not isinstance(found, LedgerInvoice):
            raise Refused(_("We cannot read this invoice in Square, so nothing is written on it."))
        return found, raw

    def _today(self) -> Any:
        return clock.today(self._home.zone)


def mark_of(key: str) -> str:
    """What a write of ours is known by: stands on the order, where the customer never sees it."""
    return "SYN-" + hashlib.sha256(key.encode()).hexdigest()[:20]


def _is_newer(raw: Json, old: Json) -> bool:
    at, since = values.moment(raw, "created_at"), values.moment(old, "created_at")
    return raw.get("id") != old.get("id") and (at is None or since is None or at >= since)


def _object(said: Json, name: str) -> Json:
    found = said.get(name)
    if not isinstance(found, dict) or not found.get("id"):
        raise Unanswered(_("Square did not say what became of a new invoice."))
    return found


def _plain(value: Any) -> Any:
    """What we read with exact numbers, as JSON can be written: their whole numbers are whole."""
    if isinstance(value, dict):
        return {name: _plain(inside) for name, inside in value.items()}
    if isinstance(value, list):
        return [_plain(inside) for inside in value]
    return int(value) if isinstance(value, Decimal) else value
