"""A call that is talked through with the real agent against the real database, without a carrier."""

from calls.acts import Scene, carry_out
from calls.agent.conversation import advance, begin
from calls.agent.events import Event, HungUp, Said
from calls.agent.steps import State
from calls.brief import brief_for
from calls.models import Attempt, AttemptInvoice, Call
from calls.outcomes import finish
from invoices.models import Customer, Invoice
from syntharra.clock import now


def on_the_line(customer: Customer, *, number: int = 1) -> Attempt:
    """A call about everything this customer owes, answered at this moment."""
    to = customer.contacts.get().phone
    attempt = Attempt.objects.create(
        customer=customer,
        number=number,
        to=to,
        status="live",
        planned_for=now(),
        dialing_at=now(),
        dialing_on=now().date(),
    )
    owed = Invoice.objects.filter(customer=customer).order_by("due_on")
    AttemptInvoice.objects.bulk_create(AttemptInvoice(attempt=attempt, invoice=invoice) for invoice in owed)
    Call.objects.create(
        attempt=attempt,
        customer=customer,
        sid=f"CA{attempt.pk.hex}",
        status="in-progress",
        to=to,
        placed_at=now(),
        answered_at=now(),
    )
    return attempt


def talk_through(attempt: Attempt, *events: Event | str) -> State:
    """Every act carried out as it is decided, and the result of the call when it is over. Whatever is said after the end is said over the good-bye."""
    scene = Scene(line_id=attempt.pk, call_id=Call.objects.get(attempt=attempt).pk)
    step = begin(brief_for(Attempt.objects.select_related("customer", "business").get(pk=attempt.pk)))
    for event in (*events, HungUp()):
        step = advance(step.state, Said(event) if isinstance(event, str) else event)
        carry_out(scene, step.acts)
    assert step.end is not None
    assert finish(attempt.pk, step.end.value, state=step.state) is True
    return step.state
