"""Who may open what: strangers find nothing, members without the role are told, nobody changes anything by looking."""

import pytest
from django.test import Client

from accounts.models import Business, Role
from calls.models import Attempt
from disputes.models import Dispute
from invoices.models import Invoice
from tests.cast import Firm, make_member
from tests.desk.scene import Scene, a_day


@pytest.fixture
def scene(tuesday: None, plumber: Firm) -> Scene:
    return a_day(plumber)


def addresses(scene: Scene) -> list[str]:
    return [
        "/invoices/2207/",
        f"/invoices/{scene.disputed.pk}/",
        "/invoices/2207/dispute/",
        f"/customers/{scene.disputed.customer_id}/",
        f"/calls/{scene.call.pk}/",
        f"/calls/{scene.call.pk}/recording/",
        f"/calls/{scene.call.pk}/end/",
        f"/disputes/{scene.dispute.number}/",
    ]


def changes(scene: Scene) -> list[str]:
    return [
        "/invoices/2245/dispute/",
        "/invoices/2188/pause/",
        f"/tasks/{scene.task.pk}/",
        f"/calls/{scene.call.pk}/labels/",
        f"/planned-calls/{scene.planned.pk}/approval/",
        f"/planned-calls/{scene.planned.pk}/cancellation/",
        f"/disputes/{scene.dispute.number}/release/",
        f"/disputes/{scene.dispute.number}/other-invoices/",
    ]


def test_a_stranger_finds_nothing_of_hers(scene: Scene, rex: Client) -> None:
    assert {address: rex.get(address).status_code for address in addresses(scene)} == dict.fromkeys(
        addresses(scene), 404
    )


def test_a_stranger_changes_nothing_of_hers(scene: Scene, rex: Client) -> None:
    answers = {address: rex.post(address, {"reason": "x", "words": "x"}).status_code for address in changes(scene)}

    assert answers == dict.fromkeys(changes(scene), 404)
    assert Dispute.objects.live().count() == 1


LISTS = (
    "/",
    "/check-first/",
    "/book-entries/",
    "/invoices/",
    "/customers/?show=all",
    "/calls/",
    "/disputes/",
    "/money/",
    "/activity/",
)
HERS = ("Harbor Cafe", "2207", "Ortiz", "Beacon", "ava@")


def test_a_stranger_reads_nothing_of_hers_in_lists(scene: Scene, rex: Client) -> None:
    pages = {address: rex.get(address).content.decode() for address in LISTS}

    assert [(address, name) for address, page in pages.items() for name in HERS if name in page] == []


def test_somebody_who_is_not_signed_in_is_asked_to(scene: Scene) -> None:
    answer = Client().get("/invoices/2207/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/invoices/2207/")


DESK_CHANGES = ("/check-first/looks/end/", "/check-first/terms/", "/check-first/words/", "/check-first/late-fees/")


def test_looking_changes_nothing(ava: Client, scene: Scene) -> None:
    posts_only = [
        *changes(scene)[1:],
        *DESK_CHANGES,
        "/calls-stopped/",
        "/calls-stopped/end/",
        "/sandbox/clock/",
        *(f"/sandbox/customer/{scene.disputed.customer_id}/{act}/" for act in ("telephone", "clock", "calls", "words")),
        "/appearance/",
    ]

    assert {ava.get(address).status_code for address in posts_only} == {405}


def test_a_form_without_its_token_is_refused(plumber: Firm) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(plumber.owner)

    answer = browser.post("/calls-stopped/")

    assert answer.status_code == 403
    assert "This form has gone stale" in answer.content.decode()
    assert Business.objects.get(pk=plumber.business.pk).stopped_at is None


def test_any_member_may_freeze(scene: Scene, plumber: Firm) -> None:
    browser = Client()
    browser.force_login(make_member(plumber, "reader@avasplumbing.example", Role.READ_ONLY))

    answer = browser.post("/invoices/2245/dispute/", {"words": "They called me.", "reason": "other_vague"})

    assert answer.headers["Location"] == "/disputes/D-1002/"
    assert Invoice.objects.get(number="2245").frozen_at is not None


def test_ending_a_dispute_takes_an_owner_or_manager(scene: Scene, plumber: Firm) -> None:
    for role in (Role.CONTRIBUTOR, Role.ACCOUNTANT, Role.READ_ONLY):
        browser = Client()
        browser.force_login(make_member(plumber, f"{role}@avasplumbing.example", role))

        answer = browser.post(f"/disputes/{scene.dispute.number}/release/", {"reason": "a mistake"})

        assert answer.status_code == 403
        assert "It takes one of these roles: Owner, Manager." in answer.content.decode()
    assert Dispute.objects.live().count() == 1


def test_letting_a_call_go_out_takes_somebody_who_works_on_them(scene: Scene, plumber: Firm) -> None:
    answers = {}
    for role in (Role.ACCOUNTANT, Role.READ_ONLY, Role.CONTRIBUTOR):
        browser = Client()
        browser.force_login(make_member(plumber, f"{role}@avasplumbing.example", role))
        answers[role] = browser.post(f"/planned-calls/{scene.planned.pk}/approval/").status_code

    assert answers == {Role.ACCOUNTANT: 403, Role.READ_ONLY: 403, Role.CONTRIBUTOR: 302}
    assert Attempt.objects.get(pk=scene.planned.pk).approved_by == "contributor@avasplumbing.example"


def test_a_business_one_does_not_belong_to_cannot_be_chosen(ava: Client, rival: Firm) -> None:
    answer = ava.post("/businesses/current/", {"business": str(rival.business.pk)})

    assert answer.status_code == 404
    assert "Ava&#x27;s Plumbing" in ava.get("/").content.decode()


def test_a_person_of_two_businesses_switches(ava: Client, plumber: Firm, rival: Firm) -> None:
    rival.business.memberships.create(user=plumber.owner, role=Role.MANAGER)

    ava.post("/businesses/current/", {"business": str(rival.business.pk)})

    assert ava.get("/").context["business"] == rival.business
