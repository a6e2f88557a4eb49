"""What the gate says about calling on an invoice right now: asked afresh for the page, stored nowhere."""

from django.utils.translation import gettext as _

from compliance.clearance import Clearance
from compliance.gate import decide
from compliance.models import Channel, Decision, Purpose
from compliance.records import RecordError
from compliance.registry import Ask, facts_of
from compliance.rulebook import RuleBook
from desk.wording.gate import Gate, gate_of, was_allowed
from invoices.models import Contact, Invoice
from syntharra import clock


def may_we_call(invoice: Invoice) -> Gate:
    """May the customer be called about this invoice now, and if not, why and until when."""
    number = number_of(invoice)
    ask = Ask(
        purpose=Purpose.COLLECT,
        channel=Channel.CALL,
        to=number,
        at=clock.now(),
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
    )
    return gate_of(decide(facts_of(ask), RuleBook.load()), name=invoice.customer.name)


def number_of(invoice: Invoice) -> str:
    """The number that would ring: the billing contact's first usable one; empty when there is none."""
    billing = invoice.customer.contacts.filter(role=Contact.Role.BILLING).exclude(phone="")
    return billing.order_by("rank").values_list("phone", flat=True).first() or ""


def stored(decision: Decision | None) -> Gate | None:
    """A decision on record, in words. One that can no longer be read says so."""
    if decision is None:
        return None
    try:
        return was_allowed(Clearance.from_json(decision.clearance), decision.at)
    except RecordError:
        return Gate(False, "late", _("This decision was stored in a form we can no longer read."), [])
