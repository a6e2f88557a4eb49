"""The part of the control API that changes books: every verb of the neutral books, thousands more, odd fields."""

from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from integrations.simulation.books import KINDS, Books, Kind
from integrations.simulation.call import Json
from integrations.simulation.entities import Credit, Customer, Invoice, Line, Payment, Person, Refund
from integrations.simulation.firms import plant
from integrations.simulation.wanted import Wanted, WrongRequest, day, decimal, moment
from integrations.simulation.world import World

MOST_INVOICES = 200_000
VERBS = (
    *("add_customer", "change_customer", "delete_customer"),
    *("add_invoice", "change_invoice", "void_invoice", "delete_invoice", "write_off", "cancel_write_off", "comment"),
    *("pay", "apply_payment", "settle_payment", "reverse_payment", "refund"),
    *("add_credit", "apply_credit", "unapply_credit", "void_credit", "touch"),
)
AMOUNTS = ("amount", "total", "tax", "discount", "written_off", "refunded")
DAYS = ("issued_on", "due_on", "paid_on")
MOMENTS = ("created_at", "updated_at")


def act(books: Books, wanted: Wanted) -> Json:
    """One verb with its keyword arguments; `quiet` tells nobody. The object it changed, in neutral fields."""
    verb, quiet = wanted.text("verb"), wanted.flag("quiet", default=False)
    if verb not in VERBS:
        raise WrongRequest(f"there is no {verb}; there are {', '.join(VERBS)}")
    arguments = {name: _argument(name, value) for name, value in wanted.rest().items()}
    try:
        found = _quietly(books, quiet, lambda: getattr(books, verb)(**arguments))
    except (TypeError, AttributeError) as problem:
        raise WrongRequest(f"{verb}: {problem}") from None
    return neutral(books, found if found is not None else _one(books, arguments["kind"], arguments["id"]))


def lay_odd(books: Books, wanted: Wanted) -> Json:
    """Raw fields over what is rendered of one object from now on; {} takes them away. It counts as a change."""
    found = _one(books, wanted.text("kind"), wanted.text("id"))
    quiet, kind = wanted.flag("quiet", default=False), _kind(found)
    found.odd = wanted.json_object("fields")
    _quietly(books, quiet, lambda: books.touch(kind, found.id))
    return neutral(books, found)


def fill(world: World[Any], books: Books, wanted: Wanted) -> Json:
    """Thousands more, as imported just now, and nobody is told."""
    invoices, seed = int(wanted.number("invoices")), int(wanted.number("seed", 2))
    customers = wanted.value("customers", None)
    if not 0 < invoices <= MOST_INVOICES:
        raise WrongRequest(f"invoices must be between 1 and {MOST_INVOICES}")
    firm = world.companies.known[books.account].firm
    more = None if customers is None else int(customers)
    plant(books, firm, invoices=invoices, seed=seed, customers=more, saved_now=True)
    books.changes += 1
    world.finish_quietly(books)
    return counts(books)


def counts(books: Books) -> Json:
    """How much there is; nothing is computed, so it is quick for large books too."""
    return {
        "account": books.account,
        "name": books.name,
        "today": books.today(),
        "customers": len(books.customers),
        "invoices": len(books.invoices),
        "payments": len(books.payments),
        "credits": len(books.credits),
        "invoice_statuses": Counter(one.status for one in books.invoices.values()),
    }


def neutral(books: Books, one: Any) -> Json:
    """The object's fields in nobody's words, amounts as texts, with what is computed from them."""
    found: Json = {"kind": _kind(one), **{part.name: _shown(getattr(one, part.name)) for part in fields(one)}}
    if isinstance(one, Invoice):
        computed = {"total": one.total, "paid": books.paid(one), "credited": books.credited(one)}
        found |= {name: str(value) for name, value in {**computed, "balance": books.balance(one)}.items()}
    elif isinstance(one, Payment):
        found["unapplied"] = str(one.unapplied)
    elif isinstance(one, Credit):
        found["left"] = str(one.left)
    return found


def _shown(value: Any) -> Any:
    match value:
        case Decimal():
            return str(value)
        case Line() | Person() | Refund():
            return {part.name: _shown(getattr(value, part.name)) for part in fields(value)}
        case list():
            return [_shown(one) for one in value]
        case dict():
            return {name: _shown(one) for name, one in value.items()}
        case date() | datetime():
            return value.isoformat()
    return value


def _argument(name: str, value: Any) -> Any:
    match name:
        case "lines":
            return [_line(one) for one in _listed(name, value)]
        case "people":
            return [Person(**one) for one in _listed(name, value)]
        case "applied":
            return {id: decimal("applied", amount) for id, amount in (value or {}).items()}
        case _ if name in AMOUNTS:
            return decimal(name, value)
        case _ if name in DAYS:
            return day(name, value)
        case _ if name in MOMENTS:
            return moment(name, value)
    return value


def _line(given: Any) -> Line:
    try:
        quantity, price = decimal("quantity", given.get("quantity", 1)), decimal("price", given["price"])
        return Line(given.get("description", ""), quantity, price, given.get("item", ""), given.get("places", 2))
    except (AttributeError, KeyError):
        raise WrongRequest("a line is {description, quantity, price, item, places}") from None


def _listed(name: str, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise WrongRequest(f"{name} must be a list")


def _one(books: Books, kind: str, id: str) -> Any:
    if kind not in KINDS:
        raise WrongRequest(f"kind must be one of {', '.join(KINDS)}")
    return getattr(books, kind)(id)


def _kind(one: Any) -> Kind:
    kinds: dict[type, Kind] = {Customer: "customer", Invoice: "invoice", Payment: "payment", Credit: "credit"}
    return kinds[type(one)]


def _quietly[T](books: Books, quiet: bool, work: Callable[[], T]) -> T:
    was, books.quiet = books.quiet, quiet or books.quiet
    try:
        return work()
    finally:
        books.quiet = was
