"""Xero: its answers and what must come out of them, by the vendor's contract sheet."""

import base64
import json
from typing import Any

from integrations.ledger import Home
from tests.integrations.payloads.case import Case, Json, case, error, event, head, line, paid, phone, text, to

HARBOUR, INV = "342a5560-2222-408f-835b-d93d49511d6d", "7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001"
PAY, NOTE = "b1d6e0a0-1111-4cec-94e0-9310d60a277a", "aea95d78-6666-48ae-8a50-7a18fc0ba79f"
TENANT = "45e4708e-d862-4111-ab3a-dd8cd03913e1"
STUB = {"ContactID": HARBOUR, "Name": "Harbour Cafe", "Addresses": [], "Phones": [], "ContactGroups": []}
INVOICE: Json = {
    "Type": "ACCREC",
    "InvoiceID": INV,
    "InvoiceNumber": "INV-0412",
    "Reference": "Job 88",
    "Payments": [
        {
            "PaymentID": PAY,
            "Date": "/Date(1792540800000+0000)/",
            "Amount": 500.00,
            "Reference": "part",
            "CurrencyRate": 1.0,
        }
    ],
    "CreditNotes": [],
    "Prepayments": [],
    "Overpayments": [],
    "AmountDue": 796.00,
    "AmountPaid": 500.00,
    "AmountCredited": 0.00,
    "SentToContact": True,
    "CurrencyRate": 1.0,
    "HasErrors": False,
    "Contact": STUB,
    "DateString": "2026-09-03T00:00:00",
    "Date": "/Date(1788393600000+0000)/",
    "DueDateString": "2026-10-03T00:00:00",
    "DueDate": "/Date(1790985600000+0000)/",
    "Status": "AUTHORISED",
    "LineAmountTypes": "Exclusive",
    "LineItems": [
        {
            "ItemCode": "REP",
            "Description": "Pipe repair",
            "UnitAmount": 120.00,
            "TaxType": "OUTPUT2",
            "TaxAmount": 96.00,
            "LineAmount": 1200.00,
            "AccountCode": "200",
            "Tracking": [],
            "Quantity": 10.0000,
        }
    ],
    "SubTotal": 1200.00,
    "TotalTax": 96.00,
    "Total": 1296.00,
    "UpdatedDateUTC": "/Date(1792600802360+0000)/",
    "CurrencyCode": "NZD",
}
WANT: Json = {
    "provider": "xero",
    "external_id": INV,
    "number": "INV-0412",
    "customer_external_id": HARBOUR,
    "status": "open",
    "vendor_status": "AUTHORISED",
    "currency": "NZD",
    "total": "1296.00",
    "balance": "796.00",
    "issued_on": "2026-09-03",
    "due_on": "2026-10-03",
    "lines": [line("REP", "Pipe repair", "10.0000", "1200.00")],
    "payments": [paid(PAY, "500.00", "2026-10-21")],
    "disputed_at_vendor": False,
    "updated_at": "2026-10-21T16:40:02.360000+00:00",
}
CONTACT: Json = {
    "ContactID": HARBOUR,
    "ContactStatus": "ACTIVE",
    "Name": "Harbour Cafe",
    "FirstName": "Ana",
    "LastName": "Reyes",
    "EmailAddress": "ap@harbourcafe.example",
    "Addresses": [
        {"AddressType": "STREET", "City": "Wellington", "PostalCode": "6011", "Country": "New Zealand"},
        {"AddressType": "POBOX"},
    ],
    "Phones": [
        {"PhoneType": "DDI", "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""},
        {"PhoneType": "DEFAULT", "PhoneNumber": "5550148", "PhoneAreaCode": "04", "PhoneCountryCode": "64"},
        {"PhoneType": "FAX", "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""},
        {"PhoneType": "MOBILE", "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""},
    ],
    "UpdatedDateUTC": "/Date(1792600802360+0000)/",
    "ContactGroups": [],
    "IsSupplier": False,
    "IsCustomer": True,
    "DefaultCurrency": "NZD",
    "ContactPersons": [],
    "HasAttachments": False,
    "HasValidationErrors": False,
}
NZ = Home("NZD", "NZ", "Pacific/Auckland")
WANT_CONTACT: Json = {
    "external_id": HARBOUR,
    "name": "Harbour Cafe",
    "company": "Harbour Cafe",
    "contact_name": "Ana Reyes",
    "phones": [phone("+6445550148", "64 04 5550148")],
    "emails": ["ap@harbourcafe.example"],
    "address": {"street": "", "city": "Wellington", "state": "", "zip": "6011"},
    "active": True,
}
PAYMENT: Json = {
    "PaymentID": PAY,
    "Date": "/Date(1792540800000+0000)/",
    "BankAmount": 500.00,
    "Amount": 500.00,
    "Reference": "part",
    "CurrencyRate": 1.0,
    "PaymentType": "ACCRECPAYMENT",
    "Status": "AUTHORISED",
    "UpdatedDateUTC": "/Date(1792600802360+0000)/",
    "HasAccount": True,
    "IsReconciled": False,
    "Account": {"AccountID": "ac993f75-5555-433c-be04-5f5e04dc0ed4", "Code": "090"},
    "Invoice": {
        "Type": "ACCREC",
        "InvoiceID": INV,
        "InvoiceNumber": "INV-0412",
        "Payments": [],
        "CreditNotes": [],
        "Contact": {"ContactID": HARBOUR, "Name": "Harbour Cafe"},
        "LineItems": [],
        "CurrencyCode": "NZD",
    },
}
WANT_PAYMENT: Json = {
    "external_id": PAY,
    "amount": "500.00",
    "currency": "NZD",
    "paid_on": "2026-10-21",
    "allocations": [to(INV, "500.00")],
    "reversed": False,
}
MEMO: Json = {
    "CreditNoteID": NOTE,
    "CreditNoteNumber": "CN-0019",
    "Type": "ACCRECCREDIT",
    "Status": "AUTHORISED",
    "Reference": "Dispute 31",
    "Contact": STUB,
    "Date": "/Date(1793145600000+0000)/",
    "SubTotal": 185.19,
    "TotalTax": 14.81,
    "Total": 200.00,
    "RemainingCredit": 200.00,
    "Allocations": [],
    "Payments": [],
    "CurrencyCode": "NZD",
    "CurrencyRate": 1.0,
    "UpdatedDateUTC": "/Date(1793150000000+0000)/",
}
WANT_MEMO: Json = {
    "external_id": NOTE,
    "number": "CN-0019",
    "total": "200.00",
    "balance": "200.00",
    "currency": "NZD",
    "applied": [],
}


def raw(body: Json) -> str:
    """As Xero writes it: the slashes of dates escaped."""
    return json.dumps(body, ensure_ascii=False).replace("/Date(", "\\/Date(").replace(")/", ")\\/")


def page(**entities: Any) -> Json:
    return {
        "Id": "12b9c7bc-0000-4920-a54c-136e7014eaa2",
        "Status": "OK",
        "ProviderName": "Syntharra",
        "DateTimeUTC": "/Date(1793606400123)/",
        "pagination": {"page": 1, "pageSize": 100, "pageCount": 1, "itemCount": 1},
        **entities,
    }


def without(body: Json, *names: str) -> Json:
    return {name: value for name, value in body.items() if name not in names}


def _invoice(name: str, changes: Json, gives: Json, **more: Any) -> Case:
    return case("invoice", name, raw({"Invoices": [INVOICE | changes]}), gives=WANT | gives, **more)


SETTLED: Json = {"AmountDue": 0, "AmountPaid": 1296.00, "Status": "PAID"}
EMOJI = "Café ☕ רוף"
INVOICES = [
    case("invoice", "the sheet's page", raw(page(Invoices=[INVOICE])), gives=WANT),
    case("invoice", "an older page without paging", raw(without(page(Invoices=[INVOICE]), "pagination")), gives=WANT),
    case("invoice", "the bare object", raw(INVOICE), gives=WANT),
    case("invoice", "a bare list", f"[{raw(INVOICE)}]", gives=WANT),
    case("invoice", "the list alone", raw({"Invoices": [INVOICE]}), gives=WANT),
    case(
        "invoice", "kept with its head", head(200, raw(page(Invoices=[INVOICE])), X_MinLimit_Remaining="59"), gives=WANT
    ),
    case("invoice", "with a BOM before it", b"\xef\xbb\xbf" + raw(page(Invoices=[INVOICE])).encode(), gives=WANT),
    case("invoice", "nothing changed", page(Invoices=[])),
    case(
        "invoice",
        "from a list without paging: no lines, no payments in detail",
        raw(page(Invoices=[without(INVOICE, "LineItems", "Payments")])),
        gives=WANT | {"lines": [], "payments": []},
    ),
    case(
        "invoice",
        "with a supplier's bill among them",
        raw(page(Invoices=[INVOICE, INVOICE | {"Type": "ACCPAY", "InvoiceID": "b111"}])),
        gives=WANT,
        left_out="b111",
    ),
    *(
        _invoice(status, {"Status": status}, {"status": ours, "vendor_status": status})
        for status, ours in (("DRAFT", "draft"), ("SUBMITTED", "draft"), ("AUTHORISED", "open"))
    ),
    _invoice("PAID", SETTLED, {"status": "paid", "vendor_status": "PAID", "balance": "0.00"}),
    _invoice(
        "PAID, with the day it was",
        SETTLED | {"FullyPaidOnDate": "/Date(1792540800000+0000)/"},
        {"status": "paid", "vendor_status": "PAID", "balance": "0.00"},
    ),
    _invoice(
        "VOIDED",
        {"Status": "VOIDED", "AmountDue": 0, "AmountPaid": 0, "Payments": []},
        {"status": "void", "vendor_status": "VOIDED", "balance": "0.00", "payments": []},
    ),
    _invoice(
        "DELETED",
        {"Status": "DELETED", "AmountDue": 0, "AmountPaid": 0, "Payments": []},
        {"status": "deleted", "vendor_status": "DELETED", "balance": "0.00", "payments": []},
    ),
    _invoice(
        "credited in full",
        SETTLED | {"AmountPaid": 0, "AmountCredited": 1296.00, "Payments": []},
        {"status": "paid", "vendor_status": "PAID", "balance": "0.00", "payments": []},
    ),
    _invoice(
        "of a draft without a due date",
        {"Status": "DRAFT", "DueDate": None, "DueDateString": None},
        {"status": "draft", "vendor_status": "DRAFT", "due_on": None},
    ),
    case(
        "invoice",
        "of a draft that leaves the due date out",
        raw(without(INVOICE, "DueDate", "DueDateString") | {"Status": "DRAFT"}),
        gives=WANT | {"status": "draft", "vendor_status": "DRAFT", "due_on": None},
    ),
    _invoice("whose date has another offset: still the UTC date", {"DueDate": "/Date(1790985600000+1300)/"}, {}),
    _invoice("whose date has no offset", {"DueDate": "/Date(1790985600000)/"}, {}),
    _invoice("whose date is plain", {"DueDate": "2026-10-03", "Date": "2026-09-03T00:00:00"}, {}),
    case(
        "invoice",
        "with its dates as texts only",
        raw(without(INVOICE, "Date", "DueDate")),
        gives=WANT,
    ),
    _invoice("on the company's side of the world", {}, {}, home=NZ),
    _invoice(
        "the last day before daylight saving",
        {"DueDate": "/Date(1790380800000+0000)/"},
        {"due_on": "2026-09-26"},
        home=NZ,
    ),
    _invoice("dated before 1970", {"Date": "/Date(-86400000+0000)/"}, {"issued_on": "1969-12-31"}),
    case(
        "invoice",
        "of a date nobody knows",
        raw(INVOICE | {"DueDate": "/Date(soon)/", "DueDateString": None}),
        fails="date",
    ),
    _invoice(
        "in yen",
        {"CurrencyCode": "JPY", "Total": 1296, "AmountDue": 796, "LineItems": [], "Payments": []},
        {"currency": "JPY", "total": "1296", "balance": "796", "lines": [], "payments": []},
    ),
    _invoice(
        "in Kuwaiti dinars",
        {
            "CurrencyCode": "KWD",
            "Total": 12.345,
            "AmountDue": 2.005,
            "AmountPaid": 10.34,
            "LineItems": [],
            "Payments": [],
        },
        {"currency": "KWD", "total": "12.345", "balance": "2.005", "lines": [], "payments": []},
    ),
    _invoice("numbers as texts", {"Total": "1296.00", "AmountDue": "796.00"}, {}),
    _invoice(
        "of zero",
        {"Total": 0, "AmountDue": 0, "AmountPaid": 0, "Status": "PAID", "Payments": [], "LineItems": []},
        {"status": "paid", "vendor_status": "PAID", "total": "0.00", "balance": "0.00", "payments": [], "lines": []},
    ),
    _invoice(
        "with a line below zero, and one of words only",
        {"LineItems": [{"Description": "Loyalty", "LineAmount": -50.0, "Quantity": 1.0}, {"Description": "Thank you"}]},
        {"lines": [line("", "Loyalty", "1.0000", "-50.00"), line("", "Thank you", None, "0.00")]},
    ),
    _invoice("without a number", {"InvoiceNumber": ""}, {"number": INV}),
    _invoice(
        "with emoji and Hebrew",
        {"InvoiceNumber": EMOJI, "LineItems": [{"Description": EMOJI, "LineAmount": 1}]},
        {"number": EMOJI, "lines": [line("", EMOJI, None, "1.00")]},
    ),
    _invoice(
        "with nulls wherever a null can be",
        dict.fromkeys(
            ("Payments", "CreditNotes", "Prepayments", "Overpayments", "LineItems", "Reference", "SentToContact")
        ),
        {"payments": [], "lines": []},
    ),
    _invoice("without a currency: the company's own", {"CurrencyCode": None}, {}, home=NZ),
    _invoice("of a status nobody knows", {"Status": "PARKED"}, {"status": "draft", "vendor_status": "PARKED"}),
    case("invoice", "without an id", raw(without(INVOICE, "InvoiceID")), fails="cannot be read"),
    case("invoice", "without its amount due", raw(without(INVOICE, "AmountDue")), fails="AmountDue"),
    case(
        "invoice",
        "one broken among two",
        raw(page(Invoices=[INVOICE | {"Total": "?"}, INVOICE])),
        gives=WANT,
        left_out="cannot be read",
        fails="1 of",
    ),
    case("invoice", "contacts instead", raw(page(Contacts=[CONTACT])), left_out=HARBOUR),
    case(
        "invoice", "refused", {"Title": "Unauthorized", "Status": 401, "Detail": "TokenExpired"}, fails="disconnected"
    ),
    case("invoice", "cut short", raw(page(Invoices=[INVOICE]))[:300], fails="error"),
    case("invoice", "nothing", "", fails="error"),
    case("invoice", "something else", {"hello": "world"}, fails="no"),
    case("invoice", "HTML", "<html></html>", fails="error"),
]


def phones(**parts: str) -> Json:
    blank = {"PhoneType": "MOBILE", "PhoneNumber": "", "PhoneAreaCode": "", "PhoneCountryCode": ""}
    return CONTACT | {"Phones": [blank | parts]}


CUSTOMERS = [
    case("customer", "the sheet's page", raw(page(Contacts=[CONTACT])), gives=WANT_CONTACT, home=NZ),
    case("customer", "the bare object", raw(CONTACT), gives=WANT_CONTACT, home=NZ),
    case(
        "customer",
        "archived",
        raw({"Contacts": [CONTACT | {"ContactStatus": "ARCHIVED"}]}),
        gives=WANT_CONTACT | {"active": False},
        home=NZ,
    ),
    case(
        "customer",
        "to be forgotten",
        raw({"Contacts": [CONTACT | {"ContactStatus": "GDPRREQUEST"}]}),
        gives=WANT_CONTACT | {"active": False},
        home=NZ,
    ),
    case(
        "customer",
        "with the whole number in one slot",
        raw(phones(PhoneNumber="(415) 555-0148")),
        gives=WANT_CONTACT | {"phones": [phone("+14155550148", "(415) 555-0148", "mobile")]},
    ),
    case(
        "customer",
        "with an international number in one slot",
        raw(phones(PhoneNumber="+1 415 555 0148", PhoneAreaCode="", PhoneCountryCode="")),
        gives=WANT_CONTACT | {"phones": [phone("+14155550148", "+1 415 555 0148", "mobile")]},
    ),
    case(
        "customer",
        "with an area code and no country",
        raw(phones(PhoneNumber="555-0148", PhoneAreaCode="415")),
        gives=WANT_CONTACT | {"phones": [phone("+14155550148", "415 555-0148", "mobile")]},
    ),
    case(
        "customer",
        "without any phone",
        raw(CONTACT | {"Phones": [], "Addresses": None, "EmailAddress": ""}),
        gives=WANT_CONTACT
        | {"phones": [], "emails": [], "address": {"street": "", "city": "", "state": "", "zip": ""}},
    ),
    case(
        "customer",
        "with a name only",
        raw({"Contacts": [{"ContactID": HARBOUR, "Name": EMOJI}]}),
        gives=WANT_CONTACT
        | {"name": EMOJI, "company": "", "contact_name": "", "phones": [], "emails": []}
        | {"address": {"street": "", "city": "", "state": "", "zip": ""}},
    ),
    case(
        "customer",
        "who is a supplier only",
        raw(page(Contacts=[CONTACT | {"IsSupplier": True, "IsCustomer": False, "ContactID": "5"}, CONTACT])),
        gives=WANT_CONTACT,
        left_out="5",
        home=NZ,
    ),
]
PAYMENTS = [
    case("payment", "the sheet's page", raw(page(Payments=[PAYMENT])), gives=WANT_PAYMENT),
    case("payment", "the bare object", raw(PAYMENT), gives=WANT_PAYMENT),
    case(
        "payment",
        "deleted",
        raw(PAYMENT | {"Status": "DELETED"}),
        gives=WANT_PAYMENT | {"allocations": [], "reversed": True},
    ),
    *(
        case("payment", kind, raw(page(Payments=[PAYMENT | {"PaymentType": kind}])), left_out=PAY)
        for kind in (
            *("ACCPAYPAYMENT", "ARCREDITPAYMENT", "AROVERPAYMENTPAYMENT", "ARPREPAYMENTPAYMENT"),
            *("APCREDITPAYMENT", "APOVERPAYMENTPAYMENT", "APPREPAYMENTPAYMENT"),
        )
    ),
    case("payment", "without an amount", raw(without(PAYMENT, "Amount")), fails="Amount"),
]
MEMOS = [
    case("credit_memo", "the sheet's page", raw(page(CreditNotes=[MEMO])), gives=WANT_MEMO),
    case("credit_memo", "the bare object", raw(MEMO), gives=WANT_MEMO),
    case(
        "credit_memo",
        "applied to two invoices",
        raw(
            MEMO
            | {"RemainingCredit": 0, "Status": "PAID"}
            | {
                "Allocations": [
                    {"Amount": 150.0, "Date": "/Date(1793145600000+0000)/", "Invoice": {"InvoiceID": INV}},
                    {"Amount": 50.0, "Invoice": {"InvoiceID": "other"}},
                ]
            }
        ),
        gives=WANT_MEMO | {"balance": "0.00", "applied": [to(INV, "150.00"), to("other", "50.00")]},
    ),
    case(
        "credit_memo",
        "of a supplier",
        raw(page(CreditNotes=[MEMO | {"Type": "ACCPAYCREDIT"}])),
        left_out=NOTE,
    ),
    case(
        "credit_memo",
        "void",
        raw(MEMO | {"Status": "VOIDED", "RemainingCredit": 0}),
        gives=WANT_MEMO | {"balance": "0.00"},
    ),
]
EVENT: Json = {
    "resourceUrl": f"https://api.xero.com/api.xro/2.0/Invoices/{INV}",
    "resourceId": INV,
    "tenantId": TENANT,
    "tenantType": "ORGANISATION",
    "eventCategory": "INVOICE",
    "eventType": "UPDATE",
    "eventDateUtc": "2026-11-02T09:15:00.902",
}
SEEN = event(TENANT, "invoice", INV, "updated", "2026-11-02T09:15:00.902000+00:00")


def rung(*events: Json) -> Json:
    return {"events": list(events), "firstEventSequence": 77, "lastEventSequence": 77, "entropy": "FXNGWLCC"}


WEBHOOKS = [
    case("webhook", "the sheet's", rung(EVENT), gives={"events": [SEEN]}),
    case(
        "webhook",
        "the intent to receive",
        '{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}',
        gives={"events": []},
    ),
    *(
        case(
            "webhook",
            f"{category} {kind}",
            rung(EVENT | {"eventCategory": category, "eventType": kind}),
            gives={"events": [SEEN | {"object": ours, "action": action}]},
        )
        for category, kind, ours, action in (
            ("CONTACT", "CREATE", "customer", "created"),
            ("CREDITNOTE", "UPDATE", "credit_memo", "updated"),
            ("INVOICE", "CREATE", "invoice", "created"),
        )
    ),
    case(
        "webhook",
        "of two organisations, seven digits of a second",
        rung(EVENT, EVENT | {"tenantId": "other", "eventDateUtc": "2026-09-09T02:17:37.3163670"}),
        gives={"events": [SEEN, SEEN | {"account": "other", "occurred_at": "2026-09-09T02:17:37.316367+00:00"}]},
    ),
    case("webhook", "something else", {"hello": 1}, fails="no webhook"),
    case("webhook", "nothing", "", fails="no webhook"),
]
VALIDATION: Json = {
    "ErrorNumber": 10,
    "Type": "ValidationException",
    "Message": "A validation exception occurred",
    "Elements": [{"InvoiceID": INV, "ValidationErrors": [{"Message": "Invoice not of valid status for modification"}]}],
}
EXPIRED: Json = {
    "Type": None,
    "Title": "Unauthorized",
    "Status": 401,
    "Instance": "eac0",
    "Extensions": {},
    "Detail": "TokenExpired: token expired at 11/02/2026 08:00:00",
}
FORBIDDEN = {"title": "Forbidden", "status": 403, "detail": "AuthenticationUnsuccessful", "instance": "c375"}
LOST = "The resource you're looking for cannot be found"
XML = (
    '<ApiException xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><ErrorNumber>10</ErrorNumber>'
    "<Type>ValidationException</Type><Message>A validation exception occurred</Message></ApiException>"
)
HTML = "<!DOCTYPE html><html><body>The organisation is offline</body></html>"
ERRORS = [
    case("error", "validation", VALIDATION, gives=error("refused", "10")),
    case("error", "validation with its status", head(400, VALIDATION), gives=error("refused", "10")),
    case("error", "an expired token", EXPIRED, gives={**error("disconnected"), "vendor_code": "TokenExpired"}),
    case(
        "error",
        "an expired token with its status",
        head(401, EXPIRED),
        gives={**error("disconnected"), "vendor_code": "TokenExpired"},
    ),
    case(
        "error",
        "a bad token",
        EXPIRED | {"Detail": "AuthenticationUnsuccessful"},
        gives=error("disconnected", "AuthenticationUnsuccessful"),
    ),
    case("error", "a wrong tenant", FORBIDDEN, gives=error("disconnected", "AuthenticationUnsuccessful")),
    case(
        "error",
        "a wrong tenant with its status",
        head(403, FORBIDDEN),
        gives=error("disconnected", "AuthenticationUnsuccessful"),
    ),
    case("error", "not found", LOST, gives=error("refused")),
    case("error", "not found with its status", head(404, LOST), gives=error("refused")),
    case("error", "a conflict", head(409), gives=error("refused")),
    case("error", "a failed condition", head(412), gives=error("refused")),
    case(
        "error",
        "too often this minute",
        head(429, "", Retry_After="17", X_Rate_Limit_Problem="minute"),
        gives=error("throttled", "minute", 17),
    ),
    case(
        "error",
        "too often today",
        head(429, "", Retry_After="40000", X_Rate_Limit_Problem="day"),
        gives=error("throttled", "day", 40000),
    ),
    case("error", "too often, no more said", head(429), gives=error("throttled")),
    case("error", "500", head(500, "An error occurred in Xero"), gives=error("unavailable")),
    case("error", "503 in HTML", head(503, HTML), gives=error("unavailable")),
    case("error", "HTML", HTML, gives=error("unavailable")),
    case("error", "nothing", "", gives=error("unavailable")),
    case("error", "validation in XML with its status", head(400, XML), gives=error("refused", "10")),
    case("error", "validation in XML", XML, gives=error("refused", "10")),
    case(
        "error", "a refresh token that died", {"error": "invalid_grant"}, gives=error("disconnected", "invalid_grant")
    ),
    case(
        "error",
        "a refresh token that died, with its status",
        head(400, {"error": "invalid_grant"}),
        gives=error("disconnected", "invalid_grant"),
    ),
    case("error", "a wrong client", {"error": "invalid_client"}, gives=error("disconnected", "invalid_client")),
    case(
        "error",
        "a client not allowed",
        {"error": "unauthorized_client"},
        gives=error("disconnected", "unauthorized_client"),
    ),
    case("error", "a scope not allowed", {"error": "invalid_scope"}, gives=error("refused", "invalid_scope")),
    case(
        "error",
        "one object of several refused, under 200",
        {
            "Invoices": [
                {
                    "InvoiceID": INV,
                    "StatusAttributeString": "ERROR",
                    "HasErrors": True,
                    "ValidationErrors": [{"Message": "No"}],
                }
            ]
        },
        gives=error("refused", "ValidationException"),
    ),
    case("error", "cut short", text(VALIDATION)[:30], gives=error("unavailable")),
    case("error", "no error at all", raw(page(Invoices=[])), fails="no error"),
    case("error", "a 304, when nothing changed, is no error", head(304), fails="no error"),
]


def jwt(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJSUzI1NiJ9.{body}.SECRETsignature"


TOKEN: Json = {
    "id_token": "eyJSECRETid",
    "access_token": "eyJSECRET",
    "expires_in": 1800,
    "token_type": "Bearer",
    "refresh_token": "f0SECRETone",
    "scope": "openid profile email accounting.contacts.read offline_access",
}
AT = "Mon, 02 Nov 2026 16:00:00 GMT"
ENDS: Json = {
    "account": None,
    "expires_at": "2026-11-02T16:30:00+00:00",
    "refresh_expires_at": "2027-01-01T16:00:00+00:00",
    "rotated": True,
}
TOKENS = [
    case("token", "the sheet's", head(200, TOKEN, Date=AT), gives=ENDS),
    case(
        "token",
        "two in a row",
        head(200, TOKEN, Date=AT),
        head(200, TOKEN | {"refresh_token": "f1SECRETtwo"}, Date=AT),
        gives=[ENDS, ENDS],
    ),
    case("token", "the lost answer again", *[head(200, TOKEN, Date=AT)] * 2, gives=[ENDS, ENDS | {"rotated": False}]),
    case("token", "a refusal instead", head(400, {"error": "invalid_grant"}), fails="disconnected"),
    case("token", "something else", {"hello": "world"}, fails="no tokens"),
]
ODD = [
    case("error", "nobody answered in time", head(408), gives=error("unavailable")),
    case("invoice", "nothing changed since", head(304)),
    case("error", "the missing one, within quotation marks", text(f'"{LOST}"'), gives=error("refused")),
    _invoice(
        "a payment inside that was taken back",
        {"Payments": [{"PaymentID": "p", "Amount": 500.00, "Status": "DELETED"}]},
        {"payments": []},
    ),
]
CASES = [*INVOICES, *CUSTOMERS, *PAYMENTS, *MEMOS, *WEBHOOKS, *ERRORS, *TOKENS, *ODD]
