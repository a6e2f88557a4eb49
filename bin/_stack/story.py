"""`bin/demo --story`: the same stack on free ports with new data, the story played on it, one report."""

import os
import subprocess
import sys
from pathlib import Path

from _stack import places, services, settings, suite, templates
from _stack.engines import Engines
from _stack.ports import Ports
from _stack.processes import Child, Family
from _stack.services import Addresses
from _stack.setup.progress import Step, StepFailed, say

PATIENCE = 900
KEPT = 5


def main(arguments: list[str]) -> int:
    """0 only if every step of the story holds. Standard output carries the report and nothing else."""
    family = Family()
    with suite.own_folder(family) as folder:
        ports, logs = Ports(), _own_logs()
        engines = Engines(family, ports, folder, logs, fixed_ports=False)
        engines.start(copied_by=templates.plain)
        addresses = Addresses.anywhere(ports)
        variables = engines.variables | settings.new_secrets() | addresses.variables()
        variables |= {"FILES_OPTIONS": f'{{"location": "{folder / "files"}"}}', "BEAT_FILE": str(folder / "beat")}
        wanted = services.all_of(addresses)
        services.migrate(variables, None)
        children = {service.name: services.start(family, service, variables, logs) for service in wanted}
        services.seed(variables)
        for service in wanted:
            services.wait_for(service, children[service.name])
        return _play(family, addresses, variables, list(children.values()), arguments)


def _own_logs() -> Path:
    """Kept after the run, for whoever wants to know why; the last few runs' only."""
    home = places.state("logs", "stories")
    for older in sorted(home.iterdir(), key=os.path.getmtime, reverse=True)[KEPT - 1 :]:
        places.remove(older)
    logs = home / str(os.getpid())
    places.remove(logs)
    logs.mkdir()
    return logs


def _play(
    family: Family, addresses: Addresses, variables: dict[str, str], children: list[Child], arguments: list[str]
) -> int:
    command = [services.PYTHON, "-m", "desk.story", "--web", addresses.web_url]
    command += ["--relay", variables["RELAY_URL"], "--simulators", variables["SIMULATORS_URL"], *arguments]
    report = Path(variables["BEAT_FILE"]).with_name("report.json")
    environment = settings.surroundings() | variables
    with Step("Story", f"at {addresses.web_url}"):
        teller = family.start("story", command, environment=environment, log=report, errors_here=True)
        code = _wait(teller)
    sys.stdout.write(report.read_text())
    sys.stdout.flush()
    if code != 0:
        say(f"the whole logs are in {children[0].log.parent if children[0].log else ''}")
        for child in children:
            say(f"--- the end of the log of {child.name}")
            for line in child.last_lines(12):
                say("  | " + line)
    return code


def _wait(teller: Child) -> int:
    try:
        return teller.process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise StepFailed(f"the story took longer than {PATIENCE} s", "", teller.last_lines()) from None
