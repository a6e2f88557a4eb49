"""At the end of a disagreement: one plain question for those who never said what is wrong; the owner's last steps."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Role
from disputes import course, page
from disputes.customer_acts import answer
from disputes.freeze import NewClaim
from disputes.last_steps import Choice, answer_offer, choose
from disputes.models import Dispute, LastStep, Resolution
from disputes.resolving import CannotResolve, Plan, begin
from disputes.services import open_dispute
from disputes.specifying import Answers, send
from invoices.models import BookEntry, Invoice
from notifications import lint
from notifications.letters import render
from notifications.models import Message
from syntharra import links
from syntharra.clock import now
from tests.cast import Firm, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def vague(firm: Firm) -> Dispute:
    """Acknowledged eight days ago; what is wrong was never said."""
    invoice = make_invoice(firm)
    (dispute,) = open_dispute(
        invoice.pk, claim=NewClaim(source="call", source_key=str(invoice.pk), words="No", by="Ana")
    )
    Dispute.objects.filter(pk=dispute.pk).update(acknowledged_at=now() - timedelta(days=8), status="acknowledged")
    return Dispute.objects.get(pk=dispute.pk)


def unresolved(firm: Firm) -> Dispute:
    """The firm said that the bill stands; the customer does not agree."""
    dispute = vague(firm)
    stands = begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=firm.owner)
    answer(stands.pk, "objects", name="Ana Reyes")
    return Dispute.objects.select_related("invoice").get(pk=dispute.pk)


def asked(firm: Firm) -> tuple[Dispute, Resolution]:
    dispute = vague(firm)
    return dispute, begin(dispute.pk, Plan(kind="plain_question"), by=firm.owner)


def fresh(dispute: Dispute) -> tuple[Dispute, Invoice]:
    return Dispute.objects.get(pk=dispute.pk), Invoice.objects.get(pk=dispute.invoice_id)


def to_the_firm(dispute: Dispute) -> set[str]:
    told = Message.objects.filter(letter="your_turn", facts__dispute=str(dispute.pk))
    return {message.facts["why"] for message in told}


def letters_to_customer(dispute: Dispute) -> set[str]:
    return set(
        Message.objects.filter(about__invoice=dispute.invoice_id)
        .exclude(purpose="account")
        .exclude(status="withdrawn")
        .values_list("letter", flat=True)
    )


# the plain question


def test_their_yes_to_the_plain_question_ends_it_on_what_the_books_show(plumber: Firm) -> None:
    dispute, resolution = asked(plumber)
    message = Message.objects.get(letter="plain_question")

    letter = render(message)
    answer(resolution.pk, "right", name="Ana Reyes")

    closed, invoice = fresh(dispute)
    assert "- Water heater replacement: $796.00" in letter.text
    assert "is this bill right?" in letter.text
    lint.check(message, letter)
    assert (closed.closed_as, closed.agreed_balance, closed.closed_by) == (
        "plain_question",
        Decimal("796.00"),
        "Ana Reyes",
    )
    assert closed.collect_again_on == (TUESDAY + timedelta(days=4)).date()
    assert (invoice.frozen_at, invoice.left_reason) == (None, None)
    assert "dispute_closed_agreed" in letters_to_customer(dispute)


@pytest.mark.parametrize("what", ["wrong", "silence", "form"])
def test_anything_else_leaves_it_frozen_and_leads_to_the_bill_stands(plumber: Firm, tuesday: Any, what: str) -> None:
    dispute, resolution = asked(plumber)

    match what:
        case "wrong":
            answer(resolution.pk, "wrong", name="Ana Reyes")
        case "silence":
            tuesday.move_to(TUESDAY + timedelta(days=10, minutes=1))
            course.take_its_course(resolution.pk)
        case "form":
            send(dispute.pk, Answers(kind="quality", words="It drips"), by="Ana Reyes")

    still, invoice = fresh(dispute)
    resolution.refresh_from_db()
    assert (still.closed_at, resolution.status) == (None, "failed")
    assert invoice.frozen_at is not None
    assert to_the_firm(dispute) == {"wrong": {"wrong"}, "silence": {"never_said"}, "form": set()}[what]
    begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=plumber.owner)


def test_it_is_asked_once_and_the_database_holds_it(plumber: Firm) -> None:
    dispute, resolution = asked(plumber)
    answer(resolution.pk, "wrong", name="Ana Reyes")

    with pytest.raises(CannotResolve, match="asked once already"):
        begin(dispute.pk, Plan(kind="plain_question"), by=plumber.owner)
    again = Resolution(
        dispute=dispute,
        kind="plain_question",
        status="done",
        currency="USD",
        balance_before=1,
        begun_at=now(),
        begun_by="x",
    )
    with pytest.raises(IntegrityError, match="plain_question_once"), transaction.atomic():
        again.save()

    assert Message.objects.filter(letter="plain_question").count() == 1


def test_who_has_said_what_is_wrong_or_was_not_asked_long_enough_is_not_asked_plainly(plumber: Firm) -> None:
    told, young = vague(plumber), vague(plumber)
    send(told.pk, Answers(kind="quality", words="It drips"), by="Ana Reyes")
    Dispute.objects.filter(pk=young.pk).update(acknowledged_at=now() - timedelta(days=6))

    for dispute in (told, young):
        with pytest.raises(CannotResolve, match="never said what is wrong"):
            begin(dispute.pk, Plan(kind="plain_question"), by=plumber.owner)

    assert not Resolution.objects.exists()
    assert not Message.objects.filter(letter="plain_question").exists()


def test_the_page_shows_the_bill_with_the_question_and_a_no_leads_to_the_form(client: Client, plumber: Firm) -> None:
    dispute, _resolution = asked(plumber)
    token = links.make("dispute", dispute.pk, lasts=timedelta(days=1))

    shown = client.get(f"/l/{token}").content.decode()
    said = client.post(f"/l/{token}", {"act": "answer", "answer": "wrong", "name": "Ana Reyes"})

    assert "Is this bill right?" in shown
    assert "Water heater replacement" in shown
    assert said["Location"].endswith("?step=kind")
    assert page.asked_of_customer(Dispute.objects.get(pk=dispute.pk)) is None


# after they did not agree


def test_one_closing_statement_and_no_second(plumber: Firm) -> None:
    dispute = unresolved(plumber)

    choose(dispute.pk, Choice(kind="statement", words="We did what was ordered. We wish you well."), by=plumber.owner)
    with pytest.raises(CannotResolve, match="There is one, and no second"):
        choose(dispute.pk, Choice(kind="statement", words="And another thing"), by=plumber.owner)

    message = Message.objects.get(letter="closing_statement")
    letter = render(message)
    lint.check(message, letter)
    assert "We did what was ordered. We wish you well." in letter.text
    assert "Nobody will call you or remind you about it." in letter.text
    assert message.purpose == "dispute"
    row = LastStep.objects.get(kind="statement")
    row.pk = None
    with pytest.raises(IntegrityError, match="one_closing_statement"), transaction.atomic():
        LastStep.objects.create(
            dispute=dispute, invoice=dispute.invoice, kind="statement", words="x", balance_before=1, currency="USD",
            by="x", at=now(),
        )  # fmt: skip


def test_an_offer_they_accept_lowers_the_bill_and_nothing_resumes(plumber: Firm) -> None:
    dispute = unresolved(plumber)
    step = choose(dispute.pk, Choice(kind="offer", amount=Decimal("500.00")), by=plumber.owner)
    assert "Our offer: $500.00 instead of $796.00." in render(Message.objects.get(letter="last_offer")).text

    answer_offer(step.pk, "accepted", name="Ana Reyes", came_from="203.0.113.9")
    answer_offer(step.pk, "accepted", name="Ana Reyes")

    entry = BookEntry.objects.get(act="lower")
    invoice = Invoice.objects.get(pk=dispute.invoice_id)
    assert (entry.amount, entry.asked_by) == (Decimal("296.00"), "Ana Reyes")
    assert invoice.left_reason == "unresolved"
    assert not Invoice.objects.collectable(on=TUESDAY.date() + timedelta(days=90)).exists()
    assert to_the_firm(dispute) == {"unresolved", "offer_accepted"}
    assert not Message.objects.filter(purpose="collect").exists()


def test_a_credit_for_an_accepted_offer_is_agreed_on_the_balance_they_saw(plumber: Firm) -> None:
    dispute = unresolved(plumber)
    step = choose(dispute.pk, Choice(kind="offer", amount=Decimal("500.00")), by=plumber.owner)

    answer_offer(step.pk, "accepted", name="Ana Reyes")

    assert BookEntry.objects.get(act="lower").expects == Decimal("796.00")


def test_an_offer_is_not_accepted_late_or_on_another_bill(plumber: Firm, tuesday: Any) -> None:
    dispute = unresolved(plumber)
    step = choose(dispute.pk, Choice(kind="offer", amount=Decimal("500.00")), by=plumber.owner)

    Invoice.objects.filter(pk=dispute.invoice_id).update(balance=Decimal("700.00"))
    with pytest.raises(CannotResolve, match="has changed since"):
        answer_offer(step.pk, "accepted", name="Ana Reyes")
    tuesday.move_to(TUESDAY + timedelta(days=14, minutes=1))
    with pytest.raises(CannotResolve, match="time to answer is over"):
        answer_offer(step.pk, "declined", name="Ana Reyes")

    assert LastStep.objects.get(pk=step.pk).answer == ""
    assert not BookEntry.objects.filter(act="lower").exists()


@pytest.mark.parametrize(("kind", "left"), [("mediation", "mediation"), ("small_claims", "small_claims"), ("write_off", "write_off"), ("leave", "unresolved")])  # fmt: skip
def test_each_way_on_leaves_it_out_of_collection_for_good(plumber: Firm, kind: str, left: str) -> None:
    dispute = unresolved(plumber)

    choose(dispute.pk, Choice(kind=kind, words="So be it"), by=plumber.owner)

    assert Invoice.objects.get(pk=dispute.invoice_id).left_reason == left
    assert BookEntry.objects.filter(act="write_off").count() == (kind == "write_off")
    assert not Message.objects.filter(purpose="collect").exists()
    if kind != "leave":
        with pytest.raises(CannotResolve, match="nothing more to choose"):
            choose(dispute.pk, Choice(kind="statement", words="One more"), by=plumber.owner)


def test_only_an_owner_chooses_and_only_what_stayed_unresolved(plumber: Firm) -> None:
    dispute, live = unresolved(plumber), vague(plumber)
    manager = make_member(plumber, "manager@avasplumbing.example", Role.MANAGER)

    with pytest.raises(CannotResolve, match="Only an owner"):
        choose(dispute.pk, Choice(kind="leave"), by=manager)
    with pytest.raises(CannotResolve, match="nothing more to choose"):
        choose(live.pk, Choice(kind="leave"), by=plumber.owner)

    assert not LastStep.objects.exists()


def test_the_page_asks_once_more_and_warns_of_a_demand(client: Client, plumber: Firm) -> None:
    dispute = unresolved(plumber)
    url = f"/disputes/{dispute.number}/what-now/"
    client.force_login(plumber.owner)

    assert "You and they never agreed about this bill." in client.get(url).content.decode()
    words = {"kind": "statement", "words": "Please pay the amount due or see you in court."}
    warned = client.post(url, words).content.decode()
    assert "can be held against you" in warned
    assert not LastStep.objects.exists()
    assert client.post(url, {**words, "sure": "1"}).status_code == 200
    assert not LastStep.objects.exists()
    assert client.post(url, {**words, "sure": "1", "anyway": "1"})["Location"] == f"/disputes/{dispute.number}/"
    assert "Closing statement" in client.get(url).content.decode()
    assert "Say your last word" not in client.get(url).content.decode()


def test_a_rival_and_a_manager_find_no_such_page(client: Client, plumber: Firm, rival: Firm) -> None:
    dispute = unresolved(plumber)
    url = f"/disputes/{dispute.number}/what-now/"

    client.force_login(rival.owner)
    assert client.get(url).status_code == 404
    client.force_login(make_member(plumber, "manager@avasplumbing.example", Role.MANAGER))
    assert client.get(url).status_code == 403
