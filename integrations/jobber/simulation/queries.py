"""What can be asked at the top of a query."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from integrations.jobber.simulation import clients, invoices, paging, payments, sorting, times
from integrations.jobber.simulation.asking import Asking, Info
from integrations.jobber.simulation.ids import number_of
from integrations.simulation.call import Json
from integrations.simulation.entities import Customer, Invoice

SENT_NOT_DUE = "sent_not_due"


def account(info: Info) -> Json:
    """The account itself; every app may read it. Neither currency nor time zone is told."""
    books = info.context.books
    facts = info.context.world.accounts[books.account]
    return {
        "id": books.account,
        "name": books.name,
        "phone": facts.phone,
        "countryCode": books.country,
        "industry": facts.industry,
        "inTrial": False,
        "restricted": False,
        "createdAt": facts.created_at,
    }


def user(info: Info, id: str | None = None) -> Json | None:
    """Who connected the app; of others nothing is known."""
    asking: Asking = info.context
    own = asking.grant.extra["user"]
    if id not in (None, own):
        return None
    first, last = asking.world.accounts[asking.books.account].owner
    name = {"first": first, "last": last, "full": f"{first} {last}"}
    return {"id": own, "name": name, "account": account}


def invoice(info: Info, id: str) -> Json | None:
    """null for a deleted one."""
    return invoices.of(info.context, id)


def client(info: Info, id: str) -> Json | None:
    """null for a deleted one."""
    return clients.of(info.context, id)


def payment_record(info: Info, id: str) -> Json | None:
    """null where there is none."""
    found = payments.find(info.context.books, id)
    return None if found is None else payments.full(info.context, found)


def all_invoices(
    info: Info,
    filter: Json | None = None,
    searchTerm: str | None = None,
    sort: list[Json] | None = None,
    **page: Any,
) -> Json:
    """Invoices of the account that are there, drafts too."""
    asking: Asking = info.context
    found = [one for one in asking.invoices if _invoice_fits(asking, one, filter or {})]
    if searchTerm:
        found = [one for one in found if _mentions(searchTerm, one.number, one.extra.get("subject", ""))]
    ordered = sorting.ordered(found, sorting.invoice_keys(asking), sort, _number_of_invoice)
    return paging.connection(
        ordered, lambda one: invoices.rendered(asking, one), most=asking.settings.most_rows, **page
    )


def all_clients(
    info: Info,
    filter: Json | None = None,
    searchTerm: str | None = None,
    sort: list[Json] | None = None,
    **page: Any,
) -> Json:
    """Clients of the account that are there: archived ones, leads and sample data too, unless filtered away."""
    asking: Asking = info.context
    found = [one for one in asking.clients if _client_fits(one, filter or {})]
    if searchTerm:
        found = [
            one for one in found if _mentions(searchTerm, one.name, one.company, f"{one.given} {one.family}", one.email)
        ]
    ordered = sorting.ordered(found, sorting.CLIENT_KEYS, sort, lambda one: number_of(one.id, "Client") or 0)
    return paging.connection(ordered, lambda one: clients.rendered(asking, one), most=asking.settings.most_rows, **page)


def all_payment_records(info: Info, filter: Json | None = None, sort: Json | None = None, **page: Any) -> Json:
    """The billing history. There is no filter by when a record changed."""
    asking: Asking = info.context
    found = [one for one in payments.everything(asking.books) if _record_fits(asking, one, filter or {})]
    ordered = sorting.ordered(
        found,
        sorting.record_keys(asking),
        [sort] if sort else None,
        lambda one: number_of(one.id, "PaymentRecord") or 0,
    )
    return paging.connection(ordered, lambda one: payments.full(asking, one), most=asking.settings.most_rows, **page)


ROOT = {
    "account": account,
    "user": user,
    "invoice": invoice,
    "invoices": all_invoices,
    "client": client,
    "clients": all_clients,
    "paymentRecord": payment_record,
    "paymentRecords": all_payment_records,
}


def _invoice_fits(asking: Asking, one: Invoice, wanted: Json) -> bool:
    checks: dict[str, Callable[[Any], bool]] = {
        "clientId": lambda id: one.customer == id,
        "status": lambda status: _has_status(asking, one, status),
        "total": lambda limits: _between(float(one.total), limits, "min", "max"),
        "issuedDate": lambda limits: _within(asking.day(one.issued_on), limits),
        "dueDate": lambda limits: _within(invoices.due_at(asking, one), limits),
        "createdAt": lambda limits: _within(one.created_at, limits),
        "updatedAt": lambda limits: _within(one.updated_at, limits),
    }
    return all(checks[name](value) for name, value in wanted.items() if value is not None)


def _has_status(asking: Asking, one: Invoice, wanted: str) -> bool:
    found = invoices.status(asking, one)
    return found == ("awaiting_payment" if wanted == SENT_NOT_DUE else wanted)


def _client_fits(one: Customer, wanted: Json) -> bool:
    checks: dict[str, Callable[[Any], bool]] = {
        "isCompany": lambda yes: bool(one.company) == yes,
        "isLead": lambda yes: bool(one.extra.get("lead")) == yes,
        "isArchived": lambda yes: (not one.active) == yes,
        "createdAt": lambda limits: _within(one.created_at, limits),
        "updatedAt": lambda limits: _within(one.updated_at, limits),
    }
    return all(checks[name](value) for name, value in wanted.items() if value is not None)


def _record_fits(asking: Asking, one: payments.Record, wanted: Json) -> bool:
    checks: dict[str, Callable[[Any], bool]] = {
        "clientId": lambda id: one.customer == id,
        "adjustmentType": lambda kind: one.kind == kind,
        "paymentType": lambda kind: payments.full(asking, one)["paymentType"] == kind,
        "entryDate": lambda limits: _within(asking.day(one.on), limits),
    }
    return all(checks[name](value) for name, value in wanted.items() if value is not None)


def _within(at: datetime | None, limits: Json) -> bool:
    """Both ends belong to it; what is shown to the second is compared so."""
    return _between(None if at is None else times.parsed(times.instant(at)), limits, "after", "before")


def _between(value: Any, limits: Json, low: str, high: str) -> bool:
    given = {name: limit for name, limit in limits.items() if limit is not None}
    if value is None:
        return not given
    return (
        (low not in given or given[low] <= value)
        and (high not in given or value <= given[high])
        and ("eq" not in given or value == given["eq"])
    )


def _mentions(term: str, *texts: str) -> bool:
    return any(term.casefold() in text.casefold() for text in texts)


def _number_of_invoice(one: Invoice) -> int:
    return number_of(one.id, "Invoice") or 0
