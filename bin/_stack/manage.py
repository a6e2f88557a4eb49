"""`bin/manage COMMAND`: Django's command line in the running demo's surroundings.

When no demo is running, its engines are started for the time of the command.
"""

import subprocess
from collections.abc import Mapping

from _stack import demo, services, settings
from _stack.processes import Family
from _stack.services import Addresses
from _stack.setup.progress import say


def main(arguments: list[str]) -> int:
    """The exit code of the command."""
    found = demo.running()
    if found is not None:
        variables = found.get("variables")
        if not isinstance(variables, dict):
            say("the demo is still starting; try again in some seconds")
            return 1
        return _run({str(k): str(v) for k, v in variables.items()}, arguments)
    say("no demo is running: starting its database for this command")
    family = Family()
    try:
        with demo.engines_of_demo(family) as (_, variables):
            return _run(variables | Addresses(web=8000, relay=8001, simulators=9100, smtp=9125).variables(), arguments)
    finally:
        family.close()


def _run(variables: Mapping[str, str], arguments: list[str]) -> int:
    environment = settings.surroundings() | dict(variables)
    return subprocess.run([services.PYTHON, "manage.py", *arguments], env=environment, check=False).returncode
