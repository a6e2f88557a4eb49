"""Disputes in a browser: board, list, clocks, the acknowledgement, the page behind a link of the daily e-mail; crowded, late, at an end."""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser

from disputes import digest_lines
from disputes.clock_facts import enter
from disputes.freeze import NewClaim
from disputes.learning import answer
from disputes.models import Dispute, Post, Side
from disputes.services import open_dispute, release
from invoices.models import Customer
from syntharra import links
from syntharra.models import Link
from syntharra.tenancy import acting_for
from tests.browser.test_pages_in_a_browser import AXE, DESK, PHONE, RULES, broken_rules, open_context
from tests.cast import Firm, make_customer, make_invoice
from tests.desk.scene import Scene

SHOTS = os.environ.get("SCREENSHOTS", "")  # a folder to leave pictures in, for whoever looks at them

CASES = (
    ("Oak & Sons Landscaping", "They never finished the retaining wall, and the slope came down again in the rain.", "scope"),
    ("Whitaker Realty", "It is twice what you quoted us.", "amount"),
    ("Delgado Roofing", "We never got this.", "not_received"),
    ("A very long name of a customer that has to be broken somewhere, Incorporated", "No.", "other_vague"),
)  # fmt: skip

SAID = "The joint under the sink still leaks, and by now the cabinet below it is wet. Can somebody come and look at it on Thursday?"


@pytest.fixture
def addresses(scene: Scene) -> dict[str, str]:
    """Disputes in each state, one late, one that ended, and one to be posted; and where each page is."""
    firm = scene.firm
    with acting_for(firm.business.pk):
        made = []
        for number, (name, words, reason) in enumerate(CASES):
            customer = make_customer(firm, name, email="" if number == 2 else f"c{number}@customer.example")
            invoice = make_invoice(firm, customer, number=f"31{number:02d}", balance=f"{180 + 900 * number}.00")
            claim = NewClaim(source="page", source_key=f"b{number}", words=words, reason=reason, by=name)
            made += open_dispute(invoice.pk, claim=claim)
        late, known, paper, ended = made
        moment = late.opened_at
        with transaction.atomic():
            Dispute.objects.filter(pk=late.pk).update(opened_at=moment - timedelta(days=9))
            Dispute.objects.filter(pk=known.pk).update(status="specified", kind="amount", acknowledged_at=moment)
        enter(known.invoice_id, kind="lien", on=date(2026, 11, 28), note="Franklin County", by=firm.owner)
        release(ended.pk, by=firm.owner, reason="He meant another firm")
        _talk(known)
        asked, closed = _a_persons_pages(firm)
        answer(ended.pk, question="went_wrong", value="paperwork", by=firm.owner)
        with transaction.atomic():
            scope = {"act": "others", "row": str(scene.dispute.pk), "member": firm.owner.pk}
            link = links.make(digest_lines.LINK, scene.dispute.pk, lasts=timedelta(days=7), scope=scope)
    return {
        "board": "/disputes/?view=board",
        "list": "/disputes/?view=list&state=all",
        "insights": "/disputes/insights/",
        "late": f"/disputes/{late.number}/",
        "lien": f"/disputes/{known.number}/",
        "older": f"/disputes/{known.number}/?talk=2&happened=2",
        "ended": f"/disputes/{ended.number}/",
        "asked": f"/l/{asked}",
        "closed": f"/l/{closed}",
        "acknowledgement": f"/disputes/{late.number}/acknowledgement/",
        "paper": f"/disputes/{paper.number}/acknowledgement/",
        "act": f"/l/{link}/act",
    }


def _talk(dispute: Dispute) -> None:
    """Both sides wrote a lot, and one note stands between them."""
    looks = (
        (Side.CUSTOMER, "email", "Ana Reyes"),
        (Side.FIRM, "email", "Ava Brooks"),
        (Side.FIRM, "note", "Ava Brooks"),
    )
    posts = []
    for number in range(120):
        side, channel, by = looks[2 if number % 7 == 3 else number % 2]
        at = dispute.opened_at + timedelta(minutes=number)
        posts.append(Post(dispute=dispute, side=side, channel=channel, by=by, words=f"{number}: {SAID}", at=at))
    Post.objects.bulk_create(posts)


def _a_persons_pages(firm: Firm) -> tuple[str, str]:
    """Links to the page of somebody who speaks Spanish: one that asks, one that five wrong answers closed."""
    person = make_customer(firm, "Lucía Ortega", kind=Customer.Kind.CONSUMER, company="", language="es")
    claim = NewClaim(source="call", source_key="es", words="El techo gotea", reason="quality", by="Lucía Ortega")
    (dispute,) = open_dispute(make_invoice(firm, person).pk, claim=claim)
    closed = links.make("dispute", dispute.pk, lasts=timedelta(days=60))
    Link.objects.filter(purpose="dispute", subject=dispute.pk).update(tries=5)
    return links.make("dispute", dispute.pk, lasts=timedelta(days=60)), closed


@pytest.mark.timeout(600)
def test_every_page_of_disputes_is_readable_and_fits(
    scene: Scene, addresses: dict[str, str], live_server: Any, browser: Browser
) -> None:
    context = open_context(browser, live_server, scene, [], viewport=DESK)
    page = context.new_page()

    found: list[str] = []
    for name, address in addresses.items():
        for scheme in ("light", "dark"):
            page.set_viewport_size(DESK)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            page.evaluate(AXE)
            found += broken_rules(page, {"type": "tag", "values": RULES})
            picture(page, f"{name}-desk-{scheme}")
    context.close()
    assert found == []


@pytest.mark.timeout(600)
def test_every_page_of_disputes_fits_a_phone_and_keeps_our_content_security_policy(
    scene: Scene, addresses: dict[str, str], live_server: Any, browser: Browser
) -> None:
    complaints: list[str] = []
    context = open_context(browser, live_server, scene, complaints, viewport=PHONE, has_touch=True, color_scheme="dark")
    page = context.new_page()

    wide = []
    for name, address in addresses.items():
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        wide += [f"{address}: {width}"] if width > PHONE["width"] else []
        picture(page, f"{name}-phone-dark")

    context.close()
    assert wide == []
    said = [one for one in complaints if "403 (Forbidden)" not in one]  # a closed link answers so
    assert len(complaints) - len(said) <= 1
    assert SHOTS or said == []  # a picture brings styles of the driver's own


def picture(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
