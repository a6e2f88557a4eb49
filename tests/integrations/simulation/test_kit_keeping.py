"""A simulated world kept in a file over restarts."""

import json
from pathlib import Path

from tests.integrations.simulation.server import SimControl, running, wait_until
from tests.integrations.simulation.vendor import BIG, SMALL, AcmeSimConfig, create_app


def config(file: Path) -> AcmeSimConfig:
    return AcmeSimConfig(invoices=40, state_file=str(file))


def test_books_connections_and_clock_are_found_again(tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    with running(create_app(config(file))) as url:
        acme = SimControl(url)
        token = acme.connect(BIG)["access_token"]
        acme.clock(offset_seconds=3600)
        invoice = acme.act(BIG, "add_invoice", customer="cus_1", lines=[{"description": "Work", "price": "12.30"}])
        payment = acme.act(BIG, "pay", customer="cus_1", amount="2.30", applied={invoice["id"]: "2.30"})
        acme.odd(BIG, "invoice", invoice["id"], {"number": None})
        acme.act(BIG, "refund", id=payment["id"], amount="1.00")
        before = acme.truth(BIG)

    with running(create_app(config(file))) as url:
        acme = SimControl(url)
        answer = acme.http.get(f"/invoices/{invoice['id']}", headers={"Authorization": f"Bearer {token}"})
        after, offset = acme.truth(BIG), acme.clock()["offset_seconds"]
        fresh = acme.act(BIG, "add_invoice", customer="cus_1", lines=[{"description": "Work", "price": "1"}])

    assert after == before
    assert (answer.json(), offset) == ({"id": invoice["id"], "number": None, "total": 12.3, "owed": 11.0}, 3600)
    assert (invoice["number"], fresh["number"]) == ("INV-0041", "INV-0042")


def test_books_nobody_opened_again_are_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    with running(create_app(config(file))) as url:
        SimControl(url).act(SMALL, "add_customer", name="Kept")
    for _ in range(2):
        with running(create_app(config(file))) as url:
            SimControl(url).act(BIG, "add_customer", name="Another")

    with running(create_app(config(file))) as url:
        counts = SimControl(url).counts(SMALL)

    assert counts["customers"] == 6


def test_a_change_is_written_down_while_it_runs(tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    with running(create_app(config(file))) as url:
        SimControl(url).act(BIG, "add_customer", name="Kept at once")

        wait_until(lambda: file.exists() and "Kept at once" in file.read_text(encoding="utf-8"))

        assert file.stat().st_mode & 0o777 == 0o600


def test_a_reset_forgets_what_was_kept(tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    with running(create_app(config(file))) as url:
        SimControl(url).act(BIG, "add_customer", name="Forgotten")
    with running(create_app(config(file))) as url:
        acme = SimControl(url)
        kept = acme.counts(BIG)["customers"]
        acme.reset()
        assert acme.counts(BIG)["customers"] == kept - 1

    assert "Forgotten" not in file.read_text(encoding="utf-8")


def test_a_damaged_file_is_put_aside_and_the_world_begins_anew(tmp_path: Path) -> None:
    file = tmp_path / "acme.json"
    file.write_text(json.dumps({"version": 0, "vendor": "Acme Books"}), encoding="utf-8")

    with running(create_app(config(file))) as url:
        assert SimControl(url).counts(BIG)["invoices"] == 40

    assert json.loads((tmp_path / "acme.damaged").read_text(encoding="utf-8"))["version"] == 0
