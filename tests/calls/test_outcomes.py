"""One written consequence for each result of a call: hold, suppression, task, next attempt, letter. Carried out once."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine

from accounts.models import ActivityDetail, ActivityLine
from calls.acts import Scene, carry_out
from calls.agent import acts
from calls.agent.acts import HowPaid, NoteKind
from calls.agent.outcomes import CALLS_ONLY, OUTCOMES, Disposition
from calls.agent.outcomes import Hold as HoldKind
from calls.answering import answer
from calls.clearing import clear_attempt
from calls.dialing import claim, decide
from calls.lattice import is_over, known, later
from calls.models import Attempt, AttemptInvoice, Call
from calls.opened import forbidden
from calls.outcomes import done, finish
from calls.planning import plan
from calls.workdays import workdays_after
from compliance.models import Channel, PhoneContact, Purpose, Statement, Suppression
from compliance.registry import Ask
from compliance.services import clear
from disputes.freeze import NewClaim
from disputes.hearing.labels import Intent, Reason
from disputes.models import Claim, Dispute
from disputes.services import open_dispute
from invoices.models import Contact, Hold, Invoice, Promise
from invoices.phones import OURS
from invoices.sync_people import decide_role
from notifications.letters import render
from notifications.models import Duty, Message
from syntharra.clock import now
from syntharra.money import of
from syntharra.tenancy import current_business
from tests.calls.line import on_the_line
from tests.cast import Firm, make_customer, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
FRIDAY = date(2026, 10, 9)


@pytest.fixture
def attempt(plumber: Firm) -> Attempt:
    """On the line about two invoices."""
    customer = make_customer(plumber)
    make_invoice(plumber, customer, number="2232", balance="1240.00", pay_url="https://pay.example/2232")
    make_invoice(
        plumber, customer, number="2233", balance="700.00", due_on=date(2026, 10, 2), pay_url="https://pay.example/2233"
    )
    return on_the_line(customer)


def scene(attempt: Attempt) -> Scene:
    return Scene(line_id=attempt.pk, call_id=Call.objects.get(attempt=attempt).pk)


def does(attempt: Attempt, *asked: acts.Act) -> None:
    carry_out(scene(attempt), asked)


def ended(attempt: Attempt, disposition: str) -> Attempt:
    assert finish(attempt.pk, disposition) is True
    return Attempt.objects.get(pk=attempt.pk)


def holds() -> list[tuple[str, str | None, datetime | None]]:
    found = Hold.objects.order_by("invoice__number")
    return [(hold.reason, hold.invoice.number if hold.invoice else None, hold.until) for hold in found]


def verbs() -> list[str]:
    lines = ActivityLine.objects.exclude(verb__in=("started", "dialed", "stopped", "froze")).order_by(
        "recorded_at", "pk"
    )
    return list(lines.values_list("verb", flat=True))


def facts(verb: str) -> dict[str, Any]:
    found: dict[str, Any] = ActivityDetail.objects.get(line__verb=verb).facts
    return found


def collectable() -> list[str]:
    return list(Invoice.objects.collectable(on=date(2026, 10, 6)).order_by("number").values_list("number", flat=True))


def test_every_result_has_its_row_and_ends_the_attempt_once(attempt: Attempt) -> None:
    assert set(OUTCOMES) == set(Disposition)
    assert finish(attempt.pk, "other") is True
    assert finish(attempt.pk, "promise_to_pay") is False

    after = Attempt.objects.get(pk=attempt.pk)
    assert (after.status, after.disposition, after.counted) == ("ended", "other", True)
    assert Call.objects.get().disposition == "other"
    assert PhoneContact.objects.get().result == "no_answer"
    assert facts("called") == {"result": "other", "reason": "", "attempt": 1, "invoices": ["2233", "2232"]}


@pytest.mark.parametrize("disposition", [row for row in Disposition if OUTCOMES[row].hold is HoldKind.OWNER])
def test_what_the_owner_must_look_at_holds_the_customer_until_somebody_lifts_it(
    attempt: Attempt, disposition: Disposition
) -> None:
    ended(attempt, disposition)

    assert holds() == [(disposition.value, None, None)]
    assert collectable() == []
    assert facts("asks_owner")["task"] == disposition.value


@pytest.mark.parametrize(
    ("disposition", "until"),
    [
        ("pay_now", date(2026, 10, 7)),
        ("question_about_invoice", date(2026, 10, 9)),
        ("copy_wanted", date(2026, 10, 13)),
        ("waiting_for_payer", date(2026, 11, 5)),
        ("promise_to_pay", date(2026, 10, 13)),  # without a day: a week
    ],
)
def test_a_hold_for_days_lasts_to_the_end_of_the_last_one(attempt: Attempt, disposition: str, until: date) -> None:
    ended(attempt, disposition)

    hours = 5 if until >= date(2026, 11, 1) else 4  # summer time ends on November 1
    midnight = datetime.combine(until + timedelta(days=1), time(hours), UTC)
    assert holds() == [(disposition, "2232", midnight), (disposition, "2233", midnight)]
    assert collectable() == []


def test_a_paper_is_waited_for_until_it_was_sent_and_five_business_days_more(
    attempt: Attempt, tuesday: time_machine.Traveller
) -> None:
    does(attempt, acts.Note(NoteKind.PAPERWORK, "we need a W-9 first", "w9"))
    ended(attempt, "paperwork_first")
    call = Call.objects.get()
    assert holds() == [("paperwork_first", "2232", None), ("paperwork_first", "2233", None)]
    assert facts("asks_owner") == {"task": "paperwork_first", "detail": "w9"}

    tuesday.shift(timedelta(days=31))
    assert collectable() == []
    assert (done(call.pk), done(call.pk)) == (2, 0)

    midnight = datetime(2026, 11, 17, 5, tzinfo=UTC)  # Friday November 6, and five business days: Veterans Day is none
    assert holds() == [("paperwork_first", "2232", midnight), ("paperwork_first", "2233", midnight)]


def test_done_means_nothing_after_a_call_that_waits_for_no_paper(attempt: Attempt) -> None:
    ended(attempt, "waiting_for_payer")
    before = holds()

    assert done(Call.objects.get().pk) == 0
    assert holds() == before


def test_a_copy_goes_out_by_mail_with_what_was_billed_and_no_link_to_pay(attempt: Attempt) -> None:
    invoice = Invoice.objects.get(number="2232")
    invoice.lines.update(description="Sump pump, installed")

    for _ in range(2):
        does(attempt, acts.SendCopy("I never got the invoice"))
    ended(attempt, "copy_wanted")

    message = Message.objects.get(letter="invoice_copy")
    letter = render(message)
    assert (message.purpose, message.to) == ("service", attempt.customer.contacts.get().email)
    assert "- Sump pump, installed: $1,240.00" in letter.text
    assert "https://pay.example" not in letter.text + letter.html
    assert "asks_owner" not in verbs()


def test_without_an_address_the_firm_is_asked_to_send_the_copy(attempt: Attempt) -> None:
    attempt.customer.contacts.update(email="")

    does(attempt, acts.SendCopy("I never got the invoice"))

    assert Message.objects.filter(letter="invoice_copy").count() == 0
    assert facts("asks_owner") == {"task": "send_copy", "words": "I never got the invoice"}


def test_somebody_else_to_ask_is_put_on_file_and_never_called(attempt: Attempt) -> None:
    for _ in range(2):
        does(attempt, acts.ProposeContact("Karen", "+16145550133", "", "talk to Karen in accounting, 614 555 0133"))
    ended(attempt, "other_contact")

    proposed = Contact.objects.exclude(role="billing").get()
    assert (proposed.name, proposed.phone, proposed.role) == ("Karen", "+16145550133", "other")
    assert facts("asks_owner") == {"task": "other_contact", "name": "Karen", "phone": "+16145550133"}
    Hold.objects.update(lifted_at=now(), lifted_by="ava")
    plan(current_business())
    assert list(Attempt.objects.filter(status="planned").values_list("to", flat=True)) == [attempt.to]


def test_whom_a_customer_named_is_called_about_bills_once_the_owner_says_so(attempt: Attempt, plumber: Firm) -> None:
    does(attempt, acts.ProposeContact("Karen", "+16145550133", "", "Karen does that"))

    moved = decide_role(Contact.objects.get(name="Karen").pk, "billing", by=plumber.owner)

    assert (moved.name, moved.role, moved.rank) == ("Karen", "billing", OURS)
    assert Contact.objects.filter(customer=attempt.customer).count() == 2


@pytest.mark.parametrize("disposition", sorted(CALLS_ONLY))
def test_who_wants_no_calls_may_still_be_written_to(attempt: Attempt, disposition: str) -> None:
    does(attempt, acts.Note(NoteKind.WRITTEN_ONLY, "e-mail only", "email"))
    ended(attempt, disposition)
    plan(current_business())
    invoice = Invoice.objects.get(number="2232")
    mail = attempt.customer.contacts.get().email
    asks = [
        Ask(
            purpose=Purpose.COLLECT,
            channel=channel,
            to=to,
            at=now(),
            customer_id=attempt.customer_id,
            invoice_id=invoice.pk,
        )
        for channel, to in ((Channel.EMAIL, mail), (Channel.CALL, attempt.to))
    ]

    by_mail, by_call = (clear(ask, subject_kind="message", subject_id=invoice.pk, moment="sending") for ask in asks)

    assert Attempt.objects.filter(status="planned").count() == 0
    assert (by_mail.reason, "ON_HOLD" in by_call.all_reasons) == ("OK", True)


def test_a_part_that_is_promised_is_booked_on_the_oldest_invoice_first(attempt: Attempt) -> None:
    does(attempt, acts.Promise(FRIDAY, of("1000.00", "USD"), HowPaid.CHECK, "a thousand dollars on Friday"))
    ended(attempt, "promise_to_pay")

    booked = Promise.objects.order_by("invoice__due_on").values_list("invoice__number", "amount")
    assert [(number, str(amount)) for number, amount in booked] == [("2233", "700.00"), ("2232", "300.00")]


def test_a_promise_for_one_of_them_is_booked_on_that_one(attempt: Attempt) -> None:
    does(attempt, acts.Promise(FRIDAY, of("1240.00", "USD"), HowPaid.CHECK, "the pump on Friday", ("2232",)))
    ended(attempt, "promise_to_pay")

    assert list(Promise.objects.values_list("invoice__number", flat=True)) == ["2232"]
    assert [(reason, number) for reason, number, _ in holds()] == [("promise_to_pay", "2233")]
    assert collectable() == []


def test_what_the_firm_was_told_before_is_kept_with_its_day_and_told_to_the_owner(attempt: Attempt) -> None:
    words = "I told your office on September 8 that it leaks"
    does(attempt, acts.Freeze(Reason.QUALITY, words, (), told_before=True, told_on=date(2026, 9, 8)))

    assert Claim.objects.get().evidence["told_on"] == "2026-09-08"
    alert = render(Message.objects.filter(letter="dispute_alert").first() or Message())
    assert "They say they told you so before, on Tuesday, September 8, 2026 or about then." in alert.text


def test_a_place_and_hours_not_to_call_at_are_put_to_the_gate(attempt: Attempt) -> None:
    for _ in range(2):
        does(attempt, acts.Restrict("never before noon at work", "work", time(12), time(16, 30), (0,)))
    assert all(cleared.is_allowed for cleared in clear_attempt(attempt, at=now(), moment="dialed"))  # this call goes on
    ended(attempt, "other")

    stated = Statement.objects.order_by("kind", "start").values_list("kind", "number", "start", "end", "weekday")
    assert list(stated) == [
        ("not_at_work", attempt.to, None, None, None),
        ("not_between", "", time(0), time(12), None),
        ("not_between", "", time(16, 30), time(0), None),
        ("not_on", "", None, None, 0),
    ]
    ask = Ask(
        purpose=Purpose.COLLECT, channel=Channel.CALL, to=attempt.to, at=datetime(2026, 10, 13, 14, tzinfo=UTC),
        customer_id=attempt.customer_id, invoice_id=Invoice.objects.values_list("pk", flat=True)[0],
    )  # fmt: skip
    refused = clear(ask, subject_kind="invoice", subject_id=attempt.pk, moment="planned")
    assert {"INCONVENIENT_PLACE", "INCONVENIENT_TIME"} <= set(refused.all_reasons)


@pytest.mark.parametrize("disposition", ["no_answer", "busy", "failed", "hung_up", "other", "voicemail_greeting"])
def test_nothing_holds_the_cadence_after_a_call_that_came_to_nothing(attempt: Attempt, disposition: str) -> None:
    ended(attempt, disposition)

    assert (holds(), collectable()) == ([], ["2232", "2233"])
    assert verbs()[-1] == "called"


def test_a_promise_is_booked_on_each_invoice_with_its_grace(attempt: Attempt) -> None:
    words = "Friday by check"
    for _ in range(2):
        does(attempt, acts.Promise(FRIDAY, of("1940.00", "USD"), HowPaid.CHECK, words))
    ended(attempt, "promise_to_pay")

    booked = Promise.objects.order_by("invoice__number").values_list("invoice__number", "amount", "how", "holds_until")
    grace = date(2026, 10, 21)  # seven business days after Friday the 9th, Columbus Day left out
    assert [(number, str(amount), how, until) for number, amount, how, until in booked] == [
        ("2232", "1240.00", "check", grace), ("2233", "700.00", "check", grace),
    ]  # fmt: skip
    assert holds() == []
    assert collectable() == []
    letter = Message.objects.get(letter="promise_confirmation")
    assert (letter.purpose, letter.facts["promised_for"]) == ("service", "2026-10-09")


@pytest.mark.parametrize(
    ("how", "booked", "grace"),
    [
        (HowPaid.LINK, "link", date(2026, 10, 13)),
        (HowPaid.CARD, "link", date(2026, 10, 13)),
        (HowPaid.CASH, "office", date(2026, 10, 13)),
        (HowPaid.TRANSFER, "transfer", date(2026, 10, 16)),
        (HowPaid.UNKNOWN, "unknown", date(2026, 10, 21)),
    ],
)
def test_how_it_will_be_paid_decides_the_grace(attempt: Attempt, how: HowPaid, booked: str, grace: date) -> None:
    does(attempt, acts.Promise(FRIDAY, of("1940.00", "USD"), how, ""))

    assert set(Promise.objects.values_list("how", "holds_until")) == {(booked, grace)}


def test_a_promise_without_a_day_is_noted_and_holds_a_week(attempt: Attempt) -> None:
    does(attempt, acts.Promise(None, of("1940.00", "USD"), HowPaid.UNKNOWN, "soon"))
    ended(attempt, "promise_to_pay")

    assert Promise.objects.count() == 0
    assert facts("noted") == {"kind": "promise_without_day", "words": "soon"}
    assert [reason for reason, _, _ in holds()] == ["promise_to_pay", "promise_to_pay"]


def test_a_freeze_of_the_named_invoice_leaves_the_other_to_the_owner(attempt: Attempt) -> None:
    does(attempt, acts.Freeze(Reason.QUALITY, "the heater leaks", ("2232",), told_before=True, urgent=True))
    does(attempt, acts.Specify(Reason.QUALITY, "since the first day"))
    ended(attempt, "dispute")

    frozen = Invoice.objects.exclude(frozen_at=None).get()
    claim = Claim.objects.get()
    assert (frozen.number, Dispute.objects.get().invoice_id) == ("2232", frozen.pk)
    assert (claim.words, claim.urgent, claim.evidence["told_before"]) == (
        "the heater leaks since the first day",
        True,
        True,
    )
    assert (claim.source, claim.source_key) == ("call", str(Call.objects.get().pk))
    plan(current_business())
    assert Attempt.objects.filter(status="planned").count() == 0  # OWNER_DECIDES


def test_each_invoice_objected_to_on_one_call_is_a_claim_that_is_told_and_acknowledged(attempt: Attempt) -> None:
    first = acts.Freeze(Reason.OTHER_VAGUE, "I dispute invoice 2232", ("2232",))
    second = acts.Freeze(Reason.NOT_RECEIVED, "nobody ever did 2233", ("2233",))
    for _ in range(2):  # carried out again, nothing is added
        does(attempt, first)
        does(attempt, second)
    does(attempt, acts.Specify(Reason.QUALITY, "it leaks", invoices=("2232",)))
    does(attempt, acts.Specify(Reason.OTHER_VAGUE, "not one hour"))

    call = Call.objects.get()
    assert Invoice.objects.filter(frozen_at=None).count() == 0
    assert {claim.source_key: (claim.words, claim.reason) for claim in Claim.objects.all()} == {
        str(call.pk): ("I dispute invoice 2232 it leaks", "quality"),
        f"{call.pk}:2233": ("nobody ever did 2233 not one hour", "not_received"),
    }
    assert Message.objects.filter(letter="dispute_alert").values("facts__claim").distinct().count() == 2
    assert Message.objects.filter(letter="dispute_acknowledgement").count() == 2
    assert forbidden(call.pk) == ""  # the line it was said on goes on


def test_a_freeze_that_names_none_takes_all_that_was_spoken_of(attempt: Attempt) -> None:
    does(attempt, acts.Freeze(Reason.OTHER_VAGUE, "I don't owe this", ()))

    assert Dispute.objects.count() == 2
    assert Claim.objects.count() == 1


def test_already_paid_pauses_and_is_never_a_dispute(attempt: Attempt) -> None:
    does(attempt, acts.AlreadyPaid(HowPaid.CHECK, date(2026, 9, 28), "I sent a check last week"))
    ended(attempt, "already_paid")

    assert set(Invoice.objects.values_list("paused_reason", flat=True)) == {"already_paid"}
    assert (Dispute.objects.count(), holds()) == (0, [])
    assert facts("says_paid") == {"how": "check", "on": "2026-09-28", "words": "I sent a check last week"}
    assert Message.objects.filter(letter="paid_check").count() == 1


def test_a_call_that_ended_unsure_leaves_the_invoices_as_silent_as_frozen(attempt: Attempt) -> None:
    call = Call.objects.get()
    call.lines.create(position=0, speaker="customer", text="hm, about that bill...", second=9, state="pause")

    ended(attempt, "paused_unsure")

    assert set(Invoice.objects.values_list("paused_reason", flat=True)) == {"unsure"}
    assert collectable() == []
    assert {m.facts["words"] for m in Message.objects.filter(letter="pause_alert")} == {"hm, about that bill..."}


@pytest.mark.parametrize("intent", ["opt_out", "attorney_represented", "bankruptcy", "deceased", "wrong_number"])
def test_a_stop_binds_from_its_commit(attempt: Attempt, intent: str) -> None:
    does(attempt, acts.Suppress(Intent(intent), "stop"))
    ended(attempt, intent)

    stopped = Suppression.objects.get()
    assert (stopped.kind, stopped.number, stopped.source) == (intent, attempt.to, f"call:{Call.objects.get().pk}")
    duty = Duty.objects.get(kind="stop_calls")
    assert (duty.facts["customer"], duty.facts["except_call"]) == (str(attempt.customer_id), str(Call.objects.get().pk))
    assert Message.objects.filter(letter="stop_confirmation").count() == (1 if intent == "opt_out" else 0)
    Hold.objects.update(lifted_at=now(), lifted_by="ava")
    plan(current_business())
    assert Attempt.objects.filter(status="planned").count() == 0


def test_the_link_is_sent_by_mail_about_what_is_owed(attempt: Attempt) -> None:
    for _ in range(2):
        does(attempt, acts.SendLink("email"))
    ended(attempt, "pay_now")

    letter = Message.objects.get(letter="pay_link")
    assert (letter.purpose, letter.channel, letter.to) == ("collect", "email", attempt.customer.contacts.get().email)
    assert letter.about.count() == 2


def test_the_days_rest_after_the_link_does_not_hold_back_the_link(attempt: Attempt) -> None:
    does(attempt, acts.SendLink("email"))
    ended(attempt, "pay_now")
    letter = Message.objects.get(letter="pay_link")
    ask = Ask(
        purpose=Purpose.COLLECT, channel=Channel.EMAIL, to=letter.to, at=now(), customer_id=attempt.customer_id,
        invoice_id=letter.about.values_list("invoice_id", flat=True)[0], subject_id=letter.pk,
    )  # fmt: skip

    assert clear(ask, subject_kind="message", subject_id=letter.pk, moment="sending").reason == "OK"


def test_a_frozen_invoice_is_not_sent_a_link_for(attempt: Attempt) -> None:
    open_dispute(
        *Invoice.objects.values_list("pk", flat=True), claim=NewClaim(source="member", source_key="m", words="no")
    )

    does(attempt, acts.SendLink("email"))

    assert Message.objects.filter(letter="pay_link").count() == 0


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [
        (FRIDAY, time(15), datetime(2026, 10, 9, 19, tzinfo=UTC)),
        (None, time(15), datetime(2026, 10, 6, 19, tzinfo=UTC)),
        (None, time(9, 30), datetime(2026, 10, 7, 13, 30, tzinfo=UTC)),  # it is ten already
        (FRIDAY, None, datetime(2026, 10, 9, 14, tzinfo=UTC)),
        (None, None, None),
    ],
)
def test_a_named_time_is_kept_for_the_next_call(
    attempt: Attempt, on: date | None, at: time | None, expected: datetime | None
) -> None:
    does(attempt, acts.Callback(on, at, "call me then"))
    after = ended(attempt, "callback_request")

    assert after.callback_at == expected
    if expected and expected - datetime(2026, 10, 6, 14, tzinfo=UTC) < timedelta(days=3):
        plan(current_business())
        assert Attempt.objects.get(status="planned").planned_for == expected


def test_a_wish_for_a_person_is_no_time_for_the_agent(attempt: Attempt) -> None:
    does(attempt, acts.Callback(FRIDAY, None, "a human please", by_person=True))

    assert Attempt.objects.get().callback_at is None
    assert facts("wants_callback")["by_person"] is True


def test_words_for_the_owner_are_on_the_timeline(attempt: Attempt) -> None:
    does(attempt, acts.Note(NoteKind.PAPERWORK, "we need a W-9"), acts.SendCopy("never got it"), acts.HandOver("now"))
    does(attempt, acts.StopRecording("don't record me"))

    assert sorted(verbs()) == ["asked_for_person", "noted", "refused_recording", "wants_copy"]
    assert Duty.objects.get(kind="stop_recording").facts["sid"] == Call.objects.get().sid


def test_the_third_call_leaves_the_decision_to_the_owner(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    invoice = make_invoice(plumber)
    for _ in range(3):
        attempt = Attempt.objects.filter(status="planned").first()
        if attempt is None:
            plan(plumber.business.pk)
            attempt = Attempt.objects.get(status="planned")
        tuesday.move_to(attempt.planned_for)
        Invoice.objects.update(read_at=attempt.planned_for)
        assert claim(attempt.pk)
        assert decide(attempt.pk)
        answer(attempt.pk, f"CA{attempt.pk.hex}")
        assert Invoice.objects.get().left_reason is None
        finish(attempt.pk, "hung_up")
        tuesday.shift(timedelta(days=1))

    invoice.refresh_from_db()
    assert invoice.left_reason == "your_decision"
    assert [a.number for a in Attempt.objects.order_by("planned_for")] == [1, 2, 3]
    days = [a.dialing_on for a in Attempt.objects.order_by("planned_for")]
    assert all((later_day - day).days >= 3 for day, later_day in pairwise(days) if day and later_day)
    assert "left_to_your_decision" in verbs()


def test_a_promise_on_the_third_call_comes_before_the_owners_decision(plumber: Firm) -> None:
    invoice = make_invoice(plumber, due_on=date(2026, 9, 1))
    for number, day in enumerate((8, 16), start=1):
        earlier = Attempt.objects.create(
            customer=invoice.customer, number=number, to=invoice.customer.contacts.get().phone, status="ended", counted=True,
            planned_for=datetime(2026, 9, day, 15, tzinfo=UTC), dialing_at=datetime(2026, 9, day, 15, tzinfo=UTC),
            dialing_on=date(2026, 9, day), disposition="no_answer",
        )  # fmt: skip
        AttemptInvoice.objects.create(attempt=earlier, invoice=invoice)
    attempt = on_the_line(invoice.customer, number=3)

    does(attempt, acts.Promise(date(2026, 10, 12), of("796.00", "USD"), HowPaid.LINK, "Monday"))
    ended(attempt, "promise_to_pay")

    invoice.refresh_from_db()
    assert invoice.left_reason is None
    Promise.objects.update(status="broken")
    plan(plumber.business.pk)
    invoice.refresh_from_db()
    assert invoice.left_reason == "your_decision"


def test_a_conversation_is_counted_as_one(attempt: Attempt) -> None:
    does(attempt, acts.RightParty())
    ended(attempt, "other")

    assert PhoneContact.objects.get().result == "conversation"


def test_business_days_leave_out_weekends_and_holidays() -> None:
    assert workdays_after(date(2026, 10, 9), 1) == date(2026, 10, 13)
    assert workdays_after(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert workdays_after(date(2026, 10, 6), 0) == date(2026, 10, 6)


@pytest.mark.parametrize(
    ("current", "word", "expected"),
    [
        ("queued", "initiated", ""),
        ("queued", "ringing", "ringing"),
        ("ringing", "answered", "in-progress"),
        ("in-progress", "ringing", ""),
        ("in-progress", "completed", "completed"),
        ("completed", "busy", ""),
        ("queued", "nonsense", ""),
    ],
)
def test_the_lattice_only_goes_forward(current: str, word: str, expected: str) -> None:
    assert later(current, word) == expected
    assert is_over(expected) is (expected == "completed")
    assert known("nonsense") == ""
