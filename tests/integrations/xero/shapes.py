"""Xero's objects as it sends them, for tests that need one to look at."""

INVOICE = r"""{"Type":"ACCREC","InvoiceID":"7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001","InvoiceNumber":"INV-0412","Reference":"Job 88",
"Payments":[{"PaymentID":"b1d6e0a0-1111-4cec-94e0-9310d60a277a","Date":"\/Date(1792540800000+0000)\/","Amount":500.00,"Reference":"part","CurrencyRate":1.000000,"HasAccount":false}],
"CreditNotes":[],"Prepayments":[],"Overpayments":[],
"AmountDue":796.00,"AmountPaid":500.00,"AmountCredited":0.00,"SentToContact":true,"CurrencyRate":1.000000,
"Contact":{"ContactID":"342a5560-2222-408f-835b-d93d49511d6d","Name":"Harbour Cafe","Addresses":[],"Phones":[]},
"DateString":"2026-09-03T00:00:00","Date":"\/Date(1788393600000+0000)\/","DueDateString":"2026-10-03T00:00:00","DueDate":"\/Date(1790985600000+0000)\/",
"Status":"AUTHORISED","LineAmountTypes":"Exclusive",
"LineItems":[{"ItemCode":"REP","Description":"Pipe repair","UnitAmount":120.00,"TaxType":"OUTPUT2","TaxAmount":96.00,"LineAmount":1200.00,"AccountCode":"200","Quantity":10.0000}],
"SubTotal":1200.00,"TotalTax":96.00,"Total":1296.00,"UpdatedDateUTC":"\/Date(1792600802360+0000)\/","CurrencyCode":"NZD"}"""

CONTACT = r"""{"ContactID":"342a5560-2222-408f-835b-d93d49511d6d","ContactStatus":"ACTIVE","Name":"Harbour Cafe","FirstName":"Ana","LastName":"Reyes","EmailAddress":"ap@harbourcafe.example",
"Addresses":[{"AddressType":"STREET","City":"Wellington","PostalCode":"6011","Country":"New Zealand"},{"AddressType":"POBOX"}],
"Phones":[{"PhoneType":"DDI","PhoneNumber":"","PhoneAreaCode":"","PhoneCountryCode":""},{"PhoneType":"DEFAULT","PhoneNumber":"5550148","PhoneAreaCode":"04","PhoneCountryCode":"64"},{"PhoneType":"FAX","PhoneNumber":"5550149","PhoneAreaCode":"04","PhoneCountryCode":"64"},{"PhoneType":"MOBILE","PhoneNumber":"","PhoneAreaCode":"","PhoneCountryCode":""}],
"UpdatedDateUTC":"\/Date(1792600802360+0000)\/","IsSupplier":false,"IsCustomer":true,"DefaultCurrency":"NZD",
"ContactPersons":[{"FirstName":"Pat","LastName":"Ledger","EmailAddress":"pat@harbourcafe.example","IncludeInEmails":true}]}"""

PAYMENT = r"""{"PaymentID":"b1d6e0a0-1111-4cec-94e0-9310d60a277a","Date":"\/Date(1792540800000+0000)\/","BankAmount":500.00,"Amount":500.00,"Reference":"part","CurrencyRate":1.000000,"PaymentType":"ACCRECPAYMENT","Status":"AUTHORISED","UpdatedDateUTC":"\/Date(1792600802360+0000)\/","HasAccount":true,"IsReconciled":false,
"Invoice":{"Type":"ACCREC","InvoiceID":"7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001","InvoiceNumber":"INV-0412","Contact":{"ContactID":"342a5560-2222-408f-835b-d93d49511d6d","Name":"Harbour Cafe"},"LineItems":[],"CurrencyCode":"NZD"}}"""

CREDIT_NOTE = r"""{"CreditNoteID":"aea95d78-6666-48ae-8a50-7a18fc0ba79f","CreditNoteNumber":"CN-0019","Type":"ACCRECCREDIT","Status":"AUTHORISED","Reference":"Dispute 31","Contact":{"ContactID":"342a5560-2222-408f-835b-d93d49511d6d","Name":"Harbour Cafe"},"Date":"\/Date(1793145600000+0000)\/","SubTotal":185.19,"TotalTax":14.81,"Total":200.00,"RemainingCredit":150.00,
"Allocations":[{"Invoice":{"InvoiceID":"7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001"},"Amount":50.00,"Date":"\/Date(1793145600000+0000)\/"}],"CurrencyCode":"NZD","UpdatedDateUTC":"\/Date(1793150000000+0000)\/"}"""

OVERPAYMENT = r"""{"OverpaymentID":"0f1e2d3c-0000-4a4a-8b8b-000000000001","Type":"RECEIVE-OVERPAYMENT","Status":"AUTHORISED","Contact":{"ContactID":"342a5560-2222-408f-835b-d93d49511d6d"},"Date":"\/Date(1792540800000+0000)\/","Total":300.00,"RemainingCredit":100.00,
"Allocations":[{"Invoice":{"InvoiceID":"7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001"},"Amount":200.00}],"CurrencyCode":"NZD","UpdatedDateUTC":"\/Date(1792600802360+0000)\/"}"""

WEBHOOK = (
    b'{"events":[{"resourceUrl":"https://api.xero.com/api.xro/2.0/Invoices/7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001",'
    b'"resourceId":"7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001","tenantId":"45e4708e-d862-4111-ab3a-dd8cd03913e1",'
    b'"tenantType":"ORGANISATION","eventCategory":"INVOICE","eventType":"UPDATE",'
    b'"eventDateUtc":"2026-11-02T09:15:00.902"}],"firstEventSequence":77,"lastEventSequence":77,'
    b'"entropy":"FXNGWLCCGVANWHKILRUB"}'
)
INTENT = b'{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}'
