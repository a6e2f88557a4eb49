"""What an app may do in the simulated books, what that changes, and what the vendor will not have done."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from integrations.zoho.simulator import CLOUDKEEP
from tests.integrations.zoho.simulator import Zoho, running


@pytest.fixture(scope="module")
def served() -> Iterator[Zoho]:
    with running() as zoho:
        yield zoho


@pytest.fixture
def zoho(served: Zoho) -> Zoho:
    return Zoho(served.base_url).connect()


def credit_note(zoho: Zoho, customer: str, rate: Any = 120.5, **facts: Any) -> Any:
    """A credit note as an app writes it; the vendor's answer."""
    lines = [{"description": "Billed twice", "quantity": 1, "rate": rate}]
    body = {"customer_id": customer, "date": "2026-04-01", "line_items": lines, **facts}
    return zoho.post("creditnotes", body)["creditnote"]


def test_an_internal_comment_is_kept_from_the_customer(zoho: Zoho) -> None:
    id = zoho.new_invoice()
    body = {"description": "In dispute", "show_comment_to_clients": False, "payment_expected_date": "2026-04-01"}

    answer = zoho.call("POST", f"invoices/{id}/comments", json=body)

    assert (answer.status_code, answer.json()["message"]) == (201, "Comments added.")
    comment = answer.json()["comment"]
    assert (comment["description"], comment["comment_type"]) == ("In dispute", "internal")
    assert zoho.get(f"invoices/{id}/comments")["comments"] == [comment]
    assert zoho.invoice(id)["payment_expected_date"] == "2026-04-01"


def test_reminders_of_an_invoice_go_off_and_on(zoho: Zoho) -> None:
    id = zoho.new_invoice()

    stopped = zoho.post(f"invoices/{id}/paymentreminder/disable")["message"]
    off = zoho.invoice(id)["payment_reminder_enabled"]
    started = zoho.post(f"invoices/{id}/paymentreminder/enable")["message"]

    assert (stopped, off) == ("Reminders stopped.", False)
    assert (started, zoho.invoice(id)["payment_reminder_enabled"]) == ("Reminders enabled.", True)


def test_reminders_to_a_customer_go_off_and_on(zoho: Zoho) -> None:
    id = zoho.act("add_customer", name="Ruiz Dental")["id"]
    shown = []

    for act in ("disable", "enable"):
        zoho.post(f"contacts/{id}/paymentreminder/{act}")
        shown.append(zoho.get(f"contacts/{id}")["contact"]["payment_reminder_enabled"])

    assert shown == [False, True]


def test_a_write_off_is_taken_back(zoho: Zoho) -> None:
    id = zoho.new_invoice("80.00")

    zoho.post(f"invoices/{id}/writeoff")
    off = zoho.invoice(id)
    zoho.post(f"invoices/{id}/writeoff/cancel")

    assert (off["status"], off["balance"], off["write_off_amount"]) == ("paid", Decimal("0.00"), Decimal("80.00"))
    assert zoho.invoice(id)["balance"] == Decimal("80.00")
    assert zoho.error("POST", f"invoices/{id}/writeoff/cancel") == (400, 1003)


def test_an_invoice_is_voided_unless_money_is_on_it(zoho: Zoho) -> None:
    id, paid = zoho.new_invoice("80.00"), zoho.new_invoice("80.00")
    zoho.act("pay", customer=zoho.invoice(paid)["customer_id"], amount="1.00", applied={paid: "1.00"})

    zoho.post(f"invoices/{id}/status/void")

    assert (zoho.invoice(id)["status"], zoho.invoice(id)["balance"]) == ("void", Decimal("0.00"))
    assert zoho.error("POST", f"invoices/{paid}/status/void") == (400, 1003)
    assert zoho.invoice(paid)["status"] == "partially_paid"


def test_a_draft_is_approved_before_it_goes_out(zoho: Zoho) -> None:
    id = zoho.new_invoice(status="draft")
    statuses = [zoho.invoice(id)["status"]]

    for act in ("submit", "approve", "status/sent"):
        zoho.post(f"invoices/{id}/{act}")
        statuses.append(zoho.invoice(id)["status"])

    assert statuses == ["draft", "pending_approval", "approved", "sent"]
    assert zoho.error("POST", f"invoices/{id}/approve") == (400, 1003)


def test_custom_fields_are_put_as_a_bare_list_at_the_singular_address(zoho: Zoho) -> None:
    rows = [one for one in zoho.pages("invoices", "invoices") if one["custom_fields"]]
    field = rows[0]["custom_fields"][0]["customfield_id"]
    id = zoho.new_invoice()

    body = [{"customfield_id": int(field), "value": "D-2001"}]
    answer = zoho.call("PUT", f"invoice/{id}/customfields", json=body)

    assert answer.json() == {"code": 0, "message": "Custom Fields Updated Successfully"}
    assert zoho.invoice(id)["custom_field_hash"] == {"cf_dispute_reference": "D-2001"}
    assert zoho.error("PUT", f"invoices/{id}/customfields", json=body) == (404, 5)
    unknown = [{"customfield_id": 1, "value": "x"}]
    assert zoho.error("PUT", f"invoice/{id}/customfields", json=unknown) == (400, 2)


def test_a_credit_note_is_made_open_and_numbered_by_the_vendor(zoho: Zoho) -> None:
    customer = zoho.act("add_customer", name="Ruiz Dental")["id"]
    lines = [{"description": "Billed twice", "quantity": 2, "rate": 60.25}]
    body = {"customer_id": customer, "date": "2026-04-01", "line_items": lines, "reference_number": "D-1042"}

    answer = zoho.call("POST", "creditnotes", json=body)

    made = answer.json()["creditnote"]
    assert (answer.status_code, made["status"], made["total"], made["balance"]) == (201, "open", 120.5, 120.5)
    assert made["creditnote_number"].startswith("CN-")
    assert [
        one["creditnote_id"]
        for one in zoho.get("creditnotes", reference_number="D-1042", customer_id=customer)["creditnotes"]
    ] == [made["creditnote_id"]]


def test_the_same_credit_note_sent_twice_is_made_twice(zoho: Zoho) -> None:
    customer = zoho.act("add_customer", name="Ruiz Dental")["id"]

    ids = {credit_note(zoho, customer, reference_number="D-7")["creditnote_id"] for _ in range(2)}

    assert len(ids) == 2
    assert len(zoho.get("creditnotes", customer_id=customer)["creditnotes"]) == 2


def test_a_number_of_ones_own_needs_the_word_for_it_and_may_be_used_once(zoho: Zoho) -> None:
    customer = zoho.act("add_customer", name="Ruiz Dental")["id"]
    lines = [{"rate": 5}]
    body = {"customer_id": customer, "date": "2026-04-01", "line_items": lines, "creditnote_number": "OWN-1"}
    ignoring = {"ignore_auto_number_generation": "true"}

    refused = zoho.error("POST", "creditnotes", json=body)
    made = zoho.post("creditnotes", body, **ignoring)["creditnote"]
    again = zoho.error("POST", "creditnotes", json=body, params=ignoring)

    assert refused == (400, 4097)
    assert made["creditnote_number"] == "OWN-1"
    assert again == (400, 1001)


def test_a_credit_note_is_applied_and_taken_back(zoho: Zoho) -> None:
    id = zoho.new_invoice("500.00")
    customer = zoho.invoice(id)["customer_id"]
    credit = credit_note(zoho, customer, 200)["creditnote_id"]

    answer = zoho.post(f"creditnotes/{credit}/invoices", {"invoices": [{"invoice_id": id, "amount_applied": 120.0}]})
    applied, invoice = zoho.get(f"creditnotes/{credit}")["creditnote"], zoho.invoice(id)
    on_invoice = zoho.get(f"invoices/{id}/creditsapplied")["credits"]

    assert answer["apply_to_invoices"] == {"invoices": [{"invoice_id": id, "amount_applied": Decimal("120.00")}]}
    assert (invoice["balance"], invoice["credits_applied"], invoice["payment_made"]) == (
        *(Decimal("380.00"), Decimal("120.00")),
        Decimal("0.00"),
    )
    assert (applied["status"], applied["balance"]) == ("open", Decimal("80.00"))
    part = applied["invoices_credited"][0]
    assert (part["invoice_id"], part["amount_applied"]) == (id, Decimal("120.00"))
    assert on_invoice[0]["creditnotes_invoice_id"] == part["creditnote_invoice_id"]
    assert zoho.get(f"creditnotes/{credit}/invoices")["invoices_credited"] == [part]

    taken = zoho.call("DELETE", f"creditnotes/{credit}/invoices/{part['creditnote_invoice_id']}")

    assert taken.json() == {"code": 0, "message": "Credits applied to an invoice have been deleted."}
    assert (zoho.invoice(id)["balance"], zoho.get(f"creditnotes/{credit}")["creditnote"]["balance"]) == (
        *(Decimal("500.00"),),
        Decimal("200.00"),
    )


def test_a_credit_note_that_is_used_up_is_closed_and_cannot_be_voided(zoho: Zoho) -> None:
    id = zoho.new_invoice("50.00")
    credit = credit_note(zoho, zoho.invoice(id)["customer_id"], 50)["creditnote_id"]
    zoho.post(f"creditnotes/{credit}/invoices", {"invoices": [{"invoice_id": id, "amount_applied": 50}]})

    assert zoho.get(f"creditnotes/{credit}")["creditnote"]["status"] == "closed"
    assert zoho.invoice(id)["status"] == "paid"
    assert zoho.error("POST", f"creditnotes/{credit}/status/void") == (400, 1003)
    on_invoice = zoho.get(f"invoices/{id}/creditsapplied")["credits"][0]["creditnotes_invoice_id"]
    assert zoho.call("DELETE", f"invoices/{id}/creditsapplied/{on_invoice}").status_code == 200
    zoho.post(f"creditnotes/{credit}/status/void")
    assert zoho.get(f"creditnotes/{credit}")["creditnote"]["status"] == "void"


def test_a_draft_credit_note_counts_only_when_it_is_opened(zoho: Zoho) -> None:
    id = zoho.new_invoice("50.00")
    credit = credit_note(zoho, zoho.invoice(id)["customer_id"], 50, is_draft=True)
    use = {"invoices": [{"invoice_id": id, "amount_applied": 50}]}

    refused = zoho.error("POST", f"creditnotes/{credit['creditnote_id']}/invoices", json=use)
    zoho.post(f"creditnotes/{credit['creditnote_id']}/status/open")
    zoho.post(f"creditnotes/{credit['creditnote_id']}/invoices", use)

    assert (credit["status"], refused) == ("draft", (400, 1003))
    assert zoho.invoice(id)["balance"] == Decimal("0.00")


def test_void_draft_open_is_the_way_back_of_a_credit_note(zoho: Zoho) -> None:
    credit = credit_note(zoho, zoho.act("add_customer", name="Ruiz Dental")["id"])["creditnote_id"]
    statuses = []

    for act in ("void", "draft", "open"):
        zoho.post(f"creditnotes/{credit}/status/{act}")
        statuses.append(zoho.get(f"creditnotes/{credit}")["creditnote"]["status"])
    deleted = zoho.call("DELETE", f"creditnotes/{credit}").status_code

    assert statuses == ["void", "draft", "open"]
    assert (deleted, zoho.error("GET", f"creditnotes/{credit}")) == (200, (404, 1002))


def test_a_credit_note_made_for_an_invoice_is_applied_at_once(zoho: Zoho) -> None:
    id = zoho.new_invoice("50.00")
    lines = [{"description": "Billed twice", "rate": 80}]
    body = {"customer_id": zoho.invoice(id)["customer_id"], "date": "2026-04-01", "line_items": lines}

    made = zoho.post("creditnotes", body, invoice_id=id)["creditnote"]

    assert (made["balance"], made["invoices_credited"][0]["amount_applied"]) == (Decimal("30.00"), Decimal("50.00"))
    assert zoho.invoice(id)["balance"] == Decimal("0.00")


def test_more_than_there_is_cannot_be_applied_and_nothing_is_half_done(zoho: Zoho) -> None:
    a = zoho.new_invoice("50.00")
    customer = zoho.invoice(a)["customer_id"]
    b = zoho.new_invoice("50.00", customer=customer)
    other = zoho.new_invoice("50.00")
    credit = credit_note(zoho, customer, 60)["creditnote_id"]

    def use(*parts: tuple[str, Any]) -> tuple[int, int]:
        body = {"invoices": [{"invoice_id": id, "amount_applied": amount} for id, amount in parts]}
        return zoho.error("POST", f"creditnotes/{credit}/invoices", json=body)

    assert use((a, 40), (b, 40)) == (400, 1003)
    assert use((a, 50.01)) == (400, 1003)
    assert use((other, 5)) == (400, 1003)
    assert use((a, -1)) == (400, 1003)
    assert use((a, 0.001)) == (400, 2)
    assert use((a, "5.00")) == (400, 2)
    assert use((a, 5), ("3818499000000000001", 5)) == (404, 1002)
    assert [zoho.invoice(id)["balance"] for id in (a, b, other)] == [Decimal("50.00")] * 3


def test_credits_and_unused_money_are_set_against_an_invoice(zoho: Zoho) -> None:
    id = zoho.new_invoice("100.00")
    customer = zoho.invoice(id)["customer_id"]
    payment = zoho.act("pay", customer=customer, amount="30.00")["id"]
    credit = credit_note(zoho, customer, 40)["creditnote_id"]

    zoho.post(
        f"invoices/{id}/credits",
        {
            "invoice_payments": [{"payment_id": payment, "amount_applied": 30}],
            "apply_creditnotes": [{"creditnote_id": credit, "amount_applied": 40}],
        },
    )

    found = zoho.invoice(id)
    assert (found["balance"], found["payment_made"], found["credits_applied"]) == (
        *(Decimal("30.00"), Decimal("30.00")),
        Decimal("40.00"),
    )


def test_a_credit_note_takes_comments(zoho: Zoho) -> None:
    credit = credit_note(zoho, zoho.act("add_customer", name="Ruiz Dental")["id"])["creditnote_id"]

    made = zoho.post(f"creditnotes/{credit}/comments", {"description": "Agreed on the phone"})["comment"]

    assert zoho.get(f"creditnotes/{credit}/comments")["comments"] == [made]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"date": "2026-04-01", "line_items": [{"rate": 5}]}, "customer_id"),
        ({"customer_id": "CUSTOMER", "line_items": [{"rate": 5}]}, "date"),
        ({"customer_id": "CUSTOMER", "date": "04/01/2026", "line_items": [{"rate": 5}]}, "date"),
        ({"customer_id": "CUSTOMER", "date": "2026-04-01", "line_items": []}, "line_items"),
        ({"customer_id": "CUSTOMER", "date": "2026-04-01", "line_items": [{"description": "?"}]}, "rate"),
        ({"customer_id": "CUSTOMER", "date": "2026-04-01", "line_items": [{"rate": "5.00"}]}, "rate"),
        ({"customer_id": "CUSTOMER", "date": "2026-04-01", "line_items": [{"rate": 5, "price": 5}]}, "price"),
        ({"customer_id": "CUSTOMER", "date": "2026-04-01", "line_items": [{"rate": 5}], "reason": "x"}, "reason"),
        ({"customer_id": "3818499000000000001", "date": "2026-04-01", "line_items": [{"rate": 5}]}, "customer_id"),
    ],
)
def test_an_ill_formed_credit_note_is_refused_by_the_name_of_its_field(zoho: Zoho, body: Any, field: str) -> None:
    customer = zoho.act("add_customer", name="Ruiz Dental")["id"]
    before = zoho.look(f"books/{CLOUDKEEP}")["credits"]
    given = {name: customer if value == "CUSTOMER" else value for name, value in body.items()}

    answer = zoho.call("POST", "creditnotes", json=given)

    assert (answer.status_code, answer.json()) == (400, {"code": 2, "message": f"Invalid value passed for {field}"})
    assert zoho.look(f"books/{CLOUDKEEP}")["credits"] == before


def test_bodies_are_json_and_nothing_else(zoho: Zoho) -> None:
    url = f"invoices/{zoho.new_invoice()}/comments"
    typed = {"Content-Type": "application/json"}

    assert zoho.error("POST", url, data={"description": "a form"}) == (400, 9)
    assert zoho.error("POST", url) == (400, 9)
    assert zoho.error("POST", url, content=b"{not json", headers=typed) == (400, 1038)
    assert zoho.error("POST", url, json=["a", "list"]) == (400, 1038)
    assert zoho.error("POST", url, json={"description": "x", "private": True}) == (400, 2)
    assert zoho.error("POST", url, json={"description": "x", "show_comment_to_clients": "false"}) == (400, 2)
