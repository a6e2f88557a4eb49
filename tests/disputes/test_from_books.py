"""A mark in the books is a reason to stop: once, and never again after the owner said there is nothing to it."""

import pytest

from disputes.from_books import open_marked
from disputes.models import Claim, Dispute
from disputes.services import release
from disputes.tasks import sweep_books
from invoices.changes import receivables_changed
from invoices.models import Invoice
from notifications.models import Message
from tests.cast import Firm, make_invoice

pytestmark = pytest.mark.django_db


def test_a_disputed_mark_in_the_books_freezes_and_tells_the_owner(plumber: Firm) -> None:
    marked = make_invoice(plumber, disputed_in_books=True, vendor_status="disputed")
    plain = make_invoice(plumber)
    receivables_changed()

    assert sweep_books() == 1
    assert sweep_books() == 0

    dispute = Dispute.objects.get()
    claim = Claim.objects.get()
    assert (dispute.invoice, claim.source, claim.by) == (marked, "vendor", "QuickBooks Online")
    assert claim.words == "QuickBooks Online marks this invoice as disputed (disputed)."
    assert Invoice.objects.get(pk=marked.pk).frozen_at is not None
    assert Invoice.objects.get(pk=plain.pk).frozen_at is None
    assert Message.objects.filter(letter="dispute_alert").count() == 1


def test_what_the_owner_released_is_not_raised_again_by_the_same_mark(plumber: Firm) -> None:
    make_invoice(plumber, disputed_in_books=True)
    open_marked()
    release(Dispute.objects.get().pk, by=plumber.owner, reason="An old mark")

    assert open_marked() == 0
    assert Dispute.objects.live().count() == 0


def test_a_mark_on_what_is_paid_or_frozen_already_opens_nothing(plumber: Firm) -> None:
    make_invoice(plumber, disputed_in_books=True, balance="0.00", books_status="paid")

    assert open_marked() == 0
    assert not Dispute.objects.exists()
