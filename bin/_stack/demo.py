"""`bin/demo`: the whole product on one machine, with simulators for every vendor."""

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from _stack import places, services, settings, story
from _stack.engines import Engines
from _stack.ports import Ports
from _stack.processes import Child, Family, die_with_make
from _stack.services import Addresses, Service
from _stack.setup.progress import Step, StepFailed, say

RESTARTS = 5


def main(arguments: list[str]) -> int:
    """The exit code of what was asked for."""
    die_with_make()
    if "--story" in arguments:
        return story.main([word for word in arguments if word != "--story"])
    if "--down" in arguments:
        return down()
    if "--reset" in arguments:
        reset()
    return Demo(web_port=_number_after("--port", arguments, 8000)).run()


def _number_after(flag: str, arguments: list[str], usual: int) -> int:
    if flag not in arguments:
        return usual
    word = arguments[arguments.index(flag) + 1 :][:1]
    if not word or not word[0].isdigit() or not 1024 <= int(word[0]) <= 65000:
        raise StepFailed(f"{flag} needs a number between 1024 and 65000", f"for example {flag} 8080")
    return int(word[0])


def record() -> Path:
    """What runs, while it runs: `bin/manage` and a second start read it."""
    return places.state("demo") / "running.json"


def running() -> dict[str, object] | None:
    """The record of the demo that runs in this checkout; None when none does."""
    if not places.is_locked(places.state("demo") / "lock"):
        return None
    with contextlib.suppress(OSError, ValueError):
        found: dict[str, object] = json.loads(record().read_text())
        return found
    return {}


def note(**known: object) -> None:
    """Writes the record, readable by its owner only: it holds the installation's secrets."""
    new = record().with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(known))
    new.replace(record())


def down() -> int:
    """Ends the demo of this checkout, from another terminal."""
    found = running()
    if found is None:
        say("no demo is running in this checkout")
        return 0
    pid = found.get("pid")
    if not isinstance(pid, int):
        raise StepFailed("the demo of this checkout has only just been started", "try again in a second")
    with Step("Stopping"):
        os.kill(pid, signal.SIGTERM)
        for _ in range(600):
            if running() is None:
                return 0
            time.sleep(0.05)
    raise StepFailed("the demo did not end within 30 s", f"kill -9 {pid}: its children end with it")


def reset() -> None:
    """Forgets the demo's data: database, files, secrets."""
    if running() is not None:
        raise StepFailed("the demo of this checkout is running", "bin/demo --down first")
    places.remove(places.engines_home() / "demo")
    places.remove(places.state("demo"))
    say("ok   the demo's data is gone; starting with new data")


@contextmanager
def engines_of_demo(family: Family) -> Iterator[tuple[Engines, dict[str, str]]]:
    """The demo's own database and broker, held by one process at a time, with the installation's secrets."""
    folder, logs = places.state("demo"), places.state("logs")
    try:
        with places.lock(folder / "lock", wait=False):
            note(pid=os.getpid())
            engines = Engines(family, Ports(), places.engines_home() / "demo", logs, fixed_ports=True)
            engines.start()
            kept = settings.kept_secrets(folder / "secrets.json")
            files = {
                "FILES_OPTIONS": json.dumps({"location": str(places.state("demo", "files"))}),
                "BEAT_FILE": str(folder / "beat"),
            }
            try:
                yield engines, engines.variables | kept | files
            finally:  # under the lock still: who comes next finds the ports and the data folder free
                with Step("Stopping"):
                    family.close()
                record().unlink(missing_ok=True)
    except places.Locked:
        raise StepFailed(*_already_running()) from None


def _already_running() -> tuple[str, str]:
    found = running() or {}
    if "url" not in found:
        return (
            f"a demo of this checkout is being started (process {found.get('pid', '?')})",
            "wait for it, or end it with `bin/demo --down`",
        )
    return (
        f"a demo of this checkout is already running (process {found['pid']})",
        (
            f"open {found.get('url', 'its address')} (sign in as {found.get('email')} with "
            f"{found.get('password')}), or end it with `bin/demo --down`"
        ),
    )


class Demo:
    """One run, from the first line of progress to Ctrl-C."""

    def __init__(self, web_port: int) -> None:
        self.web_port = web_port
        self.began = float(os.environ.get("SYNTHARRA_BEGAN") or time.time())
        self.restarts = 0

    def run(self) -> int:
        """0 after Ctrl-C, 1 when something could not be kept running."""
        family = Family()
        try:
            with engines_of_demo(family) as (engines, variables):
                self._serve(family, engines, variables)
        except KeyboardInterrupt:
            return 0
        finally:
            family.close()
        return 0

    def _serve(self, family: Family, engines: Engines, variables: dict[str, str]) -> None:
        addresses = Addresses.usual(engines.ports, self.web_port)
        variables = variables | addresses.variables()
        logs = places.state("logs")
        self._fresh_logs(logs)
        wanted = services.all_of(addresses)
        *others, simulators = wanted
        children = {simulators.name: services.start(family, simulators, variables, logs)}
        services.migrate(variables, engines.migrated)
        for service in others:
            children[service.name] = services.start(family, service, variables, logs)
        facts = services.seed(variables)
        for service in wanted:
            services.wait_for(service, children[service.name])
        self._note(addresses, variables, facts)
        self._tell(addresses, facts)
        self._watch(family, engines, [(service, children[service.name]) for service in wanted], variables)

    def _fresh_logs(self, logs: Path) -> None:
        for name in ("web", "relay", "worker", "simulators"):
            (logs / f"{name}.log").unlink(missing_ok=True)

    def _note(self, addresses: Addresses, variables: dict[str, str], facts: dict[str, str]) -> None:
        who = {"email": facts.get("email"), "password": facts.get("password")}
        note(pid=os.getpid(), url=addresses.web_url, variables=variables, **who)

    def _tell(self, addresses: Addresses, facts: dict[str, str]) -> None:
        link = facts.get("sign_in_link", "")
        link = addresses.web_url + link if link.startswith("/") else link
        say("")
        lines = [
            f"Syntharra is ready after {time.time() - self.began:.1f} s: {addresses.web_url}",
            f"Sign in at once (this link works once): {link}",
            f"or with e-mail {facts.get('email')} and password {facts.get('password')}",
            f"Mailbox: http://localhost:{addresses.simulators}/mailbox/   Logs: {places.state('logs')}",
            "Ctrl-C stops everything.",
        ]
        sys.stdout.write("".join(f"  {line}\n" for line in lines))
        sys.stdout.flush()

    def _watch(
        self, family: Family, engines: Engines, pairs: list[tuple[Service, Child]], variables: dict[str, str]
    ) -> None:
        """A process of ours that dies is started again, as a supervisor would; an engine's death is the end."""
        while True:
            time.sleep(0.5)
            for engine in engines.children:
                if not engine.is_running:
                    raise StepFailed(f"{engine.name} ended", f"see {engine.log}", engine.last_lines())
            for place, (service, child) in enumerate(pairs):
                if child.is_running:
                    continue
                self.restarts += 1
                if self.restarts > RESTARTS:
                    raise StepFailed(f"{service.name} keeps ending", f"see {child.log}", child.last_lines())
                say(f"{service.name} ended with {child.process.returncode}; starting it again (log: {child.log})")
                family.end(child)
                pairs[place] = (service, services.start(family, service, variables, places.state("logs")))
