"""What follows for others when receivables changed: they are told that there is something to look at, and look themselves."""

from datetime import timedelta

from invoices.consents import record_consents
from syntharra import clock, due
from syntharra.tenancy import current_business

PLAN = "plan"  # who may be called now: calls looks
MONEY = "recovery"  # what came in after a conversation: billing looks
MARKS = "marks"  # what the books mark as disputed: disputes looks


def receivables_changed(*, after: timedelta = timedelta(0)) -> None:
    """Inside the transaction that changed them: new numbers get their consent, and the upper apps are asked to look."""
    record_consents()
    for kind in (MARKS, PLAN, MONEY):
        due.note(kind, current_business(), at=clock.now() + after)
