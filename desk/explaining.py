"""Every rule about calling on one invoice at one moment: for its page, for ``explain_call``, stored nowhere."""

from datetime import datetime

from compliance.explanation import Explanation, explain
from compliance.facts import Facts
from compliance.models import Channel, Decision, Purpose
from compliance.records import RecordError
from compliance.registry import Ask, facts_of
from compliance.rulebook import RuleBook
from desk.gate import number_of
from invoices.models import Invoice


def explained(invoice: Invoice, *, at: datetime) -> Explanation:
    """What would be said of a call about this invoice, to its billing contact, at that moment."""
    ask = Ask(
        purpose=Purpose.COLLECT,
        channel=Channel.CALL,
        to=number_of(invoice),
        at=at,
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
    )
    return explain(facts_of(ask), RuleBook.load())


def computed_again(decision: Decision) -> bool | None:
    """Whether the stored facts give the stored answer under today's rules; None where it cannot be told: the rules are
    others by now, or the record can no longer be read."""
    rules = RuleBook.load()
    if decision.rules_version != rules.version:
        return None
    try:
        again = explain(Facts.from_json(decision.facts), rules).clearance
    except (RecordError, ValueError):
        return None
    return bool(again.to_json() == decision.clearance)
