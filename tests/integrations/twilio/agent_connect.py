"""Twilio's own server for the relay, where `bin/bench-peers tac` has made it."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("agent_connect_peer.py")


def python() -> str:
    """The peer's Python; the test is skipped aloud where there is none."""
    home = Path(os.environ.get("PEERS") or ROOT / ".stack" / "peers")
    found = home / "tac" / "bin" / "python"
    if not found.exists():
        pytest.skip("Twilio's own server is not here, so nothing was held against it: run `bin/bench-peers tac` first")
    return str(found)


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Its server with a trivial agent; yields its origin."""
    command = [python(), "-P", str(SCRIPT), "serve", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_surroundings()) as process:
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            assert told, "Twilio's server did not start"
            yield f"http://127.0.0.1:{json.loads(told)['port']}"
        finally:
            process.terminate()


def taken(frames: Sequence[tuple[str, Any]]) -> list[dict[str, Any]]:
    """What the vendor's models say of each frame: {error, unread}."""
    lines = "\n".join(json.dumps({"model": model, "data": data}) for model, data in frames)
    done = subprocess.run(
        [python(), "-P", str(SCRIPT), "models"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
        env=_surroundings(),
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _surroundings() -> dict[str, str]:
    """Nothing of ours in its path, and no usage events sent from it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TWILIO", "DJANGO"))}
    return {**kept, "TAC_ANALYTICS_DISABLED": "true"}
