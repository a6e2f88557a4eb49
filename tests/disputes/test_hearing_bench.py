"""``manage.py bench hearing``: its report has the promised figures, taken on different words, and tells the truth about its limits."""

import json
import os
import subprocess
import sys
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]


def test_hearing_is_measured_beside_its_own_first_stage() -> None:
    keys = {"SECRET_KEY": "x" * 50, "FIELD_KEYS": Fernet.generate_key().decode()}

    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "hearing", "--json", "--partials", "80", "--runs", "1"],
        cwd=ROOT,
        env={**os.environ, **keys},
        capture_output=True,
        text=True,
        check=False,
    )

    report = json.loads(done.stdout)
    figures = report["figures"]
    assert set(report) == {"name", "machine", "figures", "limits", "ok"}, done.stderr
    assert (report["name"], figures["partials"]) == ("hearing", 80)
    assert {one["figure"]: one["value"] for one in report["limits"]} == {
        "p99_ms": 10,
        "peak_mb": 200,
        "model_mb": 40,
        "load_s": 1,
    }
    assert figures["model_mb"] <= 40
    assert figures["peak_mb"] <= 200
    assert 0 < figures["encoder_share"] <= 1
    assert 0 < figures["linear_p50_ms"] < figures["p50_ms"] < figures["p99_ms"]
    assert done.returncode == (0 if report["ok"] else 1)
