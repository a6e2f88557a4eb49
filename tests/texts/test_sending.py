"""Texts on their way out: a row first, cleared twice, handed over once, followed to the end; and what never leaves."""

from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ActivityLine
from compliance import texting
from compliance.models import Decision, Purpose, StopKind, Suppression
from compliance.services import stop
from disputes.freeze import NewClaim
from disputes.services import open_dispute
from integrations.models import PhoneLine
from notifications import outbox, texts
from notifications.models import Message, MessageInvoice, TextDelivery
from notifications.texts import _RANK, later
from syntharra import clock
from syntharra.identifiers import uuid7
from syntharra.tenancy import acting_for
from tests.calls.stage import to_tuesday
from tests.cast import Firm, make_business, make_customer, make_invoice
from tests.texts.conftest import Phones, pass_time


def fresh(message: Message) -> Message:
    return Message.objects.select_related("delivery").get(pk=message.pk)


def standing(message: Message) -> tuple[str, str]:
    found = fresh(message)
    return found.status, found.delivery.status


def test_a_text_is_a_row_cleared_twice_and_followed_until_it_arrives(phones: Phones) -> None:
    message = phones.text(phones.owes().customer)

    outbox.work()

    (sent,) = phones.sent()
    assert (sent["to"], sent["from_"]) == (message.to, phones.line)
    assert sent["body"] == "Ava's Plumbing. Questions? Call +16145550199. Reply STOP to opt out."
    assert sent["status_callback"].startswith(f"https://syntharra.example/webhooks/twilio/text-status/{message.pk}")
    assert standing(message) == ("sent", "queued")
    decided = Decision.objects.filter(subject_id=message.pk).order_by("at", "pk")
    assert [(one.moment, one.channel, one.decision) for one in decided] == [
        ("planned", "sms", "allowed"),
        ("sending", "sms", "allowed"),
    ]
    assert phones.tells(message, sent["sid"], "sent").status_code == 204
    assert phones.tells(message, sent["sid"], "delivered").status_code == 204
    found = fresh(message)
    assert (found.status, found.outcome, found.delivery.status, found.delivery.segments) == (
        "sent",
        "delivered",
        "delivered",
        1,
    )
    assert found.text == sent["body"]


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("never agreed", "CONSENT_MISSING"),
        ("stopped", "CONSENT_REVOKED"),
        ("bankrupt", "BANKRUPTCY"),
        ("call", "CONSENT_MISSING"),
    ],
)
def test_without_consent_or_after_a_stop_no_text_of_any_purpose_leaves(phones: Phones, why: str, reason: str) -> None:
    customer = phones.owes(agreed=why in ("stopped", "bankrupt"), consented=why == "call").customer
    number = customer.contacts.get().phone
    if why == "stopped":
        stop(customer.pk, StopKind.OPT_OUT, number=number, words="no more", source="member", by="a@b.example")
    if why == "bankrupt":
        stop(customer.pk, StopKind.BANKRUPTCY, number="", words="chapter 7", source="member", by="a@b.example")

    owed = [phones.text(customer, key=p, purpose=p) for p in (Purpose.SERVICE, Purpose.DISPUTE, Purpose.LEGAL)]
    outbox.work()

    assert [(fresh_.status, fresh_.outcome) for fresh_ in Message.objects.filter(pk__in=[m.pk for m in owed])] == [
        ("refused", reason)
    ] * 3
    assert phones.sent() == []
    assert TextDelivery.objects.count() == 0


def test_a_consent_taken_back_between_planning_and_sending_holds_the_text_back(phones: Phones) -> None:
    customer = phones.owes().customer
    message = phones.text(customer)
    texting.take_back(customer.text_consents.get().pk, by="ava@avasplumbing.example")

    outbox.work()

    assert (fresh_ := Message.objects.get(pk=message.pk)).outcome == "CONSENT_MISSING"
    assert (fresh_.status, phones.sent()) == ("refused", [])


@pytest.mark.parametrize(("at", "waits_for"), [(time(8, 59), time(9)), (time(20), time(9))])
def test_a_text_of_any_purpose_keeps_nine_to_eight(phones: Phones, at: time, waits_for: time) -> None:
    customer = phones.owes().customer
    to_tuesday(at)

    message = phones.text(customer)
    outbox.work()

    waiting = Message.objects.get(pk=message.pk)
    assert (waiting.status, waiting.outcome, phones.sent()) == ("queued", "HOURS_HOUSE", [])
    assert waiting.due_at.astimezone(ZoneInfo("America/New_York")).time().replace(microsecond=0) == waits_for


def test_until_the_operator_registered_them_a_live_firm_sends_no_text(settings: Any, db: None) -> None:
    to_tuesday()
    settings.SIMULATORS_URL = "http://127.0.0.1:9"
    live = make_business("Lena's Lawns", email="lena@lawns.example", sandbox=False)
    with acting_for(live.business.pk):
        phones = Phones(live, None, None)  # type: ignore[arg-type]
        customer = phones.owes().customer
        before = phones.text(customer, key="before")
        texting.register(live.business, "brand BN1, campaign CM1", by="operator")
        after = phones.text(customer, key="after")
        texting.end(live.business, by="operator")
        ended = phones.text(customer, key="ended")

        assert [Message.objects.get(pk=m.pk).status for m in (before, after, ended)] == ["refused", "queued", "refused"]
        assert Message.objects.get(pk=before.pk).outcome == "TEXTS_OFF"
        verbs = ActivityLine.objects.filter(verb__startswith="texts_").order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["texts_registered", "texts_unregistered"]


# the carrier does not answer


def test_a_text_nobody_answered_about_is_found_and_never_sent_twice(phones: Phones) -> None:
    message = phones.text(phones.owes().customer)
    phones.sim.post("/faults", kind="lost_response", on="messages.create")

    outbox.work()
    assert standing(message) == ("sending", "unknown")
    pass_time(timedelta(seconds=31))
    outbox.work()

    (sent,) = phones.sent()
    assert fresh(message).delivery.sid == sent["sid"]
    assert fresh(message).status == "sent"


def test_a_callback_finds_it_sooner(phones: Phones) -> None:
    message = phones.text(phones.owes().customer)
    phones.sim.post("/faults", kind="lost_response", on="messages.create")
    outbox.work()

    phones.tells(message, phones.sent()[0]["sid"], "delivered")

    assert standing(message) == ("sent", "delivered")
    pass_time(timedelta(minutes=1))
    outbox.work()
    assert len(phones.sent()) == 1


def test_what_the_carrier_never_had_is_lost_after_five_minutes_and_not_sent_again(phones: Phones) -> None:
    message = phones.text(phones.owes().customer)
    phones.sim.post("/faults", kind="server_error", on="messages.create")

    outbox.work()
    for _ in range(12):
        pass_time(timedelta(seconds=31))
        outbox.work()

    assert standing(message) == ("failed", "lost")
    assert phones.sent() == []


def test_a_carrier_out_of_reach_is_asked_again(phones: Phones, settings: Any) -> None:
    reachable = settings.SIMULATORS_URL
    message = phones.text(phones.owes().customer)
    settings.SIMULATORS_URL = "http://127.0.0.1:9"
    outbox.work()
    waiting = Message.objects.get(pk=message.pk)
    settings.SIMULATORS_URL = reachable

    pass_time(timedelta(minutes=10))
    outbox.work()

    assert (waiting.status, TextDelivery.objects.count(), len(phones.sent())) == ("sending", 1, 1)
    assert fresh(message).status == "sent"


def test_who_told_the_carrier_to_stop_is_on_our_stop_list(phones: Phones) -> None:
    customer = phones.owes().customer
    number = customer.contacts.get().phone
    phones.sim.post("/sms", **{"from": number, "to": phones.line, "body": "STOP", "sms_url": ""})

    message = phones.text(customer)
    outbox.work()

    assert standing(message) == ("failed", "failed")
    assert fresh(message).delivery.error_code == "21610"
    stopped = Suppression.objects.get()
    assert (stopped.kind, stopped.number, stopped.source) == ("opt_out", number, "carrier")
    again = phones.text(customer, key="again")
    outbox.work()
    assert Message.objects.get(pk=again.pk).outcome == "CONSENT_REVOKED"
    assert phones.sent() == []


def test_a_text_that_does_not_arrive_is_the_firms_to_know(phones: Phones) -> None:
    message = phones.text(phones.owes().customer)
    outbox.work()
    (sent,) = phones.sent()

    phones.tells(message, sent["sid"], "undelivered", ErrorCode="30006")
    phones.tells(message, sent["sid"], "sent")

    found = fresh(message)
    assert (found.status, found.outcome, found.delivery.status) == ("failed", "text undelivered: 30006", "undelivered")
    assert Message.objects.get(letter="letter_failed").to == phones.firm.owner.email


def test_the_carrier_is_asked_about_a_text_it_says_nothing_of(phones: Phones) -> None:
    message = phones.text(phones.owes().customer)
    outbox.work()
    phones.sim.wait_until_idle()  # its callbacks go nowhere: nobody listens at that address

    pass_time(timedelta(minutes=3))
    outbox.work()

    assert standing(message) == ("sent", "delivered")


# what the carrier tells


def test_words_about_a_text_are_signed_or_not_read(phones: Phones) -> None:
    message = phones.text(phones.owes().customer)
    outbox.work()
    path, form = f"/webhooks/twilio/text-status/{message.pk}", {"MessageSid": "SM1", "MessageStatus": "delivered"}

    answers = [
        phones.client.post(path, {**form, "From": phones.line}),
        phones.posts(path, token="a stranger's", **form, From=phones.line),
        phones.posts(path, **form, From=phones.line, AccountSid="AC" + "9" * 32),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert standing(message) == ("sent", "queued")


def test_words_about_another_firms_text_move_nothing(phones: Phones, rival: Firm) -> None:
    message = phones.text(phones.owes().customer)
    outbox.work()
    with acting_for(rival.business.pk):
        theirs = PhoneLine.objects.get().number

    phones.tells(message, "SM" + "1" * 32, "delivered", From=theirs)
    phones.tells(message, "SM" + "1" * 32, "delivered")  # ours, of a text the carrier calls otherwise

    assert standing(message) == ("sent", "queued")


@given(
    words=st.lists(
        st.sampled_from(
            ["accepted", "queued", "sending", "sent", "delivered", "undelivered", "read", "nonsense", "lost", ""]
        ),
        max_size=8,
    )
)
def test_whatever_comes_in_whatever_order_a_text_only_gets_further(words: list[str]) -> None:
    current, past = "asking", []
    for word in words:
        current = later(current, word) or current
        past.append(_RANK[current])

    assert past == sorted(past)
    ends = [word for word in words if word in ("delivered", "undelivered", "read")]
    assert current == ({"read": "delivered"}.get(ends[0], ends[0]) if ends else current)


# the guard beneath


def collect_text(firm: Firm, invoice: Any, status: str) -> Message:
    message = Message.objects.create(
        purpose="collect", channel="sms", letter="pay_link", key=f"g:{status}", customer=invoice.customer, to="+16145550101",
        correlation="c", owed_at=clock.now(), due_at=clock.now(), status=status,
    )  # fmt: skip
    MessageInvoice.objects.create(message=message, invoice=invoice)
    return message


@pytest.mark.parametrize("status", ["draft", "queued", "sending"])
def test_the_database_refuses_a_text_that_asks_for_money_on_a_frozen_invoice(plumber: Firm, status: str) -> None:
    invoice = make_invoice(plumber)
    open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks"))

    with pytest.raises(IntegrityError, match="this invoice is frozen"), transaction.atomic():
        collect_text(plumber, invoice, status)

    assert not Message.objects.filter(channel="sms").exists()


def test_nor_may_one_owed_before_move_on_or_be_handed_over(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    waiting = collect_text(plumber, invoice, "queued")
    open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks"))
    for sql in (
        "UPDATE notifications_message SET status = 'sending' WHERE id = %s",
        "UPDATE notifications_message SET purpose = 'service' WHERE id = %s",
        f"""INSERT INTO notifications_textdelivery (id, business_id, message_id, status, sender, sid, error_code, segments,
            body_hash, asked_at) SELECT '{uuid7()}', business_id, id, 'asking', '+1', '', '', 1, '', now()
            FROM notifications_message WHERE id = %s""",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [waiting.pk])

    assert (Message.objects.get(pk=waiting.pk).status, TextDelivery.objects.count()) == ("queued", 0)


def test_a_pay_link_owed_before_the_dispute_never_leaves(phones: Phones) -> None:
    invoice = phones.owes()
    waiting = phones.text(invoice.customer, key="c", purpose=Purpose.COLLECT, about=(invoice.pk,))
    assert Message.objects.get(pk=waiting.pk).status == "queued"

    open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks"))
    outbox.work()

    found = Message.objects.get(pk=waiting.pk)
    assert (found.status, found.outcome, phones.sent()) == ("refused", "DISPUTE_OPEN", [])


def test_customers_of_another_firm_and_their_texts_are_nobodys_business_here(phones: Phones, rival: Firm) -> None:
    message = phones.text(phones.owes().customer)
    outbox.work()

    with acting_for(rival.business.pk):
        assert (TextDelivery.objects.count(), Message.objects.filter(pk=message.pk).count()) == (0, 0)
        assert texts.told(message.pk, "SM1", "delivered") is False
        make_customer(rival)
    assert standing(message) == ("sent", "queued")
