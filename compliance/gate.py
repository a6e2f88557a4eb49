"""The one gate: may we contact this person, this way, for this, now? Pure: no database, no clock, no settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.clearance import OK, Citation, Clearance, LawOnly
from compliance.facts import Facts, Purpose
from compliance.house import figures_of
from compliance.law import Layer
from compliance.records import Json, utc_text
from compliance.rulebook import RuleBook
from compliance.rules import frequency, hours, product, standing
from compliance.rules.case import Case, Finding
from compliance.rules.frequency import Budget, Wait
from compliance.rules.hours import Timetable
from compliance.windows import HORIZON, LAST_DAY, first_minute, instant_of, minute_from, minute_of

__all__ = ["Clearance", "Facts", "RuleBook", "decide", "first_allowed", "is_allowed"]

CALLBACK_SERVED_WITHIN = timedelta(minutes=30)
CALLBACK_AT_MOST_AHEAD = timedelta(days=7)
STRICTEST_FIRST = (Layer.LAW, Layer.OVERLAY, Layer.HOUSE)


def decide(facts: Facts, rules: RuleBook) -> Clearance:
    """Every rule that speaks against this contact now; none means go. All of it goes on record. Never raises."""
    case = Case.of(facts, rules)
    budgets = frequency.budgets(case)
    timing = _Timing.of(case, budgets)
    found = _found(case, timing)
    if len(found) > 1:
        found.sort(key=lambda finding: (rules.code(finding.code).rank, STRICTEST_FIRST.index(finding.layer)))
    by_law = next((finding for finding in found if finding.layer is Layer.LAW), None)
    return Clearance(
        decision="blocked" if found else "allowed",
        reason=found[0].code if found else OK,
        layer=found[0].layer if found else None,
        all_reasons=tuple(dict.fromkeys(finding.code for finding in found)) or (OK,),
        law_only=LawOnly("blocked", by_law.code) if by_law else LawOnly("allowed", OK),
        inputs=_inputs(case, budgets, found),
        citations=_citations(found),
        next_allowed_at=_next_allowed(case, timing, found),
        rules_version=rules.version,
    )


def first_allowed(facts: Facts, rules: RuleBook) -> datetime | None:
    """The first moment from ``facts.at`` on at which the same facts are allowed: what ``decide`` would say, and no record.

    None when waiting alone cures nothing. For a planner that asks about many and keeps little.
    """
    case = Case.of(facts, rules)
    timing = _Timing.of(case, frequency.budgets(case))
    found = _found(case, timing)
    return _next_allowed(case, timing, found) if found else facts.at


def is_allowed(facts: Facts, rules: RuleBook) -> bool:
    """What ``decide`` would say, and no record: for a planner that looks for a time among many."""
    case = Case.of(facts, rules)
    return not _found(case, _Timing.of(case, frequency.budgets(case)))


def _found(case: Case, timing: "_Timing") -> list[Finding]:
    found = [*standing.found(case), *timing.found(case)]
    return found if case.facts.purpose == Purpose.ACCOUNT else [*found, *product.found(case)]


@dataclass(frozen=True, slots=True)
class _Timing:
    """What depends on the moment. A callback the person asked for sets some of it aside while it is served."""

    timetable: Timetable
    waits: list[Wait]
    callback: tuple[datetime, datetime] | None

    @classmethod
    def of(cls, case: Case, budgets: list[Budget]) -> "_Timing":
        return cls(hours.timetable(case), frequency.waits(case, budgets), _callback(case))

    def found(self, case: Case) -> list[Finding]:
        served = self.callback is not None and self.callback[0] <= case.facts.at <= self.callback[1]
        now = self.without_what_yields() if served else self
        return [*hours.found(case, now.timetable), *frequency.found(case, now.waits)]

    def without_what_yields(self) -> "_Timing":
        openings = tuple(opening for opening in self.timetable.openings if not opening.yields_to_callback)
        waits = [wait for wait in self.waits if not wait.yields_to_callback]
        return _Timing(Timetable.of(openings), waits, self.callback)

    def first_minute(self, case: Case, start: int) -> int | None:
        """The first minute from the start on at which nothing of this speaks any more."""
        ends = [wait.ends() for wait in self.waits]
        if None in ends:
            return None
        bounds = [end for end in ends if end is not None]
        begin = max([start, *bounds, *(minute_from(end) for end in product.ends(case))])
        return self.timetable.first_open(begin, min(begin + HORIZON, first_minute("UTC", LAST_DAY)))


def _callback(case: Case) -> tuple[datetime, datetime] | None:
    """When the person asked to be called: served from that instant on, if it was at most a week ahead."""
    asked_for, asked_at = case.facts.flags.callback_requested_utc, case.facts.flags.callback_asked_utc
    if asked_for is None or not case.calling:
        return None
    if asked_at is not None and asked_for - asked_at > CALLBACK_AT_MOST_AHEAD:
        return None
    return asked_for, asked_for + CALLBACK_SERVED_WITHIN


def _next_allowed(case: Case, timing: _Timing, found: Sequence[Finding]) -> datetime | None:
    if not found or not all(finding.curable for finding in found):
        return None
    start = minute_of(case.facts.at) + 1
    minute = timing.first_minute(case, start)
    if timing.callback is not None:
        asked, last = minute_from(timing.callback[0]), minute_of(timing.callback[1])
        served = timing.without_what_yields().first_minute(case, max(start, asked))
        if served is not None and served <= last and (minute is None or served < minute):
            minute = served
    if minute is None or _is_too_late_at(case, minute):
        return None
    return instant_of(minute)


def _is_too_late_at(case: Case, minute: int) -> bool:
    """While we waited the debt grew too old, or the consent did."""
    barred = standing.barred_from(case) if case.collecting else None
    ends = (barred[0].toordinal() + 1 if barred else None, standing.consent_expired_from(case))
    return any(
        end is not None and end <= LAST_DAY and all(minute >= first_minute(zone, end) for zone in case.date_zones)
        for end in ends
    )


def _citations(found: Sequence[Finding]) -> tuple[Citation, ...]:
    return tuple(Citation(finding.code, finding.layer, finding.source) for finding in found)


def _inputs(case: Case, budgets: list[Budget], found: Sequence[Finding]) -> dict[str, Json]:
    facts, place = case.facts, case.place
    callback = facts.flags.callback_requested_utc
    return {
        "purpose": facts.purpose.value,
        "channel": facts.channel.value,
        "at": utc_text(facts.at),
        "zones": {zone: [*place.zones_because.get(zone, ())] for zone in place.zones},
        "local_times": {zone: str(case.reading(zone)) for zone in place.zones},
        "jurisdictions": {name: [*why] for name, why in place.jurisdictions_because.items()},
        "phone_problem": place.phone_problem,
        "assumed_anywhere": place.assumed_anywhere,
        "treated_as": "consumer" if case.consumer else "business",
        "role": facts.role.value,
        "line_type": facts.line_type.value,
        "line_type_on": facts.line_type_on.isoformat() if facts.line_type_on else None,
        "consent": facts.consent.value,
        "days_past_due": case.today - facts.due_date.toordinal() if facts.due_date else None,
        "attempts": case.dials,
        "last_attempt": utc_text(case.last_dial) if case.last_dial else None,
        "budgets": frequency.counts(case, budgets),
        "callback_requested": utc_text(callback) if callback else None,
        "house": {**figures_of(case.policy, facts.firm)},
        "findings": [{"code": finding.code, "layer": finding.layer.value, **finding.figures} for finding in found],
    }
