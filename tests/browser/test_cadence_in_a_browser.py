"""Tomorrow, holds, old invoices and your decision in a real browser: readable for everyone, on a phone, without JavaScript."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Browser, Page, ViewportSize, expect

from accounts.models import Business
from calls import final, preview
from calls.models import Attempt
from invoices import holds
from invoices.models import Hold, Invoice
from notifications import outbox
from syntharra.clock import now
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages_in_a_browser import AXE, RULES, broken_rules
from tests.desk.scene import Maker, Scene

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def crowded(scene: Scene) -> Scene:
    """Something of everything the pages can show, committed."""
    firm = scene.firm
    Business.objects.filter(pk=firm.business.pk).update(reviews_calls=True)
    with acting_for(firm.business.pk):
        make = Maker(firm)
        names = ("Marta Diaz", "Oak & Sons Landscaping", "Brightwater Property Management of Greater Columbus, LLC")
        for index, name in enumerate(names):
            customer = make.customer(name, "Pat Lane", f"01{index}1")
            owed = [make.invoice(customer, f"25{index}{n}", "310.00", 3 + n) for n in range(index + 1)]
            attempt = make.attempt(owed, make.at(-1, 9, 5 + 15 * index), number=1 + index % 3)
            if index == 1:
                Attempt.objects.filter(pk=attempt.pk).update(approved_at=now(), approved_by=firm.owner.email)
        asked = make.customer("Lakeview Apartments", "Lee Park", "0145")
        make.attempt([make.invoice(asked, "2550", "90.00", 4)], make.at(-1, 14))
        holds.hold_customer_back(asked.pk, reason="the insurer pays in December", by=firm.owner)
        holds.hold_number("+16145550166", reason="a fax", by=firm.owner, until=make.at(-10, 0))
        sister = make.customer("Rosa Brooks", "Rosa Brooks", "0188")
        holds.never_call(sister.pk, reason="my sister", by=firm.owner)
        for index in range(3):
            make.invoice(asked if index else sister, f"19{index}0", "420.00", 240 + index)
        used_up = make.invoice(make.customer("Cedar Dental", "Dr. Ames", "0133"), "2077", "1250.00", 40)
        again = make.invoice(used_up.customer, "2078", "99.00", 41)
        Invoice.objects.filter(pk__in=[used_up.pk, again.pk]).update(left_reason="your_decision", left_at=now())
        final.letter_on_paper(again.pk, by=firm.owner)
        preview.owe(firm.business, on=make.today + timedelta(days=1))
        outbox.work()
    return scene


def addresses(scene: Scene) -> list[str]:
    with acting_for(scene.firm.business.pk):
        used_up, again = (Invoice.objects.get(number=number).pk for number in ("2077", "2078"))
    return [
        "/tomorrow/",
        "/holds/",
        "/holds/new/",
        "/backlog/",
        "/your-decision/",
        "/your-decision/?show=chosen",
        f"/your-decision/{used_up}/",
        f"/your-decision/{again}/letter/",
        signed_link(),
    ]


def signed_link() -> str:
    found = next(
        re.search(r"(/l/\S+/tomorrow)", str(letter.body)) for letter in mail.outbox if "/tomorrow" in letter.body
    )
    assert found is not None
    return found.group(1)


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
    """Without a line of JavaScript, and without signing in."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_the_link_of_the_evening_email_holds_a_call_without_signing_in(page: Page, crowded: Scene) -> None:
    page.goto(signed_link())
    expect(page.get_by_role("heading", level=1)).to_have_text("Tomorrow's calls")

    line = page.get_by_role("listitem").filter(has_text="Marta Diaz")

    line.get_by_role("button", name="Hold").click()

    expect(page.get_by_role("status")).to_contain_text("Marta Diaz is on hold")
    expect(line).to_have_count(0)
    with acting_for(crowded.firm.business.pk):
        assert Hold.objects.filter(customer__name="Marta Diaz").count() == 1
