"""The end of the road in a real browser: small claims, plans, last steps, letters to post, the agency; for everyone, on a phone."""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize

from accounts.models import User
from calls.agency import hand_over
from disputes.customer_acts import answer
from disputes.freeze import NewClaim
from disputes.last_steps import Choice, choose
from disputes.resolving import Plan, begin
from disputes.services import open_dispute
from invoices import plans
from invoices.models import Installment, Invoice
from invoices.plan_rules import split
from notifications import outbox
from syntharra.clock import now
from syntharra.tenancy import acting_for
from tests.browser.conftest import signed_in
from tests.browser.test_pages_in_a_browser import AXE, RULES, broken_rules
from tests.cast import Firm, make_customer, make_invoice
from tests.desk.scene import Maker, Scene

SIZES: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


def unresolved(firm: Firm, invoice: Invoice) -> str:
    claim = NewClaim(source="page", source_key=str(invoice.pk), words="The tile is cracked", reason="quality", by="Ana")
    (dispute,) = open_dispute(invoice.pk, claim=claim)
    stands = begin(dispute.pk, Plan(kind="bill_stands", words="We laid what was ordered."), by=firm.owner)
    answer(stands.pk, "objects", name="Ana Reyes")
    return dispute.number


@pytest.fixture
def addresses(scene: Scene) -> list[str]:
    """Every page with something on it, committed."""
    firm: Firm = scene.firm
    owner: User = firm.owner
    with acting_for(firm.business.pk):
        make = Maker(firm)
        used_up = make.invoice(make.customer("Cedar Dental", "Dr. Ames", "0133"), "2077", "6250.00", 40)
        old = make.invoice(make.customer("Brightwater Property Management of Greater Columbus, LLC", "Lee", "0134"), "1404", "912.50", 2500)  # fmt: skip
        gone = make.invoice(make.customer("Oak & Sons", "Pat", "0135"), "2078", "99.00", 41)
        Invoice.objects.filter(pk__in=[used_up.pk, old.pk, gone.pk]).update(left_reason="your_decision", left_at=now())
        disagreed = unresolved(firm, make.invoice(make.customer("Ines Ruiz", "Ines", "0136"), "2079", "480.00", 30))
        choose(_dispute(disagreed), Choice(kind="offer", amount=Decimal("300.00")), by=owner)
        payer = make.customer("Lakeview Apartments", "Lee Park", "0145")
        owed = [make.invoice(payer, f"255{n}", "300.00", 4 + n) for n in range(2)]
        parts = split(Decimal("600.00"), "USD", count=4, every="month", first_on=make.today + timedelta(days=7), down=Decimal("100.00"), down_on=make.today)  # fmt: skip
        plan = plans.agree(*(one.pk for one in owed), parts=parts, how="Lee Park, on the phone", by=owner)
        first = plan.installments.order_by("position").first()
        assert first is not None
        Installment.objects.filter(pk=first.pk).update(status="paid", paid_at=now())
        make.invoice(payer, "2560", "150.00", 9)
        posted = make_invoice(firm, make_customer(firm, "Harbor Marina", email=""))
        open_dispute(posted.pk, claim=NewClaim(source="call", source_key="c9", words="Not right", by="Ana"))
        begin(_dispute_of(posted), Plan(kind="bill_stands", words="We did what was ordered."), by=owner)
        file = hand_over([gone.pk], agency="Fair Recovery Inc", by=owner)
        outbox.work()
    return [
        f"/invoices/{used_up.pk}/small-claims/",
        f"/invoices/{old.pk}/small-claims/?state=US-KS",
        f"/your-decision/{used_up.pk}/",
        f"/disputes/{disagreed}/what-now/",
        "/plans/",
        f"/plans/{plan.pk}/",
        f"/customers/{payer.pk}/plans/new/",
        f"/customers/{payer.pk}/",
        "/letters/",
        "/your-decision/agency/",
        f"/your-decision/agency/{file.pk}/",
    ]


def _dispute(number: str) -> Any:
    from disputes.models import Dispute

    return Dispute.objects.get(number=number).pk


def _dispute_of(invoice: Invoice) -> Any:
    from disputes.models import Dispute

    return Dispute.objects.get(invoice=invoice).pk


@pytest.mark.timeout(400)
def test_the_pages_are_readable_for_everyone_and_fit_a_phone(
    addresses: list[str], scene: Scene, live_server: Any, browser: Browser
) -> None:
    pictures = os.environ.get("PICTURES", "")
    found: list[str] = []
    for size, viewport in SIZES.items() if pictures else [("phone", SIZES["phone"])]:
        context = browser.new_context(base_url=live_server.url, viewport=viewport, reduced_motion="reduce")
        context.add_cookies(signed_in(scene.firm.owner, scene.firm.business, live_server.url))
        page = context.new_page()
        for number, address in enumerate(addresses):
            page.emulate_media(color_scheme="light")
            page.goto(address)
            page.evaluate(AXE)
            found += [f"{address}: {one}" for one in broken_rules(page, {"type": "tag", "values": RULES})]
            if pictures:
                page.screenshot(path=Path(pictures) / f"{number:02d}-{size}-light.png", full_page=True)
            page.emulate_media(color_scheme="dark")
            found += [f"{address}: {one}" for one in broken_rules(page, {"type": "rule", "values": ["color-contrast"]})]
            if pictures:
                page.screenshot(path=Path(pictures) / f"{number:02d}-{size}-dark.png", full_page=True)
            width = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{address}: {width} wide"] if width > viewport["width"] else []
        context.close()

    assert found == []
