"""Calling private persons: a go-live of its own for each business, off until everything it stands on is on record."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import timeline
from accounts.models import Business
from accounts.trades import is_sensitive
from compliance.models import ConsumerGoLive
from compliance.operator import licensed_states
from compliance.readiness import Lack, lacks
from compliance.rulebook import RuleBook
from syntharra import clock


@dataclass(frozen=True)
class Counsel:
    """Who looked at calling private persons for this business, on which day, and where that is written."""

    name: str
    on: date
    reference: str
    read_private_wording: bool = False  # what is said of a bill in a sensitive trade: number and date, never the work


class NotYet(Exception):
    """Private persons may not be called yet; ``lacks`` says everything that is missing."""

    def __init__(self, missing: list[Lack]) -> None:
        super().__init__("; ".join(str(lack.words) for lack in missing))
        self.lacks = missing


def running(business: Business) -> ConsumerGoLive | None:
    """The go-live in force."""
    return ConsumerGoLive.objects.filter(business=business, ended_at=None).first()


def missing(business: Business, *, notice_version: str) -> list[Lack]:
    """What is missing beside counsel's word, in the order in which it is put right. A sandbox needs no license."""
    on = clock.today(business.time_zone)
    found = [] if business.sandbox else lacks(on)
    if not business.sandbox and settings.ROLE != "own_books" and not licensed_states(on):
        found.append(
            Lack(
                "license",
                _("No license to collect, and no opinion that none is needed, is on record for any state."),
                _("manage.py operator license US-OH --reference … --from …"),
            )
        )
    if not business.trade:
        found.append(
            Lack(
                "trade",
                _("It is not on record what your firm does."),
                _("Say it under “What the agent calls your work”."),
            )
        )
    if business.consent_attested_at is None:
        found.append(
            Lack(
                "consent_wording",
                _("It is not on record how your customers gave you their numbers."),
                _("Say it under “Why your customers may be called”."),
            )
        )
    if not notice_version:
        found.append(
            Lack(
                "notice_text",
                _("The notice the law requires after a first conversation cannot be written."),
                _("It needs your name and the operator's registered name and postal address."),
            )
        )
    return found


@transaction.atomic
def go_live(business: Business, *, counsel: Counsel, notice_version: str, by: str) -> ConsumerGoLive:
    """From this commit private persons may be called for this business. Raises NotYet, and then nothing changes.

    Twice is once. Every other rule binds each call as before; for others a state without a license stays closed.
    """
    lacking = missing(business, notice_version=notice_version)
    if not counsel.name.strip() or not counsel.reference.strip():
        lacking.append(Lack("counsel", _("Counsel's word is not on record."), _("Name who looked at it and where.")))
    if is_sensitive(business.trade) and not counsel.read_private_wording:
        lacking.append(
            Lack(
                "private_wording",
                _("Counsel has not read what the agent says for a practice like yours."),
                _("Have the words read, and say so."),
            )
        )
    if lacking:
        raise NotYet(lacking)
    begun, made = ConsumerGoLive.objects.get_or_create(
        business=business,
        ended_at=None,
        defaults={
            "counsel": counsel.name.strip(),
            "counsel_on": counsel.on,
            "counsel_reference": counsel.reference.strip(),
            "role": settings.ROLE,
            "licensed_in": sorted(licensed_states(clock.today(business.time_zone))),
            "consent_wording": business.consent_wording,
            "notice_version": notice_version,
            "rules_version": RuleBook.load().version,
            "at": clock.now(),
            "by": by,
        },
    )
    Business.objects.filter(pk=business.pk).update(consumer_calls=True)
    business.refresh_from_db()
    if made:
        timeline.record(
            begun,
            "consumers_go_live",
            by=by,
            counsel=counsel.name,
            reference=counsel.reference,
            role=settings.ROLE,
            trade=business.trade,
        )
    return begun


@transaction.atomic
def end(business: Business, *, by: str, reason: str) -> None:
    """From this commit no private person is called for this business. Twice is once."""
    Business.objects.filter(pk=business.pk).update(consumer_calls=False)
    business.refresh_from_db()
    ended = {"ended_at": clock.now(), "ended_by": by, "ended_reason": reason}
    if ConsumerGoLive.objects.filter(business=business, ended_at=None).update(**ended):
        timeline.record(business, "consumers_off", by=by, reason=reason)
