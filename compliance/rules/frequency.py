"""How soon and how often. Each rule comes down to the local date in each zone from which it no longer speaks."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from compliance.facts import Channel, Consent, ContactEvent, Purpose, Result
from compliance.law import Counts, Frequency, Layer, Per, Source
from compliance.records import Json
from compliance.rulebook import RuleBook
from compliance.rules.case import Case, Finding
from compliance.windows import LAST_DAY, first_minute, local_day


class Wait(NamedTuple):
    """Refused in each zone until its local date has come; one zone that is not there yet is enough."""

    code: str
    layer: Layer
    until: tuple[tuple[str, int], ...]
    source: Source
    figures: dict[str, Json]
    yields_to_callback: bool = False

    def is_over(self, case: Case) -> bool:
        return all(case.reading(zone).ordinal >= ordinal for zone, ordinal in self.until)

    def ends(self) -> int | None:
        """The first minute after it; None when that is further off than calendars reach."""
        if any(ordinal > LAST_DAY for _, ordinal in self.until):
            return None
        return max((first_minute(zone, ordinal) for zone, ordinal in self.until), default=0)


class Budget(NamedTuple):
    """One frequency rule that binds this contact, with what it counts."""

    rule: Frequency
    counted: list[datetime]


def budgets(case: Case) -> list[Budget]:
    """Every frequency rule that binds this contact; none for the firm's own people."""
    facts = case.facts
    if facts.purpose == Purpose.ACCOUNT:
        return []
    rules = _binding(
        case.rules,
        tuple(state.code for state in case.states),
        case.place.in_nyc,
        facts.channel,
        case.collecting,
        facts.at_work is not False,
    )
    has_consent = facts.consent == Consent.EXPRESS
    return [
        Budget(rule, _counted(rule, _unit(case, rule)))
        for rule in rules
        if rule.protects(case.consumer, facts.role, facts.line_type, has_consent)
    ]


def waits(case: Case, bound: list[Budget]) -> list[Wait]:
    """Every date rule that binds this contact."""
    found = [wait for budget in bound for wait in _limited(case, budget)]
    if case.collecting and case.calling:
        found += [*_too_early(case), *_gap(case)]
    return found


def found(case: Case, waits: list[Wait]) -> Iterator[Finding]:
    for wait in waits:
        if not wait.is_over(case):
            yield Finding(wait.code, wait.layer, wait.source, wait.figures, curable=True)
    yield from _attempts_used_up(case)


def counts(case: Case, bound: list[Budget]) -> list[Json]:
    """What each budget has counted in its window today, whether it is used up or not."""
    found: list[Json] = []
    for budget in bound:
        rule = budget.rule
        within = 0
        if budget.counted:
            firsts = ((zone, case.reading(zone).ordinal - rule.days + 1) for zone in case.date_zones)
            within = max(sum(local_day(at, zone) >= first for at in budget.counted) for zone, first in firsts)
        figures: dict[str, Json] = {"code": rule.code, "counted": within}
        found.append({**figures, "refused_from": rule.refused_from, "days": rule.days})
    return found


def _attempts_used_up(case: Case) -> Iterator[Finding]:
    if case.collecting and case.calling:
        made = case.dials
        if made >= case.policy.max_attempts:
            figures: dict[str, Json] = {"attempts": made, "max_attempts": case.policy.max_attempts}
            yield case.finding("MAX_ATTEMPTS_HOUSE", figures=figures)


def _too_early(case: Case) -> Iterator[Wait]:
    if due := case.facts.due_date:
        first = due.toordinal() + case.policy.first_attempt_day
        figures: dict[str, Json] = {"due_date": due.isoformat(), "first_attempt_day": case.policy.first_attempt_day}
        yield _wait(case, "TOO_EARLY_HOUSE", tuple((zone, first) for zone in case.date_zones), figures)


def _gap(case: Case) -> Iterator[Wait]:
    """Kept per invoice, per person and per number: whoever asked, the same phone rang."""
    if last := case.last_dial:
        gap = case.policy.min_gap_days
        until = tuple((zone, local_day(last, zone) + gap) for zone in case.date_zones)
        figures: dict[str, Json] = {"last_attempt": last.isoformat(), "min_gap_days": gap}
        yield _wait(case, "MIN_GAP_HOUSE", until, figures, yields_to_callback=True)


def _wait(
    case: Case,
    code: str,
    until: tuple[tuple[str, int], ...],
    figures: dict[str, Json],
    yields_to_callback: bool = False,
) -> Wait:
    known = case.rules.code(code)
    return Wait(code, known.layer or Layer.HOUSE, until, known.source, figures, yields_to_callback)


@lru_cache(maxsize=4096)
def _binding(
    rules: RuleBook, states: tuple[str, ...], in_nyc: bool, channel: Channel, collecting: bool, maybe_at_work: bool
) -> tuple[Frequency, ...]:
    """The rules for such a contact, whoever it goes to."""
    found = [*rules.file.federal.frequency]
    for code in states:
        state = rules.state(code)
        # New York's rule is the city's: it protects those who live there or may.
        if state and (code != "US-NY" or in_nyc):
            found += state.frequency
    return tuple(
        rule
        for rule in found
        if channel in rule.channels and (collecting or rule.every_purpose) and (maybe_at_work or not rule.only_at_work)
    )


def _limited(case: Case, budget: Budget) -> Iterator[Wait]:
    """The rule on its own unit; what counts per invoice is counted per person too, then by our own policy."""
    rule = budget.rule
    yield from _used_up(case, rule, budget.counted, Layer.LAW)
    if rule.per is Per.INVOICE and case.facts.person_history:
        wider = _counted(rule, {*case.facts.history, *case.facts.person_history})
        if len(wider) > len(budget.counted):
            yield from _used_up(case, rule, wider, Layer.HOUSE)


def _unit(case: Case, rule: Frequency) -> Iterable[ContactEvent]:
    facts = case.facts
    match rule.per:
        case Per.INVOICE:
            return facts.history
        case Per.PERSON:
            return {*facts.history, *facts.person_history}
        case Per.NUMBER:
            return {*facts.history, *facts.number_history}


def _counted(rule: Frequency, events: Iterable[ContactEvent]) -> list[datetime]:
    found: list[datetime] = []
    for event in events:
        if event.channel not in rule.channels or (rule.only_at_work and not event.at_work):
            continue
        if rule.counts is Counts.CONVERSATIONS:
            counts = event.result == Result.CONVERSATION
        else:
            counts = not event.inbound and event.result not in (Result.FAILED_BEFORE_RING, *rule.not_counted)
        if counts:
            found.append(event.at)
    return found


def _used_up(case: Case, rule: Frequency, counted: list[datetime], layer: Layer) -> Iterator[Wait]:
    """Free again once the contact that filled the budget has left the window."""
    if len(counted) < rule.refused_from:
        return
    # The latest contacts are the same in every zone: local dates never change their order.
    filled = sorted(counted, reverse=True)[rule.refused_from - 1]
    until = tuple((zone, local_day(filled, zone) + rule.days) for zone in case.date_zones)
    figures: dict[str, Json] = {
        "counted": len(counted),
        "refused_from": rule.refused_from,
        "days": rule.days,
        "per": rule.per.value if layer is Layer.LAW else Per.PERSON.value,
    }
    yields = rule.code.startswith("FREQ_REGF_")
    yield Wait(rule.code, layer, until, rule.source, figures, yields)
