"""What the page of the rules shows: each rule with layer, source and date, the states at a glance, what is on record."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from compliance.explanation import Explanation, Line, Verdict
from compliance.law import Frequency, Hours, Layer, State
from compliance.models import License, StateBlackout
from compliance.operator import licenses
from compliance.rulebook import RuleBook
from compliance.wording import LAYERS, rule_in_words
from desk.wording.rules import VERDICTS, figures, hours, layer_words, source_words
from syntharra.templatetags.syntharra import day_words

WARN_BEFORE = timedelta(days=30)
_HOURS = (
    "HOURS_LAW",
    "HOURS_AUTOMATED_LAW",
    "INCONVENIENT_TIME",
    "HOLIDAY_FEDERAL_HOUSE",
    "WEEKEND_HOUSE",
    "HOURS_HOUSE",
    "STATE_CLOSED_DAY_OVERLAY",
    "HOURS_OVERLAY",
)
_OFTEN = ("FREQ_", "TOO_EARLY_HOUSE", "MAX_ATTEMPTS_HOUSE", "MIN_GAP_HOUSE")


@dataclass(frozen=True)
class RuleRow:
    code: str
    words: str
    layer: str
    is_law: bool
    source: str
    detail: str = ""


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    rows: list[RuleRow]


@dataclass(frozen=True)
class StateRow:
    code: str
    name: str
    law: str
    sales: str
    license: str
    on_record: str


@dataclass(frozen=True)
class Age:
    """How old the rules are: ``tone`` late when too old for live calls, clock when a review is near."""

    words: str
    tone: str = ""
    icon: str = "shield-check"


@dataclass(frozen=True)
class ExplainedRow:
    code: str
    icon: str
    tone: str
    verdict: str
    words: str
    figures: str
    layer: str
    source: str


def age(on: date) -> Age:
    """Whether the rule file may still be called on, and until when."""
    file = RuleBook.load().file
    last = file.as_of + timedelta(days=file.review_after_days)
    days = {"as_of": day_words(file.as_of), "last": day_words(last), "days": file.review_after_days}
    if on > last:
        words = _(
            "As of %(as_of)s: older than %(days)d days. No live call goes out on it until counsel has reviewed it."
        )
        return Age(words % days, "late", "circle-alert")
    words = _("As of %(as_of)s. Live calls may go out on it until %(last)s.") % days
    return Age(words, "clock", "hourglass") if on > last - WARN_BEFORE else Age(words)


def groups() -> list[Group]:
    """Every rule of the file in its order, by what it is about."""
    rules = RuleBook.load()
    may, when, often, ours = [list[RuleRow]() for _each in range(4)]
    product_from = rules.code("BUSINESS_STOPPED").rank
    for code in rules.file.codes.values():
        row = RuleRow(
            code.name,
            str(rule_in_words(code.name)),
            str(LAYERS[code.layer]) if code.layer else _("the law or our own rules, by who is called"),
            code.layer in (None, Layer.LAW),
            source_words(code.source),
            _detail(code.name, rules),
        )
        if code.name in _HOURS:
            when.append(row)
        elif code.name.startswith(_OFTEN):
            often.append(row)
        elif code.rank >= product_from:
            ours.append(row)
        else:
            may.append(row)
    return [
        Group("may", _("May they be contacted at all"), may),
        Group("when", _("At what hours and on what days"), when),
        Group("often", _("How soon and how often"), often),
        Group("ours", _("What this product adds"), ours),
    ]


def states(on: date) -> list[StateRow]:
    """Each state's own rules beside the federal ones, and whether a license or an opinion is on record there."""
    holding = {found.state: found for found in licenses(on)}
    rules = RuleBook.load()
    listed = sorted(rules.file.states.values(), key=lambda state: state.name)
    return [_state(state, holding.get(state.code)) for state in listed]


def closed_days(on: date) -> list[StateBlackout]:
    return list(StateBlackout.objects.filter(ended_at=None, last__gte=on).order_by("first", "state"))


def explained_rows(told: Explanation, verdict: Verdict) -> list[ExplainedRow]:
    return [_explained(line) for line in told.lines if line.verdict is verdict]


def _explained(line: Line) -> ExplainedRow:
    icon, tone = {
        Verdict.REFUSES: ("x", "late"),
        Verdict.KEPT: ("check", "recovered"),
        Verdict.NOT_BOUND: ("circle-dashed", ""),
    }[line.verdict]
    return ExplainedRow(
        line.code,
        icon,
        tone,
        str(VERDICTS[line.verdict]),
        str(line.words),
        figures(line),
        layer_words(line),
        source_words(line.source),
    )


def _detail(code: str, rules: RuleBook) -> str:
    """The figures of a rule that has them in one place."""
    file, house = rules.file, rules.house
    if code == "HOURS_LAW":
        return _("federal: %(hours)s where the person is") % {"hours": hours(file.federal.collection_hours.text)}
    if code == "HOURS_AUTOMATED_LAW":
        return "; ".join(
            f"{s.name}: {hours(s.automated_voice_hours.text)}" for s in file.states.values() if s.automated_voice_hours
        )
    if code == "HOURS_OVERLAY":
        return _("federal: %(hours)s; the states' own below") % {"hours": hours(file.federal.sales_hours.text)}
    if code == "HOURS_HOUSE":
        return hours(f"{house.hours[0]:%H:%M}-{house.hours[1]:%H:%M}")
    if code == "CONSENT_MISSING":
        return source_words(file.consent_age.source)
    if limit := next((limit for limit in _limits(rules) if limit.code == code), None):
        words = _("no further one once %(n)d count within %(days)d days")
        return words % {"n": limit.refused_from, "days": limit.days}
    return ""


def _limits(rules: RuleBook) -> list[Frequency]:
    own = [limit for state in rules.file.states.values() for limit in state.frequency]
    return [*rules.file.federal.frequency, *own]


def _state(state: State, holding: License | None) -> StateRow:
    law = [_("creditors too: %(hours)s") % {"hours": hours(state.creditor_hours.text)}] if state.creditor_hours else []
    if state.automated_voice_hours:
        law.append(_("automated voices: %(hours)s") % {"hours": hours(state.automated_voice_hours.text)})
    law += list(dict.fromkeys(str(rule_in_words(limit.code)) for limit in state.frequency))
    return StateRow(
        code=state.code.removeprefix("US-"),
        name=state.name,
        law="; ".join(law),
        sales=_sales(state.sales_hours),
        license=_license(state),
        on_record=f"{holding.get_kind_display()}: {holding.reference}" if holding else "",
    )


def _sales(found: Hours | None) -> str:
    if found is None:
        return ""
    closed = _("; holidays closed") if found.closed else ""
    return hours(found.text) + closed


def _license(state: State) -> str:
    return {
        "required": _("required"),
        "some_circumstances": _("in some cases"),
        "city_level": _("in some cities"),
        "none_listed": _("none listed"),
    }[state.license_rule]
