"""How soon, how often: day three, the gap, the attempts, and the budgets of law per invoice, person and number."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from compliance.facts import Channel, Consent, ContactEvent, FirmSettings, Flags, LineType, Purpose, Result, Role
from compliance.gate import decide
from tests.compliance.gate_facts import NOON, RULES, a_call, a_consumer_call, dialed, reasons, utc

DAY = timedelta(days=1)


def days_ago(*days: float, result: str = "no_answer", channel: Channel = Channel.CALL) -> tuple[ContactEvent, ...]:
    return tuple(ContactEvent(NOON - each * DAY, channel, Result(result)) for each in days)


def test_the_day_past_due_is_counted_on_the_earliest_calendar() -> None:
    """01:00 UTC on the 5th is still the 4th in Seattle and in Columbus; in Kathmandu it is not."""
    facts = a_call(phone="+12065550142", address_state="US-WA", at=utc("2026-12-05T01:00"), due_date=date(2026, 12, 2))

    assert reasons(facts) == ("TOO_EARLY_HOUSE",)
    assert decide(facts, RULES).inputs["days_past_due"] == 2
    assert "TOO_EARLY_HOUSE" in reasons(replace(facts, extra_zones=("Asia/Kathmandu",)))
    assert reasons(replace(facts, due_date=date(2026, 12, 1))) == ("OK",)


def test_a_firm_may_wait_longer_and_not_shorter() -> None:
    facts = a_call(due_date=date(2026, 11, 25))

    assert reasons(facts) == ("OK",)
    assert reasons(replace(facts, firm=FirmSettings(first_attempt_day=7))) == ("TOO_EARLY_HOUSE",)
    assert reasons(replace(facts, firm=FirmSettings(first_attempt_day=1))) == ("OK",)


def test_an_invoice_without_a_due_date_is_not_collected() -> None:
    assert reasons(a_call(due_date=None)) == ("NO_TERMS",)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (days_ago(4, 8, 12), ("MAX_ATTEMPTS_HOUSE",)),
        (days_ago(4, 8), ("OK",)),
        (days_ago(4, 8) + days_ago(12, result="failed_before_ring"), ("OK",)),
        (days_ago(4, 8) + days_ago(12, result="busy"), ("MAX_ATTEMPTS_HOUSE",)),
        (days_ago(4, 8) + days_ago(12, result="voicemail"), ("MAX_ATTEMPTS_HOUSE",)),
        (days_ago(4, 8) + days_ago(2, 3, channel=Channel.EMAIL, result="sent"), ("OK",)),
        ((*days_ago(4, 8), dialed(NOON - DAY, "conversation", inbound=True)), ("OK",)),
    ],
)
def test_every_dial_that_reached_the_carrier_is_an_attempt_and_nothing_else_is(
    history: tuple[ContactEvent, ...], expected: tuple[str, ...]
) -> None:
    assert reasons(a_call(history=history)) == expected


def test_attempts_are_counted_per_invoice_and_the_gap_per_person_and_number_too() -> None:
    other = days_ago(2)

    assert reasons(a_call(person_history=days_ago(4, 5, 6, 7))) == ("OK",)
    assert reasons(a_call(person_history=other)) == ("MIN_GAP_HOUSE",)
    assert reasons(a_call(number_history=other)) == ("MIN_GAP_HOUSE",)


@pytest.mark.parametrize(("days", "expected"), [(2, "MIN_GAP_HOUSE"), (3, "OK")])
def test_the_gap_is_three_calendar_dates_not_seventy_two_hours(days: int, expected: str) -> None:
    late = dialed(NOON - days * DAY + timedelta(hours=2))

    assert reasons(a_call(history=(late,))) == (expected,)


def test_the_gap_is_the_smallest_over_all_zones() -> None:
    """00:30 in New York is still the evening before in Los Angeles: two dates and three, so two."""
    facts = a_call(phone="+16075550142", address_state="US-WA", at=utc("2026-12-04T18:00"))

    assert reasons(replace(facts, history=(dialed(utc("2026-12-02T05:30")),))) == ("MIN_GAP_HOUSE",)
    assert reasons(replace(facts, history=(dialed(utc("2026-12-02T04:30")),))) == ("OK",)


def test_a_firms_larger_gap_is_the_houses_reason_with_the_firms_figure() -> None:
    clearance = decide(a_call(history=days_ago(4), firm=FirmSettings(min_gap_days=7, max_attempts=2)), RULES)

    assert clearance.all_reasons == ("MIN_GAP_HOUSE",)
    assert clearance.inputs["findings"] == [
        {"code": "MIN_GAP_HOUSE", "layer": "house", "last_attempt": "2026-11-27T17:00:00+00:00", "min_gap_days": 7}
    ]
    assert clearance.next_allowed_at == utc("2026-12-04T14:00")
    assert reasons(a_call(history=days_ago(8, 20), firm=FirmSettings(max_attempts=2))) == ("MAX_ATTEMPTS_HOUSE",)


@pytest.mark.parametrize(
    ("result", "expected"),
    [("no_answer", True), ("voicemail", True), ("busy", False), ("failed_before_ring", False)],
)
def test_the_eighth_call_in_seven_days_is_refused_by_law(result: str, expected: bool) -> None:
    history = days_ago(0.1, 1, 2, 3, 4, 5, 6, result=result)

    clearance = decide(a_consumer_call(history=history), RULES)

    assert ("FREQ_REGF_7IN7" in clearance.all_reasons) is expected
    assert (clearance.law_only.reason == "FREQ_REGF_7IN7") is expected


def test_seven_calls_bind_nobody_but_collectors_of_consumer_debts() -> None:
    history = days_ago(0.1, 1, 2, 3, 4, 5, 6)

    assert "FREQ_REGF_7IN7" not in reasons(a_call(history=history))
    assert "FREQ_REGF_7IN7" not in reasons(a_consumer_call(history=history, role=Role.FIRST_PARTY))


@pytest.mark.parametrize(("days", "expected"), [(6, "FREQ_REGF_CONVERSATION"), (7, "OK")])
def test_a_conversation_is_quiet_for_seven_dates_whoever_rang(days: int, expected: str) -> None:
    for inbound in (False, True):
        spoken = dialed(NOON - days * DAY, "conversation", inbound=inbound)

        assert reasons(a_consumer_call(history=(spoken,))) == (expected,)


def test_what_counts_per_invoice_by_law_counts_per_person_by_our_own_policy() -> None:
    """A conversation about another invoice four days ago: lawful, and still too soon for us."""
    clearance = decide(a_consumer_call(person_history=days_ago(4, result="conversation")), RULES)

    assert (clearance.reason, clearance.layer) == ("FREQ_REGF_CONVERSATION", "house")
    assert clearance.law_only.decision == "allowed"
    assert clearance.next_allowed_at == utc("2026-12-04T14:00")


def test_massachusetts_counts_calls_and_texts_of_creditors_too() -> None:
    facts = a_consumer_call(phone="+16175550142", address_state="US-MA", role=Role.FIRST_PARTY)

    assert reasons(replace(facts, history=days_ago(4, 6))) == ("FREQ_MA_2IN7",)
    assert reasons(replace(facts, history=days_ago(4) + days_ago(1, channel=Channel.SMS, result="sent"))) == (
        "FREQ_MA_2IN7",
    )
    assert reasons(replace(facts, history=days_ago(4) + days_ago(1, channel=Channel.EMAIL, result="sent"))) == ("OK",)
    assert reasons(replace(facts, history=days_ago(4, 7))) == ("OK",)
    at_work = tuple(dialed(NOON - days * DAY, at_work=True) for days in (10, 20))
    assert reasons(replace(facts, at_work=True, history=at_work)) == ("FREQ_MA_2IN7",)
    assert reasons(replace(facts, at_work=False, history=at_work)) == ("OK",)


def test_new_york_city_counts_all_channels_and_only_for_who_may_live_there() -> None:
    history = (
        days_ago(4)
        + days_ago(1, channel=Channel.EMAIL, result="sent")
        + days_ago(2, channel=Channel.SMS, result="sent")
    )
    facts = a_consumer_call(phone="+16075550142", address_state="US-NY", role=Role.FIRST_PARTY, history=history)

    assert reasons(replace(facts, city="Queens")) == ("FREQ_NYC_3IN7",)
    assert reasons(facts) == ("FREQ_NYC_3IN7",)
    assert reasons(replace(facts, city="Albany")) == ("OK",)
    assert reasons(replace(facts, city="Queens", channel=Channel.EMAIL)) == ("FREQ_NYC_3IN7",)


def test_washington_counts_letters_and_businesses_of_agencies() -> None:
    history = days_ago(1, 2, 3, channel=Channel.LETTER, result="sent")
    facts = a_call(phone="+12065550142", address_state="US-WA", history=history, at=NOON + timedelta(hours=2))

    assert reasons(facts) == ("FREQ_WA_3PERWEEK",)
    assert reasons(replace(facts, role=Role.FIRST_PARTY)) == ("OK",)
    assert reasons(replace(facts, channel=Channel.LETTER)) == ("FREQ_WA_3PERWEEK",)
    once_at_work = (dialed(NOON - 5 * DAY, at_work=True),)
    assert reasons(replace(facts, history=once_at_work, at_work=True)) == ("FREQ_WA_3PERWEEK",)
    assert reasons(replace(facts, history=once_at_work, at_work=False)) == ("OK",)


def test_the_district_counts_calls_and_messages_apart() -> None:
    facts = a_consumer_call(phone="+12025550142", address_state="US-DC", role=Role.FIRST_PARTY)
    mails = days_ago(1, 2, 3, 4, 5, channel=Channel.EMAIL, result="sent")

    assert "FREQ_DC_4IN7" in reasons(replace(facts, history=days_ago(3, 4, 5, 6)))
    assert reasons(replace(facts, history=mails)) == ("OK",)
    assert reasons(replace(facts, history=mails, channel=Channel.EMAIL)) == ("FREQ_DC_4IN7",)
    assert reasons(replace(facts, history=mails[:4], channel=Channel.EMAIL)) == ("OK",)


def test_west_virginia_counts_thirty_calls_or_ten_conversations_of_a_person() -> None:
    facts = a_consumer_call(phone="+13045550142", address_state="US-WV", role=Role.FIRST_PARTY)
    thirty = tuple(dialed(NOON - 3 * DAY - timedelta(minutes=each)) for each in range(30))
    ten = tuple(dialed(NOON - 3 * DAY - timedelta(minutes=each), "conversation") for each in range(10))

    assert reasons(replace(facts, person_history=thirty)) == ("FREQ_WV_30PERWEEK",)
    assert reasons(replace(facts, person_history=thirty[1:])) == ("OK",)
    assert reasons(replace(facts, person_history=ten)) == ("FREQ_WV_30PERWEEK",)
    assert reasons(replace(facts, person_history=ten[1:])) == ("OK",)


def test_oregon_counts_one_call_a_week_at_work() -> None:
    facts = a_consumer_call(phone="+15035550142", address_state="US-OR", at=NOON + timedelta(hours=2))
    at_work = (dialed(NOON - 4 * DAY, at_work=True),)

    assert reasons(replace(facts, person_history=at_work)) == ("FREQ_OR_WORK_1PERWEEK",)
    assert reasons(replace(facts, person_history=at_work, at_work=False)) == ("OK",)
    assert reasons(replace(facts, person_history=days_ago(4))) == ("OK",)


@pytest.mark.parametrize("purpose", [Purpose.COLLECT, Purpose.SERVICE])
def test_a_home_line_without_consent_is_called_three_times_in_thirty_days_for_whatever_purpose(
    purpose: Purpose,
) -> None:
    facts = a_consumer_call(
        line_type=LineType.LANDLINE, consent=Consent.NONE, number_history=days_ago(8, 15, 29), purpose=purpose
    )

    assert reasons(facts) == ("CONSENT_MISSING", "FREQ_TCPA_RES_3IN30")
    assert decide(facts, RULES).law_only.reason == "FREQ_TCPA_RES_3IN30"
    assert reasons(replace(facts, consent=Consent.EXPRESS)) == ("OK",)
    assert reasons(replace(facts, number_history=days_ago(8, 15, 30))) == ("CONSENT_MISSING",)


@pytest.mark.parametrize("purpose", [Purpose.DISPUTE, Purpose.SERVICE, Purpose.LEGAL])
def test_budgets_and_gaps_bind_collecting_alone(purpose: Purpose) -> None:
    history = days_ago(0.1, 1, 2, 3, result="conversation")

    facts = a_consumer_call(purpose=purpose, phone="+16175550142", address_state="US-MA", history=history)

    assert reasons(facts) == ("OK",)
    assert reasons(replace(facts, due_date=date(2027, 1, 1))) == ("OK",)


def test_the_same_event_in_two_histories_counts_once() -> None:
    facts = a_consumer_call(phone="+13045550142", address_state="US-WV", role=Role.FIRST_PARTY)
    twenty = tuple(dialed(NOON - 3 * DAY - timedelta(minutes=each)) for each in range(20))

    assert reasons(replace(facts, history=twenty[:2], person_history=twenty, number_history=twenty)) == ("OK",)


def test_a_callback_sets_aside_the_gap_and_regulation_f_and_nothing_else() -> None:
    spoken = days_ago(2, result="conversation")
    asked = Flags(callback_requested_utc=NOON, callback_asked_utc=NOON - 2 * DAY)
    facts = a_consumer_call(history=spoken, flags=asked)

    assert reasons(facts) == ("OK",)
    assert reasons(replace(facts, at=NOON + timedelta(minutes=30))) == ("OK",)
    assert reasons(replace(facts, at=NOON + timedelta(minutes=31))) == ("FREQ_REGF_CONVERSATION", "MIN_GAP_HOUSE")
    assert reasons(replace(facts, at=NOON - timedelta(seconds=1))) == ("FREQ_REGF_CONVERSATION", "MIN_GAP_HOUSE")
    assert reasons(replace(facts, history=spoken * 1 + days_ago(8, 9))) == ("MAX_ATTEMPTS_HOUSE",)
    in_boston = replace(facts, phone="+16175550142", address_state="US-MA", history=days_ago(2, 5))
    assert reasons(in_boston) == ("FREQ_MA_2IN7",)


def test_a_callback_asked_for_more_than_a_week_ahead_sets_nothing_aside() -> None:
    asked = Flags(callback_requested_utc=NOON, callback_asked_utc=NOON - 8 * DAY)

    assert reasons(a_call(history=days_ago(2), flags=asked)) == ("MIN_GAP_HOUSE",)


def test_every_budget_is_on_record_used_up_or_not() -> None:
    clearance = decide(a_consumer_call(phone="+16175550142", address_state="US-MA", history=days_ago(4)), RULES)

    assert clearance.inputs["budgets"] == [
        {"code": "FREQ_REGF_7IN7", "counted": 1, "refused_from": 7, "days": 7},
        {"code": "FREQ_REGF_CONVERSATION", "counted": 0, "refused_from": 1, "days": 7},
        {"code": "FREQ_MA_2IN7", "counted": 1, "refused_from": 2, "days": 7},
        {"code": "FREQ_MA_2IN7", "counted": 0, "refused_from": 2, "days": 30},
    ]
    assert clearance.inputs["attempts"] == 1
    assert clearance.inputs["last_attempt"] == "2026-11-27T17:00:00Z"
