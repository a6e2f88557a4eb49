"""The owner says what words really were: kept beside what hearing made of them, and nobody's invoice moves for it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import ActivityLine
from disputes.freeze import NewClaim
from disputes.labels import CannotLabel, Spoken, label, label_of
from disputes.models import Dispute, HearingLabel
from disputes.services import open_dispute_held
from invoices.models import Invoice
from invoices.services import hold
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_customer, make_invoice

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def spoken(**fields: Any) -> Spoken:
    usual: dict[str, Any] = {
        "source_key": "line:1",
        "words": "my ex husband signed for that",
        "said_at": TUESDAY,
        "heard_dispute": False,
        "asked": "open",
        "evidence": {"score": 0.31, "freeze_at": 0.6, "version": "minilm-1"},
    }
    return Spoken(**usual | fields)


def test_a_missed_dispute_is_kept_with_what_hearing_made_of_it(plumber: Firm) -> None:
    customer = make_customer(plumber)

    row = label(customer, spoken(), was_dispute=True, reason="identity", by=plumber.owner.email)

    assert (row.was_dispute, row.heard_dispute, row.reason, row.asked) == (True, False, "identity", "open")
    assert row.evidence["score"] == 0.31
    assert label_of("line:1") == row
    line = ActivityLine.objects.get(verb="labeled_hearing")
    assert (line.actor, line.subject_id, line.customer_id) == (plumber.owner.email, row.pk, customer.pk)


def test_a_change_of_mind_is_no_second_label(plumber: Firm) -> None:
    customer = make_customer(plumber)
    label(customer, spoken(), was_dispute=True, by=plumber.owner.email)

    label(customer, spoken(), was_dispute=False, by=plumber.owner.email)

    assert HearingLabel.objects.get().was_dispute is False
    assert ActivityLine.objects.filter(verb="labeled_hearing").count() == 2


def test_saying_that_it_was_no_dispute_lifts_no_freeze(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    claim = NewClaim(source="call", source_key="CA1", words="that is what it is", by="Ana Reyes")
    with transaction.atomic():
        open_dispute_held(hold(invoice.pk), claim)

    label(invoice.customer, spoken(heard_dispute=True), was_dispute=False, by=plumber.owner.email)

    assert Invoice.objects.get(pk=invoice.pk).frozen_at is not None
    assert Dispute.objects.live().count() == 1


@pytest.mark.parametrize(
    ("fields", "given", "why"),
    [
        ({"words": "  "}, {"was_dispute": True}, "no words"),
        ({}, {"was_dispute": True, "reason": "weather"}, "none of the reasons"),
        ({}, {"was_dispute": False, "reason": "amount"}, "belongs to a dispute only"),
    ],
)
def test_a_label_that_says_nothing_is_refused(
    plumber: Firm, fields: dict[str, Any], given: dict[str, Any], why: str
) -> None:
    customer = make_customer(plumber)

    with pytest.raises(CannotLabel, match=why):
        label(customer, spoken(**fields), by=plumber.owner.email, **given)

    assert not HearingLabel.objects.exists()
    assert not ActivityLine.objects.filter(verb="labeled_hearing").exists()


def test_the_labeled_file_has_the_words_and_no_names(plumber: Firm, capsys: pytest.CaptureFixture[str]) -> None:
    customer = make_customer(plumber)
    label(customer, spoken(words="ese trabajo no lo pedí"), was_dispute=True, reason="scope", by=plumber.owner.email)

    call_command("export_hearing_labels", business=[plumber.business.pk])

    (line,) = (json.loads(raw) for raw in capsys.readouterr().out.splitlines())
    assert (line["text"], line["dispute"], line["reason"], line["lang"]) == (
        "ese trabajo no lo pedí",
        True,
        "scope",
        "es",
    )
    assert line["heard"]["version"] == "minilm-1"
    assert customer.name not in json.dumps(line)


def test_an_unknown_business_is_named(plumber: Firm) -> None:
    with pytest.raises(CommandError, match="no business has the id 01900000"):
        call_command("export_hearing_labels", business=["01900000-0000-7000-8000-000000000000"])


def test_one_business_never_sees_the_labels_of_another(plumber: Firm, rival: Firm) -> None:
    with acting_for(plumber.business.pk):
        label(make_customer(plumber), spoken(), was_dispute=True, by=plumber.owner.email)

    with acting_for(rival.business.pk):
        assert label_of("line:1") is None
