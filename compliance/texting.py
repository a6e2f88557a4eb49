"""What the gate is told about a text: whether this business may send any, and whether this number agreed to them.

A yes to calls is none to texts. A stop binds both; START of the person himself opens texts again, for the business he sent
it to, and nothing else. What was stopped anew after it binds anew.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts import timeline
from accounts.models import Business
from compliance import facts as gate
from compliance.models import Purpose, StopEntry, StopKind, Suppression
from compliance.number_keys import missing, number_hashes
from compliance.operator import CannotRegister
from compliance.text_models import MessagingRegistration, TextConsent
from syntharra import clock

Scope = TextConsent.Scope


@dataclass(frozen=True)
class Agreed:
    """The consent to be texted in the gate's words, and the day it was given."""

    consent: gate.Consent
    on: date | None


def is_off(business: Business) -> bool:
    """No text of this business leaves: its operator has not registered it, or who stopped texts cannot be read.

    A sandbox reaches the simulator alone.
    """
    return not business.sandbox and (registration() is None or bool(missing()))


def registration() -> MessagingRegistration | None:
    """The one in force for the current business."""
    return MessagingRegistration.objects.filter(ended_at=None).first()


@transaction.atomic
def register(business: Business, reference: str, *, by: str) -> MessagingRegistration:
    """The carriers know this business's texts by this brand and campaign. Raises CannotRegister."""
    if not reference.strip():
        raise CannotRegister("which brand and campaign, or which verification? A reference belongs to it")
    if business.sandbox:
        raise CannotRegister("a sandbox needs none: its texts reach the simulator alone")
    end(business, by=by)
    row = MessagingRegistration.objects.create(reference=reference.strip()[:200], at=clock.now(), by=by)
    timeline.record(row, "texts_registered", by=by, reference=row.reference)
    return row


@transaction.atomic
def end(business: Business, *, by: str) -> bool:
    """From this commit no text of this business leaves. False when none could before."""
    row = registration()
    if row is None or row.business_id != business.pk:
        return False
    MessagingRegistration.objects.filter(pk=row.pk).update(ended_at=clock.now(), ended_by=by)
    timeline.record(row, "texts_unregistered", by=by, reference=row.reference)
    return True


@transaction.atomic
def agree(
    customer_id: UUID, number: str, *, basis: str, given_by: str, given_on: date, source: str, by: str,
    scope: str = Scope.ALL, lifts_stop: bool = False,
) -> TextConsent:  # fmt: skip
    """Put on record why this number may be texted. For a held customer; the same again is confirmed, not doubled."""
    given = {
        "basis": basis[:300], "given_by": given_by[:120], "given_on": given_on, "source": source[:80],
        "attested_by": by[:254], "at": clock.now(),
    }  # fmt: skip
    if lifts_stop:
        given["lifts_stop"] = True
    row, made = TextConsent.objects.update_or_create(
        customer_id=customer_id, number=number, scope=scope, revoked_at=None, defaults=given
    )
    if made or lifts_stop:
        timeline.record(row, "agreed_to_texts", by=by, customer=customer_id, basis=basis, scope=scope)
    return row


@transaction.atomic
def take_back(consent_id: UUID, *, by: str) -> TextConsent:
    """It was put on record wrongly, or they said otherwise to the firm: no text stands on it any more. Twice is once."""
    row = TextConsent.objects.get(pk=consent_id)
    if TextConsent.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=clock.now()):
        timeline.record(row, "text_consent_ended", by=by, customer=row.customer_id)
    row.refresh_from_db()
    return row


def consents_of(customer_ids: Collection[UUID]) -> list[TextConsent]:
    """The running consents to texts of these customers. One query."""
    return list(TextConsent.objects.filter(customer_id__in=list(customer_ids), revoked_at=None).order_by("at"))


def agreed(
    consents: Sequence[TextConsent],
    suppressions: Collection[Suppression],
    stops: Collection[StopKind],
    *,
    number: str,
    purpose: Purpose,
) -> Agreed:
    """Whether this number may be texted for this purpose, of the consents and stops of its customer."""
    mine = [one for one in consents if one.number == number]
    here = [one.at for one in suppressions if one.kind == StopKind.OPT_OUT and one.number in ("", number)]
    if here or StopKind.OPT_OUT in stops:
        stopped_at = max([*here, *_stopped_at(number)], default=None)
        mine = [one for one in mine if one.lifts_stop and stopped_at is not None and one.at > stopped_at]
        if not mine:
            return Agreed(gate.Consent.REVOKED, None)
    mine = [one for one in mine if one.scope == Scope.ALL or purpose != Purpose.COLLECT]
    if not mine:
        return Agreed(gate.Consent.NONE, None)
    return Agreed(gate.Consent.EXPRESS, max(one.given_on for one in mine))


def is_stopped(number: str, *, since: datetime | None = None) -> bool:
    """Somebody of the installation was told (after ``since``) not to text this number; for people of a firm, who are
    nobody's customer."""
    return any(since is None or at > since for at in _stopped_at(number))


def _stopped_at(number: str) -> list[datetime]:
    entries = StopEntry.objects.filter(number_hash__in=number_hashes(number), kind=StopKind.OPT_OUT, lifted_at=None)
    return list(entries.values_list("at", flat=True))
