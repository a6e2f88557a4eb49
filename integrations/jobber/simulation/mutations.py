"""What an app may change in an invoice or a client; what Jobber will not do comes back in `userErrors`, with HTTP 200."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any

from graphql import GraphQLError

from integrations.jobber.simulation import clients, invoices, notes, times
from integrations.jobber.simulation.asking import Asking, Info
from integrations.simulation.books import NotPossible
from integrations.simulation.call import Json
from integrations.simulation.entities import Invoice


class UserError(Exception):
    """Something the user of the app can put right; `path` says where in the arguments."""

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.shown: Json = {"message": message, "path": list(path)}


def _mutation(work: Callable[..., Json]) -> Callable[..., Json]:
    """The payload with an empty `userErrors`, or with what was wrong and nothing else."""

    @wraps(work)
    def answer(info: Info, **arguments: Any) -> Json:
        try:
            return {**work(info.context, **arguments), "userErrors": []}
        except UserError as problem:
            return {"userErrors": [problem.shown]}
        except NotPossible as problem:
            message = str(problem)
            return {"userErrors": [{"message": message[:1].upper() + message[1:], "path": ["input"]}]}

    return answer


@_mutation
def invoice_edit(asking: Asking, invoiceId: str, input: Json) -> Json:
    """Change the invoice; a discount is how a part of it is let go, for Jobber has no credit notes."""
    invoice = found_invoice(asking, invoiceId)
    changes = _plain_changes(asking, invoice, input)
    if input.get("discount") is not None:
        changes |= _discount(asking, invoice, input["discount"])
    asking.books.change_invoice(invoice.id, **changes)
    return {"invoice": invoices.rendered(asking, invoice)}


def _plain_changes(asking: Asking, invoice: Invoice, input: Json) -> Json:
    changes: Json = {}
    if "subject" in input:
        changes["extra"] = {**invoice.extra, "subject": input["subject"] or ""}
    if "message" in input:
        changes["memo"] = input["message"] or ""
    if "invoiceNumber" in input:
        if not input["invoiceNumber"]:
            raise UserError("Invoice number can't be blank", "input", "invoiceNumber")
        changes["number"] = input["invoiceNumber"]
    if input.get("issuedDate") is not None:
        changes["issued_on"] = times.day_of(input["issuedDate"], asking.zone)
    due = input.get("dueDetails") or {}
    if due.get("dueDate") is not None:
        changes["due_on"] = times.day_of(due["dueDate"], asking.zone)
    elif due.get("invoiceNet") is not None:
        issued = changes.get("issued_on", invoice.issued_on)
        changes["due_on"] = issued.fromordinal(issued.toordinal() + due["invoiceNet"])
    return changes


def _discount(asking: Asking, invoice: Invoice, wanted: Json) -> Json:
    path = ("input", "discount", "discountRate")
    if wanted.get("discountRate") is None or wanted.get("discountType") is None:
        raise UserError("Discount needs a rate and a type", "input", "discount")
    rate = Decimal(str(wanted["discountRate"]))
    if rate < 0:
        raise UserError("Discount rate must be greater than or equal to 0", *path)
    discount = round(rate if wanted["discountType"] == "Unit" else invoice.subtotal * rate / 100, 2)
    if discount > invoice.subtotal:
        raise UserError("Discount can't be more than the subtotal", *path)
    changes: Json = {"discount": discount}
    if asking.settings.tax_after_discount and invoice.subtotal:
        before = invoice.subtotal - invoice.discount
        rate_of_tax = invoice.tax / before if before else Decimal(0)
        changes["tax"] = round((invoice.subtotal - discount) * rate_of_tax, 2)
    return changes


@_mutation
def invoice_close(asking: Asking, id: str, input: Json) -> Json:
    """Write the rest off as bad debt, or take it as received."""
    invoice = found_invoice(asking, id)
    if input["closeOption"] == "BAD_DEBT":
        asking.books.write_off(invoice.id)
    else:
        owed = asking.books.balance(invoice)
        if invoice.status != "open" or owed <= 0:
            raise UserError("Invoice is not awaiting payment", "id")
        asking.books.pay(
            invoice.customer, owed, {invoice.id: owed}, method="other", extra={"details": "Marked as received"}
        )
    return {"invoice": invoices.rendered(asking, invoice)}


@_mutation
def invoice_unmark_bad_debt(asking: Asking, id: str) -> Json:
    """What was written off is owed again."""
    invoice = found_invoice(asking, id)
    if not invoice.written_off:
        raise UserError("Invoice is not marked as bad debt", "id")
    asking.books.cancel_write_off(invoice.id)
    return {"invoice": invoices.rendered(asking, invoice)}


@_mutation
def invoice_create_note(asking: Asking, invoiceId: str, input: Json) -> Json:
    """A note for the staff on an invoice; pinned ones stay on top. It cannot be read back through the invoice."""
    invoice = found_invoice(asking, invoiceId)
    note = notes.new(asking, invoice.extra, _words(input), pinned=bool(input.get("pinned")))
    asking.books.comment(invoice.id, note["message"])
    return {"invoice": invoices.rendered(asking, invoice), "invoiceNote": notes.rendered(note)}


@_mutation
def invoice_edit_note(asking: Asking, input: Json) -> Json:
    """Other words, or pinned or not."""
    for invoice in asking.invoices:
        for note in invoice.extra.get("notes", ()):
            if note["id"] == input["noteId"]:
                if input.get("message") is not None:
                    invoice.comments[invoice.comments.index(note["message"])] = _words(input)
                notes.change(asking, note, input)
                asking.books.touch("invoice", invoice.id)
                return {"invoice": invoices.rendered(asking, invoice), "invoiceNote": notes.rendered(note)}
    raise GraphQLError("Note not found")


@_mutation
def client_create_note(asking: Asking, clientId: str, input: Json) -> Json:
    """A note for the staff on a client."""
    found = asking.books.customers.get(clientId)
    if found is None or found.deleted:
        raise GraphQLError("Client not found")
    links = {name: yes for name, yes in (input.get("linkedTo") or {}).items() if yes is not None}
    note = notes.new(asking, found.extra, _words(input), pinned=bool(input.get("pinned")), links=links)
    asking.books.change_customer(found.id, note="\n".join(filter(None, (found.note, note["message"]))))
    return {"client": clients.rendered(asking, found), "clientNote": notes.rendered(note)}


@_mutation
def app_disconnect(asking: Asking) -> Json:
    """The app leaves this account: its tokens are good for nothing from now on."""
    asking.world.disconnect(asking.books.account)
    return {"app": {"id": asking.settings.app_id, "name": asking.settings.app_name}}


@_mutation
def webhook_endpoint_create(asking: Asking, input: Json) -> Json:
    """One address a topic, for this account alone."""
    topic, url = input["topic"], input["url"]
    if (scope := _scope_of(topic)) and not asking.may(scope):
        raise UserError(f"The app has no permission to read what {topic} tells of", "input", "topic")
    if not url.startswith(("https://", "http://")):
        raise UserError("URL is invalid", "input", "url")
    if asking.world.endpoint_of(asking.books.account, topic):
        raise UserError("Topic has already been taken", "input", "topic")
    return {"webhookEndpoint": asking.world.add_endpoint(asking.books.account, topic, url)}


@_mutation
def webhook_endpoint_delete(asking: Asking, webhookEndpointsIds: list[str]) -> Json:
    """Whoever lost the ids cannot: there is no list."""
    gone = asking.world.delete_endpoints(asking.books.account, webhookEndpointsIds)
    if len(gone) < len(set(webhookEndpointsIds)):
        raise UserError("Webhook endpoint not found", "webhookEndpointsIds")
    return {"deletedWebhookEndpoints": gone}


ROOT = {
    "invoiceEdit": invoice_edit,
    "invoiceClose": invoice_close,
    "invoiceUnmarkBadDebt": invoice_unmark_bad_debt,
    "invoiceCreateNote": invoice_create_note,
    "invoiceEditNote": invoice_edit_note,
    "clientCreateNote": client_create_note,
    "appDisconnect": app_disconnect,
    "webhookEndpointCreate": webhook_endpoint_create,
    "webhookEndpointDelete": webhook_endpoint_delete,
}


def found_invoice(asking: Asking, id: str) -> Invoice:
    """The invoice a mutation means. Raises Jobber's error for one that is not there (any more)."""
    found = asking.books.invoices.get(id)
    if found is None or found.status in ("void", "deleted"):
        raise GraphQLError("Invoice not found")
    return found


def _words(input: Json) -> str:
    words = input.get("message") or ""
    if not words.strip():
        raise UserError("Message can't be blank", "input", "message")
    return str(words)


def _scope_of(topic: str) -> str:
    return {"INVOICE": "read_invoices", "PAYMENT": "payments", "CLIENT": "read_clients"}.get(
        topic.partition("_")[0], ""
    )
