"""The product's own reasons: only when their fact is given, after all others, one code a fact."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from compliance.facts import Channel, Consent, DebtorType, Dispute, Flags, ProductFacts, Purpose
from compliance.gate import decide
from compliance.rules.product import REASONS
from tests.compliance.gate_facts import NOON, RULES, a_call, a_consumer_call, known, reasons, utc

IN_ORDER = (
    *(
        "BUSINESS_STOPPED",
        "BOOKS_STALE",
        "INVOICE_FROZEN",
        "INVOICE_PAUSED",
        "OWNER_DECIDES",
        "ON_HOLD",
        "NOT_APPROVED",
    ),
    *("CREDIT_ON_ACCOUNT", "PAYMENT_IN_FLIGHT", "NOT_SENT", "NO_TERMS", "CHECK_FIRST", "CONSUMER_CALLS_OFF"),
    *("VALIDATION_NOTICE_MISSING", "VERIFICATION_MISSING", "BELOW_MINIMUM", "BACKLOG", "PROMISE_RUNNING", "CALL_LIVE"),
    "NUMBER_CONTACTED_RECENTLY",
    "INSTALLATION_NOT_READY",  # ours alone: an installation that may place no live calls
)
FACTS = [field.name for field in fields(ProductFacts) if field.name.upper() in IN_ORDER]


def test_every_fact_of_the_product_has_its_reason() -> None:
    assert [name.upper() for name in FACTS] == [*IN_ORDER]
    assert [reason.code for reason in REASONS] == [*IN_ORDER, "TEXTS_OFF"]
    everything = known(**dict.fromkeys(FACTS, True))

    assert reasons(a_consumer_call(product=everything)) == IN_ORDER


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_speaks_only_when_it_is_given_and_true(fact: str) -> None:
    for value in (None, False):
        assert reasons(a_consumer_call(product=known(**{fact: value}))) == ("OK",)

    clearance = decide(a_consumer_call(product=known(**{fact: True})), RULES)

    assert clearance.all_reasons == (fact.upper(),)
    assert clearance.layer == "house"
    assert clearance.law_only.decision == "allowed"
    assert clearance.next_allowed_at is None


def test_they_come_after_every_reason_of_the_rules() -> None:
    facts = a_call(at=utc("2026-12-06T03:00"), product=ProductFacts(business_stopped=True))

    assert reasons(facts) == ("WEEKEND_HOUSE", "HOURS_HOUSE", "HOURS_OVERLAY", "BUSINESS_STOPPED")


def test_a_live_dispute_is_one_reason_not_two() -> None:
    frozen = ProductFacts(invoice_frozen=True)

    assert reasons(a_call(product=frozen, flags=Flags(dispute=Dispute(False, False)))) == ("DISPUTE_OPEN",)
    assert reasons(a_call(product=frozen)) == ("INVOICE_FROZEN",)


def test_calls_to_private_persons_are_off_for_everybody_not_known_to_be_a_business() -> None:
    off = ProductFacts(consumer_calls_off=True)

    assert reasons(a_call(product=off, debtor_type=DebtorType.UNKNOWN)) == ("CONSUMER_CALLS_OFF",)
    assert reasons(a_call(product=off)) == ("OK",)
    assert reasons(a_consumer_call(product=off, channel=Channel.EMAIL)) == ("OK",)
    assert reasons(a_consumer_call(product=off, channel=Channel.LETTER)) == ("OK",)


@pytest.mark.parametrize("purpose", [Purpose.DISPUTE, Purpose.SERVICE, Purpose.LEGAL])
def test_only_what_rings_a_phone_is_stopped_beside_collecting(purpose: Purpose) -> None:
    everything = known(**dict.fromkeys(FACTS, True))

    written = a_consumer_call(purpose=purpose, channel=Channel.EMAIL, product=everything, left_reason="your_decision")
    called = replace(written, channel=Channel.CALL)

    assert reasons(written) == ("OK",)
    stopped = ("BUSINESS_STOPPED", "CONSUMER_CALLS_OFF", "CALL_LIVE", "NUMBER_CONTACTED_RECENTLY")
    assert reasons(called) == (*stopped, "INSTALLATION_NOT_READY")


def test_a_pay_link_may_follow_while_the_call_is_live_and_before_the_notice_is_sent() -> None:
    during = ProductFacts(call_live=True, validation_notice_missing=True, number_contacted_recently=True)

    assert reasons(a_consumer_call(channel=Channel.SMS, product=during)) == ("OK",)


@pytest.mark.parametrize(
    ("fact", "until", "code"),
    [
        ("on_hold", "hold_until", "ON_HOLD"),
        ("promise_running", "promise_until", "PROMISE_RUNNING"),
        ("number_contacted_recently", "number_free_at", "NUMBER_CONTACTED_RECENTLY"),
    ],
)
def test_what_has_an_end_is_over_then(fact: str, until: str, code: str) -> None:
    end = utc("2026-12-02T16:00")
    facts = a_call(product=known(**{fact: True, until: end}))

    assert reasons(facts) == (code,)
    assert decide(facts, RULES).next_allowed_at == end
    assert reasons(replace(facts, at=end)) == ("OK",)
    assert reasons(a_call(product=known(**{until: end}))) == ("OK",)


def test_a_refusal_because_of_another_business_says_no_more_than_that() -> None:
    contacted = ProductFacts(number_contacted_recently=True, number_free_at=utc("2026-12-02T14:00"))

    clearance = decide(a_call(product=contacted), RULES)

    assert clearance.inputs["findings"] == [
        {"code": "NUMBER_CONTACTED_RECENTLY", "layer": "house", "until": "2026-12-02T14:00:00+00:00"}
    ]
    assert clearance.inputs["at"] == NOON.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("purpose", [Purpose.COLLECT, Purpose.DISPUTE, Purpose.SERVICE, Purpose.LEGAL])
def test_no_text_of_any_purpose_leaves_before_texts_are_registered(purpose: Purpose) -> None:
    texted = a_consumer_call(purpose=purpose, channel=Channel.SMS, product=ProductFacts(texts_off=True))

    assert reasons(texted) == ("TEXTS_OFF",)
    assert reasons(replace(texted, channel=Channel.EMAIL)) == ("OK",)
    assert reasons(replace(texted, product=ProductFacts(texts_off=False))) == ("OK",)


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, ("OK",)), (5, ("OK",)), (6, ("CONSENT_REVOKED",)), (-1, ("CONSENT_REVOKED",))]
)
def test_a_stop_is_confirmed_by_one_text_within_five_minutes(minutes: int, expected: tuple[str, ...]) -> None:
    said = NOON - timedelta(minutes=minutes)
    text = a_consumer_call(
        purpose=Purpose.SERVICE, channel=Channel.SMS, at=NOON, consent=Consent.REVOKED, confirms_stop_at=said
    )

    assert reasons(text) == expected
    assert reasons(replace(text, purpose=Purpose.COLLECT)) == ("CONSENT_REVOKED",)
    assert reasons(replace(text, channel=Channel.CALL)) == ("CONSENT_REVOKED",)
