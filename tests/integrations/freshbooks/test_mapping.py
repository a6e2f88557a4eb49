"""FreshBooks objects in our words: exact amounts, states by their table, times of New York, and one bad object alone."""

import copy
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import fields
from integrations.freshbooks import identity, mapping, refs
from integrations.ledger import (
    Gone,
    Home,
    Item,
    LedgerAddress,
    LedgerAllocation,
    LedgerCreditMemo,
    LedgerCustomer,
    LedgerInvoice,
    LedgerLine,
    LedgerPayment,
    LedgerPhone,
    Organisation,
    Unusable,
)
from integrations.problems import SET_ASIDE
from integrations.sign_in import Company

HOME = Home(currency="USD", country="US")

INVOICE = """{
  "id":712044,"invoiceid":712044,"accounting_systemid":"6BApk","accountid":"6BApk","customerid":88231,
  "invoice_number":"0000214","create_date":"2026-02-10","due_date":"2026-03-12","due_offset_days":30,"date_paid":null,
  "created_at":"2026-02-10 09:12:44","updated":"2026-03-14 16:05:02","currency_code":"USD",
  "amount":{"amount":"1840.00","code":"USD"},"paid":{"amount":"500.00","code":"USD"},
  "outstanding":{"amount":"1340.00","code":"USD"},"discount_total":{"amount":"0.00","code":"USD"},
  "net_paid_amount":{"amount":"484.99999999999999999999999999","code":"USD"},
  "deposit_status":"none","status":8,"v3_status":"overdue","display_status":"viewed","payment_status":"partial",
  "dispute_status":null,"autobill_status":null,"vis_state":0,"notes":"Thank you 🙂","estimateid":0,
  "organization":"Ruiz Dental",
  "lines":[{"lineid":1,"type":0,"name":"Service call","description":"Two visits","qty":"1",
            "unit_cost":{"amount":"1840.00","code":"USD"},"amount":{"amount":"1840.00","code":"USD"},"taxAmount1":"0"}]}"""

CLIENT = """{
  "id":88231,"userid":88231,"fname":"Dana","lname":"Ruiz","organization":"Ruiz Dental","email":"dana@ruizdental.example",
  "mob_phone":"(512) 555-0148","bus_phone":"512-555-0100 ext 4","home_phone":"","fax":"512-555-0199",
  "currency_code":"USD","p_street":"1 Elm","p_street2":"Suite 4","p_city":"Austin","p_province":"Texas",
  "p_country":"United States","p_code":"78701","note":"Gate code 1234","vis_state":0,"updated":"2026-03-01 08:00:00"}"""

PAYMENT = """{
  "id":5501,"logid":5501,"invoiceid":712044,"clientid":88231,"amount":{"amount":"500.00","code":"USD"},
  "date":"2026-03-01","type":"Check","from_credit":false,"creditid":null,"overpaymentid":null,"gateway":null,
  "transactionid":null,"note":"#1183","updated":"2026-03-01 09:30:00","vis_state":0}"""

CREDIT_NOTE = """{
  "id":31,"creditid":31,"credit_number":"CN-7","credit_type":"goodwill","clientid":88231,
  "amount":{"amount":"120.00","code":"USD"},"paid":{"amount":"20.00","code":"USD"},"payment_status":"partial",
  "display_status":"created","create_date":"2026-03-20","currency_code":"USD","vis_state":0,
  "updated":"2026-03-20 10:00:00"}"""

SAMPLES = {"invoice": INVOICE, "client": CLIENT, "payment": PAYMENT, "credit_note": CREDIT_NOTE}


def raw(entity: str, **changes: Any) -> dict[str, Any]:
    """The sample with these fields laid over it."""
    found = copy.deepcopy(fields.loads(SAMPLES[entity]))
    found.update(fields.loads(json.dumps(changes)))
    return dict(found)


def read(entity: str, **changes: Any) -> Any:
    return mapping.item(entity, raw(entity, **changes), HOME)


def money(amount: str, code: str = "USD") -> dict[str, str]:
    return {"amount": amount, "code": code}


def test_an_invoice_is_read_with_its_lines_dates_and_exact_amounts() -> None:
    assert read("invoice") == LedgerInvoice(
        external_id="712044",
        number="0000214",
        customer="88231",
        status="open",
        vendor_status="overdue",
        currency="USD",
        total=Decimal("1840.00"),
        balance=Decimal("1340.00"),
        issued_on=date(2026, 2, 10),
        due_on=date(2026, 3, 12),
        lines=(LedgerLine("Service call", "Two visits", Decimal("1.0000"), Decimal("1840.00")),),
        memo="Thank you 🙂",
        sent=True,
        payments=None,
        pay_url=None,
        updated_at=datetime(2026, 3, 14, 20, 5, 2, tzinfo=UTC),
    )


def test_a_client_is_reached_mobile_first_and_a_fax_is_no_phone() -> None:
    assert read("client") == LedgerCustomer(
        external_id="88231",
        name="Ruiz Dental",
        company="Ruiz Dental",
        contact_name="Dana Ruiz",
        is_business=True,
        phones=(
            LedgerPhone("(512) 555-0148", "mobile", "+15125550148"),
            LedgerPhone("512-555-0100 ext 4", "primary", "+15125550100"),
        ),
        emails=("dana@ruizdental.example",),
        address=LedgerAddress("1 Elm, Suite 4", "Austin", "US-TX", "78701"),
        active=True,
        parent="",
        updated_at=datetime(2026, 3, 1, 13, 0, tzinfo=UTC),
    )


def test_a_payment_goes_to_the_invoice_it_names() -> None:
    assert read("payment") == LedgerPayment(
        external_id="5501",
        customer="88231",
        amount=Decimal("500.00"),
        unapplied=Decimal(0),
        currency="USD",
        paid_on=date(2026, 3, 1),
        method="Check",
        reference="#1183",
        allocations=(LedgerAllocation("712044", "cash", Decimal("500.00")),),
        reversed=False,
        created_at=None,
        updated_at=datetime(2026, 3, 1, 14, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize("changes", [{"type": "Credit"}, {"from_credit": True}, {"creditid": 31}])
def test_a_payment_out_of_a_credit_is_no_money_that_came_in(changes: dict[str, Any]) -> None:
    assert read("payment", **changes).allocations == (LedgerAllocation("712044", "credit", Decimal("500.00")),)


@pytest.mark.parametrize("invoice", [None, 0, ""])
def test_a_payment_of_no_invoice_is_unapplied(invoice: Any) -> None:
    payment = read("payment", invoiceid=invoice)

    assert (payment.allocations, payment.unapplied) == ((), Decimal("500.00"))


def test_the_number_of_a_transaction_is_its_reference() -> None:
    assert read("payment", transactionid=98765432109876543210).reference == "98765432109876543210"


def test_a_credit_note_is_open_credit_as_far_as_it_is_not_used() -> None:
    assert read("credit_note") == LedgerCreditMemo(
        external_id="31",
        number="CN-7",
        customer="88231",
        total=Decimal("120.00"),
        balance=Decimal("100.00"),
        currency="USD",
        issued_on=date(2026, 3, 20),
        applied=(),
        void=False,
        updated_at=datetime(2026, 3, 20, 14, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("paid", "payment_status", "left"),
    [
        (money("120.00"), "paid", "0.00"),
        (money("0.00"), "unpaid", "120.00"),
        (None, "paid", "0"),
        (None, "unpaid", "120.00"),
    ],
)
def test_what_is_left_of_a_credit_note(paid: Any, payment_status: str, left: str) -> None:
    assert read("credit_note", paid=paid, payment_status=payment_status).balance == Decimal(left)


@pytest.mark.parametrize("kind", ["goodwill", "prepayment", "overpayment"])
def test_every_kind_of_credit_note_is_credit(kind: str) -> None:
    assert isinstance(read("credit_note", credit_type=kind), LedgerCreditMemo)


STATUSES = [
    ({"v3_status": "draft"}, "draft"),
    ({"v3_status": "created"}, "draft"),
    ({"v3_status": "sent", "status": 1}, "draft"),
    ({"v3_status": None, "status": 1}, "draft"),
    ({"v3_status": "sent", "status": 2}, "open"),
    ({"v3_status": "viewed", "status": 3}, "open"),
    ({"v3_status": "failed", "status": 7}, "open"),
    ({"v3_status": "retry", "status": 6}, "open"),
    ({"v3_status": "success", "status": 5}, "paid"),
    ({"v3_status": "autopaid", "status": 5}, "paid"),
    ({"v3_status": "paid", "status": 4}, "paid"),
    ({"v3_status": "partial"}, "open"),
    ({"v3_status": "disputed"}, "open"),
    ({"v3_status": "resolved"}, "open"),
    ({"v3_status": "overdue"}, "open"),
    ({"v3_status": "deposit_partial"}, "open"),
    ({"v3_status": "deposit-partial"}, "open"),
    ({"v3_status": "deposit_paid"}, "open"),
    ({"v3_status": "deposit-paid"}, "open"),
    ({"v3_status": "declined"}, "open"),
    ({"v3_status": "pending"}, "open"),
    ({"v3_status": "something new"}, "open"),
    ({"v3_status": "sent", "outstanding": money("0.00")}, "paid"),
    ({"v3_status": "overdue", "outstanding": money("-50.00")}, "paid"),
    ({"v3_status": "disputed", "outstanding": money("0.00")}, "paid"),
    ({"v3_status": "disputed", "status": 1}, "open"),
    ({"vis_state": 2}, "open"),
]


@pytest.mark.parametrize(("changes", "status"), STATUSES)
def test_the_state_of_an_invoice_follows_their_table(changes: dict[str, Any], status: str) -> None:
    assert read("invoice", **changes).status == status


@pytest.mark.parametrize("entity", list(mapping.ENTITIES))
def test_what_is_deleted_is_gone(entity: str) -> None:
    gone = read(entity, vis_state=1)

    assert isinstance(gone, Gone)
    assert gone.of == mapping.ENTITIES[entity]
    assert gone.external_id == str(raw(entity)["id"])


@pytest.mark.parametrize(
    ("changes", "disputed"),
    [
        ({"v3_status": "disputed"}, True),
        ({"status": 0}, True),
        ({"dispute_status": "disputed"}, True),
        ({"dispute_status": "resolved"}, False),
        ({"v3_status": "resolved"}, False),
        ({}, False),
    ],
)
def test_their_own_mark_of_a_dispute_is_kept_beside_the_state(changes: dict[str, Any], disputed: bool) -> None:
    assert read("invoice", **changes).disputed is disputed


@pytest.mark.parametrize(
    ("changes", "in_flight"),
    [
        ({"v3_status": "retry"}, True),
        ({"v3_status": "pending"}, True),
        ({"autobill_status": "retry"}, True),
        ({"v3_status": None, "status": 6}, True),
        ({"v3_status": "failed", "autobill_status": "failed"}, False),
        ({}, False),
    ],
)
def test_a_card_that_is_being_charged_is_money_on_its_way(changes: dict[str, Any], in_flight: bool) -> None:
    assert read("invoice", **changes).in_flight is in_flight


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"display_status": "draft"}, False),
        ({"display_status": "created"}, False),
        ({"display_status": "sent"}, True),
        ({"display_status": "viewed"}, True),
        ({"display_status": None, "v3_status": "sent"}, True),
        ({"display_status": None, "v3_status": "overdue", "status": 3}, True),
        ({"display_status": "outstanding", "v3_status": "partial", "status": 8}, None),
    ],
)
def test_whether_it_was_sent_is_said_or_unknown(changes: dict[str, Any], sent: bool | None) -> None:
    assert read("invoice", **changes).sent is sent


@pytest.mark.parametrize(
    ("changes", "due_on"),
    [
        ({"due_date": None}, date(2026, 3, 12)),
        ({"due_date": "", "due_offset_days": "15"}, date(2026, 2, 25)),
        ({"due_date": None, "due_offset_days": 0}, date(2026, 2, 10)),
        ({"due_date": None, "due_offset_days": None}, None),
        ({"due_date": None, "due_offset_days": -3}, None),
        ({"due_date": None, "due_offset_days": 1.5}, None),
        ({"due_date": None, "due_offset_days": 10**9}, None),
        ({"due_date": None, "create_date": None}, None),
    ],
)
def test_a_missing_due_date_is_counted_from_the_days_given(changes: dict[str, Any], due_on: date | None) -> None:
    assert read("invoice", **changes).due_on == due_on


def test_an_overpaid_invoice_owes_nothing() -> None:
    invoice = read("invoice", outstanding=money("-50.00"))

    assert (invoice.status, invoice.balance) == ("paid", Decimal(0))


@pytest.mark.parametrize(
    ("excess", "allocations", "unapplied"),
    [
        ("50.00", (LedgerAllocation("712044", "cash", Decimal("450.00")),), "50.00"),
        ("500.00", (), "500.00"),
    ],
)
def test_what_was_paid_beyond_an_invoice_lies_unapplied(
    excess: str, allocations: tuple[LedgerAllocation, ...], unapplied: str
) -> None:
    too_much = {"outstanding": money(f"-{excess}")}

    assert mapping.overpaid(raw("invoice", **too_much), HOME) == ("712044", Decimal(excess))
    payment = mapping.beyond(read("payment"), Decimal(excess))
    assert (payment.amount, payment.allocations, payment.unapplied) == (
        Decimal("500.00"),
        allocations,
        Decimal(unapplied),
    )


@pytest.mark.parametrize("given_raw", [None, "", [], {}, {"outstanding": {"amount": "0.00"}}, {"outstanding": "a lot"}])
def test_nothing_else_is_overpaid(given_raw: Any) -> None:
    assert mapping.overpaid(given_raw, HOME) is None


@pytest.mark.parametrize(
    ("amount", "exact"),
    [
        (money("1340.00"), "1340.00"),
        (money("1340"), "1340.00"),
        (money("0.10"), "0.10"),
        (money("1340.0000"), "1340.00"),
        (1340.5, "1340.50"),
        ("1340.50", "1340.50"),
        ({"amount": "7.00", "code": None}, "7.00"),
    ],
)
def test_money_is_a_text_with_its_currency_or_a_bare_number_and_always_exact(amount: Any, exact: str) -> None:
    assert str(read("invoice", outstanding=amount).balance) == exact


def test_an_invoice_in_another_currency_keeps_it() -> None:
    cad = {name: money("100.00", "CAD") for name in ("amount", "outstanding")}
    line = {"name": "Visit", "qty": "2", "amount": money("-5.00", "CAD")}

    invoice = read("invoice", currency_code="CAD", lines=[line], **cad)

    assert (invoice.currency, invoice.balance) == ("CAD", Decimal("100.00"))
    assert invoice.lines == (LedgerLine("Visit", "", Decimal("2.0000"), Decimal("-5.00")),)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-14 16:05:02", datetime(2026, 3, 14, 20, 5, 2, tzinfo=UTC)),
        ("2026-01-14 16:05:02", datetime(2026, 1, 14, 21, 5, 2, tzinfo=UTC)),
        ("2026-03-14T16:05:02Z", datetime(2026, 3, 14, 16, 5, 2, tzinfo=UTC)),
        ("2026-03-14", datetime(2026, 3, 14, 4, 0, tzinfo=UTC)),
        ("2026-11-01 00:59:59", datetime(2026, 11, 1, 4, 59, 59, tzinfo=UTC)),
        ("2026-11-01 01:30:00", datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),
        ("2026-11-01 01:10:00", datetime(2026, 11, 1, 6, 0, tzinfo=UTC)),
        ("2026-11-01 02:00:00", datetime(2026, 11, 1, 7, 0, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("9999-12-31 23:59:59", None),
        (None, None),
        (7, None),
    ],
)
def test_their_times_are_of_new_york_and_no_change_in_the_doubled_hour_looks_older(
    written: Any, moment: datetime | None
) -> None:
    assert refs.moment(written) == moment


@pytest.mark.parametrize(
    ("entity", "changes", "reason"),
    [
        ("invoice", {"id": None, "invoiceid": None}, "no_id"),
        ("invoice", {"id": 0, "invoiceid": 0}, "no_id"),
        ("invoice", {"id": {"a": 1}}, "field_wrong"),
        ("invoice", {"customerid": None}, "field_missing"),
        ("invoice", {"outstanding": None}, "field_missing"),
        ("invoice", {"outstanding": money("1.005")}, "amount_decimals"),
        ("invoice", {"outstanding": money("a lot")}, "amount_unreadable"),
        ("invoice", {"outstanding": True}, "amount_unreadable"),
        ("invoice", {"outstanding": money("NaN")}, "amount_unreadable"),
        ("invoice", {"amount": money("9" * 20)}, "amount_too_large"),
        ("invoice", {"outstanding": money("5.00", "CAD")}, "field_wrong"),
        ("invoice", {"currency_code": "XQQ"}, "currency_unknown"),
        ("invoice", {"due_date": "2026-02-30"}, "date_unreadable"),
        ("invoice", {"lines": "none"}, "field_wrong"),
        ("payment", {"date": None}, "field_missing"),
        ("payment", {"clientid": None}, "field_missing"),
        ("payment", {"amount": money("-5.00")}, "amount_negative"),
        ("credit_note", {"paid": None}, "field_missing"),
        ("client", {"organization": "", "fname": "", "lname": None, "email": ""}, "field_missing"),
    ],
)
def test_what_cannot_be_read_says_why(entity: str, changes: dict[str, Any], reason: str) -> None:
    item = read(entity, **changes)

    assert isinstance(item, Unusable)
    assert (item.of, item.reason) == (mapping.ENTITIES[entity], reason)
    assert item.reason in SET_ASIDE


def test_one_bad_invoice_concerns_no_other() -> None:
    rows = [raw("invoice", outstanding=None), "nonsense", raw("invoice")]

    bad, worse, good = (mapping.item("invoice", row, HOME) for row in rows)

    assert (bad, worse) == (
        Unusable("invoice", "712044", "0000214", "field_missing", "outstanding"),
        Unusable("invoice", "", "", "not_an_object", "invoice"),
    )
    assert isinstance(good, LedgerInvoice)


@pytest.mark.parametrize("name", ["credit_note", "credit_notes"])
def test_a_single_credit_note_is_named_in_either_way(name: str) -> None:
    assert mapping.single({name: {"id": 31}}, "credit_note") == {"id": 31}


PEOPLE = [
    ({"organization": ""}, "Dana Ruiz", False),
    ({"organization": "dana  RUIZ"}, "dana  RUIZ", False),
    ({"organization": "Ruiz, Dana"}, "Ruiz, Dana", False),
    ({"organization": "", "fname": "", "lname": ""}, "dana@ruizdental.example", False),
    ({"organization": "", "vat_number": "DE123"}, "Dana Ruiz", True),
]


@pytest.mark.parametrize(("changes", "name", "is_business"), PEOPLE)
def test_who_the_client_is(changes: dict[str, Any], name: str, is_business: bool) -> None:
    client = read("client", **changes)

    assert (client.name, client.is_business) == (name, is_business)


@pytest.mark.parametrize(
    ("country", "phone", "number", "problem"),
    [
        ("United States", "(512) 555-0148", "+15125550148", ""),
        ("", "(512) 555-0148", "+15125550148", ""),
        ("Atlantis", "(512) 555-0148", "+15125550148", ""),
        ("Canada", "(416) 555-0148", "+14165550148", "foreign"),
        ("Mexico", "55 1234 5678", "+525512345678", "foreign"),
        ("United Kingdom", "020 7946 0958", "+442079460958", "foreign"),
        ("Canada", "800-555-0199", "+18005550199", ""),
        ("United States", "do not call", "", "unreadable"),
    ],
)
def test_a_number_is_read_in_the_clients_country_and_judged_from_ours(
    country: str, phone: str, number: str, problem: str
) -> None:
    (read_phone,) = read("client", p_country=country, mob_phone=phone, bus_phone="").phones

    assert (read_phone.raw, read_phone.number, read_phone.problem) == (phone, number, problem)


def test_a_client_without_a_phone_has_none() -> None:
    assert read("client", mob_phone=None, bus_phone=" ", home_phone="").phones == ()


def test_an_archived_client_is_not_active() -> None:
    assert read("client", vis_state=2).active is False


@pytest.mark.parametrize(("said", "chased"), [(False, False), (True, None), (None, None)])
def test_late_notices_that_are_forbidden_are_the_only_thing_said_of_reminders(said: Any, chased: bool | None) -> None:
    assert read("client", allow_late_notifications=said).chased_by_vendor is chased


ME = {
    "response": {
        "id": 1234,
        "business_memberships": [
            {"role": "owner", "business": {"id": 6543, "name": "Ava's", "account_id": "6BApk", "address": None}},
            {"role": "owner", "business": {"id": 6544, "name": "No books", "account_id": ""}},
            {"role": "business_employee", "business": {"id": 6545, "name": "A job", "account_id": "Zz9"}},
            {
                "role": "Admin",
                "business": {"id": 6546, "name": "Nord", "account_id": "8C", "address": {"country": "CA"}},
            },
            {"role": "client", "business": {"id": 6547, "name": "A shop", "account_id": "Xx1"}},
        ],
    }
}


def test_a_sign_in_opens_what_it_owns_or_administers_and_what_has_books() -> None:
    said = fields.loads(json.dumps(ME))

    assert identity.companies(said) == [
        Company("6BApk", "Ava's", {"business_id": "6543", "identity_id": "1234"}),
        Company("8C", "Nord", {"business_id": "6546", "identity_id": "1234"}),
    ]
    assert identity.organisation(said, "8C", HOME) == Organisation("8C", "Nord", "CAD", "CA")
    assert identity.organisation(said, "6BApk", HOME) == Organisation("6BApk", "Ava's", "USD", "US")
    assert identity.organisation(said, "Zz9", HOME) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(entity=st.sampled_from(sorted(mapping.ENTITIES)), data=st.data())
def test_whatever_they_send_it_is_an_item_of_its_kind(entity: str, data: st.DataObject) -> None:
    names = st.sampled_from([*fields.loads(SAMPLES[entity]), "created_at", "vat_number"])
    given_raw = {**fields.loads(SAMPLES[entity]), **data.draw(st.dictionaries(names, anything, max_size=6))}

    for said in (given_raw, data.draw(anything)):
        item: Item = mapping.item(entity, fields.loads(json.dumps(said, default=str)), HOME)
        assert (
            getattr(item, "of", item.kind if not isinstance(item, Gone | Unusable) else "") == mapping.ENTITIES[entity]
        )
        assert not isinstance(item, Unusable) or item.reason in SET_ASIDE
