"""What people said, what the firm set and what the operator has on record: kept, ended, and never made looser."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ActivityLine
from compliance import consumers, firm, operator, readiness
from compliance.consumers import Counsel, NotYet
from compliance.facts import Blackout
from compliance.house import LooserThanHouse
from compliance.models import ConsumerGoLive, FirmRules, License, Statement
from compliance.rulebook import RuleBook
from compliance.statements import CannotState, end_statement, said_of, state, statements_of
from tests.cast import Firm, make_customer

pytestmark = pytest.mark.django_db
Kind = Statement.Kind
RULES = RuleBook.load()
COUNSEL = Counsel("Dana Lee, attorney", date(2026, 11, 1), "letter of Nov 1, 2026, in the safe")


def told(customer: Any, kind: Kind, **said: Any) -> Statement:
    return state(customer.pk, kind, words="said so", source="call", by="ava@avasplumbing.example", **said)


def test_what_a_person_said_binds_until_he_says_otherwise(plumber: Firm) -> None:
    customer = make_customer(plumber)
    morning = told(customer, Kind.NOT_BETWEEN, between=(time(0), time(12)))
    told(customer, Kind.ZONE, zone="America/Denver")
    told(customer, Kind.NOT_AT_WORK, number="+16145550101")

    assert told(customer, Kind.NOT_BETWEEN, between=(time(0), time(12))).pk == morning.pk
    (said,) = (said_of(found, number="+16145550101") for found in statements_of([customer.pk]).values())
    assert said.not_between == ((time(0), time(12)),)
    assert said.extra_zones == ("America/Denver",)
    assert (said.workplace_refused, said.at_work) == (True, True)

    end_statement(morning.pk, by="ava@avasplumbing.example", reason="They said mornings are fine now")
    end_statement(morning.pk, by="somebody else", reason="again")

    elsewhere = said_of(statements_of([customer.pk])[customer.pk], number="+16145550102")
    assert elsewhere.not_between == ()
    assert (elsewhere.workplace_refused, elsewhere.at_work) == (True, None)
    ended = Statement.objects.get(pk=morning.pk)
    assert (ended.ended_by, ended.ended_reason) == ("ava@avasplumbing.example", "They said mornings are fine now")
    acts = ActivityLine.objects.filter(customer_id=customer.pk).order_by("recorded_at", "pk")
    assert list(acts.values_list("verb", flat=True)) == [*["stated"] * 3, "statement_ended"]


def test_that_a_number_is_at_work_replaces_that_it_is_not(plumber: Firm) -> None:
    customer, number = make_customer(plumber), "+16145550101"
    told(customer, Kind.NOT_WORKPLACE, number=number)
    assert said_of(statements_of([customer.pk])[customer.pk], number=number).at_work is False

    told(customer, Kind.WORKPLACE, number=number)

    assert said_of(statements_of([customer.pk])[customer.pk], number=number).at_work is True


@pytest.mark.parametrize(
    ("kind", "said", "why"),
    [
        (Kind.NOT_BETWEEN, {}, "two different times"),
        (Kind.NOT_BETWEEN, {"between": (time(9), time(9))}, "two different times"),
        (Kind.NOT_BETWEEN, {"between": (time(9, 0, 30), time(10))}, "whole minutes"),
        (Kind.NOT_ON, {}, "which day"),
        (Kind.ZONE, {"zone": "America/Denver", "weekday": 1}, "only to days"),
        (Kind.ZONE, {"zone": "Denver"}, "'Denver' is no time zone"),
        (Kind.WORKPLACE, {}, "which number"),
        (Kind.NOT_AT_WORK, {"between": (time(9), time(10))}, "only to a time of day"),
        (Kind.NOT_AT_WORK, {"zone": "America/Denver"}, "only to where somebody is"),
    ],
)
def test_a_statement_that_says_nothing_is_refused(plumber: Firm, kind: Kind, said: dict[str, Any], why: str) -> None:
    customer = make_customer(plumber)

    with pytest.raises(CannotState, match=why):
        told(customer, kind, **said)

    assert not Statement.objects.exists()


def wanted(plumber: Firm, **changes: Any) -> firm.Wanted:
    plumber.business.refresh_from_db()
    as_it_is = firm.wanted_of(plumber.business, firm.rules_of(plumber.business))
    return firm.Wanted(**{name: changes.get(name, getattr(as_it_is, name)) for name in vars(as_it_is)})


def test_a_firm_that_set_nothing_has_its_own_hours_and_those_of_the_house_for_private_persons(plumber: Firm) -> None:
    plumber.business.refresh_from_db()
    rules = firm.rules_of(plumber.business)

    assert not FirmRules.objects.exists()
    assert firm.settings_for(plumber.business, rules, consumer=False).hours == (time(9), time(17))
    assert firm.settings_for(plumber.business, rules, consumer=True).hours == (time(9), time(20))
    assert firm.settings_for(plumber.business, rules, consumer=True).max_attempts is None


def test_a_firm_may_be_stricter(plumber: Firm) -> None:
    stricter = wanted(plumber, hours=(time(10), time(15)), weekdays=frozenset({1, 3}), max_attempts=2, min_gap_days=7)

    rules = firm.set_rules(plumber.business, stricter, by=plumber.owner.email)

    assert firm.wanted_of(plumber.business, rules) == stricter
    told_gate = firm.settings_for(plumber.business, rules, consumer=False)
    assert (told_gate.hours, told_gate.weekdays) == ((time(10), time(15)), frozenset({1, 3}))
    assert (told_gate.max_attempts, told_gate.min_gap_days, told_gate.first_attempt_day) == (2, 7, None)


@pytest.mark.parametrize(
    ("looser", "named"),
    [
        ({"hours": (time(8), time(17))}, "hours"),
        ({"consumer_hours": (time(9), time(20, 30))}, "hours"),
        ({"weekdays": frozenset({0, 5})}, "weekdays"),
        ({"max_attempts": 4}, "max_attempts"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"min_gap_days": 2}, "min_gap_days"),
        ({"first_attempt_day": 1}, "first_attempt_day"),
    ],
)
def test_a_firm_is_never_looser(plumber: Firm, looser: dict[str, Any], named: str) -> None:
    with pytest.raises(LooserThanHouse, match=named):
        firm.set_rules(plumber.business, wanted(plumber, **looser), by=plumber.owner.email)

    assert not FirmRules.objects.exists()
    plumber.business.refresh_from_db()
    assert (plumber.business.call_from, plumber.business.call_until) == (time(9), time(17))


@pytest.mark.parametrize(
    "looser",
    [
        {"max_attempts": 4},
        {"min_gap_days": 2},
        {"first_attempt_day": 0},
        {"weekdays": "012345"[1:]},
        {"weekdays": ""},
        {"consumer_until": time(21)},
    ],
)
def test_the_database_keeps_a_firm_from_being_looser_too(plumber: Firm, looser: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="firm_rules_only_stricter"), transaction.atomic():
        FirmRules.objects.create(changed_at=timezone.now(), changed_by="sql", **looser)


def test_the_operator_declares_only_what_the_installation_is(settings: Any) -> None:
    settings.ROLE = "for_others"
    assert operator.declaration() is None
    with pytest.raises(operator.CannotRegister, match="the setting ROLE says for_others"):
        operator.declare("own_books", name="Clearwater", address="1 Main St", by="ops")
    with pytest.raises(operator.CannotRegister, match="registered name and the postal address"):
        operator.declare("for_others", name="Clearwater", address=" ", by="ops")

    declared = operator.declare("for_others", name="Clearwater Recovery LLC", address="1 Main St", by="ops")

    assert operator.declaration() == declared
    settings.ROLE = "own_books"
    assert operator.declaration() is None


def test_licenses_and_opinions_hold_from_their_first_to_their_last_day() -> None:
    day = date(2026, 12, 1)
    operator.add_license(
        "US-OH", License.Kind.LICENSE, reference="CA-1", valid_from=day, valid_until=day + timedelta(days=9), by="ops"
    )
    opinion = operator.add_license(
        "US-TX", License.Kind.OPINION, reference="Lee, Nov 1", valid_from=day, valid_until=None, by="ops"
    )

    assert operator.licensed_states(day - timedelta(days=1)) == frozenset()
    assert operator.licensed_states(day) == {"US-OH", "US-TX"}
    assert operator.licensed_states(day + timedelta(days=10)) == {"US-TX"}
    operator.end_license(opinion.pk, by="ops")
    assert operator.licensed_states(day) == {"US-OH"}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"state": "OH"}, "'OH' is no state of ours; write it like US-OH"),
        ({"reference": " "}, "A reference belongs to it"),
        ({"valid_until": date(2026, 1, 1)}, "cannot end on 2026-01-01"),
    ],
)
def test_a_license_nobody_could_look_up_is_refused(wrong: dict[str, Any], why: str) -> None:
    asked: dict[str, Any] = {
        "state": "US-OH",
        "reference": "CA-1",
        "valid_from": date(2026, 12, 1),
        "valid_until": None,
    } | wrong
    with pytest.raises(operator.CannotRegister, match=why):
        operator.add_license(asked.pop("state"), License.Kind.LICENSE, by="ops", **asked)
    with pytest.raises(operator.CannotRegister, match="no license or opinion has the number 7"):
        operator.end_license(7, by="ops")

    assert not License.objects.exists()


def test_closed_days_of_a_state_end_when_the_operator_says_so() -> None:
    first, last = date(2026, 12, 1), date(2026, 12, 3)
    closed = operator.close_state("US-LA", first=first, last=last, why="hurricane", by="ops")

    assert operator.blackouts(last) == (Blackout("US-LA", first, last),)
    assert operator.blackouts(last + timedelta(days=1)) == operator.blackouts(
        last
    )  # in Hawaii it is still the day before
    assert operator.blackouts(last + timedelta(days=2)) == ()
    operator.open_state(closed.pk, by="ops")
    assert operator.blackouts(first) == ()
    with pytest.raises(operator.CannotRegister, match="comes before the first"):
        operator.close_state("US-LA", first=last, last=first, why="", by="ops")


def test_an_installation_lacks_a_declaration_and_a_rule_file_that_is_not_too_old(settings: Any) -> None:
    settings.ROLE = "for_others"
    good, old = RULES.file.as_of + timedelta(days=180), RULES.file.as_of + timedelta(days=181)
    assert [lack.code for lack in readiness.lacks(good)] == ["declaration"]

    operator.declare("for_others", name="Clearwater Recovery LLC", address="1 Main St", by="ops")

    assert readiness.lacks(good) == []
    (late,) = readiness.lacks(old)
    assert late.code == "rules_too_old"
    assert str(late.words) == f"The rule file is of {RULES.file.as_of}: older than 180 days."


def test_private_persons_are_called_only_when_everything_it_stands_on_is_there(settings: Any, db: None) -> None:
    from syntharra.tenancy import acting_for
    from tests.cast import make_business

    settings.ROLE = "for_others"
    live = make_business("Live Wire", email="liv@livewire.example", sandbox=False)
    with acting_for(live.business.pk):
        with pytest.raises(NotYet) as refused:
            consumers.go_live(live.business, counsel=Counsel("", date(2026, 11, 1), ""), notice_version="", by="liv")

        lacking = [lack.code for lack in refused.value.lacks]
        assert lacking == ["declaration", "license", "consent_wording", "notice_text", "counsel"]
        assert not ConsumerGoLive.objects.exists()
        live.business.refresh_from_db()
        assert not live.business.consumer_calls

        operator.declare("for_others", name="Clearwater", address="1 Main St", by="ops")
        operator.add_license(
            "US-OH", License.Kind.LICENSE, reference="CA-1", valid_from=date(2026, 1, 1), valid_until=None, by="ops"
        )
        live.business.consent_attested_at, live.business.consent_wording = timezone.now(), "they gave it to us"
        live.business.save()
        begun = consumers.go_live(live.business, counsel=COUNSEL, notice_version="abc", by="liv")

        assert consumers.go_live(live.business, counsel=COUNSEL, notice_version="abc", by="liv").pk == begun.pk
        assert live.business.consumer_calls
        assert (begun.licensed_in, begun.role, begun.notice_version) == (["US-OH"], "for_others", "abc")
        assert begun.rules_version == RULES.version


def test_calls_to_private_persons_end_at_once(plumber: Firm) -> None:
    plumber.business.consent_attested_at = timezone.now()
    plumber.business.save()
    consumers.go_live(plumber.business, counsel=COUNSEL, notice_version="abc", by="ava")

    consumers.end(plumber.business, by="ava", reason="counsel wants to look again")
    consumers.end(plumber.business, by="ava", reason="twice is once")

    assert not plumber.business.consumer_calls
    assert consumers.running(plumber.business) is None
    assert ConsumerGoLive.objects.get().ended_reason == "counsel wants to look again"
