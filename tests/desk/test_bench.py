"""``manage.py bench``: its report has the promised form, tells the truth about its limits, and leaves nothing behind."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from desk.bench.database import own_database
from desk.bench.phones import Line, Phones
from desk.bench.relay import percentile
from desk.bench.report import Limit, Report
from tests.conftest import _fingerprint

ROOT = Path(__file__).resolve().parent.parent.parent


def bench(*arguments: str) -> tuple[int, Any, str]:
    """The command as a person runs it: exit code, report, messages."""
    keys = {"SECRET_KEY": "x" * 50, "FIELD_KEYS": Fernet.generate_key().decode()}
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", *arguments, "--json"],
        cwd=ROOT,
        env={**os.environ, **keys},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout), done.stderr


def databases() -> set[str]:
    from tests.conftest import _maintenance

    with _maintenance(settings.DATABASES["owner"]) as server:
        rows = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench_%'").fetchall()
    return {name for (name,) in rows}


@pytest.fixture(scope="module")
def sync_report(django_db_setup: None) -> tuple[int, Any, str]:
    template = f"test_template_{_fingerprint()}"
    return bench("sync", "--invoices", "60", "--runs", "2", "--template", template)


def test_a_load_is_measured_beside_its_floor(sync_report: tuple[int, Any, str]) -> None:
    _code, report, said = sync_report

    assert set(report) == {"name", "machine", "figures", "limits", "ok"}, said
    figures = report["figures"]
    assert (report["name"], figures["invoices"], figures["runs"]) == ("sync", 60, 2)
    assert len(figures["invoices_per_s_of_runs"]) == 2
    for name in ("invoices_per_s", "ratio_to_floor", "floor_invoices_per_s", "peak_mb", "whole_load_objects_per_s"):
        assert figures[name] > 0, name
    assert figures["resync_rows_written"] == 0


def test_the_report_names_the_machine_and_how_durable_the_server_was(sync_report: tuple[int, Any, str]) -> None:
    machine = sync_report[1]["machine"]

    assert {"processor", "cores", "memory_mb", "system", "python"} <= set(machine)
    assert {"fsync", "synchronous_commit", "full_page_writes", "shared_buffers"} <= set(machine["postgres"])
    assert machine["postgres"]["fsync"] == sync_report[1]["figures"]["fsync"]


def test_it_is_good_only_when_every_limit_holds(sync_report: tuple[int, Any, str]) -> None:
    code, report, _said = sync_report
    limits = {(limit["figure"], limit["op"], limit["value"]): limit["holds"] for limit in report["limits"]}

    assert set(limits) == {
        ("invoices_per_s", ">=", 1500),
        ("peak_mb", "<=", 300),
        ("resync_rows_written", "=", 0),
        ("fsync", "=", "on"),
    }
    assert report["ok"] is all(limits.values())
    assert code == (0 if report["ok"] else 1)


def test_a_start_is_compared_with_one_without_any_sdk() -> None:
    _code, report, said = bench("check", "--runs", "1")

    assert report["name"] == "check", said
    assert [(limit["figure"], limit["op"], limit["value"]) for limit in report["limits"]] == [
        ("check_ratio", "<=", 1.5)
    ]
    assert report["figures"]["check_s"] > 0 < report["figures"]["check_without_sdks_s"]


def test_a_figure_that_could_not_be_taken_keeps_no_limit() -> None:
    limits = (Limit("fast", ">=", 10), Limit("lean", "<=", 5), Limit("safe", "=", "on"))

    good = Report("x", {"fast": 10, "lean": 5, "safe": "on"}, limits, {})
    bad = Report("x", {"fast": None, "lean": 6, "safe": "off"}, limits, {})

    assert good.ok
    assert [limit["holds"] for limit in bad.as_json()["limits"]] == [False, False, False]
    assert not bad.ok


def test_the_database_of_a_benchmark_is_gone_after_it_even_when_it_fails(django_db_setup: None) -> None:
    with pytest.raises(ZeroDivisionError), own_database(f"test_template_{_fingerprint()}") as database:
        assert database.name in databases()
        raise ZeroDivisionError

    assert database.name not in databases()


def test_a_crowd_of_webhooks_is_answered_and_every_change_stored_once(django_db_setup: None) -> None:
    template = f"test_template_{_fingerprint()}"

    _code, report, said = bench(
        "webhooks", "--deliveries", "40", "--at-once", "8", "--runs", "1", "--template", template
    )

    figures = report["figures"]
    assert (report["name"], figures["deliveries"], figures["at_once"]) == ("webhooks", 40, 8), said
    assert (figures["not_answered"], figures["stored_share"]) == (0, 1.0)
    assert 0 < figures["answer_p50_s"] <= figures["answer_p99_s"] <= figures["answer_max_s"]
    assert figures["ratio_to_health_page"] > 0


def test_calls_that_are_open_are_answered_by_the_agent_and_a_missing_peer_is_said(
    django_db_setup: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEERS", str(tmp_path))  # nobody is here
    template = f"test_template_{_fingerprint()}"

    _code, report, said = bench(
        "relay",
        "--calls",
        "2",
        "--seconds",
        "4",
        "--warm-up",
        "0.5",
        "--closed-calls",
        "2",
        "--closed-seconds",
        "1",
        "--runs",
        "1",
        "--template",
        template,
    )

    figures = report["figures"]
    assert (report["name"], figures["not_answered"]) == ("relay", 0), said
    assert figures["turns_per_s"] > 0
    assert (figures["ratio_turns_to_tac"], figures["ratio_turns_to_pipecat"]) == (None, None)
    assert "bin/bench-peers tac" in said
    assert not report["ok"]


@pytest.mark.skipif(os.environ.get("PROOF") != "full", reason="half a minute: PROOF=full")
def test_objections_are_frozen_while_the_books_are_read(django_db_setup: None) -> None:
    template = f"test_template_{_fingerprint()}"

    _code, report, said = bench(
        "freeze", "--calls", "10", "--seconds", "15", "--invoices", "2000", "--template", template
    )

    assert (report["name"], report["figures"]["not_frozen"]) == ("freeze", 0), said
    assert report["figures"]["freezes"] > 0


def test_the_share_of_a_hundred_is_the_value_they_do_not_exceed() -> None:
    assert [percentile([1.0, 2.0, 3.0, 4.0], share) for share in (0.25, 0.5, 0.99)] == [1.0, 2.0, 4.0]


def test_nobody_on_the_line_says_the_same_thing_twice() -> None:
    phones = Phones({"seed": 1, "ours": False})
    line = Line(cast("Any", None))

    said = []
    for turn in range(300):
        line.turns = turn
        said += [phones.words(line), phones.objection()]

    assert len(set(said)) == len(said)


def test_a_morning_of_a_few_firms_is_planned_by_two_workers_and_nothing_is_left_out(django_db_setup: None) -> None:
    template = f"test_template_{_fingerprint()}"

    _code, report, said = bench("plan", "--invoices", "2000", "--runs", "1", "--template", template)

    figures = report["figures"]
    assert (report["name"], figures["invoices"], figures["firms"], figures["workers"]) == ("plan", 2000, 2, 2), said
    assert (figures["overdue"], figures["not_decided"]) == (100, 0)
    assert figures["attempts"] == figures["timeline_lines"] > 50
    assert figures["decisions"] > figures["attempts"]
    assert figures["ms_per_overdue_invoice"] > 0
    assert isinstance(figures["growth_exponent"], float)  # of so few firms: any number, on a busy machine
    assert {limit["figure"] for limit in report["limits"]} == {
        "ms_per_overdue_invoice",
        "incremental_s",
        "growth_exponent",
        "peak_mb",
        "not_decided",
        "fsync",
    }


def test_two_pages_are_made_with_few_questions_and_every_figure_is_taken(django_db_setup: None) -> None:
    template = f"test_template_{_fingerprint()}"

    _code, report, said = bench(
        "pages", "--messages", "120", "--disputes", "60", "--times", "2", "--template", template
    )

    figures = report["figures"]
    assert (figures["dispute_page_queries"], figures["board_queries"]) == (12, 6), said
    assert min(figures[f"{page}_{kind}"] for page in ("dispute_page", "board") for kind in ("ms", "wall_ms")) > 0
    assert (figures["messages"], figures["disputes"]) == (120, 60)
