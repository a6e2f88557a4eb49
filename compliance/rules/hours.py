"""At what hours and on what days. Every window is tested on the wall clock of every candidate zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from compliance.facts import Channel, Purpose
from compliance.house import HousePolicy
from compliance.law import Hours, Layer, Source, State
from compliance.records import Json
from compliance.rulebook import RuleBook
from compliance.rules.case import Case, Finding
from compliance.windows import (
    ALL_DAY,
    DAY_NAMES,
    Calendar,
    Clock,
    Week,
    every_day,
    first_open,
    merged,
    on_weekdays,
    outside,
    reading,
    span_text,
)

FEDERAL_HOLIDAYS = Calendar()


@dataclass(frozen=True, slots=True)
class Opening:
    """One rule's hours on the clocks it looks at: open only when all of them are.

    `yields_to_callback`: set aside for the one call the person asked for.
    """

    code: str
    layer: Layer
    clocks: tuple[Clock, ...]
    source: Source
    text: str
    yields_to_callback: bool = False


@dataclass(frozen=True, slots=True)
class _Bound:
    """Who is contacted and how, as far as hours care. Many contacts share one."""

    rules: RuleBook
    policy: HousePolicy
    zones: tuple[str, ...]
    states: tuple[str, ...]
    consumer: bool
    collector: bool
    channel: Channel
    purpose: Purpose

    def clocks(self, week: Week, *closed: Calendar) -> tuple[Clock, ...]:
        return tuple(Clock(zone, week, closed) for zone in self.zones)

    def opening(self, code: str, week: Week, text: str, *closed: Calendar) -> Opening:
        known = self.rules.code(code)
        return Opening(code, known.layer or Layer.HOUSE, self.clocks(week, *closed), known.source, text)

    def by_law(self, hours: Hours) -> Opening:
        return Opening("HOURS_LAW", Layer.LAW, self.clocks(hours.week), hours.source, hours.text)

    def overlay(self, code: str, hours: Hours, week: Week, *closed: Calendar) -> Opening:
        return Opening(code, Layer.OVERLAY, self.clocks(week, *closed), hours.source, hours.text)


@dataclass(frozen=True, slots=True, eq=False)
class Timetable:
    """The rules one by one, and one clock a zone that says when all of them are open.

    Compared by identity, so that what it says of a moment is worked out once for all who share it.
    """

    openings: tuple[Opening, ...] = ()
    clocks: tuple[Clock, ...] = ()

    @classmethod
    def of(cls, openings: tuple[Opening, ...]) -> "Timetable":
        return cls(openings, merged(clock for opening in openings for clock in opening.clocks))

    def first_open(self, minute: int, limit: int) -> int | None:
        """The first minute from here on at which everything is open; None when there is none before the limit."""
        return _first_open(self, minute, limit)


def timetable(case: Case) -> Timetable:
    """Every rule of hours and days that binds this contact; none for a letter, which rings nowhere."""
    facts = case.facts
    if facts.channel == Channel.LETTER or facts.purpose == Purpose.ACCOUNT:
        return ALWAYS_OPEN
    shared = _shared(
        _Bound(
            rules=case.rules,
            policy=case.policy,
            zones=case.place.zones,
            states=tuple(state.code for state in case.states),
            consumer=case.consumer,
            collector=case.collector,
            channel=facts.channel,
            purpose=facts.purpose,
        )
    )
    return Timetable.of((*shared.openings, *_stated(case))) if facts.flags.not_between or facts.flags.not_on else shared


def found(case: Case, table: Timetable) -> tuple[Finding, ...]:
    """Each rule that is closed now, with the zones where it is."""
    return _found(table, case.facts.at)


@lru_cache(maxsize=4096)
def _found(table: Timetable, at: datetime) -> tuple[Finding, ...]:
    if all(clock.is_open(reading(at, clock.zone)) for clock in table.clocks):
        return ()
    return tuple(finding for opening in table.openings if (finding := _closed(opening, at)))


def _closed(opening: Opening, at: datetime) -> Finding | None:
    closed = [clock.zone for clock in opening.clocks if not clock.is_open(reading(at, clock.zone))]
    figures: dict[str, Json] = {"hours": opening.text, "closed_in": [*closed]}
    return Finding(opening.code, opening.layer, opening.source, figures, curable=True) if closed else None


@lru_cache(maxsize=4096)
def _first_open(table: Timetable, minute: int, limit: int) -> int | None:
    return first_open(table.clocks, minute, limit)


ALWAYS_OPEN = Timetable()


@lru_cache(maxsize=8192)
def _shared(bound: _Bound) -> Timetable:
    states = tuple(state for code in bound.states if (state := bound.rules.state(code)))
    return Timetable.of((*_law(bound, states), *_house(bound), *_sales(bound, states)))


def _law(bound: _Bound, states: tuple[State, ...]) -> Iterator[Opening]:
    federal = bound.rules.file.federal.collection_hours
    if bound.collector and bound.channel in federal.channels:
        yield bound.by_law(federal)
    for state in states:
        hours = state.creditor_hours
        if bound.consumer and hours and bound.channel in hours.channels:
            yield bound.by_law(hours)
    if bound.channel != Channel.CALL:
        return
    for state in states:
        if hours := state.automated_voice_hours:
            # In the state's own zones: these statutes speak of the state's time, not of the called party's.
            clocks = tuple(Clock(zone, hours.week) for zone in state.zones)
            yield Opening("HOURS_AUTOMATED_LAW", Layer.LAW, clocks, hours.source, hours.text)


def _house(bound: _Bound) -> Iterator[Opening]:
    policy = bound.policy
    if bound.purpose == Purpose.COLLECT:
        yield bound.opening("HOLIDAY_FEDERAL_HOUSE", every_day(ALL_DAY), "no federal holidays", FEDERAL_HOLIDAYS)
        weekdays = "weekdays " + ", ".join(str(day) for day in sorted(policy.weekdays))
        yield bound.opening("WEEKEND_HOUSE", on_weekdays(policy.weekdays), weekdays)
        yield bound.opening("HOURS_HOUSE", every_day(policy.spans), span_text(policy.spans))
    elif bound.channel == Channel.SMS:
        spans = bound.rules.house.spans
        yield bound.opening("HOURS_HOUSE", every_day(spans), span_text(spans))
    elif bound.channel == Channel.CALL:
        # No law closes the night for calls to a business that ask for no money; nobody is woken by us all the same.
        federal = bound.rules.file.federal.collection_hours
        yield bound.opening("HOURS_HOUSE", federal.week, federal.text)


def _sales(bound: _Bound, states: tuple[State, ...]) -> Iterator[Opening]:
    """Rules for sales calls: they do not bind a call that only collects, and are kept by choice."""
    if bound.purpose != Purpose.COLLECT or bound.channel == Channel.EMAIL:
        return
    for state in states:
        if blackout := bound.policy.closed_days(state.code):
            yield bound.opening("STATE_CLOSED_DAY_OVERLAY", every_day(ALL_DAY), f"closed in {state.name}", blackout)
    if not bound.policy.sales_rules_kept:
        return
    federal = bound.rules.file.federal.sales_hours
    yield bound.overlay("HOURS_OVERLAY", federal, federal.week)
    for state in states:
        if hours := state.sales_hours:
            # A weekday without hours is a closed day, not an hour outside the window.
            open_days = [day for day, spans in enumerate(hours.week) if spans]
            yield bound.overlay("HOURS_OVERLAY", hours, tuple(spans or ALL_DAY for spans in hours.week))
            if len(open_days) < len(hours.week) or hours.closed:
                yield bound.overlay("STATE_CLOSED_DAY_OVERLAY", hours, on_weekdays(open_days), *hours.closed)


def _stated(case: Case) -> Iterator[Opening]:
    """Days and times of day the person refused (12 CFR 1006.6(b)(1)); e-mails asking for no money keep them where law does."""
    if case.facts.channel == Channel.EMAIL and not case.collecting and not case.collector:
        return
    source = case.rules.code("INCONVENIENT_TIME").source
    if days := case.facts.flags.not_on:
        clocks = tuple(Clock(zone, on_weekdays(set(range(7)) - set(days))) for zone in case.place.zones)
        text = "not on " + ", ".join(DAY_NAMES[day] for day in sorted(days))
        yield Opening("INCONVENIENT_TIME", case.collector_layer, clocks, source, text, yields_to_callback=True)
    for start, end in case.facts.flags.not_between:
        left = outside(start.hour * 60 + start.minute, end.hour * 60 + end.minute)
        clocks = tuple(Clock(zone, every_day(left)) for zone in case.place.zones)
        text = f"not {start:%H:%M}-{end:%H:%M}"
        yield Opening("INCONVENIENT_TIME", case.collector_layer, clocks, source, text, yields_to_callback=True)
