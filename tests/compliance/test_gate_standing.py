"""Stops, disputes, consent, licenses, old debts: what no waiting cures, and for which purposes."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.facts import Channel, Consent, DebtorType, Dispute, Facts, Flags, LineType, Paper, Purpose, Role
from compliance.gate import decide
from tests.compliance.gate_facts import RULES, a_call, a_consumer_call, flagged, reasons, utc

NOT_COLLECTING = (Purpose.DISPUTE, Purpose.SERVICE, Purpose.LEGAL)


def answer(facts: Facts) -> tuple[str, str | None]:
    clearance = decide(facts, RULES)
    assert clearance.next_allowed_at is None
    return clearance.reason, clearance.layer


@pytest.mark.parametrize("flag", ["bankruptcy", "deceased", "attorney", "cease", "wrong_number"])
@pytest.mark.parametrize("purpose", [Purpose.COLLECT, *NOT_COLLECTING])
@pytest.mark.parametrize("channel", [Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.LETTER])
def test_a_suppression_binds_every_purpose_and_channel(flag: str, purpose: Purpose, channel: Channel) -> None:
    facts = a_consumer_call(purpose=purpose, channel=channel, flags=flagged(**{flag: True}))

    assert len(reasons(facts)) == 1
    assert decide(facts, RULES).decision == "blocked"


@pytest.mark.parametrize("purpose", NOT_COLLECTING)
def test_the_attorney_may_be_written_to_about_anything_but_money(purpose: Purpose) -> None:
    flags = Flags(attorney=True, cease=True)

    to_attorney = a_consumer_call(purpose=purpose, channel=Channel.EMAIL, flags=flags, to_attorney=True)

    assert reasons(to_attorney) == ("OK",)
    assert reasons(replace(to_attorney, purpose=Purpose.COLLECT))[:2] == ("ATTORNEY_REPRESENTED", "CEASE_REQUESTED")
    assert reasons(replace(to_attorney, flags=replace(flags, bankruptcy=True))) == ("BANKRUPTCY",)


@pytest.mark.parametrize(
    ("debtor_type", "role", "layer"),
    [
        (DebtorType.CONSUMER, Role.THIRD_PARTY, "law"),
        (DebtorType.UNKNOWN, Role.THIRD_PARTY, "law"),
        (DebtorType.CONSUMER, Role.FIRST_PARTY, "house"),
        (DebtorType.BUSINESS, Role.THIRD_PARTY, "house"),
    ],
)
def test_a_request_to_stop_is_law_for_collectors_of_consumer_debts_and_ours_for_all_others(
    debtor_type: DebtorType, role: Role, layer: str
) -> None:
    facts = a_call(debtor_type=debtor_type, role=role)

    assert answer(replace(facts, flags=Flags(cease=True))) == ("CEASE_REQUESTED", layer)
    assert answer(replace(facts, flags=Flags(attorney=True))) == ("ATTORNEY_REPRESENTED", layer)
    assert answer(replace(facts, flags=Flags(workplace_refused=True))) == ("INCONVENIENT_PLACE", layer)


@pytest.mark.parametrize(
    ("line_type", "layer"),
    [("wireless", "law"), ("voip", "law"), ("unknown", "law"), ("landline", "house"), ("toll_free", "house")],
)
def test_a_wrong_number_is_law_on_anything_that_may_be_a_mobile(line_type: str, layer: str) -> None:
    facts = a_call(line_type=LineType(line_type), flags=Flags(wrong_number=True))

    assert answer(facts) == ("WRONG_NUMBER", layer)


@pytest.mark.parametrize(
    ("state", "role", "debtor_type", "written", "in_time", "layer"),
    [
        ("US-OH", Role.THIRD_PARTY, DebtorType.CONSUMER, True, True, "law"),
        ("US-OH", Role.THIRD_PARTY, DebtorType.CONSUMER, False, True, "house"),
        ("US-OH", Role.THIRD_PARTY, DebtorType.CONSUMER, True, False, "house"),
        ("US-OH", Role.FIRST_PARTY, DebtorType.CONSUMER, True, True, "house"),
        ("US-MA", Role.FIRST_PARTY, DebtorType.CONSUMER, True, True, "law"),
        ("US-MA", Role.FIRST_PARTY, DebtorType.BUSINESS, True, True, "house"),
        ("US-OH", Role.THIRD_PARTY, DebtorType.BUSINESS, True, True, "house"),
    ],
)
def test_a_dispute_stops_collecting_by_law_or_by_our_own_policy(
    state: str, role: Role, debtor_type: DebtorType, written: bool, in_time: bool, layer: str
) -> None:
    facts = a_call(
        address_state=state, role=role, debtor_type=debtor_type, flags=Flags(dispute=Dispute(written, in_time))
    )

    assert answer(facts) == ("DISPUTE_OPEN", layer)


def test_massachusetts_is_cited_where_its_rule_for_creditors_is_the_reason() -> None:
    facts = a_consumer_call(address_state="US-MA", role=Role.FIRST_PARTY, flags=Flags(dispute=Dispute(True, True)))

    assert [citation.source.text[:18] for citation in decide(facts, RULES).citations] == ["940 CMR 7.08(2): c"]


@pytest.mark.parametrize("purpose", NOT_COLLECTING)
def test_a_dispute_does_not_stop_the_answer_to_it(purpose: Purpose) -> None:
    facts = a_consumer_call(purpose=purpose, channel=Channel.EMAIL, flags=Flags(dispute=Dispute(True, True)))

    assert reasons(facts) == ("OK",)
    assert reasons(replace(facts, books_open=None, balance_positive=False, left_reason="agency")) == ("OK",)


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        ({"books_open": False}, "NOT_COLLECTIBLE"),
        ({"books_open": None}, "NOT_COLLECTIBLE"),
        ({"balance_positive": False}, "NOT_COLLECTIBLE"),
        ({"balance_positive": None}, "NOT_COLLECTIBLE"),
        ({"left_reason": "agency"}, "NOT_COLLECTIBLE"),
        ({"left_reason": "unresolved"}, "NOT_COLLECTIBLE"),
        ({"left_reason": "your_decision"}, "OWNER_DECIDES"),
        ({"left_reason": None}, "OK"),
        ({"left_reason": ""}, "OK"),
    ],
)
def test_only_an_open_invoice_that_is_still_ours_is_collected(standing: dict[str, object], expected: str) -> None:
    assert reasons(a_call(**standing)) == (expected,)


@pytest.mark.parametrize(
    ("line_type", "state", "debtor_type", "layer"),
    [
        ("wireless", "US-OH", DebtorType.BUSINESS, "law"),
        ("voip", "US-OH", DebtorType.BUSINESS, "law"),
        ("unknown", "US-OH", DebtorType.BUSINESS, "law"),
        ("landline", "US-OH", DebtorType.BUSINESS, "house"),
        ("landline", "US-OH", DebtorType.CONSUMER, "house"),
        ("landline", "US-CA", DebtorType.BUSINESS, "law"),  # prior agreement for automated voices
    ],
)
def test_an_artificial_voice_needs_consent_on_record(
    line_type: str, state: str, debtor_type: DebtorType, layer: str
) -> None:
    facts = a_call(
        line_type=LineType(line_type),
        address_state=state,
        debtor_type=debtor_type,
        consent=Consent.NONE,
        at=utc("2026-12-01T18:00"),
    )

    assert answer(facts) == ("CONSENT_MISSING", layer)
    assert reasons(replace(facts, consent=Consent.EXPRESS)) == ("OK",)


@pytest.mark.parametrize("purpose", [Purpose.COLLECT, *NOT_COLLECTING])
@pytest.mark.parametrize("channel", [Channel.CALL, Channel.SMS, Channel.EMAIL])
def test_a_revoked_consent_binds_every_purpose(purpose: Purpose, channel: Channel) -> None:
    assert answer(a_call(purpose=purpose, channel=channel, consent=Consent.REVOKED)) == ("CONSENT_REVOKED", "law")


@pytest.mark.parametrize(
    ("state", "city", "needed"), [("US-DC", None, True), ("US-NY", None, True), ("US-NY", "Albany", False)]
)
def test_washington_and_new_york_city_want_a_yes_before_electronic_messages(
    state: str, city: str | None, needed: bool
) -> None:
    facts = a_consumer_call(
        channel=Channel.EMAIL, phone="+16145550101", address_state=state, city=city, consent=Consent.NONE
    )

    assert reasons(facts) == (("CONSENT_MISSING",) if needed else ("OK",))
    assert reasons(replace(facts, purpose=Purpose.LEGAL)) == ("OK",)
    assert reasons(replace(facts, debtor_type=DebtorType.BUSINESS)) == ("OK",)


@pytest.mark.parametrize(
    ("state", "role", "license", "expected"),
    [
        ("US-OH", Role.THIRD_PARTY, {}, ("OK",)),
        ("US-OH", Role.THIRD_PARTY, {"has_license": True}, ("OK",)),
        ("US-OH", Role.THIRD_PARTY, {"has_license": False}, ("LICENCE_MISSING",)),
        ("US-OH", Role.FIRST_PARTY, {"has_license": False}, ("OK",)),
        ("US-GA", Role.THIRD_PARTY, {"has_license": False}, ("OK",)),  # none listed there
        ("US-NY", Role.THIRD_PARTY, {"has_license": False}, ("LICENCE_MISSING",)),  # the city's
        ("US-OH", Role.THIRD_PARTY, {"licensed_in": frozenset({"US-OH"})}, ("OK",)),
        ("US-OH", Role.THIRD_PARTY, {"licensed_in": frozenset()}, ("LICENCE_MISSING",)),
        ("US-MI", Role.THIRD_PARTY, {"licensed_in": frozenset({"US-OH"})}, ("LICENCE_MISSING",)),
    ],
)
def test_who_collects_for_others_needs_the_license_of_every_candidate_state(
    state: str, role: Role, license: dict[str, object], expected: tuple[str, ...]
) -> None:
    phone = "+14045550102" if state == "US-GA" else "+16145550102" if license.get("licensed_in") else None
    phone = phone or {"US-OH": "+16145550102", "US-NY": "+16075550102"}.get(state, "+12315550102")

    assert reasons(a_call(phone=phone, address_state=state, role=role, **license)) == expected


@pytest.mark.parametrize(
    ("state", "due", "paper", "barred"),
    [
        ("US-OH", date(2020, 12, 1), Paper.WRITTEN, False),  # six years to the day
        ("US-OH", date(2020, 11, 30), Paper.WRITTEN, True),
        ("US-OH", date(2023, 1, 1), Paper.GOODS, False),
        ("US-OH", date(2022, 11, 30), Paper.GOODS, True),  # four years for goods
        ("US-OH", date(2022, 11, 30), Paper.UNCLEAR, True),
        ("US-NC", date(2023, 11, 30), Paper.WRITTEN, True),  # three years
        ("US-CO", date(2023, 11, 30), Paper.GOODS, True),
        (None, date(2020, 11, 30), Paper.WRITTEN, True),  # by the number while no address is known
    ],
)
def test_a_debt_older_than_the_limitation_is_left_alone(
    state: str | None, due: date, paper: Paper, barred: bool
) -> None:
    facts = a_call(address_state=state, due_date=due, paper=paper)

    assert reasons(facts) == (("TIME_BARRED",) if barred else ("OK",))


def test_a_debt_due_on_a_leap_day_is_barred_the_stricter_way() -> None:
    facts = a_call(due_date=date(2024, 2, 29), address_state="US-DE", phone="+13025550102")

    assert reasons(replace(facts, at=utc("2027-02-26T17:00"))) == ("OK",)
    assert reasons(replace(facts, at=utc("2027-03-01T17:00"))) == ("TIME_BARRED",)


@pytest.mark.parametrize(
    ("at_work", "channel", "refused"),
    [
        (None, Channel.CALL, True),
        (True, Channel.CALL, True),
        (False, Channel.CALL, False),
        (None, Channel.EMAIL, False),
        (True, Channel.EMAIL, True),
    ],
)
def test_who_does_not_want_to_be_called_at_work_is_not(at_work: bool | None, channel: Channel, refused: bool) -> None:
    facts = a_call(channel=channel, at_work=at_work, flags=Flags(workplace_refused=True))

    assert reasons(facts) == (("INCONVENIENT_PLACE",) if refused else ("OK",))


def test_mail_to_the_firms_own_people_asks_only_who_they_are_and_whether_they_said_stop() -> None:
    night = utc("2026-12-06T08:00")
    to_ava = Facts(purpose=Purpose.ACCOUNT, channel=Channel.EMAIL, at=night, member=True)

    assert reasons(to_ava) == ("OK",)
    assert reasons(replace(to_ava, member=None)) == ("NOT_A_MEMBER",)
    assert reasons(replace(to_ava, channel=Channel.SMS)) == ("OK",)
    assert reasons(replace(to_ava, channel=Channel.SMS, consent=Consent.REVOKED)) == ("CONSENT_REVOKED",)
    assert reasons(replace(to_ava, consent=Consent.REVOKED, flags=Flags(cease=True))) == ("OK",)


def test_all_reasons_come_in_their_order_of_precedence_and_the_first_is_the_primary_one() -> None:
    facts = a_consumer_call(
        at=utc("2026-12-06T08:00"),
        books_open=False,
        consent=Consent.REVOKED,
        has_license=False,
        flags=Flags(dispute=Dispute(False, False), bankruptcy=True, deceased=True, wrong_number=True),
    )

    clearance = decide(facts, RULES)

    assert clearance.all_reasons == (
        *("NOT_COLLECTIBLE", "DISPUTE_OPEN", "BANKRUPTCY", "DECEASED", "WRONG_NUMBER", "CONSENT_REVOKED"),
        *("LICENCE_MISSING", "HOURS_LAW", "WEEKEND_HOUSE", "HOURS_HOUSE", "HOURS_OVERLAY"),
    )
    assert (clearance.reason, clearance.layer) == ("NOT_COLLECTIBLE", "house")
    assert clearance.law_only.reason == "BANKRUPTCY"
