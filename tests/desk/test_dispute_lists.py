"""Disputes on the board, as a list narrowed by a sentence, as a file, and what they teach."""

import io
import os
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import ActivityLine, Role
from disputes import learning
from disputes.clock_facts import enter
from disputes.freeze import NewClaim
from disputes.models import Claim, ClaimOn, Dispute
from disputes.services import open_dispute
from invoices.models import Invoice
from syntharra import clock
from tests.cast import Firm, make_customer, make_invoice, make_member


def disputed(firm: Firm, name: str = "Harbor Cafe", *, words: str = "The sink leaks", **fields: Any) -> Dispute:
    reason = fields.pop("reason", "quality")
    invoice = make_invoice(firm, make_customer(firm, name), **fields)
    claim = NewClaim(source="page", source_key=f"p:{invoice.pk}", words=words, reason=reason, by="Ana")
    (dispute,) = open_dispute(invoice.pk, claim=claim)
    Dispute.objects.filter(pk=dispute.pk).update(owner_told_at=dispute.opened_at)
    return dispute


def changed(dispute: Dispute, **fields: Any) -> None:
    Dispute.objects.filter(pk=dispute.pk).update(**fields)


def closed(dispute: Dispute, *, after: timedelta, as_: str = "credit_memo") -> None:
    """As an end leaves the rows, without its letters."""
    from django.db import transaction

    with transaction.atomic():
        ended = dispute.opened_at + after
        changed(dispute, status="closed", closed_at=ended, closed_as=as_, decided_at=ended)
        Invoice.objects.filter(pk=dispute.invoice_id).update(frozen_at=None)


def numbers(page: Any) -> list[str]:
    return [row.number for row in page.context["rows"]]


# The board


def test_each_column_says_how_many_and_how_much_is_frozen_in_each_currency(
    live: None, ava: Client, plumber: Firm
) -> None:
    disputed(plumber, balance="796.00")
    disputed(plumber, balance="100.00", currency="EUR")
    changed(disputed(plumber, balance="50.00"), status="specified")

    page = ava.get("/disputes/?view=board")

    columns = {column.word: (column.count, column.sums) for column in page.context["board"].columns}
    assert columns == {
        "New": (2, ["$796.00", "€100.00"]),
        "Acknowledged": (0, []),
        "Specified": (1, ["$50.00"]),
        "Being resolved": (0, []),
        "Closed this month": (0, []),
    }
    assert "3 open disputes; $846.00 + €100.00 frozen." in page.content.decode()


def test_what_runs_out_first_stands_first_and_what_is_late_says_so(live: None, ava: Client, plumber: Firm) -> None:
    now = clock.now()
    calm = disputed(plumber, "Calm")
    changed(calm, acknowledged_at=now, first_word_at=now)
    late = disputed(plumber, "Late")
    changed(late, opened_at=now - timedelta(days=3))
    lien = disputed(plumber, "Lien")
    changed(lien, acknowledged_at=now, first_word_at=now)
    enter(lien.invoice_id, kind="lien", on=date(2026, 11, 26), note="", by=plumber.owner)

    cards = ava.get("/disputes/?view=board").context["board"].columns[0].cards

    assert [(card.customer, card.next_name, card.late) for card in cards] == [
        ("Late", "Acknowledgement to them", True),
        ("Lien", "Lien", False),
        ("Calm", "Your decision", False),
    ]


def test_a_column_shows_twenty_and_leads_to_the_rest(
    live: None, ava: Client, plumber: Firm, django_assert_num_queries: Any
) -> None:
    first = disputed(plumber)
    many = 10_000 if os.environ.get("PROOF") == "full" else 45
    _many(first, many)
    ava.get("/disputes/?view=board")

    with django_assert_num_queries(6):
        page = ava.get("/disputes/?view=board")

    column = page.context["board"].columns[0]
    assert (len(column.cards), column.count, column.more) == (20, many + 1, many - 19)
    assert column.more_url == "/disputes/?view=list&state=new"
    assert len(numbers(ava.get(column.more_url))) == 30


def _many(like: Dispute, count: int) -> None:
    """Rows as they stand in the books and on the track, made in bulk."""
    from syntharra.identifiers import uuid7

    source = Invoice.objects.get(pk=like.invoice_id)
    invoices = [
        Invoice(**(_fields(source) | {"id": uuid7(), "external_id": f"m{number}", "number": f"M{number}"}))
        for number in range(count)
    ]
    disputes, links = [], []
    claim = Claim.objects.get()
    for number, invoice in enumerate(invoices):
        dispute = Dispute(**(_fields(like) | {"id": uuid7(), "number": f"D-9{number}", "invoice_id": invoice.pk}))
        disputes.append(dispute)
        links.append(ClaimOn(dispute=dispute, claim=claim, first=True))
    Invoice.objects.bulk_create(invoices)
    Dispute.objects.bulk_create(disputes)
    ClaimOn.objects.bulk_create(links)


def _fields(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_no_dispute_teaches_what_would_stand_here(live: None, ava: Client) -> None:
    for view in ("board", "list"):
        assert "Nobody disagrees with a bill" in ava.get(f"/disputes/?view={view}").content.decode()


# The list


def test_the_sentence_narrows_the_list_and_lives_in_the_address(live: None, ava: Client, plumber: Firm) -> None:
    roof = disputed(plumber, "Roof", words="Water comes in", balance="6000.00")
    price = disputed(plumber, "Price", words="Twice the estimate", reason="amount", balance="300.00")
    mine = disputed(plumber, "Mine", reason="terms", balance="80.00")
    changed(mine, assignee=plumber.owner, status="specified", kind="scope")
    old = disputed(plumber, "Old", reason="other_vague", balance="90.00")
    changed(old, opened_at=clock.now() - timedelta(days=2))
    over = disputed(plumber, "Over")
    closed(over, after=timedelta(hours=1))

    def found(query: str) -> set[str]:
        return set(numbers(ava.get(f"/disputes/?view=list&{query}")))

    assert found("") == {roof.number, price.number, mine.number, old.number}
    assert found("state=specified") == {mine.number}
    assert found("state=closed") == {over.number}
    assert len(found("state=all")) == 5
    assert found("kind=quality") == {roof.number}
    assert found("kind=scope") == {mine.number}
    assert found("kind=terms") == set()  # what he chose on his page counts, not what was heard
    assert found("kind=other") == {old.number}
    assert found(f"assignee={plumber.owner.pk}") == {mine.number}
    assert found("assignee=nobody") == {roof.number, price.number, old.number}
    assert found("late=yes") == {old.number}
    assert found("over=200") == {roof.number, price.number}
    assert found("q=estimate") == {price.number}
    assert found(f"q={roof.number}") == {roof.number}
    assert len(found("kind=nonsense&assignee=x&over=a")) == 4
    assert numbers(ava.get("/disputes/?view=list&sort=largest"))[0] == roof.number
    assert "over 200" in ava.get("/disputes/?view=list&over=200").content.decode()


def test_late_says_the_same_as_the_clocks(live: None, ava: Client, plumber: Firm) -> None:
    now = clock.now()
    cases = {
        "late decision": {"acknowledged_at": now, "first_word_at": now, "decide_by": now - timedelta(minutes=1)},
        "late word": {"acknowledged_at": now, "opened_at": now - timedelta(days=5)},
        "in time": {"acknowledged_at": now},
        "decided": {
            "acknowledged_at": now,
            "first_word_at": now,
            "decided_at": now,
            "decide_by": now - timedelta(minutes=1),
        },
    }
    made = {name: disputed(plumber, name) for name in cases}
    for name, fields in cases.items():
        changed(made[name], **fields)
    missed = disputed(plumber, "missed lien")
    changed(missed, acknowledged_at=now, first_word_at=now)
    enter(missed.invoice_id, kind="lien", on=date(2026, 11, 23), note="", by=plumber.owner)

    late = set(numbers(ava.get("/disputes/?view=list&late=yes")))
    shown = {row.number for row in ava.get("/disputes/?view=list").context["rows"] if row.late}

    assert late == shown == {made["late decision"].number, made["late word"].number, missed.number}


def test_the_list_asks_the_same_for_many_rows(
    live: None, ava: Client, plumber: Firm, django_assert_num_queries: Any
) -> None:
    first = disputed(plumber)
    ava.get("/disputes/?view=list")
    with django_assert_num_queries(9):
        ava.get("/disputes/?view=list")

    _many(first, 25)

    with django_assert_num_queries(9):
        ava.get("/disputes/?view=list")


def test_the_list_is_taken_away_as_it_stands(live: None, ava: Client, plumber: Firm) -> None:
    disputed(plumber, "Roof", words="=HYPERLINK(1)", balance="6000.00")
    disputed(plumber, "Small", balance="80.00")

    text = b"".join(ava.get("/disputes/disputes.csv?over=200")).decode()
    book = load_workbook(io.BytesIO(b"".join(ava.get("/disputes/disputes.xlsx?over=200"))))
    sheet: Any = book.active
    rows = list(sheet.iter_rows(values_only=True))

    assert "Roof" in text
    assert "Small" not in text
    assert "'=HYPERLINK(1)" in text
    assert (len(rows), rows[1][2], rows[1][5]) == (2, "Roof", 6000)
    assert ActivityLine.objects.filter(verb="exported").count() == 2


def test_who_may_not_take_lists_away_is_refused(client: Client, live: None, plumber: Firm) -> None:
    client.force_login(make_member(plumber, "reader@avasplumbing.example", Role.READ_ONLY))
    disputed(plumber)

    assert client.get("/disputes/disputes.csv").status_code == 403
    assert "Take this list away" not in client.get("/disputes/?view=list").content.decode()


def test_another_firm_sees_none_of_it(rex: Client, plumber: Firm, ava: Client) -> None:
    disputed(plumber)

    assert rex.get("/disputes/?view=board").context["board"].count == 0
    assert numbers(rex.get("/disputes/?view=list&state=all")) == []
    assert b"Harbor Cafe" not in b"".join(rex.get("/disputes/disputes.csv"))
    assert rex.get("/disputes/insights/").context["insights"].count == 0


# What they teach


def test_insights_count_by_kind_work_money_and_time(live: None, ava: Client, plumber: Firm) -> None:
    leak, floor = disputed(plumber, balance="796.00"), disputed(plumber, balance="200.00")
    price = disputed(plumber, reason="amount", balance="50.00")
    disputed(plumber, reason="amount", balance="10.00", currency="EUR")
    closed(leak, after=timedelta(days=2))
    closed(floor, after=timedelta(days=4))
    closed(price, after=timedelta(hours=3), as_="false_alarm")
    learning.answer(leak.pk, question="went_wrong", value="workmanship", by=plumber.owner)
    learning.answer(floor.pk, question="went_wrong", value="workmanship", by=plumber.owner)
    learning.answer(leak.pk, question="had_paper", value="yes", by=plumber.owner)

    page = ava.get("/disputes/insights/")

    found = page.context["insights"]
    assert (found.count, found.ended, found.time, found.others) == (4, 3, "2 days", 1)
    assert [(row.word, row.count, row.amount.amount, row.time) for row in found.kinds] == [
        ("amount", 2, Decimal("50.00"), "3 hours"),
        ("quality", 2, Decimal("996.00"), "3 days"),
    ]
    assert [(row.word, row.count, row.amount.amount) for row in found.items] == [("Repair", 3, Decimal("1046.00"))]
    assert [(row.word, row.count) for row in found.ends] == [("Credit memo", 2), ("False alarm", 1)]
    assert [one.answers for one in found.told] == [
        [("Yes", 1), ("not answered", 2)],
        [("The work", 2), ("not answered", 1)],
    ]
    assert "Over which work" in page.content.decode()


def test_insights_without_a_dispute_say_so(live: None, ava: Client) -> None:
    assert "Nothing to learn from yet" in ava.get("/disputes/insights/").content.decode()


def test_the_two_questions_are_one_tap_each_once_it_has_ended(live: None, ava: Client, plumber: Firm) -> None:
    dispute = disputed(plumber)
    url = f"/disputes/{dispute.number}/closing-answers/"
    ava.post(url, {"went_wrong": "price"})
    dispute.refresh_from_db()
    assert dispute.went_wrong == ""
    assert "What it taught" not in ava.get(dispute.get_absolute_url()).content.decode()
    closed(dispute, after=timedelta(hours=1))

    assert "Was there a signed estimate or change order?" in ava.get(dispute.get_absolute_url()).content.decode()
    for value in ("price", "talk", "talk", "nonsense"):
        ava.post(url, {"went_wrong": value})
    ava.post(url, {"had_paper": "no"})

    dispute.refresh_from_db()
    assert (dispute.went_wrong, dispute.had_paper) == ("talk", "no")
    assert ActivityLine.objects.filter(verb="closing_question").count() == 3


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.READ_ONLY])
def test_who_may_only_look_answers_nothing(client: Client, live: None, plumber: Firm, role: Role) -> None:
    dispute = disputed(plumber)
    closed(dispute, after=timedelta(hours=1))
    client.force_login(make_member(plumber, "books@avasplumbing.example", role))

    assert client.post(f"/disputes/{dispute.number}/closing-answers/", {"went_wrong": "price"}).status_code == 403
    dispute.refresh_from_db()
    assert dispute.went_wrong == ""
