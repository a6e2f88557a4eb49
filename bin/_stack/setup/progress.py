"""What a person sees while the stack is being set up: one line a step, with its time."""

import sys
import time
from typing import Any, List, Optional


class StepFailed(Exception):
    """A step could not be done. Carries what to do about it, and the last lines of the log that shows why."""

    def __init__(self, message, advice="", log=()):  # type: (str, str, Any) -> None
        super().__init__(message)
        self.advice = advice
        self.log = list(log)  # type: List[str]


class Step:
    """One line of progress: `with Step("Database"):` prints the name, then the time it took, or that it failed."""

    def __init__(self, name, detail=""):  # type: (str, str) -> None
        self.name = name
        self.detail = detail
        self.began = 0.0

    def __enter__(self):  # type: () -> Step
        self.began = time.monotonic()
        return self

    def __exit__(self, kind, error, trace):  # type: (Any, Optional[BaseException], Any) -> None
        took = time.monotonic() - self.began
        mark = "ok  " if error is None else "FAIL"
        say("%s %-26s %6.1f s  %s" % (mark, self.name, took, self.detail))


def say(line):  # type: (str) -> None
    """A line for the person at the terminal. Standard output is kept for results."""
    sys.stderr.write("  " + line.rstrip() + "\n")
    sys.stderr.flush()


def explain(error):  # type: (StepFailed) -> None
    """Why a step failed, the end of its log, and what to do."""
    say("")
    say("Failed: %s" % error)
    for line in error.log[-15:]:
        say("  | " + line)
    if error.advice:
        say("What to do: " + error.advice)
