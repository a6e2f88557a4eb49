"""The lawyer who acts for a customer: what is about a dispute goes to him alone, and what asks for money to nobody (15 USC 1692c(a)(2))."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import User
from compliance.models import Channel, Purpose, StopKind
from compliance.services import stop
from disputes import acknowledging
from disputes.models import Dispute
from invoices.models import Customer
from invoices.services import hold_customer
from notifications import outbox
from notifications.models import Message
from syntharra import due


class CannotEnter(ValueError):
    """A lawyer nobody could write to; the message says what is missing."""


@transaction.atomic
def enter(customer_id: UUID, *, name: str, email: str, by: User) -> Customer:
    """From now on letters about disputes go to this lawyer, those waiting as well; nobody else there is contacted.

    An acknowledgement that could not go to the customer himself is owed to the lawyer anew. Entering the same again changes
    nothing. Raises CannotEnter.
    """
    customer = hold_customer(customer_id)
    name, email = " ".join(name.split())[:120], email.strip().lower()
    if not name:
        raise CannotEnter(_("Enter the lawyer's name."))
    try:
        validate_email(email)
    except ValidationError:
        raise CannotEnter(_("Enter the lawyer's e-mail address, such as name@office.example.")) from None
    if (customer.attorney_name, customer.attorney_email) == (name, email):
        return customer
    Customer.objects.filter(pk=customer.pk).update(attorney_name=name, attorney_email=email)
    customer.attorney_name, customer.attorney_email = name, email
    timeline.record(customer, "entered_attorney", by=by.email, customer=customer.pk, name=name, email=email)
    words = _("%(name)s acts for them.") % {"name": name}
    stopped = stop(customer.pk, StopKind.ATTORNEY, number="", words=words, source="member", by=by.email)
    facts = {"customer": str(customer.pk), "because": str(StopKind.ATTORNEY)}
    outbox.owe(outbox.Act(kind="stop_calls", key=f"stop:{stopped.pk}", facts=facts))
    _turn_letters(customer)
    return customer


def _turn_letters(customer: Customer) -> None:
    """What waits to leave leaves to him; what waits on paper, or was refused, is owed to him by e-mail."""
    mine = Message.objects.filter(customer=customer, purpose=Purpose.DISPUTE)
    mine.filter(channel=Channel.EMAIL, status=Message.Status.QUEUED).update(to=customer.attorney_email)
    acknowledgements = mine.filter(letter=acknowledging.LETTER)
    waiting = acknowledgements.filter(status__in=(Message.Status.DRAFT, Message.Status.QUEUED))
    paper = waiting.exclude(channel=Channel.EMAIL)
    due.settle(outbox.KIND, *paper.values_list("pk", flat=True))
    paper.update(status=Message.Status.WITHDRAWN)
    for dispute in Dispute.objects.live().filter(customer=customer, acknowledged_at=None).select_related("invoice"):
        claims = list(dispute.claims.order_by("said_at", "pk"))
        waits = acknowledgements.filter(status=Message.Status.QUEUED, about__invoice=dispute.invoice_id)
        if claims and not waits.exists():
            outbox.owe(*acknowledging.for_attorney(claims, dispute, customer))
