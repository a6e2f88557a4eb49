"""Every address of the desk opened once, with something to show, by whoever may and whoever may not: never an error of ours."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import Role
from desk import urls
from disputes import inbound
from disputes.customer_acts import answer
from disputes.freeze import NewClaim
from disputes.models import Dispute, LegalDate
from disputes.resolving import Plan, begin
from disputes.services import open_dispute
from invoices import plans
from invoices.plan_rules import split
from syntharra import clock
from tests.cast import Firm, make_customer, make_invoice, make_member
from tests.desk.scene import Scene, a_day

FIELDS = (
    "answer", "words", "reason", "kind", "amount", "agreed", "lowered_by", "day", "on", "until", "visit_on", "name", "email",
    "number", "invoice", "invoices", "customer", "parts", "count", "every", "first_on", "down", "how", "choice", "act", "date",
    "note", "member", "user", "step", "q", "page", "file", "state", "zone",
)  # fmt: skip
SHOWN = (
    "disputes.Dispute", "invoices.Invoice", "invoices.Customer", "calls.Call", "calls.Attempt", "invoices.PaymentPlan",
    "notifications.Message", "disputes.InboundMail", "invoices.BookEntry", "disputes.BooksMoved", "disputes.LegalDate",
    "invoices.Hold", "compliance.Suppression",
)  # fmt: skip
HOSTILE = (
    dict.fromkeys(FIELDS, "sNaN")
    | dict.fromkeys(FIELDS[::3], "9" * 400)
    | dict.fromkeys(FIELDS[1::3], "\U0001f600 <script>")
)
ELSEWHERE = ("sandbox/", "connections/", "numbers/", "calls-s", "businesses/", "imports", "paying/cards")


@pytest.fixture
def scene(tuesday: None, plumber: Firm) -> Scene:
    """The day, and one of everything that a dispute can leave behind."""
    day = a_day(plumber)
    by_post = make_invoice(plumber, make_customer(plumber, "Post Office Bar", email=""), number="3001", balance="90.00")
    on_plan = make_invoice(plumber, make_customer(plumber, "Plan & Co"), number="3002", balance="300.00")
    ended = make_invoice(plumber, make_customer(plumber, "No & Sons"), number="3003", balance="796.00")
    to_confirm = make_invoice(plumber, make_customer(plumber, "Wait Inc"), number="3004", balance="796.00")
    found = {}
    for one in (by_post, ended, to_confirm):
        claim = NewClaim(source="page", source_key=str(one.pk), words="No", by="Ana")
        found[one.pk] = open_dispute(one.pk, claim=claim)[0]
    soon = clock.now().date() + timedelta(days=9)
    parts = split(Decimal(300), "USD", count=3, every="week", first_on=soon, down=Decimal(0), down_on=soon)
    plans.agree(on_plan.pk, parts=parts, how="Ana, on the phone", by=plumber.owner)
    stands = begin(found[ended.pk].pk, Plan(kind="bill_stands", words="It was agreed on."), by=plumber.owner)
    answer(stands.pk, "objects", name="Ana")
    contributor = make_member(plumber, "manager@avasplumbing.example", Role.MANAGER)
    begin(found[to_confirm.pk].pk, Plan(kind="write_off", words="Too small"), by=contributor)
    inbound.take_from_page(day.disputed.customer, subject="Question", words="When do you come?")
    LegalDate.objects.create(
        invoice=day.disputed, kind="lien", on=soon, by=plumber.owner.email, at=clock.now(), note="county"
    )
    return day


def keys() -> list[UUID]:
    """Rows of the tables that have pages."""
    found: list[UUID] = []
    for label in SHOWN:
        found += list(apps.get_model(label)._default_manager.order_by("pk").values_list("pk", flat=True)[:2])
    return [*found, uuid4()]


def addresses(pattern: str, rows: list[UUID]) -> list[str]:
    """Each way to fill this address in that may lead to a page."""
    words = {"<path:number>": "2207", "<str:kind>": "csv", "<str:token>": "x" * 43}
    for place, value in words.items():
        pattern = pattern.replace(place, value)
    found = [pattern]
    if "<str:number>" in found[0]:
        numbers = Dispute.objects.order_by("number").values_list("number", flat=True)
        numbers = numbers[:1] if "<uuid:pk>" in pattern else numbers
        found = [pattern.replace("<str:number>", one) for one in numbers]
    if "<uuid:pk>" in pattern:
        found = [one.replace("<uuid:pk>", str(pk)) for one in found for pk in rows]
    return ["/" + one for one in found]


def opened(browser: Client, address: str, form: dict[str, str] | None = None) -> int:
    answer = browser.get(address) if form is None else browser.post(address, form)
    return answer.status_code


def test_no_page_fails_whoever_opens_it_and_no_form_whatever_is_in_it(scene: Scene, plumber: Firm) -> None:
    browsers = []
    for member in (plumber.owner, make_member(plumber, "reader@avasplumbing.example", Role.READ_ONLY)):
        browsers.append(Client(raise_request_exception=False))
        browsers[-1].force_login(member)
    owner, reader = browsers
    rows, failed = keys(), []
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern)
        if route.startswith(ELSEWHERE):
            continue
        for address in addresses(route, rows):
            code = opened(owner, address)
            if code == 404:
                continue
            codes = [code, opened(reader, address), *(opened(one, address, HOSTILE) for one in (reader, owner))]
            if max(codes) >= 500:
                failed.append((address, codes))
            break
    assert failed == []
