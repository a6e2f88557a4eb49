"""Processes of a benchmark: started as modules of ours, and gone with it however it ends."""

import ctypes
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desk.bench.report import say

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 20.0
# As in docker-compose.yml: how nice they are within a container, and what its container has of a busy processor.
NICE = {"worker": 5, "books": 10}
SHARES = {"relay": 4096, "worker": 512, "books": 128}
USUAL_SHARES = 1024
_A_STEP = 1.25  # what one step of niceness is worth to the kernel
_PR_SET_PDEATHSIG = 1


class ChildFailed(Exception):
    """A process of the benchmark ended with an error; its own words are above, on standard error."""


@contextmanager
def started(
    module: str, *arguments: str, variables: Mapping[str, str], like: str = ""
) -> Iterator[subprocess.Popen[str]]:
    """``python -m module`` with a pipe to and from it, ended with the block.

    Each has its share of the processor for itself, as a container has. ``like``: the service of docker-compose.yml it is, or whose
    standing it is to have; others have the usual share.
    """
    nice = ("nice", "-n", str(NICE[like])) if like in NICE else ()
    child = subprocess.Popen(  # noqa: S603  (our own modules)
        [*nice, sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "syntharra.settings", **variables},
        start_new_session=True,
        preexec_fn=_die_with_parent_too,
    )
    _share(child.pid, SHARES.get(like, USUAL_SHARES))
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


def _share(pid: int, shares: int) -> None:
    """This session against all others. Linux keeps a share for each; elsewhere, and where that is not permitted, they are alike."""
    path = Path(f"/proc/{pid}/autogroup")
    steps = -round(math.log(shares / USUAL_SHARES, _A_STEP))
    for _ in range(3 if steps else 0):
        try:
            path.write_text(str(steps))
            return
        except BlockingIOError:  # once in a tenth of a second for whoever is not root
            time.sleep(0.12)
        except OSError as error:
            say(f"a process has the usual share of the processor, not {shares} in {USUAL_SHARES}: {error.strerror}")
            return


def _die_with_parent_too() -> None:
    """A session of its own is no longer reached by what ends ours."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


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
