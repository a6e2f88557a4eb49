"""Square: its answers and what must come out of them, by the vendor's contract sheet."""

import json
from typing import Any

from tests.integrations.payloads.case import Case, Json, case, error, event, head, phone, text

ID, CUST, ORDER, PAY = (
    "inv:0-ChBsimAAAAAAAAAAAAAAAAAA",
    "CSIM00000001",
    "oSIM0000000000000000000001",
    "pSIM00000000000000000001",
)


def cents(amount: float, currency: str = "USD") -> Json:
    return {"amount": amount, "currency": currency}


def request(kind: str, due: str, asked: int, got: int, currency: str = "USD") -> Json:
    return {
        "uid": "2da7964f-0000-4f43-81e8-5aa220bf3355",
        "request_type": kind,
        "due_date": due,
        "tipping_enabled": False,
        "automatic_payment_source": "NONE",
        "computed_amount_money": cents(asked, currency),
        "total_completed_amount_money": cents(got, currency),
    }


DEPOSIT, REST = request("DEPOSIT", "2026-09-10", 32400, 32400), request("BALANCE", "2026-10-03", 97200, 17600)
INVOICE: Json = {
    "id": ID,
    "version": 3,
    "location_id": "LSIM00000001",
    "order_id": ORDER,
    "primary_recipient": {
        "customer_id": CUST,
        "given_name": "Ana",
        "family_name": "Reyes",
        "company_name": "Harbor Cafe",
        "email_address": "ap@harborcafe.example",
        "phone_number": "+14155550148",
    },
    "payment_requests": [DEPOSIT, REST],
    "delivery_method": "EMAIL",
    "invoice_number": "000412",
    "title": "Roof repair",
    "description": "",
    "public_url": "https://squareup.com/pay-invoice/inv:0-ChBsim",
    "next_payment_amount_money": cents(79600),
    "status": "PARTIALLY_PAID",
    "timezone": "America/Los_Angeles",
    "created_at": "2026-09-03T17:12:44Z",
    "updated_at": "2026-10-21T23:40:02Z",
    "sale_or_service_date": "2026-09-01",
}
WANT: Json = {
    "provider": "square",
    "external_id": ID,
    "number": "000412",
    "customer_external_id": CUST,
    "status": "open",
    "vendor_status": "PARTIALLY_PAID",
    "currency": "USD",
    "total": "1296.00",
    "balance": "796.00",
    "issued_on": "2026-09-03",
    "due_on": "2026-10-03",
    "lines": [],
    "payments": [],
    "disputed_at_vendor": False,
    "updated_at": "2026-10-21T23:40:02+00:00",
}
CUSTOMER: Json = {
    "id": CUST,
    "created_at": "2025-02-10T16:51:22.123Z",
    "updated_at": "2026-10-21T23:40:02Z",
    "given_name": "Ana",
    "family_name": "Reyes",
    "company_name": "Harbor Cafe",
    "email_address": "ap@harborcafe.example",
    "phone_number": "+14155550148",
    "address": {
        "address_line_1": "12 Pier Rd",
        "locality": "Half Moon Bay",
        "administrative_district_level_1": "CA",
        "postal_code": "94019",
        "country": "US",
    },
    "preferences": {"email_unsubscribed": False},
    "creation_source": "THIRD_PARTY",
    "version": 4,
}
WANT_CUSTOMER: Json = {
    "external_id": CUST,
    "name": "Harbor Cafe",
    "company": "Harbor Cafe",
    "contact_name": "Ana Reyes",
    "phones": [phone("+14155550148", "+14155550148")],
    "emails": ["ap@harborcafe.example"],
    "address": {"street": "12 Pier Rd", "city": "Half Moon Bay", "state": "US-CA", "zip": "94019"},
    "active": True,
}
PAYMENT: Json = {
    "id": PAY,
    "created_at": "2026-10-21T23:39:58.248Z",
    "updated_at": "2026-10-21T23:40:01.968Z",
    "amount_money": cents(17600),
    "total_money": cents(17600),
    "approved_money": cents(17600),
    "refunded_money": cents(0),
    "status": "COMPLETED",
    "source_type": "CARD",
    "location_id": "LSIM00000001",
    "processing_fee": [{"effective_at": "2026-10-22T01:39:58.000Z", "type": "INITIAL", "amount_money": cents(541)}],
    "card_details": {"status": "CAPTURED", "card": {"card_brand": "VISA", "last_4": "1111"}},
    "order_id": ORDER,
    "customer_id": CUST,
    "receipt_number": "pSIM",
    "version_token": "x",
}
WANT_PAYMENT: Json = {
    "external_id": PAY,
    "amount": "176.00",
    "currency": "USD",
    "paid_on": "2026-10-21",
    "allocations": [],
    "reversed": False,
}
REFUND: Json = {
    "id": f"{PAY}_r1",
    "status": "COMPLETED",
    "amount_money": cents(5000),
    "payment_id": PAY,
    "order_id": "oSIMrefund",
    "created_at": "2026-10-25T10:00:00.471Z",
    "location_id": "LSIM00000001",
    "updated_at": "2026-10-25T10:00:03.319Z",
    "destination_type": "CARD",
    "reason": "Dispute 31",
}


def without(body: Json, *names: str) -> Json:
    return {name: value for name, value in body.items() if name not in names}


def _invoice(name: str, changes: Json, gives: Json, **more: Any) -> Case:
    return case("invoice", name, {"invoice": INVOICE | changes}, gives=WANT | gives, **more)


def asked(*requests: Json) -> Json:
    return {"payment_requests": list(requests)}


EMOJI = "Café ☕ רוף"
INVOICES = [
    case("invoice", "the sheet's page", {"invoices": [INVOICE], "cursor": "ChoIDhIW"}, gives=WANT),
    case("invoice", "one by its id", {"invoice": INVOICE}, gives=WANT),
    case("invoice", "the bare object", INVOICE, gives=WANT),
    case("invoice", "a bare list", [INVOICE], gives=WANT),
    case("invoice", "kept with its head", head(200, {"invoice": INVOICE}), gives=WANT),
    case("invoice", "with a BOM before it", b"\xef\xbb\xbf" + json.dumps({"invoice": INVOICE}).encode(), gives=WANT),
    case("invoice", "an empty page with a cursor", {"invoices": [], "cursor": "ChoIDhIW"}),
    case("invoice", "a last page with an empty list", {"invoices": []}),
    *(
        _invoice(said, {"status": said}, {"status": ours, "vendor_status": said})
        for said, ours in (
            ("DRAFT", "draft"),
            ("SCHEDULED", "draft"),
            ("UNPAID", "open"),
            ("PARTIALLY_PAID", "open"),
            ("PAYMENT_PENDING", "open"),
        )
    ),
    *(
        _invoice(
            said,
            {"status": said} | asked(request("BALANCE", "2026-10-03", 129600, 129600)),
            {"status": "paid", "vendor_status": said, "balance": "0.00"},
        )
        for said in ("PAID", "REFUNDED", "PARTIALLY_REFUNDED")
    ),
    *(
        _invoice(said, {"status": said}, {"status": "void", "vendor_status": said, "balance": "0.00"})
        for said in ("CANCELED", "FAILED")
    ),
    _invoice("of a status nobody knows", {"status": "PARKED"}, {"status": "draft", "vendor_status": "PARKED"}),
    _invoice(
        "with its deposit unpaid: due when the first part is",
        asked(request("DEPOSIT", "2026-09-10", 32400, 0), request("BALANCE", "2026-10-03", 97200, 0))
        | {"status": "UNPAID"},
        {"vendor_status": "UNPAID", "due_on": "2026-09-10", "balance": "1296.00"},
    ),
    _invoice(
        "in installments, the second one open",
        asked(
            request("INSTALLMENT", "2026-09-10", 40000, 40000),
            request("INSTALLMENT", "2026-10-10", 40000, 0),
            request("INSTALLMENT", "2026-11-10", 49600, 0),
        ),
        {"due_on": "2026-10-10", "balance": "896.00"},
    ),
    _invoice(
        "in yen, which have no cents",
        asked(request("BALANCE", "2026-10-03", 129600, 17600, "JPY")),
        {"currency": "JPY", "total": "129600", "balance": "112000"},
    ),
    _invoice(
        "in Kuwaiti dinars, counted in thousandths",
        asked(request("BALANCE", "2026-10-03", 12345, 340, "KWD")),
        {"currency": "KWD", "total": "12.345", "balance": "12.005"},
    ),
    _invoice(
        "rounded in cash beyond what was asked",
        asked(request("BALANCE", "2026-10-03", 1002, 1005, "CAD")) | {"status": "PAID"},
        {"status": "paid", "vendor_status": "PAID", "currency": "CAD", "total": "10.02", "balance": "0.00"},
    ),
    _invoice(
        "written late in the evening where it is", {"created_at": "2026-09-04T05:30:00Z"}, {"issued_on": "2026-09-03"}
    ),
    _invoice(
        "with two digits of a second",
        {"updated_at": "2026-10-21T23:40:02.12Z"},
        {"updated_at": "2026-10-21T23:40:02.120000+00:00"},
    ),
    case("invoice", "without a customer", {"invoice": INVOICE | {"primary_recipient": {}}}, fails="primary_recipient"),
    _invoice("with emoji and Hebrew", {"invoice_number": EMOJI}, {"number": EMOJI}),
    _invoice("without a number", {"invoice_number": None}, {"number": ID}),
    case(
        "invoice",
        "of zero",
        {"invoice": INVOICE | asked(request("BALANCE", "2026-10-03", 0, 0)) | {"status": "PAID"}},
        gives=WANT | {"status": "paid", "vendor_status": "PAID", "total": "0.00", "balance": "0.00"},
    ),
    case(
        "invoice",
        "half a cent",
        {"invoice": INVOICE | asked(request("BALANCE", "2026-10-03", 100, 0) | {"computed_amount_money": cents(1.5)})},
        fails="amount",
    ),
    case(
        "invoice",
        "in two currencies at once",
        {"invoice": INVOICE | asked(DEPOSIT, request("BALANCE", "2026-10-03", 1, 0, "CAD"))},
        fails="CAD and USD",
    ),
    case("invoice", "without an id", {"invoice": without(INVOICE, "id")}, fails="cannot be read"),
    case(
        "invoice",
        "one broken among two",
        {"invoices": [INVOICE | {"payment_requests": "?"}, INVOICE]},
        gives=WANT,
        left_out="cannot be read",
        fails="1 of",
    ),
    case("invoice", "a customer instead", {"customer": CUSTOMER}, left_out=CUST),
    case(
        "invoice",
        "not found",
        {"errors": [{"category": "INVALID_REQUEST_ERROR", "code": "NOT_FOUND"}]},
        fails="refused",
    ),
    case("invoice", "cut short", text({"invoice": INVOICE})[:300], fails="error"),
    case("invoice", "nothing", "", fails="error"),
    case("invoice", "something else", {"hello": "world"}, fails="no"),
]
CUSTOMERS = [
    case("customer", "the sheet's", {"customer": CUSTOMER}, gives=WANT_CUSTOMER),
    case("customer", "a page", {"customers": [CUSTOMER], "cursor": "x"}, gives=WANT_CUSTOMER),
    case("customer", "the bare object", CUSTOMER, gives=WANT_CUSTOMER),
    case(
        "customer",
        "some of them by their ids",
        {"responses": {CUST: {"customer": CUSTOMER}}},
        gives=WANT_CUSTOMER,
    ),
    case(
        "customer",
        "a person, with a nickname only",
        {"customer": {"id": "C2", "nickname": "Bo", "created_at": "2025-02-10T16:51:22Z"}},
        gives={
            "external_id": "C2",
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
        "a person without a firm",
        {"customer": without(CUSTOMER, "company_name")},
        gives=WANT_CUSTOMER | {"name": "Ana Reyes", "company": ""},
    ),
]
PAYMENTS = [
    case("payment", "the sheet's page", {"payments": [PAYMENT]}, gives=WANT_PAYMENT),
    case("payment", "one by its id", {"payment": PAYMENT}, gives=WANT_PAYMENT),
    case("payment", "the bare object", PAYMENT, gives=WANT_PAYMENT),
    case(
        "payment",
        "refunded in full",
        {"payment": PAYMENT | {"refunded_money": cents(17600)}},
        gives=WANT_PAYMENT | {"reversed": True},
    ),
    case(
        "payment",
        "refunded in part: what stays",
        {"payment": PAYMENT | {"refunded_money": cents(5000)}},
        gives=WANT_PAYMENT | {"amount": "126.00"},
    ),
    *(
        case("payment", said, {"payment": PAYMENT | {"status": said}}, gives=WANT_PAYMENT | {"reversed": True})
        for said in ("CANCELED", "FAILED")
    ),
    *(
        case("payment", f"{said}: on its way", {"payment": PAYMENT | {"status": said}}, gives=WANT_PAYMENT)
        for said in ("PENDING", "APPROVED")
    ),
    case("payment", "in cash, recorded by hand", {"payment": PAYMENT | {"source_type": "CASH"}}, gives=WANT_PAYMENT),
    case(
        "payment",
        "with a tip, which settles nothing",
        {"payment": PAYMENT | {"tip_money": cents(1000), "total_money": cents(18600)}},
        gives=WANT_PAYMENT,
    ),
    case(
        "payment",
        "late in the evening at the company's",
        {"payment": PAYMENT | {"created_at": "2026-10-22T03:30:00Z"}},
        gives=WANT_PAYMENT,
    ),
    case(
        "payment",
        "in yen",
        {"payment": PAYMENT | {"amount_money": cents(17600, "JPY"), "refunded_money": cents(0, "JPY")}},
        gives=WANT_PAYMENT | {"amount": "17600", "currency": "JPY"},
    ),
    case("payment", "a refund is no payment", {"refund": REFUND}, left_out=f"{PAY}_r1"),
    case("payment", "a page of refunds", {"refunds": [REFUND]}, left_out=f"{PAY}_r1"),
]
MEMOS = [
    case("credit_memo", "Square has none", {"invoices": [INVOICE]}, fails="no credit memos"),
]
RUNG: Json = {
    "merchant_id": "ML7SIM0000001",
    "type": "invoice.payment_made",
    "created_at": "2026-11-02T09:15:00Z",
    "event_id": "6a8f5f28-54a1-4eb0-a98a-3111513fd4fc",
    "data": {"type": "invoice", "id": ID, "object": {"invoice": INVOICE}},
}
SEEN = event("ML7SIM0000001", "invoice", ID, "updated", "2026-11-02T09:15:00+00:00")


def rung(kind: str, of: str, external_id: str) -> Json:
    return RUNG | {"type": kind, "data": {"type": of, "id": external_id}}


WEBHOOKS = [
    case("webhook", "the sheet's", RUNG, gives={"events": [SEEN]}),
    *(
        case("webhook", kind, rung(kind, "invoice", ID), gives={"events": [SEEN | {"action": action}]})
        for kind, action in (
            ("invoice.created", "created"),
            *((f"invoice.{did}", "updated") for did in ("published", "updated", "scheduled_charge_failed", "refunded")),
            ("invoice.canceled", "voided"),
        )
    ),
    case(
        "webhook",
        "a draft deleted",
        RUNG | {"type": "invoice.deleted", "data": {"type": "invoice", "id": ID, "deleted": True}},
        gives={"events": [SEEN | {"action": "deleted"}]},
    ),
    *(
        case(
            "webhook",
            f"{of}.{did}",
            rung(f"{of}.{did}", of, "X1"),
            gives={"events": [SEEN | {"object": of, "external_id": "X1", "action": did}]},
        )
        for of, did in (
            ("payment", "created"),
            ("payment", "updated"),
            ("customer", "updated"),
            ("customer", "deleted"),
        )
    ),
    case(
        "webhook",
        "a refund: its payment changed",
        rung("refund.updated", "refund", f"{PAY}_r1"),
        gives={"events": [SEEN | {"object": "payment", "external_id": PAY}]},
    ),
    case(
        "webhook",
        "the seller took our access away",
        RUNG | {"type": "oauth.authorization.revoked", "data": {"type": "revocation", "id": "r1", "object": {}}},
        gives={"events": [SEEN | {"object": "connection", "external_id": "r1", "action": "disconnected"}]},
    ),
    case("webhook", "something else", {"hello": 1}, fails="no webhook"),
    case("webhook", "nothing", "", fails="no webhook"),
]


def said(category: str, code: str) -> Json:
    return {"errors": [{"category": category, "code": code, "detail": "Something about it.", "field": "x"}]}


ROWS = [
    *(
        (400, "INVALID_REQUEST_ERROR", code, "refused")
        for code in (
            "MISSING_REQUIRED_PARAMETER",
            "INVALID_VALUE",
            "INVALID_CURSOR",
            "IDEMPOTENCY_KEY_REUSED",
            "VERSION_MISMATCH",
            "BAD_REQUEST",
        )
    ),
    (401, "AUTHENTICATION_ERROR", "ACCESS_TOKEN_EXPIRED", "disconnected"),
    (401, "AUTHENTICATION_ERROR", "ACCESS_TOKEN_REVOKED", "disconnected"),
    (401, "AUTHENTICATION_ERROR", "UNAUTHORIZED", "disconnected"),
    (403, "AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES", "disconnected"),
    (403, "AUTHENTICATION_ERROR", "FORBIDDEN", "disconnected"),
    (404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "refused"),
    (409, "INVALID_REQUEST_ERROR", "CONFLICT", "refused"),
    (429, "RATE_LIMIT_ERROR", "RATE_LIMITED", "throttled"),
    (500, "API_ERROR", "INTERNAL_SERVER_ERROR", "unavailable"),
    (502, "API_ERROR", "BAD_GATEWAY", "unavailable"),
    (503, "API_ERROR", "SERVICE_UNAVAILABLE", "unavailable"),
    (504, "API_ERROR", "GATEWAY_TIMEOUT", "unavailable"),
]
ERRORS = [
    *(case("error", code, said(category, code), gives=error(kind, code)) for _, category, code, kind in ROWS),
    *(
        case("error", f"{code} with its status", head(status, said(category, code)), gives=error(kind, code))
        for status, category, code, kind in ROWS
    ),
    *(
        case("error", f"{code} without a category", {"errors": [{"code": code}]}, gives=error(kind, code))
        for _, _, code, kind in ROWS
    ),
    case(
        "error",
        "429 with how long",
        head(429, said("RATE_LIMIT_ERROR", "RATE_LIMITED"), Retry_After="5"),
        gives=error("throttled", "RATE_LIMITED", 5),
    ),
    case(
        "error",
        "the token endpoint's old style",
        {"message": "Not Authorized", "type": "service.not_authorized"},
        gives=error("disconnected", "service.not_authorized"),
    ),
    case(
        "error",
        "the token endpoint's old style with its status",
        head(401, {"message": "Not Authorized", "type": "service.not_authorized"}),
        gives=error("disconnected", "service.not_authorized"),
    ),
    case("error", "nothing with 401", head(401), gives=error("disconnected")),
    case("error", "nothing with 404", head(404), gives=error("refused")),
    case("error", "HTML of 502", head(502, "<html></html>"), gives=error("unavailable")),
    case("error", "HTML", "<html></html>", gives=error("unavailable")),
    case("error", "nothing", "", gives=error("unavailable")),
    case("error", "cut short", text(said("API_ERROR", "X"))[:20], gives=error("unavailable")),
    case("error", "no error at all", {"invoices": []}, fails="no error"),
]
TOKEN: Json = {
    "access_token": "EAAASECRET",
    "token_type": "bearer",
    "expires_at": "2026-12-02T09:15:00Z",
    "merchant_id": "ML7SIM0000001",
    "refresh_token": "EQAASECRET",
    "short_lived": False,
}
ENDS: Json = {
    "account": "ML7SIM0000001",
    "expires_at": "2026-12-02T09:15:00+00:00",
    "refresh_expires_at": None,
    "rotated": False,
}
TOKENS = [
    case("token", "the same refresh token, as ever", TOKEN, TOKEN, gives=[ENDS, ENDS]),
    case(
        "token",
        "with PKCE",
        TOKEN | {"refresh_token_expires_at": "2027-01-31T09:15:00Z"},
        TOKEN | {"refresh_token_expires_at": "2027-01-31T09:15:00Z", "refresh_token": "twoSECRET"},
        gives=[ENDS | {"refresh_expires_at": "2027-01-31T09:15:00+00:00", "rotated": True}] * 2,
    ),
    case(
        "token",
        "another refresh token than before",
        TOKEN,
        TOKEN | {"refresh_token": "EQBBSECRET"},
        gives=[ENDS, ENDS | {"rotated": True}],
    ),
    case(
        "token",
        "a refusal instead",
        {"message": "Not Authorized", "type": "service.not_authorized"},
        fails="disconnected",
    ),
    case("token", "something else", {"hello": "world"}, fails="no tokens"),
]
ODD = [
    case("error", "nobody answered in time", head(408), gives=error("unavailable")),
    case("invoice", "no invoice at all: an empty answer", {}),
    case("customer", "an empty page with more behind it", {"cursor": "ChoIDhIW"}),
    case("webhook", "a page of events that were missed", {"events": [RUNG, RUNG]}, gives={"events": [SEEN, SEEN]}),
    case("webhook", "such a page with something else in it", {"events": [7]}, fails="no webhook of Square"),
]
CASES = [*INVOICES, *CUSTOMERS, *PAYMENTS, *MEMOS, *WEBHOOKS, *ERRORS, *TOKENS, *ODD]
