"""Contacts read, and the vendor's own reminders to a customer switched off and on."""

from integrations.simulation.call import Answer
from integrations.simulation.entities import ZERO, Customer
from integrations.zoho.simulation import render_contacts as render
from integrations.zoho.simulation.answers import invalid_value, missing, success
from integrations.zoho.simulation.lists import MOST_PER_PAGE, Facts, Keep, Listing, listed
from integrations.zoho.simulation.view import View
from integrations.zoho.simulation.visit import Visit, Work


def _is(column: str, value: str) -> Keep:
    return lambda facts: facts[column] == value


TYPES = ("customer", "vendor")
LISTING = Listing(
    key="contacts",
    report="Contacts",
    texts={
        "contact_name": "contact_name",
        "company_name": "company_name",
        "first_name": "first_name",
        "last_name": "last_name",
        "address": "address",
        "email": "email",
        "phone": "phone",
    },
    exact={"contact_type": "contact_type"},
    ignored=("zcrm_contact_id", "zcrm_account_id", "zcrm_vendor_id"),
    filters={
        "Status.All": lambda facts: True,
        "Status.Active": _is("status", "active"),
        "Status.Inactive": _is("status", "inactive"),
        "Status.Customers": _is("contact_type", "customer"),
        "Status.Vendors": _is("contact_type", "vendor"),
    },
    searched=("contact_name", "company_name", "email"),
    sorts=(
        *("created_time", "last_modified_time", "contact_name", "first_name", "last_name", "email"),
        "outstanding_receivable_amount",
    ),
)


def facts(view: View, customer: Customer) -> Facts:
    """What the list filters and sorts by."""
    return {
        "contact_type": customer.extra.get("contact_type", "customer"),
        "contact_name": customer.name,
        "company_name": customer.company,
        "first_name": customer.given,
        "last_name": customer.family,
        "address": f"{customer.street} {customer.city}",
        "email": customer.email,
        "phone": customer.phones.get("work", ""),
        "status": "active" if customer.active else "inactive",
        "outstanding_receivable_amount": view.receivable.get(customer.id, ZERO),
        "created_time": customer.created_at,
        "last_modified_time": customer.updated_at,
    }


def index(visit: Visit) -> Answer:
    """GET /contacts: customers and vendors alike unless contact_type says which."""
    view = visit.view
    if visit.call.param("contact_type", "customer") not in TYPES:
        raise invalid_value("contact_type")
    every = ((facts(view, one), one) for one in (*view.customers(), *view.vendors))
    return listed(LISTING, every, lambda one: render.row(view, one), visit.call)


def read(visit: Visit) -> Answer:
    """GET /contacts/{contact_id}"""
    return success(contact=render.whole(visit.view, visit.view.customer(visit.ids["contact_id"])))


def persons(visit: Visit) -> Answer:
    """GET /contacts/{contact_id}/contactpersons"""
    found = render.contact_persons(visit.view, visit.view.customer(visit.ids["contact_id"]))
    page, per_page = (visit.call.param(name, default) for name, default in (("page", "1"), ("per_page", "200")))
    if not page.isdecimal() or not per_page.isdecimal() or not 1 <= int(per_page) <= MOST_PER_PAGE or int(page) < 1:
        raise invalid_value("page")
    first, last = (int(page) - 1) * int(per_page), int(page) * int(per_page)
    context = {"page": int(page), "per_page": int(per_page), "has_more_page": last < len(found)}
    return success(contact_persons=found[first:last], page_context=context)


def person(visit: Visit) -> Answer:
    """GET /contacts/{contact_id}/contactpersons/{contact_person_id}"""
    for one in render.contact_persons(visit.view, visit.view.customer(visit.ids["contact_id"])):
        if one["contact_person_id"] == visit.ids["contact_person_id"]:
            return success(contact_person=one)
    raise missing("Contact Person")


def reminders(*, on: bool) -> Work:
    """POST /contacts/{contact_id}/paymentreminder/enable and /disable"""

    def work(visit: Visit) -> Answer:
        customer = visit.view.customer(visit.ids["contact_id"])
        if customer.id not in visit.books.customers:
            raise missing("Contact")
        visit.books.change_customer(customer.id, chased_by_vendor=on)
        return success(f"All reminders associated with this contact have been {'enabled' if on else 'stopped'}.")

    return work
