"""The facts of messages about a dispute: those of any message to the customer; the dispute itself binds only collecting."""

from compliance.models import Purpose
from compliance.registry import register as answer_for
from invoices import plans
from invoices.facts import customer_facts


def register() -> None:
    """Answer for the purpose ``dispute``, and say who writes and carries out what disputes owe."""
    answer_for(Purpose.DISPUTE, customer_facts)
    from disputes import card_events, ending, inbound_texts, letters, money_evidence, pay_links

    letters.register()
    inbound_texts.register()
    card_events.register()
    money_evidence.register()
    plans.paid_on_page(pay_links.url_to)
    plans.when_over_unpaid(ending.goes_on_after_plan)
