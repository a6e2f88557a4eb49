"""The page of a dispute: however long it has been going on, it is one screen of the newest, asked for in a few questions."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from desk.wording.answers import OF_A_KIND, answers_for
from disputes.books import look_at
from disputes.freeze import NewClaim
from disputes.models import Dispute, Post, Side
from disputes.services import open_dispute
from invoices.models import Invoice
from notifications import lint
from notifications.models import Message, MessageInvoice
from syntharra import clock
from tests.cast import Firm, make_invoice


@pytest.fixture
def dispute(live: None, plumber: Firm) -> Dispute:
    invoice = make_invoice(plumber)
    make_invoice(plumber, invoice.customer, number="2299")
    claim = NewClaim(source="call", source_key="CA1", words="The sink still leaks", reason="quality", by="Ana Reyes")
    return open_dispute(invoice.pk, claim=claim)[0]


def written(dispute: Dispute, count: int, *, begun: datetime | None = None) -> None:
    begun = begun or clock.now()
    posts = [
        Post(dispute=dispute, side=Side.CUSTOMER, channel="page", by="Ana", words=f"word {n}.", at=begun + timedelta(seconds=n))
        for n in range(count)
    ]  # fmt: skip
    Post.objects.bulk_create(posts)


def sent(dispute: Dispute, count: int) -> None:
    begun = clock.now()
    letters = [
        Message(
            letter="firm_wrote", key=f"t:{n}", purpose="dispute", channel="email", status="sent", to="a@b.example",
            customer_id=dispute.customer_id, subject=f"letter {n}.", correlation="t", owed_at=begun + timedelta(seconds=n),
            due_at=begun, sent_at=begun + timedelta(seconds=n),
        )
        for n in range(count)
    ]  # fmt: skip
    Message.objects.bulk_create(letters)
    MessageInvoice.objects.bulk_create(MessageInvoice(message=one, invoice_id=dispute.invoice_id) for one in letters)


def words(answer: Any, of: str) -> list[int]:
    return [number for number in range(1000) if f"{of} {number}." in answer.content.decode()]


def test_a_thousand_messages_are_the_newest_fifty_and_a_link(ava: Client, dispute: Dispute) -> None:
    written(dispute, 120)

    first = ava.get(f"/disputes/{dispute.number}/")
    second = ava.get(f"/disputes/{dispute.number}/?talk=2")
    last = ava.get(f"/disputes/{dispute.number}/?talk=3")

    assert [len(words(page, "word")) for page in (first, second, last)] == [50, 50, 20]
    assert (words(first, "word")[0], words(last, "word")) == (70, list(range(20)))
    text = first.content.decode()
    assert text.index("word 119.") < text.index("word 70.")
    assert 'href="?talk=2#talk"' in text
    assert 'href="?talk=3#talk"' in second.content.decode()
    assert 'href="?talk=1#talk"' in second.content.decode()
    assert "?talk=4" not in last.content.decode()


def test_what_happened_is_paged_the_same_way_with_what_runs_out_next_on_top(ava: Client, dispute: Dispute) -> None:
    sent(dispute, 75)

    first = ava.get(f"/disputes/{dispute.number}/")
    second = ava.get(f"/disputes/{dispute.number}/?happened=2")

    assert [len(words(page, "letter")) for page in (first, second)] == [50, 25]
    events = [event.title for event in first.context["events"]]
    assert (events[0], events[1]) == ("Acknowledgement to them", "letter 74.")
    assert [event.title for event in second.context["events"]][-1] == "Disputed and frozen"
    assert not any(event.future for event in second.context["events"])


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "9" * 30, "2.5", "٣"])
def test_a_page_nobody_gave_out_is_the_first_or_empty(ava: Client, dispute: Dispute, number: str) -> None:
    written(dispute, 3)

    answer = ava.get(f"/disputes/{dispute.number}/", {"talk": number, "happened": number})

    assert answer.status_code == 200


def test_it_asks_twelve_questions_for_no_message_and_for_many(
    ava: Client, dispute: Dispute, django_assert_num_queries: Any
) -> None:
    address = f"/disputes/{dispute.number}/"
    ava.get(address)
    with django_assert_num_queries(12):
        ava.get(address)

    written(dispute, 300)
    sent(dispute, 300)

    with django_assert_num_queries(12):
        ava.get(address)


def test_a_letter_that_came_back_is_said_so(ava: Client, dispute: Dispute) -> None:
    sent(dispute, 1)
    Message.objects.filter(key="t:0").update(status="failed", outcome="came back: no such mailbox")

    text = ava.get(f"/disputes/{dispute.number}/").content.decode()

    assert "Letter not delivered" in text
    assert "came back: no such mailbox" in text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": "scope"}, "the change order or the message in which they said yes"),
        ({"kind": ""}, "offer a day on which somebody looks at it"),
        ({"kind": "other"}, "what would put it right?"),
    ],
)
def test_it_says_what_helps_with_a_dispute_of_its_kind(
    ava: Client, dispute: Dispute, fields: dict[str, str], says: str
) -> None:
    Dispute.objects.filter(pk=dispute.pk).update(**fields)

    assert says in ava.get(f"/disputes/{dispute.number}/").content.decode()


def test_it_leads_to_the_moment_of_the_call_and_to_their_other_disputes(ava: Client, plumber: Firm, live: None) -> None:
    invoice = make_invoice(plumber)
    call = "01a20e36-c480-707e-a4ee-b5ba9abc31c7"
    first = NewClaim(
        source="call", source_key=call, words="It leaks", reason="quality", by="Ana", evidence={"call": call, "second": 41}
    )  # fmt: skip
    (one,) = open_dispute(invoice.pk, claim=first)
    again = NewClaim(source="page", source_key="p", words="Twice billed", reason="duplicate", by="Ana")
    open_dispute(make_invoice(plumber, invoice.customer).pk, claim=again)

    text = ava.get(f"/disputes/{one.number}/").content.decode()

    assert f'<a href="/calls/{call}/">hear it, at second 41</a>' in text
    assert "D-1002 (New)" in text


def test_it_is_given_to_somebody_on_the_page(ava: Client, plumber: Firm, dispute: Dispute) -> None:
    form = ava.get(f"/disputes/{dispute.number}/").content.decode()
    assert f'<option value="{plumber.owner.pk}">{plumber.owner.email}</option>' in form

    ava.post(f"/disputes/{dispute.number}/assignee/", {"member": str(plumber.owner.pk)})

    assert Dispute.objects.get(pk=dispute.pk).assignee == plumber.owner
    assert " selected>" in ava.get(f"/disputes/{dispute.number}/").content.decode()


def test_an_answer_may_start_from_words_of_the_house_which_are_the_members_to_change(
    ava: Client, dispute: Dispute
) -> None:
    Dispute.objects.filter(pk=dispute.pk).update(kind="quality")
    page = f"/disputes/{dispute.number}/"

    offered = ava.get(page).content.decode()
    begun = ava.get(f"{page}?start=quality").content.decode()
    unknown = ava.get(f"{page}?start=lawsuit").content.decode()

    assert '<a href="?start=quality#talk">Somebody comes and looks</a>' in offered
    assert "I am sorry that it is not right." not in offered
    assert "I am sorry that it is not right. [Name] can come on [day] at [time]" in begun
    assert 'name="words"' in unknown
    assert not Post.objects.exists()


@pytest.mark.parametrize("kind", [*OF_A_KIND, "", "other_vague"])
def test_no_words_to_start_from_read_like_a_demand(kind: str) -> None:
    offered = answers_for(kind, "other_vague")

    assert len(offered) == 3
    assert [lint.problems(words) for _title, words in offered.values()] == [[], [], []]


def test_the_bill_stands_there_as_it_was_when_they_disagreed_and_after_the_books_changed(
    ava: Client, dispute: Dispute
) -> None:
    Invoice.objects.filter(pk=dispute.invoice_id).update(balance=Decimal("600.00"))
    look_at(dispute.pk)

    text = " ".join(ava.get(f"/disputes/{dispute.number}/").content.decode().split())

    assert "The bill as it was" in text
    assert ", when they disagreed</p>" in text
    assert ", after the books changed</p>" in text
    assert text.count("<dt>Owed then</dt>") == 2
    assert "<dt>Owed then</dt><dd>$796.00</dd>" in text
    assert "<dt>Owed then</dt><dd>$600.00</dd>" in text
