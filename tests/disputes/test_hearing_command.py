"""``manage.py classify_utterances`` as it is typed: no database, one line out for each line in, bad lines named."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NO_DATABASE = {"DATABASE_URL": "postgres://nobody:x@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def classify(text: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", "classify_utterances"],
        input=text,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **NO_DATABASE},
        timeout=60,
    )


def test_each_line_is_answered_in_its_order() -> None:
    done = classify(b'{"id": "a", "text": "I never ordered that"}\n\n{"id": 2, "text": "yes speaking"}\n')

    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 0
    assert list(first) == ["id", "intent", "also", "dispute", "pause", "score", "reason", "lang", "rule_ids", "ms"]
    assert (first["id"], first["intent"], first["dispute"], first["reason"]) == ("a", "dispute", True, "not_received")
    assert (second["id"], second["dispute"], second["reason"]) == (2, False, None)


def test_lines_that_cannot_be_read_are_named_and_the_rest_is_answered() -> None:
    done = classify(
        b'not json\n{"id": "a"}\n[]\n{"text": "x"}\n\xff\xfe\n{"id": "b", "text": "\\ud800 hi"}\n' + b"[" * 5000 + b"\n"
    )

    errors = done.stderr.decode()
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["b"]
    assert [f"line {number}:" in errors for number in range(1, 8)] == [True, True, True, True, True, False, True]
    assert "Traceback" not in errors
