"""The product's own processes: web, call relay, worker with beat, simulators."""

import hashlib
import json
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from _stack import ports, settings
from _stack.places import ROOT, VENV
from _stack.ports import HOST, Ports
from _stack.processes import Child, Family, run, wait_until
from _stack.setup.environment import lock_hash
from _stack.setup.progress import Step, StepFailed

PYTHON = str(VENV / "bin" / "python")
QUEUES = "sync,calls,mail,money"
PATIENCE = 180
EVERYTHING = 1_000_000
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy does not know this machine's ports


@dataclass(frozen=True)
class Addresses:
    """Where each process of the stack listens, all on this machine."""

    web: int
    relay: int
    simulators: int
    smtp: int

    @classmethod
    def usual(cls, free: Ports, web: int) -> "Addresses":
        """The documented ports; the next free one, said aloud, where one is taken."""
        wanted = {"web": web, "relay": web + 1, "simulators": 9100, "smtp": 9125}
        return cls(**{name: free.take(port, name) for name, port in wanted.items()})

    @classmethod
    def anywhere(cls, free: Ports) -> "Addresses":
        """Ports nobody else is likely to want."""
        return cls(*(free.take_any() for _ in range(4)))

    def variables(self) -> dict[str, str]:
        """What the processes are told about each other."""
        return settings.sandbox(
            web=self.web_url,
            relay=f"ws://{HOST}:{self.relay}",
            simulators=f"http://{HOST}:{self.simulators}",
            smtp=f"smtp://{HOST}:{self.smtp}",
        ) | {"ALLOWED_HOSTS": f"localhost,{HOST}"}

    @property
    def web_url(self) -> str:
        """By name, since passkeys are bound to names."""
        return f"http://localhost:{self.web}"


POOL = "16"
"""Database connections a process keeps: as in docker-compose.yml."""


@dataclass(frozen=True)
class Service:
    """One process: what to run, and how to see that it is ready."""

    name: str
    command: list[str]
    is_ready: Callable[[Child], bool]


def all_of(addresses: Addresses) -> list[Service]:
    """Started together: the slowest decides when the stack is ready."""
    simulators = ["manage.py", "simulators", "--port", str(addresses.simulators), "--smtp-port", str(addresses.smtp)]
    worker = ["-m", "celery", "-A", "syntharra", "worker", "-B", "--pool", "threads", "--concurrency", "8"]
    worker += ["-Q", QUEUES, "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    return [
        Service("web", _server(addresses.web), lambda child: says_ok(f"http://{HOST}:{addresses.web}/readyz")),
        Service("worker", [PYTHON, *worker], lambda child: " ready." in "\n".join(child.last_lines(EVERYTHING))),
        Service("relay", _server(addresses.relay), lambda child: says_ok(f"http://{HOST}:{addresses.relay}/healthz")),
        Service("simulators", [PYTHON, *simulators], lambda child: _simulators_answer(addresses)),
    ]


def start(family: Family, service: Service, variables: Mapping[str, str], logs: Path) -> Child:
    """Started, not yet ready."""
    environment = settings.surroundings() | {"DATABASE_POOL": POOL} | dict(variables)
    return family.start(service.name, service.command, environment=environment, log=logs / f"{service.name}.log")


def wait_for(service: Service, child: Child) -> None:
    """Until it is ready, or its log says why not."""
    with Step(service.name, f"process {child.process.pid}"):
        wait_until(
            lambda: service.is_ready(child),
            child,
            seconds=PATIENCE,
            what=f"starting {service.name}",
            advice=f"the whole log is {child.log}; `bin/demo --reset` starts with new data",
        )


def manage(variables: Mapping[str, str], *arguments: str, what: str) -> str:
    """What a command of manage.py printed."""
    environment = settings.surroundings() | dict(variables)
    advice = (
        f"the lines above say why; `bin/manage {arguments[0]}` tries it alone, `bin/demo --reset` starts with new data"
    )
    return run([PYTHON, "manage.py", *arguments], environment=environment, what=what, advice=advice)


def migrate(variables: Mapping[str, str], noted: Path | None) -> None:
    """The schema is current. Skipped while this data folder has seen these very migrations: asking takes seconds."""
    wanted = migrations_hash()
    if noted and noted.exists() and noted.read_text() == wanted:
        return
    with Step("Migrations"):
        manage(variables, "migrate", "--no-input", "--verbosity", "0", what="migrating the database")
    if noted:
        noted.write_text(wanted)


def seed(variables: Mapping[str, str]) -> dict[str, str]:
    """Who signs in, and a link that does it once."""
    with Step("Sandbox data"):
        said = manage(variables, "seed_sandbox", "--sign-in-link", what="filling the sandbox")
    try:
        facts = json.loads(said)
    except ValueError:
        raise StepFailed("filling the sandbox printed no JSON", "see the lines above", said.splitlines()) from None
    return {name: str(value) for name, value in facts.items()}


def migrations_hash() -> str:
    """Our migrations, what runs them, and the packages that bring their own."""
    digest = hashlib.sha256(lock_hash().encode())
    files = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")]
    files += [*ROOT.glob("*/management/commands/migrate.py"), ROOT / "syntharra" / "tenancy.py"]
    for file in sorted(file for file in files if ".venv" not in file.parts and file.exists()):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def says_ok(url: str) -> bool:
    """True when the address answers 200."""
    try:
        with DIRECT.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _server(port: int) -> list[str]:
    command = [PYTHON, "-m", "uvicorn", "syntharra.asgi:application", "--host", HOST, "--port", str(port)]
    return [*command, "--ws", "websockets-sansio", "--no-access-log", "--timeout-graceful-shutdown", "3"]


def _simulators_answer(addresses: Addresses) -> bool:
    return says_ok(f"http://{HOST}:{addresses.simulators}/healthz") and ports.answers(addresses.smtp)
