"""A mail service says that a letter it had accepted came back: the next channel, the clock, the firm; once, however often it says so."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import Role
from compliance.models import Suppression
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from notifications import outbox
from notifications.models import Message
from tests.cast import Firm, make_customer, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SECRET = "us:them"


@pytest.fixture(autouse=True)
def now(settings: Any) -> Any:
    settings.MAIL_EVENTS_SERVICE, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": SECRET}
    settings.INBOUND_DOMAIN = "in.example.com"
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def dispute(plumber: Firm) -> Dispute:
    claim = NewClaim(source="call", source_key="CA1", words="The sink leaks", reason="quality", by="Ana Reyes")
    return open_dispute(make_invoice(plumber).pk, claim=claim)[0]


def acknowledged(now: Any) -> Message:
    now.move_to(TUESDAY + timedelta(hours=20, minutes=1))
    outbox.work()
    return Message.objects.get(letter="dispute_acknowledgement", channel="email")


def says(message: Message, kind: str = "Bounce", *, secret: str = SECRET, **fields: Any) -> Any:
    """Postmark's webhook, as it documents it."""
    body = {
        "RecordType": kind,
        "Type": "HardBounce",
        "MessageID": "00000000-0000-0000-0000-000000000000",
        "Email": message.to,
        "Description": "The server was unable to deliver your message (ex: unknown user)",
        "BouncedAt": "2026-11-25T12:00:00Z",
        "Metadata": {"business": str(message.business_id), "message": str(message.pk)},
    } | fields
    return posted(json.dumps(body), secret=secret)


def posted(body: str, *, secret: str = SECRET, service: str = "postmark") -> Any:
    authorization = f"Basic {base64.b64encode(secret.encode()).decode()}"
    headers = {"authorization": authorization}
    return Client().post(f"/mail/{service}/events", body, content_type="application/json", headers=headers)


def test_the_letter_carries_what_the_service_gives_back(now: Any, dispute: Dispute) -> None:
    letter = acknowledged(now)

    sent = next(one for one in mail.outbox if one.to == [letter.to])
    assert sent.metadata == {"business": str(letter.business_id), "message": str(letter.pk)}  # type: ignore[attr-defined]


def test_an_acknowledgement_that_bounced_goes_on_paper_and_its_clock_runs_again(
    now: Any, plumber: Firm, dispute: Dispute
) -> None:
    letter = acknowledged(now)
    assert Dispute.objects.get().acknowledged_at == letter.sent_at

    for _ in range(3):
        assert says(letter).status_code == 200

    letter.refresh_from_db()
    assert (letter.status, letter.outcome[:40]) == ("failed", "came back: bounced The server was unable")
    found = Dispute.objects.get()
    assert (found.acknowledged_at, found.status) == (None, "new")
    assert Message.objects.filter(letter="dispute_acknowledgement", channel="letter", status="draft").count() == 1
    assert Message.objects.filter(letter="letter_failed").count() == 1


def test_an_alert_that_bounced_everywhere_goes_to_the_other_members(now: Any, plumber: Firm, dispute: Dispute) -> None:
    hand = make_member(plumber, "hand@avasplumbing.example", Role.CONTRIBUTOR)
    outbox.work()
    alert = Message.objects.get(letter="dispute_alert")
    assert Dispute.objects.get().owner_told_at == TUESDAY

    says(alert)

    assert Dispute.objects.get().owner_told_at is None
    now.shift(timedelta(minutes=2))
    outbox.work()
    assert Message.objects.get(letter="dispute_alert", member=hand).status == "sent"
    assert Dispute.objects.get().owner_told_at == TUESDAY + timedelta(minutes=2)


def test_an_event_that_comes_before_the_sending_has_ended_is_asked_for_again(now: Any, dispute: Dispute) -> None:
    letter = Message.objects.get(letter="dispute_acknowledgement")
    assert says(letter).status_code == 503
    assert Message.objects.get(pk=letter.pk).status == "queued"

    acknowledged(now)

    assert says(letter).status_code == 200
    assert Message.objects.get(pk=letter.pk).status == "failed"


def test_events_in_the_wrong_order_change_nothing_back(now: Any, dispute: Dispute) -> None:
    letter = acknowledged(now)
    says(letter)

    for kind in ("Delivery", "Open", "Click"):
        answer = says(letter, kind, DeliveredAt="2026-11-25T11:00:00Z", ReceivedAt="2026-11-25T11:00:00Z")
        assert answer.status_code == 200

    assert Message.objects.get(pk=letter.pk).status == "failed"
    assert Message.objects.filter(channel="letter").count() == 1


@pytest.mark.parametrize("secret", ["us:wrong", ":", "them:us"])
def test_a_forged_event_is_refused(now: Any, dispute: Dispute, secret: str) -> None:
    letter = acknowledged(now)

    assert says(letter, secret=secret).status_code == 403
    assert Client().post("/mail/postmark/events", "{}", content_type="application/json").status_code == 403
    assert Message.objects.get(pk=letter.pk).status == "sent"


def test_an_event_about_nothing_of_ours_is_taken_and_changes_nothing(now: Any, rival: Firm, dispute: Dispute) -> None:
    letter = acknowledged(now)
    ours = {"business": str(letter.business_id), "message": str(letter.pk)}
    for metadata in ({}, {"business": "x", "message": "y"}, ours | {"business": str(rival.business.pk)}):
        assert says(letter, Metadata=metadata).status_code == 200
    assert says(letter, Email="somebody@else.example").status_code == 200

    assert Message.objects.get(pk=letter.pk).status == "sent"


def test_without_what_we_sent_along_a_letter_is_found_by_its_own_id(now: Any, dispute: Dispute) -> None:
    letter = acknowledged(now)

    says(letter, Metadata={}, MessageID=f"<{letter.pk}@syntharra.example>")

    assert Message.objects.get(pk=letter.pk).status == "failed"


@pytest.mark.parametrize("body", ["", "[", "[]", '{"RecordType": "Bounce"}', '"x"'])
def test_what_is_no_event_is_a_400_and_no_traceback(now: Any, body: str) -> None:
    assert posted(body).status_code in (200, 400)


def test_without_its_secret_or_for_another_service_there_is_no_such_door(settings: Any) -> None:
    assert posted("{}", service="sendgrid").status_code == 404
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert posted("{}").status_code == 404


def test_spam_and_unsubscribe_end_emails_that_ask_for_money(now: Any, dispute: Dispute) -> None:
    letter = acknowledged(now)

    for _ in range(2):
        says(letter, "SpamComplaint", Type="SpamComplaint")

    stopped = Suppression.objects.get()
    assert (stopped.kind, stopped.customer_id) == ("no_email", dispute.customer_id)
    assert Message.objects.get(pk=letter.pk).status == "sent"


def test_another_services_list_of_events_is_read_whole(settings: Any, now: Any, plumber: Firm) -> None:
    settings.MAIL_EVENTS_SERVICE = "sendgrid"
    letters = []
    for name in ("Harbor Cafe", "Oak & Sons"):
        claim = NewClaim(source="call", source_key=name, words="It leaks", reason="quality", by=name)
        open_dispute(make_invoice(plumber, make_customer(plumber, name)).pk, claim=claim)
    acknowledged_at = TUESDAY + timedelta(hours=20, minutes=1)
    now.move_to(acknowledged_at)
    outbox.work()
    letters = list(Message.objects.filter(letter="dispute_acknowledgement", channel="email"))
    events = [
        {
            "email": one.to, "event": kind, "timestamp": 1763900000, "sg_event_id": f"{one.pk}{kind}", "reason": "550",
            "status": "5.1.1", "business": str(one.business_id), "message": str(one.pk),
        }
        for one in letters
        for kind in ("processed", "bounce")
    ]  # fmt: skip

    assert posted(json.dumps(events), service="sendgrid").status_code == 200

    assert {Message.objects.get(pk=one.pk).status for one in letters} == {"failed"}
