"""Who is there for what at a customer: those who pay the bills are called, the site super and the tenant never."""

from dataclasses import replace

import pytest

from integrations.ledger import LedgerAddress, LedgerContact, LedgerCustomer, LedgerPhone
from invoices import phones, sync_customers, sync_people
from invoices.models import Contact, RoleDecision
from invoices.sync_reading import Reading
from syntharra.clock import now
from tests.cast import Firm, make_customer


def number(text: str) -> tuple[LedgerPhone, ...]:
    return (LedgerPhone(text, "primary", text),)


def company(*contacts: LedgerContact, phone: str = "+16145550100") -> LedgerCustomer:
    return LedgerCustomer(
        external_id="7", name="Elm Street Lofts", company="Elm Street Lofts", contact_name="Dana Ruiz",
        is_business=True, phones=number(phone) if phone else (), emails=("office@elm.example",),
        address=LedgerAddress(), active=True, parent="", updated_at=None, contacts=contacts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Accounts Payable", "billing"),
        ("A/P", "billing"),
        ("Bookkeeper", "billing"),
        ("Site super", "site"),
        ("Superintendent", "site"),
        ("Tenant, unit 4", "tenant"),
        ("Occupant", "tenant"),
        ("Purchasing", "approver"),
        ("approves change orders", "approver"),
        ("Brother-in-law", "other"),
        ("", "other"),
        ("Site accounting", "site"),  # in doubt nobody is called
    ],
)
def test_a_title_says_what_somebody_is_there_for(title: str, role: str) -> None:
    assert phones.role_of(LedgerContact("Sam Fisk", title), {}) == role


def test_the_vendors_own_mark_makes_a_billing_contact_but_never_of_a_tenant() -> None:
    assert phones.role_of(LedgerContact("Sam Fisk", is_billing=True), {}) == "billing"
    assert phones.role_of(LedgerContact("Sam Fisk", "tenant", is_billing=True), {}) == "tenant"


def test_who_pays_the_bills_is_called_before_the_main_contact_and_the_super_never() -> None:
    ap = LedgerContact("Ina Lowe", "accounts payable", "ap@elm.example", number("+16145550111"))
    site = LedgerContact("Sam Fisk", "site super", "", number("+16145550122"))

    item = company(site, ap)

    assert [reach.phone for reach in phones.own(item)] == ["+16145550111", "+16145550100"]
    assert [(reach.role, reach.phone) for reach in phones.others(item)] == [("site", "+16145550122")]


def test_a_members_word_outranks_the_books() -> None:
    site = LedgerContact("Sam Fisk", "site super", "", number("+16145550122"))
    decided = {"sam fisk": "billing", "dana ruiz": "site"}

    assert [reach.phone for reach in phones.own(company(site), decided)] == ["+16145550122"]
    assert [reach.phone for reach in phones.others(company(site), decided)] == ["+16145550100"]


def test_nobody_who_pays_the_bills_means_nobody_to_call() -> None:
    tenant = LedgerContact("Sam Fisk", "tenant", "", number("+16145550122"))

    (reach,) = phones.own(company(tenant, phone=""))

    assert (reach.phone, reach.problem) == ("", "missing")


def test_a_decision_moves_the_person_at_once_and_is_remembered(plumber: Firm) -> None:
    customer = make_customer(plumber, phone="+16145550100", contact_name="Dana Ruiz")
    sam = Contact.objects.create(customer=customer, role="site", rank=0, name="Sam Fisk", phone="+16145550122")

    moved = sync_people.decide_role(sam.pk, "billing", by=plumber.owner)

    assert (moved.role, moved.rank, moved.phone) == ("billing", 0, "+16145550122")
    ranks = customer.contacts.filter(role="billing").order_by("rank").values_list("name", flat=True)
    assert list(ranks) == ["Sam Fisk", "Dana Ruiz"]
    assert RoleDecision.objects.values_list("person", "role").get() == ("sam fisk", "billing")


def test_a_role_nobody_knows_is_refused_and_nothing_moves(plumber: Firm) -> None:
    contact = make_customer(plumber).contacts.get()

    with pytest.raises(ValueError, match="boss"):
        sync_people.decide_role(contact.pk, "boss", by=plumber.owner)

    contact.refresh_from_db()
    assert (contact.role, RoleDecision.objects.count()) == ("billing", 0)


def read(firm: Firm, *items: LedgerCustomer) -> None:
    """These come in with a reading of the books."""
    sync_customers.apply(Reading(firm.connection, now()), items)


def called(external_id: str) -> list[str]:
    """The numbers that may be called about a bill, in order."""
    found = Contact.objects.filter(customer__external_id=external_id, role="billing").exclude(phone="")
    return list(found.order_by("rank").values_list("phone", flat=True))


@pytest.mark.parametrize(("said", "left"), [(0, 1), (1, 0)])
def test_what_was_said_of_one_nameless_number_holds_whatever_the_books_change(
    plumber: Firm, said: int, left: int
) -> None:
    numbers = ["+16145550101", "+16145550102"]
    both = replace(company(), contact_name="", phones=(*number(numbers[0]), *number(numbers[1])))
    read(plumber, both)

    sync_people.decide_role(Contact.objects.get(phone=numbers[said]).pk, "tenant", by=plumber.owner)
    assert called("7") == [numbers[left]]

    read(plumber, replace(both, emails=("new@elm.example",), phones=both.phones[::-1]))
    assert called("7") == [numbers[left]]


def test_a_parents_number_is_not_called_for_a_job_whose_owner_said_no(plumber: Firm) -> None:
    parent, job = company(), replace(company(phone=""), external_id="8", contact_name="Job nine", parent="7")
    read(plumber, parent, job)
    assert called("8") == ["+16145550100"]

    sync_people.decide_role(
        Contact.objects.get(customer__external_id="8", phone_kind="parent").pk, "site", by=plumber.owner
    )
    read(plumber, parent, job)
    read(plumber, parent, replace(job, emails=("new@elm.example",)))

    assert called("8") == []
    assert called("7") == ["+16145550100"]
