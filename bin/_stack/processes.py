"""Children that end with their parent: by its own hand, by Ctrl-C, or when it is killed with -9."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from _stack.places import ROOT, EngineUser
from _stack.setup.progress import StepFailed

PR_SET_PDEATHSIG = 1
GUARD = Path(__file__).with_name("guard.py")


class Terminated(KeyboardInterrupt):
    """Asked to end by a signal, not by a person at the keyboard."""


class Child:
    """One running process of the stack, with the log it writes."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path | None, farewell: int) -> None:
        self.name = name
        self.process = process
        self.log = log
        self.farewell = farewell

    @property
    def is_running(self) -> bool:
        """False as soon as it has ended."""
        return self.process.poll() is None

    def last_lines(self, count: int = 15) -> list[str]:
        """The end of its log."""
        return last_lines(self.log, count) if self.log else []


class Family:
    """Everything one command started. Closing it ends all of it, last started first."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._is_closed = False
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        log: Path | None,
        farewell: int = signal.SIGTERM,
        user: EngineUser = EngineUser(),  # noqa: B008
        folder: Path = ROOT,
        own_session: bool = True,
        errors_here: bool = False,
    ) -> Child:
        """Started and watched. `farewell` is the signal that asks it to end. `own_session` keeps Ctrl-C from it.

        Without a log it writes to our own output; with `errors_here` only its standard output goes to the log.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("children end with the thread that started them: start them from the main thread")
        output = log.open("ab") if log else None
        try:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL if own_session else None,
                stdout=output,
                stderr=subprocess.STDOUT if output and not errors_here else None,
                env=dict(environment),
                cwd=folder,
                user=user.uid,
                group=user.gid,
                extra_groups=[] if user.uid is not None else None,
                start_new_session=own_session,
                preexec_fn=dies_with(os.getpid(), farewell),
            )
        finally:
            if output:
                output.close()
        child = Child(name, process, log, farewell)
        self._children.append(child)
        self._tell(f"add {process.pid} {'group' if own_session else 'process'} {int(farewell)}")
        return child

    def remove_at_end(self, folder: Path) -> None:
        """This folder goes away even when we are killed."""
        self._tell(f"folder {folder}")

    def end(self, child: Child, patience: float = 8.0) -> None:
        """Asked to end, then, after some patience, ended."""
        self._end([child], patience)

    def close(self) -> None:
        """Everything ended: first the product's processes together, then the database."""
        if self._is_closed:
            return
        self._is_closed = True
        engines = [child for child in self._children if child.farewell == signal.SIGINT]
        self._end([child for child in self._children if child not in engines], 10.0)
        self._end(engines, 10.0)
        self._tell("done")
        if self._guard.stdin:
            with contextlib.suppress(OSError):
                self._guard.stdin.close()
        self._guard.wait(timeout=10)

    def _end(self, children: Sequence[Child], patience: float) -> None:
        for child in children:
            if child.is_running:
                _send(child, child.farewell)
        limit = time.monotonic() + patience
        for child in children:
            try:
                child.process.wait(timeout=max(0.0, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                _send(child, signal.SIGKILL)
                child.process.wait(timeout=10)
            _send_rest(child)
            if child in self._children:
                self._children.remove(child)
            self._tell(f"remove {child.process.pid}")

    def _tell(self, line: str) -> None:
        if self._guard.stdin:
            with contextlib.suppress(OSError):
                self._guard.stdin.write(line.encode() + b"\n")
                self._guard.stdin.flush()


def wait_until(holds: Callable[[], bool], child: Child, *, seconds: float, what: str, advice: str = "") -> None:
    """Returns when it holds. A child that ended, or time run out, is a failed step with the end of its log."""
    limit = time.monotonic() + seconds
    while not holds():
        if not child.is_running:
            raise StepFailed(f"{child.name} ended with {child.process.returncode}", advice, child.last_lines())
        if time.monotonic() > limit:
            raise StepFailed(f"{what} took longer than {seconds:.0f} s", advice, child.last_lines())
        time.sleep(0.03)


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    what: str,
    advice: str = "",
    user: EngineUser = EngineUser(),  # noqa: B008
    given: str | None = None,
    folder: Path = ROOT,
    seconds: float = 300,
) -> str:
    """What a short command printed on standard output; anything but success is a failed step."""
    done = subprocess.run(
        list(command),
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        text=True,
        env=dict(environment),
        cwd=folder,
        user=user.uid,
        group=user.gid,
        extra_groups=[] if user.uid is not None else None,
        timeout=seconds,
        check=False,
    )
    if done.returncode != 0:
        raise StepFailed(f"{what}: ended with {done.returncode}", advice, (done.stderr or done.stdout).splitlines())
    return done.stdout


def die_with_make() -> None:
    """`kill -9` of `make` ends what `make` started, too."""
    parent = os.getppid()
    with contextlib.suppress(OSError):
        if "MAKELEVEL" in os.environ and Path(f"/proc/{parent}/comm").read_text().strip() in ("make", "gmake"):
            dies_with(parent, signal.SIGTERM)()


def last_lines(log: Path, count: int = 15) -> list[str]:
    """The end of a log file; nothing when there is none."""
    if not log.exists():
        return []
    return log.read_text(errors="replace").splitlines()[-count:]


def dies_with(parent: int, number: int) -> Callable[[], None]:
    """For the child: the kernel sends it this signal when its parent dies. Off Linux, the guard does it."""
    library = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def bind() -> None:
        if library is None:
            return
        library.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent and number:
            os.kill(os.getpid(), signal.SIGKILL)

    return bind


def _send(child: Child, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(child.process.pid, number)


def _send_rest(child: Child) -> None:
    """Whoever is left of its group after it ended: a beat without its worker, a server without its starter."""
    with contextlib.suppress(OSError):
        if os.getpgid(0) != child.process.pid:
            os.killpg(child.process.pid, signal.SIGKILL)
