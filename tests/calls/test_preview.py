"""The evening before: tomorrow's calls are planned, told to who runs the firm, and may be held, approved or frozen."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import ActivityLine, Business, Membership, Role
from calls import preview
from calls.approval import review_calls
from calls.models import Attempt
from calls.planning import plan
from disputes.models import Dispute
from invoices.models import Hold, Invoice
from notifications import outbox
from notifications.models import Message
from syntharra.models import Due
from tests.calls.conftest import TUESDAY
from tests.cast import Firm, make_customer, make_invoice, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]

EVENING = datetime(2026, 10, 6, 21, 0, tzinfo=UTC)  # 5 pm in Columbus
WEDNESDAY = date(2026, 10, 7)
LATE_TOMORROW = date(2026, 10, 4)


def letters() -> list[tuple[str, str]]:
    found = Message.objects.filter(letter="evening_preview").order_by("to")
    return [(message.to, message.status) for message in found]


def link_of(message: Any) -> str:
    found = re.search(r"http://\S+/l/(\S+)/tomorrow", message.body)
    assert found is not None
    return f"/l/{found.group(1)}/tomorrow"


@pytest.fixture
def evening(plumber: Firm, tuesday: time_machine.Traveller) -> Invoice:
    """Harbor Cafe owes since Sunday: three days late tomorrow. The evening's planning is done."""
    invoice = make_invoice(plumber, due_on=LATE_TOMORROW)
    tuesday.move_to(EVENING)
    plan(plumber.business.pk)
    return invoice


def test_what_is_late_enough_tomorrow_is_planned_in_the_evening_and_not_before(
    plumber: Firm, tuesday: time_machine.Traveller
) -> None:
    make_invoice(plumber, due_on=LATE_TOMORROW)
    plan(plumber.business.pk)
    assert Attempt.objects.count() == 0

    tuesday.move_to(EVENING)
    plan(plumber.business.pk)

    assert Attempt.objects.get().planned_for == datetime(2026, 10, 7, 13, 0, tzinfo=UTC)


def test_the_next_morning_plans_nothing_twice(plumber: Firm, evening: Invoice, tuesday: time_machine.Traveller) -> None:
    tuesday.move_to(datetime(2026, 10, 7, 10, 0, tzinfo=UTC))

    assert plan(plumber.business.pk) == 0
    assert Attempt.objects.count() == 1


def test_a_hold_that_ends_tonight_keeps_nobody_from_tomorrows_list(
    plumber: Firm, tuesday: time_machine.Traveller
) -> None:
    invoice = make_invoice(plumber)
    midnight = datetime(2026, 10, 7, 4, 0, tzinfo=UTC)
    Hold.objects.create(customer=invoice.customer, reason="on vacation", by="ava", since=TUESDAY, until=midnight)
    tuesday.move_to(EVENING)

    plan(plumber.business.pk)

    assert Attempt.objects.get().planned_for == datetime(2026, 10, 7, 13, 0, tzinfo=UTC)


def test_owner_and_managers_get_it_and_nobody_else(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    make_member(plumber, "max@avasplumbing.example", Role.MANAGER)
    make_member(plumber, "cora@avasplumbing.example", Role.CONTRIBUTOR)
    quiet = make_member(plumber, "quiet@avasplumbing.example", Role.MANAGER)
    Membership.objects.filter(user=quiet).update(preview_email=False)
    make_invoice(plumber, due_on=LATE_TOMORROW)
    tuesday.move_to(EVENING)

    plan(plumber.business.pk)
    plan(plumber.business.pk)

    assert letters() == [("ava@avasplumbing.example", "queued"), ("max@avasplumbing.example", "queued")]


def test_an_evening_without_calls_sends_nothing(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    tuesday.move_to(EVENING)

    plan(plumber.business.pk)

    assert letters() == []


def test_the_email_says_who_which_number_why_and_when(evening: Invoice) -> None:
    outbox.work()

    (sent,) = mail.outbox
    assert sent.subject == "Ava's Plumbing: 1 call on Wednesday, October 7, 2026"
    assert "9:00" in sent.body
    assert "Harbor Cafe" in sent.body
    assert f"Invoice {evening.number}, $796.00, due Sunday, October 4, 2026 (call 1 of 3)" in sent.body
    assert letters() == [("ava@avasplumbing.example", "sent")]
    kept = Message.objects.get(letter="evening_preview")
    assert "/l/…" in kept.text


def test_nothing_left_to_call_is_no_email(plumber: Firm, evening: Invoice) -> None:
    Attempt.objects.update(status="ended")

    outbox.work()

    assert mail.outbox == []
    assert letters() == [("ava@avasplumbing.example", "withdrawn")]


def test_the_signed_link_only_shows_when_it_is_opened(evening: Invoice) -> None:
    outbox.work()

    page = Client().get(link_of(mail.outbox[0]))

    assert page.status_code == 200
    assert "Harbor Cafe" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert Attempt.objects.get().status == "planned"
    assert Hold.objects.count() == 0


def test_one_tap_on_the_signed_page_holds_the_customer(plumber: Firm, evening: Invoice) -> None:
    outbox.work()
    address, attempt = link_of(mail.outbox[0]), Attempt.objects.get()

    Client(enforce_csrf_checks=True).post(address, {"call": attempt.pk, "word": "hold"})

    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because) == ("ended", "called_off")
    hold = Hold.objects.get()
    assert (hold.customer_id, hold.invoice_id, hold.by, hold.until) == (
        evening.customer_id, None, plumber.owner.email, None,
    )  # fmt: skip
    assert plan(plumber.business.pk) == 0


def test_one_tap_freezes_what_they_complained_about(plumber: Firm, evening: Invoice) -> None:
    outbox.work()

    Client().post(link_of(mail.outbox[0]), {"call": Attempt.objects.get().pk, "word": "complained"})

    dispute = Dispute.objects.get()
    claim = dispute.claims.get()
    assert (dispute.invoice_id, claim.source, claim.by) == (evening.pk, "member", plumber.owner.email)
    evening.refresh_from_db()
    assert evening.frozen_at is not None


def test_saying_twice_that_they_complained_opens_one_dispute(plumber: Firm, evening: Invoice) -> None:
    attempt = Attempt.objects.get()
    preview.complained(attempt.pk, by=plumber.owner)

    with pytest.raises(preview.NothingToFreeze):
        preview.complained(attempt.pk, by=plumber.owner)

    assert Dispute.objects.count() == 1


def test_the_link_opens_its_own_day_and_no_other_call(
    plumber: Firm, evening: Invoice, tuesday: time_machine.Traveller
) -> None:
    outbox.work()
    other = make_invoice(plumber, make_customer(plumber, "Oak & Sons"), due_on=date(2026, 10, 3))
    attempt = Attempt.objects.create(
        customer=other.customer, number=1, to="+16145550190", planned_for=EVENING + timedelta(days=5)
    )

    answer = Client().post(link_of(mail.outbox[0]), {"call": attempt.pk, "word": "hold"})

    attempt.refresh_from_db()
    assert (answer.status_code, attempt.status, Hold.objects.count()) == (404, "planned", 0)


def test_a_link_of_somebody_who_left_the_firm_opens_nothing(plumber: Firm, evening: Invoice) -> None:
    outbox.work()
    Membership.objects.filter(user=plumber.owner).delete()

    assert Client().get(link_of(mail.outbox[0])).status_code == 410


def test_the_link_ends_with_its_day(plumber: Firm, evening: Invoice, tuesday: time_machine.Traveller) -> None:
    outbox.work()
    tuesday.move_to(datetime(2026, 10, 8, 4, 1, tzinfo=UTC))

    answer = Client().post(link_of(mail.outbox[0]), {"call": Attempt.objects.get().pk, "word": "hold"})

    assert (answer.status_code, Attempt.objects.get().status) == (410, "planned")


def test_all_are_approved_with_one_tap(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    Business.objects.filter(pk=plumber.business.pk).update(reviews_calls=True)
    for _ in range(3):
        make_invoice(plumber, due_on=LATE_TOMORROW)
    tuesday.move_to(EVENING)
    plan(plumber.business.pk)
    outbox.work()
    assert "3 of them wait for your yes" in mail.outbox[0].body

    Client().post(link_of(mail.outbox[0]), {"word": "approve_all"})

    assert set(Attempt.objects.values_list("approved_by", flat=True)) == {plumber.owner.email}


def test_switching_to_automatic_is_on_record_and_lets_what_waits_go_out(plumber: Firm) -> None:
    Business.objects.filter(pk=plumber.business.pk).update(reviews_calls=True)
    make_invoice(plumber)
    plan(plumber.business.pk)
    Due.objects.filter(kind="attempt").delete()

    for _ in range(2):
        review_calls(plumber.business, on=False, by=plumber.owner)

    line = ActivityLine.objects.get(verb="switched_to_automatic")
    assert (line.actor, line.at) == (plumber.owner.email, TUESDAY)
    assert Business.objects.get(pk=plumber.business.pk).reviews_calls is False
    assert Due.objects.get(kind="attempt").due_at == TUESDAY


def test_a_new_business_starts_in_review(db: None) -> None:
    from accounts.services import start_business
    from tests.cast import make_user

    assert start_business(make_user("new@firm.example"), name="New Firm").reviews_calls is True
