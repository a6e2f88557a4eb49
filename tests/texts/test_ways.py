"""What goes by text where no e-mail arrives: the acknowledgement, the alert, the daily e-mail; and a link promised on a call."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core import mail

from accounts.models import ActivityLine, AlertPhone, Role
from calls.models import Call
from compliance.models import Decision, StopKind
from compliance.services import stop_number
from disputes import acknowledging, digest
from disputes.clock_facts import track_of
from disputes.clocks import Of, State, clocks
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from invoices.models import Customer, Invoice
from notifications import alert_phones, outbox, sending
from notifications.alert_phones import BadCode
from notifications.models import Message
from notifications.segments import length
from syntharra import clock
from tests.calls.line import on_the_line, talk_through
from tests.calls.stage import to_tuesday
from tests.cast import make_customer, make_invoice, make_member
from tests.texts.conftest import Phones, pass_time


def disputed(invoice: Invoice, words: str = "The sink leaks") -> Dispute:
    (dispute,) = open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words=words, by="Ana Reyes"))
    return dispute


def letters() -> list[tuple[str, str]]:
    """Each acknowledgement there is, by channel, in the order in which it was owed."""
    found = Message.objects.filter(letter="dispute_acknowledgement").order_by("owed_at", "pk")
    return [(one.channel, one.status) for one in found]


def acknowledged(dispute: Dispute) -> str:
    found = next(one for one in clocks(track_of(dispute, "America/New_York"), clock.now()) if one.of == Of.ACKNOWLEDGED)
    return str(found.state)


# the acknowledgement


def test_without_an_address_the_acknowledgement_goes_by_text_and_is_met_when_it_arrives(phones: Phones) -> None:
    dispute = disputed(phones.owes())
    outbox.work()
    assert letters() == [("sms", "queued")]

    pass_time(timedelta(hours=23, minutes=1))  # past nine the next morning: the one lawful hour left of the 24
    outbox.work()

    (sent,) = phones.sent()
    assert sent["body"].startswith(
        "Ava's Plumbing: Thank you for telling us that something is not right. We have stopped asking and look into it"
        f" ({dispute.number}). Please tell us more: https://syntharra.example/l/"
    )
    assert sent["body"].endswith(" or call +16145550199. Reply STOP to opt out.")
    assert length(sent["body"]).segments == 2
    dispute.refresh_from_db()
    assert (dispute.acknowledged_at, acknowledged(dispute)) == (None, State.RUNNING)
    message = Message.objects.get(letter="dispute_acknowledgement")
    assert "/l/…" in message.text
    phones.tells(message, sent["sid"], "delivered")
    dispute.refresh_from_db()
    assert dispute.acknowledged_at is not None
    assert acknowledged(dispute) == State.MET
    moments = Decision.objects.filter(subject_id=message.pk).order_by("at", "pk").values_list("moment", flat=True)
    assert list(moments) == ["planned", "sending"]


@pytest.mark.parametrize("why", ["never agreed", "undelivered", "no word"])
def test_where_no_text_arrives_either_a_letter_is_to_be_posted(phones: Phones, why: str) -> None:
    dispute = disputed(phones.owes(agreed=why != "never agreed"))
    outbox.work()
    pass_time(timedelta(hours=23, minutes=1))
    outbox.work()
    if why == "undelivered":
        (sent,) = phones.sent()
        phones.tells(Message.objects.get(letter="dispute_acknowledgement"), sent["sid"], "undelivered")
    elif why == "no word":
        phones.sim.wait_until_idle()  # it arrives, but neither a callback nor an answer of the carrier says so
        phones.sim.post("/faults", kind="server_error", on="messages.fetch", times=9)
        pass_time(timedelta(minutes=61))
        outbox.work()

    assert (
        letters()
        == {
            "never agreed": [("letter", "draft")],
            "undelivered": [("sms", "failed"), ("letter", "draft")],
            "no word": [("sms", "sent"), ("letter", "draft")],
        }[why]
    )
    assert [one.channel for one in acknowledging.to_post()] == ["letter"]
    dispute.refresh_from_db()
    assert dispute.acknowledged_at is None


def test_a_mail_that_comes_back_is_followed_by_a_text_then_by_paper(phones: Phones) -> None:
    invoice = phones.owes(email="ap@harbor.example")
    dispute = disputed(invoice)
    acknowledging.send_now(dispute.pk, by=phones.firm.owner)
    outbox.work()
    assert letters() == [("email", "sent")]
    Dispute.objects.update(acknowledged_at=None)  # the mail server took it, and sends it back

    sending.came_back(Message.objects.get(letter="dispute_acknowledgement").pk, "no such mailbox")
    outbox.work()

    assert letters() == [("email", "failed"), ("sms", "sent")]
    (sent,) = phones.sent()
    phones.tells(Message.objects.get(letter="dispute_acknowledgement", channel="sms"), sent["sid"], "failed")
    assert letters() == [("email", "failed"), ("sms", "failed"), ("letter", "draft")]
    verbs = ActivityLine.objects.filter(subject_id=dispute.pk).order_by("pk").values_list("verb", flat=True)
    assert "acknowledgement_by_text" in verbs
    assert "letter_to_post" in verbs


def test_a_spanish_acknowledgement_fits_three_segments_too(phones: Phones) -> None:
    invoice = phones.owes(language="es")
    open_dispute(
        invoice.pk, claim=NewClaim(source="page", source_key="p", words="Esto está mal", language="es", by="Ana")
    )
    message = Message.objects.get(letter="dispute_acknowledgement")
    acknowledging.send_now(Dispute.objects.get().pk, by=phones.firm.owner)
    outbox.work()

    (sent,) = phones.sent()
    assert sent["body"].startswith("Ava's Plumbing: Gracias por avisarnos")
    assert (length(sent["body"]).encoding, length(sent["body"]).segments) == ("GSM-7", 2)
    assert Message.objects.get(pk=message.pk).status == "sent"


def test_the_firms_own_words_have_no_room_in_a_text(phones: Phones) -> None:
    dispute = disputed(phones.owes())

    with pytest.raises(acknowledging.CannotAcknowledge, match="goes as a text"):
        acknowledging.edit(dispute.pk, "Our own words", by=phones.firm.owner)

    assert "own_words" not in Message.objects.get(letter="dispute_acknowledgement").facts


# a member's own telephone


def owns(phones: Phones, user: Any, number: str = "+16145550190", *, at_once: bool = False) -> AlertPhone:
    """This number is shown to be his."""
    message = alert_phones.ask(user, number, business=phones.firm.business)
    code = alert_phones.code_of(user.pk, message.facts["nonce"])
    phone = alert_phones.show(user, code, business=phones.firm.business)
    alert_phones.wants_at_once(user, on=at_once)
    return phone


def test_a_number_is_his_once_he_read_the_code_that_was_texted_there(phones: Phones) -> None:
    owner, business = phones.firm.owner, phones.firm.business
    alert_phones.ask(owner, "+16145550190", business=business)
    outbox.work()
    (sent,) = phones.sent()
    code = sent["body"].split("Syntharra: ")[1][:6]

    with pytest.raises(BadCode, match="not the code"):
        alert_phones.show(owner, f"{(int(code) + 1) % 1_000_000:06d}", business=business)
    phone = alert_phones.show(owner, f" {code[:3]} {code[3:]} ", business=business)

    assert (sent["to"], phone.number, phone.verified_at is not None) == ("+16145550190", "+16145550190", True)
    assert code not in Message.objects.get(letter="phone_code").text
    with pytest.raises(BadCode, match="too old"):
        alert_phones.show(owner, code, business=business)


def test_a_code_is_guessed_five_times_at_most_and_asked_for_five_times_a_day(phones: Phones) -> None:
    owner, business = phones.firm.owner, phones.firm.business
    message = alert_phones.ask(owner, "+16145550190", business=business)
    right = alert_phones.code_of(owner.pk, message.facts["nonce"])
    for _ in range(5):
        with pytest.raises(BadCode, match="not the code"):
            alert_phones.show(owner, "0000000", business=business)
    with pytest.raises(BadCode, match="too often"):
        alert_phones.show(owner, right, business=business)
    for _ in range(4):
        alert_phones.ask(owner, "+16145550190", business=business)

    with pytest.raises(BadCode, match="tomorrow"):
        alert_phones.ask(owner, "+16145550190", business=business)

    assert AlertPhone.objects.get().verified_at is None


def test_who_wants_it_at_once_gets_a_text_beside_the_mail(phones: Phones) -> None:
    owns(phones, phones.firm.owner, at_once=True)
    to_tuesday(time(22))  # neither the gate's hours nor the house's bind what goes to the firm's own people

    dispute = disputed(phones.owes(email="ap@harbor.example"))
    outbox.work()

    alert = phones.sent()[-1]
    assert alert["to"] == "+16145550190"
    assert alert["body"] == (
        f"Syntharra: Harbor Cafe disputes an invoice ({dispute.number}). We stopped calling."
        f" https://syntharra.example/disputes/{dispute.number}/ Reply STOP to end these texts."
    )
    assert [one.to for one in mail.outbox if one.subject.startswith("Harbor Cafe disputes")] == [
        ["ava@avasplumbing.example"]
    ]


def test_an_alert_no_mailbox_takes_goes_to_the_others_and_then_by_text(phones: Phones) -> None:
    crew = make_member(phones.firm, "crew@avasplumbing.example", Role.CONTRIBUTOR)
    owns(phones, phones.firm.owner)
    disputed(phones.owes(email="ap@harbor.example"))
    outbox.work()
    before = len(phones.sent())

    for address in ("ava@avasplumbing.example", crew.email):
        sending.came_back(Message.objects.get(letter="dispute_alert", to=address).pk, "mailbox full")
        outbox.work()

    alerts = Message.objects.filter(letter__startswith="dispute_alert").order_by("owed_at", "pk")
    assert [(one.to, one.channel, one.status) for one in alerts] == [
        ("ava@avasplumbing.example", "email", "failed"),
        ("crew@avasplumbing.example", "email", "failed"),
        ("+16145550190", "sms", "sent"),
    ]
    assert len(phones.sent()) == before + 1


def test_a_daily_mail_nobody_gets_is_told_by_text(phones: Phones) -> None:
    owns(phones, phones.firm.owner)
    disputed(phones.owes(email="ap@harbor.example"))
    digest.send_digest(phones.firm.business)
    outbox.work()

    sending.came_back(Message.objects.get(letter="dispute_digest").pk, "mailbox full")
    outbox.work()

    assert phones.sent()[-1]["body"] == (
        "Syntharra: one dispute is open, and today's e-mail about it could not be delivered."
        " https://syntharra.example/disputes/ Reply STOP to end these texts."
    )


def test_a_members_stop_ends_his_texts_and_start_lets_them_go_on(phones: Phones) -> None:
    owns(phones, phones.firm.owner, at_once=True)
    phones.comes("+16145550190", "STOP", sid="SM1")
    first = disputed(phones.owes(email="ap@harbor.example"))
    outbox.work()
    pass_time(timedelta(minutes=1))
    phones.comes("+16145550190", "START", sid="SM2")
    second = make_invoice(phones.firm, make_customer(phones.firm, "Bell Dental"))
    open_dispute(second.pk, claim=NewClaim(source="page", source_key="p2", words="wrong price"))
    outbox.work()

    texts = Message.objects.filter(letter="dispute_alert_text").order_by("owed_at", "pk")
    assert [(one.status, one.outcome) for one in texts] == [
        ("refused", "CONSENT_REVOKED"),
        ("sent", "accepted by the carrier"),
    ]
    assert first.number == "D-1001"


def test_a_number_nobody_showed_to_be_his_gets_nothing_but_the_code(phones: Phones) -> None:
    alert_phones.ask(phones.firm.owner, "+16145550190", business=phones.firm.business)
    AlertPhone.objects.update(at_once=True)

    disputed(phones.owes(email="ap@harbor.example"))
    outbox.work()

    assert not Message.objects.filter(letter="dispute_alert_text").exists()
    assert [one["body"][-27:] for one in phones.sent()] == ["Reply STOP to end these texts."[-27:]]


def test_who_is_stopped_is_texted_no_code(phones: Phones) -> None:
    stop_number("+16145550190", StopKind.OPT_OUT)
    pass_time(timedelta(minutes=1))

    # He types the number himself, later than the stop: that is his own wish.
    alert_phones.ask(phones.firm.owner, "+16145550190", business=phones.firm.business)
    stop_number("+16145550190", StopKind.OPT_OUT)
    outbox.work()

    assert (phones.sent(), Message.objects.get(letter="phone_code").outcome) == ([], "CONSENT_REVOKED")


# the link promised on a call


def spoken_with(phones: Phones, *, agreed: bool) -> tuple[Customer, Invoice]:
    customer = make_customer(phones.firm, email="")
    if agreed:
        phones.agrees(customer)
    late = clock.today("America/New_York") - timedelta(days=5)
    return customer, make_invoice(phones.firm, customer, due_on=late, pay_url="https://pay.example/1")


@pytest.mark.parametrize("agreed", [True, False])
def test_pays_now_by_link_is_a_text_where_they_agreed_to_texts_and_have_no_address(
    phones: Phones, agreed: bool
) -> None:
    customer, invoice = spoken_with(phones, agreed=agreed)

    talk_through(on_the_line(customer), "Yes, this is Ana.", "I can pay it now, send me the link.")
    outbox.work()

    assert Call.objects.get().disposition == "pay_now"
    if not agreed:
        assert (Message.objects.filter(letter="pay_link").count(), phones.sent()) == (0, [])
        return
    (sent,) = phones.sent()
    assert sent["body"].startswith(
        f"Ava's Plumbing: as agreed on the phone, the link for invoice {invoice.number}, $796.00: https://syntharra.example/p/"
    )
    assert sent["body"].endswith(" Is something wrong with it? Just answer. Reply STOP to opt out.")
    assert length(sent["body"]).segments == 2
    assert "/p/… Is something" in Message.objects.get(letter="pay_link").text
    assert Message.objects.get(letter="pay_link").purpose == "collect"


def test_the_day_a_consent_was_given_counts(phones: Phones) -> None:
    customer = phones.owes().customer
    customer.text_consents.update(given_on=date(2026, 1, 5))

    phones.text(customer)

    assert Message.objects.get(letter="text_help").outcome == "CONSENT_MISSING"
