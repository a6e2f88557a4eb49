"""``verify_activity``: is the record what it was when it was sealed?"""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts import timeline
from accounts.models import Business
from syntharra.tenancy import acting_for


class Command(BaseCommand):
    help = "Walks the hash chain of one business or of all; prints one JSON line each, exits 1 at the first break."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("business", nargs="?", help="the business's id; all businesses without it")

    def handle(self, *args: Any, **options: Any) -> None:
        businesses = Business.objects.order_by("created_at")
        if options["business"]:
            try:
                businesses = businesses.filter(pk=UUID(options["business"]))
            except ValueError as error:
                raise CommandError(f"{options['business']!r} is not the id of a business") from error
            if not businesses.exists():
                raise CommandError(f"there is no business {options['business']}")
        broken = [str(business.pk) for business in businesses if not self._holds(business)]
        if broken:
            raise CommandError(f"the record was changed after it was sealed: {', '.join(broken)}")

    def _holds(self, business: Business) -> bool:
        with acting_for(business.pk):
            try:
                lines, broken = timeline.verify(), ""
            except timeline.BrokenChain as error:
                lines, broken = 0, str(error)
        self.stdout.write(
            json.dumps({"business": str(business.pk), "lines": lines, "holds": not broken, "broken": broken})
        )
        return not broken
