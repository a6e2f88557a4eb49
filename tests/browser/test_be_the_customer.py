"""The sandbox's telephone in a real browser: words go down the line while they are typed, and the agent answers on the page."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from calls.dialing import dial
from calls.models import TranscriptLine
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages_in_a_browser import AXE, RULES, broken_rules
from tests.calls.conftest import _own_carrier, stage  # noqa: F401 - fixtures
from tests.calls.stage import Stage

DESK, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


def look(page: Page, name: str) -> None:
    """A picture for whoever wants one: a folder in the environment says where."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_who_types_an_objection_is_heard_while_he_types(stage: Stage, browser: Browser) -> None:  # noqa: F811
    stage.sim.post("/config", handset_speed=10.0)
    invoice = stage.owes(phone="+16145550120", contact_name="Ana Reyes")
    context = browser.new_context(base_url=stage.web, viewport=DESK, reduced_motion="reduce")
    context.add_cookies(signed_in(stage.firm.owner, stage.firm.business, stage.web))
    page = context.new_page()
    page.goto("/sandbox/customer/")
    look(page, "choice")
    page.get_by_role("link", name=invoice.number).click()
    look(page, "before")
    page.get_by_role("button", name="Answer for them").click()
    with acting_for(stage.firm.business.pk):
        (attempt,) = stage.plan()
        assert dial(attempt.pk) == "dialing"

    expect(page.get_by_role("heading", name="Your telephone rings")).to_be_visible(timeout=20_000)
    look(page, "ringing")
    page.get_by_role("button", name="Answer", exact=True).click()
    field = page.get_by_label("What you say")
    expect(field).to_be_visible(timeout=20_000)
    expect(page.get_by_text("accounts payable?")).to_be_visible(timeout=30_000)
    field.fill("Yes, this is Ana.")
    field.press("Enter")
    expect(field).to_have_value("")
    expect(page.get_by_text(f"invoice {invoice.number}").first).to_be_visible(timeout=30_000)
    page.evaluate(AXE)
    found = list(broken_rules(page, {"type": "tag", "values": RULES}))
    for word in ("I'm", "disputing", "this,", "the", "roof", "still", "leaks."):
        field.press_sequentially(word + " ", delay=40)
        page.wait_for_timeout(280)
    look(page, "talking")
    page.emulate_media(color_scheme="dark")
    look(page, "talking-dark")
    found += broken_rules(page, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    look(page, "talking-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    field.press("Enter")
    expect(page.get_by_text("We will not ask you for money while this is open")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("heading", name="The line is closed")).to_be_visible(timeout=60_000)
    page.set_viewport_size(DESK)
    with acting_for(stage.firm.business.pk):
        call = stage.over(attempt)
        assert call.stopped_line is not None
        stopped = TranscriptLine.objects.get(call=call, position=call.stopped_line)
    page.reload()
    look(page, "over")
    context.close()

    assert found == [], "\n".join(found)
    assert call.disposition == "dispute"
    assert stopped.partial is True  # the agent fell silent before the sentence was finished
    assert stopped.text.startswith("I'm disputing")
    assert not stopped.text.endswith("leaks.")
