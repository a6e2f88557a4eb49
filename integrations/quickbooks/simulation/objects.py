"""Reading and writing single objects as the vendor's endpoints do, lock tokens and repeated requests included."""

from integrations.quickbooks.simulation import customers, payments, sales
from integrations.quickbooks.simulation.answers import ApiFault, Json
from integrations.quickbooks.simulation.bodies import missing, read_body
from integrations.quickbooks.simulation.books import Books
from integrations.quickbooks.simulation.traffic import Call

WRITABLE = {"invoice": "Invoice", "payment": "Payment", "creditmemo": "CreditMemo", "customer": "Customer"}
READABLE = {**WRITABLE, "item": "Item", "term": "Term"}
MOST_REQUEST_ID = 50


def unsupported(what: str) -> ApiFault:
    """The fault for an operation the vendor does not have."""
    return ApiFault("500", "Unsupported Operation", f"Operation {what} is not supported.")


def read(books: Books, entity: str, identity: str, call: Call, *, public_url: str) -> Json:
    """One object by id; an invoice also with its payment link, where that is asked for."""
    if not (identity.isascii() and identity.isdigit()) and books.tables[entity].get(identity) is None:
        raise ApiFault("2030", "Invalid ID", f"Invalid ID : {identity}")
    item = books.get(entity, identity)
    include = call.params.get("include", "").lower()
    if include not in ("", "invoicelink"):
        raise unsupported(f"include={include}")
    if include == "invoicelink" and entity == "Invoice":
        item = {**item, "InvoiceLink": f"{public_url}/pay/{books.realm}/{identity}"}
    return {entity: item}


def write(books: Books, entity: str, call: Call, *, old_amounts: bool) -> Json:
    """Create, update, void or delete, whichever the body and `operation` say."""
    body = read_body(entity, call.body)
    operation = call.params.get("operation", "").lower()
    include = call.params.get("include", "").lower()
    match operation, include:
        case (("" | "update"), ""):
            return {entity: _save(books, entity, body, operation)}
        case "delete", "":
            return {entity: _delete(books, entity, body)}
        case ("void", "") | ("update", "void"):
            return {entity: _void(books, entity, body, operation, old_amounts=old_amounts)}
    raise unsupported(f"{operation} {include}".strip())


def _save(books: Books, entity: str, body: Json, operation: str) -> Json:
    if body.get("Id") is None:
        if operation == "update":
            raise missing("Id")
        match entity:
            case "Payment":
                return payments.create(books, body)
            case "Customer":
                return customers.create(books, body)
        return sales.create(books, entity, body)
    current = _current(books, entity, body)
    match entity:
        case "Payment":
            return payments.update(books, current, body)
        case "Customer":
            return customers.update(books, current, body)
    return sales.update(books, entity, current, body)


def _delete(books: Books, entity: str, body: Json) -> Json:
    if entity == "Customer":
        raise unsupported("delete")
    current = _current(books, entity, body)
    if entity == "Payment":
        payments.delete(books, current)
    else:
        sales.delete(books, entity, current)
    return {"domain": "QBO", "status": "Deleted", "Id": current["Id"]}


def _void(books: Books, entity: str, body: Json, operation: str, *, old_amounts: bool) -> Json:
    """Invoices by `operation=void`, payments by `operation=update&include=void`; nothing else can be voided."""
    if (entity, operation) not in (("Invoice", "void"), ("Payment", "update")):
        raise unsupported("void")
    current = _current(books, entity, body)
    voided = payments.void(books, current) if entity == "Payment" else sales.void(books, entity, current)
    if not old_amounts:
        return voided
    return {**voided, **{name: current[name] for name in ("TotalAmt", "Balance", "Line") if name in current}}


def _current(books: Books, entity: str, body: Json) -> Json:
    """The object the body is about. Raises 610 where it is gone and 5010 where the lock token is old."""
    if body.get("Id") is None:
        raise missing("Id")
    current = books.get(entity, str(body["Id"]))
    if body.get("SyncToken") is None:
        raise missing("SyncToken")
    if str(body["SyncToken"]) != str(current.get("SyncToken")):
        detail = (
            "Stale Object Error : You and another user were working on this at the same time."
            " The other user finished before you did, so your work was not saved."
        )
        raise ApiFault("5010", "Stale Object Error", detail)
    return current


def request_key(call: Call) -> tuple[str, str] | None:
    """What makes a repeated write the same write: company and `requestid`."""
    given = call.params.get("requestid")
    if given is None or call.method != "POST":
        return None
    if not 0 < len(given) <= MOST_REQUEST_ID:
        raise ApiFault("2050", "Invalid String", f"requestid must have 1 to {MOST_REQUEST_ID} characters")
    return (call.realm or "", given)
