"""What a member does on the pages, and what has changed afterwards."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import ActivityLine, Business, User
from calls.models import Attempt
from compliance.models import Consent
from disputes.models import Claim, Dispute
from invoices.models import Invoice
from syntharra import clock
from tests.cast import Firm, make_customer, make_invoice, make_user
from tests.desk.scene import Scene, a_day


@pytest.fixture
def scene(ava: Client, plumber: Firm) -> Scene:
    return a_day(plumber)


def test_freezing_keeps_what_they_said(ava: Client, plumber: Firm) -> None:
    make_invoice(plumber, number="2207")

    answer = ava.post("/invoices/2207/dispute/", {"words": "Never ordered.", "reason": "not_received", "urgent": "on"})

    claim = Claim.objects.get()
    assert answer.headers["Location"] == "/disputes/D-1001/"
    assert (claim.words, claim.reason, claim.urgent, claim.source) == ("Never ordered.", "not_received", True, "member")
    assert claim.by == "ava@avasplumbing.example"


def test_freezing_without_their_words_says_what_is_missing(ava: Client, plumber: Firm) -> None:
    make_invoice(plumber, number="2207")

    answer = ava.post("/invoices/2207/dispute/", {"reason": "amount"})

    assert 'id="id_words_error"' in answer.content.decode()
    assert Dispute.objects.count() == 0


def test_a_false_alarm_needs_a_reason(ava: Client, scene: Scene) -> None:
    ava.post(f"/disputes/{scene.dispute.number}/release/", {"reason": " "})
    assert Dispute.objects.live().count() == 1

    ava.post(f"/disputes/{scene.dispute.number}/release/", {"reason": "Ana meant another firm."})

    scene.dispute.refresh_from_db()
    assert (scene.dispute.closed_as, scene.dispute.closed_reason) == ("false_alarm", "Ana meant another firm.")
    assert Invoice.objects.get(pk=scene.disputed.pk).frozen_at is None


def test_the_other_invoices_wait_for_a_yes_or_no(ava: Client, scene: Scene) -> None:
    ava.post(f"/disputes/{scene.dispute.number}/other-invoices/", {"go_on": "perhaps"})
    scene.dispute.refresh_from_db()
    assert scene.dispute.go_on_with_others is None

    ava.post(f"/disputes/{scene.dispute.number}/other-invoices/", {"go_on": "no"})

    scene.dispute.refresh_from_db()
    assert scene.dispute.go_on_with_others is False


def test_a_pause_ends_with_a_reason(ava: Client, scene: Scene) -> None:
    ava.post("/invoices/2188/pause/", {"reason": "No check ever came."})

    assert Invoice.objects.get(pk=scene.paused.pk).paused_reason == ""


def test_a_task_is_ticked_once(ava: Client, scene: Scene) -> None:
    assert "Lena Park Dental: Call the customer back." in ava.get("/").content.decode()

    ava.post(f"/tasks/{scene.task.pk}/", {"back": "today"})
    answer = ava.post(f"/tasks/{scene.task.pk}/")

    assert answer.headers["Location"] == f"/calls/{scene.task.subject_id}/"
    assert "Lena Park Dental" not in ava.get("/").content.decode()
    assert ActivityLine.objects.filter(verb="task_done").count() == 1


def test_in_review_mode_a_call_waits_for_a_yes(ava: Client, scene: Scene, plumber: Firm) -> None:
    Business.objects.filter(pk=plumber.business.pk).update(reviews_calls=True)
    assert "2 planned calls wait for your yes" in ava.get("/").content.decode()

    ava.post(f"/planned-calls/{scene.planned.pk}/approval/")

    assert Attempt.objects.get(pk=scene.planned.pk).approved_by == "ava@avasplumbing.example"
    assert "1 planned call waits for your yes" in ava.get("/").content.decode()


def test_a_planned_call_is_called_off(ava: Client, scene: Scene) -> None:
    ava.post(f"/planned-calls/{scene.planned.pk}/cancellation/")
    again = ava.post(f"/planned-calls/{scene.planned.pk}/cancellation/", follow=True)

    attempt = Attempt.objects.get(pk=scene.planned.pk)
    assert (attempt.status, attempt.ended_because) == ("ended", "called_off")
    assert "This call is no longer waiting" in again.content.decode()


def test_the_kill_switch_asks_once_and_works_at_once(ava: Client, plumber: Firm) -> None:
    assert "Stop all calls now" in ava.get("/calls-switch/").content.decode()

    ava.post("/calls-stopped/")
    stopped = Business.objects.get(pk=plumber.business.pk)
    assert (stopped.stopped_at, stopped.stopped_by) == (clock.now(), "ava@avasplumbing.example")

    ava.post("/calls-stopped/end/")
    assert Business.objects.get(pk=plumber.business.pk).stopped_at is None


def test_a_new_person_makes_a_business(db: None) -> None:
    browser = Client()
    browser.force_login(make_user("nora@buckeye.example"))
    assert browser.get("/").headers["Location"] == "/businesses/new/"

    answer = browser.post(
        "/businesses/new/",
        {
            "name": "Buckeye Moving",
            "trade": "home",
            "time_zone": "America/Chicago",
            "dispute_contact": "Nora Lane",
            "dispute_phone": "(614) 555-0115",
            "dispute_hours": "Mon-Fri",
        },
    )

    business = Business.objects.get(name="Buckeye Moving")
    assert answer.headers["Location"] == "/connections/"
    assert (business.trade, business.time_zone, business.dispute_phone, business.sandbox) == (
        "home",
        "America/Chicago",
        "+16145550115",
        settings.SANDBOX,
    )
    assert business.memberships.get().user == User.objects.get(email="nora@buckeye.example")


def test_a_phone_number_that_is_none_is_said_so(ava: Client) -> None:
    answer = ava.post(
        "/businesses/new/", {"name": "X", "time_zone": "America/Chicago", "dispute_phone": "call the office"}
    )

    assert "This is no telephone number. Write it with its area code: (614) 555-0199." in answer.content.decode()


def test_the_theme_is_kept_in_a_cookie(ava: Client) -> None:
    answer = ava.post("/appearance/", {"theme": "dark", "next": "/invoices/"})
    assert answer.headers["Location"] == "/invoices/"
    assert 'data-theme="dark"' in ava.get("/").content.decode()

    ava.post("/appearance/", {"theme": "system"})
    assert "data-theme" not in ava.get("/").content.decode()


def test_the_theme_form_leads_nowhere_else(ava: Client) -> None:
    assert ava.post("/appearance/", {"theme": "dark", "next": "https://evil.example/"}).headers["Location"] == "/"


def test_the_clock_moves_by_what_was_chosen(ava: Client, scene: Scene, settings: object) -> None:
    before = clock.now()

    ava.post("/sandbox/clock/", {"to": "1d"})
    clock.reread()

    assert clock.now() - before == datetime(2026, 11, 25, tzinfo=UTC) - datetime(2026, 11, 24, tzinfo=UTC)


def test_a_live_installation_has_no_sandbox(ava: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SANDBOX", False)

    assert ava.get("/sandbox/").status_code == 404
    assert ava.post("/sandbox/clock/", {"to": "1d"}).status_code == 404


def test_the_sandbox_shows_no_letter_of_another_business(ava: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [
        {"id": "1", "subject": "Yours", "to": ["Ava@avasplumbing.example"]},
        {"id": "2", "subject": "Of the rival", "to": ["rex@rival.example"]},
    ]
    told = {"letters": letters, "personas": {"personas": []}}
    monkeypatch.setattr("desk.sandbox.ask", lambda vendor, path: told[path])

    assert [letter.subject for letter in ava.get("/sandbox/").context["letters"]] == ["Yours"]


def test_a_new_business_says_why_its_customers_may_be_called(ava: Client, plumber: Firm) -> None:
    make_customer(plumber, consented=False, phone="+16145550103")
    assert "Say why your customers may be called" in ava.get("/").content.decode()

    unsure = ava.post("/consent/", {"wording": "They gave it to us."})
    assert 'id="id_sure_error"' in unsure.content.decode()
    silent = {"wording": "They gave it to us on the work order.", "sure": "on"}
    unsaid = ava.post("/consent/", silent)
    assert "Does QuickBooks Online send reminders or add late fees by itself?" in unsaid.content.decode()
    assert not Consent.objects.exists()
    ava.post("/consent/", silent | {f"reminders_{plumber.connection.pk}": "on"})

    plumber.connection.refresh_from_db()
    assert plumber.connection.reminders_said == "on"
    consent = Consent.objects.get()
    assert (consent.number, consent.basis) == ("+16145550103", "They gave it to us on the work order.")
    assert "Say why your customers may be called" not in ava.get("/").content.decode()
