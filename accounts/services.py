"""Businesses and their people."""

from django.db import transaction

from accounts import timeline
from accounts.models import Business, Membership, Role, User
from syntharra import clock, due
from syntharra.tenancy import acting_for


@transaction.atomic
def start_business(owner: User, *, name: str, **facts: object) -> Business:
    """A new business with its owner. What is given in ``facts`` are fields of Business; the rest has safe defaults."""
    business = Business.objects.create(name=name, **facts)
    with acting_for(business.pk):
        Membership.objects.create(business=business, user=owner, role=Role.OWNER)
        timeline.record(business, "started", by=owner.email, sandbox=business.sandbox)
        due.note("plan", business.pk, at=clock.now())
    return business


@transaction.atomic
def stop_all(business: Business, *, by: User) -> Business:
    """The kill switch: from this commit no call of the business is placed; those ringing or live are ended."""
    Business.objects.filter(pk=business.pk, stopped_at=None).update(stopped_at=clock.now(), stopped_by=by.email)
    business.refresh_from_db()
    timeline.record(business, "stopped_all_calls", by=by.email)
    return business


@transaction.atomic
def go_on(business: Business, *, by: User) -> Business:
    """Calls may be placed again, from the next sweep on."""
    Business.objects.filter(pk=business.pk).update(stopped_at=None, stopped_by="")
    business.refresh_from_db()
    timeline.record(business, "let_calls_go_on", by=by.email)
    return business
