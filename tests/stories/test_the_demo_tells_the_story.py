"""The main job, end to end, on the real processes: what a newcomer sees when he types one command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STEPS = [
    "connected",
    "synced",
    "planned",
    "refused_by_gate",
    "calls_played",
    "call_completed_paid",
    "recovery_booked",
    "fee_booked",
    "call_stopped_on_dispute",
    "invoice_frozen",
    "owner_notified",
    "voicemail_without_amount",
    "acknowledged",
    "digest_sent",
    "specified",
    "no_contact_after_freeze",
    "opt_out_respected",
    "resolved_by_credit_memo",
    "resumed_on_agreed_amount",
    "settled_in_part",
    "customer_dropped_it",
    "owner_fixed_it_in_the_books",
    "paid_while_frozen",
    "written_off",
    "evidence_verified",
    "stranger_sees_nothing",
]
ENGINES = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}


@pytest.mark.timeout(1500)
@pytest.mark.skipif(
    os.environ.get("PROOF") != "full",
    reason="the whole story takes some eight minutes: it is played by `make prove`, or at once by `python3 bin/demo --story`",
)
def test_every_step_of_the_story_holds() -> None:
    own = {name: value for name, value in os.environ.items() if name not in ENGINES}

    played = subprocess.run(
        [sys.executable, "bin/demo", "--story", "--json"],
        cwd=ROOT,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )

    report = json.loads(played.stdout)
    assert [step["name"] for step in report["steps"]] == STEPS
    assert [step for step in report["steps"] if not step["ok"]] == []
    assert (report["ok"], played.returncode) == (True, 0)
