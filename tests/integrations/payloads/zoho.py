"""Zoho Books: its answers and what must come out of them, by the vendor's contract sheet."""

import json
from typing import Any

from tests.integrations.payloads.case import Case, Json, case, error, event, head, line, phone, text, to

ID, CUST, PAY, MEMO_ID = "3818499000000099001", "3818499000000076001", "3818499000000088001", "3818499000000066001"
ROW: Json = {
    "invoice_id": ID,
    "customer_id": CUST,
    "customer_name": "Ruiz Dental",
    "company_name": "Ruiz Dental",
    "status": "overdue",
    "current_sub_status": "overdue",
    "invoice_number": "INV-000214",
    "reference_number": "",
    "date": "2026-02-10",
    "due_date": "2026-03-12",
    "due_days": "Overdue by 3 days",
    "currency_code": "USD",
    "currency_id": "3818499000000000097",
    "exchange_rate": 1.0,
    "total": 1840.00,
    "balance": 1340.00,
    "write_off_amount": 0.00,
    "is_emailed": True,
    "is_viewed_by_client": False,
    "reminders_sent": 1,
    "payment_expected_date": "",
    "last_payment_date": "2026-03-01",
    "email": "dana@ruizdental.example",
    "phone": "",
    "created_time": "2026-02-10T09:12:44-0600",
    "last_modified_time": "2026-03-14T16:05:02-0500",
    "custom_fields": [],
    "custom_field_hash": {},
}
WHOLE = ROW | {
    "line_items": [
        {
            "line_item_id": "1",
            "item_id": "2",
            "name": "Service call",
            "description": "Pump",
            "quantity": 2.0,
            "rate": 920.0,
            "discount": 0,
            "tax_name": "",
            "tax_percentage": 0,
            "item_total": 1840.0,
        }
    ],
    "sub_total": 1840.0,
    "tax_total": 0,
    "payment_made": 500.0,
    "credits_applied": 0,
    "price_precision": 2,
    "billing_address": {"address": "1 Elm"},
    "invoice_url": "https://books.zoho.example/x",
}
WANT: Json = {
    "provider": "zoho",
    "external_id": ID,
    "number": "INV-000214",
    "customer_external_id": CUST,
    "status": "open",
    "vendor_status": "overdue",
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
WANT_WHOLE = WANT | {"lines": [line("Service call", "Pump", "2.0000", "1840.00")]}
CONTACT: Json = {
    "contact_id": CUST,
    "contact_name": "Ruiz Dental",
    "company_name": "Ruiz Dental",
    "contact_type": "customer",
    "customer_sub_type": "business",
    "status": "active",
    "first_name": "Dana",
    "last_name": "Ruiz",
    "email": "dana@ruizdental.example",
    "phone": "512-555-0148",
    "mobile": "(512) 555-0199",
    "currency_code": "USD",
    "payment_terms": 30,
    "outstanding_receivable_amount": 1340.0,
    "unused_credits_receivable_amount": 0.0,
    "payment_reminder_enabled": True,
    "billing_address": {
        "address": "1 Elm",
        "street2": "",
        "city": "Austin",
        "state": "TX",
        "zip": "78701",
        "country": "U.S.A.",
        "country_code": "US",
        "phone": "",
    },
    "contact_persons": [],
    "notes": "",
    "created_time": "2026-02-10T09:12:44-0600",
    "last_modified_time": "2026-03-14T16:05:02-0500",
}
WANT_CONTACT: Json = {
    "external_id": CUST,
    "name": "Ruiz Dental",
    "company": "Ruiz Dental",
    "contact_name": "Dana Ruiz",
    "phones": [phone("+15125550199", "(512) 555-0199", "mobile"), phone("+15125550148", "512-555-0148")],
    "emails": ["dana@ruizdental.example"],
    "address": {"street": "1 Elm", "city": "Austin", "state": "US-TX", "zip": "78701"},
    "active": True,
}
PAYMENT: Json = {
    "payment_id": PAY,
    "payment_number": "17",
    "customer_id": CUST,
    "customer_name": "Ruiz Dental",
    "date": "2026-03-01",
    "payment_mode": "check",
    "amount": 500.0,
    "unused_amount": 0.0,
    "currency_code": "USD",
    "exchange_rate": 1.0,
    "reference_number": "1183",
    "description": "",
    "last_modified_time": "2026-03-01T10:00:00-0600",
    "invoices": [{"invoice_id": ID, "invoice_payment_id": "5", "amount_applied": 500.0, "tax_amount_withheld": 0.0}],
}
WANT_PAYMENT: Json = {
    "external_id": PAY,
    "amount": "500.00",
    "currency": "USD",
    "paid_on": "2026-03-01",
    "allocations": [to(ID, "500.00")],
    "reversed": False,
}
MEMO: Json = {
    "creditnote_id": MEMO_ID,
    "creditnote_number": "CN-00019",
    "customer_id": CUST,
    "date": "2026-03-20",
    "status": "open",
    "total": 120.0,
    "balance": 70.0,
    "currency_code": "USD",
    "reference_number": "Dispute 31",
    "line_items": [],
    "invoices_credited": [
        {
            "creditnote_invoice_id": "8",
            "invoice_id": ID,
            "invoice_number": "INV-000214",
            "amount_applied": 50.0,
            "date": "2026-03-20",
        }
    ],
}
WANT_MEMO: Json = {
    "external_id": MEMO_ID,
    "number": "CN-00019",
    "total": "120.00",
    "balance": "70.00",
    "currency": "USD",
    "applied": [to(ID, "50.00")],
}


def ok(**found: Any) -> Json:
    return {"code": 0, "message": "success", **found}


def page(**lists: Any) -> Json:
    return ok(**lists, page_context={"page": 1, "per_page": 200, "has_more_page": False, "report_name": "Invoices"})


def without(body: Json, *names: str) -> Json:
    return {name: value for name, value in body.items() if name not in names}


def _invoice(name: str, changes: Json, gives: Json, **more: Any) -> Case:
    return case("invoice", name, page(invoices=[ROW | changes]), gives=WANT | gives, **more)


EMOJI = "Café ☕ רוף"
PAID: Json = {"balance": 0, "last_payment_date": "2026-03-01"}
INVOICES = [
    case("invoice", "the sheet's page", page(invoices=[ROW]), gives=WANT),
    case("invoice", "one by its id", ok(invoice=WHOLE), gives=WANT_WHOLE),
    case("invoice", "the bare object", WHOLE, gives=WANT_WHOLE),
    case("invoice", "a bare list", [ROW], gives=WANT),
    case("invoice", "the list alone", {"invoices": [ROW]}, gives=WANT),
    case("invoice", "kept with its head", head(200, page(invoices=[ROW])), gives=WANT),
    case("invoice", "with a BOM before it", b"\xef\xbb\xbf" + json.dumps(page(invoices=[ROW])).encode(), gives=WANT),
    case("invoice", "an empty page", page(invoices=[])),
    *(
        _invoice(said, {"status": said}, {"status": ours, "vendor_status": said})
        for said, ours in (
            *((one, "draft") for one in ("draft", "pending_approval", "approved", "rejected")),
            *((one, "open") for one in ("sent", "viewed", "unpaid", "partially_paid")),
        )
    ),
    _invoice("paid", {"status": "paid"} | PAID, {"status": "paid", "vendor_status": "paid", "balance": "0.00"}),
    _invoice(
        "sent, with nothing owed",
        {"status": "sent"} | PAID,
        {"status": "paid", "vendor_status": "sent", "balance": "0.00"},
    ),
    _invoice("void", {"status": "void"}, {"status": "void", "vendor_status": "void", "balance": "0.00"}),
    _invoice(
        "written off",
        {"status": "paid", "write_off_amount": 1340.0} | PAID,
        {"status": "written_off", "vendor_status": "paid", "balance": "0.00"},
    ),
    _invoice("written off in part", {"write_off_amount": 100.0, "balance": 1240.0}, {"balance": "1240.00"}),
    _invoice("of a status nobody knows", {"status": "parked"}, {"vendor_status": "parked"}),
    _invoice("with its ids as numbers", {"invoice_id": int(ID), "customer_id": int(CUST)}, {}),
    _invoice("an id of twenty digits", {"invoice_id": "98765432109876543210"}, {"external_id": "98765432109876543210"}),
    _invoice("with its amounts as texts", {"total": "1840.00", "balance": "1340"}, {}),
    _invoice(
        "with blanks for what is empty",
        {"due_date": " ", "exchange_rate": "", "write_off_amount": ""},
        {"due_on": None},
    ),
    _invoice("without a number", {"invoice_number": ""}, {"number": ID}),
    _invoice("with emoji and Hebrew", {"invoice_number": EMOJI}, {"number": EMOJI}),
    _invoice(
        "changed in India",
        {"last_modified_time": "2026-03-14T16:05:02+0530"},
        {"updated_at": "2026-03-14T10:35:02+00:00"},
    ),
    _invoice("with no word of when it changed", {"last_modified_time": ""}, {"updated_at": None}),
    _invoice("in rupees", {"currency_code": "INR"}, {"currency": "INR"}),
    _invoice("in yen", {"currency_code": "JPY"}, {"currency": "JPY", "total": "1840", "balance": "1340"}),
    _invoice(
        "in Kuwaiti dinars",
        {"currency_code": "KWD", "total": 12.345, "balance": 2.005},
        {"currency": "KWD", "total": "12.345", "balance": "2.005"},
    ),
    _invoice(
        "of zero",
        {"total": 0, "balance": 0, "status": "paid"},
        {"status": "paid", "vendor_status": "paid", "total": "0.00", "balance": "0.00"},
    ),
    case(
        "invoice",
        "with a line below zero",
        ok(
            invoice=WHOLE
            | {"line_items": [{"name": "Loyalty", "description": EMOJI, "quantity": 1, "item_total": -50.0}]}
        ),
        gives=WANT | {"lines": [line("Loyalty", EMOJI, "1.0000", "-50.00")]},
    ),
    case(
        "invoice",
        "with nulls wherever a null can be",
        ok(
            invoice=dict.fromkeys(WHOLE)
            | {
                "invoice_id": ID,
                "customer_id": CUST,
                "status": "sent",
                "total": 1840,
                "balance": 1340,
                "date": "2026-02-10",
            }
        ),
        gives=WANT | {"vendor_status": "sent", "number": ID, "due_on": None, "updated_at": None},
    ),
    case("invoice", "without a balance", page(invoices=[without(ROW, "balance")]), fails="balance"),
    case("invoice", "with a blank balance", page(invoices=[ROW | {"balance": ""}]), fails="balance"),
    case("invoice", "half a cent", page(invoices=[ROW | {"balance": 1.005}]), fails="amount"),
    case("invoice", "a date nobody knows", page(invoices=[ROW | {"date": "10/02/2026"}]), fails="date"),
    case("invoice", "without an id", page(invoices=[without(ROW, "invoice_id")]), fails="cannot be read"),
    case(
        "invoice",
        "one broken among two",
        page(invoices=[ROW | {"total": "?"}, ROW]),
        gives=WANT,
        left_out=f"{ID} cannot be read",
        fails="1 of",
    ),
    case("invoice", "contacts instead", page(contacts=[CONTACT]), left_out=CUST),
    case("invoice", "an error", {"code": 1002, "message": "Invoice does not exist."}, fails="refused"),
    case("invoice", "cut short", text(page(invoices=[ROW]))[:300], fails="error"),
    case("invoice", "nothing", "", fails="error"),
    case("invoice", "something else", {"hello": "world"}, fails="no"),
]


def person(**more: Any) -> Json:
    return {
        "contact_person_id": "9",
        "first_name": "Bo",
        "last_name": "Lee",
        "email": "bo@ruizdental.example",
        "phone": "",
        "mobile": "512-555-0177",
        "is_primary_contact": False,
        **more,
    }


CUSTOMERS = [
    case("customer", "one by its id", ok(contact=CONTACT), gives=WANT_CONTACT),
    case(
        "customer",
        "a page, which has no persons",
        page(contacts=[without(CONTACT, "contact_persons")]),
        gives=WANT_CONTACT,
    ),
    case("customer", "the bare object", CONTACT, gives=WANT_CONTACT),
    case(
        "customer", "not active", ok(contact=CONTACT | {"status": "inactive"}), gives=WANT_CONTACT | {"active": False}
    ),
    case(
        "customer",
        "a supplier among them",
        page(contacts=[CONTACT | {"contact_type": "vendor", "contact_id": "77"}, CONTACT]),
        gives=WANT_CONTACT,
        left_out="77",
    ),
    case(
        "customer",
        "with its phone on the main person only",
        ok(
            contact=CONTACT
            | {"phone": "", "mobile": "", "first_name": "", "last_name": "", "email": ""}
            | {"contact_persons": [person(is_primary_contact=True)]}
        ),
        gives=WANT_CONTACT
        | {"contact_name": "Bo Lee", "phones": [phone("+15125550177", "512-555-0177", "mobile")]}
        | {"emails": ["bo@ruizdental.example"]},
    ),
    case(
        "customer",
        "with blanks for what is empty",
        ok(
            contact=CONTACT
            | dict.fromkeys(("phone", "mobile", "email", "first_name", "last_name"), " ")
            | {"billing_address": ""}
        ),
        gives=WANT_CONTACT
        | {
            "contact_name": "",
            "phones": [],
            "emails": [],
            "address": {"street": "", "city": "", "state": "", "zip": ""},
        },
    ),
]
PAYMENTS = [
    case("payment", "one by its id", ok(payment=PAYMENT), gives=WANT_PAYMENT),
    case("payment", "a page", page(customerpayments=[PAYMENT]), gives=WANT_PAYMENT),
    case(
        "payment",
        "a page's row, which says no invoices",
        page(customerpayments=[without(PAYMENT, "invoices")]),
        gives=WANT_PAYMENT | {"allocations": []},
    ),
    case("payment", "the bare object", PAYMENT, gives=WANT_PAYMENT),
    case(
        "payment",
        "for two invoices, some left over",
        ok(
            payment=PAYMENT
            | {
                "amount": 900,
                "unused_amount": 100,
                "invoices": [*PAYMENT["invoices"], {"invoice_id": "2", "amount_applied": 300}],
            }
        ),
        gives=WANT_PAYMENT | {"amount": "900.00", "allocations": [to(ID, "500.00"), to("2", "300.00")]},
    ),
    case("payment", "without a date", ok(payment=PAYMENT | {"date": ""}), fails="date"),
    case(
        "payment",
        "those of one invoice",
        ok(
            payments=[
                {
                    "payment_id": PAY,
                    "invoice_id": ID,
                    "date": "2026-03-01",
                    "amount": 500.0,
                    "payment_mode": "check",
                    "currency_code": "USD",
                }
            ]
        ),
        gives=WANT_PAYMENT,
    ),
]
MEMOS = [
    case("credit_memo", "one by its id", ok(creditnote=MEMO), gives=WANT_MEMO),
    case(
        "credit_memo",
        "a page",
        page(creditnotes=[without(MEMO, "invoices_credited")]),
        gives=WANT_MEMO | {"applied": []},
    ),
    case("credit_memo", "the bare object", MEMO, gives=WANT_MEMO),
    case(
        "credit_memo",
        "used up",
        ok(creditnote=MEMO | {"status": "closed", "balance": 0}),
        gives=WANT_MEMO | {"balance": "0.00"},
    ),
    case(
        "credit_memo",
        "void",
        ok(creditnote=MEMO | {"status": "void", "balance": 0}),
        gives=WANT_MEMO | {"balance": "0.00"},
    ),
]
SEEN = event(None, "invoice", ID, "updated", None)
WEBHOOKS = [
    case("webhook", "raw JSON of the id only", {"invoice_id": ID}, gives={"events": [SEEN]}),
    case("webhook", "with the id as a number", f'{{"invoice_id":{ID}}}', gives={"events": [SEEN]}),
    case("webhook", "the default JSON", {"invoice": WHOLE}, gives={"events": [SEEN]}),
    case("webhook", "a form", f"invoice_id={ID}", gives={"events": [SEEN]}),
    case(
        "webhook",
        "a customer's",
        {"contact_id": CUST},
        gives={"events": [SEEN | {"object": "customer", "external_id": CUST}]},
    ),
    case(
        "webhook",
        "a payment's",
        {"payment_id": PAY},
        gives={"events": [SEEN | {"object": "payment", "external_id": PAY}]},
    ),
    case(
        "webhook",
        "a credit note's",
        {"creditnote_id": MEMO_ID},
        gives={"events": [SEEN | {"object": "credit_memo", "external_id": MEMO_ID}]},
    ),
    case("webhook", "something else", {"hello": 1}, fails="no webhook"),
    case("webhook", "nothing", "", fails="no webhook"),
]


def said(code: int, message: str = "Something") -> Json:
    return {"code": code, "message": message}


ROWS = [
    (401, said(57, "You are not authorized to perform this operation"), "disconnected"),
    (401, said(14, "Invalid value passed for authtoken."), "disconnected"),
    (404, said(1002, "Invoice does not exist."), "refused"),
    (500, said(1000, "Internal error"), "unavailable"),
    (
        429,
        said(
            44,
            "For security reasons you have been blocked for some time as you have exceeded the maximum number of requests",
        ),
        "throttled",
    ),
    (429, said(45, "You have exceeded the maximum call rate limit of 1000."), "throttled"),
    (429, said(1070, "The maximum number of in process requests has been exceeded."), "throttled"),
    (400, said(4, "Invalid value passed for date"), "refused"),
    (400, said(15, "Please ensure that the reference has less than 100 characters"), "refused"),
]
GRANTS = [
    ("invalid_code", "disconnected"),
    ("invalid_client", "disconnected"),
    ("invalid_client_secret", "disconnected"),
]
ERRORS = [
    *(case("error", str(body["code"]), body, gives=error(kind, str(body["code"]))) for _, body, kind in ROWS),
    *(
        case("error", f"{body['code']} with its status", head(status, body), gives=error(kind, str(body["code"])))
        for status, body, kind in ROWS
    ),
    *(case("error", code, {"error": code}, gives=error(kind, code)) for code, kind in GRANTS),
    *(case("error", f"{code} under 200", head(200, {"error": code}), gives=error(kind, code)) for code, kind in GRANTS),
    case(
        "error",
        "too many refreshes",
        {
            "error": "Access Denied",
            "status": "failure",
            "error_description": "You have made too many requests continuously. Please try again after some time.",
        },
        gives=error("throttled", "Access Denied"),
    ),
    case(
        "error",
        "trouble at the token endpoint",
        {"error": "general_error"},
        gives=error("unavailable", "general_error"),
    ),
    case(
        "error",
        "another organization",
        {"code": 6041, "message": "This user is not associated with the CompanyID/CompanyName:10234695."},
        gives=error("disconnected", "6041"),
    ),
    case(
        "error",
        "another organization, with its status",
        head(401, {"code": 6041, "message": "This user is not associated with the CompanyID/CompanyName:10234695."}),
        gives=error("disconnected", "6041"),
    ),
    case("error", "405", head(405, said(37, "The HTTP method is not allowed")), gives=error("refused", "37")),
    case("error", "429 with nothing", head(429), gives=error("throttled")),
    case("error", "429 with how long", head(429, said(44), Retry_After="60"), gives=error("throttled", "44", 60)),
    case(
        "error",
        "a code as a text",
        {"code": "1002", "message": "Invoice does not exist."},
        gives=error("refused", "1002"),
    ),
    case("error", "HTML of 503", head(503, "<html></html>"), gives=error("unavailable")),
    case("error", "HTML", "<html></html>", gives=error("unavailable")),
    case("error", "nothing", "", gives=error("unavailable")),
    case("error", "cut short", '{"code":10', gives=error("unavailable")),
    case("error", "no error at all", page(invoices=[]), fails="no error"),
]
FIRST: Json = {
    "access_token": "1000.SECRET.bb",
    "refresh_token": "1000.SECRET.dd",
    "api_domain": "https://www.zohoapis.eu",
    "token_type": "Bearer",
    "expires_in": 3600,
}
AT = "Mon, 02 Nov 2026 16:00:00 GMT"
ENDS: Json = {"account": None, "expires_at": "2026-11-02T17:00:00+00:00", "refresh_expires_at": None, "rotated": True}
TOKENS = [
    case("token", "the first, with a refresh token", head(200, FIRST, Date=AT), gives=ENDS),
    case(
        "token",
        "a refresh, which has none: the old one stays",
        head(200, without(FIRST, "refresh_token"), Date=AT),
        gives=ENDS | {"rotated": False},
    ),
    case(
        "token",
        "the first and a refresh",
        head(200, FIRST, Date=AT),
        head(200, without(FIRST, "refresh_token"), Date=AT),
        gives=[ENDS, ENDS | {"rotated": False}],
    ),
    case("token", "a refusal under 200", {"error": "invalid_code"}, fails="disconnected"),
    case("token", "something else", {"hello": "world"}, fails="no tokens"),
]
ODD = [
    case("error", "a good body under a bad status", head(502, ok(invoices=[])), gives=error("unavailable")),
    case("error", "nobody answered in time", head(408), gives=error("unavailable")),
    case("token", "of a stranger's API", FIRST | {"api_domain": "https://evil.example"}, fails="none of Zoho's"),
]
CASES = [*INVOICES, *CUSTOMERS, *PAYMENTS, *MEMOS, *WEBHOOKS, *ERRORS, *TOKENS, *ODD]
