"""`bin/bench NAME`: engines of this run's own, as durable as in production, then `manage.py bench NAME`."""

from collections.abc import Iterator
from contextlib import contextmanager

from _stack import manage, places, services, settings, suite, templates
from _stack.engines import Engines
from _stack.ports import Ports
from _stack.processes import Family, die_with_make
from _stack.services import Addresses


def main(arguments: list[str]) -> int:
    """The benchmark's own exit code. Standard output carries its report and nothing else."""
    die_with_make()
    with engines() as (family, variables):
        command = [services.PYTHON, "manage.py", "bench", *arguments]
        environment = settings.surroundings() | variables
        child = family.start("bench", command, environment=environment, log=None, own_session=False)
        return manage.wait(child.process)


@contextmanager
def engines() -> Iterator[tuple[Family, dict[str, str]]]:
    """A database server on the disk that waits for it (fsync), a broker, and the variables that lead to them."""
    family = Family()
    with suite.own_folder(family, home=places.engines_home()) as folder:
        servers = Engines(family, Ports(), folder, folder, fixed_ports=False)
        servers.start(copied_by=templates.plain)
        usual = Addresses(web=8000, relay=8001, simulators=9100, smtp=9125).variables()
        yield family, servers.variables | settings.new_secrets() | usual
