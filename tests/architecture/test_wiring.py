"""What is joined by name rather than by import is joined: purposes, duties, letters, sweeps, generated pages."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from calls.agent import outcomes
from compliance.models import Channel, Purpose
from compliance.registry import Ask, NobodyKnows, facts_of
from notifications import outbox
from syntharra.celery import app as celery
from syntharra.clock import now
from tests.cast import Firm, make_invoice

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "integrations", "compliance", "notifications", "invoices", "disputes", "calls", "billing", "desk")


def sources() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for app in APPS for file in (ROOT / app).rglob("*.py"))


@pytest.mark.parametrize("name", sorted(entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()))
def test_every_sweep_on_the_schedule_is_a_task(name: str) -> None:
    import_module(name.rpartition(".")[0])

    assert name in celery.tasks


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_has_an_app_that_answers_for_it(plumber: Firm, purpose: Purpose) -> None:
    invoice = make_invoice(plumber)
    ask = Ask(
        purpose=purpose,
        channel=Channel.EMAIL,
        to="a@b.example",
        at=now(),
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        member_id=plumber.owner.pk,
    )

    assert facts_of(ask).purpose == purpose.value


def test_a_purpose_nobody_answers_for_is_refused(plumber: Firm) -> None:
    with pytest.raises(NobodyKnows):
        facts_of(Ask(purpose="gossip", channel=Channel.EMAIL, to="a@b.example", at=now()))  # type: ignore[arg-type]


def test_every_duty_that_is_owed_is_carried_out_by_somebody() -> None:
    owed = set(re.findall(r'\bAct\(\s*kind="(\w+)"', sources()))

    assert outbox.unowed(owed) == set()


def test_every_letter_that_is_owed_can_be_written() -> None:
    owed = set(re.findall(r'\bletter="(\w+)"', sources()))

    assert owed
    for letter in owed:
        get_template(f"letters/{letter}.txt")
        get_template(f"letters/{letter}.html")


def test_the_page_of_outcomes_is_the_table_in_the_code() -> None:
    assert (ROOT / "docs" / "outcomes.md").read_text(encoding="utf-8").strip() == outcomes.markdown().strip()
