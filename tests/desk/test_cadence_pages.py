"""Tomorrow, holds, old invoices and your decision: what the pages show, who may act, and what acting does."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Business, Role
from calls.models import Attempt, FinalChoice
from disputes.models import Dispute
from invoices import holds
from invoices.models import BookEntry, Customer, Hold, Invoice
from notifications.models import Message
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice, make_member
from tests.desk.scene import Maker
from tests.desk.test_pages import text

TOMORROW = "2026-11-25"


@pytest.fixture
def planned(ava: Client, plumber: Firm) -> Attempt:
    make = Maker(plumber)
    customer = make.customer("Harbor Cafe", "Ana Reyes", "0177")
    return make.attempt([make.invoice(customer, "2231", "310.00", 3)], make.at(-1, 9, 5))


def as_role(firm: Firm, role: Role) -> Client:
    browser = Client()
    browser.force_login(make_member(firm, f"{role}@avasplumbing.example", role))
    return browser


def answers(browser: Client, attempt: Attempt, word: str) -> Any:
    return browser.post("/tomorrow/answers/", {"call": str(attempt.pk), "word": word, "day": TOMORROW}, follow=True)


def test_tomorrow_says_who_which_number_why_and_when(ava: Client, planned: Attempt) -> None:
    page = text(ava.get("/tomorrow/"))

    assert "Tomorrow's calls" in page
    assert "9:05 am Harbor Cafe (614) 555-0177 2231 · $310.00 · 4 days past due · call 1 of 3" in page
    assert "Has anyone of these complained to you or your crew?" in page


def test_a_hold_is_one_tap_and_stands_on_the_list_of_holds(ava: Client, plumber: Firm, planned: Attempt) -> None:
    page = text(answers(ava, planned, "hold"))

    assert "Harbor Cafe is on hold" in page
    assert "Harbor Cafe customer held before the call since Tue, Nov 24 ava@avasplumbing.example" in text(
        ava.get("/holds/")
    )


@pytest.mark.parametrize("role", list(Role))
def test_anybody_may_say_that_they_complained(plumber: Firm, planned: Attempt, role: Role) -> None:
    page = text(answers(as_role(plumber, role), planned, "complained"))

    assert "Frozen: we ask Harbor Cafe for no money while D-1001 is open." in page
    assert Dispute.objects.get().claims.get().by == f"{role}@avasplumbing.example"
    assert "will not be called" in page


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.CONTRIBUTOR, True), (Role.ACCOUNTANT, False), (Role.READ_ONLY, False)],
)
def test_a_yes_takes_somebody_who_does_the_work(plumber: Firm, planned: Attempt, role: Role, may: bool) -> None:
    Business.objects.filter(pk=plumber.business.pk).update(reviews_calls=True)

    answers(as_role(plumber, role), planned, "approve")

    planned.refresh_from_db()
    assert (planned.approved_at is not None) is may


def test_a_call_that_went_out_meanwhile_is_said_so(ava: Client, planned: Attempt) -> None:
    Attempt.objects.update(status="ended")

    assert "This call is no longer waiting" in text(answers(ava, planned, "hold"))
    assert Hold.objects.count() == 0


@pytest.mark.parametrize("call", ["", "x", "01a11183-9b00-72d7-bd61-6a7844494b21"])
def test_a_call_that_is_not_there_is_not_found(ava: Client, planned: Attempt, call: str) -> None:
    answer = ava.post("/tomorrow/answers/", {"call": call, "word": "hold", "day": TOMORROW})

    assert (answer.status_code, Hold.objects.count()) == (404, 0)


def test_a_rival_sees_and_holds_none_of_it(rex: Client, planned: Attempt) -> None:
    assert "Harbor Cafe" not in text(rex.get(f"/tomorrow/?day={TOMORROW}"))
    answer = rex.post("/tomorrow/answers/", {"call": str(planned.pk), "word": "hold", "day": TOMORROW})

    planned.refresh_from_db()
    assert (answer.status_code, planned.status) == (404, "planned")


def test_only_who_is_in_charge_switches_to_automatic(ava: Client, plumber: Firm) -> None:
    Business.objects.filter(pk=plumber.business.pk).update(reviews_calls=True)
    assert as_role(plumber, Role.CONTRIBUTOR).post("/tomorrow/review/", {"review": "no"}).status_code == 403
    assert Business.objects.get(pk=plumber.business.pk).reviews_calls is True

    page = text(ava.post("/tomorrow/review/", {"review": "no"}, follow=True))

    assert "From now on calls go out by themselves." in page
    assert "Let calls go out without asking each time" in text(ava.get("/activity/"))


def test_the_evening_email_is_switched_off_and_on(ava: Client, plumber: Firm) -> None:
    mine = plumber.business.memberships.get(user=plumber.owner)
    ava.post("/tomorrow/email/", {"email": "no"})
    mine.refresh_from_db()
    assert mine.preview_email is False

    ava.post("/tomorrow/email/", {"email": "yes"})
    mine.refresh_from_db()
    assert mine.preview_email is True


def new_hold(browser: Client, address: str = "/holds/new/", **fields: str) -> Any:
    return browser.post(
        address,
        {"what": "customer", "which": "", "reason": "", "how_long": "open", "through": ""} | fields,
        follow=True,
    )


def test_a_hold_on_a_customer_through_a_date(ava: Client, plumber: Firm) -> None:
    customer = make_customer(plumber)

    page = text(new_hold(ava, which="harbor cafe", reason="paying next week", how_long="date", through="2026-12-04"))

    hold = Hold.objects.get()
    assert (hold.customer_id, hold.until) == (customer.pk, Maker(plumber).at(-11, 0))
    assert "Harbor Cafe customer paying next week" in page
    assert "Fri, Dec 4" in page or "Dec 4" in page


def test_a_hold_on_a_number_an_invoice_and_the_whole_business(ava: Client, plumber: Firm) -> None:
    invoice = make_invoice(plumber, number="2207")

    new_hold(ava, what="number", which="(614) 555-0123", reason="fax")
    new_hold(ava, what="invoice", which="2207", reason="waits for the county")
    new_hold(ava, what="business", reason="vacation")

    found = Hold.objects.order_by("since", "pk").values_list("number", "invoice", "customer", "reason")
    assert list(found) == [
        ("+16145550123", None, None, "fax"),
        ("", invoice.pk, invoice.customer_id, "waits for the county"),
        ("", None, None, "vacation"),
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"which": "Nobody Inc", "reason": "x"}, "Nothing of that name is in your books"),
        ({"which": "Harbor Cafe", "reason": ""}, "This field is required"),
        ({"which": "Harbor Cafe", "reason": "x", "how_long": "date"}, "Choose the last day of the hold"),
        (
            {"which": "Harbor Cafe", "reason": "x", "how_long": "date", "through": "2026-11-23"},
            "Choose a day that is still to come",
        ),
        ({"what": "number", "which": "12", "reason": "x"}, "Enter a whole phone number"),
        (
            {"what": "business", "reason": "x", "how_long": "never"},
            "Only a customer can be on the list of those never called",
        ),
    ],
)
def test_what_cannot_be_held_is_said_and_nothing_is_kept(
    ava: Client, plumber: Firm, fields: dict[str, str], words: str
) -> None:
    make_customer(plumber)

    assert words in text(new_hold(ava, **fields))
    assert Hold.objects.count() == 0


def test_two_customers_of_one_name_are_told_apart_by_their_pages(ava: Client, plumber: Firm) -> None:
    make_customer(plumber)
    second = make_customer(plumber)
    assert "There are several of that name" in text(new_hold(ava, which="Harbor Cafe", reason="x"))

    new_hold(ava, f"/holds/new/?customer={second.pk}", which="Harbor Cafe", reason="x")

    assert Hold.objects.get().customer_id == second.pk


def test_never_called_and_off_the_list_again(ava: Client, plumber: Firm) -> None:
    customer = make_customer(plumber)
    new_hold(ava, which="Harbor Cafe", reason="my sister", how_long="never")
    assert "Harbor Cafe my sister ava@avasplumbing.example" in text(ava.get("/holds/"))

    ava.post(f"/holds/never/{customer.pk}/end/")

    assert Customer.objects.get(pk=customer.pk).never_call is False


def test_a_hold_is_lifted_by_who_is_in_charge(ava: Client, plumber: Firm) -> None:
    hold = holds.hold_customer_back(make_customer(plumber).pk, reason="x", by=plumber.owner)
    assert as_role(plumber, Role.CONTRIBUTOR).post(f"/holds/{hold.pk}/end/").status_code == 403

    ava.post(f"/holds/{hold.pk}/end/")

    hold.refresh_from_db()
    assert hold.lifted_by == plumber.owner.email


def test_small_balances_are_counted_and_the_figure_is_the_firms(ava: Client, plumber: Firm) -> None:
    make_invoice(plumber, balance="12.50", due_on=date(2026, 11, 1))
    assert "We call from $50.00 on. 1 late invoice is smaller and is not called about: $12.50." in text(
        ava.get("/holds/")
    )

    assert "We call from $10.00 on. No late invoice is smaller than that." in text(
        ava.post("/holds/minimum/", {"amount": "10"}, follow=True)
    )
    assert "Enter an amount such as 50.00." in text(ava.post("/holds/minimum/", {"amount": "-1"}, follow=True))


def test_old_invoices_are_chosen_one_by_one_by_customer_or_all(ava: Client, plumber: Firm) -> None:
    old = now().date() - timedelta(days=200)
    oak = make_customer(plumber, "Oak & Sons")
    one, two, three = (
        make_invoice(plumber, number="1001", due_on=old),
        make_invoice(plumber, oak, number="1002", due_on=old),
        make_invoice(plumber, oak, number="1003", balance="90.00", due_on=old),
    )
    make_invoice(plumber, number="1004", due_on=old)
    assert "4 invoices were old when you connected your books" in text(ava.get("/"))
    assert "Tick the invoices" in text(ava.post("/backlog/choices/", {"word": "call"}, follow=True))

    ava.post("/backlog/choices/", {"word": "call", "customer": str(oak.pk)})
    ava.post("/backlog/choices/", {"word": "leave", "invoice": str(one.pk)})

    chosen = dict(Invoice.objects.exclude(backlog_choice="").values_list("pk", "backlog_choice"))
    assert chosen == {one.pk: "leave", two.pk: "call", three.pk: "call"}
    ava.post("/backlog/choices/", {"word": "leave_all"})
    assert Invoice.objects.get(number="1004").backlog_choice == "leave"
    assert as_role(plumber, Role.ACCOUNTANT).post("/backlog/choices/", {"word": "call_all"}).status_code == 403


@pytest.fixture
def used_up(ava: Client, plumber: Firm) -> Invoice:
    invoice = make_invoice(plumber, number="2188", due_on=date(2026, 10, 1), issued_on=date(2026, 9, 1))
    Invoice.objects.filter(pk=invoice.pk).update(left_reason="your_decision", left_at=now())
    return invoice


def decides(browser: Client, invoice: Invoice, choice: str, **fields: str) -> Any:
    return browser.post(f"/your-decision/{invoice.pk}/", {"choice": choice, "words": ""} | fields, follow=True)


def test_what_was_called_three_times_waits_for_a_decision(ava: Client, used_up: Invoice) -> None:
    assert "1 invoice was called about for the last time: $796.00. What now?" in text(ava.get("/"))
    assert "Harbor Cafe 2188" in text(ava.get("/your-decision/"))
    page = text(ava.get(f"/your-decision/{used_up.pk}/"))
    assert "Send a last letter by e-mail" in page
    assert "Nobody asks for it any more." in page


def test_leaving_it_ends_the_asking(ava: Client, used_up: Invoice) -> None:
    decides(ava, used_up, "leave", words="old friend")

    choice = FinalChoice.objects.get()
    assert (choice.choice, choice.words) == ("leave", "old friend")
    assert "What now?" not in text(ava.get("/"))
    assert "Left as it is" in text(ava.get("/your-decision/?show=chosen"))


def test_the_letter_by_email_is_owed(ava: Client, used_up: Invoice) -> None:
    assert "leaves when every rule lets it" in text(decides(ava, used_up, "email"))

    assert Message.objects.get(letter="last_letter").about.get().invoice_id == used_up.pk


def test_the_letter_on_paper_is_printed_and_ticked_when_posted(ava: Client, used_up: Invoice) -> None:
    assert ava.get(f"/your-decision/{used_up.pk}/letter/").status_code == 404

    page = text(decides(ava, used_up, "paper"))

    assert "Invoice 2188 of Tuesday, September 1, 2026 over $796.00 was due on Thursday, October 1, 2026" in page
    assert "I have posted it" in page
    ava.post(f"/your-decision/{used_up.pk}/letter/posting/")
    assert Message.objects.get(letter="last_letter").text.startswith("Ava's Plumbing: invoice 2188 is still open")
    assert "Posted, on record" in text(ava.get(f"/your-decision/{used_up.pk}/letter/"))


def test_a_refused_letter_is_explained(ava: Client, used_up: Invoice) -> None:
    from compliance.models import StopKind
    from compliance.services import stop

    stop(used_up.customer_id, StopKind.CEASE, number="", words="no more", source="mail", by="ava")

    assert "Not permitted today" in text(decides(ava, used_up, "paper"))
    assert FinalChoice.objects.count() == 0


def test_writing_off_goes_to_the_books(ava: Client, used_up: Invoice) -> None:
    decides(ava, used_up, "write_off")

    assert BookEntry.objects.get().act == "write_off"
    assert ava.get(f"/your-decision/{used_up.pk}/").status_code == 404


def test_deciding_takes_who_is_in_charge_and_the_own_business(plumber: Firm, rex: Client, used_up: Invoice) -> None:
    assert decides(as_role(plumber, Role.CONTRIBUTOR), used_up, "leave").status_code == 403
    assert decides(rex, used_up, "leave").status_code == 404
    assert FinalChoice.objects.count() == 0
