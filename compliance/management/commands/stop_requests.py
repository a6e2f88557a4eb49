"""manage.py stop_requests: what strangers asked for on the public page, for the operator to decide."""

import getpass
import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from compliance import stop_requests


class Command(BaseCommand):
    help = (
        "Lists the numbers somebody asked on the public page not to call, one JSON line each, the oldest first: the law gives "
        "ten business days. --confirm stops one for every business, --decline leaves it, with a reason. Whoever calls one "
        "of the firms' numbers from the telephone itself has proved it, and is not listed any more. No stop is lifted here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", default=getpass.getuser(), help="who decides; default: the user of the machine")
        acts = parser.add_mutually_exclusive_group()
        acts.add_argument("--confirm", type=UUID, metavar="ID", help="it is theirs: nobody calls or texts it again")
        acts.add_argument("--decline", type=UUID, metavar="ID", help="it is not, or nobody can tell")
        parser.add_argument("--reason", default="", help="why it is declined")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            if given["confirm"]:
                number = stop_requests.confirm(given["confirm"], by=given["by"])
                self.stdout.write(f"{number} is not called or texted again by any business")
            elif given["decline"]:
                stop_requests.decline(given["decline"], by=given["by"], reason=given["reason"])
                self.stdout.write("declined")
        except ValueError as refused:
            raise CommandError(str(refused)) from refused
        for one in stop_requests.waiting():
            said = {"id": str(one.id), "number": one.number, "asked_at": one.asked_at.isoformat()}
            self.stdout.write(json.dumps(said))
