"""What people do in the simulated books by hand: customers pay, owners void, delete, refund and credit."""

from datetime import date
from decimal import Decimal

from integrations.quickbooks.simulation import payments, sales
from integrations.quickbooks.simulation.amounts import amount_or_zero
from integrations.quickbooks.simulation.answers import ApiFault, Json
from integrations.quickbooks.simulation.books import Books, dictionaries

BY_CARD = "Paid online by card"


def pay(
    books: Books,
    invoice: Json,
    *,
    amount: Decimal | None = None,
    on: date | None = None,
    method: str = "1",
    reference: str | None = None,
) -> Json:
    """A customer pays an invoice, whole or in part; the answer is the new payment."""
    part = amount_or_zero(invoice.get("Balance")) if amount is None else amount
    if part <= 0:
        raise ApiFault("6000", "A business validation error has occurred", "There is nothing to pay on this invoice")
    return payments.create(
        books,
        {
            "CustomerRef": invoice.get("CustomerRef"),
            "TotalAmt": part,
            "TxnDate": (on or books.today()).isoformat(),
            "PaymentMethodRef": {"value": method},
            "PaymentRefNum": reference,
            "PrivateNote": BY_CARD if method == "3" else None,
            "Line": [{"Amount": part, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}],
        },
    )


def credit(books: Books, invoice: Json, amount: Decimal, *, description: str, apply: bool) -> Json:
    """The owner writes a credit memo for an invoice's customer, and applies it if asked."""
    line = {
        "Description": description,
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {**_first_item(invoice), "UnitPrice": amount, "Qty": Decimal(1)},
    }
    memo = sales.create(books, "CreditMemo", {"CustomerRef": invoice.get("CustomerRef"), "Line": [line]})
    left = min(
        amount_or_zero(memo.get("RemainingCredit")), amount_or_zero(books.get("Invoice", invoice["Id"])["Balance"])
    )
    if apply and left > 0:
        payments.apply_credit(books, memo["Id"], invoice["Id"], left)
    return books.get("CreditMemo", memo["Id"])


def take_back(books: Books, payment: Json, *, delete: bool) -> Json:
    """A payment bounces or is refunded: voided, or deleted as if it never was."""
    if not delete:
        return payments.void(books, payment)
    payments.delete(books, payment)
    return {"domain": "QBO", "status": "Deleted", "Id": payment["Id"]}


def last_payment(books: Books, invoice: Json) -> Json:
    """The payment an invoice was last linked to. Raises 610 where it has none."""
    linked = payments.linked_payments(invoice)
    return books.get("Payment", linked[-1] if linked else "")


def find_invoice(books: Books, *, identity: str | None = None, number: str | None = None) -> Json:
    """An invoice by id, or by the number people see. Raises 610 where there is none."""
    if identity is not None:
        return books.get("Invoice", identity)
    for invoice in books.tables["Invoice"]:
        if number is not None and invoice.get("DocNumber") == number:
            return invoice
    raise ApiFault("610", "Object Not Found", f"No invoice has the number {number}")


def _first_item(invoice: Json) -> Json:
    """The item of the first line that has one, as a detail holds it."""
    for line in dictionaries(invoice.get("Line")):
        detail = line.get("SalesItemLineDetail")
        if isinstance(detail, dict) and isinstance(detail.get("ItemRef"), dict):
            return {"ItemRef": detail["ItemRef"]}
    return {}
