"""A customer has a lawyer: what is about a dispute goes to him, what asks for money to nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import ActivityLine, Role
from compliance.models import StopKind, Suppression
from compliance.services import stop
from disputes import attorneys
from disputes.clock_facts import track_of
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import open_dispute
from invoices.models import Contact, Customer
from invoices.services import hold_customer
from notifications import outbox
from notifications.models import Duty, Message
from tests.cast import Firm, make_customer, make_invoice, make_member

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LEE = {"name": "Lee & Park, attorneys", "email": "lee@leepark.example"}


@pytest.fixture(autouse=True)
def tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def customer(plumber: Firm) -> Customer:
    return make_customer(plumber, email="ap@harborcafe.example")


def disputed(firm: Firm, customer: Customer) -> Dispute:
    claim = NewClaim(source="call", source_key="CA1", words="The roof still leaks, talk to my lawyer", by="Ana Reyes")
    (dispute,) = open_dispute(make_invoice(firm, customer).pk, claim=claim)
    return dispute


def has_a_lawyer(customer: Customer) -> None:
    hold_customer(customer.pk)
    stop(customer.pk, StopKind.ATTORNEY, number="", words="talk to my lawyer", source="call:1", by="agent")


def acknowledged(at: Any, traveller: Any) -> list[str]:
    """To whom an acknowledgement went by then."""
    traveller.move_to(at)
    outbox.work()
    return [one.to[0] for one in mail.outbox if one.subject.startswith("Thank you for telling us")]


def test_the_acknowledgement_that_waits_goes_to_the_lawyer(plumber: Firm, customer: Customer, tuesday: Any) -> None:
    dispute = disputed(plumber, customer)

    attorneys.enter(customer.pk, by=plumber.owner, **LEE)

    assert acknowledged(TUESDAY + timedelta(hours=20), tuesday) == ["lee@leepark.example"]
    (letter,) = [one for one in mail.outbox if one.to == ["lee@leepark.example"]]
    assert "Dear Lee & Park, attorneys," in letter.body
    assert "you act for Harbor Cafe" in letter.body
    dispute.refresh_from_db()
    assert dispute.acknowledged_at == TUESDAY + timedelta(hours=20)


def test_without_a_known_lawyer_nobody_is_written_to_and_then_he_is(
    plumber: Firm, customer: Customer, tuesday: Any
) -> None:
    dispute = disputed(plumber, customer)
    has_a_lawyer(customer)
    assert acknowledged(TUESDAY + timedelta(hours=20), tuesday) == []

    attorneys.enter(customer.pk, by=plumber.owner, **LEE)

    assert acknowledged(TUESDAY + timedelta(hours=20, minutes=1), tuesday) == ["lee@leepark.example"]
    dispute.refresh_from_db()
    assert dispute.acknowledged_at == TUESDAY + timedelta(hours=20, minutes=1)


def test_a_letter_that_waits_on_paper_goes_to_the_lawyer_by_mail(
    plumber: Firm, customer: Customer, tuesday: Any
) -> None:
    Contact.objects.filter(customer=customer).update(email="", phone="")
    disputed(plumber, customer)

    attorneys.enter(customer.pk, by=plumber.owner, **LEE)

    letters = Message.objects.filter(letter="dispute_acknowledgement")
    assert set(letters.values_list("channel", "status")) == {("letter", "withdrawn"), ("email", "queued")}
    assert acknowledged(TUESDAY + timedelta(hours=20), tuesday) == ["lee@leepark.example"]


def test_a_dispute_raised_later_is_acknowledged_to_him(plumber: Firm, customer: Customer, tuesday: Any) -> None:
    attorneys.enter(customer.pk, by=plumber.owner, **LEE)

    disputed(plumber, customer)

    assert acknowledged(TUESDAY + timedelta(hours=20), tuesday) == ["lee@leepark.example"]


def test_what_asks_for_money_goes_to_nobody(plumber: Firm, customer: Customer) -> None:
    attorneys.enter(customer.pk, by=plumber.owner, **LEE)
    invoice = make_invoice(plumber, customer)

    for number, address in enumerate(("lee@leepark.example", "ap@harborcafe.example")):
        outbox.owe(
            outbox.Letter(
                letter="pay_link", key=str(number), purpose="collect", channel="email", to=address, customer=customer.pk,
                about=(invoice.pk,),
            )
        )  # fmt: skip
    outbox.work()

    assert list(Message.objects.filter(purpose="collect").values_list("status", flat=True)) == ["refused", "refused"]
    assert mail.outbox == []


def test_entering_him_is_a_stop_on_record_and_ends_calls_and_once(plumber: Firm, customer: Customer) -> None:
    for _ in range(2):
        attorneys.enter(customer.pk, by=plumber.owner, **LEE)

    assert Suppression.objects.get().kind == StopKind.ATTORNEY
    assert Duty.objects.filter(kind="stop_calls").count() == 1
    line = ActivityLine.objects.get(verb="entered_attorney")
    assert (line.actor, line.detail.facts) == (plumber.owner.email, LEE)


def test_the_clocks_of_his_disputes_are_shown_while_a_call_to_him_is_being_ended(
    plumber: Firm, customer: Customer
) -> None:
    dispute = disputed(plumber, customer)
    Duty.objects.all().delete()

    attorneys.enter(customer.pk, by=plumber.owner, **LEE)

    assert Duty.objects.filter(kind="stop_calls", done_at=None).count() == 1
    assert track_of(dispute, "America/New_York").stopped_at == dispute.opened_at


@pytest.mark.parametrize("wrong", [{"name": " "}, {"email": "lee"}])
def test_a_lawyer_nobody_could_write_to_is_not_entered(
    plumber: Firm, customer: Customer, wrong: dict[str, str]
) -> None:
    with pytest.raises(attorneys.CannotEnter, match="Enter the lawyer's"):
        attorneys.enter(customer.pk, by=plumber.owner, **{**LEE, **wrong})

    customer.refresh_from_db()
    assert (customer.attorney_email, Suppression.objects.count()) == ("", 0)


def test_he_is_entered_where_stops_stand(client: Client, plumber: Firm, customer: Customer) -> None:
    client.force_login(plumber.owner)

    assert client.post(f"/customers/{customer.pk}/lawyer/", LEE).status_code == 302

    page = client.get(f"/customers/{customer.pk}/reach/").content.decode()
    assert "Lee &amp; Park, attorneys" in page
    assert "has a lawyer" in page
    again = client.post(f"/customers/{customer.pk}/lawyer/", {"name": "", "email": "no"}).content.decode()
    assert "Enter a valid email address." in again


def test_who_only_reads_enters_nobody(client: Client, plumber: Firm, customer: Customer) -> None:
    client.force_login(make_member(plumber, "ro@avasplumbing.example", Role.READ_ONLY))

    assert client.post(f"/customers/{customer.pk}/lawyer/", LEE).status_code == 403

    customer.refresh_from_db()
    assert customer.attorney_name == ""
