"""What a person sees while the stack is being set up: one line a step, with its time."""

import sys
import time
from typing import Any, List, Optional

CLEAR = "\r\033[K"  # a terminal's current line, where the step under way is shown


class StepFailed(Exception):
    """A step could not be done. Carries what to do about it, and the last lines of the log that shows why."""

    def __init__(self, message: str, advice: str = "", log: Any = ()) -> None:
        super().__init__(message)
        self.advice = advice
        self.log: List[str] = list(log)


class Step:
    """One line of progress: `with Step("Database"):` prints the name, then the time it took, or that it failed."""

    def __init__(self, name: str, detail: str = "") -> None:
        self.name = name
        self.detail = detail
        self.began = 0.0

    def __enter__(self) -> "Step":
        self.began = time.monotonic()
        if sys.stderr.isatty():
            sys.stderr.write("%s  ..   %s" % (CLEAR, self.name))
            sys.stderr.flush()
        return self

    def __exit__(self, kind: Any, error: Optional[BaseException], trace: Any) -> None:
        took = time.monotonic() - self.began
        mark = "ok  " if error is None else "--  " if isinstance(error, KeyboardInterrupt) else "FAIL"
        say("%s %-26s %6.1f s  %s" % (mark, self.name, took, self.detail))


def say(line: str) -> None:
    """A line for the person at the terminal. Standard output is kept for results."""
    start = CLEAR if sys.stderr.isatty() else ""
    sys.stderr.write("%s  %s\n" % (start, line.rstrip()))
    sys.stderr.flush()


def explain(error: StepFailed) -> None:
    """Why a step failed, the end of its log, and what to do."""
    say("")
    say("Failed: %s" % error)
    for line in error.log[-15:]:
        say("  | " + line)
    if error.advice:
        say("What to do: " + error.advice)
