"""A client as the vendor shows one: the main contact, phones as somebody typed them, balances where asked for."""

from decimal import Decimal
from typing import Any

from integrations.freshbooks.simulation.money import money
from integrations.freshbooks.simulation.statuses import drafted
from integrations.freshbooks.simulation.times import eastern
from integrations.freshbooks.simulation.view import ACTIVE, View, country, state_of
from integrations.simulation.entities import ZERO, Customer, Invoice
from integrations.simulation.odd import laid_over

type Json = dict[str, Any]

BALANCES = ("outstanding_balance", "overdue_balance", "draft_balance", "credit_balance")


def render(view: View, customer: Customer, include: set[str]) -> Json:
    """Nobody's phone carries a country; a field nobody filled is empty or null, as it comes."""
    found = {
        "id": int(customer.id),
        "userid": int(customer.id),
        "accounting_systemid": view.books.account,
        "fname": given(customer),
        "lname": customer.family,
        "organization": customer.company,
        "email": customer.email,
        "bus_phone": customer.phones.get("work", ""),
        "mob_phone": customer.phones.get("mobile", ""),
        "home_phone": customer.phones.get("home"),
        "fax": customer.phones.get("fax", ""),
        "currency_code": customer.currency,
        "language": customer.extra.get("language", "en"),
        "note": customer.note or None,
        "vis_state": state_of(customer),
        "updated": eastern(customer.updated_at),
        "signup_date": eastern(customer.created_at),
        "allow_late_notifications": customer.chased_by_vendor,
        "allow_late_fees": True,
        "role": "client",
        "level": 0,
        "num_logins": 0,
        "last_login": None,
        "last_activity": None,
        "pref_email": True,
        "pref_gmail": False,
        "company_industry": None,
        "company_size": None,
        "subdomain": None,
        "username": f"client{customer.id}",
        "vat_name": None,
        "vat_number": None,
        **_addresses(customer),
    }
    if "contacts" in include:
        found["contacts"] = [_contact(customer, number) for number in range(len(customer.people))]
    for name in BALANCES:
        if name in include:
            found[name] = _balance(view, customer, name)
    return laid_over(found, customer.odd)


def given(customer: Customer) -> str:
    """The first name; a customer kept under one name only has it there."""
    return customer.given if customer.given or customer.family or customer.company else customer.name


def _addresses(customer: Customer) -> Json:
    return {
        "p_street": customer.street,
        "p_street2": "",
        "p_city": customer.city,
        "p_province": customer.state,
        "p_code": customer.zip,
        "p_country": country(customer.country),
        **dict.fromkeys(("s_street", "s_street2", "s_city", "s_province", "s_code", "s_country"), ""),
    }


def _contact(customer: Customer, number: int) -> Json:
    person = customer.people[number]
    first, _, last = person.name.partition(" ")
    return {
        "contactid": int(customer.id) * 10 + number,
        "userid": int(customer.id),
        "fname": first,
        "lname": last,
        "email": person.email,
        "phone1": person.phone or None,
        "phone2": person.mobile or None,
        "face": None,
    }


def _balance(view: View, customer: Customer, name: str) -> list[Json]:
    """One entry a currency. Credit comes as a bare number, the others as money."""
    sums: dict[str, Decimal] = {}
    if name == "credit_balance":
        for credit in view.books.credits.values():
            if credit.customer == customer.id and credit.left > 0:
                sums[credit.currency] = sums.get(credit.currency, ZERO) + credit.left
        return [{"amount": amount, "code": code} for code, amount in sums.items()]
    for invoice in view.books.invoices.values():
        if invoice.customer == customer.id and state_of(invoice) == ACTIVE and _counts(view, invoice, name):
            sums[invoice.currency] = sums.get(invoice.currency, ZERO) + view.owed(invoice)
    return [{"amount": money(amount, code)} for code, amount in sums.items()]


def _counts(view: View, invoice: Invoice, name: str) -> bool:
    if drafted(invoice) or name == "draft_balance":
        return drafted(invoice) and name == "draft_balance"
    if name == "overdue_balance":
        return invoice.due_on is not None and invoice.due_on < view.books.today()
    return True
