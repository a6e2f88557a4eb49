"""Ending a dispute: by the firm, by the customer, by the books. Nothing resumes but on what the books show."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.models import ActivityLine, Role, User
from calls.models import Attempt, AttemptInvoice
from disputes import books, course
from disputes.customer_acts import answer, drop
from disputes.ending import End, NotProved, close_held
from disputes.freeze import NewClaim
from disputes.models import BooksMoved, Dispute, InvoiceVersion, Resolution
from disputes.resolving import CannotResolve, Plan, begin, confirm, held, take_back
from disputes.services import open_dispute, release
from invoices.models import Allocation, BookEntry, CreditMemo, Hold, Invoice, Payment
from notifications.models import Message
from syntharra.clock import now
from tests.cast import Firm, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def disputed(firm: Firm, **fields: Any) -> Dispute:
    invoice = make_invoice(firm, **fields)
    claim = NewClaim(
        source="page", source_key=f"p:{invoice.pk}", words="The roof still leaks", reason="quality", by="Ana"
    )
    (dispute,) = open_dispute(invoice.pk, claim=claim)
    return dispute


def now_in_the_books(dispute: Dispute, balance: str, status: str = "open") -> None:
    Invoice.objects.filter(pk=dispute.invoice_id).update(balance=Decimal(balance), books_status=status)
    books.look()


def credited(dispute: Dispute, balance: str, number: str = "1043") -> None:
    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    CreditMemo.objects.create(
        connection=invoice.connection, customer=invoice.customer, external_id=number, number=number, currency="USD",
        total=invoice.balance - Decimal(balance), balance=0, applied=[{"invoice": invoice.external_id, "amount": "1.00"}],
    )  # fmt: skip
    now_in_the_books(dispute, balance)


def paid(dispute: Dispute, amount: str, balance: str) -> None:
    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    payment = Payment.objects.create(
        connection=invoice.connection, customer=invoice.customer, external_id=f"pay{balance}", amount=Decimal(amount),
        currency="USD", paid_on=now().date(),
    )  # fmt: skip
    Allocation.objects.create(
        payment=payment, invoice=invoice, amount=Decimal(amount), currency="USD", seen_at=now(), changed_at=now()
    )
    now_in_the_books(dispute, balance, "paid" if balance == "0.00" else "open")


def done_by_hand(dispute: Dispute) -> None:
    BookEntry.objects.filter(invoice=dispute.invoice_id).exclude(act="reminders").update(status="done")


def letters(dispute: Dispute) -> list[str]:
    about = Message.objects.filter(about__invoice=dispute.invoice_id).exclude(purpose="account")
    return sorted(about.exclude(status="withdrawn").values_list("letter", flat=True))


def reload(dispute: Dispute) -> tuple[Dispute, Invoice]:
    return Dispute.objects.get(pk=dispute.pk), Invoice.objects.get(pk=dispute.invoice_id)


def test_a_credit_memo_leads_back_to_collection_on_what_the_books_show(plumber: Firm) -> None:
    dispute = disputed(plumber)

    resolution = begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("196.00")), by=plumber.owner)

    entry = BookEntry.objects.get(act="lower")
    assert (resolution.status, resolution.step, resolution.agreed_balance) == ("running", "writing", Decimal("600.00"))
    assert (entry.amount, entry.status, entry.words) == (Decimal("196.00"), "owed", "Adjustment")
    assert reload(dispute)[0].status == "resolving"
    assert reload(dispute)[1].frozen_at is not None

    credited(dispute, "600.00")

    closed, invoice = reload(dispute)
    assert (closed.status, closed.closed_as, closed.agreed_balance) == ("closed", "credit_memo", Decimal("600.00"))
    assert closed.collect_again_on == date(2026, 11, 28)
    assert (invoice.frozen_at, invoice.left_reason) == (None, None)
    assert letters(dispute) == ["dispute_closed_agreed"]
    assert not Invoice.objects.collectable(on=date(2026, 11, 27), at=TUESDAY + timedelta(days=3)).exists()
    assert Invoice.objects.collectable(on=date(2026, 11, 28), at=TUESDAY + timedelta(days=3, hours=14)).get() == invoice
    assert InvoiceVersion.objects.filter(dispute=dispute).count() == 2


def test_another_balance_than_agreed_keeps_it_frozen_and_asks(plumber: Firm) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("196.00")), by=plumber.owner)
    BookEntry.objects.filter(act="lower").update(begun_at=now())  # the books may have it already

    credited(dispute, "650.00")

    still, invoice = reload(dispute)
    assert still.status == "resolving"
    assert invoice.frozen_at is not None
    card = BooksMoved.objects.get(answer="")
    assert (card.what, card.was, card.now, card.proof) == (
        "lowered", Decimal("796.00"), Decimal("650.00"), "credit memo 1043",
    )  # fmt: skip


@pytest.mark.parametrize(("memos", "proof"), [(("1044",), "credit memo 1044"), (("1044", "1045"), "")])
def test_books_that_do_not_say_which_memo_it_was_have_it_named_where_only_one_fits(
    plumber: Firm, memos: tuple[str, ...], proof: str
) -> None:
    dispute = disputed(plumber)
    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    for number in memos:
        CreditMemo.objects.create(
            connection=invoice.connection, customer=invoice.customer, external_id=number, number=number,
            currency="USD", total=Decimal("146.00"), balance=0,
        )  # fmt: skip
    payment = Payment.objects.create(
        connection=invoice.connection, customer=invoice.customer, external_id="pay9", amount=Decimal(0),
        currency="USD", paid_on=now().date(),
    )  # fmt: skip
    Allocation.objects.create(
        payment=payment, invoice=invoice, kind="credit", amount=Decimal("146.00"), currency="USD", seen_at=now(),
        changed_at=now(),
    )  # fmt: skip

    now_in_the_books(dispute, "650.00")

    assert BooksMoved.objects.get(answer="").proof == proof


def test_nothing_resumes_on_a_balance_the_books_do_not_show(plumber: Firm) -> None:
    dispute = disputed(plumber)
    found, invoice = held(dispute.pk)

    with pytest.raises(NotProved, match=r"show \$796\.00"):
        close_held(found, invoice, End(closed_as="credit_memo", agreed=Decimal("600.00")), by="ava")

    still, invoice = reload(dispute)
    assert still.closed_at is None
    assert invoice.frozen_at is not None
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (Plan(kind="credit_memo"), "more than zero"),
        (Plan(kind="credit_memo", lowered_by=Decimal("-1")), "more than zero"),
        (Plan(kind="credit_memo", lowered_by=Decimal("796.01")), "no more than what is owed"),
        (Plan(kind="settlement", agreed=Decimal("796.00")), "less than what is owed"),
        (Plan(kind="settlement", agreed=Decimal("0")), "more than zero"),
        (Plan(kind="rework", visit_on=date(2026, 11, 23)), "today or later"),
        (Plan(kind="bill_stands", words="  "), "Say why"),
        (Plan(kind="write_off"), "Say why"),
        (Plan(kind="dropped"), "customer himself"),
        (Plan(kind="paid"), "customer himself"),
        (Plan(kind="resume"), "customer himself"),
        (Plan(kind="settlement", agreed=Decimal("600"), expires=TUESDAY - timedelta(days=1)), "must lie ahead"),
    ],
)
def test_an_end_that_makes_no_sense_is_refused_and_changes_nothing(plumber: Firm, plan: Plan, says: str) -> None:
    dispute = disputed(plumber)
    sent = letters(dispute)

    with pytest.raises(CannotResolve, match=says):
        begin(dispute.pk, plan, by=plumber.owner)

    assert not Resolution.objects.exists()
    assert not BookEntry.objects.exclude(act="reminders").exists()
    assert reload(dispute)[0].status == "new"
    assert letters(dispute) == sent


def test_one_way_at_a_time(plumber: Firm) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)

    with pytest.raises(CannotResolve, match="under way"):
        begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("1")), by=plumber.owner)

    assert Resolution.objects.get().kind == "settlement"


def test_above_his_limit_a_manager_waits_for_an_owner(plumber: Firm) -> None:
    dispute = disputed(plumber)
    manager = make_member(plumber, "max@avasplumbing.example")

    resolution = begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("500.01")), by=manager)

    assert (resolution.status, resolution.step) == ("to_confirm", "owner")
    assert not BookEntry.objects.filter(act="lower").exists()
    assert Message.objects.get(letter="resolution_to_confirm").to == plumber.owner.email
    with pytest.raises(CannotResolve, match="Only an owner"):
        confirm(resolution.pk, by=manager)

    confirm(resolution.pk, by=plumber.owner)
    confirm(resolution.pk, by=plumber.owner)

    assert BookEntry.objects.get(act="lower").amount == Decimal("500.01")


def test_what_was_begun_on_another_balance_is_not_confirmed(plumber: Firm) -> None:
    dispute = disputed(plumber)
    manager = make_member(plumber, "max@avasplumbing.example")
    resolution = begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("500.01")), by=manager)
    now_in_the_books(dispute, "700.00")

    with pytest.raises(CannotResolve, match=r"\$700\.00 by now"):
        confirm(resolution.pk, by=plumber.owner)

    assert not BookEntry.objects.filter(act="lower").exists()


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.READ_ONLY])
def test_some_roles_may_freeze_and_not_end(plumber: Firm, role: Role) -> None:
    dispute = disputed(plumber)
    member = make_member(plumber, "acc@avasplumbing.example", role)

    with pytest.raises(CannotResolve, match="role"):
        begin(dispute.pk, Plan(kind="bill_stands", words="No"), by=member)

    assert not Resolution.objects.exists()


def test_taking_back_leaves_it_frozen_and_the_books_untouched(plumber: Firm) -> None:
    dispute = disputed(plumber)
    resolution = begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("196.00")), by=plumber.owner)

    take_back(resolution.pk, by=plumber.owner, why="too much")

    back, invoice = reload(dispute)
    assert back.status == "new"
    assert invoice.frozen_at is not None
    assert BookEntry.objects.get(act="lower").status == "canceled"


def test_what_stands_in_the_books_cannot_be_taken_back_here(plumber: Firm) -> None:
    dispute = disputed(plumber)
    resolution = begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("196.00")), by=plumber.owner)
    done_by_hand(dispute)

    with pytest.raises(CannotResolve, match="stands in your books already"):
        take_back(resolution.pk, by=plumber.owner, why="too much")

    assert Resolution.objects.get().status == "running"


def test_an_accepted_settlement_is_credited_and_then_resumes(plumber: Firm) -> None:
    dispute = disputed(plumber)
    resolution = begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)
    assert (resolution.step, resolution.expires_at) == ("customer", TUESDAY + timedelta(days=14))

    answer(resolution.pk, "accepted", name="Ana Reyes", came_from="203.0.113.7")
    answer(resolution.pk, "accepted", name="Ana Reyes", came_from="203.0.113.7")

    accepted = Resolution.objects.get()
    assert (accepted.answered_by, accepted.answered_from, accepted.step) == ("Ana Reyes", "203.0.113.7", "writing")
    assert BookEntry.objects.get(act="lower").amount == Decimal("196.00")
    assert reload(dispute)[1].frozen_at is not None

    credited(dispute, "600.00")

    closed, invoice = reload(dispute)
    assert (closed.closed_as, closed.agreed_balance, invoice.frozen_at) == ("settlement", Decimal("600.00"), None)


def test_the_books_showing_the_offer_is_no_acceptance(plumber: Firm) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)

    credited(dispute, "600.00")

    assert reload(dispute)[1].frozen_at is not None
    assert BooksMoved.objects.get(answer="").what == "lowered"


def test_an_offer_declined_or_run_out_leaves_it_frozen(plumber: Firm, tuesday: Any) -> None:
    first, second = disputed(plumber), disputed(plumber)
    declined = begin(first.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)
    expired = begin(second.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)

    answer(declined.pk, "declined", name="Ana")
    tuesday.move_to(TUESDAY + timedelta(days=14))
    assert course.take_its_course(expired.pk) == "no answer"

    assert [Resolution.objects.get(pk=pk).status for pk in (declined.pk, expired.pk)] == ["failed", "failed"]
    assert [reload(each)[0].status for each in (first, second)] == ["new", "new"]
    assert [reload(each)[1].frozen_at for each in (first, second)] == [TUESDAY, TUESDAY]
    with pytest.raises(CannotResolve, match="over"):
        answer(expired.pk, "accepted", name="Ana")


def test_the_bill_stands_and_silence_is_unresolved_for_ever(plumber: Firm, tuesday: Any) -> None:
    dispute = disputed(plumber)
    resolution = begin(dispute.pk, Plan(kind="bill_stands", words="The valve was on the order."), by=plumber.owner)
    tuesday.move_to(TUESDAY + timedelta(days=9, hours=23))
    assert course.take_its_course(resolution.pk) == "not yet"
    tuesday.move_to(TUESDAY + timedelta(days=10))

    assert course.take_its_course(resolution.pk) == "unresolved"

    closed, invoice = reload(dispute)
    assert (closed.closed_as, closed.agreed_balance) == ("unresolved", None)
    assert (invoice.left_reason, invoice.frozen_at) == ("unresolved", None)
    assert not Invoice.objects.collectable(on=date(2027, 6, 1)).exists()


@pytest.mark.parametrize(
    ("said", "closed_as", "left"), [("agrees", "bill_stands", None), ("objects", "unresolved", "unresolved")]
)
def test_the_customers_answer_to_the_firms_answer(plumber: Firm, said: str, closed_as: str, left: str | None) -> None:
    dispute = disputed(plumber)
    resolution = begin(dispute.pk, Plan(kind="bill_stands", words="The valve was on the order."), by=plumber.owner)

    answer(resolution.pk, said, name="Ana Reyes")

    closed, invoice = reload(dispute)
    assert (closed.closed_as, invoice.left_reason) == (closed_as, left)
    assert closed.agreed_balance == (Decimal("796.00") if said == "agrees" else None)


def test_rework_is_asked_twice_and_silence_is_the_owners_decision(plumber: Firm, tuesday: Any) -> None:
    dispute = disputed(plumber)
    resolution = begin(dispute.pk, Plan(kind="rework", visit_on=date(2026, 11, 30)), by=plumber.owner)
    tuesday.move_to(TUESDAY + timedelta(days=6))
    course.visited(resolution.pk, by=plumber.owner)
    course.visited(resolution.pk, by=plumber.owner)
    tuesday.move_to(TUESDAY + timedelta(days=11))
    assert course.take_its_course(resolution.pk) == "asked again"
    tuesday.move_to(TUESDAY + timedelta(days=16))

    assert course.take_its_course(resolution.pk) == "no answer"

    assert Message.objects.filter(letter="rework_asked").count() == 2
    assert reload(dispute)[1].frozen_at == TUESDAY


def test_rework_that_made_it_right_resumes(plumber: Firm) -> None:
    dispute = disputed(plumber)
    resolution = begin(dispute.pk, Plan(kind="rework", visit_on=date(2026, 11, 24)), by=plumber.owner)
    with pytest.raises(CannotResolve, match="over"):
        answer(resolution.pk, "happy", name="Ana")
    course.visited(resolution.pk, by=plumber.owner)

    answer(resolution.pk, "happy", name="Ana")

    assert reload(dispute)[0].closed_as == "rework"


def test_the_customer_drops_it_himself_once(plumber: Firm) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)
    with pytest.raises(CannotResolve, match="name"):
        drop(dispute.pk, name=" ", source="page")

    drop(dispute.pk, name="Ana Reyes", source="page", came_from="203.0.113.7")
    drop(dispute.pk, name="Ana Reyes", source="page")

    closed, invoice = reload(dispute)
    assert (closed.closed_as, closed.closed_by, closed.agreed_balance) == ("dropped", "Ana Reyes", Decimal("796.00"))
    assert invoice.frozen_at is None
    assert sorted(Resolution.objects.values_list("kind", "status")) == [("dropped", "done"), ("settlement", "canceled")]


def test_an_owner_may_leave_for_court_and_a_manager_asks_first(plumber: Firm) -> None:
    dispute = disputed(plumber)
    manager = make_member(plumber, "max@avasplumbing.example")
    asked = begin(dispute.pk, Plan(kind="small_claims", words="He will not talk"), by=manager)
    assert reload(dispute)[1].frozen_at is not None

    confirm(asked.pk, by=plumber.owner)

    closed, invoice = reload(dispute)
    assert (closed.closed_as, invoice.left_reason, invoice.frozen_at) == ("small_claims", "small_claims", None)
    assert not Invoice.objects.collectable(on=date(2027, 6, 1)).exists()


def test_a_write_off_is_done_when_the_books_show_it(plumber: Firm) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="write_off", words="Not worth it"), by=plumber.owner)
    assert BookEntry.objects.get(act="write_off").status in ("owed", "by_hand")

    now_in_the_books(dispute, "0.00", "written_off")

    closed, invoice = reload(dispute)
    assert (closed.closed_as, invoice.left_reason, Resolution.objects.get().status) == (
        "write_off",
        "write_off",
        "done",
    )


def test_the_owner_fixed_it_in_the_books_and_says_so(plumber: Firm) -> None:
    dispute = disputed(plumber)
    credited(dispute, "600.00")
    card = BooksMoved.objects.get()

    books.answer(card.pk, yes=True, by=plumber.owner)
    books.answer(card.pk, yes=True, by=plumber.owner)

    closed, invoice = reload(dispute)
    assert (closed.closed_as, closed.agreed_balance, closed.closed_reason) == (
        "books_lowered", Decimal("600.00"), "credit memo 1043",
    )  # fmt: skip
    assert invoice.frozen_at is None


def test_a_no_to_the_card_keeps_it_frozen(plumber: Firm) -> None:
    dispute = disputed(plumber)
    credited(dispute, "600.00")

    books.answer(BooksMoved.objects.get().pk, yes=False, by=plumber.owner)

    assert reload(dispute)[1].frozen_at is not None
    with pytest.raises(CannotResolve, match="answered already"):
        books.answer(BooksMoved.objects.get().pk, yes=True, by=plumber.owner)


def test_a_card_the_books_have_overtaken_is_not_answered(plumber: Firm) -> None:
    dispute = disputed(plumber)
    credited(dispute, "600.00")
    first = BooksMoved.objects.get()
    credited(dispute, "550.00", "1044")

    with pytest.raises(CannotResolve, match="moved on"):
        books.answer(first.pk, yes=True, by=plumber.owner)

    assert BooksMoved.objects.get(answer="").now == Decimal("550.00")
    assert reload(dispute)[1].frozen_at is not None


@pytest.mark.parametrize(
    ("status", "closed_as"), [("paid", "books_credit"), ("void", "books_void"), ("deleted", "books_deleted")]
)
def test_what_the_books_cleared_closes_at_hour_twenty(plumber: Firm, tuesday: Any, status: str, closed_as: str) -> None:
    dispute = disputed(plumber)
    now_in_the_books(dispute, "0.00", status)
    card = BooksMoved.objects.get()
    tuesday.move_to(TUESDAY + timedelta(hours=19, minutes=59))
    assert books.take_its_course(card.pk) == "not now"
    tuesday.move_to(TUESDAY + timedelta(hours=20))

    assert books.take_its_course(card.pk) == "closed"
    assert books.take_its_course(card.pk) == "not now"

    closed, invoice = reload(dispute)
    assert (closed.closed_as, closed.agreed_balance, invoice.frozen_at) == (closed_as, None, None)
    assert "dispute_closed_zero" in letters(dispute)


def test_paid_while_disputed_is_asked_once_and_closes_after_fourteen_days(plumber: Firm, tuesday: Any) -> None:
    dispute = disputed(plumber)
    paid(dispute, "796.00", "0.00")
    card = BooksMoved.objects.get()
    assert (card.what, card.acts_at) == ("paid", TUESDAY + timedelta(days=14))
    tuesday.move_to(TUESDAY + timedelta(days=14))

    books.take_its_course(card.pk)

    assert reload(dispute)[0].closed_as == "paid"
    assert "dispute_closed_paid" in letters(dispute)


def test_a_part_paid_and_a_balance_that_rose_stay_frozen(plumber: Firm) -> None:
    first, second = disputed(plumber), disputed(plumber)

    paid(first, "100.00", "696.00")
    now_in_the_books(second, "821.00")

    assert sorted(BooksMoved.objects.values_list("what", flat=True)) == ["part_paid", "rose"]
    assert [reload(each)[1].frozen_at for each in (first, second)] == [TUESDAY, TUESDAY]
    for card in BooksMoved.objects.all():
        books.answer(card.pk, yes=True, by=plumber.owner)
    assert [reload(each)[0].closed_at for each in (first, second)] == [None, None]


def test_with_no_attempt_left_one_written_reminder_and_then_your_decision(plumber: Firm) -> None:
    dispute = disputed(plumber)
    for number in (1, 2, 3):
        attempt = Attempt.objects.create(
            customer=dispute.customer, number=number, to="+16145550103", planned_for=now(), status="ended",
            dialing_at=now(), dialing_on=now().date(), ended_at=now(), disposition="no_answer", counted=True,
        )  # fmt: skip
        AttemptInvoice.objects.create(
            attempt=attempt, invoice=dispute.invoice, dropped_at=None
        ) if number == 1 else None
        if number > 1:
            AttemptInvoice.objects.bulk_create([AttemptInvoice(attempt=attempt, invoice=dispute.invoice)])

    drop(dispute.pk, name="Ana", source="page")

    reminder = Message.objects.get(letter="agreed_reminder")
    assert (reminder.purpose, reminder.due_at) == ("collect", datetime(2026, 11, 28, 15, 0, tzinfo=UTC))


def test_more_time_is_given_once_with_a_reason(plumber: Firm) -> None:
    dispute = disputed(plumber)
    assert dispute.decide_by == datetime(2026, 12, 2, 15, 0, tzinfo=UTC)

    course.extend(dispute.pk, days=3, because="the roofer is away", by=plumber.owner)

    assert reload(dispute)[0].decide_by == datetime(2026, 12, 7, 15, 0, tzinfo=UTC)
    assert "decision_extended" in letters(dispute)
    with pytest.raises(CannotResolve, match="once"):
        course.extend(dispute.pk, days=3, because="again", by=plumber.owner)


def test_every_step_stands_on_the_timeline(plumber: Firm) -> None:
    dispute = disputed(plumber)
    resolution = begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)
    answer(resolution.pk, "accepted", name="Ana Reyes")
    credited(dispute, "600.00")

    verbs = (
        ActivityLine.objects.filter(subject_id=dispute.pk).order_by("recorded_at", "id").values_list("verb", flat=True)
    )

    assert list(verbs) == ["froze", "resolution_begun", "customer_accepted", "closed"]


def test_a_rival_sees_none_of_it(plumber: Firm, rival: Firm) -> None:
    from syntharra.tenancy import acting_for

    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)

    with acting_for(rival.business.pk), pytest.raises(Dispute.DoesNotExist):
        begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("1.00")), by=rival.owner)


def owner_of(firm: Firm) -> User:
    return firm.owner


@pytest.mark.parametrize("how", ["dropped", "released", "books"])
def test_a_credit_not_written_yet_is_not_written_once_it_ended_otherwise(plumber: Firm, how: str) -> None:
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("196.00")), by=plumber.owner)

    if how == "dropped":
        drop(dispute.pk, name="Ana", source="page")
    elif how == "released":
        release(dispute.pk, by=plumber.owner, reason="a mix-up")
    else:
        credited(dispute, "650.00")
        books.answer(BooksMoved.objects.get(answer="").pk, yes=True, by=plumber.owner)

    assert BookEntry.objects.get(act="lower").status == "canceled"
    assert Resolution.objects.get(kind="credit_memo").status == ("failed" if how == "books" else "canceled")
    assert reload(dispute)[0].closed_at is not None


@pytest.mark.parametrize("balance", ["700.00", "600.00", "100.00"])
def test_an_offer_is_not_accepted_on_a_bill_that_has_changed_under_it(plumber: Firm, balance: str) -> None:
    dispute = disputed(plumber)
    offer = begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("600.00")), by=plumber.owner)
    now_in_the_books(dispute, balance)

    with pytest.raises(CannotResolve, match="has changed since this offer"):
        answer(offer.pk, "accepted", name="Ana")

    assert Resolution.objects.get().answer == ""
    assert not BookEntry.objects.filter(act="lower").exists()
    assert reload(dispute)[1].frozen_at is not None
