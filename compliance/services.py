"""Asking the gate and keeping what it said; stops, consents and contacts on record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from accounts import timeline
from compliance import facts as gate_facts
from compliance.facts import Facts, Flags
from compliance.gate import Clearance, decide
from compliance.models import (
    Channel,
    Consent,
    Decision,
    PhoneContact,
    RefusalTally,
    StopEntry,
    StopKind,
    Suppression,
)
from compliance.number_keys import contact_hash, note_key, number_hash, number_hashes
from compliance.registry import Ask, facts_of
from compliance.rulebook import RuleBook
from syntharra import bulk, clock, logs
from syntharra.reading import Given, Reading

log = logs.get(__name__)
_SUPPRESSIONS = Reading(lambda: Suppression.objects.filter(customer_id__among=Given("customers"), lifted_at=None))
# What is said of a person, not of a number: it binds whatever name the books have him under.
OF_A_PERSON = (StopKind.BANKRUPTCY, StopKind.DECEASED, StopKind.ATTORNEY)
_STOPPED_PEOPLE = Reading(
    lambda: (
        Suppression.objects.filter(kind__in=OF_A_PERSON, lifted_at=None)
        .annotate(email=Lower("customer__contacts__email"))
        .filter(
            Q(number__among=Given("addresses"))
            | Q(customer__contacts__phone__among=Given("addresses"))
            | Q(email__among=Given("addresses"))
        )
        .values_list("kind", "number", "customer__contacts__phone", "email")
    )
)
_STOPS = Reading(
    lambda: StopEntry.objects.filter(number_hash__among=Given("hashes"), lifted_at=None).values_list(
        "number_hash", "kind", "at"
    )
)


def clear(ask: Ask, *, subject_kind: str, subject_id: UUID, moment: str) -> Clearance:
    """Gather, decide, store: inside the caller's transaction, so that the answer and the act stand or fall together."""
    return judge(facts_of(ask), ask, subject_kind=subject_kind, subject_id=subject_id, moment=moment)


def judge(
    facts: Facts, ask: Ask, *, subject_kind: str, subject_id: UUID, moment: str, clearance: Clearance | None = None
) -> Clearance:
    """The same for facts already gathered; ``clearance`` where they were judged too."""
    clearance = clearance or decide(facts, RuleBook.load())
    keep([Judged(facts, ask, clearance, subject_kind, subject_id)], moment=moment)
    return clearance


@dataclass(frozen=True, slots=True)
class Judged:
    """One contact the gate was asked about, and about which row: not on record yet."""

    facts: Facts
    ask: Ask
    clearance: Clearance
    subject_kind: str
    subject_id: UUID


def keep(judged: Sequence[Judged], *, moment: str) -> None:
    """Put answers of the gate on record, in as many queries as one takes; inside the caller's transaction."""
    bulk.insert(Decision, [_row(one, moment) for one in judged])
    refused = [one for one in judged if not one.clearance.is_allowed]
    # Rows of their own: one counted up by every business would be locked until each of their transactions ends.
    bulk.insert(
        RefusalTally,
        [{"on": one.ask.at.date(), "purpose": str(one.ask.purpose), "reason": one.clearance.reason} for one in refused],
    )
    for one in refused:
        said = {"purpose": str(one.ask.purpose), "channel": str(one.ask.channel), "reason": one.clearance.reason}
        log.info("gate_refused", **said)


def _row(one: Judged, moment: str) -> dict[str, Any]:
    ask, clearance = one.ask, one.clearance
    return {
        "subject_kind": one.subject_kind,
        "subject_id": one.subject_id,
        "customer_id": ask.customer_id,
        "purpose": str(ask.purpose),
        "channel": str(ask.channel),
        "moment": moment,
        "at": ask.at,
        "decision": clearance.decision,
        "reason": clearance.reason,
        "layer": clearance.layer.value if clearance.layer else "",
        "clearance": clearance.to_json(),
        "facts": one.facts.to_json(),
        "rules_version": clearance.rules_version,
    }


@transaction.atomic
def stop(customer_id: UUID, kind: StopKind, *, number: str, words: str, source: str, by: str) -> Suppression:
    """From this commit the stop binds: this customer here, and the number for every business of the installation.

    Safe to call twice. Never undone by later words, only by a documented request of the customer.
    """
    suppression, made = Suppression.objects.get_or_create(
        customer_id=customer_id,
        kind=kind,
        number=number,
        lifted_at=None,
        defaults={"words": words, "source": source, "at": clock.now()},
    )
    if number and kind in (StopKind.OPT_OUT, StopKind.CEASE, StopKind.WRONG_NUMBER):
        stop_number(number, kind)
    if made:
        timeline.record(suppression, "stopped", by=by, customer=customer_id, kind=str(kind), source=source)
    return suppression


def stop_number(number: str, kind: StopKind, *, here: bool = True) -> None:
    """A stop asked for by somebody who is no customer we know: the number, for every business. Safe to call twice.

    ``here``: it was said to the business acted for. To a sandbox nobody real says anything: it binds the sandboxes.
    """
    note_key()
    # Said again, it is of now: what some business lifted before binds it anew.
    StopEntry.objects.update_or_create(
        number_hash=number_hash(number, here=here), kind=kind, lifted_at=None, defaults={"at": clock.now()}
    )


def stopped_numbers(numbers: Collection[str]) -> dict[str, set[StopKind]]:
    """Which of these numbers this business may not call or text, and why: whoever of the installation was told.

    One query for all, and one more where any is stopped: what its customer asked this business to lift since.
    """
    hashes = {hashed: number for number in numbers for hashed in number_hashes(number)}
    found: dict[str, set[StopKind]] = {number: set() for number in numbers}
    entries = [(hashes[bytes(hashed)], kind, at) for hashed, kind, at in _STOPS(hashes=hashes)]
    if not entries:
        return found
    mine = Suppression.objects.filter(number__in=[number for number, _, _ in entries]).exclude(lifted_at=None)
    lifted = dict[tuple[str, str], datetime]()
    for number, kind, at in mine.order_by("lifted_at").values_list("number", "kind", "lifted_at"):
        if at is not None:
            lifted[number, kind] = at
    for number, kind, at in entries:
        if (number, kind) not in lifted or lifted[number, kind] < at:
            found[number].add(StopKind(kind))
    return found


def suppressions_of(customer_ids: Collection[UUID]) -> dict[UUID, list[Suppression]]:
    """The running stops of these customers. One query for all."""
    found: dict[UUID, list[Suppression]] = {pk: [] for pk in customer_ids}
    for suppression in _SUPPRESSIONS(customers=customer_ids):
        found[suppression.customer_id].append(suppression)
    return found


def stops_on_people(customers: Mapping[UUID, Collection[UUID]]) -> dict[UUID, list[Suppression]]:
    """The running stops of each customer and of the rows that are the same person or firm: ``customers`` lists them for each.

    Who is bankrupt is so for every job of his (11 USC 362), and who asked for no contact meant himself, not a row of the
    books (15 USC 1692c(c)). One query for all. A number that is wrong for one of them is stopped as a number.
    """
    found = suppressions_of({pk for kin in customers.values() for pk in kin} | customers.keys())
    return {
        pk: found[pk] + [s for other in kin if other != pk for s in found[other] if s.kind != StopKind.WRONG_NUMBER]
        for pk, kin in customers.items()
    }


def stopped_people(addresses: Collection[str]) -> dict[str, set[StopKind]]:
    """Who is reached at each of these numbers and e-mail addresses, by any row of the books, and is bankrupt, dead or has a
    lawyer (11 USC 362; 15 USC 1692c(a)(2)). One query for all.
    """
    found: dict[str, set[StopKind]] = {address: set() for address in addresses if address}
    asked = {address.lower(): address for address in found}
    for kind, *reached in _STOPPED_PEOPLE(addresses=asked) if asked else ():
        for address in reached:
            if address and address in asked:
                found[asked[address]].add(StopKind(kind))
    return found


def flags_from(suppressions: Collection[Suppression], number_stops: Collection[StopKind], *, number: str) -> Flags:
    """What stops say to the gate. A wrong number speaks only of that number; the rest of the person."""
    kinds = {suppression.kind for suppression in suppressions if suppression.kind != StopKind.WRONG_NUMBER}
    kinds |= {kind for kind in number_stops if kind in OF_A_PERSON}
    wrong = any(s.kind == StopKind.WRONG_NUMBER and s.number in ("", number) for s in suppressions)
    return Flags(
        bankruptcy=StopKind.BANKRUPTCY in kinds,
        deceased=StopKind.DECEASED in kinds,
        attorney=StopKind.ATTORNEY in kinds,
        cease=StopKind.CEASE in kinds or StopKind.CEASE in number_stops,
        wrong_number=wrong or StopKind.WRONG_NUMBER in number_stops,
    )


def opted_out(suppressions: Collection[Suppression], number_stops: Collection[StopKind], *, number: str) -> bool:
    """Asked not to be called or texted: here, or anywhere in the installation on this number."""
    here = any(s.kind == StopKind.OPT_OUT and s.number in ("", number) for s in suppressions)
    return here or StopKind.OPT_OUT in number_stops


def consent_of(consents: Collection[Consent], *, number: str, out: bool) -> gate_facts.Consent:
    """The consent on record for a number, in the gate's words."""
    if out:
        return gate_facts.Consent.REVOKED
    if any(consent.number == number and consent.revoked_at is None for consent in consents):
        return gate_facts.Consent.EXPRESS
    return gate_facts.Consent.NONE


def consent_date(
    consents: Collection[Consent], *, number: str, spoken: Collection[gate_facts.ContactEvent] = ()
) -> date | None:
    """When the consent for a number was given or last confirmed. Speaking there with the right person confirms it too:
    the number has not gone to somebody else (47 CFR 64.1200(m))."""
    mine = [consent for consent in consents if consent.number == number and consent.revoked_at is None]
    if not mine:
        return None
    days = [day for consent in mine for day in (consent.given_on, consent.confirmed_on) if day is not None]
    days += [event.at.date() for event in spoken if event.result is gate_facts.Result.CONVERSATION]
    return max(days)


@transaction.atomic
def confirm_consent(consent_id: UUID, *, on: date, how: str, by: str) -> Consent:
    """The customer himself said that the number is still his and may be called. For a held customer.

    Never takes an earlier day than is on record.
    """
    told = {"confirmed_on": on, "confirmed_how": how, "confirmed_by": by}
    mine = Consent.objects.filter(Q(confirmed_on=None) | Q(confirmed_on__lt=on), pk=consent_id, revoked_at=None)
    changed = mine.filter(given_on__lte=on).update(**told)
    consent = Consent.objects.get(pk=consent_id)
    if changed:
        timeline.record(consent, "consent_confirmed", by=by, customer=consent.customer_id, how=how)
    return consent


def role() -> gate_facts.Role:
    """How the law sees this installation, by the operator's declaration."""
    return gate_facts.Role.FIRST_PARTY if settings.ROLE == "own_books" else gate_facts.Role.THIRD_PARTY


def note_contact(number: str, channel: Channel, result: str, *, key: str, at: datetime, on: date) -> None:
    """Count one contact of a number for the budgets across businesses; ``key`` makes counting twice count once."""
    row = PhoneContact(
        number_hash=number_hash(number, here=True),
        at=at,
        on=on,
        channel=channel,
        result=result,
        source_key=contact_hash(key),
    )
    PhoneContact.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["source_key"], update_fields=["result", "at", "on"]
    )


@transaction.atomic
def consent_to(
    customer_id: UUID,
    number: str,
    *,
    basis: str,
    given_by: str,
    given_on: date,
    attested_by: str,
    line_type: str = "unknown",
) -> Consent:
    """Put on record why this number may be called with an artificial voice (47 CFR 64.1200(a)(1), FCC 07-232)."""
    consent, made = Consent.objects.get_or_create(
        customer_id=customer_id,
        number=number,
        revoked_at=None,
        defaults={
            "basis": basis,
            "given_by": given_by,
            "given_on": given_on,
            "attested_by": attested_by,
            "line_type": line_type,
        },
    )
    if made:
        timeline.record(consent, "consent_recorded", by=attested_by, customer=customer_id, basis=basis)
    return consent
