"""Calls in a real browser: listening, following one that goes on, narrowing the list, with and without scripts."""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import ActivityLine
from calls.models import Attempt, Call, TranscriptLine
from disputes.models import HearingLabel
from notifications.models import Duty
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages_in_a_browser import AXE, DESK, PHONE, RULES, broken_rules
from tests.desk import call_scene
from tests.desk.scene import Maker, Scene


@pytest.fixture
def page(scene: Scene, live_server: Any, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", viewport=DESK)  # type: ignore[arg-type]
    context.add_cookies(signed_in(scene.firm.owner, scene.firm.business, live_server.url))
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(scene: Scene, live_server: Any, browser: Browser) -> Iterator[Page]:
    """The same without scripts."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(signed_in(scene.firm.owner, scene.firm.business, live_server.url))
    yield context.new_page()
    context.close()


def until(page: Page, said: str) -> None:
    """Until the page says so; its own policy lets nobody else evaluate anything in it."""
    deadline = time.monotonic() + 20
    while not page.evaluate(said):
        assert time.monotonic() < deadline, said
        page.wait_for_timeout(50)


def test_a_moment_plays_the_recording_from_there_and_listening_goes_on_record(scene: Scene, page: Page) -> None:
    with acting_for(scene.firm.business.pk):
        call_scene.with_evidence(scene.call)
    with call_scene.recorded(scene.firm, scene.call, seconds=40):
        page.goto(f"/calls/{scene.call.pk}/")
        page.get_by_role("link", name="0:12 Collecting stopped here").click()
        until(page, "document.querySelector('audio').currentTime > 12.2")

        assert 30 < page.evaluate("document.querySelector('audio').duration") < 80
        assert page.url.endswith(f"/calls/{scene.call.pk}/")
        expect(page.locator(".turn.sounding")).to_have_count(1)
        expect(page.locator("[data-player-error]")).to_be_hidden()

        page.locator("[data-track]").click(position={"x": 5, "y": 20})
        until(page, "document.querySelector('audio').currentTime < 5")
    with acting_for(scene.firm.business.pk):
        assert [line.actor for line in ActivityLine.objects.filter(verb="listened")] == ["ava@avasplumbing.example"]


def test_a_recording_that_does_not_come_is_said_on_the_page(scene: Scene, page: Page, settings: Any) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC" + "0" * 32, "x"
    settings.SIMULATORS_URL = "http://127.0.0.1:9"
    with acting_for(scene.firm.business.pk):
        Call.objects.filter(pk=scene.call.pk).update(recording_sid="RE" + "0" * 32, recording="announced")

    page.goto(f"/calls/{scene.call.pk}/")
    page.evaluate("document.querySelector('audio').play().catch(() => {})")

    expect(page.locator("[data-player-error]")).to_contain_text("The recording did not come.")
    page.get_by_role("link", name="What is wrong").click()
    expect(page.locator("main")).to_contain_text("Try again in a few minutes.")


def test_a_call_under_way_is_followed_until_it_is_over(scene: Scene, page: Page) -> None:
    with acting_for(scene.firm.business.pk):
        call = call_scene.live(Maker(scene.firm))
    page.goto(f"/calls/{call.pk}/")
    expect(page.locator(".transcript")).to_contain_text("Who is this?")

    with acting_for(scene.firm.business.pk):
        TranscriptLine.objects.create(call=call, position=2, speaker="customer", text="Go on.", second=Decimal(9))
    expect(page.locator(".transcript")).to_contain_text("Go on.")

    with acting_for(scene.firm.business.pk):
        Call.objects.filter(pk=call.pk).update(status="completed", disposition="hung_up", seconds=20)
    expect(page.get_by_role("heading", name="Listen")).to_be_visible()
    expect(page.get_by_role("heading", name="Was this right?")).to_be_visible()


def test_a_changed_choice_changes_the_list_and_the_address_and_a_reload_keeps_both(scene: Scene, page: Page) -> None:
    page.goto("/calls/")

    page.get_by_label("When").select_option("between")
    page.get_by_label("from").fill("2026-11-24")
    page.get_by_label("from").blur()
    page.wait_for_url("**since=2026-11-24**")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    page.reload()
    expect(page.locator("#results tbody tr")).to_have_count(1)

    expect(page.locator(".chip")).to_contain_text("since Tue, Nov 24")
    page.locator(".chip a").click()
    expect(page.locator("#results tbody tr")).to_have_count(8)


def test_a_list_is_taken_away_as_a_file(scene: Scene, page: Page) -> None:
    page.goto("/calls/?period=today")

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()

    assert download.value.suggested_filename == "calls-2026-11-24.csv"
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[2] for line in lines] == ["Customer", "Harbor Cafe"]


def test_without_scripts_a_call_is_found_read_labeled_and_ended(scene: Scene, plain: Page) -> None:
    with acting_for(scene.firm.business.pk):
        live = call_scene.live(Maker(scene.firm))
    plain.goto("/calls/")
    plain.get_by_label("with", exact=True).fill("harbor")
    plain.get_by_role("button", name="Apply").click()
    plain.locator("#results tbody").get_by_role("link", name="Harbor Cafe").click()
    expect(plain.locator(".moment")).to_have_text("Collecting stopped here: they disagree (quality)")
    plain.get_by_role("button", name="It was a dispute").click()
    expect(plain.locator("#was-right")).to_contain_text("a dispute (quality)")

    plain.goto(f"/calls/{live.pk}/")
    plain.get_by_role("link", name="End this call…").click()
    plain.get_by_role("button", name="End this call now").click()

    with acting_for(scene.firm.business.pk):
        assert HearingLabel.objects.get().was_dispute is True
        assert Duty.objects.get(kind="hang_up").facts["because"] == "ended_by_member"
        assert Attempt.objects.get(call=live).ended_because == "ended_by_member"


@pytest.mark.timeout(300)
def test_crowded_live_and_strange_calls_are_readable_for_everyone_and_fit_a_phone(scene: Scene, page: Page) -> None:
    with acting_for(scene.firm.business.pk):
        make = Maker(scene.firm)
        call_scene.with_evidence(scene.call)
        live, crowded, unknown = call_scene.live(make), call_scene.crowded(make), call_scene.inbound(make, known=False)
    read = [f"/calls/{scene.call.pk}/", f"/calls/{live.pk}/", "/calls/?period=30&who=them&disputed=yes&q=harbor"]
    fit = [
        f"/calls/{crowded.pk}/",
        f"/calls/{unknown.pk}/",
        f"/calls/{live.pk}/end/",
        f"/calls/{unknown.pk}/recording/",
    ]

    found: list[str] = []
    wide = []
    for address in read:
        page.emulate_media(color_scheme="light")
        page.goto(address)
        for evidence in page.locator("details.evidence summary").all():
            evidence.click()
        page.evaluate(AXE)
        found += broken_rules(page, {"type": "tag", "values": RULES})
        page.emulate_media(color_scheme="dark")
        found += broken_rules(page, {"type": "rule", "values": ["color-contrast"]})
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for address in [*read, *fit]:
        page.goto(address)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
            wide.append(f"{address}: {width}")

    assert found == []
    assert wide == []
