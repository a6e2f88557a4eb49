"""A customer of the books as a Jobber client, with its phones, e-mail addresses and contacts."""

import re
from typing import Any

from integrations.jobber.simulation import invoices, paging, times
from integrations.jobber.simulation.asking import Asking, money
from integrations.jobber.simulation.ids import encoded, number_of
from integrations.simulation.call import Json
from integrations.simulation.entities import Customer, Person
from integrations.simulation.odd import laid_over

DESCRIPTIONS = {"main": "Main", "work": "Work", "mobile": "Mobile", "home": "Home", "fax": "Fax"}
CONTACT = 50
"""Phones and addresses of the n-th contact have ids from here on."""


def rendered(asking: Asking, customer: Customer) -> Json:
    """The client with everything that can be asked of it; what takes work is worked out when asked for."""
    extra = customer.extra
    emails = email_facts(customer)
    phones = phone_facts(customer)
    shown: Json = {
        "id": customer.id,
        "name": customer.name,
        "firstName": customer.given,
        "lastName": customer.family,
        "secondaryName": " ".join(filter(None, (customer.given, customer.family))) if customer.company else None,
        "title": extra.get("title"),
        "companyName": customer.company or None,
        "isCompany": bool(customer.company),
        "isLead": bool(extra.get("lead")),
        "isArchived": not customer.active,
        "isArchivable": customer.active,
        "sampleData": bool(extra.get("sample")),
        "balance": lambda _info: money(asking.balance_of(customer)),
        "email": next((one["address"] for one in emails if one["primary"]), None),
        "phone": next((one["number"] for one in phones if one["primary"]), None),
        "emails": lambda _info: _emails(asking, customer),
        "phones": lambda _info: _phones(asking, customer),
        "defaultEmails": [one["address"] for one in emails if one["primary"]],
        "billingAddress": _address(customer),
        "billingAddressPresent": bool(customer.street),
        "contacts": lambda _info, **page: _contacts(asking, customer, **page),
        "invoices": lambda _info, **page: paging.connection(
            asking.invoices_of(customer),
            lambda one: invoices.rendered(asking, one),
            most=asking.settings.most_rows,
            **page,
        ),
        "receivesReminders": bool(extra.get("reminders", True)),
        "receivesFollowUps": bool(extra.get("follow_ups", True)),
        "receivesQuoteFollowUps": bool(extra.get("follow_ups", True)),
        "receivesInvoiceFollowUps": customer.chased_by_vendor,
        "receivesReviewRequests": bool(extra.get("reviews", True)),
        "jobberWebUri": f"https://secure.getjobber.com/clients/{_number(customer)}",
        "createdAt": times.instant(customer.created_at),
        "updatedAt": times.instant(customer.updated_at),
    }
    return laid_over(shown, customer.odd)


def of(asking: Asking, id: str) -> Json | None:
    """The client with this id; None where there is none, or none any more."""
    found = asking.books.customers.get(id)
    return None if found is None or found.deleted else rendered(asking, found)


def phone_facts(customer: Customer) -> list[Json]:
    """Its numbers as the firm wrote them: from the books, unless `extra["phones"]` says more exactly."""
    given = customer.extra.get("phones")
    if given is not None:
        return [
            {"description": "Main", "primary": place == 0, "smsAllowed": False, **one}
            for place, one in enumerate(given)
        ]
    return [
        {
            "number": number,
            "description": DESCRIPTIONS.get(label, "Other"),
            "primary": place == 0,
            "smsAllowed": label == "mobile" and not customer.extra.get("no_sms"),
        }
        for place, (label, number) in enumerate(customer.phones.items())
    ]


def email_facts(customer: Customer) -> list[Json]:
    """Its addresses, the books' one first; `extra["emails"]` adds others."""
    own = [{"address": customer.email, "description": "Main", "primary": True}] if customer.email else []
    more = customer.extra.get("emails", ())
    return own + [{"description": "Other", "primary": False, **one} for one in more]


def normalized(number: str) -> str | None:
    """In E.164, where it can be read as a North American number; an extension is left out."""
    digits = re.sub(r"\D", "", re.split(r"(?i)\s*(?:x|ext)", number)[0])
    if len(digits) == 11 and digits.startswith("1"):
        return f"+{digits}"
    return f"+1{digits}" if len(digits) == 10 else None


def _phones(asking: Asking, customer: Customer) -> list[Json]:
    return [_phone(asking, customer, one, place) for place, one in enumerate(phone_facts(customer))]


def _phone(asking: Asking, customer: Customer, facts: Json, place: int, contact: Json | None = None) -> Json:
    return {
        "id": encoded("PhoneNumber", _number(customer) * 100 + place),
        "normalizedPhoneNumber": normalized(facts["number"]),
        "friendly": _friendly(facts["number"]),
        "client": lambda _info: rendered(asking, customer),
        "contact": contact,
        **facts,
    }


def _friendly(number: str) -> str:
    plain = normalized(number)
    return f"({plain[2:5]}) {plain[5:8]}-{plain[8:]}" if plain else number


def _emails(asking: Asking, customer: Customer) -> list[Json]:
    return [_email(asking, customer, one, place) for place, one in enumerate(email_facts(customer))]


def _email(asking: Asking, customer: Customer, facts: Json, place: int) -> Json:
    id = encoded("Email", _number(customer) * 100 + place)
    return {"id": id, "client": lambda _info: rendered(asking, customer), **facts}


def _contacts(asking: Asking, customer: Customer, **page: Any) -> Json:
    people = list(enumerate(customer.people))
    return paging.connection(
        people, lambda one: _contact(asking, customer, one[1], one[0]), most=asking.settings.most_rows, **page
    )


def _contact(asking: Asking, customer: Customer, person: Person, place: int) -> Json:
    first, _, last = person.name.partition(" ")
    numbers = [("Mobile", person.mobile, True), ("Work", person.phone, False)]
    found = [
        {"number": number, "description": words, "primary": False, "smsAllowed": sms}
        for words, number, sms in numbers
        if number
    ]
    mails = [{"address": person.email, "description": "Main", "primary": True}] if person.email else []
    most, start = asking.settings.most_rows, CONTACT + 4 * place
    shown: Json = {
        "id": encoded("Contact", _number(customer) * 100 + place),
        "name": person.name,
        "firstName": first,
        "lastName": last,
        "role": person.role or None,
        "title": None,
        "isBillingContact": "payable" in person.role or "billing" in person.role,
        "receivesInvoiceFollowUps": False,
        "createdAt": times.instant(customer.created_at),
        "updatedAt": times.instant(customer.updated_at),
    }
    shown["phones"] = lambda _info, **page: paging.connection(
        list(enumerate(found, start)), lambda one: _phone(asking, customer, one[1], one[0], shown), most=most, **page
    )
    shown["emails"] = lambda _info, **page: paging.connection(
        list(enumerate(mails, start)), lambda one: _email(asking, customer, one[1], one[0]), most=most, **page
    )
    return shown


def _address(customer: Customer) -> Json | None:
    if not customer.street:
        return None
    return {
        "name": None,
        "street": customer.street,
        "street1": customer.street,
        "street2": str(customer.extra.get("street2", "")),
        "city": customer.city,
        "province": customer.state,
        "postalCode": customer.zip,
        "country": "United States" if customer.country == "US" else customer.country,
        "latitude": "",
        "longitude": "",
    }


def _number(customer: Customer) -> int:
    return number_of(customer.id, "Client") or 0
