"""What calls owe in writing, and what those letters tell, gathered when they are sent."""

from datetime import date
from typing import Any
from uuid import UUID

from calls.models import Call
from compliance.models import Channel, Purpose
from disputes import pay_links
from disputes.letters import email_of
from disputes.models import Claim, ClaimOn
from invoices.models import Invoice
from notifications.letters import NoLongerTrue, letter_facts
from notifications.models import Message
from notifications.outbox import Letter
from syntharra.money import Money, of


def register() -> None:
    """Say what the letters that follow a call tell."""
    letter_facts("pay_link", _to_pay)
    letter_facts("promise_confirmation", _promised)
    letter_facts("invoice_copy", _copied)
    letter_facts("stop_confirmation", _about)


def pay_link(call: Call, invoices: tuple[UUID, ...]) -> list[Letter]:
    """The link the customer asked for, by e-mail. Asks for money, so a freeze holds it back."""
    return _to_customer(call, "pay_link", Purpose.COLLECT, invoices)


def pay_link_text(call: Call, invoices: tuple[UUID, ...]) -> list[Letter]:
    """The same to the telephone he speaks on, which he agreed to be texted on."""
    if call.customer is None or not call.number.startswith("+"):
        return []
    return [
        Letter(
            letter="pay_link",
            key=f"text:call:{call.pk}",
            purpose=Purpose.COLLECT,
            channel=Channel.SMS,
            to=call.number,
            customer=call.customer_id,
            language=call.customer.language,
            facts={"call": str(call.pk)},
            about=invoices,
        )
    ]


def promise_confirmation(call: Call, invoices: tuple[UUID, ...], promised_for: date) -> list[Letter]:
    """What was agreed, in writing. Asks for nothing."""
    facts = {"promised_for": promised_for.isoformat()}
    return _to_customer(call, "promise_confirmation", Purpose.SERVICE, invoices, facts)


def invoice_copy(call: Call, invoices: tuple[UUID, ...]) -> list[Letter]:
    """The copy the customer asked for. Asks for nothing; nobody without an address on file is sent one."""
    return _to_customer(call, "invoice_copy", Purpose.SERVICE, invoices)


def stop_confirmation(call: Call) -> list[Letter]:
    """That we stopped calling, in writing."""
    return _to_customer(call, "stop_confirmation", Purpose.SERVICE, ())


def _to_customer(
    call: Call, letter: str, purpose: Purpose, about: tuple[UUID, ...], facts: dict[str, Any] | None = None
) -> list[Letter]:
    address = email_of(call.customer) if call.customer is not None else ""
    if call.customer is None or not address:
        return []
    return [
        Letter(
            letter=letter,
            key=f"call:{call.pk}",
            purpose=purpose,
            channel=Channel.EMAIL,
            to=address,
            customer=call.customer_id,
            language=call.customer.language,
            facts={"call": str(call.pk), **(facts or {})},
            about=about,
        )
    ]


def _about(message: Message) -> dict[str, Any]:
    mine = Invoice.objects.filter(messages__message=message).select_related("business")
    invoices = mine.order_by("due_on", "number")
    return {"customer": message.customer, "invoices": list(invoices)}


def _to_pay(message: Message) -> dict[str, Any]:
    """With the link to our page, which stops when he says there that something is wrong."""
    about = _about(message)
    open_now = [one for one in about["invoices"] if one.balance > 0]
    return {**about, "url": pay_links.url_to(open_now or about["invoices"])}


def _promised(message: Message) -> dict[str, Any]:
    """Not once it is objected to, by whatever way, or was on the same call: no promise stands then."""
    about = _about(message)
    objections = ClaimOn.objects.filter(
        claim__source=Claim.Source.CALL,
        claim__source_key__startswith=message.facts["call"],
        dispute__invoice__in=about["invoices"],
    )
    if any(invoice.frozen_at for invoice in about["invoices"]) or objections.exists():
        raise NoLongerTrue("what was promised is disputed")
    return {**about, "promised_for": date.fromisoformat(message.facts["promised_for"])}


def _copied(message: Message) -> dict[str, Any]:
    about = _about(message)
    invoices = Invoice.objects.filter(pk__in=[one.pk for one in about["invoices"]]).prefetch_related("lines")
    copies = [(invoice, _lines(invoice)) for invoice in invoices.order_by("due_on", "number")]
    return {**about, "copies": copies}


def _lines(invoice: Invoice) -> list[tuple[str, Money]]:
    lines = sorted(invoice.lines.all(), key=lambda line: line.position)
    return [(line.description or line.item, of(line.amount, line.currency)) for line in lines]
