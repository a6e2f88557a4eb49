"""From the first word of a dispute to its end in the books: each way of ending it, against the vendors' simulators.

All ways with all six vendors under PROOF=full; else each way with two vendors, and each vendor with two ways or more.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from disputes import books as moved
from disputes import course
from disputes.customer_acts import answer, drop
from disputes.freeze import NewClaim
from disputes.models import BooksMoved, Dispute, Resolution
from disputes.resolving import CannotResolve, Plan, begin, first_payment_on
from disputes.services import open_dispute
from disputes.specifying import Answers, send
from integrations.abilities import Act, Way, abilities_of
from invoices import entries, plans, verification
from invoices.models import BookEntry, CreditMemo, Invoice, PaymentPlan
from invoices.plan_rules import Part
from notifications import outbox
from notifications.models import Message
from syntharra import clock
from tests.contracts.rigs import MANNERS, Rig, money
from tests.contracts.test_reading import read, row

pytestmark = pytest.mark.django_db

TOTAL, LESS, AGREED = Decimal("796.00"), Decimal("196.00"), Decimal("600.00")

DAY_BEGINS, DAY_ENDS = 18, 23  # UTC: the morning of the West is over, the evening of the East has not begun


def by_day(moment: datetime) -> datetime:
    """This moment, or the next at which the law lets anybody in the states be written to: the story begins at any hour somebody runs it."""
    if DAY_BEGINS <= moment.hour < DAY_ENDS:
        return moment
    begins = moment.replace(hour=DAY_BEGINS, minute=0, second=0, microsecond=0)
    return begins if begins > moment else begins + timedelta(days=1)


class Case:
    """One disputed invoice in one vendor's books."""

    def __init__(self, books: Rig, traveller: Any) -> None:
        assert books.firm is not None
        self.books, self.traveller, self.owner = books, traveller, books.firm.owner
        self.customer = books.a_customer()
        self.external_id = books.an_invoice(self.customer, str(TOTAL))
        read(books)
        claim = NewClaim(
            source="call", source_key="CA1", words="The roof still leaks", reason="quality", by="Ana Reyes"
        )
        (self.opened,) = open_dispute(row(self.external_id).pk, claim=claim)
        send(self.opened.pk, Answers(kind="quality", words="It drips at the joint"), by="Ana Reyes")

    @property
    def dispute(self) -> Dispute:
        return Dispute.objects.get(pk=self.opened.pk)

    @property
    def invoice(self) -> Invoice:
        return Invoice.objects.get(pk=self.opened.invoice_id)

    @property
    def collecting(self) -> Invoice:
        """The invoice that is collected on at the end: the same, or the one that took its place."""
        return self.invoice.replaced_by.order_by("-pk").first() or self.invoice

    def can(self, act: Act) -> bool:
        return not abilities_of(self.books.provider).of(act).by_hand

    def pass_by(self, **time: float) -> None:
        self.traveller.shift(timedelta(**time))

    def begin(self, plan: Plan) -> Resolution:
        return begin(self.opened.pk, plan, by=self.owner)

    def written(self) -> None:
        """What we owe the books is written; where the vendor cannot, the owner does it by hand. Then they are read."""
        for entry in BookEntry.objects.filter(invoice=self.opened.invoice_id).exclude(act=Act.REMINDERS):
            if entry.status == BookEntry.Status.OWED:
                entries.carry_out(entry.pk)
                entries.carry_out(entry.pk)
            elif entry.status == BookEntry.Status.BY_HAND:
                self.by_hand(entry)
        self.seen()

    def by_hand(self, entry: BookEntry) -> None:
        if entry.act == Act.LOWER:
            assert entry.amount is not None
            self.lowered_by_the_owner(entry.amount)
        else:
            self.books.act("void_invoice", id=self.external_id)
        entries.tick(entry.pk, by=self.owner)

    def lowered_by_the_owner(self, amount: Decimal) -> None:
        if self.books.manners.shows_credits:
            credit = self.books.act("add_credit", customer=self.customer, total=str(amount))
            self.books.act("apply_credit", id=str(credit["id"]), invoice=self.external_id, amount=str(amount))
        else:
            line = {
                "description": "Water heater replacement",
                "quantity": "1",
                "price": str(TOTAL - amount),
                "item": "",
            }
            self.books.act("change_invoice", id=self.external_id, lines=[line])

    def seen(self) -> None:
        self.pass_by(minutes=6)
        read(self.books)
        moved.look()

    def owed_in_the_books(self) -> Decimal:
        """All that this customer owes there."""
        mine = [one for one in self.books.truth().values() if one["customer"] == self.customer]
        return sum((money(one["balance"]) for one in mine if one["status"] == "open"), Decimal(0))

    def closes(self, as_: str, *, agreed: Decimal | None, left: str | None, owed: Decimal, letter: str) -> None:
        dispute = self.dispute
        assert (dispute.status, dispute.closed_as, dispute.agreed_balance) == ("closed", as_, agreed)
        assert (self.invoice.frozen_at, self.invoice.left_reason) == (None, left)
        assert self.owed_in_the_books() == owed
        sent = set(Message.objects.filter(customer=dispute.customer_id).values_list("letter", flat=True))
        assert letter == "" or letter in sent
        later = clock.today("America/New_York") + timedelta(days=10)
        back = Invoice.objects.collectable(on=later, at=clock.now() + timedelta(days=10))
        mine = list(back.filter(customer=dispute.customer_id))
        assert mine == ([self.collecting] if agreed else [])
        assert not Invoice.objects.collectable(on=later).filter(customer=dispute.customer_id).exists()  # not today


def credit_memo(case: Case) -> None:
    case.begin(Plan(kind="credit_memo", lowered_by=LESS))
    case.written()
    case.closes("credit_memo", agreed=AGREED, left=None, owed=AGREED, letter="dispute_closed_agreed")
    if case.can(Act.LOWER) and case.books.manners.shows_credits:
        assert CreditMemo.objects.filter(customer=case.dispute.customer_id, deleted_at=None).get().total == LESS


def settlement(case: Case) -> None:
    offer = case.begin(Plan(kind="settlement", agreed=AGREED))
    answer(offer.pk, "accepted", name="Ana Reyes")
    case.written()
    case.closes("settlement", agreed=AGREED, left=None, owed=AGREED, letter="dispute_closed_agreed")


def owner_fixed_it(case: Case) -> None:
    case.lowered_by_the_owner(LESS)
    case.seen()
    assert case.invoice.frozen_at is not None
    card = BooksMoved.objects.get(answer="")
    assert (card.what, card.was, card.now) == ("lowered", TOTAL, AGREED)
    moved.answer(card.pk, yes=True, by=case.owner)
    case.closes("books_lowered", agreed=AGREED, left=None, owed=AGREED, letter="dispute_closed_agreed")


def cleared(case: Case) -> None:
    manners = case.books.manners
    if manners.voids:
        verb, status = "void_invoice", "void"
    elif manners.write_off_status == "written_off":
        verb, status = "write_off", "written_off"
    else:
        verb, status = "delete_invoice", "deleted"
    case.books.act(verb, id=case.external_id)
    case.seen()
    card = BooksMoved.objects.get(answer="")
    assert card.what == "cleared"
    case.pass_by(hours=20)
    moved.take_its_course(card.pk)
    case.closes(f"books_{status}", agreed=None, left=None, owed=Decimal(0), letter="dispute_closed_zero")


def paid(case: Case) -> None:
    case.books.act("pay", customer=case.customer, amount=str(TOTAL), applied={case.external_id: str(TOTAL)})
    case.seen()
    card = BooksMoved.objects.get(answer="")
    assert card.what == "paid"
    case.pass_by(days=14)
    moved.take_its_course(card.pk)
    case.closes("paid", agreed=None, left=None, owed=Decimal(0), letter="dispute_closed_paid")


def part_paid(case: Case) -> None:
    case.books.act("pay", customer=case.customer, amount="100.00", applied={case.external_id: "100.00"})
    case.seen()
    card = BooksMoved.objects.get(answer="")
    assert (card.what, card.now) == ("part_paid", Decimal("696.00"))
    moved.answer(card.pk, yes=True, by=case.owner)
    assert (case.dispute.closed_at, case.invoice.frozen_at is None) == (None, False)
    drop(case.opened.pk, name="Ana Reyes", source="page")
    rest = Decimal("696.00")
    case.closes("dropped", agreed=rest, left=None, owed=rest, letter="dispute_closed_agreed")


def dropped(case: Case) -> None:
    drop(case.opened.pk, name="Ana Reyes", source="page")
    case.closes("dropped", agreed=TOTAL, left=None, owed=TOTAL, letter="dispute_closed_agreed")


def bill_stands(case: Case) -> None:
    firm_says = case.begin(Plan(kind="bill_stands", words="The joint was on the order, signed March 2."))
    answer(firm_says.pk, "agrees", name="Ana Reyes")
    case.closes("bill_stands", agreed=TOTAL, left=None, owed=TOTAL, letter="dispute_closed_agreed")


def unresolved(case: Case) -> None:
    firm_says = case.begin(Plan(kind="bill_stands", words="The joint was on the order, signed March 2."))
    case.pass_by(days=10)
    course.take_its_course(firm_says.pk)
    case.closes("unresolved", agreed=None, left="unresolved", owed=TOTAL, letter="bill_stands")


def rework(case: Case) -> None:
    visit = case.begin(Plan(kind="rework", visit_on=clock.today("America/New_York") + timedelta(days=2)))
    case.pass_by(days=2)
    course.visited(visit.pk, by=case.owner)
    answer(visit.pk, "happy", name="Ana Reyes")
    case.closes("rework", agreed=TOTAL, left=None, owed=TOTAL, letter="rework_asked")


def write_off(case: Case) -> None:
    case.begin(Plan(kind="write_off", words="Not worth the quarrel"))
    case.written()
    case.closes("write_off", agreed=None, left="write_off", owed=Decimal(0), letter="")


def mediation(case: Case) -> None:
    case.begin(Plan(kind="mediation", words="They want a mediator"))
    case.closes("mediation", agreed=None, left="mediation", owed=TOTAL, letter="")


def small_claims(case: Case) -> None:
    case.begin(Plan(kind="small_claims", words="They will not talk"))
    case.closes("small_claims", agreed=None, left="small_claims", owed=TOTAL, letter="")


def plan(case: Case) -> None:
    first, rest = Decimal("400.00"), Decimal("396.00")
    on = first_payment_on(case.invoice)
    parts = (Part(on, first), Part(on + timedelta(days=30), rest))
    if verification.is_missing(case.invoice):  # a person who disputed in writing has the proof first
        with pytest.raises(CannotResolve, match="Send the proof"):
            case.begin(Plan(kind="plan", words="Ana Reyes, on the phone", parts=parts))
        verification.send(case.opened.invoice_id)
        outbox.work()
    case.begin(Plan(kind="plan", words="Ana Reyes, on the phone", parts=parts))
    assert (case.dispute.closed_as, case.dispute.agreed_balance, case.invoice.frozen_at) == ("plan", TOTAL, None)
    agreed = PaymentPlan.objects.get(customer=case.dispute.customer_id)
    for amount, states in ((first, ["paid", "waiting"]), (rest, ["paid", "paid"])):
        later = clock.now() + timedelta(days=40)
        assert not Invoice.objects.collectable(on=later.date(), at=later).filter(pk=case.opened.invoice_id).exists()
        case.books.act("pay", customer=case.customer, amount=str(amount), applied={case.external_id: str(amount)})
        case.seen()
        plans.look()
        assert list(agreed.installments.order_by("position").values_list("status", flat=True)) == states
    agreed.refresh_from_db()
    assert (agreed.status, case.owed_in_the_books()) == ("paid", Decimal(0))
    letters = Message.objects.filter(customer=case.dispute.customer_id).values_list("letter", flat=True)
    assert "plan_confirmation" in letters
    assert "plan_missed" not in letters


WAYS: list[Callable[[Case], None]] = [
    credit_memo, settlement, owner_fixed_it, cleared, paid, part_paid, dropped, bill_stands, unresolved, rework,
    write_off, mediation, small_claims, plan,
]  # fmt: skip
VENDORS = list(MANNERS)


def chosen() -> list[tuple[str, Callable[[Case], None]]]:
    """Every pair for the proof; else a slanted cut through them that leaves nobody out."""
    if os.environ.get("PROOF") == "full":
        return [(vendor, way) for vendor in VENDORS for way in WAYS]
    return [
        (VENDORS[(place + step) % len(VENDORS)], way) for place, way in enumerate(WAYS) for step in (0, 3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("vendor", "way"), [pytest.param(vendor, way, id=f"{vendor}-{way.__name__}") for vendor, way in chosen()],
    indirect=["vendor"],
)  # fmt: skip
def test_from_the_first_word_to_the_books_proof(books: Rig, way: Callable[[Case], None]) -> None:
    with time_machine.travel(by_day(clock.machine_now()), tick=True) as traveller:
        case = Case(books, traveller)
        assert case.invoice.frozen_at is not None
        way(case)


def test_the_cut_leaves_nobody_out() -> None:
    pairs = chosen()
    assert all(sum(each is way for _vendor, each in pairs) >= 2 for way in WAYS)
    assert all(sum(each == vendor for each, _way in pairs) >= 2 for vendor in VENDORS)


def test_a_write_that_is_the_nearest_thing_is_told_before_it_is_chosen() -> None:
    nearest = {name for name in VENDORS if abilities_of(name).of(Act.LOWER).way is Way.NEAREST}

    assert nearest == {"square", "jobber"}
