"""The vendor's many fields around what a firm wrote down: customers, invoices, payments, the company itself."""

from datetime import date, datetime
from decimal import Decimal

from integrations.quickbooks.simulation.amounts import ZERO, cents
from integrations.quickbooks.simulation.answers import Json
from integrations.quickbooks.simulation.clock import pacific
from integrations.quickbooks.simulation.seed.firms import HOME_CURRENCY, ITEMS, TAX_PERCENT, TERMS, Bill, Firm, Person

CHECK = "2"


def customer_form(person: Person) -> Json:
    """A customer with the vendor's many fields."""
    parent_id = person.parent[0] if person.parent else None
    item: Json = {
        "DisplayName": person.name,
        "FullyQualifiedName": person.full_name,
        "PrintOnCheckName": person.name,
        "Active": person.active,
        "Taxable": False,
        "Job": parent_id is not None,
        "BillWithParent": False,
        "Balance": ZERO,
        "BalanceWithJobs": ZERO,
        "CurrencyRef": HOME_CURRENCY,
        "PreferredDeliveryMethod": "Email",
        "SalesTermRef": {"value": person.terms, "name": TERMS[person.terms][0]},
        "BillAddr": _address(person),
    }
    optional: Json = {
        "Title": person.title,
        "GivenName": person.given,
        "FamilyName": person.family,
        "CompanyName": person.name if person.company and not person.parent else "",
        "PrimaryPhone": {"FreeFormNumber": person.phone} if person.phone else "",
        "Mobile": {"FreeFormNumber": person.mobile} if person.mobile else "",
        "PrimaryEmailAddr": {"Address": person.mail} if person.mail else "",
        "ParentRef": {"value": parent_id} if parent_id else "",
        "Level": 1 if parent_id else "",
    }
    return {**item, "Id": person.identity, **{name: value for name, value in optional.items() if value != ""}}


def _address(person: Person) -> Json:
    """Where the bill goes."""
    return {
        "Id": f"9{person.identity}",
        "Line1": person.street,
        "City": person.city,
        "Country": "USA",
        "CountrySubDivisionCode": "OH",
        "PostalCode": person.postal_code,
    }


def invoice_form(bill: Bill, person: Person, issued: date, due: date, created: datetime) -> Json:
    """An invoice, sent by mail where there is an address."""
    lines = [_line(number, line, issued, taxed=bill.taxed) for number, line in enumerate(bill.lines, start=1)]
    subtotal = sum((line["Amount"] for line in lines), ZERO)
    tax = cents(subtotal * TAX_PERCENT / 100) if bill.taxed else ZERO
    mail = {"BillEmail": {"Address": person.mail}} if person.mail else {}
    return {
        "Id": bill.identity,
        "AllowIPNPayment": False,
        "AllowOnlinePayment": True,
        "AllowOnlineCreditCardPayment": True,
        "AllowOnlineACHPayment": True,
        "CustomField": [{"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}],
        "DocNumber": bill.number,
        "TxnDate": issued.isoformat(),
        "CurrencyRef": HOME_CURRENCY,
        "LinkedTxn": [],
        "Line": [*lines, {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}],
        "TxnTaxDetail": _tax(subtotal, tax),
        "CustomerRef": {"value": person.identity, "name": person.full_name},
        "CustomerMemo": {"value": "Thank you for your business."},
        "BillAddr": {
            "Id": f"8{bill.identity}",
            "Line1": person.name,
            "Line2": person.street,
            "Line3": f"{person.city}, OH {person.postal_code}",
            "Lat": "INVALID",
            "Long": "INVALID",
        },
        "SalesTermRef": {"value": person.terms, "name": TERMS[person.terms][0]},
        "DueDate": due.isoformat(),
        "TotalAmt": subtotal + tax,
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NotSet" if person.mail else "NeedToPrint",
        "EmailStatus": "EmailSent" if person.mail else "NotSet",
        **mail,
        **({"DeliveryInfo": {"DeliveryType": "Email", "DeliveryTime": pacific(created)}} if person.mail else {}),
        "Deposit": ZERO,
        "Balance": subtotal + tax,
    }


def _line(number: int, line: tuple[str, str, str, str], day: date, *, taxed: bool) -> Json:
    item, words, quantity, price = line
    return {
        "Id": str(number),
        "LineNum": number,
        "Description": words,
        "Amount": cents(Decimal(quantity) * Decimal(price)),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": item, "name": ITEMS[item]},
            "UnitPrice": Decimal(price),
            "Qty": Decimal(quantity),
            "ServiceDate": day.isoformat(),
            "TaxCodeRef": {"value": "TAX" if taxed else "NON"},
        },
    }


def _tax(subtotal: Decimal, tax: Decimal) -> Json:
    if not tax:
        return {"TotalTax": ZERO}
    detail = {
        "TaxRateRef": {"value": "3"},
        "PercentBased": True,
        "TaxPercent": TAX_PERCENT,
        "NetAmountTaxable": subtotal,
    }
    line = {"Amount": tax, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}
    return {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": tax, "TaxLine": [line]}


def payment_form(identity: str, amount: Decimal, person: Person, invoice: Json, paid_on: date) -> Json:
    """A payment of one invoice by check."""
    notes = {
        "txnId": invoice["Id"],
        "txnOpenBalance": f"{invoice['Balance']:.2f}",
        "txnReferenceNumber": invoice["DocNumber"],
    }
    name = "{http://schema.intuit.com/finance/v3}NameValue"
    extra = [{"name": name, "value": {"Name": key, "Value": value}, "nil": False} for key, value in notes.items()]
    line = {
        "Amount": amount,
        "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}],
        "LineEx": {"any": extra},
    }
    return {
        "Id": identity,
        "CustomerRef": {"value": person.identity, "name": person.full_name},
        "DepositToAccountRef": {"value": "4"},
        "PaymentMethodRef": {"value": CHECK},
        "PaymentRefNum": f"1{identity}",
        "TotalAmt": amount,
        "UnappliedAmt": ZERO,
        "ProcessPayment": False,
        "TxnDate": paid_on.isoformat(),
        "CurrencyRef": HOME_CURRENCY,
        "Line": [line],
    }


def company_form(firm: Firm) -> Json:
    """What companyinfo tells."""
    place = {
        "Id": "1",
        "Line1": firm.street,
        "City": firm.city,
        "Country": "US",
        "CountrySubDivisionCode": "OH",
        "PostalCode": firm.postal_code,
    }
    return {
        "CompanyName": firm.name,
        "LegalName": f"{firm.name} LLC",
        "CompanyAddr": place,
        "CustomerCommunicationAddr": place,
        "LegalAddr": place,
        "PrimaryPhone": {"FreeFormNumber": firm.phone},
        "CompanyStartDate": "2019-04-01",
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "Email": {"Address": firm.mail},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "DefaultTimeZone": firm.zone,
        "NameValue": [
            {"Name": "SubscriptionStatus", "Value": "SUBSCRIBED"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
        ],
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "4",
        "MetaData": {"CreateTime": "2019-04-01T09:12:40-07:00", "LastUpdatedTime": "2026-01-12T10:05:31-08:00"},
    }


def preferences_form() -> Json:
    """What preferences tell."""
    return {
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": dict(HOME_CURRENCY)},
        "SalesFormsPrefs": {
            "AutoApplyCredit": False,
            "AutoApplyPayments": True,
            "CustomTxnNumbers": False,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "ETransactionEnabledStatus": "Enabled",
            "DefaultTerms": {"value": "3"},
            "DefaultCustomerMessage": "Thank you for your business.",
        },
        "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": True},
        "AccountingInfoPrefs": {"CustomerTerminology": "Customers", "FirstMonthOfFiscalYear": "January"},
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "2",
        "MetaData": {"CreateTime": "2019-04-01T09:12:41-07:00", "LastUpdatedTime": "2026-01-12T10:05:31-08:00"},
    }
