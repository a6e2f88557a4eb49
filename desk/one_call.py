"""What the page of one call is made of: who, what was said and when, the gate's answer, versions and numbers."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Business
from calls.models import AttemptInvoice, Call
from compliance.models import Decision
from desk import gate
from desk.calls_list import own_number, who
from desk.wording.gate import Gate
from desk.wording.transcript import Turn
from disputes.models import Dispute
from invoices.models import Invoice
from syntharra.templatetags.syntharra import moment, phone, seconds


def is_live(call: Call) -> bool:
    return call.status not in Call.OVER


def person(call: Call) -> str:
    """The contact with this number, where there is one with a name."""
    if call.customer is None:
        return ""
    named = call.customer.contacts.filter(phone=call.number).exclude(name="").first()
    return named.name if named is not None else ""


def title(call: Call) -> str:
    words = _("Call from %(name)s") if call.is_inbound else _("Call to %(name)s")
    return words % {"name": who(call)}


def under(call: Call, name: str) -> list[str]:
    """Who it was and their number, each apart: names may run from right to left."""
    if call.customer is None:
        return [_("a number not on file")]
    return [name, phone(call.number)] if name else [phone(call.number)]


def invoices_of(call: Call) -> list[Invoice]:
    """What it was about, in the order in which the agent had it."""
    if call.is_inbound:
        told = Invoice.objects.filter(pk__in=[UUID(pk) for pk in call.about])
        return list(told.select_related("customer").order_by("due_on", "number"))
    return [link.invoice for link in _about(call)]


def dispute_of(business: Business, call: Call, about: Sequence[Invoice]) -> Dispute | None:
    """The dispute that was raised on this call."""
    heard_here = {"claims__source": "call", "claims__evidence__call": str(call.pk)}
    found: Dispute | None = business.disputes.filter(invoice__in=about, **heard_here).first()
    return found


def decision_of(business: Business, call: Call) -> Gate | None:
    """The gate's answer this call was placed on; the latest one where none was stored for dialing."""
    if call.attempt_id is None:
        return None
    on_record = business.decisions.filter(subject_id=call.attempt_id).order_by("-at")
    found: Decision | None = on_record.filter(moment="dialing").first() or on_record.first()
    return gate.stored(found)


def no_words(call: Call, said: Sequence[Turn]) -> str:
    """Why there is no transcript."""
    if said:
        return ""
    if call.answered_at and is_live(call):
        return _("Nobody has spoken yet.")
    if is_live(call):
        return _("It is ringing. What is said will show here as it is said.")
    if call.answered_at:
        return _("Somebody picked up, and not a word was said.")
    return _("Nobody answered, so nothing was said.")


def facts_of(call: Call) -> list[tuple[str, object]]:
    """When, which numbers, how long, and whether it was the right person."""
    own = _("Called") if call.is_inbound else _("Shown to them")
    facts: list[tuple[str, object]] = [
        (_("Placed"), moment(call.placed_at)),
        (_("Their number"), phone(call.number)),
        (own, phone(own_number(call))),
    ]
    if call.answered_at:
        facts.append((_("Answered"), moment(call.answered_at)))
    if call.seconds is not None:
        facts.append((_("Length"), seconds(call.seconds)))
    if call.attempt is not None:
        facts.append((_("Attempt"), _("%(n)d of 3") % {"n": call.attempt.number}))
    if call.person:
        facts.append((_("A person"), call.get_person_display()))
    facts.append((_("Right person"), _("yes") if call.right_party else _("not established")))
    return facts


def versions_of(call: Call) -> list[tuple[str, object]]:
    """By which script, hearing and rules it was held, and its name at the carrier."""
    versions = (
        (_("Script"), call.script_version),
        (_("Hearing"), call.hearing_version),
        (_("Rules"), call.rules_version),
        (_("At the carrier"), call.sid),
        (_("Recording"), call.recording_sid),
    )
    return [(label, value) for label, value in versions if value]


def _about(call: Call) -> Sequence[AttemptInvoice]:
    if call.attempt is None:
        return []
    return list(call.attempt.about.select_related("invoice__customer").order_by("position"))
