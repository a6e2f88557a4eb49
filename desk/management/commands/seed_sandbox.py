"""``seed_sandbox``: the cast of the sandbox."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from desk.sandbox import AVA, make_cast, password, sign_in_link


class Command(BaseCommand):
    help = "Makes the sandbox's two businesses and their owners; prints how to sign in, as one JSON object. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sign-in-link", action="store_true", help="also print a link for one sign-in without a password"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError("this installation is no sandbox: set SANDBOX=true to fill it with simulated businesses")
        ava, _ = make_cast()
        said = {"email": AVA["email"], "password": password()}
        if options["sign_in_link"]:
            said["sign_in_link"] = sign_in_link(ava)
        self.stdout.write(json.dumps(said))
