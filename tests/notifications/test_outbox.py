"""What is owed is done: once, by one worker, also when one dies, a mailbox is dead or nobody heard the bell."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends import locmem

from notifications import outbox, tasks
from notifications.models import Duty, Message
from notifications.outbox import Act, Later, Letter, owe
from syntharra import due
from syntharra.tenancy import acting_for_none
from tests.cast import Firm, make_customer

TUESDAY = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of the duties of kind ``ring`` that were carried out."""
    keys: list[str] = []

    def ring(duty: Duty) -> str:
        keys.append(duty.key)
        return "rung"

    monkeypatch.setitem(outbox._handlers, "ring", ring)
    return keys


def stop_letter(firm: Firm, **fields: Any) -> Letter:
    customer = make_customer(firm)
    said: dict[str, Any] = {"letter": "stop_confirmation", "key": "k", "purpose": "service", "channel": "email"}
    return Letter(**(said | {"to": "ap@customer.example", "customer": customer.pk} | fields))


def test_a_duty_owed_twice_is_carried_out_once(plumber: Firm, done: list[str]) -> None:
    first, second = owe(Act(kind="ring", key="a"), Act(kind="ring", key="a"))

    outbox.work()
    outbox.work()

    assert (first.pk, done) == (second.pk, ["a"])
    assert Duty.objects.get().outcome == "rung"
    assert due.rows(outbox.KIND) == []


def test_a_duty_waits_for_its_moment(plumber: Firm, done: list[str]) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        owe(Act(kind="ring", key="a", after=timedelta(hours=2)))
        outbox.work()
        early = list(done)
    with time_machine.travel(TUESDAY + timedelta(hours=2), tick=False):
        outbox.work()

    assert (early, done) == ([], ["a"])


def test_what_one_worker_holds_no_other_takes_until_its_lease_ends(plumber: Firm, done: list[str]) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        (duty,) = owe(Act(kind="ring", key="a"))
        assert outbox.claim(Duty.objects.due(), duty.pk)  # a worker that dies now
        outbox.work()
        held = list(done)
    with time_machine.travel(TUESDAY + outbox.LEASE + timedelta(seconds=1), tick=False):
        outbox.work()

    assert (held, done) == ([], ["a"])


def test_a_duty_that_fails_stays_owed_and_says_why(plumber: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(duty: Duty) -> str:
        raise RuntimeError("the carrier is on fire")

    monkeypatch.setitem(outbox._handlers, "ring", fail)
    with time_machine.travel(TUESDAY, tick=False):
        owe(Act(kind="ring", key="a"))
        outbox.work()

    duty = Duty.objects.get()
    assert (duty.done_at, duty.outcome, duty.tries) == (None, "RuntimeError: the carrier is on fire", 1)
    assert duty.due_at == TUESDAY + timedelta(seconds=2)


def test_a_handler_may_ask_to_be_asked_later(plumber: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    def later(duty: Duty) -> str:
        raise Later(30, "still ringing")

    monkeypatch.setitem(outbox._handlers, "ring", later)
    with time_machine.travel(TUESDAY, tick=False):
        owe(Act(kind="ring", key="a"))
        outbox.work()

    assert (Duty.objects.get().due_at, Duty.objects.get().outcome) == (TUESDAY + timedelta(seconds=30), "still ringing")


def test_a_duty_nobody_knows_is_kept_not_dropped(plumber: Firm) -> None:
    owe(Act(kind="dance", key="a"))

    outbox.work()

    assert Duty.objects.get().outcome == "NobodyCarriesOut: dance"


def test_the_sweep_makes_up_for_a_bell_nobody_heard(plumber: Firm, rival: Firm, done: list[str]) -> None:
    owe(Act(kind="ring", key="a"))

    with acting_for_none():
        taken = tasks.sweep()

    assert (taken, done) == (1, ["a"])


def test_a_letter_is_sent_once_and_kept_as_it_was(plumber: Firm) -> None:
    owe(stop_letter(plumber))

    outbox.work()
    outbox.work()

    assert [letter.subject for letter in mail.outbox] == ["We will not call you again - Ava's Plumbing"]
    message = Message.objects.get()
    assert (message.status, message.outcome) == ("sent", "accepted by the mail server")
    assert "You asked us to stop calling." in message.text


def test_a_mail_server_that_hangs_up_is_tried_again_with_the_same_id(
    plumber: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    deliver = locmem.EmailBackend.send_messages

    def hang_up_first(self: locmem.EmailBackend, messages: Any) -> int:
        tried.append(messages[0].extra_headers["Message-ID"])
        if len(tried) == 1:
            raise SMTPServerDisconnected("gone")
        return deliver(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", hang_up_first)
    with time_machine.travel(TUESDAY, tick=False):
        owe(stop_letter(plumber))
        outbox.work()
        waiting = Message.objects.get().outcome
    with time_machine.travel(TUESDAY + timedelta(seconds=5), tick=False):
        outbox.work()

    assert waiting == "SMTPServerDisconnected: gone"
    assert (len(mail.outbox), len(tried), len(set(tried))) == (1, 2, 1)


def test_a_letter_to_somebody_who_died_is_refused_and_stored(plumber: Firm) -> None:
    from compliance.models import Decision, RefusalTally, StopKind
    from compliance.services import stop

    letter = stop_letter(plumber)
    assert letter.customer is not None
    stop(letter.customer, StopKind.DECEASED, number="", words="He passed away", source="call", by="Ana")
    owe(letter)

    outbox.work()

    assert mail.outbox == []
    assert Message.objects.get().status == "refused"
    assert Decision.objects.get(moment="sending").reason == "DECEASED"
    assert RefusalTally.objects.get(reason="DECEASED").count == 1


def test_somebody_who_left_the_firm_gets_no_more_of_its_mail(plumber: Firm) -> None:
    from accounts.models import Membership
    from tests.cast import make_member

    former = make_member(plumber, "max@avasplumbing.example")
    owe(
        Letter(
            letter="stop_confirmation", key="k", purpose="account", channel="email", to=former.email, member=former.pk
        )
    )  # fmt: skip
    Membership.objects.filter(user=former).delete()

    outbox.work()

    assert mail.outbox == []
    assert Message.objects.get().status == "refused"


@pytest.mark.parametrize("address", ["ap@customer.example.", "josé@x.com", "a..b@x.com", "mailto:a@x.com"])
def test_an_address_no_server_takes_holds_up_no_letter_behind_it(
    plumber: Firm, address: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = locmem.EmailBackend.send_messages

    def like_smtp(self: locmem.EmailBackend, messages: Any) -> int:
        if messages[0].to == [address]:
            raise ValueError(f"{address!r} is no address")  # as Django's own backend does before it speaks to a server
        return deliver(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", like_smtp)
    owe(stop_letter(plumber, key="bad", to=address), stop_letter(plumber, key="good"))

    outbox.work()
    outbox.work()

    assert dict(Message.objects.values_list("key", "status"))["bad"] == "failed"
    assert [(letter.to, letter.subject) for letter in mail.outbox if "will not call" in letter.subject] == [
        (["ap@customer.example"], "We will not call you again - Ava's Plumbing")
    ]
    assert [letter.subject for letter in mail.outbox if letter.to == ["ava@avasplumbing.example"]] == [
        "We could not write to Harbor Cafe"
    ]


def test_a_name_no_header_likes_is_still_the_sender(plumber: Firm) -> None:
    plumber.business.name = 'Ava "The Pipe" Brooks\\'
    plumber.business.save(update_fields=["name"])
    owe(stop_letter(plumber))

    outbox.work()

    assert Message.objects.get().status == "sent"
