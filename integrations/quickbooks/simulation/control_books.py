"""The part of the control API that changes books: plant, pay, refund, void, delete, credit, fill with thousands."""

from typing import Any

from integrations.quickbooks.simulation import payments, sales, till
from integrations.quickbooks.simulation.answers import Json
from integrations.quickbooks.simulation.books import TRANSACTIONS, Books, next_token, reference
from integrations.quickbooks.simulation.seed.many import add_many
from integrations.quickbooks.simulation.wanted import Wanted, WrongRequestError
from integrations.quickbooks.simulation.world import World

MOST_INVOICES = 200_000


def _books(world: World, wanted: Wanted) -> Json:
    return wanted.company(world).whole()


def _plant(world: World, wanted: Wanted) -> Json:
    """An object as it is given; with `merge` its fields are laid over the one that is there, less those in `drop`."""
    books, entity = wanted.company(world), wanted.entity()
    given, quiet = wanted.json_object("object"), wanted.flag("quiet", default=False)
    dropped = wanted.value("drop", [])
    if not isinstance(dropped, list):
        raise WrongRequestError("drop must be a list of field names")
    if wanted.flag("merge", default=False):
        current = books.get(entity, str(given.get("Id")))
        given = {**current, "SyncToken": next_token(current), "MetaData": books.touched(current), **given}
    given = {name: value for name, value in given.items() if name not in dropped}
    planted = books.plant(entity, given, quiet=quiet)
    if entity in TRANSACTIONS:
        books.refresh_balance(reference(planted, "CustomerRef"))
    return {entity: planted}


def _pay(world: World, wanted: Wanted) -> Json:
    books = wanted.company(world)
    invoice = _invoice(books, wanted)
    paid = till.pay(
        books,
        invoice,
        amount=wanted.number_or_none("amount"),
        on=wanted.day("date"),
        reference=wanted.text("reference", "") or None,
    )
    return {"Payment": paid, "Invoice": books.get("Invoice", invoice["Id"])}


def _refund(world: World, wanted: Wanted) -> Json:
    """Take a payment back, named by id or as the last one of an invoice."""
    books = wanted.company(world)
    identity = wanted.text("payment", "")
    payment = books.get("Payment", identity) if identity else till.last_payment(books, _invoice(books, wanted))
    how = wanted.text("how", "void")
    if how not in ("void", "delete"):
        raise WrongRequestError("how must be void or delete")
    invoices = [one for entity, one in payments.taken(payment) if entity == "Invoice"]
    taken = till.take_back(books, payment, delete=how == "delete")
    return {"Payment": taken, "Invoices": [books.get("Invoice", one) for one in invoices]}


def _void(world: World, wanted: Wanted) -> Json:
    books, entity = wanted.company(world), wanted.entity("Invoice")
    current = books.get(entity, wanted.text("id"))
    match entity:
        case "Payment":
            return {entity: payments.void(books, current)}
        case "Invoice" | "CreditMemo":
            return {entity: sales.void(books, entity, current)}
    raise WrongRequestError("only Invoice, CreditMemo and Payment can be voided")


def _delete(world: World, wanted: Wanted) -> Json:
    books, entity = wanted.company(world), wanted.entity("Invoice")
    current = books.get(entity, wanted.text("id"))
    match entity:
        case "Payment":
            payments.delete(books, current)
        case "Invoice" | "CreditMemo":
            sales.delete(books, entity, current)
        case _:
            books.remove(entity, current["Id"])
    return {entity: {"Id": current["Id"], "status": "Deleted"}}


def _credit(world: World, wanted: Wanted) -> Json:
    books = wanted.company(world)
    invoice = _invoice(books, wanted)
    memo = till.credit(
        books,
        invoice,
        wanted.number("amount"),
        description=wanted.text("description", "Credit"),
        apply=wanted.flag("apply", default=True),
    )
    return {"CreditMemo": memo, "Invoice": books.get("Invoice", invoice["Id"])}


def _seed(world: World, wanted: Wanted) -> Json:
    """Thousands of invoices, quietly: nobody is told by webhook."""
    books = wanted.company(world)
    invoices = int(wanted.number("invoices", 3000))
    customers = int(wanted.number("customers", max(1, invoices // 15)))
    if not 0 <= invoices <= MOST_INVOICES or not 1 <= customers <= MOST_INVOICES:
        raise WrongRequestError(f"invoices goes from 0 to {MOST_INVOICES}, customers from 1")
    add_many(books, invoices=invoices, customers=customers, seed=int(wanted.number("seed", world.settings.seed)))
    return {name: len(table) for name, table in books.tables.items()}


def _invoice(books: Books, wanted: Wanted) -> Json:
    """The invoice named by id in `invoice`, or by the number people see in `doc_number`."""
    number = wanted.text("doc_number", "")
    if number:
        return till.find_invoice(books, number=number)
    invoice = till.find_invoice(books, identity=wanted.text("invoice"))
    if reference(invoice, "CustomerRef") is None:
        raise WrongRequestError(f"invoice {invoice['Id']} has no customer")
    return invoice


ACTS: list[tuple[str, str, Any]] = [
    ("GET", "/_sim/books/{realm}", _books),
    ("POST", "/_sim/objects", _plant),
    ("POST", "/_sim/pay", _pay),
    ("POST", "/_sim/refund", _refund),
    ("POST", "/_sim/void", _void),
    ("POST", "/_sim/delete", _delete),
    ("POST", "/_sim/credit", _credit),
    ("POST", "/_sim/seed", _seed),
]
