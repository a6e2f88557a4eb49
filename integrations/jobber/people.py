"""Their clients in our words: who owes, which number reaches him, and whether he is a person or a company. Pure."""

import re
from typing import Any

from integrations import fields, phones, places
from integrations.fields import Bad, Json
from integrations.jobber import refs
from integrations.ledger import Home, LedgerAddress, LedgerContact, LedgerCustomer, LedgerPhone

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def client(raw: Json, home: Home) -> LedgerCustomer:
    """Raises Bad where it cannot be read."""
    company = fields.text(raw, "companyName", most=200)
    person = _person(raw)
    name = fields.text(raw, "name", most=200) or company or person
    if not name:
        raise Bad("field_missing", "name")
    chased = raw.get("receivesInvoiceFollowUps")
    return LedgerCustomer(
        external_id=refs.identifier(raw),
        name=name,
        company=company,
        contact_name=person,
        is_business=_is_business(raw, company or name, person),
        phones=_phones(fields.items(raw, "phones"), home),
        emails=_emails(fields.items(raw, "emails")),
        address=_address(fields.inner(raw, "billingAddress"), home),
        active=raw.get("isArchived") is not True,
        parent="",
        updated_at=refs.moment(raw.get("updatedAt")),
        contacts=tuple(_contacts(raw, home)),
        chased_by_vendor=chased if isinstance(chased, bool) else None,
    )


def _person(raw: Json) -> str:
    return " ".join(filter(None, (fields.text(raw, "firstName"), fields.text(raw, "lastName"))))[:200]


def _is_business(raw: Json, name: str, person: str) -> bool:
    """Only where they say so and the name is not the person's own: a sole trader stays a consumer."""
    own = {_folded(person), _folded(" ".join(reversed(person.split(" ", 1))))}
    return raw.get("isCompany") is True and _folded(name) not in own


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _phones(entries: list[Json], home: Home) -> tuple[LedgerPhone, ...]:
    """Mobile first: it reaches a person rather than a desk. A fax is no phone."""
    found: dict[str, LedgerPhone] = {}
    for entry in sorted(entries, key=lambda entry: (not _is(entry, "MOBILE"), entry.get("primary") is not True)):
        written = fields.text(entry, "number", most=60) or fields.text(entry, "normalizedPhoneNumber", most=60)
        if not written or _is(entry, "FAX"):
            continue
        number, problem = phones.read(written, home.country)
        if not number:  # what they made of it themselves may be readable
            number, other = phones.read(fields.text(entry, "normalizedPhoneNumber", most=60), home.country)
            problem = other if number else problem
        usual = "primary" if entry.get("primary") is True else "alternate"
        place = "mobile" if _is(entry, "MOBILE") else usual
        found.setdefault(number or written, LedgerPhone(written, place, number, problem))
    return tuple(found.values())


def _is(entry: Json, description: str) -> bool:
    return fields.text(entry, "description").upper() == description


def _emails(entries: list[Json]) -> tuple[str, ...]:
    in_order = sorted(entries, key=lambda entry: entry.get("primary") is not True)
    return tuple(dict.fromkeys(mail for entry in in_order for mail in _MAIL.findall(fields.text(entry, "address"))))


def _address(raw: Json, home: Home) -> LedgerAddress:
    lines = (fields.text(raw, "street1", most=200), fields.text(raw, "street2", most=200))
    state = places.state_in(fields.text(raw, "province"), fields.text(raw, "country"), home=home.country)
    return LedgerAddress(
        street=", ".join(filter(None, lines))[:200],
        city=fields.text(raw, "city", most=100),
        state=state,
        zip=fields.text(raw, "postalCode", most=12),
    )


def _contacts(raw: Json, home: Home) -> list[LedgerContact]:
    found = []
    for entry in nodes(raw, "contacts"):
        emails = _emails(nodes(entry, "emails"))
        name = fields.text(entry, "name", most=200) or _person(entry) or (emails[0][:200] if emails else "")
        if name:
            title = fields.text(entry, "role", most=100) or fields.text(entry, "title", most=100)
            reach = _phones(nodes(entry, "phones"), home)
            is_billing = entry.get("isBillingContact") is True
            found.append(LedgerContact(name, title, emails[0] if emails else "", reach, is_billing))
    return found


def nodes(raw: Json, name: str) -> list[Json]:
    """The objects of a connection, as ``nodes`` or as ``edges``; empty where it is missing. Raises Bad."""
    inside = fields.inner(raw, name)
    if inside.get("nodes") is None and inside.get("edges") is not None:
        return [fields.inner(edge, "node") for edge in fields.items(inside, "edges")]
    return fields.items(inside, "nodes")


def goes_on(raw: Any, name: str) -> str:
    """Where a connection inside an object goes on; "" where it ends or was not asked for."""
    inside = raw.get(name) if isinstance(raw, dict) else None
    page = inside.get("pageInfo") if isinstance(inside, dict) else None
    if not isinstance(page, dict) or page.get("hasNextPage") is not True:
        return ""
    return fields.clean(page.get("endCursor"))
