"""Where the person may be: every zone and state that the number, the address and the person point to."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import phonenumbers

from compliance.facts import Channel, DebtorType, Facts, Purpose
from compliance.rulebook import RuleBook

NORTH_AMERICA = re.compile(r"\+1([2-9]\d\d)[2-9]\d{6}", re.ASCII)
ELSEWHERE = re.compile(r"\+([2-9]\d{6,14})", re.ASCII)

MISSING = "missing"
UNREADABLE = "unreadable"
NEVER_CALLED = "never called"
TOLL_FREE = "toll-free"
NO_AREA = "no known area"


@dataclass(frozen=True, slots=True)
class Place:
    """Candidates, sorted, each with what points to it. `phone_problem` says why the number tells nothing."""

    zones: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    zones_because: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    jurisdictions_because: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    area_code: str | None = None
    phone_problem: str | None = None
    in_nyc: bool = False
    assumed_anywhere: bool = False

    @property
    def has_usable_phone(self) -> bool:
        return self.phone_problem not in (MISSING, UNREADABLE, NEVER_CALLED)


def locate(facts: Facts, rules: RuleBook) -> Place:
    """All candidate zones and jurisdictions; a zone the person named is added, nothing is ever taken away."""
    area_code, place, problem = _of_phone(facts.phone, rules)
    in_nyc = _in_new_york_city(facts, area_code, rules)
    found = _put_together(rules, area_code, place, problem, facts.address_state or None, facts.extra_zones, in_nyc)
    if not found.zones and _may_be_anywhere(facts):
        return replace(found, zones=rules.every_zone, assumed_anywhere=True)
    return found


@lru_cache(maxsize=8192)
def _put_together(
    rules: RuleBook,
    area_code: str | None,
    phone_place: str | None,
    phone_problem: str | None,
    address_state: str | None,
    said: tuple[str, ...],
    in_nyc: bool,
) -> Place:
    area = rules.area_code(area_code) if area_code else None
    state = rules.state(address_state) if address_state else None
    zones = [(zone, "phone") for zone in (area.zones if area else ())]
    zones += [(zone, "address") for zone in (state.zones if state else ())]
    zones += [(zone, "said by the person") for zone in said]
    places = [(place, why) for place, why in ((phone_place, "phone"), (address_state, "address")) if place]
    return Place(
        zones=tuple(sorted({zone for zone, _ in zones})),
        jurisdictions=tuple(sorted({place for place, _ in places})),
        zones_because=_grouped(zones),
        jurisdictions_because=_grouped(places),
        area_code=area_code,
        phone_problem=phone_problem,
        in_nyc=in_nyc,
    )


def _grouped(pointers: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, why in sorted(pointers, key=lambda pointer: pointer[0]):  # by name; for one name in the order of looking
        found[name] = (*found.get(name, ()), why)
    return found


@lru_cache(maxsize=65536)
def _of_phone(phone: str | None, rules: RuleBook) -> tuple[str | None, str | None, str | None]:
    """Area code, jurisdiction, and what keeps the number from telling them."""
    if not phone:
        return None, None, MISSING
    if match := NORTH_AMERICA.fullmatch(phone):
        code = match[1]
        if code in rules.file.never_called:
            return None, None, NEVER_CALLED
        if area := rules.area_code(code):
            return code, area.place, None
        return code, None, TOLL_FREE if code in rules.file.toll_free else NO_AREA
    if match := ELSEWHERE.fullmatch(phone):
        return None, _country(match[1]), None
    return None, None, UNREADABLE


def _country(digits: str) -> str:
    for length in (1, 2, 3):
        region = phonenumbers.region_code_for_country_code(int(digits[:length]))
        if region != phonenumbers.UNKNOWN_REGION:
            return region
    return phonenumbers.UNKNOWN_REGION


def _in_new_york_city(facts: Facts, area_code: str | None, rules: RuleBook) -> bool:
    """An unknown city in New York counts as the city."""
    if area_code in rules.file.nyc.area_codes:
        return True
    city = (facts.city or "").strip().casefold()
    return facts.address_state == "US-NY" and (not city or city in rules.file.nyc.cities)


def _may_be_anywhere(facts: Facts) -> bool:
    """E-mails that ask for no money may go where nobody is awake to be disturbed: open in every zone there is."""
    return (
        facts.channel == Channel.EMAIL
        and facts.purpose not in (Purpose.COLLECT, Purpose.ACCOUNT)
        and facts.debtor_type != DebtorType.BUSINESS
    )
