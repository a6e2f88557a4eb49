"""What a member writes to a customer who disagrees: warned of when it reads like a demand, sent when he means it."""

import pytest
from django.core import mail
from django.test import Client

from disputes.models import Dispute, Post
from disputes.services import NewClaim, open_dispute
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
