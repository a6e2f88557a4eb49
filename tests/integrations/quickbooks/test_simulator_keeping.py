"""A sandbox that is started again finds its connections, payments and clock where it left them."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from integrations.quickbooks.simulator import AVAS_PLUMBING, RIVAL_ROOTER
from tests.integrations.quickbooks.simulator_server import Vendor, good, running_simulator, wait_until


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    return tmp_path / "stack" / "quickbooks.json"


def whole(vendor: Vendor) -> list[Any]:
    return [vendor.look(f"books/{realm}") for realm in (AVAS_PLUMBING, RIVAL_ROOTER)]


def test_a_restart_finds_books_connections_and_clock(state_file: Path) -> None:
    with running_simulator(state_file=str(state_file), rotate_after_seconds=0) as url:
        first = Vendor(url).connect()
        renewed = good(first.refresh(first.tokens["refresh_token"]))
        first.control("clock", offset_seconds=3 * 86_400)
        first.control("pay", realm=AVAS_PLUMBING, doc_number="2231")
        first.control("delete", realm=AVAS_PLUMBING, id="398")
        line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
        memo = {"CustomerRef": {"value": "58"}, "Line": [line]}
        written = first.post("creditmemo", memo, requestid="dispute-7")
        before, shown = whole(first), first.look("connections")

    with running_simulator(state_file=str(state_file), rotate_after_seconds=0) as url:
        second = Vendor(url, tokens=renewed)
        after = whole(second)
        repeated = second.post("creditmemo", memo, requestid="dispute-7")
        once_more = second.refresh(first.tokens["refresh_token"])
        made = second.post("customer", {"DisplayName": "New one"})["Customer"]

        assert after == before
        assert second.look("connections") == shown
        assert second.look("clock")["offset_seconds"] == 3 * 86_400
        assert second.invoice("436")["Balance"] == 0
        assert repeated == written
        assert once_more.status_code == 200
        assert second.get(f"customer/{made['Id']}")["Customer"]["Balance"] == 0


def test_what_was_ended_stays_ended(state_file: Path) -> None:
    with running_simulator(state_file=str(state_file)) as url:
        tokens = Vendor(url).connect().tokens
        Vendor(url).control("disconnect", realm=AVAS_PLUMBING)

    with running_simulator(state_file=str(state_file)) as url:
        vendor = Vendor(url, tokens=tokens)

        assert vendor.call("GET", "preferences").status_code == 401
        assert vendor.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_it_is_written_down_within_a_moment_and_for_its_owner_only(state_file: Path) -> None:
    with running_simulator(state_file=str(state_file)) as url:
        Vendor(url).control("pay", realm=AVAS_PLUMBING, doc_number="2231")
        wait_until(state_file.exists)

        kept = json.loads(state_file.read_text(encoding="utf-8"))

    invoices = {one["Id"]: one for one in kept["books"][AVAS_PLUMBING]["objects"]["Invoice"]}
    assert invoices["436"]["Balance"] == 0
    assert stat.S_IMODE(state_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version":0}', b'{"version":1}'])
def test_a_damaged_file_is_moved_aside_and_the_world_starts_fresh(
    state_file: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    state_file.parent.mkdir()
    state_file.write_bytes(damage)

    with running_simulator(state_file=str(state_file)) as url:
        assert Vendor(url).connect().invoice("436")["Balance"] == 310

    assert state_file.with_suffix(".damaged").read_bytes() == damage
    assert "cannot be read" in caplog.text


def test_without_a_state_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with running_simulator() as url:
        Vendor(url).control("pay", realm=AVAS_PLUMBING, doc_number="2231")

    assert list(tmp_path.iterdir()) == []
