"""Be the customer: the sandbox's telephone rings for whoever sits at the browser. Over real sockets, without a script."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from calls.dialing import dial
from calls.models import Attempt
from disputes.models import Claim
from integrations.models import PhoneLine
from invoices.models import Invoice
from syntharra import clock
from tests.calls.conftest import _own_carrier, stage  # noqa: F401 - fixtures
from tests.calls.stage import Stage
from tests.cast import Firm, make_customer, make_invoice

PHONE = "+16145550120"


class Room:
    """The page of one customer's telephone, looked at by Ava."""

    def __init__(self, stage: Stage, invoice: Invoice) -> None:  # noqa: F811
        self.stage = stage
        self.address = f"/sandbox/customer/{invoice.customer_id}/"
        self.browser = Client()
        self.browser.force_login(stage.firm.owner)

    def page(self) -> str:
        return re.sub(r"\s+", " ", self.browser.get(self.address).content.decode())

    def state(self) -> str:
        return str(self.browser.get(self.address).context["state"])

    def does(self, place: str, **fields: str) -> str:
        answer = self.browser.post(f"{self.address}{place}/", fields, follow=True)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.content.decode())

    def until(self, happened: Callable[[], Any]) -> Any:
        return self.stage.until(happened, timeout=30)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(180)
def test_one_answers_for_a_customer_disputes_and_sees_the_agent_fall_silent_about_money(stage: Stage) -> None:  # noqa: F811
    stage.sim.post("/config", handset_speed=6.0)
    invoice = stage.owes(phone=PHONE, contact_name="Ana Reyes")
    room = Room(stage, invoice)
    assert "The simulated customer answers this telephone." in room.page()

    room.does("telephone")
    (attempt,) = stage.plan()
    assert dial(attempt.pk) == "dialing"
    room.until(lambda: room.state() == "ringing")
    room.does("words", act="answer")
    room.until(lambda: "accounts payable?" in room.page())
    room.does("words", act="says", text="Yes, this is Ana.")
    room.until(lambda: f"invoice {invoice.number}" in room.page())
    room.does("words", act="says", text="I'm disputing this, the roof still leaks.")
    room.until(lambda: "We will not ask you for money while this is open" in room.page())
    room.until(lambda: room.state() == "over")

    stage.over(attempt)
    assert Claim.objects.get().words == "I'm disputing this, the roof still leaks."
    assert Invoice.objects.get().frozen_at is not None
    page = room.page()
    assert "The line is closed" in page
    assert "See what the firm has of it" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(180)
def test_one_rings_the_firm_and_hangs_up_and_the_simulated_customer_answers_again(stage: Stage) -> None:  # noqa: F811
    stage.sim.post("/config", handset_speed=6.0)
    invoice = stage.owes("promises", phone=PHONE)
    room = Room(stage, invoice)

    room.does("calls")
    room.until(lambda: "You have reached an automated" in room.page())
    assert "This telephone is in a call already." in room.does("calls")
    room.does("words", act="hang_up")
    room.until(lambda: room.state() == "over")

    (ring,) = stage.sim.rings()
    (number,) = PhoneLine.objects.values_list("number", flat=True)
    assert (ring["number"], ring["direction"]) == (number, "inbound")
    assert "answers again." in room.does("telephone", hands="theirs")
    assert stage.sim.get("/scenarios")["numbers"][PHONE]["persona"] == "promises"


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(180)
def test_the_clock_goes_to_the_call_that_is_planned(stage: Stage) -> None:  # noqa: F811
    invoice = stage.owes("promises", phone=PHONE)
    (attempt,) = stage.plan()
    later = clock.now() + timedelta(hours=2)
    Attempt.objects.filter(pk=attempt.pk).update(planned_for=later)
    room = Room(stage, invoice)
    room.does("telephone")

    room.does("clock")
    clock.reread()

    assert clock.now() >= later
    assert "No call to this customer is planned for later." in room.does("clock")


# -- the door, with nobody at the carrier ------------------------------------------------------------


@pytest.fixture
def nobody_there(settings: Any) -> None:
    settings.SIMULATORS_URL = "http://127.0.0.1:9"


def test_the_open_invoices_with_a_telephone_are_to_be_chosen_from(
    ava: Client, plumber: Firm, nobody_there: None
) -> None:
    reachable = make_customer(plumber, "Harbor Cafe", phone="+16145550103")
    make_invoice(plumber, reachable, number="2207")
    make_invoice(plumber, make_customer(plumber, "Nobody At Home", phone=""), number="2208")

    choices = ava.get("/sandbox/customer/").context["choices"]

    assert [(choice.row.number, choice.row.customer, choice.url) for choice in choices] == [
        ("2207", "Harbor Cafe", f"/sandbox/customer/{reachable.pk}/")
    ]


def test_the_choice_asks_as_many_questions_for_one_invoice_as_for_many(
    ava: Client, plumber: Firm, nobody_there: None, django_assert_num_queries: Any
) -> None:
    make_invoice(plumber, make_customer(plumber, phone="+16145550103"))
    ava.get("/sandbox/customer/")
    with CaptureQueriesContext(connection) as one:
        ava.get("/sandbox/customer/")
    for last in range(110, 120):
        make_invoice(plumber, make_customer(plumber, f"Customer {last}", phone=f"+16145550{last}"))

    with django_assert_num_queries(len(one)):
        ava.get("/sandbox/customer/")


def test_without_the_simulated_carrier_the_page_says_what_to_start(
    ava: Client, plumber: Firm, nobody_there: None
) -> None:
    customer = make_customer(plumber, phone="+16145550103")
    address = f"/sandbox/customer/{customer.pk}/"

    pages = [
        ava.get(address),
        *(ava.post(f"{address}{act}/", {"act": "answer"}, follow=True) for act in ("telephone", "calls", "words")),
    ]

    assert all("The simulated carrier does not answer." in page.content.decode() for page in pages)


def test_a_script_gets_no_page_and_a_wrong_act_is_refused(ava: Client, plumber: Firm, nobody_there: None) -> None:
    customer = make_customer(plumber, phone="+16145550103")
    address = f"/sandbox/customer/{customer.pk}/words/"
    script = {"X-Handset": "1"}

    told = [
        ava.post(address, {"act": "words", "text": "The roof"}, headers=script).status_code,
        ava.post(address, {"act": "sing"}, headers=script).status_code,
        ava.post(address, {"act": "press", "text": "5"}, headers=script).status_code,
    ]

    assert told == [204, 400, 400]
    assert "press 9, 0 or *" in ava.post(address, {"act": "sing"}, follow=True).content.decode()


def test_a_customer_without_a_number_or_of_another_firm_has_no_telephone_here(
    ava: Client, rex: Client, plumber: Firm, nobody_there: None
) -> None:
    silent = make_customer(plumber, phone="")
    reachable = make_customer(plumber, phone="+16145550103")

    assert ava.get(f"/sandbox/customer/{silent.pk}/").status_code == 404
    assert rex.get(f"/sandbox/customer/{reachable.pk}/").status_code == 404
    assert rex.post(f"/sandbox/customer/{reachable.pk}/words/", {"act": "answer"}).status_code == 404


def test_only_a_sandbox_business_has_it(ava: Client, plumber: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = make_customer(plumber, phone="+16145550103")
    monkeypatch.setattr("django.conf.settings.SANDBOX", False)
    places = ("", "telephone/", "clock/", "calls/", "words/")

    assert ava.get("/sandbox/customer/").status_code == 404
    assert {
        (ava.get if not place else ava.post)(f"/sandbox/customer/{customer.pk}/{place}").status_code for place in places
    } == {404}
