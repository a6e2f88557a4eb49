"""Jobber's answers as its documentation shows them, for the tests of what we make of them."""

import json
from typing import Any

ACCOUNT = "Z2lkOi8vSm9iYmVyL0FjY291bnQvMjQ4NjkzNA=="
INVOICE_ID = "Z2lkOi8vSm9iYmVyL0ludm9pY2UvMTAwMQ=="
CLIENT_ID = "Z2lkOi8vSm9iYmVyL0NsaWVudC83Nw=="
PAYMENT_ID = "Z2lkOi8vSm9iYmVyL1BheW1lbnRSZWNvcmQvNQ=="

LISTED = json.loads(
    """{"data":{"invoices":{"nodes":[{"id":"Z2lkOi8vSm9iYmVyL0ludm9pY2UvMTAwMQ==","invoiceNumber":"214",
 "subject":"For Services Rendered","invoiceStatus":"past_due",
 "issuedDate":"2026-02-10T06:00:00Z","dueDate":"2026-03-12T05:00:00Z","invoiceNet":30,"receivedDate":null,
 "createdAt":"2026-02-10T15:12:44Z","updatedAt":"2026-03-14T21:05:02Z",
 "jobberWebUri":"https://secure.getjobber.com/invoices/1001","clientHubUri":"https://clienthub.getjobber.com/x",
 "amounts":{"subtotal":1700.0,"discountAmount":0.0,"taxAmount":140.0,"depositAmount":0.0,"paymentsTotal":500.0,
  "tipsTotal":0.0,"invoiceBalance":1340.0,"total":1840.0},
 "client":{"id":"Z2lkOi8vSm9iYmVyL0NsaWVudC83Nw==","name":"Ruiz Dental","firstName":"Dana","lastName":"Ruiz",
  "companyName":"Ruiz Dental","isCompany":true,"isArchived":false}}],
 "pageInfo":{"hasNextPage":true,"endCursor":"NTA"}}},
 "extensions":{"cost":{"requestedQueryCost":1454,"actualQueryCost":212,
  "throttleStatus":{"maximumAvailable":10000,"currentlyAvailable":9788,"restoreRate":500}}}}"""
)

CLIENT: dict[str, Any] = {
    "id": CLIENT_ID,
    "name": "Ruiz Dental",
    "firstName": "Dana",
    "lastName": "Ruiz",
    "companyName": "Ruiz Dental",
    "isCompany": True,
    "isLead": False,
    "isArchived": False,
    "sampleData": False,
    "receivesInvoiceFollowUps": True,
    "balance": 1340.0,
    "updatedAt": "2026-03-14T21:05:02Z",
    "emails": [
        {"address": "office@ruizdental.example", "description": "WORK", "primary": False},
        {"address": "dana@ruizdental.example", "description": "MAIN", "primary": True},
    ],
    "phones": [
        {"number": "(614) 555-0144", "normalizedPhoneNumber": "+16145550144", "description": "FAX", "primary": False},
        {"number": "(614) 555-0142", "normalizedPhoneNumber": "+16145550142", "description": "MAIN", "primary": True},
        {"number": "614.555.0143", "normalizedPhoneNumber": "+16145550143", "description": "MOBILE", "primary": False},
    ],
    "billingAddress": {
        "street1": "12 High St",
        "street2": "Suite 4",
        "city": "Columbus",
        "province": "Ohio",
        "postalCode": "43215",
        "country": "United States",
    },
    "contacts": {
        "nodes": [
            {
                "name": "Ida Marsh",
                "role": "bookkeeper",
                "isBillingContact": True,
                "emails": {"nodes": [{"address": "ida@ruizdental.example"}]},
                "phones": {"nodes": [{"number": "614-555-0145", "description": "WORK"}]},
            }
        ]
    },
}

RECORD: dict[str, Any] = {
    "__typename": "CheckPaymentRecord",
    "id": PAYMENT_ID,
    "adjustmentType": "PAYMENT",
    "amount": 500.0,
    "rawAmount": -500.0,
    "entryDate": "2026-03-01T05:00:00Z",
    "paymentType": "CHEQUE",
    "paymentOrigin": "EMPLOYEE_ONLINE_ORIGIN",
    "details": "check 1042",
    "client": {"id": CLIENT_ID},
    "invoice": {"id": INVOICE_ID, "invoiceNumber": "214"},
}


def invoice(**changes: Any) -> dict[str, Any]:
    """The invoice of their example, with these fields otherwise."""
    found: dict[str, Any] = json.loads(json.dumps(LISTED["data"]["invoices"]["nodes"][0]))
    return found | changes


def paid(
    *records: tuple[str, float, str | None], total: float = 1000.0, balance: float | None = None
) -> dict[str, Any]:
    """An invoice with these records: kind, amount, status of the transaction. The first is of the 1st of March, and so on."""
    nodes = [
        {
            "id": f"record-{number}",
            "adjustmentType": kind,
            "amount": amount,
            "entryDate": f"2026-03-{number:02}T12:00:00Z",
            "tipAmount": None,
            "jobberPaymentTransactionStatus": status,
        }
        for number, (kind, amount, status) in enumerate(records, start=1)
    ]
    amounts = {"total": total, "invoiceBalance": total if balance is None else balance}
    connection = {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}
    return invoice(amounts=amounts, paymentRecords=connection)
