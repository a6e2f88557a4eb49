"""Ends what is left of a stack when the process that started it dies without saying goodbye (kill -9).

Reads lines on standard input: `add PID group|process SIGNAL`, `remove PID`, `folder PATH`, `done`. When the input ends
without `done`, it signals all that is still there, waits, kills the rest, and removes the temporary folders.
Run as `python -I -S guard.py`.
"""

import contextlib
import os
import shutil
import signal
import sys
import time

PATIENCE = 6.0


def main() -> None:
    """Until the parent says `done` or is gone."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    children: dict[int, tuple[bool, int, str]] = {}
    folders: list[str] = []
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "done":
            return
        if word == "add":
            pid, kind, number = rest.split(" ")
            children[int(pid)] = (kind == "group", int(number), birth(int(pid)))
        elif word == "remove":
            children.pop(int(rest), None)
        elif word == "folder":
            folders.append(rest)
    end(children)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def end(children: dict[int, tuple[bool, int, str]]) -> None:
    """First the polite signal, then, after some patience, the other one."""
    for pid, (group, number, born) in children.items():
        if alive(pid, group, born):
            send(pid, group, number)
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit and any(alive(pid, group, born) for pid, (group, _, born) in children.items()):
        time.sleep(0.05)
    for pid, (group, _, born) in children.items():
        if alive(pid, group, born):
            send(pid, group, signal.SIGKILL)


def birth(pid: int) -> str:
    """When the process started, so that another one of the same number is not taken for it."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def alive(pid: int, group: bool, born: str) -> bool:
    """A group lives as long as any of its members, whatever became of the first."""
    now = birth(pid)
    if now and born and now != born:
        return False
    try:
        os.killpg(pid, 0) if group else os.kill(pid, 0)
    except OSError:
        return False
    return True


def send(pid: int, group: bool, number: int) -> None:
    """The signal, or nothing when there is nobody left to get it."""
    with contextlib.suppress(OSError):
        os.killpg(pid, number) if group else os.kill(pid, number)


if __name__ == "__main__":
    main()
