"""Callbacks: registered, proven, asked again, taken away; deliveries signed, repeated, late and out of order."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from integrations.freshbooks.simulation.signing import SIGNATURE, body_of, signature
from integrations.freshbooks.simulator import AGENCY, PLUMBER
from tests.integrations.freshbooks.simulator import Vendor, good, new_error, simulated
from tests.integrations.simulation.server import Delivered, Receiver, wait_until

VERIFIER = "3bPTNcPgbN76QLgKLSR9XdgQJWvhhN4xrT"
INVOICES = "invoices/invoices"


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with simulated(webhook_retry_scale=0.001) as vendor:
        yield vendor


@pytest.fixture
def vendor(running: Vendor) -> Vendor:
    return running.anew()


@pytest.fixture(scope="module")
def listening() -> Iterator[Receiver]:
    with Receiver().listening() as found:
        yield found


@pytest.fixture
def receiver(vendor: Vendor, listening: Receiver) -> Receiver:
    """Has heard nothing yet: a fresh world has nothing on its way."""
    listening.got.clear()
    listening.answers = [200]
    return listening


def fields(delivered: Delivered) -> dict[str, str]:
    """The form of a delivery."""
    assert delivered.headers["content-type"] == "application/x-www-form-urlencoded"
    return dict(parse_qsl(delivered.body.decode(), keep_blank_values=True))


def proven(vendor: Vendor, receiver: Receiver, event: str) -> tuple[int, str]:
    """A verified callback: its id and verifier."""
    before = len(receiver.got)
    id = vendor.register(event, receiver.url)
    verifier = fields(receiver.wait_for(before + 1)[before])["verifier"]
    good(vendor.events("PUT", f"/{id}", json={"callback": {"callback_id": id, "verifier": verifier}}))
    return id, verifier


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "name=invoice.create&object_id=1234567&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1",
            "L8NGeudGLUrtmp21TuGYyPP/DYVJ6ZTRUhG6cvQoqbY=",
        ),
        (
            (
                "name=client.update&object_id=7&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1"
                "&system=https%3A%2F%2Fcaf%C3%A9.example"
            ),
            "Vj2p4twff0fq1ScqEY0n/xs/WrEc/EEaTxrzN1BFbbc=",
        ),
    ],
    ids=["plain", "beyond ASCII"],
)
def test_deliveries_are_signed_as_the_vendor_signs_them(body: Any, expected: Any) -> None:
    assert signature(VERIFIER, body.encode()) == expected
    assert body_of(dict(parse_qsl(body))) == body.encode()


def test_a_new_callback_is_unverified_and_its_address_is_asked_to_prove_itself(
    vendor: Vendor, receiver: Receiver
) -> None:
    made = good(vendor.events("POST", json={"callback": {"event": "invoice", "uri": receiver.url}}))["callback"]

    asked = receiver.wait_for(1)[0]
    assert (made["callbackid"], made["verified"], made["event"], made["uri"]) == (2001, False, "invoice", receiver.url)
    assert made["updated_at"].endswith("Z")
    assert "verifier" not in made
    form = fields(asked)
    assert list(form) == ["name", "object_id", "account_id", "business_id", "identity_id", "user_id", "verifier"]
    assert (form["name"], form["object_id"], form["account_id"], form["business_id"]) == (
        "callback.verify",
        "2001",
        AGENCY,
        "6543",
    )
    assert asked.headers[SIGNATURE.lower()] == signature(form["verifier"], asked.body)


def test_nothing_is_told_before_the_verifier_came_back(vendor: Vendor, receiver: Receiver) -> None:
    vendor.register("invoice", receiver.url)
    form = fields(receiver.wait_for(1)[0])
    invoice = str(vendor.invoice("FB-SENT")["id"])
    vendor.control.act(AGENCY, "touch", kind="invoice", id=invoice)

    wrong = new_error(vendor.events("PUT", "/2001", json={"callback": {"callback_id": 2001, "verifier": "guess"}}), 422)
    shown = good(vendor.events("PUT", "/2001", json={"callback": {"callback_id": 2001, "verifier": form["verifier"]}}))
    vendor.control.act(AGENCY, "touch", kind="invoice", id=invoice)
    told = receiver.wait_for(2)

    assert wrong["details"][0]["fieldViolations"][0]["field"] == "verifier"
    assert shown["callback"]["verified"] is True
    assert [fields(one)["name"] for one in told] == ["callback.verify", "invoice.update"]


def test_the_verifier_is_sent_again_when_asked_for(vendor: Vendor, receiver: Receiver) -> None:
    id = vendor.register("invoice", receiver.url)
    first = receiver.wait_for(1)[0]

    good(vendor.events("PUT", f"/{id}", json={"callback": {"callback_id": id, "resend": True}}))

    assert receiver.wait_for(2)[1].body == first.body


def test_a_delivery_names_the_object_and_nothing_of_it(vendor: Vendor, receiver: Receiver) -> None:
    _, verifier = proven(vendor, receiver, "invoice")
    invoice = str(vendor.invoice("FB-SENT")["id"])

    vendor.control.act(AGENCY, "touch", kind="invoice", id=invoice)

    told = receiver.wait_for(2)[1]
    assert told.body.decode() == (
        f"name=invoice.update&object_id={invoice}&account_id={AGENCY}&business_id=6543&identity_id=1234&user_id=1"
    )
    assert told.headers[SIGNATURE.lower()] == signature(verifier, told.body)


def test_a_noun_hears_all_its_verbs_and_an_event_only_itself(vendor: Vendor, receiver: Receiver) -> None:
    proven(vendor, receiver, "invoice")
    proven(vendor, receiver, "payment.create")
    invoice = vendor.invoice("FB-SENT")
    client, id = str(invoice["customerid"]), str(invoice["id"])

    paid = vendor.control.act(AGENCY, "pay", customer=client, amount="10.00", applied={id: "10.00"})["id"]
    vendor.control.act(AGENCY, "reverse_payment", id=paid, delete=True)
    vendor.control.act(AGENCY, "delete_invoice", id=id)
    body = {"invoice": {"action_email": True, "email_recipients": ["dana@ruizdental.example"]}}
    mailed = vendor.invoice("FB-VIEWED")["id"]
    vendor.put(f"{INVOICES}/{mailed}", body)

    names = [(fields(one)["name"], fields(one)["object_id"]) for one in receiver.wait_for(8)[2:]]
    assert names == [
        ("payment.create", paid),
        ("invoice.update", id),
        ("invoice.update", id),
        ("invoice.delete", id),
        ("invoice.update", str(mailed)),
        ("invoice.sendByEmail", str(mailed)),
    ]


def test_credit_put_to_use_is_told_as_a_payment_and_so_is_its_end(vendor: Vendor, receiver: Receiver) -> None:
    proven(vendor, receiver, "payment")
    proven(vendor, receiver, "credit_note")
    invoice = vendor.invoice("FB-OVERDUE")
    credit = vendor.control.act(AGENCY, "add_credit", customer=str(invoice["customerid"]), total="100.00")["id"]

    vendor.control.act(AGENCY, "apply_credit", id=credit, invoice=str(invoice["id"]), amount="100.00")
    receiver.wait_for(5)
    vendor.control.act(AGENCY, "unapply_credit", id=credit, invoice=str(invoice["id"]))

    told = [fields(one) for one in receiver.wait_for(7)[2:]]
    row = vendor.every("payments/payments", ("search[creditid]", credit), ("search[vis_state]", "1"))[0]["id"]
    assert [(one["name"], one["object_id"]) for one in told] == [
        ("credit_note.create", credit),
        ("credit_note.update", credit),
        ("payment.create", str(row)),
        ("credit_note.update", credit),
        ("payment.delete", str(row)),
    ]


def test_a_payment_is_told_when_its_money_comes_and_not_while_it_is_pending(vendor: Vendor, receiver: Receiver) -> None:
    proven(vendor, receiver, "payment")
    invoice = vendor.invoice("FB-SENT")
    client, id = str(invoice["customerid"]), str(invoice["id"])

    pending = vendor.control.act(
        AGENCY, "pay", customer=client, amount="10.00", applied={id: "10.00"}, method="ach", status="pending"
    )["id"]
    hidden = vendor.call("GET", f"payments/payments/{pending}").status_code
    vendor.control.act(AGENCY, "settle_payment", id=pending, status="received")
    told = fields(receiver.wait_for(2)[1])
    vendor.control.act(AGENCY, "reverse_payment", id=pending)
    bounced = fields(receiver.wait_for(3)[2])

    assert hidden == 404
    assert (told["name"], told["object_id"]) == ("payment.create", pending)
    assert (bounced["name"], bounced["object_id"]) == ("payment.delete", pending)


def test_each_business_hears_only_of_itself(vendor: Vendor, receiver: Receiver) -> None:
    proven(vendor, receiver, "client")
    vendor.connect(PLUMBER)
    proven(vendor, receiver, "client")

    vendor.control.act(PLUMBER, "add_customer", name="Somebody")

    told = fields(receiver.wait_for(3)[2])
    assert (told["name"], told["account_id"], told["business_id"]) == ("client.create", PLUMBER, "6544")


def test_callbacks_are_listed_shown_and_taken_away(vendor: Vendor, receiver: Receiver) -> None:
    ids = [vendor.register(event, receiver.url) for event in ("invoice", "payment", "client.update")]

    listed = good(vendor.events("GET", params={"per_page": "2"}))
    shown = good(vendor.events("GET", f"/{ids[2]}"))["callback"]
    removed = vendor.events("DELETE", f"/{ids[2]}")

    assert [one["callbackid"] for one in listed["callbacks"]] == ids[:2]
    assert (listed["page"], listed["pages"], listed["per_page"], listed["total"]) == (1, 2, 2, 3)
    assert shown["event"] == "client.update"
    assert (removed.status_code, removed.content) == (204, b"")
    assert new_error(vendor.events("GET", f"/{ids[2]}"), 404) == {
        "code": 5,
        "message": "Requested resource could not be found.",
        "details": [],
    }


@pytest.mark.parametrize(
    ("callback", "field", "words"),
    [
        ({"event": "weather.update", "uri": "https://app.example/h"}, "event", "Unrecognized event."),
        ({"event": "invoice.paid", "uri": "https://app.example/h"}, "event", "Unrecognized event."),
        ({"event": "invoice.", "uri": "https://app.example/h"}, "event", "Unrecognized event."),
        ({"event": "invoice", "uri": "app.example/h"}, "uri", "Invalid uri."),
        ({"event": "invoice"}, "uri", "Invalid uri."),
        ({"event": "invoice", "uri": "https://app.example/h", "secret": "x"}, "secret", "Unrecognized field."),
    ],
)
def test_a_callback_that_cannot_be_is_refused(vendor: Vendor, callback: Any, field: Any, words: Any) -> None:
    error = new_error(vendor.events("POST", json={"callback": callback}), 422)

    assert error["details"][0]["fieldViolations"] == [{"field": field, "description": words}]
    assert good(vendor.events("GET"))["total"] == 0


def test_a_callback_needs_the_read_scope_of_what_it_hears(vendor: Vendor) -> None:
    vendor.connect(AGENCY, ["user:profile:read", "user:invoices:read"])

    refused = vendor.events("POST", json={"callback": {"event": "payment", "uri": "https://app.example/h"}})

    assert refused.status_code == 403
    assert "user:payments:read" in refused.json()["error_description"]


def test_a_bad_token_is_answered_in_the_shape_of_webhooks(vendor: Vendor) -> None:
    refused = vendor.events("GET", headers={"Authorization": "Bearer nobody"})

    assert refused.status_code == 401
    assert refused.json() == {
        "errno": 401,
        "message": "invalid_token: The request token failed to authenticate or validate.",
    }


def test_a_delivery_that_fails_is_tried_again_with_the_same_bytes(vendor: Vendor, receiver: Receiver) -> None:
    proven(vendor, receiver, "client")
    receiver.answers = [200, 500, 503, 200]
    vendor.control.act(AGENCY, "add_customer", name="Somebody")

    tries = receiver.wait_for(4)[1:]

    assert len({(one.body, one.headers[SIGNATURE.lower()]) for one in tries}) == 1
    wait_until(lambda: vendor.control.deliveries()[-1]["state"] == "acknowledged")
    assert [one["status"] for one in vendor.control.deliveries()[-1]["attempts"]] == [500, 503, 200]


def test_deliveries_come_twice_forged_and_again_when_a_test_wants_so(vendor: Vendor, receiver: Receiver) -> None:
    _, verifier = proven(vendor, receiver, "client")
    vendor.control.webhooks(repeat=2)
    vendor.control.act(AGENCY, "add_customer", name="Twice")
    twice = receiver.wait_for(3)[1:]
    vendor.control.webhooks(repeat=1, wrong_signature=True)
    vendor.control.act(AGENCY, "add_customer", name="Forged")
    forged = receiver.wait_for(4)[3]
    vendor.control.webhooks(wrong_signature=False)
    vendor.control.again(vendor.control.deliveries()[1]["number"])
    again = receiver.wait_for(5)[4]

    assert twice[0].body == twice[1].body == again.body
    assert forged.headers[SIGNATURE.lower()] != signature(verifier, forged.body)


def test_one_address_for_everything_needs_no_callback(vendor: Vendor, receiver: Receiver) -> None:
    vendor.control.webhooks(url=receiver.url, key=VERIFIER)

    vendor.control.act(PLUMBER, "add_customer", name="Somebody")

    told = receiver.wait_for(1)[0]
    assert fields(told)["name"] == "client.create"
    assert told.headers[SIGNATURE.lower()] == signature(VERIFIER, told.body)


def test_callbacks_and_books_outlive_a_restart(tmp_path: Any, receiver: Receiver) -> None:
    kept = str(tmp_path / "freshbooks.json")
    with simulated(state_file=kept) as before:
        before.anew()
        id, verifier = proven(before, receiver, "invoice")
        invoice = before.invoice("FB-CREDITED")
        rows = before.every("payments/payments", ("search[invoiceid]", str(invoice["id"])))
        tokens = before.tokens
    with simulated(state_file=kept) as after:
        after.tokens = tokens
        assert good(after.events("GET", f"/{id}"))["callback"]["verified"] is True
        assert after.every("payments/payments", ("search[invoiceid]", str(invoice["id"]))) == rows
        after.control.act(AGENCY, "touch", kind="invoice", id=str(invoice["id"]))
        told = receiver.wait_for(2)[1]

    assert told.headers[SIGNATURE.lower()] == signature(verifier, told.body)
    assert verifier in json.dumps(json.loads((tmp_path / "freshbooks.json").read_text()))
