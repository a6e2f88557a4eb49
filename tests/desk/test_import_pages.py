"""The pages of bringing in a file: what the owner sees, chooses and confirms, and what nobody else may."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role
from integrations.models import Connection
from invoices import sync
from invoices.import_models import ImportBatch
from invoices.models import Invoice
from syntharra.tenancy import acting_for
from tests.cast import Firm, make_member
from tests.desk.conftest import TUESDAY

HEADER = "Invoice #,Customer,Open Balance,Invoice Total,Due Date,Mobile,Email\n"
LIST = (
    HEADER + '2207,"Harbor Cafe, Inc.","$796.00",1296.00,11/3/2026,614-555-0103,ap@harbor.example\n'
    "2208,Oak & Sons LLC,1240.00,1240.00,11/5/2026,614-555-0102,\n"
    "2209,Beacon Books,12.345,,11/9/2026,,\n"
    "TOTAL,,2048.35,,,,\n"
)


def text(answer: Any) -> str:
    """What a reader sees, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def send(browser: Client, content: bytes | str, name: str = "open invoices.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return browser.post("/connections/import/", {"file": SimpleUploadedFile(name, data)})


def choose(browser: Client, address: str, columns: dict[int, str], **more: str) -> Any:
    return browser.post(
        address, {f"column_{at}": name for at, name in columns.items()} | {"dates": "auto", "decimal": "point"} | more
    )


USUAL = {0: "number", 1: "customer", 2: "balance", 3: "total", 4: "due", 5: "mobile", 6: "email"}


@pytest.fixture
def preview(ava: Client) -> str:
    """The address of a preview of Ava's list."""
    address = send(ava, LIST).headers["Location"]
    found: str = choose(ava, address, USUAL).headers["Location"]
    return found


def test_a_file_goes_from_upload_to_columns_to_preview(ava: Client, plumber: Firm) -> None:
    answer = send(ava, LIST)
    page = ava.get(answer.headers["Location"])

    assert [(name, page.context["form"].initial[f"column_{at}"]) for at, name in USUAL.items()] == [
        (name, name) for name in USUAL.values()
    ]
    assert "Our guess from the header. Change what is wrong; next time it is remembered." in text(page)
    assert "open invoices.csv · 4 rows" in text(page)
    chosen = choose(ava, answer.headers["Location"], USUAL)
    assert chosen.headers["Location"] == f"{answer.headers['Location']}preview/"
    assert Invoice.objects.count() == 0


def test_the_preview_says_everything_to_the_cent(ava: Client, preview: str) -> None:
    page = text(ava.get(preview))

    assert "Nothing has been created yet. 2 open invoices, $2,036.00, of 2 customers." in page
    assert "New invoices 2 $2,036.00" in page
    assert "1 row cannot be taken." in page
    assert "4 Balance owed Balance owed “12.345” has parts of a cent. We never round what somebody owes." in page
    assert "5 The whole row The whole row A line of totals." in page
    assert "Bring in 2 invoices" in page
    assert "no fee is ever taken on it" in page
    assert "Companies 2 Persons 0" in page


def test_confirming_brings_the_invoices_in(ava: Client, plumber: Firm, preview: str) -> None:
    seen = ava.get(preview).context["plan"].digest

    answer = ava.post(preview.replace("preview", "confirmation"), {"seen": seen, "missing": "leave"}, follow=True)

    assert "2 invoices are being brought in." in text(answer)
    connection = Connection.objects.get(provider="file")
    sync.sync(connection.pk)
    assert list(Invoice.objects.order_by("number").values_list("number", flat=True)) == ["2207", "2208"]
    again = ava.post(preview.replace("preview", "confirmation"), {"seen": seen, "missing": "leave"})
    assert (again.status_code, Connection.objects.filter(provider="file").count()) == (302, 1)


def test_what_changed_since_is_shown_anew(ava: Client, preview: str) -> None:
    answer = ava.post(preview.replace("preview", "confirmation"), {"seen": "something older"}, follow=True)

    assert "Your invoices changed since you looked." in text(answer)
    assert answer.redirect_chain == [(preview, 302)]
    assert not Connection.objects.filter(provider="file").exists()


def test_open_invoices_that_are_missing_are_asked_about(ava: Client, plumber: Firm, preview: str) -> None:
    seen = ava.get(preview).context["plan"].digest
    ava.post(preview.replace("preview", "confirmation"), {"seen": seen})
    sync.sync(Connection.objects.get(provider="file").pk)
    address = send(ava, LIST.replace("2208,Oak & Sons LLC,1240.00", "2299,Elm LLC,10.00")).headers["Location"]
    second = choose(ava, address, USUAL).headers["Location"]

    page = ava.get(second)

    assert "1 open invoice is no longer in the file. Is it paid, or no longer owed?" in text(page)
    assert "No longer in the file 1 $1,240.00" in text(page)
    ava.post(second.replace("preview", "confirmation"), {"seen": page.context["plan"].digest, "missing": "closed"})
    sync.sync(Connection.objects.get(provider="file").pk)
    assert Invoice.objects.get(number="2208").books_status == "paid"


def test_columns_that_cannot_be_are_sent_back_with_a_sentence(ava: Client) -> None:
    address = send(ava, LIST).headers["Location"]

    answer = choose(ava, address, {0: "number", 1: "number", 3: "total"})

    assert answer.status_code == 422
    assert "Already chosen for “Invoice #”." in text(answer)
    assert "Say which column is the customer&#x27;s name." in text(answer)
    assert "Say which column is the balance still owed, or which two are the total and what was paid." in text(answer)
    assert ImportBatch.objects.get().status == "uploaded"


def test_a_comma_for_cents_is_a_choice(ava: Client) -> None:
    address = send(ava, "Factura;Cliente;Saldo\n1;Obras SL;1.234,50\n").headers["Location"]
    page = ava.get(address)

    assert page.context["form"].initial["decimal"] == "comma"
    second = choose(ava, address, {0: "number", 1: "customer", 2: "balance"}, decimal="comma").headers["Location"]
    assert "1 open invoice, $1,234.50, of 1 customer." in text(ava.get(second))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7", "This is a PDF. We cannot read amounts out of it safely."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "This is a workbook of the Excel of before 2007 (.xls)."),
        (b"<html><table>", "This is a web page, even if its name ends in .xls."),
        (b"", "The file is empty."),
        (b"x" * (10 * 1024 * 1024 + 1), "The file is larger than 10 MB."),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_its_sentence(ava: Client, content: bytes, sentence: str) -> None:
    answer = send(ava, content, "list.xlsx")

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert ImportBatch.objects.count() == 0


def test_no_file_at_all_is_said(ava: Client) -> None:
    assert "Choose a file first." in text(ava.post("/connections/import/", {}))


def test_what_stands_in_a_file_is_text_on_the_page(ava: Client) -> None:
    address = send(
        ava, "Invoice,Customer,Balance\n<script>alert(1)</script>,<b>Oak</b>,5\n", "<img src=x>.csv"
    ).headers["Location"]
    second = choose(ava, address, {0: "number", 1: "customer", 2: "balance"}).headers["Location"]

    for page in (address, second):
        shown = ava.get(page).content.decode()
        assert "<script>alert" not in shown
        assert "<b>Oak" not in shown
        assert "<img src=x>" not in shown


def test_rows_to_put_right_can_be_downloaded(ava: Client, preview: str) -> None:
    answer = ava.get(preview.replace("preview/", "mistakes.csv"))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rows-to-correct.csv"'
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Row,What is wrong,Invoice #,Customer,Open Balance,Invoice Total,Due Date,Mobile,Email"
    assert lines[1].endswith(",2209,Beacon Books,12.345,,11/9/2026,,")
    assert len(lines) == 2


def test_a_waiting_file_is_offered_again_and_can_be_discarded(ava: Client, preview: str) -> None:
    page = ava.get("/connections/import/")
    assert "open invoices.csv waits for you." in text(page)
    assert page.context["waiting_url"] == preview

    answer = ava.post(preview.replace("preview", "discarding"), follow=True)

    assert "Discarded. Nothing of the file was kept." in text(answer)
    assert ImportBatch.objects.count() == 0


def test_an_import_that_is_over_leads_back(ava: Client, preview: str) -> None:
    seen = ava.get(preview).context["plan"].digest
    ava.post(preview.replace("preview", "confirmation"), {"seen": seen})

    answer = ava.get(preview, follow=True)

    assert answer.redirect_chain == [("/connections/import/", 302)]
    assert "This import is over" in text(answer)
    assert "nothing was undone" in text(ava.post(preview.replace("preview", "discarding"), follow=True))


def test_only_owners_and_managers_bring_files_in(ava: Client, plumber: Firm, preview: str) -> None:
    browser = Client()
    browser.force_login(make_member(plumber, "ann@avasplumbing.example", Role.ACCOUNTANT))
    pages = [
        "/connections/import/",
        preview,
        preview.replace("preview/", ""),
        preview.replace("preview/", "mistakes.csv"),
    ]

    assert [browser.get(page).status_code for page in pages] == [403, 403, 403, 403]
    assert browser.post(preview.replace("preview", "confirmation"), {"seen": "x"}).status_code == 403
    assert browser.post(preview.replace("preview", "discarding")).status_code == 403
    assert ImportBatch.objects.get().status == "mapped"


def test_another_business_finds_nothing(ava: Client, plumber: Firm, preview: str, rival: Firm) -> None:
    rex = Client()
    rex.force_login(rival.owner)

    pages = [preview, preview.replace("preview/", ""), preview.replace("preview/", "mistakes.csv")]
    assert [rex.get(page).status_code for page in pages] == [404, 404, 404]
    assert rex.post(preview.replace("preview", "confirmation"), {"seen": "x"}).status_code == 404
    with acting_for(rival.business.pk):
        assert ImportBatch.objects.count() == 0


def test_an_old_list_is_said_on_every_page(ava: Client, plumber: Firm, preview: str) -> None:
    seen = ava.get(preview).context["plan"].digest
    ava.post(preview.replace("preview", "confirmation"), {"seen": seen})
    plumber.connection.delete()
    sync.sync(Connection.objects.get(provider="file").pk)
    said = "Your list of invoices is too old"

    with time_machine.travel(TUESDAY + timedelta(days=6, hours=23), tick=False):
        assert said not in text(ava.get("/invoices/"))
    with time_machine.travel(TUESDAY + timedelta(days=7, hours=1), tick=False):
        page = text(ava.get("/invoices/"))

    assert said in page
    assert "Bring in a new file: export the list again where you keep your books." in page


def test_other_connected_books_are_pointed_at(ava: Client) -> None:
    page = text(ava.get("/connections/import/"))

    assert "QuickBooks Online is connected too. Bring in only what is not in there." in page
