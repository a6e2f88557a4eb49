"""What we write into a Jobber account's books: a discount on an invoice, a bad debt, a pinned note.

They take no key of ours and show neither notes nor why a discount was given. So what an invoice was before a write is
remembered under its key, before anything is written: whoever asks again compares it with what the invoice is now, and
writes only what is missing.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from integrations import fields
from integrations.errors import Disconnected, NotAble, Refused, Unanswered, Unavailable
from integrations.fields import Bad, Json
from integrations.jobber import documents, refs
from integrations.jobber.client import Client, garbled
from integrations.jobber.documents import Document
from integrations.ledger import Gone, LedgerInvoice, Unusable, Written
from integrations.memories import Memories

LONGEST_NOTE = 5_000
_TRIES = 5
_CENT, _ZERO = Decimal("0.01"), Decimal(0)


class Writer:
    """Writes for one account; ``read`` gives an invoice as it is now."""

    def __init__(
        self, client: Client, memories: Memories, read: Callable[[str], LedgerInvoice | Gone | Unusable]
    ) -> None:
        self._client, self._memories, self._read = client, memories, read

    def lower(self, invoice: str, amount: Decimal, *, key: str) -> Written:
        """Owe exactly this much less: by a fixed discount, beside any that was there. Tax may fall with a discount, so
        it is set such that the total comes out right; where it cannot, it is taken back and refused."""
        memory = _Memory(self._memories, key)
        found, sides, plan = self._alive(invoice), self._sides(invoice), memory.read()
        if plan.get("done"):
            return Written("", "", found, repeated=True)
        if not plan:
            _payable(found, amount)
            plan = {"total": str(sides["total"]), "discount": str(sides["discountAmount"]), "tried": []}
        wanted = Decimal(plan["total"]) - amount
        if sides["total"] == wanted and plan["tried"]:
            memory.write(plan | {"done": True})
            return Written("", "", found, repeated=True)
        if not _is_ours(sides, plan):
            raise Refused(_("The invoice was changed in Jobber while we were lowering it: look at its discount."))
        self._discount_until(invoice, wanted, sides, plan, memory)
        memory.write(plan | {"done": True})
        after = self._alive(invoice)
        if after.total != wanted:
            raise Unavailable(_("Jobber does not show what we wrote yet."), problem="write_unanswered")
        return Written("", "", after)

    def write_off(self, invoice: str) -> Written:
        """Closed as a bad debt. A status stands or does not, so it is safe to ask for twice."""
        before = self._alive(invoice)
        if before.status == "written_off":
            return Written("", "", before, repeated=True)
        _payable(before, before.balance)
        try:
            self._run(documents.BAD_DEBT, id=invoice)
        except Unanswered:
            if self._alive(invoice).status != "written_off":
                raise
        after = self._alive(invoice)
        if after.status != "written_off":
            raise Unavailable(_("Jobber does not show what we wrote yet."), problem="write_unanswered")
        return Written("", "", after)

    def note(self, invoice: str, words: str, *, key: str) -> Written:
        """Pinned on the invoice, where the business's own people see it and clients never do."""
        memory = _Memory(self._memories, key)
        before, told = self._alive(invoice), memory.read()
        if told.get("done"):
            return Written(str(told.get("note", "")), "", before, repeated=True)
        memory.write({"begun": True})
        text = words if len(words) <= LONGEST_NOTE else words[: LONGEST_NOTE - 1] + "…"
        note = ""
        try:
            note = self._noted(self._run(documents.NOTE, id=invoice, message=text))
        except Unanswered:
            # Notes cannot be read back, but one changes its invoice: within these seconds that was ours.
            if self._alive(invoice).updated_at == before.updated_at:
                raise
        memory.write({"done": True, "note": note})
        return Written(note, "", self._alive(invoice))

    def _discount_until(self, invoice: str, wanted: Decimal, sides: Json, plan: Json, memory: "_Memory") -> None:
        """Set the discount until the total is right. Raises Refused, with the discount of before, where it cannot be."""
        start = Decimal(plan["discount"])
        try:
            is_right = self._approach(invoice, wanted, sides, plan, memory)
        except Refused:
            if self._sides(invoice)["discountAmount"] != start:
                self._discount(invoice, start)
            memory.forget()
            raise
        if not is_right:
            self._discount(invoice, start)
            memory.forget()
            raise Refused(_("No discount lowers this invoice by exactly that amount, for its tax. It is as it was."))

    def _approach(self, invoice: str, wanted: Decimal, sides: Json, plan: Json, memory: "_Memory") -> bool:
        """Whether the total came out right. Every discount is remembered before it is set."""
        share, start = _share_of_tax(sides), Decimal(plan["discount"])
        tried = {Decimal(one) for one in plan["tried"]} if sides["discountAmount"] != start else set()
        for _turn in range(_TRIES):
            fallen, given = Decimal(plan["total"]) - sides["total"], sides["discountAmount"] - start
            if fallen > 0 and given > 0:
                share = fallen / given
            missing = sides["total"] - wanted
            step = (missing / share).quantize(_CENT, ROUND_HALF_UP)
            discount = sides["discountAmount"] + (step or _CENT.copy_sign(missing))
            if discount in tried or discount <= start:
                return False
            tried.add(discount)
            plan["tried"] = sorted({*plan["tried"], str(discount)})
            memory.write(plan)
            sides = self._discount(invoice, discount)
            if sides["total"] == wanted:
                return True
        return False

    def _discount(self, invoice: str, discount: Decimal) -> Json:
        """The sides of the invoice with this discount. Raises Unanswered when nobody knows whether it has it."""
        try:
            said = self._run(documents.DISCOUNT, id=invoice, amount=float(discount))
            payload = fields.inner(fields.inner(said, "invoiceEdit"), "invoice")
            sides = _sides(payload) if payload else self._sides(invoice)
        except Unanswered:
            sides = self._sides(invoice)
            if sides["discountAmount"] != discount:
                raise
        except Bad as bad:
            raise garbled(bad) from None
        if sides["discountAmount"] != discount:
            raise Unavailable(_("Jobber does not show what we wrote yet."), problem="write_unanswered")
        return sides

    def _sides(self, invoice: str) -> Json:
        try:
            return _sides(fields.inner(self._client.run(documents.INVOICE_SIDES, id=invoice), "invoice"))
        except Bad as bad:
            raise garbled(bad) from None

    def _alive(self, invoice: str) -> LedgerInvoice:
        match self._read(invoice):
            case LedgerInvoice() as found:
                return found
            case Gone():
                raise Refused(_("Jobber does not have this invoice."), problem="not_in_books")
            case Unusable(reason=reason):
                raise Refused(_("This invoice cannot be read from Jobber."), problem=reason)

    def _noted(self, said: Json) -> str:
        try:
            return refs.identifier(fields.inner(fields.inner(said, "invoiceCreateNote"), "invoiceNote"))
        except Bad as bad:
            raise garbled(bad) from None

    def _run(self, document: Document, **variables: Any) -> Json:
        """Write. Where the owner allowed us to read only, it is his to do: NotAble."""
        try:
            return self._client.run(document, **variables)
        except Disconnected as error:
            if error.problem != "scope_missing":
                raise
            raise NotAble(_("This connection may read in Jobber, but not write."), said=error.vendor_words) from None


class _Memory:
    """What we know of one write."""

    def __init__(self, memories: Memories, key: str) -> None:
        self._memories, self._key = memories, key

    def read(self) -> Json:
        return self._memories.read(self._key)

    def write(self, what: Json) -> None:
        self._memories.write(self._key, what)

    def forget(self) -> None:
        self._memories.forget(self._key)


def _payable(invoice: LedgerInvoice, amount: Decimal) -> None:
    if invoice.status != "open" or not 0 < amount <= invoice.balance:
        raise Refused(_("Less is owed on this invoice in Jobber than is to be taken off."))


def _is_ours(sides: Json, plan: Json) -> bool:
    """Whether the invoice is as it was before we began, or as we left it on the way."""
    if sides["discountAmount"] == Decimal(plan["discount"]):
        return bool(sides["total"] == Decimal(plan["total"]))
    return sides["discountAmount"] in {Decimal(one) for one in plan["tried"]}


def _sides(raw: Json) -> Json:
    """The amounts an invoice is made of. Raises Bad."""
    amounts = fields.inner(raw, "amounts")
    names = ("total", "invoiceBalance", "subtotal", "discountAmount", "taxAmount")
    return {name: refs.money(amounts, name, "USD") for name in names}  # any currency with cents


def _share_of_tax(sides: Json) -> Decimal:
    """How far a total falls with a discount of one: by its tax as well, as far as one can tell beforehand."""
    base = sides["subtotal"] - sides["discountAmount"]
    return 1 + sides["taxAmount"] / base if base > 0 and sides["taxAmount"] > 0 else Decimal(1)
