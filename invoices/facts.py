"""The facts every contact with a customer stands on, and those of service and legal messages."""

from dataclasses import replace
from datetime import datetime

from accounts.models import Business
from compliance import facts as gate
from compliance import texting
from compliance.facts import Facts, ProductFacts
from compliance.models import Channel, Consent, Purpose
from compliance.registry import Ask
from compliance.registry import register as answer_for
from compliance.services import (
    consent_date,
    consent_of,
    flags_from,
    opted_out,
    role,
    stopped_numbers,
    stopped_people,
    stops_on_people,
)
from compliance.statements import said_of, statements_of
from invoices.families import families, kin_of
from invoices.models import Customer
from notifications.models import Message
from notifications.texts import STOP_CONFIRMATION
from syntharra.tenancy import current_business


def register() -> None:
    """Answer for the purposes ``service`` and ``legal``."""
    answer_for(Purpose.SERVICE, customer_facts)
    answer_for(Purpose.LEGAL, customer_facts)


def customer_facts(ask: Ask) -> Facts:
    """Who he is, where he is, what he asked us not to do. Says nothing of any invoice."""
    assert ask.customer_id is not None
    customer = Customer.objects.get(pk=ask.customer_id)
    number = ask.to if ask.to.startswith("+") else ""
    suppressions = stops_on_people(kin_of(families([customer])))[customer.pk]
    stops = stopped_numbers([number])[number] if number else set()
    stops |= stopped_people([ask.to]).get(ask.to, set())
    consents = list(Consent.objects.filter(customer=customer, revoked_at=None))
    said = said_of(statements_of([customer.pk])[customer.pk], number=number)
    stated = flags_from(suppressions, stops, number=number)
    out = bool(number) and opted_out(suppressions, stops, number=number)
    facts = Facts(
        purpose=gate.Purpose(ask.purpose.value),
        channel=gate.Channel(ask.channel.value),
        at=ask.at,
        phone=number or None,
        line_type=gate.LineType.UNKNOWN,
        address_state=customer.state or None,
        city=customer.city or None,
        debtor_type=gate.DebtorType(customer.kind),
        role=role(),
        consent=consent_of(consents, number=number, out=out),
        consent_on=consent_date(consents, number=number) if number else None,
        extra_zones=said.extra_zones,
        at_work=said.at_work,
        to_attorney=bool(customer.attorney_email) and ask.to.lower() == customer.attorney_email,
        flags=replace(
            stated,
            not_between=said.not_between,
            not_on=said.not_on,
            # Of an e-mail address nobody knows that it is at work; a number may be.
            workplace_refused=said.workplace_refused and bool(number),
        ),
    )
    if ask.channel != Channel.SMS:
        return facts
    agreed = texting.agreed(texting.consents_of([customer.pk]), suppressions, stops, number=number, purpose=ask.purpose)
    return replace(
        facts,
        consent=agreed.consent,
        consent_on=agreed.on,
        confirms_stop_at=_confirms_stop_at(ask),
        product=ProductFacts(texts_off=texting.is_off(Business.objects.get(pk=current_business()))),
    )


def _confirms_stop_at(ask: Ask) -> datetime | None:
    """When the stop was sent which this text answers; None for every other text."""
    if ask.purpose != Purpose.SERVICE or ask.subject_id is None:
        return None
    told = Message.objects.filter(pk=ask.subject_id, letter=STOP_CONFIRMATION).values_list("facts", flat=True).first()
    return datetime.fromisoformat(told["stopped_at"]) if told else None
