"""``manage.py export_hearing_labels``: what owners said was or was no dispute, as one file to train and measure on."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Business
from disputes.labels import exported


class Command(BaseCommand):
    help = (
        "Prints the labeled texts as JSON lines: text, dispute, reason, lang, what was asked before, what hearing had decided and "
        "on what evidence. Names, numbers and invoices are left out; the words themselves are the customers'."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--business", action="append", type=UUID, metavar="ID", help="only this one; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["business"]
        businesses = Business.objects.order_by("pk")
        if wanted:
            businesses = businesses.filter(pk__in=wanted)
            missing = {*wanted} - {*businesses.values_list("pk", flat=True)}
            if missing:
                raise CommandError(f"no business has the id {', '.join(sorted(map(str, missing)))}")
        for line in exported(list(businesses)):
            self.stdout.write(line)
