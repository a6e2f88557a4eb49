"""Their customers in our words: who owes, which number reaches him, and whether he is a person or a company. Pure."""

import re
from typing import Any

from integrations import fields, phones, places
from integrations.fields import Bad, Json
from integrations.ledger import Home, LedgerAddress, LedgerCustomer, LedgerPhone, Unusable
from integrations.square import values

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def customer(raw: Json, home: Home) -> LedgerCustomer:
    """A profile of their directory. Raises Bad where it cannot be read."""
    return _customer(raw, fields.identifier(raw.get("id"), "id"), home)


def recipient(invoice: Any, home: Home) -> LedgerCustomer | Unusable | None:
    """The customer as an invoice has him, for when his profile is no longer in the directory; None without one."""
    if not isinstance(invoice, dict):
        return None
    try:
        raw = fields.inner(invoice, "primary_recipient")
        external_id = fields.identifier(raw.get("customer_id"), "customer_id")
        return _customer(raw, external_id, home) if external_id else None
    except Bad as bad:
        return Unusable("customer", "", "", bad.reason, bad.detail[:300])


def _customer(raw: Json, external_id: str, home: Home) -> LedgerCustomer:
    if not external_id:
        raise Bad("no_id", "customer")
    company = fields.text(raw, "company_name", most=200)
    person = " ".join(filter(None, (fields.text(raw, "given_name"), fields.text(raw, "family_name"))))[:200]
    email = fields.text(raw, "email_address")
    # A profile made at the counter may hold a number or an address only.
    name = company or person or fields.text(raw, "nickname", most=200) or email[:200]
    name = name or fields.text(raw, "phone_number", most=60)
    if not name:
        raise Bad("field_missing", "given_name")
    return LedgerCustomer(
        external_id=external_id,
        name=name,
        company=company,
        contact_name=person,
        # A sole trader's own name in the company's field makes no company of him: the stricter law is kept.
        is_business=bool(company) and _folded(company) not in (_folded(person), ""),
        phones=_phones(raw, home),
        emails=tuple(dict.fromkeys(_MAIL.findall(email))),
        address=_address(raw, home),
        active=True,
        parent="",
        updated_at=values.moment(raw, "updated_at"),
    )


def _folded(name: str) -> frozenset[str] | str:
    """Without order, so that "Reyes, Ana" is Ana Reyes."""
    return frozenset(re.sub(r"[\W_]+", " ", name).casefold().split()) or ""


def _phones(raw: Json, home: Home) -> tuple[LedgerPhone, ...]:
    written = fields.text(raw, "phone_number", most=60)
    if not written:
        return ()
    number, problem = phones.read(written, home.country)
    return (LedgerPhone(written, "primary", number, problem),)


def _address(raw: Json, home: Home) -> LedgerAddress:
    where = fields.inner(raw, "address")
    lines = [line for number in range(1, 4) if (line := fields.text(where, f"address_line_{number}", most=200))]
    region = fields.text(where, "administrative_district_level_1")
    return LedgerAddress(
        street=next((line for line in lines if line[0].isdigit()), lines[0] if lines else ""),
        city=fields.text(where, "locality", most=100),
        state=places.state_in(region, fields.text(where, "country"), home=home.country),
        zip=fields.text(where, "postal_code", most=12),
    )
