"""Thanks for a payment by card, to the customer; and word of it to the firm. Neither asks for anything."""

from collections.abc import Sequence
from typing import Any

from compliance.models import Channel, Purpose
from invoices.models import CardPayment, CheckoutInvoice, Contact
from notifications.letters import letter_facts
from notifications.members import in_charge, mail_to
from notifications.models import Message
from notifications.outbox import Letter
from syntharra import money

RECEIPT, TOLD = "card_receipt", "card_payment_told"


def register() -> None:
    """Say what these letters tell."""
    letter_facts(RECEIPT, _facts)
    letter_facts(TOLD, _facts)


def of_payment(payment: CardPayment, rows: Sequence[CheckoutInvoice]) -> list[Letter]:
    """The customer's receipt; none where he has no address on file: the processor's page has thanked him."""
    customer = rows[0].invoice.customer
    billing = customer.contacts.filter(role=Contact.Role.BILLING).exclude(email="").order_by("rank")
    address = billing.values_list("email", flat=True).first()
    if not address:
        return []
    return [
        Letter(
            letter="card_receipt",
            key=str(payment.pk),
            purpose=Purpose.SERVICE,
            channel=Channel.EMAIL,
            to=address,
            customer=customer.pk,
            language=customer.language,
            facts={"payment": str(payment.pk)},
            about=tuple(row.invoice_id for row in rows),
        )
    ]


def to_firm(payment: CardPayment, rows: Sequence[CheckoutInvoice]) -> list[Letter]:
    """Where somebody has to look: money on a frozen invoice, or more than was owed. The rest stands on the page."""
    if not payment.on_frozen and not payment.too_much:
        return []
    about = [row.invoice_id for row in rows]
    facts = {"payment": str(payment.pk)}
    return [
        mail_to(member, "card_payment_told", key=str(payment.pk), facts=facts, about=about) for member in in_charge()
    ]


def _facts(message: Message) -> dict[str, Any]:
    payment = CardPayment.objects.select_related("customer", "checkout").get(pk=message.facts["payment"])
    rows = payment.checkout.invoices.select_related("invoice").order_by("position")
    return {
        "payment": payment,
        "customer": payment.customer,
        "amount": money.of(payment.amount, payment.currency),
        "lines": [(row.invoice, money.of(row.amount, payment.currency)) for row in rows],
        "coming": payment.status == CardPayment.Status.COMING,
    }
