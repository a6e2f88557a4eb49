"""What is sent to the vendor, checked element by element."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from integrations.simulation.call import Call, Json
from integrations.xero.simulation.answers import bad_body, nothing_sent
from integrations.xero.simulation.forms import is_guid

MSDATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INVOICE_ELEMENTS = _words(
    "Type Contact LineItems Date DueDate LineAmountTypes InvoiceNumber Reference BrandingThemeID Url CurrencyCode "
    "CurrencyRate Status SentToContact ExpectedPaymentDate PlannedPaymentDate SubTotal TotalTax Total TotalDiscount "
    "InvoiceID RepeatingInvoiceID HasAttachments IsDiscounted Payments Prepayments Overpayments AmountDue AmountPaid "
    "FullyPaidOnDate AmountCredited UpdatedDateUTC CreditNotes Attachments HasErrors StatusAttributeString "
    "ValidationErrors Warnings InvoiceAddresses DateString DueDateString CISDeduction CISRate"
)
CREDIT_ELEMENTS = _words(
    "Type Contact Date DueDate Status LineAmountTypes LineItems SubTotal TotalTax Total UpdatedDateUTC CurrencyCode "
    "FullyPaidOnDate CreditNoteID CreditNoteNumber Reference SentToContact CurrencyRate RemainingCredit Allocations "
    "AppliedAmount Payments BrandingThemeID StatusAttributeString HasAttachments HasErrors ValidationErrors Warnings "
    "InvoiceAddresses DateString ID CISDeduction CISRate"
)
LINE_ELEMENTS = _words(
    "LineItemID Description Quantity UnitAmount ItemCode AccountCode AccountID TaxType TaxAmount Item LineAmount "
    "Tracking DiscountRate DiscountAmount RepeatingInvoiceID Taxability SalesTaxCodeId TaxBreakdown"
)
ALLOCATION_ELEMENTS = _words(
    "AllocationID Invoice Overpayment Prepayment CreditNote Amount Date IsDeleted StatusAttributeString "
    "ValidationErrors"
)
PAYMENT_ELEMENTS = _words(
    "Invoice CreditNote Prepayment Overpayment InvoiceNumber CreditNoteNumber BatchPayment Account Code Date "
    "CurrencyRate Amount BankAmount Reference IsReconciled Status PaymentType UpdatedDateUTC PaymentID BatchPaymentID "
    "BankAccountNumber Particulars Details HasAccount HasValidationErrors StatusAttributeString ValidationErrors "
    "Warnings"
)
HISTORY_ELEMENTS = frozenset(("Details", "Changes", "User", "DateUTC", "DateUTCString"))


class Wrong(ValueError):
    """What was sent is not valid: one or more messages, in the vendor's words."""

    def __init__(self, *messages: str) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


@dataclass
class Plan:
    """One sent object, checked: `carry_out` does it. Everything is checked before anything is done."""

    sent: Json
    carry_out: Callable[[], Json] = dict
    messages: tuple[str, ...] = field(default=())


def objects(call: Call, name: str, single: str, elements: frozenset[str]) -> list[Json]:
    """The objects of a body: a list under its name, or one alone. Raises VendorRefusal."""
    if call.content_type not in ("application/json", "text/json"):
        raise bad_body(call, "The request body is not JSON: the Content-Type must be application/json")
    if not call.body.strip():
        raise nothing_sent(call, single)
    try:
        sent = call.json()
    except ValueError as problem:
        raise bad_body(call, f"JSON request body could not be read, Error: {problem}") from None
    if isinstance(sent, dict) and name in sent:
        if set(sent) - {name}:
            raise not_recognised(call, min(set(sent) - {name}))
        sent = sent[name]
    found = sent if isinstance(sent, list) else [sent]
    if not found or not all(isinstance(one, dict) and one for one in found):
        raise nothing_sent(call, single)
    for one in found:
        if unknown := sorted(set(one) - elements):
            raise not_recognised(call, unknown[0])
        for line in one.get("LineItems") or []:
            if not isinstance(line, dict) or set(line) - LINE_ELEMENTS:
                raise not_recognised(call, min(set(line) - LINE_ELEMENTS) if isinstance(line, dict) else "LineItem")
    return found


def not_recognised(call: Call, element: str) -> Exception:
    message = (
        f"The element '{element}' was not recognised. "
        "Ensure the element name has the correct case and that there are no duplicate elements of the same name."
    )
    return bad_body(call, message)


def decimal_in(sent: Json, name: str) -> Decimal | None:
    """A number, as JSON's or as text. Raises Wrong."""
    value = sent.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
            raise InvalidOperation
        found = Decimal(value)
    except InvalidOperation:
        raise Wrong(f"{name} is not a number") from None
    if not found.is_finite():
        raise Wrong(f"{name} is not a number")
    return found


def day_in(sent: Json, name: str) -> date | None:
    """A calendar date: plain, with a time behind it, or as milliseconds. Raises Wrong."""
    value = sent.get(name)
    if value in (None, ""):
        return None
    try:
        if match := MSDATE.fullmatch(str(value)):
            return datetime.fromtimestamp(int(match[1]) / 1000, UTC).date()
        return datetime.fromisoformat(str(value)).date()
    except (ValueError, OverflowError, OSError):
        raise Wrong(f"{name} is not a valid date") from None


def text_in(sent: Json, name: str, *, longest: int = 4000) -> str:
    value = sent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Wrong(f"{name} is not a text")
    if len(value) > longest:
        raise Wrong(f"{name} must be at most {longest} characters long")
    return value


def id_in(sent: Json, parent: str, name: str) -> str:
    """The id within a stub: {"Invoice": {"InvoiceID": …}}. Empty where there is none. Raises Wrong."""
    stub = sent.get(parent)
    if stub is None:
        return ""
    if not isinstance(stub, dict):
        raise Wrong(f"{parent} is not valid")
    value = str(stub.get(name) or "").lower()
    if value and not is_guid(value):
        raise Wrong(f"{name} is not a valid Guid")
    return value


def echo(sent: Json) -> Json:
    """What was sent, as it comes back beside its errors."""
    found: Json = json.loads(json.dumps(sent, default=str))
    return {name: value for name, value in found.items() if value is not None}
