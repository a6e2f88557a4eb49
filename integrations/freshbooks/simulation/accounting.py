"""The accounting endpoints: a list, one object, a write; refusals in the shape this kind of object has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.freshbooks.simulation import (
    client_writes,
    credit_writes,
    invoice_writes,
    lists,
    payment_writes,
)
from integrations.freshbooks.simulation.bodies import read_body
from integrations.freshbooks.simulation.errors import Refused, Style, accounting, not_found
from integrations.freshbooks.simulation.resources import CLIENTS, CREDIT_NOTES, INVOICES, PAYMENTS, Resource
from integrations.freshbooks.simulation.view import DELETED, View
from integrations.freshbooks.simulation.world import FreshBooksWorld
from integrations.simulation.books import NotPossible, NotThere
from integrations.simulation.call import Answer, Call, VendorRefusal, json_answer

type Json = dict[str, Any]


@dataclass(frozen=True)
class Endpoint:
    """One kind of object with what may be written of it."""

    resource: Resource
    update: Callable[[View, Any, Json], Any]
    create: Callable[[View, Json], Any] | None = None


INVOICE = Endpoint(INVOICES, invoice_writes.update)
CLIENT = Endpoint(CLIENTS, client_writes.update)
PAYMENT = Endpoint(PAYMENTS, payment_writes.update, payment_writes.create)
CREDIT_NOTE = Endpoint(CREDIT_NOTES, credit_writes.update, credit_writes.create)


def serve(endpoint: Endpoint) -> Callable[[FreshBooksWorld, Call], Answer]:
    """The work behind both of its addresses."""

    def work(world: FreshBooksWorld, call: Call) -> Answer:
        try:
            return json_answer({"response": {"result": _result(endpoint, world, call)}})
        except NotPossible as problem:
            refused = Refused(1004, f"{problem}.", endpoint.resource.noun)
        except Refused as problem:
            refused = problem
        style = _style(world, call, endpoint.resource)
        raise VendorRefusal(accounting(refused, style, as_ok=world.settings.errors_as_ok), refused.message) from None

    return work


def _result(endpoint: Endpoint, world: FreshBooksWorld, call: Call) -> Json:
    resource, view = endpoint.resource, world.view(call.account)
    id = call.path_params.get("id")
    match call.method, id:
        case "GET", None:
            return lists.page(view, resource, call.params)
        case "GET", str():
            lists.check_names(resource, call.params, listed=False)
            return _single(view, resource, call, _one(view, resource, id), _read_envelope(view, resource))
        case "POST", None if endpoint.create is not None:
            lists.check_names(resource, call.params, listed=False)
            envelope, given = read_body(call, _envelopes(resource), resource.noun)
            return _single(view, resource, call, endpoint.create(view, given), envelope)
        case "PUT", str():
            lists.check_names(resource, call.params, listed=False)
            row = _one(view, resource, id)
            envelope, given = read_body(call, _envelopes(resource), resource.noun)
            return _single(view, resource, call, endpoint.update(view, row, given), envelope)
    raise Refused(405, "Method not allowed.", resource.noun, status=405)


def _one(view: View, resource: Resource, id: str) -> Any:
    try:
        row = resource.one(view, id)
    except NotThere:
        raise not_found(resource.noun, resource.id_field, id) from None
    if resource.state(row) == DELETED and view.settings.deleted_single == "gone":
        raise not_found(resource.noun, resource.id_field, id)
    return row


def _single(view: View, resource: Resource, call: Call, row: Any, envelope: str) -> Json:
    include = lists.included(resource, call.params)
    if view.settings.lines_in_single:
        include |= {"lines"} & resource.includes
    return {envelope: resource.render(view, row, include)}


def _envelopes(resource: Resource) -> tuple[str, ...]:
    """Credit notes are written under either name."""
    return ("credit_note", "credit_notes") if resource is CREDIT_NOTES else (resource.noun,)


def _read_envelope(view: View, resource: Resource) -> str:
    return view.settings.credit_note_envelope if resource is CREDIT_NOTES else resource.noun


def _style(world: FreshBooksWorld, call: Call, resource: Resource) -> Style:
    """Whoever names a version gets the newer shape."""
    if call.headers.get("x-api-version"):
        return "new"
    wanted = world.settings.error_style
    return resource.style if wanted == "mixed" else wanted
