"""`bin/test`: engines of this run's own, then pytest. Several runs at once do not meet."""

import os
import secrets
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from _stack import browser, places, settings
from _stack.ports import HOST, Ports
from _stack.postgres import APP, OWNER, Postgres
from _stack.processes import Family, die_with_make
from _stack.setup.progress import Step, StepFailed, say
from _stack.valkey import Valkey


def main(arguments: list[str]) -> int:
    """Set-up, then the suite. What is not ours goes to pytest."""
    die_with_make()
    if "--install-browser" in arguments:
        arguments.remove("--install-browser")
        browser.install()
    only_setup, only_engines = "--setup" in arguments, "--engines" in arguments
    if only_setup:
        with Step("Database template") as step:
            step.detail = str(template())
        return 0
    with engines() as (family, variables):
        if only_engines:
            for name, value in variables.items():
                sys.stdout.write(f"export {name}={value}\n")
            sys.stdout.flush()
            say("engines are running; Ctrl-C stops them")
            signal.pause()
            return 0
        return _pytest(family, variables, arguments)


def _pytest(family: Family, variables: dict[str, str], arguments: list[str]) -> int:
    browser.announce()
    command = [str(places.VENV / "bin" / "python"), "-m", "pytest", "--durations=20", *_spread(arguments), *arguments]
    environment = settings.surroundings() | variables
    child = family.start("pytest", command, environment=environment, log=None, own_session=False)
    while True:
        try:
            return child.process.wait()
        except KeyboardInterrupt:
            child.process.send_signal(signal.SIGINT)


def _spread(arguments: list[str]) -> list[str]:
    """Two workers for folders and the whole suite; none for a single file, where starting them costs more."""
    chosen = [word for word in arguments if not word.startswith("-") and Path(word.split("::")[0]).exists()]
    files = [word for word in chosen if word.split("::")[0].endswith(".py")]
    if any(word.startswith(("-n", "--numprocesses", "--pdb", "--collect-only")) for word in arguments):
        return []
    return [] if chosen and files == chosen and len(chosen) < 3 else ["-n", str(min(os.cpu_count() or 2, 8))]


@contextmanager
def engines() -> Iterator[tuple[Family, dict[str, str]]]:
    """A database server, a broker and the variables that lead to them; all gone at the end, folder included."""
    family = Family()
    folder = places.engines_home() / "runs" / f"{os.getpid()}-{secrets.token_hex(3)}"
    try:
        with running(family, folder) as variables:
            yield family, variables
    finally:
        family.close()
        places.remove(folder)


@contextmanager
def running(family: Family, folder: Path) -> Iterator[dict[str, str]]:
    """The engines of one run, unless the caller names servers of their own."""
    ports = Ports()
    folder.mkdir(parents=True, mode=0o755)
    family.remove_at_end(folder)
    _sweep(folder.parent)
    with places.lock(folder / "alive", wait=True):
        variables = _database(family, ports, folder) | _broker(family, ports, folder)
        variables |= settings.new_secrets()
        variables |= settings.sandbox(
            web=f"http://{HOST}:8000",
            relay=f"ws://{HOST}:8001",
            simulators=f"http://{HOST}:9100",
            smtp=f"smtp://{HOST}:9125",
        )
        yield variables


def _database(family: Family, ports: Ports, folder: Path) -> dict[str, str]:
    given = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
    if given[0] or given[1]:
        if not (given[0] and given[1]):
            raise StepFailed("only one of DATABASE_URL and DATABASE_OWNER_URL is set", "set both, or none")
        return {"DATABASE_URL": given[0], "DATABASE_OWNER_URL": given[1]}
    with Step("PostgreSQL") as step:
        source = template()
        server = Postgres(folder / "postgres", folder / "postgres.log", quick=True)
        server.copy_from(source)
        server.start(family, ports, None)
        step.detail = f"{HOST}:{server.port}, this run's own, fsync off"
    return {"DATABASE_URL": server.url(APP), "DATABASE_OWNER_URL": server.url(OWNER)}


def _broker(family: Family, ports: Ports, folder: Path) -> dict[str, str]:
    if os.environ.get("REDIS_URL"):
        return {"REDIS_URL": os.environ["REDIS_URL"]}
    with Step("Valkey") as step:
        server = Valkey(folder / "valkey", folder / "valkey.log")
        server.start(family, ports, None)
        step.detail = f"{HOST}:{server.port}"
    return {"REDIS_URL": server.url}


def template() -> Path:
    """A cluster made once and copied for each run: a copy takes a tenth of the time."""
    home = places.engines_home()
    server = Postgres(home / "template", home / "template.log", quick=True)
    with places.lock(home / "template.lock", wait=True):
        server.prepare()
    return server.folder


def _sweep(runs: Path) -> None:
    """What earlier runs left when they and their guard were killed together."""
    for folder in runs.iterdir():
        alive = folder / "alive"
        if alive.exists() and not places.is_locked(alive):
            shutil.rmtree(folder, ignore_errors=True)


