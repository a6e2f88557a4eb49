"""The owner's day without a line of JavaScript: everything that matters is a link or a form."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import Business
from invoices.models import Invoice
from syntharra.tenancy import acting_for
from tests.desk.scene import Scene


@pytest.fixture
def page(scene: Scene, live_server: Any, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Email").fill("ava@avasplumbing.example")
    page.get_by_label("Password", exact=True).fill("a long enough password")
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_the_owner_signs_in_reads_today_and_opens_the_dispute(page: Page) -> None:
    sign_in(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Tuesday, November 24")
    page.get_by_role("link", name="Harbor Cafe disputes 2207").first.click()

    expect(page.locator("blockquote")).to_have_text(
        "“Well, we are happy to pay when the job is done. The sink still leaks.”"
    )


def test_the_owner_freezes_an_invoice(page: Page, scene: Scene) -> None:
    sign_in(page)
    page.goto("/invoices/2245/")

    page.get_by_role("link", name="They disagree with this bill").click()
    page.get_by_label("What did they say?").fill("The roof is not finished.")
    page.get_by_role("button", name="Freeze this invoice").click()

    expect(page.locator("blockquote")).to_have_text("“The roof is not finished.”")
    with acting_for(scene.firm.business.pk):
        assert Invoice.objects.get(number="2245").frozen_at is not None


def test_the_owner_narrows_the_invoices(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Invoices").first.click()

    page.get_by_label("Show").first.select_option("promised")
    page.get_by_role("button", name="Apply").click()

    expect(page).to_have_url(re.compile("show=promised"))
    expect(page.locator("#results tbody tr")).to_have_count(2)


def test_the_owner_stops_all_calls_and_is_asked_once(page: Page, scene: Scene) -> None:
    sign_in(page)

    page.get_by_role("link", name="Stop all calls").click()
    assert Business.objects.get(pk=scene.firm.business.pk).stopped_at is None
    page.get_by_role("button", name="Stop all calls now").click()

    expect(page.locator("#calls-switch")).to_contain_text("All calls stopped")
    assert Business.objects.get(pk=scene.firm.business.pk).stopped_at is not None


def test_the_owner_calls_off_a_planned_call(page: Page, scene: Scene) -> None:
    sign_in(page)
    page.goto("/calls/?show=planned")

    page.get_by_role("row").filter(has_text="Delgado Roofing").get_by_role("button").click()

    expect(page.locator("#results tbody tr")).to_have_count(1)


def test_the_owner_makes_it_dark_and_signs_out(page: Page) -> None:
    sign_in(page)
    page.locator(".rail-foot summary").click()

    page.locator(".rail").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator(".rail-foot summary").click()
    page.locator(".rail").get_by_role("button", name="Sign out").click()

    expect(page).to_have_url(re.compile("/accounts/login/"))
