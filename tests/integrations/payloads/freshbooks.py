"""FreshBooks: its answers and what must come out of them, by the vendor's contract sheet."""

import json
from typing import Any

from tests.integrations.payloads.case import Case, Json, case, error, event, head, line, phone, text, to


def usd(amount: Any, code: str = "USD") -> Json:
    return {"amount": amount, "code": code}


INVOICE: Json = {
    "id": 712044,
    "invoiceid": 712044,
    "accounting_systemid": "6BApk",
    "accountid": "6BApk",
    "customerid": 88231,
    "invoice_number": "0000214",
    "create_date": "2026-02-10",
    "due_date": "2026-03-12",
    "due_offset_days": 30,
    "date_paid": None,
    "created_at": "2026-02-10 09:12:44",
    "updated": "2026-03-14 16:05:02",
    "currency_code": "USD",
    "amount": usd("1840.00"),
    "paid": usd("500.00"),
    "outstanding": usd("1340.00"),
    "discount_total": usd("0.00"),
    "deposit_status": "none",
    "status": 8,
    "v3_status": "overdue",
    "display_status": "viewed",
    "payment_status": "partial",
    "dispute_status": None,
    "autobill_status": None,
    "vis_state": 0,
    "po_number": None,
    "notes": "",
    "terms": None,
    "fname": "Dana",
    "lname": "Ruiz",
    "organization": "Ruiz Dental",
    "current_organization": "Ruiz Dental",
    "street": "1 Elm",
    "city": "Austin",
    "province": "TX",
    "code": "78701",
    "country": "United States",
    "language": "en",
    "lines": [
        {
            "lineid": 1,
            "type": 0,
            "name": "Service call",
            "description": "",
            "qty": "1",
            "unit_cost": usd("1840.00"),
            "amount": usd("1840.00"),
            "taxName1": "",
            "taxAmount1": "0",
        }
    ],
}
WANT: Json = {
    "provider": "freshbooks",
    "external_id": "712044",
    "number": "0000214",
    "customer_external_id": "88231",
    "status": "open",
    "vendor_status": "overdue",
    "currency": "USD",
    "total": "1840.00",
    "balance": "1340.00",
    "issued_on": "2026-02-10",
    "due_on": "2026-03-12",
    "lines": [line("Service call", "", "1.0000", "1840.00")],
    "payments": [],
    "disputed_at_vendor": False,
    "updated_at": "2026-03-14T20:05:02+00:00",
}
CLIENT: Json = {
    "id": 88231,
    "userid": 88231,
    "fname": "Dana",
    "lname": "Ruiz",
    "organization": "Ruiz Dental",
    "email": "dana@ruizdental.example",
    "bus_phone": "512-555-0148",
    "mob_phone": "(512) 555-0199",
    "home_phone": None,
    "fax": "",
    "currency_code": "USD",
    "language": "en",
    "p_street": "1 Elm",
    "p_city": "Austin",
    "p_province": "TX",
    "p_code": "78701",
    "p_country": "United States",
    "note": None,
    "vis_state": 0,
    "updated": "2026-03-14 16:05:02",
}
WANT_CLIENT: Json = {
    "external_id": "88231",
    "name": "Ruiz Dental",
    "company": "Ruiz Dental",
    "contact_name": "Dana Ruiz",
    "phones": [phone("+15125550199", "(512) 555-0199", "mobile"), phone("+15125550148", "512-555-0148")],
    "emails": ["dana@ruizdental.example"],
    "address": {"street": "1 Elm", "city": "Austin", "state": "US-TX", "zip": "78701"},
    "active": True,
}
PAYMENT: Json = {
    "id": 5512,
    "logid": 5512,
    "invoiceid": 712044,
    "clientid": 88231,
    "amount": usd("500.00"),
    "date": "2026-03-01",
    "type": "Check",
    "from_credit": False,
    "creditid": None,
    "overpaymentid": None,
    "gateway": None,
    "transactionid": None,
    "note": "1183",
    "updated": "2026-03-01 10:00:00",
    "vis_state": 0,
}
WANT_PAYMENT: Json = {
    "external_id": "5512",
    "amount": "500.00",
    "currency": "USD",
    "paid_on": "2026-03-01",
    "allocations": [to("712044", "500.00")],
    "reversed": False,
}
MEMO: Json = {
    "id": 902,
    "creditid": 902,
    "credit_number": "CN-902",
    "credit_type": "goodwill",
    "clientid": 88231,
    "amount": usd("120.00"),
    "paid": usd("0.00"),
    "payment_status": "unpaid",
    "display_status": "created",
    "status": "created",
    "dispute_status": None,
    "create_date": "2026-03-20",
    "currency_code": "USD",
    "lines": [{"name": "Goodwill", "qty": "1", "unit_cost": usd("120.00")}],
    "vis_state": 0,
}
WANT_MEMO: Json = {
    "external_id": "902",
    "number": "CN-902",
    "total": "120.00",
    "balance": "120.00",
    "currency": "USD",
    "applied": [],
}


def one(**result: Any) -> Json:
    return {"response": {"result": result}}


def page(**lists: Any) -> Json:
    return one(**lists, page=1, pages=4, per_page=100, total=312)


def without(body: Json, *names: str) -> Json:
    return {name: value for name, value in body.items() if name not in names}


def _invoice(name: str, changes: Json, gives: Json, **more: Any) -> Case:
    return case("invoice", name, one(invoice=INVOICE | changes), gives=WANT | gives, **more)


NOTHING_OWED = {"outstanding": usd("0.00"), "paid": usd("1840.00")}
EMOJI = "Café ☕ רוף"
STATUSES = {
    "created": "draft",
    "draft": "draft",
    **dict.fromkeys(
        ("sent", "viewed", "failed", "retry", "partial", "resolved", "overdue", "declined", "pending"), "open"
    ),
    **dict.fromkeys(("deposit_partial", "deposit-partial", "deposit_paid", "deposit-paid"), "open"),
    **dict.fromkeys(("paid", "autopaid", "success"), "paid"),
}
INVOICES = [
    case("invoice", "the sheet's", one(invoice=INVOICE), gives=WANT),
    case("invoice", "a page", page(invoices=[INVOICE]), gives=WANT),
    case("invoice", "the bare object", INVOICE, gives=WANT),
    case("invoice", "the object under its name", {"invoice": INVOICE}, gives=WANT),
    case("invoice", "a bare list", [INVOICE], gives=WANT),
    case("invoice", "kept with its head", head(200, one(invoice=INVOICE)), gives=WANT),
    case("invoice", "with a BOM before it", b"\xef\xbb\xbf" + json.dumps(one(invoice=INVOICE)).encode(), gives=WANT),
    case("invoice", "an empty page", page(invoices=[])),
    case(
        "invoice", "from a list, without lines", page(invoices=[without(INVOICE, "lines")]), gives=WANT | {"lines": []}
    ),
    *(
        _invoice(f"v3_status {said}", {"v3_status": said, "status": 2}, {"status": ours, "vendor_status": said})
        for said, ours in STATUSES.items()
        if ours != "paid"
    ),
    *(
        _invoice(
            f"v3_status {said}",
            {"v3_status": said, "status": 4} | NOTHING_OWED,
            {"status": ours, "vendor_status": said, "balance": "0.00"},
        )
        for said, ours in STATUSES.items()
        if ours == "paid"
    ),
    _invoice(
        "v3_status disputed", {"v3_status": "disputed"}, {"vendor_status": "disputed", "disputed_at_vendor": True}
    ),
    _invoice("status 0 of the old product", {"status": 0}, {"disputed_at_vendor": True}),
    _invoice("a dispute_status of disputed", {"dispute_status": "disputed"}, {"disputed_at_vendor": True}),
    _invoice("a dispute_status of resolved", {"dispute_status": "resolved"}, {}),
    _invoice("status 1 is a draft", {"status": 1, "v3_status": "draft"}, {"status": "draft", "vendor_status": "draft"}),
    case(
        "invoice",
        "a number for its status and no word",
        one(invoice=without(INVOICE, "v3_status") | {"status": 1}),
        gives=WANT | {"status": "draft", "vendor_status": "viewed"},
    ),
    _invoice("deleted", {"vis_state": 1}, {"status": "deleted", "vendor_status": "deleted", "balance": "0.00"}),
    _invoice("put away in the archive", {"vis_state": 2}, {}),
    _invoice(
        "paid too much",
        {"outstanding": usd("-10.00"), "v3_status": "paid"},
        {"status": "paid", "vendor_status": "paid", "balance": "0.00"},
    ),
    _invoice("nothing owed under any status", NOTHING_OWED, {"status": "paid", "balance": "0.00"}),
    _invoice(
        "of zero",
        {"amount": usd("0.00"), "outstanding": usd("0.00"), "paid": usd("0.00"), "lines": []},
        {"status": "paid", "total": "0.00", "balance": "0.00", "lines": []},
    ),
    _invoice("without a due date: by its terms", {"due_date": None}, {"due_on": "2026-03-12"}),
    _invoice("without a due date or terms", {"due_date": None, "due_offset_days": None}, {"due_on": None}),
    _invoice("changed in winter", {"updated": "2026-02-10 09:12:44"}, {"updated_at": "2026-02-10T14:12:44+00:00"}),
    _invoice(
        "changed in the hour that comes twice: read as its end",
        {"updated": "2026-11-01 01:30:00"},
        {"updated_at": "2026-11-01T06:00:00+00:00"},
    ),
    _invoice(
        "changed in the hour that never was",
        {"updated": "2026-03-08 02:30:00"},
        {"updated_at": "2026-03-08T07:30:00+00:00"},
    ),
    _invoice("with no word of when it changed", {"updated": None}, {"updated_at": None}),
    _invoice("amounts as bare numbers", {"amount": 1840.00, "outstanding": 1340}, {}),
    _invoice("amounts as bare texts", {"amount": "1840.00", "outstanding": "1340.00"}, {}),
    _invoice("a number that looks like a date", {"invoice_number": "20240115"}, {"number": "20240115"}),
    _invoice(
        "a share nobody could pay, with its 26 decimals",
        {"net_paid_amount": usd("500.00000000000000000000000001")},
        {},
    ),
    _invoice(
        "in Canadian dollars under a business in US dollars",
        {"currency_code": "CAD", "amount": usd("1840.00", "CAD"), "outstanding": usd("1340.00", "CAD"), "lines": []},
        {"currency": "CAD", "lines": []},
    ),
    _invoice(
        "in yen",
        {"currency_code": "JPY", "amount": usd("1840", "JPY"), "outstanding": usd("1340.00", "JPY"), "lines": []},
        {"currency": "JPY", "total": "1840", "balance": "1340", "lines": []},
    ),
    _invoice(
        "in Kuwaiti dinars",
        {"currency_code": "KWD", "amount": usd("12.345", "KWD"), "outstanding": usd("2.005", "KWD"), "lines": []},
        {"currency": "KWD", "total": "12.345", "balance": "2.005", "lines": []},
    ),
    _invoice(
        "an id of twenty digits",
        {"id": None, "invoiceid": "98765432109876543210"},
        {"external_id": "98765432109876543210"},
    ),
    _invoice(
        "with a line below zero",
        {"lines": [{"name": "Loyalty", "description": EMOJI, "qty": "1", "amount": usd("-50.00")}]},
        {"lines": [line("Loyalty", EMOJI, "1.0000", "-50.00")]},
    ),
    _invoice("with emoji and Hebrew", {"invoice_number": EMOJI}, {"number": EMOJI}),
    _invoice("without a number", {"invoice_number": None}, {"number": "712044"}),
    case(
        "invoice",
        "with nulls wherever a null can be",
        one(
            invoice=dict.fromkeys(INVOICE)
            | {
                "id": 712044,
                "customerid": 88231,
                "amount": usd("1840.00"),
                "outstanding": usd("1340.00"),
                "create_date": "2026-02-10",
            }
            | {"v3_status": "sent", "vis_state": 0}
        ),
        gives=WANT | {"vendor_status": "sent", "number": "712044", "due_on": None, "lines": [], "updated_at": None},
    ),
    case("invoice", "without an outstanding amount", one(invoice=without(INVOICE, "outstanding")), fails="outstanding"),
    case("invoice", "half a cent", one(invoice=INVOICE | {"outstanding": usd("1.005")}), fails="amount"),
    case("invoice", "two currencies in one", one(invoice=INVOICE | {"outstanding": usd("1.00", "CAD")}), fails="CAD"),
    case("invoice", "a date nobody knows", one(invoice=INVOICE | {"create_date": "yesterday"}), fails="date"),
    case("invoice", "without an id", one(invoice=without(INVOICE, "id", "invoiceid")), fails="cannot be read"),
    case(
        "invoice",
        "one broken among two",
        page(invoices=[INVOICE | {"amount": "?"}, INVOICE]),
        gives=WANT,
        left_out="712044 cannot be read",
        fails="1 of",
    ),
    case("invoice", "a client instead", one(client=CLIENT), left_out="88231"),
    case(
        "invoice",
        "not found",
        {"response": {"errors": [{"errno": 1012, "message": "Invoice not found."}]}},
        fails="refused",
    ),
    case("invoice", "cut short", text(one(invoice=INVOICE))[:300], fails="error"),
    case("invoice", "nothing", "", fails="error"),
    case("invoice", "something else", {"hello": "world"}, fails="no"),
]
CUSTOMERS = [
    case("customer", "the sheet's", one(client=CLIENT), gives=WANT_CLIENT),
    case("customer", "a page", page(clients=[CLIENT]), gives=WANT_CLIENT),
    case("customer", "the bare object", CLIENT, gives=WANT_CLIENT),
    case("customer", "deleted", one(client=CLIENT | {"vis_state": 1}), gives=WANT_CLIENT | {"active": False}),
    case("customer", "in the archive", one(client=CLIENT | {"vis_state": 2}), gives=WANT_CLIENT | {"active": False}),
    case(
        "customer",
        "without any phone",
        one(client=CLIENT | dict.fromkeys(("bus_phone", "mob_phone", "home_phone", "fax", "email"))),
        gives=WANT_CLIENT | {"phones": [], "emails": []},
    ),
    case(
        "customer",
        "a person without a firm",
        one(client=CLIENT | {"organization": "", "mob_phone": "", "bus_phone": "", "home_phone": "512 555 0111"}),
        gives=WANT_CLIENT
        | {"name": "Dana Ruiz", "company": "", "phones": [phone("+15125550111", "512 555 0111", "alternate")]},
    ),
    case(
        "customer",
        "whose phone is of another country, by the address",
        one(
            client=CLIENT
            | {"p_country": "United Kingdom", "p_province": "", "mob_phone": "", "bus_phone": "020 7946 0018"}
        ),
        gives=WANT_CLIENT
        | {"phones": [phone("+442079460018", "020 7946 0018", problem="foreign")]}
        | {"address": {"street": "1 Elm", "city": "Austin", "state": "", "zip": "78701"}},
    ),
]
PAYMENTS = [
    case("payment", "the sheet's", one(payment=PAYMENT), gives=WANT_PAYMENT),
    case("payment", "a page", page(payments=[PAYMENT]), gives=WANT_PAYMENT),
    case("payment", "the bare object", PAYMENT, gives=WANT_PAYMENT),
    case(
        "payment",
        "deleted",
        one(payment=PAYMENT | {"vis_state": 1}),
        gives=WANT_PAYMENT | {"allocations": [], "reversed": True},
    ),
    case(
        "payment",
        "for nothing yet",
        one(payment=PAYMENT | {"invoiceid": None}),
        gives=WANT_PAYMENT | {"allocations": []},
    ),
    case("payment", "without a date", one(payment=PAYMENT | {"date": None}), fails="date"),
    case(
        "payment",
        "a credit put to an invoice",
        one(payment=PAYMENT | {"type": "Credit", "creditid": 902, "from_credit": True, "amount": usd("120.00")}),
        gives=WANT_PAYMENT | {"amount": "120.00", "allocations": [to("712044", "120.00")]},
    ),
]
MEMOS = [
    case("credit_memo", "one, as one SDK reads it", one(credit_note=MEMO), gives=WANT_MEMO),
    case("credit_memo", "one, as the other reads it", one(credit_notes=MEMO), gives=WANT_MEMO),
    case("credit_memo", "a page", page(credit_notes=[MEMO]), gives=WANT_MEMO),
    case("credit_memo", "the bare object", MEMO, gives=WANT_MEMO),
    case(
        "credit_memo",
        "used in part",
        one(credit_note=MEMO | {"paid": usd("50.00"), "payment_status": "partial"}),
        gives=WANT_MEMO | {"balance": "70.00"},
    ),
    case(
        "credit_memo",
        "used up",
        one(credit_note=MEMO | {"paid": usd("120.00"), "payment_status": "paid"}),
        gives=WANT_MEMO | {"balance": "0.00"},
    ),
    case("credit_memo", "deleted", one(credit_note=MEMO | {"vis_state": 1}), gives=WANT_MEMO | {"balance": "0.00"}),
]
FORM = "name=invoice.update&object_id=712044&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1"
SEEN = event("6BApk", "invoice", "712044", "updated", None)
WEBHOOKS = [
    case("webhook", "the sheet's", FORM, gives={"events": [SEEN]}),
    *(
        case(
            "webhook",
            name,
            FORM.replace("invoice.update", name),
            gives={"events": [SEEN | {"object": ours, "action": action}]},
        )
        for name, ours, action in (
            ("invoice.create", "invoice", "created"),
            ("invoice.delete", "invoice", "deleted"),
            ("payment.create", "payment", "created"),
            ("client.update", "customer", "updated"),
            ("credit_note.delete", "credit_memo", "deleted"),
        )
    ),
    case(
        "webhook",
        "with an accent among its fields",
        "name=client.update&object_id=7&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1"
        "&system=https%3A%2F%2Fcaf%C3%A9.example",
        gives={"events": [event("6BApk", "customer", "7", "updated", None)]},
    ),
    case(
        "webhook",
        "the handshake: no event, and never the verifier",
        "name=callback.verify&object_id=2001&account_id=6BApk&verifier=SECRETverifier",
        gives={"events": []},
        left_out="callback 2001",
    ),
    case("webhook", "something else", "hello=world", fails="no webhook"),
    case("webhook", "JSON", {"hello": 1}, fails="no webhook"),
    case("webhook", "nothing", "", fails="no webhook"),
]
OLD = {
    "response": {
        "errors": [
            {"errno": 1012, "field": "invoiceid", "message": "Invoice not found.", "object": "invoice", "value": "9"}
        ]
    }
}


def grpc(code: int, status: int, reason: str, words: str, **more: Any) -> Json:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "accounting.api.freshbooks.com",
    }
    return {
        "code": code,
        "message": f"Request failed with status_code: {status}",
        "details": [info | {"metadata": {"message": words, "field": "invoiceid"}} | more],
    }


NEW = grpc(5, 404, "1012", "Invoice not found.")
UNKNOWN = grpc(16, 401, "1003", "Unauthorized.")
WRONG = {
    "code": 3,
    "message": "Request failed with status_code: 422",
    "details": [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": "event", "description": "Unrecognized event."}],
        }
    ],
}
AUTH = {"error": "unauthenticated", "error_description": "This action requires authentication to continue."}
HOOK = {"errno": 401, "message": "invalid_token: The request token failed to authenticate or validate."}
PROJECT = {"error": "Requested resource could not be found."}
GRANT = {"error": "invalid_grant", "error_description": "The provided authorization grant is invalid, expired, revoked"}
ERRORS = [
    case("error", "the old shape", OLD, gives=error("refused", "1012")),
    case("error", "the old shape with its status", head(404, OLD), gives=error("refused", "1012")),
    case("error", "the old shape under 200", head(200, OLD), gives=error("refused", "1012")),
    case("error", "the new shape", NEW, gives=error("refused", "1012")),
    case("error", "the new shape with its status", head(404, NEW), gives=error("refused", "1012")),
    case("error", "the new shape of 401", UNKNOWN, gives=error("disconnected", "1003")),
    case("error", "the new shape of 401 with its status", head(401, UNKNOWN), gives=error("disconnected", "1003")),
    case("error", "the new shape of a wrong field", WRONG, gives=error("refused", "3")),
    case("error", "the new shape of a wrong field with its status", head(422, WRONG), gives=error("refused", "3")),
    case("error", "the new shape of no permission", grpc(7, 403, "1003", "No."), gives=error("disconnected", "1003")),
    case(
        "error",
        "the new shape of too often",
        {"code": 8, "message": "Too many requests"},
        gives=error("throttled", "8"),
    ),
    case("error", "the new shape of trouble", {"code": 14, "message": "unavailable"}, gives=error("unavailable", "14")),
    case("error", "the sign-in's shape", AUTH, gives=error("disconnected", "unauthenticated")),
    case(
        "error", "the sign-in's shape with its status", head(401, AUTH), gives=error("disconnected", "unauthenticated")
    ),
    case("error", "the webhooks' shape", HOOK, gives=error("disconnected", "401")),
    case("error", "the webhooks' shape with its status", head(401, HOOK), gives=error("disconnected", "401")),
    case("error", "the projects' shape", PROJECT, gives=error("refused")),
    case("error", "the projects' shape with its status", head(404, PROJECT), gives=error("refused")),
    case("error", "a refresh token that died", GRANT, gives=error("disconnected", "invalid_grant")),
    case(
        "error",
        "a refresh token that died, with its status",
        head(401, GRANT),
        gives=error("disconnected", "invalid_grant"),
    ),
    case("error", "a scope or role that is missing", head(403, PROJECT), gives=error("disconnected")),
    case(
        "error",
        "the old shape of 401",
        {
            "response": {
                "errors": [
                    {
                        "errno": 1003,
                        "message": "The server could not verify that you are authorized to access the URL requested.",
                    }
                ]
            }
        },
        gives=error("disconnected", "1003"),
    ),
    case("error", "429", head(429), gives=error("throttled")),
    case("error", "429 with how long", head(429, "", Retry_After="12"), gives=error("throttled", None, 12)),
    case("error", "503 in HTML", head(503, "<html>down</html>"), gives=error("unavailable")),
    case("error", "HTML", "<html>down</html>", gives=error("unavailable")),
    case("error", "nothing", "", gives=error("unavailable")),
    case("error", "cut short", text(OLD)[:30], gives=error("unavailable")),
    case("error", "no error at all", page(invoices=[]), fails="no error"),
]
TOKEN: Json = {
    "access_token": "eyJSECRET",
    "token_type": "Bearer",
    "expires_in": 43200,
    "refresh_token": "5c1eSECRET",
    "scope": "user:profile:read user:invoices:read",
    "created_at": 1790000000,
}
ENDS: Json = {"account": None, "expires_at": "2026-09-22T02:13:20+00:00", "refresh_expires_at": None, "rotated": True}
TOKENS = [
    case("token", "the sheet's", TOKEN, gives=ENDS),
    case(
        "token",
        "kept with its head: its own clock counts",
        head(200, TOKEN, Date="Mon, 02 Nov 2026 16:00:00 GMT"),
        gives=ENDS,
    ),
    case(
        "token",
        "without its own clock",
        head(200, without(TOKEN, "created_at"), Date="Mon, 02 Nov 2026 16:00:00 GMT"),
        gives=ENDS | {"expires_at": "2026-11-03T04:00:00+00:00"},
    ),
    case("token", "two in a row", TOKEN, TOKEN | {"refresh_token": "6SECRET"}, gives=[ENDS, ENDS]),
    case("token", "the same twice", TOKEN, TOKEN, gives=[ENDS, ENDS | {"rotated": False}]),
    case("token", "a refusal instead", GRANT, fails="disconnected"),
    case("token", "something else", {"hello": "world"}, fails="no tokens"),
]
ODD = [
    case("error", "nobody answered in time", head(408), gives=error("unavailable")),
    case(
        "error",
        "the gateway's word for too many requests",
        {"message": "API rate limit exceeded"},
        gives=error("throttled"),
    ),
    case(
        "error",
        "the gateway's word for an outage",
        {"message": "An invalid response was received from the upstream server"},
        gives=error("unavailable"),
    ),
]
CASES = [*INVOICES, *CUSTOMERS, *PAYMENTS, *MEMOS, *WEBHOOKS, *ERRORS, *TOKENS, *ODD]
