"""``bench``: how fast something is, beside a floor or peer of the same run, against the limits it must keep."""

import json
import signal
import sys
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

BENCHES = {
    "sync": "desk.bench.sync",
    "check": "desk.bench.startup",
    "webhooks": "desk.bench.webhooks",
    "plan": "desk.bench.plan",
    "relay": "desk.bench.relay",
    "freeze": "desk.bench.freeze",
    "hearing": "desk.bench.hearing",
    "pages": "desk.bench.pages",
}


class Command(BaseCommand):
    help = "Runs a benchmark; prints its report, exits 0 only when every limit holds. Progress goes to standard error."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        benches = parser.add_subparsers(dest="name", required=True, metavar="NAME")
        for name, module in BENCHES.items():
            bench = import_module(module)
            summary = (bench.__doc__ or "").partition("\n")[0]
            of_this = benches.add_parser(name, help=summary, description=bench.__doc__)
            of_this.add_argument("--json", action="store_true", help="the report as one JSON object")
            bench.arguments(of_this)

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # asked to end, it still takes its database away
        report = import_module(BENCHES[options["name"]]).measure(options)
        said = report.as_json()
        if options["json"]:
            self.stdout.write(json.dumps(said))
        else:
            self._tell(said)
        if not report.ok:
            sys.exit(1)

    def _tell(self, said: dict[str, Any]) -> None:
        for name, value in said["figures"].items():
            self.stdout.write(f"{name:28} {value}")
        for limit in said["limits"]:
            word = "holds" if limit["holds"] else "DOES NOT HOLD"
            self.stdout.write(f"{limit['figure']} {limit['op']} {limit['value']}: {word}")
