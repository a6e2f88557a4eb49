"""The facts of calls that the agent's tests speak about."""

from datetime import date, time
from typing import Any

from calls.agent import Brief, DebtorType, InvoiceFacts, LinkChannel, Role, State, Step, advance, begin
from calls.agent.events import Event, Said
from syntharra.money import of

TODAY = date(2026, 3, 18)


def consumer(**changes: Any) -> Brief:
    """Ida Brandt, who owes 310.00 for a water heater repair."""
    facts: dict[str, Any] = {
        "business_name": "Ava's Plumbing",
        "customer_name": "Ida Brandt",
        "invoices": (InvoiceFacts("1088", of("310.00", "USD"), date(2026, 2, 20), "water heater repair"),),
        "today": TODAY,
        "local_time": time(11),
        "zip_code": "43215",
        "street": "412 Elm Street",
        "callback_number": "+16145550199",
        "link": LinkChannel.EMAIL,
    }
    return Brief(**{**facts, **changes})


def firm(**changes: Any) -> Brief:
    """Oak & Sons Landscaping, who owe for two jobs; Ben Oak pays the bills."""
    two = (
        InvoiceFacts("2232", of("1240.00", "USD"), date(2026, 3, 12), "sump pump"),
        InvoiceFacts("2233", of("700.00", "USD"), date(2026, 3, 13), "drain cleaning"),
    )
    facts: dict[str, Any] = {
        "customer_name": "Oak & Sons Landscaping",
        "contact_name": "Ben Oak",
        "invoices": two,
        "debtor_type": DebtorType.BUSINESS,
        "role": Role.THIRD_PARTY,
    }
    return consumer(**{**facts, **changes})


def talk(brief: Brief, *events: Event | str) -> list[Step]:
    """The steps of a call: the opening, then one for each event; a text is something said to its end."""
    steps = [begin(brief)]
    for event in events:
        steps.append(advance(steps[-1].state, Said(event) if isinstance(event, str) else event))
    return steps


def known(brief: Brief) -> State:
    """The state in which the right person is on the line and the invoice has been named."""
    return talk(brief, *(("yes", "43215") if brief.is_consumer else ("yes this is Ben",)))[-1].state


def said(step: Step) -> str:
    return " ".join(line.text for line in step.say)
