"""What can be read: pages to the end, filters, what changed, and the shapes of everything."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from integrations.xero.simulator import AGENCY, LAW_FIRM
from tests.integrations.xero.simulator import App, good, simulated

DATE = r"/Date\(-?\d+\+0000\)/"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with simulated() as url:
        yield url


@pytest.fixture(scope="module")
def app(base_url: str) -> App:
    return App(base_url).connected()


@pytest.fixture(scope="module")
def agency(base_url: str) -> App:
    return App(base_url, tenant=AGENCY).connected()


def pages(app: App, name: str, **params: Any) -> list[Any]:
    """A list to its end."""
    found: list[Any] = []
    while True:
        answer = app.get(name, page=len(found) // 7 + 1, pageSize=7, **params)
        found += answer[name]
        if answer["pagination"]["page"] >= answer["pagination"]["pageCount"]:
            assert answer["pagination"]["itemCount"] == len(found)
            return found


def test_pages_hold_every_sales_invoice_once(app: App) -> None:
    found = pages(app, "Invoices", where='Type=="ACCREC"', order="UpdatedDateUTC ASC")

    assert {one["InvoiceID"] for one in found} == set(app.sim.truth(LAW_FIRM))
    assert len(found) == app.sim.counts(LAW_FIRM)["invoices"]
    updated = [one["UpdatedDateUTC"] for one in found]
    assert updated == sorted(updated)


def test_bills_of_suppliers_come_along_unless_they_are_filtered_out(app: App) -> None:
    every = app.get("Invoices", page=1, pageSize=1000)["Invoices"]
    bills = app.get("Invoices", page=1, pageSize=1000, where='Type=="ACCPAY"')["Invoices"]

    assert len(every) - len(bills) == app.sim.counts(LAW_FIRM)["invoices"]
    assert len(bills) == 36
    assert {one["Type"] for one in every} == {"ACCREC", "ACCPAY"}


def test_the_sums_of_every_invoice_agree_with_the_books(app: App) -> None:
    truth = app.sim.truth(LAW_FIRM)

    for one in app.get("Invoices", page=1, pageSize=1000, where='Type=="ACCREC"')["Invoices"]:
        known = truth[one["InvoiceID"]]
        assert one["Total"] == Decimal(known["total"])
        if one["Status"] in ("VOIDED", "DELETED"):
            assert (one["AmountDue"], one["AmountPaid"], one["AmountCredited"]) == (0, 0, 0)
            continue
        assert one["AmountDue"] == Decimal(known["balance"])
        assert one["Total"] == one["AmountDue"] + one["AmountPaid"] + one["AmountCredited"]
        assert sum(line["LineAmount"] for line in one["LineItems"]) == (
            one["SubTotal"] if one["LineAmountTypes"] == "Exclusive" else one["Total"]
        )
        assert one["SubTotal"] + one["TotalTax"] == one["Total"]
        assert sum(part["Amount"] for part in one["Payments"]) == one["AmountPaid"]
        credited = [
            part["AppliedAmount"] for kind in ("CreditNotes", "Overpayments", "Prepayments") for part in one[kind]
        ]
        assert sum(credited) == one["AmountCredited"]
        assert (one["Status"] == "PAID") == (one["AmountDue"] == 0 and known["status"] != "draft")
        assert ("FullyPaidOnDate" in one) <= (one["Status"] == "PAID")


def test_every_status_is_there(app: App) -> None:
    draft = app.one_invoice(status="draft", extra={"submitted": True})
    gone = app.one_invoice(status="draft")
    app.sim.act(LAW_FIRM, "delete_invoice", id=gone["id"])
    void = app.one_invoice()
    app.sim.act(LAW_FIRM, "void_invoice", id=void["id"])
    paid = app.one_invoice()
    app.sim.act(LAW_FIRM, "pay", customer=paid["customer"], amount="500.00", applied={paid["id"]: "500.00"})
    opened, plain = app.one_invoice(), app.one_invoice(status="draft")

    found = {one["id"]: app.invoice(one["id"])["Status"] for one in (draft, gone, void, paid, opened, plain)}

    assert list(found.values()) == ["SUBMITTED", "DELETED", "VOIDED", "PAID", "AUTHORISED", "DRAFT"]


def test_a_bare_list_lacks_lines_and_payments_and_has_no_pagination(app: App) -> None:
    bare = app.get("Invoices")
    paged = app.get("Invoices", page=1)

    assert "pagination" not in bare
    assert all(one["LineItems"] == [] and "Payments" not in one for one in bare["Invoices"])
    assert all(one["LineItems"] and "Payments" in one for one in paged["Invoices"])


def test_the_summary_leaves_out_what_takes_computing(app: App) -> None:
    [invoice] = app.get("Invoices", page=1, pageSize=1, summaryOnly="true")["Invoices"]
    [contact] = app.get("Contacts", page=1, pageSize=1, summaryOnly="true")["Contacts"]

    assert not {"LineItems", "Payments", "CreditNotes"} & set(invoice)
    assert not {"Balances", "ContactPersons"} & set(contact)
    assert "AmountDue" in invoice


def test_dates_are_escaped_on_the_wire_and_midnight_in_utc(app: App) -> None:
    made = app.one_invoice(issued_on="2026-09-03", due_on="2026-10-03")

    raw = app.call("GET", f"Invoices/{made['id']}").text
    one = app.invoice(made["id"])

    assert r'"Date":"\/Date(1788393600000+0000)\/"' in raw
    assert "null" not in raw
    assert one["Date"] == "/Date(1788393600000+0000)/"
    assert (one["DateString"], one["DueDateString"]) == ("2026-09-03T00:00:00", "2026-10-03T00:00:00")
    assert '"AmountDue":500.00,' in raw


def test_what_is_absent_is_left_out(app: App) -> None:
    customer = app.one_customer(name="Nobody Knows")
    draft = app.one_invoice(customer=customer, status="draft", no_due_date=True)

    contact = app.get(f"Contacts/{customer}")["Contacts"][0]

    assert not {"FirstName", "LastName", "EmailAddress"} & set(contact)
    assert not {"DueDate", "DueDateString", "FullyPaidOnDate"} & set(app.invoice(draft["id"]))


def test_the_contact_within_an_invoice_is_a_stub(app: App) -> None:
    customer = app.one_customer(name="Ana Reyes", email="ana@cafe.example", phones={"mobile": "(212) 555-0148"})
    made = app.one_invoice(customer=customer)

    assert app.invoice(made["id"])["Contact"] == {
        "ContactID": customer,
        "Name": "Ana Reyes",
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def test_a_contact_has_four_slots_for_phones_and_other_persons(app: App) -> None:
    customer = app.one_customer(
        name="Harbour Cafe",
        given="Ana",
        phones={"work": "+1 212 555 0148", "home": "call after six"},
        people=[{"name": "Sam Lee", "role": "bookkeeper", "email": "sam@cafe.example", "phone": "555-0101"}],
    )
    app.one_invoice("796.00", customer=customer)

    contact = app.get(f"Contacts/{customer}")["Contacts"][0]

    phones = {one["PhoneType"]: one for one in contact["Phones"]}
    assert list(phones) == ["DDI", "DEFAULT", "FAX", "MOBILE"]
    assert phones["DDI"]["PhoneNumber"] == "call after six"
    parts = [phones["DEFAULT"][f"Phone{part}"] for part in ("CountryCode", "AreaCode", "Number")]
    assert parts in (["1", "212", "555-0148"], ["", "", "+1 212 555 0148"])
    assert set(phones["FAX"].values()) == {"FAX", ""}
    assert contact["ContactPersons"] == [
        {"FirstName": "Sam", "LastName": "Lee", "EmailAddress": "sam@cafe.example", "IncludeInEmails": True}
    ]
    assert contact["Balances"]["AccountsReceivable"]["Outstanding"] == Decimal("796.00")


def test_phones_of_the_firm_are_sometimes_split_and_sometimes_whole(app: App) -> None:
    contacts = app.get("Contacts", page=1, pageSize=1000)["Contacts"]
    phones = [phone for one in contacts for phone in one["Phones"] if phone["PhoneNumber"]]

    assert {bool(phone["PhoneAreaCode"]) for phone in phones} == {True, False}


def test_archived_contacts_are_shown_only_when_they_are_asked_for(app: App) -> None:
    customer = app.one_customer(name="Long Gone")
    app.sim.act(LAW_FIRM, "change_customer", id=customer, active=False)

    without = app.get("Contacts", IDs=customer)["Contacts"]
    [found] = app.get("Contacts", IDs=customer, includeArchived="true")["Contacts"]

    assert without == []
    assert found["ContactStatus"] == "ARCHIVED"


def test_suppliers_are_contacts_too(app: App) -> None:
    found = app.get("Contacts", where="IsSupplier==true")["Contacts"]

    assert [one["IsCustomer"] for one in found] == [False] * 6


@pytest.mark.parametrize(
    ("where", "check"),
    [
        ('Status=="AUTHORISED" AND AmountDue>0', lambda one: one["Status"] == "AUTHORISED" and one["AmountDue"] > 0),
        ('Type=="ACCREC"&&Status!="PAID"', lambda one: one["Type"] == "ACCREC" and one["Status"] != "PAID"),
        ('Status=="DRAFT" OR Status=="VOIDED"', lambda one: one["Status"] in ("DRAFT", "VOIDED")),
        ('(Status="DRAFT" or AmountPaid >= 100.50) and !(Type=="ACCPAY")', lambda one: one["Type"] == "ACCREC"),
        ("Date>=DateTime(2026, 06, 01)", lambda one: one["DateString"] >= "2026-06-01"),
        ('DueDate<DateTime.Parse("2026-06-01")', lambda one: one["DueDateString"] < "2026-06-01"),
        ("DueDate!=null", lambda one: "DueDate" in one),
        ('Contact.Name.Contains("LLC")', lambda one: "LLC" in one["Contact"]["Name"]),
        ('InvoiceNumber.ToLower().StartsWith("inv-000")', lambda one: one["InvoiceNumber"].startswith("INV-000")),
        ("SentToContact==false", lambda one: one.get("SentToContact", False) is False),
    ],
)
def test_a_filter_shows_what_fits_and_nothing_else(app: App, where: str, check: Any) -> None:
    every = app.get("Invoices", page=1, pageSize=1000)["Invoices"]
    found = app.get("Invoices", page=1, pageSize=1000, where=where)["Invoices"]

    assert all(check(one) for one in found)
    assert 0 < len(found) < len(every) + ("null" in where)


def test_a_filter_by_contact_takes_a_guid(app: App) -> None:
    made = app.one_invoice()

    found = app.get("Invoices", where=f'Contact.ContactID==Guid("{made["customer"]}")')["Invoices"]

    assert [one["InvoiceID"] for one in found] == [made["id"]]


def test_lists_by_ids_numbers_contacts_and_statuses(app: App) -> None:
    first, second = app.one_invoice(), app.one_invoice(status="draft")
    both = f"{first['id']},{second['id']}"

    def ids(**params: Any) -> list[str]:
        return sorted(one["InvoiceID"] for one in app.get("Invoices", **params)["Invoices"])

    assert ids(IDs=both) == sorted((first["id"], second["id"]))
    assert ids(IDs=both, Statuses="AUTHORISED,PAID") == [first["id"]]
    assert ids(InvoiceNumbers=first["number"]) == [first["id"]]
    assert ids(ContactIDs=second["customer"]) == [second["id"]]
    assert ids(searchTerm=first["number"].lower()) == [first["id"]]


def test_an_order_may_be_turned_round(app: App) -> None:
    up = [one["Total"] for one in app.get("Invoices", order="Total ASC")["Invoices"]]
    down = [one["Total"] for one in app.get("Invoices", order="Total DESC,InvoiceNumber")["Invoices"]]

    assert up == sorted(up)
    assert down == sorted(up, reverse=True)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ('Foo=="x"', "No property or field 'Foo' exists in type 'Invoice'"),
        ("Status=='PAID'", "Character literal must contain exactly one character"),
        ('InvoiceID=="7c3b1a52-5a0a-4c1e-9d2f-61a1a2c0d001"', "types 'Guid' and 'String'"),
        ("AmountDue>", "Expression expected"),
        ('(Status=="PAID"', "')' expected"),
        ("Status", "Expression of type 'Boolean' expected"),
        ('Contact.ContactID==Guid("nonsense")', "Guid should contain 32 digits"),
        ("Date>DateTime(2026)", "No applicable constructor"),
        ("Status==#", "Syntax error"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(app: App, where: str, message: str) -> None:
    answer = app.call("GET", "Invoices", params={"where": where})

    body = answer.json()
    assert (answer.status_code, body["ErrorNumber"], body["Type"]) == (400, 16, "QueryParseException")
    assert message in body["Message"]


@pytest.mark.parametrize(
    "params",
    [
        {"page": "0"},
        {"page": "one"},
        {"page": "1", "pageSize": "1001"},
        {"order": "Nothing ASC"},
        {"order": "Date SIDEWAYS"},
        {"IDs": "not-a-guid"},
        {"Statuses": "OPEN"},
        {"summaryOnly": "yes"},
        {"unitdp": "3"},
        {"modifiedAfter": "2026-01-01"},
    ],
)
def test_a_parameter_that_is_not_the_vendors_is_refused(app: App, params: dict[str, str]) -> None:
    assert app.call("GET", "Invoices", params=params).status_code == 400


def test_only_what_changed_since_is_read_and_nothing_is_an_empty_list(app: App) -> None:
    app.sim.clock(86_400)
    now = app.sim.clock()["now"]
    paid, void, deleted = app.one_invoice(), app.one_invoice(), app.one_invoice(status="draft")
    app.sim.act(LAW_FIRM, "pay", customer=paid["customer"], amount="200.00", applied={paid["id"]: "200.00"})
    app.sim.act(LAW_FIRM, "void_invoice", id=void["id"])
    app.sim.act(LAW_FIRM, "delete_invoice", id=deleted["id"])

    def ids(since: str) -> set[str]:
        return {one["InvoiceID"] for one in app.get("Invoices", since=since, page=1)["Invoices"]}

    assert ids(now) == {paid["id"], void["id"], deleted["id"]}
    assert ids(now[:19]) >= ids(now)
    later = app.get("Invoices", since="2100-01-01T00:00:00", page=1)
    assert later["Invoices"] == []
    assert later["pagination"] == {"page": 1, "pageSize": 100, "pageCount": 0, "itemCount": 0}
    assert app.call("GET", "Invoices", headers={"If-Modified-Since": "yesterday"}).status_code == 400
    assert ids("Fri, 01 Jan 2100 00:00:00 GMT") == set()
    app.sim.clock(0)


def test_a_payment_taken_back_is_read_as_deleted(app: App) -> None:
    made = app.one_invoice()
    payment = app.sim.act(LAW_FIRM, "pay", customer=made["customer"], amount="500.00", applied={made["id"]: "500.00"})
    app.sim.act(LAW_FIRM, "reverse_payment", id=payment["id"])

    [found] = app.get("Payments", where=f'PaymentID==Guid("{payment["id"]}")')["Payments"]

    assert (found["Status"], found["PaymentType"], found["Amount"]) == ("DELETED", "ACCRECPAYMENT", Decimal("500.00"))
    assert app.invoice(made["id"])["AmountDue"] == Decimal("500.00")


def test_one_payment_of_the_books_over_two_invoices_is_two_payments_here(app: App) -> None:
    customer = app.one_customer()
    first, second = app.one_invoice(customer=customer), app.one_invoice("300.00", customer=customer)
    parts = {first["id"]: "500.00", second["id"]: "100.00"}
    app.sim.act(LAW_FIRM, "pay", customer=customer, amount="600.00", applied=parts, reference="88121")

    where = f'Invoice.Contact.ContactID==Guid("{customer}")'
    found = app.get("Payments", where=where, order="Amount DESC", page=1)["Payments"]

    assert [(one["Invoice"]["InvoiceID"], one["Amount"]) for one in found] == [
        (first["id"], Decimal("500.00")),
        (second["id"], Decimal("100.00")),
    ]
    assert {one["Reference"] for one in found} == {"88121"}
    assert found[0]["Invoice"]["Contact"] == {"ContactID": customer, "Name": "Juniper Bakery"}


def test_money_beyond_the_invoice_is_an_overpayment_and_counts_as_credit_when_it_is_allocated(app: App) -> None:
    customer = app.one_customer()
    first, second = app.one_invoice(customer=customer), app.one_invoice("300.00", customer=customer)
    payment = app.sim.act(LAW_FIRM, "pay", customer=customer, amount="620.00", applied={first["id"]: "500.00"})
    app.sim.act(LAW_FIRM, "apply_payment", id=payment["id"], invoice=second["id"], amount="100.00")

    [over] = app.get("Overpayments", where=f'Contact.ContactID==Guid("{customer}")', page=1)["Overpayments"]
    invoice = app.invoice(second["id"])

    assert (over["Type"], over["Status"], over["Total"], over["RemainingCredit"]) == (
        "RECEIVE-OVERPAYMENT",
        "AUTHORISED",
        Decimal("120.00"),
        Decimal("20.00"),
    )
    assert [one["Amount"] for one in over["Allocations"]] == [Decimal("100.00")]
    assert (invoice["AmountPaid"], invoice["AmountCredited"], invoice["AmountDue"]) == (0, 100, 200)
    assert invoice["Overpayments"][0]["AppliedAmount"] == Decimal("100.00")


def test_money_in_advance_is_a_prepayment(app: App) -> None:
    made = app.one_invoice()
    app.sim.act(
        LAW_FIRM,
        "pay",
        customer=made["customer"],
        amount="500.00",
        applied={made["id"]: "500.00"},
        extra={"prepayment": True},
    )

    where = f'Contact.ContactID==Guid("{made["customer"]}")'
    [pre] = app.get("Prepayments", where=where, page=1)["Prepayments"]
    invoice = app.invoice(made["id"])

    assert (pre["Status"], pre["RemainingCredit"]) == ("PAID", 0)
    assert (invoice["Status"], invoice["AmountPaid"], invoice["AmountCredited"]) == ("PAID", 0, 500)
    assert app.get("Payments", where=f'Invoice.InvoiceID==Guid("{made["id"]}")')["Payments"] == []


def test_a_refund_is_a_payment_of_another_kind(app: App) -> None:
    customer = app.one_customer()
    payment = app.sim.act(LAW_FIRM, "pay", customer=customer, amount="80.00")
    app.sim.act(LAW_FIRM, "refund", id=payment["id"], amount="30.00")

    [found] = app.get("Payments", where=f'Invoice.Contact.ContactID==Guid("{customer}")')["Payments"]
    kinds = {one["PaymentType"] for one in app.get("Payments")["Payments"]}

    assert (found["PaymentType"], found["Amount"]) == ("AROVERPAYMENTPAYMENT", Decimal("30.00"))
    assert kinds >= {"ACCRECPAYMENT", "ACCPAYPAYMENT", "ARCREDITPAYMENT", "AROVERPAYMENTPAYMENT"}


def test_a_partial_refund_of_a_paid_invoice_replaces_the_payment(app: App) -> None:
    made = app.one_invoice()
    payment = app.sim.act(LAW_FIRM, "pay", customer=made["customer"], amount="500.00", applied={made["id"]: "500.00"})
    app.sim.act(LAW_FIRM, "refund", id=payment["id"], amount="120.00")

    found = app.get("Payments", where=f'Invoice.InvoiceID==Guid("{made["id"]}")', order="Amount DESC")["Payments"]

    assert [(one["Status"], one["Amount"]) for one in found] == [("DELETED", 500), ("AUTHORISED", 380)]
    assert app.invoice(made["id"])["AmountDue"] == Decimal("120.00")


def test_a_write_off_is_a_credit_note_and_can_be_taken_back(app: App) -> None:
    made = app.one_invoice()
    app.sim.act(LAW_FIRM, "write_off", id=made["id"])
    written_off = app.invoice(made["id"])
    app.sim.act(LAW_FIRM, "cancel_write_off", id=made["id"])

    assert (written_off["Status"], written_off["AmountCredited"]) == ("PAID", Decimal("500.00"))
    number = written_off["CreditNotes"][0]["CreditNoteNumber"]
    assert app.get(f"CreditNotes/{number}")["CreditNotes"][0]["Status"] == "VOIDED"
    assert app.invoice(made["id"])["AmountDue"] == Decimal("500.00")


def test_the_organisation_tells_its_zone_and_currency(app: App, agency: App) -> None:
    [firm] = app.get("Organisation")["Organisations"]
    [studio] = agency.get("Organisation")["Organisations"]

    assert [firm[name] for name in ("BaseCurrency", "Timezone", "CountryCode")] == ["USD", "EASTERNSTANDARDTIME", "US"]
    assert [studio[name] for name in ("BaseCurrency", "Timezone", "CountryCode")] == [
        "NZD",
        "NEWZEALANDSTANDARDTIME",
        "NZ",
    ]
    assert studio["ShortCode"].startswith("!")


def test_an_organisation_may_bill_in_several_currencies(agency: App) -> None:
    invoices = agency.get("Invoices", page=1, pageSize=1000, where='Type=="ACCREC"')["Invoices"]

    rates = {one["CurrencyCode"]: one["CurrencyRate"] for one in invoices}
    assert rates["NZD"] == 1
    assert set(rates) > {"NZD"}
    assert all(rate != 1 for currency, rate in rates.items() if currency != "NZD")


def test_unit_amounts_have_four_decimals_when_that_is_asked_for(app: App) -> None:
    lines = [{"description": "Copies", "quantity": "3", "price": "0.1234"}]
    made = app.sim.act(LAW_FIRM, "add_invoice", customer=app.one_customer(), lines=lines)

    raw = app.call("GET", f"Invoices/{made['id']}", params={"unitdp": "4"}).text

    assert '"UnitAmount":0.1234' in raw
    assert '"UnitAmount":0.12,' in app.call("GET", f"Invoices/{made['id']}").text
    assert '"Quantity":3.0000' in raw


def test_a_discount_and_a_memo_are_on_the_lines(app: App) -> None:
    made = app.one_invoice(discount="50.00", memo="Thank you")

    invoice = app.invoice(made["id"])

    assert (invoice["IsDiscounted"], invoice["TotalDiscount"], invoice["Total"]) == (True, 50, 450)
    assert invoice["LineItems"][0]["LineAmount"] == Decimal("450.00")
    assert invoice["LineItems"][1]["Description"] == "Thank you"
    assert "UnitAmount" not in invoice["LineItems"][1]


def test_an_online_invoice_can_be_opened_by_the_customer(app: App) -> None:
    made, draft = app.one_invoice(), app.one_invoice(status="draft")

    url = app.get(f"Invoices/{made['id']}/OnlineInvoice")["OnlineInvoices"][0]["OnlineInvoiceUrl"]
    page = app.http.get(url)

    assert url.startswith(f"{app.base_url}/in/")
    assert "500.00 USD" in page.text
    assert app.http.get("/in/nothing").status_code == 404
    assert app.call("GET", f"Invoices/{draft['id']}/OnlineInvoice").status_code == 400


def test_an_invoice_is_found_by_its_number_too(app: App) -> None:
    made = app.one_invoice()

    assert app.invoice(made["number"])["InvoiceID"] == made["id"]


def test_odd_fields_are_laid_over_what_is_shown(app: App) -> None:
    made = app.one_invoice()
    app.sim.odd(LAW_FIRM, "invoice", made["id"], {"Status": "FROZEN", "DueDate": None, "Contact": "__drop__"})

    found = app.invoice(made["id"])

    assert (found["Status"], found["DueDate"], "Contact" in found) == ("FROZEN", None, False)


def test_whoever_does_not_ask_for_json_gets_xml(app: App) -> None:
    made = app.one_invoice()

    answer = app.call("GET", f"Invoices/{made['id']}", headers={"Accept": "*/*"})

    assert answer.headers["content-type"].startswith("text/xml")
    assert f"<InvoiceID>{made['id']}</InvoiceID>" in answer.text


def test_each_organisation_sees_its_own_books_only(app: App, agency: App) -> None:
    made = app.one_invoice()

    assert agency.call("GET", f"Invoices/{made['id']}").status_code == 404
    assert app.call("GET", "Invoices", headers={"xero-tenant-id": AGENCY}).status_code == 403
    assert len(good(agency.call("GET", "Invoices"))["Invoices"]) == agency.sim.counts(AGENCY)["invoices"] + 36
