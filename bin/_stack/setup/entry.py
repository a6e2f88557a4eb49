"""The first lines of every command: make the environment, then go on under its Python."""

import os
import sys
import time
from typing import List, Sequence

from . import environment, usage
from .progress import StepFailed, explain

DEMO = ("sandbox",)
ALL = ("sandbox", "dev")


def hand_over(command: str, arguments: List[str], groups: Sequence[str]) -> None:
    """Replaces this process by `python -m _stack COMMAND` of the environment. Returns only by raising SystemExit."""
    if sys.version_info < (3, 6):
        sys.exit("bin/%s needs Python 3.6 or later to start" % command)
    if usage.wanted(arguments):
        sys.stdout.write(usage.TEXTS[command])
        sys.exit(0)
    began = time.time()
    try:
        python = environment.ensure(groups)
    except StepFailed as failed:
        explain(failed)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "VIRTUAL_ENV"}
    surroundings["PYTHONPATH"] = os.path.join(environment.ROOT, "bin")
    surroundings["PYTHONUNBUFFERED"] = "1"
    surroundings["SYNTHARRA_BEGAN"] = repr(began)
    sys.stdout.flush()
    os.execve(python, [python, "-P", "-m", "_stack", command, *arguments], surroundings)
