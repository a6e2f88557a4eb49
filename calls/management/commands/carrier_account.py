"""``carrier_account``: the carrier account a live business calls through, and its numbers."""

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Business
from calls import numbers
from integrations.errors import VendorError
from integrations.twilio.keys import keep_account
from syntharra.tenancy import acting_for


class Command(BaseCommand):
    help = (
        "Gives a live business its own account at the carrier (a subaccount of yours) and takes over the account's "
        "numbers: customers see them, and who rings them reaches us. The account's auth token is read from standard "
        "input, never from the command line. Without --sid the numbers are fetched anew. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("business", type=UUID, help="the business's id, as its settings page shows it")
        parser.add_argument("--sid", help="the subaccount's id: AC and 32 hexadecimal digits")
        parser.add_argument(
            "--calls-per-second", type=float, default=1.0, help="what the carrier has approved for this account"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        business = Business.objects.filter(pk=options["business"]).first()
        if business is None:
            raise CommandError(f"no business has the id {options['business']}")
        if options["calls_per_second"] <= 0:
            raise CommandError("--calls-per-second must be more than 0")
        try:
            with acting_for(business.pk):
                if options["sid"]:
                    self._keep(business, options["sid"], options["calls_per_second"])
                new = numbers.fetch(business, by="operator")
                for line in new:
                    self.stdout.write(f"{line.number} now belongs to {business.name}")
                if not new:
                    self.stdout.write(f"{business.name} has no new numbers")
        except VendorError as error:
            raise CommandError(str(error)) from error

    def _keep(self, business: Business, sid: str, calls_per_second: float) -> None:
        if not (sid.startswith("AC") and len(sid) == 34):
            raise CommandError(f"{sid!r} is no account id of the carrier: AC and 32 hexadecimal digits")
        token = sys.stdin.readline().strip()
        if not token:
            raise CommandError("no auth token came on standard input")
        keep_account(business, sid, token=token, by="operator", calls_per_second=calls_per_second)
        self.stdout.write(f"{business.name} calls through {sid}")
