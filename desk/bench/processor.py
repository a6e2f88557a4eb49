"""Processor time of another process while something was measured: it tells what work costs on a machine that is shared."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EVERY = 0.25


class Watched:
    """Samples of the processor time of a process and those it started, against the clock all processes of the machine share."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._samples: list[tuple[float, float]] = []
        self._over = threading.Event()

    def seconds(self, since: float, until: float) -> float | None:
        """Processor seconds between these moments of ``time.perf_counter``; None where nothing was sampled."""
        inside = [cpu for at, cpu in self._samples if since <= at <= until]
        return inside[-1] - inside[0] if len(inside) > 1 else None

    def run(self) -> None:
        while not self._over.wait(EVERY):
            try:
                ticks = sum(_ticks(pid) for pid in _family(self._pid))
            except OSError:  # gone, or no such file system
                return
            self._samples.append((time.perf_counter(), ticks / os.sysconf("SC_CLK_TCK")))

    def stop(self) -> None:
        self._over.set()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        yield from _family(int(child))


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@contextmanager
def watched(pid: int) -> Iterator[Watched]:
    """From here to the end of the block."""
    found = Watched(pid)
    thread = threading.Thread(target=found.run, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.stop()
        thread.join()
