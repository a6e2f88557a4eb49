"""Holds: no collecting for now, on an invoice, a customer, a phone number or the whole business; and who is never called.

What stands on a customer, a number or the business binds invoices to come as well. Nothing of a hold is undone but by
lifting it; whoever is about to call reads it and stops.
"""

from datetime import datetime
from uuid import UUID

import phonenumbers
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts import timeline
from accounts.models import Business, User
from invoices import silence
from invoices.changes import PLAN
from invoices.models import Customer, Hold, Invoice
from invoices.services import hold, hold_customer
from notifications import outbox
from syntharra import clock, due
from syntharra.tenancy import current_business

MORE_THAN_AGREED = "more than agreed in"  # and the dispute's number


class CannotHold(Exception):
    """What is missing or wrong, in words for who asked."""


@transaction.atomic
def hold_invoice(invoice_id: UUID, *, reason: str, by: User, until: datetime | None = None) -> Hold:
    """Nobody asks for this invoice's money before that moment; without one, until it is lifted. Raises CannotHold."""
    (invoice,) = hold(invoice_id)
    return _put(Hold(customer_id=invoice.customer_id, invoice=invoice), reason=reason, by=by, until=until)


@transaction.atomic
def hold_customer_back(customer_id: UUID, *, reason: str, by: User, until: datetime | None = None) -> Hold:
    """Nobody asks this customer for money, about invoices to come neither. Raises CannotHold."""
    return _put(Hold(customer=hold_customer(customer_id)), reason=reason, by=by, until=until)


@transaction.atomic
def hold_number(number: str, *, reason: str, by: User, until: datetime | None = None) -> Hold:
    """This number is not called, whoever's it is. ``number`` is E.164. Raises CannotHold."""
    if not number.startswith("+") or not phonenumbers.is_possible_number(_parsed(number)):
        raise CannotHold(_("Enter a whole phone number, such as (614) 555-0123."))
    return _put(Hold(number=number), reason=reason, by=by, until=until)


@transaction.atomic
def hold_business(*, reason: str, by: User, until: datetime | None = None) -> Hold:
    """Nobody is asked for money at all: a holiday of the firm, say. Raises CannotHold."""
    return _put(Hold(), reason=reason, by=by, until=until)


@transaction.atomic
def lift(hold_id: UUID, *, by: User) -> Hold:
    """The hold ends now, and who may be called again is planned. Lifting it twice is once."""
    found = Hold.objects.get(pk=hold_id)
    if Hold.objects.filter(pk=hold_id, lifted_at=None).update(lifted_at=clock.now(), lifted_by=by.email):
        timeline.record(found, "lifted_hold", by=by.email, reason=found.reason)
        if found.invoice_id is not None and found.reason.startswith(MORE_THAN_AGREED):
            # He has seen what the books show now: that is what is asked for, and no more.
            Invoice.objects.filter(pk=found.invoice_id).update(agreed_at_most=F("balance"))
        due.note(PLAN, current_business(), at=clock.now())
    found.refresh_from_db()
    return found


@transaction.atomic
def never_call(customer_id: UUID, *, reason: str, by: User) -> Customer:
    """On the owner's list: this customer is never asked for money, whatever comes. Raises CannotHold."""
    customer = hold_customer(customer_id)
    _needs(reason)
    listed = {"never_call_reason": reason.strip(), "never_call_by": by.email, "never_call_since": clock.now()}
    if Customer.objects.filter(pk=customer.pk, never_call=False).update(never_call=True, **listed):
        outbox.owe(silence.lines(customer.pk, key=f"never:{customer.pk}:{clock.now().isoformat()}", because="ON_HOLD"))
        timeline.record(customer, "never_calls", by=by.email, customer=customer.pk, reason=reason.strip())
    customer.refresh_from_db()
    return customer


@transaction.atomic
def may_call_again(customer_id: UUID, *, by: User) -> Customer:
    """Off the list. Every other rule stands. Saying it twice is once."""
    customer = hold_customer(customer_id)
    was = {"never_call_reason": "", "never_call_by": "", "never_call_since": None}
    if Customer.objects.filter(pk=customer.pk, never_call=True).update(never_call=False, **was):
        facts = {"reason": customer.never_call_reason}
        timeline.record(customer, "calls_again", by=by.email, customer=customer.pk, **facts)
        due.note(PLAN, current_business(), at=clock.now())
    customer.refresh_from_db()
    return customer


def running(business: Business) -> QuerySet[Hold]:
    """The holds that bind now, the newest first."""
    found = Hold.objects.running(clock.now()).filter(business=business)
    return found.select_related("customer", "invoice").order_by("-since", "-pk")


def _put(new: Hold, *, reason: str, by: User, until: datetime | None) -> Hold:
    _needs(reason)
    if until is not None and until <= clock.now():
        raise CannotHold(_("Choose a day that is still to come."))
    new.reason, new.by, new.since, new.until = reason.strip()[:200], by.email, clock.now(), until
    new.save(force_insert=True)
    about = new.invoice.number if new.invoice else new.number
    timeline.record(new, "put_on_hold", by=by.email, reason=new.reason, until=until, invoice=about)
    outbox.owe(
        silence.lines(
            new.customer_id,
            key=f"hold:{new.pk}",
            because="ON_HOLD",
            about=[new.invoice_id] if new.invoice_id else [],
            number=new.number,
        )
    )
    return new


def _needs(reason: str) -> None:
    if not reason.strip():
        raise CannotHold(_("Say why: whoever sees it later wants to know."))


def _parsed(number: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException as problem:
        raise CannotHold(_("Enter a whole phone number, such as (614) 555-0123.")) from problem
