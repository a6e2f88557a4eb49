"""What a firm set for itself: hours, days, attempts and gaps, stricter than the house, never looser; and messages left."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.models import Business
from compliance.facts import FirmSettings
from compliance.house import HousePolicy
from compliance.models import FirmRules
from compliance.rulebook import LooserThanHouse, RuleBook
from syntharra import clock
from syntharra.reading import Given, Reading

_RULES = Reading(lambda: FirmRules.objects.filter(business=Given("business")))


@dataclass(frozen=True)
class Wanted:
    """The settings of the form, whole. Weekdays: Monday is 0. ``hours`` for business contacts, ``consumer_hours`` for private ones.

    ``leaves_messages``: on the answering machine of a business; a private person's never gets one.
    """

    hours: tuple[time, time]
    consumer_hours: tuple[time, time]
    weekdays: frozenset[int]
    max_attempts: int
    min_gap_days: int
    first_attempt_day: int
    leaves_messages: bool = True


def rules_of(business: Business) -> FirmRules:
    """The firm's row; the house's figures, unsaved, while it has set nothing."""
    found = _RULES(business=business.pk)
    return found[0] if found else FirmRules(business=business, consumer_from=time(9), consumer_until=time(20))


def settings_for(business: Business, rules: FirmRules, *, consumer: bool) -> FirmSettings:
    """What the gate is told. Private persons have hours of their own; business contacts the firm's usual ones."""
    hours = (rules.consumer_from, rules.consumer_until) if consumer else (business.call_from, business.call_until)
    return FirmSettings(
        hours=hours,
        weekdays=None if rules.weekdays == "01234" else frozenset(int(day) for day in rules.weekdays),
        max_attempts=_unless(3, rules.max_attempts),
        min_gap_days=_unless(3, rules.min_gap_days),
        first_attempt_day=_unless(3, rules.first_attempt_day),
    )


def wanted_of(business: Business, rules: FirmRules) -> Wanted:
    """The settings as they are."""
    return Wanted(
        hours=(business.call_from, business.call_until),
        consumer_hours=(rules.consumer_from, rules.consumer_until),
        weekdays=frozenset(int(day) for day in rules.weekdays),
        max_attempts=rules.max_attempts,
        min_gap_days=rules.min_gap_days,
        first_attempt_day=rules.first_attempt_day,
        leaves_messages=business.leaves_messages,
    )


@transaction.atomic
def set_rules(business: Business, wanted: Wanted, *, by: str) -> FirmRules:
    """Keep the firm's settings. Raises LooserThanHouse, naming the figure, where one is looser; then nothing changes."""
    house = RuleBook.load().house
    for hours in (wanted.hours, wanted.consumer_hours):
        _policy(wanted, hours, house).must_not_loosen(house)
    if wanted.max_attempts < 1:
        raise LooserThanHouse("max_attempts: at least one, or stop all calls instead")
    ours = {"call_from": wanted.hours[0], "call_until": wanted.hours[1], "leaves_messages": wanted.leaves_messages}
    Business.objects.filter(pk=business.pk).update(**ours)
    business.refresh_from_db()
    kept: dict[str, Any] = {
        "consumer_from": wanted.consumer_hours[0],
        "consumer_until": wanted.consumer_hours[1],
        "weekdays": "".join(str(day) for day in sorted(wanted.weekdays)),
        "max_attempts": wanted.max_attempts,
        "min_gap_days": wanted.min_gap_days,
        "first_attempt_day": wanted.first_attempt_day,
    }
    changed = {"changed_at": clock.now(), "changed_by": by}
    rules, _made = FirmRules.objects.update_or_create(business=business, defaults=kept | changed)
    facts = {"hours": [str(hour) for hour in wanted.hours], "leaves_messages": wanted.leaves_messages, **kept}
    timeline.record(business, "set_calling_rules", by=by, **facts)
    return rules


def _policy(wanted: Wanted, hours: tuple[time, time], house: HousePolicy) -> HousePolicy:
    return HousePolicy(
        hours=hours,
        weekdays=wanted.weekdays,
        max_attempts=wanted.max_attempts,
        min_gap_days=wanted.min_gap_days,
        first_attempt_day=wanted.first_attempt_day,
        sales_rules_kept=house.sales_rules_kept,
    )


def _unless(usual: int, value: int) -> int | None:
    return None if value == usual else value
