"""Every endpoint simulated: method, path, scope, query parameters, work. A parameter not named here is refused."""

from dataclasses import dataclass

from integrations.zoho.simulation import (
    contacts,
    creditnote_acts,
    creditnotes,
    invoice_acts,
    invoices,
    organization_pages,
    payments,
)
from integrations.zoho.simulation.visit import Work

BASE = "/books/v3"
PAGES = frozenset({"page", "per_page"})
PRINT = frozenset({"print", "accept"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Endpoint:
    """`of_organization` False: needs no organization_id."""

    method: str
    path: str
    scope: str
    work: Work
    parameters: frozenset[str] = NONE
    of_organization: bool = True


def _of(module: str, *rows: tuple[str, str, str, Work] | tuple[str, str, str, Work, frozenset[str]]) -> list[Endpoint]:
    found = []
    for method, path, operation, work, *parameters in rows:
        scope = f"ZohoBooks.{module}.{operation}"
        found.append(Endpoint(method, BASE + path, scope, work, parameters[0] if parameters else NONE))
    return found


ENDPOINTS: list[Endpoint] = [
    Endpoint("GET", f"{BASE}/organizations", "ZohoBooks.settings.READ", organization_pages.index, NONE, False),
    *_of("settings", ("GET", "/organizations/{organization_id}", "READ", organization_pages.read)),
    *_of(
        "contacts",
        ("GET", "/contacts", "READ", contacts.index, frozenset(contacts.LISTING.parameters)),
        ("GET", "/contacts/{contact_id}", "READ", contacts.read),
        ("GET", "/contacts/{contact_id}/contactpersons", "READ", contacts.persons, PAGES),
        ("GET", "/contacts/{contact_id}/contactpersons/{contact_person_id}", "READ", contacts.person),
        ("POST", "/contacts/{contact_id}/paymentreminder/enable", "CREATE", contacts.reminders(on=True)),
        ("POST", "/contacts/{contact_id}/paymentreminder/disable", "CREATE", contacts.reminders(on=False)),
    ),
    *_of(
        "invoices",
        ("GET", "/invoices", "READ", invoices.index, frozenset(invoices.LISTING.parameters)),
        ("GET", "/invoices/{invoice_id}", "READ", invoices.read, PRINT),
        ("GET", "/invoices/{invoice_id}/payments", "READ", invoices.payments),
        ("GET", "/invoices/{invoice_id}/creditsapplied", "READ", invoices.credits_applied),
        (
            *("DELETE", "/invoices/{invoice_id}/creditsapplied/{creditnotes_invoice_id}", "DELETE"),
            invoice_acts.remove_credit,
        ),
        ("GET", "/invoices/{invoice_id}/comments", "READ", invoice_acts.comments),
        ("POST", "/invoices/{invoice_id}/comments", "CREATE", invoice_acts.add_comment),
        ("POST", "/invoices/{invoice_id}/paymentreminder/enable", "CREATE", invoice_acts.reminders(on=True)),
        ("POST", "/invoices/{invoice_id}/paymentreminder/disable", "CREATE", invoice_acts.reminders(on=False)),
        ("POST", "/invoices/{invoice_id}/writeoff", "CREATE", invoice_acts.write_off),
        ("POST", "/invoices/{invoice_id}/writeoff/cancel", "CREATE", invoice_acts.cancel_write_off),
        ("POST", "/invoices/{invoice_id}/status/void", "CREATE", invoice_acts.void),
        ("POST", "/invoices/{invoice_id}/status/sent", "CREATE", invoice_acts.sent),
        ("POST", "/invoices/{invoice_id}/submit", "CREATE", invoice_acts.submit),
        ("POST", "/invoices/{invoice_id}/approve", "CREATE", invoice_acts.approve),
        ("POST", "/invoices/{invoice_id}/credits", "CREATE", invoice_acts.use_credits),
        ("PUT", "/invoice/{invoice_id}/customfields", "UPDATE", invoice_acts.set_custom_fields),
    ),
    *_of(
        "customerpayments",
        ("GET", "/customerpayments", "READ", payments.index, frozenset(payments.LISTING.parameters)),
        ("GET", "/customerpayments/{payment_id}", "READ", payments.read, frozenset({"accept"})),
        ("GET", "/customerpayments/{customer_payment_id}/refunds", "READ", payments.refunds, PAGES),
    ),
    *_of(
        "creditnotes",
        ("GET", "/creditnotes", "READ", creditnotes.index, frozenset(creditnotes.LISTING.parameters)),
        (
            *("POST", "/creditnotes", "CREATE", creditnote_acts.create),
            frozenset({"invoice_id", "ignore_auto_number_generation"}),
        ),
        ("GET", "/creditnotes/{creditnote_id}", "READ", creditnotes.read, PRINT),
        ("DELETE", "/creditnotes/{creditnote_id}", "DELETE", creditnote_acts.delete),
        ("POST", "/creditnotes/{creditnote_id}/status/open", "CREATE", creditnote_acts.open_it),
        ("POST", "/creditnotes/{creditnote_id}/status/draft", "CREATE", creditnote_acts.draft_it),
        ("POST", "/creditnotes/{creditnote_id}/status/void", "CREATE", creditnote_acts.void),
        ("GET", "/creditnotes/{creditnote_id}/invoices", "READ", creditnotes.invoices),
        ("POST", "/creditnotes/{creditnote_id}/invoices", "CREATE", creditnote_acts.apply),
        (
            *("DELETE", "/creditnotes/{creditnote_id}/invoices/{creditnote_invoice_id}", "DELETE"),
            creditnote_acts.take_back,
        ),
        ("GET", "/creditnotes/{creditnote_id}/comments", "READ", creditnotes.comments),
        ("POST", "/creditnotes/{creditnote_id}/comments", "CREATE", creditnote_acts.add_comment),
    ),
]
