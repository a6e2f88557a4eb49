"""POST and PUT of a credit note. Creating applies nothing: that is a payment of type Credit."""

from decimal import Decimal
from typing import Any

from integrations.freshbooks.simulation import bodies
from integrations.freshbooks.simulation.bodies import read_fields, require
from integrations.freshbooks.simulation.credit_notes import Note, Overpaid
from integrations.freshbooks.simulation.errors import invalid, not_found
from integrations.freshbooks.simulation.money import Json, money, plain
from integrations.freshbooks.simulation.view import DELETED, View, state_of
from integrations.simulation.books import NotThere
from integrations.simulation.entities import Credit, Line

OBJECT = "credit_note"


def _lines(object: str, field: str, value: Any) -> tuple[bodies.Priced, list[Json]]:
    return bodies.priced(object, field, value), value


FIELDS: dict[str, bodies.Check] = {
    "clientid": bodies.whole,
    "credit_type": bodies.one_of("goodwill", "prepayment"),
    "create_date": bodies.day,
    "currency_code": bodies.text,
    "credit_number": bodies.text,
    "notes": bodies.text,
    "terms": bodies.text,
    "language": bodies.text,
    "description": bodies.text,
    "lines": _lines,
}
CHANGEABLE: dict[str, bodies.Check] = {"notes": bodies.text, "terms": bodies.text}


def create(view: View, given: Json) -> Credit:
    """A new credit note, two with one number where somebody sends it twice. Raises Refused or NotPossible."""
    wanted = read_fields(OBJECT, given, FIELDS)
    require(OBJECT, wanted, "clientid", "create_date", "lines")
    try:
        customer = view.books.customer(str(wanted["clientid"]))
    except NotThere:
        raise not_found("client", "clientid", wanted["clientid"]) from None
    priced, sent = wanted["lines"]
    code = wanted.get("currency_code") or customer.currency
    for one in sent:
        if one["unit_cost"].get("code", code) != code:
            raise invalid(OBJECT, "lines.unit_cost.code", one["unit_cost"]["code"], f"Credit note is in {code}.")
    total = sum((line.amount for line in priced.lines), Decimal(0)) + priced.tax
    named = {"number": wanted["credit_number"]} if wanted.get("credit_number") else {}
    return view.books.add_credit(
        customer.id,
        total,
        currency=code,
        issued_on=wanted["create_date"],
        reason=priced.lines[0].description,
        extra={
            "credit_type": wanted.get("credit_type") or "goodwill",
            "notes": wanted.get("notes") or "",
            "terms": wanted.get("terms") or "",
            "lines": [_kept(line, raw, code) for line, raw in zip(priced.lines, sent, strict=True)],
        },
        **named,
    )


def update(view: View, note: Note, given: Json) -> Note:
    """The credit note as it is afterwards. Raises Refused."""
    if isinstance(note, Overpaid):
        raise invalid(OBJECT, "creditid", note.id, "An overpayment is changed with its payment.")
    if "vis_state" in given:
        state = bodies.whole(OBJECT, "vis_state", given["vis_state"])
        if state == DELETED:
            return note if state_of(note) == DELETED else view.books.void_credit(note.id, delete=True)
        if state == state_of(note):
            return note
        raise invalid(OBJECT, "vis_state", state, "A deleted credit note cannot be brought back here.")
    wanted = read_fields(OBJECT, given, CHANGEABLE)
    note.extra |= {name: value or "" for name, value in wanted.items()}
    view.books.touch("credit", note.id)
    return note


def _kept(line: Line, raw: Json, code: str) -> Json:
    return {
        "name": raw.get("name") or "",
        "description": raw.get("description") or "",
        "qty": plain(line.quantity),
        "unit_cost": money(line.price, code),
        "amount": money(line.amount, code),
        **{key: raw.get(key) for key in ("taxName1", "taxAmount1", "taxName2", "taxAmount2")},
    }
