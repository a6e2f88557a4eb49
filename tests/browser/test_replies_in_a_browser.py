"""An answer by e-mail in a real browser: readable for everyone, on a phone, without JavaScript."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from disputes import inbound
from invoices.models import Invoice
from notifications.models import Message
from notifications.replies import forwarding_address, make
from syntharra.clock import now
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages_in_a_browser import AXE, RULES, broken_rules
from tests.desk.scene import Maker, Scene

PHONE: ViewportSize = {"width": 390, "height": 844}
LONG = (
    "Thank you for your letter. It went to the board of the house on Front Street.\n\n"
    "They meet every other Thursday.\n\nOn Nov 23, 2026, Ava's Plumbing wrote:\n> Here is the copy you asked for."
)


@pytest.fixture
def answered(scene: Scene, settings: Any, tmp_path: Path) -> tuple[Scene, list[str]]:
    settings.INBOUND_DOMAIN = "in.syntharra.example"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}},
    }
    with acting_for(scene.firm.business.pk):
        maker = Maker(scene.firm)
        lofts = maker.customer("Lofts c/o Brightwater Property Mgmt", "Dana Ruiz", "0141")
        for number in ("2401", "2402"):
            maker.invoice(lofts, number, "1840.00", 12)
        message = Message.objects.create(
            purpose="service", channel="email", letter="invoice_copy", key="k", status="sent", customer=lofts,
            to="dana@brightwater.example", correlation="t", owed_at=now(), due_at=now(),
        )  # fmt: skip
        pages = []
        for to, words in ((make(message), LONG), (forwarding_address(scene.firm.business), "Somebody is angry.")):
            raw = f"From: dana@brightwater.example\r\nTo: {to}\r\nSubject: Re: your copy\r\n\r\n{words}"
            (pk,) = inbound.take(raw.encode())
            pages.append(f"/replies/{pk}/")
        assert Invoice.objects.filter(number="2401", frozen_at=None).exists()
    return scene, [*pages, "/", "/numbers/"]


def test_the_pages_of_an_answer_are_readable_for_everyone_and_fit_a_phone(
    browser: Browser, live_server: Any, answered: tuple[Scene, list[str]]
) -> None:
    scene, pages = answered
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, reduced_motion="reduce")
    context.add_cookies(signed_in(scene.firm.owner, scene.firm.business, live_server.url))
    page = context.new_page()

    found: list[str] = []
    for address in pages:
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


def test_a_member_reads_an_answer_and_freezes_what_it_is_about_without_javascript(
    browser: Browser, live_server: Any, answered: tuple[Scene, list[str]]
) -> None:
    scene, _pages = answered
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(signed_in(scene.firm.owner, scene.firm.business, live_server.url))
    page = context.new_page()
    page.goto("/")

    page.get_by_role("link", name="Lofts c/o Brightwater Property Mgmt wrote back").first.click()
    page.get_by_label("They disagree: freeze what is ticked below").check()
    page.get_by_label("2402").uncheck()
    page.get_by_role("button", name="Say so").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("D-1002")
    context.close()
