"""Their customers in our words: who owes, which number reaches him, and whether he is a person or a company. Pure."""

import re

from integrations import fields, phones, places
from integrations.fields import Bad, Json
from integrations.ledger import Home, LedgerAddress, LedgerCustomer, LedgerPhone
from integrations.quickbooks import refs

# Mobile first: it reaches a person rather than a desk. A fax is no phone.
_PHONES = (("Mobile", "mobile"), ("PrimaryPhone", "primary"), ("AlternatePhone", "alternate"))
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def customer(raw: Json, home: Home) -> LedgerCustomer:
    """Raises Bad where it cannot be read."""
    external_id = fields.identifier(raw.get("Id"), "Id")
    company = fields.text(raw, "CompanyName", most=200)
    person = " ".join(filter(None, (fields.text(raw, "GivenName"), fields.text(raw, "FamilyName"))))[:200]
    name = fields.text(raw, "DisplayName", most=200) or fields.text(raw, "FullyQualifiedName", most=200)
    name = name or company or person
    if not name:
        raise Bad("field_missing", "DisplayName")
    return LedgerCustomer(
        external_id=external_id,
        name=name,
        company=company,
        contact_name=person,
        is_business=_is_business(raw, company, person),
        phones=_phones(raw, home),
        emails=tuple(dict.fromkeys(_MAIL.findall(fields.text(fields.inner(raw, "PrimaryEmailAddr"), "Address")))),
        address=_address(fields.inner(raw, "BillAddr"), home),
        active=raw.get("Active") is not False,
        parent=refs.reference(raw, "ParentRef"),
        updated_at=refs.changed_at(raw),
    )


def _is_business(raw: Json, company: str, person: str) -> bool:
    """A company name that is not the person's own, a number only businesses have, or a customer type that says so.

    ``PrimaryTaxIdentifier`` is no sign: of a sole trader it is a social security number, and he stays a consumer.
    """
    if company and _folded(company) not in {_folded(person), _folded(" ".join(reversed(person.split(" ", 1))))}:
        return True
    if fields.text(raw, "BusinessNumber") or fields.text(raw, "ResaleNum"):
        return True
    kind = fields.text(fields.inner(raw, "CustomerTypeRef"), "name").casefold()
    return any(word in kind for word in ("business", "commercial", "company"))


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _phones(raw: Json, home: Home) -> tuple[LedgerPhone, ...]:
    found: dict[str, LedgerPhone] = {}
    for name, place in _PHONES:
        written = fields.text(fields.inner(raw, name), "FreeFormNumber", most=60)
        if written:
            number, problem = phones.read(written, home.country)
            found.setdefault(number or written, LedgerPhone(written, place, number, problem))
    return tuple(found.values())


def _address(raw: Json, home: Home) -> LedgerAddress:
    lines = [line for number in range(1, 6) if (line := fields.text(raw, f"Line{number}", most=200))]
    # Copied from an envelope, the first line is a name; the street is the one that begins with its number.
    street = next((line for line in lines if line[0].isdigit()), lines[0] if lines else "")
    state = places.state_in(fields.text(raw, "CountrySubDivisionCode"), fields.text(raw, "Country"), home=home.country)
    return LedgerAddress(
        street=street,
        city=fields.text(raw, "City", most=100),
        state=state if home.country == "US" else "",
        zip=fields.text(raw, "PostalCode", most=12),
    )
