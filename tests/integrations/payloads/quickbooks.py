"""QuickBooks Online: its answers and what must come out of them, by the vendor's contract sheet."""

import json
from typing import Any

from integrations.ledger import Home
from tests.integrations.payloads.case import Case, Json, case, error, event, gone, head, line, phone, text, to

UPDATED = {"CreateTime": "2026-09-03T10:12:44-07:00", "LastUpdatedTime": "2026-10-21T16:40:02-07:00"}
USD = {"value": "USD", "name": "United States Dollar"}
INVOICE: Json = {
    "AllowIPNPayment": False,
    "domain": "QBO",
    "sparse": False,
    "Id": "412",
    "SyncToken": "2",
    "MetaData": UPDATED,
    "CustomField": [{"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}],
    "DocNumber": "2207",
    "TxnDate": "2026-09-03",
    "CurrencyRef": USD,
    "LinkedTxn": [{"TxnId": "455", "TxnType": "Payment"}],
    "Line": [
        {
            "Id": "1",
            "LineNum": 1,
            "Description": "Roof repair",
            "Amount": 1200.00,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "10", "name": "Repair"}, "UnitPrice": 120, "Qty": 10},
        },
        {"Amount": 1200.00, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ],
    "TxnTaxDetail": {"TotalTax": 96.0},
    "CustomerRef": {"value": "58", "name": "Harbor Cafe"},
    "BillAddr": {"Id": "91", "Line1": "Harbor Cafe", "Line2": "12 Pier Rd", "Lat": "INVALID", "Long": "INVALID"},
    "SalesTermRef": {"value": "3", "name": "Net 30"},
    "DueDate": "2026-10-03",
    "TotalAmt": 1296.00,
    "PrintStatus": "NeedToPrint",
    "EmailStatus": "EmailSent",
    "Deposit": 0,
    "Balance": 796.00,
}
WANT: Json = {
    "provider": "quickbooks",
    "external_id": "412",
    "number": "2207",
    "customer_external_id": "58",
    "status": "open",
    "vendor_status": "partly paid",
    "currency": "USD",
    "total": "1296.00",
    "balance": "796.00",
    "issued_on": "2026-09-03",
    "due_on": "2026-10-03",
    "lines": [line("Repair", "Roof repair", "10.0000", "1200.00")],
    "payments": [],
    "disputed_at_vendor": False,
    "updated_at": "2026-10-21T23:40:02+00:00",
}
CUSTOMER: Json = {
    "domain": "QBO",
    "sparse": False,
    "Id": "58",
    "SyncToken": "1",
    "DisplayName": "Harbor Cafe",
    "FullyQualifiedName": "Harbor Cafe",
    "CompanyName": "Harbor Cafe",
    "GivenName": "Ana",
    "FamilyName": "Reyes",
    "Active": True,
    "Job": False,
    "Balance": 796.0,
    "CurrencyRef": USD,
    "PrimaryPhone": {"FreeFormNumber": "(415) 555-0148"},
    "Mobile": {"FreeFormNumber": "415.555.0199"},
    "PrimaryEmailAddr": {"Address": "ap@harborcafe.example"},
    "BillAddr": {
        "Id": "91",
        "Line1": "12 Pier Rd",
        "City": "Half Moon Bay",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "94019",
    },
    "MetaData": UPDATED,
}
WANT_CUSTOMER: Json = {
    "external_id": "58",
    "name": "Harbor Cafe",
    "company": "Harbor Cafe",
    "contact_name": "Ana Reyes",
    "phones": [phone("+14155550199", "415.555.0199", "mobile"), phone("+14155550148", "(415) 555-0148")],
    "emails": ["ap@harborcafe.example"],
    "address": {"street": "12 Pier Rd", "city": "Half Moon Bay", "state": "US-CA", "zip": "94019"},
    "active": True,
}
PAYMENT: Json = {
    "CustomerRef": {"value": "58", "name": "Harbor Cafe"},
    "PaymentMethodRef": {"value": "2"},
    "PaymentRefNum": "1183",
    "TotalAmt": 500.0,
    "UnappliedAmt": 0,
    "domain": "QBO",
    "sparse": False,
    "Id": "455",
    "SyncToken": "0",
    "MetaData": UPDATED,
    "TxnDate": "2026-10-21",
    "CurrencyRef": USD,
    "Line": [
        {
            "Amount": 500.0,
            "LinkedTxn": [{"TxnId": "412", "TxnType": "Invoice"}],
            "LineEx": {"any": [{"name": "x", "value": {"Name": "txnOpenBalance", "Value": "1296.00"}, "nil": False}]},
        }
    ],
}
WANT_PAYMENT: Json = {
    "external_id": "455",
    "amount": "500.00",
    "currency": "USD",
    "paid_on": "2026-10-21",
    "allocations": [to("412", "500.00")],
    "reversed": False,
}
MEMO: Json = {
    "domain": "QBO",
    "Id": "470",
    "SyncToken": "1",
    "DocNumber": "CM-19",
    "TxnDate": "2026-10-28",
    "CurrencyRef": USD,
    "CustomerRef": {"value": "58"},
    "TxnTaxDetail": {"TotalTax": 0},
    "TotalAmt": 200.0,
    "Line": [{"Id": "1", "Description": "Disputed hours", "Amount": 200.0, "DetailType": "SalesItemLineDetail"}],
    "RemainingCredit": 200.0,
    "Balance": 200.0,
    "MetaData": UPDATED,
}
WANT_MEMO: Json = {
    "external_id": "470",
    "number": "CM-19",
    "total": "200.00",
    "balance": "200.00",
    "currency": "USD",
    "applied": [],
}
DELETED = {
    "domain": "QBO",
    "status": "Deleted",
    "Id": "399",
    "MetaData": {"LastUpdatedTime": "2026-10-30T11:00:00-07:00"},
}


def query(**entities: Any) -> Json:
    return {
        "QueryResponse": {**entities, "startPosition": 1, "maxResults": 1, "totalCount": 1},
        "time": "2026-11-02T08:00:00.123-08:00",
    }


def without(raw: Json, *names: str) -> Json:
    return {name: value for name, value in raw.items() if name not in names}


def selling(amount: Any, description: Any = "Hours", **detail: Any) -> Json:
    return {
        "Description": description,
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }


def _invoice(name: str, changes: Json, gives: Json, **more: Any) -> Case:
    return case("invoice", name, {"Invoice": INVOICE | changes}, gives=WANT | gives, **more)


EMOJI = "Café ☕ רוף"
RAW = json.dumps(INVOICE)
INVOICES = [
    case("invoice", "the sheet's page", query(Invoice=[INVOICE]), gives=WANT),
    case("invoice", "one by its id", {"Invoice": INVOICE, "time": "2026-11-02T08:00:00.123-08:00"}, gives=WANT),
    case("invoice", "the bare object", INVOICE, gives=WANT),
    case(
        "invoice", "a bare list of two", [INVOICE, INVOICE | {"Id": "413"}], gives=[WANT, WANT | {"external_id": "413"}]
    ),
    case("invoice", "with a BOM before it", b"\xef\xbb\xbf" + json.dumps({"Invoice": INVOICE}).encode(), gives=WANT),
    case("invoice", "in UTF-16", json.dumps({"Invoice": INVOICE}).encode("utf-16"), gives=WANT),
    case("invoice", "with blank lines around", f"\n\n  {RAW}\n\n", gives=WANT),
    case("invoice", "kept with its head", head(200, {"Invoice": INVOICE}, intuit_tid="1-a"), gives=WANT),
    case("invoice", "an empty page", {"QueryResponse": {}, "time": "2026-11-02T08:00:00.123-08:00"}),
    case("invoice", "a page whose list is empty", query(Invoice=[])),
    case(
        "invoice",
        "a page with others among them",
        query(Estimate=[{"Id": "7"}], Invoice=[INVOICE]),
        gives=WANT,
        left_out="Estimate 7",
    ),
    case(
        "invoice",
        "the sheet's change feed",
        {
            "CDCResponse": [
                {
                    "QueryResponse": [
                        {"Invoice": [DELETED, INVOICE], "startPosition": 1, "maxResults": 2, "totalCount": 2},
                        {"Payment": [], "startPosition": 1, "maxResults": 0},
                        {},
                    ]
                }
            ],
            "time": "2026-11-02T08:00:00.000-08:00",
        },
        gives=[gone("invoice", "399", provider="quickbooks", updated_at="2026-10-30T18:00:00+00:00"), WANT],
    ),
    case(
        "invoice",
        "an answer to a batch",
        {"BatchItemResponse": [{"Invoice": INVOICE, "bId": "1"}], "time": "x"},
        gives=WANT,
    ),
    case(
        "invoice",
        "deleted just now",
        {"Invoice": {"domain": "QBO", "status": "Deleted", "Id": "1"}},
        gives=gone("invoice", "1", provider="quickbooks"),
    ),
    _invoice("nothing paid yet", {"Balance": 1296.00}, {"vendor_status": "open", "balance": "1296.00"}),
    _invoice("settled", {"Balance": 0}, {"status": "paid", "vendor_status": "settled", "balance": "0.00"}),
    _invoice(
        "void: amounts 0 and a word in the note",
        {"TotalAmt": 0, "Balance": 0, "PrivateNote": "Voided - wrong customer", "Line": []},
        {"status": "void", "vendor_status": "voided", "total": "0.00", "balance": "0.00", "lines": []},
    ),
    _invoice(
        "a total of zero is owed nothing",
        {"TotalAmt": 0, "Balance": 0, "Line": []},
        {"status": "paid", "vendor_status": "zero", "total": "0.00", "balance": "0.00", "lines": []},
    ),
    _invoice(
        "a note that only speaks of a void",
        {"PrivateNote": "Voided check came back"},
        {},
    ),
    _invoice("whole numbers", {"TotalAmt": 1296, "Balance": 796}, {}),
    _invoice("numbers as texts", {"TotalAmt": "1296.00", "Balance": "796"}, {}),
    case("invoice", "numbers with an exponent", RAW.replace('"Balance": 796.0', '"Balance": 7.96E2'), gives=WANT),
    case("invoice", "decimals beyond the cent that are zero", RAW.replace("796.0", "796.00000"), gives=WANT),
    case("invoice", "a cent", RAW.replace("796.0", "0.01"), gives=WANT | {"balance": "0.01"}),
    case("invoice", "a float's tail is no amount", RAW.replace("796.0", "795.9999999999"), fails="amount"),
    case("invoice", "half a cent is no amount", RAW.replace("796.0", "0.005"), fails="amount"),
    case("invoice", "NaN is no amount", RAW.replace("796.0", "NaN"), fails="amount"),
    case("invoice", "infinity is no amount", RAW.replace("796.0", "1e400"), fails="amount"),
    case("invoice", "true is no amount", {"Invoice": INVOICE | {"Balance": True}}, fails="amount"),
    case("invoice", "no balance at all", {"Invoice": without(INVOICE, "Balance")}, fails="Balance"),
    case("invoice", "a balance that is null", {"Invoice": INVOICE | {"Balance": None}}, fails="Balance"),
    _invoice("an id of twenty digits", {"Id": "98765432109876543210"}, {"external_id": "98765432109876543210"}),
    case(
        "invoice",
        "an id of twenty digits that came as a number",
        RAW.replace('"Id": "412"', '"Id": 98765432109876543210'),
        gives=WANT | {"external_id": "98765432109876543210"},
    ),
    case("invoice", "without an id", {"Invoice": without(INVOICE, "Id")}, fails="cannot be read"),
    _invoice("of a foreign currency", {"CurrencyRef": {"value": "CAD"}, "ExchangeRate": 0.73}, {"currency": "CAD"}),
    case(
        "invoice",
        "without a currency: the company's own",
        {"Invoice": without(INVOICE, "CurrencyRef")},
        gives=WANT | {"currency": "CAD"},
        home=Home("CAD", "CA"),
    ),
    _invoice(
        "in yen, which have no cents",
        {"CurrencyRef": {"value": "JPY"}, "TotalAmt": 1296.00, "Balance": 796},
        {
            "currency": "JPY",
            "total": "1296",
            "balance": "796",
            "lines": [line("Repair", "Roof repair", "10.0000", "1200")],
        },
    ),
    _invoice(
        "in Kuwaiti dinars, which have three decimals",
        {"CurrencyRef": {"value": "KWD"}, "TotalAmt": 12.345, "Balance": 2.005, "Line": []},
        {"currency": "KWD", "total": "12.345", "balance": "2.005", "lines": []},
    ),
    case(
        "invoice",
        "half a yen is no amount",
        {"Invoice": INVOICE | {"CurrencyRef": {"value": "JPY"}, "Balance": 796.5}},
        fails="amount",
    ),
    case("invoice", "of no known currency", {"Invoice": INVOICE | {"CurrencyRef": {"value": "XQX"}}}, fails="currency"),
    case(
        "invoice",
        "without a due date or terms: the firm's own terms decide",
        {"Invoice": without(INVOICE, "DueDate", "SalesTermRef")},
        gives=WANT | {"due_on": None},
    ),
    case(
        "invoice",
        "without a due date: by its terms",
        {"Invoice": without(INVOICE, "DueDate")},
        gives=WANT | {"due_on": "2026-10-03"},
    ),
    case(
        "invoice",
        "without a due date, by terms that name no days",
        {"Invoice": without(INVOICE, "DueDate") | {"SalesTermRef": {"value": "1", "name": "Due on receipt"}}},
        gives=WANT | {"due_on": None},
    ),
    case("invoice", "a date nobody knows", {"Invoice": INVOICE | {"TxnDate": "2026-02-30"}}, fails="date"),
    _invoice("without a number", {"DocNumber": None}, {"number": "412"}),
    _invoice(
        "changed in winter",
        {"MetaData": {"LastUpdatedTime": "2026-12-01T08:00:00-08:00"}},
        {"updated_at": "2026-12-01T16:00:00+00:00"},
    ),
    _invoice("with no word of when it changed", {"MetaData": None}, {"updated_at": None}),
    _invoice(
        "with a discount line below zero",
        {"Line": [selling(1200, "Hours", Qty=10), selling(-50, "Loyalty", Qty=1)]},
        {"lines": [line("", "Hours", "10.0000", "1200.00"), line("", "Loyalty", "1.0000", "-50.00")]},
    ),
    _invoice(
        "with emoji and Hebrew",
        {"DocNumber": "№ 7", "Line": [selling(1, EMOJI)]},
        {"number": "№ 7", "lines": [line("", EMOJI, None, "1.00")]},
    ),
    _invoice(
        "with nulls wherever a null can be",
        dict.fromkeys(
            ("CustomField", "LinkedTxn", "Line", "TxnTaxDetail", "BillAddr", "EmailStatus", "Deposit", "PrivateNote")
        ),
        {"lines": []},
    ),
    case(
        "invoice",
        "one broken among two",
        query(Invoice=[INVOICE | {"Balance": "?"}, INVOICE | {"Id": "413"}]),
        gives=WANT | {"external_id": "413"},
        left_out="412 cannot be read",
        fails="1 of the objects",
    ),
    case(
        "invoice",
        "an object that is a number",
        query(Invoice=[7, INVOICE]),
        gives=WANT,
        left_out="cannot be read",
        fails="1 of",
    ),
    case("invoice", "another kind altogether", {"Customer": CUSTOMER}, left_out="Customer 58"),
    case("invoice", "cut short", RAW[:200], fails="error"),
    case("invoice", "an outage", "<html><body>Service Unavailable</body></html>", fails="error"),
    case(
        "invoice",
        "a fault",
        {"Fault": {"Error": [{"code": "610", "Message": "Object Not Found"}], "type": "x"}},
        fails="refused",
    ),
    case("invoice", "a fault with a head", head(401, "{}"), fails="disconnected"),
    case("invoice", "nothing", "", fails="error"),
    case("invoice", "something else", {"hello": "world"}, fails="no Invoice"),
    case("invoice", "a list of nothing", "[]", fails="no Invoice"),
    case("invoice", "a number", "7", fails="error"),
    case("invoice", "null", "null", fails="error"),
]
CUSTOMERS = [
    case("customer", "the sheet's", {"Customer": CUSTOMER}, gives=WANT_CUSTOMER),
    case("customer", "a page", query(Customer=[CUSTOMER]), gives=WANT_CUSTOMER),
    case(
        "customer",
        "the change feed",
        {"CDCResponse": [{"QueryResponse": [{"Customer": [DELETED, CUSTOMER]}]}], "time": "x"},
        gives=[gone("customer", "399"), WANT_CUSTOMER],
    ),
    case("customer", "no longer active", CUSTOMER | {"Active": False}, gives=WANT_CUSTOMER | {"active": False}),
    case(
        "customer",
        "with a name only",
        {"Customer": {"Id": "60", "DisplayName": "Bo", "Active": True}},
        gives={
            "external_id": "60",
            "name": "Bo",
            "company": "",
            "contact_name": "",
            "phones": [],
            "emails": [],
            "address": {"street": "", "city": "", "state": "", "zip": ""},
            "active": True,
        },
    ),
    case(
        "customer",
        "a job without a phone of its own",
        {
            "Customer": without(CUSTOMER, "PrimaryPhone", "Mobile")
            | {"Job": True, "ParentRef": {"value": "58"}, "Id": "61"}
        },
        gives=WANT_CUSTOMER | {"external_id": "61", "phones": []},
    ),
    case(
        "customer",
        "a job takes its parent's phone where both are in the page",
        query(
            Customer=[
                CUSTOMER,
                without(CUSTOMER, "PrimaryPhone", "Mobile") | {"Job": True, "ParentRef": {"value": "58"}, "Id": "61"},
            ]
        ),
        gives=[WANT_CUSTOMER, WANT_CUSTOMER | {"external_id": "61", "phones": []}],
    ),
    case(
        "customer",
        "a phone with an instruction is not dialed",
        CUSTOMER | {"Mobile": None, "PrimaryPhone": {"FreeFormNumber": "415 555 0148 do not call"}},
        gives=WANT_CUSTOMER | {"phones": [phone(None, "415 555 0148 do not call", problem="unreadable")]},
    ),
    case(
        "customer",
        "in Canada",
        CUSTOMER
        | {"Mobile": {"FreeFormNumber": ""}, "PrimaryPhone": {"FreeFormNumber": "416-555-0148"}, "BillAddr": None},
        gives=WANT_CUSTOMER
        | {
            "phones": [phone("+14165550148", "416-555-0148")],
            "address": {"street": "", "city": "", "state": "", "zip": ""},
        },
        home=Home("CAD", "CA"),
    ),
    case(
        "customer",
        "with two addresses in one field",
        CUSTOMER | {"PrimaryEmailAddr": {"Address": "ap@harborcafe.example, ana@harborcafe.example"}},
        gives=WANT_CUSTOMER | {"emails": ["ap@harborcafe.example", "ana@harborcafe.example"]},
    ),
    case("customer", "with emoji and Hebrew", CUSTOMER | {"DisplayName": EMOJI}, gives=WANT_CUSTOMER | {"name": EMOJI}),
]
PAYMENTS = [
    case("payment", "the sheet's", {"Payment": PAYMENT}, gives=WANT_PAYMENT),
    case("payment", "a page", query(Payment=[PAYMENT]), gives=WANT_PAYMENT),
    case(
        "payment",
        "for two invoices and some left over",
        PAYMENT
        | {
            "TotalAmt": 900,
            "UnappliedAmt": 100,
            "Line": [
                {"Amount": 500.0, "LinkedTxn": [{"TxnId": "412", "TxnType": "Invoice"}]},
                {"Amount": 300.0, "LinkedTxn": [{"TxnId": "413", "TxnType": "Invoice"}]},
            ],
        },
        gives=WANT_PAYMENT | {"amount": "900.00", "allocations": [to("412", "500.00"), to("413", "300.00")]},
    ),
    case(
        "payment",
        "of no money, which applies a credit",
        PAYMENT
        | {
            "TotalAmt": 0,
            "Line": [
                {"Amount": 200.0, "LinkedTxn": [{"TxnId": "412", "TxnType": "Invoice"}]},
                {"Amount": 200.0, "LinkedTxn": [{"TxnId": "470", "TxnType": "CreditMemo"}]},
            ],
        },
        gives=WANT_PAYMENT | {"amount": "0.00", "allocations": [to("412", "200.00")]},
    ),
    case(
        "payment",
        "for nothing yet",
        PAYMENT | {"UnappliedAmt": 500, "Line": []},
        gives=WANT_PAYMENT | {"allocations": []},
    ),
    case(
        "payment",
        "void",
        PAYMENT | {"TotalAmt": 0, "Line": [], "PrivateNote": "Voided"},
        gives=WANT_PAYMENT | {"amount": "0.00", "allocations": [], "reversed": True},
    ),
    case(
        "payment",
        "deleted",
        {"CDCResponse": [{"QueryResponse": [{"Payment": [DELETED]}]}], "time": "x"},
        gives=gone("payment", "399"),
    ),
    case("payment", "without a date", without(PAYMENT, "TxnDate"), fails="TxnDate"),
]
MEMOS = [
    case("credit_memo", "the sheet's", {"CreditMemo": MEMO}, gives=WANT_MEMO),
    case("credit_memo", "used up", MEMO | {"RemainingCredit": 0, "Balance": 0}, gives=WANT_MEMO | {"balance": "0.00"}),
    case(
        "credit_memo",
        "a page with one deleted",
        query(CreditMemo=[DELETED, MEMO]),
        gives=[gone("credit_memo", "399"), WANT_MEMO],
    ),
    case("credit_memo", "without a number", without(MEMO, "DocNumber"), gives=WANT_MEMO | {"number": ""}),
]

CLOUD: Json = {
    "specversion": "1.0",
    "id": "88cd52aa-33b6-4351-9aa4-47572edbd068",
    "source": "intuit.sim",
    "type": "qbo.invoice.updated.v1",
    "datacontenttype": "application/json",
    "time": "2026-11-02T09:15:00.179851517Z",
    "intuitentityid": "130",
    "intuitaccountid": "9341450000000001",
    "data": {},
}
SEEN = event("9341450000000001", "invoice", "130", "updated", "2026-11-02T09:15:00.179851+00:00")
OLD: Json = {"id": "1234", "operation": "Update", "name": "Invoice", "lastUpdated": "2026-09-08T20:52:31.657Z"}


def notified(*entities: Json) -> Json:
    return {"eventNotifications": [{"realmId": "310687", "dataChangeEvent": {"entities": list(entities)}}]}


WEBHOOKS = [
    case("webhook", "the sheet's", [CLOUD], gives={"events": [SEEN]}),
    case(
        "webhook",
        "of two companies",
        [CLOUD, CLOUD | {"intuitaccountid": "2", "type": "qbo.payment.voided.v1", "intuitentityid": "9"}],
        gives={"events": [SEEN, SEEN | {"account": "2", "object": "payment", "external_id": "9", "action": "voided"}]},
    ),
    *(
        case(
            "webhook",
            action,
            [CLOUD | {"type": f"qbo.invoice.{action}.v1"}],
            gives={"events": [SEEN | {"action": action}]},
        )
        for action in ("created", "deleted", "voided", "merged", "emailed")
    ),
    *(
        case(
            "webhook",
            name,
            [CLOUD | {"type": f"qbo.{name}.created.v1"}],
            gives={"events": [SEEN | {"object": ours, "action": "created"}]},
        )
        for name, ours in (("customer", "customer"), ("creditmemo", "credit_memo"), ("creditMemo", "credit_memo"))
    ),
    case(
        "webhook",
        "the older form",
        notified(OLD),
        gives={"events": [event("310687", "invoice", "1234", "updated", "2026-09-08T20:52:31.657000+00:00")]},
    ),
    *(
        case(
            "webhook",
            f"the older form: {name} {operation}",
            notified(OLD | {"name": name, "operation": operation}),
            gives={"events": [event("310687", ours, "1234", action, "2026-09-08T20:52:31.657000+00:00")]},
        )
        for name, operation, ours, action in (
            ("Invoice", "Create", "invoice", "created"),
            ("Payment", "Delete", "payment", "deleted"),
            ("CreditMemo", "Void", "credit_memo", "voided"),
            ("Invoice", "Emailed", "invoice", "emailed"),
        )
    ),
    case("webhook", "no list at all", {"hello": 1}, fails="no webhook"),
    case("webhook", "cut short", '[{"specversion":"1.0",', fails="no webhook"),
    case("webhook", "nothing", "", fails="no webhook"),
]


def fault(code: str, kind: str = "ValidationFault", words: str = "Something") -> Json:
    return {
        "Fault": {"Error": [{"Message": words, "Detail": words, "code": code, "element": ""}], "type": kind},
        "time": "x",
    }


def gateway(code: str, name: str, status: int, kind: str) -> Json:
    words = f"message={name}; errorCode=00{code}; statusCode={status}"
    entry = {"message": words, "detail": None, "code": code, "element": None}
    return {"warnings": None, "intuitObject": None, "fault": {"error": [entry], "type": kind}, "time": 1793606400000}


def xml(code: str, kind: str, words: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<IntuitResponse time="2026-11-02T08:00:00.000-08:00" xmlns="http://schema.intuit.com/finance/v3">'
        f'<Fault type="{kind}"><Error code="{code}"><Message>{words}</Message>'
        "<Detail>Try again later</Detail></Error></Fault></IntuitResponse>"
    )


EXPIRED = gateway("3200", "AuthenticationFailed", 401, "AUTHENTICATION")
NO_ACCESS = gateway("3100", "ApplicationAuthorizationFailed", 403, "AUTHORIZATION")
TOO_MANY = gateway("3001", "ThrottleExceeded", 429, "SERVICE")
TOO_MANY_XML = xml("3001", "SERVICE", "message=ThrottleExceeded; errorCode=003001; statusCode=429")
AUTH_XML = xml("100", "AuthenticationFault", "General Authentication Error")
HTML = "<!DOCTYPE html><html><head><title>503</title></head><body>Service Unavailable</body></html>"
ERRORS = [
    case("error", "3200", EXPIRED, gives=error("disconnected", "3200")),
    case("error", "3200 with its status", head(401, EXPIRED), gives=error("disconnected", "3200")),
    case("error", "100 in XML", AUTH_XML, gives=error("disconnected", "100")),
    case("error", "100 in XML with its status", head(401, AUTH_XML), gives=error("disconnected", "100")),
    case("error", "3100: another company", NO_ACCESS, gives=error("disconnected", "3100")),
    case("error", "3100 with its status", head(403, NO_ACCESS), gives=error("disconnected", "3100")),
    case("error", "3001", TOO_MANY, gives=error("throttled", "3001")),
    case("error", "3001 in XML", TOO_MANY_XML, gives=error("throttled", "3001")),
    case("error", "3001 with 429", head(429, TOO_MANY), gives=error("throttled", "3001")),
    case("error", "3001 with 403", head(403, TOO_MANY), gives=error("throttled", "3001")),
    case(
        "error",
        "3001 with 429 and how long",
        head(429, TOO_MANY_XML, Retry_After="30"),
        gives=error("throttled", "3001", 30),
    ),
    case("error", "429 with nothing", head(429), gives=error("throttled")),
    case(
        "error",
        "429 and until when",
        head(429, "", Date="Mon, 02 Nov 2026 16:00:00 GMT", Retry_After="Mon, 02 Nov 2026 16:01:30 GMT"),
        gives=error("throttled", None, 90),
    ),
    case("error", "429 and a wait nobody can read", head(429, "", Retry_After="soon"), gives=error("throttled")),
    *(
        case("error", f"{code}, {how}", body, gives=error("refused", code))
        for code, kind in (
            ("5010", "ValidationFault"),
            ("6240", "ValidationFault"),
            ("610", "ValidationFault"),
            ("4001", "ValidationFault"),
            ("6000", "ValidationFault"),
            ("6190", "ValidationFault"),
            ("2020", "ValidationFault"),
        )
        for how, body in (("bare", fault(code, kind)), ("with its status", head(400, fault(code, kind))))
    ),
    case("error", "6190 under a status of 200", head(200, fault("6190")), gives=error("refused", "6190")),
    case("error", "10000", fault("10000", "SystemFault"), gives=error("unavailable", "10000")),
    case(
        "error", "10000 with its status", head(500, fault("10000", "SystemFault")), gives=error("unavailable", "10000")
    ),
    case("error", "HTML", HTML, gives=error("unavailable")),
    case("error", "HTML of 503", head(503, HTML), gives=error("unavailable")),
    case("error", "HTML of 504", head(504, HTML), gives=error("unavailable")),
    case("error", "HTML of 401", head(401, HTML), gives=error("disconnected")),
    case("error", "HTML of 200", head(200, HTML), gives=error("unavailable")),
    case("error", "nothing", "", gives=error("unavailable")),
    case("error", "nothing with 500", head(500), gives=error("unavailable")),
    case("error", "nothing with 401", head(401), gives=error("disconnected")),
    case("error", "nothing with 403", head(403), gives=error("disconnected")),
    case("error", "nothing with 404", head(404), gives=error("refused")),
    case("error", "cut short", text(fault("610"))[:40], gives=error("unavailable")),
    case(
        "error",
        "a refresh token that died",
        {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"},
        gives=error("disconnected", "invalid_grant"),
    ),
    case(
        "error",
        "a refresh token that died, with its status",
        head(400, {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"}),
        gives=error("disconnected", "invalid_grant"),
    ),
    case(
        "error", "a wrong client", head(401, {"error": "invalid_client"}), gives=error("disconnected", "invalid_client")
    ),
    case("error", "a wrong client, bare", {"error": "invalid_client"}, gives=error("disconnected", "invalid_client")),
    case("error", "no error at all", {"QueryResponse": {}}, fails="no error"),
    case("error", "an invoice is none", {"Invoice": INVOICE}, fails="no error"),
]

TOKEN: Json = {
    "token_type": "bearer",
    "expires_in": 3600,
    "access_token": "eyJSECRETaccess",
    "refresh_token": "AB11SECRETone",
    "x_refresh_token_expires_in": 8726400,
}
ENDS: Json = {
    "account": None,
    "expires_at": "2026-11-02T17:00:00+00:00",
    "refresh_expires_at": "2027-02-11T16:00:00+00:00",
    "rotated": True,
}
AT = "Mon, 02 Nov 2026 16:00:00 GMT"
TOKENS = [
    case("token", "the sheet's", head(200, TOKEN, Date=AT), gives=ENDS),
    case("token", "the same again", *[head(200, TOKEN, Date=AT)] * 2, gives=[ENDS, ENDS | {"rotated": False}]),
    case(
        "token",
        "another one",
        head(200, TOKEN, Date=AT),
        head(200, TOKEN | {"refresh_token": "AB11SECRETtwo"}, Date=AT),
        gives=[ENDS, ENDS],
    ),
    case(
        "token",
        "with the end five years on",
        head(200, TOKEN | {"x_refresh_token_hard_expires_in": 864000}, Date=AT),
        gives=ENDS | {"refresh_expires_at": "2026-11-12T16:00:00+00:00"},
    ),
    case("token", "with numbers as texts", head(200, TOKEN | {"expires_in": "3600"}, Date=AT), gives=ENDS),
    case("token", "a refusal instead", {"error": "invalid_grant"}, fails="disconnected"),
    case("token", "nothing", "", fails="error"),
    case("token", "something else", {"hello": "world"}, fails="no tokens"),
    case("token", "cut short", text(TOKEN)[:60], fails="error"),
]

ODD = [
    case("error", "nobody answered in time", head(408), gives=error("unavailable")),
    case(
        "error",
        "a wait until a date is told in whole seconds",
        head(429, "", Date=AT, Retry_After="Mon, 02 Nov 2026 16:00:31 GMT"),
        gives=error("throttled", None, 31),
    ),
    case(
        "invoice",
        "a batch in which one was refused",
        {"BatchItemResponse": [{"Invoice": INVOICE, "bId": "1"}, {"bId": "2", **fault("610")}]},
        gives=WANT,
        left_out="one of the answers in it is an error: QuickBooks does not have this object. (Something",
    ),
    case(
        "invoice",
        "a file between two that cannot be read",
        {"Invoice": INVOICE},
        "no JSON at all",
        {"Invoice": INVOICE},
        gives=[WANT, WANT],
        left_out="1.txt: an error, not an object",
        fails="1 of the objects cannot be read",
    ),
    case(
        "webhook",
        "kept with the request it came in",
        "POST /hooks/quickbooks/ HTTP/1.1\r\nHost: app.example.com\r\n\r\n" + json.dumps([CLOUD]),
        gives={"events": [SEEN]},
    ),
]
CASES = [*INVOICES, *CUSTOMERS, *PAYMENTS, *MEMOS, *WEBHOOKS, *ERRORS, *TOKENS, *ODD]
