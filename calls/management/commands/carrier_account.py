"""``carrier_account``: the carrier account a live business calls through, and its numbers."""

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Business
from calls import numbers, renting
from calls.lines import own_numbers
from integrations.errors import VendorError
from integrations.twilio import accounts
from integrations.twilio.keys import keep_account
from syntharra.tenancy import acting_for


class Command(BaseCommand):
    help = (
        "Gives a live business its own account at the carrier (a subaccount of yours) and takes over the account's "
        "numbers: customers see them, and who rings them reaches us. --open has the carrier open one; --sid takes one you "
        "made, whose auth token is read from standard input, never from the command line. A number is rented by its area "
        "code, or moved there from your own account. Without options the numbers are fetched anew. Safe to repeat: an "
        "account or a number whose answer got lost is looked for, not made twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("business", type=UUID, help="the business's id, as its settings page shows it")
        parser.add_argument("--sid", help="the subaccount's id: AC and 32 hexadecimal digits")
        parser.add_argument("--open", action="store_true", help="open an account at the carrier if there is none yet")
        parser.add_argument("--area-code", help="rent a local number of this area code if the business has no number")
        parser.add_argument("--assign", help="move this number of yours into the business's account: +1 and ten digits")
        parser.add_argument("--close", action="store_true", help="close the account with its numbers, for good")
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
                if options["close"]:
                    self._close(business)
                    return
                if options["sid"]:
                    self._keep(business, options["sid"], options["calls_per_second"])
                elif options["open"]:
                    opened = accounts.open_for(business, by="operator")
                    self.stdout.write(f"{business.name} calls through {opened.sid}")
                self._numbers(business, area_code=options["area_code"], assign=options["assign"])
                new = numbers.fetch(business, by="operator")
                for line in new:
                    self.stdout.write(f"{line.number} now belongs to {business.name}")
                if not new:
                    self.stdout.write(f"{business.name} has no new numbers")
        except VendorError as error:
            raise CommandError(str(error)) from error

    def _numbers(self, business: Business, *, area_code: str | None, assign: str | None) -> None:
        """A number asked for by name or by area; said when it is there."""
        if assign:
            if not renting.assign(business, assign, by="operator"):
                raise CommandError(f"your own account has no number {assign}")
            self.stdout.write(f"{assign} now belongs to {business.name}")
        if area_code and not own_numbers(business):
            found = renting.available(business, area_code)
            if not found:
                raise CommandError(f"no number of area code {area_code} can be rented now: try a neighboring one")
            rented = renting.rent(business, found[0].number, by="operator")
            self.stdout.write(f"{rented.line.number} now belongs to {business.name}")

    def _close(self, business: Business) -> None:
        if not accounts.close_for(business, by="operator"):
            raise CommandError(f"{business.name} has no account at the carrier")
        self.stdout.write(f"the account of {business.name} is closed, and its numbers are given up")

    def _keep(self, business: Business, sid: str, calls_per_second: float) -> None:
        if not (sid.startswith("AC") and len(sid) == 34):
            raise CommandError(f"{sid!r} is no account id of the carrier: AC and 32 hexadecimal digits")
        token = sys.stdin.readline().strip()
        if not token:
            raise CommandError("no auth token came on standard input")
        keep_account(business, sid, token=token, by="operator", calls_per_second=calls_per_second)
        self.stdout.write(f"{business.name} calls through {sid}")
