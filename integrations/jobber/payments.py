"""What was paid, as Jobber records it. Pure.

An invoice's records are absolute amounts of several kinds: money in, and what took money back again. Jobber does not say
which payment a refund took back, so one of the same amount counts, else the latest; on the invoice it is right in any
case. Nor does it say there whether a correction gave or took, or when a disputed payment is taken back: the balance does.
Tips are beside the amount, which is what was set against the balance.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from integrations import fields
from integrations.fields import Bad, Json
from integrations.jobber import refs
from integrations.jobber.people import nodes
from integrations.ledger import Home, LedgerAllocation, LedgerPaid, LedgerPayment, Unusable

MONEY_IN, TAKEN_BACK = ("PAYMENT", "DEPOSIT"), ("REFUND", "FAILED_ACH_PAYMENT")
DISPUTED = ("IN_DISPUTE", "DISPUTED")
_WORDS = {
    "REFUND": "a refund, taken off what it paid back",
    "FAILED_ACH_PAYMENT": "a bank payment that failed, taken off what it was",
    "CORRECTION": "a correction, no money",
    "INITIAL_BALANCE": "an opening balance, no money",
    "BAD_DEBT": "a bad debt, no money",
    "INVOICE": "an invoice's own entry, no money",
}
_METHODS = {"CHEQUE": "check", "E_TRANSFER": "e-transfer", "ACH_BANK_PAYMENT": "ACH"}
_ZERO = Decimal(0)


@dataclass(slots=True)
class _Record:
    """One record of an invoice, with what is left of it."""

    external_id: str
    kind: str
    status: str
    amount: Decimal
    paid_on: date
    left: Decimal

    @property
    def is_not_yet(self) -> bool:
        return self.status in ("PENDING", "FAILED")


def left_out(raw: Json) -> str:
    """Why a record is no payment of its own, "" for one that is."""
    kind = _kind(raw)
    return "" if kind in MONEY_IN else _WORDS.get(kind, f"a {kind or 'record without a kind'}")


def is_disputed(raw: Json) -> bool:
    """Whether the card's holder disputes one of the payments of this invoice with his bank."""
    return any(_status(record) in DISPUTED for record in nodes(raw, "paymentRecords"))


def is_coming(raw: Json) -> bool:
    """Whether money for this invoice is on its way."""
    return any(_kind(one) in MONEY_IN and _status(one) == "PENDING" for one in nodes(raw, "paymentRecords"))


def ids(raw: Json) -> tuple[str, ...] | None:
    """The payments an invoice names; None where the answer does not say, or not all of them."""
    if raw.get("paymentRecords") is None or fields.inner(fields.inner(raw, "paymentRecords"), "pageInfo").get(
        "hasNextPage"
    ):
        return None
    found = (refs.identifier(record) for record in nodes(raw, "paymentRecords") if not left_out(record))
    return tuple(sorted(filter(None, found)))


def shown(raw: Json, home: Home) -> Iterator[LedgerPaid]:
    """What was paid on an invoice, for people to see."""
    for item in of_invoice(raw, home):
        if isinstance(item, LedgerPayment) and item.allocations and not item.pending:
            yield LedgerPaid(item.external_id, item.allocations[0].amount, item.paid_on)


def of_invoice(raw: Json, home: Home) -> list[LedgerPayment | Unusable]:
    """The payments laid into an invoice, each with what is left of it. Raises Bad where the invoice itself is broken."""
    invoice, customer = refs.identifier(raw), refs.identifier(fields.inner(raw, "client"))
    if raw.get("paymentRecords") is None:
        return []
    if not invoice or not customer:
        raise Bad("field_missing", "id" if not invoice else "client")
    found: list[_Record] = []
    broken: list[LedgerPayment | Unusable] = []
    for record in nodes(raw, "paymentRecords"):
        if _kind(record) not in (*MONEY_IN, *TAKEN_BACK, "CORRECTION"):
            continue
        try:
            found.append(_record(record, home))
        except Bad as bad:
            external_id = fields.clean(record.get("id"))[:64]
            broken.append(Unusable("payment", external_id, "", bad.reason, bad.detail[:300]))
    return broken + [_payment(record, invoice, customer, home) for record in _netted(found, raw, home)]


def _netted(found: list[_Record], raw: Json, home: Home) -> list[_Record]:
    """The payments among these records, each with what is left of it."""
    money = [record for record in found if record.kind in MONEY_IN]
    in_order = sorted(found, key=lambda record: record.paid_on)
    for record in in_order:
        if record.kind == "FAILED_ACH_PAYMENT" or (record.kind == "REFUND" and not record.is_not_yet):
            _take_back(record, money, record.amount)
    too_much = sum((one.left for one in money if not one.is_not_yet), _ZERO) - _covered(raw, home)
    for record in money:
        if record.status in DISPUTED and too_much > 0:
            taken = min(record.left, too_much)
            record.left, too_much = record.left - taken, too_much - taken
    for record in in_order:
        if record.kind == "CORRECTION" and too_much > 0:
            taken = min(record.amount, too_much)
            too_much -= taken
            _take_back(record, money, taken)
    return money


def _covered(raw: Json, home: Home) -> Decimal:
    """What the invoice itself says is paid of it. Everything, where it does not say: a bad debt owes nothing either."""
    amounts = fields.inner(raw, "amounts")
    if not amounts or fields.text(raw, "invoiceStatus").casefold() == "bad_debt":
        return Decimal("Infinity")
    return refs.money(amounts, "total", home.currency) - refs.money(amounts, "invoiceBalance", home.currency)


def of_client(raw: Json, home: Home) -> LedgerPayment:
    """A payment by itself, as the list of payments has it: on an invoice, or on none yet. Raises Bad."""
    record = _record(raw, home)
    customer = refs.identifier(fields.inner(raw, "client"))
    if not customer:
        raise Bad("field_missing", "client")
    invoice = refs.identifier(fields.inner(raw, "invoice"))
    kind = fields.text(raw, "paymentType", most=60)
    method = _METHODS.get(kind, kind.replace("_", " ").casefold())
    return _payment(record, invoice, customer, home, method="" if invoice else method)


def _record(raw: Json, home: Home) -> _Record:
    external_id = refs.identifier(raw)
    if not external_id:
        raise Bad("no_id", "payment")
    amount = abs(refs.money(raw, "amount", home.currency))
    paid_on = refs.day(raw, "entryDate", home.zone)
    if paid_on is None:
        raise Bad("field_missing", "entryDate")
    left = _ZERO if _status(raw) == "FAILED" else amount
    return _Record(external_id, _kind(raw), _status(raw), amount, paid_on, left)


def _take_back(record: _Record, money: list[_Record], wanted: Decimal) -> None:
    """Take so much off the payments: off the one it speaks of, as far as that can be told."""
    if record.kind == "FAILED_ACH_PAYMENT":
        failed = [one for one in money if one.status == "FAILED" and one.amount == record.amount]
        if failed:
            failed[0].status = "FAILED, SAID"  # it counts for nothing already, and the next of that amount is another
            return

    def likely(one: _Record) -> tuple[bool, bool, int]:
        says_so = one.status in ("REFUNDED", "PARTIALLY_REFUNDED") and record.kind == "REFUND"
        return (not says_so, one.left != wanted, -one.paid_on.toordinal())

    for one in sorted((one for one in money if not one.is_not_yet), key=likely):
        taken = min(one.left, wanted)
        one.left, wanted = one.left - taken, wanted - taken


def _payment(record: _Record, invoice: str, customer: str, home: Home, *, method: str = "") -> LedgerPayment:
    on_invoice = bool(invoice)
    return LedgerPayment(
        external_id=record.external_id,
        customer=customer,
        amount=record.amount,
        unapplied=_ZERO if on_invoice else record.left,
        currency=home.currency,
        paid_on=record.paid_on,
        method=method,
        reference="",
        allocations=(LedgerAllocation(invoice, "cash", record.left),) if on_invoice and record.left else (),
        reversed=record.left == 0 < record.amount,
        created_at=None,
        updated_at=None,
        pending=record.status == "PENDING",
    )


def _kind(raw: Json) -> str:
    return fields.text(raw, "adjustmentType", most=40).upper()


def _status(raw: Json) -> str:
    return fields.text(raw, "jobberPaymentTransactionStatus", most=40).upper()
