"""What strangers send: judged by what it holds, rewritten, stored whole or not at all."""

import io
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from disputes import uploads
from disputes.files import take
from disputes.freeze import NewClaim
from disputes.models import Dispute, DisputeFile
from disputes.services import open_dispute
from disputes.uploads import BadFile, made_safe, plain_name
from syntharra import links
from tests.cast import Firm, make_invoice

HERE = b"GPS-of-the-customers-home"


def photo(fmt: str = "JPEG", size: tuple[int, int] = (40, 30), **save: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, fmt, **save)
    return out.getvalue()


def photo_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = HERE.decode()
    return photo(exif=exif)


def pdf(*, script: bool = False, locked: bool = False, attached: bool = False) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": HERE.decode()})
    if script:
        act = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('hello')")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(act)
    if attached:
        writer.add_attachment("tool.exe", b"MZ")
    if locked:
        writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of 40,000 by 40,000 points in a few bytes."""
    head = b"\x89PNG\r\n\x1a\n"
    size = (40_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    return head + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.fixture
def dispute(plumber: Firm, settings: Any, tmp_path: Any) -> Dispute:
    settings.STORAGES = {**settings.STORAGES, "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}}  # fmt: skip
    claim = NewClaim(source="call", source_key="CA1", words="It leaks", reason="quality", by="Ana Reyes")
    return open_dispute(make_invoice(plumber).pk, claim=claim)[0]


@pytest.fixture
def page(dispute: Dispute) -> str:
    return f"/l/{links.make('dispute', dispute.pk, lasts=timedelta(days=60))}"


def sent(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_photo_keeps_its_picture_and_loses_where_it_was_taken() -> None:
    data = photo_with_place()
    assert HERE in data

    safe = made_safe("Leak under sink.JPG", data)

    assert (safe.name, safe.content_type) == ("Leak under sink.jpg", "image/jpeg")
    assert HERE not in safe.data
    assert Image.open(io.BytesIO(safe.data)).size == (40, 30)


def test_a_paper_keeps_its_pages_and_loses_scripts_attachments_and_its_author() -> None:
    safe = made_safe("estimate.pdf", pdf(script=True, attached=True))

    read = PdfReader(io.BytesIO(safe.data))
    assert len(read.pages) == 1
    assert b"app.alert" not in safe.data
    assert HERE not in safe.data
    assert (read.attachments, read.root_object.get("/Names"), read.root_object.get("/OpenAction")) == ({}, None, None)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.jpg", b"", "is empty"),
        ("photo.jpg", b"MZ\x90\x00" + b"\0" * 400, "is no photo"),
        ("script.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "is no photo"),
        ("page.html", b"<html><script>alert(1)</script>", "is no photo"),
        ("archive.pdf", b"PK\x03\x04" + b"\0" * 100, "is no photo"),
        ("broken.pdf", b"%PDF-1.7\nnothing of the kind", "cannot be read as a PDF"),
        ("locked.pdf", pdf(locked=True), "locked with a password"),
        ("cut.jpg", photo()[:200], "is no photo"),
        ("bomb.png", bomb(), "too large a picture"),
        ("huge.jpg", b"\xff\xd8" + b"\0" * (50 * 1024 * 1024), "larger than 15 MB"),
    ],
)
def test_what_it_holds_decides_and_not_its_name(name: str, data: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        made_safe(name, data)


@pytest.mark.parametrize("tail", [b"PK\x03\x04evil.exe", b"<script>alert(1)</script>", b"MZ\x90\x00"])
def test_what_hangs_behind_a_picture_or_paper_does_not_survive(tail: bytes) -> None:
    assert tail not in made_safe("a.jpg", photo() + tail).data
    assert tail not in made_safe("a.pdf", pdf() + tail).data


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system32\\a.jpg", "a.jpg"),
        ("a\0b\r\n.jpg", "ab.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_a_name_is_only_a_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@given(
    st.binary(max_size=400),
    st.text(max_size=40),
    st.sampled_from([b"", b"%PDF-1.4\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"]),
)
def test_whatever_is_sent_is_taken_or_refused_in_a_sentence(data: bytes, name: str, head: bytes) -> None:
    try:
        kind = made_safe(name, head + data).content_type
    except BadFile:
        kind = "refused"

    assert kind in ("application/pdf", "image/jpeg", "image/png", "refused")


def test_a_scanner_of_the_operators_is_asked(settings: Any) -> None:
    settings.FILE_SCANNER = "tests.disputes.test_uploads.finds_everything"

    with pytest.raises(BadFile, match="virus scanner"):
        made_safe("a.jpg", photo())


def finds_everything(data: bytes) -> str:
    return "EICAR" if data else ""


def test_all_are_kept_or_none(dispute: Dispute) -> None:
    with pytest.raises(BadFile, match="is no photo"):
        take(dispute.pk, [sent("a.jpg", photo()), sent("b.exe", b"MZ")], side="customer", by="Ana")

    assert not DisputeFile.objects.exists()
    assert default_storage.listdir("")[0] == []


def test_the_same_file_again_is_the_one_that_is_there(dispute: Dispute) -> None:
    first = take(dispute.pk, [sent("a.jpg", photo())], side="customer", by="Ana")
    second = take(dispute.pk, [sent("b.jpg", photo())], side="customer", by="Ana")

    assert first == second
    assert DisputeFile.objects.count() == 1


def test_twenty_files_are_enough(dispute: Dispute) -> None:
    many = [sent(f"{n}.png", photo("PNG", (n + 1, 1))) for n in range(20)]
    take(dispute.pk, many, side="customer", by="Ana")

    with pytest.raises(BadFile, match="At most 20 files"):
        take(dispute.pk, [sent("x.png", photo("PNG", (90, 1)))], side="customer", by="Ana")

    assert DisputeFile.objects.count() == 20
    folder = f"{dispute.business_id}/disputes/{dispute.pk}"
    assert len(default_storage.listdir(folder)[1]) == 20


def test_he_attaches_a_photo_on_the_page_and_sees_it_again(client: Client, page: str, dispute: Dispute) -> None:
    client.post(page, {"act": "kind", "kind": "quality"})
    answer = client.post(page, {"act": "details", "about": "whole", "words": "see", "files": [sent("a.jpg", photo())]})
    assert answer["Location"] == f"{page}?done=sent"
    file = DisputeFile.objects.get()

    given = client.get(f"{page}/files/{file.pk}")

    assert (given["Content-Type"], given["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert given["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(given.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]


def test_five_hundred_files_are_refused_with_a_sentence(client: Client, page: str) -> None:
    many = [sent(f"{n}.jpg", b"x") for n in range(500)]

    refused = client.post(page, {"act": "write", "words": "look", "files": many})

    assert refused.status_code == 413
    assert "At most 20 files" in refused.content.decode()
    assert not DisputeFile.objects.exists()


def test_a_bad_file_on_the_page_keeps_what_he_typed(client: Client, page: str) -> None:
    client.post(page, {"act": "kind", "kind": "quality"})

    refused = client.post(
        page, {"act": "details", "about": "whole", "words": "it still drips", "files": [sent("a.jpg", b"MZ")]}
    )

    text = refused.content.decode()
    assert refused.status_code == 422
    assert "is no photo" in text
    assert "it still drips" in text


def test_a_file_of_another_dispute_or_business_is_not_there(
    client: Client, plumber: Firm, rival: Firm, dispute: Dispute, page: str
) -> None:
    (file,) = take(dispute.pk, [sent("a.jpg", photo())], side="customer", by="Ana")
    other = open_dispute(
        make_invoice(plumber).pk, claim=NewClaim(source="call", source_key="CA2", words="no", by="Ben")
    )[0]
    foreign = f"/l/{links.make('dispute', other.pk, lasts=timedelta(days=60))}"

    assert client.get(f"{page}/files/{file.pk}").status_code == 200
    assert client.get(f"{foreign}/files/{file.pk}").status_code == 404
    assert client.get(f"/l/nonsense/files/{file.pk}").status_code == 410
    client.force_login(rival.owner)
    assert client.get(f"/disputes/{dispute.number}/files/{file.pk}/").status_code == 404


def test_the_limits_are_those_the_page_names() -> None:
    assert (uploads.MOST_BYTES, uploads.MOST_PIXELS) == (15 * 1024 * 1024, 50_000_000)
