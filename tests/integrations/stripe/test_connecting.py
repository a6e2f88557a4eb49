"""The firm connects its own account at the card processor: by the owner who began it, once, and to one business only."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import time_machine
from django.test import Client

from integrations.models import CardAccount, CardDoor
from integrations.stripe.simulator import AVAS_ACCOUNT, UNFINISHED_ACCOUNT, StripeSimConfig
from invoices.models import Checkout, Invoice
from notifications import outbox
from notifications.models import Duty
from syntharra.clock import machine_now
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_invoice, make_member
from tests.invoices.card_desk import Processor, begin, hear, served, work

CALLBACK = "http://127.0.0.1:8000/connections/cards/callback"


@pytest.fixture(scope="module")
def stripe() -> Iterator[Processor]:
    with served(StripeSimConfig(redirect_uris=(CALLBACK,))) as processor:
        yield processor


@pytest.fixture
def cards(stripe: Processor, settings: Any) -> Processor:
    settings.SIMULATORS_URL, settings.PUBLIC_URL = stripe.address, "http://127.0.0.1:8000"
    settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = "sk_test_sandbox", "ca_sandbox"
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_sandbox"
    stripe.ask("reset")
    for account in stripe.state["connected"]:
        httpx2.post(
            f"{stripe.address}/stripe/oauth/deauthorize", data={"client_id": "ca_sandbox", "stripe_user_id": account},
            trust_env=False,
        )  # fmt: skip
    return stripe


@pytest.fixture
def ava(plumber: Firm) -> Client:
    client = Client()
    client.force_login(plumber.owner)
    return client


def went_there(client: Client, *, account: str = AVAS_ACCOUNT, decision: str = "connect") -> str:
    """Where the processor sends the owner back to."""
    sent = client.get("/connections/cards/connect")
    assert sent.status_code == 302, sent.content
    answer = httpx2.post(sent["Location"], data={"account": account, "decision": decision}, trust_env=False)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def test_the_owner_allows_it_and_cards_are_taken(cards: Processor, plumber: Firm, ava: Client) -> None:
    back = ava.get(went_there(ava), follow=True)

    account = CardAccount.objects.get()
    assert (account.account, account.name, account.charges_enabled, account.sandbox) == (
        AVAS_ACCOUNT, "Ava's Plumbing", True, True,
    )  # fmt: skip
    assert "takes cards now" in back.content.decode()
    assert CardDoor.objects.get().business_id == plumber.business.pk


def test_it_asks_for_the_code_with_everything_the_processor_wants(cards: Processor, plumber: Firm, ava: Client) -> None:
    asked = parse_qs(urlsplit(ava.get("/connections/cards/connect")["Location"]).query)

    assert {name: values[0] for name, values in asked.items() if name != "state"} == {
        "response_type": "code", "client_id": "ca_sandbox", "scope": "read_write", "redirect_uri": CALLBACK,
    }  # fmt: skip
    assert len(asked["state"][0]) >= 43


def test_the_way_back_works_once(cards: Processor, plumber: Firm, ava: Client) -> None:
    back = went_there(ava)
    ava.get(back)
    CardAccount.objects.all().delete()

    again = ava.get(back, follow=True)

    assert not CardAccount.objects.exists()
    assert again.status_code == 200


def test_somebody_elses_way_back_connects_nothing(cards: Processor, plumber: Firm, ava: Client) -> None:
    back = went_there(ava)
    other = Client()
    other.force_login(make_member(plumber, "max@avasplumbing.example"))

    other.get(back)

    assert not CardAccount.objects.exists()


def test_too_late_is_too_late(cards: Processor, plumber: Firm, ava: Client) -> None:
    with time_machine.travel(machine_now(), tick=False) as traveller:
        back = went_there(ava)
        traveller.shift(timedelta(minutes=31))
        ava.get(back)

    assert not CardAccount.objects.exists()


def test_a_no_connects_nothing(cards: Processor, plumber: Firm, ava: Client) -> None:
    ava.get(went_there(ava, decision="deny"))

    assert not CardAccount.objects.exists()


def test_one_account_belongs_to_one_business(cards: Processor, plumber: Firm, rival: Firm, ava: Client) -> None:
    ava.get(went_there(ava))
    rex = Client()
    rex.force_login(rival.owner)

    said = rex.get(went_there(rex), follow=True)

    with acting_for(rival.business.pk):
        assert not CardAccount.objects.exists()
    assert said.status_code == 200


def test_an_account_that_may_not_take_payments_yet_takes_none_until_it_may(
    cards: Processor, plumber: Firm, ava: Client
) -> None:
    said = ava.get(went_there(ava, account=UNFINISHED_ACCOUNT), follow=True)
    assert "Stripe still needs something from you" in said.content.decode()
    assert CardAccount.objects.get().charges_enabled is False

    cards.ask("finished", account=UNFINISHED_ACCOUNT)
    hear(cards)

    assert CardAccount.objects.get().charges_enabled is True


def test_letting_go_ends_open_pages_first_and_then_gives_the_permission_back(
    cards: Processor, plumber: Firm, ava: Client
) -> None:
    ava.get(went_there(ava))
    invoice: Invoice = make_invoice(plumber)
    begin(invoice)

    ava.post("/paying/cards/disconnection/")

    assert CardAccount.objects.get().state == "disconnected"
    assert Checkout.objects.get().status == "ending"
    letting = Duty.objects.get(kind="let_go_of_cards")
    outbox.carry_out(letting.pk)
    assert cards.state["connected"] == [AVAS_ACCOUNT]
    work()
    assert Checkout.objects.get().status == "ended"
    Duty.objects.filter(pk=letting.pk).update(due_at=letting.due_at)
    outbox.carry_out(letting.pk)
    assert cards.state["connected"] == []


def test_only_those_in_charge_connect_or_let_go(cards: Processor, plumber: Firm) -> None:
    from accounts.models import Role

    reader = Client()
    reader.force_login(make_member(plumber, "books@avasplumbing.example", Role.ACCOUNTANT))

    assert reader.get("/connections/cards/connect").status_code == 403
    assert reader.post("/paying/cards/disconnection/").status_code == 403
    assert reader.post("/paying/settings/", {"smallest_part": "10"}).status_code == 403
    assert reader.get("/paying/").status_code == 200


def test_without_keys_nothing_is_offered(plumber: Firm, ava: Client, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = settings.STRIPE_CLIENT_ID = ""

    text = ava.get("/paying/").content.decode()

    assert "not set up in this installation" in text
    assert "/connections/cards/connect" not in text


def test_how_customers_may_pay_is_kept_and_put_on_record(plumber: Firm, ava: Client) -> None:
    ava.post("/paying/settings/", {"takes_parts": "on", "smallest_part": "40.00", "how_to_pay": "Check to Ava"})

    plumber.business.refresh_from_db()
    assert (plumber.business.takes_parts, str(plumber.business.smallest_part), plumber.business.how_to_pay) == (
        True, "40.00", "Check to Ava",
    )  # fmt: skip
    assert ava.post("/paying/settings/", {"smallest_part": "0"}).status_code == 422
