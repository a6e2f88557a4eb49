"""The acknowledgement: its words and hour, the firm's own, the letter where no e-mail goes, and who is told of a dispute."""

import re
from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends import locmem

from accounts.models import ActivityLine, Role
from compliance.models import StopKind
from compliance.services import stop
from disputes import acknowledging
from disputes.acknowledging import CannotAcknowledge, draft_of, edit, posted, send_now, wording
from disputes.clock_facts import track_of
from disputes.clocks import Letter
from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute
from disputes.services import open_dispute, release
from invoices.models import Customer
from notifications import lint, outbox
from notifications.models import Message
from tests.cast import Firm, make_customer, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 am in Columbus
ZONE = "America/New_York"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def disputed(firm: Firm, customer: Customer | None = None, **fields: Any) -> Dispute:
    invoice = make_invoice(firm, customer)
    usual = {
        "source": "page",
        "source_key": f"p:{invoice.pk}",
        "words": "The sink leaks",
        "reason": "quality",
        "by": "Ana",
    }
    (dispute,) = open_dispute(invoice.pk, claim=NewClaim(**(usual | fields)))
    return dispute


def acknowledgement(**found: Any) -> Message:
    return Message.objects.get(letter="dispute_acknowledgement", **found)


@pytest.mark.parametrize("language", ["en-us", "es"])
@pytest.mark.parametrize("reason", [reason for reason, _label in Claim.Reason.choices])
def test_every_kind_has_words_in_both_languages_that_collect_nothing(
    plumber: Firm, clock: Any, language: str, reason: str
) -> None:
    disputed(plumber, reason=reason, language=language)

    clock.shift(timedelta(hours=20))
    outbox.work()

    letter = acknowledgement()
    assert letter.status == "sent"
    asked = wording(language)["kinds"][reason]
    assert all(words in letter.text for words in asked)
    assert lint.problems(letter.text) == []
    assert letter.subject == wording(language)["subject"].format(firm="Ava's Plumbing")
    assert not re.search(r"\b796\b", letter.text)  # what is owed; an invoice may have such a number


def test_the_languages_say_the_same_things() -> None:
    english, spanish = wording("en"), wording("es")

    assert english.keys() == spanish.keys()
    assert {kind: len(said) for kind, said in english["kinds"].items()} == {
        kind: len(said) for kind, said in spanish["kinds"].items()
    }
    assert wording("fr") == english


def test_who_runs_the_firm_reads_changes_and_sends_it_before_its_hour(plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber)
    before = draft_of(dispute)
    assert before is not None
    assert "“The sink leaks”" in before.words

    edit(dispute.pk, "Dear Ana,\nLuis comes by on Thursday to look at the sink.", by=plumber.owner)
    send_now(dispute.pk, by=plumber.owner)
    outbox.work()

    letter = mail.outbox[-1]
    assert letter.to == [acknowledgement().to]
    assert "Luis comes by on Thursday to look at the sink." in letter.body
    assert "/l/" in letter.body
    assert "The sink leaks" not in letter.body
    dispute.refresh_from_db()
    assert (dispute.acknowledged_at, dispute.first_word_at, dispute.status) == (TUESDAY, TUESDAY, "acknowledged")
    assert ActivityLine.objects.filter(verb__in=("acknowledgement_edited", "acknowledgement_sent_by")).count() == 2


def test_our_words_sent_early_are_no_first_word_of_a_person(plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber)
    found = draft_of(dispute)
    assert found is not None

    edit(dispute.pk, found.words, by=plumber.owner)
    send_now(dispute.pk, by=plumber.owner)
    outbox.work()

    dispute.refresh_from_db()
    assert (dispute.acknowledged_at, dispute.first_word_at) == (TUESDAY, None)


def test_the_firms_own_words_are_warned_of_and_still_sent(plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber)

    warned = edit(dispute.pk, "Dear Ana, please pay the rest today.", by=plumber.owner)
    send_now(dispute.pk, by=plumber.owner)
    outbox.work()

    assert "a demand: “please pay”" in warned.problems
    assert acknowledgement().status == "sent"


@pytest.mark.parametrize("words", ["", "   ", "x" * 5001])
def test_words_that_make_no_letter_are_refused(plumber: Firm, clock: Any, words: str) -> None:
    dispute = disputed(plumber)

    with pytest.raises(CannotAcknowledge):
        edit(dispute.pk, words, by=plumber.owner)

    assert "own_words" not in acknowledgement().facts


def test_what_has_left_or_ended_is_edited_no_more(plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber)
    send_now(dispute.pk, by=plumber.owner)
    outbox.work()

    with pytest.raises(CannotAcknowledge, match="left already"):
        edit(dispute.pk, "Too late", by=plumber.owner)

    assert len([letter for letter in mail.outbox if letter.subject.startswith("Thank you")]) == 1


# Its hour


@pytest.mark.parametrize(
    ("opened", "leaves"),
    [
        # 10 am: hour 20 is 6 am, before 8; 8 am is hour 22.
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), datetime(2026, 11, 25, 13, 0, tzinfo=UTC)),
        # 7:30 am: hour 20 is 3:30 am, and at 8 am the 24 hours are over: the last lawful quarter of an hour before.
        (datetime(2026, 11, 24, 12, 30, tzinfo=UTC), datetime(2026, 11, 25, 1, 45, tzinfo=UTC)),
        # Noon: hour 20 is 8 am sharp.
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), datetime(2026, 11, 25, 13, 0, tzinfo=UTC)),
    ],
)
def test_a_private_person_gets_it_at_the_lawful_minute_nearest_to_hour_20_within_24_hours(
    plumber: Firm, opened: datetime, leaves: datetime
) -> None:
    with time_machine.travel(opened, tick=False) as clock:
        dispute = disputed(plumber, make_customer(plumber, "Marta Diaz", kind="consumer", company=""))
        outbox.work()
        planned = acknowledgement().due_at
        clock.move_to(leaves)
        outbox.work()

    dispute.refresh_from_db()
    assert (planned, dispute.acknowledged_at) == (leaves, leaves)
    assert leaves - opened < timedelta(hours=24)


def test_a_letter_sent_by_hand_before_the_look_at_its_hour_keeps_its_moment(plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber)
    send_now(dispute.pk, by=plumber.owner)

    outbox.work()

    dispute.refresh_from_db()
    assert dispute.acknowledged_at == TUESDAY


# Paper


def test_without_an_address_it_is_a_letter_to_be_posted_and_the_tick_meets_the_clock(plumber: Firm, clock: Any) -> None:
    customer = make_customer(plumber, email="")
    dispute = disputed(plumber, customer)
    outbox.work()
    letter = acknowledgement()

    assert (letter.channel, letter.status, letter.to) == (
        "letter",
        "draft",
        "Harbor Cafe, 12 Pier Rd, Columbus OH 43215",
    )
    assert track_of(dispute, ZONE).letter == Letter(due_at=TUESDAY + timedelta(hours=20), paper=True)
    with pytest.raises(CannotAcknowledge, match="no e-mail address"):
        send_now(dispute.pk, by=plumber.owner)
    clock.shift(timedelta(hours=3))
    for _ in range(2):
        posted(letter.pk, on=date(2026, 11, 24), by=plumber.owner)

    dispute.refresh_from_db()
    assert (dispute.status, dispute.acknowledged_at) == ("acknowledged", TUESDAY + timedelta(hours=3))
    assert ActivityLine.objects.filter(verb="posted_letter").count() == 1


@pytest.mark.parametrize("on", [date(2026, 11, 23), date(2026, 11, 25)])
def test_it_was_posted_neither_before_the_dispute_nor_tomorrow(plumber: Firm, clock: Any, on: date) -> None:
    dispute = disputed(plumber, make_customer(plumber, email=""))

    with pytest.raises(CannotAcknowledge, match="not before the dispute"):
        posted(acknowledgement().pk, on=on, by=plumber.owner)

    dispute.refresh_from_db()
    assert dispute.acknowledged_at is None


def test_an_email_that_comes_back_becomes_a_letter(plumber: Firm, clock: Any, monkeypatch: Any) -> None:
    def refuse(self: locmem.EmailBackend, messages: Any) -> int:
        raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})

    dispute = disputed(plumber)
    outbox.work()
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)
    clock.shift(timedelta(hours=20))
    outbox.work()

    assert acknowledgement(channel="email").status == "failed"
    assert acknowledgement(channel="letter").status == "draft"
    found = track_of(dispute, ZONE).letter
    assert found is not None
    assert found.paper
    assert ActivityLine.objects.filter(verb="letter_to_post").count() == 1


def test_whoever_asked_for_no_contact_at_all_gets_neither_and_the_clock_names_the_rule(
    plumber: Firm, clock: Any
) -> None:
    customer = make_customer(plumber)
    stop(customer.pk, StopKind.CEASE, number="", words="Never write to me", source="call", by="Ana")
    dispute = disputed(plumber, customer)

    clock.shift(timedelta(hours=20))
    outbox.work()
    outbox.work()

    assert sorted(Message.objects.filter(letter="dispute_acknowledgement").values_list("channel", "status")) == [
        ("email", "refused"),
        ("letter", "refused"),
    ]
    assert track_of(dispute, ZONE).letter == Letter(refused="CEASE_REQUESTED")


def test_a_false_alarm_withdraws_the_letter_that_waits_to_be_posted(transactional_db: None, plumber: Firm) -> None:
    dispute = disputed(plumber, make_customer(plumber, email=""))

    release(dispute.pk, by=plumber.owner, reason="He meant another firm")

    assert acknowledgement().status == "withdrawn"
    with pytest.raises(CannotAcknowledge):
        posted(acknowledgement().pk, on=date(2026, 11, 24), by=plumber.owner)


def test_the_reminders_to_be_specific_are_counted(plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber)
    send_now(dispute.pk, by=plumber.owner)
    outbox.work()

    for days in (3, 4):
        clock.shift(timedelta(days=days))
        outbox.work()

    dispute.refresh_from_db()
    assert dispute.specification_asked == 2


# The alert


def test_when_nobody_in_charge_can_be_reached_the_other_members_are_told(
    plumber: Firm, clock: Any, monkeypatch: Any
) -> None:
    make_member(plumber, "max@avasplumbing.example")
    make_member(plumber, "cleo@avasplumbing.example", Role.CONTRIBUTOR)
    send = locmem.EmailBackend.send_messages

    def refuse(self: locmem.EmailBackend, messages: Any) -> int:
        if messages[0].to[0] in ("ava@avasplumbing.example", "max@avasplumbing.example"):
            raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})
        return send(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)
    dispute = disputed(plumber)
    outbox.work()
    outbox.work()

    assert sorted(Message.objects.filter(letter="dispute_alert").values_list("to", "status")) == [
        ("ava@avasplumbing.example", "failed"),
        ("cleo@avasplumbing.example", "sent"),
        ("max@avasplumbing.example", "failed"),
    ]
    dispute.refresh_from_db()
    assert dispute.owner_told_at == TUESDAY
    assert ActivityLine.objects.filter(verb="alert_widened").count() == 1


def test_one_dead_mailbox_widens_nothing(plumber: Firm, clock: Any, monkeypatch: Any) -> None:
    make_member(plumber, "max@avasplumbing.example")
    make_member(plumber, "cleo@avasplumbing.example", Role.CONTRIBUTOR)
    send = locmem.EmailBackend.send_messages

    def refuse(self: locmem.EmailBackend, messages: Any) -> int:
        if messages[0].to == ["ava@avasplumbing.example"]:
            raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})
        return send(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)
    disputed(plumber)
    outbox.work()

    assert not Message.objects.filter(letter="dispute_alert", to="cleo@avasplumbing.example").exists()


def test_an_acknowledgement_of_two_claims_names_what_was_said_in_each(plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber)
    claim = NewClaim(source="page", source_key="second", words="And the floor is wet", reason="quality")
    open_dispute(dispute.invoice_id, claim=claim)

    assert Message.objects.filter(letter=acknowledging.LETTER, status="queued").count() == 1
    draft = acknowledging.draft_of(dispute)
    assert draft is not None
    assert "“And the floor is wet”" in draft.words
