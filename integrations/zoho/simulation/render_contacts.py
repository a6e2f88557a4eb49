"""Customers and the people at them in the vendor's fields."""

from integrations.simulation.call import Json
from integrations.simulation.entities import ZERO, Customer
from integrations.simulation.odd import laid_over
from integrations.zoho.simulation import forms
from integrations.zoho.simulation.view import View


def row(view: View, customer: Customer) -> Json:
    """A contact in a list: without its people and addresses."""
    return laid_over(_row(view, customer), customer.odd)


def whole(view: View, customer: Customer) -> Json:
    """A contact read by itself."""
    added = {
        "payment_reminder_enabled": customer.chased_by_vendor,
        "is_portal_enabled": False,
        "price_precision": forms.precision(customer.currency),
        "exchange_rate": ""
        if customer.currency == view.books.currency
        else forms.exchange_rate(view.books, customer.currency),
        "credit_limit": "",
        "parent_contact_id": customer.parent,
        "billing_address": address(customer),
        "shipping_address": address(customer),
        "contact_persons": contact_persons(view, customer),
        "primary_contact_id": next((one["contact_person_id"] for one in contact_persons(view, customer)), ""),
        "custom_fields": [],
        "custom_field_hash": {},
        "notes": customer.note,
    }
    return laid_over({**_row(view, customer), **added}, customer.odd)


def contact_persons(view: View, customer: Customer) -> list[Json]:
    """The main contact first, then everybody else the firm wrote down."""
    found: list[Json] = []
    if customer.given or customer.family or customer.email:
        found.append(
            {
                "contact_person_id": view.id("contact_person", customer.id, 0),
                "salutation": "",
                "first_name": customer.given,
                "last_name": customer.family,
                "email": customer.email,
                "phone": customer.phones.get("work", ""),
                "mobile": customer.phones.get("mobile", ""),
                "designation": "",
                "department": "",
                "is_primary_contact": True,
            }
        )
    for number, person in enumerate(customer.people, start=1):
        first, _, last = person.name.partition(" ")
        found.append(
            {
                "contact_person_id": view.id("contact_person", customer.id, number),
                "salutation": "",
                "first_name": first,
                "last_name": last,
                "email": person.email,
                "phone": person.phone,
                "mobile": person.mobile,
                "designation": person.role,
                "department": "",
                "is_primary_contact": not found,
            }
        )
    return found


def address(customer: Customer) -> Json:
    """The billing address; every part is there, empty or not."""
    return {
        "address_id": "",
        "attention": "",
        "address": customer.street,
        "street2": "",
        "city": customer.city,
        "state": customer.state,
        "state_code": customer.state,
        "zip": customer.zip,
        "country": forms.country(customer.country),
        "country_code": customer.country,
        "phone": customer.phones.get("work", ""),
        "fax": "",
    }


def _row(view: View, customer: Customer) -> Json:
    owed, unused = view.receivable.get(customer.id, ZERO), view.unused.get(customer.id, ZERO)
    return {
        "contact_id": customer.id,
        "contact_name": customer.name,
        "customer_name": customer.name,
        "company_name": customer.company,
        "contact_type": customer.extra.get("contact_type", "customer"),
        "customer_sub_type": "business" if customer.company else "individual",
        "status": "active" if customer.active else "inactive",
        "first_name": customer.given,
        "last_name": customer.family,
        "email": customer.email,
        "phone": customer.phones.get("work", "") or customer.phones.get("home", ""),
        "mobile": customer.phones.get("mobile", ""),
        "website": "",
        "currency_id": view.id("currency", customer.currency),
        "currency_code": customer.currency,
        "payment_terms": customer.terms_days,
        "payment_terms_label": f"Net {customer.terms_days}" if customer.terms_days else "Due on Receipt",
        "language_code": "en",
        "outstanding_receivable_amount": forms.money(owed, customer.currency),
        "unused_credits_receivable_amount": forms.money(unused, customer.currency),
        "created_time": view.stamp(customer.created_at),
        "last_modified_time": view.stamp(customer.updated_at),
    }
