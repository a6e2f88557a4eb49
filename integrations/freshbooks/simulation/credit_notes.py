"""Credit notes as the vendor shows them; what is left of an overpayment is one too, of a type of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.freshbooks.simulation.money import money
from integrations.freshbooks.simulation.view import ACTIVE, DELETED, View, country, state_of
from integrations.simulation.books import NotThere
from integrations.simulation.entities import ZERO, Credit, Payment
from integrations.simulation.odd import laid_over

type Json = dict[str, Any]

OVERPAYMENTS = 1_900_000_000
"""Credits born of a payment are numbered from here, by their payment."""
CREDIT_TYPES = ("goodwill", "prepayment", "overpayment")


@dataclass
class Overpaid:
    """What a payment left over, as a credit of the client."""

    id: str
    payment: Payment


type Note = Credit | Overpaid


def overpayment_id(payment: Payment) -> str:
    """The id of the credit this payment left behind."""
    return str(OVERPAYMENTS + int(payment.id))


def left_over(payment: Payment) -> Decimal:
    """What this payment once left as a credit, used up since or not; 0 where it never did."""
    if payment.extra.get("overpays"):
        return ZERO
    if payment.unapplied > Decimal(payment.extra.get("left_over", 0)):
        payment.extra["left_over"] = str(payment.unapplied)
        payment.extra.setdefault("left_over_kind", "overpayment" if payment.applied else "prepayment")
    return Decimal(payment.extra.get("left_over", 0))


def notes(view: View) -> Iterator[Note]:
    """All of them, deleted ones included."""
    yield from view.books.credits.values()
    for payment in view.books.payments.values():
        if left_over(payment):
            yield Overpaid(overpayment_id(payment), payment)


def find(view: View, id: str) -> Note:
    """Raises NotThere."""
    if int(id) < OVERPAYMENTS:
        return view.books.credit(id)
    payment = view.books.payment(str(int(id) - OVERPAYMENTS))
    if not left_over(payment):
        raise NotThere(id)
    return Overpaid(id, payment)


def render(view: View, note: Note, include: set[str]) -> Json:
    """There is no `updated` on a credit note."""
    if isinstance(note, Overpaid):
        return _rendered(view, note.id, note.payment, include, _overpaid_facts(note))
    return laid_over(_rendered(view, note.id, note, include, _facts(note)), note.odd)


def credit_type(note: Note) -> str:
    """goodwill, prepayment or overpayment."""
    if isinstance(note, Overpaid):
        return str(note.payment.extra.get("left_over_kind", "overpayment"))
    return str(note.extra.get("credit_type", "goodwill"))


def total(note: Note) -> Decimal:
    """What it was written over."""
    return left_over(note.payment) if isinstance(note, Overpaid) else note.total


def used(note: Note) -> Decimal:
    """What of it is applied."""
    if isinstance(note, Overpaid):
        return left_over(note.payment) - note.payment.unapplied if note.payment.counts else ZERO
    return sum(note.applied.values(), ZERO)


def state_of_note(note: Note) -> int:
    """`vis_state`: with the payment goes what it left over."""
    if isinstance(note, Overpaid):
        return ACTIVE if note.payment.counts else DELETED
    return state_of(note)


def payment_status(note: Note) -> str:
    """A credit note is `paid` when it is used up."""
    if not used(note):
        return "unpaid"
    return "partial" if used(note) < total(note) else "paid"


def _facts(credit: Credit) -> Json:
    return {
        "credit_number": credit.number,
        "credit_type": credit_type(credit),
        "amount": money(credit.total, credit.currency),
        "paid": money(used(credit), credit.currency),
        "payment_status": payment_status(credit),
        "display_status": "created",
        "status": "created",
        "dispute_status": credit.extra.get("dispute"),
        "create_date": credit.issued_on.isoformat(),
        "description": credit.reason,
        "notes": credit.extra.get("notes", ""),
        "terms": credit.extra.get("terms", ""),
        "vis_state": state_of(credit),
        "lines": credit.extra.get("lines") or [_line(credit.reason or "Credit", credit.total, credit.currency)],
    }


def _overpaid_facts(note: Overpaid) -> Json:
    payment = note.payment
    return {
        "credit_number": f"P{payment.id}",
        "credit_type": credit_type(note),
        "amount": money(total(note), payment.currency),
        "paid": money(used(note), payment.currency),
        "payment_status": payment_status(note),
        "display_status": "created",
        "status": "created",
        "dispute_status": None,
        "create_date": payment.paid_on.isoformat(),
        "description": "Overpayment",
        "notes": "",
        "terms": "",
        "vis_state": state_of_note(note),
        "lines": [_line("Overpayment", total(note), payment.currency)],
    }


def _rendered(view: View, id: str, whose: Credit | Payment, include: set[str], facts: Json) -> Json:
    customer = view.books.customer(whose.customer)
    found = {
        "id": int(id),
        "creditid": int(id),
        "accounting_systemid": view.books.account,
        "clientid": int(customer.id),
        "currency_code": whose.currency,
        **facts,
        "fname": customer.given,
        "lname": customer.family,
        "organization": customer.company,
        "current_organization": customer.company,
        "street": customer.street,
        "street2": "",
        "city": customer.city,
        "province": customer.state,
        "code": customer.zip,
        "country": country(customer.country),
        "language": "en",
        "template": "clean-grouped",
        "sentid": 1,
        "ext_archive": 0,
        "last_order_status": None,
        "vat_name": "",
        "vat_number": "",
    }
    if "lines" not in include:
        del found["lines"]
    return found


def _line(name: str, amount: Decimal, code: str) -> Json:
    return {
        "name": name,
        "description": "",
        "qty": "1",
        "unit_cost": money(amount, code),
        "amount": money(amount, code),
        "taxName1": None,
        "taxAmount1": None,
        "taxName2": None,
        "taxAmount2": None,
    }
