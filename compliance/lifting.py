"""A stop ends only because the customer himself asked for it, and that is on record: how, when, in which words or paper.

It ends for the business he asked. The number stays stopped for every other business of the installation.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import timeline
from compliance.models import Consent, StopKind, Suppression
from compliance.services import confirm_consent
from syntharra import clock

ON_A_NUMBER = (StopKind.OPT_OUT, StopKind.CEASE, StopKind.WRONG_NUMBER)


class CannotLift(ValueError):
    """The stop stays: what was told does not show that the customer asked for it."""


@dataclass(frozen=True)
class Request:
    """How the customer asked to be contacted again. ``file``: the name of the kept paper, or "" where the words are all."""

    how: str
    on: date
    words: str
    file: str = ""

    WAYS: ClassVar = {
        "letter": _("by letter"),
        "email": _("by e-mail"),
        "text": _("by text message"),
        "phone": _("called us"),
        "in_person": _("in person"),
    }


@transaction.atomic
def lift(suppression_id: UUID, request: Request, *, by: str) -> Suppression:
    """From this commit the stop binds no more, here. For a held customer. Lifting twice is once. Raises CannotLift."""
    stop = Suppression.objects.get(pk=suppression_id)
    if stop.lifted_at is not None:
        return stop
    _check(stop, request)
    lifted = {
        "lifted_at": clock.now(),
        "lifted_by": by,
        "lifted_reason": request.words.strip()[:300],
        "lifted_how": request.how,
        "lifted_asked_on": request.on,
        "lifted_file": request.file,
    }
    Suppression.objects.filter(pk=stop.pk).update(**lifted)
    stop.refresh_from_db()
    timeline.record(
        stop, "stop_lifted", by=by, customer=stop.customer_id, kind=stop.kind, how=request.how, words=request.words
    )
    if stop.kind == StopKind.OPT_OUT:
        for consent in Consent.objects.filter(customer_id=stop.customer_id, number=stop.number, revoked_at=None):
            confirm_consent(consent.pk, on=request.on, how=request.words.strip()[:300], by=by)
    return stop


def _check(stop: Suppression, request: Request) -> None:
    if request.how not in Request.WAYS:
        raise CannotLift("how did they ask? One of: " + ", ".join(Request.WAYS))
    if not request.words.strip():
        raise CannotLift("what did they say or write? Their own words belong on record")
    if request.on < stop.at.date():
        raise CannotLift(f"they asked on {request.on}, before they stopped it on {stop.at.date()}")
    if request.on > clock.now().date():
        raise CannotLift(f"{request.on} is still to come")
