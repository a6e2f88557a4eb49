"""Their contacts in our words: who owes, which number reaches him, and whether he is a person or a company. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal

from integrations import fields, phones, places
from integrations.fields import Bad, Json
from integrations.ledger import Home, LedgerAddress, LedgerContact, LedgerCustomer, LedgerPhone
from integrations.zoho import refs

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def contact(raw: Json, home: Home) -> LedgerCustomer:
    """Raises Bad where it cannot be read."""
    where = refs.inner(raw, "billing_address")
    persons = refs.items(raw, "contact_persons")
    main = next((one for one in persons if one.get("is_primary_contact") is True), {})
    company = fields.text(raw, "company_name", most=200)
    person = _person(raw) or _person(main)
    name = fields.text(raw, "contact_name", most=200) or company or person
    if not name:
        raise Bad("field_missing", "contact_name")
    country = places.country(fields.text(where, "country_code")) or places.country(fields.text(where, "country"))
    by_title = bool(fields.text(main, "designation"))
    emails = [address for one in (raw, main) for address in _MAIL.findall(fields.text(one, "email"))]
    written = [*_written(raw), *_written(main), (fields.text(where, "phone", most=60), "alternate")]
    # Somebody with a title is told of as himself: "site superintendent" is nobody to call about a bill.
    theirs = {phone.number or phone.raw for phone in _phones(_written(main), home, country)} if by_title else set()
    apart = [*([main] if by_title else []), *(one for one in persons if one is not main)]
    return LedgerCustomer(
        external_id=fields.identifier(raw.get("contact_id"), "contact_id"),
        name=name,
        company=company,
        contact_name="" if by_title else person,
        is_business=_is_business(raw, company, person),
        phones=tuple(one for one in _phones(written, home, country) if (one.number or one.raw) not in theirs),
        emails=tuple(dict.fromkeys(emails)),
        address=_address(where, home, country),
        active=fields.text(raw, "status").casefold() != "inactive",
        parent=fields.identifier(raw.get("parent_contact_id"), "parent_contact_id"),
        updated_at=refs.changed_at(raw),
        contacts=tuple(_contacts(apart, home, country)),
        open_credit=_open_credit(raw, home),
        chased_by_vendor=_chased(raw),
    )


def _person(raw: Json) -> str:
    return " ".join(filter(None, (fields.text(raw, "first_name"), fields.text(raw, "last_name"))))[:200]


def _is_business(raw: Json, company: str, person: str) -> bool:
    """As the owner said; where he did not, a company name that is not the person's own."""
    said = fields.text(raw, "customer_sub_type").casefold()
    if said in ("business", "individual"):
        return said == "business"
    return bool(company) and _folded(company) not in {
        _folded(person),
        _folded(" ".join(reversed(person.split(" ", 1)))),
    }


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _written(raw: Json) -> list[tuple[str, str]]:
    """Mobile first: it reaches a person rather than a desk."""
    return [(fields.text(raw, "mobile", most=60), "mobile"), (fields.text(raw, "phone", most=60), "primary")]


def _phones(written: list[tuple[str, str]], home: Home, country: str) -> tuple[LedgerPhone, ...]:
    found: dict[str, LedgerPhone] = {}
    for text, place in sorted(written, key=lambda one: one[1] != "mobile"):
        if text:
            number, problem = _number(text, home, country)
            found.setdefault(number or text, LedgerPhone(text, place, number, problem))
    return tuple(found.values())


def _number(written: str, home: Home, country: str) -> tuple[str, str]:
    """Read as a number of the customer's country, judged from ours: digits of Mexico are not a number of New Jersey."""
    number, problem = phones.read(written, country or home.country)
    return phones.read(number, home.country) if number and country not in ("", home.country) else (number, problem)


def _address(raw: Json, home: Home, country: str) -> LedgerAddress:
    lines = (fields.text(raw, "address", most=200), fields.text(raw, "street2", most=200))
    american = home.country == "US" and (country == "US" or not fields.text(raw, "country"))
    state = places.state(fields.text(raw, "state_code")) or places.state(fields.text(raw, "state"))
    return LedgerAddress(
        street=", ".join(filter(None, lines))[:200],
        city=fields.text(raw, "city", most=100),
        state=state if american else "",
        zip=fields.text(raw, "zip", most=12),
    )


def _contacts(persons: list[Json], home: Home, country: str) -> Iterator[LedgerContact]:
    """Bills go to the primary one, unless his title says that he is there for something else."""
    for one in persons:
        emails = _MAIL.findall(fields.text(one, "email"))
        reached = _phones(_written(one), home, country)
        name = _person(one) or (emails[0][:200] if emails else "")
        if name or reached:
            title, is_billing = fields.text(one, "designation", most=200), one.get("is_primary_contact") is True
            yield LedgerContact(name, title, emails[0] if emails else "", reached, is_billing)


def _open_credit(raw: Json, home: Home) -> Decimal | None:
    """For people to see; unreadable is unknown."""
    try:
        code = refs.currency(raw, home.currency)
        return refs.amount(raw, "unused_credits_receivable_amount", code, refs.precision(raw))
    except Bad:
        return None


def _chased(raw: Json) -> bool | None:
    said = raw.get("payment_reminder_enabled")
    return said if isinstance(said, bool) else None
