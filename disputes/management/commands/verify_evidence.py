"""``verify_evidence``: is this evidence pack what was made? Needs the file and nothing else."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from disputes.proof import Changed, Unreadable, verify_file


class Command(BaseCommand):
    help = (
        "Proves an evidence pack (.json or .zip) offline; prints one JSON line, exits 1 naming the first changed item."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="evidence.json, or the archive with the files")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            number, items = verify_file(file)
        except (Changed, Unreadable) as problem:
            self.stdout.write(json.dumps({"file": file.name, "holds": False, "problem": str(problem)}))
            raise CommandError(str(problem)) from problem
        self.stdout.write(json.dumps({"file": file.name, "dispute": number, "items": items, "holds": True}))
