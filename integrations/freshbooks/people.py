"""Their clients in our words: who owes, which number reaches him, and whether he is a person or a company. Pure."""

import re

from integrations import fields, phones, places
from integrations.fields import Bad, Json
from integrations.freshbooks import refs
from integrations.ledger import Home, LedgerAddress, LedgerCustomer, LedgerPhone

# Mobile first: it reaches a person rather than a desk. A fax is no phone.
_PHONES = (("mob_phone", "mobile"), ("bus_phone", "primary"), ("home_phone", "alternate"))
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def client(raw: Json, home: Home) -> LedgerCustomer:
    """Raises Bad where it cannot be read."""
    company = fields.text(raw, "organization", most=200)
    person = " ".join(filter(None, (fields.text(raw, "fname"), fields.text(raw, "lname"))))[:200]
    emails = tuple(dict.fromkeys(_MAIL.findall(fields.text(raw, "email"))))
    name = company or person or (emails[0][:200] if emails else "")
    if not name:
        raise Bad("field_missing", "organization")
    country = places.country(fields.text(raw, "p_country"))
    return LedgerCustomer(
        external_id=refs.identifier(raw, "id", "userid"),
        name=name,
        company=company,
        contact_name=person,
        is_business=_is_business(raw, company, person),
        phones=_phones(raw, home, country),
        emails=emails,
        address=_address(raw, home, country),
        active=not refs.is_archived(raw),
        parent="",
        updated_at=refs.moment(raw.get("updated")),
        chased_by_vendor=_chased(raw),
    )


def _is_business(raw: Json, company: str, person: str) -> bool:
    """A company name that is not the person's own, or a number for VAT, which only businesses have."""
    own = {_folded(person), _folded(" ".join(reversed(person.split(" ", 1))))}
    return bool((company and _folded(company) not in own) or fields.text(raw, "vat_number"))


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _phones(raw: Json, home: Home, country: str) -> tuple[LedgerPhone, ...]:
    found: dict[str, LedgerPhone] = {}
    for name, place in _PHONES:
        written = fields.text(raw, name, most=60)
        if written:
            number, problem = _number(written, home, country)
            found.setdefault(number or written, LedgerPhone(written, place, number, problem))
    return tuple(found.values())


def _number(written: str, home: Home, country: str) -> tuple[str, str]:
    """Read as a number of the client's country, judged from ours: digits of Mexico are not a number of New Jersey."""
    number, problem = phones.read(written, country or home.country)
    return phones.read(number, home.country) if number and country not in ("", home.country) else (number, problem)


def _address(raw: Json, home: Home, country: str) -> LedgerAddress:
    lines = (fields.text(raw, "p_street", most=200), fields.text(raw, "p_street2", most=200))
    american = home.country == "US" and (country == "US" or not fields.text(raw, "p_country"))
    return LedgerAddress(
        street=", ".join(filter(None, lines))[:200],
        city=fields.text(raw, "p_city", most=100),
        state=places.state(fields.text(raw, "p_province")) if american else "",
        zip=fields.text(raw, "p_code", most=12),
    )


def _chased(raw: Json) -> bool | None:
    """False where their late notices are forbidden for him; that they are allowed does not say that any goes out."""
    return False if raw.get("allow_late_notifications") is False else None
