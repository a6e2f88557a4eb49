"""Contacts as the vendor shows them: the sheet, the stub inside documents, and phones in four slots of three parts."""

import re
from decimal import Decimal

from integrations.simulation.call import Json
from integrations.simulation.entities import ZERO, Customer, Person
from integrations.simulation.odd import laid_over
from integrations.xero.simulation.company import XeroBooks
from integrations.xero.simulation.forms import instant_form, money

type Balances = dict[str, tuple[Decimal, Decimal]]

SLOTS = {"DDI": "home", "DEFAULT": "work", "FAX": "fax", "MOBILE": "mobile"}
COUNTRY_NAMES = {"US": "USA", "NZ": "New Zealand", "AU": "Australia", "GB": "United Kingdom"}


def status(customer: Customer) -> str:
    """Contacts are never deleted here, only archived."""
    return "ACTIVE" if customer.active and not customer.deleted else "ARCHIVED"


def stub(books: XeroBooks, id: str, *, bare: bool = False) -> Json:
    """What a document says of its contact: nobody can be reached with it."""
    found: Json = {"ContactID": id, "Name": books.customer(id).name}
    if not bare:
        found |= {"Addresses": [], "Phones": [], "ContactGroups": [], "ContactPersons": []}
        found["HasValidationErrors"] = False
    return found


def contact(books: XeroBooks, customer: Customer, owed: Balances, *, summary: bool = False) -> Json:
    """The whole contact; the summary leaves out what takes computing."""
    found: Json = {"ContactID": customer.id, "ContactStatus": status(customer), "Name": customer.name}
    found |= _given({"FirstName": customer.given, "LastName": customer.family, "EmailAddress": customer.email})
    found |= _given({"ContactNumber": customer.extra.get("ContactNumber", "")})
    found["BankAccountDetails"] = ""
    found["Addresses"] = _addresses(customer)
    found["Phones"] = [_phone(customer, slot, customer.phones.get(kind, "")) for slot, kind in SLOTS.items()]
    found["UpdatedDateUTC"] = instant_form(customer.updated_at)
    if not summary:
        found["ContactGroups"] = []
    found |= {"IsSupplier": books.payable, "IsCustomer": not books.payable, "DefaultCurrency": customer.currency}
    if not summary:
        found["Balances"] = _owed(books, owed.get(customer.id, (ZERO, ZERO)))
        found["ContactPersons"] = [_person(person) for person in customer.people]
        found["HasAttachments"] = False
    found["HasValidationErrors"] = False
    return laid_over(found, customer.odd)


def _given(fields: dict[str, str]) -> Json:
    """Absent values are left out, never null."""
    return {name: value for name, value in fields.items() if value}


def _addresses(customer: Customer) -> list[Json]:
    street: Json = {"AddressType": "STREET"} | _given(
        {
            "AddressLine1": customer.street,
            "City": customer.city,
            "Region": customer.state,
            "PostalCode": customer.zip,
            "Country": COUNTRY_NAMES.get(customer.country, customer.country) if customer.city else "",
        }
    )
    return [street, {"AddressType": "POBOX"}]


def _phone(customer: Customer, slot: str, written: str) -> Json:
    """A third of the contacts hold the whole number in one part, as somebody typed it; the others are split."""
    country, area, number = "", "", written
    digits = re.sub(r"\D", "", written)
    tidy = re.fullmatch(r"\+?1?[\s().-]*\d{3}[\s().-]*\d{3}[\s.-]*\d{4}", written.strip())
    if tidy and sum(customer.id.encode()) % 3:
        area, number = digits[-10:-7], f"{digits[-7:-4]}-{digits[-4:]}"
        country = "1" if len(digits) == 11 else ""
    return {
        "PhoneType": slot,
        "PhoneNumber": number[:50],
        "PhoneAreaCode": area,
        "PhoneCountryCode": country,
    }


def _person(person: Person) -> Json:
    """Name and address only: this vendor keeps neither a role nor a phone of the others."""
    first, _, last = person.name.rpartition(" ")
    return _given({"FirstName": first or last, "LastName": last if first else "", "EmailAddress": person.email}) | {
        "IncludeInEmails": bool(person.email)
    }


def balances(books: XeroBooks) -> Balances:
    """By contact: what is outstanding, and what of it is overdue. One pass over the books for a whole page."""
    found: Balances = {}
    today = books.today()
    for invoice in books.invoices.values():
        if invoice.status == "open" and (owed := books.balance(invoice)):
            outstanding, overdue = found.get(invoice.customer, (ZERO, ZERO))
            late = owed if invoice.due_on is not None and invoice.due_on < today else ZERO
            found[invoice.customer] = (outstanding + owed, overdue + late)
    return found


def _owed(books: XeroBooks, sums: tuple[Decimal, Decimal]) -> Json:
    ours = {"Outstanding": money(sums[0]), "Overdue": money(sums[1])}
    none = {"Outstanding": money(ZERO), "Overdue": money(ZERO)}
    return {
        "AccountsReceivable": none if books.payable else ours,
        "AccountsPayable": ours if books.payable else none,
    }
