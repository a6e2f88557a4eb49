"""Checks a file of written-out cases against the gate: each case says what was decided and what should have been."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path

from compliance.clearance import Clearance
from compliance.facts import (
    Channel,
    Consent,
    ContactEvent,
    DebtorType,
    Dispute,
    Facts,
    FactsError,
    Flags,
    LineType,
    Purpose,
    Result,
    Role,
)
from compliance.gate import decide
from compliance.records import Json
from compliance.rulebook import RuleBook
from compliance.yaml_lines import DataError, Entry, read

NEEDED = "id phone address debtor_type role line_type consent at_utc due_date"
ALLOWED = "note history city flags purpose channel extra_zones expect local_times"
FLAGS = "dispute bankruptcy deceased attorney cease wrong_number workplace_refused not_between callback_requested_utc"
EXPECTED = ("decision", "reason", "layer", "all_reasons", "law_only", "local_times", "next_allowed_at")


@dataclass(frozen=True)
class Case:
    """One written-out contact with what is expected of the gate."""

    id: str
    facts: Facts
    expected: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """One case judged. `differs` names what is not as expected, with both sides."""

    id: str
    clearance: Clearance
    differs: dict[str, tuple[Json, Json]]

    def to_json(self) -> dict[str, Json]:
        return {"id": self.id, **_answer(self.clearance)}


def check(path: Path) -> Iterator[Checked]:
    """Every case of the file, judged; raises DataError with the line before the first when the file is unusable."""
    rules = RuleBook.load()
    for case in load(path):
        clearance = decide(case.facts, rules)
        answer = _answer(clearance)
        differs = {name: (wanted, answer[name]) for name, wanted in case.expected.items() if wanted != answer[name]}
        yield Checked(case.id, clearance, differs)


def load(path: Path) -> list[Case]:
    """The cases of a file; raises DataError, which names file, line and what belongs there."""
    top = read(path).fields("vectors", "schema_version rules as_of note")
    cases = [_case(entry) for entry in top["vectors"].items()]
    seen: set[str] = set()
    for case, entry in zip(cases, top["vectors"].items(), strict=True):
        if case.id in seen:
            entry.fail(f"the id {case.id} stands here twice; give each case its own")
        seen.add(case.id)
    if not cases:
        top["vectors"].fail("no cases in here")
    return cases


def _answer(clearance: Clearance) -> dict[str, Json]:
    whole = clearance.to_json()
    whole["local_times"] = clearance.inputs["local_times"]
    return {name: whole[name] for name in EXPECTED}


def _case(entry: Entry) -> Case:
    fields = entry.fields(NEEDED, ALLOWED)
    name = fields["id"].text()
    try:
        facts = _facts(fields)
    except FactsError as problem:
        raise DataError(f"{entry.file}, line {entry.node.start_mark.line + 1}: {name}: {problem}") from problem
    expected = _expected(fields["expect"]) if "expect" in fields else {}
    if "local_times" in fields:
        expected["local_times"] = {zone: shown.text() for zone, shown in fields["local_times"].names().items()}
    return Case(name, facts, expected)


def _facts(fields: dict[str, Entry]) -> Facts:
    """A case is told without the books and the register: the invoice is open and every license on record."""
    purpose, channel = fields.get("purpose"), fields.get("channel")
    return Facts(
        purpose=purpose.one_of(Purpose, ", ".join(Purpose)) if purpose else Purpose.COLLECT,
        channel=channel.one_of(Channel, ", ".join(Channel)) if channel else Channel.CALL,
        at=fields["at_utc"].instant(),
        phone=fields["phone"].text_or_none(),
        line_type=fields["line_type"].one_of(LineType, ", ".join(LineType)),
        address_state=fields["address"].text_or_none(),
        city=fields["city"].text() if "city" in fields else None,
        extra_zones=fields["extra_zones"].texts() if "extra_zones" in fields else (),
        debtor_type=fields["debtor_type"].one_of(DebtorType, ", ".join(DebtorType)),
        role=fields["role"].one_of(Role, ", ".join(Role)),
        consent=fields["consent"].one_of(Consent, ", ".join(Consent)),
        due_date=None if fields["due_date"].is_null else fields["due_date"].day(),
        history=tuple(_event(item) for item in fields["history"].items()) if "history" in fields else (),
        flags=_flags(fields["flags"]) if "flags" in fields else Flags(),
        books_open=True,
        balance_positive=True,
    )


def _event(entry: Entry) -> ContactEvent:
    fields = entry.fields("at_utc channel result")
    return ContactEvent(
        at=fields["at_utc"].instant(),
        channel=fields["channel"].one_of(Channel, ", ".join(Channel)),
        result=fields["result"].one_of(Result, ", ".join(Result)),
    )


def _flags(entry: Entry) -> Flags:
    fields = entry.fields("", FLAGS)

    def said(name: str) -> bool:
        return name in fields and fields[name].boolean()

    return Flags(
        dispute=_dispute(fields["dispute"]) if "dispute" in fields else None,
        not_between=_refused_times(fields["not_between"]) if "not_between" in fields else (),
        callback_requested_utc=(
            fields["callback_requested_utc"].instant() if "callback_requested_utc" in fields else None
        ),
        bankruptcy=said("bankruptcy"),
        deceased=said("deceased"),
        attorney=said("attorney"),
        cease=said("cease"),
        wrong_number=said("wrong_number"),
        workplace_refused=said("workplace_refused"),
    )


def _dispute(entry: Entry) -> Dispute:
    fields = entry.fields("written within_30_days_of_notice")
    return Dispute(fields["written"].boolean(), fields["within_30_days_of_notice"].boolean())


def _refused_times(entry: Entry) -> tuple[tuple[time, time], ...]:
    """One pair of clock times, or a list of pairs."""
    items = entry.items()
    pairs = [entry] if items and items[0].is_text else items
    return tuple(_pair(pair) for pair in pairs)


def _pair(entry: Entry) -> tuple[time, time]:
    items = entry.items()
    if len(items) != 2:
        entry.fail("a pair of clock times belongs here (['08:00', '12:00'])")
    start, end = (item.minute() % (24 * 60) for item in items)
    return time(start // 60, start % 60), time(end // 60, end % 60)


def _expected(entry: Entry) -> dict[str, Json]:
    fields = entry.fields("decision reason all_reasons law_only", "layer next_allowed_at")
    law_only = fields["law_only"].fields("decision reason")
    expected: dict[str, Json] = {
        "decision": fields["decision"].text(),
        "reason": fields["reason"].text(),
        "layer": fields["layer"].text() if "layer" in fields else None,
        "all_reasons": [*fields["all_reasons"].texts()],
        "law_only": {name: law_only[name].text() for name in ("decision", "reason")},
    }
    if "next_allowed_at" in fields:
        expected["next_allowed_at"] = fields["next_allowed_at"].text()
    return expected
