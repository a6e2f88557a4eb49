"""The books move, or do not answer, while a credit is on its way into them: found again, never written twice, never onto another bill."""

from decimal import Decimal

import pytest
import time_machine

from disputes.models import BooksMoved, Resolution
from disputes.resolving import Plan
from invoices.models import BookEntry, CreditMemo
from notifications import outbox
from syntharra import clock
from tests.contracts.rigs import Rig
from tests.stories.test_resolutions import AGREED, LESS, TOTAL, Case

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("vendor", ["xero", "zoho"], indirect=True)]


def test_a_credit_whose_answer_was_lost_is_found_and_not_written_twice(books: Rig) -> None:
    with time_machine.travel(clock.machine_now(), tick=True) as traveller:
        case = Case(books, traveller)
        case.begin(Plan(kind="credit_memo", lowered_by=LESS))
        books.strike({"kind": "drop-answer"}, after=True, times=1, method="PUT" if books.provider == "xero" else "POST")

        outbox.work()

        books.sim.clear_faults()
        assert case.invoice.frozen_at is not None  # written or not, found or still owed: the reading decides
        case.pass_by(minutes=2)
        outbox.work()
        case.seen()
        assert CreditMemo.objects.filter(customer=case.dispute.customer_id, deleted_at=None).get().total == LESS
        case.closes("credit_memo", agreed=AGREED, left=None, owed=AGREED, letter="dispute_closed_agreed")


def test_what_was_agreed_on_another_bill_is_not_written(books: Rig) -> None:
    """The owner lowers it himself in his books; our worker looks before it writes, and writes nothing."""
    with time_machine.travel(clock.machine_now(), tick=True) as traveller:
        case = Case(books, traveller)
        case.begin(Plan(kind="credit_memo", lowered_by=LESS))
        case.lowered_by_the_owner(Decimal("96.00"))

        outbox.work()

        assert BookEntry.objects.get(act="lower").status == "owed"  # it may have been paid: that is read first
        case.seen()
        outbox.work()
        assert BookEntry.objects.get(act="lower").status == "canceled"
        assert Resolution.objects.get().ended_why == "the bill changed under it"
        card = BooksMoved.objects.get(answer="")
        assert (card.was, card.now) == (TOTAL, Decimal("700.00"))
        assert case.owed_in_the_books() == Decimal("700.00")
        assert case.invoice.frozen_at is not None
