"""Processes of a benchmark: started as modules of ours, and gone with it however it ends."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 20.0
YIELDING = 10  # as nice as the worker that reads books is in docker-compose.yml


class ChildFailed(Exception):
    """A process of the benchmark ended with an error; its own words are above, on standard error."""


@contextmanager
def started(
    module: str, *arguments: str, variables: Mapping[str, str], yielding: int = 0
) -> Iterator[subprocess.Popen[str]]:
    """``python -m module`` with a pipe to and from it, ended with the block. ``yielding``: how nice it is to others."""
    child = subprocess.Popen(  # noqa: S603  (our own modules)
        [*(("nice", "-n", str(yielding)) if yielding else ()), sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "syntharra.settings", **variables},
    )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


def said(child: subprocess.Popen[str]) -> Any:
    """The next line of JSON from it. Raises ChildFailed when it ended without."""
    line = child.stdout.readline() if child.stdout else ""
    if not line:
        raise ChildFailed(f"{' '.join(map(str, child.args[2:4]))} ended with {child.wait()}")  # type: ignore[index]
    return json.loads(line)


def die_with_parent() -> None:
    """For the child: its standard input ends when whoever started it is gone, even by ``kill -9``."""

    def wait() -> None:
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=wait, name="die-with-parent", daemon=True).start()


def tell(value: Any) -> None:
    """For the child: one line of JSON to whoever started it."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()
