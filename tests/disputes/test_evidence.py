"""The evidence pack: complete, provable from the file alone, and telling of the first thing that was changed."""

import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from disputes import evidence
from disputes.files import take
from disputes.freeze import NewClaim
from disputes.models import Dispute, EvidencePack
from disputes.posts import customer_writes, firm_writes, note
from disputes.proof import Changed, Unreadable, verify, verify_file
from disputes.resolving import Plan, begin
from disputes.services import open_dispute
from disputes.specifying import Answers, send
from tests.cast import Firm, make_invoice
from tests.disputes.test_uploads import photo


@pytest.fixture
def dispute(plumber: Firm, settings: Any, tmp_path: Path) -> Dispute:
    settings.STORAGES = {**settings.STORAGES, "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "files")}}}  # fmt: skip
    claim = NewClaim(source="call", source_key="CA1", words="Gotea — тут течёт", reason="quality", by="Ana Reyes")
    (found,) = open_dispute(make_invoice(plumber).pk, claim=claim)
    send(found.pk, Answers(kind="quality", words="The valve drips"), by="Ana Reyes")
    take(found.pk, [SimpleUploadedFile("drip.jpg", photo())], side="customer", by="Ana Reyes")
    customer_writes(found.pk, "Please look", by="Ana Reyes")
    firm_writes(found.pk, "We come", by=plumber.owner)
    note(found.pk, "bring tools", by=plumber.owner)
    begin(found.pk, Plan(kind="settlement", agreed=Decimal("700.00")), by=plumber.owner)
    return Dispute.objects.get(pk=found.pk)


@pytest.fixture
def archive(dispute: Dispute, plumber: Firm, tmp_path: Path) -> Path:
    made = evidence.make(dispute.pk, by=plumber.owner)
    path = tmp_path / "evidence.zip"
    with default_storage.open(made.stored) as data:
        path.write_bytes(data.read())
    return path


def pack_of(archive: Path) -> dict[str, Any]:
    with zipfile.ZipFile(archive) as opened:
        pack: dict[str, Any] = json.loads(opened.read("evidence.json"))
    return pack


def rewritten(archive: Path, **parts: bytes | None) -> Path:
    """The same archive with some of its parts changed or left out."""
    other = archive.with_name("changed.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            kept = parts.get(name.replace("/", "_").replace(".", "_"), old.read(name))
            if kept is not None:
                new.writestr(name, kept)
    return other


def test_a_pack_holds_everything_and_is_proved_without_us(archive: Path, dispute: Dispute) -> None:
    pack = pack_of(archive)

    kinds = {item["kind"] for item in pack["items"]}
    assert kinds == {
        "invoice_version", "claim", "specification", "post", "letter", "file", "resolution", "activity",
    }  # fmt: skip
    assert verify_file(archive) == (dispute.number, len(pack["items"]))
    assert EvidencePack.objects.get().sha256 == pack["sha256"]
    assert pack["anchor"]["number"] >= 1
    with zipfile.ZipFile(archive) as opened:
        assert opened.read("evidence.pdf").startswith(b"%PDF-")


def test_the_first_changed_item_is_named_whichever_it_is(archive: Path) -> None:
    original = pack_of(archive)
    for number in range(len(original["items"])):
        changed = pack_of(archive)
        changed["items"][number]["facts"]["words"] = "something else"

        with pytest.raises(Changed, match=rf"^item {number + 1} was changed: "):
            verify(changed)


@pytest.mark.parametrize("part", ["business", "dispute", "made_at", "made_by", "anchor", "sha256"])
def test_a_changed_head_is_told(archive: Path, part: str) -> None:
    pack = pack_of(archive)
    pack[part] = "another"

    with pytest.raises(Changed, match="head of the pack"):
        verify(pack)


def test_an_item_left_out_or_moved_is_told(archive: Path) -> None:
    shorter, moved = pack_of(archive), pack_of(archive)
    shorter["items"].pop()
    moved["items"].reverse()

    for pack in (shorter, moved):
        with pytest.raises(Changed, match="list of its items"):
            verify(pack)


def test_a_line_of_the_record_that_was_hashed_anew_still_does_not_fit(archive: Path) -> None:
    from disputes.proof import _whole, sha256_of

    pack = pack_of(archive)
    item = next(item for item in pack["items"] if item["kind"] == "activity")
    item["facts"]["actor"] = "somebody else"
    item["sha256"] = sha256_of({key: value for key, value in item.items() if key != "sha256"})
    pack["sha256"] = _whole(pack)

    with pytest.raises(Changed, match="does not fit the record"):
        verify(pack)


def test_a_photo_that_was_exchanged_or_is_missing_is_told(archive: Path) -> None:
    sha256 = next(item["facts"]["sha256"] for item in pack_of(archive)["items"] if item["kind"] == "file")

    with pytest.raises(Changed, match=r"the file itself was changed: file drip\.jpg"):
        verify_file(rewritten(archive, **{f"files_{sha256}": b"another picture"}))
    with pytest.raises(Changed, match=r"the file is missing: file drip\.jpg"):
        verify_file(rewritten(archive, **{f"files_{sha256}": None}))


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"not json", b'{"format": "other"}', b"PK\x03\x04 broken"])
def test_what_is_no_pack_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "evidence.json"
    path.write_bytes(content)

    with pytest.raises(Unreadable):
        verify_file(path)


def test_the_command_says_it_in_one_line(archive: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    call_command("verify_evidence", str(archive))
    said = json.loads(capsys.readouterr().out)
    assert (said["holds"], said["dispute"]) == (True, "D-1001")
    changed = pack_of(archive)
    changed["items"][0]["facts"]["number"] = "9999"
    (tmp_path / "changed.json").write_text(json.dumps(changed))

    with pytest.raises(CommandError, match="item 1 was changed"):
        call_command("verify_evidence", str(tmp_path / "changed.json"))


def test_a_member_makes_and_fetches_a_pack_and_a_rival_does_not(
    client: Client, plumber: Firm, rival: Firm, dispute: Dispute
) -> None:
    client.force_login(plumber.owner)
    client.post(f"/disputes/{dispute.number}/evidence/")
    pack = EvidencePack.objects.get()
    address = f"/disputes/{dispute.number}/evidence/{pack.pk}/"

    assert client.get(address)["Content-Type"] == "application/zip"
    client.force_login(rival.owner)
    assert client.get(address).status_code == 404


def test_a_legal_hold_is_put_on_and_ended_by_who_is_in_charge(client: Client, plumber: Firm, dispute: Dispute) -> None:
    client.force_login(plumber.owner)

    client.post(f"/disputes/{dispute.number}/legal-hold/", {"on": "yes"})
    assert Dispute.objects.get().legal_hold is True
    assert "On legal hold" in client.get(f"/disputes/{dispute.number}/").content.decode()
    client.post(f"/disputes/{dispute.number}/legal-hold/", {"on": "no"})

    assert Dispute.objects.get().legal_hold is False


def test_what_is_on_legal_hold_outlives_its_term(plumber: Firm, dispute: Dispute) -> None:
    from datetime import timedelta

    from calls.models import Call, TranscriptLine
    from desk.retention import forget_expired
    from syntharra.clock import now

    other = make_invoice(plumber)
    for customer in (dispute.customer, other.customer):
        call = Call.objects.create(
            customer=customer, sid=f"CA{customer.pk}", to="+16145550103", caller="+16145550199",
            placed_at=now() - timedelta(days=6 * 365),
        )  # fmt: skip
        TranscriptLine.objects.create(call=call, position=1, speaker="customer", text="It leaks", second=Decimal(1))
    Dispute.objects.filter(pk=dispute.pk).update(legal_hold=True)

    forget_expired()

    assert TranscriptLine.objects.get().call.customer == dispute.customer
