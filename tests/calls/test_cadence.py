"""The rest of the cadence: holds of every kind, old invoices, the smallest balance, catching up, polite e-mails, the end."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ActivityLine, Business
from calls import final
from calls.dialing import decide
from calls.firm_choices import backlog, choose_for_backlog, send_polite_emails, set_minimum
from calls.models import Attempt, FinalChoice
from calls.planning import plan
from calls.slots import moment_for
from compliance.facts import Channel, Consent, DebtorType, Facts, Purpose, Role
from compliance.models import Decision, Suppression
from compliance.rulebook import RuleBook
from disputes.freeze import NewClaim
from disputes.services import open_dispute
from invoices import holds
from invoices.holds import CannotHold
from invoices.models import BookEntry, Customer, Hold, Invoice
from notifications import outbox
from notifications.models import Message
from syntharra.clock import now
from tests.calls.conftest import TUESDAY
from tests.calls.test_planning import about, dialed, planned, refusals
from tests.cast import Firm, make_customer, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]

OLD = date(2026, 4, 1)


def test_a_number_on_hold_is_not_called_whoevers_it_is(plumber: Firm) -> None:
    one = make_invoice(plumber, make_customer(plumber, phone="+16145550177"))
    make_invoice(plumber, make_customer(plumber, "Oak & Sons", phone="+16145550178"))
    holds.hold_number("+16145550177", reason="the fax line", by=plumber.owner)

    assert [attempt.customer.name for attempt in planned(plumber)] == ["Oak & Sons"]
    assert refusals() == [("invoice", "ON_HOLD")]
    assert Decision.objects.get(decision="blocked").subject_id == one.pk


def test_a_hold_on_the_business_keeps_everybody_from_being_called_until_it_is_lifted(plumber: Firm) -> None:
    make_invoice(plumber)
    hold = holds.hold_business(reason="we are on vacation", by=plumber.owner)
    assert planned(plumber) == []

    holds.lift(hold.pk, by=plumber.owner)

    assert len(planned(plumber)) == 1


def test_a_hold_on_a_customer_binds_invoices_to_come(plumber: Firm) -> None:
    customer = make_customer(plumber)
    holds.hold_customer_back(customer.pk, reason="sorting it out over coffee", by=plumber.owner)

    make_invoice(plumber, customer)

    assert planned(plumber) == []


def test_a_hold_put_on_after_planning_stops_the_dial(plumber: Firm) -> None:
    make_invoice(plumber)
    (attempt,) = planned(plumber)
    holds.hold_customer_back(attempt.customer_id, reason="wait", by=plumber.owner)

    assert decide(attempt.pk) is False

    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because, attempt.counted) == ("ended", "ON_HOLD", False)


def test_a_hold_with_a_date_only_puts_the_call_off(plumber: Firm) -> None:
    make_invoice(plumber)
    (attempt,) = planned(plumber)
    until = datetime(2026, 10, 7, 4, 0, tzinfo=UTC)
    holds.hold_customer_back(attempt.customer_id, reason="wait", by=plumber.owner, until=until)

    assert decide(attempt.pk) is False

    attempt.refresh_from_db()
    assert (attempt.status, attempt.planned_for) == ("planned", datetime(2026, 10, 7, 13, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reason": "  "}, "Say why"),
        ({"reason": "x", "until": TUESDAY - timedelta(hours=1)}, "still to come"),
    ],
)
def test_a_hold_says_why_and_ends_in_the_future(plumber: Firm, wrong: dict[str, Any], words: str) -> None:
    customer = make_customer(plumber)

    with pytest.raises(CannotHold, match=words):
        holds.hold_customer_back(customer.pk, by=plumber.owner, **wrong)

    assert Hold.objects.count() == 0
    assert ActivityLine.objects.filter(verb="put_on_hold").count() == 0


def test_a_customer_on_the_list_is_never_called_and_may_be_taken_off(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    holds.never_call(invoice.customer_id, reason="my sister", by=plumber.owner)
    make_invoice(plumber, invoice.customer, balance="120.00")
    assert planned(plumber) == []
    listed = Customer.objects.get(pk=invoice.customer_id)
    assert (listed.never_call_reason, listed.never_call_by, listed.never_call_since) == (
        "my sister", plumber.owner.email, TUESDAY,
    )  # fmt: skip

    holds.may_call_again(invoice.customer_id, by=plumber.owner)

    assert len(planned(plumber)) == 1


def test_an_old_invoice_is_called_about_once_the_owner_says_so(plumber: Firm) -> None:
    old = make_invoice(plumber, due_on=OLD)
    assert list(backlog(plumber.business)) == [old]
    assert planned(plumber) == []

    assert choose_for_backlog(plumber.business, Invoice.Backlog.CALL, by=plumber.owner, invoices=[old.pk]) == 1

    assert [about(attempt) for attempt in planned(plumber)] == [[old.number]]
    assert ActivityLine.objects.get(verb="chose_for_backlog").subject_id == old.pk


def test_leaving_all_old_ones_leaves_what_was_chosen_before(plumber: Firm) -> None:
    first, second = make_invoice(plumber, due_on=OLD), make_invoice(plumber, due_on=OLD)
    choose_for_backlog(plumber.business, Invoice.Backlog.CALL, by=plumber.owner, invoices=[first.pk])

    assert choose_for_backlog(plumber.business, Invoice.Backlog.LEAVE, by=plumber.owner) == 1

    choices = dict(Invoice.objects.values_list("pk", "backlog_choice"))
    assert choices == {first.pk: "call", second.pk: "leave"}


def test_exactly_ninety_days_late_at_the_start_is_no_backlog(plumber: Firm) -> None:
    started = plumber.connection.connected_at.date()
    make_invoice(plumber, due_on=started - timedelta(days=90))
    old = make_invoice(plumber, due_on=started - timedelta(days=91))

    assert list(backlog(plumber.business)) == [old]


def test_the_smallest_balance_is_the_firms_to_say(plumber: Firm) -> None:
    make_invoice(plumber, balance="49.99")
    assert planned(plumber) == []

    set_minimum(plumber.business, Decimal("20.00"), by=plumber.owner)

    assert len(planned(plumber)) == 1
    assert ActivityLine.objects.get(verb="set_minimum").actor == plumber.owner.email


def test_a_missed_day_is_caught_up_and_not_doubled(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    make_invoice(plumber)
    (attempt,) = planned(plumber)
    tuesday.move_to(datetime(2026, 10, 8, 14, 0, tzinfo=UTC))  # nobody dialed for two days

    assert planned(plumber) == [attempt]
    assert list(Attempt.objects.due()) == [attempt]


def test_what_replaces_another_has_its_attempts_behind_it(plumber: Firm) -> None:
    older = make_invoice(plumber, due_on=date(2026, 9, 1), books_status="void", balance="0.00")
    for number, day in ((1, 8), (2, 16)):
        dialed(plumber, older, at=datetime(2026, 9, day, 15, tzinfo=UTC), number=number)
    newer = make_invoice(plumber, older.customer, replaces=older)

    (third,) = (attempt for attempt in planned(plumber) if attempt.status == "planned")

    assert (about(third), third.number) == ([newer.number], 3)


def test_a_firm_that_calls_once_decides_after_the_first(plumber: Firm) -> None:
    from compliance.models import FirmRules

    FirmRules.objects.create(
        business=plumber.business, consumer_from="09:00", consumer_until="20:00", max_attempts=1,
        changed_at=now(), changed_by="ava",
    )  # fmt: skip
    invoice = make_invoice(plumber, due_on=date(2026, 9, 1))
    dialed(plumber, invoice, at=datetime(2026, 9, 8, 15, tzinfo=UTC), number=1)

    plan(plumber.business.pk)

    invoice.refresh_from_db()
    assert invoice.left_reason == "your_decision"


@given(
    last=st.integers(0, 700 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    wait=st.integers(min_value=0, max_value=20),
)
def test_the_next_call_is_on_another_weekday_and_other_half_of_the_day_when_nothing_narrows_it(
    last: datetime, wait: int
) -> None:
    facts = Facts(
        purpose=Purpose.COLLECT, channel=Channel.CALL, at=last + timedelta(days=3 + wait), phone="+16145550123",
        address_state="US-OH", debtor_type=DebtorType.BUSINESS, consent=Consent.EXPRESS, books_open=True,
        balance_positive=True, due_date=last.date() - timedelta(days=5), role=Role.FIRST_PARTY,
    )  # fmt: skip
    moment = moment_for(facts, RuleBook.load(), last=last, zone="America/New_York")

    assert moment is not None

    here, before = (each.astimezone(ZoneInfo("America/New_York")) for each in (moment, last))
    assert moment >= facts.at
    assert here.weekday() < 5
    assert here.weekday() != before.weekday()
    assert (here.hour < 13) != (before.hour < 13)


# Polite e-mails


def polite(firm: Firm) -> list[tuple[int, str]]:
    plan(firm.business.pk)
    found = Message.objects.filter(letter="polite_reminder").order_by("key")
    return [(message.facts["step"], message.status) for message in found]


def test_polite_emails_are_off_until_the_firm_wants_them(plumber: Firm) -> None:
    make_invoice(plumber, due_on=date(2026, 10, 5))
    assert polite(plumber) == []

    send_polite_emails(plumber.business, on=True, by=plumber.owner)

    assert polite(plumber) == [(1, "queued")]
    assert polite(plumber) == [(1, "queued")]


def test_a_missed_day_of_a_polite_email_is_made_up_for_and_an_older_one_is_let_be(plumber: Firm) -> None:
    send_polite_emails(plumber.business, on=True, by=plumber.owner)
    make_invoice(plumber, due_on=date(2026, 10, 4))  # two days
    make_invoice(plumber, due_on=date(2026, 9, 28))  # eight
    make_invoice(plumber, due_on=date(2026, 10, 1))  # five
    make_invoice(plumber, due_on=date(2026, 10, 6))  # today

    assert sorted(step for step, _status in polite(plumber)) == [1, 7]


def test_the_polite_email_is_friendly_and_can_be_ended_by_a_signed_page(plumber: Firm) -> None:
    send_polite_emails(plumber.business, on=True, by=plumber.owner)
    invoice = make_invoice(plumber, due_on=date(2026, 10, 5))
    plan(plumber.business.pk)
    outbox.work()
    (sent,) = (letter for letter in mail.outbox if letter.to == [Message.objects.get(letter="polite_reminder").to])
    assert "in case it slipped through" in sent.body
    found = re.search(r"(/l/\S+/no-email)", str(sent.body))
    assert found is not None

    shown = Client().get(found.group(1))
    assert (shown.status_code, Suppression.objects.count()) == (200, 0)
    for _ in range(2):
        assert Client().post(found.group(1)).status_code == 200

    assert Suppression.objects.get().kind == "no_email"
    make_invoice(plumber, invoice.customer, due_on=date(2026, 10, 4), balance="120.00")
    plan(plumber.business.pk)
    outbox.work()
    assert Message.objects.filter(letter="polite_reminder", status="refused").get().outcome == "CONSENT_REVOKED"
    assert len(planned(plumber)) == 0  # two days: not late enough to be called, and calls are not meant by it
    Invoice.objects.update(due_on=date(2026, 10, 1))
    assert len(planned(plumber)) == 1


def test_the_mail_programs_own_button_ends_the_emails_in_one_click(plumber: Firm) -> None:
    """RFC 8058: the address stands in a header, GET changes nothing, one POST with no cookie and no page ends them."""
    send_polite_emails(plumber.business, on=True, by=plumber.owner)
    make_invoice(plumber, due_on=date(2026, 10, 5))
    plan(plumber.business.pk)
    outbox.work()
    (sent,) = (letter for letter in mail.outbox if letter.to == [Message.objects.get(letter="polite_reminder").to])
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = sent.extra_headers["List-Unsubscribe"].strip("<>")
    path = url.partition("//")[2].partition("/")[2]

    assert Client().get(f"/{path}").status_code == 200
    assert not Suppression.objects.exists()
    pressed = Client(enforce_csrf_checks=True).post(f"/{path}", {"List-Unsubscribe": "One-Click"})

    assert pressed.status_code == 200
    assert Suppression.objects.get().kind == "no_email"


def test_letters_about_a_dispute_and_to_the_firm_have_no_such_button(plumber: Firm) -> None:
    open_dispute(make_invoice(plumber).pk, claim=NewClaim(source="call", source_key="c", words="It leaks"))
    outbox.work()

    assert [one.subject for one in mail.outbox if "List-Unsubscribe" in one.extra_headers] == []
    assert mail.outbox


@pytest.mark.parametrize("how", ["frozen", "held", "never"])
def test_whoever_disputes_or_is_on_hold_gets_no_polite_email(plumber: Firm, how: str) -> None:
    send_polite_emails(plumber.business, on=True, by=plumber.owner)
    invoice = make_invoice(plumber, due_on=date(2026, 10, 5))
    plan(plumber.business.pk)
    match how:
        case "frozen":
            open_dispute(invoice.pk, claim=NewClaim(source="member", source_key="m", words="never finished"))
        case "held":
            holds.hold_invoice(invoice.pk, reason="wait", by=plumber.owner)
        case "never":
            holds.never_call(invoice.customer_id, reason="friend", by=plumber.owner)

    outbox.work()

    assert Message.objects.get(letter="polite_reminder").status == "refused"
    assert not any("slipped through" in letter.body for letter in mail.outbox)


# The end of the road


@pytest.fixture
def used_up(plumber: Firm) -> Invoice:
    """Called three times; nobody settled it."""
    invoice = make_invoice(plumber, due_on=date(2026, 9, 1))
    for number, day in enumerate((8, 16, 24), start=1):
        dialed(plumber, invoice, at=datetime(2026, 9, day, 15, tzinfo=UTC), number=number)
    plan(plumber.business.pk)
    invoice.refresh_from_db()
    return invoice


def test_after_the_last_call_nothing_happens_by_itself(plumber: Firm, used_up: Invoice) -> None:
    assert list(final.undecided(plumber.business)) == [used_up]

    plan(plumber.business.pk)
    outbox.work()

    assert Message.objects.filter(customer=used_up.customer).count() == 0
    assert Attempt.objects.filter(status="planned").count() == 0


def test_the_last_letter_leaves_once_the_owner_wants_it(plumber: Firm, used_up: Invoice) -> None:
    final.send_letter(used_up.pk, by=plumber.owner)
    final.send_letter(used_up.pk, by=plumber.owner)
    outbox.work()

    (sent,) = mail.outbox
    assert f"Invoice {used_up.number} of" in sent.body
    assert "Tuesday, September 8, 2026; Wednesday, September 16, 2026; Thursday, September 24, 2026" in sent.body
    assert Message.objects.get(letter="last_letter").purpose == "collect"
    assert list(final.undecided(plumber.business)) == []
    assert planned(plumber) == list(Attempt.objects.filter(status="ended").order_by("customer__name"))


def test_a_freeze_stops_the_last_letter(plumber: Firm, used_up: Invoice) -> None:
    final.send_letter(used_up.pk, by=plumber.owner)
    open_dispute(used_up.pk, claim=NewClaim(source="member", source_key="m", words="never finished"))

    outbox.work()

    assert Message.objects.get(letter="last_letter").status == "refused"
    assert not any("still open in our books" in letter.body for letter in mail.outbox)


def test_a_disputed_invoice_takes_no_choice(plumber: Firm, used_up: Invoice) -> None:
    open_dispute(used_up.pk, claim=NewClaim(source="member", source_key="m", words="never finished"))

    choices: list[Callable[[], Any]] = [
        lambda: final.send_letter(used_up.pk, by=plumber.owner),
        lambda: final.letter_on_paper(used_up.pk, by=plumber.owner),
        lambda: final.leave(used_up.pk, by=plumber.owner, words=""),
        lambda: final.write_off(used_up.pk, by=plumber.owner, words=""),
    ]
    for choose in choices:
        with pytest.raises(final.CannotChoose, match="settle that first"):
            choose()

    assert FinalChoice.objects.count() == BookEntry.objects.filter(act="write_off").count() == 0


def test_a_letter_on_paper_counts_once_it_is_posted(plumber: Firm, used_up: Invoice) -> None:
    final.letter_on_paper(used_up.pk, by=plumber.owner)
    assert Message.objects.filter(letter="last_letter").count() == 0

    for _ in range(2):
        final.posted(used_up.pk, by=plumber.owner, text="Dear Harbor Cafe")

    message = Message.objects.get(letter="last_letter")
    assert (message.channel, message.status, message.sent_at) == ("letter", "sent", TUESDAY)


def test_a_letter_the_gate_refuses_is_on_record_and_not_chosen(plumber: Firm, used_up: Invoice) -> None:
    from compliance.models import StopKind
    from compliance.services import stop

    stop(used_up.customer_id, StopKind.CEASE, number="", words="no more", source="mail", by="ava")

    with pytest.raises(final.NotPermitted) as refused:
        final.letter_on_paper(used_up.pk, by=plumber.owner)

    assert refused.value.reason == "CEASE_REQUESTED"
    assert FinalChoice.objects.count() == 0
    assert Decision.objects.filter(channel="letter", decision="blocked", reason="CEASE_REQUESTED").count() == 1


def test_writing_off_leaves_collection_and_asks_the_books(plumber: Firm, used_up: Invoice) -> None:
    final.write_off(used_up.pk, by=plumber.owner, words="moved to Alaska")

    used_up.refresh_from_db()
    assert used_up.left_reason == "write_off"
    entry = BookEntry.objects.get()
    assert (entry.act, entry.asked_by) == ("write_off", plumber.owner.email)
    with pytest.raises(final.CannotChoose, match="no longer waits"):
        final.send_letter(used_up.pk, by=plumber.owner)


def test_one_business_never_chooses_for_another(plumber: Firm, rival: Firm, used_up: Invoice) -> None:
    from syntharra.tenancy import acting_for

    with acting_for(rival.business.pk):
        assert list(final.undecided(rival.business)) == []
        assert list(backlog(rival.business)) == []
        assert Business.objects.get(pk=rival.business.pk).polite_emails is False
