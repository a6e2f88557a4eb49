"""The accounting API: which address does what, under which scope."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.simulation.call import Answer, Call, VendorRefusal
from integrations.xero.simulation import credit_writes, invoice_writes, payment_writes, reads, writing
from integrations.xero.simulation.answers import not_found
from integrations.xero.simulation.gate import need_scope
from integrations.xero.simulation.world import XeroWorld

ROOT = "/api.xro/2.0/"
ANY = "*"
INVOICES = frozenset(("accounting.invoices.read", "accounting.transactions.read"))
PAYMENTS = frozenset(("accounting.payments.read", "accounting.transactions.read"))
SURPLUSES = PAYMENTS | INVOICES | {"accounting.banktransactions.read"}
CONTACTS = frozenset(("accounting.contacts.read",))
SETTINGS = frozenset(("accounting.settings.read",))

type Work = Callable[..., Answer]


@dataclass(frozen=True)
class Endpoint:
    """A method on a pattern of the path; `*` is handed to the work. Writing needs the scope without `.read`."""

    method: str
    pattern: tuple[str, ...]
    scopes: frozenset[str]
    work: Work

    @property
    def needs(self) -> frozenset[str]:
        if self.method == "GET":
            return self.scopes
        return frozenset(scope.removesuffix(".read") for scope in self.scopes)


def _history(kind: str, work: Callable[[XeroWorld, Call, str, str], Answer]) -> Work:
    def of_kind(world: XeroWorld, call: Call, key: str) -> Answer:
        return work(world, call, kind, key)

    return of_kind


def _endpoints() -> list[Endpoint]:
    found = [
        Endpoint("GET", ("Organisation",), SETTINGS, reads.organisation),
        Endpoint("GET", ("InvoiceReminders", "Settings"), SETTINGS, reads.reminders),
        Endpoint("GET", ("Invoices",), INVOICES, reads.invoices),
        Endpoint("PUT", ("Invoices",), INVOICES, invoice_writes.create),
        Endpoint("POST", ("Invoices",), INVOICES, invoice_writes.create_or_update),
        Endpoint("GET", ("Invoices", ANY), INVOICES, reads.invoice),
        Endpoint("POST", ("Invoices", ANY), INVOICES, invoice_writes.update),
        Endpoint("GET", ("Invoices", ANY, "OnlineInvoice"), INVOICES, reads.online_invoice),
        Endpoint("POST", ("Invoices", ANY, "Email"), INVOICES, invoice_writes.email),
        Endpoint("GET", ("Contacts",), CONTACTS, reads.all_contacts),
        Endpoint("GET", ("Contacts", ANY), CONTACTS, reads.one_contact),
        Endpoint("GET", ("CreditNotes",), INVOICES, reads.credit_notes),
        Endpoint("PUT", ("CreditNotes",), INVOICES, credit_writes.create),
        Endpoint("POST", ("CreditNotes",), INVOICES, credit_writes.create_or_update),
        Endpoint("GET", ("CreditNotes", ANY), INVOICES, reads.credit_note),
        Endpoint("POST", ("CreditNotes", ANY), INVOICES, credit_writes.update),
        Endpoint("PUT", ("CreditNotes", ANY, "Allocations"), INVOICES, credit_writes.allocate),
        Endpoint("DELETE", ("CreditNotes", ANY, "Allocations", ANY), INVOICES, credit_writes.take_off),
        Endpoint("GET", ("Payments",), PAYMENTS, reads.payments),
        Endpoint("PUT", ("Payments",), PAYMENTS, payment_writes.create),
        Endpoint("POST", ("Payments",), PAYMENTS, payment_writes.create),
        Endpoint("GET", ("Payments", ANY), PAYMENTS, reads.payment),
        Endpoint("POST", ("Payments", ANY), PAYMENTS, payment_writes.remove),
    ]
    for kind, resource in (("Overpayment", reads.OVERPAYMENTS), ("Prepayment", reads.PREPAYMENTS)):
        name = f"{kind}s"
        found += [
            Endpoint("GET", (name,), SURPLUSES, reads.surpluses(kind, resource)),
            Endpoint("GET", (name, ANY), SURPLUSES, reads.surplus(kind)),
            Endpoint("PUT", (name, ANY, "Allocations"), SURPLUSES, credit_writes.allocate_surplus(kind)),
            Endpoint("DELETE", (name, ANY, "Allocations", ANY), SURPLUSES, credit_writes.take_off_surplus(kind)),
        ]
    for name, scopes in (
        ("Invoices", INVOICES),
        ("CreditNotes", INVOICES),
        ("Payments", PAYMENTS),
        ("Contacts", CONTACTS),
    ):
        found += [
            Endpoint("GET", (name, ANY, "History"), scopes, _history(name, reads.history)),
            Endpoint("PUT", (name, ANY, "History"), scopes, _history(name, payment_writes.note)),
        ]
    return found


ENDPOINTS = _endpoints()


def serve(world: XeroWorld, call: Call) -> Answer:
    """One call of the accounting API whose token and organisation are known."""
    if sum(len(name) + len(value) + 2 for name, value in call.params) > world.settings.longest_query:
        raise VendorRefusal(Answer(414, b"Request-URI Too Long", "text/plain"), "the address is too long")
    parts = call.path_params["rest"].strip("/").split("/")
    meant = [(one, keys) for one in ENDPOINTS if (keys := _keys(one.pattern, parts)) is not None]
    if not meant:
        raise VendorRefusal(not_found(), f"there is no {'/'.join(parts)}")
    for endpoint, keys in meant:
        if endpoint.method == call.method:
            need_scope(world, call, endpoint.needs)
            return _done(world, call, endpoint, keys)
    allowed = ", ".join(sorted({endpoint.method for endpoint, _ in meant}))
    raise VendorRefusal(Answer(405, b"", headers={"Allow": allowed}), f"{call.method} is not one of {allowed}")


def _done(world: XeroWorld, call: Call, endpoint: Endpoint, keys: list[str]) -> Answer:
    def work() -> Answer:
        return endpoint.work(world, call, *keys)

    return work() if endpoint.method == "GET" else writing.once(world, call, work)


def _keys(pattern: tuple[str, ...], parts: list[str]) -> list[str] | None:
    """What stands where the pattern is open; None where it does not fit."""
    if len(pattern) != len(parts):
        return None
    found: list[Any] = []
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted == ANY:
            found.append(part)
        elif wanted.lower() != part.lower():
            return None
    return found
