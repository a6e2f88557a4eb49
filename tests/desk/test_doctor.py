"""What the operator reads and writes on a terminal: the register, and the doctor's list of what is missing."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Business
from compliance import operator
from compliance.models import Declaration, License, StateBlackout
from compliance.operator import blackouts
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_business, make_customer, make_invoice

pytestmark = pytest.mark.django_db


def told(*args: str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("operator", "--by", "ops", *args, stdout=out, stderr=StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def examined() -> dict[str, Any]:
    out = StringIO()
    with pytest.raises(CommandError, match="things are missing"):
        call_command("doctor", "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_operator_puts_on_record_how_the_installation_is_run(settings: Any, db: None) -> None:
    settings.ROLE = "for_others"
    with time_machine.travel("2026-12-01T15:00:00Z", tick=False):
        told("declare", "for_others", "--name", "Clearwater Recovery LLC", "--address", "1 Main St, Columbus, OH 43215")
        told("license", "US-OH", "--reference", "CA-1", "--from", "2026-12-01", "--until", "2027-11-30")
        told("opinion", "US-TX", "--reference", "Lee, Nov 1", "--from", "2027-01-01")
        listed = told("close", "US-LA", "--from", "2026-12-02", "--until", "2026-12-05", "--why", "hurricane")

        kinds = [(row["kind"], row.get("state"), row.get("holds")) for row in listed]
        assert kinds == [
            ("declaration", None, None),
            ("license", "US-OH", True),
            ("opinion", "US-TX", False),
            ("close", "US-LA", None),
        ]
        assert Declaration.objects.get().by == "ops"
        told("end", "license", str(listed[1]["number"]))
        told("end", "close", str(listed[3]["number"]))
        assert blackouts(date(2026, 12, 2)) == ()
        assert [row["kind"] for row in told("list")] == ["declaration", "opinion"]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("declare", "own_books", "--name", "A", "--address", "B"), "the setting ROLE says for_others"),
        (("license", "OH", "--reference", "1", "--from", "2026-12-01"), "write it like US-OH"),
        (("license", "US-OH", "--reference", "1", "--from", "soon"), "soon is no day; write it like 2026-12-01"),
        (("close", "US-LA", "--from", "2026-12-05", "--until", "2026-12-02", "--why", "x"), "comes before the first"),
        (("end", "license", "7"), "no license or opinion has the number 7"),
        (("end", "close", "7"), "no closed days have the number 7"),
    ],
)
def test_what_cannot_stand_is_refused_in_words(settings: Any, args: tuple[str, ...], why: str) -> None:
    settings.ROLE = "for_others"

    with pytest.raises(CommandError, match=why):
        told(*args)

    assert not Declaration.objects.exists()
    assert not License.objects.exists()
    assert not StateBlackout.objects.exists()


def test_the_doctor_says_what_an_installation_lacks(settings: Any) -> None:
    settings.PUBLIC_URL, settings.RELAY_URL, settings.ROLE = "http://127.0.0.1:8000", "ws://127.0.0.1:8001", "own_books"
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = ""
    settings.DEFAULT_FROM_EMAIL = "Syntharra <syntharra@localhost.example>"
    with time_machine.travel("2026-12-01T15:00:00Z", tick=False):
        found = examined()

    assert (found["ok"], found["role"], found["businesses"]) == (False, "own_books", [])
    assert [lack["code"] for lack in found["installation"]] == [
        *("declaration", "public_url", "relay_url", "carrier_credentials", "mail_from"),
    ]
    assert found["installation"][0]["remedy"].startswith("manage.py operator declare")
    with time_machine.travel("2027-06-01T15:00:00Z", tick=False):
        assert "rules_too_old" in [lack["code"] for lack in examined()["installation"]]


def test_the_doctor_says_what_each_live_firm_lacks_and_is_content_when_all_is_there(
    settings: Any, plumber: Firm
) -> None:
    settings.PUBLIC_URL, settings.RELAY_URL, settings.ROLE = "https://x.example", "wss://x.example", "for_others"
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC1", "secret"
    settings.DEFAULT_FROM_EMAIL = "Clearwater <mail@clearwater.example>"
    live = make_business("Live Wire", email="liv@livewire.example", sandbox=False)
    with time_machine.travel("2026-12-01T15:00:00Z", tick=False):
        operator.declare("for_others", name="Clearwater", address="1 Main St", by="ops")
        with acting_for(live.business.pk):
            make_invoice(live, make_customer(live, state="US-OH"))
            make_invoice(live, make_customer(live, state="US-GA"))  # asks for no license
        (firm,) = examined()["businesses"]
        assert firm["name"] == "Live Wire"
        assert [lack["code"] for lack in firm["missing"]] == [
            "carrier_account",
            "reminders",
            "consent_basis",
            "license",
        ]
        assert "Ohio" in firm["missing"][3]["words"]

        settings.ROLE = "own_books"
        Business.objects.filter(pk=live.business.pk).update(consent_attested_at=timezone.now())
        assert [lack["code"] for lack in examined()["businesses"][0]["missing"]] == ["carrier_account", "reminders"]

        Business.objects.filter(pk=live.business.pk).update(sandbox=True)
        operator.declare("own_books", name="Live Wire", address="1 Main St", by="ops")
        out = StringIO()
        call_command("doctor", stdout=out)
        assert "This installation: nothing is missing" in out.getvalue()
