"""The books' pages in a real browser: readable in every state, and a first reading that refreshes itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from integrations.models import Connection, PendingSignIn, SetAside, SyncRun
from syntharra.clock import machine_now, now
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages_in_a_browser import AXE, RULES, broken_rules
from tests.desk.scene import Scene

SIZES: tuple[ViewportSize, ...] = ({"width": 1280, "height": 860}, {"width": 390, "height": 844})


@pytest.fixture
def acting(scene: Scene) -> Iterator[Scene]:
    with acting_for(scene.firm.business.pk):
        yield scene


def open_page(browser: Browser, live_server: Any, scene: Scene, **options: Any) -> Page:
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
    context.add_cookies(signed_in(scene.firm.owner, scene.firm.business, live_server.url))
    return context.new_page()


def first_reading(scene: Scene, seen: int) -> SyncRun:
    connection = scene.firm.connection
    Connection.objects.filter(pk=connection.pk).update(synced_at=None)
    SyncRun.objects.filter(connection=connection).delete()
    began = now() - timedelta(seconds=60)
    return SyncRun.objects.create(
        connection=connection, status="running", whole=True, seen=seen, expected=5000, started_at=began
    )


def states(scene: Scene) -> Iterator[str]:
    """Puts the books into one state after another; the page that shows each."""
    connection = scene.firm.connection
    first_reading(scene, 1240)
    yield "/connections/"
    SyncRun.objects.update(status="failed", ended_at=now(), problem="vendor_down")
    Connection.objects.update(state="reconnect", problem="reconnect_needed", problem_since=now())
    yield "/connections/"
    yield "/customers/"
    yield f"/connections/{connection.pk}/disconnection/"
    for number in range(60):
        SetAside.objects.create(
            connection=connection, kind="customer", external_id=f"c{number}", label="Riverside Property " * 4,
            reason="phone_missing", first_seen_at=now(), last_seen_at=now(),
        )  # fmt: skip
    Connection.objects.create(
        provider="xero", account="c0ffee", company="Ava's Boilers and Heating of Greater Columbus", sandbox=True,
        connected_at=now(), connected_by="ava@avasplumbing.example", synced_at=now(),
    )  # fmt: skip
    yield "/connections/"
    yield f"/connections/{connection.pk}/?page=2"
    yield "/connections/new/"
    pending = PendingSignIn.objects.create(
        user=scene.firm.owner, provider="xero", secrets=b"", access_expires_at=machine_now(),
        companies=[{"account": f"id-{n}", "name": f"Client {n} " * 9, "details": {}} for n in range(40)],
        until=machine_now() + timedelta(minutes=9),
    )  # fmt: skip
    yield f"/connections/choose/{pending.pk}"


@pytest.mark.timeout(180)
def test_the_books_are_readable_for_everyone_in_every_state(acting: Scene, live_server: Any, browser: Browser) -> None:
    pages = [open_page(browser, live_server, acting, viewport=size) for size in SIZES]

    found: list[str] = []
    for address in states(acting):
        for page, size in zip(pages, SIZES, strict=True):
            page.emulate_media(color_scheme="light")
            page.goto(address)
            page.evaluate(AXE)
            found += broken_rules(page, {"type": "tag", "values": RULES})
            if size is SIZES[0]:
                page.emulate_media(color_scheme="dark")
                found += broken_rules(page, {"type": "rule", "values": ["color-contrast"]})
            width = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{address}: {width} wide"] if width > size["width"] else []

    for page in pages:
        page.context.close()
    assert found == []


def test_a_first_reading_refreshes_itself_until_it_is_done(acting: Scene, live_server: Any, browser: Browser) -> None:
    run = first_reading(acting, 1000)
    page = open_page(browser, live_server, acting)
    page.goto("/connections/")
    expect(page.locator(".reading")).to_contain_text("1,000 of about 5,000 records")

    SyncRun.objects.filter(pk=run.pk).update(seen=4000)
    expect(page.locator(".reading")).to_contain_text("4,000 of about 5,000 records", timeout=8000)
    SyncRun.objects.filter(pk=run.pk).update(status="done", seen=5000, ended_at=now())
    Connection.objects.filter(pk=run.connection_id).update(synced_at=now())
    expect(page.locator(".health-state")).to_contain_text("Connected", timeout=8000)

    assert page.locator("#health").get_attribute("hx-get") is None
    page.context.close()


def test_without_javascript_a_link_shows_how_far_it_is(acting: Scene, live_server: Any, browser: Browser) -> None:
    run = first_reading(acting, 1000)
    page = open_page(browser, live_server, acting, java_script_enabled=False)
    page.goto("/connections/")

    SyncRun.objects.filter(pk=run.pk).update(seen=4000)
    page.get_by_role("link", name="See how far it is").click()

    expect(page.locator(".reading")).to_contain_text("4,000 of about 5,000 records")
    page.context.close()
