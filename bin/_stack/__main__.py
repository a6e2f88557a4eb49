"""Under the environment's Python: the command itself."""

import importlib
import signal
import sys

from _stack.processes import Terminated
from _stack.setup.progress import StepFailed, explain

MODULES = {
    "demo": "demo",
    "test": "suite",
    "manage": "manage",
    "check": "check",
    "bench": "bench",
    "bench-peers": "peers",
    "licenses": "licenses",
    "lock": "lock",
}


def main(command: str, arguments: list[str]) -> int:
    """The exit code of the command. Termination and a closed terminal end it like Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupt)
    # Started in the background of a script we inherit SIGINT as ignored; asked to end, we end all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, _interrupt)
    module = importlib.import_module(f"_stack.{MODULES[command]}")
    try:
        return int(module.main(arguments))
    except StepFailed as failed:
        explain(failed)
        return 1
    except OSError as error:
        explain(StepFailed(f"the system refused: {error}", "free some space, or check the rights of what is named"))
        return 1
    except KeyboardInterrupt:
        return 130


def _interrupt(_number: int, _frame: object) -> None:
    raise Terminated


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
