"""One contact under judgment, and what a rule may find against it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from compliance.facts import Channel, ContactEvent, DebtorType, Facts, LineType, Purpose, Result, Role
from compliance.house import HousePolicy, narrowed
from compliance.law import Layer, Source, State
from compliance.places import Place, locate
from compliance.records import Json
from compliance.rulebook import RuleBook
from compliance.windows import Reading, reading

# A number nobody looked up may be a mobile, and internet telephony may ring on one.
LIKE_MOBILE = frozenset({LineType.WIRELESS, LineType.VOIP, LineType.UNKNOWN})
NOTHING: Mapping[str, Json] = {}


class Finding(NamedTuple):
    """One reason against the contact. `curable`: waiting alone takes it away."""

    code: str
    layer: Layer
    source: Source
    figures: Mapping[str, Json] = NOTHING
    curable: bool = False


@dataclass(slots=True)
class Case:
    """The facts with what follows from them for every rule."""

    facts: Facts
    rules: RuleBook
    policy: HousePolicy
    place: Place
    states: tuple[State, ...]
    consumer: bool
    collecting: bool
    calling: bool
    readings: dict[str, Reading]
    dials: int  # about this invoice
    last_dial: datetime | None  # about anything, to this person or number

    @classmethod
    def of(cls, facts: Facts, rules: RuleBook) -> "Case":
        place = locate(facts, rules)
        states = tuple(state for name in place.jurisdictions if (state := rules.state(name)))
        return cls(
            facts=facts,
            rules=rules,
            policy=narrowed(rules.house, facts.firm, facts.blackouts),
            place=place,
            states=states,
            consumer=facts.debtor_type != DebtorType.BUSINESS,
            collecting=facts.purpose == Purpose.COLLECT,
            calling=facts.channel == Channel.CALL,
            readings={zone: reading(facts.at, zone) for zone in place.zones},
            dials=len(_dials(facts.history)),
            last_dial=max(
                (
                    *_dials(facts.history),
                    *_dials(facts.person_history),
                    *_dials(facts.number_history),
                ),
                default=None,
            ),
        )

    @property
    def phoning(self) -> bool:
        """By call or text: the number is what is used."""
        return self.facts.channel in (Channel.CALL, Channel.SMS)

    @property
    def collector(self) -> bool:
        """Somebody collects a consumer's debt for others: 15 USC 1692 and Regulation F bind."""
        return self.consumer and self.facts.role == Role.THIRD_PARTY

    @property
    def collector_layer(self) -> Layer:
        return Layer.LAW if self.collector else Layer.HOUSE

    @property
    def mobile_layer(self) -> Layer:
        return Layer.LAW if self.facts.line_type in LIKE_MOBILE else Layer.HOUSE

    @property
    def date_zones(self) -> tuple[str, ...]:
        """Where dates are counted; in UTC while nobody knows where the person is."""
        return self.place.zones or ("UTC",)

    def reading(self, zone: str) -> Reading:
        """The wall clock of the zone now."""
        if zone not in self.readings:
            self.readings[zone] = reading(self.facts.at, zone)
        return self.readings[zone]

    @property
    def today(self) -> int:
        """The earliest local date over all candidate zones."""
        return min(self.reading(zone).ordinal for zone in self.date_zones)

    def finding(
        self,
        code: str,
        layer: Layer | None = None,
        *,
        source: Source | None = None,
        figures: Mapping[str, Json] = NOTHING,
        curable: bool = False,
    ) -> Finding:
        known = self.rules.code(code)
        usual = layer or known.layer or Layer.HOUSE
        return Finding(code, usual, source or known.source, figures, curable)


def _dials(events: Iterable[ContactEvent]) -> list[datetime]:
    """When we had this dialed: what reached the carrier, answered or not."""
    return [
        event.at
        for event in events
        if event.channel is Channel.CALL and event.result is not Result.FAILED_BEFORE_RING and not event.inbound
    ]
