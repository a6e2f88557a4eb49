"""Customers of the books: person or company, the numbers that may be dialed, and where they live."""

import copy
from typing import Any

import pytest

from integrations.ledger import Home, LedgerAddress, LedgerCustomer, LedgerPhone, Unusable
from integrations.quickbooks import mapping

HARBOR: dict[str, Any] = {
    "Id": "58",
    "DisplayName": "Harbor Cafe",
    "FullyQualifiedName": "Harbor Cafe",
    "CompanyName": "Harbor Cafe",
    "GivenName": "Ana",
    "FamilyName": "Reyes",
    "Active": True,
    "Job": False,
    "PrimaryPhone": {"FreeFormNumber": "(415) 555-0148"},
    "Mobile": {"FreeFormNumber": "415.555.0199"},
    "PrimaryEmailAddr": {"Address": "ap@harborcafe.example"},
    "BillAddr": {
        "Id": "91",
        "Line1": "12 Pier Rd",
        "City": "Half Moon Bay",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "94019",
    },
}


def customer(*, home: Home | None = None, **changes: Any) -> LedgerCustomer:
    given = {name: value for name, value in {**copy.deepcopy(HARBOR), **changes}.items() if value is not None}
    found = mapping.item("Customer", given, home or Home())
    assert isinstance(found, LedgerCustomer)
    return found


def test_a_company_is_read_with_its_contact_mobile_first() -> None:
    found = customer()

    assert (found.name, found.company, found.contact_name) == ("Harbor Cafe", "Harbor Cafe", "Ana Reyes")
    assert found.phones == (
        LedgerPhone("415.555.0199", "mobile", "+14155550199"),
        LedgerPhone("(415) 555-0148", "primary", "+14155550148"),
    )
    assert found.emails == ("ap@harborcafe.example",)
    assert found.address == LedgerAddress("12 Pier Rd", "Half Moon Bay", "US-CA", "94019")
    assert (found.is_business, found.active, found.parent) == (True, True, "")


@pytest.mark.parametrize(
    ("changes", "is_business"),
    [
        ({"CompanyName": None}, False),
        ({"CompanyName": "Ana Reyes"}, False),
        ({"CompanyName": "Reyes, Ana"}, False),
        ({"CompanyName": "ANA  REYES"}, False),
        ({"CompanyName": "Ana Reyes Catering"}, True),
        ({"CompanyName": None, "BusinessNumber": "98-1234567"}, True),
        ({"CompanyName": None, "ResaleNum": "OH-5521"}, True),
        ({"CompanyName": None, "CustomerTypeRef": {"value": "3", "name": "Commercial"}}, True),
        ({"CompanyName": None, "CustomerTypeRef": {"value": "4", "name": "Residential"}}, False),
        ({"CompanyName": None, "PrimaryTaxIdentifier": "XXX-XX-1234"}, False),
        ({"CompanyName": None, "GivenName": None, "FamilyName": None}, False),
    ],
)
def test_a_company_is_one_that_says_so_and_everybody_else_a_person(changes: dict[str, Any], is_business: bool) -> None:
    assert customer(**changes).is_business is is_business


@pytest.mark.parametrize(
    ("written", "number", "problem"),
    [
        ("(614) 555-0101", "+16145550101", ""),
        ("614.555.0102", "+16145550102", ""),
        ("6145550105", "+16145550105", ""),
        ("+1 614 555 0105", "+16145550105", ""),
        ("614-555-0104 x12", "+16145550104", ""),
        ("614-555-0104x12", "+16145550104", ""),
        ("614-555-0104 ext. 12", "+16145550104", ""),
        ("Cell: 614 555 0101", "+16145550101", ""),
        ("614-555-0101 (home)", "+16145550101", ""),
        ("(614) 555-0101 / 614 555 0102", "+16145550101", ""),
        ("1-800-555-0199", "+18005550199", ""),
        ("call the office", "", "unreadable"),
        ("do not call 614-555-0101", "", "unreadable"),
        ("555-0101", "", "unreadable"),
        ("911", "", "unreadable"),
        ("900-555-0199", "", "unreadable"),
        ("+44 20 7946 0958", "+442079460958", "foreign"),
        ("416-555-0199", "+14165550199", "foreign"),
    ],
)
def test_a_phone_field_is_a_number_or_says_why_not(written: str, number: str, problem: str) -> None:
    found = customer(Mobile=None, PrimaryPhone={"FreeFormNumber": written})

    assert found.phones == (LedgerPhone(written, "primary", number, problem),)


def test_the_companys_country_reads_a_local_number() -> None:
    found = customer(Mobile=None, PrimaryPhone={"FreeFormNumber": "020 7946 0958"}, home=Home("GBP", "GB"))

    assert found.phones == (LedgerPhone("020 7946 0958", "primary", "+442079460958"),)
    assert found.address.state == ""


def test_no_phone_at_all_is_no_phone() -> None:
    assert customer(Mobile=None, PrimaryPhone=None).phones == ()
    assert customer(Mobile={"FreeFormNumber": "  "}, PrimaryPhone={}).phones == ()


def test_the_same_number_twice_is_one() -> None:
    found = customer(Mobile={"FreeFormNumber": "415-555-0148"})

    assert found.phones == (LedgerPhone("415-555-0148", "mobile", "+14155550148"),)


def test_a_job_names_its_parent() -> None:
    found = customer(Job=True, ParentRef={"value": "57"}, FullyQualifiedName="Harbor Group:Harbor Cafe", Level=1)

    assert found.parent == "57"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            {"Line1": "Harbor Cafe", "Line2": "12 Pier Rd", "City": "Columbus", "CountrySubDivisionCode": "Ohio"},
            LedgerAddress("12 Pier Rd", "Columbus", "US-OH", ""),
        ),
        ({"Line1": "PO Box 7", "CountrySubDivisionCode": "oh"}, LedgerAddress("PO Box 7", "", "US-OH", "")),
        ({"Line1": "1 King St", "CountrySubDivisionCode": "ON", "Country": "Canada"}, LedgerAddress("1 King St")),
        ({"CountrySubDivisionCode": "Somewhere"}, LedgerAddress()),
    ],
)
def test_the_state_is_one_we_know_or_none(address: dict[str, str], expected: LedgerAddress) -> None:
    assert customer(BillAddr=address).address == expected


def test_several_mail_addresses_in_one_field_are_several() -> None:
    found = customer(PrimaryEmailAddr={"Address": "ap@harborcafe.example; ana@harborcafe.example, not-a-mail"})

    assert found.emails == ("ap@harborcafe.example", "ana@harborcafe.example")


def test_a_name_in_any_script_is_kept_and_a_very_long_one_is_cut() -> None:
    assert customer(DisplayName="مقهى الميناء ☕").name == "مقهى الميناء ☕"
    assert customer(DisplayName="x" * 500).name == "x" * 199 + "…"


def test_a_customer_without_any_name_is_set_aside() -> None:
    found = mapping.item("Customer", {"Id": "9"}, Home())

    assert isinstance(found, Unusable)
    assert (found.reason, found.detail) == ("field_missing", "DisplayName")
