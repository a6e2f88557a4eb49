"""Credit notes made and changed by an app, and credit put on invoices and taken off again."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from integrations.simulation.books import NotThere
from integrations.simulation.call import Answer, Call, Json
from integrations.simulation.entities import ZERO, Credit, Invoice, Payment
from integrations.xero.simulation import documents, reads
from integrations.xero.simulation.answers import answer, invalid
from integrations.xero.simulation.bodies import (
    ALLOCATION_ELEMENTS,
    CREDIT_ELEMENTS,
    Wrong,
    day_in,
    decimal_in,
    id_in,
    objects,
    text_in,
)
from integrations.xero.simulation.company import Surplus, XeroBooks, remaining_credit
from integrations.xero.simulation.forms import bare_instant_form, date_form, guid, midnight, money
from integrations.xero.simulation.invoice_writes import NOT_MODIFIABLE, WRITE_PARAMS, find_contact
from integrations.xero.simulation.listing import check_params, unit_places
from integrations.xero.simulation.sheets import Sheet, read_lines
from integrations.xero.simulation.world import XeroWorld
from integrations.xero.simulation.writing import carry_out

MOVES = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
}


def create(world: XeroWorld, call: Call) -> Answer:
    """PUT: every object becomes a new credit note."""
    return _write(world, call, lambda sent: _creation(world, call, sent))


def create_or_update(world: XeroWorld, call: Call) -> Answer:
    def plan(sent: Json) -> Callable[[], Json]:
        key = str(sent.get("CreditNoteID") or sent.get("CreditNoteNumber") or "")
        try:
            books, one = reads.find_credit(world, call, key)
        except NotThere:
            if sent.get("CreditNoteID"):
                raise Wrong("An existing Credit Note with the specified CreditNoteID could not be found") from None
            return _creation(world, call, sent)
        return _change(call, books, one, sent)

    return _write(world, call, plan)


def update(world: XeroWorld, call: Call, key: str) -> Answer:
    books, one = reads.find_credit(world, call, key)
    return _write(world, call, lambda sent: _change(call, books, one, sent))


def _write(world: XeroWorld, call: Call, plan: Callable[[Json], Callable[[], Json]]) -> Answer:
    check_params(call, WRITE_PARAMS)
    unit_places(call)
    return carry_out(world, call, "CreditNotes", objects(call, "CreditNotes", "CreditNote", CREDIT_ELEMENTS), plan)


def _creation(world: XeroWorld, call: Call, sent: Json) -> Callable[[], Json]:
    problems = []
    if sent.get("Type") not in ("ACCRECCREDIT", "ACCPAYCREDIT"):
        problems.append("Credit Note Type must be specified")
    if not isinstance(sent.get("Contact"), dict) or not sent["Contact"]:
        problems.append("A Contact must be specified for this type of transaction")
    if not sent.get("LineItems"):
        problems.append("One or more line items must be specified")
    if problems:
        raise Wrong(*problems)
    books = world.bills(call.account) if sent["Type"] == "ACCPAYCREDIT" else world.organisation(call.account)
    status = sent.get("Status") or "DRAFT"
    if status not in ("DRAFT", "SUBMITTED", "AUTHORISED"):
        raise Wrong(f"Credit Note cannot be created with status {status}")
    sheet = read_lines(books, sent, approved=status == "AUTHORISED", discounts=False)
    if sheet.total <= 0:
        raise Wrong("The total of a credit note must be greater than zero")
    number = text_in(sent, "CreditNoteNumber", longest=255)
    if number and any(one.number == number and one.status != "deleted" for one in books.credits.values()):
        raise Wrong("Credit Note # must be unique.")
    customer, reference = find_contact(books, sent), text_in(sent, "Reference", longest=255)
    issued, currency = day_in(sent, "Date") or books.today(), sent.get("CurrencyCode")
    if currency not in (None, "USD", "NZD", "AUD", "GBP"):
        raise Wrong(f"The currency code '{currency}' is not subscribed to by the organisation")

    def work() -> Json:
        one = books.add_credit(
            customer(),
            sheet.total,
            issued_on=issued,
            reference=reference,
            status="open" if status == "AUTHORISED" else "draft",
            extra={"by_app": True, **_lines(sheet), **({"submitted": True} if status == "SUBMITTED" else {})},
            **({"number": number} if number else {}),
            **({"currency": currency} if currency else {}),
        )
        return documents.credit_note(books, one, places=unit_places(call))

    return work


def _lines(sheet: Sheet) -> Json:
    return {"lines": sheet.as_kept(), "tax": str(sheet.tax), "LineAmountTypes": sheet.amount_types}


def _change(call: Call, books: XeroBooks, one: Credit, sent: Json) -> Callable[[], Json]:
    status = documents.credit_status(one)
    wanted = sent.get("Status") or status
    if status not in MOVES or wanted not in MOVES[status]:
        raise Wrong(NOT_MODIFIABLE.replace("Invoice", "Credit Note"))
    if (wanted == "VOIDED" or sent.get("LineItems")) and (one.applied or one.extra.get("refund")):
        raise Wrong("This document cannot be edited as it has a payment or allocation.")
    sheet = None
    if sent.get("LineItems"):
        sheet = read_lines(books, sent, approved=wanted == "AUTHORISED", discounts=False)
    reference = text_in(sent, "Reference", longest=255)

    def work() -> Json:
        if wanted in ("VOIDED", "DELETED"):
            books.void_credit(one.id, delete=wanted == "DELETED")
        else:
            if sheet is not None:
                one.total = sheet.total
                one.extra |= _lines(sheet)
            one.reference = reference or one.reference
            one.extra["submitted"] = wanted == "SUBMITTED"
            one.status = "open" if wanted == "AUTHORISED" else "draft"
            books.touch("credit", one.id)
        return documents.credit_note(books, one, places=unit_places(call))

    return work


def allocate(world: XeroWorld, call: Call, key: str) -> Answer:
    """Put a credit note on invoices of the same contact."""
    books, one = reads.find_credit(world, call, key)
    if documents.credit_status(one) != "AUTHORISED":
        raise invalid(call, "You can only allocate credit notes with a status of AUTHORISED", {"CreditNoteID": one.id})
    stub = {"CreditNote": {"CreditNoteID": one.id, "ID": one.id, "LineItems": []}}
    return _allocate(
        world, call, books, one, remaining_credit(one), stub, lambda id, amount: books.apply_credit(one.id, id, amount)
    )


def allocate_surplus(kind: str) -> Callable[[XeroWorld, Call, str], Answer]:
    """Put an overpayment or a prepayment on invoices of the same contact."""

    def work(world: XeroWorld, call: Call, key: str) -> Answer:
        record = reads.find_surplus(world, call, kind, key)
        found: Surplus = record.one
        if found.status != "AUTHORISED":
            raise invalid(call, f"You can only allocate {kind.lower()}s with a status of AUTHORISED")
        books, payment = record.books, found.payment
        stub = {kind: {f"{kind}ID": found.id, "ID": found.id, "LineItems": []}}
        return _allocate(
            world,
            call,
            books,
            payment,
            found.remaining,
            stub,
            lambda id, amount: books.apply_payment(payment.id, id, amount),
        )

    return work


def _allocate(
    world: XeroWorld,
    call: Call,
    books: XeroBooks,
    one: Credit | Payment,
    left: Decimal,
    stub: Json,
    apply: Callable[[str, Decimal], object],
) -> Answer:
    check_params(call, frozenset(("summarizeErrors",)))
    sent = objects(call, "Allocations", "Allocation", ALLOCATION_ELEMENTS)
    budget = [left]

    def plan(part: Json) -> Callable[[], Json]:
        invoice, amount, on = _allocation(books, one, part, budget[0])
        budget[0] -= amount

        def work() -> Json:
            apply(invoice.id, amount)
            one.extra.setdefault("applied_on", {})[invoice.id] = on.isoformat()
            return _allocated(invoice.id, amount, on) | stub | {"ValidationErrors": []}

        return work

    return carry_out(world, call, "Allocations", sent, plan)


def _allocation(books: XeroBooks, one: Credit | Payment, sent: Json, left: Decimal) -> tuple[Invoice, Decimal, date]:
    """What is to go where. Raises Wrong."""
    id, amount, on = id_in(sent, "Invoice", "InvoiceID"), decimal_in(sent, "Amount"), day_in(sent, "Date")
    if not id or id not in books.invoices:
        raise Wrong("Invoice could not be found")
    if amount is None or amount <= 0 or money(amount) != amount:
        raise Wrong("Amount must be greater than zero, with two decimals at most")
    if on is None:
        raise Wrong("Date must be specified")
    invoice = books.invoice(id)
    if documents.invoice_status(books, invoice) != "AUTHORISED":
        raise Wrong("Credit can only be allocated to invoices with a status of AUTHORISED")
    if invoice.customer != one.customer:
        raise Wrong("The contact of the invoice is not that of the credit")
    if invoice.currency != one.currency:
        raise Wrong("The currency of the invoice is not that of the credit")
    if amount > left:
        raise Wrong("The allocation amount is greater than the remaining credit")
    if amount > documents.standing(books, invoice).due:
        raise Wrong("The allocation amount is greater than the amount outstanding on the invoice")
    return invoice, money(amount), on


def _allocated(invoice: str, amount: Decimal, on: date) -> Json:
    stub = {"InvoiceID": invoice, "Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": []}
    return {
        "Amount": money(amount),
        "Date": date_form(on),
        "Invoice": {**stub, "HasErrors": False, "IsDiscounted": False, "LineItems": []},
    }


def take_off(world: XeroWorld, call: Call, key: str, allocation: str) -> Answer:
    """Delete an allocation of a credit note: the invoice owes that again."""
    check_params(call, frozenset())
    books, one = reads.find_credit(world, call, key)
    invoice = _invoice_of(one.id, one.applied, allocation)
    amount, on = one.applied[invoice], documents.allocated_on(one, invoice)
    books.unapply_credit(one.id, invoice)
    return _taken_off(call, allocation, invoice, amount, on)


def take_off_surplus(kind: str) -> Callable[[XeroWorld, Call, str, str], Answer]:
    def work(world: XeroWorld, call: Call, key: str, allocation: str) -> Answer:
        check_params(call, frozenset())
        record = reads.find_surplus(world, call, kind, key)
        found: Surplus = record.one
        invoice = _invoice_of(found.id, found.allocated, allocation)
        on, payment = documents.allocated_on(found.payment, invoice), found.payment
        payment.applied[invoice] -= found.allocated[invoice]
        if payment.applied[invoice] == ZERO:
            del payment.applied[invoice]
        record.books.touch("payment", payment.id)
        record.books.touch("invoice", invoice)
        return _taken_off(call, allocation, invoice, found.allocated[invoice], on)

    return work


def _invoice_of(source: str, parts: dict[str, Decimal], allocation: str) -> str:
    for invoice in parts:
        if guid(source, "on", invoice) == allocation.lower():
            return invoice
    raise NotThere(allocation)


def _taken_off(call: Call, allocation: str, invoice: str, amount: Decimal, on: date) -> Answer:
    """The allocation as it was. `AllocationId` is spelled so in this one answer."""
    found: Json = {"AllocationId": allocation, "Amount": money(amount), "Date": bare_instant_form(midnight(on))}
    return answer(call, found | {"Invoice": {"InvoiceID": invoice}, "IsDeleted": True})
