"""Every outcome from the customer's words to the rows: talked through with the real agent, carried out, and what is planned after it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from accounts.models import ActivityLine, Business
from calls.agent.events import Event, Key, MachineHeard, Said
from calls.models import Attempt, Call
from calls.outcomes import finish
from calls.planning import plan
from compliance.models import Suppression
from disputes.models import Claim
from invoices.models import Customer, Hold, Invoice, Promise
from notifications.models import Duty, Message
from syntharra.tenancy import current_business
from tests.calls.line import on_the_line, talk_through
from tests.cast import Firm, make_customer, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
IN_THREE_DAYS = datetime(2026, 10, 9, 18, tzinfo=UTC)  # Friday, at another hour than this Tuesday morning's
TOMORROW_AT_THREE = datetime(2026, 10, 7, 19, tzinfo=UTC)


def end_of(day: date) -> datetime:
    """Midnight after this day in Columbus, in summer until November 1."""
    return datetime(day.year, day.month, day.day + 1, 5 if day.month == 11 else 4, tzinfo=UTC)


@dataclass(frozen=True)
class Expected:
    """What is to be found afterwards. ``holds``: on the customer or on both invoices, until when (None: until lifted)."""

    frozen: tuple[str, ...] = ()
    paused: str = ""
    hold: str = ""  # nothing, customer, invoices
    until: datetime | None = None
    stops: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    task: dict[str, str] | None = None
    promised: tuple[tuple[str, str], ...] = ()
    duties: tuple[str, ...] = ()
    planned: datetime | None = None


TOLD = ("dispute_acknowledgement", "dispute_alert")
FROZEN = ("follow_freeze", "stop_calls")
CASES: list[tuple[str, tuple[Event | str, ...], str, Expected]] = [
    (
        "one of two is disputed", ("this is Ana", "twenty two thirty two is wrong you billed us twice for it"), "dispute",
        Expected(frozen=("2232",), letters=TOLD, task={"task": "dispute"}, duties=FROZEN),
    ),
    (
        "both are disputed", ("this is Ana", "I never ordered any of that"), "dispute",
        Expected(frozen=("2232", "2233"), letters=TOLD, task={"task": "dispute"}, duties=FROZEN),
    ),
    (
        "a stop and a dispute in one sentence", ("this is Ana", "this is wrong, never call me again"), "opt_out",
        Expected(
            frozen=("2232", "2233"), stops=("opt_out",), hold="customer", letters=(*TOLD, "stop_confirmation"), task={"task": "opt_out"},
            duties=(*FROZEN, "stop_calls"),
        ),
    ),
    (
        "unsure at the end", ("this is Ana", Said("it seems you charged me", final=False)), "paused_unsure",
        Expected(paused="unsure", letters=("pause_alert", "unsure_letter"), task={"task": "paused_unsure"}, duties=("stop_calls",)),
    ),
    (
        "already paid", ("this is Ana", "I already paid that", "by check two weeks ago"), "already_paid",
        Expected(paused="already_paid", letters=("paid_check", "pause_alert"), task={"task": "already_paid"}, duties=("stop_calls",)),
    ),
    (
        "a promise", ("this is Ana", "I'll pay it on Friday", "yes"), "promise_to_pay",
        Expected(promised=(("2232", "1240.00"), ("2233", "700.00")), letters=("promise_confirmation",)),
    ),
    (
        "a promise for one of them", ("this is Ana", "I'll pay the seven hundred one on Friday", "yes"), "promise_to_pay",
        Expected(promised=(("2233", "700.00"),), letters=("promise_confirmation",), hold="2232", until=end_of(date(2026, 10, 13))),
    ),
    (
        "pays by link", ("this is Ana", "send me the link"), "pay_now",
        Expected(letters=("pay_link",), hold="invoices", until=end_of(date(2026, 10, 7))),
    ),
    (
        "needs time", ("this is Ana", "can I pay it in installments"), "needs_time_or_plan",
        Expected(hold="customer", task={"task": "needs_time_or_plan"}),
    ),
    ("another time", ("this is Ana", "call me tomorrow at three"), "callback_request", Expected(planned=TOMORROW_AT_THREE)),
    (
        "a copy", ("this is Ana", "can you send me a copy"), "copy_wanted",
        Expected(letters=("invoice_copy",), hold="invoices", until=end_of(date(2026, 10, 13))),
    ),
    (
        "a paper first", ("this is Ana", "send us a W-9 first"), "paperwork_first",
        Expected(hold="invoices", task={"task": "paperwork_first", "detail": "w9"}),
    ),
    (
        "somebody else's money", ("this is Ana", "the GC hasn't paid us yet"), "waiting_for_payer",
        Expected(hold="invoices", until=end_of(date(2026, 11, 5)), task={"task": "waiting_for_payer", "detail": "general_contractor"}),
    ),
    (
        "somebody else pays", ("this is Ana", "you need to talk to Karen in accounting, her number is 614 555 0133"), "other_contact",
        Expected(hold="customer", task={"task": "other_contact", "name": "Karen", "phone": "+16145550133"}),
    ),
    ("does not trust the call", ("is this a scam",), "distrusts_call", Expected(hold="customer", task={"task": "distrusts_call"})),
    (
        "in writing only", ("this is Ana", "please just email me"), "written_only",
        Expected(hold="customer", task={"task": "written_only", "detail": "email"}),
    ),
    (
        "wrong number", ("wrong number, nobody of that name here",), "wrong_number",
        Expected(hold="customer", stops=("wrong_number",), task={"task": "wrong_number"}, duties=("stop_calls",)),
    ),
    ("somebody else answers", ("she's not here", "tomorrow at three"), "not_right_party", Expected(planned=TOMORROW_AT_THREE)),
    (
        "stop calling", ("stop calling me",), "opt_out",
        Expected(hold="customer", stops=("opt_out",), letters=("stop_confirmation",), task={"task": "opt_out"}, duties=("stop_calls",)),
    ),
    (
        "the nine key", (Key("9"),), "opt_out",
        Expected(hold="customer", stops=("opt_out",), letters=("stop_confirmation",), task={"task": "opt_out"}, duties=("stop_calls",)),
    ),
    (
        "a lawyer", ("this is Ana", "talk to my lawyer"), "attorney_represented",
        Expected(hold="customer", stops=("attorney_represented",), task={"task": "attorney_represented"}, duties=("stop_calls",)),
    ),
    (
        "bankruptcy", ("this is Ana", "we filed chapter eleven"), "bankruptcy",
        Expected(hold="customer", stops=("bankruptcy",), task={"task": "bankruptcy"}, duties=("stop_calls",)),
    ),
    (
        "a death", ("she passed away last month",), "deceased",
        Expected(hold="customer", stops=("deceased",), task={"task": "deceased"}, duties=("stop_calls",)),
    ),
    ("an emergency", ("call 911 he is having a heart attack",), "vulnerable", Expected(hold="customer", task={"task": "vulnerable"})),
    (
        "a person, who is there", ("this is Ana", "let me talk to a real person"), "request_human",
        Expected(hold="customer"),
    ),
    (
        "the nought key", (Key("0"),), "request_human",
        Expected(hold="customer"),
    ),
    ("another language", ("do you speak vietnamese",), "language", Expected(hold="customer", task={"task": "language"})),
    (
        "no recording", ("don't record me",), "recording_refused",
        Expected(hold="customer", task={"task": "recording_refused"}, duties=("stop_recording",)),
    ),
    ("nobody is sure who it is", ("hm",) * 3, "identity_unconfirmed", Expected(hold="customer", task={"task": "identity_unconfirmed"})),
    ("hard words", ("this is Ana", "go to hell you stupid idiots"), "abusive", Expected(hold="customer", task={"task": "abusive"})),
    (
        "questions", ("this is Ana", *["how much is it"] * 8), "question_about_invoice",
        Expected(hold="invoices", until=end_of(date(2026, 10, 9)), task={"task": "question_about_invoice"}),
    ),
    ("a machine", (MachineHeard(),), "voicemail_greeting", Expected(planned=IN_THREE_DAYS)),
    ("hung up", ("this is Ana",), "hung_up", Expected(planned=IN_THREE_DAYS)),
]  # fmt: skip


@pytest.fixture
def attempt(plumber: Firm) -> Attempt:
    customer = make_customer(plumber)
    for number, balance, due in (("2232", "1240.00", date(2026, 10, 1)), ("2233", "700.00", date(2026, 10, 2))):
        make_invoice(
            plumber, customer, number=number, balance=balance, due_on=due, pay_url=f"https://pay.example/{number}"
        )
    return on_the_line(customer)


def found() -> Expected:
    held = sorted(Hold.objects.values_list("invoice__number", "until"), key=str)
    on = {number for number, _ in held}
    tasks = ActivityLine.objects.filter(verb="asks_owner").select_related("detail").order_by("recorded_at", "pk")
    planned = Attempt.objects.filter(status="planned").values_list("planned_for", flat=True).first()
    return Expected(
        frozen=tuple(Invoice.objects.exclude(frozen_at=None).order_by("number").values_list("number", flat=True)),
        paused="".join(set(Invoice.objects.values_list("paused_reason", flat=True))),
        hold="" if not on else "customer" if on == {None} else "invoices" if len(on) == 2 else str(on.pop()),
        until=held[0][1] if held else None,
        stops=tuple(Suppression.objects.order_by("kind").values_list("kind", flat=True)),
        letters=tuple(sorted(set(Message.objects.values_list("letter", flat=True)))),
        task=tasks[0].detail.facts if tasks else None,
        promised=tuple(
            (number, str(amount))
            for number, amount in Promise.objects.order_by("invoice__number").values_list("invoice__number", "amount")
        ),
        duties=tuple(Duty.objects.exclude(kind="acknowledgement_hour").order_by("kind").values_list("kind", flat=True)),
        planned=planned,
    )


@pytest.mark.parametrize(
    ("words", "disposition", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_was_said_becomes_what_is_written_down(
    attempt: Attempt, words: tuple[Event | str, ...], disposition: str, expected: Expected
) -> None:
    talk_through(attempt, *words)
    plan(current_business())

    assert Attempt.objects.get(pk=attempt.pk).disposition == disposition
    assert found() == expected


def test_a_doubt_left_open_by_a_wish_for_a_person_stays_paused_beside_it(attempt: Attempt) -> None:
    talk_through(attempt, "this is Ana", Said("it seems you charged me", final=False), Key("0"))

    rows = found()
    assert Attempt.objects.get(pk=attempt.pk).disposition == "request_human"
    assert (rows.paused, rows.hold, rows.letters) == ("unsure", "customer", ("pause_alert", "unsure_letter"))


def test_who_speaks_spanish_is_written_to_in_spanish_from_then_on(attempt: Attempt) -> None:
    talk_through(attempt, "sí soy Ana", "nunca pedí ese trabajo, no lo voy a pagar")

    letter = Message.objects.get(letter="dispute_acknowledgement")
    assert Customer.objects.get().language == "es"
    assert (letter.language, Claim.objects.get().language) == ("es", "es")
    assert ActivityLine.objects.filter(verb="speaks").count() == 1


def test_a_stranger_who_speaks_spanish_changes_nothing_about_the_customer(attempt: Attempt) -> None:
    talk_through(attempt, "no está, vuelve mañana")

    assert Customer.objects.get().language == "en-us"


def test_out_of_hours_a_person_calls_back_at_a_named_time(attempt: Attempt) -> None:
    Business.objects.update(call_from="14:00", call_until="15:00")

    talk_through(attempt, "this is Ana", "let me talk to a real person")

    told = {"on": "2026-10-07", "at": "14:00:00", "zone": "America/New_York"}
    assert found().task == {"task": "request_human", **told}
    assert Call.objects.get().person == ""


@pytest.mark.parametrize("disposition", ["no_answer", "busy", "failed"])
def test_a_line_nobody_spoke_on_is_tried_again_on_another_day(attempt: Attempt, disposition: str) -> None:
    Call.objects.update(answered_at=None)

    assert finish(attempt.pk, disposition) is True
    plan(current_business())

    after = Attempt.objects.get(pk=attempt.pk)
    assert (after.disposition, after.counted) == (disposition, disposition != "failed")
    assert found().hold == ""
    assert Attempt.objects.filter(status="planned").count() == 1


def test_what_they_said_the_office_was_told_is_on_the_claim(attempt: Attempt) -> None:
    talk_through(attempt, "this is Ana", "I already told your office on September 8 that it still leaks, we smell gas")

    claim = Claim.objects.get()
    assert (claim.urgent, claim.evidence["told_before"], claim.evidence["told_on"]) == (True, True, "2026-09-08")
