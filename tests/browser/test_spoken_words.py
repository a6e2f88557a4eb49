"""The words for each kind of work, in a real browser: readable for everyone, on a phone too, and usable without JavaScript."""

import os
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from invoices.spoken import approve
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages_in_a_browser import AXE, RULES, broken_rules
from tests.desk.scene import Scene

SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 860}, {"width": 390, "height": 844})


@pytest.fixture
def named(scene: Scene) -> Scene:
    with acting_for(scene.firm.business.pk):
        for position, item in enumerate(
            ("Water heater repair", "SRV-CALL after hours, weekend and holiday " * 2, "Part 11"), 10
        ):
            scene.paused.lines.create(position=position, item=item, amount="10.00", currency="USD")
        approve("Water heater repair", "water heater repair", "reparación del calentador", by=scene.firm.owner)
    return scene


def test_the_words_are_readable_for_everyone_and_fit_a_phone(named: Scene, live_server: Any, browser: Browser) -> None:
    found: list[str] = []
    for size in SIZES:
        context = browser.new_context(base_url=live_server.url, viewport=size, reduced_motion="reduce")
        context.add_cookies(signed_in(named.firm.owner, named.firm.business, live_server.url))
        page = context.new_page()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto("/calls/words/")
            page.evaluate(AXE)
            found += broken_rules(page, {"type": "tag", "values": RULES})
            width = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{width} wide"] if width > size["width"] else []
            if folder := os.environ.get("SCREENSHOTS"):
                page.screenshot(path=f"{folder}/spoken-{size['width']}-{scheme}.png", full_page=True)
        context.close()

    assert found == []


def test_words_are_kept_without_a_line_of_javascript(named: Scene, live_server: Any, browser: Browser) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(signed_in(named.firm.owner, named.firm.business, live_server.url))
    page = context.new_page()
    page.goto("/calls/")
    page.get_by_role("link", name="What the agent calls your work").click()

    page.get_by_label("In English: Part 11").fill("a spare part, 3 of them")
    page.get_by_role("row", name="Part 11").get_by_role("button").click()
    expect(page.get_by_text("numbers are read from your books")).to_be_visible()
    page.get_by_label("In English: Part 11").fill("a spare part")
    page.get_by_role("row", name="Part 11").get_by_role("button").click()

    expect(page.get_by_text("The agent says: “It is for a spare part.”")).to_be_visible()
    context.close()
