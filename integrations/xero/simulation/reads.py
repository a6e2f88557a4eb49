"""Everything that can be read."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from integrations.simulation.books import NotThere
from integrations.simulation.call import Answer, Call, Json
from integrations.simulation.entities import Credit, Invoice
from integrations.xero.simulation import contacts, documents, fields, money_in
from integrations.xero.simulation.answers import answer, envelope, invalid
from integrations.xero.simulation.company import XeroBooks
from integrations.xero.simulation.fields import Record
from integrations.xero.simulation.forms import bare_instant_form, date_form, midnight
from integrations.xero.simulation.listing import Page, Resource, check_params, find, flag, unit_places
from integrations.xero.simulation.world import XeroWorld

PAGED = frozenset(("where", "order", "page", "pageSize"))
INVOICES = Resource(
    name="Invoices",
    type_name="Invoice",
    fields=fields.INVOICE,
    params=PAGED
    | {"IDs", "InvoiceNumbers", "ContactIDs", "Statuses", "includeArchived", "createdByMyApp"}
    | {"unitdp", "summaryOnly", "searchTerm"},
)
CONTACTS = Resource(
    name="Contacts",
    type_name="Contact",
    fields=fields.CONTACT,
    params=PAGED | {"IDs", "includeArchived", "summaryOnly", "searchTerm"},
)
CREDIT_NOTES = Resource(
    name="CreditNotes", type_name="CreditNote", fields=fields.CREDIT_NOTE, params=PAGED | {"unitdp"}
)
PAYMENTS = Resource(name="Payments", type_name="Payment", fields=fields.PAYMENT, params=PAGED)
OVERPAYMENTS = Resource(
    name="Overpayments", type_name="Overpayment", fields=fields.OVERPAYMENT, params=PAGED | {"unitdp", "References"}
)
PREPAYMENTS = Resource(
    name="Prepayments", type_name="Prepayment", fields=fields.PREPAYMENT, params=PAGED | {"unitdp", "InvoiceNumbers"}
)


def sides(world: XeroWorld, call: Call) -> tuple[XeroBooks, XeroBooks]:
    """Sales, then what is owed to suppliers: one list at this vendor."""
    return world.organisation(call.account), world.bills(call.account)


def invoices(world: XeroWorld, call: Call) -> Answer:
    """A page has everything; a bare list lacks lines and payments; the summary lacks still more."""
    flag(call, "includeArchived")
    mine, summary, places = flag(call, "createdByMyApp"), flag(call, "summaryOnly"), unit_places(call)
    records = [
        Record(books, one, one.id, one.updated_at)
        for books in sides(world, call)
        for one in books.invoices.values()
        if not mine or one.extra.get("by_app")
    ]
    page = find(call, INVOICES, records)
    detail: documents.Detail = "summary" if summary else _detail(page)
    items = [documents.invoice(one.books, one.one, detail=detail, places=places) for one in page.records]
    return _list(world, call, INVOICES, items, page)


def invoice(world: XeroWorld, call: Call, key: str) -> Answer:
    """By id or by number."""
    check_params(call, frozenset(("unitdp",)))
    books, one = find_invoice(world, call, key)
    return _alone(world, call, "Invoices", documents.invoice(books, one, places=unit_places(call)))


def find_invoice(world: XeroWorld, call: Call, key: str) -> tuple[XeroBooks, Invoice]:
    """Raises NotThere."""
    for books in sides(world, call):
        if key.lower() in books.invoices:
            return books, books.invoice(key.lower())
    return world.organisation(call.account), world.organisation(call.account).by_number(key)


def credit_notes(world: XeroWorld, call: Call) -> Answer:
    places = unit_places(call)
    every = [
        Record(books, one, one.id, one.updated_at) for books in sides(world, call) for one in books.credits.values()
    ]
    page = find(call, CREDIT_NOTES, every)
    detail = _detail(page)
    items = [documents.credit_note(one.books, one.one, detail=detail, places=places) for one in page.records]
    return _list(world, call, CREDIT_NOTES, items, page)


def credit_note(world: XeroWorld, call: Call, key: str) -> Answer:
    check_params(call, frozenset(("unitdp",)))
    books, one = find_credit(world, call, key)
    return _alone(world, call, "CreditNotes", documents.credit_note(books, one, places=unit_places(call)))


def find_credit(world: XeroWorld, call: Call, key: str) -> tuple[XeroBooks, Credit]:
    """By id or by number. Raises NotThere."""
    for books in sides(world, call):
        for one in books.credits.values():
            if key.lower() == one.id or key == one.number:
                return books, one
    raise NotThere(key)


def all_contacts(world: XeroWorld, call: Call) -> Answer:
    """Archived ones only where they are asked for."""
    archived, summary = flag(call, "includeArchived"), flag(call, "summaryOnly")
    records = [
        Record(books, one, one.id, one.updated_at)
        for books in sides(world, call)
        for one in books.customers.values()
        if archived or contacts.status(one) == "ACTIVE"
    ]
    page = find(call, CONTACTS, records)
    owed = {books.payable: contacts.balances(books) for books in sides(world, call)}
    items = [contacts.contact(one.books, one.one, owed[one.books.payable], summary=summary) for one in page.records]
    return _list(world, call, CONTACTS, items, page)


def one_contact(world: XeroWorld, call: Call, key: str) -> Answer:
    check_params(call, frozenset())
    for books in sides(world, call):
        for one in books.customers.values():
            if key.lower() == one.id or key == one.extra.get("ContactNumber"):
                return _alone(world, call, "Contacts", contacts.contact(books, one, contacts.balances(books)))
    raise NotThere(key)


def payments(world: XeroWorld, call: Call) -> Answer:
    page = find(call, PAYMENTS, _paid(world, call))
    return _list(world, call, PAYMENTS, [money_in.payment(one.one) for one in page.records], page)


def payment(world: XeroWorld, call: Call, key: str) -> Answer:
    check_params(call, frozenset())
    return _alone(world, call, "Payments", money_in.payment(find_payment(world, call, key)))


def find_payment(world: XeroWorld, call: Call, key: str) -> money_in.Paid:
    """Raises NotThere."""
    for one in _paid(world, call):
        if one.id == key.lower():
            found: money_in.Paid = one.one
            return found
    raise NotThere(key)


def _paid(world: XeroWorld, call: Call) -> list[Record]:
    return [
        Record(books, one, one.receipt.id, one.receipt.source.updated_at)
        for books in sides(world, call)
        for one in money_in.payments_in(books)
    ]


def surpluses(kind: str, resource: Resource) -> Callable[[XeroWorld, Call], Answer]:
    """Overpayments or prepayments."""

    def work(world: XeroWorld, call: Call) -> Answer:
        unit_places(call)
        page = find(call, resource, _surpluses(world, call, kind))
        detail = _detail(page)
        items = [money_in.surplus_document(one.books, one.one, detail=detail) for one in page.records]
        return _list(world, call, resource, items, page)

    return work


def surplus(kind: str) -> Callable[[XeroWorld, Call, str], Answer]:
    def work(world: XeroWorld, call: Call, key: str) -> Answer:
        check_params(call, frozenset())
        found = find_surplus(world, call, kind, key)
        return _alone(world, call, f"{kind}s", money_in.surplus_document(found.books, found.one))

    return work


def find_surplus(world: XeroWorld, call: Call, kind: str, key: str) -> Record:
    """Raises NotThere."""
    for one in _surpluses(world, call, kind):
        if one.id == key.lower():
            return one
    raise NotThere(key)


def _surpluses(world: XeroWorld, call: Call, kind: str) -> list[Record]:
    return [
        Record(books, one, one.id, one.payment.updated_at)
        for books in sides(world, call)
        for one in money_in.surpluses_in(books, kind)
    ]


def online_invoice(world: XeroWorld, call: Call, key: str) -> Answer:
    """Where the customer sees and pays it; only approved sales invoices have one."""
    check_params(call, frozenset())
    books, one = find_invoice(world, call, key)
    if books.payable or one.status != "open":
        raise invalid(call, "An online invoice is only available for approved sales invoices", {"InvoiceID": one.id})
    code = f"{call.account}{one.id}".replace("-", "")
    url = f"{world.base_url(call)}/in/{code}"
    return answer(call, envelope(world.clock, "OnlineInvoices", [{"OnlineInvoiceUrl": url}]))


def organisation(world: XeroWorld, call: Call) -> Answer:
    """Zone, currency and short code of the organisation."""
    check_params(call, frozenset())
    books = world.organisation(call.account)
    edition = books.edition
    year_ago = midnight(books.today()).replace(year=books.today().year - 3, day=1)
    found: Json = {
        "Name": books.name,
        "LegalName": books.name,
        "PaysTax": edition.sales_tax > 0,
        "Version": edition.version,
        "OrganisationType": "PARTNERSHIP" if edition.version == "US" else "COMPANY",
        "BaseCurrency": books.currency,
        "CountryCode": books.country,
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 12 if edition.version == "US" else 3,
        "SalesTaxBasis": "ACCRUALS" if edition.version == "US" else "PAYMENTS",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "EndOfYearLockDate": date_form(year_ago.date()),
        "CreatedDateUTC": bare_instant_form(year_ago),
        "OrganisationEntityType": "PARTNERSHIP" if edition.version == "US" else "COMPANY",
        "Timezone": edition.timezone,
        "ShortCode": edition.short_code,
        "OrganisationID": books.account,
        "Edition": "BUSINESS",
        "Class": "PREMIUM",
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {"Sales": {"Day": 30, "Type": "DAYSAFTERBILLDATE"}},
    }
    return answer(call, envelope(world.clock, "Organisations", [found]))


def reminders(world: XeroWorld, call: Call) -> Answer:
    """Whether the organisation sends reminders of its own."""
    check_params(call, frozenset())
    on = any(customer.chased_by_vendor for customer in world.organisation(call.account).customers.values())
    return answer(call, envelope(world.clock, "InvoiceReminders", [{"Enabled": on}]))


def history(world: XeroWorld, call: Call, kind: str, key: str) -> Answer:
    """What happened to a document, newest first; notes of the staff among it."""
    check_params(call, frozenset())
    _, one = document(world, call, kind, key)
    return answer(call, envelope(world.clock, "HistoryRecords", history_records(one)))


def document(world: XeroWorld, call: Call, kind: str, key: str) -> tuple[XeroBooks, Any]:
    """What a history belongs to. Raises NotThere."""
    match kind:
        case "Invoices":
            return find_invoice(world, call, key)
        case "CreditNotes":
            return find_credit(world, call, key)
        case "Payments":
            paid = find_payment(world, call, key)
            return paid.books, paid.receipt.source
        case "Contacts":
            for books in sides(world, call):
                if key.lower() in books.customers:
                    return books, books.customer(key.lower())
    raise NotThere(key)


def history_records(one: Any) -> list[Json]:
    made = {"Changes": "Created", "Details": "", "User": "Dana Whitfield", "at": one.created_at.isoformat()}
    return [history_record(record) for record in reversed([made, *one.extra.get("history", [])])]


def history_record(record: Json) -> Json:
    """One line of a history as it is shown."""
    at = datetime.fromisoformat(record["at"])
    return {
        "Changes": record["Changes"],
        "DateUTCString": at.strftime("%Y-%m-%dT%H:%M:%S"),
        "DateUTC": bare_instant_form(at),
        "User": record["User"],
        "Details": record["Details"],
    }


def _detail(page: Page) -> documents.Detail:
    return "list" if page.pagination is None else "full"


def _list(world: XeroWorld, call: Call, resource: Resource, items: Iterable[Json], page: Page) -> Answer:
    return answer(call, envelope(world.clock, resource.name, list(items), page.pagination))


def _alone(world: XeroWorld, call: Call, name: str, item: Json) -> Answer:
    return answer(call, envelope(world.clock, name, [item]))
