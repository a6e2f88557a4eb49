"""Looking first and writing into the books in a real browser: readable for everyone, on a phone, without JavaScript."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from integrations.abilities import Act
from invoices import entries, replacements
from invoices.models import BookEntry, Checked, Contact, Invoice, InvoiceLine, Promise
from syntharra.clock import now
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages_in_a_browser import AXE, RULES, broken_rules
from tests.desk.scene import Maker, Scene

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def crowded(scene: Scene) -> Scene:
    """Something of everything the pages can show, committed."""
    with acting_for(scene.firm.business.pk):
        make = Maker(scene.firm)
        lofts = make.customer("Lofts c/o Brightwater Property Mgmt", "Dana Ruiz", "0141", open_credit=Decimal("120.00"))
        first = make.invoice(lofts, "2401", "1840.00", 12, in_flight=True, estimate="E-118")
        make.invoice(lofts, "2402", "75.00", 9, disputed_in_books=True)
        make.invoice(lofts, "2403", "480.00", 9, due_on=None)
        InvoiceLine.objects.filter(invoice=first).update(description="Boiler, less deposit received on 9/1")
        Contact.objects.create(
            customer=lofts, role="site", rank=0, name="Sam Fisk", title="site super", phone="+16145550122"
        )
        entries.ask(first.pk, Act.NOTE, cause="owner 1", by=scene.firm.owner.email, words="Dana looks for the check.")
        refused = entries.ask(first.pk, Act.WRITE_OFF, cause="owner 2", by=scene.firm.owner.email, words="Bad debt")
        BookEntry.objects.filter(pk=refused.pk).update(status="refused", problem="vendor_refused")
        make.invoice(lofts, "2420", "0.00", 20, books_status="void", total=Decimal("796.00"))
        newer = make.invoice(lofts, "2455", "600.00", 5)
        replacements.remember([newer.pk])
        assert replacements.look() == 1
        late = make.invoice(lofts, "2456", "310.00", 12)
        Promise.objects.create(
            customer=lofts, invoice=late, amount=late.balance, currency="USD", how="check", source="call:1",
            promised_for=make.ago(12), holds_until=make.ago(3), made_at=now(), asked_at=now(), answer_by=make.ago(-2),
        )  # fmt: skip
        Checked.objects.create(customer=lofts, reason="NOT_SENT", about="", by=scene.firm.owner.email, at=now())
    return scene


def addresses(scene: Scene) -> list[str]:
    with acting_for(scene.firm.business.pk):
        customer = Invoice.objects.get(number="2401").customer_id
    return [
        "/",
        "/check-first/",
        "/book-entries/",
        "/invoices/2401/",
        "/invoices/2402/",
        "/invoices/2455/",
        "/invoices/2456/",
        "/invoices/2401/book-entries/new/",
        f"/customers/{customer}/",
        f"/disputes/{scene.dispute.number}/",
    ]


@pytest.mark.timeout(300)
def test_the_pages_are_readable_for_everyone_and_fit_a_phone(
    crowded: Scene, live_server: Any, browser: Browser
) -> None:
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, reduced_motion="reduce")
    context.add_cookies(signed_in(crowded.firm.owner, crowded.firm.business, live_server.url))
    page = context.new_page()

    found: list[str] = []
    for address in addresses(crowded):
        page.emulate_media(color_scheme="light")
        page.goto(address)
        for summary in page.locator("main details > summary").all():
            summary.click()
        page.evaluate("scrollTo(0, 0)")  # else a bar that stays on top lies over whatever was clicked last
        page.evaluate(AXE)
        found += broken_rules(page, {"type": "tag", "values": RULES})
        page.emulate_media(color_scheme="dark")
        found += broken_rules(page, {"type": "rule", "values": ["color-contrast"]})
        width = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{address}: {width} wide"] if width > PHONE["width"] else []

    context.close()
    assert found == []


@pytest.fixture
def page(crowded: Scene, live_server: Any, browser: Browser) -> Iterator[Page]:
    """Without a line of JavaScript."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(signed_in(crowded.firm.owner, crowded.firm.business, live_server.url))
    yield context.new_page()
    context.close()


def test_the_owner_looks_ticks_and_takes_it_back(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="3 invoices wait for a look first").first.click()
    line = page.get_by_role("listitem").filter(has_text="You wrote “deposit” in a line")

    line.get_by_role("button", name="OK to call").click()
    expect(page.get_by_role("status")).to_contain_text("This no longer keeps them from being called.")
    expect(line).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()

    expect(line).to_have_count(1)


def test_the_owner_has_an_invoice_lowered_and_is_asked_once(page: Page) -> None:
    page.goto("/invoices/2401/")
    page.get_by_role("link", name="Write something into the books").click()
    page.get_by_label("By how much?").fill("40")
    page.locator("form", has_text="Lower it by an amount").get_by_role("button", name="Go on").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Lower 2401 by $40.00?")
    page.get_by_role("button", name="Yes, write it").click()

    expect(page.locator("#books")).to_contain_text("Lower 2401 by $40.00")
    expect(page.get_by_role("status")).to_contain_text("It is on its way to your books.")


def test_the_owner_answers_what_replaces_what(page: Page) -> None:
    page.goto("/invoices/2420/")
    page.get_by_role("button", name="Yes, it replaces it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Invoice 2455")
    expect(page.get_by_text("Does 2455 replace 2420?")).to_have_count(0)
