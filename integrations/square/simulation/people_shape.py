"""Customers and locations as Square shows them."""

import re

from integrations.simulation.entities import Customer, Person
from integrations.simulation.odd import laid_over
from integrations.square.simulation.selling import SquareBooks
from integrations.square.simulation.things import Location
from integrations.square.simulation.values import Json, present, stamp, whole_stamp


def customer_shape(books: SquareBooks, customer: Customer) -> Json:
    """A customer profile. Square keeps one person, one phone number, and whatever the staff wrote into the note."""
    instant = is_instant(customer)
    return laid_over(
        present(
            {
                "id": customer.id,
                "created_at": stamp(customer.created_at),
                "updated_at": stamp(customer.updated_at),
                **_names(customer),
                "email_address": customer.email,
                "phone_number": phone(customer),
                "address": address(customer),
                "reference_id": customer.extra.get("reference"),
                "note": note(customer),
                "preferences": {"email_unsubscribed": bool(customer.extra.get("unsubscribed"))},
                "creation_source": "INSTANT_PROFILE" if instant else customer.extra.get("source", "DIRECTORY"),
                "segment_ids": [f"{books.account}.REACHABLE"] if customer.email else None,
                "version": customer.extra.get("version", 0),
            }
        ),
        customer.odd,
    )


def recipient_shape(customer: Customer) -> Json:
    """The recipient on an invoice; of instant profiles Square shows neither phone nor e-mail here."""
    shown = {"customer_id": customer.id, **_names(customer)}
    if not is_instant(customer):
        shown |= {
            "email_address": customer.email,
            "phone_number": phone(customer),
            "address": address(customer),
        }
    return present(shown)


def is_instant(customer: Customer) -> bool:
    """A profile Square made by itself from a sale."""
    return bool(customer.extra.get("instant_profile"))


def phone(customer: Customer) -> str | None:
    """The first number Square would take: 9 to 16 digits, no extension."""
    for kind in ("mobile", "work", "home", *customer.phones):
        written = customer.phones.get(kind, "")
        digits = re.sub(r"[\s().\-–]", "", written)
        if re.fullmatch(r"\+?\d{9,16}", digits):
            return f"+1{digits}" if len(digits) == 10 and customer.country == "US" else digits
    return None


def note(customer: Customer) -> str:
    """Everybody else at the customer ends up here, for want of another place."""
    return "\n".join(filter(None, [customer.note, *map(_aside, customer.people)]))


def address(customer: Customer) -> Json | None:
    """None where nothing is known of it."""
    if not (customer.street or customer.city or customer.zip):
        return None
    return present(
        {
            "address_line_1": customer.street,
            "locality": customer.city,
            "administrative_district_level_1": customer.state,
            "postal_code": customer.zip,
            "country": customer.country,
        }
    )


def location_shape(books: SquareBooks, location: Location) -> Json:
    """A place of business."""
    return present(
        {
            "id": location.id,
            "name": location.name,
            "address": {
                "address_line_1": location.street,
                "locality": location.city,
                "administrative_district_level_1": location.state,
                "postal_code": location.zip,
                "country": books.country,
            },
            "timezone": location.zone,
            "capabilities": ["CREDIT_CARD_PROCESSING", "AUTOMATIC_TRANSFERS"] if location.active else None,
            "status": "ACTIVE" if location.active else "INACTIVE",
            "created_at": whole_stamp(location.created_at),
            "merchant_id": books.account,
            "country": books.country,
            "language_code": "en-US",
            "currency": books.currency,
            "phone_number": location.phone,
            "business_name": books.name,
            "type": "PHYSICAL",
        }
    )


def _names(customer: Customer) -> Json:
    given, family, company = customer.given, customer.family, customer.company
    if not (given or family or company):
        company = customer.name
    return {"given_name": given, "family_name": family, "company_name": company}


def _aside(person: Person) -> str:
    reach = ", ".join(filter(None, [person.phone, person.mobile, person.email]))
    who = f"{person.role}: {person.name}" if person.role else person.name
    return f"{who}, {reach}" if reach else who
