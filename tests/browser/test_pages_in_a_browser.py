"""Every page in a real browser: readable for everyone in light and dark, on a phone, under our content security policy."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page

from compliance.models import Consent, Suppression
from desk.sandbox import sign_in_link
from syntharra import links
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.desk.scene import Scene

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
PAGES = {
    "work": (
        "/",
        "/invoices/",
        "/invoices/?show=frozen&age=61-90",
        "/invoices/2207/",
        "/invoices/2188/",
        "/invoices/2231/",
        "/invoices/2245/dispute/",
        "/customers/",
        "/customers/{customer}/",
        "/calls/",
        "/calls/?show=planned",
        "/calls/{call}/",
    ),
    "rest": (
        "/disputes/?view=board",
        "/disputes/?view=list",
        "/disputes/{dispute}/",
        "/money/",
        "/activity/",
        "/connections/",
        "/numbers/",
        "/sandbox/",
        "/sandbox/customer/",
        "/sandbox/customer/{customer}/",
        "/calls-switch/",
        "/businesses/new/",
        "/consent/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
    ),
    "gate": (
        "/rules/",
        "/invoices/2207/rules/",
        "/rules/yours/",
        "/rules/private-persons/",
        "/stops/",
        "/stops/?show=lifted",
        "/stops/{stop}/lifting/",
        "/customers/{customer}/reach/",
    ),
    "outside": (
        "/who-called/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/nothing-here/",
        "/l/{customers_page}",
        "/l/nonsense",
        "/l/number/{number_page}",
        "/sign-in/{door}",
    ),
}


def addresses(group: str, scene: Scene) -> list[str]:
    with acting_for(scene.firm.business.pk), transaction.atomic():
        customers_page = links.make("dispute", scene.dispute.pk, lasts=timedelta(days=60), scope={})
        consent = Consent.objects.order_by("pk").values_list("pk", flat=True)[0]
        number_page = links.make("number", consent, lasts=timedelta(days=30))
        stop = Suppression.objects.order_by("pk").values_list("pk", flat=True)[0]
        door = sign_in_link(scene.firm.business).rpartition("/")[2]
    names = {
        "customer": scene.disputed.customer_id,
        "call": scene.call.pk,
        "dispute": scene.dispute.number,
        "stop": stop,
        "number_page": number_page,
        "customers_page": customers_page,
        "door": door,
    }
    return [address.format(**names) for address in PAGES[group]]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console had to say."""
    return []


def open_context(
    browser: Browser, live_server: Any, scene: Scene | None, complaints: list[str], **options: Any
) -> BrowserContext:
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
    if scene is not None:
        context.add_cookies(signed_in(scene.firm.owner, scene.firm.business, live_server.url))
    context.on(
        "console",
        lambda said: complaints.append(said.text) if said.type == "error" and "404" not in said.text else None,
    )
    return context


def broken_rules(page: Page, rules: dict[str, Any]) -> Iterator[str]:
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations'], iframes: false})", rules)
    for rule in found["violations"]:
        for node in rule["nodes"]:
            yield f"{page.url}: {rule['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("group", PAGES)
def test_every_page_is_readable_for_everyone_in_light_and_dark(
    scene: Scene, live_server: Any, browser: Browser, complaints: list[str], group: str
) -> None:
    visitor = None if group == "outside" else scene
    context = open_context(browser, live_server, visitor, complaints, viewport=DESK)
    page = context.new_page()

    found: list[str] = []
    for address in addresses(group, scene):
        page.emulate_media(color_scheme="light")
        page.goto(address)
        page.evaluate(AXE)
        found += broken_rules(page, {"type": "tag", "values": RULES})
        page.emulate_media(color_scheme="dark")
        found += broken_rules(page, {"type": "rule", "values": ["color-contrast"]})

    context.close()
    assert found == []


def test_every_page_fits_a_phone_and_keeps_our_content_security_policy(
    scene: Scene, live_server: Any, browser: Browser, complaints: list[str]
) -> None:
    context = open_context(browser, live_server, scene, complaints, viewport=PHONE, has_touch=True)
    page = context.new_page()

    wide = []
    for address in addresses("work", scene) + addresses("rest", scene):
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide.append(f"{address}: {width}")

    context.close()
    assert wide == []
    assert complaints == []


def test_a_slash_goes_to_the_search(scene: Scene, live_server: Any, browser: Browser, complaints: list[str]) -> None:
    context = open_context(browser, live_server, scene, complaints, viewport=DESK)
    page = context.new_page()
    page.goto("/")

    page.keyboard.press("/")
    page.keyboard.type("harbor")
    page.keyboard.press("Enter")
    page.wait_for_url("**/invoices/?q=harbor")

    assert page.locator("#results tbody tr").count() == 2
    context.close()


def test_a_changed_filter_changes_the_list_and_the_address(
    scene: Scene, live_server: Any, browser: Browser, complaints: list[str]
) -> None:
    context = open_context(browser, live_server, scene, complaints, viewport=DESK)
    page = context.new_page()
    page.goto("/invoices/")

    page.get_by_label("Show").first.select_option("frozen")
    page.wait_for_url("**show=frozen**")

    assert page.locator("#results tbody tr").all_inner_texts()[0].startswith("2207")
    context.close()
