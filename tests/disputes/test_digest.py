"""The daily dispute e-mail is a work list; its links ask on a page and act once, by POST, for the member they were sent to."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import Membership, Role
from disputes import books, tasks
from disputes.clock_facts import enter
from disputes.freeze import NewClaim
from disputes.models import BooksMoved, Dispute, Resolution
from disputes.resolving import Plan, begin
from disputes.services import open_dispute, pause, release
from invoices.models import Customer, Invoice
from notifications import outbox
from notifications.models import Message
from syntharra.models import Link
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_customer, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 10:00 am in Columbus
MORNING = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)  # Wednesday, 8:00 am
TOKEN = re.compile(r"/l/[\w-]+/act")


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def disputed(firm: Firm, customer: Customer | None = None, **fields: Any) -> Dispute:
    invoice = make_invoice(firm, customer, **fields)
    claim = NewClaim(source="page", source_key=f"p:{invoice.pk}", words="The sink leaks", reason="quality", by="Ana")
    (dispute,) = open_dispute(invoice.pk, claim=claim)
    return dispute


def morning(clock: Any, *, at: datetime = MORNING) -> list[Any]:
    """The e-mails of that morning."""
    clock.move_to(at)
    mail.outbox.clear()
    tasks.sweep_digests()
    outbox.work()
    return [letter for letter in mail.outbox if " open dispute" in letter.subject]


def links_in(letter: Any) -> list[str]:
    return TOKEN.findall(letter.body)


def part(letter: Any, title: str) -> str:
    """What stands under a heading."""
    found = re.search(rf"^{title}\n((?:[-\s].*\n)+)", letter.body, re.MULTILINE)
    return found.group(1) if found else ""


def test_nothing_to_say_is_no_letter(plumber: Firm, clock: Any) -> None:
    assert morning(clock) == []


def test_it_says_what_is_new_late_soon_waiting_and_how_much_is_on_hold(plumber: Firm, clock: Any) -> None:
    first = disputed(plumber, balance="796.00")
    outbox.work()
    clock.move_to(MORNING - timedelta(minutes=5))
    second = disputed(plumber, balance="100.00", currency="EUR")
    enter(second.invoice_id, kind="lien", on=datetime(2026, 12, 1, tzinfo=UTC).date(), note="", by=plumber.owner)

    (letter,) = morning(clock)

    assert letter.subject == "Ava's Plumbing: 2 open disputes, €100.00 + $796.00 on hold"
    assert f"{first.number} Harbor Cafe, invoice {first.invoice.number}, $796.00: opened" in part(
        letter, "New since yesterday"
    )
    soon = part(letter, "About to run out")
    assert f"{first.number} Harbor Cafe" in soon
    assert "Lien, until Tuesday, December 1, 2026" in soon
    assert "/l/" not in part(letter, "New since yesterday")


def test_what_is_late_stands_first(plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber)
    Message.objects.filter(letter="dispute_acknowledgement").update(status="withdrawn")

    (letter,) = morning(clock, at=MORNING + timedelta(days=2))

    assert letter.body.startswith("Late\n")
    assert f"{dispute.number} Harbor Cafe" in part(letter, "Late")


def test_twice_in_a_morning_is_once(plumber: Firm, clock: Any) -> None:
    disputed(plumber)

    assert len(morning(clock)) == 1
    assert morning(clock, at=MORNING + timedelta(minutes=1)) == []


def test_every_owner_and_manager_gets_links_of_his_own(plumber: Firm, clock: Any) -> None:
    make_member(plumber, "max@avasplumbing.example")
    make_member(plumber, "cleo@avasplumbing.example", Role.CONTRIBUTOR)
    disputed(plumber, make_customer(plumber, email=""))

    letters = morning(clock)

    assert sorted(letter.to[0] for letter in letters) == ["ava@avasplumbing.example", "max@avasplumbing.example"]
    assert len({link for letter in letters for link in links_in(letter)}) == 2
    assert all("/l/…" in kept.text for kept in Message.objects.filter(letter="dispute_digest"))


# What one click leads to


def moved(firm: Firm, clock: Any) -> tuple[Dispute, str]:
    dispute = disputed(firm)
    Invoice.objects.filter(pk=dispute.invoice_id).update(balance=Decimal("600.00"))
    books.look()
    (letter,) = morning(clock)
    (link,) = links_in(letter)
    return dispute, link


def state_of_everything() -> tuple[Any, ...]:
    return (
        list(Dispute.objects.values_list("status", "go_on_with_others", "closed_as")),
        list(BooksMoved.objects.values_list("answer", flat=True)),
        list(Resolution.objects.values_list("status", flat=True)),
        list(Invoice.objects.order_by("pk").values_list("paused_reason", "frozen_at")),
        list(Link.objects.filter(purpose="dispute_act").values_list("used_at", flat=True)),
        Message.objects.count(),
    )


def test_scanners_and_prefetchers_change_nothing(client: Client, plumber: Firm, clock: Any) -> None:
    _dispute, link = moved(plumber, clock)
    before = state_of_everything()

    for _ in range(3):
        page = client.get(link, headers={"purpose": "prefetch"})
        client.head(link)
        client.options(link)

    assert page.status_code == 200
    assert state_of_everything() == before
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_a_card_of_the_books_is_answered_once(client: Client, plumber: Firm, clock: Any) -> None:
    dispute, link = moved(plumber, clock)
    asked = client.get(link).content.decode()
    assert "Is that what you agreed with them?" in asked
    assert "your books show $600.00 now (before: $796.00)" in asked

    wrong = client.post(link, {"answer": "perhaps"})
    done = client.post(link, {"answer": "yes"})
    again = client.post(link, {"answer": "no"})

    assert (wrong.status_code, done.status_code, again.status_code) == (422, 200, 410)
    dispute.refresh_from_db()
    assert (dispute.closed_as, dispute.closed_by) == ("books_lowered", plumber.owner.email)


def test_a_card_answered_elsewhere_meanwhile_says_so(client: Client, plumber: Firm, clock: Any) -> None:
    _dispute, link = moved(plumber, clock)
    BooksMoved.objects.update(answer="no")

    assert "answered already" in client.get(link).content.decode()
    refused = client.post(link, {"answer": "yes"})

    assert refused.status_code == 409
    assert Dispute.objects.get().closed_at is None


@pytest.mark.django_db(transaction=True)
def test_an_owner_confirms_what_a_manager_began_and_the_manager_gets_no_such_link(
    client: Client, plumber: Firm, clock: Any
) -> None:
    manager = make_member(plumber, "max@avasplumbing.example")
    dispute = disputed(plumber)
    begin(dispute.pk, Plan(kind="credit_memo", lowered_by=Decimal("600.00")), by=manager)
    letters = {letter.to[0]: letter for letter in morning(clock)}
    assert links_in(letters["max@avasplumbing.example"]) == []
    (link,) = links_in(letters["ava@avasplumbing.example"])
    assert "max@avasplumbing.example chose: Credit memo" in client.get(link).content.decode()

    client.post(link, {"answer": "yes"})

    assert Resolution.objects.get().confirmed_by == plumber.owner.email


@pytest.mark.parametrize(("answer", "kept"), [("yes", True), ("no", False)])
def test_the_customers_other_invoices_go_on_or_wait(
    client: Client, plumber: Firm, clock: Any, answer: str, kept: bool
) -> None:
    customer = make_customer(plumber)
    other = make_invoice(plumber, customer, balance="120.00")
    disputed(plumber, customer)
    (letter,) = morning(clock)
    (link,) = links_in(letter)
    assert f"{other.number} ($120.00)" in client.get(link).content.decode()

    client.post(link, {"answer": answer})

    assert Dispute.objects.get().go_on_with_others is kept


def test_a_pause_is_ended_with_a_reason_only(client: Client, plumber: Firm, clock: Any) -> None:
    invoice = make_invoice(plumber)
    pause(invoice.pk, why="already_paid", words="I paid that", source_key="CA2", by="Ben")
    (letter,) = morning(clock)
    (link,) = links_in(letter)

    refused = client.post(link, {"answer": "yes", "reason": " "})
    invoice.refresh_from_db()
    assert (refused.status_code, invoice.paused_reason) == (422, "already_paid")

    client.post(link, {"answer": "yes", "reason": "The check bounced"})
    invoice.refresh_from_db()
    assert invoice.paused_reason == ""


def test_a_letter_is_ticked_as_posted(client: Client, plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber, make_customer(plumber, email=""))
    (letter,) = morning(clock)
    (link,) = links_in(letter)

    refused = client.post(link, {"answer": "yes", "on": "2026-11-30"})
    assert refused.status_code == 409
    assert Dispute.objects.get().acknowledged_at is None

    with acting_for(plumber.business.pk):
        Link.objects.filter(purpose="dispute_act").update(used_at=None)
    client.post(link, {"answer": "yes", "on": "2026-11-25"})

    dispute.refresh_from_db()
    assert dispute.acknowledged_at == MORNING


@pytest.mark.parametrize("change", ["left", "demoted", "expired", "revoked"])
def test_a_link_dies_with_its_members_right(client: Client, plumber: Firm, clock: Any, change: str) -> None:
    _dispute, link = moved(plumber, clock)
    mine = Membership.objects.filter(user=plumber.owner)
    match change:
        case "left":
            mine.delete()
        case "demoted":
            mine.update(role=Role.CONTRIBUTOR)
        case "expired":
            clock.shift(timedelta(days=8))
        case "revoked":
            Link.objects.filter(purpose="dispute_act").update(revoked_at=MORNING)

    assert client.get(link).status_code == 410
    assert client.post(link, {"answer": "yes"}).status_code == 410
    assert BooksMoved.objects.get().answer == ""


@pytest.mark.django_db(transaction=True)
def test_what_ended_is_told_the_next_morning_and_then_no_more(plumber: Firm, clock: Any) -> None:
    dispute = disputed(plumber)
    release(dispute.pk, by=plumber.owner, reason="He meant another firm")

    (letter,) = morning(clock)

    assert "He meant another firm" in part(letter, "Ended since yesterday")
    assert morning(clock, at=MORNING + timedelta(days=1)) == []


def test_a_hundred_disputes_ask_as_few_questions_as_ten(
    plumber: Firm, clock: Any, django_assert_max_num_queries: Any
) -> None:
    from disputes.digest_lines import work_list

    customer = make_customer(plumber)
    for _ in range(12):
        disputed(plumber, customer)
    clock.move_to(MORNING)
    tasks.sweep_digests()
    message = Message.objects.get(letter="dispute_digest")

    with django_assert_max_num_queries(15):
        found = work_list(message)

    assert len(found["live"]) == 12
