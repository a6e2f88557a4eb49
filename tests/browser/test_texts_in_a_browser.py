"""The pages about texts in a real browser: legible, reachable by everybody, in the dark and on a phone."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from accounts.models import AlertPhone
from compliance import texting
from disputes import inbound_texts
from disputes.mail_models import InboundMail
from invoices.models import Customer
from syntharra import clock
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages_in_a_browser import AXE, DESK, PHONE, RULES, broken_rules
from tests.desk.scene import Scene

SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def texted(scene: Scene) -> Customer:
    """A customer who agreed to texts and wrote back, a stranger who wrote, and a member with his own number."""
    with acting_for(scene.firm.business.pk):
        customer = Customer.objects.filter(contacts__phone__gt="").order_by("pk").first()
        assert customer is not None
        number = customer.contacts.exclude(phone="").order_by("rank")[0].phone
        texting.agree(
            customer.pk, number, basis="ticked “You may text me about this job” on work order 1184", given_by="Ana Reyes",
            given_on=date(2026, 9, 1), source="member", by=scene.firm.owner.email,
        )  # fmt: skip
        for sid, sender, words in (
            ("SM1", number, "Who is this?"),
            ("SM2", "+13305550123", "You have the wrong number 🙂"),
        ):
            row = inbound_texts.keep(sid=sid, sender=sender, line="+16145550199", body=words, media=1)
            inbound_texts.act(InboundMail.objects.select_related("customer", "message", "hold").get(pk=row.pk))
        AlertPhone.objects.create(
            user=scene.firm.owner, number="+16145550190", verified_at=clock.now(), wanted_at=clock.now()
        )
    return customer


@pytest.fixture(params=[(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone in the dark"])
def page(
    request: pytest.FixtureRequest, texted: Customer, scene: Scene, live_server: Any, browser: Browser
) -> Iterator[Page]:
    size, scheme = request.param
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", viewport=size, color_scheme=scheme)
    context.add_cookies(signed_in(scene.firm.owner, scene.firm.business, live_server.url))
    yield context.new_page()
    context.close()


def test_the_pages_about_texts_break_no_rule_and_do_not_scroll_sideways(
    page: Page, texted: Customer, scene: Scene
) -> None:
    with acting_for(scene.firm.business.pk):
        replies = [f"/replies/{row.pk}/" for row in InboundMail.objects.order_by("key")]
    paths = {
        "own": "/your-texts/", "reach": f"/customers/{texted.pk}/reach/", "customer": f"/customers/{texted.pk}/",
        "theirs": replies[0], "stranger": replies[1],
    }  # fmt: skip
    for name, path in paths.items():
        page.goto(path)
        page.evaluate(AXE)
        if SHOTS:
            width = (page.viewport_size or {"width": 0})["width"]
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)

        found = list(broken_rules(page, {"type": "tag", "values": RULES}))
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
