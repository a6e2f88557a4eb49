"""manage.py doctor: what is missing before real people may be called."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import Business
from compliance.readiness import Lack
from compliance.rulebook import RuleBook
from desk import doctor
from syntharra.tenancy import acting_for


class Command(BaseCommand):
    help = (
        "Says what this installation and each of its live firms lack before real people may be called: declaration, age of "
        "the rules, licenses, consents, carrier, addresses, hearing. Says besides what a firm does without (texts). Changes "
        "nothing. Exit code 0 only when nothing is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        whole = doctor.of_installation()
        firms: list[tuple[Business, list[Lack]]] = []
        off: dict[Business, list[Lack]] = {}
        for business in Business.objects.filter(sandbox=False).order_by("name", "pk"):
            with acting_for(business.pk):
                firms.append((business, doctor.of_business(business)))
                off[business] = doctor.switched_off(business)
        missing = len(whole) + sum(len(found) for _firm, found in firms)
        if options["json"]:
            self.stdout.write(json.dumps(self._json(whole, firms, off)))
        else:
            self._say(_("This installation"), whole)
            for business, found in firms:
                self._say(business.name, found)
                self._say_lines(off[business])
            if settings.SANDBOX:
                self.stdout.write(_("It is a sandbox: nobody real is reached from it whatever is missing."))
        if missing:
            raise CommandError(_("%(n)d things are missing") % {"n": missing})

    def _json(
        self, whole: list[Lack], firms: list[tuple[Business, list[Lack]]], off: dict[Business, list[Lack]]
    ) -> dict[str, Any]:
        rules = RuleBook.load()
        return {
            "ok": not whole and not any(found for _firm, found in firms),
            "sandbox": settings.SANDBOX,
            "role": settings.ROLE,
            "rules": {"version": rules.version, "as_of": str(rules.file.as_of)},
            "installation": [_plain(lack) for lack in whole],
            "businesses": [
                {
                    "id": str(business.pk),
                    "name": business.name,
                    "missing": [_plain(lack) for lack in found],
                    "switched_off": [_plain(lack) for lack in off[business]],
                }
                for business, found in firms
            ],
        }

    def _say(self, name: str, found: list[Lack]) -> None:
        self.stdout.write(name if found else _("%(name)s: nothing is missing") % {"name": name})
        self._say_lines(found)

    def _say_lines(self, found: list[Lack]) -> None:
        for lack in found:
            self.stdout.write(f"  {lack.code}: {lack.words}\n      {lack.remedy}")


def _plain(lack: Lack) -> dict[str, str]:
    return {"code": lack.code, "words": str(lack.words), "remedy": str(lack.remedy)}
