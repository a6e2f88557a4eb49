"""A changed key lifts no stop: earlier keys are still read, and where one is missing nobody real is called or texted."""

import hashlib
import hmac
from datetime import date
from typing import Any

import pytest
from django.core import checks

from calls.facts import collect_facts
from calls.history import History
from compliance import number_keys, operator, texting
from compliance.gate import decide
from compliance.models import Channel, NumberKey, PhoneContact, Purpose, StopEntry, StopKind
from compliance.number_keys import fingerprint, missing, number_hash
from compliance.readiness import lacks
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from compliance.services import note_contact, stop, stop_number, stopped_numbers
from compliance.stop_requests import ask, awaits_proof, proved_by_call
from syntharra.clock import now, today
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business, make_customer, make_invoice

pytestmark = pytest.mark.django_db
NUMBER = "+16145550171"
OLD, NEW = "the key of last year " * 3, "the key of this year " * 3


def is_stopped() -> bool:
    return stopped_numbers([NUMBER])[NUMBER] == {StopKind.OPT_OUT}


def warned() -> list[str]:
    found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    return [str(one.hint) for one in found if one.id == "compliance.W001"]


def test_without_a_key_of_their_own_numbers_stand_under_secret_key_as_ever(settings: Any) -> None:
    expected = hmac.digest(settings.SECRET_KEY.encode(), b"number:" + NUMBER.encode(), hashlib.sha256)
    assert (settings.NUMBER_KEYS, number_hash(NUMBER)) == ([], expected)
    stop_number(NUMBER, StopKind.OPT_OUT)
    assert bytes(StopEntry.objects.get().number_hash) == expected


def test_a_new_key_before_the_old_one_lifts_no_stop(settings: Any, plumber: Firm) -> None:
    settings.NUMBER_KEYS = [OLD]
    stop_number(NUMBER, StopKind.OPT_OUT)
    ask("+16145550172")

    settings.NUMBER_KEYS = [NEW, OLD]

    assert is_stopped()
    assert texting.is_stopped(NUMBER)
    assert (missing(), warned()) == ([], [])
    assert awaits_proof("+16145550172")
    assert proved_by_call("+16145550172")
    assert stopped_numbers(["+16145550172"])["+16145550172"] == {StopKind.OPT_OUT}
    assert ask(NUMBER).pk == ask(NUMBER).pk


def test_secret_key_changes_without_lifting_a_stop_once_the_old_one_is_named(settings: Any, plumber: Firm) -> None:
    settings.SECRET_KEY = OLD
    stop_number(NUMBER, StopKind.OPT_OUT)
    settings.SECRET_KEY = NEW
    assert not is_stopped()  # which is why the rest of this file exists
    settings.NUMBER_KEYS = [OLD]
    assert is_stopped()


def test_contacts_counted_under_an_earlier_key_are_counted_still(settings: Any) -> None:
    firm = make_business()
    settings.NUMBER_KEYS = [OLD]
    note_contact(NUMBER, Channel.CALL, "no_answer", key="attempt:1", at=now(), on=today("UTC"))
    settings.NUMBER_KEYS = [NEW, OLD]
    with acting_for(firm.business.pk):
        assert len(History.of([], [NUMBER]).others[NUMBER]) == PhoneContact.objects.count() == 1


def test_a_missing_key_keeps_every_live_call_and_text_away_and_says_what_to_do(settings: Any) -> None:
    settings.SECRET_KEY = OLD
    settings.ROLE = "own_books"
    live = make_business(sandbox=False)
    operator.declare("own_books", name="Ava Brooks LLC", address="1 Main St, Columbus, OH 43215", by="ops")
    with acting_for(live.business.pk):
        texting.register(live.business, "brand 1", by="ops")
        invoice = make_invoice(live, make_customer(live, phone=NUMBER))
        contact = Ask(
            purpose=Purpose.COLLECT, channel=Channel.CALL, to=NUMBER, at=now(), customer_id=invoice.customer_id,
            invoice_id=invoice.pk,
        )  # fmt: skip

        def refused() -> bool:
            return "INSTALLATION_NOT_READY" in decide(collect_facts(contact), RuleBook.load()).all_reasons

        stop_number("+16145550199", StopKind.OPT_OUT)
        assert (refused(), texting.is_off(live.business)) == (False, False)

        settings.SECRET_KEY = NEW

        assert (refused(), texting.is_off(live.business)) == (True, True)
        (lack,) = lacks(date(2026, 12, 1))
        assert (lack.code, "NUMBER_KEYS=present,earlier" in lack.remedy) == ("number_keys", True)
        assert [hint == str(number_keys.REMEDY) for hint in warned()] == [True]

        settings.NUMBER_KEYS = [NEW, OLD]
        assert (refused(), texting.is_off(live.business), warned()) == (False, False, [])


def test_the_database_keeps_a_fingerprint_and_not_the_key(settings: Any) -> None:
    settings.NUMBER_KEYS = [OLD]
    for number in (NUMBER, "+16145550172", NUMBER):
        stop_number(number, StopKind.OPT_OUT)
    kept = NumberKey.objects.get()
    assert kept.fingerprint == fingerprint(OLD) != fingerprint(NEW)
    assert len(kept.fingerprint) == 16


def test_what_is_said_in_a_sandbox_binds_no_live_business_and_what_is_said_to_a_live_one_binds_all(
    plumber: Firm,
) -> None:
    customer = make_customer(plumber, phone=NUMBER)
    stop(customer.pk, StopKind.OPT_OUT, number=NUMBER, words="stop", source="call:x", by="agent")
    note_contact(NUMBER, Channel.CALL, "no_answer", key="attempt:1", at=now(), on=today("UTC"))
    real = "+16145550172"

    live, other = make_business("Live", email="l@l.example", sandbox=False), make_business("Else", email="e@e.example")
    with acting_for(live.business.pk):
        assert not is_stopped()
        assert History.of([], [NUMBER]).others[NUMBER] == []
        stop_number(real, StopKind.OPT_OUT)
    with acting_for(other.business.pk):
        assert is_stopped()
        assert len(History.of([], [NUMBER]).others[NUMBER]) == 1
        assert stopped_numbers([real])[real] == {StopKind.OPT_OUT}


def test_a_real_request_to_stop_binds_live_businesses_though_a_sandbox_heard_the_proof(plumber: Firm) -> None:
    ask(NUMBER)
    assert proved_by_call(NUMBER)
    with acting_for(make_business("Live", email="l@l.example", sandbox=False).business.pk):
        assert is_stopped()
