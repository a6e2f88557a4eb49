"""Whom we call and when: due date + 3, at most three times, one call for all a customer owes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Business
from calls.approval import CannotApprove, approve, call_off
from calls.facts import gather
from calls.models import Attempt, AttemptInvoice, Call
from calls.planning import KIND, plan
from compliance.gate import decide as judge
from compliance.models import Channel, Consent, Decision, Purpose
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from integrations.models import Connection
from invoices import checking, plans
from invoices.models import Contact, Customer, Hold, Invoice, Promise
from invoices.plan_rules import Part
from notifications.models import Message
from syntharra.clock import now
from syntharra.models import Due
from tests.calls.conftest import TUESDAY
from tests.cast import Firm, make_customer, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]


def planned(firm: Firm) -> list[Attempt]:
    plan(firm.business.pk)
    return list(Attempt.objects.order_by("customer__name"))


def about(attempt: Attempt) -> list[str]:
    links = attempt.about.filter(dropped_at=None).order_by("position")
    return [link.invoice.number for link in links.select_related("invoice")]


def refusals() -> list[tuple[str, str]]:
    found = Decision.objects.filter(moment="planned", decision="blocked").order_by("at", "pk")
    return [(decision.subject_kind, decision.reason) for decision in found]


def dialed(
    firm: Firm, invoice: Invoice, *, at: datetime, number: int, disposition: str = "no_answer", **more: Any
) -> Attempt:
    """An attempt about this invoice that is over."""
    attempt = Attempt.objects.create(
        customer=invoice.customer,
        number=number,
        to=invoice.customer.contacts.get().phone,
        planned_for=at,
        status=Attempt.Status.ENDED,
        dialing_at=at,
        dialing_on=at.date(),
        ended_at=at,
        disposition=disposition,
        counted=True,
        **more,
    )
    AttemptInvoice.objects.create(attempt=attempt, invoice=invoice)
    return attempt


def test_one_call_speaks_of_one_currency(plumber: Firm) -> None:
    customer = make_customer(plumber)
    dollars = make_invoice(plumber, customer)
    make_invoice(plumber, customer, balance="300.00", currency="EUR")

    (attempt,) = planned(plumber)

    assert about(attempt) == [dollars.number]
    assert planned(plumber) == [attempt]


def test_an_invoice_three_days_late_is_called_about_now(plumber: Firm) -> None:
    invoice = make_invoice(plumber)

    (attempt,) = planned(plumber)

    assert (attempt.status, attempt.number, attempt.planned_for) == ("planned", 1, TUESDAY)
    assert attempt.to == invoice.customer.contacts.get().phone
    assert about(attempt) == [invoice.number]
    decision = Decision.objects.get()
    assert (decision.subject_id, decision.moment, decision.decision) == (attempt.pk, "planned", "allowed")
    assert Due.objects.get(kind="attempt").row_id == attempt.pk


@pytest.mark.parametrize(
    ("turned_up", "planned_for"),
    [
        (datetime(2026, 10, 5, 20, 59, tzinfo=UTC), TUESDAY),  # Monday, before the list of the evening
        (datetime(2026, 10, 5, 21, 0, tzinfo=UTC), datetime(2026, 10, 7, 13, 0, tzinfo=UTC)),  # after it was sent
        (datetime(2026, 10, 6, 13, 59, tzinfo=UTC), datetime(2026, 10, 7, 13, 0, tzinfo=UTC)),  # this morning
    ],
    ids=["yesterday in time", "yesterday evening", "today"],
)
def test_what_turns_up_late_is_called_about_once_the_owner_could_see_it_the_evening_before(
    plumber: Firm, turned_up: datetime, planned_for: datetime
) -> None:
    make_invoice(plumber, turned_up_at=turned_up)

    (attempt,) = planned(plumber)

    assert attempt.planned_for == planned_for
    assert Decision.objects.get().decision == "allowed"


def test_what_turned_up_today_is_on_the_evenings_list(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    make_invoice(plumber, turned_up_at=TUESDAY)
    assert planned(plumber)[0].planned_for > TUESDAY
    tuesday.move_to(datetime(2026, 10, 6, 21, 0, tzinfo=UTC))

    plan(plumber.business.pk)

    assert Message.objects.get(letter="evening_preview").facts == {"on": "2026-10-07"}


def test_what_the_owner_looks_at_anyway_waits_for_no_evening(plumber: Firm) -> None:
    make_invoice(plumber, turned_up_at=TUESDAY, due_on=date(2026, 4, 1), backlog_choice="call")
    assert [attempt.planned_for for attempt in planned(plumber)] == [TUESDAY]

    Business.objects.filter(pk=plumber.business.pk).update(reviews_calls=True)
    make_invoice(plumber, turned_up_at=TUESDAY)
    assert [attempt.planned_for for attempt in planned(plumber)] == [TUESDAY, TUESDAY]


def test_one_call_covers_what_turned_up_today_where_the_customer_is_called_anyway(plumber: Firm) -> None:
    known = make_invoice(plumber)
    fresh = make_invoice(plumber, known.customer, balance="120.00", turned_up_at=TUESDAY)

    (attempt,) = planned(plumber)

    assert attempt.planned_for == TUESDAY
    assert set(about(attempt)) == {known.number, fresh.number}


def test_two_days_late_is_not_late_enough(plumber: Firm) -> None:
    make_invoice(plumber, due_on=date(2026, 10, 4))

    assert planned(plumber) == []


def test_one_call_covers_every_overdue_invoice_of_a_customer_oldest_first(plumber: Firm) -> None:
    customer = make_customer(plumber, "Oak & Sons Landscaping")
    younger = make_invoice(plumber, customer, due_on=date(2026, 10, 2), balance="700.00")
    older = make_invoice(plumber, customer, due_on=date(2026, 9, 30), balance="1240.00")
    make_invoice(plumber, customer, due_on=date(2026, 10, 20))

    (attempt,) = planned(plumber)

    assert about(attempt) == [older.number, younger.number]


def test_planning_twice_plans_once(plumber: Firm) -> None:
    make_invoice(plumber)

    plan(plumber.business.pk)
    plan(plumber.business.pk)

    assert Attempt.objects.count() == 1


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 10, 6, 12, 0, tzinfo=UTC), datetime(2026, 10, 6, 13, 0, tzinfo=UTC)),  # 8:00 -> 9:00
        (datetime(2026, 10, 6, 21, 0, tzinfo=UTC), datetime(2026, 10, 7, 13, 0, tzinfo=UTC)),  # 17:00 -> tomorrow
        (
            datetime(2026, 10, 9, 21, 0, tzinfo=UTC),
            datetime(2026, 10, 13, 13, 0, tzinfo=UTC),
        ),  # Friday -> after Columbus Day
    ],
)
def test_outside_the_hours_the_call_is_planned_for_the_next_one(
    plumber: Firm, tuesday: time_machine.Traveller, at: datetime, expected: datetime
) -> None:
    make_invoice(plumber)
    tuesday.move_to(at)

    (attempt,) = planned(plumber)

    assert attempt.planned_for == expected


def test_the_firm_may_narrow_its_hours(plumber: Firm) -> None:
    Business.objects.filter(pk=plumber.business.pk).update(call_from="13:00", call_until="15:00")
    make_invoice(plumber)

    (attempt,) = planned(plumber)

    assert attempt.planned_for == datetime(2026, 10, 6, 17, 0, tzinfo=UTC)


def test_the_billing_contact_with_the_lowest_usable_number_is_called(plumber: Firm) -> None:
    customer = make_customer(plumber, phone="")
    Contact.objects.filter(customer=customer).update(phone_problem="missing")
    Contact.objects.create(customer=customer, role=Contact.Role.SITE, rank=0, phone="+16145550990")
    Contact.objects.create(customer=customer, rank=2, phone="+16145550992")
    Contact.objects.create(customer=customer, rank=1, phone="+16145550991")
    for number in ("+16145550991", "+16145550992"):
        Consent.objects.create(
            customer=customer, number=number, basis="order", given_by="A", given_on=date(2026, 9, 5), attested_by="a"
        )
    make_invoice(plumber, customer)

    (attempt,) = planned(plumber)

    assert attempt.to == "+16145550991"


def test_a_customer_without_a_telephone_is_refused_once_a_day(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    make_invoice(plumber, make_customer(plumber, phone=""))

    for _ in range(3):
        assert planned(plumber) == []

    assert refusals() == [("invoice", "CONSENT_MISSING")]
    assert Decision.objects.get().clearance["all_reasons"] == ["CONSENT_MISSING", "LOCATION_UNKNOWN"]

    tuesday.shift(timedelta(days=1))
    plan(plumber.business.pk)
    assert len(refusals()) == 2


def test_consumers_are_not_called_until_that_was_switched_on(plumber: Firm) -> None:
    make_invoice(plumber, make_customer(plumber, "Marta Diaz", kind=Customer.Kind.CONSUMER))

    assert planned(plumber) == []
    assert refusals() == [("invoice", "CONSUMER_CALLS_OFF")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sent": False}, "NOT_SENT"),
        ({"in_flight": True}, "PAYMENT_IN_FLIGHT"),
        ({"memo": "Late-fee for October"}, "CHECK_FIRST"),
        ({"balance_changed_at": datetime(2026, 10, 19, 12, tzinfo=UTC)}, "CHECK_FIRST"),
        ({"disputed_in_books": True}, "CHECK_FIRST"),
        ({"balance": "49.99"}, "BELOW_MINIMUM"),
        ({"due_on": date(2026, 4, 1)}, "BACKLOG"),
    ],
)
def test_what_is_checked_first_is_refused_with_its_reason(plumber: Firm, change: dict[str, Any], reason: str) -> None:
    make_invoice(plumber, **change)

    assert planned(plumber) == []
    assert refusals() == [("invoice", reason)]


def test_the_same_bill_twice_is_looked_at_before_anybody_is_called_about_either(plumber: Firm) -> None:
    customer = make_customer(plumber)
    make_invoice(plumber, customer)
    make_invoice(plumber, customer)

    assert planned(plumber) == []
    assert refusals() == [("invoice", "CHECK_FIRST")] * 2


def test_money_lying_with_the_parent_company_is_looked_at_first(plumber: Firm) -> None:
    parent = make_customer(plumber, "Lakeview Holding")
    child = make_customer(plumber, "Lakeview Apartments", parent_external_id=parent.external_id)
    make_invoice(plumber, child)
    parent.payments.create(
        connection=plumber.connection,
        external_id="p1",
        amount="100.00",
        unapplied="100.00",
        currency="USD",
        paid_on=date(2026, 10, 1),
    )

    assert planned(plumber) == []
    assert refusals() == [("invoice", "CREDIT_ON_ACCOUNT")]


def test_a_disputed_invoice_leaves_the_others_to_the_owner(plumber: Firm) -> None:
    from disputes.freeze import NewClaim
    from disputes.services import open_dispute

    customer = make_customer(plumber)
    disputed, other = make_invoice(plumber, customer), make_invoice(plumber, customer, balance="120.00")
    (dispute,) = open_dispute(disputed.pk, claim=NewClaim(source="member", source_key="m1", words="never finished"))

    assert planned(plumber) == []
    assert refusals() == [("invoice", "OWNER_DECIDES")]

    type(dispute).objects.filter(pk=dispute.pk).update(go_on_with_others=True)
    (attempt,) = planned(plumber)
    assert about(attempt) == [other.number]


def test_holds_promises_and_the_vip_list_keep_a_customer_from_being_planned(plumber: Firm) -> None:
    held, promised, never = make_invoice(plumber), make_invoice(plumber), make_invoice(plumber)
    Hold.objects.create(customer=held.customer, reason="knows the owner", by="ava", since=now())
    Promise.objects.create(
        customer=promised.customer, invoice=promised, amount="796.00", currency="USD", promised_for=date(2026, 10, 9),
        holds_until=date(2026, 10, 12), source="call", made_at=now(),
    )  # fmt: skip
    Customer.objects.filter(pk=never.customer_id).update(never_call=True)

    assert planned(plumber) == []


def test_nothing_is_planned_while_the_kill_switch_is_on_and_everything_after(plumber: Firm) -> None:
    make_invoice(plumber)
    Business.objects.filter(pk=plumber.business.pk).update(stopped_at=now(), stopped_by="ava")

    assert planned(plumber) == []
    assert refusals() == []
    assert Due.objects.get(kind=KIND).due_at <= now()  # looked at by the first sweep after calls go on

    Business.objects.filter(pk=plumber.business.pk).update(stopped_at=None)
    assert len(planned(plumber)) == 1


def test_planning_comes_back_in_the_evening_and_in_the_morning(plumber: Firm, tuesday: time_machine.Traveller) -> None:
    plan(plumber.business.pk)
    assert Due.objects.get(kind=KIND).due_at == datetime(2026, 10, 6, 21, 0, tzinfo=UTC)  # 5 pm in Columbus

    tuesday.move_to(datetime(2026, 10, 6, 21, 0, tzinfo=UTC))
    plan(plumber.business.pk)
    assert Due.objects.get(kind=KIND).due_at == datetime(2026, 10, 7, 10, 0, tzinfo=UTC)


def test_the_second_call_comes_three_dates_later_on_another_weekday_and_time_of_day(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    dialed(plumber, invoice, at=datetime(2026, 10, 6, 13, 30, tzinfo=UTC), number=1)  # Tuesday 9:30

    (second,) = (a for a in planned(plumber) if a.status == "planned")

    assert second.number == 2
    assert second.planned_for == datetime(2026, 10, 9, 18, 0, tzinfo=UTC)  # Friday 14:00


def test_a_time_the_customer_asked_for_is_kept(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    wanted = datetime(2026, 10, 7, 19, 0, tzinfo=UTC)
    dialed(
        plumber,
        invoice,
        at=datetime(2026, 10, 6, 13, 30, tzinfo=UTC),
        number=1,
        disposition="callback_request",
        callback_at=wanted,
    )

    (second,) = (a for a in planned(plumber) if a.status == "planned")

    assert second.planned_for == wanted


def test_after_three_calls_it_is_the_owners_decision(plumber: Firm) -> None:
    invoice = make_invoice(plumber, due_on=date(2026, 9, 1))
    for number, day in enumerate((8, 16, 24), start=1):
        dialed(plumber, invoice, at=datetime(2026, 9, day, 15, tzinfo=UTC), number=number)

    plan(plumber.business.pk)

    invoice.refresh_from_db()
    assert invoice.left_reason == "your_decision"
    assert Attempt.objects.filter(status="planned").count() == 0


def test_a_call_nobody_could_have_heard_does_not_count(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    attempt = dialed(plumber, invoice, at=datetime(2026, 10, 6, 13, 0, tzinfo=UTC), number=1, disposition="failed")
    Attempt.objects.filter(pk=attempt.pk).update(counted=False)

    (again,) = (a for a in planned(plumber) if a.status == "planned")

    assert (again.number, again.planned_for) == (1, TUESDAY)


def test_a_number_another_business_just_rang_waits_and_nobody_learns_whose_call_it_was(plumber: Firm) -> None:
    from compliance.models import Channel
    from compliance.services import note_contact

    invoice = make_invoice(plumber)
    phone = invoice.customer.contacts.get().phone
    note_contact(
        phone, Channel.CALL, "no_answer", key="somebody else", at=now() - timedelta(hours=1), on=date(2026, 10, 6)
    )

    (attempt,) = planned(plumber)

    assert attempt.planned_for == datetime(2026, 10, 9, 13, 0, tzinfo=UTC)
    assert Decision.objects.get().facts.get("number_history") is None


def test_in_review_mode_a_planned_call_waits_for_its_approval(plumber: Firm) -> None:
    Business.objects.filter(pk=plumber.business.pk).update(reviews_calls=True)
    make_invoice(plumber)
    (attempt,) = planned(plumber)

    approved = approve(attempt.pk, by=plumber.owner)

    assert (approved.approved_at, approved.approved_by) == (TUESDAY, plumber.owner.email)


def test_a_call_called_off_is_none_of_the_three(plumber: Firm) -> None:
    make_invoice(plumber)
    (attempt,) = planned(plumber)

    call_off(attempt.pk, by=plumber.owner, reason="I will ring her myself")

    attempt.refresh_from_db()
    assert (attempt.status, attempt.ended_because, attempt.counted) == ("ended", "called_off", False)
    with pytest.raises(CannotApprove):
        approve(attempt.pk, by=plumber.owner)


def test_a_bill_in_two_connected_books_is_called_about_in_neither_before_a_look_and_then_in_one(plumber: Firm) -> None:
    jobber = Connection.objects.create(
        provider="jobber", account="j1", sandbox=True, connected_at=now(), connected_by="x", synced_at=now()
    )
    first = make_invoice(plumber, make_customer(plumber, phone="+16145550177"), number="77")
    same = make_customer(plumber, phone="+16145550177", connection=jobber)
    make_invoice(plumber, same, number="77", connection=jobber)

    assert planned(plumber) == []

    checking.tick(first.customer_id, "CHECK_FIRST", "Jobber 77", by=plumber.owner)
    assert [attempt.customer for attempt in planned(plumber)] == [first.customer]


def test_forty_customers_take_no_more_reading_than_ten(plumber: Firm) -> None:
    def queries(count: int) -> int:
        for _ in range(count):
            make_invoice(plumber, make_customer(plumber, kind=Customer.Kind.CONSUMER))
        plan(plumber.business.pk)  # refusals are on record; what follows only reads
        with CaptureQueriesContext(connection) as captured:
            plan(plumber.business.pk)
        return sum("sandboxclock" not in query["sql"] for query in captured)  # read once a second, whoever asks

    assert queries(10) == queries(30)  # ten, then forty: both fit one batch


def test_one_business_never_plans_for_another(plumber: Firm, rival: Firm) -> None:
    make_invoice(plumber)

    from syntharra.tenancy import acting_for

    with acting_for(rival.business.pk):
        assert plan(rival.business.pk) == 0

    assert Call.objects.count() == 0
    assert Attempt.objects.count() == 0


def test_a_planning_that_fails_is_due_again_in_a_minute(plumber: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: object) -> None:
        raise RuntimeError("broken off")

    make_invoice(plumber)
    monkeypatch.setattr("calls.planning._plan_batch", break_off)

    with pytest.raises(RuntimeError):
        plan(plumber.business.pk)

    assert Due.objects.get(kind=KIND).due_at == TUESDAY + timedelta(minutes=1)


def test_a_sweep_plans_every_firm_that_is_due_once_and_passes_a_stopped_one(plumber: Firm, rival: Firm) -> None:
    from calls.tasks import sweep_plans
    from syntharra.tenancy import acting_for

    make_invoice(plumber)
    with acting_for(rival.business.pk):
        make_invoice(rival)
    Business.objects.filter(pk=rival.business.pk).update(stopped_at=now(), stopped_by="rex")

    assert sweep_plans() == 1
    assert sweep_plans() == 0

    due_at = dict(Due.objects.filter(kind=KIND).values_list("business_id", "due_at"))
    assert due_at == {
        plumber.business.pk: datetime(2026, 10, 6, 21, 0, tzinfo=UTC),
        rival.business.pk: TUESDAY + timedelta(minutes=1),
    }


def test_what_is_paid_in_installments_is_called_about_by_nobody_however_old_a_promise_of_it_is(plumber: Firm) -> None:
    invoice = make_invoice(plumber)
    Promise.objects.create(
        customer=invoice.customer, invoice=invoice, amount=invoice.balance, currency="USD", how="link",
        promised_for=date(2026, 10, 1), holds_until=date(2026, 10, 2), source="call", made_at=now() - timedelta(days=6),
    )  # fmt: skip
    plans.agree_held([invoice], [Part(date(2026, 10, 20), invoice.balance)], how="phone", by="ava")

    planned(plumber)

    assert Promise.objects.get().status == "withdrawn"
    Promise.objects.update(status="running")
    ask = Ask(
        purpose=Purpose.COLLECT, channel=Channel.CALL, to=invoice.customer.contacts.get().phone, at=now(),
        customer_id=invoice.customer_id, invoice_id=invoice.pk,
    )  # fmt: skip
    (facts,) = gather([ask])
    clearance = judge(facts, RuleBook.load())
    assert (Attempt.objects.count(), clearance.reason, clearance.next_allowed_at) == (0, "PROMISE_RUNNING", None)
