"""What a member writes to a customer who disagrees: warned of when it reads like a demand, sent when he means it."""

import pytest
from django.core import mail
from django.test import Client

from disputes.freeze import NewClaim
from disputes.models import Dispute, Post, Resolution
from disputes.services import open_dispute
from notifications import outbox
from notifications.models import Message
from tests.cast import Firm, make_invoice


@pytest.fixture
def dispute(ava: Client, plumber: Firm) -> Dispute:
    claim = NewClaim(source="page", source_key="p", words="The sink leaks", reason="quality", by="Ana")
    return open_dispute(make_invoice(plumber).pk, claim=claim)[0]


def test_words_that_read_like_a_demand_are_warned_of_first(ava: Client, dispute: Dispute) -> None:
    url = f"/disputes/{dispute.number}/posts/"
    given = {"words": "Luis fixed it. Please pay the rest now."}

    warned = ava.post(url, given).content.decode()

    assert "Nothing was sent yet." in warned
    assert "a demand: “Please pay”" in warned
    assert "Luis fixed it. Please pay the rest now." in warned
    assert not Post.objects.exists()
    assert not Message.objects.filter(letter="firm_wrote").exists()

    ava.post(url, {**given, "anyway": "1"})
    outbox.work()

    assert Message.objects.get(letter="firm_wrote").status == "sent"
    assert "Please pay the rest now." in mail.outbox[-1].body


def test_a_note_and_a_talk_are_nobodys_business_but_the_firms(ava: Client, dispute: Dispute) -> None:
    url = f"/disputes/{dispute.number}/posts/"

    ava.post(url, {"words": "He still owes us for May, too.", "note": "1"})
    dispute.refresh_from_db()
    assert dispute.first_word_at is None

    ava.post(url, {"words": "Rang Ana: Luis comes on Thursday.", "talked": "1"})
    dispute.refresh_from_db()

    assert dispute.first_word_at is not None
    assert list(Post.objects.values_list("channel", flat=True)) == ["note", "note"]
    assert not Message.objects.filter(letter="firm_wrote").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "bill_stands", "words": "The valve was on the estimate. Please pay the rest now."},
        {"kind": "settlement", "agreed": "600.00", "words": "Otherwise we see you in court."},
        {"kind": "rework", "visit_on": "2026-11-30", "words": "Your balance due is $796.00."},
    ],
)
def test_words_with_a_way_of_ending_it_are_warned_of_on_the_page_that_confirms_it(
    ava: Client, dispute: Dispute, given: dict[str, str]
) -> None:
    url = f"/disputes/{dispute.number}/resolution/"

    asked = ava.post(url, given).content.decode()
    unread = ava.post(url, {**given, "sure": "1"}).content.decode()

    assert "a letter that asks for money can be held against you" in asked
    assert "Nothing was sent yet." in unread
    assert 'name="anyway"' in unread
    assert not Resolution.objects.exists()
    assert not Message.objects.exclude(letter__in=("dispute_alert", "dispute_acknowledgement")).exists()

    ava.post(url, {**given, "sure": "1", "anyway": "1"})

    assert Resolution.objects.get().words == given["words"]


def test_a_reason_of_the_firms_own_is_not_warned_of(ava: Client, dispute: Dispute) -> None:
    ava.post(
        f"/disputes/{dispute.number}/resolution/",
        {"kind": "small_claims", "words": "They owe us, we sue them in court", "sure": "1"},
    )

    assert Resolution.objects.get().kind == "small_claims"


def test_the_reason_for_more_time_is_warned_of_as_the_customer_reads_it(ava: Client, dispute: Dispute) -> None:
    url = f"/disputes/{dispute.number}/more-time/"
    given = {"days": "3", "because": "You still owe us for May, so we look into both."}

    warned = ava.post(url, given).content.decode()

    assert "Nothing was sent yet." in warned
    assert "Photos or papers" not in warned
    assert not Message.objects.filter(letter="decision_extended").exists()

    ava.post(url, {**given, "anyway": "1"})

    dispute.refresh_from_db()
    assert dispute.extended_because == given["because"]
    assert Message.objects.filter(letter="decision_extended").count() == 1
