"""The proof of a debt a consumer disputed in writing: until it was sent nobody asks again (15 USC 1692g(b); 12 CFR 1006.38(d)).

In Massachusetts creditors owe it too (940 CMR 7.08(2)). That it is owed is a fact of the invoice (``proof_owed_at``), which
the database goes by; that it was sent is the letter itself, so that one that came back counts as unsent.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from accounts import timeline
from compliance.facts import Role
from compliance.models import Channel, Purpose
from compliance.services import role
from invoices.models import Customer, Invoice
from invoices.notices import CREDITORS_TOO, sender, sent_notices
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


def asked_for(invoices: Sequence[Invoice], customer: Customer, *, at: datetime) -> int:
    """He disputed these in writing at that moment; on how many the proof is owed from now on. For a held customer.

    Before the notice has left its period has not run out (15 USC 1692g(b)). No query where the law asks for no proof.
    """
    if not owes_proof(customer, for_others=role() is Role.THIRD_PARTY):
        return 0
    about = [invoice.pk for invoice in invoices]
    on = at.astimezone(ZoneInfo(invoices[0].business.time_zone)).date()
    over = {pk for pk, end in sent_notices(about).values_list("invoice_id", "period_ends_on") if end < on}
    asked = Invoice.objects.filter(pk__in=[pk for pk in about if pk not in over])
    return asked.filter(Q(proof_owed_at=None) | Q(proof_owed_at__lt=at)).update(proof_owed_at=at)


def is_missing(invoice: Invoice) -> bool:
    """The proof is owed and was not sent since: the database refuses to collect on it."""
    owed = invoice.proof_owed_at
    if owed is None or invoice.customer.kind == Customer.Kind.BUSINESS:
        return False
    sent = sent_since([invoice.pk]).get(invoice.pk)
    return sent is None or sent < owed


def send_or_ask(invoice: Invoice) -> bool:
    """The proof leaves by e-mail; where there is no address somebody of the firm is asked to see to it. True when it leaves."""
    try:
        send(invoice.pk)
    except NobodyToAsk:
        on_paper(invoice.pk)
        timeline.record(invoice, "asks_owner", by="syntharra", task="send_proof", invoice=invoice.number)
        return False
    return True


def sent_since(invoice_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When the proof about each of these invoices was last sent. One query."""
    about = MessageInvoice.objects.filter(invoice_id__in=invoice_ids, message__letter=LETTER, message__status="sent")
    rows = about.exclude(message__sent_at=None).order_by("message__sent_at")
    return {pk: at for pk, at in rows.values_list("invoice_id", "message__sent_at") if at is not None}


@transaction.atomic
def send(invoice_id: UUID) -> Message:
    """Owe the customer the proof of this debt: what was done, billed and paid. Raises NobodyToAsk.

    Once a day at most for each time it was asked for.
    """
    invoice = Invoice.objects.select_related("customer", "business").get(pk=invoice_id)
    customer = hold_customer(invoice.customer_id)
    address = address_of(customer)
    if not address:
        raise NobodyToAsk
    letter = Letter(
        letter=LETTER,
        key=f"{invoice.pk}:{clock.today(invoice.business.time_zone)}{_asked(invoice)}",
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


@transaction.atomic
def on_paper(invoice_id: UUID) -> Message | None:
    """The same as a letter to be posted, where there is no e-mail address; None where the books have no street either."""
    invoice = Invoice.objects.select_related("customer", "business").get(pk=invoice_id)
    customer = hold_customer(invoice.customer_id)
    if not customer.street:
        return None
    place = " ".join(part for part in (customer.city, customer.state.removeprefix("US-"), customer.zip) if part)
    letter = Letter(
        letter=LETTER,
        key=f"{invoice.pk}:paper{_asked(invoice)}",
        purpose=Purpose.LEGAL,
        channel=Channel.LETTER,
        to=f"{customer.name}, {customer.street}, {place}"[:254],
        customer=customer.pk,
        language=customer.language,
        about=(invoice.pk,),
        draft=True,
    )
    (message,) = owe(letter)
    assert isinstance(message, Message)
    return message


def _asked(invoice: Invoice) -> str:
    return f":{invoice.proof_owed_at:%Y%m%dT%H%M%S}" if invoice.proof_owed_at else ""


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
