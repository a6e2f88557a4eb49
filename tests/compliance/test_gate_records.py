"""Facts and answers on record: stored as JSON, read back strictly, computed again to the same words."""

import json
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.clearance import Clearance
from compliance.explanation import explain
from compliance.facts import (
    Channel,
    ContactEvent,
    DebtorType,
    Dispute,
    Facts,
    FactsError,
    FirmSettings,
    Flags,
    ProductFacts,
    Purpose,
    Result,
)
from compliance.gate import decide
from compliance.law import Layer
from compliance.records import RecordError
from compliance.wording import LAYERS, REASONS, VERIFIED, in_words
from compliance.wording import RULES as RULES_IN_WORDS
from tests.compliance.gate_facts import NOON, RULES, a_call, callable_contacts, contacts, dialed, utc

FULL = a_call(
    city="Columbus",
    extra_zones=("America/Denver",),
    history=(dialed(NOON - timedelta(days=5), "conversation", at_work=True),),
    flags=Flags(
        dispute=Dispute(written=True, within_30_days_of_notice=False),
        not_between=((time(8), time(12)),),
        callback_requested_utc=NOON,
    ),
    licensed_in=frozenset({"US-OH", "US-CO"}),
    firm=FirmSettings(hours=(time(9), time(17)), weekdays=frozenset({0, 1})),
    product=ProductFacts(on_hold=True, hold_until=utc("2026-12-09T00:00")),
)


def test_the_facts_of_a_decision_come_back_word_for_word() -> None:
    stored = json.dumps(FULL.to_json())

    again = Facts.from_json(json.loads(stored))

    assert again == FULL
    assert decide(again, RULES) == decide(FULL, RULES)


def test_only_what_differs_from_the_default_is_stored() -> None:
    assert Facts(purpose=Purpose.COLLECT, channel=Channel.CALL, at=NOON).to_json() == {
        "purpose": "collect",
        "channel": "call",
        "at": "2026-12-01T17:00:00Z",
    }
    assert FULL.to_json()["licensed_in"] == ["US-CO", "US-OH"]
    assert FULL.to_json()["history"] == [
        {"at": "2026-11-26T17:00:00Z", "channel": "call", "result": "conversation", "at_work": True}
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"purposes": "collect"}, "Facts: unknown field 'purposes'"),
        ({"purpose": "collecting"}, "Facts.purpose: 'collecting' is not a valid Purpose"),
        ({"purpose": 3}, "Facts.purpose: str expected, not int"),
        ({"at": "yesterday"}, "Facts.at: Invalid isoformat string"),
        ({"at": "2026-12-01T17:00:00"}, "Facts.at: a moment with its zone"),
        ({"history": {}}, "Facts.history: list expected, not dict"),
        ({"history": [{"at": "2026-12-01T17:00:00Z"}]}, "Facts.history: ContactEvent: "),
        ({"to_attorney": 1}, "Facts.to_attorney: bool expected, not int"),
        ({"due_date": "2026-13-01"}, "Facts.due_date: "),
        ({"flags": {"not_between": [["08:00"]]}}, "Facts.flags: Flags.not_between: "),
        ({"flags": {"not_between": [["08:00:30", "09:00"]]}}, "a clock time in whole minutes"),
        ({"firm": {"hours": ["17:00", "09:00"]}}, "17:00 must come before 09:00"),
        ({"firm": {"weekdays": [7]}}, "0 (Monday) to 6 (Sunday)"),
        ({"product": {"hold_until": "2026-12-01T17:00:00"}}, "ProductFacts.hold_until: a moment with its zone"),
        ({"extra_zones": ["Mars/North"]}, "'Mars/North' is no time zone"),
    ],
)
def test_a_record_that_was_tampered_with_is_refused_by_name(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(FactsError) as refused:
        Facts.from_json(FULL.to_json() | change)

    assert complaint in str(refused.value)


def test_what_is_no_record_at_all_is_refused() -> None:
    with pytest.raises(FactsError, match="names with values belong here, not list"):
        Facts.from_json([])
    with pytest.raises(FactsError, match="channel"):
        Facts.from_json({"purpose": "collect"})
    with pytest.raises(RecordError, match="this is no stored clearance"):
        Clearance.from_json({"decision": "maybe"})
    with pytest.raises(RecordError, match="this is no stored clearance"):
        Clearance.from_json(decide(FULL, RULES).to_json() | {"decision": "maybe"})


def test_an_answer_comes_back_from_its_record() -> None:
    blocked = decide(replace(FULL, at=utc("2026-12-06T08:00")), RULES)

    assert Clearance.from_json(json.loads(json.dumps(blocked.to_json()))) == blocked
    assert not blocked.is_allowed


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    eastern = datetime(2026, 12, 1, 12, tzinfo=timezone(timedelta(hours=-5)))

    assert decide(a_call(at=eastern), RULES).inputs["at"] == "2026-12-01T17:00:00Z"
    assert decide(a_call(at=eastern), RULES) == decide(a_call(), RULES)


def test_words_from_a_database_column_are_taken_and_unknown_ones_are_not() -> None:
    column: Any = "sms"
    unknown: Any = "fax"

    facts = Facts(purpose=Purpose.COLLECT, channel=column, at=NOON)

    assert facts.channel is Channel.SMS
    with pytest.raises(FactsError, match="'fax' is not one of call, sms, email, letter"):
        Facts(purpose=Purpose.COLLECT, channel=unknown, at=NOON)
    with pytest.raises(FactsError, match=r"ContactEvent\.at"):
        ContactEvent(datetime(2026, 12, 1), Channel.CALL, Result.BUSY)  # noqa: DTZ001
    with pytest.raises(FactsError, match=r"Flags\.callback_requested_utc"):
        Flags(callback_requested_utc=datetime(2026, 12, 1))  # noqa: DTZ001


def test_every_reason_is_said_in_plain_words() -> None:
    words = {code: str(in_words(code)) for code in REASONS}

    assert words["DISPUTE_OPEN"] == "The customer disputes this invoice"
    assert words["NUMBER_CONTACTED_RECENTLY"] == "This number was contacted recently"
    assert len(set(words.values())) == len(words)
    for code, said in words.items():
        assert said[0].isupper()
        assert not said.endswith(".") or said.endswith("D.C.")
        assert code not in said
    assert {str(each) for each in LAYERS} == {"law", "overlay", "house"}
    assert set(RULES_IN_WORDS) == set(RULES.file.codes)
    assert set(VERIFIED) == {"seen", "memory", "ours"}


def test_a_stored_answer_is_explained_rule_by_rule() -> None:
    facts = a_call(
        phone="+16175550142",
        address_state="US-MA",
        debtor_type=DebtorType.CONSUMER,
        at=utc("2026-12-02T01:30"),
        history=(dialed(NOON - timedelta(days=4)), dialed(NOON - timedelta(days=5))),
    )
    explained = explain(Facts.from_json(json.loads(json.dumps(facts.to_json()))), RULES)

    lines = explained.lines
    assert explained.clearance == decide(facts, RULES)
    against = [(line.code, line.layer, line.source.verified, line.figures) for line in lines if line.speaks_against]
    budget = {"counted": 2, "refused_from": 2, "days": 7, "per": "invoice"}
    closed = {"closed_in": ["America/New_York"]}
    assert against == [
        ("FREQ_MA_2IN7", Layer.LAW, "seen", budget),
        ("HOURS_HOUSE", Layer.HOUSE, "ours", {"hours": "09:00-20:00", **closed}),
        ("HOURS_OVERLAY", Layer.OVERLAY, "seen", {"hours": "mon-sun 08:00-20:00", **closed}),
    ]
    assert list(dict.fromkeys(line.code for line in lines)) == [*RULES.file.codes]
    kept = {line.code: line.figures for line in lines if line.verdict == "kept"}
    assert kept["FREQ_REGF_7IN7"] == {"counted": 2, "refused_from": 7, "days": 7, "per": "invoice"}
    assert kept["MAX_ATTEMPTS_HOUSE"] == {"attempts": 2, "max_attempts": 3}
    assert kept["TOO_EARLY_HOUSE"] == {"due_date": "2026-11-20", "first_attempt_day": 3}
    assert kept["TIME_BARRED"] == {"years": 6, "barred_after": "2032-11-20"}
    hours = [line.figures for line in lines if line.code == "HOURS_LAW"]
    assert hours == [{"hours": "mon-sun 08:00-21:00", "zones": ["America/New_York"]}] * 2  # federal and the state's
    overlay = [(line.verdict, line.figures["hours"]) for line in lines if line.code == "HOURS_OVERLAY"]
    assert overlay == [("refuses", "mon-sun 08:00-20:00"), ("kept", "mon-sun 08:00-21:00")]
    unbound = {line.code for line in lines if line.verdict == "not_bound"}
    assert {"FREQ_NYC_3IN7", "HOURS_AUTOMATED_LAW", "NOT_A_MEMBER", "ON_HOLD"} <= unbound
    assert str(lines[0].words) == "Only customers in the 50 states and Washington, D.C. are contacted"


@given(st.one_of(contacts(), callable_contacts()))
def test_every_contact_is_explained_as_it_was_decided(facts: Facts) -> None:
    explained = explain(facts, RULES)

    against = [line.code for line in explained.lines if line.speaks_against]
    assert tuple(dict.fromkeys(against)) or explained.clearance.all_reasons == ("OK",)
    assert len(against) == len(explained.clearance.citations)
    assert {line.code for line in explained.lines} == set(RULES.file.codes)
    json.dumps([line.to_json() for line in explained.lines])


def test_the_primary_reasons_of_one_day_are_the_same_for_two_equal_contacts() -> None:
    assert decide(FULL, RULES) == decide(replace(FULL), RULES)
    assert decide(FULL, RULES) != decide(replace(FULL, due_date=date(2026, 11, 19)), RULES)
