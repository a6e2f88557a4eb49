"""`bin/test`: engines of this run's own, then pytest. Several runs at once do not meet."""

import contextlib
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from _stack import browser, places, settings, templates
from _stack.engines import Engines
from _stack.ports import HOST, Ports
from _stack.processes import Family, Terminated, die_with_make
from _stack.setup.progress import Step, say


def main(arguments: list[str]) -> int:
    """Set-up, then the suite. What is not ours goes to pytest."""
    die_with_make()
    if "--install-browser" in arguments:
        arguments.remove("--install-browser")
        browser.install()
    only_setup, only_engines = "--setup" in arguments, "--engines" in arguments
    if only_setup:
        with Step("Database template") as step:
            step.detail = str(templates.prepare())
        return 0
    with engines() as (family, servers, variables):
        if only_engines:
            for name, value in variables.items():
                sys.stdout.write(f"export {name}={value}\n")
            sys.stdout.flush()
            say("engines are running; Ctrl-C stops them")
            signal.pause()
            return 0
        code = _pytest(family, variables, arguments)
        if code in (0, 1):
            _keep_template(family, servers)
        return code


def _pytest(family: Family, variables: dict[str, str], arguments: list[str]) -> int:
    browser.announce()
    command = [str(places.VENV / "bin" / "python"), "-m", "pytest", "--durations=20", *_spread(arguments), *arguments]
    environment = settings.surroundings() | variables
    child = family.start("pytest", command, environment=environment, log=None, own_session=False)
    while True:
        try:
            return child.process.wait()
        except Terminated:
            child.process.send_signal(signal.SIGINT)
        except KeyboardInterrupt:  # pytest, in the same terminal, has it too, and sums up before it ends
            continue


def _keep_template(family: Family, servers: Engines) -> None:
    """The schema the tests have migrated serves the next run, too: migrating takes longer than many a test."""
    server = servers.postgres
    if server and not server.is_migrated_copy and templates.has_migrated(server):
        family.end(servers.children[0])
        templates.keep(server)


def _spread(arguments: list[str]) -> list[str]:
    """One worker more than there are processors for folders and the whole suite, for half of a test is waiting.

    None for a single file, where starting them costs more.
    """
    chosen = [word for word in arguments if not word.startswith("-") and (places.ROOT / word.split("::")[0]).exists()]
    files = [word for word in chosen if word.split("::")[0].endswith(".py")]
    if any(word.startswith(("-n", "--numprocesses", "--pdb", "--collect-only")) for word in arguments):
        return []
    return (
        []
        if chosen and files == chosen and len(chosen) < 3
        else ["-n", str(min((os.cpu_count() or 2) + 1, 8)), "--dist", "worksteal"]
    )


@contextmanager
def engines() -> Iterator[tuple[Family, Engines, dict[str, str]]]:
    """A database server, a broker and the variables that lead to them; all gone at the end."""
    family = Family()
    with own_folder(family) as folder:
        servers = Engines(family, Ports(), folder, folder, fixed_ports=False)
        servers.start(quick=True, copied_by=templates.for_tests)
        variables = servers.variables | settings.new_secrets()
        variables |= settings.sandbox(
            web=f"http://{HOST}:8000",
            relay=f"ws://{HOST}:8001",
            simulators=f"http://{HOST}:9100",
            smtp=f"smtp://{HOST}:9125",
        )
        yield family, servers, variables


@contextmanager
def own_folder(family: Family, home: Path | None = None) -> Iterator[Path]:
    """A folder of this run alone, in memory if `home` names no other place.

    When the block ends, the family has ended and the folder is gone.
    """
    runs = (home or places.runs_home()) / "runs"
    folder = runs / f"{os.getpid()}-{secrets.token_hex(3)}"
    runs.mkdir(exist_ok=True)
    try:
        with contextlib.ExitStack() as held:
            with places.lock(runs.parent / "runs.lock", wait=True):
                _sweep(runs)
                folder.mkdir(mode=0o755)
                family.remove_at_end(folder)
                held.enter_context(places.lock(folder / "alive", wait=False))
            yield folder
    finally:
        family.close()
        places.remove(folder)


def _sweep(runs: Path) -> None:
    """What earlier runs left when they and their guard were killed together."""
    for folder in runs.iterdir():
        alive = folder / "alive"
        if not places.is_locked(alive):
            places.remove(folder)
