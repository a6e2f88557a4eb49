"""One person is one person, however many rows the books keep of him: jobs, a second entry, another set of books."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Business
from calls import agency
from calls.facts import collect_facts
from calls.models import Attempt, Call
from calls.opened import forbidden_of
from calls.planning import plan
from compliance.gate import decide
from compliance.models import Channel, Purpose, StopKind
from compliance.registry import Ask
from compliance.rulebook import RuleBook
from compliance.services import stop
from desk.needs import needs
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.services import answer_for_others, open_dispute
from invoices.facts import customer_facts
from invoices.models import Contact, Customer, Invoice
from syntharra.clock import now
from syntharra.tenancy import acting_for
from tests.calls.line import on_the_line
from tests.calls.test_planning import dialed
from tests.cast import Firm, make_customer, make_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
RULES = RuleBook.load()
PERSONAL = {
    StopKind.BANKRUPTCY: "BANKRUPTCY",
    StopKind.DECEASED: "DECEASED",
    StopKind.ATTORNEY: "ATTORNEY_REPRESENTED",
}


def smith(firm: Firm, name: str = "John Smith", **fields: Any) -> Customer:
    return make_customer(firm, name, **{"external_id": "P1", **fields})


def job_of(firm: Firm, parent: str = "P1", name: str = "John Smith:Kitchen", **fields: Any) -> Customer:
    return make_customer(firm, name, parent_external_id=parent, **fields)


def reasons(invoice: Invoice, channel: Channel = Channel.CALL, *, to: str = "") -> tuple[str, ...]:
    contact = invoice.customer.contacts.get()
    asked = Ask(
        purpose=Purpose.COLLECT,
        channel=channel,
        to=to or (contact.phone if channel == Channel.CALL else contact.email),
        at=now(),
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
    )
    return decide(collect_facts(asked), RULES).all_reasons


def said(customer: Customer, kind: StopKind, number: str = "") -> None:
    stop(customer.pk, kind, number=number, words="he said so", source="member", by="ava")


@pytest.mark.parametrize("kind", [*PERSONAL, StopKind.CEASE])
def test_what_stops_a_person_stops_all_of_his_family_in_the_books(plumber: Firm, kind: StopKind) -> None:
    above = smith(plumber)
    kitchen = job_of(plumber, external_id="K1")
    tiles = job_of(plumber, "K1", "John Smith:Kitchen:Tiles")
    bath = job_of(plumber, name="John Smith:Bath")
    stranger = make_customer(plumber, "Jane Roe")
    bills = {one.name: make_invoice(plumber, one) for one in (above, kitchen, tiles, bath, stranger)}
    assert {reasons(bill) for bill in bills.values()} == {("OK",)}

    said(kitchen, kind)

    code = PERSONAL.get(kind, "CEASE_REQUESTED")
    stopped = {name: reasons(bill) for name, bill in bills.items()}
    assert stopped.pop("Jane Roe") == ("OK",)
    assert stopped == dict.fromkeys(stopped, (code,))
    plan(plumber.business.pk)
    assert [attempt.customer for attempt in Attempt.objects.all()] == [stranger]


def test_what_is_said_of_the_parent_binds_his_jobs(plumber: Firm) -> None:
    above = smith(plumber)
    bill = make_invoice(plumber, job_of(plumber))
    said(above, StopKind.BANKRUPTCY)
    assert reasons(bill) == ("BANKRUPTCY",)


@pytest.mark.parametrize("kind", PERSONAL)
def test_a_row_that_shares_the_telephone_or_the_mailbox_is_the_same_person(plumber: Firm, kind: StopKind) -> None:
    once = make_customer(plumber, "John Smith", phone="+16145550171", email="John@smith.example")
    again = make_customer(plumber, "J. Smith", phone="+16145550171", email="other@smith.example")
    mailed = make_customer(plumber, "Smith, John", phone="+16145550172", email="john@smith.example")
    by_phone, by_mail = make_invoice(plumber, again), make_invoice(plumber, mailed)

    said(once, kind)

    assert reasons(by_phone) == (PERSONAL[kind],)
    assert PERSONAL[kind] in reasons(by_mail, Channel.EMAIL)
    assert reasons(by_mail) == ("OK",)  # at another number, of a row that has nothing else in common
    asked = Ask(
        purpose=Purpose.SERVICE, channel=Channel.EMAIL, to="john@smith.example", at=now(), customer_id=mailed.pk
    )
    assert PERSONAL[kind] in decide(customer_facts(asked), RULES).all_reasons


def test_bankruptcy_said_on_a_number_binds_whoever_is_called_there_later(plumber: Firm) -> None:
    once = make_customer(plumber, "John Smith", phone="+16145550171")
    said(once, StopKind.BANKRUPTCY, "+16145550171")
    Contact.objects.filter(customer=once).update(phone="+16145550188")
    assert reasons(make_invoice(plumber, make_customer(plumber, "Smith", phone="+16145550171"))) == ("BANKRUPTCY",)


def test_what_a_person_told_one_firm_of_his_bankruptcy_is_not_known_to_another(plumber: Firm, rival: Firm) -> None:
    said(make_customer(plumber, phone="+16145550171"), StopKind.BANKRUPTCY)
    with acting_for(rival.business.pk):
        assert reasons(make_invoice(rival, make_customer(rival, phone="+16145550171"))) == ("OK",)


def test_a_lifted_stop_binds_none_of_the_family(plumber: Firm) -> None:
    kitchen = job_of(plumber)
    bill = make_invoice(plumber, smith(plumber))
    said(kitchen, StopKind.BANKRUPTCY)
    kitchen.suppressions.update(lifted_at=now())
    assert reasons(bill) == ("OK",)


def test_accounts_of_a_bankrupt_go_to_no_agency_whichever_row_they_are_on(plumber: Firm) -> None:
    kitchen = job_of(plumber)
    bill = make_invoice(plumber, smith(plumber), left_reason="your_decision", left_at=now())
    (before,) = agency.candidates([bill], today=date(2026, 10, 6))
    said(kitchen, StopKind.BANKRUPTCY)
    (after,) = agency.candidates([bill], today=date(2026, 10, 6))
    assert (before.against, bool(after.against)) == ("", True)


def test_a_dispute_about_one_job_asks_the_owner_before_the_rest_of_the_family_is_called(plumber: Firm) -> None:
    above, kitchen = smith(plumber), job_of(plumber)
    bill = make_invoice(plumber, above)
    claim = NewClaim(source="member", source_key="m", words="not finished")
    open_dispute(make_invoice(plumber, kitchen).pk, claim=claim)
    dispute = Dispute.objects.get()

    assert reasons(bill) == ("OWNER_DECIDES",)
    asked = [need.what for need in needs(plumber.business) if need.url.endswith("#others")]
    assert asked == ["Go on with the other invoice of John Smith:Kitchen, $796.00?"]

    answer_for_others(dispute.pk, go_on=True, by=plumber.owner)
    assert reasons(bill) == ("OK",)


def test_a_private_person_called_about_one_job_rests_three_days_before_another_of_his_numbers_rings(
    plumber: Firm,
) -> None:
    Business.objects.update(consumer_calls=True)
    person = {"kind": Customer.Kind.CONSUMER}
    above, kitchen = smith(plumber, **person), job_of(plumber, **person)
    dialed(plumber, make_invoice(plumber, kitchen), at=now() - timedelta(days=1), number=1)
    assert "MIN_GAP_HOUSE" in reasons(make_invoice(plumber, above))


def test_branches_of_a_firm_are_called_each_in_its_turn(plumber: Firm) -> None:
    above, branch = smith(plumber, "Harbor Group"), job_of(plumber, name="Harbor Group:North")
    dialed(plumber, make_invoice(plumber, branch), at=now() - timedelta(days=1), number=1)
    assert reasons(make_invoice(plumber, above)) == ("OK",)


@pytest.mark.parametrize("what", ["stop", "dispute"])
def test_a_line_with_one_of_the_family_falls_silent_when_another_objects_or_is_stopped(
    plumber: Firm, tuesday: Any, what: str
) -> None:
    above, kitchen, stranger = smith(plumber), job_of(plumber), make_customer(plumber, "Jane Roe")
    for one in (above, stranger):
        make_invoice(plumber, one)
    bill = make_invoice(plumber, kitchen, books_status="paid", balance="0.00")
    lines = {one.name: Call.objects.get(attempt=on_the_line(one)).pk for one in (above, stranger)}
    tuesday.shift(timedelta(seconds=5))
    assert forbidden_of(list(lines.values())) == {}

    if what == "stop":
        said(kitchen, StopKind.BANKRUPTCY)
    else:
        Invoice.objects.filter(pk=bill.pk).update(books_status="open", balance=90)
        open_dispute(bill.pk, claim=NewClaim(source="member", source_key="m", words="not finished"))

    assert forbidden_of(list(lines.values())) == {lines["John Smith"]: "STOPPED" if what == "stop" else "DISPUTE_OPEN"}
