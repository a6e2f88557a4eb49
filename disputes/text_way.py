"""Whether something about a dispute may reach the customer by text, and at which number: the next way where no mail goes."""

from collections.abc import Iterator
from datetime import datetime

from compliance.facts import Channel as GateChannel
from compliance.facts import Consent, Facts
from compliance.gate import first_allowed
from compliance.models import Channel, Purpose
from compliance.registry import Ask, facts_of
from compliance.rulebook import RuleBook
from invoices.models import Contact, Customer
from syntharra import clock


def number_for(customer: Customer, *, purpose: Purpose, latest: datetime, first: str = "") -> str:
    """The number a text may go to by ``latest``: ``first`` (they wrote from it), else a billing contact's. "" for none.

    The gate decides, of facts as they are now; it is asked again, and on record, when the text is planned and sent.
    """
    for number in _numbers(customer, first):
        facts = facts_of(_ask(customer, number, purpose))
        at = first_allowed(facts, RuleBook.load()) if _agreed(facts) else None
        if at is not None and at <= latest:
            return number
    return ""


def _agreed(facts: Facts) -> bool:
    return facts.channel == GateChannel.SMS and facts.consent == Consent.EXPRESS


def _ask(customer: Customer, number: str, purpose: Purpose) -> Ask:
    return Ask(purpose=purpose, channel=Channel.SMS, to=number, at=clock.now(), customer_id=customer.pk)


def _numbers(customer: Customer, first: str) -> Iterator[str]:
    known = customer.contacts.filter(role=Contact.Role.BILLING).exclude(phone="").order_by("rank")
    found = list(dict.fromkeys(known.values_list("phone", flat=True)))
    theirs = customer.contacts.filter(phone=first).exists() if first else False
    yield from dict.fromkeys([*([first] if theirs else []), *found])
