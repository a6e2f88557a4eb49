"""Jobber: its answers and what must come out of them, by the vendor's contract sheet."""

import base64
import json
from typing import Any

from integrations.ledger import Home
from tests.integrations.payloads.case import Case, Json, case, error, event, head, line, paid, phone, text, to

ID, CLIENT_ID, ACCOUNT = (
    "Z2lkOi8vSm9iYmVyL0ludm9pY2UvMTAwMQ==",
    "Z2lkOi8vSm9iYmVyL0NsaWVudC83Nw==",
    "Z2lkOi8vSm9iYmVyL0FjY291bnQvMjQ4NjkzNA==",
)
PAY = "Z2lkOi8vSm9iYmVyL1BheW1lbnRSZWNvcmQvNQ=="
AMOUNTS: Json = {
    "subtotal": 1700.0,
    "discountAmount": 0.0,
    "taxAmount": 140.0,
    "depositAmount": 0.0,
    "paymentsTotal": 500.0,
    "tipsTotal": 0.0,
    "invoiceBalance": 1340.0,
    "total": 1840.0,
}
STUB: Json = {
    "id": CLIENT_ID,
    "name": "Ruiz Dental",
    "firstName": "Dana",
    "lastName": "Ruiz",
    "companyName": "Ruiz Dental",
    "isCompany": True,
    "isArchived": False,
}
INVOICE: Json = {
    "id": ID,
    "invoiceNumber": "214",
    "subject": "For Services Rendered",
    "invoiceStatus": "past_due",
    "issuedDate": "2026-02-10T06:00:00Z",
    "dueDate": "2026-03-12T05:00:00Z",
    "invoiceNet": 30,
    "receivedDate": None,
    "createdAt": "2026-02-10T15:12:44Z",
    "updatedAt": "2026-03-14T21:05:02Z",
    "jobberWebUri": "https://secure.getjobber.com/invoices/1001",
    "clientHubUri": "https://clienthub.example/x",
    "amounts": AMOUNTS,
    "client": STUB,
}
ENTRY: Json = {
    "id": PAY,
    "adjustmentType": "PAYMENT",
    "amount": 500.0,
    "entryDate": "2026-03-01T06:00:00Z",
    "tipAmount": 0.0,
    "jobberPaymentTransactionStatus": "SUCCEEDED",
}
WHOLE: Json = INVOICE | {
    "message": None,
    "waitingForFinancedPayment": False,
    "billingAddress": None,
    "lineItems": {
        "nodes": [
            {
                "id": "L1",
                "name": "Service call",
                "description": "Pump",
                "quantity": 2.0,
                "unitPrice": 850.0,
                "totalPrice": 1700.0,
                "taxable": True,
                "date": None,
            }
        ],
        "pageInfo": {"hasNextPage": False, "endCursor": None},
    },
    "paymentRecords": {"nodes": [ENTRY], "pageInfo": {"hasNextPage": False, "endCursor": None}},
}
WANT: Json = {
    "provider": "jobber",
    "external_id": ID,
    "number": "214",
    "customer_external_id": CLIENT_ID,
    "status": "open",
    "vendor_status": "past_due",
    "currency": "USD",
    "total": "1840.00",
    "balance": "1340.00",
    "issued_on": "2026-02-10",
    "due_on": "2026-03-12",
    "lines": [],
    "payments": [],
    "disputed_at_vendor": False,
    "updated_at": "2026-03-14T21:05:02+00:00",
}
WANT_WHOLE = WANT | {
    "lines": [line("Service call", "Pump", "2.0000", "1700.00")],
    "payments": [paid(PAY, "500.00", "2026-03-01")],
}
COST = {
    "cost": {
        "requestedQueryCost": 1454,
        "actualQueryCost": 212,
        "throttleStatus": {"maximumAvailable": 10000, "currentlyAvailable": 454, "restoreRate": 500},
    }
}
CLIENT: Json = STUB | {
    "isLead": False,
    "balance": 1340.0,
    "createdAt": "2026-02-10T15:12:44Z",
    "updatedAt": "2026-03-14T21:05:02Z",
    "emails": [{"id": "E1", "address": "dana@ruizdental.example", "description": "MAIN", "primary": True}],
    "phones": [
        {
            "id": "P1",
            "number": "(512) 555-0148",
            "normalizedPhoneNumber": "+15125550148",
            "description": "MAIN",
            "primary": True,
            "smsAllowed": False,
        },
        {
            "id": "P2",
            "number": "512-555-0199",
            "normalizedPhoneNumber": None,
            "description": "MOBILE",
            "primary": False,
            "smsAllowed": True,
        },
    ],
    "billingAddress": {
        "street1": "1 Elm",
        "street2": "",
        "city": "Austin",
        "province": "TX",
        "postalCode": "78701",
        "country": "United States",
    },
}
WANT_CLIENT: Json = {
    "external_id": CLIENT_ID,
    "name": "Ruiz Dental",
    "company": "Ruiz Dental",
    "contact_name": "Dana Ruiz",
    "phones": [phone("+15125550199", "512-555-0199", "mobile"), phone("+15125550148", "(512) 555-0148")],
    "emails": ["dana@ruizdental.example"],
    "address": {"street": "1 Elm", "city": "Austin", "state": "US-TX", "zip": "78701"},
    "active": True,
}
RECORD: Json = {
    "__typename": "CheckPaymentRecord",
    "id": PAY,
    "adjustmentType": "PAYMENT",
    "amount": 500.0,
    "rawAmount": -500.0,
    "entryDate": "2026-03-01T06:00:00Z",
    "paymentType": "CHEQUE",
    "paymentOrigin": "UNKNOWN_ORIGIN",
    "details": "",
    "client": {"id": CLIENT_ID},
    "invoice": {"id": ID, "invoiceNumber": "214"},
}
WANT_RECORD: Json = {
    "external_id": PAY,
    "amount": "500.00",
    "currency": "USD",
    "paid_on": "2026-03-01",
    "allocations": [to(ID, "500.00")],
    "reversed": False,
}


def data(**found: Any) -> Json:
    return {"data": found, "extensions": COST}


def nodes(name: str, *found: Any) -> Json:
    return data(**{name: {"nodes": list(found), "pageInfo": {"hasNextPage": True, "endCursor": "NTA"}}})


def without(body: Json, *names: str) -> Json:
    return {name: value for name, value in body.items() if name not in names}


def _invoice(name: str, changes: Json, gives: Json, **more: Any) -> Case:
    return case("invoice", name, data(invoice=INVOICE | changes), gives=WANT | gives, **more)


EMOJI = "Café ☕ רוף"
CHICAGO, ANGELES = Home(zone="America/Chicago"), Home(zone="America/Los_Angeles")
NOTHING_OWED = {"amounts": AMOUNTS | {"invoiceBalance": 0.0, "paymentsTotal": 1840.0}}
INVOICES = [
    case("invoice", "the sheet's page", nodes("invoices", INVOICE), gives=WANT),
    case("invoice", "one by its id", data(invoice=WHOLE), gives=WANT_WHOLE),
    case("invoice", "the bare object", INVOICE, gives=WANT),
    case("invoice", "a bare list", [INVOICE], gives=WANT),
    case("invoice", "a page by edges", data(invoices={"edges": [{"cursor": "x", "node": INVOICE}]}), gives=WANT),
    case("invoice", "kept with its head", head(200, nodes("invoices", INVOICE)), gives=WANT),
    case(
        "invoice", "with a BOM before it", b"\xef\xbb\xbf" + json.dumps(nodes("invoices", INVOICE)).encode(), gives=WANT
    ),
    case(
        "invoice", "an empty page", data(invoices={"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}})
    ),
    *(
        _invoice(said, {"invoiceStatus": said}, {"status": ours, "vendor_status": said})
        for said, ours in (
            ("draft", "draft"),
            ("awaiting_payment", "open"),
            ("sent_not_due", "open"),
            ("past_due", "open"),
        )
    ),
    _invoice(
        "bad_debt",
        {"invoiceStatus": "bad_debt"},
        {"status": "written_off", "vendor_status": "bad_debt", "balance": "0.00"},
    ),
    _invoice(
        "paid", {"invoiceStatus": "paid"} | NOTHING_OWED, {"status": "paid", "vendor_status": "paid", "balance": "0.00"}
    ),
    _invoice("past due, just cleared", NOTHING_OWED, {"status": "paid", "balance": "0.00"}),
    _invoice("of a status nobody knows", {"invoiceStatus": "parked"}, {"status": "draft", "vendor_status": "parked"}),
    _invoice("midnight in Chicago", {}, {}, home=CHICAGO),
    _invoice(
        "midnight in Los Angeles, summer and winter",
        {"issuedDate": "2026-02-10T08:00:00Z", "dueDate": "2026-07-12T07:00:00Z"},
        {"due_on": "2026-07-12"},
        home=ANGELES,
    ),
    _invoice(
        "in the evening in Los Angeles: still that day",
        {"issuedDate": "2026-02-11T05:59:59Z", "dueDate": "2026-03-13T04:00:00Z"},
        {},
        home=ANGELES,
    ),
    _invoice("dates with an offset", {"dueDate": "2026-03-12T00:00:00-06:00"}, {}, home=CHICAGO),
    _invoice("without a due date: by its terms", {"dueDate": None}, {"due_on": "2026-03-12"}),
    _invoice(
        "of a draft without any date",
        {"issuedDate": None, "dueDate": None, "invoiceStatus": "draft"},
        {"status": "draft", "vendor_status": "draft", "issued_on": None, "due_on": None},
    ),
    _invoice("in Canada", {}, {"currency": "CAD"}, home=Home("CAD", "CA")),
    _invoice("with a float's tail of zeros", {"amounts": AMOUNTS | {"total": 1840.0000}}, {}),
    _invoice("with emoji and Hebrew", {"invoiceNumber": EMOJI}, {"number": EMOJI}),
    _invoice("of zero", {"amounts": dict.fromkeys(AMOUNTS, 0)}, {"status": "paid", "total": "0.00", "balance": "0.00"}),
    case(
        "invoice",
        "with a chargeback on its payment",
        data(invoice=WHOLE | {"paymentRecords": {"nodes": [ENTRY | {"jobberPaymentTransactionStatus": "IN_DISPUTE"}]}}),
        gives=WANT_WHOLE | {"disputed_at_vendor": True},
    ),
    case(
        "invoice",
        "of a sample client: never ours",
        nodes("invoices", INVOICE | {"client": STUB | {"sampleData": True}, "id": "sample"}, INVOICE),
        gives=WANT,
        left_out="sample",
    ),
    case(
        "invoice",
        "with a line below zero",
        data(
            invoice=INVOICE
            | {
                "lineItems": {
                    "nodes": [{"id": "L", "name": "Loyalty", "description": EMOJI, "quantity": 1, "totalPrice": -50}]
                }
            }
        ),
        gives=WANT | {"lines": [line("Loyalty", EMOJI, "1.0000", "-50.00")]},
    ),
    case("invoice", "without amounts", data(invoice=INVOICE | {"amounts": None}), fails="amounts"),
    case(
        "invoice",
        "half a cent",
        data(invoice=INVOICE | {"amounts": AMOUNTS | {"invoiceBalance": 1.005}}),
        fails="amount",
    ),
    case("invoice", "a date nobody knows", data(invoice=INVOICE | {"dueDate": "soon"}), fails="date"),
    case("invoice", "without an id", data(invoice=without(INVOICE, "id")), fails="cannot be read"),
    case("invoice", "deleted: nobody says which", data(invoice=None), fails="refused"),
    case(
        "invoice",
        "partial data with errors",
        {"data": {"invoice": INVOICE}, "errors": [{"message": "Service temporarily unavailable"}]},
        fails="unavailable",
    ),
    case(
        "invoice",
        "one broken among two",
        nodes("invoices", INVOICE | {"amounts": None}, INVOICE),
        gives=WANT,
        left_out="cannot be read",
        fails="1 of",
    ),
    case("invoice", "clients instead", nodes("clients", CLIENT), left_out=CLIENT_ID),
    case("invoice", "cut short", text(nodes("invoices", INVOICE))[:300], fails="error"),
    case("invoice", "nothing", "", fails="error"),
    case("invoice", "something else", {"hello": "world"}, fails="no"),
]
CUSTOMERS = [
    case("customer", "the sheet's page", nodes("clients", CLIENT), gives=WANT_CLIENT),
    case("customer", "one by its id", data(client=CLIENT), gives=WANT_CLIENT),
    case("customer", "the bare object", CLIENT, gives=WANT_CLIENT),
    case("customer", "archived", data(client=CLIENT | {"isArchived": True}), gives=WANT_CLIENT | {"active": False}),
    case(
        "customer",
        "with empty names",
        data(client=CLIENT | {"firstName": "", "lastName": "", "phones": [], "emails": [], "billingAddress": None}),
        gives=WANT_CLIENT
        | {
            "contact_name": "",
            "phones": [],
            "emails": [],
            "address": {"street": "", "city": "", "state": "", "zip": ""},
        },
    ),
    case(
        "customer",
        "the vendor's sample",
        nodes("clients", CLIENT | {"sampleData": True, "id": "sample"}, CLIENT),
        gives=WANT_CLIENT,
        left_out="sample",
    ),
]
PAYMENTS = [
    case("payment", "the sheet's page", nodes("paymentRecords", RECORD), gives=WANT_RECORD),
    case("payment", "one by its id", data(paymentRecord=RECORD), gives=WANT_RECORD),
    case("payment", "the bare object", RECORD, gives=WANT_RECORD),
    case("payment", "a deposit", nodes("paymentRecords", RECORD | {"adjustmentType": "DEPOSIT"}), gives=WANT_RECORD),
    *(
        case(
            "payment", f"{kind} is no payment", nodes("paymentRecords", RECORD | {"adjustmentType": kind}), left_out=PAY
        )
        for kind in ("CORRECTION", "INITIAL_BALANCE", "BAD_DEBT", "INVOICE", "REFUND", "FAILED_ACH_PAYMENT")
    ),
    case(
        "payment",
        "for nothing yet",
        nodes("paymentRecords", RECORD | {"invoice": None}),
        gives=WANT_RECORD | {"allocations": []},
    ),
    case(
        "payment",
        "those laid into an invoice",
        data(invoice=WHOLE),
        gives=WANT_RECORD,
    ),
]
MEMOS = [case("credit_memo", "Jobber has none", nodes("invoices", INVOICE), fails="no credit memos")]


def rung(topic: str = "INVOICE_UPDATE", **more: Any) -> Json:
    found = {
        "topic": topic,
        "appId": "3ef22a50",
        "accountId": ACCOUNT,
        "itemId": ID,
        "occurredAt": "2026-07-02T09:08:19Z",
    }
    return {"data": {"webHookEvent": found | more}}


SEEN = event(ACCOUNT, "invoice", ID, "updated", "2026-07-02T09:08:19+00:00")
WEBHOOKS = [
    case("webhook", "the sheet's", rung(), gives={"events": [SEEN]}),
    *(
        case("webhook", topic, rung(topic), gives={"events": [SEEN | {"object": of, "action": did}]})
        for topic, of, did in (
            ("INVOICE_CREATE", "invoice", "created"),
            ("INVOICE_DESTROY", "invoice", "deleted"),
            ("PAYMENT_CREATE", "payment", "created"),
            ("PAYMENT_UPDATE", "payment", "updated"),
            ("PAYMENT_DESTROY", "payment", "deleted"),
            ("CLIENT_UPDATE", "customer", "updated"),
            ("CLIENT_DESTROY", "customer", "deleted"),
        )
    ),
    case(
        "webhook",
        "disconnected there",
        rung("APP_DISCONNECT"),
        gives={"events": [SEEN | {"object": "connection", "action": "disconnected"}]},
    ),
    case(
        "webhook",
        "connected there",
        rung("APP_CONNECT"),
        gives={"events": [SEEN | {"object": "connection", "action": "connected"}]},
    ),
    case(
        "webhook",
        "misspelt, with an offset, as for older apps",
        {
            "data": {
                "webHookEvent": {
                    "topic": "INVOICE_UPDATE",
                    "appId": "x",
                    "accountId": ACCOUNT,
                    "itemId": ID,
                    "occuredAt": "2026-07-02T03:08:19-06:00",
                }
            }
        },
        gives={"events": [SEEN]},
    ),
    case("webhook", "something else", {"data": {}}, fails="no webhook"),
    case("webhook", "nothing", "", fails="no webhook"),
]


def said(message: str, code: str | None = None, **more: Any) -> Json:
    return {"errors": [{"message": message} | ({"extensions": {"code": code}} if code else {})], **more}


GONE_AWAY = "User has disconnected this app from their account. Please delete this token"
FIELD = {
    "errors": [
        {
            "message": "Field 'foo' doesn't exist on type 'Invoice'",
            "locations": [{"line": 1, "column": 20}],
            "path": ["query", "invoice", "foo"],
            "extensions": {"code": "undefinedField", "typeName": "Invoice", "fieldName": "foo"},
        }
    ]
}
ERRORS = [
    case(
        "error",
        "not signed in",
        said("Auth required", "UNAUTHENTICATED"),
        gives=error("disconnected", "UNAUTHENTICATED"),
    ),
    case(
        "error",
        "not signed in, with its status",
        head(401, said("Auth required", "UNAUTHENTICATED")),
        gives=error("disconnected", "UNAUTHENTICATED"),
    ),
    case("error", "not found", said("Invoice not found", data=None), gives=error("refused")),
    case("error", "not found, by null", {"data": {"invoice": None}}, gives=error("refused")),
    case("error", "a field nobody knows", FIELD, gives=error("refused", "undefinedField")),
    case("error", "an expired token", {"message": "Access token expired"}, gives=error("disconnected")),
    case(
        "error",
        "an expired token with its status",
        head(401, {"message": "Access token expired"}),
        gives=error("disconnected"),
    ),
    case(
        "error",
        "an invalid request with 401",
        head(401, {"error": "invalid_request"}),
        gives=error("disconnected", "invalid_request"),
    ),
    case("error", "disconnected by the owner", said(GONE_AWAY), gives=error("disconnected")),
    case("error", "disconnected by the owner, another shape", {"message": GONE_AWAY}, gives=error("disconnected")),
    case("error", "out of service", said("Service temporarily unavailable"), gives=error("unavailable")),
    case("error", "out of service, plain", "Service temporarily unavailable", gives=error("unavailable")),
    case("error", "throttled", said("Throttled", "THROTTLED"), gives=error("throttled", "THROTTLED")),
    case(
        "error",
        "throttled, bare, with its cost",
        said("Throttled", "THROTTLED", extensions=COST),
        gives=error("throttled", "THROTTLED"),
    ),
    case(
        "error",
        "throttled, kept with its head",
        head(200, said("Throttled", "THROTTLED", extensions=COST)),
        gives=error("throttled", "THROTTLED", 2.1),
    ),
    case("error", "too many requests", "Too Many Requests", gives=error("throttled")),
    case("error", "too many requests with 429", head(429, "Too Many Requests"), gives=error("throttled")),
    case(
        "error",
        "too many requests with how long",
        head(429, "Too Many Requests", Retry_After="30"),
        gives=error("throttled", None, 30),
    ),
    case(
        "error",
        "a scope that is missing",
        {"data": {"invoices": None}, "errors": [{"message": "Not authorized to view invoices", "path": ["invoices"]}]},
        gives=error("disconnected"),
    ),
    case("error", "nothing with 403", head(403), gives=error("disconnected")),
    case(
        "error",
        "a write refused under 200",
        {
            "data": {
                "invoiceEdit": {
                    "invoice": None,
                    "userErrors": [{"message": "Discount is too large", "path": ["input"]}],
                }
            }
        },
        gives=error("refused", "userErrors"),
    ),
    case("error", "503 in HTML", head(503, "<html></html>"), gives=error("unavailable")),
    case("error", "HTML", "<html></html>", gives=error("unavailable")),
    case("error", "nothing", "", gives=error("unavailable")),
    case("error", "cut short", '{"errors":[{"mess', gives=error("unavailable")),
    case(
        "error", "a refresh token that died", {"error": "invalid_grant"}, gives=error("disconnected", "invalid_grant")
    ),
    case(
        "error",
        "a refresh token that died, with 401",
        head(401, {"error": "invalid_grant"}),
        gives=error("disconnected", "invalid_grant"),
    ),
    case("error", "no error at all", nodes("invoices"), fails="no error"),
]


def jwt(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{body}.SECRETsignature"


TOKEN: Json = {"access_token": jwt(sub=1, exp=1790000000), "refresh_token": "23792a23SECRET"}
ENDS: Json = {"account": None, "expires_at": "2026-09-21T14:13:20+00:00", "refresh_expires_at": None, "rotated": True}
TOKENS = [
    case(
        "token",
        "the sheet's",
        '{"access_token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjEsImV4cCI6MTc5MDAwMDAwMH0.x","refresh_token":"23792a23SECRET"}',
        gives=ENDS,
    ),
    case("token", "two in a row", TOKEN, TOKEN | {"refresh_token": "twoSECRET"}, gives=[ENDS, ENDS]),
    case("token", "with rotation off: a warning", TOKEN | {"warning": "Rotate."}, gives=ENDS | {"rotated": False}),
    case("token", "the same twice", TOKEN, TOKEN, gives=[ENDS, ENDS | {"rotated": False}]),
    case(
        "token",
        "one that is no JWT, with its time",
        head(
            200,
            {"access_token": "SECRET", "refresh_token": "SECRET", "expires_in": 3600},
            Date="Mon, 02 Nov 2026 16:00:00 GMT",
        ),
        gives=ENDS | {"expires_at": "2026-11-02T17:00:00+00:00"},
    ),
    case(
        "token",
        "with its account",
        TOKEN | {"access_token": jwt(exp=1790000000, account_id=2486934)},
        gives=ENDS | {"account": "2486934"},
    ),
    case("token", "a refusal instead", head(401, {"error": "invalid_grant"}), fails="disconnected"),
    case("token", "something else", {"hello": "world"}, fails="no tokens"),
]
ODD = [
    case("error", "nobody answered in time", head(408), gives=error("unavailable")),
]
CASES = [*INVOICES, *CUSTOMERS, *PAYMENTS, *MEMOS, *WEBHOOKS, *ERRORS, *TOKENS, *ODD]
