"""Ending a dispute on its page: nothing happens before it is confirmed, and nobody does what his role may not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Role
from disputes import books
from disputes.freeze import NewClaim
from disputes.models import BooksMoved, Dispute, Post, Resolution
from disputes.resolving import Plan, begin
from disputes.services import open_dispute
from invoices.models import BookEntry, Invoice
from tests.cast import Firm, make_invoice, make_member


@pytest.fixture
def dispute(plumber: Firm) -> Dispute:
    invoice = make_invoice(plumber)
    claim = NewClaim(source="call", source_key="CA1", words="The roof still leaks", reason="quality", by="Ana Reyes")
    return open_dispute(invoice.pk, claim=claim)[0]


def signed_in(client: Client, user: Any) -> Client:
    client.force_login(user)
    return client


def url(dispute: Dispute, part: str = "") -> str:
    return f"/disputes/{dispute.number}/{part}"


def test_the_ways_say_what_they_do_to_the_books(client: Client, plumber: Firm, dispute: Dispute) -> None:
    text = signed_in(client, plumber.owner).get(url(dispute, "resolution/")).content.decode()

    assert "We write a credit memo and apply it to the invoice. You find both in QuickBooks." in text
    assert "Back in collection, 3 calls are left." in text
    assert not Resolution.objects.exists()


def test_nothing_happens_before_the_second_yes(client: Client, plumber: Firm, dispute: Dispute) -> None:
    signed_in(client, plumber.owner)

    asked = client.post(url(dispute, "resolution/"), {"kind": "credit_memo", "lowered_by": "196.00"})

    assert asked.status_code == 200
    assert "What follows" in asked.content.decode()
    assert not Resolution.objects.exists()

    done = client.post(url(dispute, "resolution/"), {"kind": "credit_memo", "lowered_by": "196.00", "sure": "1"})

    assert done["Location"] == url(dispute)
    assert BookEntry.objects.get(act="lower").amount == Decimal("196.00")
    text = client.get(url(dispute)).content.decode()
    assert "$196.00 less" in text
    assert "It is being written into your books." in text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "credit_memo", "lowered_by": "0"}, "More than zero."),
        ({"kind": "credit_memo", "lowered_by": "1.005"}, "More decimals than the currency has."),
        ({"kind": "credit_memo", "lowered_by": "a lot"}, "Enter a number."),
        ({"kind": "rework"}, "This field is required."),
        ({"kind": "bill_stands", "words": ""}, "This field is required."),
    ],
)
def test_a_form_that_cannot_be_meant_comes_back(
    client: Client, plumber: Firm, dispute: Dispute, given: dict[str, str], says: str
) -> None:
    refused = signed_in(client, plumber.owner).post(url(dispute, "resolution/"), {**given, "sure": "1"})

    assert refused.status_code == 422
    assert says in refused.content.decode()
    assert not Resolution.objects.exists()


def test_more_than_is_owed_is_refused_in_words(client: Client, plumber: Firm, dispute: Dispute) -> None:
    given = {"kind": "credit_memo", "lowered_by": "796.01", "sure": "1"}

    refused = signed_in(client, plumber.owner).post(url(dispute, "resolution/"), given)

    assert refused.status_code == 409
    assert "no more than what is owed" in refused.content.decode()


def test_a_managers_page_says_that_an_owner_is_asked_and_the_owner_confirms(
    client: Client, plumber: Firm, dispute: Dispute
) -> None:
    manager = make_member(plumber, "max@avasplumbing.example")
    given = {"kind": "credit_memo", "lowered_by": "600.00"}
    signed_in(client, manager)
    assert "an owner is asked to confirm it" in client.post(url(dispute, "resolution/"), given).content.decode()

    client.post(url(dispute, "resolution/"), {**given, "sure": "1"})
    client.post(url(dispute, "resolution/confirmation/"))

    assert Resolution.objects.get().status == "to_confirm"
    signed_in(client, plumber.owner)
    assert "An owner has to confirm it. Nothing has happened yet." in client.get(url(dispute)).content.decode()
    client.post(url(dispute, "resolution/confirmation/"))
    assert Resolution.objects.get().status == "running"


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.READ_ONLY])
def test_who_may_only_look_is_refused(client: Client, plumber: Firm, dispute: Dispute, role: Role) -> None:
    member = make_member(plumber, "books@avasplumbing.example", role)
    signed_in(client, member)
    given = {"kind": "credit_memo", "lowered_by": "1.00", "sure": "1"}

    assert client.get(url(dispute, "resolution/")).status_code == 403
    assert client.post(url(dispute, "resolution/"), given).status_code == 403
    assert client.post(url(dispute, "posts/"), {"words": "Hello"}).status_code == 403
    assert client.post(url(dispute, "more-time/"), {"days": 3, "because": "x"}).status_code == 403
    assert "Resolve…" not in client.get(url(dispute)).content.decode()
    assert not Resolution.objects.exists()
    assert not Post.objects.exists()


def test_the_card_of_the_books_is_answered_on_the_page(client: Client, plumber: Firm, dispute: Dispute) -> None:
    Invoice.objects.filter(pk=dispute.invoice_id).update(balance=Decimal("600.00"))
    books.look()
    signed_in(client, plumber.owner)
    number = dispute.invoice.number
    shown = client.get(url(dispute)).content.decode()
    assert f"{number} is now $600.00 (was $796.00). Is that what you agreed with Harbor Cafe?" in shown
    card = BooksMoved.objects.get()
    assert client.post(url(dispute, f"books/{card.pk}/"), {"answer": "perhaps"}).status_code == 404

    client.post(url(dispute, f"books/{card.pk}/"), {"answer": "yes"})

    assert Dispute.objects.get().closed_as == "books_lowered"


def test_the_firm_writes_and_notes_on_one_thread(client: Client, plumber: Firm, dispute: Dispute) -> None:
    signed_in(client, plumber.owner)

    client.post(url(dispute, "posts/"), {"words": "We come tomorrow."})
    client.post(url(dispute, "posts/"), {"words": "Bring the long ladder.", "note": "1"})
    client.post(url(dispute, "posts/"), {"words": "  "})

    assert sorted(Post.objects.values_list("channel", "words")) == [
        ("email", "We come tomorrow."), ("note", "Bring the long ladder."),
    ]  # fmt: skip
    text = client.get(url(dispute)).content.decode()
    assert "We come tomorrow." in text
    assert "Bring the long ladder." in text


def test_somebody_of_the_firm_looks_after_it_and_nobody_else(
    client: Client, plumber: Firm, rival: Firm, dispute: Dispute
) -> None:
    signed_in(client, plumber.owner)
    client.post(url(dispute, "assignee/"), {"member": str(plumber.owner.pk)})
    assert Dispute.objects.get().assignee == plumber.owner

    assert client.post(url(dispute, "assignee/"), {"member": str(rival.owner.pk)}).status_code == 404

    assert Dispute.objects.get().assignee == plumber.owner


def test_a_visit_is_ticked_and_taken_back_only_with_a_reason(client: Client, plumber: Firm, dispute: Dispute) -> None:
    from syntharra import clock

    today = clock.today(plumber.business.time_zone)
    begin(dispute.pk, Plan(kind="rework", visit_on=today + timedelta(days=1)), by=plumber.owner)
    signed_in(client, plumber.owner)

    client.post(url(dispute, "visit/"))
    assert Resolution.objects.get().step == "customer"
    client.post(url(dispute, "resolution/taking-back/"), {"reason": " "})
    assert Resolution.objects.get().status == "running"
    client.post(url(dispute, "resolution/taking-back/"), {"reason": "they moved away"})

    assert Resolution.objects.get().status == "canceled"
    assert Dispute.objects.get().closed_at is None


def test_the_page_asks_few_questions_however_long_the_thread(
    client: Client, plumber: Firm, dispute: Dispute, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        Post.objects.create(
            dispute=dispute, side="firm", channel="note", by="ava", words=f"{number}", at=dispute.opened_at
        )
    signed_in(client, plumber.owner)

    with django_assert_max_num_queries(26):
        client.get(url(dispute))


def test_another_firms_dispute_is_not_there(client: Client, rival: Firm, dispute: Dispute) -> None:
    signed_in(client, rival.owner)

    for part in ("", "resolution/"):
        assert client.get(url(dispute, part)).status_code == 404
    given = {"kind": "credit_memo", "lowered_by": "1.00", "sure": "1"}
    assert client.post(url(dispute, "resolution/"), given).status_code == 404
    assert Membership.objects.filter(user=rival.owner).count() == 1
