"""Every rule about calling on one invoice at one moment: for its page, for ``explain_call``, stored nowhere."""

from datetime import datetime

from compliance.explanation import Explanation, explain
from compliance.models import Channel, Purpose
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
