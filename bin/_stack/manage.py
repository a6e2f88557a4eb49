"""`bin/manage COMMAND`: Django's command line in the running demo's surroundings.

When no demo is running, its engines are started for the time of the command.
"""

import os
import subprocess

from _stack import demo, places, services, settings
from _stack.processes import Family, Terminated
from _stack.services import Addresses
from _stack.setup.progress import say


def main(arguments: list[str]) -> int:
    """The exit code of the command."""
    command = [services.PYTHON, "manage.py", *arguments]
    found = demo.running()
    if found is not None:
        variables = found.get("variables")
        if not isinstance(variables, dict):
            say("the demo is still starting; try again in some seconds")
            return 1
        os.chdir(places.ROOT)
        os.execve(command[0], command, settings.surroundings() | {str(k): str(v) for k, v in variables.items()})
    say("no demo is running: starting its database for this command")
    family = Family()
    try:
        with demo.engines_of_demo(family) as (_, variables):
            usual = Addresses(web=8000, relay=8001, simulators=9100, smtp=9125).variables()
            environment = settings.surroundings() | variables | usual
            child = family.start("manage.py", command, environment=environment, log=None, own_session=False)
            return wait(child.process)
    finally:
        family.close()


def wait(process: subprocess.Popen[bytes]) -> int:
    """The command's exit code, once it has ended; it has Ctrl-C, too, and decides what it means."""
    while True:
        try:
            return process.wait()
        except Terminated:
            process.terminate()
        except KeyboardInterrupt:
            continue
