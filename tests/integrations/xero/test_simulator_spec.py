"""Every kind of answer against the vendor's own published specification."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from integrations.xero.simulator import AGENCY, LAW_FIRM
from tests.integrations.xero.simulator import App, good, simulated

SPECS = os.environ.get("VENDOR_SPECS", "")
pytestmark = pytest.mark.skipif(
    not (Path(SPECS) / "xero").is_dir(), reason="VENDOR_SPECS does not name a directory with Xero's specification"
)
LISTS = ("Invoices", "Contacts", "Payments", "CreditNotes", "Overpayments", "Prepayments")


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with simulated(invoices=200, second_invoices=40) as url:
        yield App(url).connected()


@cache
def validator(file: str, schema: str) -> Any:
    """A validator of one schema of a specification, as it was published."""
    spec = yaml.load((Path(SPECS) / "xero" / file).read_bytes(), Loader=yaml.CSafeLoader)
    registry = Registry().with_resource("urn:spec", Resource.from_contents(spec, default_specification=DRAFT4))
    return OAS30Validator({"$ref": f"urn:spec#/components/schemas/{schema}"}, registry=registry)


def problems(schema: str, value: Any, file: str = "xero_accounting.yaml") -> list[str]:
    """Every way in which a value does not fit."""
    return [f"{error.json_path}: {error.message}" for error in validator(file, schema).iter_errors(value)]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("tenant", [LAW_FIRM, AGENCY])
def test_every_object_of_a_list_fits(app: App, name: str, tenant: str) -> None:
    reader = App(app.base_url, tenant=tenant).connected()
    more = {"includeArchived": "true"} if name == "Contacts" else {}

    answer = reader.call("GET", name, params={"page": 1, "pageSize": 1000, **more}).json()

    assert answer[name]
    assert problems(name, answer) == []
    assert problems(name, reader.call("GET", name).json()) == []


def test_the_organisation_its_reminders_and_connections_fit(app: App) -> None:
    assert problems("Organisations", app.call("GET", "Organisation").json()) == []
    assert problems("InvoiceReminders", app.call("GET", "InvoiceReminders/Settings").json()) == []
    for one in app.connections():
        assert problems("Connection", one, "xero-identity.yaml") == []


def test_answers_to_writes_fit(app: App) -> None:
    made = app.one_invoice()
    line = {"Description": "Disputed", "UnitAmount": 50, "AccountCode": "200"}
    note = {
        "Type": "ACCRECCREDIT",
        "Status": "AUTHORISED",
        "Contact": {"ContactID": made["customer"]},
        "LineItems": [line],
    }

    credit = app.send("PUT", "CreditNotes", note)
    id = good(credit)["CreditNotes"][0]["CreditNoteID"]
    body = {"Allocations": [{"Invoice": {"InvoiceID": made["id"]}, "Amount": 50, "Date": "2026-10-28"}]}
    allocated = app.send("PUT", f"CreditNotes/{id}/Allocations", body)
    history = app.send("PUT", f"Invoices/{made['id']}/History", {"HistoryRecords": [{"Details": "Said so"}]})
    refused = app.send("POST", f"Invoices/{made['id']}", {"Status": "VOIDED"})

    assert problems("CreditNotes", credit.json()) == []
    assert problems("Allocations", allocated.json()) == []
    assert problems("HistoryRecords", history.json()) == []
    assert problems("HistoryRecords", app.call("GET", f"Invoices/{made['id']}/History").json()) == []
    assert problems("OnlineInvoices", app.call("GET", f"Invoices/{made['id']}/OnlineInvoice").json()) == []
    assert problems("Error", refused.json()) == []


def test_what_does_not_fit_is_noticed(app: App) -> None:
    made = app.one_invoice()
    app.sim.odd(LAW_FIRM, "invoice", made["id"], {"Status": "BOGUS"})

    assert len(problems("Invoices", app.call("GET", f"Invoices/{made['id']}").json())) == 1
