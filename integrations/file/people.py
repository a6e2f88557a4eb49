"""Whose the rows of a file are: customers told apart by what stands in the file, each with what all his rows say of him. Pure."""

import re
from collections import defaultdict
from collections.abc import Sequence

from integrations import phones, places
from integrations.file import values
from integrations.file.lines import Line, Note, Records, folded, identity
from integrations.ledger import Home, LedgerAddress, LedgerCustomer, LedgerPhone

_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def addresses(text: str) -> list[str]:
    """The e-mail addresses in a cell."""
    return [address for address in _MAIL.findall(text) if len(address) <= 254]


def ids_of(lines: Sequence[Line]) -> dict[int, str]:
    """Whose each row is: by the customer's number; without one by the name, and the e-mail where one name has several."""
    names = {name: folded(name) or name for name in {line.name for line in lines}}
    mails: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.email:
            mails[names[line.name]].add(line.email)
    found = {}
    for line in lines:
        name = names[line.name]
        several = len(mails[name]) > 1
        if line.customer_number:
            found[line.row] = identity("number", line.customer_number)
        else:
            found[line.row] = identity("name", name, line.email if several else "")
    return found


def customer(external_id: str, lines: Sequence[Line], home: Home, found: Records) -> LedgerCustomer:
    """From all rows of this customer: the first that says something is right, and every number is kept."""
    first = lines[0]

    def said(name: str, most: int) -> str:
        return next((line.cells[name] for line in lines if line.cells.get(name)), "")[:most]

    state = places.state(said("state", 60)) if home.country == "US" else ""
    if said("state", 60) and home.country == "US" and not state:
        found.remarks.append(Note(first.row, "state", "state_unknown", said("state", 40)))
    company = _is_company(first, said("kind", 60), found)
    return LedgerCustomer(
        external_id=external_id,
        name=first.name[:200],
        company=first.name[:200] if company else "",
        contact_name=said("contact", 200) or ("" if company else first.name[:200]),
        is_business=company,
        phones=_phones(lines, home, found),
        emails=_emails(lines, found),
        address=LedgerAddress(street=said("street", 200), city=said("city", 100), state=state, zip=said("zip", 12)),
        active=True,
        parent="",
        updated_at=None,
    )


def _is_company(line: Line, kind: str, found: Records) -> bool:
    """As the file says; without a word a legal form in the name. Nobody else is taken for a company: the stricter law."""
    said = values.is_company(kind) if kind else None
    if kind and said is None:
        found.remarks.append(Note(line.row, "kind", "kind_unknown", kind[:40]))
    return said if said is not None else values.has_legal_form(line.name)


def _phones(lines: Sequence[Line], home: Home, found: Records) -> tuple[LedgerPhone, ...]:
    kept: dict[str, LedgerPhone] = {}
    for name, place in (("mobile", "mobile"), ("phone", "primary")):
        for line in lines:
            raw = line.cells.get(name, "")[:60]
            if not raw or raw in {phone.raw for phone in kept.values()}:
                continue
            number, problem = phones.read(raw, home.country)
            if (number or raw) in kept:
                continue
            kept[number or raw] = LedgerPhone(raw, place, number, problem)
            if problem:
                found.remarks.append(Note(line.row, name, f"phone_{problem}", raw))
    return tuple(kept.values())[:6]


def _emails(lines: Sequence[Line], found: Records) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    for line in lines:
        written = line.cells.get("email", "")
        found_here = addresses(written)
        if written and not found_here:
            found.remarks.append(Note(line.row, "email", "email_unreadable", written[:40]))
        kept.update(dict.fromkeys(found_here))
    return tuple(kept)
