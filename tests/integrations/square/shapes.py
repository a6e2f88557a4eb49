"""Square's objects as it sends them, for tests that need one to look at."""

INVOICE = """{"id":"inv:0-ChBsimAAAAAAAAAAAAAAAAAA","version":3,"location_id":"LSIM00000001","order_id":"oSIM0000000000000000000001",
"primary_recipient":{"customer_id":"CSIM00000001","given_name":"Ana","family_name":"Reyes","email_address":"ap@harborcafe.example","phone_number":"+14155550148","company_name":"Harbor Cafe"},
"payment_requests":[
{"uid":"2da7964f","request_type":"DEPOSIT","due_date":"2026-09-10","percentage_requested":"25","tipping_enabled":false,"automatic_payment_source":"NONE","computed_amount_money":{"amount":32400,"currency":"USD"},"total_completed_amount_money":{"amount":32400,"currency":"USD"}},
{"uid":"9257f261","request_type":"BALANCE","due_date":"2026-10-03","tipping_enabled":false,"automatic_payment_source":"NONE","reminders":[{"uid":"beebd363","relative_scheduled_days":3,"message":"Past due","status":"SENT","sent_at":"2026-10-06T16:00:00Z"}],"computed_amount_money":{"amount":97200,"currency":"USD"},"total_completed_amount_money":{"amount":17600,"currency":"USD"}}],
"delivery_method":"EMAIL","invoice_number":"000412","title":"Roof repair","description":"","public_url":"https://squareup.com/pay-invoice/inv:0-ChBsim","next_payment_amount_money":{"amount":79600,"currency":"USD"},
"status":"PARTIALLY_PAID","timezone":"America/Los_Angeles","created_at":"2026-09-03T17:12:44Z","updated_at":"2026-10-21T23:40:02Z",
"accepted_payment_methods":{"card":true,"bank_account":true},"sale_or_service_date":"2026-09-01","store_payment_method_enabled":false}"""

ORDER = """{"id":"oSIM0000000000000000000001","location_id":"LSIM00000001","customer_id":"CSIM00000001","state":"OPEN",
"line_items":[{"uid":"l1","name":"Roof repair","variation_name":"Regular","note":"North side","quantity":"10","gross_sales_money":{"amount":130000,"currency":"USD"},"total_tax_money":{"amount":9600,"currency":"USD"},"total_money":{"amount":129600,"currency":"USD"}}],
"total_discount_money":{"amount":10000,"currency":"USD"},"total_money":{"amount":129600,"currency":"USD"},
"tenders":[{"id":"pSIM00000000000000000001","type":"CARD","payment_id":"pSIM00000000000000000001","amount_money":{"amount":17600,"currency":"USD"},"created_at":"2026-10-21T23:39:58Z"}],
"created_at":"2026-09-03T17:12:40Z","updated_at":"2026-10-21T23:40:02Z"}"""

CUSTOMER = """{"id":"CSIM00000001","created_at":"2025-02-10T16:51:22.123Z","updated_at":"2026-10-21T23:40:02Z","given_name":"Ana","family_name":"Reyes","company_name":"Harbor Cafe","email_address":"ap@harborcafe.example","phone_number":"+14155550148","address":{"address_line_1":"12 Pier Rd","locality":"Half Moon Bay","administrative_district_level_1":"CA","postal_code":"94019","country":"US"},"creation_source":"THIRD_PARTY","version":4}"""

PAYMENT = """{"id":"pSIM00000000000000000001","created_at":"2026-10-21T23:39:58.248Z","updated_at":"2026-10-21T23:40:01.968Z","amount_money":{"amount":17600,"currency":"USD"},"tip_money":{"amount":500,"currency":"USD"},"total_money":{"amount":18100,"currency":"USD"},"refunded_money":{"amount":0,"currency":"USD"},"status":"COMPLETED","source_type":"CARD","location_id":"LSIM00000001","order_id":"oSIM0000000000000000000001","customer_id":"CSIM00000001","receipt_number":"pSIM"}"""

REFUND = """{"id":"pSIM00000000000000000001_r1","status":"COMPLETED","amount_money":{"amount":5000,"currency":"USD"},"payment_id":"pSIM00000000000000000001","order_id":"oSIMrefund","created_at":"2026-10-25T10:00:00.471Z","updated_at":"2026-10-25T10:00:03.319Z","location_id":"LSIM00000001"}"""

WEBHOOK = (
    b'{"merchant_id":"ML7SIM","type":"invoice.payment_made","event_id":"6a8f5f28-54a1-4eb0-a98a-3111513fd4fc",'
    b'"created_at":"2026-11-02T09:15:00Z","data":{"type":"invoice","id":"inv:0-SIM1"}}'
)
TOKEN = (
    '{"access_token":"EAAA","token_type":"bearer","expires_at":"2026-12-02T09:15:00Z","merchant_id":"ML7SIM0000001",'
    '"refresh_token":"EQAA","short_lived":false}'
)
