"""An invoice of the books as Jobber shows it."""

from decimal import Decimal
from typing import Any

from integrations.jobber.simulation import clients, paging, payments, times
from integrations.jobber.simulation.asking import Asking, money
from integrations.jobber.simulation.ids import encoded, number_of
from integrations.simulation.call import Json
from integrations.simulation.entities import ZERO, Invoice, Line, Payment
from integrations.simulation.odd import laid_over

SUBJECT = "For Services Rendered"


def rendered(asking: Asking, invoice: Invoice) -> Json:
    """The invoice with everything that can be asked of it; what takes work is worked out when asked for."""
    number = number_of(invoice.id, "Invoice") or 0
    received = _received_on(asking, invoice)
    shown: Json = {
        "id": invoice.id,
        "invoiceNumber": invoice.number,
        "subject": str(invoice.extra.get("subject") or SUBJECT),
        "message": invoice.memo or None,
        "invoiceStatus": status(asking, invoice),
        "issuedDate": _instant(asking.day(invoice.issued_on)),
        "dueDate": _instant(due_at(asking, invoice)),
        "invoiceNet": net_days(invoice),
        "receivedDate": _instant(asking.day(received)),
        "dateViewedInClientHub": times.instant(invoice.updated_at) if invoice.viewed else None,
        "amounts": lambda _info: amounts(asking, invoice),
        "client": lambda _info: clients.of(asking, invoice.customer),
        "billingAddress": lambda _info: _billing_address(asking, invoice),
        "billingIsSameAsPropertyAddress": True,
        "lineItems": lambda _info, **page: _lines(asking, invoice, **page),
        "paymentRecords": lambda _info, **page: paging.connection(
            payments.of_invoice(asking.books, invoice),
            lambda one: payments.short(asking, one),
            most=asking.settings.most_rows,
            **page,
        ),
        "taxCalculationMethod": "exclusive",
        "allowReviewRequest": True,
        "waitingForFinancedPayment": bool(invoice.extra.get("financed")),
        "hasInvoiceNumberDuplicates": lambda _info: asking.is_shared_number(invoice.number),
        "clientHubUri": f"https://clienthub.getjobber.com/client_hubs/sandbox/invoices/{number}"
        if invoice.sent
        else None,
        "jobberWebUri": f"https://secure.getjobber.com/invoices/{number}",
        "createdAt": times.instant(invoice.created_at),
        "updatedAt": times.instant(invoice.updated_at),
    }
    return laid_over(shown, invoice.odd)


def of(asking: Asking, id: str | None) -> Json | None:
    """The invoice with this id; None where there is none, or none any more: deleted ones cannot be told from others."""
    found = asking.books.invoices.get(id or "")
    return None if found is None or found.status in ("void", "deleted") else rendered(asking, found)


def status(asking: Asking, invoice: Invoice) -> str:
    """What `invoiceStatus` says today where the account is. `sent_not_due` exists for filtering only."""
    if invoice.status == "draft":
        return "draft"
    if asking.books.balance(invoice) <= 0:
        return "bad_debt" if invoice.written_off else "paid"
    return "past_due" if is_late(asking, invoice) else "awaiting_payment"


def is_late(asking: Asking, invoice: Invoice) -> bool:
    """Whether its due day is over."""
    return invoice.due_on is not None and invoice.due_on < asking.books.today()


def due_at(asking: Asking, invoice: Invoice) -> Any:
    """The instant of the due day; None where Jobber keeps only the number of days."""
    return None if invoice.extra.get("net_only") else asking.day(invoice.due_on)


def net_days(invoice: Invoice) -> int | None:
    """Days from issue to due."""
    return None if invoice.due_on is None else (invoice.due_on - invoice.issued_on).days


def amounts(asking: Asking, invoice: Invoice) -> dict[str, float]:
    """The sums: deposits stand apart from the other payments, tips are in neither."""
    received = list(asking.books.payments_on(invoice))
    deposits = sum((one.applied[invoice.id] for one in received if payments.is_deposit(one)), ZERO)
    return {
        "subtotal": money(invoice.subtotal),
        "discountAmount": money(invoice.discount + asking.books.credited(invoice)),
        "legacyDiscountAmount": 0.0,
        "nonTaxAmount": money(ZERO if invoice.tax else invoice.subtotal),
        "taxAmount": money(invoice.tax),
        "total": money(invoice.total - asking.books.credited(invoice)),
        "depositAmount": money(deposits),
        "paymentsTotal": money(asking.books.paid(invoice) - deposits),
        "tipsTotal": money(sum((_tip_on(one, invoice) for one in received), ZERO)),
        "invoiceBalance": money(asking.books.balance(invoice)),
    }


def _tip_on(payment: Payment, invoice: Invoice) -> Decimal:
    """A tip belongs to the first invoice a payment paid."""
    return payments.tip(payment) if next(iter(payment.applied), None) == invoice.id else ZERO


def _received_on(asking: Asking, invoice: Invoice) -> Any:
    if invoice.status != "open" or invoice.written_off or asking.books.balance(invoice) > 0:
        return None
    return max((one.paid_on for one in asking.books.payments_on(invoice)), default=None)


def _billing_address(asking: Asking, invoice: Invoice) -> Json | None:
    customer = asking.books.customers.get(invoice.customer)
    if customer is None or not customer.street:
        return None
    return {
        "name": customer.name,
        "street": customer.street,
        "street1": customer.street,
        "street2": customer.extra.get("street2"),
        "city": customer.city or None,
        "province": customer.state or None,
        "postalCode": customer.zip or None,
        "country": "United States" if customer.country == "US" else customer.country,
    }


def _lines(asking: Asking, invoice: Invoice, **page: Any) -> Json:
    numbered = list(enumerate(invoice.lines))
    return paging.connection(
        numbered, lambda one: _line(asking, invoice, one[1], one[0]), most=asking.settings.most_rows, **page
    )


def _line(asking: Asking, invoice: Invoice, line: Line, place: int) -> Json:
    return {
        "id": encoded("InvoiceLineItem", (number_of(invoice.id, "Invoice") or 0) * 100 + place),
        "name": line.item or line.description,
        "description": line.description if line.item else "",
        "quantity": float(line.quantity),
        "unitPrice": float(line.price),
        "totalPrice": money(line.amount),
        "taxable": bool(invoice.tax),
        "date": _instant(asking.day(invoice.issued_on)),
        "createdAt": times.instant(invoice.created_at),
        "updatedAt": times.instant(invoice.updated_at),
    }


def _instant(at: Any) -> str | None:
    return None if at is None else times.instant(at)
