"""``read_books_payload``: what we make of a vendor's raw answer."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError

from integrations import payloads
from integrations.errors import VendorError
from integrations.ledger import Home


class Command(BaseCommand):
    help = (
        "Prints our canonical JSON for a vendor's raw answer, one line an object. FILE is the bare body (JSON, XML or "
        "HTML); it may begin with an HTTP status line, headers and an empty line, which then decide. What is not ours "
        "to collect is left out with a note on stderr. Needs no database."
    )
    requires_system_checks: Any = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("provider", choices=payloads.PROVIDERS)
        parser.add_argument("kind", choices=payloads.KINDS)
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--currency", default="USD", help="the company's own currency (default USD)")
        parser.add_argument("--country", default="US", help="the company's own country, ISO 3166 (default US)")
        parser.add_argument(
            "--zone", default="America/New_York", help="where its days begin, for books that write days as instants"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        home = Home(options["currency"].upper(), options["country"].upper(), _zone(options["zone"]))
        broken = 0
        if hasattr(self.stdout, "reconfigure"):
            self.stdout.reconfigure(encoding="utf-8")  # JSON is, whatever the terminal's language
        try:
            for line in payloads.lines(options["provider"], options["kind"], options["files"], home=home):
                if isinstance(line, str):
                    self.stdout.write(line)
                else:
                    self.stderr.write(line.words)
                    broken += isinstance(line, payloads.Broken)
        except payloads.Unreadable as error:
            raise CommandError(str(error)) from None
        except VendorError as error:
            raise CommandError(f"{error.kind}: {error.words}") from None
        if broken:
            raise CommandError(f"{broken} of the objects cannot be read; the others are above")


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CommandError(f"{name} is no time zone; one is America/New_York") from None
