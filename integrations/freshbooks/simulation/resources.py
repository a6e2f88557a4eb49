"""The four kinds of things accounting lists: where they are, what they can be searched and sorted by."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from integrations.freshbooks.simulation import clients, credit_notes, invoices, payments
from integrations.freshbooks.simulation.searches import Get, Search, among, between, equals, like
from integrations.freshbooks.simulation.statuses import statuses
from integrations.freshbooks.simulation.times import eastern_day
from integrations.freshbooks.simulation.view import ACTIVE, DELETED, View, state_of
from integrations.simulation.books import NotThere
from integrations.simulation.entities import Customer, Invoice

type Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One kind. `rows` are whatever `render`, `searches` and `sorts` understand."""

    noun: str
    plural: str
    id_field: str
    scope: str
    style: Literal["old", "new"]
    """The shape its errors have when errors are mixed."""
    rows: Callable[[View], Iterable[Any]]
    find: Callable[[View, str], Any]
    state: Callable[[Any], int]
    render: Callable[[View, Any, set[str]], Json]
    searches: dict[str, Search]
    sorts: dict[str, Get]
    includes: frozenset[str]

    def one(self, view: View, id: str) -> Any:
        """The row with this id, deleted or not. Raises NotThere, also for what is no number."""
        if not (id.isascii() and id.isdigit()) or len(id) > 15:
            raise NotThere(id)
        return self.find(view, id)


def _number(get: Get) -> Get:
    return lambda view, row: int(get(view, row) or 0)


def _invoice_searches() -> dict[str, Search]:
    id, customer = _number(lambda view, one: one.id), _number(lambda view, one: one.customer)
    return {
        "invoiceid": equals(id, "number"),
        "invoiceids": among(id),
        "customerid": equals(customer, "number"),
        "customerids": among(customer),
        "invoice_number": equals(lambda view, one: one.number),
        "number_like": like(lambda view, one: one.number),
        "notes_like": like(lambda view, one: one.memo),
        "po_number_like": like(lambda view, one: one.reference),
        "currency_code": equals(lambda view, one: one.currency),
        "status": equals(lambda view, one: statuses(view, one).status, "number"),
        "statusids": among(lambda view, one: statuses(view, one).status),
        "v3_status": equals(lambda view, one: statuses(view, one).v3_status),
        "display_status": equals(lambda view, one: statuses(view, one).display_status),
        "payment_status": equals(lambda view, one: statuses(view, one).payment_status),
        "vis_state": equals(lambda view, one: state_of(one), "number"),
        **between("date", lambda view, one: one.issued_on, "day"),
        **between("due_date", lambda view, one: one.due_on, "day"),
        **between("updated", lambda view, one: eastern_day(one.updated_at), "day"),
        **between("amount", lambda view, one: one.total, "number"),
        **between("outstanding", lambda view, one: view.owed(one), "number"),
    }


def _client_searches() -> dict[str, Search]:
    id = _number(lambda view, one: one.id)
    return {
        "userid": equals(id, "number"),
        "clientids": among(id),
        "email": equals(lambda view, one: one.email),
        "email_like": like(lambda view, one: one.email),
        "fname_like": like(lambda view, one: clients.given(one)),
        "lname_like": like(lambda view, one: one.family),
        "organization_like": like(lambda view, one: one.company),
        "note_like": like(lambda view, one: one.note),
        "phone_like": like(lambda view, one: " ".join(one.phones.values())),
        "address_like": like(lambda view, one: f"{one.street} {one.city} {one.state} {one.zip}"),
        "vis_state": equals(lambda view, one: state_of(one), "number"),
        **between("updated", lambda view, one: eastern_day(one.updated_at), "day"),
    }


def _payment_searches() -> dict[str, Search]:
    id, client = _number(lambda view, row: row.id), _number(lambda view, row: row.client)
    return {
        "logid": equals(id, "number"),
        "logids": among(id),
        "clientid": equals(client, "number"),
        "clientids": among(client),
        "customerid": equals(client, "number"),
        "customerids": among(client),
        "invoiceid": equals(_number(lambda view, row: row.invoice), "number"),
        "creditid": equals(_number(lambda view, row: row.credit), "number"),
        "type": equals(lambda view, row: row.type),
        "currency": equals(lambda view, row: row.currency),
        "notes": like(lambda view, row: row.note),
        "from_credit": equals(lambda view, row: row.credit is not None, "flag"),
        "vis_state": equals(lambda view, row: DELETED if row.gone else ACTIVE, "number"),
        **between("date", lambda view, row: row.paid_on, "day"),
        **between("updated", lambda view, row: eastern_day(row.updated_at), "day"),
        **between("amount", lambda view, row: row.amount, "number"),
    }


def _credit_searches() -> dict[str, Search]:
    """No `updated`: a credit note does not say when it was changed."""
    id = _number(lambda view, note: note.id)
    client = _number(lambda view, note: _whose(note).customer)
    return {
        "creditid": equals(id, "number"),
        "creditids": among(id),
        "clientid": equals(client, "number"),
        "clientids": among(client),
        "credit_number": equals(_credit_number),
        "number_like": like(_credit_number),
        "notes_like": like(lambda view, note: _whose(note).extra.get("notes", "")),
        "credit_type": equals(lambda view, note: credit_notes.credit_type(note)),
        "payment_status": equals(lambda view, note: credit_notes.payment_status(note)),
        "currency_code": equals(lambda view, note: _whose(note).currency),
        "vis_state": equals(lambda view, note: credit_notes.state_of_note(note), "number"),
        **between("date", lambda view, note: _credited_on(note), "day"),
        **between("amount", lambda view, note: credit_notes.total(note), "number"),
    }


def _whose(note: credit_notes.Note) -> Any:
    return note.payment if isinstance(note, credit_notes.Overpaid) else note


def _credit_number(_view: View, note: credit_notes.Note) -> str:
    return f"P{note.payment.id}" if isinstance(note, credit_notes.Overpaid) else note.number


def _credited_on(note: credit_notes.Note) -> Any:
    return note.payment.paid_on if isinstance(note, credit_notes.Overpaid) else note.issued_on


def _find_invoice(view: View, id: str) -> Invoice:
    return view.books.invoice(id)


def _find_client(view: View, id: str) -> Customer:
    return view.books.customer(id)


INVOICES = Resource(
    noun="invoice",
    plural="invoices",
    id_field="invoiceid",
    scope="invoices",
    style="old",
    rows=lambda view: view.books.invoices.values(),
    find=_find_invoice,
    state=state_of,
    render=invoices.render,
    searches=_invoice_searches(),
    sorts={
        "create_date": lambda view, one: one.issued_on,
        "due_date": lambda view, one: one.due_on or one.issued_on,
        "updated": lambda view, one: one.updated_at,
        "amount": lambda view, one: one.total,
        "invoice_number": lambda view, one: one.number,
        "invoiceid": lambda view, one: int(one.id),
    },
    includes=frozenset({"lines"}),
)
CLIENTS = Resource(
    noun="client",
    plural="clients",
    id_field="userid",
    scope="clients",
    style="old",
    rows=lambda view: view.books.customers.values(),
    find=_find_client,
    state=state_of,
    render=clients.render,
    searches=_client_searches(),
    sorts={
        "updated": lambda view, one: one.updated_at,
        "organization": lambda view, one: one.company.lower(),
        "userid": lambda view, one: int(one.id),
    },
    includes=frozenset({"contacts", *clients.BALANCES}),
)
PAYMENTS = Resource(
    noun="payment",
    plural="payments",
    id_field="paymentid",
    scope="payments",
    style="new",
    rows=payments.rows,
    find=payments.find,
    state=lambda row: DELETED if row.gone else ACTIVE,
    render=payments.render,
    searches=_payment_searches(),
    sorts={
        "date": lambda view, row: row.paid_on,
        "updated": lambda view, row: row.updated_at,
        "amount": lambda view, row: row.amount,
        "logid": lambda view, row: int(row.id),
    },
    includes=frozenset(),
)
CREDIT_NOTES = Resource(
    noun="credit_note",
    plural="credit_notes",
    id_field="creditid",
    scope="credit_notes",
    style="new",
    rows=credit_notes.notes,
    find=credit_notes.find,
    state=credit_notes.state_of_note,
    render=credit_notes.render,
    searches=_credit_searches(),
    sorts={
        "create_date": lambda view, note: _credited_on(note),
        "amount": lambda view, note: credit_notes.total(note),
        "creditid": lambda view, note: int(note.id),
    },
    includes=frozenset({"lines"}),
)
