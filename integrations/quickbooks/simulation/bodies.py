"""What the vendor takes in a body it is sent: known properties only, numbers also as text, blanks as nothing."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from integrations.quickbooks.simulation.amounts import amount
from integrations.quickbooks.simulation.answers import ApiFault, Json

LARGEST = 99_999_999_999

SYSTEM = ("Id", "SyncToken", "MetaData", "domain", "sparse", "status")
NAMES = (
    "Title GivenName MiddleName FamilyName Suffix FullyQualifiedName CompanyName DisplayName PrintOnCheckName Notes "
    "Active IsProject Job BillWithParent Taxable Balance BalanceWithJobs PreferredDeliveryMethod ResaleNum Level "
    "OpenBalanceDate PrimaryTaxIdentifier BillAddr ShipAddr PrimaryPhone AlternatePhone Mobile Fax PrimaryEmailAddr "
    "WebAddr DefaultTaxCodeRef SalesTermRef PaymentMethodRef ParentRef ARAccountRef CurrencyRef V4IDPseudonym"
)
SALES = (
    "CustomField DocNumber TxnDate DepartmentRef CurrencyRef ExchangeRate PrivateNote LinkedTxn Line TxnTaxDetail "
    "CustomerRef CustomerMemo BillAddr ShipAddr ClassRef SalesTermRef TotalAmt HomeTotalAmt ApplyTaxAfterDiscount "
    "PrintStatus EmailStatus BillEmail BillEmailCc BillEmailBcc DeliveryInfo Balance HomeBalance GlobalTaxCalculation "
    "FreeFormAddress RecurDataRef TaxExemptionRef TransactionLocationType ShipMethodRef ShipDate TrackingNum"
)
INVOICE = (
    "AllowIPNPayment AllowOnlinePayment AllowOnlineCreditCardPayment AllowOnlineACHPayment DueDate Deposit "
    "DepositToAccountRef InvoiceLink EInvoiceStatus"
)
PAYMENT = (
    "CustomerRef DepositToAccountRef PaymentMethodRef PaymentRefNum TotalAmt UnappliedAmt ProcessPayment TxnDate "
    "CurrencyRef ExchangeRate PrivateNote Line TxnSource TxnStatus CreditCardPayment ARAccountRef TaxExemptionRef "
    "TransactionLocationType LinkedTxn"
)
PROPERTIES: dict[str, frozenset[str]] = {
    "Invoice": frozenset((*SYSTEM, *SALES.split(), *INVOICE.split())),
    "CreditMemo": frozenset((*SYSTEM, *SALES.split(), "RemainingCredit", "PaymentMethodRef")),
    "Payment": frozenset((*SYSTEM, *PAYMENT.split())),
    "Customer": frozenset((*SYSTEM, *NAMES.split())),
}
AMOUNTS = (
    "Amount TotalAmt Balance BalanceWithJobs UnappliedAmt RemainingCredit Deposit UnitPrice Qty TotalTax TaxPercent "
    "NetAmountTaxable DiscountPercent ExchangeRate HomeTotalAmt HomeBalance"
)
NUMBERS = frozenset(AMOUNTS.split())


def read_json(body: bytes) -> Json:
    """The JSON object in a body, fractions as Decimal. Raises the vendor's fault on anything else."""
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise invalid_request("the body is not readable JSON") from None
    if not isinstance(found, dict):
        raise invalid_request("the body is not a JSON object")
    return found


def read_body(entity: str, body: bytes) -> Json:
    """A write as the vendor understands it. A null or empty text asks to clear; it stays in as None."""
    found = read_json(body)
    for name in found:
        if name not in PROPERTIES[entity]:
            raise invalid_request(f"Property Name:{name} is unknown for {entity}", element=name)
    return {name: _tidied(name, value) for name, value in found.items()}


def required(body: Json, name: str) -> Any:
    """The value, or the fault for a missing parameter."""
    value = body.get(name)
    if value is None or value == []:
        raise missing(name)
    return value


def missing(name: str) -> ApiFault:
    """The fault for something required that is not there."""
    detail = f"Required parameter {name} is missing in the request"
    return ApiFault("2020", "Required param missing, need to supply the required value for the API", detail)


def invalid_request(detail: str, *, element: str = "") -> ApiFault:
    """The fault for a request nobody can make sense of."""
    return ApiFault("2010", "Request has invalid or unsupported property", detail, element=element)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _tidied(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tidied(key, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_tidied(name, one) for one in value]
    if value == "":
        return None
    if name in NUMBERS and value is not None:
        try:
            number = amount(value)
        except ValueError:
            raise invalid_request(f"{value!r} is not a number", element=name) from None
        if abs(number) > LARGEST:
            raise ApiFault("2020", "Number is out of range", f"{name} must not be beyond {LARGEST}", element=name)
        return number
    if name in ("Id", "SyncToken", "TxnId") and isinstance(value, int):
        return str(value)
    return value
