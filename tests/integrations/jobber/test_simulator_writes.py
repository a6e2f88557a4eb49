"""What an app may change in Jobber, what that does to the books, and what comes back as a user error."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integrations.jobber.simulator import Jobber, running_simulator

RESULT = "{ invoice { id invoiceStatus amounts { discountAmount taxAmount invoiceBalance total } } userErrors { message path } }"
DISCOUNT = (
    "mutation($id: EncodedId!, $rate: Float!, $type: CostModifierTypeEnum!)"
    " { invoiceEdit(invoiceId: $id, input: { discount: { discountRate: $rate, discountType: $type } }) RESULT }"
).replace("RESULT", RESULT)
CLOSE = "mutation($id: EncodedId!, $how: InvoiceCloseOptionsType!) { invoiceClose(id: $id, input: { closeOption: $how }) RESULT }".replace(
    "RESULT", RESULT
)
UNMARK = "mutation($id: EncodedId!) { invoiceUnmarkBadDebt(id: $id) RESULT }".replace("RESULT", RESULT)
NOTE = (
    "mutation($id: EncodedId!, $message: String!) { invoiceCreateNote(invoiceId: $id, input: { message: $message, pinned: true })"
    " { invoiceNote { id message pinned createdAt lastEditedAt } userErrors { message path } } }"
)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with running_simulator() as url:
        yield url


@pytest.fixture
def jobber(base_url: str) -> Jobber:
    jobber = Jobber(base_url)
    jobber.sim.reset()
    return jobber.connect()


def discount(jobber: Jobber, id: str, rate: float, kind: str = "Unit") -> Any:
    return jobber.ask(DISCOUNT, id=id, rate=rate, type=kind)["invoiceEdit"]


def test_a_fixed_discount_brings_the_balance_to_the_agreed_sum(jobber: Jobber) -> None:
    id = jobber.case_id("Dana Ruiz")

    found = discount(jobber, id, 340.25)

    assert found["userErrors"] == []
    assert found["invoice"]["amounts"] == {
        "discountAmount": 340.25,
        "taxAmount": 140.0,
        "invoiceBalance": 999.75,
        "total": 1499.75,
    }
    assert jobber.sim.truth(jobber.account)[id]["balance"] == "999.75"
    assert discount(jobber, id, 340.25)["invoice"]["amounts"]["invoiceBalance"] == 999.75


def test_a_discount_can_be_a_share(jobber: Jobber) -> None:
    found = discount(jobber, jobber.case_id("Dana Ruiz"), 10, "Percent")

    assert found["invoice"]["amounts"]["discountAmount"] == 170.0


def test_tax_may_fall_with_the_discount(jobber: Jobber) -> None:
    jobber.sim.settings(tax_after_discount=True)
    id = jobber.case_id("Dana Ruiz")

    found = [discount(jobber, id, rate)["invoice"]["amounts"] for rate in (340.0, 0)]

    assert [(one["taxAmount"], one["invoiceBalance"]) for one in found] == [(112.0, 972.0), (140.0, 1340.0)]


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (-1, "Discount rate must be greater than or equal to 0"),
        (1700.01, "Discount can't be more than the subtotal"),
        (1340.01, "would owe less than was paid on it"),
    ],
)
def test_a_discount_that_cannot_be_is_a_user_error_and_changes_nothing(jobber: Jobber, rate: float, words: str) -> None:
    id = jobber.case_id("Dana Ruiz")
    before = jobber.invoice(id)

    found = discount(jobber, id, rate)

    assert found["invoice"] is None
    assert [words in one["message"] for one in found["userErrors"]] == [True]
    assert found["userErrors"][0]["path"][0] == "input"
    assert jobber.invoice(id) == before


def test_other_parts_of_an_invoice_can_be_edited(jobber: Jobber) -> None:
    id = jobber.case_id("Ray Fontaine")
    edit = """mutation($id: EncodedId!, $input: InvoiceEditInput!) {
      invoiceEdit(invoiceId: $id, input: $input) { invoice { subject message invoiceNumber dueDate } userErrors { message path } }
    }"""
    due = "2027-01-05T12:00:00-06:00"

    found = jobber.ask(
        edit,
        id=id,
        input={"subject": "Hedges", "message": "Thanks", "invoiceNumber": "A-7", "dueDetails": {"dueDate": due}},
    )
    blank = jobber.ask(edit, id=id, input={"invoiceNumber": ""})

    assert found["invoiceEdit"]["invoice"] == {
        "subject": "Hedges",
        "message": "Thanks",
        "invoiceNumber": "A-7",
        "dueDate": "2027-01-05T06:00:00Z",
    }
    assert blank["invoiceEdit"]["userErrors"] == [
        {"message": "Invoice number can't be blank", "path": ["input", "invoiceNumber"]}
    ]


def test_bad_debt_is_marked_and_unmarked(jobber: Jobber) -> None:
    id = jobber.case_id("Dana Ruiz")

    closed = jobber.ask(CLOSE, id=id, how="BAD_DEBT")["invoiceClose"]
    truth = jobber.sim.truth(jobber.account)[id]
    again = jobber.ask(CLOSE, id=id, how="BAD_DEBT")["invoiceClose"]
    opened = jobber.ask(UNMARK, id=id)["invoiceUnmarkBadDebt"]
    twice = jobber.ask(UNMARK, id=id)["invoiceUnmarkBadDebt"]

    assert (closed["invoice"]["invoiceStatus"], closed["userErrors"]) == ("bad_debt", [])
    assert (truth["status"], truth["balance"]) == ("written_off", "0.00")
    assert again["userErrors"][0]["message"].startswith("Nothing is owed on invoice")
    assert (opened["invoice"]["invoiceStatus"], opened["invoice"]["amounts"]["invoiceBalance"]) == ("past_due", 1340.0)
    assert twice["userErrors"] == [{"message": "Invoice is not marked as bad debt", "path": ["id"]}]


def test_an_invoice_is_closed_as_received(jobber: Jobber) -> None:
    id = jobber.case_id("Ray Fontaine")

    closed = jobber.ask(CLOSE, id=id, how="MARK_RECEIVED")["invoiceClose"]

    assert closed["invoice"]["invoiceStatus"] == "paid"
    assert jobber.ask(CLOSE, id=id, how="MARK_RECEIVED")["invoiceClose"]["userErrors"] == [
        {"message": "Invoice is not awaiting payment", "path": ["id"]}
    ]


def test_a_pinned_note_reaches_the_staff(jobber: Jobber) -> None:
    id = jobber.case_id("Ray Fontaine")

    note = jobber.ask(NOTE, id=id, message="Disputed: hedge was never cut")["invoiceCreateNote"]

    assert note["userErrors"] == []
    assert (note["invoiceNote"]["message"], note["invoiceNote"]["pinned"]) == ("Disputed: hedge was never cut", True)
    neutral = jobber.sim.act(jobber.account, "touch", kind="invoice", id=id)
    assert neutral["comments"] == ["Disputed: hedge was never cut"]
    edit = 'mutation($id: EncodedId!) { invoiceEditNote(input: { noteId: $id, message: "Settled", pinned: false }) { invoiceNote { message pinned } userErrors { path } } }'
    assert jobber.ask(edit, id=note["invoiceNote"]["id"])["invoiceEditNote"]["invoiceNote"] == {
        "message": "Settled",
        "pinned": False,
    }


def test_a_note_without_words_is_a_user_error(jobber: Jobber) -> None:
    found = jobber.ask(NOTE, id=jobber.case_id("Ray Fontaine"), message=" ")["invoiceCreateNote"]

    assert found == {
        "invoiceNote": None,
        "userErrors": [{"message": "Message can't be blank", "path": ["input", "message"]}],
    }


def test_a_note_on_a_client(jobber: Jobber) -> None:
    id = jobber.client_of("Ray Fontaine")["id"]
    query = """mutation($id: EncodedId!) {
      clientCreateNote(clientId: $id, input: { message: "Call after 4", linkedTo: { invoices: true } }) {
        clientNote { message linkedTo { invoices jobs } } userErrors { message path }
      }
    }"""

    found = jobber.ask(query, id=id)["clientCreateNote"]

    assert found["clientNote"] == {"message": "Call after 4", "linkedTo": {"invoices": True, "jobs": False}}
    assert jobber.sim.act(jobber.account, "touch", kind="customer", id=id)["note"].endswith("Call after 4")


@pytest.mark.parametrize("mutation", [NOTE, UNMARK, DISCOUNT, CLOSE])
def test_an_invoice_that_is_gone_is_an_error_and_not_a_user_error(jobber: Jobber, mutation: str) -> None:
    id = jobber.case_id("Ray Fontaine")
    jobber.sim.act(jobber.account, "delete_invoice", id=id)
    given: dict[str, Any] = {"message": "x", "rate": 1, "type": "Unit", "how": "BAD_DEBT"}

    answer = jobber.post(
        mutation, id=id, **{name: value for name, value in given.items() if f"${name}:" in mutation}
    ).json()

    assert answer["data"] is None
    assert [one["message"] for one in answer["errors"]] == ["Invoice not found"]


def test_an_app_that_may_only_read_changes_nothing(jobber: Jobber) -> None:
    id = jobber.case_id("Dana Ruiz")
    jobber.connect(scopes=["read_invoices", "read_clients", "read_jobber_payments"])

    answer = jobber.post(CLOSE, id=id, how="BAD_DEBT").json()

    assert answer["data"] is None
    assert "hidden due to permissions" in answer["errors"][0]["message"]
    assert jobber.invoice(id)["invoiceStatus"] == "past_due"


def test_a_write_whose_answer_is_lost_was_done(jobber: Jobber) -> None:
    id = jobber.case_id("Dana Ruiz")
    jobber.sim.fault("unavailable", after=True, body="invoiceEdit")

    answer = jobber.post(DISCOUNT, id=id, rate=100, type="Unit")

    assert answer.status_code == 503
    assert jobber.invoice(id)["amounts"]["invoiceBalance"] == 1240.0
