"""`bin/demo --story`: the same stack on free ports with new data, the story played on it, one report."""

import subprocess
import sys

from _stack import services, settings, suite
from _stack.engines import Engines, database_template, given_database
from _stack.ports import HOST, Ports
from _stack.processes import Child, Family
from _stack.services import Addresses
from _stack.setup.progress import Step, say

PATIENCE = 900


def main(arguments: list[str]) -> int:
    """0 only if every step of the story holds. Standard output carries the report and nothing else."""
    family = Family()
    with suite.own_folder(family) as folder:
        ports = Ports()
        engines = Engines(family, ports, folder, folder, fixed_ports=False)
        engines.start(template=None if given_database() else database_template())
        addresses = Addresses.anywhere(ports)
        variables = engines.variables | settings.new_secrets() | addresses.variables()
        variables |= {"FILES_OPTIONS": f'{{"location": "{folder / "files"}"}}', "BEAT_FILE": str(folder / "beat")}
        wanted = services.all_of(addresses)
        services.migrate(variables, None)
        children = {service.name: services.start(family, service, variables, folder) for service in wanted}
        services.seed(variables)
        for service in wanted:
            services.wait_for(service, children[service.name])
        return _play(addresses, variables, list(children.values()), arguments)


def _play(addresses: Addresses, variables: dict[str, str], children: list[Child], arguments: list[str]) -> int:
    command = [services.PYTHON, "-m", "desk.story", "--web", addresses.web_url]
    command += ["--relay", variables["RELAY_URL"], "--simulators", variables["SIMULATORS_URL"], *arguments]
    with Step("Story", f"on {HOST}"):
        told = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env=settings.surroundings() | variables,
            cwd=services.ROOT,
            timeout=PATIENCE,
            check=False,
        )
    sys.stdout.write(told.stdout)
    sys.stdout.flush()
    if told.returncode != 0:
        for child in children:
            say(f"--- the end of the log of {child.name}")
            for line in child.last_lines(12):
                say("  | " + line)
    return told.returncode
