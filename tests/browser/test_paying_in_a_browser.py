"""A customer pays, or says that something is wrong, on a phone; and the firm sees how it is paid. Every state, light and dark."""

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser, expect

from accounts.models import Business
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.pay_links import path_to
from disputes.services import open_dispute, pause
from disputes.specifying import Answers, send
from integrations.stripe.simulator import AVAS_ACCOUNT, StripeSimConfig
from invoices.models import CardPayment, Checkout, CheckoutInvoice, Invoice
from syntharra.clock import machine_now, now
from syntharra.models import Link
from syntharra.tenancy import acting_for
from tests.browser.test_pages_in_a_browser import AXE, DESK, PHONE, RULES, broken_rules, open_context
from tests.cast import make_customer, make_invoice
from tests.desk.scene import Scene
from tests.invoices.card_desk import Processor, hear, served, takes_cards

FULL = os.environ.get("PROOF") == "full" or bool(os.environ.get("SCREENSHOTS"))
SHOTS = os.environ.get("SCREENSHOTS", "")  # a folder to leave pictures in, for whoever looks at them
WORDS = NewClaim(source="call", source_key="PB1", words="The joint still drips", reason="amount", by="Ana Reyes")
BANK = "Check to Ava's Plumbing, 9 Oak St, Columbus, OH 43215\nor ACH to 044000037, account 123456"


@pytest.fixture(scope="module")
def stripe() -> Iterator[Processor]:
    with served(StripeSimConfig()) as processor:
        yield processor


@pytest.fixture
def cards(stripe: Processor, scene: Scene, live_server: Any, settings: Any) -> Processor:
    settings.SIMULATORS_URL, settings.PUBLIC_URL = stripe.address, live_server.url
    settings.STRIPE_SECRET_KEY, settings.STRIPE_CLIENT_ID = "sk_test_sandbox", "ca_sandbox"
    settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_sandbox"
    stripe.ask("reset")
    stripe.ask("connections", account=AVAS_ACCOUNT)
    with acting_for(scene.firm.business.pk), transaction.atomic():
        Business.objects.update(takes_parts=True, how_to_pay=BANK)
        takes_cards(scene.firm)
    return stripe


@pytest.fixture
def pages(scene: Scene, cards: Processor) -> dict[str, str]:
    """A page in each state, by name."""
    firm = scene.firm
    with acting_for(firm.business.pk):
        with transaction.atomic():
            cafe = make_customer(firm, "Harbor Cafe and Bakery")
            person = make_customer(firm, "Ruth Hale", kind="consumer", company="")
            made = {
                "open": make_invoice(firm, cafe, number="5101", balance="1240.00"),
                "frozen": make_invoice(firm, cafe, number="5102"),
                "figure": make_invoice(firm, cafe, number="5103"),
                "unsure": make_invoice(firm, cafe, number="5104"),
                "paid": make_invoice(firm, cafe, number="5105", balance="0", books_status="paid"),
                "coming": make_invoice(firm, cafe, number="5106", card_paid_at=now()),
                "person": make_invoice(firm, person, number="5107"),
                "expired": make_invoice(firm, cafe, number="5108"),
            }
        open_dispute(made["frozen"].pk, claim=WORDS)
        figure = NewClaim(source="call", source_key="PB2", words="It is too much", reason="amount", by="Ana Reyes")
        (dispute,) = open_dispute(made["figure"].pk, claim=figure)
        send(dispute.pk, Answers(kind="amount", about="amount", amount=Decimal("196.00")))
        pause(made["unsure"].pk, why="unsure", words="hm", source_key="PB3", by="agent")
        with transaction.atomic():
            found = {name: path_to(one.customer_id, [one.pk], origin="letter") for name, one in made.items()}
            several = [made["open"].pk, made["frozen"].pk, make_invoice(firm, cafe, number="5109", balance="310.00").pk]
            found["several"] = path_to(cafe.pk, several, origin="letter")
            last = Link.objects.filter(scope__invoices=[str(made["expired"].pk)])
            last.update(expires_at=machine_now())
        found["wrong"] = f"{found['open']}?step=wrong"
        found["question"] = f"{found['open']}?step=question"
        found["asked"] = f"{found['open']}?done=question"
    return found


def picture(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"pay-{name}.png"), full_page=True)


@pytest.mark.timeout(600)
def test_the_pay_page_is_readable_in_every_state(
    scene: Scene, pages: dict[str, str], live_server: Any, browser: Browser
) -> None:
    complaints: list[str] = []
    context = open_context(browser, live_server, None, complaints, viewport=PHONE, has_touch=True)
    page = context.new_page()

    found: list[str] = []
    wide: list[str] = []
    for name, address in pages.items():
        for scheme in ("light", "dark") if FULL or name in ("open", "frozen", "several") else ("light",):
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            for details in page.locator("details").all():
                details.evaluate("one => one.open = true")
            width = page.evaluate("document.documentElement.scrollWidth")
            wide += [f"{name}: {width}"] if width > PHONE["width"] else []
            picture(page, f"{name}-{scheme}")
            page.evaluate(AXE)
            found += broken_rules(page, {"type": "tag", "values": RULES})
    context.close()
    assert found == []
    assert wide == []


@pytest.mark.timeout(300)
def test_a_customer_pays_without_a_line_of_javascript(
    scene: Scene, pages: dict[str, str], cards: Processor, live_server: Any, browser: Browser
) -> None:
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, has_touch=True, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()

    page.goto(pages["open"])
    page.get_by_role("button", name="Pay $1,240.00").click()
    page.wait_for_url("**/c/pay/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay Ava's Plumbing")
    page.get_by_role("button", name="Pay", exact=True).click()
    page.wait_for_url("**/p/**")

    expect(page.get_by_role("status")).to_contain_text("has not told us yet that $1,240.00 was paid")
    with acting_for(scene.firm.business.pk):
        hear(cards, *cards.events())
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("your payment of $1,240.00 has arrived")
    picture(page, "back")
    context.close()


@pytest.mark.timeout(300)
def test_something_is_wrong_leads_to_the_page_of_the_dispute(
    scene: Scene, pages: dict[str, str], live_server: Any, browser: Browser
) -> None:
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, has_touch=True, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()

    page.goto(pages["open"])
    page.get_by_role("link", name="Something is wrong with this invoice").click()
    page.get_by_label("The amount is off").check()
    page.get_by_role("button", name="Stop asking and go on").click()

    expect(page.get_by_role("button", name="Send to the firm")).to_be_visible()
    context.close()
    with acting_for(scene.firm.business.pk):
        assert Invoice.objects.get(number="5101").frozen_at is not None
        assert Dispute.objects.live().filter(invoice__number="5101").count() == 1


@pytest.mark.timeout(300)
def test_the_firms_page_of_getting_paid_is_readable_and_fits(
    scene: Scene, pages: dict[str, str], live_server: Any, browser: Browser
) -> None:
    firm = scene.firm
    with acting_for(firm.business.pk), transaction.atomic():
        invoice = Invoice.objects.get(number="5102")
        states: tuple[dict[str, Any], ...] = ({"too_much": True}, {"on_frozen": True}, {"status": "coming"})
        for index, fields in enumerate(states):
            checkout = Checkout.objects.create(
                purpose="service", status="paid", customer=invoice.customer, account=firm.business.cardaccounts.get(),
                amount=Decimal("120.00"), currency="USD", asked_at=now(), expires_at=machine_now(),
            )  # fmt: skip
            CheckoutInvoice.objects.create(checkout=checkout, invoice=invoice, position=0, amount=Decimal("120.00"))
            CardPayment.objects.create(
                **{"checkout": checkout, "customer": invoice.customer, "status": "arrived", "intent": f"pi_{index}",
                   "amount": Decimal("120.00"), "currency": "USD", "seen_at": now()} | fields
            )  # fmt: skip
        number = Dispute.objects.live().get(invoice=invoice).number
    context = open_context(browser, live_server, scene, [], viewport=DESK)
    page = context.new_page()

    found: list[str] = []
    wide: list[str] = []
    for name, address in {
        "paying": "/paying/",
        "dispute": f"/disputes/{number}/",
        "invoice": "/invoices/5102/",
    }.items():
        for size, which in ((DESK, "desk"), (PHONE, "phone")):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for scheme in ("light", "dark") if FULL else (("light",) if size is PHONE else ("dark",)):
                page.emulate_media(color_scheme=scheme)
                page.goto(address)
                width = page.evaluate("document.documentElement.scrollWidth")
                wide += [f"{name}: {width}"] if width > size["width"] else []
                picture(page, f"{name}-{which}-{scheme}")
                page.evaluate(AXE)
                found += broken_rules(page, {"type": "tag", "values": RULES})
    context.close()
    assert found == []
    assert wide == []
