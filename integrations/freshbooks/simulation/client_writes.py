"""PUT of a client: the staff's note, the contact's names, phones and address."""

from integrations.freshbooks.simulation import bodies
from integrations.freshbooks.simulation.bodies import read_fields
from integrations.freshbooks.simulation.errors import invalid
from integrations.freshbooks.simulation.money import Json
from integrations.freshbooks.simulation.view import ARCHIVED, COUNTRIES, DELETED, View
from integrations.simulation.entities import Customer

OBJECT = "client"
PLAIN = {
    "note": "note",
    "fname": "given",
    "lname": "family",
    "organization": "company",
    "email": "email",
    "currency_code": "currency",
    "p_street": "street",
    "p_city": "city",
    "p_province": "state",
    "p_code": "zip",
}
PHONES = {"bus_phone": "work", "mob_phone": "mobile", "home_phone": "home", "fax": "fax"}
FIELDS: dict[str, bodies.Check] = {
    **dict.fromkeys((*PLAIN, *PHONES, "p_country", "p_street2", "language", "vat_name", "vat_number"), bodies.text),
    "allow_late_notifications": bodies.flag,
}


def update(view: View, customer: Customer, given: Json) -> Customer:
    """The client as it is afterwards. With a vis_state in it nothing else is done. Raises Refused."""
    if "vis_state" in given:
        return _move(view, customer, bodies.whole(OBJECT, "vis_state", given["vis_state"]))
    wanted = read_fields(OBJECT, given, FIELDS)
    changes: Json = {ours: wanted[theirs] or "" for theirs, ours in PLAIN.items() if theirs in wanted}
    phones = {ours: wanted[theirs] or "" for theirs, ours in PHONES.items() if theirs in wanted}
    if phones:
        changes["phones"] = {**customer.phones, **phones}
    if wanted.get("p_country"):
        codes = {words: code for code, words in COUNTRIES.items()}
        changes["country"] = codes.get(wanted["p_country"], wanted["p_country"])
    if wanted.get("allow_late_notifications") is not None:
        changes["chased_by_vendor"] = wanted["allow_late_notifications"]
    return view.books.change_customer(customer.id, **changes)


def _move(view: View, customer: Customer, state: int) -> Customer:
    if state == DELETED:
        return view.books.delete_customer(customer.id)
    if state not in (0, ARCHIVED):
        raise invalid(OBJECT, "vis_state", state, "Value must be 0, 1 or 2.")
    return view.books.change_customer(customer.id, deleted=False, active=state != ARCHIVED)
