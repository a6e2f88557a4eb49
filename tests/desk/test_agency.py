"""Handing accounts to a collection agency: each ticked, disputed ones by a yes of their own, and what the law forbids stays."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import ActivityLine, Role
from calls import agency
from calls.agency import CannotHandOver, hand_over
from calls.models import AgencyAccount, AgencyFile, FinalChoice
from compliance.models import StopKind
from compliance.services import stop
from desk import agency_file
from desk.agency_file import COLUMNS
from disputes.customer_acts import answer
from disputes.freeze import NewClaim
from disputes.models import Dispute
from disputes.resolving import Plan, begin
from disputes.services import open_dispute
from invoices.models import Customer, Invoice
from notifications import outbox
from notifications.models import Duty, Message
from syntharra.clock import now
from tests.cast import Firm, make_customer, make_invoice, make_member

TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def at_the_end(firm: Firm, *, customer: dict[str, Any] | None = None, **fields: Any) -> Invoice:
    invoice = make_invoice(firm, make_customer(firm, **(customer or {})), **fields)
    Invoice.objects.filter(pk=invoice.pk).update(left_reason="your_decision", left_at=now())
    invoice.refresh_from_db()
    return invoice


def unresolved(firm: Firm) -> tuple[Invoice, Dispute]:
    invoice = make_invoice(firm)
    (dispute,) = open_dispute(invoice.pk, claim=NewClaim(source="page", source_key=str(invoice.pk), words="No", reason="quality", by="Ana"))  # fmt: skip
    stands = begin(dispute.pk, Plan(kind="bill_stands", words="It was agreed on."), by=firm.owner)
    answer(stands.pk, "objects", name="Ana Reyes")
    invoice.refresh_from_db()
    return invoice, dispute


def made(firm: Firm, *invoices: Invoice, confirmed: tuple[Invoice, ...] = ()) -> AgencyFile:
    file = hand_over(
        [one.pk for one in invoices],
        agency="Fair Recovery Inc",
        disputed_confirmed=[one.pk for one in confirmed],
        by=firm.owner,
    )
    outbox.work()
    file.refresh_from_db()
    return file


def opened(file: AgencyFile) -> zipfile.ZipFile:
    from django.core.files.storage import default_storage

    with default_storage.open(file.stored) as data:
        return zipfile.ZipFile(io.BytesIO(data.read()))


def placement(file: AgencyFile) -> list[dict[str, str]]:
    text = opened(file).read("placement.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_what_is_handed_over_leaves_collection_for_good_and_is_in_the_file(plumber: Firm) -> None:
    invoice = at_the_end(plumber)

    file = made(plumber, invoice)

    invoice.refresh_from_db()
    (row,) = placement(file)
    assert invoice.left_reason == "agency"
    assert FinalChoice.objects.get(invoice=invoice).choice == "agency"
    assert tuple(row) == COLUMNS
    assert (row["invoice_number"], row["balance"], row["currency"]) == (invoice.number, "796.00", "USD")
    assert (row["debtor_name"], row["state"], row["disputed"]) == ("Harbor Cafe", "OH", "no")
    assert (row["time_barred"], row["limitation_through_written"]) == ("no", "2032-10-03")
    names = set(opened(file).namelist())
    assert {f"{row['documents']}/invoice.json", f"{row['documents']}/calls.csv"} <= names
    assert ActivityLine.objects.filter(verb="handed_to_agency", subject_id=invoice.pk).count() == 1
    assert len(file.sha256) == 64


def test_a_disputed_account_goes_only_by_a_yes_of_its_own_with_ground_dates_and_evidence(plumber: Firm) -> None:
    (invoice, dispute), other = unresolved(plumber), at_the_end(plumber)

    with pytest.raises(CannotHandOver, match="was disputed: confirm it by itself"):
        hand_over([invoice.pk, other.pk], agency="Fair Recovery Inc", by=plumber.owner)
    assert not AgencyAccount.objects.exists()
    assert Invoice.objects.get(pk=other.pk).left_reason == "your_decision"

    file = made(plumber, invoice, other, confirmed=(invoice,))

    row = next(row for row in placement(file) if row["invoice_number"] == invoice.number)
    assert (row["disputed"], row["dispute_numbers"], row["dispute_grounds"]) == ("yes", dispute.number, "quality")
    assert (row["dispute_opened"], row["dispute_closed"], row["dispute_ended_as"]) == ("2026-11-24", "2026-11-24", "unresolved")  # fmt: skip
    assert f"{row['documents']}/evidence-{dispute.number}.zip" in opened(file).namelist()
    assert AgencyAccount.objects.get(invoice=invoice).dispute_confirmed is True


@pytest.mark.parametrize(
    ("kind", "who", "goes"),
    [
        (StopKind.BANKRUPTCY, "business", False),
        (StopKind.DECEASED, "consumer", False),
        (StopKind.ATTORNEY, "consumer", False),
        (StopKind.CEASE, "consumer", False),
        (StopKind.ATTORNEY, "business", True),
        (StopKind.CEASE, "business", True),
    ],
)
def test_what_the_law_forbids_is_not_handed_over(plumber: Firm, kind: StopKind, who: str, goes: bool) -> None:
    invoice = at_the_end(plumber, customer={"kind": who})
    stop(invoice.customer_id, kind, number="", words="x", source="t", by="Ana")

    if goes:
        Customer.objects.filter(pk=invoice.customer_id).update(
            attorney_name="Lee & Park", attorney_email="lee@lp.example"
        )
        (row,) = placement(made(plumber, invoice))
        assert (row["attorney_name"], row["attorney_email"]) == ("Lee & Park", "lee@lp.example")
        assert row["marks"] == {"attorney_represented": "attorney", "cease": "cease"}[kind]
        return
    with pytest.raises(CannotHandOver):
        hand_over([invoice.pk], agency="Fair Recovery Inc", by=plumber.owner)

    assert Invoice.objects.get(pk=invoice.pk).left_reason == "your_decision"
    assert not AgencyFile.objects.exists()


def test_a_private_persons_account_says_what_the_law_asks_for(plumber: Firm) -> None:
    invoice = at_the_end(plumber, customer={"kind": "consumer"}, due_on=date(2020, 1, 2))

    (row,) = placement(made(plumber, invoice))

    assert (row["debtor_type"], row["time_barred"], row["validation_notice_sent"]) == ("consumer", "yes", "")
    assert row["marks"] == "time_barred; no_validation_notice"


@pytest.mark.parametrize("what", ["frozen", "paused", "paid", "plan", "nothing", "unnamed"])
def test_what_is_not_settled_stays_where_it_is(plumber: Firm, what: str) -> None:
    invoice = at_the_end(plumber)
    ids, name, says = [invoice.pk], "Fair Recovery Inc", ""
    match what:
        case "frozen":
            open_dispute(invoice.pk, claim=NewClaim(source="page", source_key="p", words="No", by="Ana"))
            says = "end the dispute first"
        case "paused":
            Invoice.objects.filter(pk=invoice.pk).update(paused_reason="unsure", paused_at=now())
            says = "settle that first"
        case "paid":
            Invoice.objects.filter(pk=invoice.pk).update(balance=0, books_status="paid")
            says = "no longer waits"
        case "plan":
            from invoices import plans
            from invoices.plan_rules import Part

            plans.agree(invoice.pk, parts=[Part(date(2026, 12, 1), invoice.balance)], how="Ana", by=plumber.owner)
            says = "in installments"
        case "nothing":
            ids, says = [], "Tick at least one"
        case "unnamed":
            name, says = " ", "Name the agency"

    with pytest.raises(CannotHandOver, match=says):
        hand_over(ids, agency=name, disputed_confirmed=ids, by=plumber.owner)

    assert Invoice.objects.get(pk=invoice.pk).left_reason == "your_decision"
    assert not AgencyFile.objects.exists()
    assert not Duty.objects.filter(kind=agency.DUTY).exists()


def test_no_cell_of_the_list_runs_as_a_formula(plumber: Firm) -> None:
    invoice = at_the_end(plumber, customer={"name": '=HYPERLINK("http://x")', "street": "@SUM(A1)"}, number="-2+3")

    (row,) = placement(made(plumber, invoice))

    assert (row["debtor_name"], row["street"], row["invoice_number"]) == (
        "'=HYPERLINK(\"http://x\")", "'@SUM(A1)", "'-2+3",
    )  # fmt: skip
    assert row["documents"].startswith("documents/2-3-")


def test_the_file_is_made_once_however_often_its_duty_is_carried_out(plumber: Firm) -> None:
    file = made(plumber, at_the_end(plumber))
    duty = Duty.objects.get(kind=agency.DUTY)

    assert agency_file.make(duty) == "made already"
    file.refresh_from_db()
    assert AgencyFile.objects.get().sha256 == file.sha256


def test_each_is_ticked_shown_once_more_and_the_file_is_taken_again_on_record(client: Client, plumber: Firm) -> None:
    (disputed, dispute), plain = unresolved(plumber), at_the_end(plumber)
    client.force_login(plumber.owner)
    both = {"agency": "Fair Recovery Inc", "account": [str(disputed.pk), str(plain.pk)]}

    listed = client.get("/your-decision/agency/").content.decode()
    asked = client.post("/your-decision/agency/", both).content.decode()
    assert dispute.number in listed
    assert "not confirmed by themselves" in asked
    assert "Hand them over" not in asked
    refused = client.post("/your-decision/agency/", {**both, "sure": "1"})
    assert refused.status_code == 409
    assert not AgencyFile.objects.exists()

    done = client.post("/your-decision/agency/", {**both, "disputed": [str(disputed.pk)], "sure": "1"})
    outbox.work()
    file = AgencyFile.objects.get()
    assert done["Location"] == f"/your-decision/agency/{file.pk}/"
    assert "Take the file" in client.get(done["Location"]).content.decode()
    for _twice in range(2):
        taken = client.get(f"/your-decision/agency/{file.pk}/file/")
        assert b"".join(taken.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert ActivityLine.objects.filter(verb="agency_file_taken").count() == 2
    assert not Message.objects.filter(purpose="collect").exists()


def test_only_an_owner_hands_over_and_a_rival_sees_nothing(client: Client, plumber: Firm, rival: Firm) -> None:
    invoice = at_the_end(plumber)
    file = made(plumber, at_the_end(plumber))
    url = f"/your-decision/agency/{file.pk}/"
    manager = make_member(plumber, "manager@avasplumbing.example", Role.MANAGER)

    with pytest.raises(CannotHandOver, match="Only an owner"):
        hand_over([invoice.pk], agency="X", by=manager)
    client.force_login(manager)
    assert client.get("/your-decision/agency/").status_code == 403
    assert client.get(url).status_code == 200
    client.force_login(make_member(plumber, "crew@avasplumbing.example", Role.CONTRIBUTOR))
    assert client.get(f"{url}file/").status_code == 403
    client.force_login(rival.owner)
    assert client.get(url).status_code == 404
    assert client.get(f"{url}file/").status_code == 404
