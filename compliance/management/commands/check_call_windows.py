"""manage.py check_call_windows FILE.yaml: written-out contacts judged by the gate, one JSON line each."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from compliance import vectors
from compliance.yaml_lines import DataError


class Command(BaseCommand):
    help = (
        "Judges every case of a YAML file and prints one JSON line each, then a summary. "
        "Exit code 1 when a case is not decided as its 'expect' says or the file cannot be used. Needs no database."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="cases in the form of tests/compliance/data/vectors.yaml")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        differing: list[str] = []
        count = 0
        try:
            for checked in vectors.check(file):
                count += 1
                self.stdout.write(json.dumps(checked.to_json()))
                for name, (wanted, got) in checked.differs.items():
                    self.stderr.write(
                        _("%(id)s: %(name)s should be %(wanted)s and is %(got)s")
                        % {"id": checked.id, "name": name, "wanted": json.dumps(wanted), "got": json.dumps(got)}
                    )
                if checked.differs:
                    differing.append(checked.id)
        except DataError as problem:
            raise CommandError(str(problem)) from problem
        summary = {"vectors": count, "as_expected": count - len(differing), "differing": differing}
        self.stdout.write(json.dumps({"summary": summary}))
        if differing:
            raise CommandError(
                _("%(differing)d of %(count)d cases are not decided as expected")
                % {"differing": len(differing), "count": count}
            )
