"""A file brought in with a real browser: every page of the way readable for everyone, in light and dark, on a phone too."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from tests.browser.test_pages_in_a_browser import AXE, DESK, PHONE, RULES, broken_rules, open_context
from tests.desk.scene import Scene

LIST = (
    "Invoice #,Customer,Open Balance,Due Date,Phone\n"
    '2207,"Harbor Cafe, Inc.","$1,796.00",11/3/2026,614-555-0103\n'
    "2208,Oak & Sons LLC,1240.00,11/5/2026,ask for Ben\n"
    "2209,Beacon Books,12.345,11/9/2026,\n"
    "TOTAL,,3048.35,,\n"
)


def unreadable(page: Page) -> list[str]:
    page.wait_for_load_state("load")
    page.emulate_media(color_scheme="light")
    page.evaluate(AXE)
    found = list(broken_rules(page, {"type": "tag", "values": RULES}))
    page.emulate_media(color_scheme="dark")
    found += broken_rules(page, {"type": "rule", "values": ["color-contrast"]})
    return found


def too_wide(page: Page) -> list[str]:
    page.wait_for_load_state("load")
    width, most = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"{page.url}: {width} wide"] if width > most else []


@pytest.mark.parametrize(("viewport", "wrong_with"), [(DESK, unreadable), (PHONE, too_wide)], ids=["desk", "phone"])
def test_a_file_is_brought_in_by_hand(
    scene: Scene,
    live_server: Any,
    browser: Browser,
    viewport: dict[str, int],
    wrong_with: Callable[[Page], list[str]],
) -> None:
    complaints: list[str] = []
    context = open_context(browser, live_server, scene, complaints, viewport=viewport)
    page = context.new_page()
    page.goto("/connections/import/")
    found = wrong_with(page)

    file: FilePayload = {"name": "open.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.set_input_files("input[type=file]", files=[file])
    page.get_by_role("button", name="Look at this file").click()
    page.wait_for_url("**/connections/import/*/")
    found += wrong_with(page)
    page.get_by_role("button", name="Show what it would do").click()
    page.wait_for_url("**/preview/")
    found += wrong_with(page)
    figures = page.locator(".figures").inner_text().split()
    page.get_by_role("button", name="Bring in 2 invoices").click()
    page.wait_for_url("**/connections/")

    said = page.get_by_role("status").first.inner_text()
    context.close()
    assert found == []
    assert wrong_with is unreadable or complaints == []  # axe writes styles of its own, which our policy refuses
    assert figures == ["New", "invoices", "2", "$3,036.00"]
    assert said == "2 invoices are being brought in."
