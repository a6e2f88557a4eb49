"""The proof of a debt a consumer disputed in writing: until it was sent nobody asks again (15 USC 1692g(b); 12 CFR 1006.38(d)).

In Massachusetts creditors owe it too (940 CMR 7.08(2)).
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from compliance.models import Channel, Purpose
from invoices.models import Customer, Invoice
from invoices.notices import CREDITORS_TOO, sender
from invoices.number_checks import NobodyToAsk, address_of
from invoices.services import hold_customer
from notifications.letters import letter_facts
from notifications.models import Message, MessageInvoice
from notifications.outbox import Letter, owe
from syntharra import clock, money

LETTER = "verification"


def register() -> None:
    """Say what the letter tells."""
    letter_facts(LETTER, _facts)


def owes_proof(customer: Customer, *, for_others: bool) -> bool:
    """Whether a written dispute of this customer asks for proof before anybody asks for money again."""
    return customer.kind != Customer.Kind.BUSINESS and (for_others or customer.state == CREDITORS_TOO)


def sent_since(invoice_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When the proof about each of these invoices was last sent. One query."""
    about = MessageInvoice.objects.filter(invoice_id__in=invoice_ids, message__letter=LETTER, message__status="sent")
    rows = about.exclude(message__sent_at=None).order_by("message__sent_at")
    return {pk: at for pk, at in rows.values_list("invoice_id", "message__sent_at") if at is not None}


@transaction.atomic
def send(invoice_id: UUID) -> Message:
    """Owe the customer the proof of this debt: what was done, billed and paid. Once a day at most. Raises NobodyToAsk."""
    invoice = Invoice.objects.select_related("customer", "business").get(pk=invoice_id)
    customer = hold_customer(invoice.customer_id)
    address = address_of(customer)
    if not address:
        raise NobodyToAsk
    letter = Letter(
        letter=LETTER,
        key=f"{invoice.pk}:{clock.today(invoice.business.time_zone)}",
        purpose=Purpose.LEGAL,
        channel=Channel.EMAIL,
        to=address,
        customer=customer.pk,
        language=customer.language,
        about=(invoice.pk,),
    )
    (message,) = owe(letter)
    assert isinstance(message, Message)
    return message


def _facts(message: Message) -> dict[str, Any]:
    invoice = Invoice.objects.get(messages__message=message)
    lines = [(line.description or line.item, money.of(line.amount, line.currency)) for line in _lines(invoice)]
    return {
        "customer": message.customer,
        "invoice": invoice,
        "lines": lines,
        "paid": money.of(max(invoice.total - invoice.balance, Decimal(0)), invoice.currency),
        "sender": sender(message.business),
    }


def _lines(invoice: Invoice) -> Any:
    return invoice.lines.order_by("position")
