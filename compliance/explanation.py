"""One contact, rule by rule: which speak against it, which are kept, which do not bind it, and by what figures. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from compliance.clearance import Clearance
from compliance.facts import Facts, Purpose, Role
from compliance.gate import decide
from compliance.law import Layer, Source
from compliance.records import Json
from compliance.rulebook import RuleBook
from compliance.rules import frequency, hours, product, standing
from compliance.rules.case import Case, Finding
from compliance.rules.hours import Opening
from compliance.wording import in_words, rule_in_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Verdict(StrEnum):
    REFUSES = "refuses"
    KEPT = "kept"
    NOT_BOUND = "not_bound"  # it says nothing about such a contact, or its fact was not given


@dataclass(frozen=True, slots=True)
class Line:
    """One rule on one ground. ``layer`` is None for a rule that does not bind and whose layer depends on who is contacted.

    ``words`` say why not where it refuses, and what the rule is where it does not.
    """

    code: str
    verdict: Verdict
    layer: Layer | None
    words: "_StrPromise"
    source: Source
    figures: Mapping[str, Json]

    @property
    def speaks_against(self) -> bool:
        return self.verdict is Verdict.REFUSES

    def to_json(self) -> dict[str, Json]:
        return {
            "code": self.code,
            "verdict": self.verdict.value,
            "layer": self.layer.value if self.layer else None,
            "words": str(self.words),
            "source": self.source.text,
            "verified": self.source.verified,
            "figures": dict(self.figures),
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    facts: Facts
    clearance: Clearance
    lines: tuple[Line, ...]


def explain(facts: Facts, rules: RuleBook) -> Explanation:
    """The answer, and every rule in order of precedence; one that binds on several grounds stands once for each."""
    clearance = decide(facts, rules)
    case = Case.of(facts, rules)
    lines: dict[str, list[Line]] = {code: [] for code in rules.file.codes}
    for citation, found in zip(clearance.citations, clearance.inputs["findings"], strict=True):
        figures = {name: value for name, value in found.items() if name not in ("code", "layer")}
        words = in_words(citation.code)
        line = Line(citation.code, Verdict.REFUSES, citation.layer, words, citation.source, figures)
        lines[citation.code].append(line)
    for kept in _kept(case):
        # A rule of one ground speaks once; hours and budgets have a ground for each state and source.
        refused = [line.source for line in lines[kept.code] if line.speaks_against]
        if not refused or (kept.code in _MANY_GROUNDS and kept.source not in refused):
            lines[kept.code].append(_line(kept, Verdict.KEPT))
    for code, found_lines in lines.items():
        if not found_lines:
            known = rules.code(code)
            line = Line(code, Verdict.NOT_BOUND, known.layer, rule_in_words(code), known.source, {})
            found_lines.append(line)
    return Explanation(facts, clearance, tuple(line for found_lines in lines.values() for line in found_lines))


_MANY_GROUNDS = frozenset(
    {"HOURS_LAW", "HOURS_AUTOMATED_LAW", "HOURS_OVERLAY", "STATE_CLOSED_DAY_OVERLAY", "INCONVENIENT_TIME"}
)


def _line(kept: Finding, verdict: Verdict) -> Line:
    return Line(kept.code, verdict, kept.layer, rule_in_words(kept.code), kept.source, kept.figures)


def _kept(case: Case) -> Iterator[Finding]:
    """Everything that binds such a contact, with its figures, whether it is kept or not."""
    if case.facts.purpose == Purpose.ACCOUNT:
        yield case.finding("NOT_A_MEMBER")
        return
    yield from _standing(case)
    for opening in hours.timetable(case).openings:
        yield _open(opening)
    yield from _frequency(case)
    yield from _product(case)


def _standing(case: Case) -> Iterator[Finding]:
    facts, place = case.facts, case.place
    if case.collecting or case.phoning:
        yield case.finding("JURISDICTION_DISABLED", figures={"places": [*place.jurisdictions]})
        yield case.finding("LOCATION_UNKNOWN", figures={"zones": [*place.zones]})
    if case.collecting:
        yield case.finding("NOT_COLLECTIBLE")
        yield case.finding("DISPUTE_OPEN")
        if barred := standing.barred_from(case):
            day, years, source = barred
            figures: dict[str, Json] = {"years": years, "barred_after": day.isoformat()}
            yield case.finding("TIME_BARRED", source=source, figures=figures)
    yield case.finding("BANKRUPTCY")
    yield case.finding("DECEASED")
    yield case.finding("ATTORNEY_REPRESENTED", case.collector_layer)
    yield case.finding("CEASE_REQUESTED", case.collector_layer)
    yield case.finding("WRONG_NUMBER", case.mobile_layer if case.phoning else Layer.HOUSE)
    yield case.finding("CONSENT_REVOKED")
    yield case.finding("INCONVENIENT_PLACE", case.collector_layer)
    if case.phoning:
        figures = {
            "line_type": facts.line_type.value,
            "consent_on": str(facts.consent_on) if facts.consent_on else None,
        }
        yield case.finding("CONSENT_MISSING", case.mobile_layer, figures=figures)
    if case.collecting and facts.role == Role.THIRD_PARTY:
        needing = [state for state in case.states if state.needs_license]
        if needing:
            names: list[Json] = [state.code for state in needing]
            yield case.finding("LICENCE_MISSING", source=needing[0].license_source, figures={"states": names})


def _open(opening: Opening) -> Finding:
    figures: dict[str, Json] = {"hours": opening.text, "zones": [clock.zone for clock in opening.clocks]}
    return Finding(opening.code, opening.layer, opening.source, figures)


def _frequency(case: Case) -> Iterator[Finding]:
    budgets = frequency.budgets(case)
    for budget, counted in zip(budgets, frequency.counts(case, budgets), strict=True):
        assert isinstance(counted, dict)
        figures = {"counted": counted["counted"], "refused_from": counted["refused_from"], "days": counted["days"]}
        yield Finding(budget.rule.code, Layer.LAW, budget.rule.source, {**figures, "per": budget.rule.per.value})
    if not (case.collecting and case.calling):
        return
    if due := case.facts.due_date:
        figures = {"due_date": due.isoformat(), "first_attempt_day": case.policy.first_attempt_day}
        yield case.finding("TOO_EARLY_HOUSE", figures=figures)
    yield case.finding("MAX_ATTEMPTS_HOUSE", figures={"attempts": case.dials, "max_attempts": case.policy.max_attempts})
    last = case.last_dial.isoformat() if case.last_dial else None
    yield case.finding("MIN_GAP_HOUSE", figures={"last_attempt": last, "min_gap_days": case.policy.min_gap_days})


def _product(case: Case) -> Iterator[Finding]:
    for reason in product.REASONS:
        given = getattr(case.facts.product, reason.fact)
        if reason.binds(case) and (given is not None or reason.fact == "no_terms"):
            yield case.finding(reason.code)
