"""Reads the rule file strictly: what is unknown, missing or without a source is an error that names its line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time

from compliance.facts import Channel, Result, is_zone
from compliance.house import HousePolicy
from compliance.law import (
    AreaCode,
    Binds,
    City,
    Code,
    ConsentAge,
    Counts,
    ElectronicConsent,
    Federal,
    Frequency,
    Hours,
    Layer,
    Limitation,
    Per,
    Source,
    State,
)
from compliance.windows import Calendar, Week
from compliance.yaml_lines import Entry, days

MARKS = ("seen", "memory", "ours")
LICENSE_RULES = ("required", "some_circumstances", "city_level", "none_listed")
CITED = "source verified"
SPAN = re.compile(r"(?:([a-z]{3}(?:-[a-z]{3})?) )?(\d\d:\d\d)-(\d\d:\d\d)")


@dataclass(frozen=True)
class RuleFile:
    """The whole file, checked."""

    version: str
    as_of: date
    review_after_days: int
    house: HousePolicy
    codes: dict[str, Code]
    federal: Federal
    nyc: City
    consent_age: ConsentAge
    electronic_consent: ElectronicConsent
    states: dict[str, State]
    elsewhere: dict[str, str]
    area_codes: dict[str, AreaCode]
    toll_free: frozenset[str]
    never_called: frozenset[str]


def parse(root: Entry) -> RuleFile:
    """The rules in this file; raises DataError with file and line when anything is wrong."""
    top = root.fields(
        "version as_of review_after_days house codes federal nyc consent_age electronic_consent states elsewhere"
        " toll_free never_called area_codes_source sources"
    )
    reader = _Reader({name: entry.text() for name, entry in top["sources"].names().items()})
    reader.source(top["area_codes_source"].fields(CITED))
    codes = reader.codes(top["codes"])
    file = RuleFile(
        version=top["version"].text(),
        as_of=top["as_of"].day(),
        review_after_days=top["review_after_days"].number(),
        house=reader.house(top["house"]),
        codes=codes,
        federal=reader.federal(top["federal"]),
        states={name: reader.state(name, entry) for name, entry in top["states"].names().items()},
        nyc=reader.city(top["nyc"]),
        consent_age=reader.consent_age(top["consent_age"]),
        electronic_consent=reader.electronic_consent(top["electronic_consent"]),
        elsewhere={name: reader.elsewhere(name, entry) for name, entry in top["elsewhere"].names().items()},
        area_codes=reader.area_codes,
        toll_free=frozenset(_codes(top["toll_free"])),
        never_called=frozenset(_codes(top["never_called"])),
    )
    reader.check_unused(top["sources"])
    return file


@dataclass
class _Reader:
    sources: dict[str, str]
    used: set[str] = field(default_factory=set)
    known_codes: set[str] = field(default_factory=set)
    area_codes: dict[str, AreaCode] = field(default_factory=dict)

    def source(self, fields: dict[str, Entry]) -> Source:
        name = fields["source"].text()
        if name not in self.sources:
            fields["source"].fail(f"no source is called {name!r}; add it under sources: at the end of the file")
        self.used.add(name)
        mark = fields["verified"].one_of(_in(MARKS), ", ".join(MARKS))
        return Source(self.sources[name], mark)

    def check_unused(self, entry: Entry) -> None:
        for name, text in entry.names().items():
            if name not in self.used:
                text.fail(f"nothing refers to the source {name!r}; remove it or refer to it")

    def codes(self, entry: Entry) -> dict[str, Code]:
        found: dict[str, Code] = {}
        for rank, item in enumerate(entry.items()):
            fields = item.fields(f"code layer {CITED}")
            name, layer = fields["code"].text(), fields["layer"].text()
            if name in found:
                item.fail(f"the code {name} stands here twice; keep one")
            usual = None if layer == "mixed" else fields["layer"].one_of(Layer, "law, overlay, house, mixed")
            found[name] = Code(name, rank, usual, self.source(fields))
        self.known_codes = set(found)
        return found

    def house(self, entry: Entry) -> HousePolicy:
        fields = entry.fields(f"hours weekdays max_attempts min_gap_days first_attempt_day sales_rules_kept {CITED}")
        self.source(fields)
        _, start, end = _span(fields["hours"], fields["hours"].text())
        if end == 24 * 60:
            fields["hours"].fail("the house closes before midnight")
        weekdays = fields["weekdays"].one_of(lambda text: frozenset(days(text)), "mon ... sun, or mon-fri")
        return HousePolicy(
            hours=(_time(start), _time(end)),
            weekdays=weekdays,
            max_attempts=fields["max_attempts"].number(),
            min_gap_days=fields["min_gap_days"].number(),
            first_attempt_day=fields["first_attempt_day"].number(),
            sales_rules_kept=fields["sales_rules_kept"].boolean(),
        )

    def federal(self, entry: Entry) -> Federal:
        fields = entry.fields("collection_hours sales_hours goods_limitation frequency")
        goods = fields["goods_limitation"].fields(f"years except {CITED}")
        return Federal(
            collection_hours=self.hours(fields["collection_hours"], "channels"),
            sales_hours=self.hours(fields["sales_hours"]),
            goods_years=goods["years"].number(),
            goods_exceptions={state: years.number() for state, years in goods["except"].names().items()},
            goods_source=self.source(goods),
            frequency=self.frequencies(fields["frequency"]),
        )

    def city(self, entry: Entry) -> City:
        fields = entry.fields(f"cities area_codes {CITED}")
        return City(frozenset(fields["cities"].texts()), frozenset(_codes(fields["area_codes"])), self.source(fields))

    def consent_age(self, entry: Entry) -> ConsentAge:
        fields = entry.fields(f"days {CITED}")
        return ConsentAge(fields["days"].number(), self.source(fields))

    def electronic_consent(self, entry: Entry) -> ElectronicConsent:
        fields = entry.fields(f"jurisdictions nyc {CITED}")
        places = frozenset(fields["jurisdictions"].texts())
        return ElectronicConsent(places, fields["nyc"].boolean(), self.source(fields))

    def state(self, code: str, entry: Entry) -> State:
        fields = entry.fields(
            "name zones area_codes license limitation",
            "creditor_hours automated_voice_hours automated_voice_consent creditor_dispute_freeze sales_hours"
            " frequency notes",
        )
        self.area(code, fields["area_codes"])
        license = fields["license"].fields(f"rule {CITED}")
        limitation = fields["limitation"].fields(f"years {CITED}", "note")
        return State(
            code=code,
            name=fields["name"].text(),
            zones=_zones(fields["zones"]),
            license_rule=license["rule"].one_of(_in(LICENSE_RULES), ", ".join(LICENSE_RULES)),
            license_source=self.source(license),
            limitation=Limitation(
                limitation["years"].number(),
                self.source(limitation),
                limitation["note"].text() if "note" in limitation else "",
            ),
            creditor_hours=self.hours(fields["creditor_hours"], "channels") if "creditor_hours" in fields else None,
            automated_voice_hours=self._optional_hours(fields.get("automated_voice_hours")),
            automated_voice_consent=self._optional_source(fields.get("automated_voice_consent")),
            creditor_dispute_freeze=self._optional_source(fields.get("creditor_dispute_freeze")),
            sales_hours=self._sales_hours(code, fields.get("sales_hours")),
            frequency=self.frequencies(fields["frequency"]) if "frequency" in fields else (),
            notes=fields["notes"].texts() if "notes" in fields else (),
        )

    def elsewhere(self, code: str, entry: Entry) -> str:
        fields = entry.fields("name area_codes")
        self.area(code, fields["area_codes"])
        return fields["name"].text()

    def area(self, place: str, entry: Entry) -> None:
        for group in entry.items():
            fields = group.fields("zones codes")
            zones = _zones(fields["zones"])
            for code in _codes(fields["codes"]):
                if code in self.area_codes:
                    fields["codes"].fail(f"{code} already belongs to {self.area_codes[code].place}")
                self.area_codes[code] = AreaCode(place, zones)

    def hours(self, entry: Entry, more: str = "") -> Hours:
        fields = entry.fields(f"hours {more} {CITED}", "note")
        channels = frozenset({Channel.CALL, Channel.SMS})
        if "channels" in fields:
            channels = _channels(fields["channels"])
        return Hours(_week(fields["hours"]), fields["hours"].text(), self.source(fields), channels)

    def _optional_hours(self, entry: Entry | None) -> Hours | None:
        return self.hours(entry) if entry else None

    def _optional_source(self, entry: Entry | None) -> Source | None:
        return self.source(entry.fields(CITED)) if entry else None

    def _sales_hours(self, state: str, entry: Entry | None) -> Hours | None:
        if entry is None:
            return None
        fields = entry.fields(f"hours {CITED}", "closed also_closed")
        holidays = "closed" in fields and bool(fields["closed"].one_of(_in(("state_holidays",)), "state_holidays"))
        fixed = tuple(_month_day(day) for day in fields["also_closed"].items()) if "also_closed" in fields else ()
        closed = (Calendar(state.removeprefix("US-"), fixed, (), holidays),) if holidays or fixed else ()
        return Hours(_week(fields["hours"]), fields["hours"].text(), self.source(fields), closed=closed)

    def frequencies(self, entry: Entry) -> tuple[Frequency, ...]:
        return tuple(self._frequency(item) for item in entry.items())

    def _frequency(self, entry: Entry) -> Frequency:
        fields = entry.fields(
            f"code refused_from days per counts channels binds {CITED}", "not_counted only_at_work every_purpose note"
        )
        code = fields["code"].one_of(_in(tuple(self.known_codes)), "the codes listed under codes:")
        return Frequency(
            code=code,
            refused_from=fields["refused_from"].number(),
            days=fields["days"].number(),
            per=fields["per"].one_of(Per, ", ".join(Per)),
            counts=fields["counts"].one_of(Counts, ", ".join(Counts)),
            channels=_channels(fields["channels"]),
            binds=frozenset(item.one_of(Binds, ", ".join(Binds)) for item in fields["binds"].items()),
            source=self.source(fields),
            not_counted=_results(fields.get("not_counted")),
            only_at_work="only_at_work" in fields and fields["only_at_work"].boolean(),
            every_purpose="every_purpose" in fields and fields["every_purpose"].boolean(),
        )


def _in(choices: tuple[str, ...]) -> Callable[[str], str]:
    return lambda text: choices[choices.index(text)]


def _channels(entry: Entry) -> frozenset[Channel]:
    return frozenset(item.one_of(Channel, ", ".join(Channel)) for item in entry.items())


def _results(entry: Entry | None) -> frozenset[Result]:
    return frozenset(item.one_of(Result, ", ".join(Result)) for item in entry.items()) if entry else frozenset()


def _zones(entry: Entry) -> tuple[str, ...]:
    for item in entry.items():
        if not is_zone(item.text()):
            item.fail(f"{item.text()!r} is no time zone; install tzdata or correct the name")
    return tuple(sorted(entry.texts())) or entry.fail("at least one time zone belongs here")


def _codes(entry: Entry) -> list[str]:
    for code in entry.text().split():
        if not re.fullmatch(r"[2-9]\d\d", code):
            entry.fail(f"{code!r} is no area code; three digits, the first 2 to 9")
    return entry.text().split()


def _span(entry: Entry, text: str) -> tuple[str, int, int]:
    match = SPAN.fullmatch(text.strip())
    if not match:
        entry.fail(f"hours belong here ('mon-sat 08:00-20:00'), not {text!r}")
    start, end = (int(each[:2]) * 60 + int(each[3:]) for each in match.group(2, 3))
    if not start < end <= 24 * 60 or int(match[2][3:]) > 59 or int(match[3][3:]) > 59:
        entry.fail(f"{text.strip()!r} does not end after it starts on one day")
    return match[1] or "mon-sun", start, end


def _week(entry: Entry) -> Week:
    week: list[tuple[tuple[int, int], ...]] = [()] * 7
    for part in entry.text().split(","):
        named, start, end = _span(entry, part)
        try:
            for day in days(named):
                week[day] = (*week[day], (start, end))
        except ValueError:
            entry.fail(f"{named!r} are no weekdays (mon tue wed thu fri sat sun, or mon-fri)")
    return tuple(week)


def _month_day(entry: Entry) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2024-{entry.text()}")
    except ValueError:
        entry.fail(f"month and day belong here ('01-08'), not {entry.text()!r}")
    return day.month, day.day


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
