"""What a customer does on a phone, without an account and without JavaScript."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from playwright.sync_api import Browser, ViewportSize, expect

from disputes.models import Claim
from syntharra import links
from syntharra.tenancy import acting_for
from tests.desk.scene import Scene

PHONE: ViewportSize = {"width": 390, "height": 844}


def test_a_customer_says_what_is_wrong(scene: Scene, live_server: Any, browser: Browser) -> None:
    with acting_for(scene.firm.business.pk), transaction.atomic():
        token = links.make("dispute", scene.dispute.pk, lasts=timedelta(days=60), scope={})
    context = browser.new_context(base_url=live_server.url, viewport=PHONE, has_touch=True, java_script_enabled=False)
    page = context.new_page()

    page.goto(f"/l/{token}")
    page.get_by_label("The work isn't right").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Yes, somebody may come and look").check()
    page.get_by_label("In your own words").fill("The joint under the sink still drips.")
    page.get_by_role("button", name="Send to the firm").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Asking for payment has stopped.")
    context.close()
    with acting_for(scene.firm.business.pk):
        claim = Claim.objects.get(source="page")
        assert claim.words.splitlines() == [
            "The work isn't right",
            "May somebody come and look at it? Yes, somebody may come and look",
            "The joint under the sink still drips.",
        ]
