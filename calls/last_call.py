"""Whether another call of ours is left about some invoices: after the last one a person has to ring."""

from collections.abc import Sequence

from calls.history import History
from calls.models import Attempt, Call
from calls.outcomes import spoken_on
from compliance import firm
from invoices.models import Invoice


def is_over(call: Call) -> bool:
    """All that this call is about was called about as often as the firm allows, this time included."""
    return is_used_up(spoken_on(call))


def is_used_up(invoices: Sequence[Invoice]) -> bool:
    """The same of these invoices of one customer. One query where he was not dialed so often about anything."""
    if not invoices:
        return False
    most = min(3, firm.rules_of(invoices[0].business).max_attempts)
    customers = {invoice.customer_id for invoice in invoices}
    if Attempt.objects.filter(customer_id__in=customers, dialing_at__isnull=False).count() < most:
        return False
    past = History.of(customers, [])
    return all(past.dials(invoice.pk) >= most for invoice in invoices)
