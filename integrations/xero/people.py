"""Their contacts in our words: who owes, which number reaches him, and whether he is a person or a company. Pure."""

import re

from integrations import fields, phones, places
from integrations.fields import Bad, Json
from integrations.ledger import Home, LedgerAddress, LedgerContact, LedgerCustomer, LedgerPhone
from integrations.xero import shapes

# Mobile first: it reaches a person rather than a desk. A fax is no phone.
_PLACES = {"MOBILE": "mobile", "DEFAULT": "primary"}
_ORDER = ("mobile", "primary", "alternate")
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
# Behind a name these make it a company's beyond doubt.
_LEGAL_FORMS = {"ltd", "limited", "llc", "llp", "inc", "incorporated", "corp", "corporation", "pty", "plc", "gmbh"}


def customer(raw: Json, home: Home) -> LedgerCustomer:
    """Raises Bad where it cannot be read."""
    person = _person(raw)
    name = fields.text(raw, "Name", most=200) or person
    if not name:
        raise Bad("field_missing", "Name")
    is_business = _is_business(raw, name, person)
    merged = fields.text(raw, "MergedToContactID", most=64)
    return LedgerCustomer(
        external_id=fields.identifier(raw.get("ContactID"), "ContactID"),
        name=name,
        company=name if is_business else "",
        contact_name=person,
        is_business=is_business,
        phones=_phones(raw, home),
        emails=tuple(dict.fromkeys(_MAIL.findall(fields.text(raw, "EmailAddress")))),
        address=_address(raw, home),
        active=fields.text(raw, "ContactStatus") in ("", "ACTIVE") and not merged,
        parent="",
        updated_at=shapes.moment(raw, "UpdatedDateUTC"),
        contacts=tuple(_contacts(raw)),
    )


def _person(raw: Json) -> str:
    return " ".join(filter(None, (fields.text(raw, "FirstName"), fields.text(raw, "LastName"))))[:200]


def _is_business(raw: Json, name: str, person: str) -> bool:
    """A registration, a legal form in the name, or somebody to speak to whose own name it does not hold.

    They have one field for the name of a person or a company; "John & Mary Smith" with a John Smith to speak to, or
    "Smith Plumbing", may be a consumer, and the stricter law is kept. A tax number alone is no sign: it may be a
    person's.
    """
    words = _words(name)
    if fields.text(raw, "CompanyNumber") or fields.text(raw, "TaxNumberType") == "EIN" or words & _LEGAL_FORMS:
        return True
    family = _words(fields.text(raw, "LastName"))
    return bool(person) and not words & (family or _words(person))


def _words(name: str) -> set[str]:
    return set(re.sub(r"[\W_]+", " ", name.replace(".", "")).casefold().split())


def _phones(raw: Json, home: Home) -> tuple[LedgerPhone, ...]:
    slots = [
        (_PLACES.get(fields.text(slot, "PhoneType"), "alternate"), slot)
        for slot in fields.items(raw, "Phones")
        if fields.text(slot, "PhoneType") != "FAX"
    ]
    found: dict[str, LedgerPhone] = {}
    for place, slot in sorted(slots, key=lambda entry: _ORDER.index(entry[0])):
        phone = _phone(slot, place, home)
        if phone is not None:
            found.setdefault(phone.number or phone.raw, phone)
    return tuple(found.values())


def _phone(slot: Json, place: str, home: Home) -> LedgerPhone | None:
    """A slot has three parts; any may be empty, and people write the whole number into the last one."""
    country, area, number = (
        fields.text(slot, name, most=60) for name in ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")
    )
    if not number:
        return None
    written = " ".join(filter(None, (country, area, number)))[:60]
    abroad = country.lstrip("+")
    parts = f"+{abroad} {area.removeprefix('0')} {number}" if abroad else f"{area} {number}"
    alone = number.startswith(("+", "00"))
    best = ("", "unreadable")
    for candidate in (number, parts) if alone else (parts, f"{area} {number}", number):
        best = phones.read(candidate.strip(), home.country)
        if best[0]:
            break
    return LedgerPhone(written, place, *best)


def _contacts(raw: Json) -> list[LedgerContact]:
    found = []
    for person in fields.items(raw, "ContactPersons"):
        name, mail = _person(person), _MAIL.search(fields.text(person, "EmailAddress"))
        if name or mail:
            email = mail.group(0) if mail else ""
            found.append(LedgerContact(name, email=email, is_billing=person.get("IncludeInEmails") is True))
    return found


def _address(raw: Json, home: Home) -> LedgerAddress:
    """Where he is rather than where his post goes, as far as it says more than nothing."""
    by_type = {fields.text(one, "AddressType"): one for one in fields.items(raw, "Addresses")}
    said = [one for name in ("STREET", "POBOX") if (one := by_type.get(name)) and _says_where(one)]
    where = said[0] if said else {}
    lines = [line for number in range(1, 5) if (line := fields.text(where, f"AddressLine{number}", most=200))]
    return LedgerAddress(
        # Copied from an envelope, the first line is a name; the street is the one that begins with its number.
        street=next((line for line in lines if line[0].isdigit()), lines[0] if lines else ""),
        city=fields.text(where, "City", most=100),
        state=places.state_in(fields.text(where, "Region"), fields.text(where, "Country"), home=home.country),
        zip=fields.text(where, "PostalCode", most=12),
    )


def _says_where(address: Json) -> bool:
    return any(fields.text(address, name) for name in ("AddressLine1", "City", "Region", "PostalCode"))
