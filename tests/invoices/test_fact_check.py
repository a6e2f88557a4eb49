"""Before a person's page shows what is owed it asks one harmless fact; whoever was forwarded the link does not know it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import ActivityLine
from disputes.freeze import NewClaim
from disputes.models import Claim, Dispute, Post, Specification
from disputes.services import open_dispute
from invoices import fact_check
from invoices.models import Customer
from syntharra import links
from syntharra.models import Link
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_customer, make_invoice


@pytest.fixture
def ana(plumber: Firm) -> Customer:
    return make_customer(plumber, "Ana Reyes", kind=Customer.Kind.CONSUMER, company="")


@pytest.fixture
def dispute(plumber: Firm, ana: Customer) -> Dispute:
    claim = NewClaim(source="call", source_key="CA1", words="The roof still leaks", reason="quality", by="Ana Reyes")
    return open_dispute(make_invoice(plumber, ana).pk, claim=claim)[0]


@pytest.fixture
def page(dispute: Dispute) -> str:
    return f"/l/{links.make('dispute', dispute.pk, lasts=timedelta(days=60))}"


def tries_of(dispute: Dispute) -> int:
    return Link.objects.get(purpose="dispute", subject=dispute.pk).tries


def test_a_person_is_asked_before_anything_is_shown(client: Client, page: str, dispute: Dispute) -> None:
    shown = client.get(page)

    text = shown.content.decode()
    assert shown.status_code == 200
    assert "What is your ZIP code?" in text
    assert not [word for word in ("796.00", "roof", dispute.number, dispute.invoice.number, "43215") if word in text]
    assert (shown["Referrer-Policy"], shown["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")


def test_the_right_fact_opens_the_page_and_it_is_not_asked_again(client: Client, page: str, dispute: Dispute) -> None:
    assert client.post(page, {"fact": "43999"}).status_code == 422
    let_in = client.post(page, {"fact": "43215-0001"})
    shown = client.get(page)

    assert (let_in.status_code, let_in["Location"]) == (302, page)
    cookie = next(iter(let_in.cookies.values()))
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert str(dispute.customer_id) not in cookie.key
    assert "The roof still leaks" in shown.content.decode()
    assert tries_of(dispute) == 0


def test_looking_and_sending_nothing_is_no_try(client: Client, page: str, dispute: Dispute) -> None:
    for _ in range(7):
        client.get(page)
        client.get(f"{page}?fact=43215")
        assert client.post(page, {"fact": "  "}).status_code == 403

    assert tries_of(dispute) == 0


def test_five_wrong_answers_close_the_link_with_the_firms_phone(client: Client, page: str, dispute: Dispute) -> None:
    left = [client.post(page, {"fact": f"4399{n}"}).content.decode() for n in range(5)]
    after = client.post(page, {"fact": "43215"})
    looked = client.get(page)

    assert "You can try 4 more times." in left[0]
    assert "You can try 1 more time." in left[3]
    assert "(614) 555-0199" in left[4]
    assert "closed this page" in left[4]
    assert (after.status_code, looked.status_code) == (403, 403)
    assert not client.cookies
    assert [line.customer_id for line in ActivityLine.objects.filter(verb="link_closed")] == [dispute.customer_id]


def test_a_closed_link_stays_open_for_the_browser_that_had_proved_itself(
    client: Client, page: str, dispute: Dispute
) -> None:
    client.post(page, {"fact": "43215"})
    stranger = Client()
    for n in range(5):
        stranger.post(page, {"fact": f"4399{n}"})

    assert stranger.get(page).status_code == 403
    assert "The roof still leaks" in client.get(page).content.decode()


def test_nothing_is_taken_from_somebody_who_has_not_said_it(client: Client, page: str, dispute: Dispute) -> None:
    for sent in (
        {"act": "kind", "kind": "quality"},
        {"act": "details", "about": "whole", "words": "Mine now"},
        {"act": "write", "words": "Hello"},
        {"act": "drop", "name": "Somebody"},
        {"act": "answer", "answer": "accepted", "name": "Somebody"},
    ):
        refused = client.post(page, sent)
        assert refused.status_code == 403
        assert "send once more what you had filled in" in refused.content.decode()

    assert not Specification.objects.exists()
    assert not Post.objects.exists()
    assert Claim.objects.count() == 1
    assert Dispute.objects.get(pk=dispute.pk).closed_at is None


def test_a_file_is_behind_the_same_question(client: Client, page: str) -> None:
    answer = client.get(f"{page}/files/{UUID(int=1)}")

    assert (answer.status_code, answer["Location"]) == (302, page)


def test_a_cookie_of_one_customer_opens_nothing_of_another(client: Client, page: str, plumber: Firm) -> None:
    other = make_customer(plumber, "Ben Ortiz", kind=Customer.Kind.CONSUMER, zip="10001")
    claim = NewClaim(source="call", source_key="CA2", words="Not mine", reason="identity", by="Ben")
    theirs = open_dispute(make_invoice(plumber, other).pk, claim=claim)[0]
    their_page = f"/l/{links.make('dispute', theirs.pk, lasts=timedelta(days=60))}"
    client.post(page, {"fact": "43215"})

    (kept,) = client.cookies.values()
    client.cookies[fact_check._cookie(other)] = kept.value

    assert "What is your ZIP code?" in client.get(their_page).content.decode()


def test_a_company_is_asked_nothing(client: Client, plumber: Firm) -> None:
    claim = NewClaim(source="call", source_key="CA3", words="Wrong price", reason="amount", by="Ana")
    of_company = open_dispute(make_invoice(plumber).pk, claim=claim)[0]

    shown = client.get(f"/l/{links.make('dispute', of_company.pk, lasts=timedelta(days=60))}")

    assert "Wrong price" in shown.content.decode()


@pytest.mark.parametrize(
    ("on_file", "asked", "right", "wrong"),
    [
        ({"zip": "43215-1234"}, "ZIP", ["43215", " 43215 ", "43215-1234"], ["4321", "43216", ""]),
        ({"zip": "", "phone": "+16145550123"}, "last four", ["0123", "(614) 555-0123"], ["0124", "123"]),
        (
            {"zip": "", "phone": "", "street": "12 Pier Rd"},
            "house",
            ["12", "No. 12", "12 Pier Rd"],
            ["125", "1", "Pier"],
        ),
    ],
)
def test_what_is_asked_is_what_the_books_have(
    plumber: Firm, on_file: dict[str, Any], asked: str, right: list[str], wrong: list[str]
) -> None:
    fact = fact_check.fact_of(make_customer(plumber, "Ana Reyes", kind=Customer.Kind.CONSUMER, **on_file))

    assert fact is not None
    assert asked in str(fact.question)
    assert [said for said in right if not fact.is_met_by(said)] == []
    assert [said for said in wrong if fact.is_met_by(said)] == []


def test_where_there_is_nothing_to_ask_the_page_takes_words_and_shows_no_figures(
    client: Client, plumber: Firm, dispute: Dispute, page: str, ana: Customer
) -> None:
    Customer.objects.filter(pk=ana.pk).update(zip="", street="")
    ana.contacts.update(phone="")

    first = client.get(f"{page}?step=kind").content.decode()
    client.post(page, {"act": "kind", "kind": "quality"})
    details = client.get(f"{page}?step=details").content.decode()
    client.post(page, {"act": "details", "about": "whole", "words": "The roof drips"})

    assert not [word for word in ("796.00", "The roof still leaks", "heater") if word in first + details]
    assert Specification.objects.get().words == "The roof drips"


def test_too_many_askings_in_a_minute_are_told_to_wait(
    client: Client, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("syntharra.signed.MOST_BY_LINK", 3)

    answers = [client.get(page) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3]["Retry-After"] == "60"


def test_another_business_cannot_see_or_close_it(page: str, rival: Firm, dispute: Dispute) -> None:
    with acting_for(rival.business.pk):
        assert links.revoke("dispute", dispute.pk) == 0
        assert not Link.objects.exists()
