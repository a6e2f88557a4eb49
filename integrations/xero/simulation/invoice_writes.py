"""Invoices made, changed, voided, deleted and sent by an app."""

from collections.abc import Callable
from typing import Any

from integrations.simulation.books import NotThere
from integrations.simulation.call import Answer, Call, Json
from integrations.simulation.entities import Customer, Invoice
from integrations.xero.simulation import documents, reads
from integrations.xero.simulation.answers import invalid
from integrations.xero.simulation.bodies import (
    INVOICE_ELEMENTS,
    Wrong,
    day_in,
    id_in,
    objects,
    text_in,
)
from integrations.xero.simulation.company import XeroBooks
from integrations.xero.simulation.listing import check_params, unit_places
from integrations.xero.simulation.sheets import Sheet, read_lines
from integrations.xero.simulation.world import XeroWorld
from integrations.xero.simulation.writing import carry_out

WRITE_PARAMS = frozenset(("summarizeErrors", "unitdp"))
NOT_MODIFIABLE = "Invoice not of valid status for modification"
NO_DUE_DATE = "The document due date cannot be empty"
HAS_MONEY = "This document cannot be edited as it has a payment or credit note allocated to it."
MOVES = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
}


def create(world: XeroWorld, call: Call) -> Answer:
    """PUT: every object becomes a new invoice."""
    return _write(world, call, lambda sent: _creation(world, call, sent))


def create_or_update(world: XeroWorld, call: Call) -> Answer:
    """POST: an object with the id or number of an invoice changes it."""

    def plan(sent: Json) -> Callable[[], Json]:
        key = str(sent.get("InvoiceID") or sent.get("InvoiceNumber") or "")
        try:
            books, one = reads.find_invoice(world, call, key)
        except NotThere:
            if sent.get("InvoiceID"):
                raise Wrong("An existing Invoice with the specified InvoiceID could not be found") from None
            return _creation(world, call, sent)
        return _change(call, books, one, sent)

    return _write(world, call, plan)


def update(world: XeroWorld, call: Call, key: str) -> Answer:
    """POST to one invoice."""
    books, one = reads.find_invoice(world, call, key)

    def plan(sent: Json) -> Callable[[], Json]:
        if sent.get("InvoiceID") not in (None, one.id):
            raise Wrong("The InvoiceID in the body is not that of the address")
        return _change(call, books, one, sent)

    return _write(world, call, plan, most=1)


def email(world: XeroWorld, call: Call, key: str) -> Answer:
    """The vendor sends the invoice to the contact's address."""
    check_params(call, frozenset())
    books, one = reads.find_invoice(world, call, key)
    if books.payable or one.status != "open":
        raise invalid(call, "Only approved sales invoices can be emailed", {"InvoiceID": one.id})
    if not books.customer(one.customer).email:
        raise invalid(call, "The contact does not have an email address", {"InvoiceID": one.id})
    books.change_invoice(one.id, sent=True)
    books.note(one, "Invoice sent", f"Sent to {books.customer(one.customer).email}")
    return Answer(204)


def _write(
    world: XeroWorld, call: Call, plan: Callable[[Json], Callable[[], Json]], *, most: int | None = None
) -> Answer:
    check_params(call, WRITE_PARAMS)
    unit_places(call)
    sent = objects(call, "Invoices", "Invoice", INVOICE_ELEMENTS)
    if most is not None and len(sent) > most:
        raise invalid(call, "Only one invoice can be sent to this address")
    return carry_out(world, call, "Invoices", sent, plan)


def _creation(world: XeroWorld, call: Call, sent: Json) -> Callable[[], Json]:
    _whole(sent)
    books = world.bills(call.account) if sent["Type"] == "ACCPAY" else world.organisation(call.account)
    status = sent.get("Status") or "DRAFT"
    if status not in ("DRAFT", "SUBMITTED", "AUTHORISED"):
        raise Wrong(f"Invoice cannot be created with status {status}")
    sheet = read_lines(books, sent, approved=status == "AUTHORISED", discounts=not books.payable)
    facts = {"sent": False, "issued_on": books.today(), **_facts(books, sent, sheet)}
    if "due_on" not in facts:
        if status == "AUTHORISED":
            raise Wrong(NO_DUE_DATE)
        facts["no_due_date"] = True
    if number := text_in(sent, "InvoiceNumber", longest=255):
        if any(one.number == number and one.status != "deleted" for one in books.invoices.values()):
            raise Wrong("Invoice # must be unique.")
        facts["number"] = number
    customer = find_contact(books, sent)
    facts["status"] = "open" if status == "AUTHORISED" else "draft"
    facts["extra"] = {"by_app": True, "LineAmountTypes": sheet.amount_types, "submitted": status == "SUBMITTED"}

    def work() -> Json:
        one = books.add_invoice(customer(), **facts)
        return documents.invoice(books, one, places=unit_places(call))

    return work


def _whole(sent: Json) -> None:
    """Raises Wrong with all that is missing."""
    problems = []
    if sent.get("Type") not in ("ACCREC", "ACCPAY"):
        problems.append("Invoice Type must be specified")
    if not isinstance(sent.get("Contact"), dict) or not sent["Contact"]:
        problems.append("A Contact must be specified for this type of transaction")
    if not sent.get("LineItems"):
        problems.append("One or more line items must be specified")
    if problems:
        raise Wrong(*problems)


def find_contact(books: XeroBooks, sent: Json) -> Callable[[], str]:
    """The contact by id, or by name; a name nobody has becomes a contact when the plan is carried out. Raises Wrong."""
    id = id_in(sent, "Contact", "ContactID")
    if id:
        if id not in books.customers:
            raise Wrong("The contact with the specified ContactID could not be found")
        if not books.customer(id).active:
            raise Wrong("The contact is archived and cannot be used")
        return lambda: id
    name = str((sent.get("Contact") or {}).get("Name") or "")
    if not name:
        raise Wrong("A Contact must be specified for this type of transaction")

    def by_name() -> str:
        found: Customer | None = next((one for one in books.customers.values() if one.name == name), None)
        return (found or books.add_customer(name)).id

    return by_name


def _facts(books: XeroBooks, sent: Json, sheet: Sheet | None) -> dict[str, Any]:
    """What of the sent object the books keep, as they name it."""
    found: dict[str, Any] = {}
    if "Reference" in sent:
        found["reference"] = text_in(sent, "Reference", longest=255)
    if (due := day_in(sent, "DueDate")) is not None:
        found["due_on"] = due
    if (issued := day_in(sent, "Date")) is not None:
        found["issued_on"] = issued
    if "SentToContact" in sent:
        if not isinstance(sent["SentToContact"], bool):
            raise Wrong("SentToContact is not true or false")
        found["sent"] = sent["SentToContact"]
    if "CurrencyCode" in sent:
        if sent["CurrencyCode"] not in ("USD", "NZD", "AUD", "GBP"):
            raise Wrong(f"The currency code '{sent['CurrencyCode']}' is not subscribed to by the organisation")
        found["currency"] = sent["CurrencyCode"]
    if sheet is not None:
        found |= {"lines": sheet.lines, "tax": sheet.tax, "discount": sheet.discount}
    return found


def _change(call: Call, books: XeroBooks, one: Invoice, sent: Json) -> Callable[[], Json]:
    status = documents.invoice_status(books, one)
    wanted = sent.get("Status") or status
    if status not in MOVES or wanted not in MOVES[status]:
        raise Wrong(NOT_MODIFIABLE)
    has_money = books.paid(one) or books.credited(one)
    if has_money and (wanted == "VOIDED" or _edits_money(one, sent)):
        raise Wrong(HAS_MONEY)
    if sent.get("Type") not in (None, documents.kind_of(books)):
        raise Wrong("The Type of an invoice cannot be changed")
    sheet = None
    if sent.get("LineItems"):
        sheet = read_lines(books, sent, approved=wanted == "AUTHORISED", discounts=not books.payable)
    facts = _facts(books, sent, sheet)
    if wanted == "AUTHORISED" and facts.get("due_on", one.due_on) is None:
        raise Wrong(NO_DUE_DATE)
    if _contact(sent, one) != one.customer:
        facts["customer"] = find_contact(books, sent)()
    expected = day_in(sent, "ExpectedPaymentDate")

    def work() -> Json:
        if wanted == "VOIDED":
            books.void_invoice(one.id)
        elif wanted == "DELETED":
            books.delete_invoice(one.id)
        else:
            if sheet is not None:
                one.extra["LineAmountTypes"] = sheet.amount_types
            if expected is not None:
                one.extra["ExpectedPaymentDate"] = expected.isoformat()
            one.extra["submitted"] = wanted == "SUBMITTED"
            books.change_invoice(one.id, **facts, status="open" if wanted == "AUTHORISED" else "draft")
        books.note(one, "Edited", f"Changed through the Xero API: {wanted}")
        return documents.invoice(books, one, places=unit_places(call))

    return work


def _contact(sent: Json, one: Invoice) -> str:
    return id_in(sent, "Contact", "ContactID") or one.customer


def _edits_money(one: Invoice, sent: Json) -> bool:
    """Lines, contact or currency; a stub of what it has already is no edit."""
    other_currency = sent.get("CurrencyCode") not in (None, one.currency)
    return bool(sent.get("LineItems")) or other_currency or _contact(sent, one) != one.customer
