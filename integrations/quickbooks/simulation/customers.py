"""Customers and their jobs: names are unique, a job stands below its parent."""

from integrations.quickbooks.simulation.answers import ApiFault, Json
from integrations.quickbooks.simulation.bodies import missing
from integrations.quickbooks.simulation.books import Books, reference

COMPUTED = ("Id", "SyncToken", "MetaData", "domain", "sparse", "status", "Balance", "BalanceWithJobs", "Level")
KEPT = ("Id", "SyncToken", "MetaData", "domain", "DisplayName", "Balance", "BalanceWithJobs", "Active")
NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")


def create(books: Books, body: Json) -> Json:
    """A new customer. Raises 6240 where the name is taken."""
    given = {name: value for name, value in body.items() if name not in COMPUTED and value is not None}
    item = _completed(books, given)
    _refuse_taken_name(books, item, own=None)
    return books.add("Customer", {**item, "Balance": 0, "BalanceWithJobs": 0})


def update(books: Books, current: Json, body: Json) -> Json:
    """A full update clears what it leaves out, names and balances aside; a sparse one changes what it names."""
    given = {name: value for name, value in body.items() if name not in COMPUTED}
    kept = current if body.get("sparse") is True else {name: current[name] for name in KEPT if name in current}
    item = _completed(books, {name: value for name, value in {**kept, **given}.items() if value is not None})
    _refuse_taken_name(books, item, own=current["Id"])
    return books.save("Customer", {**item, "sparse": False})


def _completed(books: Books, given: Json) -> Json:
    parts = " ".join(str(given[name]) for name in NAME_PARTS if given.get(name))
    name = str(given.get("DisplayName") or parts)
    if not name:
        raise missing("DisplayName")
    item = {
        "Taxable": True,
        "BillWithParent": False,
        "PreferredDeliveryMethod": "None",
        "CurrencyRef": books.preferences["CurrencyPrefs"]["HomeCurrency"],
        **given,
        "DisplayName": name,
        "FullyQualifiedName": name,
        "PrintOnCheckName": given.get("PrintOnCheckName") or given.get("CompanyName") or name,
        "Active": given.get("Active") is not False,
        "Job": False,
    }
    parent_id = reference(given, "ParentRef")
    if parent_id is not None:
        parent = books.get("Customer", parent_id)
        item |= {"Job": True, "Level": int(parent.get("Level") or 0) + 1}
        item["FullyQualifiedName"] = f"{parent.get('FullyQualifiedName')}:{name}"
    return item


def _refuse_taken_name(books: Books, item: Json, *, own: str | None) -> None:
    wanted = str(item["DisplayName"]).casefold()
    for other in books.tables["Customer"]:
        if str(other.get("DisplayName")).casefold() == wanted and other["Id"] != own:
            detail = f"The name supplied already exists. : Id={other['Id']}"
            raise ApiFault("6240", "Duplicate Name Exists Error", detail)
