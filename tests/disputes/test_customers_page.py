"""The customer's page: what exactly is wrong, where it stands, what he may answer. GET never changes anything."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute, Post, Resolution, Specification
from disputes.posts import firm_writes, note
from disputes.resolving import Plan, begin
from disputes.services import open_dispute, release
from disputes.specifying import Answers, CannotSpecify, save, send
from invoices.models import Invoice, InvoiceLine
from notifications.models import Message
from syntharra import links
from tests.cast import Firm, make_invoice

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def dispute(plumber: Firm) -> Dispute:
    invoice = make_invoice(plumber)
    InvoiceLine.objects.create(
        invoice=invoice, position=2, item="Keypad", description="New keypad", amount=Decimal("96.00"), currency="USD"
    )
    claim = NewClaim(source="call", source_key="CA1", words="Nobody asked for a keypad", reason="scope", by="Ana Reyes")
    return open_dispute(invoice.pk, claim=claim)[0]


@pytest.fixture
def page(dispute: Dispute) -> str:
    return f"/l/{links.make('dispute', dispute.pk, lasts=timedelta(days=60))}"


def reload(dispute: Dispute) -> Dispute:
    return Dispute.objects.get(pk=dispute.pk)


def test_the_page_starts_with_what_was_said_on_the_call(client: Client, page: str) -> None:
    shown = client.get(page)

    text = shown.content.decode()
    assert shown.status_code == 200
    assert "Nobody asked for a keypad" in text
    assert 'value="scope"' in text
    assert "checked" in text.split('value="scope"')[1][:60]
    assert (shown["Referrer-Policy"], shown["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")


def test_looking_changes_nothing_however_often(client: Client, page: str, dispute: Dispute) -> None:
    for query in (
        "",
        "?step=kind",
        "?step=details",
        "?done=sent",
        "?done=drop",
        "?act=drop&name=Ana",
        "?answer=accepted",
    ):
        assert client.get(page + query).status_code == 200

    assert not Specification.objects.exists()
    assert reload(dispute).status == "new"
    assert Claim.objects.count() == 1


def test_he_says_what_exactly_is_wrong_in_two_steps(client: Client, page: str, dispute: Dispute, plumber: Firm) -> None:
    first = client.post(page, {"act": "kind", "kind": "scope"})
    assert (first.status_code, first["Location"]) == (302, f"{page}?step=details")

    second = client.post(page, {
        "act": "details", "q_which_work": "the keypad", "q_said_yes": "no", "about": "lines", "lines": ["2"],
        "wished": "credit", "words": "Only the gate was to be fixed.",
    })  # fmt: skip

    assert second["Location"] == f"{page}?done=sent"
    found, specification = reload(dispute), Specification.objects.get()
    assert (found.status, found.kind, found.disputed_amount, found.specified_at) == (
        "specified", "scope", Decimal("96.00"), TUESDAY,
    )  # fmt: skip
    assert (specification.answers, specification.lines, specification.wished, specification.sent_at) == (
        {"which_work": "the keypad", "said_yes": "no"}, [2], "credit", TUESDAY,
    )  # fmt: skip
    assert Message.objects.filter(letter="specified").values_list("to", flat=True).get() == plumber.owner.email
    assert "Asking for payment has stopped" in client.get(f"{page}?done=sent").content.decode()


def test_what_he_saved_is_there_when_he_comes_back(client: Client, page: str, dispute: Dispute) -> None:
    client.post(page, {"act": "kind", "kind": "quality"})
    client.post(page, {"act": "details", "q_what_is_wrong": "it drips", "about": "whole", "later": "1"})

    text = client.get(page).content.decode()

    assert "it drips" in text
    assert (Specification.objects.get().sent_at, reload(dispute).status) == (None, "new")


def test_sending_twice_is_two_entries_of_one_dispute_and_never_two_disputes(client: Client, page: str) -> None:
    for words in ("first", "second"):
        client.post(page, {"act": "kind", "kind": "other"})
        client.post(page, {"act": "details", "about": "whole", "words": words})

    assert Dispute.objects.count() == 1
    assert Specification.objects.exclude(sent_at=None).count() == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (Answers(), "say it in your own words"),
        (Answers(kind="bribery"), "Choose one"),
        (Answers(kind="scope", about="lines"), "Tick the lines"),
        (Answers(kind="scope", about="lines", lines=(9,)), "Tick the lines"),
        (Answers(kind="amount", about="amount", amount=Decimal("796.01")), r"at most \$796\.00"),
        (Answers(kind="amount", about="amount", amount=Decimal("-5")), "more than zero"),
        (Answers(kind="amount", about="amount"), "more than zero"),
        (Answers(kind="scope", answers={"said_yes": "perhaps"}), "Choose one"),
        (Answers(kind="scope", wished="a pony"), "Choose one"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_to_put_right(dispute: Dispute, given: Answers, says: str) -> None:
    with pytest.raises(CannotSpecify, match=says):
        send(dispute.pk, given)

    assert not Specification.objects.exists()
    assert reload(dispute).status == "new"


def test_a_form_with_a_wrong_amount_comes_back_with_everything_else_he_wrote(client: Client, page: str) -> None:
    client.post(page, {"act": "kind", "kind": "amount"})

    refused = client.post(page, {"act": "details", "about": "amount", "amount": "9999", "words": "It was 300"})

    text = refused.content.decode()
    assert refused.status_code == 422
    assert "at most $796.00" in text
    assert "It was 300" in text


def test_an_unknown_form_is_refused(client: Client, page: str, dispute: Dispute) -> None:
    assert client.post(page, {"act": "resume"}).status_code == 400
    assert client.post(page, {}).status_code == 400
    assert reload(dispute).closed_at is None


def test_he_accepts_an_offer_on_the_page_with_his_name(
    client: Client, page: str, dispute: Dispute, plumber: Firm
) -> None:
    begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("700.00")), by=plumber.owner)
    assert "settle for $700.00 instead of $796.00" in client.get(page).content.decode()
    assert client.post(page, {"act": "answer", "answer": "accepted", "name": " "}).status_code == 422

    client.post(page, {"act": "answer", "answer": "accepted", "name": "Ana Reyes"})

    accepted = Resolution.objects.get()
    assert (accepted.answer, accepted.answered_by, accepted.answered_from) == ("accepted", "Ana Reyes", "127.0.0.1")


@pytest.mark.parametrize("said", ["agrees", "yes", ""])
def test_an_answer_to_something_else_is_refused(
    client: Client, page: str, dispute: Dispute, plumber: Firm, said: str
) -> None:
    begin(dispute.pk, Plan(kind="settlement", agreed=Decimal("700.00")), by=plumber.owner)

    assert client.post(page, {"act": "answer", "answer": said, "name": "Ana"}).status_code == 409

    assert Resolution.objects.get().answer == ""


def test_an_answer_that_comes_when_nothing_is_asked_is_refused(client: Client, page: str) -> None:
    assert client.post(page, {"act": "answer", "answer": "accepted", "name": "Ana"}).status_code == 409


def test_he_drops_it_himself(client: Client, page: str, dispute: Dispute) -> None:
    save(dispute.pk, Answers(kind="scope"))
    send(dispute.pk, Answers(kind="scope"))

    client.post(page, {"act": "drop", "name": "Ana Reyes"})

    assert (reload(dispute).closed_as, reload(dispute).closed_by) == ("dropped", "Ana Reyes")
    assert "What was agreed: $796.00" in client.get(page).content.decode()


def test_both_sides_write_on_one_thread_and_notes_stay_inside(
    client: Client, page: str, dispute: Dispute, plumber: Firm
) -> None:
    client.post(page, {"act": "write", "words": "Here is what I meant."})
    firm_writes(dispute.pk, "We look at it tomorrow.", by=plumber.owner)
    note(dispute.pk, "He is a difficult one.", by=plumber.owner)

    text = client.get(page).content.decode()

    assert "Here is what I meant." in text
    assert "We look at it tomorrow." in text
    assert "difficult" not in text
    assert reload(dispute).first_word_at == TUESDAY
    assert sorted(Post.objects.values_list("side", "channel")) == [
        ("customer", "page"), ("firm", "email"), ("firm", "note"),
    ]  # fmt: skip
    assert Message.objects.get(letter="firm_wrote").purpose == "dispute"


def test_a_link_in_an_old_letter_leads_to_the_dispute_that_is_open_now(
    client: Client, page: str, dispute: Dispute, plumber: Firm
) -> None:
    release(dispute.pk, by=plumber.owner, reason="a mix-up")
    again = NewClaim(source="call", source_key="CA2", words="It leaks again", reason="quality", by="Ana Reyes")
    (newer,) = open_dispute(dispute.invoice_id, claim=again)

    text = client.get(page).content.decode()

    assert newer.number in text
    assert (newer.reopens, newer.number) == (dispute, "D-1002")


def test_what_he_sends_about_a_closed_dispute_freezes_again(
    client: Client, page: str, dispute: Dispute, plumber: Firm
) -> None:
    release(dispute.pk, by=plumber.owner, reason="a mix-up")

    client.post(page, {"act": "kind", "kind": "quality"})
    client.post(page, {"act": "details", "about": "whole", "words": "No mix-up at all."})

    assert Invoice.objects.get(pk=dispute.invoice_id).frozen_at == TUESDAY
    assert Dispute.objects.live().get().number == "D-1002"


def test_an_expired_link_shows_nothing(client: Client, page: str, tuesday: Any) -> None:
    tuesday.move_to(TUESDAY + timedelta(days=61))

    gone = client.get(page)

    assert gone.status_code == 410
    assert "keypad" not in gone.content.decode()


def test_the_page_asks_the_same_few_questions_of_the_database_however_long_the_thread(
    client: Client, page: str, dispute: Dispute, django_assert_max_num_queries: Any
) -> None:
    for number in range(50):
        Post.objects.create(dispute=dispute, side="firm", channel="email", by="ava", words=f"{number}", at=TUESDAY)

    with django_assert_max_num_queries(16):
        client.get(page)
