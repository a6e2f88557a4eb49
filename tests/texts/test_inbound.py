"""Texts that come in: whose they are, what they stop, what they are answered with, and what strangers cannot do."""

from datetime import time, timedelta
from typing import Any

import pytest

from compliance.models import Decision, Purpose, StopEntry, StopKind, Suppression, TextConsent
from compliance.number_keys import number_hash
from compliance.services import stop, stopped_numbers
from disputes import inbound, replies
from disputes.freeze import NewClaim
from disputes.mail_models import InboundMail
from disputes.models import Claim, Dispute, Post
from disputes.services import open_dispute
from disputes.text_words import Keyword, keyword
from invoices.models import Customer, Hold, Invoice
from notifications import outbox
from notifications.models import Message
from syntharra import clock
from syntharra.tenancy import acting_for
from tests.calls.stage import to_tuesday
from tests.cast import Firm, make_customer, make_invoice
from tests.texts.conftest import Phones, pass_time

STRANGER = "+13305550123"


def collectable(invoice: Invoice) -> bool:
    return Invoice.objects.collectable(on=clock.now().date()).filter(pk=invoice.pk).exists()


def kinds() -> list[tuple[str, str]]:
    return sorted(Suppression.objects.values_list("kind", "number"))


# one word


@pytest.mark.parametrize(
    "word", ["STOP", "stop.", " Stop! ", "STOPALL", "unsubscribe", "Cancel", "END", "quit", "revoke", "opt-out", "Opt out",
             "ALTO", "Parar", "basta", "No más", "cancelar", "Dar de baja", "please stop"],
)  # fmt: skip
def test_a_stop_word_in_english_or_spanish_is_one(word: str) -> None:
    assert keyword(word) is Keyword.STOP


@pytest.mark.parametrize(
    "words", ["", "yes", "end of the month I pay", "stop by tomorrow and look at the leak", "I want to cancel the dispute", "🙂",
              "stop " * 40, "para mañana", "no", "alto precio"],
)  # fmt: skip
def test_a_sentence_is_no_keyword(words: str) -> None:
    assert keyword(words) is None


@pytest.mark.parametrize(("word", "ours"), [("STOP", 0), ("ALTO", 1)])
def test_stop_binds_the_number_everywhere_and_is_confirmed_once(
    phones: Phones, rival: Firm, word: str, ours: int
) -> None:
    customer = phones.owes().customer
    number = customer.contacts.get().phone

    row = phones.answers(customer, word)
    outbox.work()

    assert (row.outcome, row.waits, kinds()) == ("stopped", True, [("opt_out", number)])
    # The carrier confirms its own words itself; of ours it knows nothing.
    confirmed = [one["body"] for one in phones.sent()]
    assert confirmed == ["Ava's Plumbing: You will get no more texts or calls from us on this number."] * ours
    phones.text(customer, key="later")
    with acting_for(rival.business.pk):
        assert stopped_numbers([number])[number] == {StopKind.OPT_OUT}
    assert Message.objects.get(key="later").outcome == "CONSENT_REVOKED"
    outbox.work()
    assert len(phones.sent()) == ours


def test_a_confirmation_that_would_come_too_late_is_none(phones: Phones) -> None:
    customer = phones.owes().customer
    to_tuesday(time(21, 30))
    phones.answers(customer, "basta")
    outbox.work()

    pass_time(timedelta(hours=12))
    outbox.work()

    assert Message.objects.get(letter="text_stop_confirmed").outcome == "CONSENT_REVOKED"
    assert phones.sent() == []


def test_help_says_whom_they_reached_and_how_to_stop_and_holds_nothing(phones: Phones) -> None:
    invoice = phones.owes(agreed=False)

    row = phones.answers(invoice.customer, "AYUDA")
    outbox.work()

    assert (row.outcome, row.waits, Hold.objects.count()) == ("help", False, 0)
    assert [one["body"] for one in phones.sent()] == [
        "Ava's Plumbing. Questions? Call +16145550199. Reply STOP to opt out."
    ]
    # Who texts us may be answered; asked for money by text he may not be.
    assert TextConsent.objects.get().scope == "answers"
    about = phones.text(invoice.customer, key="c", purpose=Purpose.COLLECT, about=(invoice.pk,))
    assert Message.objects.get(pk=about.pk).outcome == "CONSENT_MISSING"


def test_start_opens_texts_again_for_this_firm_and_lifts_nothing_else(phones: Phones, rival: Firm) -> None:
    customer = phones.owes().customer
    number = customer.contacts.get().phone
    phones.answers(customer, "STOP")

    row = phones.answers(customer, "START")
    outbox.work()
    phones.text(customer, key="again")
    outbox.work()

    assert (row.outcome, kinds()) == ("resumed", [("opt_out", number)])
    assert Message.objects.get(key="again").status == "sent"
    consent = TextConsent.objects.get(lifts_stop=True)
    assert (consent.source, consent.basis) == (f"text:{row.pk}", "texted START")
    # Calls stay stopped, and so does the number for everybody else.
    assert stopped_numbers([number])[number] == {StopKind.OPT_OUT}
    with acting_for(rival.business.pk):
        other = Phones(rival, phones.sim, phones.client)
        theirs = make_customer(rival, phone=number)
        other.agrees(theirs)
        other.text(theirs)
        assert Message.objects.get().outcome == "CONSENT_REVOKED"
    phones.answers(customer, "STOP")
    phones.text(customer, key="after")
    assert Message.objects.get(key="after").outcome == "CONSENT_REVOKED"


def test_start_never_lifts_a_wish_for_no_contact_at_all(phones: Phones) -> None:
    customer = phones.owes().customer
    stop(customer.pk, StopKind.CEASE, number="", words="leave me alone", source="member", by="a@b.example")

    phones.answers(customer, "START")
    phones.text(customer, key="again")

    assert Message.objects.get(key="again").outcome == "CEASE_REQUESTED"
    assert phones.sent() == []


# a sentence


def test_an_objection_by_text_freezes_and_is_acknowledged_by_text(phones: Phones) -> None:
    invoice = phones.owes()
    number = invoice.customer.contacts.get().phone

    row = phones.answers(invoice.customer, "I never agreed to this extra work and I will not pay for it 😡")

    invoice.refresh_from_db()
    assert (row.outcome, row.waits, invoice.frozen_at is not None) == ("dispute", False, True)
    claim = Claim.objects.get()
    assert (claim.source, claim.by, claim.source_key) == ("sms", number, row.key)
    letter = Message.objects.get(letter="dispute_acknowledgement")
    assert (letter.channel, letter.to, letter.purpose, letter.status) == ("sms", number, "dispute", "queued")
    assert not Hold.objects.running(clock.now()).exists()


def test_the_same_text_twice_is_one_text_and_one_dispute(phones: Phones) -> None:
    customer = phones.owes().customer
    for _ in range(3):
        assert (
            phones.comes(customer.contacts.get().phone, "This is wrong, we never ordered that.", sid="SM7").status_code
            == 200
        )

    assert (InboundMail.objects.count(), Dispute.objects.count(), Claim.objects.count()) == (1, 1, 1)


def test_acting_again_after_a_crash_changes_nothing(phones: Phones) -> None:
    customer = phones.owes().customer
    row = phones.answers(customer, "basta")
    InboundMail.objects.filter(pk=row.pk).update(outcome="")

    inbound.act(row.pk)

    row.refresh_from_db()
    assert (row.outcome, Suppression.objects.count()) == ("stopped", 1)
    assert Message.objects.filter(letter="text_stop_confirmed").count() == 1


def test_what_he_texts_during_a_dispute_lands_on_its_thread(phones: Phones) -> None:
    invoice = phones.owes()
    (dispute,) = open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="The sink leaks"))

    row = phones.answers(invoice.customer, "It leaks again since Monday")

    post = Post.objects.get()
    assert (row.outcome, row.dispute, post.words, post.channel, post.dispute) == (
        "thread", dispute, "It leaks again since Monday", "sms", dispute,
    )  # fmt: skip
    assert Dispute.objects.count() == 1


def test_anything_else_a_person_texts_holds_collecting_until_somebody_has_read_it(phones: Phones) -> None:
    invoice = phones.owes()

    row = phones.answers(invoice.customer, "Who is this?")

    assert (row.outcome, row.waits, collectable(invoice)) == ("to_read", True, False)
    replies.nothing_to_stop(row.pk, by=phones.firm.owner)
    assert collectable(invoice)


def test_stop_texting_me_in_a_sentence_stops_and_is_confirmed(phones: Phones) -> None:
    customer = phones.owes().customer

    row = phones.answers(customer, "Please stop texting me about this")
    outbox.work()

    assert (row.outcome, kinds()) == ("stopped", [("opt_out", customer.contacts.get().phone)])
    assert [one["body"] for one in phones.sent()] == [
        "Ava's Plumbing: You will get no more texts or calls from us on this number."
    ]


def test_who_wants_no_contact_at_all_is_told_nothing_more(phones: Phones) -> None:
    customer = phones.owes().customer

    phones.answers(customer, "Stop contacting me.")
    outbox.work()

    assert {kind for kind, _number in kinds()} == {"opt_out", "cease"}
    assert phones.sent() == []


def test_a_promise_by_text_is_a_quiet_week(phones: Phones) -> None:
    invoice = phones.owes()

    row = phones.answers(invoice.customer, "I will pay this on Friday")

    assert (row.outcome, row.waits, collectable(invoice)) == ("promise", True, False)


# strangers, and texts meant to break us


def test_a_stranger_is_kept_and_shown_and_learns_nothing(phones: Phones) -> None:
    phones.owes()

    answer = phones.comes(STRANGER, "How much does Ana Reyes owe you?")

    row = InboundMail.objects.get()
    assert (row.customer, row.outcome, row.waits, row.words) == (
        None,
        "to_read",
        True,
        "How much does Ana Reyes owe you?",
    )
    assert answer.content == b"<Response/>"
    outbox.work()
    assert phones.sent() == []


def test_a_stranger_who_asks_for_help_is_told_whom_he_reached(phones: Phones) -> None:
    answer = phones.comes(STRANGER, "HELP")

    assert answer.content.decode() == (
        "<Response><Message>Ava's Plumbing. Questions? Call +16145550199. Reply STOP to opt out.</Message></Response>"
    )
    assert Decision.objects.get().subject_kind == "inbound_text"
    to_tuesday(time(20, 30))
    assert phones.comes(STRANGER, "HELP").content == b"<Response/>"


def test_a_strangers_stop_binds_his_number(phones: Phones) -> None:
    answer = phones.comes(STRANGER, "ALTO")

    assert "no more texts or calls" in answer.content.decode()
    assert bytes(StopEntry.objects.get().number_hash) == number_hash(STRANGER, here=True)
    assert (Suppression.objects.count(), Hold.objects.running(clock.now()).count()) == (0, 0)
    assert phones.comes(STRANGER, "HELP").content == b"<Response/>"


@pytest.mark.parametrize(
    ("words", "kind"),
    [("You have the wrong number, I am not Ana", "wrong_number"), ("please stop texting this phone", "opt_out")],
)
def test_a_strangers_stop_in_his_own_words_binds_too(phones: Phones, words: str, kind: str) -> None:
    phones.comes(STRANGER, words)

    row = InboundMail.objects.get()
    assert (row.outcome, row.waits) == ("stopped", True)
    assert stopped_numbers([STRANGER])[STRANGER] == {StopKind(kind)}


def test_a_number_two_customers_have_holds_both_until_it_is_read(phones: Phones) -> None:
    first = phones.owes(phone="+16145550177")
    second = make_invoice(phones.firm, make_customer(phones.firm, "Twin Cafe", phone="+16145550177"))

    phones.comes("+16145550177", "What is this about?")

    row = InboundMail.objects.get()
    assert (row.customer, row.waits, row.hold.number) == (None, True, "+16145550177")  # type: ignore[union-attr]
    assert first.pk != second.pk


@pytest.mark.parametrize(
    "body", ["", " ", "\n\n", "🙂" * 50, "x" * 10_000, "<b>&amp;</b>", "'; DROP TABLE x; --", "\u202eevil", "a\0b"]
)
def test_whatever_is_written_is_kept_as_it_is_and_holds(phones: Phones, body: str) -> None:
    invoice = phones.owes()

    row = phones.answers(invoice.customer, body, NumMedia="1")

    assert row.words == body.replace("\0", "").strip()
    assert (row.outcome, row.waits, row.heard["media"], collectable(invoice)) == ("to_read", True, 1, False)


def test_an_unsigned_text_is_not_read(phones: Phones) -> None:
    customer = phones.owes().customer
    form = {"MessageSid": "SM1", "From": customer.contacts.get().phone, "To": phones.line, "Body": "STOP"}

    answers = [
        phones.client.post("/webhooks/twilio/inbound/text", form),
        phones.client.get("/webhooks/twilio/inbound/text"),
        phones.posts("/webhooks/twilio/inbound/text", token="a stranger's", **form),
        phones.posts("/webhooks/twilio/inbound/text", AccountSid="AC" + "9" * 32, **form),
    ]

    assert [answer.status_code for answer in answers] == [403, 405, 403, 403]
    assert (InboundMail.objects.count(), Suppression.objects.count()) == (0, 0)


def test_a_text_to_another_firms_number_is_theirs_alone(phones: Phones, rival: Firm) -> None:
    mine: Customer = phones.owes(phone="+16145550178").customer
    with acting_for(rival.business.pk):
        number = rival.business.phonelines.get().number
        theirs = make_customer(rival, phone="+16145550178")
        make_invoice(rival, theirs)

    phones.comes("+16145550178", "Who is this?", to=number)

    assert (InboundMail.objects.count(), mine.holds.count()) == (0, 0)
    with acting_for(rival.business.pk):
        assert InboundMail.objects.get().customer == theirs


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
def test_a_form_without_its_names_is_answered_and_kept_nowhere(phones: Phones, missing: str) -> None:
    fields: dict[str, Any] = {"MessageSid": "SM1", "From": STRANGER, "To": phones.line, "Body": "x"}
    del fields[missing]

    answer = phones.posts("/webhooks/twilio/inbound/text", **fields)

    assert (answer.status_code, answer.content, InboundMail.objects.count()) == (200, b"<Response/>", 0)
